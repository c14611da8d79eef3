"""The plan of `python -m mfnumpy.bench.gpu`: what the ledger lacks, how long it takes, what cannot be done here."""

from __future__ import annotations

import json
import os
import re

import pytest
import strict_array

from mfnumpy import backend, cli
from mfnumpy.bench.gpu import __main__ as gpu
from mfnumpy.bench.gpu import here, lacking, plan
from mfnumpy.bench.gpu.lacking import Lacking
from mfnumpy.errors import BackendError, MissingDataError
from mfnumpy.paper.experiments import registry
from mfnumpy.paper.ledger.folder import Ledger

CIFAR100 = ("cifar100", "mf,bp")
RUNS = {step.name: step for step in plan.STEPS if step.makes_runs}


@pytest.fixture(autouse=True)
def _own_places(tmp_path, monkeypatch):
    """No data but what a test names, and the stand-in in place of a device."""
    for name in ("cache", "data"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"MFNUMPY_{name.upper()}_DIR", str(tmp_path / name))
    strict_array.register()


@pytest.fixture
def committed(tmp_path):
    """A copy of the committed records of CNNs, to be changed."""
    lacking.bring_along(tmp_path / "committed", lacking.COMMITTED)
    return Ledger(tmp_path / "committed")


def planned(capsys, *words, code=0):
    """The lines that are printed: of the plan, or of the error."""
    assert gpu.main(["--plan", "--backend", strict_array.NAME, *map(str, words)]) == code
    found = capsys.readouterr()
    assert "Traceback" not in found.err
    return (found.err if code else found.out).splitlines()


def line_of(lines, name):
    return next(line for line in lines if line.split()[:1] == [name])


def a_record(ledger, dataset="cifar100"):
    """The file of a run in full that the plan asks for and the ledger has: of a late seed, which no search reads."""
    cells = [c for c in registry.plan(lacking.SCALE).cells(lacking.EXPERIMENT) if c.final.dataset == dataset]
    jobs = [job for cell in cells for made in (cell, cell.as_written()) for job in made.jobs(ledger)]
    return next(path for job in reversed(jobs) for way in job.ways if (path := ledger.path(way)).exists())


def test_a_record_less_is_a_run_more(committed):
    before = lacking.lacking(committed, *CIFAR100, at_once=1)
    a_record(committed).unlink()
    after = lacking.lacking(Ledger(committed.folder), *CIFAR100, at_once=1)
    assert after.runs == before.runs + 1
    assert after.seconds > before.seconds


def test_only_a_device_tells_what_a_device_takes(committed):
    for path in committed.folder.glob("*.json"):
        if path.stem.startswith("mnist") or json.loads(path.read_text())["environment"].get("backend") == "cupy":
            path.unlink()
    found = lacking.lacking(Ledger(committed.folder), "mnist", "mf,bp", at_once=1)
    assert found.runs == found.unknown > 0  # a processor's records of other CNNs are there
    assert found.seconds == 0


def test_many_runs_take_a_share_of_their_sum_and_one_takes_all_of_its_own(committed):
    for path in committed.folder.glob("mnist-cnn-*.json"):
        path.unlink()
    one, two, *many = (lacking.lacking(Ledger(committed.folder), "mnist", "mf,bp", n) for n in (1, 2, 10**6, 10**9))
    assert one.runs > 2
    assert two.seconds == pytest.approx(one.seconds / 2)
    assert 1 < many[0].seconds == many[1].seconds < two.seconds


def test_as_many_runs_are_planned_as_reproduce_will_make(committed, capsys):
    """On the device's arrays, where it is asked for by the same words as in a step."""
    for path in committed.folder.glob("mnist-cnn-*.json"):
        path.unlink()
    words = ["plan", lacking.EXPERIMENT, "--scale", lacking.SCALE, "--datasets", "mnist", "--rules", "mf", "bp"]
    with backend.using("numpy"):
        assert cli.main(["reproduce", *words, "--ledger", str(committed.folder), "--backend", strict_array.NAME]) == 0
    (count,) = re.findall(r"(\d+) training runs", capsys.readouterr().out)
    assert int(count) == lacking.lacking(committed, "mnist", "mf,bp", 1).runs


