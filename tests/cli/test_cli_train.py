"""`mfnumpy train`: the folder of a run, Ctrl-C, and the number of threads."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from cli_helpers import ctrl_c_after_two_epochs

from mfnumpy import cli
from mfnumpy.cli import train
from mfnumpy.fast.team import Team
from mfnumpy.parallel.pipeline import Pipeline
from mfnumpy.saving import checkpoint
from mfnumpy.support import environment

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
    seen = []
    tell = train._tell
    monkeypatch.setattr(train, "_tell", lambda entry: (seen.append((folder / "history.json").exists()), tell(entry)))
    assert cli.main([*QUICK, "--seed", "1", "--out", str(folder), "--overwrite"]) == 0
    assert seen == [False, False]
    assert json.loads((folder / "history.json").read_text())["epochs"] == epochs_of(folder / "checkpoint.npz")


@pytest.mark.parametrize(
    "wrong", [["--lr", "-1"], ["--rule", "bp", "--schedule", "layer_by_layer"], ["--threads", "0"]]
)
def test_a_refused_run_overwrites_nothing(folder, wrong):
    before = contents(folder)
    assert cli.main([*QUICK, *wrong, "--out", str(folder), "--overwrite"]) == 2
    assert contents(folder) == before


def test_a_run_that_was_given_up_before_its_first_checkpoint_can_be_had_back(folder, monkeypatch, capsys):
    """Ctrl-C twice, before anything was written: the checkpoint is still the earlier run's, and has its history."""
    history, whole = json.loads((folder / "history.json").read_text()), (folder / "checkpoint.npz").read_bytes()

    def twice(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("mfnumpy.train.Trainer._train_batch", twice)
        assert cli.main([*QUICK, "--seed", "1", "--out", str(folder), "--overwrite"]) == 130
    assert "--resume" not in capsys.readouterr().err, "there is nothing of this run to go on with"
    assert contents(folder) == {"checkpoint.npz": whole}
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
@pytest.mark.parametrize(("way", "kind", "size"), [("neurons", Team, "size"), ("layers", Pipeline, "threads")])
def test_as_many_threads_work_in_parallel_as_were_asked_for(way, kind, size, threads, tmp_path, monkeypatch):
    pytest.importorskip("threadpoolctl")
    seen, enter = set(), kind.__enter__
    monkeypatch.setattr(kind, "__enter__", lambda self: (seen.add(getattr(self, size)), enter(self))[1])
    args = [*QUICK, "--parallel", way, "--threads", str(threads), "--out", str(tmp_path)]
    assert cli.main(args) == 0
    assert seen == {threads}


def test_the_evaluation_at_the_end_has_the_threads_that_were_asked_for(tmp_path, monkeypatch):
    pytest.importorskip("threadpoolctl")
    if not environment.blas_libraries():
        pytest.skip("threadpoolctl knows no BLAS here")
    seen, evaluate = [], train.evaluate

    def noted(*args):
        seen.extend(library["num_threads"] for library in environment.blas_libraries())
        return evaluate(*args)

    monkeypatch.setattr(train, "evaluate", noted)
    assert cli.main([*QUICK, "--threads", "2", "--out", str(tmp_path)]) == 0  # the tests begin with one
    assert set(seen) == {2}


@pytest.fixture
def core_install(monkeypatch):
    """As if threadpoolctl were not there, on a machine of two cores; BLAS was started with all threads."""
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    monkeypatch.setattr(environment, "cores", lambda: 2)
    for names in environment.THREAD_VARIABLES.values():
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
    first, *later = environment.thread_variables()
    for name in later:
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv(first, "3")
    assert [environment.keeps_threads(n) for n in (1, 2, 3)] == [False, False, True]
    assert cli.main([*QUICK, "--threads", "3", "--out", str(tmp_path)]) == 0
    monkeypatch.delenv(first)
    assert environment.keeps_threads(1) == bool(later)
    monkeypatch.setattr(environment, "cores", lambda: 1)
    assert environment.keeps_threads(1)
    assert not environment.keeps_threads(2)


@pytest.mark.parametrize("name", ["scipy-openblas", "openblas64", "mkl-dynamic-lp64", "accelerate", "blis", ""])
def test_each_blas_has_its_variable(name, monkeypatch):
    monkeypatch.setattr(np, "show_config", lambda mode: {"Build Dependencies": {"blas": {"name": name}}})
    own = {"scipy-openblas": "OPENBLAS", "openblas64": "OPENBLAS", "mkl-dynamic-lp64": "MKL", "accelerate": "VECLIB"}
    assert environment.thread_variables()[0].startswith(own.get(name, "OMP"))
