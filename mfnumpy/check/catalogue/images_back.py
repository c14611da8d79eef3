"""Exercise col2im, and what goes wrong in it."""

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
    restore,
    within_patch,
)
from mfnumpy.check.model import Case, Exercise, Rng, mistakes
from mfnumpy.layers import col2im, im2col
from mfnumpy.support.validate import pair


def put_back(cols, x_shape, kernel, stride, padding, *, put=col2im, before=lambda cols, *rest: cols):
    """col2im as steps that can be replaced.

    cols, x_shape, kernel, stride, padding: as in `layers.convolution.col2im`.
    put: col2im itself.
    before: (cols, x_shape, kernel, stride, padding) -> the columns that are put back.
    """
    return put(before(cols, x_shape, kernel, stride, padding), x_shape, kernel, stride, padding)


def _put(pixels, new):
    return pixels + new


def _loop(combine, crop=lambda x, PH, PW, H, W: x[:, PH : PH + H, PW : PW + W], back=False, shift=0):
    """col2im window by window, with another way to combine what falls on one pixel."""

    def changed(cols, x_shape, kernel, stride, padding):
        """Patch by patch, with this mistake in the loop."""
        (SH, SW), (PH, PW) = pair("stride", stride, 1), pair("padding", padding, 0)
        N, OH, OW, KH, KW, C = patches_of(x_shape, kernel, stride, padding)
        x = np.zeros((N, x_shape[1] + 2 * PH, x_shape[2] + 2 * PW, C))
        patches = cols.reshape(N, OH, OW, KH, KW, C)
        places = [(i, j) for i in range(OH) for j in range(OW)]
        for i, j in reversed(places) if back else places:
            window = np.s_[:, i * SH : i * SH + KH, j * SW : j * SW + KW]
            x[window] = combine(x[window], patches[:, i, j])
        return np.ascontiguousarray(crop(x, PH, PW, *x_shape[1:3]))

    return changed


def _coverage(x_shape, *geometry):
    return col2im(np.ones_like(im2col(np.ones(x_shape), *geometry)), x_shape, *geometry)


def _draw_col2im(rng: Rng, k: int) -> Case:
    shape, geometry, form = geometry_of(rng, k)
    cols = real(rng, *im2col(np.zeros(shape), *geometry).shape)
    return Case((cols, shape, *geometry), dims_of(shape, geometry), form=form)


def _shared_pixels(cols, x_shape, *geometry):
    count = _coverage(x_shape, *geometry)
    return {"at pixels that several patches share": count > 1, "at pixels that one patch alone covers": count == 1,
            "at pixels that no patch covers": count == 0}  # fmt: skip


def _drop(cols, shape, g, axis, place):
    """Columns with one slice of the patches' axes emptied."""
    patches = cols.reshape(patches_of(shape, *g)).copy()
    np.moveaxis(patches, axis, 0)[place] = 0
    return patches.reshape(cols.shape)


def _only_last(cols, shape, g):
    patches = np.zeros(patches_of(shape, *g))
    patches[:, -1, -1] = cols.reshape(patches.shape)[:, -1, -1]
    return patches.reshape(cols.shape)


def _flip_axis(cols, shape, g, axis):
    return np.flip(cols.reshape(patches_of(shape, *g)), axis).reshape(cols.shape)