def test_records_of_a_run_before_this_are_not_missing(committed, tmp_path, monkeypatch):
    monkeypatch.setattr(here, "COMMITTED", committed.folder)
    files = {"cifar100": here.Files("there", there=True)}

    def what():
        (task,) = here.tasks([RUNS["runs-cifar100"]], [], files, tmp_path / "out", 1)
        return task.what + task.why_not

    before, record = what(), a_record(committed)
    bytes_of_it = record.read_bytes()
    record.unlink()
    assert what() != before
    (tmp_path / "out" / "ledger").mkdir(parents=True)
    (tmp_path / "out" / "ledger" / record.name).write_bytes(bytes_of_it)
    assert what() == before
    assert not record.exists()  # a plan writes nothing


def test_a_step_says_how_many_runs_and_one_without_is_left_out(tmp_path, monkeypatch, capsys):
    found = {"cifar10": Lacking(3, 100.0, 1), "mnist": Lacking(2, 500.0, 0), "cifar100": Lacking(0, 0.0, 0)}
    monkeypatch.setattr(here, "lacking", lambda ledger, dataset, *rest: found[dataset])
    monkeypatch.setattr(here, "_files", lambda source, folder: here.Files("/official", source.name != "mnist"))
    words = ["--only", "runs-cifar100", "runs-cifar10", "runs-mnist", "--minutes", "9"]
    lines = planned(capsys, *words)
    assert "100 s" in line_of(lines, "runs-cifar10")
    assert "3 missing in the ledger, 1 of a length that no record tells" in line_of(lines, "runs-cifar10")
    assert line_of(lines, "runs-cifar100").endswith("left out: the ledger lacks none")
    assert line_of(lines, "runs-mnist").endswith("2 missing in the ledger  left out: the files of mnist are not here")
    data = [line for line in lines if line.startswith("Data:")]
    assert data == ["Data: cifar10: /official.", "Data: mnist: /official."]
    monkeypatch.setattr(gpu, "_begin", lambda step, args, seconds: "done")
    assert gpu.main([*words, "--backend", strict_array.NAME, "--out", str(tmp_path / "out")]) == 0
    results = json.loads((tmp_path / "out" / "summary.json").read_text())["results"]
    assert {r["name"]: r["outcome"] for r in results} == {
        "runs-cifar10": "done",
        "runs-cifar100": "left out: the ledger lacks none",
        "runs-mnist": "left out: the files of mnist are not here",
    }


def test_what_is_left_out_takes_no_time_from_the_rest(monkeypatch, capsys):
    found = {"cifar10": Lacking(3, 170.0, 0), "cifar100": Lacking(3, 170.0, 0), "mnist": Lacking(2, 100.0, 0)}
    monkeypatch.setattr(here, "lacking", lambda ledger, dataset, *rest: found[dataset])
    monkeypatch.setattr(here, "_files", lambda source, folder: here.Files("/official", source.name != "cifar10"))
    lines = planned(capsys, "--only", *RUNS.keys() - {"runs-fashion_mnist", "runs-cifar10-ds"}, "--minutes", "3")
    assert "left out: the files" in line_of(lines, "runs-cifar10")
    assert "left out" not in line_of(lines, "runs-cifar100")
    assert "probably left out, or cut short" in line_of(lines, "runs-mnist")


