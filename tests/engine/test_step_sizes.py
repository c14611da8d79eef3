"""Rates by name, owner and kind; l2 and weight decay; in the reference and in the fast engine's Adam."""

from __future__ import annotations

import numpy as np
import pytest
from engine_helpers import small_batch, small_net, started

from mfnumpy import engines, optim
from mfnumpy.errors import InvalidValueError, UnknownNameError
from mfnumpy.fast import FastAdam
from mfnumpy.support.seeding import stream

KINDS = (optim.SGD, optim.Adam, FastAdam)


def after(optimiser, name="block2.W", steps=3):
    """A parameter after some steps of drawn gradients, and what it started from."""
    rng = stream(0, "step sizes")
    start = rng.standard_normal((4, 3))
    p = start.copy()
    for _ in range(steps):
        optimiser.update(name, p, rng.standard_normal((4, 3)))
    return p, start


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("key", "name"), [("block2.W", "block2.W"), ("block2", "block2.W"), ("W", "block2.W"), ("readout", "readout.W")]
)
def test_a_rate_is_found_by_name_owner_or_kind(kind, key, name):
    own, _ = after(kind(0.5, rates={key: 0.01}), name)
    expected, _ = after(kind(0.01), name)
    other, _ = after(kind(0.01, rates={"block1.W": 0.5, "M": 0.5, "block1": 0.5}), name)
    np.testing.assert_array_equal(own, expected)
    np.testing.assert_array_equal(other, expected)


def test_the_nearest_rate_goes_first():
    sizes = optim.SGD(1.0, rates={"W": 0.1, "block2": 0.2, "block2.W": 0.3})
    assert [sizes.rate_of(n) for n in ("block2.W", "block2.M", "block1.W", "block1.M")] == [0.3, 0.2, 0.1, 1.0]


@pytest.mark.parametrize("kind", KINDS)
def test_l2_is_the_gradient_of_its_penalty(kind):
    """The same as handing in g + l2 p."""
    rng = stream(0, "l2")
    p, q = (np.array(a) for a in [rng.standard_normal((4, 3))] * 2)
    penal, plain = kind(0.05, l2=0.3), kind(0.05)
    for _ in range(4):
        g = rng.standard_normal((4, 3))
        plain.update("block1.M", q, g + 0.3 * q)
        penal.update("block1.M", p, g.copy())
        np.testing.assert_allclose(p, q, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_weight_decay_shrinks_by_the_rate_whatever_the_gradient(kind):
    p, start = after(kind(0.1, weight_decay=0.5), steps=1)
    q, _ = after(kind(0.1), steps=1)
    np.testing.assert_allclose(p - q, -0.05 * start, rtol=1e-9, atol=1e-14)
    scaled = start.copy()
    kind(0.1, weight_decay=0.5).update("block2.W", scaled, np.zeros((4, 3)), scale=0.2)
    np.testing.assert_allclose(scaled, 0.99 * start, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_biases_are_left_alone_and_nothing_asked_for_changes_no_byte(kind):
    b, _ = after(kind(0.1, l2=0.3, weight_decay=0.5), "block1.b")
    np.testing.assert_array_equal(b, after(kind(0.1), "block1.b")[0])
    assert set(kind(0.1).spec()) <= {"optimiser", "lr", "beta1", "beta2", "epsilon"}
    assert kind(0.1, l2=0.3, rates={"M": 1.0}).spec()["rates"] == {"M": 1.0}


@pytest.mark.parametrize("options", [{"l2": -1}, {"weight_decay": float("nan")}, {"rates": {"M": 0}}, {"l2": "much"}])
def test_what_is_no_size_is_refused(options):
    with pytest.raises(InvalidValueError):
        optim.Adam(1e-3, **options)


@pytest.mark.parametrize("engine", ["reference", "fast"])
def test_both_engines_take_the_options_and_refuse_a_rate_that_nothing_has(engine):
    found = []
    for options in ({}, {"rates": {"M": 0.05, "block1": 0.002}, "l2": 0.01, "weight_decay": 0.1}):
        net = small_net("mlp", bias=True)
        rule = started("mf", net)
        own = {"lr": 1e-2, "optimiser_options": options, "epochs": 2, "batch_size": 3, "threads": 2}
        with engines.trainer(net, rule, engine=engine, **own) as trainer:
            trainer.fit(*small_batch(net))
        found.append(rule.parameters(net))
    with engines.trainer(
        net := small_net("mlp", bias=True), rule := started("mf", net), engine="reference", **own
    ) as t:
        t.fit(*small_batch(net))
    for name, array in rule.parameters(net).items():
        np.testing.assert_allclose(found[1][name], array, rtol=0, atol=1e-9)
        assert np.abs(found[0][name] - array).max() > 1e-4
    own["optimiser_options"] = {"rates": {"m": 0.1}}
    with pytest.raises(UnknownNameError, match="Did you mean 'M'"), engines.trainer(net, rule, engine=engine, **own):
        pass
