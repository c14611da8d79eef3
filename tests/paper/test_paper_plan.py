"""What is missing and what it costs; experiments, each one file in an ordered registry; claims that need no run."""

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest

from mfnumpy import network, rules
from mfnumpy.cli import main
from mfnumpy.paper import experiments
from mfnumpy.paper.experiments import headline, registry, table5
from mfnumpy.paper.experiments.comparing import MLP, compare, largest
from mfnumpy.paper.experiments.experiment import Experiment, Topic
from mfnumpy.paper.ledger import protocol
from mfnumpy.paper.ledger.config import Config, Job
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs import forecast
from mfnumpy.paper.runs.plan import Budget, of_rules
from mfnumpy.paper.runs.search import Option, Tuning
from mfnumpy.paper.show import notes
from mfnumpy.paper.show.judging import Verdict, better, holm
from mfnumpy.paper.show.tables import Table
from mfnumpy.paper.show.view import Entry
from mfnumpy.support.duration import duration

RATES = (3e-4, 1e-3, 3e-3)


def record(config, seed=0, value=0.5, seconds=1.0):
    history = [
        {"epoch": i + 1, "loss": {}, "main": "ff", "val_accuracy": {"ff": value}, "test_accuracy": {"ff": value}}
        | {"test_layers": []}
        for i in range(config.epochs)
    ]
    result = {"parameters": {"ff": 9}} | protocol.summarise(history, config.patience)
    return Record(config.settings, seed, history, result, seconds)


def put(ledger, config, seed=0, **what):
    ledger.write(Job(config, seed), record(config, seed, **what))


def test_what_is_missing_follows_the_search_step_by_step(tmp_path):
    budget = Budget("digits", "2x9", 8, 3, Tuning(2, 60, RATES, finalists=2), subset=150)
    cell, ledger = budget.cell("table3", "mf"), Ledger(tmp_path)

    def missing():
        found = forecast.remaining([cell, cell], ledger)  # the same run is asked for twice, and made once
        return len(found.now), [c.epochs for c in found.later]

    assert missing() == (3, [8, 8, 8] + [8] * 1 + [8, 8, 8] + [8] * 1)  # of each: a finalist more, and three seeds
    cell_alone = forecast.remaining([cell], ledger)
    assert [c.epochs for c in cell_alone.later] == [8] * 4
    for config, value in zip(cell.search(ledger).searched, (0.3, 0.5, 0.4), strict=True):
        put(ledger, config, value=value)
    found = forecast.remaining([cell], ledger)
    assert sorted((j.config.lr, j.config.epochs, j.seed) for j in found.now) == [
        *((1e-3, 8, seed) for seed in range(3)),
        (3e-3, 8, 0),
    ]
    assert found.later == []
    for config, value in zip(cell.search(ledger).finalists, (0.4, 0.6), strict=True):
        put(ledger, config, value=value)
    assert [(j.config.lr, j.seed) for j in forecast.remaining([cell], ledger).now] == [(3e-3, 1), (3e-3, 2)]
    for seed in (1, 2):
        put(ledger, cell.chosen(ledger), seed)
    assert forecast.remaining([cell], ledger).configs == []


def test_a_cost_is_that_of_like_runs_by_rows_and_epochs():
    config = Config("digits", "2x9", "mf", 1e-3, epochs=4, subset=100)
    costs = forecast.Costs([record(config, seconds=s) for s in (2.0, 8.0, 20.0)])
    assert costs.seconds(config.with_(lr=0.1)) == pytest.approx(8.0)
    assert costs.seconds(config.with_(epochs=8, subset=50)) == pytest.approx(8.0)
    assert costs.seconds(config.with_(subset=None)) == pytest.approx(8.0 * 17.97)  # 1,797 digits in all
    assert costs.seconds(config.with_(rule="bp", engine="fast")) == pytest.approx(8.0)  # as there is none of its own
    assert costs.seconds(config.with_(network="3x9")) is None
    assert costs.total([config, config, config.with_(network="3x9")]) == (pytest.approx(16.0), 1)
    own = record(config.with_(rule="bp"), seconds=1.0)
    assert forecast.Costs([own, record(config, seconds=9.0)]).seconds(config.with_(rule="bp")) == pytest.approx(1.0)
    there = dataclasses.replace(record(config, seconds=0.1), environment={"backend": "cupy"})
    on_gpu = dataclasses.replace(record(config.with_(rule="fa"), seconds=0.2), environment={"backend": "cupy"})
    costs = forecast.Costs([there, on_gpu, own])
    assert costs.seconds(config) == pytest.approx(1.0)  # by another rule, but on this processor
    assert forecast.Costs([there, on_gpu]).seconds(config) == pytest.approx(0.1)
    assert [duration(s) for s in (40, 720, 12_600)] == ["40 s", "12 min", "3.5 h"]


