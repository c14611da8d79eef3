"""Checks at the borders: what a person may pass in wrongly is caught here, with a message for a person."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from mfnumpy.backend import Array, backend_of, is_array
from mfnumpy.errors import BackendError, DTypeError, InvalidValueError, ShapeError


def integer(name: str, value: Any, least: int) -> int:
    """The value as an int, if it is one (Python's or NumPy's) and not too small.

    name: of the argument, for the message.
    value: what came.
    least: the smallest that is allowed.
    Raises InvalidValueError naming it.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InvalidValueError(f"{name} must be an integer >= {least}; got {value!r}.")
    return int(value)


def indices(name: str, values: Any, n: int, what: str) -> list[int]:
    """The indices among n things, each once and in order.

    name: the argument's, for the message.
    values: some of the integers from 0 to n - 1.
    n: how many things there are.
    what: they are, for the message.
    Raises InvalidValueError for anything else, and for none.
    """
    try:
        chosen = sorted({integer(name, i, 0) for i in values})
    except (TypeError, InvalidValueError):
        chosen = []
    if not chosen or chosen[-1] >= n:
        raise InvalidValueError(f"{name} must name {what} from 0 to {n - 1}; got {values!r}.")
    return chosen


def input_shape_of(shape: Any) -> tuple[int, ...]:
    """The shape of one sample as a tuple. Raises InvalidValueError for anything but one or more integers >= 1."""
    sizes = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
    try:
        return tuple(integer("a size", size, 1) for size in sizes or (None,))
    except InvalidValueError:
        raise InvalidValueError(
            f"input_shape must be one or more integers >= 1, e.g. 784 or (28, 28, 1); got {shape!r}."
        ) from None


def real(name: str, value: Any, wanted: str, good: Callable[[float], bool]) -> float:
    """The value as a float, if it is a number (Python's or NumPy's) that is good.

    name: of the argument, for the message.
    value: what came.
    wanted: the condition in words, for the message: "a number from 0 to below 1".
    good: the condition itself.
    Raises InvalidValueError naming it.
    """
    number = not isinstance(value, bool) and isinstance(value, int | float | np.integer | np.floating)
    if not (number and good(float(value))):
        raise InvalidValueError(f"{name} must be {wanted}; got {value!r}.")
    return float(value)


def number(name: str, value: Any) -> float:
    """The value as a float, if it is a finite number: one of NumPy's would change its partner's dtype.

    Raises InvalidValueError naming it.
    """
    return real(name, value, "a finite number", math.isfinite)


def positive(name: str, value: Any) -> float:
    """The value as a float, if it is a number above 0 and finite. Raises InvalidValueError naming it."""
    return real(name, value, "a positive number", lambda v: 0 < v < float("inf"))


def check_float_dtype(dtype: Any) -> None:
    """Check that a dtype is one that networks are made of. Raises InvalidValueError."""
    if dtype not in ("float32", "float64"):
        raise InvalidValueError(f"dtype must be 'float32' or 'float64'; got {dtype!r}.")


def pair(name: str, value: Any, least: int) -> tuple[int, int]:
    """(height, width) from an integer or a pair of integers.

    name: of the argument, for the message.
    value: what came.
    least: the smallest that each may be.
    Raises InvalidValueError naming the argument.
    """
    values = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(values) != 2 or any(isinstance(v, bool) or not isinstance(v, int) or v < least for v in values):
        raise InvalidValueError(f"{name} must be an integer >= {least}, or two of them; got {value!r}.")
    return values


def check_shapes(where: str, **arrays: tuple[Array, str]) -> None:
    """Check arrays against their shapes in letters, as einsum has them: the same letter is the same size, at least 1.

    where: "Eq. (8)". arrays: name=(array, letters), e.g. a=(a, "Nn"), dG=(dG, "Nm").
    Raises ShapeError that shows all of them, and what `check_floats` raises.
    """
    if _fit(arrays.values()):
        return
    check_floats(where, **{name: array for name, (array, _) in arrays.items()})
    expected = ", ".join(f"{name} ({', '.join(letters)})" for name, (_, letters) in arrays.items())
    got = ", ".join(f"{name} {tuple(array.shape)}" for name, (array, _) in arrays.items())
    raise ShapeError(f"{where}: expected {expected}; got {got}. The same letter is the same size, at least 1.")


def _fit(arrays: Iterable[tuple[Array, str]]) -> bool:
    sizes: dict[str, int] = {}
    for array, letters in arrays:
        if not _holds_floats(array) or len(letters) != array.ndim:
            return False
        for letter, size in zip(letters, array.shape, strict=True):
            if size < 1 or sizes.setdefault(letter, size) != size:
                return False
    return True


def check_floats(where: str, **arrays: Array) -> None:
    """Check that these are arrays of float32 or float64.

    This is the one decision on all others: formulas compute in the dtype of their arrays, where 200 + 100 is 44 in
    uint8 and 300 * 300 is infinite in float16. So they are refused, and nothing is converted behind a person's back.

    where: who asks, "Eq. (1)", for the message. arrays: by their names.
    Raises DTypeError for another dtype, and for a masked array or a matrix, whose operations mean something else;
    BackendError for something that is no array.
    """
    for name, array in arrays.items():
        if not _holds_floats(array):
            check_plain(where, name, array)
            raise DTypeError(
                f"{where}: {name} must be float32 or float64, in which it is computed; its dtype is {array.dtype}. "
                f"Convert it, e.g. with {name}.astype('float32')."
            )


def check_plain(where: str, name: str, array: Any) -> None:
    """Check that this is an array of a backend, and neither masked nor a matrix.

    where: who asks, for the message.
    name: of the argument.
    array: what came.
    Raises BackendError or DTypeError.
    """
    if not is_array(array):
        kind = "None" if array is None else type(array).__name__
        raise BackendError(
            f"{where}: {name} must be an array of NumPy, or of another backend in use; got {kind}. "
            "Make it one with backend.to_device(numpy.asarray(...))."
        )
    if isinstance(array, _ODD):
        raise DTypeError(
            f"{where}: {name} is a {type(array).__name__}, whose operations mean something else. Make it an ordinary "
            f"array, with {'numpy.asarray(...)' if isinstance(array, np.matrix) else name + '.filled(...)'}."
        )


_ODD = (np.ma.MaskedArray, np.matrix)


def _holds_floats(array: Any) -> bool:
    """Whether the equations can compute with it: nearly always told by the first question."""
    plain = type(array) is np.ndarray or (is_array(array) and not isinstance(array, _ODD))
    return plain and array.dtype.char in "fd"


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
