"""Exercise im2col, and what goes wrong in it; the layouts that it shares with convolutions."""

from __future__ import annotations

from typing import Any

import numpy as np

from mfnumpy.check.catalogue.draws import real
from mfnumpy.check.catalogue.geometry import (
    GEOMETRIES,
    ROW_ORDERS,
    dims_of,
    flip,
    geometry_of,
    patch_orders,
    patches_of,
    reorder,
    within_patch,
)
from mfnumpy.check.model import Case, Exercise, Free, Rng, mistakes
from mfnumpy.layers import im2col
from mfnumpy.support.validate import pair


def _padded(x, padding, mode):
    PH, PW = pair("padding", padding, 0)
    return np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)), mode=mode)


def _pad_after(x, padding):
    PH, PW = pair("padding", padding, 0)
    return np.pad(x, ((0, 0), (0, 2 * PH), (0, 2 * PW), (0, 0)))


def _transposed_image(x, kernel, stride, padding):
    sizes = (pair("k", kernel, 1)[::-1], pair("s", stride, 1)[::-1], pair("p", padding, 0)[::-1])
    return im2col(x.transpose(0, 2, 1, 3), *sizes)


def _drop_last(x, kernel, stride, padding):
    """A loop that ends before the last place at which the window fits."""
    patches = im2col(x, kernel, stride, padding).reshape(patches_of(x.shape, kernel, stride, padding))
    (KH, KW), (SH, SW), (PH, PW) = pair("k", kernel, 1), pair("s", stride, 1), pair("p", padding, 0)
    rows, columns = len(range(0, x.shape[1] + 2 * PH - KH, SH)), len(range(0, x.shape[2] + 2 * PW - KW, SW))
    return patches[:, :rows, :columns].reshape(-1, KH * KW * x.shape[3])


def _without_channel(x, c):
    x = x.copy()
    x[..., c] = 0
    return x


def _axes(x, g):
    return im2col(x, *g).reshape(patches_of(x.shape, *g)).copy()


def _without_kernel(x, g, axis, place):
    """Columns in which one row (axis 0) or column (1) of the kernel sees nothing."""
    patches = _axes(x, g)
    np.moveaxis(patches, 3 + axis, 0)[place] = 0
    return patches.reshape(im2col(x, *g).shape)


def _without_window(x, g, *axes):
    """Windows of which the last along these axes are empty."""
    patches = _axes(x, g)
    for axis in axes:
        np.moveaxis(patches, axis, 0)[-1] = 0
    return patches.reshape(im2col(x, *g).shape)


def _flip_one(x, g, axis):
    return np.flip(_axes(x, g), axis).reshape(im2col(x, *g).shape)


def _padded_one_way(x, kernel, stride, padding, axis):
    """Zeros in one direction; in the other the image is moved, and lost on one side."""
    P = pair("padding", padding, 0)
    wide = np.zeros((x.shape[0], x.shape[1] + 2 * P[0], x.shape[2] + 2 * P[1], x.shape[3]))
    at = [P[0] if axis == 0 else 0, P[1] if axis == 1 else 0]
    wide[:, at[0] : at[0] + x.shape[1], at[1] : at[1] + x.shape[2]] = x
    return im2col(wide, kernel, stride, 0)


def _first_window(x, g, *axes):
    """The first window for all places along these axes (by default along both)."""
    patches = _axes(x, g)
    for axis in axes or (1, 2):
        patches = np.repeat(np.take(patches, [0], axis=axis), patches.shape[axis], axis=axis)
    return patches.reshape(im2col(x, *g).shape)


def _one_pixel_apart(x, kernel, stride, padding):
    """As many windows as there should be, one pixel apart."""
    patches = im2col(x, kernel, 1, padding).reshape(patches_of(x.shape, kernel, 1, padding))
    _, OH, OW, KH, KW, C = patches_of(x.shape, kernel, stride, padding)
    return patches[:, :OH, :OW].reshape(-1, KH * KW * C)


def _dilated(x, kernel, stride, padding):
    """Every second pixel of windows twice as large; zeros beyond the image."""
    (SH, SW), (PH, PW) = pair("stride", stride, 1), pair("padding", padding, 0)
    N, OH, OW, KH, KW, C = patches_of(x.shape, kernel, stride, padding)
    wide = np.pad(x, ((0, 0), (PH, PH + KH), (PW, PW + KW), (0, 0)))
    cut = [wide[:, i * SH : i * SH + 2 * KH : 2, j * SW : j * SW + 2 * KW : 2] for i, j in np.ndindex(OH, OW)]
    return np.stack(cut, axis=1).reshape(N * OH * OW, KH * KW * C)


