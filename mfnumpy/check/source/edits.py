"""A student's function made so that it can run with any of many small changes: one change at a time, compiled once.

Each piece of an expression passes its value through a `Machine`, which hands it on, or changes it if that is the
change which is being tried.
"""

from __future__ import annotations

import ast
import copy
import math
import operator
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MACHINE = "__machine__"
"""The name by which a made function finds its machine."""

NOTES, OLD = "__notes__", "old_value"
"""The name by which a change finds what other names were before; the kind of the change that needs it."""

VALUE, TWO, CALL, INDEX = "value", "two", "call", "index"
"""What of a piece is changed: its value; how its two sides are joined; how it is called; what is taken out of it."""


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


@dataclass(frozen=True)
class Edit:
    """One change.

    kind: its name in `words.SAYS`.
    at: the piece that is changed, for the place.
    run: what is done in place of the piece; None for a change of statements.
    way: what of the piece is changed: VALUE, TWO, CALL or INDEX.
    numbers: whether the piece must be a number or an array for it: a list times an array is something else.
    what: the piece that is wrong, as it is told; None for `at`.
    more: words for the sentence.
    """

    kind: str
    at: ast.expr | ast.stmt
    run: Callable | None = None
    way: str = VALUE
    numbers: bool = False
    what: ast.AST | None = None
    more: str = ""


class Machine:
    """What the pieces of a made function call; `edit` says which change is made, None for none."""

    def __init__(self) -> None:
        self.edit: Edit | None = None
        self.number = -1
        self.at: dict[str, int] = dict.fromkeys((VALUE, TWO, CALL, INDEX), -1)
        self.sites: dict[int, int] = {}
        self.operators: list[Callable | None] = []
        self.passes: int = 0
        self.old: dict[str, Any] = {}

    def set(self, edit: Edit | None, number: int) -> None:
        """From now on this change is made."""
        self.edit, self.number = edit, number
        self.passes, self.old = 0, {}
        self.at = dict.fromkeys(self.at, -1)
        if edit is not None and edit.run is not None:
            self.at[edit.way] = self.sites[id(edit.at)]

    def value(self, site: int, value: Any) -> Any:
        """A value on its way."""
        if site != self.at[VALUE] or self.edit is None or self.edit.run is None:
            return value
        if self.edit.numbers and not isinstance(value, (int, float, np.ndarray, np.generic)):
            raise TypeError
        return self.edit.run(value, {**_locals(sys._getframe(1)), NOTES: self})

    def two(self, site: int, left: Any, right: Any) -> Any:
        """Two values that are joined by an operation.

        site: the piece.
        left, right: the values.
        """
        changed = site == self.at[TWO] and self.edit is not None and self.edit.run is not None
        if _is_much(left, right):
            raise TooMuch
        return (self.edit.run if changed else self.operators[site])(left, right)  # type: ignore[misc,union-attr]

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
        if site != self.at[CALL] or self.edit is None or self.edit.run is None:
            return function(*args, **keywords)
        return self.edit.run(function, args, keywords)

    def index(self, site: int, value: Any, index: Any) -> Any:
        """A piece that is taken out of an array or a list.

        site: the piece.
        value: the array or the list.
        index: what is taken out.
        """
        if site != self.at[INDEX] or self.edit is None or self.edit.run is None:
            return value[index]
        return self.edit.run(value, index)

    def note(self, name: str, value: Any) -> None:
        """A statement is about to change the value of a name."""
        if self.edit is not None and self.edit.kind == OLD:
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


@dataclass
class Plan:
    """The changes of statements, each with a number, which are built into the function as they are.

    edits: by number.
    removed: of a statement (by id): the numbers of the changes in which it is left out.
    before, after: of a statement (by id): (number, statements that are put there).
    instead: of an expression (by id): (number, what stands there instead).
    """

    edits: list[Edit] = field(default_factory=list)
    removed: dict[int, set[int]] = field(default_factory=dict)
    before: dict[int, list[tuple[int, list[ast.stmt]]]] = field(default_factory=dict)
    after: dict[int, list[tuple[int, list[ast.stmt]]]] = field(default_factory=dict)
    instead: dict[int, list[tuple[int, ast.expr]]] = field(default_factory=dict)

    def rearrange(
        self,
        edit: Edit,
        remove: Iterable[ast.stmt] = (),
        before: tuple[ast.stmt, Sequence[ast.stmt]] | None = None,
        after: tuple[ast.stmt, Sequence[ast.stmt]] | None = None,
    ) -> None:
        """A change of statements.

        edit: as it is told.
        remove: statements that are left out.
        before, after: a statement, and those that are put before or after it; None for no such.
        """
        number = len(self.edits)
        for node in remove:
            self.removed.setdefault(id(node), set()).add(number)
        for table, put in ((self.before, before), (self.after, after)):
            if put is not None:
                table.setdefault(id(put[0]), []).append((number, list(put[1])))
        self.edits.append(edit)

    def replace(self, edit: Edit, new: ast.expr) -> None:
        """A change in which an expression is another one."""
        self.instead.setdefault(id(edit.at), []).append((len(self.edits), new))
        self.edits.append(edit)


def inside(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST, str]]:
    """Every piece in a node with what it stands in, and as which field: (piece, parent, field)."""
    for name, value in ast.iter_fields(node):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST):
                yield item, node, name
                yield from inside(item)