def only(monkeypatch, **budgets):
    changed = [dataclasses.replace(e, budgets={"quick": budgets.get(e.name, [])}) for e in registry.EXPERIMENTS]
    monkeypatch.setattr(registry, "EXPERIMENTS", tuple(changed))


def test_the_plan_is_printed_with_its_cost_and_the_sweep_says_what_is_left(tmp_path, monkeypatch, capsys):
    budget = Budget("digits", "2x9", 2, 2, Tuning(1, 60, RATES), subset=150, batch_size=32, rules=("mf",))
    only(monkeypatch, table3=[budget])
    places = ["--ledger", str(tmp_path / "ledger"), "--out", str(tmp_path / "out")]
    (tmp_path / "ledger").mkdir()
    assert main(["reproduce", "plan", "table3", *places]) == 0
    text = capsys.readouterr().out
    assert "table3" in text
    assert "3 of the search, 2 in full" in text
    assert "5 training runs are missing: not known in all" in text
    assert not (tmp_path / "out").exists()
    assert main(["reproduce", "table3", "--offline", *places]) == 0
    lines = capsys.readouterr().out.splitlines()
    made = [line for line in lines if line.startswith("digits-2x9-mf-")]
    assert "left, in" in made[0]
    assert "left" not in made[-1]
    assert any(line.startswith("mf") and " ff " in line for line in lines)  # the table itself
    assert main(["reproduce", "plan", "table3", *places]) == 0
    assert "Nothing is missing." in capsys.readouterr().out
    assert main(["reproduce", "table3", "--resume", *places]) == 2  # it did nothing, and is gone


def test_a_table_in_text_leaves_sentences_to_the_page():
    text = Table("t", "A title", ["one", "two"], [["a", "word " * 30], ["bcd", "x"]], "c", ["A note."]).text()
    assert text.splitlines() == ["A title", "", "one", "a", "bcd", "", "A note."]


def test_an_experiment_is_one_file_and_its_name_in_the_registry():
    folder = Path(experiments.__file__).parent
    own = {p.stem for p in folder.glob("*.py") if "\nEXPERIMENT = " in p.read_text()}
    assert own == {e.name for e in registry.EXPERIMENTS}
    assert len(registry.EXPERIMENTS) == len(own)
    turns = [e.turn for e in registry.EXPERIMENTS if e.entries is not None or e.measurements]
    assert len(set(turns)) == len(turns)


def test_an_experiment_of_ones_own_needs_no_other_file(tmp_path, monkeypatch, capsys):
    def claim(view):
        entry = view.entry("mine", "digits", "shallow")
        yield Verdict("mine: runs", "reproduced" if entry else "not tested", "because")

    mine = Experiment(
        "mine",
        "My experiment",
        turn=99,
        entries=of_rules("shallow"),
        budgets={"quick": [Budget("digits", "1x7", 2, 2, subset=90, batch_size=30)]},
        tables=lambda view: [Table("mine", "Mine", ["n"], [[str(len(e.runs))] for e in view.entries("mine")], "c")],
        topics=(Topic("Runs are made", claim),),
    )
    monkeypatch.setattr(registry, "EXPERIMENTS", (mine,))
    places = ["--ledger", str(tmp_path / "ledger"), "--out", str(tmp_path / "out")]
    assert main(["reproduce", "mine", "results", "--offline", *places]) == 0
    page = (tmp_path / "out" / "results.md").read_text()
    assert "## My experiment\n\n### Mine\n\n| n |\n| --- |\n| 2 |" in page
    assert "### Runs are made\n\n| where | verdict | found |\n| --- | --- | --- |\n| mine | reproduced |" in page
    assert main(["reproduce", "all", "--no-runs", *places]) == 0
    assert "Mine" in capsys.readouterr().out


def test_holms_correction_by_hand_and_by_its_definition():
    assert holm([]) == []
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    ps = np.random.default_rng(3).random(7).tolist()
    for level in np.linspace(0.01, 0.99, 50):  # step down: reject while p of rank i is at most level / (n - i)
        rejected = set()
        for place, i in enumerate(sorted(range(7), key=ps.__getitem__)):
            if ps[i] * (7 - place) > level:
                break
            rejected.add(i)
        assert {i for i, p in enumerate(holm(ps)) if p <= level} == rejected


