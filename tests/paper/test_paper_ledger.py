"""The ledger: nothing half-written, nothing lost but the run in progress, two sweeps in one folder."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mfnumpy.errors import InvalidValueError
from mfnumpy.paper import published
from mfnumpy.paper.ledger import merging, protocol
from mfnumpy.paper.ledger.config import Config, Job
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.reading import LedgerError, parse
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.measurements import epoch_job, memory_job, prediction_job
from mfnumpy.support.text import for_terminal

CONFIG = Config("digits", "2x7", "mf", 1e-3, epochs=3, subset=40)

# Stands for a sweep: each "run" takes some milliseconds, and its record is long enough to be written in pieces.
WORKER = """
import sys, time
from mfnumpy.paper import published
from mfnumpy.paper.ledger import protocol
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.ledger.config import Config, Job
from mfnumpy.paper.runs.sweep import Sweep
folder, pause, jobs = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
config = Config("digits", "2x7", "mf", 1e-3, epochs=4001, subset=40)
def execute(job):
    open(f"{folder}/started-{job.seed}", "a").write("x")
    time.sleep(pause)
    accuracies = {"val_accuracy": {}, "test_accuracy": {}, "test_layers": []}
    history = [{"epoch": i, "loss": job.seed + i / 7} | accuracies for i in range(4000)]
    return Record(job.config.settings, job.seed, history, {"diverged": "no"}, pause)
