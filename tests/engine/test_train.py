"""The trainer: every row once per epoch, x and y together, the last batch counted, schedules, early stopping."""

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
from engine_helpers import (
    ALL_RULES,
    LOCAL_RULES,
    assert_same_bytes,
    blobs,
    changed,
    model_arrays,
    small_net,
    started,
    steps_of,
)

from mfnumpy import equations, measure, network, optim, rules
from mfnumpy.errors import InvalidValueError, ShapeError
from mfnumpy.rules import GlobalRule, Step
from mfnumpy.saving import checkpoint
from mfnumpy.train import Trainer


class Spy(GlobalRule):
    """Learns nothing and writes down what it is shown; the loss is the number of the first row."""

    name = "spy"
    local = True
    schedules = ("together", "layer_by_layer")

    def __init__(self):
        super().__init__()
        self.seen, self.only, self.draws = [], [], []

    def steps(self, net, x, y, rng=None, only=None):
        self.seen.append((x.copy(), y.copy()))
        self.only.append(only)
        self.draws.append(rng.integers(10**9))
        yield Step(None, float(x[0, 0]), {})


def numbered(n, net):
    """Row k holds the number k everywhere; its label is k mod 4."""
    x = np.repeat(np.arange(n, dtype=net.dtype)[:, None], net.input_shape[0], axis=1)
    return x, np.arange(n) % 4


def spied(n=103, batch_size=10, **options):
    net = small_net("mlp", dtype="float32")
    rule = Spy()
    rule.start(net, 4)
    history = Trainer(net, rule, optim.SGD(0.1), batch_size=batch_size, **options).fit(*numbered(n, net))
    return rule, history


# -- batches --------------------------------------------------------------------------------------------------------


def test_every_row_comes_once_per_epoch_with_its_own_label_and_the_last_batch_is_smaller():
    rule, _ = spied(103, 10, epochs=3)
    assert [len(y) for _, y in rule.seen] == ([10] * 10 + [3]) * 3
    orders = []
    for epoch in range(3):
        batches = rule.seen[11 * epoch : 11 * (epoch + 1)]
        rows = np.concatenate([x[:, 0] for x, _ in batches]).astype(int)
        labels = np.concatenate([y for _, y in batches])
        assert sorted(rows) == list(range(103))
        assert np.array_equal(labels, rows % 4), "x and y were shuffled apart"
        orders.append(tuple(rows))
    assert len(set(orders)) == 3, "each epoch has an order of its own"
    assert orders[0] != tuple(range(103))


def test_every_batch_has_random_numbers_of_its_own():
    rule, _ = spied(50, 10, epochs=2)
    assert len(set(rule.draws)) == 10


@pytest.mark.parametrize("batch_size", [None, 103])
def test_full_batch_is_all_rows_at_once(batch_size):
    rule, _ = spied(103, batch_size, epochs=2)
    assert [len(y) for _, y in rule.seen] == [103, 103]


def test_the_epochs_loss_is_the_mean_over_rows_not_over_batches():
    rule, history = spied(103, 10, epochs=1)
    expected = sum(float(x[0, 0]) * len(y) for x, y in rule.seen) / 103
    assert math.isclose(history.epochs[0]["loss"]["output"], expected, rel_tol=1e-12)
    per_batch = np.mean([float(x[0, 0]) for x, _ in rule.seen])
    assert not math.isclose(per_batch, expected, rel_tol=1e-3)