LAYOUTS: dict[str, Any] = {
    **patch_orders(lambda order: {"lay": reorder(*within_patch(order))}, {"lay": lambda x, *g: im2col(x, *g)[:, ::-1]}),
    "last_window_dropped": ["The last window of each row and column is left out: the output is one too small (a + 1 "
                            "is missing in its size).",
                            {"lay": lambda x, *g: _drop_last(x, *g)}],
    "row_order": ["The patches (rows) come in another order than image, output row, output column.",
                  *[{"lay": reorder(*axes)} for axes in ROW_ORDERS] + [{"lay": _transposed_image}]],
    "kernel_flipped": ["The kernel is turned by 180 degrees (flipped, as in signal processing); in deep learning it "
                       "is not.",
                       {"lay": lambda x, *g: flip(im2col(x, *g), x.shape, *g)}],
    "kernel_sides_swapped": ["Height and width of the kernel (KH and KW) are exchanged.",
                             {"lay": lambda x, k, s, p: im2col(x, pair("k", k, 1)[::-1], s, p)}],
    "stride_missing": ["The stride is not used (ignored): windows are one pixel apart, as with stride 1.",
                       {"lay": lambda x, k, s, p: im2col(x, k, 1, p)}, {"lay": lambda x, *g: _one_pixel_apart(x, *g)}],
    "stride_sides_swapped": ["Vertical and horizontal stride (SH and SW) are exchanged.",
                             {"lay": lambda x, k, s, p: im2col(x, k, pair("s", s, 1)[::-1], p)}],
    "stride_is_kernel": ["The kernel's size is used as the stride: windows do not overlap, as in pooling.",
                         {"lay": lambda x, k, s, p: im2col(x, k, k, p)}],
    "padding_missing": ["The padding is missing (ignored): the image is used as it is.",
                        {"lay": lambda x, k, s, p: im2col(x, k, s, 0)}],
    "padding_sides_swapped": ["Vertical and horizontal padding (PH and PW) are exchanged.",
                              {"lay": lambda x, k, s, p: im2col(x, k, s, pair("p", p, 0)[::-1])}],
    "padding_not_zero": ["The padding is not with zeros: the border is repeated, reflected or wrapped round "
                         "(another mode of np.pad).",
                         *[
        {"lay": lambda x, k, s, p, mode=mode: im2col(_padded(x, p, mode), k, s, 0)}
        for mode in ("edge", "reflect", "wrap")
    ]],
    "padding_on_one_side": ["All the padding is on one side of the image, at the bottom and right (or top and "
                            "left); it belongs around the image, on all sides.",
        {"lay": lambda x, k, s, p: im2col(_pad_after(x, p), k, s, 0)},
        {"lay": lambda x, k, s, p: im2col(_pad_after(x[:, ::-1, ::-1], p)[:, ::-1, ::-1], k, s, 0)},
    ],
    "windows_from_the_end": ["The windows are counted from the far end of the image (from the last row and column), "
                             "not from the first pixel.",
                             {"lay": lambda x, *g: flip(im2col(x[:, ::-1, ::-1], *g), x.shape, *g)}],
    "channels_mixed": ["Channels and places are mixed up: a reshape treats (C, H, W) as (H, W, C).",
                       {"lay": lambda x, *g: im2col(x.transpose(0, 3, 1, 2).reshape(x.shape), *g)}],
    "only_first_channel": ["Only the first channel (channel 0) is used; the others are 0, or its copies.",
                           {"lay": lambda x, *g: im2col(x * (np.arange(x.shape[3]) == 0), *g)},
                           {"lay": lambda x, *g: im2col(np.repeat(x[..., :1], x.shape[3], axis=3), *g)}],
    "only_first_image": ["Only the first image (image 0) of the batch is used.",
                         {"lay": lambda x, *g: im2col(np.repeat(x[:1], len(x), axis=0), *g)}],
    "only_last_image": ["Only the last image of the batch is used: is it overwritten in a loop?",
                        {"lay": lambda x, *g: im2col(np.repeat(x[-1:], len(x), axis=0), *g)}],
    "only_last_channel": ["Only the last channel is used; the others are 0, or its copies.",
                          {"lay": lambda x, *g: im2col(x * (np.arange(x.shape[3]) == x.shape[3] - 1), *g)},
                          {"lay": lambda x, *g: im2col(np.repeat(x[..., -1:], x.shape[3], axis=3), *g)}],
    "channels_averaged": ["The channels are averaged, or summed; each has its own place.",
                          {"lay": lambda x, *g: im2col(np.repeat(x.mean(axis=3, keepdims=True), x.shape[3], axis=3),
                              *g)},
                          {"lay": lambda x, *g: im2col(np.repeat(x.sum(axis=3, keepdims=True), x.shape[3], axis=3),
                              *g)}],
    "last_channel_left_out": ["The last channel is left out: does a loop or a slice end one too early?",
        {"lay": lambda x, *g: im2col(_without_channel(x, -1), *g)}],
    "first_channel_left_out": ["The first channel (channel 0) is left out: does a loop or a slice begin at 1?",
        {"lay": lambda x, *g: im2col(_without_channel(x, 0), *g)}],
    "kernel_row_left_out": ["The last row of the kernel (of each patch) is left out: does a loop end one too early?",
        {"lay": lambda x, *g: _without_kernel(x, g, 0, -1)}],
    "kernel_column_left_out": ["The last column of the kernel (of each patch) is left out: does a loop end one too "
                               "early?",
                               {"lay": lambda x, *g: _without_kernel(x, g, 1, -1)}],
    "kernel_start_left_out": ["The first row (or column) of the kernel is left out: does a loop begin at 1?",
                              {"lay": lambda x, *g: _without_kernel(x, g, 0, 0)},
                              {"lay": lambda x, *g: _without_kernel(x, g, 1, 0)}],
    "last_row_of_windows_empty": ["The last row of windows is left out: it stays 0.",
                                  {"lay": lambda x, *g: _without_window(x, g, 1)}],
    "last_column_of_windows_empty": ["The last column of windows (or the last row and column) is left out: it stays "
                                     "0.",
                                     {"lay": lambda x, *g: _without_window(x, g, 2)},
                                     {"lay": lambda x, *g: _without_window(x, g, 1, 2)}],
    "kernel_flipped_one_way": ["The kernel is flipped in one direction, up and down or left and right.",
                               {"lay": lambda x, *g: _flip_one(x, g, 3)}, {"lay": lambda x, *g: _flip_one(x, g, 4)}],
    "channels_reversed": ["The channels come in reverse order (BGR for RGB).",
                          {"lay": lambda x, *g: im2col(x[..., ::-1], *g)}],
    "padding_value": ["The padding is with another number than 0.",
                      Free(lambda c: {"lay": lambda x, *g: im2col(x - c, *g) + c}, (1.0,), "it is {}", (2.0, 1.0))],
    "padding_one_way_only": ["The padding is there in one direction only, vertical or horizontal.",
                             {"lay": lambda x, k, s, p: _padded_one_way(x, k, s, p, 0)},
                             {"lay": lambda x, k, s, p: _padded_one_way(x, k, s, p, 1)}],
    "dilated": ["The pixels of a window are two apart (a dilation): that is a dilated convolution.",
                {"lay": lambda x, *g: _dilated(x, *g)}],
    "windows_shifted": ["The windows begin one pixel too far to the right or down: an index is off by one.",
                        {"lay": lambda x, *g: im2col(np.roll(x, -1, axis=1), *g)},
                        {"lay": lambda x, *g: im2col(np.roll(x, -1, axis=2), *g)},
                        {"lay": lambda x, *g: im2col(np.roll(x, (-1, -1), axis=(1, 2)), *g)}],
    "same_window_everywhere": ["Every place gets the first window: it does not move, the position in the loop is "
                               "not used.",
                               {"lay": lambda x, *g: _first_window(x, g)}],
    "windows_do_not_move_down": ["The window moves in one direction only, down or to the right; along the other it "
                                 "stays at the first place.",
        {"lay": lambda x, *g: _first_window(x, g, 1)},
                                 {"lay": lambda x, *g: _first_window(x, g, 2)}],
}  # fmt: skip


def _draw_im2col(rng: Rng, k: int) -> Case:
    shape, geometry, form = geometry_of(rng, k)
    return Case((real(rng, *shape), *geometry), dims_of(shape, geometry), form=form)


IM2COL = Exercise(
    name="im2col",
    title="im2col",
    arguments=("x", "kernel", "stride", "padding"),
    outputs=("cols",),
    about="""Lay each patch of an image out as a row, its numbers in the order kernel row, kernel column,
    channel.

    x: (N, H, W, C). kernel: (KH, KW) or an integer. stride, padding: integers (padding with zeros).
    Returns cols: (N*OH*OW, KH*KW*C), rows in the order image, output row, output column.""",
    lesson="lesson 8",
    reference=im2col,
    recipe=lambda x, kernel, stride, padding, lay=im2col: lay(x, kernel, stride, padding),
    draw=_draw_im2col,
    unbounded=("x",),
    draws=len(GEOMETRIES),
    axes={"cols": ("patch", "number within the patch")},
    mistakes=mistakes(LAYOUTS),
)


EXERCISES = (IM2COL,)
