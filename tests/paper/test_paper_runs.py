"""Runs and sweeps: the same record twice, interruption, absent data, data sets that only their owners have."""

import contextlib
import dataclasses
import json
import signal
import subprocess

import numpy as np
import pytest
import strict_array

from data_utils import raw as raw_data
from data_utils import registry as sources
from mfnumpy import backend
from mfnumpy.bench.memory import ProbeError
from mfnumpy.cli import main
from mfnumpy.errors import FormatError, InvalidValueError, MissingDataError, UnknownNameError
from mfnumpy.paper.experiments import registry
from mfnumpy.paper.ledger import protocol, reading
from mfnumpy.paper.ledger.config import Config, Job
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.reading import LedgerError
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs import plan, repeat, runner, sweep
from mfnumpy.paper.runs.plan import Budget
from mfnumpy.paper.runs.search import Option, Tuning
from mfnumpy.paper.show import notes, view

LIKES = {3e-4: 0.2, 1e-3: 0.4, 3e-3: 0.3}
RATES = tuple(LIKES)
TINY = Config("digits", "2x9", "mf", 3e-3, epochs=3, batch_size=32, subset=150)


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch, tmp_path):
    monkeypatch.setenv("MFNUMPY_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("MFNUMPY_DATA_DIR", raising=False)
    runner.dataset.cache_clear()
    yield
    runner.dataset.cache_clear()


def without_times(record):
    """A record but for what is measured: a peak counts a few bytes of Python objects that come and go."""
    return dataclasses.replace(record, seconds=0.0, epoch_seconds=[], finished="", peak_bytes=0)


@pytest.mark.parametrize(
    ("rule", "engine"),
    [("mf", "reference"), ("bp", "reference"), ("ff_one_pass", "reference"), ("dfa", "reference"), ("mf", "fast")],
)
def test_a_run_repeated_from_its_record_gives_the_same_history_to_the_last_bit(rule, engine):
    first = runner.execute(TINY.with_(rule=rule, engine=engine), 4)
    again = repeat.repeat(reading.parse(first.to_json(), "here"))
    assert without_times(again) == without_times(first)
    assert repeat.differences(first, again) == []


@pytest.mark.parametrize("engine", ["reference", "fast"])
def test_a_rate_of_its_own_is_of_that_parameter_alone(engine):
    planned, same, other = (
        runner.execute(TINY.with_(engine=engine, rates=rates), 4).history for rates in ({}, {"M": 3e-3}, {"M": 3e-2})
    )
    assert same == planned
    assert other != planned


@pytest.mark.parametrize("rule", plan.CNN_RULES)
def test_the_fast_room_gives_the_history_of_the_rules(rule):
    data = runner.dataset_of(TINY)
    for network, images in (("2x9", data), ("cnn:4-5", runner.dataset_of(TINY.with_(network="cnn:4-5")))):
        config = TINY.with_(rule=rule, network=network)
        (slow, _, _), (fast, _, _) = (
            runner.train(config.with_(engine=engine), 4, images) for engine in ("reference", "fast")
        )
        assert slow != fast  # the last bits tell that it was another engine
        for a, b in zip(slow, fast, strict=True):
            np.testing.assert_allclose(list(b["loss"].values()), list(a["loss"].values()), rtol=1e-4)
    with pytest.raises(UnknownNameError, match="engine"):
        runner.train(TINY.with_(engine="diesel"), 4, data)


def test_a_history_that_differs_in_one_bit_is_noticed_and_explained():
    first = runner.execute(TINY, 4)
    other = reading.parse(first.to_json(), "here")
    loss = other.history[1]["loss"]
    loss["block2"] = float(np.nextafter(loss["block2"], 9))
    other.code["core"] = "abc"
    found = repeat.differences(first, other)
    assert found == [f"the engine's source was {first.code['core']}, is abc", "epoch 2 differs in loss"]
    assert repeat.differences(first, runner.execute(TINY, 5)) != []


def test_a_record_holds_what_a_reader_needs():
    record = runner.execute(TINY, 0)
    assert [e["epoch"] for e in record.history] == [1, 2, 3]
    assert record.result == {"parameters": {"ff": 9 * 64 + 81 + 180, "bp": 9 * 64 + 81 + 90}} | protocol.summarise(
        record.history, TINY.patience
    )
    assert set(record.history[0]["test_accuracy"]) == {"ff", "bp"}
    assert len(record.history[0]["test_layers"]) == 2
    assert len(record.epoch_seconds) == 3
    assert record.peak_bytes > 4 * 4 * (9 * 64 + 81 + 180)  # W and M, gradient and both moments
    assert record.code["version"]
    assert record.environment["numpy"] == np.__version__


@pytest.mark.filterwarnings("ignore:.*encountered in matmul:RuntimeWarning")
def test_a_run_that_diverges_is_recorded_as_such():
    record = runner.execute(TINY.with_(lr=1e30, rule="bp"), 0)
    assert "readout" in record.result["diverged"] or "output" in record.result["diverged"]
    assert "stopped" not in record.result


def fake(job):
    history = [
        {"epoch": 1, "loss": {}, "main": "ff", "val_accuracy": {"ff": LIKES.get(job.config.lr, 0.1)}}
        | {"test_accuracy": {"ff": 0.5}, "test_layers": []}
    ] * job.config.epochs
    result = {"parameters": {"ff": 9}} | protocol.summarise(history, job.config.patience)
    return Record(job.config.settings, job.seed, history, result, 0.1)


def cells(seeds=3, rules=("mf", "bp")):
    budget = Budget("digits", "2x9", 3, seeds, Tuning(2, 60, RATES), subset=150)
    return [budget.cell("table3", rule) for rule in rules]


def test_a_sweep_searches_first_and_does_every_first_seed_before_any_second(tmp_path):
    order = []

    def execute(job):
        order.append((job.config.rule, job.config.epochs, job.seed))
        return fake(job)

    ledger = Ledger(tmp_path)
    outcome = sweep.Sweep(ledger, execute, lambda line: None).cells(cells())
    first = [[(rule, 2, 0)] * 3 + [(rule, 3, 0)] for rule in ("mf", "bp")]
    assert order == first[0] + first[1] + [(rule, 3, seed) for seed in (1, 2) for rule in ("mf", "bp")]
    assert outcome.made == len(order)
    assert {c.chosen(ledger).lr for c in cells()} == {1e-3}
    assert sweep.Sweep(ledger, execute, lambda line: None).cells(cells()).made == 0


def test_the_finalists_of_a_search_are_run_in_full_and_the_better_one_is_chosen(tmp_path):
    in_full = {1e-3: 0.3, 3e-3: 0.4, 3e-4: 0.9}  # the search likes 1e-3 best, and 3e-4 least

    def execute(job):
        record = fake(job)
        if job.config.epochs == 3:
            record.history[0]["val_accuracy"]["ff"] = in_full[job.config.lr]
        return record

    budget = Budget("digits", "2x9", 3, 2, Tuning(2, 60, RATES, finalists=2), subset=150)
    cell, ledger = budget.cell("table3", "mf"), Ledger(tmp_path)
    for config in cell.search(ledger).searched[1:]:
        ledger.write(Job(config, 0), execute(Job(config, 0)))
    assert cell.search(ledger).finalists == []  # the search is not finished
    assert cell.shown(ledger) is None
    outcome = sweep.Sweep(ledger, execute, lambda line: None).cells([cell])
    assert outcome.made == 1 + 2 + 1  # the rest of the search, both finalists with seed 0, the chosen one with seed 1
    assert cell.chosen(ledger).lr == 3e-3
    assert [r.seed for r in cell.records(ledger)] == [0, 1]
    ledger.path(Job(cell.final.with_(lr=1e-3), 0)).unlink()
    assert cell.chosen(ledger) is None  # undecided while a finalist is missing
    assert cell.shown(ledger).lr == 3e-3  # what is there is shown all the same


@pytest.mark.parametrize(
    ("likes", "made", "chosen"),
    [
        ({1e-2: 0.5}, [3e-4, 1e-3, 3e-3, 1e-2, 3e-2], 1e-2),  # one beyond wins, and the one beyond it does not
        ({1e-2: 0.5, 3e-2: 0.6, 1e-1: 0.7}, [3e-4, 1e-3, 3e-3, 1e-2, 3e-2], 3e-2),  # at most twice
        ({1e-4: 0.5, 3e-5: 0.6, 1e-5: 0.7}, [3e-4, 1e-3, 3e-3, 1e-4, 3e-5], 3e-5),
        ({}, [3e-4, 1e-3, 3e-3], 1e-3),
    ],
)
def test_a_search_goes_on_beyond_the_edge_until_the_best_lies_inside_or_twice(tmp_path, likes, made, chosen):
    edge = {rate: LIKES[rate] - 0.2 * (rate == 1e-3) for rate in LIKES}
    if likes and min(likes) < 3e-4:
        edge[3e-4] = 0.4
    found = (edge if likes else LIKES) | likes
    order = []

    def execute(job):
        order.append(job.config.lr)
        record = fake(job)
        for entry in record.history:
            entry["val_accuracy"]["ff"] = found.get(job.config.lr, 0.1)
        return record

    budget = Budget("digits", "2x9", 3, 1, Tuning(3, 60, RATES), subset=60)
    cell, ledger = budget.cell("table3", "mf"), Ledger(tmp_path)
    sweep.Sweep(ledger, execute, lambda line: None).cells([cell])
    assert order == made  # epochs and rows of the search are those of the run: the chosen one is made already
    assert cell.chosen(ledger).lr == chosen
    assert {c.lr for c in cell.search(ledger).searched} == set(made)


def test_an_option_is_searched_at_the_best_rate_and_the_default_keeps_its_key(tmp_path):
    """MF takes both options, one after the other, and its finalists have them; to BP the default is best."""

    def execute(job):
        record = fake(job)
        options = job.config.options
        of_a = 0.1 if job.config.rule == "mf" else -0.1
        gain = 0.2 * (options.get("b") == 7) + of_a * ("a" in options)
        record.history[0]["val_accuracy"]["ff"] += gain  # all epochs of the fake are one
        return record

    options = (Option("a", (2.0,), ("mf", "bp")), Option("b", (5, 7), ("mf",)))
    budget = Budget("digits", "2x9", 3, 2, Tuning(2, 60, RATES, finalists=2, options=options), subset=150)
    for rule, made, chosen in (("mf", 3 + 1 + 2 + 2 + 1, {"a": 2.0, "b": 7}), ("bp", 3 + 1 + 2 + 1, {})):
        cell, ledger = budget.cell("table3", rule), Ledger(tmp_path / rule)
        assert sweep.Sweep(ledger, execute, lambda line: None).cells([cell]).made == made
        assert (cell.chosen(ledger).options, cell.chosen(ledger).lr) == (chosen, 1e-3)
        assert [r.config["options"] for r in ledger.of(cell.chosen(ledger))] == [chosen] * 2
    plain = dataclasses.replace(budget, tuning=Tuning(2, 60, RATES, finalists=2)).cell("table3", "bp")
    assert plain.chosen(Ledger(tmp_path / "bp")) == cell.chosen(ledger)


RISING = TINY.with_(lr=0.1, epochs=9, patience=1, batch_size=16, decay="constant")


@pytest.mark.parametrize("engine", ["reference", "fast"])
@pytest.mark.parametrize("rule", ["mf", "bp", "fa", "ff", "deep_supervision", "shallow"])
def test_a_run_that_tests_kept_epochs_alone_has_the_accuracies_of_one_that_tests_all(rule, engine):
    """Patience 1 keeps an early epoch, the best of all is another, and the last a third."""
    config = RISING.with_(rule=rule, engine=engine)
    data = runner.dataset_of(config)
    every, _, _ = runner.train(config, 2, data)
    kept, _, _ = runner.train(config.with_(tested="kept"), 2, data)
    tested = {i for i, e in enumerate(kept) if "test_accuracy" in e}
    assert tested == protocol.kept_epochs(every, 1) | {8}
    for i, (a, b) in enumerate(zip(every, kept, strict=True)):
        assert b == (a if i in tested else {k: v for k, v in a.items() if k not in ("test_accuracy", "test_layers")})


def test_kept_epochs_are_three_different_ones_in_the_test_above():
    history, _, _ = runner.train(RISING, 2, runner.dataset_of(RISING))
    assert len(protocol.kept_epochs(history, 1) | {8}) == 3
    with pytest.raises(UnknownNameError, match="epochs to be tested"):
        runner.train(RISING.with_(tested="some"), 2, runner.dataset_of(RISING))


def test_a_record_that_tests_kept_epochs_alone_is_whole(tmp_path):
    record = runner.execute(RISING.with_(tested="kept"), 2)
    assert reading.parse(record.to_json(), "here") == record
    assert "best_on_test" not in record.result
    repeated = repeat.repeat(record)
    assert repeat.differences(record, repeated) == []
    without = json.loads(record.to_json())
    for entry in without["history"][:-1]:
        entry.pop("test_accuracy", None)
    with pytest.raises(LedgerError, match="test accuracies"):
        reading.parse(json.dumps(without), "here")


def test_a_budget_may_take_its_rates_from_another_whose_full_runs_decide_for_it_too(tmp_path):
    in_full = {1e-3: 0.3, 3e-3: 0.4, 3e-4: 0.9}  # the search likes 1e-3 best; in full runs 3e-3 is better than it

    def execute(job):
        assert job.config.epochs != 12 or job.config.lr == 3e-3  # longer runs are made at one rate only
        record = fake(job)
        if job.config.epochs == 3:
            record.history[0]["val_accuracy"]["ff"] = in_full[job.config.lr]
        return record

    short = Budget("digits", "2x9", 3, 1, Tuning(2, 60, RATES, finalists=2), subset=150)
    longer = dataclasses.replace(short, epochs=12, patience=12, rates_of=short).cell("longer", "mf")
    ledger = Ledger(tmp_path)
    assert sweep.Sweep(ledger, execute, lambda line: None).cells([longer]).made == 3 + 2 + 1
    assert (longer.chosen(ledger).lr, longer.chosen(ledger).epochs) == (3e-3, 12)
    assert sweep.Sweep(ledger, execute, lambda line: None).cells([short.cell("table2", "mf")]).made == 0


def test_an_interrupted_sweep_goes_on_where_it_was(tmp_path):
    class Killed(BaseException):
        pass

    def execute(job):
        if len(list(tmp_path.glob("*.json"))) == 5:
            raise Killed
        return fake(job)

    with pytest.raises(Killed):
        sweep.Sweep(Ledger(tmp_path), execute, lambda line: None).cells(cells())
    outcome = sweep.Sweep(Ledger(tmp_path), fake, lambda line: None).cells(cells())
    assert outcome.made == 2 * (3 + 3) - 5


def test_an_absent_data_set_is_noted_and_the_rest_goes_on(tmp_path):
    def execute(job):
        if job.config.dataset == "mnist":
            raise MissingDataError("no files")
        return fake(job)

    absent = Budget("mnist", "2x9", 3, 2, Tuning(2, 60, RATES)).cell("table3", "mf")
    ledger = Ledger(tmp_path)
    outcome = sweep.Sweep(ledger, execute, lambda line: None).cells([absent, *cells(1)])
    assert outcome.absent == {"mnist": "no files"}
    assert ledger.absent() == ["mnist"]
    assert outcome.made == 8
    sweep.Sweep(ledger, fake, lambda line: None).cells([absent])  # the files have come
    assert ledger.absent() == []


def test_a_broken_file_is_not_a_missing_one(tmp_path):
    """It ends the sweep: nobody would look for it under "not on this machine"."""

    def execute(job):
        raise FormatError("train-images-idx3-ubyte.gz is truncated")

    cell = Budget("mnist", "2x9", 3, 2, Tuning(2, 60, RATES)).cell("table3", "mf")
    with pytest.raises(FormatError, match="truncated"):
        sweep.Sweep(Ledger(tmp_path), execute, lambda line: None).cells([cell])
    assert Ledger(tmp_path).absent() == []


def test_cifar_100_runs_through_both_networks_where_its_files_are(tmp_path, monkeypatch):
    """Not the real data: random images in the official layout."""
    n_train, n_test = 400, 200
    source = dataclasses.replace(sources.get("cifar100"), samples=(n_train, n_test))
    monkeypatch.setitem(sources.SOURCES, "cifar100", source)
    rng = np.random.default_rng(8)
    folder = tmp_path / "data" / "cifar-100-binary"
    folder.mkdir(parents=True)
    for name, n in (("train", n_train), ("test", n_test)):
        labels = np.stack([np.arange(n) % 20, np.arange(n) % 100], axis=1)
        rows = np.hstack([labels, rng.integers(0, 256, (n, 3072))]).astype(np.uint8)
        (folder / f"{name}.bin").write_bytes(rows.tobytes())
    for net, rules in (("2x11", ("mf", "bp", "ff")), ("cnn:3-4", ("mf", "deep_supervision"))):
        for rule in rules:
            config = Config("cifar100", net, rule, 1e-3, epochs=1, batch_size=50, validation=0.25)
            record = runner.execute(config, 0, str(tmp_path / "data"), download=False)
            assert 0 <= record.result["stopped"]["test_accuracy"][record.history[0]["main"]] <= 0.5
    assert {c.final.dataset for c in registry.plan("paper").cells("table2")} >= {"cifar100"}


def test_transactions_run_where_their_file_is(tmp_path, monkeypatch):
    """Not the real data: random numbers in the official columns."""
    n = 300
    monkeypatch.setitem(sources.SOURCES, "transaction", dataclasses.replace(sources.get("transaction"), samples=(n, 0)))
    rng = np.random.default_rng(9)
    y = (np.arange(n) % 10 == 0).astype(int)
    lines = ["ID_code,target," + ",".join(f"var_{i}" for i in range(200))]
    lines += [f"train_{i},{y[i]}," + ",".join(f"{v:.4f}" for v in rng.normal(size=200)) for i in range(n)]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text("\n".join(lines) + "\n")
    for rule in ("mf", "bp", "shallow", "deep_supervision"):
        config = Config("transaction", "2x8", rule, 1e-3, epochs=1, batch_size=32)
        record = runner.execute(config, 0, str(tmp_path / "data"), download=False)
        assert 0 <= record.result["stopped"]["test_accuracy"][record.history[0]["main"]] <= 1
    assert "transaction" in {c.final.dataset for c in registry.plan("paper").cells("table6")}


def test_data_sets_whose_files_are_nowhere_say_so(tmp_path):
    for name in ("cifar100", "transaction"):
        with pytest.raises(MissingDataError):
            runner.execute(Config(name, "2x8", "mf", 1e-3, epochs=1), 0, str(tmp_path), download=False)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["table3", "--rules", "mf", "mff"], "There is no rule named 'mff'."),
        (["table2", "--datasets", "mnist"], "'mnist': no training run of that data set is in table2 at scale quick."),
        (["table5", "--rules", "mf"], "--rules chooses among training runs, and there are none in table5"),
        (["table3", "--threads", "0"], "--threads must be at least 1; got 0."),
        (["table3", "--no-runs"], "There is no ledger"),
        (["results"], "There is no ledger"),
        (["table3", "--no-runs", "--rules", "mf"], "--rules: of no use here, as nothing is run"),
        (["results", "--seeds", "7", "--datasets", "foo"], "--datasets, --seeds: of no use here"),
        (["table3", "--repeat", "x"], "table3: of no use here, as --repeat makes one run again"),
    ],
)
def test_what_would_do_nothing_is_not_taken_for_done(tmp_path, capsys, asked, said):
    assert main(["reproduce", *asked, "--ledger", str(tmp_path / "ledger"), "--out", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def only(monkeypatch, quick):
    """At the quick scale, these budgets and no other, by experiment."""
    changed = [dataclasses.replace(e, budgets={"quick": quick.get(e.name, [])}) for e in registry.EXPERIMENTS]
    monkeypatch.setattr(registry, "EXPERIMENTS", tuple(changed))


def test_the_command_line_makes_runs_tables_and_figures_and_repeats(tmp_path, monkeypatch, capsys):
    quick = {
        "table3": [Budget("digits", "2x9", 2, 2, Tuning(1, 60, RATES), subset=150, batch_size=32)],
        "fig4": [Budget("digits", "3x9", 2, 2, subset=150, batch_size=32)],
    }
    only(monkeypatch, quick)
    places = ["--ledger", str(tmp_path / "ledger"), "--out", str(tmp_path / "out")]
    assert main(["reproduce", "table3", "fig4", "--rules", "mf", "bp", "--offline", *places]) == 0
    made = len(list((tmp_path / "ledger").glob("*.json")))
    assert made >= 14  # the rates, two seeds of both rules, and what lies beyond an edge
    assert f"{made} runs made" in capsys.readouterr().out
    for name in ("table3-digits.md", "table3-digits.csv", "table3-digits.tex", "fig4.png", "fig4.svg"):
        assert (tmp_path / "out" / name).stat().st_size > 100
    name = next((tmp_path / "ledger").glob("digits-3x9-mf-*-s1.json")).stem
    assert main(["reproduce", "--repeat", name, *places]) == 0
    assert "to the last bit" in capsys.readouterr().out
    before = (tmp_path / "out" / "table3-digits.md").read_text()
    monkeypatch.setattr(runner, "execute", lambda *a, **k: pytest.fail("--no-runs must not run"))
    assert main(["reproduce", "table3", "--no-runs", *places]) == 0
    assert (tmp_path / "out" / "table3-digits.md").read_text() == before


def test_what_is_finished_is_shown_although_the_rest_fails(tmp_path, monkeypatch, capsys):
    """As where a measuring process cannot run: hours of training must not end without a table."""
    quick = {"table3": [Budget("digits", "2x9", 2, 1, Tuning(1, 60, RATES[:1]), subset=150, batch_size=32)]}
    only(monkeypatch, quick)

    def fails(job, seed):
        raise ProbeError("no memory can be read here")

    monkeypatch.setattr(sweep, "measure", fails)
    places = ["--ledger", str(tmp_path / "ledger"), "--out", str(tmp_path / "out")]
    assert main(["reproduce", "table3", "fig3", "results", "--offline", *places]) == 2
    assert "no memory can be read here" in capsys.readouterr().err
    assert "| mf |" in (tmp_path / "out" / "results" / "table3-digits.md").read_text()
    assert (tmp_path / "out" / "results.md").exists()


def test_a_record_is_repeated_with_the_kernels_that_made_it(tmp_path, monkeypatch, capsys):
    """A process that has other kernels of OpenBLAS starts one that has the record's, and only once."""
    record = runner.execute(TINY, 3)
    library = {"internal_api": "openblas", "version": "0.3", "num_threads": 1}
    record.environment["blas"] = [library | {"architecture": "Nehalem"}]
    monkeypatch.setattr(repeat, "blas_libraries", lambda: [library | {"architecture": "Haswell"}])
    assert repeat.other_kernels(record) == "Nehalem"
    (tmp_path / "a-b-c-0123-s3.json").write_text(record.to_json())
    started = []

    def run(command, env):
        started.append((command[2:], env["OPENBLAS_CORETYPE"]))
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    options = ["reproduce", "--repeat", "0123-s3", "--ledger", str(tmp_path), "--offline"]
    assert main(options) == 1
    assert started == [(["mfnumpy", "reproduce", "--repeat", "0123-s3", *options[3:]], "Nehalem")]
    capsys.readouterr()
    monkeypatch.setattr(subprocess, "run", lambda command, env: subprocess.CompletedProcess(command, -signal.SIGILL))
    assert main(options) == 2
    assert "cannot run OpenBLAS's kernels for Nehalem" in capsys.readouterr().err
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")  # this processor has not got them: say so, do not try for ever
    assert main(options) == 0
    assert len(started) == 1
    assert "The same history" in capsys.readouterr().out
    record.environment["blas"] = repeat.blas_libraries()
    assert repeat.other_kernels(record) is None


def test_names_may_stand_with_commas_between_them(tmp_path, monkeypatch):
    only(monkeypatch, {"table1": [Budget("digits", "2x9", 1, 1, subset=90, batch_size=30)]})
    places = ["--ledger", str(tmp_path / "l"), "--out", str(tmp_path), "--offline"]
    assert main(["reproduce", "table1", "--rules", "mf,bp", "--datasets", "digits,", *places]) == 0
    assert {record.config["rule"] for record in Ledger(tmp_path / "l").records()} == {"mf", "bp"}


def test_the_command_line_refuses_what_it_does_not_know(tmp_path, capsys):
    for arguments in (["table9"], [], ["table3", "--scale", "lapto"], ["table3", "--seeds", "0"]):
        assert main(["reproduce", *arguments, "--ledger", str(tmp_path)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(InvalidValueError):
        Ledger(tmp_path).find("x")


def test_a_job_names_its_file_by_what_it_is():
    assert Job(TINY.with_(network="cnn:3-4"), 7).name == f"digits-cnn_3-4-mf-{TINY.with_(network='cnn:3-4').key}-s7"


def test_a_run_that_another_sweep_finished_just_before_our_claim_is_not_made_again(tmp_path):
    class Racing(Ledger):
        """Between our look into the ledger and our claim, another process finishes the run."""

        @contextlib.contextmanager
        def claim(self, job):
            if job not in self:
                self.write(job, fake(job))
            with super().claim(job) as mine:
                yield mine

    made = sweep.Sweep(Racing(tmp_path), lambda job: pytest.fail("made twice"), lambda line: None)
    made.jobs([Job(TINY, 0)])
    assert (made.outcome.made, made.outcome.found) == (0, 1)


def test_a_run_may_divide_the_data_by_its_own_seed(monkeypatch):
    """The test part as well, which no other run of the same data changes; two rules of one seed have the same."""
    config = Config("breast_cancer", "2x5", "mf", 1e-3, epochs=1, batch_size=32, validation=0.2, split="seed")
    parts = {seed: runner.dataset_of(config, seed=seed) for seed in (0, 1, 2)}
    fixed = runner.dataset_of(config.with_(split=0), seed=2)
    assert {len(d.y_test) for d in parts.values()} == {114}
    assert not np.array_equal(parts[1].y_test, parts[2].y_test)
    np.testing.assert_array_equal(parts[0].x_test, fixed.x_test)
    np.testing.assert_array_equal(parts[2].x_test, runner.dataset_of(config.with_(rule="bp"), seed=2).x_test)
    raw = [np.sort(np.concatenate([d.y_train, d.y_val, d.y_test])) for d in parts.values()]
    np.testing.assert_array_equal(raw[0], raw[1])  # nothing twice, nothing lost
    one, again = runner.execute(config, 2), runner.execute(config.with_(split=0), 2)
    assert one.history != again.history
    assert repeat.differences(one, repeat.repeat(one)) == []
    with pytest.raises(UnknownNameError, match="divide"):
        runner.dataset_of(config.with_(split="sed"))
    rows = {"x_train": np.zeros((4, 2)), "y_train": np.arange(4) % 2, "x_test": np.ones((2, 2)), "y_test": np.arange(2)}
    official = raw_data.official(sources.get("mnist"), rows)
    with pytest.raises(InvalidValueError, match="official test part"):
        raw_data.held_out_anew(sources.get("mnist"), official, 1)
    assert raw_data.held_out_anew(sources.get("mnist"), official, 0) is official


def test_what_a_device_made_by_the_rules_as_written_counts_where_the_plan_names_the_fast_engine(tmp_path):
    """The stand-in for a GPU gives NumPy's bytes; its records are the reference engine's, and found for "fast"."""
    strict_array.register()
    tuning = Tuning(1, 60, (1e-3,))
    budget = Budget("digits", "cnn:3", 2, 2, tuning, subset=90, batch_size=30, fast=("mf",), tested="kept")
    cell, ledger = budget.cell("table2", "mf"), Ledger(tmp_path)
    with backend.using(strict_array.NAME):
        there = sweep.Sweep(ledger, sweep.Maker(None, False, backend.current().name), lambda line: None)
        assert there.cells([cell.as_written()]).made == 1 + 2
    records = cell.records(ledger)
    assert [(r.seed, r.config.get("room"), r.environment["backend"]) for r in records] == [
        (0, None, strict_array.NAME),
        (1, None, strict_array.NAME),
    ]
    assert (
        sweep.Sweep(ledger, sweep.Maker(None, False, backend.current().name), lambda line: None).cells([cell]).made == 0
    )
    own = runner.execute(cell.as_written().chosen(ledger), 1)
    assert (own.history, own.result) == (records[1].history, records[1].result)
    fast = runner.execute(cell.chosen(ledger), 0)
    ledger.write(Job(cell.chosen(ledger), 0), fast)
    assert [r.config.get("room") for r in cell.records(ledger)] == ["fast", None]  # its own first
    entry = view.Entry(cell, cell.chosen(ledger), cell.records(ledger), 0)
    assert notes.engines([entry]) == [
        "By the fast engine: mf 1 of 2; the others by the rules as they are written, which take longer.",
        "On a GPU: mf 1 of 2; the seconds are those of the others.",
    ]
    assert notes.keys([entry]) == [f"Records: mf `{fast.key}` and `{own.key}`."]


def test_a_sweep_on_a_device_leaves_out_measurements_of_the_processor(tmp_path, capsys):
    strict_array.register()
    with backend.using("numpy"):
        places = ["--ledger", str(tmp_path / "l"), "--out", str(tmp_path), "--offline", "--backend", strict_array.NAME]
        assert main(["reproduce", "table4", *places]) == 0
        assert "0 runs made" in capsys.readouterr().out
        (tmp_path / "l").mkdir()
        assert main(["reproduce", "fig4", "plan", *places]) == 0
        assert "in full" in capsys.readouterr().out