@pytest.mark.parametrize(("net", "shape"), [("2x7", (11,)), ("3x5", (4,)), ("cnn:3-4", (6, 10, 2))])
@pytest.mark.parametrize("rule", ["mf", "bp"])
def test_multiplications_are_those_of_the_matrix_products_that_a_step_makes(net, shape, rule):
    """Counted where NumPy multiplies matrices; averages of pooling and other elementwise work are none of these."""
    counted = []

    class Counting(np.ndarray):
        def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
            plain = [np.asarray(i) if isinstance(i, np.ndarray) else i for i in inputs]
            if ufunc is np.matmul:
                counted.append(plain[0].size * plain[1].shape[-1])
            result = getattr(ufunc, method)(*plain, **kwargs)
            return result.view(Counting) if isinstance(result, np.ndarray) else result

    built, made = network.named(net, shape, seed=1), rules.make(rule)
    made.start(built, table5.N_CLASSES, 1)
    for block in built.blocks:
        block.parameters["W"] = block.parameters["W"].view(Counting)  # what comes of it counts as well
    x = np.random.default_rng(2).random((1, *shape), dtype=np.float32)
    list(made.steps(built, x.view(Counting), np.array([3]), np.random.default_rng(1)))
    assert sum(counted) == table5.multiplications(net, shape, rule)


def test_the_claim_on_operations_is_judged_by_the_papers_networks():
    (found,) = table5.operations(None)
    assert found.verdict == "not reproduced"
    assert "2x1000: MF 3.628, BP 4.598 million" in found.because
    assert "3x2000: MF 28.468, BP 36.348 million" in found.because


def test_a_claim_is_judged_at_the_largest_budget_that_has_both_rules(tmp_path, monkeypatch):
    small = Budget("digits", "2x9", 2, 3, subset=90)
    more_rows, longer = dataclasses.replace(small, subset=None), dataclasses.replace(small, subset=None, epochs=5)
    only(monkeypatch, table3=[small], longer=[more_rows])
    ledger = Ledger(tmp_path)

    def entries():
        found = largest(registry.view(ledger, "quick"), MLP, "digits", ("mf", "bp"))
        return found and [(e.config.subset, e.config.epochs) for e in found]

    def fill(budget, rules, better_by=0.0):
        for (rule, gain), seed in itertools.product(zip(rules, (better_by, 0.0), strict=False), range(3)):
            for config in (budget.cell("table3", rule).final,):
                one = record(config, seed, 0.5 + gain + 0.001 * seed * bool(gain))
                if rule == "bp":
                    for entry in one.history:
                        for part in ("val_accuracy", "test_accuracy"):
                            entry[part] = {"readout": entry[part]["ff"]}
                        entry["main"] = "readout"
                    one = dataclasses.replace(one, result=one.result | protocol.summarise(one.history, 5))
                ledger.write(Job(config, seed), one)

    assert entries() is None
    fill(small, ("mf", "bp"), better_by=-0.1)
    no_search = [(e, dataclasses.replace(b, tuning=None)) for e, b in (("table3", small), ("longer", more_rows))]
    only(monkeypatch, **{e: [b] for e, b in no_search})
    assert entries() == [(90, 2), (90, 2)]
    fill(more_rows, ("mf",))
    assert entries() == [(90, 2), (90, 2)]  # the other rule's runs are missing
    fill(more_rows, ("mf", "bp"), better_by=0.1)
    assert entries() == [(None, 2), (None, 2)]
    view = registry.view(ledger, "quick")
    judged = compare(view, "c", MLP, "digits", ("mf", "bp"), better)
    assert judged.verdict == "reproduced"
    assert "trained on all rows, 2 epochs" in judged.because
    fill(longer, ("mf", "bp"), better_by=-0.1)
    only(monkeypatch, table3=[longer], longer=[more_rows])
    assert entries() == [(None, 5), (None, 5)]


def test_a_smaller_budget_is_shown_until_both_rules_of_the_larger_have_runs(tmp_path, monkeypatch):
    small = Budget("digits", "2x9", 2, 2)
    budget = dataclasses.replace(small, epochs=5, until=small)
    only(monkeypatch, table3=[dataclasses.replace(budget, rules=("mf", "bp"))])
    ledger = Ledger(tmp_path)
    for rule in ("mf", "bp"):
        put(ledger, small.cell("table3", rule).final)
    put(ledger, budget.cell("table3", "mf").final)

    def shown():
        return {(e.rule, e.config.epochs) for e in registry.view(ledger, "quick").entries("table3")}

    assert {("mf", 2), ("bp", 2)} <= shown()
    put(ledger, budget.cell("table3", "bp").final)
    assert ("mf", 2) in shown()  # one seed of the larger decides nothing
    for rule in ("mf", "bp"):
        put(ledger, budget.cell("table3", rule).final, seed=1)
    assert shown() == {("mf", 5), ("bp", 5)}


