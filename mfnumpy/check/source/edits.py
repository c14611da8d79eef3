"""Small changes of a student's function: of the value of a piece, or of whole statements."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

NOTES, OLD = "__notes__", "old_value"
"""The name by which a change finds what other names were before; the kind of the change that needs it."""

VALUE, TWO, CALL, INDEX = "value", "two", "call", "index"
"""What of a piece is changed: its value; how its two sides are joined; how it is called; what is taken out of it."""


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
