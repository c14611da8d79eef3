"""`Trainer.fit(validation=...)`: rows held out by class and seed, never trained on."""

from __future__ import annotations

import numpy as np
import pytest

from mfnumpy import network, optim, rules
from mfnumpy.errors import InvalidValueError
from mfnumpy.support.seeding import stream
from mfnumpy.support.split import stratified
from mfnumpy.train import Trainer


def trained(x, y, seed=3, **fit):
    net, rule = network.mlp(5, (7, 6), seed=seed), rules.make("mf")
    rule.start(net, 4, seed)
    trainer = Trainer(net, rule, optim.Adam(), epochs=2, batch_size=9, seed=seed, patience=2)
    return trainer.fit(x, y, **fit), rule.parameters(net)


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.standard_normal((83, 5)).astype("float32"), rng.integers(0, 4, 83)


def test_it_is_the_same_as_splitting_by_hand(data):
    x, y = data
    rest, held_out = stratified(y, round(0.2 * 83), stream(3, "validation"))
    (a, p), (b, q) = trained(x, y, validation=0.2), trained(x[rest], y[rest], x_val=x[held_out], y_val=y[held_out])
    assert a.epochs == b.epochs
    assert all(p[name].tobytes() == q[name].tobytes() for name in p)


def test_held_out_rows_do_not_reach_the_parameters(data):
    x, y = data
    _, held_out = stratified(y, 17, stream(3, "validation"))
    other = x.copy()
    other[held_out] = -other[held_out]
    (a, p), (b, q) = trained(x, y, validation=17), trained(other, y, validation=17)
    assert [e["loss"] for e in a.epochs] == [e["loss"] for e in b.epochs]
    assert a.epochs != b.epochs, "the validation accuracy must have seen the change, or this proves nothing"
    del p, q


def test_both_kinds_of_validation_at_once_are_refused(data):
    x, y = data
    with pytest.raises(InvalidValueError, match="not both"):
        trained(x, y, x_val=x, y_val=y, validation=0.2)


@pytest.mark.parametrize("share", [1.0, -0.1, 83, "half", 0.999, 0.001])
def test_a_senseless_share_is_refused(data, share):
    with pytest.raises(InvalidValueError, match="validation"):
        trained(*data, validation=share)
