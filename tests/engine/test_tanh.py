"""tanh: its derivative, every rule that goes with it, descriptions, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from engine_helpers import N_CLASSES, TOLERANCE, gradient_error, numeric_gradient, relative_error, steps_of

from mfnumpy import engines, equations, layers, network, rules
from mfnumpy.errors import InvalidValueError, UnknownNameError
from mfnumpy.saving import model as models
from mfnumpy.support.seeding import stream

TANH = [name for name, rule in rules.RULES.items() if "tanh" in rule.activations]


def build(kind: str, activation: str = "tanh") -> network.Network:
    """All sizes different."""
    if kind == "mlp":
        return network.mlp(9, (6, 8), bias=True, activation=activation, dtype="float64")
    return network.cnn((7, 6, 2), (5, 3), bias=True, activation=activation, dtype="float64")


def case(name: str, kind: str):
    """A started rule, its network and a batch."""
    net = build(kind)
    rule = rules.make(name)
    rule.start(net, N_CLASSES)
    rng = stream(0, "tanh batch")
    return rule, net, rng.standard_normal((5, *net.input_shape)), np.array([0, 3, 1, 2, 1])


def test_the_derivative_is_that_of_differences():
    rng = stream(0, "tanh")
    z, upstream = rng.standard_normal((3, 5)), rng.standard_normal((3, 5))
    dz = layers.tanh_backward(z, upstream)
    assert gradient_error(lambda z: (layers.tanh_forward(z) * upstream).sum(), {0: dz}, z) < TOLERANCE
    assert np.abs(layers.relu_backward(z, upstream) - dz).max() > 0.1


def worst_error(name: str, kind: str) -> float:
    """Every gradient that the rule promises to be exact, against differences of its step's loss."""
    rule, net, x, y = case(name, kind)
    parameters, worst, seen = rule.parameters(net), 0.0, 0
    for place, step in enumerate(steps_of(rule, net, x, y)):
        for key, gradient in step.gradients.items():
            if rule.exact or key == "readout.W":

                def loss(place=place):
                    return float(steps_of(rule, net, x, y)[place].loss)

                worst, seen = max(worst, relative_error(gradient, numeric_gradient(loss, parameters[key]))), seen + 1
    assert seen
    return worst


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
@pytest.mark.parametrize("name", TANH)
def test_gradients_of_every_rule_agree_with_central_differences(name, kind):
    assert worst_error(name, kind) < TOLERANCE


@pytest.mark.parametrize("name", ["mf", "bp"])
def test_planted_relus_mask_in_place_of_the_slope_is_caught(monkeypatch, name):
    monkeypatch.setattr(layers.ACTIVATIONS["tanh"], "backward", layers.relu_backward)
    assert worst_error(name, "mlp") > 1e-2


def test_feedback_alignment_with_the_transposed_weights_is_backpropagation():
    rule, net, x, y = case("fa", "mlp")
    bp = rules.make("bp")
    bp.start(net, N_CLASSES)
    rule.feedback[:] = [net.blocks[1].parameters["W"], rule.readout.parameters["W"]]
    (fa,), (own,) = steps_of(rule, net, x, y), steps_of(bp, net, x, y)
    for name, gradient in own.gradients.items():
        np.testing.assert_array_equal(fa.gradients[name], gradient)


@pytest.mark.parametrize("name", ["ff", "ff_one_pass"])
def test_forward_forward_says_why_not(name):
    with pytest.raises(InvalidValueError, match=r"activation tanh: goodness, the sum of a\^2, must be free to grow"):
        rules.make(name).start(build("mlp"), N_CLASSES)


def test_a_weight_gradient_of_ones_own_has_relus_mask_and_is_refused():
    net = build("mlp")
    rule = rules.RULES["mf"](weight_gradient=lambda x, z, M, dG: equations.weight_gradient(x, z, M, dG))
    rule.start(net, N_CLASSES)
    with pytest.raises(InvalidValueError, match="block1 has the activation tanh"):
        steps_of(rule, net, stream(0, "x").standard_normal((3, 9)), np.array([0, 1, 2]))


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_descriptions_and_files_keep_it_and_say_nothing_new_of_relu(kind, tmp_path):
    net = build(kind)
    assert network.Network.from_spec(json.loads(json.dumps(net.spec()))).spec() == net.spec()
    assert "tanh" in net.describe()
    assert all("activation" not in block for block in build(kind, "relu").spec()["blocks"])
    rule = rules.make("fa")
    rule.start(net, N_CLASSES)
    models.save(tmp_path / "m.npz", net, rule)
    again, other, _ = models.load(tmp_path / "m.npz")
    x = stream(0, "x").standard_normal((4, *net.input_shape))
    np.testing.assert_array_equal(other.scores(again, x), rule.scores(net, x))
    with pytest.raises(UnknownNameError, match="Did you mean 'tanh'"):
        build(kind, "tan")


def test_weights_start_smaller_and_so_do_the_feedback_matrices_in_their_place():
    nets = [network.mlp(9, (60, 80), activation=name, dtype="float64") for name in ("relu", "tanh")]
    W = [net.blocks[1].parameters["W"] for net in nets]
    np.testing.assert_allclose(W[1] * np.sqrt(2), W[0], rtol=1e-12)
    B = []
    for net in nets:
        rule = rules.make("fa")
        rule.start(net, N_CLASSES)
        B.append(rule.feedback[0])
    np.testing.assert_allclose(B[1] * np.sqrt(2), B[0], rtol=1e-12)


def test_the_engines_line_says_why_the_reference_is_taken():
    rule, net, _, _ = case("bp", "mlp")
    assert engines.choose(net, rule).why == "the fast engine is written for ReLU, not for tanh"
