"""The layers without parameters: ReLU, tanh, average pooling, flatten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mfnumpy import choices
from mfnumpy.backend import Array, xp_of
from mfnumpy.errors import ShapeError
from mfnumpy.layers import at_once
from mfnumpy.layers.windows import Size, check_images, check_pooled, conv_output_size, windows
from mfnumpy.support.validate import check_floats, pair


def relu_forward(z: Array) -> Array:
    """a = max(z, 0), entry by entry. z: any shape. Returns a new array of the same shape and dtype."""
    check_floats("ReLU", z=z)
    return xp_of(z).maximum(z, 0)


def relu_backward(z: Array, da: Array) -> Array:
    """dz = da where z > 0, else 0.

    z, da: the same shape, else ShapeError. The derivative at z = 0 is taken as 0; masking on a > 0 is the same.
    """
    check_floats("ReLU, backward", z=z, da=da)
    if z.shape != da.shape:
        raise ShapeError(f"ReLU, backward: z and da must have one shape; got {tuple(z.shape)} and {tuple(da.shape)}.")
    return da * (z > 0)


def tanh_forward(z: Array) -> Array:
    """a = tanh(z), entry by entry. z: any shape. Returns a new array of the same shape and dtype."""
    check_floats("tanh", z=z)
    return xp_of(z).tanh(z)


def tanh_backward(z: Array, da: Array) -> Array:
    """dz = da (1 - tanh(z)^2). z, da: the same shape, else ShapeError."""
    check_floats("tanh, backward", z=z, da=da)
    if z.shape != da.shape:
        raise ShapeError(f"tanh, backward: z and da must have one shape; got {tuple(z.shape)} and {tuple(da.shape)}.")
    a = xp_of(z).tanh(z)
    return da * (1 - a * a)


@dataclass
class Activation:
    """What follows a linear layer, entry by entry.

    words: the name in descriptions.
    forward: z -> a.
    backward: (z, da) -> dz.
    variance: n_in times the variance with which the weights before it start.
    """

    words: str
    forward: Callable[[Array], Array]
    backward: Callable[[Array, Array], Array]
    variance: float


ACTIVATIONS = {
    "relu": Activation("ReLU", relu_forward, relu_backward, choices.WEIGHT_INIT.value),
    "tanh": Activation("tanh", tanh_forward, tanh_backward, choices.TANH_INIT.value),
}
"""By the name for each in a description (`spec`)."""


def avgpool_forward(x: Array, size: Size, stride: Size | None = None) -> Array:
    """The mean over each window: y[n, oh, ow, c] = mean of x[n, oh SH : oh SH + PH, ow SW : ow SW + PW, c].

    x: (N, H, W, C).
    size: the window, an integer, or (PH, PW).
    stride: from one window to the next, an integer, or (SH, SW); None for the window itself.
    Returns (N, OH, OW, C). Rows and columns that fill no whole window are left out.
    """
    check_images("AvgPool2d", x)
    window, stride = pair("size", size, 1), pair("stride", size if stride is None else stride, 1)
    N, H, W, C = x.shape
    OH, OW = conv_output_size(H, W, window, stride)
    y = xp_of(x).zeros((N, OH, OW, C), dtype=x.dtype)
    for _, _, down, right in windows((OH, OW), window, stride):
        y += x[:, down, right, :]
    y /= window[0] * window[1]
    return y


def avgpool_backward(
    dy: Array, size: Size, x_shape: tuple[int, ...] | None = None, stride: Size | None = None
) -> Array:
    """Each error shared out evenly over its window: dx = dy / (PH PW) at every place of the window.

    dy: (N, OH, OW, C), gradient of the loss at the pooled images.
    size: the window, an integer, or (PH, PW).
    x_shape: (N, H, W, C) of the input; None for the image that the windows fill exactly.
    stride: from one window to the next, an integer, or (SH, SW); None for the window itself.
    Returns dx of that shape; left-out rows and columns get 0. Raises ShapeError if dy does not belong to x_shape.
    """
    check_images("avgpool_backward", dy)
    window, stride = pair("size", size, 1), pair("stride", size if stride is None else stride, 1)
    N, OH, OW, C = dy.shape
    if x_shape is None:
        x_shape = (N, (OH - 1) * stride[0] + window[0], (OW - 1) * stride[1] + window[1], C)
    check_pooled(dy, x_shape, window, stride)
    dx = xp_of(dy).zeros(x_shape, dtype=dy.dtype)
    share = dy / (window[0] * window[1])
    for _, _, down, right in windows((OH, OW), window, stride):
        dx[:, down, right, :] += share
    return dx


class ReLU:
    """a = max(z, 0). It holds nothing."""

    def forward(self, z: Array) -> Array:
        """a for any z; see `relu_forward`."""
        return relu_forward(z)

    def backward(self, z: Array, da: Array) -> Array:
        """dz; see `relu_backward`."""
        return relu_backward(z, da)


class AvgPool2d:
    """The mean over each window of an image. It holds the window's size and stride."""

    def __init__(self, size: Size = 2, stride: Size | None = None):
        self.size = pair("size", size, 1)
        self.stride = self.size if stride is None else pair("stride", stride, 1)

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Shape of one sample's output. Raises ShapeError if the window does not fit."""
        H, W, C = input_shape
        return (*conv_output_size(H, W, self.size, self.stride), C)

    def forward(self, x: Array) -> Array:
        """See `avgpool_forward`."""
        pool = at_once.avgpool_forward if at_once.is_faster(x) else avgpool_forward
        return pool(x, self.size, self.stride)

    def backward(self, x_shape: tuple[int, ...], dy: Array) -> Array:
        """See `avgpool_backward`."""
        if at_once.is_faster(dy) and self.stride == self.size and self.fills(x_shape):
            return at_once.avgpool_backward(dy, self.size, x_shape)
        return avgpool_backward(dy, self.size, x_shape, self.stride)

    def fills(self, x_shape: tuple[int, ...]) -> bool:
        """Whether windows side by side cover the whole image."""
        return x_shape[1] % self.size[0] == 0 and x_shape[2] % self.size[1] == 0


class Flatten:
    """(N, H, W, C) -> (N, H*W*C). It holds nothing."""

    def forward(self, x: Array) -> Array:
        """Each sample as a row; a copy, so that writing to it does not reach x."""
        return x.reshape(x.shape[0], -1).copy()

    def backward(self, x_shape: tuple[int, ...], dy: Array) -> Array:
        """The rows back in the input's shape; a copy."""
        return dy.reshape(x_shape).copy()
