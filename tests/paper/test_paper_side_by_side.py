"""Sweeps by many workers: the same records, each made once, whoever makes them and whoever dies."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from mfnumpy.cli import main
from mfnumpy.errors import InvalidValueError, MissingDataError, WorkerError
from mfnumpy.paper.ledger import merging
from mfnumpy.paper.ledger.config import Config, Job
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.runs import runner
from mfnumpy.paper.runs.plan import Budget, Cell
from mfnumpy.paper.runs.search import Tuning
from mfnumpy.paper.runs.side_by_side import SideBySide, read_shard
from mfnumpy.paper.runs.sweep import Maker, Sweep
from mfnumpy.support import pools

TINY = Config("digits", "2x9", "mf", 3e-3, epochs=3, batch_size=32, subset=150)
BUDGET = Budget("digits", "2x9", 2, 3, Tuning(1, 90, (1e-3, 3e-3)), subset=150, batch_size=32)


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MFNUMPY_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("MFNUMPY_DATA_DIR", raising=False)
        yield


@pytest.fixture(scope="module")
def alone(tmp_path_factory, _own_cache):
    """What a sweep of one process makes: file name -> what its record holds but for times."""
    ledger = Ledger(tmp_path_factory.mktemp("alone"))
    Sweep(ledger, Maker(None, False, threads=1), lambda line: None).cells(cells())
    return held(ledger)


def cells():
    return [BUDGET.cell("table3", rule) for rule in ("mf", "bp")]


def held(ledger: Ledger) -> dict:
    """The bytes that must not depend on who made the run."""
    fixed = {"seconds": 0.0, "epoch_seconds": [], "finished": "", "peak_bytes": 0, "environment": {}, "code": {}}
    paths = sorted(ledger.folder.glob("*.json"))
    return {path.name: dataclasses.replace(ledger.find(path.stem), **fixed).to_json() for path in paths}


def sweep(folder, execute=None, **options) -> Sweep:
    return Sweep(Ledger(folder), execute or Maker(None, False, threads=1), lambda line: None, **options)


def dask_of_two():
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    return pools.own_cluster(2)


POOLS = {"here": pools.here, "two processes": lambda: pools.processes(2), "a Dask cluster": dask_of_two}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", POOLS)
def test_the_records_are_the_same_bytes_whoever_makes_them(tmp_path, alone, kind):
    with POOLS[kind]() as pool:
        SideBySide(sweep(tmp_path), pool).make(cells())
    assert held(Ledger(tmp_path)) == alone
    assert len(alone) >= 2 * (2 + 3), "two rates searched at least, three seeds"
    assert not list((tmp_path / "claims").iterdir())


@pytest.mark.timeout(300)
@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_the_ranks_of_mpi_make_the_same_records(tmp_path, ranks):
    pytest.importorskip("mpi4py", reason="the extra 'cluster' is not installed")
    mpiexec = os.path.join(os.path.dirname(sys.executable), "mpiexec")
    if not os.path.exists(mpiexec):
        pytest.skip("no mpiexec beside this Python: the extra 'cluster' brings one")
    env = os.environ | {"PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), *sys.path])}
    words = ["table1", "--seeds", "1", "--offline", "--threads", "1", "--rules", "mf", "--datasets", "digits"]
    for name, before, more in (("mpi", [mpiexec, "-n", str(ranks)], ["--mpi"]), ("alone", [], [])):
        places = ["--ledger", str(tmp_path / name), "--out", str(tmp_path / "out")]
        arguments = ["reproduce", *words, *places, *more]
        program = f"import tiny_plan; from mfnumpy.cli import main; raise SystemExit(main({arguments!r}))"
        command = [*before, sys.executable, "-c", program]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("runs made") == 1, "only rank 0 speaks"
    found = held(Ledger(tmp_path / "mpi"))
    assert found == held(Ledger(tmp_path / "alone"))
    assert found


class Noted:
    """Makes a run, and notes that it did, where another process can see it."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, job):
        time.sleep(0.05)
        with open(self.folder / "made", "a") as file:
            file.write(f"{job.name}\n")
        return Maker(None, False, threads=1)(job)


@pytest.mark.timeout(300)
def test_two_sweeps_on_one_folder_make_each_run_once(tmp_path, alone):
    errors = []

    def one(shard):
        try:
            with pools.here() as pool:
                SideBySide(sweep(tmp_path / "l", Noted(tmp_path), poll_seconds=0.02), pool, shard).make(cells())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=((i, 2),)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    made = (tmp_path / "made").read_text().split()
    assert sorted(made) == sorted(set(made))
    assert held(Ledger(tmp_path / "l")) == alone