Sweep(Ledger(folder), execute, lambda line: None, 0.01).jobs([Job(config, s) for s in range(jobs)])
"""


def worker(folder, pause, jobs):
    return subprocess.Popen([sys.executable, "-c", WORKER, str(folder), str(pause), str(jobs)])


def record(seed=0, **changes):
    """A run that diverged at once, unless the changes say otherwise: the least that a record may hold."""
    least = {"config": CONFIG.settings, "seed": seed, "history": [], "result": {"diverged": "at once"}, "seconds": 0.5}
    return Record(**(least | changes))


def finished(val=(0.2, 0.6, 0.4), **changes):
    """A run that came to its end, with these accuracies."""
    history = [
        {"epoch": i + 1, "loss": {}, "main": "ff", "val_accuracy": {"ff": a}, "test_accuracy": {"ff": a / 2}}
        | {"test_layers": [a / 3]}
        for i, a in enumerate(val)
    ]
    result = {"parameters": {"ff": 9}} | protocol.summarise(history, CONFIG.patience)
    return record(**({"history": history, "result": result} | changes))


def test_a_record_comes_back_to_the_last_bit(tmp_path):
    job, values = Job(CONFIG, 3), [0.1 + 0.2, 1 / 3, 2**-1074, 1e22]
    run = finished(seed=3)
    for entry in run.history:
        entry["loss"] = dict(zip("abcd", values, strict=True))
    Ledger(tmp_path).write(job, run)
    assert list(Ledger(tmp_path).get(job).history[0]["loss"].values()) == values
    assert Ledger(tmp_path).get(Job(CONFIG, 4)) is None


def test_a_record_that_was_edited_or_is_no_record_is_refused_by_name(tmp_path):
    job = Job(CONFIG, 0)
    ledger = Ledger(tmp_path)
    ledger.write(job, record())
    text = ledger.path(job).read_text()
    spoiled_texts = [text.replace('"epochs": 3', '"epochs": 4'), text[: len(text) // 2], "[]", "{}", "null"]
    for spoiled in (*spoiled_texts, "[" * 100_000, "\udcff"):
        ledger.path(job).write_bytes(spoiled.encode("utf-8", "surrogateescape"))
        with pytest.raises(LedgerError, match=job.name):
            ledger.get(job)
        with pytest.raises(LedgerError):
            ledger.records()
    other = Job(CONFIG, 1)
    ledger.path(other).write_text(text)  # another seed's record under this name
    with pytest.raises(LedgerError, match="another run"):
        ledger.get(other)


SPOILT = {
    "history of nothing": lambda b: b | {"history": None},
    "epochs without accuracies": lambda b: b | {"history": [{}, {}, {}]},
    "no result": lambda b: b | {"result": {}},
    "result of nothing": lambda b: b | {"result": None},
    "seed as text": lambda b: b | {"seed": "0"},
    "seed below 0": lambda b: b | {"seed": -1},
    "an epoch less": lambda b: b | {"history": b["history"][:2]},
    "an epoch more": lambda b: b | {"history": [*b["history"], b["history"][-1]]},
    "accuracy above 1": lambda b: edited(b, 7.5),
    "accuracy that is NaN": lambda b: edited(b, float("nan")),
    "result that the history does not give": lambda b: b | {"result": finished((0.9, 0.1, 0.1)).result},
    "diverged at the end": lambda b: b | {"result": {"diverged": "x"}},
    "losses of other blocks": lambda b: (
        b | {"history": [b["history"][0] | {"loss": {"block2": 1.0}}, *b["history"][1:]]}
    ),
    "seconds as text": lambda b: b | {"seconds": "0.5"},
    "seconds by epoch as text": lambda b: b | {"epoch_seconds": "12"},
    "peak as text": lambda b: b | {"peak_bytes": "12"},
    "no code": lambda b: b | {"code": None},
    "no environment": lambda b: b | {"environment": None},
    "half an environment": lambda b: b | {"environment": {"platform": "x"}},
    "a matrix library of nothing": lambda b: b | {"environment": WHOLE | {"blas": [{}]}},
}
WHOLE = {"platform": "x", "cpus": 1, "numpy": "2", "blas": [], "backend": "numpy"}

TIMES = {"seconds": {"mf": [1.0, 2.0], "bp": [2.0, 3.0]}}
PREDICTIONS = {f"{rule} {mode} {size}": [1.0] for rule, mode in published.TABLE4 for size in ("single", "batch")}
MEASURED = {
    "no times": (epoch_job("mnist", "2x9", 20, 5, 2), TIMES, {}),
    "no times of bp": (epoch_job("mnist", "2x9", 20, 5, 2), TIMES, {"seconds": {"mf": [1.0, 2.0]}}),
    "another round": (epoch_job("mnist", "2x9", 20, 5, 2), TIMES, {"seconds": {"mf": [1.0], "bp": [2.0, 3.0]}}),
    "no round": (epoch_job("mnist", "2x9", 20, 5, 2), TIMES, {"seconds": {"mf": [], "bp": []}}),
    "time 0": (epoch_job("mnist", "2x9", 20, 5, 2), TIMES, {"seconds": {"mf": [0.0, 1.0], "bp": [2.0, 3.0]}}),
    "one prediction less": (
        prediction_job(),
        {"seconds": PREDICTIONS},
        {"seconds": dict(list(PREDICTIONS.items())[1:])},
    ),
    "no peak": (memory_job("mf", 2), {"peak": 7}, {"peak": None}),
    "peak as text": (memory_job("mf", 2), {"peak": 7}, {"peak": "7"}),
    "timeline of nothing": (memory_job("mf", 2, sample=0.1), {"timeline": [[0.1, 7]]}, {"timeline": []}),
    "timeline of numbers": (memory_job("mf", 2, sample=0.1), {"timeline": [[0.1, 7]]}, {"timeline": [[0.1]]}),
}


@pytest.mark.parametrize(("measurement", "good", "bad"), MEASURED.values(), ids=MEASURED)
def test_a_measurement_whose_parts_do_not_fit_is_refused(tmp_path, measurement, good, bad):
    job, ledger = Job(measurement, 0), Ledger(tmp_path)
    ledger.write(job, record(config=measurement.settings, result=good, environment=WHOLE))
    assert ledger.get(job).result == good
    ledger.write(job, record(config=measurement.settings, result=bad, environment=WHOLE))
    with pytest.raises(LedgerError, match=f"{job.name}.*is not a record"):
        ledger.get(job)


def edited(body, accuracy):
    """Both the history and the result say another test accuracy: only its value can tell."""
    text = json.dumps(body)
    return json.loads(text.replace(json.dumps(body["history"][1]["test_accuracy"]["ff"]), json.dumps(accuracy)))


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_record_whose_parts_do_not_fit_is_refused(tmp_path, spoil):
    job, ledger = Job(CONFIG, 0), Ledger(tmp_path)
    ledger.write(job, finished())
    assert ledger.get(job).result["stopped"]["epoch"] == 2
    ledger.path(job).write_text(json.dumps(spoil(json.loads(ledger.path(job).read_text()))))
    for read in (lambda: ledger.get(job), ledger.records, lambda: ledger.of(CONFIG), lambda: ledger.find("s0")):
        with pytest.raises(LedgerError, match=f"{job.name}.*is not a record"):
            read()


def test_a_folder_or_a_file_that_may_not_be_read_is_told_by_name(tmp_path, monkeypatch):
    ledger, job = Ledger(tmp_path), Job(CONFIG, 0)
    ledger.path(job).mkdir()
    with pytest.raises(LedgerError, match="cannot be read"):
        ledger.records()


def test_only_a_records_own_name_makes_it_one_of_a_configurations(tmp_path):
    ledger = Ledger(tmp_path)
    for seed in (0, 10):
        ledger.write(Job(CONFIG, seed), finished(seed=seed))
    own = ledger.path(Job(CONFIG, 0))
    (tmp_path / f"{own.stem} (copy).json").write_text(own.read_text())  # as programs that synchronise leave it
    assert [r.seed for r in ledger.of(CONFIG)] == [0, 10]
    other = CONFIG.with_(lr=0.5)
    ledger.path(Job(CONFIG, 1)).write_text(finished(seed=1, config=other.settings).to_json())
    with pytest.raises(LedgerError, match="another run"):
        ledger.of(CONFIG)


def test_find_needs_exactly_one(tmp_path):
    ledger = Ledger(tmp_path)
    for seed in (0, 1, 10):
        ledger.write(Job(CONFIG, seed), record(seed))
    assert ledger.find(f"{CONFIG.key}-s1").seed == 1
    for name in (CONFIG.key, "nothing"):
        with pytest.raises(InvalidValueError, match="records in"):
            ledger.find(name)


def test_a_claim_excludes_others_and_ends_with_its_block(tmp_path):
    ledger, job = Ledger(tmp_path), Job(CONFIG, 0)
    with ledger.claim(job) as mine:
        assert mine
        with Ledger(tmp_path).claim(job) as other:
            assert not other
        assert str(os.getpid()) in ledger.claimed_by(job)
        with ledger.claim(Job(CONFIG, 1)) as another_job:
            assert another_job
    half_written = tmp_path / f".{job.name}.json.abc.part"
    half_written.write_text("{")
    with ledger.claim(job) as again:
        assert again
    assert not half_written.exists()
    assert not list((tmp_path / "claims").iterdir())


def test_the_claim_of_a_killed_process_is_stale(tmp_path):
    process = worker(tmp_path, 60, 1)
    deadline = time.monotonic() + 120
    while not (tmp_path / "started-0").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    ledger, job = Ledger(tmp_path), Job(CONFIG.with_(epochs=4001), 0)
    with ledger.claim(job) as mine:
        assert not mine  # a living process holds it
    process.kill()
    process.wait()
    assert (tmp_path / "claims" / f"{job.name}.claim").exists()
    with ledger.claim(job) as mine:
        assert mine


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_sweep_killed_many_times_loses_only_the_run_in_progress(tmp_path):
    chance, jobs, kills = random.Random(5), 11, 0
    ledger, done = Ledger(tmp_path), set()
    while kills < 8:
        process, before = worker(tmp_path, 0.03, jobs), len(done)
        deadline = time.monotonic() + 120
        while len(ledger.records()) == before < jobs and time.monotonic() < deadline:
            time.sleep(chance.uniform(0, 0.02))  # until it has made a record: then anywhere in its work
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        process.wait()
        kills += 1
        now = {r.seed for r in ledger.records()}  # raises if any file is half a record
        assert done <= now
        done = now
    assert worker(tmp_path, 0.03, jobs).wait(timeout=200) == 0
    assert {r.seed for r in ledger.records()} == set(range(jobs))
    # A finished run is never made again: at most one unfinished start for each kill.
    starts = sum(len(p.read_text()) for p in tmp_path.glob("started-*"))
    assert jobs <= starts <= jobs + kills


def test_two_sweeps_share_a_ledger_and_make_each_run_once(tmp_path):
    pair = [worker(tmp_path, 0.02, 15) for _ in range(2)]
    assert [p.wait(timeout=200) for p in pair] == [0, 0]
    assert {r.seed for r in Ledger(tmp_path).records()} == set(range(15))
    assert [p.read_text() for p in tmp_path.glob("started-*")] == ["x"] * 15


# -- hostile records ---------------------------------------------------------------------------------------------------


def places(value, path=()):
    """Every place in a record's JSON, as keys from the top."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