def test_a_smallest_rate_that_won_in_full_is_told_where_a_smaller_one_was_only_searched():
    budget = Budget("digits", "2x9", 2, 1, Tuning(1, 60, RATES, finalists=2), rules=("mf", "bp"))

    def told(lr, searched, in_full):
        cells = [budget.cell("table3", rule) for rule in ("mf", "bp")]
        return notes.smallest_in_full([Entry(c, c.final.with_(lr=lr), [], 0, searched, in_full) for c in cells])

    (said,) = told(1e-3, RATES, (3e-3, 1e-3))
    assert said.endswith("smaller ones were only searched: mf, bp.")
    assert told(3e-3, RATES, (3e-3, 1e-3)) == []  # a smaller one was run in full, and lost
    assert told(3e-4, RATES, (3e-4, 1e-3)) == []  # at the edge of the search, which another sentence says
    assert told(1e-3, RATES, ()) == []


def test_options_that_no_rule_of_a_table_has_are_not_said_of_it():
    option = Option("label", (5.0,), ("ff",))
    assert option.rules == ("ff",)
    view = registry.view(Ledger("no such folder"), "laptop")
    from mfnumpy.paper.results import budget_table

    searches = {(row[0], row[1]): row[6] for row in budget_table(view).rows}
    assert "label of ff, ff_one_pass: 5.0, 20.0" in searches["table3", "mnist"]
    assert "init of fa, dfa, ff, ff_one_pass: 0.03, 0.1, 0.3, 3.0" in searches["table3", "mnist"]
    assert "feedback_scale of fa, dfa: 0.125, 8.0" in searches["table3", "cifar10"]
    assert "feedback_scale" not in searches["table3", "mnist"]
    assert "label" not in searches["table6", "imdb"]
    assert "label of ff: 5.0" in [row[6] for row in budget_table(view).rows if row[0] == "longer"][2]
    assert [row[7] for row in budget_table(view).rows if row[0] == "longer"][
        2
    ] == "3 of deep_supervision, fa, dfa, ff, shallow"


def test_an_init_is_searched_like_an_option_is_counted_before_and_told_afterwards(tmp_path, monkeypatch):
    """Two options of FA, one after the other: what the second will cost is known while the first is searched."""
    options = (Option("feedback_scale", (8.0,), ("fa",)), Option("init", (0.1, 0.3), ("fa",)))
    budget = Budget("digits", "2x9", 2, 1, Tuning(1, 60, (1e-3,), options=options), subset=150, rules=("fa", "bp"))
    only(monkeypatch, table3=[budget])
    cell, ledger = budget.cell("table3", "fa"), Ledger(tmp_path)

    def counted():
        return len(forecast.remaining([cell], ledger).configs)

    def make(value):
        config = cell.search(ledger).missing[0]
        put(ledger, config, value=value)
        return config

    assert counted() == 1 + 1 + 2 + 1
    assert (make(0.5).init, counted()) == (1.0, 1 + 2 + 1)
    assert (make(0.4).options, counted()) == ({"feedback_scale": 8.0}, 2 + 1)
    assert (make(0.6).init, make(0.3).init) == (0.1, 0.3)
    chosen = cell.chosen(ledger)
    assert (chosen.init, chosen.options) == (0.1, {})
    assert Config.of(chosen.settings) == chosen
    put(ledger, chosen)
    entry = registry.view(ledger, "quick").entry("table3", "digits", "fa")
    assert notes.options([entry]) == ["Chosen beside the rate: fa: init 0.1."]
    assert budget.cell("table3", "bp").search(ledger).missing[0].init == 1.0


def test_a_verdict_says_which_runs_are_missing_and_what_they_cost_until_they_are_there(tmp_path, monkeypatch):
    small = Budget("digits", "2x9", 2, 1, subset=99, rules=("mf", "bp"))
    budget = Budget("digits", "2x9", 2, 2, rules=("mf", "bp"))
    only(monkeypatch, table3=[small, budget])  # of the two, the one with all rows is what the claim waits for
    ledger, text = Ledger(tmp_path), {}
    for seed in (0, 1):
        for rule, value, seconds in (("mf", 0.7, 600.0), ("bp", 0.5, 60.0)):
            made = record(budget.cell("table3", rule).final, seed, value + 0.01 * seed, seconds)
            for entry in made.history:
                for part in ("val_accuracy", "test_accuracy"):
                    entry[part] = dict.fromkeys(rules.RULES[rule].predictions, entry[part]["ff"])
                entry["main"] = rules.RULES[rule].predictions[0]
            made.result.update(protocol.summarise(made.history, 5))
            ledger.write(Job(budget.cell("table3", rule).final, seed), made)
        found = {v.claim: v.because for v in headline.mf_against_bp(registry.view(ledger, "quick"))}
        text[seed] = found["MLP, digits: MF matches or surpasses BP"]
    assert text[0].endswith("; one seed decides nothing; not run yet: mf: 1 in full, 10 min; bp: 1 in full, 60 s")
    assert "not run yet" not in text[1]
