"""The geometries of all image exercises, and the orders of patches and of the numbers in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mfnumpy.check.model import Rng
from mfnumpy.layers import col2im, conv_output_size, im2col
from mfnumpy.support.validate import pair

FORMS = ("kernel as a pair, stride and padding as integers", "all sizes as integers", "all sizes as pairs")

GEOMETRIES: tuple[tuple[Any, Any, Any, str], ...] = (
    ((3, 2), 1, 1, FORMS[0]),
    ((2, 3), 2, 0, FORMS[0]),
    (2, 1, 1, FORMS[1]),
    (3, 2, 0, FORMS[1]),
    ((3, 2), (1, 2), (2, 1), FORMS[2]),
    ((2, 3), (2, 1), (0, 1), FORMS[2]),
    ((3, 2), 2, 1, FORMS[0]),
    (3, 2, 1, FORMS[1]),
)
"""Kernel, stride and padding of each case. In each form a stride comes with padding and without: only together do
they show a padding that is counted in strides."""


def geometry_of(rng: Rng, k: int) -> tuple[tuple[int, ...], tuple, str]:
    """Image shape, (kernel, stride, padding) and the form in which they are given."""
    C, N = int(rng.integers(2, 4)), int(rng.integers(2, 4))
    H, W = ((7, 6), (6, 8))[k % 2]
    *geometry, form = GEOMETRIES[k]
    return (N, H, W, C), tuple(geometry), form


def dims_of(shape: tuple, geometry: tuple, F: int | None = None) -> dict:
    """The numbers that a factor may be made of: images, places of the window, its pixels, and maps.

    shape: (N, H, W, C) of the images.
    geometry: (kernel, stride, padding), as they are given.
    F: feature maps, None where there are none.
    """
    OH, OW = conv_output_size(shape[1], shape[2], *geometry)
    KH, KW = pair("kernel", geometry[0], 1)
    return {
        "N": shape[0],
        "places": OH * OW,
        "K": KH * KW,
        "numbers of a patch": KH * KW * shape[3],
        **({} if F is None else {"F": F}),
    }


def patches_of(shape, kernel, stride, padding):
    """(N, OH, OW, KH, KW, C): the axes in which rows and columns of im2col are ordered.

    shape: (N, H, W, C) of the images.
    kernel, stride, padding: as in `layers.convolution.im2col`.
    """
    OH, OW = conv_output_size(shape[1], shape[2], kernel, stride, padding)
    return (shape[0], OH, OW, *pair("kernel", kernel, 1), shape[3])


def reorder(*axes):
    """im2col with its six axes in another order."""

    def changed(x, kernel, stride, padding):
        """The patches with their axes in another order."""
        cols = im2col(x, kernel, stride, padding)
        return cols.reshape(patches_of(x.shape, kernel, stride, padding)).transpose(axes).reshape(cols.shape)

    return changed


def restore(*axes):
    """col2im for columns that were laid out by `reorder(*axes)`."""

    def changed(cols, x_shape, kernel, stride, padding):
        """The sums back from another order of axes."""
        natural = patches_of(x_shape, kernel, stride, padding)
        back = cols.reshape([natural[i] for i in axes]).transpose(np.argsort(axes))
        return col2im(back.reshape(cols.shape), x_shape, kernel, stride, padding)

    return changed


PATCH_ORDERS: dict[str, tuple[str, tuple[tuple[int, int, int], ...]]] = {
    "patch_channels_first": (
        "The numbers of a patch are in another order, channels first (as in PyTorch): channel, kernel row, kernel "
        "column; here the channel is last.",
        ((2, 0, 1),),
    ),
    "patch_sides_swapped": (
        "Rows and columns of each patch are exchanged (transposed): its numbers come kernel column, kernel row, "
        "channel.",
        ((1, 0, 2),),
    ),
    "patch_column_major": (
        "The numbers of a patch are in column-major (Fortran) order: channel, kernel column, kernel row.",
        ((2, 1, 0),),
    ),
    "column_order": (
        "The numbers of a patch are in another order than the rows of W: kernel row, kernel column, channel.",
        ((0, 2, 1), (1, 2, 0)),
    ),
}
"""Wrong orders of kernel row (0), kernel column (1) and channel (2) within a patch, and what is said of them."""


def patch_orders(version: Callable[[tuple[int, int, int]], Any], *more: Any) -> dict[str, list]:
    """The mistakes in the order within a patch.

    version: an order -> the replaced steps.
    more: further versions of an order that has no name of its own.
    """
    table = {name: [says, *map(version, orders)] for name, (says, orders) in PATCH_ORDERS.items()}
    return {**table, "column_order": [*table["column_order"], *more]}


def within_patch(order: tuple[int, int, int]) -> tuple[int, ...]:
    """The order of all six axes of `patches_of`, for an order within a patch."""
    return (0, 1, 2, *(3 + axis for axis in order))


ROW_ORDERS = [(1, 2, 0, 3, 4, 5), (0, 2, 1, 3, 4, 5), (2, 1, 0, 3, 4, 5), (1, 0, 2, 3, 4, 5)]


def flip(cols, shape, kernel, stride, padding):
    """Each patch turned by 180 degrees.

    cols: what im2col made.
    shape: (N, H, W, C) of the images.
    kernel, stride, padding: as in `layers.convolution.im2col`.
    """
    return cols.reshape(patches_of(shape, kernel, stride, padding))[:, :, :, ::-1, ::-1].reshape(cols.shape)
