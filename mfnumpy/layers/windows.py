"""Where the windows of a convolution, or of a pooling, lie in an image; and what an image is."""

from __future__ import annotations

from collections.abc import Iterator

from mfnumpy.backend import Array
from mfnumpy.errors import ShapeError
from mfnumpy.support.validate import check_floats, pair

Size = int | tuple[int, int]


def conv_output_size(height: int, width: int, kernel: Size, stride: Size = 1, padding: Size = 0) -> tuple[int, int]:
    """Size of a convolution's output: OH = (H + 2 PH - KH) // SH + 1, and OW likewise.

    height, width: H and W of the image.
    kernel: an integer, or (KH, KW).
    stride: an integer, or (SH, SW).
    padding: zeros on each side, an integer, or (PH, PW).
    Returns (OH, OW).
    Raises InvalidValueError for a size that is no integer or too small, ShapeError if the kernel does not fit.
    """
    (KH, KW), (SH, SW), (PH, PW) = (
        pair("kernel", kernel, 1),
        pair("stride", stride, 1),
        pair("padding", padding, 0),
    )
    if height + 2 * PH < KH or width + 2 * PW < KW:
        raise ShapeError(
            f"A {KH}x{KW} kernel does not fit into {height}x{width} with padding ({PH}, {PW}). "
            "Use a smaller kernel, more padding, or fewer pooling blocks before it."
        )
    return (height + 2 * PH - KH) // SH + 1, (width + 2 * PW - KW) // SW + 1


def windows(
    size: tuple[int, int], kernel: tuple[int, int], stride: tuple[int, int]
) -> Iterator[tuple[int, int, slice, slice]]:
    """Each place (i, j) in the window, with where it lies in the image for all windows at once.

    size: (OH, OW), how many windows there are.
    kernel: (KH, KW), the window.
    stride: (SH, SW), from one window to the next.
    Yields i, j and the slices of rows and of columns, OH and OW long.
    """
    (OH, OW), (SH, SW) = size, stride
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            yield i, j, slice(i, i + SH * (OH - 1) + 1, SH), slice(j, j + SW * (OW - 1) + 1, SW)


def check_images(name: str, x: Array) -> None:
    """Check that x holds images, (N, H, W, C). Raises ShapeError naming the layer, and as `check_floats`."""
    check_floats(name, x=x)
    if x.ndim != 4:
        raise ShapeError(
            f"{name}: images must be (N, H, W, C); got shape {tuple(x.shape)}. "
            "Load them with layout='image', or reshape them."
        )


def check_patches(cols: Array, x_shape: tuple[int, ...], kernel: Size, stride: Size, padding: Size) -> None:
    """Check that cols is what im2col makes of such images. Raises ShapeError, and as `check_floats`.

    cols: (N*OH*OW, KH*KW*C).
    x_shape: (N, H, W, C).
    kernel, stride, padding: those that `im2col` was given.
    """
    check_floats("col2im", cols=cols)
    N, H, W, C = x_shape
    KH, KW = pair("kernel", kernel, 1)
    OH, OW = conv_output_size(H, W, kernel, stride, padding)
    if tuple(cols.shape) != (N * OH * OW, KH * KW * C):
        raise ShapeError(
            f"col2im: for images {tuple(x_shape)} cols must be {(N * OH * OW, KH * KW * C)}; got {tuple(cols.shape)}."
        )


def check_pooled(dy: Array, x_shape: tuple[int, ...], size: Size, stride: Size) -> None:
    """Check that dy belongs to the pooled images. Raises ShapeError, and as `check_floats`.

    dy: (N, OH, OW, C).
    x_shape: (N, H, W, C), before pooling.
    size: the window.
    stride: from one window to the next.
    """
    check_images("avgpool_backward", dy)
    expected = (x_shape[0], *conv_output_size(x_shape[1], x_shape[2], size, stride), x_shape[3])
    if expected != tuple(dy.shape):
        raise ShapeError(f"avgpool_backward: for images {tuple(x_shape)} dy must be {expected}; got {tuple(dy.shape)}.")