def test_first_seeds_come_before_second_ones_and_a_shard_begins_elsewhere(tmp_path):
    made: dict[tuple[int, int], list[str]] = {}
    for shard in ((0, 1), (1, 2)):
        order = made.setdefault(shard, [])
        found = [Cell("table3", TINY.with_(rule=rule), 2) for rule in ("mf", "bp", "fa")]

        def execute(job, order=order):
            order.append(f"{job.config.rule} {job.seed}")
            return runner.execute(job.config, job.seed, None, False)

        with pools.here() as pool:
            SideBySide(sweep(tmp_path / f"{shard[0]}", execute), pool, shard).make(found)
    assert made[0, 1] == ["mf 0", "bp 0", "fa 0", "mf 1", "bp 1", "fa 1"]
    assert made[1, 2] == ["mf 1", "bp 1", "fa 1", "mf 0", "bp 0", "fa 0"]


class Dies:
    """A worker that is killed at the second seed."""

    def __call__(self, job):
        if job.seed == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return Maker(None, False, threads=1)(job)


@pytest.mark.timeout(300)
def test_a_killed_worker_is_one_clear_error_and_the_same_command_goes_on(tmp_path):
    found = [Cell("table3", TINY, 3)]
    with pytest.raises(WorkerError, match=r"worker died.*s1.*goes on"), pools.processes(2) as pool:
        SideBySide(sweep(tmp_path, Dies()), pool).make(found)
    assert Job(TINY, 1) not in Ledger(tmp_path)
    assert not list((tmp_path / "claims").iterdir())
    with pools.processes(2) as pool:
        SideBySide(sweep(tmp_path), pool).make(found)
    assert [record.seed for record in Ledger(tmp_path).of(TINY)] == [0, 1, 2]


LEFT_ALONE = """
import os, time
from mfnumpy.support import pools
with pools.processes(2) as pool:
    print(pool.executor.submit(os.getpid).result(), flush=True)
    pool.executor.submit(time.sleep, 60).result()
"""


@pytest.mark.timeout(60)
def test_a_killed_sweep_leaves_no_worker_behind():
    pytest.importorskip("joblib")
    parent = subprocess.Popen([sys.executable, "-c", LEFT_ALONE], stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    for _ in range(200):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker of a killed sweep goes on")


class Fails:
    """An error in the first run; the second takes longer."""

    def __call__(self, job):
        if job.seed == 0:
            raise InvalidValueError("planted")
        time.sleep(0.5)
        return Maker(None, False, threads=1)(job)


@pytest.mark.timeout(300)
def test_an_error_ends_the_sweep_when_the_runs_beside_it_are_written(tmp_path):
    with pytest.raises(InvalidValueError, match="planted"), pools.processes(2) as pool:
        SideBySide(sweep(tmp_path, Fails()), pool).make([Cell("table3", TINY, 3)])
    assert [record.seed for record in Ledger(tmp_path).of(TINY)] == [1]
    assert not list((tmp_path / "claims").iterdir())


def test_an_absent_data_set_is_noted_once_and_the_rest_goes_on(tmp_path):
    def execute(job):
        if job.config.dataset == "imdb":
            raise MissingDataError("not here")
        return runner.execute(job.config, job.seed, None, False)

    one = sweep(tmp_path, execute)
    with pools.here() as pool:
        SideBySide(one, pool).make([Cell("table6", TINY.with_(dataset="imdb"), 3), Cell("table3", TINY, 2)])
    assert one.outcome.absent == {"imdb": "not here"}
    assert one.outcome.made == 2


def test_a_shard_does_not_wait_for_final_runs_that_others_make(tmp_path):
    one = sweep(tmp_path)
    with one.ledger.claim(Job(TINY, 1)) as mine, pools.here() as pool:
        assert mine
        SideBySide(one, pool, (0, 2)).make([Cell("table3", TINY, 3)])
    assert [record.seed for record in one.ledger.of(TINY)] == [0, 2]


def test_claims_of_the_dead_go_when_the_record_is_there(tmp_path):
    ledger = made(tmp_path, 0, 1)
    claims = tmp_path / "claims"
    claims.mkdir()
    for seed in (0, 1, 2):
        (claims / f"{Job(TINY, seed).name}.claim").write_text("process 1 on nowhere")
    with ledger.claim(Job(TINY, 1)) as mine:
        assert mine
        ledger.sweep_claims()
        left = {path.stem[-2:] for path in claims.iterdir()}
        assert left == {"s1", "s2"}, "one is held, one is of a run that somebody may just be about to claim"
    ledger.sweep_claims()
    assert [path.stem[-2:] for path in claims.iterdir()] == ["s2"]


# -- options -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "variables", "shard"),
    [
        ("0/1", {}, (0, 1)),
        ("2/7", {}, (2, 7)),
        ("auto", {"SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_MAX": "9"}, (2, 7)),
        (
            "auto",
            {
                "SLURM_ARRAY_TASK_ID": "8",
                "SLURM_ARRAY_TASK_MIN": "0",
                "SLURM_ARRAY_TASK_MAX": "12",
                "SLURM_ARRAY_TASK_STEP": "4",
            },
            (2, 4),
        ),
        ("auto", {"SGE_TASK_ID": "1", "SGE_TASK_FIRST": "1", "SGE_TASK_LAST": "6", "SGE_TASK_STEPSIZE": "1"}, (0, 6)),
        ("auto", {"LSB_JOBINDEX": "6", "LSB_JOBINDEX_END": "6"}, (5, 6)),
    ],
)
def test_shards_are_read(text, variables, shard):
    assert read_shard(text, variables) == shard


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("3/3", {}),
        ("-1/3", {}),
        ("1", {}),
        ("a/b", {}),
        ("0/0", {}),
        ("auto", {}),
        ("auto", {"SLURM_ARRAY_TASK_ID": "5"}),
        ("auto", {"SLURM_ARRAY_TASK_ID": "x", "SLURM_ARRAY_TASK_MAX": "3"}),
        ("auto", {"SGE_TASK_ID": "undefined", "SGE_TASK_LAST": "undefined"}),
    ],
)
def test_what_is_no_shard_is_one_clear_line(text, variables):
    with pytest.raises(InvalidValueError, match="--shard"):
        read_shard(text, variables)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--jobs", "2", "--cluster", "tcp://127.0.0.1:1"], "--jobs and --cluster"),
        (["--jobs", "0"], "--jobs"),
        (["--jobs", "4096"], "cores"),
        (["--shard", "4/3"], "--shard"),
        (["--cluster", "nonsense"], "no Dask scheduler"),
    ],
)
def test_bad_options_end_in_one_line(tmp_path, capsys, monkeypatch, words, said):
    if "no Dask" in said:
        pytest.importorskip("distributed")
        monkeypatch.setattr(pools, "PATIENCE", "0.5s")
    places = ["--ledger", str(tmp_path / "l"), "--out", str(tmp_path), "--offline"]
    assert main(["reproduce", "table1", *words, *places]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "l").exists()


