"""What a rule draws at the start: the size of every matrix, and the defaults that the paper leaves open."""

import numpy as np
import pytest
from engine_helpers import small_net, started

from mfnumpy import network, optim, rules
from mfnumpy.errors import InvalidValueError
from mfnumpy.measure import gradients_of
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

WIDTHS = {"block1": 300, "block2": 200}
CLASSES = 60


@pytest.fixture(scope="module")
def net():
    return network.mlp(400, tuple(WIDTHS.values()), seed=1)


def drawn(name, net):
    rule = rules.make(name)
    rule.start(net, CLASSES, 1)
    return {k: v for k, v in (rule.parameters(net) | rule.fixed()).items() if k not in net.parameters()}


EXPECTED = {
    "bp": {"readout.W": (200, 1.0)},
    "shallow": {"readout.W": (200, 1.0)},
    "mf": {"block1.M": (300, 1.0), "block2.M": (200, 1.0)},
    "mf_joint": {"block1.M": (300, 1.0), "block2.M": (200, 1.0)},
    "deep_supervision": {"block1.M": (300, 1.0), "block2.M": (200, 1.0), "readout.W": (200, 1.0)},
    "dfa": {"block1.B": (300, 1.0), "block2.B": (200, 1.0), "readout.W": (200, 1.0)},
    "fa": {"block1.B": (300, 2.0), "block2.B": (200, 1.0), "readout.W": (200, 1.0)},
    "ff": {},
    "ff_one_pass": {"readout.W": (500, 0.0)},
}
"""The matrices that a rule adds: the number of neurons n that feed them, and the variance times n."""


@pytest.mark.parametrize("name", EXPECTED)
def test_size_of_what_a_rule_draws(name, net):
    """N(0, gain/n): five standard errors of a variance from at least 12,000 numbers are 7 %."""
    found = drawn(name, net)
    assert set(found) == set(EXPECTED[name])
    for k, (n, gain) in EXPECTED[name].items():
        assert n in found[k].shape
        assert abs(found[k].var() * n - gain) <= 0.07 * gain, k
        assert abs(found[k].mean()) < 0.05 * np.sqrt(gain / n) or gain == 0, k


def test_blocks_start_with_hes_variance(net):
    for W, n in zip(net.parameters().values(), (400, 300), strict=True):
        assert abs(W.var() * n - 2) < 0.06


def test_feedback_has_the_size_of_the_weights_that_it_stands_for(net):
    fed_back = drawn("fa", net)
    assert np.isclose(fed_back["block1.B"].var(), net.parameters()["block2.W"].var(), rtol=0.05)
    assert np.isclose(fed_back["block2.B"].var(), fed_back["readout.W"].var(), rtol=0.1)


def test_no_two_matrices_are_the_same_numbers():
    """Equal shapes, so that one stream used twice would show."""
    square = network.mlp(CLASSES, (CLASSES, CLASSES), seed=1)
    for name in rules.RULES:
        arrays = [*drawn(name, square).values(), *square.parameters().values()]
        flat = [a.ravel() for a in arrays if a.any()]
        for i, a in enumerate(flat):
            for b in flat[:i]:
                assert abs(np.corrcoef(a, b)[0, 1]) < 0.1


def test_threshold_of_forward_forward():
    net = small_net("mlp")
    assert [started("ff", net).threshold(net, i) for i in (0, 1)] == [6.0, 8.0]
    assert [started("ff", net, normalise="length").threshold(net, i) for i in (0, 1)] == [2.0, 2.0]
    assert [started("ff", net, theta=0.3).threshold(net, i) for i in (0, 1)] == [0.3, 0.3]


@pytest.mark.parametrize("name", [n for n in rules.RULES if rules.make(n).parts])
def test_a_trainer_refuses_a_rule_that_does_not_know_the_new_block(name):
    net = small_net("mlp", dtype="float32")
    rule = started(name, net)
    net.plug(net.new_dense(5))
    with pytest.raises(rules.NotStartedError, match=r"rule\.plug\(net\) after net\.plug\(block\)"):
        Trainer(net, rule, optim.Adam(), epochs=1, batch_size=1).fit(np.zeros((3, 9), np.float32), np.array([0, 1, 2]))


@pytest.mark.parametrize(("name", "bias"), [("2x30", True), ("cnn:3-5", False)])
def test_init_is_a_factor_of_the_blocks_weights_alone(name, bias):
    shape = (12, 9, 2)
    plain, small = (network.named(name, shape, bias=bias, seed=3, init=init) for init in (1.0, 0.25))
    for key, before in plain.parameters().items():
        assert np.array_equal(small.parameters()[key], before * (0.25 if key.endswith(".W") else 1)), key
    assert "init" not in plain.spec()
    again = network.Network.from_spec(small.spec())
    assert all(np.array_equal(again.parameters()[k], small.parameters()[k]) for k in small.parameters())
    assert np.array_equal(again.new_dense(4).parameters["W"], plain.new_dense(4).parameters["W"] * np.float32(0.25))
    for wrong in (0, -1.0, float("inf"), True, "small"):
        with pytest.raises(InvalidValueError, match="init must be a positive number"):
            network.named(name, shape, init=wrong)


@pytest.mark.parametrize("name", ["fa", "dfa"])
def test_the_scale_of_the_feedback_multiplies_a_blocks_gradient_by_one_number(name):
    """A power of two, so that it does to the last bit. Through k matrices: its k-th power; the readout: untouched."""
    net = small_net("mlp", blocks=3)
    x, y = stream(5, "x").standard_normal((7, 9)), stream(5, "y").integers(0, 4, 7)
    plain, scaled = rules.make(name), rules.make(name, feedback_scale=0.125)
    assert rules.make(name, **scaled.options()).feedback_scale == 0.125
    found = []
    for rule in (plain, scaled):
        rule.start(net, 4, 2)
        found.append(gradients_of(net, rule, x, y))
    through = {"fa": (3, 2, 1), "dfa": (1, 1, 1)}[name]
    for i, power in enumerate(through, 1):
        assert np.array_equal(found[1][f"block{i}.W"], found[0][f"block{i}.W"] * 0.125**power)
        assert found[0][f"block{i}.W"].any()
    assert np.array_equal(found[1]["readout.W"], found[0]["readout.W"])
    with pytest.raises(InvalidValueError, match="feedback_scale must be a positive number"):
        rules.make(name, feedback_scale=0.0)
