"""Changes of what a loop runs over, of arrays that are taken without a copy, and of values that are read too late."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mfnumpy.check.source.edits import NOTES, OLD, Edit
from mfnumpy.check.source.pieces import Scope


def around(node: ast.expr, scope: Scope) -> Iterator[Edit]:
    """What a piece may be changed to because of the statement that it stands in."""
    parent = scope.parent(node)
    if isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is node:
        yield from _other_rows(node)
    if isinstance(parent, ast.Assign) and isinstance(node, (ast.Name, ast.Subscript, ast.Attribute)):
        yield Edit("copy_missing", node, lambda value, names: copy.deepcopy(value))
    if isinstance(node, ast.Name) and node.id in scope.changed:
        yield Edit(OLD, node, lambda value, names, name=node.id: names[NOTES].before(name))


def _other_rows(node: ast.expr) -> Iterator[Edit]:
    """A loop that begins or ends elsewhere, or runs from the last to the first."""

    def bounds(first: int, last: int) -> Callable:
        """A range with bounds that lie beside; the rows of something else without those at its ends."""

        def run(value: Any, names: Mapping[str, Any]) -> Any:
            """What is looped over instead."""
            if isinstance(value, range):
                return range(value.start + first * value.step, value.stop + last * value.step, value.step)
            return list(value)[max(first, 0) : len(value) + min(last, 0)]

        return run

    for first, last, words in (
        (0, 1, "ends one pass too early"),
        (0, -1, "ends one pass too late"),
        (-1, 0, "begins one pass too late"),
        (1, 0, "begins one pass too early"),
        (1, 1, "runs over numbers that are off by one"),
        (-1, -1, "runs over numbers that are off by one"),
    ):
        yield Edit("loop_bounds", node, bounds(first, last), more=words)
    yield Edit("loop_bounds", node, lambda value, names: range(value.stop), more="leaves out the first passes")
    yield Edit("loop_order", node, lambda value, names: list(value)[::-1])
