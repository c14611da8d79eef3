"""`im2col`, `col2im` and average pooling in a few calls each: for a device, where every call is a kernel launch.

The functions that are written out, place by place of the window, stand in `convolution` and `shape`; these accept the
same and return the same. A view costs nothing: it names each place of each window, and one call then copies or sums
them all.
"""

from __future__ import annotations

from mfnumpy.backend import Array, backend_of, xp_of
from mfnumpy.errors import BackendError
from mfnumpy.layers.windows import Size, check_images, check_patches, check_pooled, conv_output_size
from mfnumpy.support.validate import pair


def is_faster(x: Array) -> bool:
    """Whether x lies where these functions are the faster ones: on a device whose arrays can be viewed so."""
    return backend_of(x).as_strided is not None


def padded(x: Array, rows: int, columns: int) -> Array:
    """Images with so many zeros on each side; x itself without any.

    x: (N, H, W, ...).
    rows: above, and below.
    columns: at the left, and at the right.
    Returns (N, H + 2 rows, W + 2 columns, ...), dtype of x.
    """
    if not rows and not columns:
        return x
    N, H, W, *rest = x.shape
    found = xp_of(x).zeros((N, H + 2 * rows, W + 2 * columns, *rest), dtype=x.dtype)
    found[:, rows : rows + H, columns : columns + W] = x
    return found


def im2col(x: Array, kernel: Size, stride: Size = 1, padding: Size = 0) -> Array:
    """`convolution.im2col` by one copy.

    x: (N, H, W, C).
    kernel, stride, padding: as there.
    Returns cols: (N*OH*OW, KH*KW*C), the same numbers. Raises ShapeError if x is no image or too small.
    """
    check_images("im2col", x)
    (KH, KW), (PH, PW) = pair("kernel", kernel, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = conv_output_size(H, W, kernel, stride, padding)
    patches = _windows(padded(x, PH, PW), (OH, OW), (KH, KW), pair("stride", stride, 1))
    return xp_of(x).ascontiguousarray(patches).reshape(N * OH * OW, KH * KW * C)


def col2im(cols: Array, x_shape: tuple[int, ...], kernel: Size, stride: Size = 1, padding: Size = 0) -> Array:
    """`convolution.col2im` by one sum for each pixel.

        dx[h, w] = sum over i, j of cols[(h + PH - i, w + PW - j), (i, j)]

    cols: (N*OH*OW, KH*KW*C).
    x_shape: (N, H, W, C), the shape that `im2col` was given.
    kernel, padding: as there.
    stride: 1 in both directions, else BackendError: between the places of wider steps lie pixels that have none.
    Returns dx of x_shape, the same numbers to rounding. Raises ShapeError if cols is not what `im2col` makes of it.

    Zeros are put around the places, for those that would lie outside. In the view, a step to the next i goes one
    place back as well.
    """
    if pair("stride", stride, 1) != (1, 1):
        raise BackendError(f"at_once.col2im adds up windows of stride 1; got {stride}. Use convolution.col2im.")
    check_patches(cols, x_shape, kernel, stride, padding)
    (KH, KW), (PH, PW), (N, H, W, C) = pair("kernel", kernel, 1), pair("padding", padding, 0), x_shape
    OH, OW = conv_output_size(H, W, kernel, stride, padding)
    places = padded(cols.reshape(N, OH, OW, KH, KW, C), KH - 1, KW - 1)
    n, h, w, i, j, c = places.strides
    first = places[:, KH - 1 + PH :, KW - 1 + PW :]  # its first entry is the window that begins at pixel (0, 0)
    return _view(first, (N, H, W, KH, KW, C), (n, h, w, i - h, j - w, c)).sum(axis=(3, 4))


def avgpool_forward(x: Array, size: Size, stride: Size | None = None) -> Array:
    """`shape.avgpool_forward` by one mean.

    x: (N, H, W, C).
    size: the window, an integer, or (PH, PW).
    stride: from one window to the next; None for the window itself.
    Returns (N, OH, OW, C), the same numbers to rounding. Raises ShapeError if x is no image or too small.
    """
    check_images("AvgPool2d", x)
    window, step = pair("size", size, 1), pair("stride", size if stride is None else stride, 1)
    places = conv_output_size(x.shape[1], x.shape[2], window, step)
    return _windows(x, places, window, step).mean(axis=(3, 4))


def avgpool_backward(dy: Array, size: Size, x_shape: tuple[int, ...]) -> Array:
    """`shape.avgpool_backward` by one copy, for windows side by side that fill the image.

    dy: (N, OH, OW, C), gradient of the loss at the pooled images.
    size: the window, an integer, or (PH, PW).
    x_shape: (N, OH*PH, OW*PW, C), the shape of the input.
    Returns dx of x_shape, the same numbers. Raises ShapeError if dy does not belong to x_shape.
    """
    check_pooled(dy, x_shape, size, size)
    (PH, PW), (N, OH, OW, C) = pair("size", size, 1), dy.shape
    share = dy / (PH * PW)
    n, h, w, c = share.strides
    spread = _view(share, (N, OH, PH, OW, PW, C), (n, h, 0, w, 0, c))
    return xp_of(dy).ascontiguousarray(spread).reshape(x_shape)


def _windows(x: Array, places: tuple[int, int], window: tuple[int, int], stride: tuple[int, int]) -> Array:
    """A view of each place of each window: (N, OH, OW, KH, KW, C).

    x: (N, H, W, C), its padding there.
    places: (OH, OW), how many windows there are.
    window: (KH, KW).
    stride: (SH, SW).
    """
    n, h, w, c = x.strides
    return _view(x, (x.shape[0], *places, *window, x.shape[3]), (n, h * stride[0], w * stride[1], h, w, c))


def _view(x: Array, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """The array under another shape, in steps of so many bytes. Raises BackendError where there is no such view."""
    as_strided = backend_of(x).as_strided
    if as_strided is None:
        raise BackendError(f"The backend {backend_of(x).name} has no views by strides: see `is_faster`.")
    return as_strided(x, shape, strides)
