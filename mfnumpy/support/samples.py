"""Checks of samples, their labels and their weights, with a message for a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from mfnumpy.backend import Array, is_array, to_host, xp_of
from mfnumpy.errors import DTypeError, InvalidValueError, LabelError, ShapeError
from mfnumpy.support.validate import check_plain

_LABELS_KNOWN = ContextVar("labels known", default=False)


@contextmanager
def labels_known() -> Iterator[None]:
    """A `with` block whose labels lie in their range, as was looked at before: looking again would wait for a GPU."""
    before = _LABELS_KNOWN.set(True)
    try:
        yield
    finally:
        _LABELS_KNOWN.reset(before)


def check_label_form(y: Array, n: int | None = None, n_classes: int | None = None) -> None:
    """Check that y is a one-dimensional array of integers, without a look at them.

    y: the labels.
    n: how many rows there are; None for any number.
    n_classes: m, for the message; None where it is not known.
    Raises ShapeError, LabelError, and as `check_plain`.
    """
    check_plain("The labels", "y", y)
    if y.ndim != 1 or (n is not None and y.shape[0] != n):
        raise ShapeError(f"y must hold one label per row, shape ({n or 'N'},); got {tuple(y.shape)}.")
    if y.dtype.kind not in "iu":
        most = "m - 1" if n_classes is None else n_classes - 1
        remedy = "y.astype(int)" if y.dtype.kind in "bf" else "numpy.unique(y, return_inverse=True)[1]"
        raise LabelError(
            f"y must hold integers from 0 to {most}; its dtype is {y.dtype}. If these are classes: {remedy}."
        )


def check_labels(y: Array, n: int, n_classes: int) -> None:
    """Check that y holds one integer label for each row, from 0 to m - 1.

    y: the labels.
    n: how many rows there are.
    n_classes: m.
    Raises LabelError (dtype or range) or ShapeError.
    """
    check_label_form(y, n, n_classes)
    if _LABELS_KNOWN.get():
        return
    low, high = (int(y.min()), int(y.max())) if n else (0, 0)
    if low < 0 or high >= n_classes:
        raise LabelError(
            f"y must hold integers from 0 to {n_classes - 1} ({n_classes} classes); it holds {low} to {high}."
        )


def check_inputs(x: Array, name: str = "X") -> None:
    """Check that x is a non-empty float array without NaN or Inf.

    Raises DTypeError, InvalidValueError (empty, NaN, Inf).
    """
    check_plain("The samples", name, x)
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


def check_is_array(name: str, value: Any) -> None:
    """Check that a value is an array, or a view that has its shape and dtype. Raises DTypeError naming it."""
    if not (hasattr(value, "shape") and hasattr(value, "__getitem__") and _is_numpys(getattr(value, "dtype", None))):
        kind = "None" if value is None else type(value).__name__
        raise DTypeError(f"{name} must be an array; got {kind}. Make it one with numpy.asarray(...).")


def sample_weights(weights: Any, n: int, dtype: str) -> Array:
    """The weights of samples, as an array of their network's dtype.

    weights: (n,) numbers above 0.
    n: how many samples there are.
    dtype: of the network.
    Raises DTypeError for no array, ShapeError unless there is one for each, InvalidValueError for one that is not
    finite or not above 0.
    """
    check_is_array("weights", weights)
    if tuple(weights.shape) != (n,):
        raise ShapeError(f"weights must hold one number per row, shape ({n},); got {tuple(weights.shape)}.")
    if weights.dtype.kind not in "biuf":
        raise DTypeError(f"weights must be numbers; their dtype is {weights.dtype}.")
    weights = weights.astype(dtype)
    if not bool(((weights > 0) & (weights < float("inf"))).all()):
        raise InvalidValueError("weights must be finite and above 0; leave out the rows of weight 0.")
    return weights


def sample_numbers(samples: Any, n: int) -> np.ndarray | None:
    """The numbers that say which rows are the same sample, on the host.

    samples: (n,) integers, or None.
    n: how many rows there are.
    Raises ShapeError unless there is one for each, DTypeError for others than integers.
    """
    if samples is None:
        return None
    found = np.asarray(to_host(samples))
    if found.shape != (n,):
        raise ShapeError(f"samples must hold one number per row, shape ({n},); got {found.shape}.")
    if found.dtype.kind not in "iu":
        raise DTypeError(f"samples must be integers, as of seeding.fingerprints; their dtype is {found.dtype}.")
    return found


def _is_numpys(dtype: Any) -> bool:
    """Whether this names a dtype of NumPy; those of other libraries' tensors do not."""
    try:
        return dtype is not None and np.dtype(dtype) is not None
    except TypeError:
        return False


def check_samples(name: str, x: Any, input_shape: tuple[int, ...], dtype: str) -> None:
    """Check that x holds samples for a network: (N, *input_shape) of its dtype; an array also without NaN or Inf.

    name: of the argument, for the message.
    x: an array, or a view that gives float rows.
    input_shape: of one sample.
    dtype: "float32" or "float64".
    Raises DTypeError, ShapeError, or InvalidValueError for no rows, NaN or Inf.
    """
    check_is_array(name, x)
    if tuple(x.shape[1:]) != input_shape:
        raise ShapeError(
            f"{name} must be (N, {', '.join(map(str, input_shape))}) for this network; got {tuple(x.shape)}."
        )
    if str(x.dtype) != dtype:
        raise DTypeError(
            f"{name} is {x.dtype}, the network {dtype}. "
            f"Convert with {name}.astype('{dtype}'), or build the network with another dtype."
        )
    if is_array(x):
        check_inputs(x, name)
