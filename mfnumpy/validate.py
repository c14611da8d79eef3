"""Checks at the borders: what a person may pass in wrongly is caught here, with a message for a person."""

from __future__ import annotations

from typing import Any

import numpy as np

from mfnumpy.backend import Array, backend_of, xp_of
from mfnumpy.errors import DTypeError, InvalidValueError, LabelError, ShapeError


def integer(name: str, value: Any, least: int) -> int:
    """Return the value as an int if it is one (Python's or NumPy's) of at least `least`.

    Raises InvalidValueError naming it.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InvalidValueError(f"{name} must be an integer >= {least}; got {value!r}.")
    return int(value)


def pair(name: str, value: Any, least: int) -> tuple[int, int]:
    """Return (height, width) from an integer or a pair of integers, each at least `least`.

    Raises InvalidValueError naming the argument.
    """
    values = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(values) != 2 or any(isinstance(v, bool) or not isinstance(v, int) or v < least for v in values):
        raise InvalidValueError(f"{name} must be an integer >= {least}, or two of them; got {value!r}.")
    return values


def check_labels(y: Array, n: int, n_classes: int) -> None:
    """Check that y holds n integer labels from 0 to n_classes - 1.

    Raises LabelError (dtype or range) or ShapeError.
    """
    xp_of(y)
    if y.ndim != 1 or y.shape[0] != n:
        raise ShapeError(f"y must hold one label per row, shape ({n},); got {tuple(y.shape)}.")
    if y.dtype.kind not in "iu":
        raise LabelError(f"y must hold integers from 0 to {n_classes - 1}; its dtype is {y.dtype}.")
    low, high = (int(y.min()), int(y.max())) if n else (0, 0)
    if low < 0 or high >= n_classes:
        raise LabelError(
            f"y must hold integers from 0 to {n_classes - 1} ({n_classes} classes); it holds {low} to {high}."
        )


def check_inputs(x: Array, name: str = "X") -> None:
    """Check that x is a non-empty float array without NaN or Inf.

    Raises DTypeError, InvalidValueError (empty, NaN, Inf).
    """
    xp = xp_of(x)
    if x.ndim < 2:
        raise ShapeError(f"{name} must be (N, features) or (N, H, W, C); got shape {tuple(x.shape)}.")
    if 0 in x.shape:
        raise InvalidValueError(f"{name} is empty: its shape is {tuple(x.shape)}.")
    if x.dtype.kind != "f":
        raise DTypeError(
            f"{name} must be float32 or float64; its dtype is {x.dtype}. Convert and scale it first, "
            f"e.g. {name}.astype('float32') / 255 for bytes."
        )
    bad = ~xp.isfinite(x)
    count = int(bad.sum())
    if count:
        first = tuple(int(i[0]) for i in xp.nonzero(bad))
        raise InvalidValueError(
            f"{name} must be finite; it holds {count} NaN or Inf, the first at index {first}. "
            "Fill or drop these rows before training."
        )


def same_dtype(**arrays: Array) -> None:
    """Check that all arrays (None is passed over) live on one backend and share one dtype.

    float32 times float64 is float64 without a word, and twice the memory; so it is refused.
    Raises DTypeError naming the arrays, BackendError for two backends.
    """
    given = {name: a for name, a in arrays.items() if a is not None}
    backend_of(*given.values())
    if len({a.dtype for a in given.values()}) > 1:
        found = ", ".join(f"{name} {a.dtype}" for name, a in given.items())
        raise DTypeError(f"All arrays must share one dtype; got {found}. Convert one with .astype(...).")