HOSTILE = [10**400, -(10**400), "<script>alert(1)</script>", "a|b", "`x`", "\x1b[2J", "\u202e", "line\nline", 1e308]


def test_no_hostile_value_in_any_place_of_a_record_is_taken():
    """Read as broken; what a place takes anyway is plain text or a number to compute with."""
    path = sorted((Path(__file__).parents[2] / "docs" / "ledger").glob("*.json"))[0]
    body = json.loads(path.read_text())
    some = [p for p in places(body) if p and not ("history" in p and isinstance(p[-1], int) and p[-1] > 0)]
    assert len(some) > 50
    for place in some:
        for value in HOSTILE:
            mutated = json.loads(json.dumps(body))
            at = mutated
            for key in place[:-1]:
                at = at[key]
            at[place[-1]] = value
            with pytest.raises(LedgerError) as raised:
                parse(json.dumps(mutated), "a record")
            assert len(for_terminal(str(raised.value))) <= 600


@pytest.mark.parametrize("value", [None, 5, 1.5, [], {}, True, "text", [5], {"a": 5}])
@pytest.mark.parametrize("place", ["platform", "cpus", "numpy", "backend", "blas"])
def test_another_kind_of_value_in_the_environment_is_read_as_broken(place, value):
    path = sorted((Path(__file__).parents[2] / "docs" / "ledger").glob("*.json"))[0]
    body = json.loads(path.read_text())
    if type(value) is type(body["environment"][place]) and value != [5]:
        return
    body["environment"][place] = value
    with pytest.raises(LedgerError):
        parse(json.dumps(body), "a record")


