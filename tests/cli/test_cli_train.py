"""`mfnumpy train`: the folder of a run, Ctrl-C, and the number of threads."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from cli_helpers import ctrl_c_after_two_epochs

from mfnumpy import cli
from mfnumpy.cli.train import Teller
from mfnumpy.fast.team import Team
from mfnumpy.parallel.threads import ThreadPipeline
from mfnumpy.saving import checkpoint
from mfnumpy.support import threads as blas
from mfnumpy.support.duration import duration
from mfnumpy.train import Trainer

pytest.importorskip("sklearn")

QUICK = ["train", "--hidden", "7", "5", "--epochs", "2", "--subset", "60"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def epochs_of(path: Path) -> list[dict]:
    """The history as the checkpoint has it, where a run has not come to its end."""
    return checkpoint.load(path)[1]["progress"]["epochs"]


@pytest.fixture
def folder(tmp_path) -> Path:
    """The folder of a finished run."""
    assert cli.main([*QUICK, "--out", str(tmp_path)]) == 0
    return tmp_path


@pytest.mark.parametrize("left", [("checkpoint.npz", "history.json"), ("checkpoint.npz",), ("history.json",)])
def test_a_run_is_not_overwritten_without_a_word(folder, left, capsys):
    for path in folder.iterdir():
        if path.name not in left:
            path.unlink()
    before = contents(folder)
    capsys.readouterr()
    assert cli.main([*QUICK, "--seed", "1", "--out", str(folder)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert all(words in told.err for words in (str(folder), *left, "--resume", "--out", "--overwrite"))
    assert contents(folder) == before


def test_the_folder_by_default_is_guarded_as_well(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert [cli.main(QUICK), cli.main(QUICK), cli.main([*QUICK, "--rule", "bp"])] == [0, 2, 0]
    assert str(Path("runs/train/digits-7-5-mf")) in capsys.readouterr().err


def test_overwriting_gives_the_run_of_an_empty_folder(folder, tmp_path_factory):
    fresh, seed = tmp_path_factory.mktemp("fresh"), ["--seed", "1"]
    first = json.loads((folder / "history.json").read_text())
    assert cli.main([*QUICK, *seed, "--out", str(fresh)]) == 0
    assert cli.main([*QUICK, *seed, "--out", str(folder), "--overwrite"]) == 0
    a, b = (json.loads((path / "history.json").read_text()) for path in (fresh, folder))
    assert (a["epochs"], a["test"]) == (b["epochs"], b["test"])
    assert a["epochs"] != first["epochs"], "two seeds must differ, or the test could not fail"


def test_while_a_run_is_overwritten_no_history_lies_beside_another_runs_checkpoint(folder, monkeypatch):
    history, seen, rename = folder / "history.json", [], os.replace

    def noted(source, target):
        if str(target).endswith("checkpoint.npz"):
            seen.append(history.exists())
        rename(source, target)

    monkeypatch.setattr(os, "replace", noted)
    assert cli.main([*QUICK, "--seed", "1", "--out", str(folder), "--overwrite"]) == 0
    assert seen == [False] * 3, "after each epoch and at the end"
    assert json.loads(history.read_text())["epochs"] == epochs_of(folder / "checkpoint.npz")


@pytest.mark.parametrize(
    "wrong",
    [
        ["--lr", "-1"],
        ["--rule", "bp", "--schedule", "layer_by_layer"],
        ["--threads", "0"],
        ["--batch-size", "1000"],
        ["--validation", "0", "--patience", "2"],
        ["--engine", "fast", "--optimiser", "sgd"],
        ["--lr", "1e30", "--optimiser", "sgd"],
    ],
)
def test_a_refused_run_overwrites_nothing(folder, wrong, capsys):
    """The last one is refused by its own numbers, before the first checkpoint."""
    before = contents(folder)
    capsys.readouterr()
    assert cli.main([*QUICK, *wrong, "--out", str(folder), "--overwrite"]) == 2
    assert contents(folder) == before
    assert capsys.readouterr().err.count("\n") == 1


def test_a_run_that_was_given_up_before_its_first_checkpoint_can_be_had_back(folder, monkeypatch, capsys):
    """Ctrl-C twice, before anything was written: checkpoint and history are still the earlier run's."""
    before, history = contents(folder), json.loads((folder / "history.json").read_text())

    def twice(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("mfnumpy.fast.FastTrainer.learn", twice)
        assert cli.main([*QUICK, "--seed", "1", "--out", str(folder), "--overwrite"]) == 130
    assert "--resume" not in capsys.readouterr().err, "there is nothing of this run to go on with"
    assert contents(folder) == before
    (folder / "history.json").unlink()
    assert cli.main([*QUICK, "--out", str(folder), "--resume"]) == 0
    assert json.loads((folder / "history.json").read_text()) == history


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process alone")
def test_ctrl_c_while_overwriting_says_how_to_go_on_and_that_works(folder):
    command = ["train", "--hidden", "60", "50", "--epochs", "40", "--out", str(folder)]
    assert "--resume in place of --overwrite" in ctrl_c_after_two_epochs(*command[1:], "--overwrite")
    assert not (folder / "history.json").exists()
    begun = epochs_of(folder / "checkpoint.npz")
    assert cli.main([*command, "--resume"]) == 0
    done = json.loads((folder / "history.json").read_text())["epochs"]
    assert len(done) == 40
    assert done[: len(begun)] == begun


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    ("way", "kind", "size"),
    [(["--engine", "fast"], Team, "size"), (["--parallel", "layers"], ThreadPipeline, "threads")],
)
def test_as_many_threads_work_in_parallel_as_were_asked_for(way, kind, size, threads, tmp_path, monkeypatch):
    pytest.importorskip("threadpoolctl")
    seen, enter = set(), kind.__enter__
    monkeypatch.setattr(kind, "__enter__", lambda self: (seen.add(getattr(self, size)), enter(self))[1])
    args = [*QUICK, *way, "--threads", str(threads), "--out", str(tmp_path)]
    assert cli.main(args) == 0
    assert seen == {threads}


