"""`mfnumpy compare` when something goes wrong, and at any width: no finished run is lost, no value is cut."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
import warnings
from contextlib import closing
from pathlib import Path

import pytest
from cli_helpers import interruptible, mfnumpy, on_terminal

from mfnumpy import cli
from mfnumpy.cli import compare as command
from mfnumpy.comparison import compare, plots
from mfnumpy.comparison.compare import Comparison, Diverged
from mfnumpy.errors import DivergedError, InvalidValueError
from mfnumpy.support import jobs
from mfnumpy.support.files import LOCK
from mfnumpy.support.jobs import cores

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

QUICK = ["--hidden", "9", "7", "--epochs", "1", "--subset", "60", "--jobs", "1"]
FILES = {"results.json", "report.html"} | {
    f"{name}.{kind}" for name in ("accuracy", "learning_curves", "loss_curves") for kind in ("png", "svg")
}


def results(folder: Path) -> dict:
    return json.loads((folder / "results.json").read_text())


def outcomes(monkeypatch, answer) -> list[tuple[str, int]]:
    """Let answer(name, seed) raise before a run is trained; returns the list of runs that are begun."""
    begun, run_one = [], compare.run_one

    def run(make, seed, *rest):
        begun.append((make.name, seed))
        answer(make.name, seed)
        return run_one(make, seed, *rest)

    monkeypatch.setattr(compare, "run_one", run)
    return begun


# -- nothing that is finished is lost -------------------------------------------------------------------------------


def test_results_are_on_disk_after_each_run(tmp_path, monkeypatch):
    seen = []

    def look(name, seed):
        seen.append([(r["rule"], r["seed"]) for r in results(tmp_path)["runs"]] if seen else os.listdir(tmp_path))

    begun = outcomes(monkeypatch, look)
    assert cli.main(["compare", *QUICK, "--seeds", "2", "--rules", "bp,mf", "--out", str(tmp_path)]) == 0
    assert begun == [("bp", 0), ("mf", 0), ("bp", 1), ("mf", 1)]
    assert seen == [[LOCK], [("bp", 0)], [("bp", 0), ("mf", 0)], [("bp", 0), ("bp", 1), ("mf", 0)]]
    assert results(tmp_path)["notes"] == []


def test_a_table_that_fails_loses_nothing(tmp_path, monkeypatch):
    def fail(*args):
        raise RuntimeError("no table today")

    monkeypatch.setattr(command, "print_table", fail)
    with pytest.raises(RuntimeError, match="no table today"):
        cli.main(["compare", *QUICK, "--seeds", "1", "--rules", "bp", "--out", str(tmp_path)])
    assert set(os.listdir(tmp_path)) == FILES


def test_without_rich_the_table_is_plain(tmp_path, monkeypatch, capsys):
    for module in ("rich", "rich.console", "rich.table", "rich.text"):
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert cli.main(["compare", *QUICK, "--seeds", "1", "--rules", "mf", "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert [name.strip() for name in out.splitlines()[1].split("\t")] == list(command.COLUMNS)
    for row in results(tmp_path)["rows"]:
        assert command.cells(row) in [[cell.strip() for cell in line.split("\t")] for line in out.splitlines()]
    assert set(os.listdir(tmp_path)) == FILES


# -- a run that diverges --------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_rule_that_diverges_is_told_and_the_others_go_on(tmp_path, capsys):
    """A rate at which the numbers outgrow float32 in three layers of learned weights, and not in one."""
    rules = ["--rules", "bp,shallow", "--lr", "1e15", "--seeds", "2"]
    assert cli.main(["compare", *QUICK, *rules, "--out", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert re.search(r"\[1/4\] bp, seed 0: diverged\. .*Lower the learning rate", err)
    assert re.search(r"\[4/4\] shallow, seed 1: readout \d", err)
    found = results(tmp_path)
    assert [(row["rule"], len(row["test_accuracy_by_seed"])) for row in found["rows"]] == [("shallow", 2)]
    assert [(item["rule"], item["seed"]) for item in found["diverged"]] == [("bp", 0), ("bp", 1)]
    page = (tmp_path / "report.html").read_text()
    for said in (out, page, "\n".join(found["notes"])):
        assert "bp, seed 0, diverged: " in said
        assert "bp, seed 1, diverged: " in said
        assert "Without a result: bp." in said


def test_a_mean_over_fewer_seeds_says_so_and_keeps_its_place(tmp_path, monkeypatch, capsys):
    def diverge(name, seed):
        if (name, seed) == ("bp", 0):
            raise DivergedError("The loss <became> nan.")

    outcomes(monkeypatch, diverge)
    assert cli.main(["compare", *QUICK, "--rules", "bp,mf", "--seeds", "2", "--out", str(tmp_path)]) == 0
    rows = results(tmp_path)["rows"]
    assert [(row["rule"], list(row["test_accuracy_by_seed"])) for row in rows] == [
        ("bp", ["1"]),
        ("mf", ["0", "1"]),
        ("mf", ["0", "1"]),
    ]
    assert "Means over fewer than 2 seeds: bp 1." in capsys.readouterr().out
    assert "bp, seed 0, diverged: The loss &lt;became&gt; nan." in (tmp_path / "report.html").read_text()


def test_if_every_run_diverges_that_is_an_error_and_an_earlier_comparison_stays(tmp_path, monkeypatch, capsys):
    def diverge(name, seed):
        raise DivergedError(f"{name} became nan. Lower the learning rate.")

    (tmp_path / "results.json").write_text("earlier")
    begun = outcomes(monkeypatch, diverge)
    assert cli.main(["compare", *QUICK, "--rules", "bp,mf", "--seeds", "1", "--out", str(tmp_path)]) == 2
    assert len(begun) == 2, "one that diverges must not stop the others"
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("mfnumpy: No run came to its end")
    assert "Lower the learning rate" in error
    assert (tmp_path / "results.json").read_text() == "earlier"
    assert os.listdir(tmp_path) == ["results.json"]


def test_notes_tell_what_diverged_apart_from_what_was_not_trained():
    config = {"rules": ["bp", "mf"], "seeds": [0, 1]}
    assert Comparison([], [Diverged("mf", 0, "It ran away.")], config).notes == [
        "mf, seed 0, diverged: It ran away.",
        "3 of 4 runs were not trained.",
        "Without a result: bp, mf.",
    ]


# -- Ctrl-C ---------------------------------------------------------------------------------------------------------


def test_ctrl_c_exits_130_and_what_is_finished_is_written(tmp_path):
    rules = ["--rules", "shallow,mf", "--seeds", "1"]
    process = interruptible("compare", "--epochs", "300", *rules, "--jobs", "1", "--out", str(tmp_path))
    assert process.stderr.readline() == "2 runs, one after the other, on 1 thread.\n"
    assert process.stderr.readline() == "shallow, mf: engine: fast, 1 thread\n"
    first = process.stderr.readline()  # the first run is done, the second has begun
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert first.startswith("[1/2] shallow, seed 0: ")
    assert error.splitlines() == [f"stopped after 1 of 2 runs; writing them to {tmp_path}", "mfnumpy: interrupted."]
    assert set(os.listdir(tmp_path)) == FILES
    found = results(tmp_path)
    assert [(run["rule"], len(run["epochs"])) for run in found["runs"]] == [("shallow", 300)]
    assert "1 of 2 runs were not trained." in found["notes"]
    assert "1 of 2 runs were not trained." in (tmp_path / "report.html").read_text()
    assert out == ""


def test_ctrl_c_before_anything_is_finished_writes_nothing(tmp_path, monkeypatch, capsys):
    def interrupt(name, seed):
        raise KeyboardInterrupt

    outcomes(monkeypatch, interrupt)
    assert cli.main(["compare", *QUICK, "--rules", "bp", "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err.endswith("\nmfnumpy: interrupted.\n")
    assert os.listdir(tmp_path) == []


# -- runs side by side ----------------------------------------------------------------------------------------------

TWO_CORES = pytest.mark.skipif(cores() < 2, reason="needs two cores")


def without_measurements(found: dict) -> dict:
    """What must not depend on how many runs go at once: all but seconds, and the peak with its few Python objects."""
    rows = [{k: v for k, v in row.items() if k not in ("seconds_per_epoch", "peak_bytes")} for row in found["rows"]]
    runs = [{k: v for k, v in run.items() if k not in ("seconds", "peak_bytes")} for run in found["runs"]]
    return {"rows": rows, "runs": runs, "notes": found["notes"], "diverged": found["diverged"]}


@TWO_CORES
def test_the_results_are_the_same_to_the_last_bit_whatever_jobs_is(tmp_path, capsys):
    wanted = ["--hidden", "23", "17", "--epochs", "3", "--subset", "300", "--rules", "mf,ff,dfa", "--seeds", "2"]
    for n in ("1", "2"):
        assert cli.main(["compare", *wanted, "--jobs", n, "--out", str(tmp_path / n)]) == 0
    told = capsys.readouterr().err
    assert "6 runs, one after the other, on 1 thread." in told
    assert "6 runs, 2 at once, on 1 thread each." in told
    one, two = (without_measurements(results(tmp_path / n)) for n in ("1", "2"))
    assert one == two
    assert len(one["runs"]) == 6


@TWO_CORES
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_run_in_another_process_that_diverges_is_told_and_the_others_go_on(tmp_path):
    rules = ["--hidden", "9", "7", "--epochs", "1", "--subset", "60", "--rules", "bp,shallow", "--lr", "1e15"]
    assert cli.main(["compare", *rules, "--seeds", "1", "--jobs", "2", "--out", str(tmp_path)]) == 0
    found = results(tmp_path)
    assert [(item["rule"], item["seed"]) for item in found["diverged"]] == [("bp", 0)]
    assert [(run["rule"], run["seed"]) for run in found["runs"]] == [("shallow", 0)]


@TWO_CORES
def test_ctrl_c_loses_no_run_that_ended_in_another_process(tmp_path):
    rules = ["--rules", "shallow,mf,bp", "--seeds", "1", "--jobs", "2", "--epochs", "400"]
    process = interruptible("compare", *rules, "--out", str(tmp_path))
    assert process.stderr.readline() == "3 runs, 2 at once, on 1 thread each.\n"
    assert process.stderr.readline() == "shallow, mf, bp: engine: fast, 1 thread\n"
    first = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert first.startswith("[1/3] ")
    assert "Traceback" not in error
    assert error.splitlines()[-1] == "mfnumpy: interrupted."
    assert {run["rule"] for run in results(tmp_path)["runs"]} >= {first.split()[1].rstrip(",")}


def _after(folder: Path, seconds: float) -> int:
    """Waits, and leaves its process's number in the folder."""
    (folder / f"{os.getpid()}-{seconds}").touch()
    time.sleep(seconds)
    return os.getpid()