# -- merge -------------------------------------------------------------------------------------------------------------


def made(folder, *seeds, **changes) -> Ledger:
    ledger = Ledger(folder)
    for seed in seeds:
        job = Job(TINY.with_(**changes), seed)
        ledger.write(job, runner.execute(job.config, job.seed, None, False))
    return ledger


def test_merged_ledgers_have_the_new_records_and_refuse_what_contradicts(tmp_path, capsys):
    ours, theirs = made(tmp_path / "a", 0, 1), made(tmp_path / "b", 1, 2, 3)
    edited = theirs.path(Job(TINY, 3))
    edited.write_text(edited.read_text().replace('"epochs": 3', '"epochs": 4'))
    (theirs.folder / "half.json").write_text("{")
    record = theirs.get(Job(TINY, 1))
    history = [entry | {"loss": {name: 2 * value for name, value in entry["loss"].items()}} for entry in record.history]
    theirs.write(Job(TINY, 0), dataclasses.replace(record, seed=0, history=history))
    theirs.write(Job(TINY.with_(rule="bp"), 5), record)
    before = {path.name: path.read_bytes() for path in ours.folder.glob("*.json")}
    assert main(["reproduce", "merge", str(theirs.folder), "--ledger", str(ours.folder)]) == 1
    printed = capsys.readouterr().out
    assert "1 new, 1 known already, 4 refused." in printed
    assert f"new: {Job(TINY, 2).name}" in printed
    assert "another history" in printed
    assert all((ours.folder / name).read_bytes() == held_before for name, held_before in before.items())
    assert ours.path(Job(TINY, 2)).read_bytes() == theirs.path(Job(TINY, 2)).read_bytes()
    assert len(ours.records()) == 3


@pytest.mark.parametrize("what", ["nowhere", "empty"])
def test_what_is_no_ledger_is_not_merged(tmp_path, what):
    (tmp_path / "empty").mkdir()
    ours = made(tmp_path / "a", 0)
    with pytest.raises(InvalidValueError, match="folder of a ledger"):
        merging.merge(ours, [made(tmp_path / "b", 1).folder, tmp_path / what])
    assert len(ours.records()) == 1, "nothing is copied before all is known to be there"


def test_merge_without_a_folder_says_what_it_needs(tmp_path, capsys):
    assert main(["reproduce", "merge", "--ledger", str(tmp_path)]) == 2
    assert "merge LEDGER" in capsys.readouterr().err
