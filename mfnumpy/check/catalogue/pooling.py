"""Exercises avgpool_forward and avgpool_backward, and what goes wrong in them."""

from __future__ import annotations

import numpy as np

from mfnumpy.check.catalogue.draws import real
from mfnumpy.check.catalogue.geometry import FORMS
from mfnumpy.check.model import Case, Exercise, Free, Property, Rng, mistakes
from mfnumpy.layers import avgpool_backward, avgpool_forward
from mfnumpy.support.validate import pair


def _windows(x, size):
    """(N, OH, size, OW, size, C)."""
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    return x.reshape(N, H // PH, PH, W // PW, PW, C)


def _pool(x, size, *, reduce=lambda w: w.mean(axis=(2, 4)), whole=avgpool_forward):
    return whole(x, size) if whole is not avgpool_forward else reduce(_windows(x, size))


def _draw_pool(rng: Rng, k: int) -> Case:
    size = (2, 3, 2, (2, 3))[k]
    PH, PW = pair("size", size, 1)
    N, OH, OW, C = ((3, 5, 2, 4), (2, 3, 5, 4), (5, 2, 4, 3), (2, 4, 3, 5))[k]
    form = FORMS[2] if k == 3 else FORMS[1]
    return Case(
        (real(rng, N, OH * PH, OW * PW, C), size),
        {"N": N, "window": PH * PW, "height": PH, "width": PW, "C": C, "windows": OH * OW},
        form=form,
    )


def _moved_by_one(x, size):
    """As many windows as there should be, each one pixel from the one before it."""
    (PH, PW), (N, H, W, C) = pair("size", size, 1), x.shape
    out = np.zeros((N, H // PH, W // PW, C))
    for i, j in np.ndindex(H // PH, W // PW):
        out[:, i, j] = x[:, i : i + PH, j : j + PW].mean(axis=(1, 2))
    return out


def _mixed(x, size):
    """Rows and columns of the windows taken apart in the wrong order."""
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    return x.reshape(N, PH, H // PH, PW, W // PW, C).mean(axis=(1, 3))


def _each_pixel(x, size):
    """The image with one pixel of each window left, the others 0; for every place in the window."""
    PH, PW = pair("size", size, 1)
    pieces = []
    for i in range(PH):
        for j in range(PW):
            piece = np.zeros_like(x)
            piece[:, i::PH, j::PW] = x[:, i::PH, j::PW]
            pieces.append(piece)
    return pieces


POOL_FORWARD = Exercise(
    name="avgpool_forward",
    title="Average pooling, forward",
    arguments=("x", "size"),
    outputs=("y",),
    about="""The mean over each window; windows do not overlap, and fill the image exactly.

    x: (N, H, W, C). size: an integer, the side of the window. Returns y: (N, H/size, W/size, C).""",
    lesson="lesson 8",
    reference=avgpool_forward,
    recipe=_pool,
    draw=_draw_pool,
    unbounded=("x",),
    scales={"window": "sum_for_mean", "height": "divided_by_side", "width": "divided_by_side",
            "1/windows": "divided_by_windows",
        "1/window": "averaged_twice"},
    sentences={"divided_by_windows": "It is divided by the number of windows (OH * OW) as well: by all pixels of the "
                                     "whole image (height times width), not by those of one window.",
               "sum_for_mean": "The sum of the window is taken instead of the mean: the division is missing.",
               "divided_by_side": "It is divided by the side of the window, by its height or width alone, not by "
                   "its number of pixels.",
               "averaged_twice": "It is divided by the number of pixels of the window twice."},
    axes={"y": ("image", "row", "column", "channel")},
    slices={"pixel of the window": {"x": _each_pixel}},
    properties=(
        Property("y", "y lies between the smallest and the largest pixel",
                 lambda args, y: bool(args[0].min() <= y.min() and y.max() <= args[0].max())),
    ),
    mistakes=mistakes(
        largest_for_mean=["The largest value of the window is taken (max pooling), not the mean.",
                          {"reduce": lambda w: w.max(axis=(2, 4))}],
        smallest_for_mean=["The smallest value (min) of the window is taken instead of the mean.",
                           {"reduce": lambda w: w.min(axis=(2, 4))}],
        median_for_mean=["The median of the window is taken instead of the mean.",
                         {"reduce": lambda w: np.median(w, axis=(2, 4))}],
        first_of_window=["One pixel of each window (such as the first, by a stride) is taken instead of the mean: "
                         "that is subsampling.",
                         {"reduce": lambda w: w[:, :, 0, :, -1]}, {"reduce": lambda w: w[:, :, -1, :, 0]},
                         {"reduce": lambda w: w[:, :, 0, :, 0]}, {"reduce": lambda w: w[:, :, -1, :, -1]}],
        half_of_window=["Only one row or one column of each window, the first, is averaged.",
                        {"reduce": lambda w: w[:, :, 0].mean(axis=3)},
            {"reduce": lambda w: w[:, :, :, :, 0].mean(axis=2)}],
        pixels_far_apart=["The window gathers pixels that are far apart: the axes of the reshape are in the wrong "
                          "order.",
                          {"whole": _mixed}],
        image_sides_swapped=["Height and width of the image are exchanged (transposed).",
                             {"reduce": lambda w: w.mean(axis=(2, 4)).transpose(0, 2, 1, 3)}],
        channels_averaged=["The channels are averaged as well; each has its own.",
                           {"reduce": lambda w: np.repeat(w.mean(axis=(2, 4, 5))[..., None], w.shape[5], axis=3)}],
        windows_overlap=["The windows overlap (the stride is not the window's size); they should lie side by side.",
                         {"whole": lambda x, size: avgpool_forward(x, size, 1)}],
        root_mean_square=["This is the root mean square of the window, not the mean.",
                          {"reduce": lambda w: np.sqrt((w * w).mean(axis=(2, 4)))}],
        image_reshaped=["A plain reshape cuts the image into runs of numbers, not into windows.",
                        {"whole": lambda x, size: x.reshape(x.shape[0], x.shape[1] // pair("s", size, 1)[0],
                        x.shape[2] // pair("s", size, 1)[1], -1, x.shape[3]).mean(axis=3)}],
        channels_as_rows=["Channels are treated as rows of the image: the axes are taken for (N, C, H, W).",
                          {"whole": lambda x, size: avgpool_forward(
            x.transpose(0, 3, 1, 2).reshape(x.shape), size)}],
        windows_move_by_one=["The windows move by one pixel (a stride of 1), so that they overlap; they should lie "
            "side by side.",
                             {"whole": lambda x, size: _moved_by_one(x, size)}],
        divided_by_wrong_count=["The window is taken for a square (height or width squared), or its sides are "
                                "added: height times width is the number of pixels.",
                                *[{"reduce": lambda w, f=f: w.sum(axis=(2, 4)) / f(w.shape[2], w.shape[4])}
                                  for f in (lambda a, b: a * a, lambda a, b: b * b, lambda a, b: a + b)]],
        divided_by_constant=["The sum is divided by a constant (such as 4, for 2 x 2), whatever the size of the "
                             "window.",
                             Free(lambda c: {"reduce": lambda w: w.sum(axis=(2, 4)) / c}, (4.0,), "by {}", (4.0,))],
        window_off_by_one=["Each window is taken one pixel too far (to a side, up or down): an index is off by one.",
                           {"whole": lambda x, size: avgpool_forward(np.roll(x, 1, axis=1), size)},
                           {"whole": lambda x, size: avgpool_forward(np.roll(x, 1, axis=2), size)},
                           {"whole": lambda x, size: avgpool_forward(np.roll(x, -1, axis=1), size)},
                           {"whole": lambda x, size: avgpool_forward(np.roll(x, -1, axis=2), size)},
                           {"whole": lambda x, size: avgpool_forward(np.roll(x, (-1, -1), axis=(1, 2)), size)}],
        last_of_window_left_out=["The last row or column of each window is left out: does a slice or a loop end one "
                                 "too early?",
                                 {"reduce": lambda w: w[:, :, :-1].mean(axis=(2, 4))},
                                     {"reduce": lambda w: w[:, :, :, :, :-1].mean(axis=(2, 4))},
                                 {"reduce": lambda w: w[:, :, :-1].sum(axis=(2, 4)) / (w.shape[2] * w.shape[4])},
                                 {"reduce": lambda w: w[:, :, :, :, :-1].sum(axis=(2, 4)) / (w.shape[2] * w.shape[4])}],
        images_averaged=["The images of the batch are averaged as well; each has its own.",
                         {"reduce": lambda w: np.repeat(w.mean(axis=(0, 2, 4))[None], len(w), axis=0)}],
        window_of_two=["The window is taken for 2 x 2, whatever its size (hard-coded): only the first two rows and "
                       "columns of each are averaged.",
                       {"reduce": lambda w: w[:, :, :2, :, :2].mean(axis=(2, 4))}],
        rounded_down=["The mean is rounded down to a whole number, as by an integer division (//).",
                      {"reduce": lambda w: w.sum(axis=(2, 4)) // (w.shape[2] * w.shape[4])}],
        images_and_channels_averaged=["The mean runs over the images of the batch and the channels as well (the axis "
                                      "is missing); each has its own.",
                                      {"reduce": lambda w: np.broadcast_to(
            w.mean(axis=(0, 2, 4, 5), keepdims=True)[:, :, 0, :, 0], (*w.shape[:2], w.shape[3], w.shape[5]))}],
        middle_of_window=["The middle between the largest and the smallest value of the window (max and min) is "
                          "taken instead of the mean.",
                          {"reduce": lambda w: (w.max(axis=(2, 4)) + w.min(axis=(2, 4))) / 2}],
        absolute_in_window=["The absolute values of the pixels are averaged: their signs are lost.",
            {"reduce": lambda w: np.abs(w).mean(axis=(2, 4))}],
        rectified_pixels=["Negative pixels are cut off by a ReLU, before (or after) the mean.",
                          {"reduce": lambda w: np.maximum(w, 0).mean(axis=(2, 4))},
                              {"reduce": lambda w: np.maximum(w.mean(axis=(2, 4)), 0)}],
        one_window_for_image=["Every window gets the mean of the whole image, not its own.",
                              {"reduce": lambda w: np.broadcast_to(w.mean(axis=(1, 2, 3, 4), keepdims=True)[:, :, 0,
                                  :, 0],
                               (w.shape[0], w.shape[1], w.shape[3], w.shape[5]))}],
    ),
)  # fmt: skip


def _spread(dy, PH, PW):
    return dy.repeat(PH, axis=1).repeat(PW, axis=2)


def _pool_back(dy, size, *, spread=_spread, share=lambda dy, PH, PW: dy / (PH * PW)):
    PH, PW = pair("size", size, 1)
    return spread(share(dy, PH, PW), PH, PW)


def _draw_pool_back(rng: Rng, k: int) -> Case:
    case = _draw_pool(rng, k)
    return Case((real(rng, *avgpool_forward(*case.args).shape), case.args[1]), case.dims, form=case.form)


def _emptied(dy, PH, PW, *axes):
    """Spread, but for the last pixels along these axes."""
    dx = _spread(dy, PH, PW)
    for axis in axes:
        np.moveaxis(dx, axis, 0)[-1] = 0
    return dx


def _row_mask(dy, PH, PW, axis, first=False):
    """1 where a pixel is not the last of its window along an axis; or, first, where it is the first."""
    mask = np.ones((PH, PW)) * (0 if first else 1)
    np.moveaxis(mask, axis, 0)[0 if first else -1] = 1 if first else 0
    return np.tile(mask, dy.shape[1:3])[None, :, :, None]


def _one_pixel(place):
    def spread(dy, PH, PW):
        """The whole error to one pixel of each window."""
        mask = np.zeros((PH, PW))
        mask[place] = 1
        return _spread(dy, PH, PW) * np.tile(mask, dy.shape[1:3])[None, :, :, None]

    return spread


POOL_BACKWARD = Exercise(
    name="avgpool_backward",
    title="Average pooling, backward",
    arguments=("dy", "size"),
    outputs=("dx",),
    about="""The gradient at the image, from the gradient at the pooled image; the windows fill the image
    exactly.

    dy: (N, OH, OW, C). size: an integer, the side of the window. Returns dx: (N, OH*size, OW*size, C).""",
    lesson="lesson 8",
    reference=avgpool_backward,
    recipe=_pool_back,
    draw=_draw_pool_back,
    unbounded=("dy",),
    linear=("dy",),
    scales={"window": "share_not_divided", "height": "divided_by_side", "width": "divided_by_side",
            "1/windows": "divided_by_windows",
        "1/window": "divided_twice"},
    sentences={"divided_by_windows": "It is divided by the number of windows (OH * OW) as well: by all pixels of the "
                                     "whole image (height times width), not by those of one window.",
               "share_not_divided": "Every pixel gets the whole error dy; it should be shared out over the window "
                                    "(divided).",
               "divided_twice": "The error dy is divided by the number of pixels of the window twice."},
    axes={"dx": ("image", "row", "column", "channel")},
    properties=(
        Property("dx", "the sum of dx is the sum of dy", lambda args, dx: np.isclose(dx.sum(), args[0].sum())),
    ),
    mistakes=mistakes(
        one_pixel_gets_all=["Only one pixel of each window, in a corner, gets something, the others nothing (0); every "
                            "pixel of the window has its share of the mean.",
                            *[
            {"spread": _one_pixel((i, j)), "share": share}
            for i, j in ((0, 0), (-1, -1)) for share in (lambda dy, PH, PW: dy, lambda dy, PH, PW: dy / (PH * PW))
        ]],
        tiled_for_repeated=["The image is tiled as a whole (np.tile); each entry should be repeated in its own "
                            "window.",
            {"spread": lambda dy, PH, PW: np.tile(dy, (1, PH, PW, 1))},
            {"spread": lambda dy, PH, PW: np.tile(dy.repeat(PH, axis=1), (1, 1, PW, 1))},
            {"spread": lambda dy, PH, PW: np.tile(dy.repeat(PW, axis=2), (1, PH, 1, 1))},
        ],
        image_reshaped=["The repeated entries of dy are brought to the image's shape by a plain reshape: they land in "
                        "runs or far apart, not in their own window.",
            {"spread": lambda dy, PH, PW: dy.repeat(PH * PW).reshape(_spread(dy, PH, PW).shape)},
            {"spread": lambda dy, PH, PW: dy.repeat(PH * PW, axis=2).reshape(_spread(dy, PH, PW).shape)},
            {"spread": lambda dy, PH, PW: np.tile(dy.ravel(), PH * PW).reshape(_spread(dy, PH, PW).shape)},
        ],
        rounded_down=["The share is rounded down to a whole number, as by an integer division (//).",
                      {"share": lambda dy, PH, PW: dy // (PH * PW)}],
        diagonal_only=["Only the diagonal of each window is filled; the other entries are not 0.",
                       {"spread": lambda dy, PH, PW: _spread(dy, PH, PW) * np.tile(np.eye(PH, PW), dy.shape[1:3])[None,
            :, :, None]}],
        not_spread=["The error dy is not spread over the windows: the image is still small.",
                    {"spread": lambda dy, PH, PW: dy}],
        channels_averaged={"share": lambda dy, PH, PW: np.repeat(dy.mean(axis=3, keepdims=True), dy.shape[3],
            axis=3) / (PH * PW)},
        image_sides_swapped={"spread": lambda dy, PH, PW: _spread(dy, PH, PW).transpose(0, 2, 1, 3)},
        divided_by_wrong_count=["The window is taken for a square (height or width squared), or its sides are "
                                "added: height times width is the number of pixels.",
                                {"share": lambda dy, PH, PW: dy / (PH * PH)}, {"share": lambda dy, PH,
                                    PW: dy / (PW * PW)},
                                {"share": lambda dy, PH, PW: dy / (PH + PW)}],
        divided_by_constant=["The error is divided by a constant (such as 4, for 2 x 2), whatever the size of the "
                             "window.",
                             Free(lambda c: {"share": lambda dy, PH, PW: dy / c}, (4.0,), "by {}", (4.0,))],
        last_pixel_left_out=["The last column (or row) of pixels is left out: it stays 0.",
                             {"spread": lambda dy, PH, PW: _emptied(dy, PH, PW, 2)},
                                 {"spread": lambda dy, PH, PW: _emptied(dy, PH, PW, 1)},
                             {"spread": lambda dy, PH, PW: _emptied(dy, PH, PW, 1, 2)}],
        last_of_window_left_out=["The last row or column of each window is left out: it stays 0.",
                                 {"spread": lambda dy, PH, PW: _spread(dy, PH, PW) * _row_mask(dy, PH, PW, 0)},
                                 {"spread": lambda dy, PH, PW: _spread(dy, PH, PW) * _row_mask(dy, PH, PW, 1)}],
        first_row_of_window_only=["Only the first row or column of each window gets its share; the other pixels "
                                  "stay 0.",
                                  {"spread": lambda dy, PH, PW: _spread(dy, PH, PW) * _row_mask(dy, PH, PW, 0,
                                      first=True)},
                                  {"spread": lambda dy, PH, PW: _spread(dy, PH, PW) * _row_mask(dy, PH, PW, 1,
                                      first=True)},
                                  {"spread": lambda dy, PH, PW: _spread(dy, PH, PW) * _row_mask(dy, PH, PW, 0,
                                      first=True),
                                   "share": lambda dy, PH, PW: dy},
                                  {"spread": lambda dy, PH, PW: _spread(dy, PH, PW) * _row_mask(dy, PH, PW, 1,
                                      first=True),
                                   "share": lambda dy, PH, PW: dy}],
        image_mirrored=[{"spread": lambda dy, PH, PW: _spread(dy[:, ::-1], PH, PW)},
            {"spread": lambda dy, PH, PW: _spread(dy[:, :, ::-1], PH, PW)}],
        windows_shifted_by_one=["The shares land one pixel too far: an index is off by one.",
            {"spread": lambda dy, PH, PW: np.roll(_spread(dy, PH, PW), 1, axis=1)},
                                {"spread": lambda dy, PH, PW: np.roll(_spread(dy, PH, PW), 1, axis=2)}],
        images_averaged=[{"share": lambda dy, PH, PW: np.repeat(dy.mean(axis=0, keepdims=True), len(dy),
            axis=0) / (PH * PW)}],
    ),
)  # fmt: skip


EXERCISES = (POOL_FORWARD, POOL_BACKWARD)
