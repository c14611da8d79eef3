"""Rules that are the same rule in a special case: FA with B = W is BP; DFA is FA with one hidden block; MF with one
block and M = W_out^T is BP. Bit for bit where the same products are taken in the same order."""

import numpy as np
import pytest
from engine_helpers import (
    NETS,
    assert_same_bytes,
    gradients_of,
    model_arrays,
    small_batch,
    small_net,
    started,
    steps_of,
)

from mfnumpy import measure, optim
from mfnumpy.support.seeding import stream
from mfnumpy.train import Trainer

DTYPES = ("float32", "float64")


def tie_feedback(fa, net):
    """B is W itself, the very array: then it also follows W through training."""
    fa.feedback = [block.parameters["W"] for block in net.blocks[1:]] + [fa.readout.parameters["W"]]


@pytest.mark.parametrize("bias", [False, True], ids=["no_bias", "bias"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", NETS)
def test_fa_with_the_weights_as_feedback_is_bp_bit_for_bit(kind, dtype, bias):
    net = small_net(kind, dtype=dtype, bias=bias)
    x, y = small_batch(net)
    bp, fa = started("bp", net), started("fa", net)
    expected = gradients_of(bp, net, x, y)
    different = gradients_of(fa, net, x, y)
    assert not np.array_equal(different["block1.W"], expected["block1.W"]), "B is not W by itself"
    assert np.array_equal(different["readout.W"], expected["readout.W"])
    tie_feedback(fa, net)
    assert_same_bytes(gradients_of(fa, net, x, y), expected)
    fa.feedback = [B.copy() for B in fa.feedback]
    assert_same_bytes(gradients_of(fa, net, x, y), expected)


@pytest.mark.parametrize("kind", NETS)
def test_fa_whose_feedback_follows_the_weights_trains_as_bp_does(kind):
    trained = []
    for name in ("bp", "fa"):
        net = small_net(kind, dtype="float32")
        x, y = small_batch(net, n=13)
        rule = started(name, net)
        if name == "fa":
            tie_feedback(rule, net)
        Trainer(net, rule, optim.Adam(1e-2), epochs=4, batch_size=4).fit(x, y)
        trained.append({k: p.copy() for k, p in rule.parameters(net).items()})
    assert_same_bytes(*trained)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", NETS)
def test_dfa_is_fa_with_one_hidden_block(kind, dtype):
    net = small_net(kind, dtype=dtype, blocks=1)
    x, y = small_batch(net)
    fa, dfa = started("fa", net), started("dfa", net)
    expected = gradients_of(fa, net, x, y)
    dfa.feedback = [fa.feedback[0].T]  # (n, m) has the readout's shape, (m, n) takes e to the block
    assert_same_bytes(gradients_of(dfa, net, x, y), expected)
    dfa.feedback = [np.ascontiguousarray(fa.feedback[0].T)]  # BLAS may sum another layout in another order
    close = gradients_of(dfa, net, x, y)
    assert all(np.allclose(close[k], expected[k], rtol=1e-5, atol=1e-6) for k in expected)


def test_dfa_is_not_fa_with_two_hidden_blocks():
    net = small_net("mlp")
    x, y = small_batch(net)
    fa, dfa = started("fa", net), started("dfa", net)
    dfa.feedback[-1] = fa.feedback[-1].T
    a, b = gradients_of(fa, net, x, y), gradients_of(dfa, net, x, y)
    assert np.array_equal(a["block2.W"], b["block2.W"])
    assert not np.allclose(a["block1.W"], b["block1.W"])


@pytest.mark.parametrize("name", ["mf", "mf_joint"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", NETS)
def test_mono_forward_with_one_block_and_the_readout_as_projection_is_bp(kind, dtype, name):
    net = small_net(kind, dtype=dtype, blocks=1, bias=True)
    x, y = small_batch(net)
    bp, mf = started("bp", net), started(name, net)
    assert not np.allclose(gradients_of(mf, net, x, y)["block1.W"], gradients_of(bp, net, x, y)["block1.W"])
    mf.M = [bp.readout.parameters["W"].T]
    (expected,), (found,) = steps_of(bp, net, x, y), steps_of(mf, net, x, y)
    assert float(found.loss) == float(expected.loss)
    eps = 1e-12 if dtype == "float64" else 1e-5
    for theirs, own in (("block1.W", "block1.W"), ("block1.b", "block1.b"), ("block1.M", "readout.W")):
        a, b = found.gradients[theirs], expected.gradients[own]
        assert np.allclose(a.T if theirs.endswith("M") else a, b, rtol=eps, atol=eps)
    if kind == "mlp":  # the same products in the same order
        assert np.array_equal(found.gradients["block1.W"], expected.gradients["block1.W"])
    for mode in ("ff", "bp"):
        assert np.allclose(mf.scores(net, x, mode), bp.scores(net, x), rtol=eps, atol=eps)


@pytest.mark.parametrize("kind", NETS)
def test_deep_supervision_is_bp_plus_mf_joint(kind):
    net = small_net(kind)
    x, y = small_batch(net)
    bp, joint, deep = (started(name, net) for name in ("bp", "mf_joint", "deep_supervision"))
    a, b, c = (gradients_of(rule, net, x, y) for rule in (bp, joint, deep))
    for name in c:
        parts = [g[name] for g in (a, b) if name in g]
        assert np.allclose(c[name], sum(parts), rtol=1e-10, atol=1e-12)
    losses = [float(steps_of(rule, net, x, y)[0].loss) for rule in (bp, joint, deep)]
    assert np.isclose(losses[2], losses[0] + losses[1], rtol=1e-12)


def test_mf_and_its_joint_form_agree_on_the_last_block_only():
    net = small_net("mlp", blocks=3)
    x, y = small_batch(net)
    mf, joint = (gradients_of(started(name, net), net, x, y) for name in ("mf", "mf_joint"))
    for name in mf:
        same = np.allclose(mf[name], joint[name], rtol=1e-12)
        assert same == (name == "block3.W" or name.endswith(".M")), name


@pytest.mark.parametrize("kind", NETS)
def test_angles_to_bp(kind):
    """FA with B = W stands at 0 degrees, so does MF's last block; FA with B = -W points the other way."""
    net = small_net(kind)
    x, y = small_batch(net)
    fa = started("fa", net)
    tie_feedback(fa, net)
    assert all(angle < 1e-3 for angle in measure.alignment(net, fa, x, y).values())
    fa.feedback = [-fa.feedback[0], fa.feedback[1]]
    angles = measure.alignment(net, fa, x, y)
    assert angles["block1.W"] > 179.99
    assert angles["block2.W"] < 1e-3
    mf = started("mf", net)
    angles = measure.alignment(net, mf, x, y)
    assert angles["block2.W"] < 1e-3
    assert 1 < angles["block1.W"] < 179
    before = model_arrays(mf, net)
    measure.alignment(net, mf, x, y)
    assert_same_bytes(model_arrays(mf, net), before)


def test_an_angle_is_exact_near_0_and_180_too():
    """An arc cosine would give 0 for 1e-9 radians."""
    a = stream(2, "a").standard_normal(7)
    across = stream(2, "b").standard_normal(7)
    across -= across @ a / (a @ a) * a
    across *= np.linalg.norm(a) / np.linalg.norm(across)
    for radians in (1e-9, 0.3, np.pi / 2, 2.5):
        turned = 3 * (np.cos(radians) * a + np.sin(radians) * across)
        assert measure.angle(a, turned) == pytest.approx(np.degrees(radians), rel=1e-6)
    assert measure.angle(a, -2 * a) == 180
    assert measure.angle(a, 0 * a) == 90
