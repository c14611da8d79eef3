"""How raw values become network inputs. What is fitted is fitted on the training rows alone.

unit       x / the largest possible value: images to [0, 1] standard   (x - mean) / sd: per channel for
images, per feature for tables; mean and sd of the training rows none       the values as they are stored
"""

from __future__ import annotations

from typing import Any

import numpy as np

from data_utils.views import ROWS_AT_ONCE, Scaling
from mfnumpy.errors import InvalidValueError, unknown_name

SCALINGS = ("unit", "standard", "none")


def fit(kind: str, x: Any, rows: np.ndarray, largest: float | None) -> Scaling:
    """The scaling of that name, fitted on the given (training) rows of x.

    kind: "unit", "standard" or "none".
    x: (N, H, W, C) images, (N, n) table, or a sparse (N, n) matrix.
    rows: (n_train,) row numbers.
    largest: the largest value that x can have, None where there is none.
    Raises UnknownNameError, or InvalidValueError if the kind does not fit the data.
    """
    if kind not in SCALINGS:
        raise unknown_name("scaling", kind, SCALINGS)
    if kind == "none":
        return Scaling("none: values as stored")
    if hasattr(x, "toarray"):
        raise InvalidValueError(
            f"scaling={kind!r} would make sparse word counts dense; expected 'none'. "
            "Their scale is chosen by weighting='tfidf', 'counts' or 'binary'."
        )
    if kind == "unit":
        if largest is None:
            raise InvalidValueError(
                "scaling='unit' needs a largest possible value, which a table does not have; use scaling='standard'."
            )
        return Scaling(f"unit: x / {largest:g}", divisor=np.array(largest))
    mean, sd = (mean_and_sd_of_bytes if x.dtype == np.uint8 else mean_and_sd)(x, rows)
    per = "channel" if x.ndim == 4 else "feature"
    return Scaling(
        f"standard: (x - mean) / sd per {per}, both of the {len(rows)} training rows",
        offset=mean,
        divisor=np.where(sd > 0, sd, 1.0),  # a constant feature becomes 0, not NaN
    )


def mean_and_sd_of_bytes(x: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sd of each channel of (N, H, W, C) bytes over the given rows: two (C,) float64 arrays.

    Counted, not added up: 256 counters per channel give both exactly, whatever the number of pixels.
    """
    counts = np.zeros((x.shape[-1], 256), np.int64)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        block = x[rows[start : start + ROWS_AT_ONCE]]
        for channel in range(x.shape[-1]):
            counts[channel] += np.bincount(block[..., channel].ravel(), minlength=256)
    values = np.arange(256)
    total = np.maximum(1, counts.sum(axis=1))
    mean = counts @ values / total
    return mean, np.sqrt(np.maximum(0.0, counts @ values**2 / total - mean**2))


def mean_and_sd(x: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean and sd over all axes but the last.

    Two (n,) float64 arrays. Two passes, in blocks of rows.
    """
    axes = tuple(range(x.ndim - 1))
    starts = range(0, len(rows), ROWS_AT_ONCE)
    blocks = [rows[s : s + ROWS_AT_ONCE] for s in starts]
    total = max(1, len(rows) * int(np.prod(x.shape[1:-1])))
    mean = np.zeros(x.shape[-1])
    for block in blocks:
        mean += x[block].sum(axis=axes, dtype=np.float64) / total
    variance = np.zeros_like(mean)
    for block in blocks:
        variance += np.square(x[block] - mean).sum(axis=axes) / total
    return mean, np.sqrt(variance)
