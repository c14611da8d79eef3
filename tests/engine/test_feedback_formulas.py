"""FA's and DFA's updates against their formulas, written out in plain loops with nothing of the engine's."""

import numpy as np
import pytest
from engine_helpers import case_away_from_kinks, gradients_of, relative_error, small_batch, small_net, started
from naive_network import Naive, linear_input_error

import mfnumpy.rules.dfa
from mfnumpy import layers, optim
from mfnumpy.train import Trainer

CLOSE = 1e-12


def fa_by_hand(case):
    """delta_l = (delta_{l+1} B_{l+1}) * f'(z_l), from the top down."""
    naive = Naive(case.net, case.rule.readout.parameters["W"], case.x, case.y)
    found = {"readout.W": naive.top.T @ naive.error}
    da = naive.error @ case.rule.feedback[-1].T
    for i in reversed(range(len(case.net.blocks))):
        dz = naive.error_at_z(i, da)
        found |= naive.gradients(i, dz)
        if i:
            da = linear_input_error(case.net.blocks[i], dz, case.rule.feedback[i - 1], naive.inputs[i].shape)
    return found


def dfa_by_hand(case):
    """delta_l = (e B_l) * f'(z_l), each on its own."""
    naive = Naive(case.net, case.rule.readout.parameters["W"], case.x, case.y)
    found = {"readout.W": naive.top.T @ naive.error}
    for i, B in enumerate(case.rule.feedback):
        found |= naive.gradients(i, naive.error_at_z(i, naive.error @ B))
    return found


BY_HAND = {"fa": fa_by_hand, "dfa": dfa_by_hand}


def errors(case):
    gradients, expected = gradients_of(case.rule, case.net, case.x, case.y), BY_HAND[case.rule.name](case)
    assert set(gradients) == set(expected) == set(case.rule.parameters(case.net))
    return {name: relative_error(gradients[name], expected[name]) for name in expected}


@pytest.mark.parametrize("bias", [False, True], ids=["no_bias", "bias"])
@pytest.mark.parametrize("kind", ["mlp", "cnn"])
@pytest.mark.parametrize("name", ["fa", "dfa"])
def test_update_is_the_formula(name, kind, bias):
    assert max(errors(case_away_from_kinks(name, kind, bias=bias)).values()) < CLOSE


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_planted_the_weights_in_place_of_B_are_caught(kind):
    case = case_away_from_kinks("fa", kind)
    original = case.net.blocks[1].error_to_input
    case.net.blocks[1].error_to_input = lambda dz, trace, W=None: original(dz, trace)
    found = errors(case)
    assert found["block1.W"] > 1e-2
    assert found["block2.W"] < CLOSE


@pytest.mark.parametrize("name", ["fa", "dfa"])
def test_planted_a_missing_mask_is_caught(name, monkeypatch):
    case = case_away_from_kinks(name, "mlp")
    monkeypatch.setattr(layers.ACTIVATIONS["relu"], "backward", lambda z, da: da)
    assert min(e for n, e in errors(case).items() if n != "readout.W") > 1e-2


def test_planted_a_dfa_that_chains_through_the_weights_is_caught(monkeypatch):
    def chained(self, net, traces, dG):
        da = dG @ self.feedback[-1]
        for i in reversed(range(len(net.blocks))):
            dz = net.blocks[i].error_at_z(da, traces[i])
            yield i, dz
            da = net.blocks[i].error_to_input(dz, traces[i])

    case = case_away_from_kinks("dfa", "mlp")
    monkeypatch.setattr(mfnumpy.rules.dfa.DirectFeedbackAlignment, "errors_at_z", chained)
    found = errors(case)
    assert found["block1.W"] > 1e-2
    assert found["block2.W"] < CLOSE


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
@pytest.mark.parametrize("name", ["fa", "dfa"])
def test_feedback_is_fixed_and_never_a_parameter(name, kind):
    """Two calls give the same update; training leaves every B its bytes; the optimiser is never shown one."""
    net = small_net(kind, dtype="float32")
    x, y = small_batch(net)
    rule = started(name, net)
    first, second = gradients_of(rule, net, x, y), gradients_of(rule, net, x, y)
    assert all(np.array_equal(first[k], second[k]) for k in first)
    before = {k: B.copy() for k, B in rule.fixed().items()}
    assert len(before) == 2
    assert not set(before) & set(rule.parameters(net))
    Trainer(net, rule, optim.Adam(1e-2), epochs=3, batch_size=2).fit(x, y)
    assert all(np.array_equal(before[k], B) for k, B in rule.fixed().items())
    assert not any(np.shares_memory(B, p) for B in rule.fixed().values() for p in rule.parameters(net).values())


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_given_z_and_error_fa_needs_B_and_not_W(kind):
    """With z and output error held, dz_1 of FA and DFA follows B and ignores the W above; BP's does not."""
    ignores = {}
    for name in ("fa", "dfa", "bp"):
        case = case_away_from_kinks(name, kind)
        traces = case.net.forward(case.x)
        dG = case.rule.loss_gradient(case.rule.readout.forward(traces[-1].a), case.y)

        def at_z(case=case, traces=traces, dG=dG):
            return dict(case.rule.errors_at_z(case.net, traces, dG))[0]

        before = at_z()
        case.net.blocks[1].parameters["W"] += 0.3
        case.rule.readout.parameters["W"] -= 0.2
        ignores[name] = np.array_equal(at_z(), before)
        if name != "bp":
            case.rule.feedback[0] += 0.3
            assert not np.array_equal(at_z(), before)
    assert ignores == {"fa": True, "dfa": True, "bp": False}


@pytest.mark.parametrize("name", ["fa", "dfa"])
def test_feedback_of_different_blocks_and_seeds_differs(name):
    net = small_net("mlp", blocks=3)
    a, b = started(name, net, 0), started(name, net, 1)
    assert all(not np.array_equal(B, C) for B, C in zip(a.feedback, b.feedback, strict=True))
    assert len({B.shape for B in a.feedback}) == 3