@TWO_CORES
def test_whoever_breaks_off_hears_no_warning_and_ends_the_other_processes(tmp_path):
    """Ctrl-C while a run is told, not while one is waited for."""
    pieces = [(tmp_path, seconds) for seconds in (0.5, 50.0, 51.0)]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with closing(jobs.side_by_side(_after, pieces, jobs.Share(2, 1))) as running:
            next(running)
    assert told == []
    workers = {int(path.name.partition("-")[0]) for path in tmp_path.iterdir()}
    end = time.monotonic() + 100
    while any(jobs.alive(pid) for pid in workers) and time.monotonic() < end:
        time.sleep(0.05)
    assert workers
    assert not any(jobs.alive(pid) for pid in workers)


def test_a_run_that_only_the_spool_has_is_in_what_ctrl_c_leaves(tmp_path):
    """Ended in its process, and not handed over yet: what side_by_side cannot know."""
    run = compare.Run("mf", 1, {"ff": 1 / 3, "bp": 0.25}, [0.5], {"ff": 7, "bp": 6}, [{"epoch": 1}], [0.1], 11, [])
    lost = Diverged("bp", 0, "It ran away.")
    spool = compare.Spool(tmp_path)
    for item in (run, lost):
        spool.keep(item)
    for _ in range(3):
        spool.count({"epoch": 1})
    begun = Comparison([], [], {"rules": ["bp", "mf"], "seeds": (0, 1)})
    found = begun.with_(run).with_(*spool.runs())
    assert (found.runs, found.diverged, spool.epochs()) == ([run], [lost], 3)


