"""Layers against central differences, entry by entry, with an upstream gradient drawn at random."""

import numpy as np
import pytest
from engine_helpers import TOLERANCE, gradient_error

from mfnumpy.errors import DTypeError, InvalidValueError, MfnumpyError, ShapeError
from mfnumpy.layers import (
    AvgPool2d,
    Conv2d,
    Dense,
    Flatten,
    ReLU,
    avgpool_backward,
    avgpool_forward,
    conv2d_backward,
    conv2d_forward,
    conv_output_size,
    dense_backward,
    dense_forward,
    he_normal,
    im2col,
    relu_backward,
    relu_forward,
)
from mfnumpy.support.seeding import stream


@pytest.fixture
def rng():
    return stream(21, "layer tests")


def test_dense(rng):
    x, W, b = rng.standard_normal((7, 5)), rng.standard_normal((5, 6)), rng.standard_normal(6)
    u = rng.standard_normal((7, 6))
    dx, dW, db = dense_backward(x, W, u)
    assert (
        gradient_error(lambda x, W, b: (u * dense_forward(x, W, b)).sum(), {0: dx, 1: dW, 2: db}, x, W, b) < TOLERANCE
    )
    assert gradient_error(lambda x, W: (u * dense_forward(x, W)).sum(), {0: dx, 1: dW}, x, W) < TOLERANCE
    for planted in ({2: u.sum(axis=1)}, {2: u.mean(axis=0)}, {1: dW.T}, {0: u @ rng.standard_normal((6, 5))}):
        assert gradient_error(lambda x, W, b: (u * dense_forward(x, W, b)).sum(), planted, x, W, b) > 1e-2


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 1, 0), ((3, 2), (1, 2), (0, 1)), ((1, 4), (3, 1), 2)])
def test_conv2d(rng, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    x, W, b = rng.standard_normal((2, 6, 5, 3)), rng.standard_normal((KH * KW * 3, 4)), rng.standard_normal(4)
    sizes = (kernel, stride, padding)
    u = rng.standard_normal(conv2d_forward(x, W, b, *sizes).shape)
    dx, dW, db = conv2d_backward(x, W, u, *sizes)

    def loss(x, W, b):
        return (u * conv2d_forward(x, W, b, *sizes)).sum()

    assert gradient_error(loss, {0: dx, 1: dW, 2: db}, x, W, b) < TOLERANCE
    assert gradient_error(lambda x, W: (u * conv2d_forward(x, W, None, *sizes)).sum(), {0: dx, 1: dW}, x, W) < TOLERANCE
    order_of_channels_first = dW.reshape(KH, KW, 3, 4).transpose(2, 0, 1, 3).reshape(dW.shape)
    assert gradient_error(loss, {1: order_of_channels_first}, x, W, b) > 1e-2


@pytest.mark.parametrize(("size", "stride"), [(2, None), ((3, 2), None), ((2, 3), (1, 2)), (2, 3), ((1, 2), (2, 1))])
def test_avgpool(rng, size, stride):
    x = rng.standard_normal((2, 7, 6, 3))
    u = rng.standard_normal(avgpool_forward(x, size, stride).shape)
    dx = avgpool_backward(u, size, x.shape, stride)
    assert gradient_error(lambda x: (u * avgpool_forward(x, size, stride)).sum(), {0: dx}, x) < TOLERANCE
    assert gradient_error(lambda x: (u * avgpool_forward(x, size, stride)).sum(), {0: dx * 4}, x) > 1e-2


def test_avgpool_backward_without_the_input_shape_takes_the_image_that_the_windows_fill(rng):
    u = rng.standard_normal((2, 3, 2, 5))
    assert np.array_equal(avgpool_backward(u, (2, 3)), avgpool_backward(u, (2, 3), (2, 6, 6, 5)))
    assert avgpool_backward(u, 2, stride=1).shape == (2, 4, 3, 5)


def test_relu_away_from_its_kink(rng):
    z, u = rng.standard_normal((4, 5, 3)), rng.standard_normal((4, 5, 3))
    z += 0.01 * np.sign(z)
    assert np.abs(z).min() > 1e-3
    assert gradient_error(lambda z: (u * relu_forward(z)).sum(), {0: relu_backward(z, u)}, z) < TOLERANCE
    for planted in (u, u * (z < 0), u * (z > 1)):
        assert gradient_error(lambda z: (u * relu_forward(z)).sum(), {0: planted}, z) > 1e-2


def test_relu_at_the_kink_takes_zero():
    assert relu_backward(np.array([0.0, -0.0, 1e-300]), np.array([5.0, 5.0, 5.0])).tolist() == [0, 0, 5]


def test_flatten_is_undone_by_its_backward_and_copies(rng):
    x = rng.standard_normal((2, 3, 4, 5))
    rows = Flatten().forward(x)
    assert rows.shape == (2, 60)
    assert np.array_equal(rows[1], [x[1, i, j, c] for i in range(3) for j in range(4) for c in range(5)])
    back = Flatten().backward(x.shape, rows)
    assert np.array_equal(back, x)
    assert not np.shares_memory(rows, x)
    assert not np.shares_memory(back, rows)


# -- the classes say the same as the functions --------------------------------------------------------------------


@pytest.mark.parametrize("bias", [False, True])
def test_dense_class(rng, bias):
    layer = Dense(12, 5, rng, bias=bias, dtype="float64", name="d")
    assert set(layer.parameters) == ({"W", "b"} if bias else {"W"})
    if bias:
        layer.parameters["b"][...] = rng.standard_normal(5)
    x, u, W = rng.standard_normal((7, 3, 2, 2)), rng.standard_normal((7, 5)), layer.parameters["W"]
    rows = layer.rows(x)
    dx, dW, db = dense_backward(rows, W, u)
    assert np.array_equal(layer.forward(x), dense_forward(x.reshape(7, 12), W, layer.parameters.get("b")))
    gradients = layer.parameter_gradients(rows, u)
    assert np.array_equal(gradients["W"], dW)
    assert set(gradients) == set(layer.parameters)
    assert not bias or np.array_equal(gradients["b"], db)
    assert np.array_equal(layer.input_gradient(u, x.shape), dx.reshape(x.shape))
    B = rng.standard_normal(W.shape)
    assert np.array_equal(layer.input_gradient(u, x.shape, B), (u @ B.T).reshape(x.shape))
    assert layer.output_shape((3, 2, 2)) == (5,)


@pytest.mark.parametrize("bias", [False, True])
def test_conv_class(rng, bias):
    sizes = {"kernel": (3, 2), "stride": (2, 1), "padding": (1, 0)}
    layer = Conv2d(2, 5, rng, **sizes, bias=bias, dtype="float64", name="c")
    if bias:
        layer.parameters["b"][...] = rng.standard_normal(5)
    x, W, b = rng.standard_normal((3, 7, 6, 2)), layer.parameters["W"], layer.parameters.get("b")
    z = layer.forward(x)
    u = rng.standard_normal(z.shape)
    assert np.array_equal(z, conv2d_forward(x, W, b, *sizes.values()))
    dx, dW, db = conv2d_backward(x, W, u, *sizes.values())
    gradients = layer.parameter_gradients(layer.rows(x), u)
    assert np.array_equal(gradients["W"], dW)
    assert not bias or np.array_equal(gradients["b"], db)
    assert np.array_equal(layer.input_gradient(u, x.shape), dx)
    B = rng.standard_normal(W.shape)
    assert np.array_equal(layer.input_gradient(u, x.shape, B), conv2d_backward(x, B, u, *sizes.values())[0])
    assert layer.output_shape((7, 6, 2)) == z.shape[1:]


def test_relu_and_pool_classes(rng):
    x = rng.standard_normal((2, 7, 6, 3))
    assert np.array_equal(ReLU().forward(x), relu_forward(x))
    u = rng.standard_normal(x.shape)
    assert np.array_equal(ReLU().backward(x, u), relu_backward(x, u))
    pool = AvgPool2d((2, 3), (1, 2))
    y = pool.forward(x)
    assert np.array_equal(y, avgpool_forward(x, (2, 3), (1, 2)))
    assert pool.output_shape(x.shape[1:]) == y.shape[1:]
    v = rng.standard_normal(y.shape)
    assert np.array_equal(pool.backward(x.shape, v), avgpool_backward(v, (2, 3), x.shape, (1, 2)))


def test_layers_hold_nothing_of_a_batch(rng):
    """Two forward passes before one backward: FF needs that, and a layer that remembers the last batch fails it."""
    layer, conv = Dense(5, 4, rng, dtype="float64"), Conv2d(2, 3, rng, dtype="float64")
    before = [sorted(vars(layer)), sorted(vars(conv))]
    layer.forward(rng.standard_normal((3, 5)))
    conv.forward(rng.standard_normal((3, 5, 5, 2)))
    assert [sorted(vars(layer)), sorted(vars(conv))] == before


def test_he_normal_has_the_variance_that_relu_halves():
    W = he_normal(stream(0, "he"), 300, 200, "float32")
    assert W.dtype == np.float32
    assert abs(W.var() * 300 - 2) < 0.05
    assert abs(W.mean()) < 0.002


# -- bad input -------------------------------------------------------------------------------------------------------


def test_messages_name_the_layer_both_shapes_and_a_guess(rng):
    with pytest.raises(
        ShapeError, match=r"Dense 'block2': x has shape \(3, 784\), W expects \(N, 1000\).*Did an earlier"
    ):
        Dense(1000, 5, rng, name="block2").forward(np.zeros((3, 784), np.float32))
    with pytest.raises(ShapeError, match=r"block3: expects images \(H, W, 2\); got \(5, 5, 3\)"):
        Conv2d(2, 3, rng, name="block3").forward(np.zeros((2, 5, 5, 3), np.float32))
    with pytest.raises(ShapeError, match=r"Conv2d 'block3': images must be \(N, H, W, C\); got shape \(2, 75\)"):
        Conv2d(3, 3, rng, name="block3").forward(np.zeros((2, 75), np.float32))
    with pytest.raises(DTypeError, match="x float64, W float32"):
        Dense(5, 4, rng).forward(np.zeros((3, 5)))
    with pytest.raises(ShapeError, match=r"5x5 kernel does not fit into 3x4 with padding \(0, 0\)"):
        im2col(np.zeros((1, 3, 4, 2)), 5)
    with pytest.raises(ShapeError, match=r"for images \(2, 8, 6, 1\) dy must be \(2, 4, 3, 1\); got \(2, 3, 3, 1\)"):
        avgpool_backward(np.zeros((2, 3, 3, 1)), 2, (2, 8, 6, 1))
    with pytest.raises(ShapeError, match=r"dy must be \(4, 4, 3, 1\); got \(2, 4, 3, 1\)"):
        avgpool_backward(np.zeros((2, 4, 3, 1)), 2, (4, 8, 6, 1))


@pytest.mark.parametrize("bad", [0, -1, 1.5, (1, 2, 3), (2, 0), True, "3", None])
def test_sizes_are_positive_integers_or_pairs(bad):
    with pytest.raises(MfnumpyError, match="kernel must be an integer >= 1"):
        conv_output_size(8, 8, bad)
    if bad != 0:
        with pytest.raises(InvalidValueError, match="padding must be an integer >= 0"):
            conv_output_size(8, 8, 3, 1, bad if bad != (2, 0) else (2, -1))
