"""Layers with forward and backward written out; what backward needs is passed in, nothing hides on self."""

from mfnumpy.layers.convolution import (
    Conv2d,
    col2im,
    conv2d_backward,
    conv2d_forward,
    im2col,
)
from mfnumpy.layers.dense import (
    Dense,
    dense_backward,
    dense_forward,
    dense_input_gradient,
    dense_parameter_gradients,
    he_normal,
)
from mfnumpy.layers.shape import (
    ACTIVATIONS,
    Activation,
    AvgPool2d,
    Flatten,
    ReLU,
    avgpool_backward,
    avgpool_forward,
    relu_backward,
    relu_forward,
    tanh_backward,
    tanh_forward,
)
from mfnumpy.layers.windows import conv_output_size

LINEAR: dict[str, type[Dense] | type[Conv2d]] = {"Dense": Dense, "Conv2d": Conv2d}
"""The layers that a block can have, by the word for each in a description (`spec`)."""

__all__ = [
    "ACTIVATIONS",
    "LINEAR",
    "Activation",
    "AvgPool2d",
    "Conv2d",
    "Dense",
    "Flatten",
    "ReLU",
    "avgpool_backward",
    "avgpool_forward",
    "col2im",
    "conv2d_backward",
    "conv2d_forward",
    "conv_output_size",
    "dense_backward",
    "dense_forward",
    "dense_input_gradient",
    "dense_parameter_gradients",
    "he_normal",
    "im2col",
    "relu_backward",
    "relu_forward",
    "tanh_backward",
    "tanh_forward",
]