PUTS: dict[str, Any] = {
    "assigned_for_added": [
        "Pixels that several patches share are overwritten (= for +=, or fancy indexing, which adds once); where "
        "windows overlap their shares should be added.",
        *[
            {"put": _loop(lambda old, new: new)},
            {"put": _loop(lambda old, new: new, back=True)},
        ]
        + [{"put": _loop(lambda old, new: np.where(old == 0, new, old))}],
    ],
    "divided_by_coverage": [
        "Pixels that several patches share are averaged (divided by how many windows overlap there); their shares "
        "should be added.",
        {"put": lambda cols, *g: col2im(cols, *g) / np.maximum(_coverage(*g), 1)},
    ],
    "largest_for_sum": [
        "Where windows overlap, the largest value (a maximum) is taken instead of the sum.",
        {"put": _loop(np.maximum)},
    ],
    "padding_cropped_wrongly": [
        "The padding is cut off (cropped) on the wrong side: the image that is returned is moved.",
        {"put": _loop(_put, lambda x, PH, PW, H, W: x[:, :H, :W])},
        {"put": _loop(_put, lambda x, PH, PW, H, W: x[:, -H:, -W:])},
        {"put": _loop(_put, lambda x, PH, PW, H, W: x[:, 2 * PH : 2 * PH + H, 2 * PW : 2 * PW + W])},
    ],
    "empty_slice": [
        "The padding is cut off with [p:-p]: for padding = 0 that is [0:0], which is empty.",
        {"put": _loop(_put, lambda x, PH, PW, H, W: x[:, PH:-PH, PW:-PW])},
    ],
    "padding_not_cropped": [
        "The padding is still on the image: it is not cut off (cropped).",
        {"put": _loop(_put, lambda x, PH, PW, H, W: x)},
    ],
    "kernel_flipped": [
        "The kernel is turned by 180 degrees (flipped): the numbers of each patch are put back in reverse order.",
        {"before": lambda cols, shape, *g: flip(cols, shape, *g)},
    ],
    **patch_orders(lambda order: {"put": restore(*within_patch(order))}),
    "row_order": [{"put": restore(*axes)} for axes in ROW_ORDERS],
    "last_row_of_windows_left_out": [
        "The last row of windows (patches) is left out.",
        {"before": lambda cols, shape, *g: _drop(cols, shape, g, 1, -1)},
    ],
    "last_column_of_windows_left_out": [
        "The last column of windows (patches) is left out.",
        {"before": lambda cols, shape, *g: _drop(cols, shape, g, 2, -1)},
    ],
    "first_row_of_windows_left_out": [
        "The first row (or column) of windows is left out.",
        {"before": lambda cols, shape, *g: _drop(cols, shape, g, 1, 0)},
        {"before": lambda cols, shape, *g: _drop(cols, shape, g, 2, 0)},
    ],
    "last_window_dropped": [
        "The last window (patch) of each row and each column is left out: does a loop end one too early?",
        {"before": lambda cols, shape, *g: _drop(_drop(cols, shape, g, 1, -1), shape, g, 2, -1)},
    ],
    "kernel_row_left_out": [{"before": lambda cols, shape, *g: _drop(cols, shape, g, 3, -1)}],
    "kernel_column_left_out": [{"before": lambda cols, shape, *g: _drop(cols, shape, g, 4, -1)}],
    "kernel_start_left_out": [
        {"before": lambda cols, shape, *g: _drop(cols, shape, g, 3, 0)},
        {"before": lambda cols, shape, *g: _drop(cols, shape, g, 4, 0)},
    ],
    "last_channel_left_out": [{"before": lambda cols, shape, *g: _drop(cols, shape, g, 5, -1)}],
    "first_channel_left_out": [{"before": lambda cols, shape, *g: _drop(cols, shape, g, 5, 0)}],
    "last_image_left_out": [
        "The last image of the batch is left out: it stays 0.",
        {"before": lambda cols, shape, *g: _drop(cols, shape, g, 0, -1)},
    ],
    "only_last_patch": [
        "Only the last window of each image counts; is the image made anew in the loop?",
        {"before": lambda cols, shape, *g: _only_last(cols, shape, g)},
    ],
    "kernel_flipped_one_way": [
        {"before": lambda cols, shape, *g: _flip_axis(cols, shape, g, 3)},
        {"before": lambda cols, shape, *g: _flip_axis(cols, shape, g, 4)},
    ],
    "channels_reversed": [{"before": lambda cols, shape, *g: _flip_axis(cols, shape, g, 5)}],
    "images_summed": [
        "The images of the batch are added to each other; each has its own: the image's index is missing.",
        {"put": lambda cols, *g: np.broadcast_to(col2im(cols, *g).sum(axis=0), g[0]).copy()},
    ],
    "largest_magnitude": [
        "Where windows overlap, the largest of several shares of a pixel (in absolute value) is taken; they should "
        "be added.",
        {"put": _loop(lambda old, new: np.where(np.abs(new) > np.abs(old), new, old))},
    ],
    "smallest_for_sum": [
        "Where windows overlap, the smallest value (a minimum) is taken instead of the sum.",
        {"put": _loop(np.minimum)},
    ],
    "shares_subtracted": [
        "Where windows overlap, shares of a pixel are subtracted from each other; they should be added.",
        {"put": _loop(lambda old, new: new - old)},
    ],
    "shifted_by_one": [
        "The image comes out shifted by one pixel: an index is off by one.",
        *[{"put": lambda cols, *g, a=a, d=d: np.roll(col2im(cols, *g), d, axis=a)} for a in (1, 2) for d in (1, -1)],
    ],
    "image_mirrored": [
        "The image comes out mirrored (flipped), up and down or left and right.",
        {"put": lambda cols, *g: np.ascontiguousarray(col2im(cols, *g)[:, ::-1])},
        {"put": lambda cols, *g: np.ascontiguousarray(col2im(cols, *g)[:, :, ::-1])},
    ],
    "stride_missing": {"put": lambda cols, shape, k, s, p: _stride_one(cols, shape, k, s, p)},
}


def _stride_one(cols, x_shape, kernel, stride, padding):
    """The windows laid down one pixel apart, whatever the stride."""
    (PH, PW), (N, OH, OW, KH, KW, C) = pair("p", padding, 0), patches_of(x_shape, kernel, stride, padding)
    x = np.zeros((N, x_shape[1] + 2 * PH, x_shape[2] + 2 * PW, C))
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    for i in range(OH):
        for j in range(OW):
            x[:, i : i + KH, j : j + KW] += patches[:, i, j]
    return np.ascontiguousarray(x[:, PH : PH + x_shape[1], PW : PW + x_shape[2]])


COL2IM = Exercise(
    name="col2im",
    title="col2im",
    arguments=("cols", "x_shape", "kernel", "stride", "padding"),
    outputs=("x",),
    about="""The transpose of im2col: bring each number of each row back to the pixel that it came from.

    cols: (N*OH*OW, KH*KW*C), ordered as im2col's. x_shape: (N, H, W, C), without padding. kernel: (KH, KW) or
    an integer. stride, padding: integers. Returns (N, H, W, C).""",
    lesson="lesson 8",
    reference=col2im,
    recipe=put_back,
    draw=_draw_col2im,
    unbounded=("cols",),
    draws=len(GEOMETRIES),
    regions=_shared_pixels,
    linear=("cols",),
    axes={"x": ("image", "row", "column", "channel")},
    mistakes=mistakes(PUTS),
)


EXERCISES = (COL2IM,)