@pytest.mark.parametrize("name", ["bp", "mf", "dfa", "mf_joint"])
def test_a_full_batch_gradient_is_the_weighted_mean_of_its_parts(name):
    """Mean over the batch, everywhere exactly once."""
    net = small_net("mlp")
    rule = started(name, net)
    x, y = blobs(10, (9,), "float64")
    whole, first, rest = (
        {k: g for s in steps_of(rule, net, x[rows], y[rows]) for k, g in s.gradients.items()}
        for rows in (slice(0, 10), slice(0, 7), slice(7, 10))
    )
    for k in whole:
        assert np.allclose(whole[k], 0.7 * first[k] + 0.3 * rest[k], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_trainers_seed_changes_the_order(seed):
    a, b = spied(40, 10, epochs=1, seed=seed)[0], spied(40, 10, epochs=1, seed=seed + 1)[0]
    assert [tuple(y) for _, y in a.seen] != [tuple(y) for _, y in b.seen]


# -- steps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL_RULES)
def test_one_epoch_of_sgd_is_the_rules_steps_applied_one_by_one(name):
    """The trainer written out: take the batch, apply each step as it comes."""
    from mfnumpy.support.seeding import stream

    net, by_hand = (small_net("mlp", dtype="float32") for _ in range(2))
    rule, rule_by_hand = started(name, net), started(name, by_hand)
    x, y = blobs(23, (9,))
    Trainer(net, rule, optim.SGD(0.05), epochs=1, batch_size=10, seed=3).fit(x, y)
    order = stream(3, "shuffle", 0).permutation(23)
    for number, start in enumerate((0, 10, 20)):
        rows = order[start : start + 10]
        parameters = rule_by_hand.parameters(by_hand)
        for step in rule_by_hand.steps(by_hand, x[rows], y[rows], stream(3, "batch", number)):
            for k, g in step.gradients.items():
                parameters[k][...] = parameters[k] - 0.05 * g
    assert_same_bytes(model_arrays(rule, net), model_arrays(rule_by_hand, by_hand))


@pytest.mark.parametrize("name", ALL_RULES)
def test_training_learns_something_that_holds_on_new_rows(name):
    net = network.mlp(12, (24, 20), seed=1)
    rule = started(name, net, 1)
    x, y = blobs(600, (12,))
    before = model_arrays(rule, net)
    Trainer(net, rule, optim.Adam(5e-3), epochs=30, batch_size=32).fit(x[:400], y[:400])
    result = measure.evaluate(net, rule, x[400:], y[400:])
    assert min(result.accuracy.values()) > 0.8, result
    learned = {k for k in rule.parameters(net) if name != "shallow" or k == "readout.W"}
    assert changed(before, model_arrays(rule, net)) == learned


@pytest.mark.parametrize("decay", ["constant", "linear", "cosine"])
def test_learning_rate_falls_as_said(decay):
    scales = []

    class Noting(optim.SGD):
        def update(self, name, parameter, gradient, scale=1.0):
            scales.append(scale)

    net = small_net("mlp", dtype="float32")
    x, y = blobs(30, (9,))
    Trainer(net, started("shallow", net), Noting(), epochs=2, batch_size=10, decay=decay).fit(x, y)
    expected = {
        "constant": [1.0] * 6,
        "linear": [1 - k / 6 for k in range(6)],
        "cosine": [(1 + math.cos(math.pi * k / 6)) / 2 for k in range(6)],
    }
    assert np.allclose(scales, expected[decay])


# -- schedules ------------------------------------------------------------------------------------------------------


def test_layer_by_layer_shows_the_rule_one_block_after_the_other():
    rule, history = spied(20, 10, epochs=3, schedule="layer_by_layer")
    assert rule.only == [[0]] * 6 + [[1]] * 6
    assert [e["epoch"] for e in history.epochs] == [1, 2, 3, 4, 5, 6]


def test_layer_by_layer_shuffles_each_epoch_of_each_turn_anew():
    rule, _ = spied(20, None, epochs=2, schedule="layer_by_layer")
    assert len({x[:, 0].tobytes() for x, _ in rule.seen}) == 4
    assert len(set(rule.draws)) == 4


@pytest.mark.parametrize("name", ["mf", "ff"])
def test_layer_by_layer_freezes_each_block_when_its_turn_is_over(name):
    net = small_net("mlp", blocks=3, dtype="float32")
    rule = started(name, net)
    x, y = blobs(60, (9,))
    snapshots = [model_arrays(rule, net)]
    trainer = Trainer(
        net,
        rule,
        optim.Adam(1e-2),
        epochs=2,
        batch_size=16,
        schedule="layer_by_layer",
        on_epoch=lambda entry: snapshots.append(model_arrays(rule, net)),
    )
    trainer.fit(x, y)
    own = ["W", "M"] if name == "mf" else ["W"]
    for k in range(6):
        turn = k // 2 + 1
        assert changed(snapshots[k], snapshots[k + 1]) == {f"block{turn}.{p}" for p in own}
    alone = small_net("mlp", blocks=3, dtype="float32")
    rule_alone = started(name, alone)
    Trainer(alone, rule_alone, optim.Adam(1e-2), epochs=2, batch_size=16, only=[0]).fit(x, y)
    assert np.array_equal(alone.parameters()["block1.W"], net.parameters()["block1.W"])


def test_schedules_that_a_rule_cannot_follow_are_refused():
    net = small_net("mlp")
    assert {name for name, rule in rules.RULES.items() if "layer_by_layer" in rule.schedules} >= {"mf", "ff"}
    for name in ALL_RULES:
        rule = started(name, net)
        if "layer_by_layer" in rule.schedules:
            Trainer(net, rule, optim.SGD(), schedule="layer_by_layer")
        else:
            with pytest.raises(KeyError, match=r"no schedule for the rule .* named 'layer_by_layer'.*Known: together"):
                Trainer(net, rule, optim.SGD(), schedule="layer_by_layer")
        if name not in LOCAL_RULES:
            with pytest.raises(ValueError, match=r"one loss for the whole network.*Use a local rule"):
                Trainer(net, rule, optim.SGD(), only=[0])


# -- validation -----------------------------------------------------------------------------------------------------


def test_validation_data_is_measured_and_never_trained_on():
    x, y = blobs(90, (9,))
    results = []
    for flip in (False, True):
        net = small_net("mlp", dtype="float32")
        rule = started("mf", net)
        y_val = (y[60:] + flip) % 4
        history = Trainer(net, rule, optim.Adam(1e-2), epochs=20, batch_size=16).fit(x[:60], y[:60], x[60:], y_val)
        results.append((model_arrays(rule, net), history))
    assert_same_bytes(results[0][0], results[1][0])
    right, wrong = (h.epochs[-1]["val_accuracy"]["ff"] for _, h in results)
    assert right > wrong
    assert set(results[0][1].epochs[0]) == {"epoch", "loss", "val_accuracy", "val_layers"}
    assert len(results[0][1].epochs[0]["val_layers"]) == 2


@pytest.mark.parametrize("patience", [1, 2])
def test_early_stopping_takes_the_best_epochs_parameters(patience):
    """The validation labels are wrong, so accuracy on them soon falls."""
    x, y = blobs(200, (9,))
    net = small_net("mlp", dtype="float32")
    rule = started("mf", net)
    snapshots = []
    history = Trainer(
        net,
        rule,
        optim.Adam(1e-2),
        epochs=30,
        batch_size=16,
        patience=patience,
        on_epoch=lambda entry: snapshots.append(model_arrays(rule, net)),
    ).fit(x[:150], y[:150], x[150:], (y[150:] + 1) % 4)
    accuracies = [e["val_accuracy"]["ff"] for e in history.epochs]
    best = int(np.argmax(accuracies))
    assert len(accuracies) == best + 1 + patience < 30
    assert_same_bytes(model_arrays(rule, net), snapshots[best])
    assert changed(snapshots[best], snapshots[-1])


def test_an_epoch_that_is_only_as_good_is_not_better():
    """The spy never learns: the first epoch stays the best, and patience runs out after it."""
    net = small_net("mlp", dtype="float32")
    rule = Spy()
    rule.start(net, 4)
    x, y = blobs(20, (9,))
    assert len(Trainer(net, rule, optim.SGD(), epochs=9, batch_size=5, patience=3).fit(x, y, x, y).epochs) == 4


def test_early_stopping_begins_anew_with_each_block(tmp_path):
    """The spy never learns: each block's first epoch stays its best, and its patience runs out after it."""
    net = small_net("mlp", dtype="float32")
    rule = Spy()
    rule.start(net, 4)
    x, y = blobs(20, (9,))
    options = {"epochs": 9, "batch_size": None, "patience": 3, "schedule": "layer_by_layer"}
    Trainer(net, rule, optim.SGD(), path=tmp_path / "run.npz", **options).fit(x, y, x, y)
    assert rule.only == [[0]] * 4 + [[1]] * 4
    arrays, description = checkpoint.load(tmp_path / "run.npz")
    assert (description["progress"]["best"], description["progress"]["stale"]) == (-1.0, 0)
    assert not any(name.startswith("best/") for name in arrays), "what was put back is kept no longer"


def test_seconds_are_the_sum_over_an_epochs_batches(monkeypatch):
    """Each look at this clock takes a second: so does each batch, and the end, where an engine may clear up.

    What lies between two batches does not count.
    """
    ticks = itertools.count()
    monkeypatch.setattr("mfnumpy.train.time", SimpleNamespace(perf_counter=lambda: float(next(ticks))))
    assert spied(103, 10, epochs=2)[1].seconds == [12.0, 12.0]


def test_without_patience_all_epochs_run_and_the_last_parameters_stay():
    x, y = blobs(60, (9,))
    net = small_net("mlp", dtype="float32")
    rule = started("mf", net)
    snapshots = []
    trainer = Trainer(
        net,
        rule,
        optim.Adam(),
        epochs=5,
        on_epoch=lambda entry: snapshots.append(model_arrays(rule, net)),
        batch_size=20,
    )
    history = trainer.fit(x[:40], y[:40], x[40:], (y[40:] + 1) % 4)
    assert len(history.epochs) == len(history.seconds) == len(snapshots) == 5
    assert_same_bytes(model_arrays(rule, net), snapshots[-1])


# -- measuring ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "batch_size"), [(103, 10), (103, 103), (103, 1000), (7, 1), (20, 10)])
def test_accuracy_counts_every_row_once(n, batch_size):
    y = np.arange(n) % 4
    X = y[:, None].copy()
    X[-3:] += 1
    assert measure.accuracy_over_batches(lambda rows: rows[:, 0], X, y, batch_size) == (n - 3) / n
    net = small_net("mlp", dtype="float32")
    for name in ALL_RULES:
        rule = started(name, net)
        x, y = blobs(n, (9,))
        result = measure.evaluate(net, rule, x, y, batch_size)
        modes, layers = rule.all_scores(net, x)
        assert result.accuracy == {m: (s.argmax(axis=1) == y).sum() / n for m, s in modes.items()}
        assert list(result.accuracy) == list(rule.predictions)
        assert result.main == result.accuracy[rule.predictions[0]]
        assert result.layers == [(s.argmax(axis=1) == y).sum() / n for s in layers]


def test_an_evaluation_takes_as_many_rows_at_a_time_as_their_patches_allow(monkeypatch):
    net = network.cnn((12, 10, 3), [5, 4], seed=0)
    rule = started("mf", net)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((7, 12, 10, 3)).astype("float32"), rng.integers(0, 4, 7)
    whole, seen, all_scores = measure.evaluate(net, rule, x, y), [], rule.all_scores
    monkeypatch.setattr(rule, "all_scores", lambda net, x: (seen.append(len(x)), all_scores(net, x))[1])
    patches = 4 * 12 * 10 * 3 * 3 * 3  # bytes of one image's in the first block; the second's are fewer
    for most, expected in ((3 * patches + 1, [3, 3, 1]), (patches - 1, [1] * 7), (10**9, [7])):
        monkeypatch.setattr(measure, "PASS_BYTES", most)
        seen.clear()
        assert measure.evaluate(net, rule, x, y) == whole
        assert seen == expected
    assert measure.rows_at_a_time(network.mlp(3072, (2000,), seed=0)) == measure.PASS_ROWS


@pytest.mark.parametrize(
    ("n", "batch_size", "words"),
    [(0, 10, "y has none"), (5, 0, "batch_size .* got 0"), (5, -1, "batch_size .* got -1")],
)
def test_accuracy_of_nothing_is_refused(n, batch_size, words):
    with pytest.raises(InvalidValueError, match=words):
        measure.accuracy_over_batches(lambda rows: rows[:, 0], np.zeros((n, 1)), np.zeros(n, int), batch_size)


@pytest.mark.parametrize("predict", [lambda rows: rows, lambda rows: rows[1:, 0], lambda rows: 0])
def test_predictions_of_another_shape_are_refused(predict):
    """(n, 1) == (n,) compares every row with every other: an accuracy above 1."""
    y = np.arange(40) % 4
    with pytest.raises(ShapeError, match=r"one label per row, shape \(10,\); got \("):
        measure.accuracy_over_batches(predict, y[:, None], y, 10)
    assert measure.accuracy_over_batches(lambda rows: list(rows[:, 0]), y[:, None], y, 10) == 1


@pytest.mark.parametrize("name", ALL_RULES)
def test_all_scores_are_the_scores_of_each_mode_and_layer(name):
    net = small_net("mlp")
    rule = started(name, net)
    x, _ = blobs(11, (9,), "float64")
    modes, layers = rule.all_scores(net, x)
    assert tuple(modes) == rule.predictions
    for mode, scores in modes.items():
        assert np.array_equal(scores, rule.scores(net, x, mode))
        assert scores.shape == (11, 4)
    assert np.array_equal(rule.scores(net, x), modes[rule.predictions[0]])
    own = rule.layer_scores(net, x)
    assert len(layers) == len(own)
    assert len(own) == (2 if rule.projections is not None or "all-labels" in rule.predictions else 0)
    assert all(np.array_equal(a, b) for a, b in zip(layers, own, strict=True))
    with pytest.raises(KeyError, match="no prediction mode of the rule"):
        rule.scores(net, x, "vote")


def test_peak_bytes_see_the_traces_that_bp_keeps_and_mf_drops():
    """Five equal blocks and a large batch: activations outweigh all else, and only MF lets go of them."""
    bytes_of = {}
    for name in ("bp", "mf"):
        net = network.mlp(32, (32,) * 8)
        rule = started(name, net)
        x, y = blobs(4000, (32,))
        bytes_of[name] = measure.peak_step_bytes(net, rule, optim.SGD(), x, y)
    activations = 4000 * 32 * 4
    assert bytes_of["bp"] > 8 * 2 * activations  # z and a of every block
    assert bytes_of["mf"] < 8 * activations


# -- progress bar and numbers that run away ----------------------------------------------------------------------------


@pytest.mark.parametrize(("show", "expected"), [(True, True), (False, False), (None, False)])
def test_progress_bar_is_on_stderr_only_where_wanted(show, expected, capsys):
    net = small_net("mlp", dtype="float32")
    x, y = blobs(20, (9,))
    Trainer(net, started("mf", net), optim.Adam(), epochs=1, batch_size=10, show_progress=show).fit(x, y)
    out, err = capsys.readouterr()
    assert out == ""
    assert ("mf epoch 1" in err) == expected


def test_rules_take_a_students_equations():
    calls = []

    def my_weight_gradient(x, z, M, dG):
        calls.append(x.shape)
        return equations.weight_gradient(x, z, M, dG)

    net = small_net("mlp", dtype="float32")
    x, y = blobs(20, (9,))
    mine, reference = started("mf", net, weight_gradient=my_weight_gradient), started("mf", net)
    a, b = ({k: g for s in steps_of(rule, net, x, y) for k, g in s.gradients.items()} for rule in (mine, reference))
    assert calls == [(20, 9), (20, 6)]
    assert_same_bytes(a, b)
