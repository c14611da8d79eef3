"""One protocol for all rules: hashes, the search on validation data alone, the stopping rule, the statistics."""

import dataclasses
import itertools

import numpy as np
import pytest

from mfnumpy import network, optim, rules
from mfnumpy.errors import InvalidValueError, UnknownNameError
from mfnumpy.paper.experiments import registry
from mfnumpy.paper.experiments.experiment import SCALES
from mfnumpy.paper.ledger import protocol
from mfnumpy.paper.ledger.config import Config, as_named, key_of
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.measurements import memory_job
from mfnumpy.paper.show import statistics
from mfnumpy.train import Trainer

CONFIG = Config("mnist", "2x1000", "mf", 0.001, epochs=20)
NOTHING = Ledger("no such folder")
CHANGES = {
    "dataset": "digits", "network": "3x1000", "rule": "bp", "lr": 0.003, "epochs": 21, "batch_size": None,
    "decay": "constant", "patience": 6, "subset": 100, "validation": 5000, "split": 1, "options": {"theta": 2.0},
    "engine": "fast", "tested": "kept", "init": 0.1, "rates": {"M": 0.003},
}  # fmt: skip


def test_the_hash_of_a_configuration_is_the_same_everywhere_and_for_ever():
    assert CONFIG.key == "87d9e0c991a7"
    assert key_of({"b": 1, "a": [None, 0.1]}) == key_of({"a": [None, 0.1], "b": 1})
    assert Config.of(CONFIG.settings) == CONFIG


def test_an_engine_is_stored_in_the_words_of_the_first_records_and_read_in_both():
    """The key is the hash of what is stored: with the new word it would be another."""
    fast = CONFIG.with_(engine="fast")
    assert fast.settings["room"] == "fast"
    assert fast.key == "6c0e8aa0bc97"
    assert not {"room", "engine"} & set(CONFIG.settings)
    assert Config.of(fast.settings) == fast == Config.of(CONFIG.settings | {"engine": "fast"})
    assert Config.of(CONFIG.settings | {"room": "rules"}) == CONFIG
    assert memory_job("bp", 3).settings["room"] == "rules"
    assert as_named(memory_job("bp", 3, engine="fast").settings)["engine"] == "fast"


def test_the_hash_of_a_measurement_is_that_of_the_records_made_before_probes_knew_backends():
    assert memory_job("bp", 3, batch=48_000, engine="fast").key == "061aecb7385c"
    assert memory_job("bp", 3, batch=48_000, engine="fast", backend="cupy").key != "061aecb7385c"


def test_every_setting_changes_the_hash():
    assert set(CHANGES) == {f.name for f in dataclasses.fields(Config)}
    keys = {CONFIG.key, *(CONFIG.with_(**{name: value}).key for name, value in CHANGES.items())}
    assert len(keys) == len(CHANGES) + 1


def test_settings_of_another_version_are_refused():
    for spoiled in ({**CONFIG.settings, "momentum": 0.9}, {**CONFIG.settings, "kind": "memory"}, {"kind": "train"}):
        with pytest.raises(InvalidValueError, match="training run"):
            Config.of(spoiled)
    with pytest.raises(InvalidValueError, match="JSON"):
        key_of({"lr": float("nan")})


def test_a_run_that_is_still_rising_is_told_from_one_that_has_converged():
    rising, flat = [0.1 * i for i in range(10)], [0.1, 0.5, 0.8, 0.9, 0.9, 0.9, 0.91, 0.89, 0.902, 0.906]
    assert protocol.still_rising(rising)
    assert not protocol.still_rising(flat)  # from 0.900 to 0.904
    assert protocol.still_rising([*flat[:8], 0.906, 0.906])  # to 0.906
    assert not protocol.still_rising(rising[::-1])
    assert protocol.still_rising([0.5, 0.5, 0.5])  # too short to tell
    assert not protocol.still_rising([0.5] * 4)
    assert protocol.still_rising([0.3, 0.4, 0.5, 0.52, 0.53, 0.53, 0.54, 0.54])  # the last two are alike, as in any run


def run(lr, val, test=None, **changes):
    test = [0.0] * len(val) if test is None else test
    history = [
        {"epoch": i + 1, "main": "ff", "val_accuracy": {"bp": 0.0, "ff": v}, "test_accuracy": {"bp": 1.0, "ff": t}}
        | {"test_layers": [t / 2]}
        for i, (v, t) in enumerate(zip(val, test, strict=True))
    ]
    return Record(CONFIG.with_(lr=lr, **changes).settings, 0, history, {}, 1.0)


def rates(runs):
    return [r.config["lr"] for r in protocol.best_first(runs)]


