"""Convolution by im2col: every patch becomes a row, and a convolution is a Dense layer on the rows.

Images are (N, H, W, C). A row of im2col is a patch, flattened in the order (kernel row, kernel column, channel);
so W is (KH*KW*C, F), and z = im2col(x) W. Like all of deep learning, this is a correlation: no kernel is flipped.
"""

from __future__ import annotations

import numpy as np

from mfnumpy import backend
from mfnumpy.backend import Array, xp_of
from mfnumpy.errors import ShapeError
from mfnumpy.layers import at_once
from mfnumpy.layers.dense import dense_forward, dense_input_gradient, dense_parameter_gradients, he_normal
from mfnumpy.layers.windows import Size, check_images, check_patches, conv_output_size, windows
from mfnumpy.support.validate import check_floats, integer, pair


def im2col(x: Array, kernel: Size, stride: Size = 1, padding: Size = 0) -> Array:
    """Each patch of an image as a row: cols[(n, oh, ow), (i, j, c)] = x_padded[n, oh SH + i, ow SW + j, c].

    x: (N, H, W, C).
    kernel: an integer, or (KH, KW).
    stride: an integer, or (SH, SW).
    padding: zeros on each side, an integer, or (PH, PW).
    Returns cols: (N*OH*OW, KH*KW*C), dtype of x, a new array. Raises ShapeError if x is no image or too small.
    """
    check_images("im2col", x)
    xp = xp_of(x)
    N, H, W, C = x.shape
    KH, KW = pair("kernel", kernel, 1)
    PH, PW = pair("padding", padding, 0)
    OH, OW = conv_output_size(H, W, kernel, stride, padding)
    if PH or PW:
        x = xp.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    cols = xp.empty((N, OH, OW, KH, KW, C), dtype=x.dtype)
    for i, j, down, right in windows((OH, OW), (KH, KW), pair("stride", stride, 1)):
        cols[:, :, :, i, j, :] = x[:, down, right, :]
    return cols.reshape(N * OH * OW, KH * KW * C)


def col2im(cols: Array, x_shape: tuple[int, ...], kernel: Size, stride: Size = 1, padding: Size = 0) -> Array:
    """The adjoint of im2col, <im2col(x), c> = <x, col2im(c)>: each row is added to where it was taken from.

    cols: (N*OH*OW, KH*KW*C).
    x_shape: (N, H, W, C), the shape that im2col was given.
    kernel, stride, padding: those that im2col was given.
    Returns (N, H, W, C), dtype of cols. Pixels that several patches share receive the sum.
    Raises ShapeError if cols is not what im2col makes of such images.
    """
    check_patches(cols, x_shape, kernel, stride, padding)
    xp = xp_of(cols)
    N, H, W, C = x_shape
    KH, KW = pair("kernel", kernel, 1)
    PH, PW = pair("padding", padding, 0)
    OH, OW = conv_output_size(H, W, kernel, stride, padding)
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    x = xp.zeros((N, H + 2 * PH, W + 2 * PW, C), dtype=cols.dtype)
    for i, j, down, right in windows((OH, OW), (KH, KW), pair("stride", stride, 1)):
        x[:, down, right, :] += patches[:, :, :, i, j, :]
    return xp.ascontiguousarray(x[:, PH : PH + H, PW : PW + W, :])


def conv2d_forward(x: Array, W: Array, b: Array | None, kernel: Size, stride: Size = 1, padding: Size = 0) -> Array:
    """z = im2col(x) W + b, folded back into images.

    x: (N, H, W, C).
    W: (KH*KW*C, F).
    b: (F,), or None for no bias.
    kernel, stride, padding: as in `im2col`.
    Returns z: (N, OH, OW, F), dtype of x.
    Raises ShapeError if x is no image or W has other rows, DTypeError if the dtypes differ.
    """
    check_floats("Conv2d", x=x, W=W)
    rows = im2col(x, kernel, stride, padding)
    size = conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    return dense_forward(rows, W, b).reshape(x.shape[0], *size, W.shape[1])


def conv2d_backward(
    x: Array, W: Array, dz: Array, kernel: Size, stride: Size = 1, padding: Size = 0
) -> tuple[Array, Array, Array]:
    """dx = col2im(dz W^T), dW = im2col(x)^T dz, db = sum of dz over images and places.

    x: (N, H, W, C).
    W: (KH*KW*C, F).
    dz: (N, OH, OW, F), gradient of the loss at z.
    kernel, stride, padding: those of the forward pass.
    Returns dx: (N, H, W, C), dW: (KH*KW*C, F), db: (F,).
    Raises ShapeError for another dz: with OH and OW interchanged its rows would belong to other patches.
    """
    check_images("conv2d_backward", x)
    check_floats("conv2d_backward", W=W, dz=dz)
    expected = (x.shape[0], *conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding), *W.shape[1:])
    if tuple(dz.shape) != expected:
        raise ShapeError(f"conv2d_backward: for images {tuple(x.shape)} dz must be {expected}; got {tuple(dz.shape)}.")
    dz_rows = dz.reshape(-1, dz.shape[-1])
    dW, db = dense_parameter_gradients(im2col(x, kernel, stride, padding), dz_rows)
    return col2im(dz_rows @ W.T, x.shape, kernel, stride, padding), dW, db


