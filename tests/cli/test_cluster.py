"""A Dask cluster, its scheduler and two workers in processes of their own: the same bytes as one process makes."""

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

from mfnumpy import cli
from mfnumpy.errors import InvalidValueError, WorkerError
from mfnumpy.support import pools

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
pytestmark = pytest.mark.timeout(200)


@pytest.fixture(scope="module")
def address():
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster:
        yield cluster.scheduler_address


def results(folder):
    """Without what is measured of the machine."""
    found = json.loads((folder / "results.json").read_text())
    runs = [{k: v for k, v in run.items() if k not in ("seconds", "peak_bytes")} for run in found["runs"]]
    assert len(runs) == found["config"]["seeds"][-1] * len(found["config"]["rules"]) + len(found["config"]["rules"])
    return {"runs": runs, "notes": found["notes"], "diverged": found["diverged"], "config": found["config"]}


def test_compare_makes_the_same_runs_on_a_cluster(tmp_path, capsys, address):
    wanted = ["compare", "--hidden", "23", "17", "--epochs", "2", "--subset", "200", "--rules", "mf,dfa"]
    for name, who in (("alone", ["--jobs", "1"]), ("cluster", ["--cluster", address])):
        assert cli.main([*wanted, "--seeds", "2", *who, "--out", str(tmp_path / name)]) == 0
    told = capsys.readouterr().err
    assert f"4 runs, 2 at once, on 1 thread each, by {address}." in told
    assert "[4/4] " in told
    assert results(tmp_path / "alone") == results(tmp_path / "cluster")
    assert (tmp_path / "cluster" / "report.html").exists()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_run_that_diverges_on_a_worker_is_told_and_the_others_go_on(tmp_path, address):
    words = ["--hidden", "9", "7", "--epochs", "1", "--subset", "60", "--rules", "bp,shallow", "--lr", "1e15"]
    assert cli.main(["compare", *words, "--seeds", "1", "--cluster", address, "--out", str(tmp_path)]) == 0
    found = json.loads((tmp_path / "results.json").read_text())
    assert [item["rule"] for item in found["diverged"]] == ["bp"]
    assert [run["rule"] for run in found["runs"]] == ["shallow"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--jobs", "2", "--cluster", "tcp://127.0.0.1:1"], "--jobs and --cluster"),
        (["--cluster", "nonsense"], "no Dask"),
    ],
)
def test_bad_options_of_compare_are_one_line(words, says, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(pools, "PATIENCE", "0.5s")
    assert cli.main(["compare", *words, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


# -- by a pool ---------------------------------------------------------------------------------------------------------


def square(n):
    if n < 0:
        raise InvalidValueError("planted")
    return n * n


def ends(n):
    os._exit(1)


def test_pieces_in_a_pool_come_as_they_end_and_errors_come_too(address):
    for kind in (pools.here(), pools.cluster(address)):
        with kind as pool:
            assert sorted(pools.in_pool(square, [(n,) for n in range(9)], pool, 1)) == [n * n for n in range(9)]
            with pytest.raises(InvalidValueError, match="planted"):
                list(pools.in_pool(square, [(2,), (-1,), (3,)], pool, 1))


def test_a_worker_that_dies_is_one_clear_error():
    with pools.processes(1) as pool, pytest.raises(WorkerError, match="worker died"):
        list(pools.in_pool(ends, [(1,), (2,)], pool, 1))


def process(model, x, y):
    """As a score: which process it was."""
    return os.getpid()


# -- the estimator's searches ------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Maximum iterations")
def test_the_grid_search_of_the_page_runs_on_the_cluster_with_the_same_scores(address):
    clone = pytest.importorskip("sklearn.base").clone
    page = (Path(__file__).parents[2] / "docs" / "clusters.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    for old, new in (
        ('"tcp://host:8786"', "address"),
        ("max_iter=20", "max_iter=3"),
        ("(100,)", "(17, 13)"),
        (", grid)", ', grid, cv=3, scoring={"right": "accuracy", "who": process}, refit="right")'),
        ("x / 16, y", "x[:200] / 16, y[:200]"),
    ):
        assert old in text
        text = text.replace(old, new)
    names = {"address": address, "process": process}
    exec(text, names)
    spread = names["search"]
    alone = clone(spread).fit(names["x"][:200] / 16, names["y"][:200])
    for split in range(3):
        one, other = (search.cv_results_[f"split{split}_test_right"] for search in (alone, spread))
        assert one.tobytes() == other.tobytes()
        assert set(alone.cv_results_[f"split{split}_test_who"]) == {os.getpid()}
        assert os.getpid() not in spread.cv_results_[f"split{split}_test_who"]
    assert np.ptp(alone.cv_results_["mean_test_right"]) > 0
    assert alone.best_params_ == spread.best_params_
    assert alone.predict_proba(names["x"]).tobytes() == spread.predict_proba(names["x"]).tobytes()
