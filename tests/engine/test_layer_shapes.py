"""Layers refuse arrays that do not belong together, above all those that NumPy would take without a word."""

import numpy as np
import pytest
from engine_helpers import small_net, started

from mfnumpy import layers
from mfnumpy.errors import BackendError, InvalidValueError, ShapeError
from mfnumpy.support.seeding import stream


def zeros(*shape):
    return np.zeros(shape)


WRONG = {
    "dense dW, rows": lambda: layers.dense_parameter_gradients(zeros(5, 3), zeros(4, 2)),
    "dense dW, vector": lambda: layers.dense_parameter_gradients(zeros(5, 3), zeros(5)),
    "dense dx": lambda: layers.dense_input_gradient(zeros(5, 2), zeros(3, 4)),
    "dense, all three": lambda: layers.dense_backward(zeros(5, 3), zeros(3, 4), zeros(5, 2)),
    "relu, one row for all": lambda: layers.relu_backward(zeros(5, 3), zeros(1, 3)),
    "relu, one column for all": lambda: layers.relu_backward(zeros(5, 3), zeros(5, 1)),
    "relu, a number": lambda: layers.relu_backward(zeros(5, 3), np.array(1.0)),
    "conv dz, height for width": lambda: layers.conv2d_backward(zeros(2, 6, 4, 3), zeros(27, 5), zeros(2, 2, 4, 5), 3),
    "conv dz, as rows": lambda: layers.conv2d_backward(zeros(2, 6, 4, 3), zeros(27, 5), zeros(16, 5), 3),
    "conv dz, maps": lambda: layers.conv2d_backward(zeros(2, 6, 4, 3), zeros(27, 5), zeros(2, 4, 2, 6), 3),
    "conv x, no image": lambda: layers.conv2d_backward(zeros(2, 72), zeros(27, 5), zeros(2, 4, 2, 5), 3),
    "pool dy, no image": lambda: layers.avgpool_backward(zeros(2, 6), 2),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_shapes_that_do_not_belong_together_are_refused(call):
    with pytest.raises(ShapeError, match="got"):
        call()


def test_the_right_shapes_are_not():
    layers.dense_backward(zeros(5, 3), zeros(3, 4), zeros(5, 4))
    layers.relu_backward(zeros(5, 3, 2), zeros(5, 3, 2))
    layers.conv2d_backward(zeros(2, 6, 4, 3), zeros(27, 5), zeros(2, 4, 2, 5), 3)
    layers.avgpool_backward(zeros(2, 3, 4, 5), 2)


@pytest.mark.parametrize("size", [0, -3, 2.0, "3", None, True])
def test_sizes_are_integers_from_1(size):
    rng = stream(0, "sizes")
    for make in (
        lambda: layers.Dense(size, 4, rng),
        lambda: layers.Dense(4, size, rng),
        lambda: layers.Conv2d(size, 4, rng),
        lambda: layers.Conv2d(4, size, rng),
    ):
        with pytest.raises(InvalidValueError, match=r"must be an integer >= 1; got"):
            make()


@pytest.mark.parametrize("dtype", ["int8", "float16", "nonsense", None])
def test_weights_are_floats_of_32_or_64_bits(dtype):
    with pytest.raises(InvalidValueError, match="'float32' or 'float64'"):
        layers.Dense(3, 4, stream(0, "sizes"), dtype=dtype)


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_scores_of_no_rows_and_of_lists_are_refused(kind):
    net = small_net(kind)
    rule = started("mf", net)
    with pytest.raises(ShapeError, match="at least 1"):
        rule.scores(net, np.zeros((0, *net.input_shape)))
    with pytest.raises(BackendError, match="got list"):
        rule.scores(net, np.zeros((2, *net.input_shape)).tolist())
