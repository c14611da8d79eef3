"""Ranks that are killed or told to end: one clear message, no process left, nothing lost that the checkpoint held."""

from __future__ import annotations

import json
import random
import signal
import time

import numpy as np
import pytest
from ranks_helpers import LIMIT, NET, RANKS, Run, result

from mfnumpy import cli

pytestmark = pytest.mark.timeout(4 * LIMIT)
EPOCHS = ("--epochs", "80")  # a hundredth of a second each, on an idle machine
TRAIN = (*NET, *EPOCHS)


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    assert cli.main(["train", *TRAIN, "--engine", "reference", "--threads", "1", "--out", str(folder)]) == 0
    return result(folder)


def goes_on(folder, k):
    """With k ranks, or without MPI where k is 0."""
    words = ("train", *TRAIN, "--resume", "--out", str(folder))
    if k == 0:
        assert cli.main([*words, "--threads", "1"]) == 0
        return result(folder)
    with Run(k, *words, *RANKS) as run:
        code, _, error = run.end()
    assert code == 0, error
    return result(folder)


@pytest.mark.parametrize(("rank", "options", "k"), [(0, (), 2), (2, (), 0), (1, ("-disable-auto-cleanup",), 4)])
def test_a_killed_rank_ends_all_and_the_run_goes_on_from_its_checkpoint(tmp_path, expected, rank, options, k):
    """With the last, mpiexec itself does nothing: the ranks see for themselves that one of them has died."""
    with Run(3, "train", *TRAIN, *RANKS, "--out", str(tmp_path), options=options) as run:
        run.wait_for("epoch   3")
        run.kill(rank, signal.SIGKILL)
        start = time.monotonic()
        code, _, error = run.end()
        assert time.monotonic() - start < 10
    assert code != 0
    lines = [line for line in error.splitlines() if line.startswith("mfnumpy")]
    assert len(lines) == 1, error
    assert "was killed" in lines[0]
    assert "--resume" in lines[0]
    assert "Traceback" not in error
    assert goes_on(tmp_path, k) == expected


@pytest.mark.parametrize("rank", [0, 2])
def test_a_rank_that_is_told_to_end_lets_all_finish_their_batches(tmp_path, expected, rank):
    with Run(3, "train", *TRAIN, *RANKS, "--out", str(tmp_path)) as run:
        run.wait_for("epoch   3")
        run.kill(rank, signal.SIGTERM)
        code, _, error = run.end()
    assert code == 143, error
    stopped, ended = error.splitlines()
    assert stopped.startswith("stopped; go on with --resume")
    assert ended == "mfnumpy: ended by SIGTERM."
    assert goes_on(tmp_path, 2) == expected


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_mpiexec_that_is_told_to_end_leaves_a_checkpoint_of_the_last_batch(tmp_path, expected, number, code):
    with Run(2, "train", *TRAIN, *RANKS, "--out", str(tmp_path)) as run:
        run.wait_for("epoch   3")
        run.process.send_signal(number)
        found, _, error = run.end()
    assert found == code, error
    assert "stopped; go on with --resume" in error
    with np.load(tmp_path / "checkpoint.npz") as file:
        assert json.loads(file["description"].tobytes())["progress"]["epochs"]
    assert goes_on(tmp_path, 0) == expected


def test_signals_at_random_lose_nothing(tmp_path, expected):
    """Ranks, or mpiexec, are killed again and again, until a run comes to its end."""
    rng, resume, k = random.Random(5), (), 2
    for _ in range(4):
        with Run(k, "train", *TRAIN, *RANKS, *resume, "--out", str(tmp_path)) as run:
            run.wait_for("epoch")
            time.sleep(rng.uniform(0, 0.1))
            number = rng.choice([signal.SIGKILL, signal.SIGTERM])
            if rng.random() < 0.3:
                run.process.send_signal(number)
            else:
                run.kill(rng.randrange(k), number)
            code, _, error = run.end()
        assert code != 0
        assert "Traceback" not in error
        resume, k = ("--resume",), rng.choice([1, 2, 3])
    assert goes_on(tmp_path, 0) == expected
