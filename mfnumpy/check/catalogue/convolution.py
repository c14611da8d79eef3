"""Exercises conv2d_forward and conv2d_backward, and what goes wrong in them."""

from __future__ import annotations

import numpy as np

from mfnumpy.check.catalogue.draws import real
from mfnumpy.check.catalogue.geometry import (
    GEOMETRIES,
    PATCH_ORDERS,
    dims_of,
    flip,
    geometry_of,
    patch_orders,
    patches_of,
    reorder,
    within_patch,
)
from mfnumpy.check.catalogue.images import LAYOUTS
from mfnumpy.check.catalogue.images_back import PUTS, put_back
from mfnumpy.check.model import Case, Exercise, Free, Rng, mistakes
from mfnumpy.layers import col2im, conv2d_backward, conv2d_forward, im2col
from mfnumpy.support.validate import pair


def _rows(z):
    return z.reshape(-1, z.shape[-1])


def _conv(x, W, b, kernel, stride, padding, *, lay=im2col, weights=lambda W, shape: W, bias=lambda z, b: z + b,
          mix=lambda W, b: W, times=lambda shape: 1,
          fold=lambda rows, size: rows.reshape(*size, -1), after=lambda z: z):  # fmt: skip
    cols = lay(x, kernel, stride, padding)
    size = patches_of(x.shape, kernel, stride, padding)[:3]
    if len(cols) != np.prod(size):  # a mistake in the geometry: as large as it came out
        size = (x.shape[0], len(cols) // x.shape[0], 1)
    shape = (*pair("kernel", kernel, 1), x.shape[3])
    return after(fold(bias(cols @ mix(weights(W, shape), b), times(shape) * b), size))


def _weight_order(*axes):
    return lambda W, shape: W.reshape([shape[i] for i in axes] + [-1]).transpose(*np.argsort(axes), 3).reshape(W.shape)


def _draw_conv(rng: Rng, k: int) -> Case:
    shape, geometry, form = geometry_of(rng, k)
    F = 5
    W = real(rng, im2col(np.zeros(shape), *geometry).shape[1], F)
    return Case((real(rng, *shape), W, real(rng, F), *geometry), dims_of(shape, geometry, F), form=form)


def _each_row(x, W, *rest):
    """W with one row left, the others 0."""
    return [W * (np.arange(len(W)) == k)[:, None] for k in range(len(W))]


CONV_FORWARD = Exercise(
    name="conv2d_forward",
    title="Convolution, forward",
    arguments=("x", "W", "b", "kernel", "stride", "padding"),
    outputs=("z",),
    about="""A convolution as deep learning means it: no kernel is flipped.

    x: (N, H, W, C). W: (KH*KW*C, F), rows in the order kernel row, kernel column, channel. b: (F,).
    kernel: (KH, KW) or an integer. stride, padding: integers. Returns z: (N, OH, OW, F).""",
    lesson="lesson 8",
    reference=conv2d_forward,
    recipe=_conv,
    draw=_draw_conv,
    unbounded=("x", "b"),
    draws=len(GEOMETRIES),
    axes={"z": ("image", "row", "column", "map")},
    slices={"row of W": {"W": _each_row, "b": None}},
    mistakes=mistakes(
        {
            **{name: entry for name, entry in LAYOUTS.items() if name not in PATCH_ORDERS},
            **patch_orders(lambda order: {"weights": _weight_order(*order)}, {"weights": lambda W, shape: W[::-1]}),
            "bias_missing": {"bias": lambda z, b: z},
            "bias_subtracted": {"bias": lambda z, b: z - b},
            "bias_averaged": {"bias": lambda z, b: z + b.mean()},
            "bias_outside_sum": {"bias": lambda z, b: z + b * len(z)},
            "bias_added_to_weights": [{"mix": lambda W, b: W + b, "bias": lambda z, b: z}, {"mix": lambda W, b: W + b}],
            "bias_multiplied": {"bias": lambda z, b: z * b},
            "bias_summed": [{"bias": lambda z, b: z + b.sum()}],
            "bias_for_each_place": ["The bias b is added once for each place of the kernel (or each channel): in a "
                                    "loop, so it counts several times.",
                                    {"times": lambda s: s[0] * s[1]}, {"times": lambda s: s[0] * s[1] * s[2]},
                                    {"times": lambda s: s[2]}, {"times": lambda s: s[0]}, {"times": lambda s: s[1]}],
            "one_bias_for_all": ["The first (or last) entry of b is added to every map; each map has its own bias.",
                {"bias": lambda z, b: z + b[0]}, {"bias": lambda z, b: z + b[-1]}],
            "channels_first": ["The channels come first, (N, C, H, W), as in NCHW; here images are (N, H, W, C), "
                               "channels last.",
                               {"fold": lambda rows, size: rows.reshape(*size, -1).transpose(0, 3, 1, 2)}],
            "output_reshaped": ["The rows are folded back into images in the wrong order of axes: a reshape to another "
                                "layout moves no axis, and the numbers of maps and places are mixed.",
                {"fold": lambda rows, s: rows.reshape(s[0], -1, s[1], s[2]).transpose(0, 2, 3, 1)},
                {"fold": lambda rows, s: rows.T.reshape(*s, -1)},
                {"fold": lambda rows, s: rows.reshape(s[1], s[2], s[0], -1).transpose(2, 0, 1, 3)},
                {"fold": lambda rows, s: rows.reshape(s[0], s[2], s[1], -1).transpose(0, 2, 1, 3)},
            ],
            "rectified": {"after": lambda z: np.maximum(z, 0)},
            "flat_rows_returned": ["The result is still flat rows, one for each place; it should be images (N, OH, "
                                   "OW, F).",
                                   {"fold": lambda rows, size: rows}],
            "bias_constant": ["The bias b is not used as it is: it is multiplied by a number.",
                           Free(lambda c: {"bias": lambda z, b: z + c * b}, (2.0, 0.5), "by {}", (2.0, 0.3))],
            "bias_per_row": ["The bias b is added along another axis than that of the maps (channels, the last "
                             "axis).",
                          {"bias": lambda z, b: z + np.resize(b, len(z))[:, None]}],
            "map_left_out": ["The last map (output channel) is left out: it stays 0 (or at the bias).",
                          {"weights": lambda W, shape: np.hstack([W[:, :-1], 0 * W[:, -1:]])}],
            "mean_over_patch": ["The product is divided by the size of the kernel (its places, its channels): a mean "
                                "over the patch stands where a sum belongs.",
                                {"weights": lambda W, shape: W / len(W)},
                                {"weights": lambda W, shape: W / (shape[0] * shape[1])},
                                {"weights": lambda W, shape: W / shape[2]}],
            "maps_reversed": ["The maps (the columns of W) come in reverse order.",
                              {"weights": lambda W, shape: W[:, ::-1]}],
        }
    ),
)  # fmt: skip


def _conv_backward(x, W, dz, kernel, stride, padding, *, lay=im2col, put=col2im, before=lambda cols, *rest: cols,
                   rows=_rows, bias=lambda dz: dz.sum(axis=(0, 1, 2)), weights=lambda W, shape: W,
                   product=lambda cols, rows: cols.T @ rows, after=lambda dx, dW, db: (dx, dW, db)):  # fmt: skip
    errors = rows(dz)
    dcols = errors @ weights(W, (*pair("kernel", kernel, 1), x.shape[3])).T
    dx = put_back(dcols, x.shape, kernel, stride, padding, put=put, before=before)
    return after(dx, product(lay(x, kernel, stride, padding), errors), bias(dz))


def _draw_conv_backward(rng: Rng, k: int) -> Case:
    case = _draw_conv(rng, k)
    x, W, b, *geometry = case.args
    dz = real(rng, *conv2d_forward(x, W, b, *geometry).shape)
    return Case((x, W, dz, *geometry), case.dims, form=case.form)


CONV_BACKWARD = Exercise(
    name="conv2d_backward",
    title="Convolution, backward",
    arguments=("x", "W", "dz", "kernel", "stride", "padding"),
    outputs=("dx", "dW", "db"),
    about="""The three gradients of a convolution with bias.

    x: (N, H, W, C). W: (KH*KW*C, F). dz: (N, OH, OW, F), gradient of the loss at z; the mean over the batch
    is in it.
    kernel: (KH, KW) or an integer. stride, padding: integers. Returns dx: as x, dW: as W, db: (F,).""",
    lesson="lesson 8",
    reference=conv2d_backward,
    recipe=_conv_backward,
    draw=_draw_conv_backward,
    unbounded=("x", "dz"),
    draws=len(GEOMETRIES),
    linear=("dz",),
    scales={"1/N": "averaged_again", "1/places": "averaged_over_places", "db:1/N": "bias_averaged_over_batch",
            "db:1/places": "bias_averaged_over_places"},
    sentences={"bias_averaged": "The gradient of the bias, db, is divided: the mean over images and places, not the "
                                "sum.",
               "bias_summed": "The gradient of the bias, db, is summed over all axes to one number, over the maps as "
                              "well; each map has its own.",
               "averaged_over_places": "It is averaged over the places of the image (OH times OW) as well.",
               "bias_averaged_over_batch":
                   "The gradient of the bias, db, is averaged over the images (divided by N once more) instead of "
                   "summed.",
               "bias_averaged_over_places":
                   "The gradient of the bias, db, is averaged over the places (OH * OW output pixels) instead of "
                   "summed."},
    slices={"image": {"x": 0, "dz": 0}, "map": {"W": 1, "dz": 3}},
    axes={"dx": ("image", "row", "column", "channel"), "dW": ("row of W", "map"), "db": ("map",)},
    mistakes=mistakes(
        {
            **{name: entry for name, entry in PUTS.items() if name not in (*PATCH_ORDERS, "kernel_flipped",
                "row_order")},
            **patch_orders(lambda order: {"lay": reorder(*within_patch(order))}),
            "weights_in_another_order": ["In dx the rows of W are taken in another order than the numbers of a "
                                         "patch: kernel row, kernel column, channel.",
                                         *[{"weights": lambda W,
                shape: W[::-1]}] + [{"weights": _weight_order(*axes)} for axes in
                                         ((2, 0, 1), (1, 0, 2), (2, 1, 0), (0, 2, 1), (1, 2, 0))]],
            "kernel_flipped": [
                {"before": lambda cols, shape, *g: flip(cols, shape, *g)},
                {"lay": lambda x, *g: flip(im2col(x, *g), x.shape, *g)},
                {"lay": lambda x, *g: flip(im2col(x, *g), x.shape, *g),
                 "before": lambda cols, shape, *g: flip(cols, shape, *g)},
            ],
            "padding_missing": {"lay": lambda x, k, s, p: _unpadded(x, k, s, p)},
            "error_reshaped": ["The error is flattened to rows in the wrong order of axes: a reshape of another layout "
                               "mixes the numbers of maps and places.",
                {"rows": lambda dz: dz.reshape(dz.shape[-1], -1).T},
                {"rows": lambda dz: dz.transpose(0, 3, 1, 2).reshape(-1, dz.shape[-1])},
                {"rows": lambda dz: _rows(dz.transpose(0, 2, 1, 3))},
                {"rows": lambda dz: _rows(dz.transpose(1, 2, 0, 3))},
            ],
            "bias_averaged": {"bias": lambda dz: dz.mean(axis=(0, 1, 2))},
            "bias_wrong_axis": ["The gradient of the bias, db, is summed over the wrong axes: each map (the last axis) "
                                "keeps its own number.",
                                {"bias": lambda dz: dz.sum(axis=0)}, {"bias": lambda dz: dz.sum(axis=(1, 2))},
                                {"bias": lambda dz: dz.sum(axis=(0, 1, 3))},
                                 {"bias": lambda dz: dz.sum(axis=(1, 2, 3))}],
            "bias_summed": [{"bias": np.sum}, {"bias": lambda dz: np.full(dz.shape[-1], dz.sum())}],
            "bias_of_one_row": [{"bias": lambda dz: dz[0].sum(axis=(0, 1))}],
            "outputs_in_another_order": [{"after": lambda dx, dW, db: (dW, db, dx)},
                                         {"after": lambda dx, dW, db: (dW, dx, db)}],
            "kernel_flipped_one_way": {"before": lambda cols, shape, *g: np.flip(cols.reshape(patches_of(shape, *g)),
                3).reshape(cols.shape)},
            "error_flattened_wrongly": ["dz is flattened to rows in another order of axes (channels first): its "
                "entries are mixed.",
                                     *[{"rows": lambda dz, o=o: dz.transpose(o).reshape(-1, dz.shape[-1]),
                                        "bias": lambda dz, o=o: dz.transpose(o).reshape(-1, dz.shape[-1]).sum(axis=0)}
                                       for o in ((0, 3, 1, 2), (3, 0, 1, 2), (0, 1, 3, 2), (0, 3, 2, 1))],
                                     {"rows": lambda dz: dz.reshape(dz.shape[-1], -1).T,
                                      "bias": lambda dz: dz.reshape(dz.shape[-1], -1).T.sum(axis=0)}],
            "weights_missing": ["The weights W do not enter dx: every weight counts as 1.",
                                {"weights": lambda W, shape: np.ones_like(W)}],
            "weights_binarised": {"weights": lambda W, shape: np.sign(W)},
            "input_gradient_is_mean": ["dx is averaged over the maps instead of summed: it is divided by their "
                                       "number F.",
                {"weights": lambda W, shape: W / W.shape[1]}],
        }
    ),
)  # fmt: skip


def _unpadded(x, kernel, stride, padding):
    """Columns in which everything outside of the image's first rows and columns is lost."""
    PH, PW = pair("padding", padding, 0)
    return im2col(np.pad(x, ((0, 0), (0, 2 * PH), (0, 2 * PW), (0, 0))), kernel, stride, 0)


EXERCISES = (CONV_FORWARD, CONV_BACKWARD)