def test_cores_are_shared_out_without_asking_too_much_of_them(monkeypatch):
    monkeypatch.setattr(jobs, "cores", lambda: 6)
    assert jobs.share_out(27) == (6, 1)
    assert jobs.share_out(4) == (4, 1)
    assert jobs.share_out(3, small=False) == (3, 2)
    assert jobs.share_out(27, small=False) == (6, 1)
    assert jobs.share_out(27, threads=3) == (2, 3)
    assert jobs.share_out(27, threads=9) == (1, 9)  # asked for so: one piece on more threads than cores
    for n in (1, 2, 6):
        assert jobs.share_out(27, jobs=n, small=False).threads == 1  # the last bits depend on the threads
    for bad, words in (({"jobs": 0}, "--jobs"), ({"jobs": 4, "threads": 2}, "8 cores busy.*may use 6.*--jobs 3")):
        with pytest.raises(InvalidValueError, match=words):
            jobs.share_out(27, **bad)


# -- the table ------------------------------------------------------------------------------------------------------

DEEP = ["--hidden", *["8"] * 12, "--epochs", "1", "--subset", "60", "--seeds", "2"]
LONGEST = ["--rules", "deep_supervision,ff"]
"""The longest names of a rule and of a prediction."""


@pytest.mark.parametrize("net", [QUICK, DEEP], ids=["2 blocks", "12 blocks"])
def test_on_80_columns_no_value_is_cut(tmp_path, net):
    shown = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal("compare", *net, *LONGEST, "--out", str(tmp_path)))
    assert "…" not in shown
    assert max(map(len, shown.split(f"wrote {tmp_path}")[0].splitlines())) <= 80
    lines = [line.strip("│ ") for line in shown.splitlines() if line.startswith("│")]
    written = results(tmp_path)["rows"]
    assert len(lines) == len(written) >= 2
    for line, row in zip(lines, written, strict=True):
        value = dict(zip(command.COLUMNS, command.cells(row), strict=True))
        found = [cell.strip() for cell in line.split("│")]
        assert found[:3] == [value["rule"], value["prediction"], value["test %"]]
        assert value["s/epoch"] in found
    assert ("in the report: each block %" in shown) == (net is DEEP)


