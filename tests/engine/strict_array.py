"""An array that refuses every silent way back to NumPy, as CuPy's does, and has none of NumPy's extras.

It stands in for a GPU: what runs on it names no library, mixes no arrays, and brings nothing to the host unasked.
Stricter than CuPy where code should not lean on CuPy's mercy: NumPy's functions raise even where CuPy would take
them over, NumPy scalars are refused as operands, `empty` gives NaN, and an index with duplicates may not be assigned
to, which CuPy leaves undefined (np.add.at has no counterpart here).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from mfnumpy import backend

NAME = "strict"


class Refused(TypeError):
    """Something that a GPU array would not do, or would do by a silent copy to the host."""


def _raw(value: Any) -> Any:
    """What NumPy may compute with: the array inside, or a plain Python number."""
    if isinstance(value, StrictArray):
        return value._inside
    if type(value) in (bool, int, float):
        return value
    raise Refused(f"Unsupported operand of type {type(value)}: only arrays of this library and Python numbers.")


def _wrap(value: Any) -> Any:
    return StrictArray(np.asarray(value))


def _key(key: Any) -> Any:
    """An index: integers, slices, None, ..., or arrays of this library. No NumPy array, no list."""
    if isinstance(key, tuple):
        return tuple(_key(part) for part in key)
    if key is None or key is Ellipsis or type(key) in (int, slice):
        return key
    if isinstance(key, StrictArray):
        return key._inside
    raise Refused(f"Unsupported index of type {type(key)}.")


class StrictArray:
    """Wraps a NumPy array; `.get()` is the only way back."""

    __hash__ = None  # type: ignore[assignment]
    __iter__ = None  # iterating would bring the array over number by number
    __array_priority__ = 100

    def __init__(self, inside: np.ndarray):
        assert type(inside) is np.ndarray
        self._inside = inside

    # -- the ways back that must be closed --------------------------------------------------------------------

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise Refused("Implicit conversion to a NumPy array is not allowed. Please use `.get()`.")

    def __array_ufunc__(self, ufunc: Any, *args: Any, **kwargs: Any) -> Any:
        raise Refused(f"numpy.{ufunc.__name__} was called on an array of another library.")

    def __array_function__(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        raise Refused(f"numpy.{function.__name__} was called on an array of another library.")

    def __reduce__(self) -> Any:
        raise Refused("A device array is not pickled.")

    def get(self) -> np.ndarray:
        """A copy on the host."""
        return self._inside.copy()

    # -- what it is ----------------------------------------------------------------------------------------------

    shape = property(lambda self: self._inside.shape)
    dtype = property(lambda self: self._inside.dtype)
    ndim = property(lambda self: self._inside.ndim)
    size = property(lambda self: self._inside.size)
    nbytes = property(lambda self: self._inside.nbytes)
    flags = property(lambda self: self._inside.flags)
    strides = property(lambda self: self._inside.strides)
    T = property(lambda self: StrictArray(self._inside.T))

    def __len__(self) -> int:
        return len(self._inside)

    def __repr__(self) -> str:
        return f"StrictArray({self._inside!r})"

    # -- numbers: allowed, for a single one, as in CuPy -----------------------------------------------------------

    def __float__(self) -> float:
        return float(self._inside)

    def __int__(self) -> int:
        return int(self._inside)

    def __bool__(self) -> bool:
        return bool(self._inside)

    # -- indexing --------------------------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> StrictArray:
        return _wrap(self._inside[_key(key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        for part in key if isinstance(key, tuple) else (key,):
            whole = isinstance(part, StrictArray) and part.dtype.kind in "iu"
            if whole and len(np.unique(part._inside)) < part.size:
                raise Refused("Assigning to an index with duplicates is undefined on a GPU.")
        self._inside[_key(key)] = _raw(value)

    # -- methods ----------------------------------------------------------------------------------------------------

    def astype(self, dtype: Any) -> StrictArray:
        return StrictArray(self._inside.astype(dtype))

    def reshape(self, *shape: Any) -> StrictArray:
        return StrictArray(self._inside.reshape(*shape))

    def copy(self) -> StrictArray:
        return StrictArray(self._inside.copy(order="K"))


def _method(name: str) -> Callable:
    def method(self: StrictArray, **kwargs: Any) -> StrictArray:
        return _wrap(getattr(self._inside, name)(**kwargs))

    return method


for _name in ("sum", "mean", "min", "max", "argmax", "any", "all"):
    setattr(StrictArray, _name, _method(_name))


def _binary(function: Callable, swapped: bool = False) -> Callable:
    def method(self: StrictArray, other: Any) -> StrictArray:
        a, b = _raw(self), _raw(other)
        return _wrap(function(b, a) if swapped else function(a, b))

    return method


def _unary(function: Callable) -> Callable:
    return lambda self: _wrap(function(self._inside))


def _in_place(function: Callable) -> Callable:
    def method(self: StrictArray, other: Any) -> StrictArray:
        before = self._inside.dtype
        self._inside = function(self._inside, _raw(other))
        assert self._inside.dtype == before
        return self

    return method


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_"):
    _function, _plain = getattr(operator, _name), _name.rstrip("_")
    setattr(StrictArray, f"__{_plain}__", _binary(_function))
    setattr(StrictArray, f"__r{_plain}__", _binary(_function, swapped=True))
for _name in ("iadd", "isub", "imul", "itruediv"):
    setattr(StrictArray, f"__{_name}__", _in_place(getattr(operator, _name)))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(StrictArray, f"__{_name}__", _binary(getattr(operator, _name)))
for _name in ("neg", "invert", "abs"):
    setattr(StrictArray, f"__{_name}__", _unary(getattr(operator, _name)))


# -- the library: functions that CuPy has under the same name, on arrays of its own only -------------------------------


def _function_of_arrays(name: str) -> Callable:
    """The first arguments are arrays of this library or Python numbers; a list or tuple of them for `concatenate`."""
    numpy_function = getattr(np, name)

    def function(*args: Any, **kwargs: Any) -> Any:
        if name in ("concatenate", "stack"):
            args = ([_raw(a) for a in args[0]], *args[1:])
        elif name == "pad":
            args = (_raw(args[0]), *args[1:])
        else:
            args = tuple(_raw(a) for a in args)
        result = numpy_function(*args, **kwargs)
        return tuple(map(_wrap, result)) if isinstance(result, tuple) else _wrap(result)

    return function


def _maker(name: str) -> Callable:
    """Makes a new array from plain numbers; sizes must be Python integers."""
    numpy_function = getattr(np, name)

    def make(*args: Any, **kwargs: Any) -> StrictArray:
        for arg in args:
            if isinstance(arg, np.ndarray | np.generic | StrictArray):
                raise Refused(f"{name} takes plain Python numbers here.")
        return StrictArray(numpy_function(*args, **kwargs))

    return make


def _empty(shape: Any, dtype: Any) -> StrictArray:
    """Unwritten memory: NaN, so that reading it shows."""
    return StrictArray(np.full(shape, np.nan if np.dtype(dtype).kind == "f" else 77, dtype))


FUNCTIONS = (
    "maximum",
    "minimum",
    "where",
    "exp",
    "log",
    "log1p",
    "tanh",
    "sqrt",
    "abs",
    "isfinite",
    "nonzero",
    "zeros_like",
    "ascontiguousarray",
    "pad",
    "concatenate",
    "stack",
)
MAKERS = ("zeros", "ones", "full", "eye", "arange")
XP = SimpleNamespace(
    empty=_empty,
    **{name: _function_of_arrays(name) for name in FUNCTIONS},
    **{name: _maker(name) for name in MAKERS},
)


def to_device(array: np.ndarray) -> StrictArray:
    """A copy on the 'device'."""
    if type(array) is not np.ndarray:
        raise Refused(f"Only a NumPy array goes to the device; got {type(array)}.")
    return StrictArray(array.copy())


def _as_strided(array: StrictArray, shape: tuple[int, ...], strides: tuple[int, ...]) -> StrictArray:
    return StrictArray(np.lib.stride_tricks.as_strided(array._inside, shape, strides, writeable=False))


def _kernel(inputs: str, outputs: str, formula: str, name: str) -> Callable:
    """What a GPU would compile. The formula is Python as well as C: so it is run as it stands, and written in place."""
    into = [word.split()[1] for word in outputs.split(",")]
    names = [word.split()[1] for word in inputs.split(",")] + into

    def run(*values: Any) -> None:
        known = dict(zip(names, map(_raw, values), strict=True)) | {"sqrt": np.sqrt}
        exec(formula, known)
        for name, array in zip(into, values[-len(into) :], strict=True):
            array[...] = StrictArray(known[name])

    return run


def register() -> None:
    """Make it a backend by the name of `NAME`, with all that a GPU does in its own way: see `backend.Backend`."""
    ways = {"unread": 3, "kernel": _kernel, "as_strided": _as_strided, "device": lambda: "a stand-in"}
    backend.register(NAME, lambda: backend.Backend(NAME, XP, StrictArray, StrictArray.get, to_device, **ways))
