"""Eq. (7) of a block: a convolution's own is computed the plain way, a function handed in gets what it can take."""

import numpy as np
import pytest
from engine_helpers import N_CLASSES, small_batch, small_net

from mfnumpy import equations
from mfnumpy.blocks import Block
from mfnumpy.support.seeding import stream


def handed_in(x, z, M, dG):
    """A student's Eq. (7), which is right."""
    return x.T @ ((dG @ M) * (z > 0))


def at_block_2(kind, bias):
    net = small_net(kind, bias=bias)
    block, trace = net.blocks[1], net.forward(small_batch(net)[0])[1]
    rng = stream(3, "local gradients")
    return block, rng.standard_normal((N_CLASSES, net.widths[1])), rng.standard_normal((len(trace.x), N_CLASSES)), trace


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_the_plain_way_and_a_function_handed_in_give_the_same(kind, bias, monkeypatch):
    block, M, dG, trace = at_block_2(kind, bias)
    plain, other = block.local_gradients(M, dG, trace), block.local_gradients(M, dG, trace, handed_in)
    assert plain.keys() == other.keys() == block.parameters.keys()
    for key in plain:
        assert plain[key].shape == block.parameters[key].shape
        np.testing.assert_allclose(plain[key], other[key], rtol=1e-12, atol=1e-12)
    if kind == "cnn":  # planted: the mask of the plain way is left out
        monkeypatch.setattr(Block, "error_at_z", lambda self, da, trace: self._unpool(da, trace))
        assert not np.allclose(block.local_gradients(M, dG, trace)["W"], other["W"])


def test_a_convolutions_own_equation_needs_no_identity_matrix(monkeypatch):
    block, M, dG, trace = at_block_2("cnn", bias=True)

    def refused(*args, **options):
        raise AssertionError("a product with the identity")

    monkeypatch.setattr(np, "eye", refused)
    block.local_gradients(M, dG, trace)
    block.local_gradients(M, dG, trace, equations.weight_gradient)
    with pytest.raises(AssertionError, match="identity"):
        block.local_gradients(M, dG, trace, handed_in)