def test_the_rate_is_chosen_on_validation_and_never_on_test():
    tuned = [run(0.1, [0.5, 0.8, 0.1], [0.1] * 3), run(0.2, [0.7, 0.7, 0.7], [0.99] * 3)]
    assert rates(tuned) == [0.1, 0.2]
    assert rates([run(0.3, [0.8]), run(0.1, [0.8]), run(0.2, [0.8])]) == [0.1, 0.2, 0.3]  # of equals the smallest
    for epochs in ([], [0.9]):  # a run that diverged loses, however good it was before
        diverged = dataclasses.replace(run(0.2, epochs), result={"diverged": "in the next epoch"})
        assert rates([run(0.1, [0.01]), diverged]) == [0.1]
        assert rates([diverged]) == [0.2]
    assert rates([]) == []


def test_a_rate_is_chosen_by_the_epoch_that_is_reported_of_it():
    """The run at 0.1 is better at its end, which its stopping rule never sees: the best epoch of all passes decides."""
    runs = [run(0.2, [0.6, 0.5, 0.5, 0.5], patience=2), run(0.1, [0.5, 0.4, 0.4, 0.9], patience=2)]
    assert rates(runs) == [0.1, 0.2]
    assert [protocol.read_at(runs[1], at)["epoch"] for at in protocol.READINGS] == [4, 1, 4]
    with pytest.raises(UnknownNameError, match="reading"):
        protocol.read_at(runs[0], "first")


def with_blocks(lr, val, blocks, **changes):
    """A run of one epoch, whose blocks alone have these validation accuracies; None: the rule gives them no voice."""
    one = run(lr, [val], **changes)
    if blocks is not None:
        one.history[0]["val_layers"] = blocks
    return one


def test_a_run_with_a_dead_block_is_left_out_unless_all_are():
    """MNIST has ten classes: dead is a block at 15 % or below. The better run has lost its second block."""
    dead = with_blocks(0.03, 0.9, [0.9, 0.15])
    assert rates([dead, with_blocks(0.001, 0.5, [0.5, 0.16])]) == [0.001]
    assert rates([dead, with_blocks(0.001, 0.5, None)]) == [0.001]  # no voice, no concern
    assert rates([dead, with_blocks(0.001, 0.5, [0.5, 0.1])]) == [0.03, 0.001]
    diverged = dataclasses.replace(run(0.3, [0.99]), result={"diverged": "x"})
    assert rates([diverged, with_blocks(0.03, 0.9, [0.9, 0.15])]) == [0.03, 0.3]
    binary = {"dataset": "imdb"}  # two classes: 75 %
    assert rates([with_blocks(0.03, 0.9, [0.74], **binary), with_blocks(0.01, 0.8, [0.76], **binary)]) == [0.01]
    assert rates([with_blocks(0.03, 0.9, [0.02], dataset="cifar100"), with_blocks(0.01, 0.2, [0.01])]) == [0.03]


def test_a_block_is_dead_by_its_best_epoch_alone():
    one = run(0.1, [0.3, 0.9, 0.2])
    for entry, blocks in zip(one.history, ([0.1], [0.5], [0.1]), strict=True):
        entry["val_layers"] = blocks
    assert not protocol.has_dead_block(one)
    one.history[1]["val_layers"] = [0.1]
    assert protocol.has_dead_block(one)


@pytest.mark.parametrize("patience", [1, 2, 3, 9])
def test_the_stopping_rule_is_the_trainers_own(patience):
    """Applied to the history of a full run, it keeps the epoch whose parameters a stopped run ends with."""
    rng = np.random.default_rng(3)
    x, x_val = (rng.standard_normal((n, 6)).astype("float32") for n in (40, 23))
    y, y_val = (rng.integers(0, 3, n) for n in (40, 23))

    def fit(patience):
        net, rule = network.mlp(6, [5], seed=1), rules.make("mf")
        rule.start(net, 3, 1)
        trainer = Trainer(
            net, rule, optim.Adam(0.3), epochs=12, batch_size=8, decay="linear", patience=patience, show_progress=False
        )
        history = trainer.fit(x, y, x_val, y_val)
        return history.epochs, rule.scores(net, x_val)

    full, _ = fit(None)
    stopped, scores = fit(patience)
    kept = protocol.stop([e["val_accuracy"]["ff"] for e in full], patience)
    assert len(stopped) == min(12, kept + 1 + patience)
    assert (scores.argmax(axis=1) == y_val).mean() == full[kept]["val_accuracy"]["ff"]


def test_stopping_needs_a_better_epoch_not_an_equal_one_and_does_not_look_ahead():
    assert protocol.stop([0.5, 0.5, 0.5], 5) == 0
    assert protocol.stop([0.1, 0.3, 0.2, 0.2, 0.9], 2) == 1
    assert protocol.stop([0.1, 0.3, 0.2, 0.2, 0.9], 3) == 4
    with pytest.raises(InvalidValueError):
        protocol.stop([], 3)


