"""A student's function made so that it can run with any of many small changes, compiled once.

Each piece of an expression passes its value through a `Machine`, which hands it on, or changes it if that is one of
the changes that are being tried.
"""

from __future__ import annotations

import ast
import copy
import math
import operator
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mfnumpy.check.source.edits import CALL, INDEX, NOTES, OLD, TWO, VALUE, Edit

MACHINE = "__machine__"
"""The name by which a made function finds its machine."""


class TooMuch(BaseException):
    """A change made a loop run on, or a number so large that memory or time would not do."""


MOST_PASSES, LARGE, MUCH = 10_000, 3_000_000, 100_000_000
"""Passes through loops in one run; a length of an array; a power, or a number of entries."""

MAKERS = frozenset(
    ("zeros", "ones", "empty", "full", "eye", "identity", "arange", "linspace", "repeat", "tile", "range", "pad")
) | {"permutation", "random", "normal", "standard_normal", "uniform", "choice", "broadcast_to", "resize"}
"""Functions whose arguments may be sizes of what they make."""


def _power(a: Any, b: Any) -> Any:
    """a to the power b; of an integer no power that has too many digits."""
    if isinstance(a, int) and isinstance(b, int) and a.bit_length() * abs(b) > LARGE:
        raise TooMuch
    return a**b


OPERATORS: Mapping[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.MatMult: operator.matmul,
    ast.Pow: _power,
    ast.Mod: operator.mod,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class Machine:
    """What the pieces of a made function call.

    changes: for each way, what is changed at which site.
    numbers: the changes of statements that are made.
    """

    def __init__(self) -> None:
        self.changes: dict[str, dict[int, Edit]] = {way: {} for way in (VALUE, TWO, CALL, INDEX)}
        self.numbers: frozenset[int] = frozenset()
        self.keeps_old = False
        self.sites: dict[int, int] = {}
        self.operators: list[Callable | None] = []
        self.passes: int = 0
        self.old: dict[str, Any] = {}

    def set(self, *changes: tuple[Edit, int]) -> None:
        """From now on these changes are made; none for the function as it is.

        changes: each with its number in the plan, -1 for one of a piece.
        """
        self.passes, self.old = 0, {}
        self.numbers = frozenset(number for _, number in changes)
        self.keeps_old = any(edit.kind == OLD for edit, _ in changes)
        self.changes = {way: {} for way in self.changes}
        for edit, _ in changes:
            if edit.run is not None:
                self.changes[edit.way][self.sites[id(edit.at)]] = edit

    def value(self, site: int, value: Any) -> Any:
        """A value on its way."""
        edit = self.changes[VALUE].get(site)
        if edit is None or edit.run is None:
            return value
        if edit.numbers and not isinstance(value, (int, float, np.ndarray, np.generic)):
            raise TypeError
        return edit.run(value, {**_locals(sys._getframe(1)), NOTES: self})

    def two(self, site: int, left: Any, right: Any) -> Any:
        """Two values that are joined by an operation.

        site: the piece.
        left, right: the values.
        """
        edit = self.changes[TWO].get(site)
        if _is_much(left, right):
            raise TooMuch
        return (self.operators[site] if edit is None else edit.run)(left, right)  # type: ignore[misc]

    def call(self, site: int, function: Callable, /, *args: Any, **keywords: Any) -> Any:
        """A function that is called.

        site: the piece.
        function: that is called.
        args, keywords: with these.
        """
        owner = getattr(function, "__self__", None)
        if isinstance(owner, list) and any(argument is owner for argument in args):
            raise TooMuch  # a list would hold itself
        if getattr(function, "__name__", "") in MAKERS and any(map(_is_large, (*args, *keywords.values()))):
            raise TooMuch
        edit = self.changes[CALL].get(site)
        if edit is None or edit.run is None:
            return function(*args, **keywords)
        return edit.run(function, args, keywords)

    def index(self, site: int, value: Any, index: Any) -> Any:
        """A piece that is taken out of an array or a list.

        site: the piece.
        value: the array or the list.
        index: what is taken out.
        """
        edit = self.changes[INDEX].get(site)
        if edit is None or edit.run is None:
            return value[index]
        return edit.run(value, index)

    def note(self, name: str, value: Any) -> None:
        """A statement is about to change the value of a name."""
        if self.keeps_old:
            self.old[name] = copy.deepcopy(value)

    def before(self, name: str) -> Any:
        """What a name was before it was changed last."""
        return self.old[name]

    def tick(self) -> None:
        """A pass through a loop begins."""
        self.passes += 1
        if self.passes > MOST_PASSES:
            raise TooMuch


def _is_large(argument: Any) -> bool:
    """Whether an argument may be the size of an array, or sizes, too large to be made."""
    if isinstance(argument, (tuple, list)) and all(isinstance(n, (int, np.integer)) for n in argument):
        return bool(argument) and abs(math.prod(map(int, argument))) > LARGE
    return isinstance(argument, (int, np.integer)) and abs(int(argument)) > LARGE


def _is_much(left: Any, right: Any) -> bool:
    """Whether to join two values may take long: a large power of an integer, a list many times, a table of pairs."""
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return left.size * right.size > MUCH
    many: Any
    times: Any
    many, times = (left, right) if isinstance(right, int) else (right, left)
    return isinstance(many, (list, tuple, str, bytes)) and isinstance(times, int) and times > LARGE


def _locals(frame: Any) -> dict[str, Any]:
    """The local names where a piece stands; inside a comprehension also those around it."""
    found = dict(frame.f_locals)
    while frame.f_code.co_name.startswith("<") and frame.f_back is not None:
        frame = frame.f_back
        found = {**frame.f_locals, **found}
    return found
