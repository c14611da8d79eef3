"""Weights of samples: the weighted mean is stated once, and every rule's gradients are those of its weighted losses."""

from __future__ import annotations

import numpy as np
import pytest
from engine_helpers import (
    ALL_RULES,
    CASES,
    TOLERANCE,
    case_away_from_kinks,
    gradient_error,
    numeric_gradient,
    relative_error,
    small_batch,
    small_net,
    started,
)

from mfnumpy import equations, optim, rules
from mfnumpy.errors import DTypeError, InvalidValueError, ShapeError
from mfnumpy.rules import LocalRule, Step
from mfnumpy.support.seeding import AlikeForEqual, fingerprints, stream
from mfnumpy.train import Trainer


def weights_of(n: int, seed: int = 0) -> np.ndarray:
    """Weights between a fifth and three, none like another."""
    return stream(seed, "test weights").uniform(0.2, 3, n)


def steps_of(rule, net, x, y, weights):
    """All steps of one batch, with the same random numbers at each call."""
    return list(rule.steps(net, x, y, stream(5, "test rng"), None, weights))


def test_the_weighted_mean_counts_a_sample_as_often_as_its_weight_says():
    losses, counts = stream(0, "l").standard_normal(5), np.array([1, 3, 2, 1, 4])
    repeated = np.repeat(losses, counts).mean()
    assert equations.weighted_mean(losses, counts.astype(float)) == pytest.approx(repeated, rel=1e-14)


@pytest.mark.parametrize("loss", ["cross_entropy", "positive_loss", "negative_loss"])
def test_each_loss_is_the_weighted_mean_of_its_samples_and_its_gradient_that_of_differences(loss):
    rng = stream(0, loss)
    w = weights_of(5)
    G = rng.standard_normal((5, 4) if loss == "cross_entropy" else 5)
    other = rng.integers(0, 4, 5) if loss == "cross_entropy" else 0.3
    f, df = getattr(equations, loss), getattr(equations, f"{loss}_gradient")
    each = [f(G[n : n + 1], other[n : n + 1] if loss == "cross_entropy" else other) for n in range(5)]
    assert f(G, other, w) == pytest.approx((w @ np.array(each)) / w.sum(), rel=1e-13)
    dG = equations.weighted_mean_gradient(df(G, other), w)
    assert gradient_error(lambda G: f(G, other, w), {0: dG}, G) < TOLERANCE
    assert gradient_error(lambda G: f(G, other, w), {0: df(G, other)}, G) > 0.01  # the plain mean's is another


def test_shapes_that_do_not_belong_together_are_refused():
    for losses, w in ((np.ones(4), np.ones(5)), (np.ones((4, 2)), np.ones(4))):
        with pytest.raises(ShapeError, match="Weighted mean"):
            equations.weighted_mean(losses, w)
    with pytest.raises(ShapeError, match="Weighted mean"):
        equations.weighted_mean_gradient(np.ones((4, 2)), np.ones(2))


def worst_error(name: str, kind: str) -> float:
    """Every gradient that the rule promises to be exact, against differences of its own step's weighted loss."""
    case = case_away_from_kinks(name, kind, bias=True)
    weights, parameters, worst, seen = weights_of(len(case.y)), case.rule.parameters(case.net), 0.0, 0
    for place, step in enumerate(steps_of(case.rule, case.net, case.x, case.y, weights)):
        for key, gradient in step.gradients.items():
            if rules.RULES[name].exact or key == "readout.W":

                def loss(place=place):
                    return float(steps_of(case.rule, case.net, case.x, case.y, weights)[place].loss)

                worst, seen = max(worst, relative_error(gradient, numeric_gradient(loss, parameters[key]))), seen + 1
    assert seen
    return worst


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_gradients_of_every_rule_are_those_of_its_weighted_losses(name, kind):
    assert worst_error(name, kind) < TOLERANCE


@pytest.mark.parametrize("name", ALL_RULES)
def test_planted_weights_that_reach_the_loss_alone_are_caught(monkeypatch, name):
    monkeypatch.setattr("mfnumpy.equations.weighted_mean_gradient", lambda d, w: d)
    assert worst_error(name, "mlp") > 1e-3


