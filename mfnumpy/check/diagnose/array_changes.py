"""What a person does to an array by mistake: it is squared, rectified, normalised, its rows are shifted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def _unit(axis: int | None, epsilon: float = 1e-12) -> Callable:
    return lambda a: a / (np.linalg.norm(a, axis=axis, keepdims=axis is not None) + epsilon)


def _without(axis: int, first: int, end: int | None) -> Callable:
    def apply(a: np.ndarray) -> np.ndarray:
        """The array with a part of this axis set to 0."""
        out = np.array(a, dtype=float)
        np.moveaxis(out, axis, 0)[first:end] = 0
        return out

    return apply


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
    "negated": ("the sign of {} is wrong (a minus too many, or none)", np.negative),
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
    "averaged_over_batch": ("{} is averaged over the first axis (the batch): every row is the same", _averaged(0)),
    "averaged_over_row": ("{} is averaged along each row: every column is the same", _averaged(-1)),
    "softmaxed": ("a softmax is applied to {}", _softmax(-1)),
    "softmaxed_over_batch": ("a softmax over the batch is applied to {}", _softmax(0)),
    "sigmoided": ("a sigmoid is applied to {}", lambda a: 1 / (1 + np.exp(-a))),
    "tanhed": ("a tanh is applied to {}", np.tanh),
    "rooted": ("a square root is taken of {}", lambda a: np.sqrt(np.abs(a))),
    "rows_reversed": ("the rows of {} are in reverse order", lambda a: a[::-1]),
    "columns_reversed": ("the columns of {} are in reverse order", lambda a: a[..., ::-1]),
    "rows_shifted": ("the rows of {} are shifted by one: each meets the one before",
                     lambda a: np.roll(a, 1, axis=0)),
    "rows_shifted_back": ("the rows of {} are shifted by one: each meets the next one",
                          lambda a: np.roll(a, -1, axis=0)),
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
    "column_sums": ("{} is summed over the first axis, and every row gets the sum: all rows are the same",
                    lambda a: np.broadcast_to(a.sum(axis=0, keepdims=True), a.shape)),
    "negative_part": ("positive entries of {} are cut off", lambda a: np.minimum(a, 0)),
    "smallest_kept": ("only the smallest entry of each row of {} is kept",
                      lambda a: a * (a == a.min(axis=-1, keepdims=True))),
    "rows_normalised_coarsely": ("each row of {} is scaled to length 1 (normalised), with an epsilon of 1e-4",
                                 _unit(-1, 1e-4)),
    "rows_of_size_one": ("each row of {} is scaled to a mean square of 1 (divided by its root mean square)",
                         lambda a: a / np.sqrt((a * a).mean(axis=-1, keepdims=True) + 1e-300)),
    "first_row_lost": ("the first row of {} is left out (0): does a loop or a slice begin at 1?", _without(0, 0, 1)),
    "last_row_lost": ("the last row of {} is left out (0): does a loop or a slice end one too early?",
                      _without(0, -1, None)),
    "first_column_lost": ("the first column of {} is left out (0): does a loop or a slice begin at 1?",
                          _without(-1, 0, 1)),
    "last_column_lost": ("the last column of {} is left out (0): does a loop or a slice end one too early?",
                         _without(-1, -1, None)),
    "only_first_row": ("only the first row of {} is used: the others are 0", _without(0, 1, None)),
    "only_last_row": ("only the last row of {} is used: the others are 0", _without(0, 0, -1)),
    "only_first_column": ("only the first column of {} is used: the others are 0", _without(-1, 1, None)),
    "first_column_for_all": ("the first column of {} stands for all columns",
                             lambda a: np.broadcast_to(a[..., :1], a.shape)),
    "last_column_for_all": ("the last column of {} stands for all columns",
                            lambda a: np.broadcast_to(a[..., -1:], a.shape)),
    "lower_triangle": ("only the lower triangle of {} is used: is a loop in the other one too short?",
                       lambda a: np.tril(a) if a.ndim == 2 else a * np.nan),
    "upper_triangle": ("only the upper triangle of {} is used: is a loop in the other one too short?",
                       lambda a: np.triu(a) if a.ndim == 2 else a * np.nan),
    "diagonal": ("only the diagonal of {} is used", lambda a: a * np.eye(*a.shape) if a.ndim == 2 else a * np.nan),
    "clipped_to_one": ("{} is clipped to [-1, 1]", lambda a: np.clip(a, -1, 1)),
    "clipped_to_zero_one": ("{} is clipped to [0, 1]", lambda a: np.clip(a, 0, 1)),
    "coarse": ("{} is stored in float16, which is too coarse", lambda a: a.astype(np.float16).astype(float)),
    "rounded_to_digits": ("{} is rounded to two digits", lambda a: np.round(a, 2)),
    "smallest_taken_off": ("the smallest entry of each row is taken off {}",
                           lambda a: a - a.min(axis=-1, keepdims=True)),
    "rows_scaled_by_spread": ("each row of {} is divided by its standard deviation",
                              lambda a: a / a.std(axis=-1, keepdims=True)),
    "sorted": ("the entries of each row of {} are sorted", lambda a: np.sort(a, axis=-1)),
    "one_minus": ("1 - {} is used", lambda a: 1 - a),
    "one_plus": ("1 is added to {}", lambda a: 1 + a),
    "logged": ("a logarithm is taken of {}", lambda a: np.log(np.abs(a))),
    "reciprocal": ("1 / {} is used: it divides where it should multiply", lambda a: 1 / a),
    "sides_exchanged": ("height and width of {} are exchanged by a reshape",
                        lambda a: a.transpose(0, 2, 1, 3).reshape(a.shape) if a.ndim == 4 else a * np.nan),
    "channels_moved": ("{} is read with channels first: a reshape mixes places and channels",
                       lambda a: a.transpose(0, 3, 1, 2).reshape(a.shape) if a.ndim == 4 else a * np.nan),
    "running_sum": ("{} is a running (cumulated) sum along its first axis", lambda a: np.cumsum(a, axis=0)),
}  # fmt: skip
"""What may be done to an array, in words with a place for its name."""