def test_through_a_pipe_nothing_is_cut(tmp_path):
    done = mfnumpy("compare", *DEEP, *LONGEST, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    lines = [[cell.strip() for cell in line.strip("│").split("│")] for line in done.stdout.splitlines()]
    for row in results(tmp_path)["rows"]:
        assert command.cells(row) in lines


@pytest.mark.parametrize("width", range(20, 200, 7))
def test_columns_are_shown_whole_or_not_at_all(width):
    row = {"rule": "deep_supervision", "prediction": "all-labels", "test_accuracy": 1, "test_accuracy_sd": 0.1234}
    row |= {"layer_accuracy": [0.5] * 12, "parameters": 12345678, "seconds_per_epoch": 123.4, "peak_bytes": 5e9}
    shown, whole = command.columns_that_fit([row], width), command.columns_that_fit([row], None)
    assert list(whole) == list(command.COLUMNS)
    assert shown.items() <= whole.items()
    assert set(command.ALWAYS) <= set(shown)
    if set(shown) != set(command.ALWAYS):
        assert 1 + sum(len(head) + 3 for head, _ in shown.values()) <= width


# -- the learning curves --------------------------------------------------------------------------------------------


def test_a_seed_that_stops_early_does_not_shorten_the_curve_of_the_others():
    fig = plots.curves({"mf": [[10, 20], [30, 60, 70, 90], [50, 40, 80]]}, "accuracy", "title")
    (line,) = fig.axes[0].lines
    assert line.get_xdata().tolist() == [1, 2, 3, 4]
    assert line.get_ydata() == pytest.approx([30, 40, 75, 90])
    (band,) = fig.axes[0].collections
    corners = {(round(x), round(y)) for x, y in band.get_paths()[0].vertices}
    assert {(1, 10), (1, 50), (2, 20), (2, 60), (3, 70), (3, 80), (4, 90)} <= corners


def test_the_caption_says_whose_mean_it_is(tmp_path):
    stopping = ["--hidden", "9", "--epochs", "9", "--subset", "60", "--patience", "1", "--seeds", "3"]
    assert cli.main(["compare", *stopping, "--rules", "bp", "--out", str(tmp_path)]) == 0
    assert len({len(run["epochs"]) for run in results(tmp_path)["runs"]}) > 1, "the seeds must stop apart"
    assert "mean over the seeds that still trained then" in (tmp_path / "report.html").read_text()