def test_a_summary_has_both_the_stopped_and_the_last_epoch():
    history = run(0.1, [0.2, 0.9, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]).history
    result = protocol.summarise(history, patience=5)
    assert (result["stopped"]["epoch"], result["equal_passes"]["epoch"]) == (2, 4)
    assert result["stopped"]["test_accuracy"]["ff"] == 0.6
    assert result["equal_passes"]["test_layers"] == [0.4]
    assert result["best_on_test"] == 0.8
    del history[0]["test_accuracy"]
    assert set(protocol.summarise(history, patience=5)) == {"stopped", "equal_passes"}


def test_what_looking_at_the_test_set_is_worth():
    tuned = [run(0.1, [0.5, 0.9, 0.2], [0.3, 0.6, 0.65]), run(0.2, [0.6, 0.7, 0.1], [0.7, 0.2, 0.2])]
    assert protocol.worth_of_test_tuning(tuned) == pytest.approx(0.7 - 0.6)


def test_what_stopping_early_costs_is_not_put_down_to_the_test_set():
    one = run(0.1, [0.5, 0.4, 0.4, 0.9, 0.8], [0.3, 0.4, 0.4, 0.6, 0.65], patience=2)
    one = dataclasses.replace(one, result=protocol.summarise(one.history, 2))
    assert protocol.cost_of_stopping(one) == pytest.approx(0.6 - 0.3)
    assert protocol.worth_of_test_epoch(one) == pytest.approx(0.65 - 0.6)
    assert protocol.worth_of_test_tuning([one]) == pytest.approx(0.65 - 0.6)


@pytest.mark.parametrize("scale", SCALES)
def test_all_rules_of_a_table_get_the_same_budget(scale):
    plan = registry.plan(scale)
    for experiment in plan.entries:
        groups = {}
        for cell in plan.cells(experiment):
            same = {"rule": "", "network": "", "engine": ""}  # the engines give the same numbers, to rounding
            searches = tuple(c.with_(**same, tested="") for c in cell.search(NOTHING).searched)
            final = cell.final.with_(**same, lr=1.0, tested="")
            finalists = 0 if cell.tuning is None else cell.tuning.finalists
            by_rule = groups.setdefault((cell.final.dataset, cell.final.epochs), {})
            by_rule.setdefault(cell.final.rule, set()).add(repr((searches, final, finalists)))
        for by_rule in groups.values():
            first, *others = by_rule.values()
            assert all(budgets == first for budgets in others)


def test_table_3_at_paper_scale_is_the_papers():
    cells = registry.plan("paper").cells("table3")
    nets = {(c.final.dataset, c.final.network) for c in cells}
    assert nets == {("mnist", "2x1000"), ("fashion_mnist", "2x1000"), ("cifar10", "3x2000"), ("cifar100", "3x2000")}
    assert {c.final.rule for c in cells} == set(rules.RULES)
    assert all(c.final.subset is None for c in cells)
    assert {c.seeds for c in registry.plan("paper").cells("table3", seeds=4)} == {4}


def test_a_paired_test_agrees_with_scipy_and_sees_only_common_seeds():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(2)
    for n in (2, 3, 5, 10, 30):
        a, b = rng.normal(0.4, 1, n), rng.normal(0, 1, n)
        ours = statistics.paired(dict(enumerate(a)), dict(enumerate(b)) | {99: 1e9})
        assert ours.n == n
        assert ours.mean == pytest.approx((a - b).mean())
        assert ours.p == pytest.approx(stats.ttest_rel(a, b).pvalue, abs=1e-9)


def test_the_smallest_p_is_exact_too_and_none_reads_0():
    stats = pytest.importorskip("scipy.stats")
    for n, shift in ((5, 30.0), (21, 9.0), (401, 1.5), (401, 20.0)):
        a = shift + np.random.default_rng(n).normal(0, 1, n)
        ours = statistics.paired(dict(enumerate(a)), dict.fromkeys(range(n), 0.0)).p
        assert ours == pytest.approx(stats.ttest_1samp(a, 0).pvalue, rel=1e-9)
    assert statistics.shown_p(0.0412) == "0.041"
    assert statistics.shown_p(5.16e-06) == "5.2e-06"
    assert statistics.shown_p(0.0) == "below 1e-99"


def test_statistics_of_little():
    assert statistics.summary([]) is None
    assert statistics.summary([2.0]) == statistics.Summary(2.0, None, 1)
    assert statistics.summary([1.0, 2.0, 4.0]).sd == pytest.approx(np.std([1, 2, 4], ddof=1))
    assert statistics.paired({1: 2.0}, {2: 1.0}) is None
    assert statistics.paired({1: 2.0}, {1: 1.0}).p is None
    assert statistics.Summary(98.456, 0.1234, 3).text() == "98.46 ± 0.12 (3)"


def test_the_quick_scale_stays_small():
    """Fewer than 400 runs, each of a few seconds: `make reproduce` is meant to end within ten minutes."""
    plan = registry.plan("quick")
    cells = list(itertools.chain.from_iterable(plan.cells(name) for name in plan.entries))
    assert 50 < sum(cell.seeds + len(cell.search(NOTHING).searched) for cell in cells) < 400