def test_the_evaluation_at_the_end_has_the_threads_that_were_asked_for(tmp_path, monkeypatch):
    pytest.importorskip("threadpoolctl")
    if not blas.blas_libraries():
        pytest.skip("threadpoolctl knows no BLAS here")
    seen, evaluate = [], Trainer.evaluate

    def noted(*args):
        seen.append(blas.threads_of_blas())
        return evaluate(*args)

    monkeypatch.setattr(Trainer, "evaluate", noted)
    reference = ["--engine", "reference", "--threads", "2"]
    assert cli.main([*QUICK, *reference, "--out", str(tmp_path)]) == 0  # the tests begin with one
    assert seen == [2, 2, 2]


@pytest.fixture
def core_install(monkeypatch):
    """As if threadpoolctl were not there, on a machine of two cores; BLAS was started with all threads."""
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    monkeypatch.setattr(blas, "cores", lambda: 2)
    for names in blas.THREAD_VARIABLES.values():
        for name in names:
            monkeypatch.delenv(name, raising=False)


def test_threads_that_cannot_be_kept_are_refused_with_the_remedy(core_install, tmp_path, capsys):
    assert cli.main([*QUICK, "--threads", "1", "--out", str(tmp_path / "a")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert all(words in error for words in ("--threads 1", "threadpoolctl", "mfnumpy[lab]", "_THREADS=1"))
    assert not (tmp_path / "a").exists()
    assert cli.main([*QUICK, "--out", str(tmp_path / "a")]) == 0, "what nobody asked for needs no library"


def test_threads_that_are_in_force_anyway_need_no_library(core_install, tmp_path, monkeypatch):
    first, *later = blas.thread_variables()
    for name in later:
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv(first, "3")
    assert [blas.keeps_threads(n) for n in (1, 2, 3)] == [False, False, True]
    assert cli.main([*QUICK, "--threads", "3", "--out", str(tmp_path)]) == 0
    monkeypatch.delenv(first)
    assert blas.keeps_threads(1) == bool(later)
    monkeypatch.setattr(blas, "cores", lambda: 1)
    assert blas.keeps_threads(1)
    assert not blas.keeps_threads(2)


@pytest.mark.parametrize("name", ["scipy-openblas", "openblas64", "mkl-dynamic-lp64", "accelerate", "blis", ""])
def test_each_blas_has_its_variable(name, monkeypatch):
    monkeypatch.setattr(np, "show_config", lambda mode: {"Build Dependencies": {"blas": {"name": name}}})
    own = {"scipy-openblas": "OPENBLAS", "openblas64": "OPENBLAS", "mkl-dynamic-lp64": "MKL", "accelerate": "VECLIB"}
    assert blas.thread_variables()[0].startswith(own.get(name, "OMP"))


# -- the engine --------------------------------------------------------------------------------------------------------


def trained(folder, capsys, *args) -> tuple[dict, str]:
    """The history of a run, and what it said."""
    capsys.readouterr()
    assert cli.main([*QUICK, *args, "--out", str(folder)]) == 0
    return json.loads((folder / "history.json").read_text()), capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "engine", "why"),
    [
        ([], "fast", ""),
        (["--engine", "fast"], "fast", ""),
        (["--engine", "reference"], "reference", "as asked for"),
        (["--optimiser", "sgd"], "reference", "optimiser adam only"),
        (["--parallel", "layers"], "reference", "layers in parallel"),
    ],
)
def test_the_engine_is_said_in_one_line_and_held_in_history_and_checkpoint(args, engine, why, tmp_path, capsys):
    pytest.importorskip("threadpoolctl")
    history, said = trained(tmp_path, capsys, *args)
    lines = [line for line in said.splitlines() if line.startswith("engine: ")]
    assert len(lines) == 1
    assert lines[0].startswith(f"engine: {engine}, 1 thread")
    assert why in lines[0]
    assert (": " in lines[0].removeprefix("engine: ")) == bool(why)
    (conditions,) = history["ran_with"]
    assert conditions == checkpoint.load(tmp_path / "checkpoint.npz")[1]["progress"]["ran_with"][0]
    assert history["seed"] == 0
    assert (conditions["engine"], conditions["threads"]) == (engine, 1)
    assert conditions["numpy"] == np.__version__
    assert {"backend", "simd", "blas"} <= set(conditions)


