"""Layers on the ranks of MPI: the same bytes as one batch after the other, with any number of ranks and any split."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import combinations, pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from ranks_helpers import LIMIT, NET, RANKS, on_ranks, result

from mfnumpy import cli
from mfnumpy.errors import BackendError, InvalidValueError
from mfnumpy.parallel.crew import check_device
from mfnumpy.parallel.split import balanced

pytestmark = pytest.mark.timeout(3 * LIMIT)
EPOCHS = ("--epochs", "2")


def alone(folder, *words):
    assert cli.main(["train", *words, "--engine", "reference", "--threads", "1", "--out", str(folder)]) == 0
    return result(folder)


def ranks(k, folder, *words):
    code, out, error = on_ranks(k, "train", *words, *RANKS, "--out", str(folder))
    assert (code, error) == (0, ""), error
    assert out.count("wrote ") == 1, "only rank 0 speaks"
    return result(folder)


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return alone(tmp_path_factory.mktemp("alone"), *NET, *EPOCHS)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_any_number_of_ranks_has_the_bytes_of_sequential_training(tmp_path, expected, k):
    assert ranks(k, tmp_path, *NET, *EPOCHS) == expected


@pytest.mark.parametrize(
    ("k", "words"),
    [
        (3, ("--net", "cnn:3-4-5", "--bias", "--optimiser", "sgd", "--decay", "linear")),
        (2, ("--rule", "ff", "--hidden", "20", "18", "16", "--data-by", "each")),
        (3, ("--hidden", "20", "18", "16", "--schedule", "layer_by_layer", "--patience", "1", "--lr", "0.05")),
    ],
)
def test_other_rules_nets_and_schedules_have_the_same_bytes(tmp_path, k, words):
    common = ("--dataset", "digits", "--subset", "200", "--epochs", "3")
    of_ranks = ranks(k, tmp_path / "ranks", *common, *words)
    assert of_ranks == alone(tmp_path / "alone", *common, *(w for w in words if w not in ("--data-by", "each")))


def test_a_run_goes_on_with_other_ranks_and_without(tmp_path, expected):
    """One epoch with three ranks, then one with two or none, are two epochs; the file is an ordinary checkpoint."""
    for name, k in (("two", 2), ("none", 0)):
        folder = tmp_path / name
        program = (
            f"import ranks_steps; ranks_steps.stop_after(1, {['train', *NET, *EPOCHS, *RANKS]!r}, {str(folder)!r})"
        )
        code, _, error = on_ranks(3, program=("-c", program))
        assert code == 130, error
        description = json.loads(np.load(folder / "checkpoint.npz")["description"].tobytes())
        assert (description["progress"]["epoch"], description["progress"]["batch"]) == (1, 0)
        assert set(description["times"]) == set(expected[1])
        if k:
            assert ranks(k, folder, *NET, *EPOCHS, "--resume") == expected
        else:
            assert alone(folder, *NET, *EPOCHS, "--resume") == expected


def test_the_exit_code_is_rank_0s_however_slowly_the_others_leave(tmp_path):
    """A launcher that sees a rank leave with a code kills those that are still there, and tells that instead."""
    words = ["train", *NET, *EPOCHS, *RANKS]
    program = f"import ranks_steps; ranks_steps.stop_with_slow_others({words!r}, {str(tmp_path)!r})"
    code, _, error = on_ranks(3, program=("-c", program))
    assert (code, "KILLED" in error) == (130, False), error


def test_a_run_that_is_stopped_before_its_first_batch_goes_on(tmp_path, expected):
    for words in ((), ("--resume",)):
        command = ["train", *NET, *EPOCHS, *RANKS, *words]
        program = f"import ranks_steps; ranks_steps.stop_at_once({command!r}, {str(tmp_path)!r})"
        code, _, error = on_ranks(2, program=("-c", program))
        assert code == 130, error
        assert "Traceback" not in error
    assert ranks(3, tmp_path, *NET, *EPOCHS, "--resume") == expected


def test_a_new_run_begins_with_the_parameters_and_moments_of_another(tmp_path, expected):
    first = tmp_path / "first"
    assert alone(first, *NET, *EPOCHS) == expected
    more = (*NET, "--epochs", "1", "--lr", "0.003", "--start-from", str(first))
    assert ranks(2, tmp_path / "ranks", *more) == alone(tmp_path / "alone", *more)


def test_without_mpiexec_there_is_one_rank(tmp_path, expected):
    pytest.importorskip("mpi4py", reason="the extra 'cluster' is not installed")
    words = [sys.executable, "-m", "mfnumpy", "train", *NET, *EPOCHS, *RANKS, "--out", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0, done.stderr
    assert result(tmp_path) == expected


@pytest.mark.parametrize(("kinds", "good"), [(None, False), ("mpi,system", False), ("mpi,system,cuda:device", True)])
def test_arrays_of_a_device_need_an_mpi_that_knows_their_memory(kinds, good, monkeypatch):
    info = SimpleNamespace(INFO_ENV=SimpleNamespace(Get=lambda key: kinds))
    monkeypatch.setattr("mfnumpy.parallel.crew.mpi", lambda: info)
    check_device()  # of the host, whatever MPI says
    monkeypatch.setattr("mfnumpy.parallel.crew.backend.current", lambda: SimpleNamespace(name="cupy"))
    if good:
        check_device()
    else:
        with pytest.raises(BackendError, match="CUDA-aware MPI"):
            check_device()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--hidden", "9", "8", *RANKS), "3 ranks cannot share 2 blocks"),
        (("--rule", "bp", "--hidden", "9", "8", "7", *RANKS), "cannot be trained in a pipeline of layers"),
        (("--rule", "ff_one_pass", "--hidden", "9", "8", "7", *RANKS), "cannot be trained in a pipeline of layers"),
        (("--hidden", "9", "8", "7", "--transport", "mpi"), "take it together with --parallel layers"),
        (("--hidden", "9", "8", "7", *RANKS, "--threads", "2"), "Each rank of MPI works on one thread"),
        (("--hidden", "9", "8", "7", *RANKS, "--data", "none.csv", "--target", "y", "--data-by", "each"), "none.csv"),
        (("--hidden", "9", "8", "7", *RANKS, "--lr", "1e38", "--optimiser", "sgd"), "Lower the learning rate"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_no_rank_is_killed(tmp_path, words, said):
    common = ("train", "--subset", "100", "--epochs", "1", "--out", str(tmp_path))
    code, out, error = on_ranks(3, *common, *words, options=("-print-all-exitcodes",))
    assert code == 2, error
    lines = [line for line in error.splitlines() if not line.startswith("[mpiexec")]
    assert len(lines) == 1, error
    assert said in lines[0]
    assert "512,0,0" in out + error  # rank 0's is 2, as wait(2) gives it
    assert "BAD TERMINATION" not in out


def test_an_error_on_one_rank_is_told_by_rank_0(tmp_path):
    program = f"import ranks_steps; ranks_steps.fail_on(2, {['train', *NET, *EPOCHS, *RANKS]!r}, {str(tmp_path)!r})"
    code, _, error = on_ranks(3, program=("-c", program))
    assert code == 2
    assert "mfnumpy: Rank 2 could not go on: ZeroDivisionError: planted" in error


def test_planted_a_rank_that_skips_an_update_is_caught(tmp_path, expected):
    program = f"import ranks_steps; ranks_steps.forget_on(1, {['train', *NET, *EPOCHS, *RANKS]!r}, {str(tmp_path)!r})"
    code, _, error = on_ranks(2, program=("-c", program))
    assert code == 0, error
    assert result(tmp_path) != expected


def test_planted_other_labels_on_one_rank_are_refused(tmp_path):
    words = ["train", *NET, *EPOCHS, *RANKS, "--data-by", "each"]
    program = f"import ranks_steps; ranks_steps.other_data_on(1, {words!r}, {str(tmp_path)!r})"
    code, _, error = on_ranks(2, program=("-c", program))
    assert code == 2
    assert "others than those of rank 0" in error


def test_a_rank_that_rounds_otherwise_is_written_into_the_history(tmp_path):
    program = (
        f"import ranks_steps; ranks_steps.other_kernels_on(2, {['train', *NET, *EPOCHS, *RANKS]!r}, {str(tmp_path)!r})"
    )
    code, _, error = on_ranks(3, program=("-c", program))
    assert code == 0, error
    (conditions,) = json.loads((tmp_path / "history.json").read_text())["ran_with"]
    assert {rank: there["simd"] for rank, there in conditions["other_ranks"].items()} == {"2": "other"}


def test_at_most_so_many_batches_wait_for_a_slow_rank(tmp_path):
    """Rank 1 is slow: rank 0 must have begun no batch that is more than two ahead of it."""
    program = f"import ranks_steps; ranks_steps.slow_on(1, {['train', *NET, *RANKS]!r}, {str(tmp_path)!r})"
    code, _, error = on_ranks(2, program=("-c", program))
    assert code == 0, error
    begun = {k: json.loads((tmp_path / f"rank{k}.json").read_text()) for k in (0, 1)}
    assert len(begun[0]) == len(begun[1]) > 5
    for t in range(len(begun[0]) - 3):
        assert begun[1][t] <= begun[0][t + 3], t


def test_blocks_are_shared_out_evenly():
    assert balanced([1, 1, 1, 1], 2) == [range(0, 2), range(2, 4)]
    assert balanced([5, 1, 1, 1], 2) == [range(0, 1), range(1, 4)]
    assert balanced([1, 1, 1, 5], 3)[2] == range(3, 4)
    assert balanced([3.0], 1) == [range(0, 1)]
    with pytest.raises(InvalidValueError, match="2 ranks cannot share 1 block"):
        balanced([1], 2)


def test_no_split_is_more_even():
    """Against all splits of random costs."""
    rng = np.random.default_rng(3)
    for blocks, k in ((5, 2), (7, 3), (8, 4), (6, 6)):
        costs = rng.random(blocks).tolist()
        ours = max(sum(costs[i] for i in own) for own in balanced(costs, k))
        every = []
        for cuts in combinations(range(1, blocks), k - 1):
            ends = [0, *cuts, blocks]
            every.append(max(sum(costs[a:b]) for a, b in pairwise(ends)))
        assert ours == pytest.approx(min(every))