@pytest.mark.parametrize("name", ["--data", "MFNUMPY_DATA_DIR"])
def test_a_folder_of_data_that_is_none_is_refused_by_its_name(name, tmp_path, monkeypatch, capsys):
    nowhere, words = str(tmp_path / "nowhere"), []
    if name == "--data":
        words = ["--data", nowhere]
    else:
        monkeypatch.setenv(name, nowhere)
    (line,) = planned(capsys, *words, code=2)
    assert line.startswith(f"{name} names {nowhere}, which is not a folder.")
    assert gpu.main([*words, "--backend", strict_array.NAME, "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe")
def test_a_pipe_in_place_of_a_folder_of_data_is_refused(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    (line,) = planned(capsys, "--data", tmp_path / "pipe", code=2)
    assert line.startswith(f"--data names {tmp_path / 'pipe'}, which is a pipe")


def test_one_data_set_that_cannot_be_looked_into_stops_no_other_step(monkeypatch, capsys):
    def find(source, folder):
        if source.name == "cifar10":
            raise MissingDataError("x/cifar10 cannot be looked into (Permission denied).")

    monkeypatch.setattr(here.find, "find", find)
    monkeypatch.setattr(here, "lacking", lambda *rest: Lacking(1, 1.0, 0))
    lines = planned(capsys)
    assert "Data: cifar10: x/cifar10 cannot be looked into (Permission denied)." in lines
    assert "Data: mnist: not here, its runs are left out." in lines
    assert "left out: the files of cifar10 are not here" in line_of(lines, "runs-cifar10")
    assert "left out" not in line_of(lines, "agreement")


def test_without_cupy_the_plan_says_so_and_nothing_is_begun(tmp_path, monkeypatch, capsys):
    def maker():
        raise BackendError("The backend 'cupy' needs CuPy, which is not installed.")

    monkeypatch.setitem(backend._makers, "cupy", maker)
    monkeypatch.delitem(backend._loaded, "cupy", raising=False)
    monkeypatch.setattr(here.os, "cpu_count", lambda: 2)
    words = ["--out", str(tmp_path / "out")]
    assert gpu.main(["--plan", *words]) == 0
    found = capsys.readouterr().out
    assert "Device: none, so no step can be done here. The backend 'cupy' needs CuPy" in found
    assert f"of runs, {here.AT_ONCE} at once" in found  # for the machine that it is planned for
    assert gpu.main(words) == 2
    assert capsys.readouterr().err == "The backend 'cupy' needs CuPy, which is not installed.\n"
    assert not (tmp_path / "out").exists()


def test_a_device_is_named_and_shares_its_processors(monkeypatch, capsys):
    monkeypatch.setattr(here.os, "cpu_count", lambda: 4)
    lines = planned(capsys)
    assert any(re.match("Device: a stand-in", line) for line in lines)
    assert "of runs, 3 at once" in lines[0]


def test_a_dry_run_asks_neither_for_data_nor_for_the_ledger(monkeypatch, capsys):
    monkeypatch.setattr(here, "lacking", None)
    lines = planned(capsys, "--share", "0.01")
    assert not any(line.startswith("Data:") for line in lines)
    assert "left out" not in line_of(lines, "runs-cifar10")


def test_a_record_that_cannot_be_read_is_named(tmp_path, monkeypatch, capsys):
    (tmp_path / "committed").mkdir()
    (tmp_path / "committed" / "mnist-cnn-mf-0123456789ab-s0.json").write_text("{")
    monkeypatch.setattr(here, "COMMITTED", tmp_path / "committed")
    (line,) = planned(capsys, code=2)
    assert "mnist-cnn-mf-0123456789ab-s0.json is not a record of mfnumpy" in line


def test_the_plan_says_what_does_not_fit_and_wrong_words_are_refused(tmp_path, capsys):
    lines = planned(capsys, "--minutes", "3", "--only", "tests", "agreement", "speed-2x1000", "speed-3x2000")
    assert "probably" not in lines[3]
    assert "probably left out, or cut short" in lines[4]
    assert gpu.main(["--only", "agrement", "--plan"]) == 2
    assert "Did you mean 'agreement'" in capsys.readouterr().err
    assert gpu.main(["--backend", "cuppy", "--out", str(tmp_path), "--plan"]) == 2
    for wrong in (["--minutes", "0"], ["--share", "2"]):
        with pytest.raises(SystemExit) as end:
            gpu.main(wrong)
        assert end.value.code == 2


def test_every_step_of_runs_is_of_runs_that_the_plan_has():
    cells = registry.plan(lacking.SCALE).cells(lacking.EXPERIMENT)
    asked = [(step.arguments[0], rule) for step in RUNS.values() for rule in step.arguments[1].split(",")]
    assert sorted(asked) == sorted((cell.final.dataset, cell.final.rule) for cell in cells)