def alike(x, y):
    """The same random numbers at each call, equal ones for equal samples."""
    return AlikeForEqual(stream(5, "test rng"), fingerprints(x, y))


def largest_difference(rule, net, x, y, rng=alike) -> float:
    """Between the gradients of samples with weights, and of samples that are repeated, in another order."""
    counts = 1 + np.arange(len(y)) % 3
    again = stream(6, "order").permutation(np.repeat(np.arange(len(y)), counts))
    weighted, repeated = (
        {k: g for s in rule.steps(net, x, y, rng(x, y), None, w) for k, g in s.gradients.items()}
        for x, y, w in ((x, y, counts.astype(float)), (x[again], y[again], None))
    )
    return max(relative_error(weighted[key], gradient) for key, gradient in repeated.items())


@pytest.mark.parametrize("name", ALL_RULES)
def test_a_sample_of_weight_2_is_a_sample_that_is_there_twice(name):
    """In a full batch, where equal samples draw the same wrong label."""
    net = small_net("mlp", bias=True)
    x, y = small_batch(net)
    assert largest_difference(started(name, net), net, x, y) < 1e-9


@pytest.mark.parametrize("name", [name for name, rule in rules.RULES.items() if rule.draws])
def test_planted_a_wrong_label_for_each_row_is_caught(name):
    net = small_net("mlp", bias=True)
    x, y = small_batch(net)
    assert largest_difference(started(name, net), net, x, y, lambda x, y: stream(5, "test rng")) > 1e-3


def test_the_rules_that_draw_say_so():
    """`draws` is what a rule without random numbers does not need."""
    for name in ALL_RULES:
        net = small_net("mlp")
        rule = started(name, net)
        try:
            list(rule.steps(net, *small_batch(net)))
        except InvalidValueError:
            assert rule.draws, name
        else:
            assert not rule.draws, name


def test_equal_samples_draw_the_same_and_others_for_themselves():
    x = stream(0, "rows").standard_normal((400, 3)).astype("float32")
    y = np.arange(400) % 4
    rows = stream(1, "order").integers(0, 400, 1000)
    numbers = fingerprints(x[rows], y[rows])
    assert len(set(numbers.tolist())) == len(set(rows.tolist()))
    assert len(set(fingerprints(x[[7, 7]], np.array([0, 1])).tolist())) == 2, "another label: another sample"
    drawn = AlikeForEqual(stream(2, "a"), numbers).integers(1, 10, size=1000)
    first = {row: drawn[list(rows).index(row)] for row in set(rows.tolist())}
    assert [first[row] for row in rows] == drawn.tolist()
    assert min(np.bincount(list(first.values()))[1:]) > 10, "as uniform as ever"
    back = AlikeForEqual(stream(2, "a"), numbers[::-1])
    np.testing.assert_array_equal(back.integers(1, 10, 1000), drawn[::-1])
    masks = AlikeForEqual(stream(2, "a"), numbers).random((1000, 2), dtype="float32")
    assert masks.dtype == "float32"
    np.testing.assert_array_equal(masks, masks[[list(rows).index(row) for row in rows]])
    one, other = AlikeForEqual(stream(2, "a"), numbers), stream(2, "a")
    for size in (None, 5, (5, 1000)):
        np.testing.assert_array_equal(one.integers(9, size=size), other.integers(9, size=size))
        np.testing.assert_array_equal(one.random(size), other.random(size))


def test_the_trainer_draws_alike_only_where_it_is_told_which_samples_are_equal(monkeypatch):
    """A run without such numbers has the draws that it always had."""
    x, y = small_batch(small_net("mlp"))
    x, y = np.vstack([x, x]), np.concatenate([y, y])
    seen = {}
    for numbers in (None, fingerprints(x, y)):
        net = small_net("mlp")
        rule = started("ff", net)
        drawn, enter = [], rule.enter
        monkeypatch.setattr(rule, "enter", lambda *args, to=drawn, enter=enter: to.append(enter(*args)) or to[-1])
        Trainer(net, rule, optim.Adam(), epochs=1, batch_size=None).fit(x, y, samples=numbers)
        seen[numbers is None] = {row.tobytes() for row in drawn[0][len(y) :]}
    assert len(seen[False]) == len(y) // 2 < len(seen[True])