class Conv2d:
    """A convolutional layer: Dense on the patches of an image. It holds its parameters and nothing else.

    channels_in: C of the images that it takes.
    channels_out: F, how many feature maps it gives.
    rng: W is drawn from it, see `he_normal`.
    kernel, stride, padding: integers, or (vertical, horizontal).
    bias: whether there is a b; it starts at 0.
    dtype: of the parameters, "float32" or "float64".
    name: in messages.

    parameters: {"W": (KH*KW*C, F)} and, with bias, {"b": (F,)}.
    """

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        rng: np.random.Generator,
        *,
        kernel: Size = 3,
        stride: Size = 1,
        padding: Size = 1,
        bias: bool = False,
        dtype: str = "float32",
        name: str = "Conv2d",
    ):
        self.name, self.channels_in = name, integer("channels_in", channels_in, 1)
        self.kernel, self.stride = pair("kernel", kernel, 1), pair("stride", stride, 1)
        self.padding = pair("padding", padding, 0)
        fan_in = self.kernel[0] * self.kernel[1] * channels_in
        self.parameters = {"W": he_normal(rng, fan_in, channels_out, dtype)}
        if bias:
            self.parameters["b"] = backend.to_device(np.zeros(channels_out, dtype))

    @property
    def n_outputs(self) -> int:
        """How many feature maps the layer has."""
        return self.parameters["W"].shape[1]

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Shape of one sample's z. Raises ShapeError if the input is no image of C channels."""
        if len(input_shape) != 3 or input_shape[2] != self.channels_in:
            raise ShapeError(f"{self.name}: expects images (H, W, {self.channels_in}); got {tuple(input_shape)}.")
        size = conv_output_size(input_shape[0], input_shape[1], self.kernel, self.stride, self.padding)
        return (*size, self.n_outputs)

    def rows(self, x: Array) -> Array:
        """The matrix that W multiplies: the patches, (N*OH*OW, KH*KW*C)."""
        check_images(f"Conv2d '{self.name}'", x)
        self.output_shape(x.shape[1:])
        gather = at_once.im2col if at_once.is_faster(x) else im2col
        return gather(x, self.kernel, self.stride, self.padding)

    def from_rows(self, rows: Array, x_shape: tuple[int, ...]) -> Array:
        """z = rows W + b, folded into images (N, OH, OW, F)."""
        z = dense_forward(rows, self.parameters["W"], self.parameters.get("b"))
        return z.reshape(x_shape[0], *self.output_shape(tuple(x_shape[1:])))

    def forward(self, x: Array) -> Array:
        """z for a batch of images: (N, H, W, C) -> (N, OH, OW, F)."""
        return self.from_rows(self.rows(x), x.shape)

    def parameter_gradients(self, rows: Array, dz: Array) -> dict[str, Array]:
        """Gradients of this layer's own parameters, by name. rows: patches, dz: (N, OH, OW, F) or its rows."""
        dW, db = dense_parameter_gradients(rows, self._rows_of(dz))
        return {"W": dW, "b": db} if "b" in self.parameters else {"W": dW}

    def input_gradient(self, dz: Array, x_shape: tuple[int, ...], W: Array | None = None) -> Array:
        """dx = col2im(dz W^T), the error at the input.

        dz: (N, OH, OW, F), or its rows.
        x_shape: (N, H, W, C), the shape of dx.
        W: the matrix to go back through, (KH*KW*C, F); None for the layer's own.
        """
        W = self.parameters["W"] if W is None else W
        cols = dense_input_gradient(self._rows_of(dz), W)
        scatter = at_once.col2im if at_once.is_faster(cols) and self.stride == (1, 1) else col2im
        return scatter(cols, x_shape, self.kernel, self.stride, self.padding)

    def _rows_of(self, dz: Array) -> Array:
        """The error at z as a row for each patch. Raises ShapeError unless it has a column for each feature map."""
        check_floats(f"Conv2d '{self.name}', backward", dz=dz)
        if dz.ndim not in (2, 4) or dz.shape[-1] != self.n_outputs:
            raise ShapeError(
                f"Conv2d '{self.name}', backward: dz must be (N, OH, OW, {self.n_outputs}), or its rows; "
                f"got {tuple(dz.shape)}."
            )
        return dz.reshape(-1, dz.shape[-1])

    def spec(self) -> dict:
        """A JSON description from which the layer can be rebuilt."""
        sizes = {"kernel": list(self.kernel), "stride": list(self.stride), "padding": list(self.padding)}
        channels = {"channels_in": self.channels_in, "channels_out": self.n_outputs}
        return {"layer": "Conv2d", **channels, **sizes, "bias": "b" in self.parameters}

    @staticmethod
    def weight_shape(spec: dict) -> tuple[int, int]:
        """The shape of W, (KH*KW*C, F), in the layer that a description gives, before it is built."""
        KH, KW = spec["kernel"]
        return int(KH) * int(KW) * int(spec["channels_in"]), int(spec["channels_out"])
