"""Exercises im2col and col2im, and what goes wrong in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from mfnumpy.check.catalogue.draws import real
from mfnumpy.check.model import Case, Exercise, Rng, mistakes
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
    """The numbers that a factor may be made of: images, places of the window, its pixels, and maps."""
    OH, OW = conv_output_size(shape[1], shape[2], *geometry)
    KH, KW = pair("kernel", geometry[0], 1)
    return {"N": shape[0], "places": OH * OW, "K": KH * KW, **({} if F is None else {"F": F})}


def patches_of(shape, kernel, stride, padding):
    """(N, OH, OW, KH, KW, C): the axes in which rows and columns of im2col are ordered."""
    OH, OW = conv_output_size(shape[1], shape[2], kernel, stride, padding)
    return (shape[0], OH, OW, *pair("kernel", kernel, 1), shape[3])


def reorder(*axes):
    """im2col with its six axes in another order."""

    def changed(x, kernel, stride, padding):
        """The patches with their axes in another order."""
        cols = im2col(x, kernel, stride, padding)
        return cols.reshape(patches_of(x.shape, kernel, stride, padding)).transpose(axes).reshape(cols.shape)

    return changed


def _restore(*axes):
    """col2im for columns that were laid out by `reorder(*axes)`."""

    def changed(cols, x_shape, kernel, stride, padding):
        """The sums back from another order of axes."""
        natural = patches_of(x_shape, kernel, stride, padding)
        back = cols.reshape([natural[i] for i in axes]).transpose(np.argsort(axes))
        return col2im(back.reshape(cols.shape), x_shape, kernel, stride, padding)

    return changed


COLUMN_ORDERS = [
    (0, 1, 2, 5, 3, 4),
    (0, 1, 2, 4, 3, 5),
    (0, 1, 2, 5, 4, 3),
    (0, 1, 2, 3, 5, 4),
    (0, 1, 2, 4, 5, 3),
]
ROW_ORDERS = [(1, 2, 0, 3, 4, 5), (0, 2, 1, 3, 4, 5), (2, 1, 0, 3, 4, 5), (1, 0, 2, 3, 4, 5)]


def flip(cols, shape, kernel, stride, padding):
    """Each patch turned by 180 degrees."""
    return cols.reshape(patches_of(shape, kernel, stride, padding))[:, :, :, ::-1, ::-1].reshape(cols.shape)


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


LAYOUTS: dict[str, Any] = {
    "column_order": ["The numbers of a patch are in another order than the rows of the weights.",
                     *({"lay": reorder(*axes)} for axes in COLUMN_ORDERS), {"lay": lambda x, *g: im2col(x, *g)[:,
        ::-1]}],
    "last_window_dropped": ["The last window of each row and column is left out.",
                            {"lay": lambda x, *g: _drop_last(x, *g)}],
    "row_order": ["The patches come in another order than image, output row, output column.",
                  *[{"lay": reorder(*axes)} for axes in ROW_ORDERS] + [{"lay": _transposed_image}]],
    "kernel_flipped": ["The kernel is turned by 180 degrees; in deep learning it is not.",
                       {"lay": lambda x, *g: flip(im2col(x, *g), x.shape, *g)}],
    "kernel_sides_swapped": ["Height and width of the kernel are exchanged.",
                             {"lay": lambda x, k, s, p: im2col(x, pair("k", k, 1)[::-1], s, p)}],
    "stride_missing": ["The stride is not used.",
                       {"lay": lambda x, k, s, p: im2col(x, k, 1, p)}],
    "stride_sides_swapped": ["Vertical and horizontal stride are exchanged.",
                             {"lay": lambda x, k, s, p: im2col(x, k, pair("s", s, 1)[::-1], p)}],
    "stride_is_kernel": ["The kernel's size is used as the stride.",
                         {"lay": lambda x, k, s, p: im2col(x, k, k, p)}],
    "padding_missing": ["The padding is missing.",
                        {"lay": lambda x, k, s, p: im2col(x, k, s, 0)}],
    "padding_sides_swapped": ["Vertical and horizontal padding are exchanged.",
                              {"lay": lambda x, k, s, p: im2col(x, k, s, pair("p", p, 0)[::-1])}],
    "padding_not_zero": ["The padding is not with zeros.",
                         *[
        {"lay": lambda x, k, s, p, mode=mode: im2col(_padded(x, p, mode), k, s, 0)}
        for mode in ("edge", "reflect", "wrap")
    ] + [{"lay": lambda x, k, s, p: im2col(_padded(x - 1, p, "constant") + 1, k, s, 0)}]],
    "padding_on_one_side": ["The padding is all on one side of the image.",
        {"lay": lambda x, k, s, p: im2col(_pad_after(x, p), k, s, 0)},
        {"lay": lambda x, k, s, p: im2col(_pad_after(x[:, ::-1, ::-1], p)[:, ::-1, ::-1], k, s, 0)},
    ],
    "windows_from_the_end": ["The windows are counted from the far end of the image.",
                             {"lay": lambda x, *g: flip(im2col(x[:, ::-1, ::-1], *g), x.shape, *g)}],
    "channels_mixed": ["Channels and places are mixed up: a reshape treats (C, H, W) as (H, W, C).",
                       {"lay": lambda x, *g: im2col(x.transpose(0, 3, 1, 2).reshape(x.shape), *g)}],
    "only_first_channel": ["Only the first channel is used.",
                           {"lay": lambda x, *g: im2col(np.repeat(x[..., :1], x.shape[3], axis=3), *g)}],
    "only_first_image": ["Only the first image of the batch is used.",
                         {"lay": lambda x, *g: im2col(np.repeat(x[:1], len(x), axis=0), *g)}],
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
    draws=len(GEOMETRIES),
    mistakes=mistakes(LAYOUTS),
)


def put_back(cols, x_shape, kernel, stride, padding, *, put=col2im, before=lambda cols, *rest: cols):
    """col2im as steps that can be replaced."""
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


PUTS: dict[str, Any] = {
    "assigned_for_added": [
        "Pixels that several patches share are overwritten; their shares should be added.",
        *[
            {"put": _loop(lambda old, new: new)},
            {"put": _loop(lambda old, new: new, back=True)},
        ]
        + [{"put": _loop(lambda old, new: np.where(old == 0, new, old))}],
    ],
    "divided_by_coverage": [
        "Pixels that several patches share are averaged; their shares should be added.",
        {"put": lambda cols, *g: col2im(cols, *g) / np.maximum(_coverage(*g), 1)},
    ],
    "largest_for_sum": {"put": _loop(np.maximum)},
    "padding_cropped_wrongly": [
        "The padding is cut off on the wrong side.",
        {"put": _loop(_put, lambda x, PH, PW, H, W: x[:, :H, :W])},
        {"put": _loop(_put, lambda x, PH, PW, H, W: x[:, -H:, -W:])},
        {"put": _loop(_put, lambda x, PH, PW, H, W: x[:, PH:-PH, PW:-PW])},
        {"put": _loop(_put, lambda x, PH, PW, H, W: x[:, 2 * PH : 2 * PH + H, 2 * PW : 2 * PW + W])},
    ],
    "padding_not_cropped": ["The padding is still on the image.", {"put": _loop(_put, lambda x, PH, PW, H, W: x)}],
    "kernel_flipped": {"before": lambda cols, shape, *g: flip(cols, shape, *g)},
    "column_order": [{"put": _restore(*axes)} for axes in COLUMN_ORDERS],
    "row_order": [{"put": _restore(*axes)} for axes in ROW_ORDERS],
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
    draws=len(GEOMETRIES),
    regions=_shared_pixels,
    linear=("cols",),
    mistakes=mistakes(PUTS),
)


EXERCISES = (IM2COL, COL2IM)