@pytest.mark.parametrize(
    ("samples", "error", "says"),
    [(np.arange(6), ShapeError, "one number per row"), (np.ones(7), DTypeError, "must be integers")],
)
def test_numbers_of_samples_that_are_none_are_refused(samples, error, says):
    net = small_net("mlp")
    with pytest.raises(error, match=says):
        Trainer(net, started("ff", net), optim.Adam(), epochs=1, batch_size=3).fit(*small_batch(net), samples=samples)


@pytest.mark.parametrize("name", ALL_RULES)
def test_equal_weights_train_as_none(name):
    """To rounding; and the history's losses are means by weight."""
    found = []
    for weights in (None, np.full(7, 2.5), weights_of(7)):
        net = small_net("mlp")
        rule = started(name, net)
        x, y = small_batch(net)
        history = Trainer(net, rule, optim.Adam(1e-3), epochs=2, batch_size=3).fit(x, y, weights=weights)
        found.append((rule.parameters(net), history.epochs[-1]["loss"]))
    plain, equal, other = found
    for key, array in plain[0].items():
        np.testing.assert_allclose(equal[0][key], array, rtol=0, atol=1e-9)
    assert equal[1] == pytest.approx(plain[1], rel=1e-9)
    assert other[1] != pytest.approx(plain[1], rel=1e-4)


@pytest.mark.parametrize(
    ("weights", "error", "says"),
    [
        (np.ones(6), ShapeError, "one number per row"),
        (np.zeros(7), InvalidValueError, "leave out the rows of weight 0"),
        (np.array([1, 1, 1, 1, 1, 1, np.nan]), InvalidValueError, "finite"),
        (np.array(["a"] * 7), DTypeError, "must be numbers"),
        ([1.0] * 7, DTypeError, "must be an array"),
    ],
)
def test_weights_that_are_none_are_refused(weights, error, says):
    net = small_net("mlp")
    rule = started("mf", net)
    with pytest.raises(error, match=says):
        Trainer(net, rule, optim.Adam(), epochs=1, batch_size=3).fit(*small_batch(net), weights=weights)


def test_a_rule_of_ones_own_without_weights_says_so_and_trains_without():
    class Mine(LocalRule):
        """A rule as it was written before there were weights."""

        name = "mine_without_weights"
        predictions = ("none",)

        def local_step(self, net, i, x, y):
            """A Step that changes nothing."""
            return Step(i, 0.0, {}), self.pass_on(net, i, x)

    net = small_net("mlp")
    rule = Mine()
    rule.start(net, 4)
    x, y = small_batch(net)
    trainer = Trainer(net, rule, optim.Adam(), epochs=1, batch_size=3)
    trainer.fit(x, y)
    with pytest.raises(InvalidValueError, match="needs the keyword weights=None"):
        trainer.fit(x, y, weights=np.ones(7))


def test_weights_go_with_their_rows_into_the_training_part_and_are_part_of_a_runs_settings(tmp_path):
    net = small_net("mlp")
    rule = started("mf", net)
    rng = stream(0, "rows")
    x, y, w = rng.standard_normal((40, 9)), rng.integers(0, 4, 40), weights_of(40)
    seen: list[np.ndarray] = []

    class Watching(Trainer):
        """Notes the weights that it learns with."""

        def learn(self, batches, x, y, only, weights=None):
            """As the Trainer's."""
            seen.append(weights)
            return super().learn(batches, x, y, only, weights)

    options = {"epochs": 1, "batch_size": 8, "path": tmp_path / "c.npz"}
    Watching(net, rule, optim.Adam(), **options).fit(x, y, validation=10, weights=w)
    assert len(seen[0]) == 30
    assert set(seen[0]) < set(w)
    for other in ({"weights": w + 1}, {"weights": w, "samples": np.arange(40)}):
        with pytest.raises(Exception, match="belongs to another run"):
            Watching(net, rule, optim.Adam(), **options).fit(x, y, validation=10, resume=True, **other)