def test_a_name_of_a_data_set_that_is_none_is_not_shown(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.note_absent("mnist", "MissingDataError")
    (tmp_path / "absent" / "<script>.json").write_text("{}")
    assert ledger.absent() == ["mnist"]


def of_transaction(dataset="transaction"):
    """A job whose data set may be absent, and a record of it that says so much and no more."""
    config = CONFIG.with_(dataset=dataset)
    return Job(config, 0), record(config=config.settings)


@pytest.mark.parametrize("comes", ["by a run", "by a merge"])
def test_a_note_that_a_data_set_is_absent_ends_with_its_first_record(tmp_path, comes):
    """Nothing took it away: docs/ledger said of CIFAR-100 that it could not be had, beside 36 of its runs."""
    ledger, elsewhere, (job, made) = Ledger(tmp_path / "a"), Ledger(tmp_path / "b"), of_transaction()
    for name in ("imdb", "transaction"):
        ledger.note_absent(name, "MissingDataError")
    elsewhere.write(job, made)
    if comes == "by a run":
        ledger.write(job, made)
    else:
        assert merging.merge(ledger, [elsewhere.folder]).new == [job.name]
    assert [path.name for path in (ledger.folder / "absent").iterdir()] == ["imdb.json"]
    ledger.note_absent("transaction", "MissingDataError")  # by a sweep on another machine, without the files
    assert [path.name for path in (ledger.folder / "absent").iterdir()] == ["imdb.json"]


def test_a_data_set_stays_absent_beside_runs_of_another_whose_name_begins_alike(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.note_absent("transaction", "MissingDataError")
    ledger.write(*of_transaction("transaction-synthetic"))
    assert ledger.absent() == ["transaction"]
