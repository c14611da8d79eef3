"""What a person does to an array by mistake: it is squared, rectified, normalised, its rows are shifted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def _unit(axis: int | None) -> Callable:
    return lambda a: a / (np.linalg.norm(a, axis=axis, keepdims=axis is not None) + 1e-12)


def _centred(axis: int | None) -> Callable:
    return lambda a: a - a.mean(axis=axis, keepdims=axis is not None)


def _standardised(axis: int) -> Callable:
    return lambda a: _centred(axis)(a) / (a.std(axis=axis, keepdims=True) + 1e-12)


def _averaged(axis: int) -> Callable:
    return lambda a: np.broadcast_to(a.mean(axis=axis, keepdims=True), a.shape)


def _softmax(axis: int) -> Callable:
    def apply(a: np.ndarray) -> np.ndarray:
        """A softmax along this axis."""
        e = np.exp(a - a.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)

    return apply


TRANSFORMS: dict[str, tuple[str, Callable]] = {
    "squared": ("{} is squared", np.square),
    "absolute": ("the signs of {} are lost: an absolute value is taken", np.abs),
    "rectified": ("negative entries of {} are cut off (a ReLU)", lambda a: np.maximum(a, 0)),
    "binarised": ("only the signs of {} are used, not the sizes", np.sign),
    "stepped": ("{} counts as on or off only, 1 where it is positive", lambda a: (a > 0) * 1.0),
    "negated": ("the sign of {} is wrong", np.negative),
    "ones": ("{} is not used: the result is as if all its entries were 1", np.ones_like),
    "zeros": ("{} is not used: the result is as if all its entries were 0", np.zeros_like),
    "rows_normalised": ("each row of {} is scaled to length 1 (normalised)", _unit(-1)),
    "columns_normalised": ("each column of {} is scaled to length 1 (normalised)", _unit(0)),
    "normalised": ("{} is scaled to length 1 (normalised) as a whole", _unit(None)),
    "scaled_by_largest": ("{} is divided by its largest entry", lambda a: a / np.abs(a).max()),
    "rows_scaled_by_largest": ("each row of {} is divided by its largest entry",
                               lambda a: a / np.abs(a).max(axis=-1, keepdims=True)),
    "rows_scaled_by_sum": ("each row of {} is divided by its sum", lambda a: a / a.sum(axis=-1, keepdims=True)),
    "centred_over_batch": ("the mean over the first axis is taken off (subtracted from) {}", _centred(0)),
    "centred_over_row": ("the mean of each row is taken off (subtracted from) {}", _centred(-1)),
    "centred": ("the mean of all entries is taken off (subtracted from) {}", _centred(None)),
    "standardised_over_batch": ("each column of {} is standardised over the batch (mean 0, deviation 1)",
        _standardised(0)),
    "standardised_over_row": ("each row of {} is standardised (mean 0, deviation 1)", _standardised(-1)),
    "averaged_over_batch": ("{} is averaged over the first axis: every row is the same", _averaged(0)),
    "averaged_over_row": ("{} is averaged along each row: every column is the same", _averaged(-1)),
    "softmaxed": ("a softmax is applied to {}", _softmax(-1)),
    "softmaxed_over_batch": ("a softmax over the batch is applied to {}", _softmax(0)),
    "sigmoided": ("a sigmoid is applied to {}", lambda a: 1 / (1 + np.exp(-a))),
    "tanhed": ("a tanh is applied to {}", np.tanh),
    "rooted": ("a square root is taken of {}", lambda a: np.sqrt(np.abs(a))),
    "rows_reversed": ("the rows of {} are in reverse order", lambda a: a[::-1]),
    "columns_reversed": ("the columns of {} are in reverse order", lambda a: a[..., ::-1]),
    "rows_shifted": ("the rows of {} are shifted by one", lambda a: np.roll(a, 1, axis=0)),
    "rows_shifted_back": ("the rows of {} are shifted by one", lambda a: np.roll(a, -1, axis=0)),
    "columns_shifted": ("the columns of {} are shifted by one", lambda a: np.roll(a, 1, axis=-1)),
    "columns_shifted_back": ("the columns of {} are shifted by one", lambda a: np.roll(a, -1, axis=-1)),
    "first_row_for_all": ("the first row of {} stands for all rows",
                          lambda a: np.broadcast_to(a[:1], a.shape)),
    "last_row_for_all": ("the last row of {} stands for all rows", lambda a: np.broadcast_to(a[-1:], a.shape)),
    "reshaped": ("{} is reshaped where its axes should be exchanged or kept", lambda a: a.T.reshape(a.shape)),
    "rounded": ("{} is rounded to whole numbers", np.rint),
    "truncated": ("{} is cut to whole numbers: is it stored in an array of integers?", np.trunc),
    "largest_taken_off": ("the largest entry of each row is taken off {}", lambda a: a - a.max(axis=-1, keepdims=True)),
    "log_softmaxed": ("a log-softmax is applied to {}", lambda a: np.log(_softmax(-1)(a))),
    "columns_weighed": ("each column of {} is multiplied by its number",
                        lambda a: a * (1 + np.arange(a.shape[-1]))),
    "columns_weighed_from_0": ("each column of {} is multiplied by its number, from 0 on",
                               lambda a: a * np.arange(a.shape[-1])),
    "small_entries_cut": ("entries of {} below its mean are cut off", lambda a: a * (a > a.mean())),
    "largest_kept": ("only the largest entry of each row of {} is kept",
                     lambda a: a * (a == a.max(axis=-1, keepdims=True))),
    "inverted": ("the pseudo-inverse stands for the transpose of {}",
                 lambda a: np.linalg.pinv(a).T if a.ndim == 2 else a * np.nan),
    "scaled_by_largest_signed": ("{} is divided by its largest entry", lambda a: a / a.max()),
    "scaled_by_sum": ("{} is divided by the sum of its entries", lambda a: a / a.sum()),
    "cubed": ("the third power of {} is taken", lambda a: a**3),
    "exponentiated": ("an exponential is taken of {}", np.exp),
    "running_sum_of_columns": ("{} is a running (cumulated) sum along its rows", lambda a: np.cumsum(a, axis=-1)),
    "mirrored": ("{} is mirrored, up and down and left and right", lambda a: a[:, ::-1,
        ::-1] if a.ndim == 4 else a * np.nan),
    "upside_down": ("{} is upside down", lambda a: a[:, ::-1] if a.ndim == 4 else a * np.nan),
    "left_right": ("{} is mirrored left and right", lambda a: a[:, :, ::-1] if a.ndim == 4 else a * np.nan),
    "reshaped_back": ("{} is reshaped where its axes should be exchanged or kept",
                      lambda a: a.reshape(a.shape[::-1]).T if a.ndim == 2 else a * np.nan),
    "row_sums": ("{} is summed along each row, and every column gets the sum",
                 lambda a: np.broadcast_to(a.sum(axis=-1, keepdims=True), a.shape)),
    "column_sums": ("{} is summed over the first axis, and every row gets the sum",
                    lambda a: np.broadcast_to(a.sum(axis=0, keepdims=True), a.shape)),
    "negative_part": ("positive entries of {} are cut off", lambda a: np.minimum(a, 0)),
    "smallest_kept": ("only the smallest entry of each row of {} is kept",
                      lambda a: a * (a == a.min(axis=-1, keepdims=True))),
    "running_sum": ("{} is a running (cumulated) sum along its first axis", lambda a: np.cumsum(a, axis=0)),
}  # fmt: skip
"""What may be done to an array, in words with a place for its name."""