def test_a_run_that_goes_on_keeps_its_engine_and_threads_or_says_that_it_does_not(tmp_path, capsys):
    pytest.importorskip("threadpoolctl")
    first = trained(tmp_path, capsys, "--engine", "reference", "--threads", "1")[0]["ran_with"]
    history, said = trained(tmp_path, capsys, "--resume")
    assert history["ran_with"] == first
    assert "engine: reference, 1 thread: as the run that goes on" in said
    assert "last bits" not in said
    _, said = trained(tmp_path, capsys, "--resume", "--engine", "fast", "--threads", "2")
    assert "This run had engine reference, threads 1; it goes on with engine fast, threads 2: the last bits" in said


def test_each_epoch_says_its_seconds_and_how_long_the_rest_will_take(monkeypatch, capsys):
    clock = iter([0.0, 2.0, 4.0, 40.0])
    monkeypatch.setattr("mfnumpy.cli.train.time.perf_counter", lambda: next(clock))
    teller = Teller(total=4)
    for number in (1, 2, 4):
        teller({"epoch": number, "loss": {"block1": 0.5}, "val_accuracy": {"ff": 0.25}})
    first, second, last = capsys.readouterr().out.splitlines()
    assert first == "epoch   1  loss: block1 0.5000  validation: ff 25.00 %  (2 s, 6 s left)"
    assert second.endswith("(2 s, 4 s left)")
    assert last.endswith("(36 s)")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.123, "0.12 s"), (9.94, "9.9 s"), (9.96, "10 s"), (99.6, "2 min"), (5969, "99 min"), (7200, "2.0 h")],
)
def test_times_are_for_people(seconds, text):
    assert duration(seconds) == text
