"""Changes of what stands in an expression: another operation, variable, number, axis or function; a piece left out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from mfnumpy.check.source.calls import call_changes
from mfnumpy.check.source.edits import INDEX, TWO, Edit
from mfnumpy.check.source.machine import OPERATORS
from mfnumpy.check.source.pieces import Scope

OTHERS: Mapping[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Div, ast.Mult),
    ast.Mult: (ast.Div, ast.Add, ast.Sub, ast.MatMult, ast.Pow),
    ast.Div: (ast.Mult, ast.Sub, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
}
COMPARISONS = (ast.Gt, ast.GtE, ast.Lt, ast.LtE, ast.Eq, ast.NotEq)


def changes(node: ast.expr, scope: Scope) -> Iterator[Edit]:
    """All changes in which a piece is another one."""
    for kind, of_kind in BY_KIND.items():
        if isinstance(node, kind):
            yield from of_kind(node, scope)


def is_mask(node: ast.AST) -> bool:
    """Whether a piece is a comparison, as in a * (z > 0)."""
    return isinstance(node, ast.Compare)


def _binary(node: ast.BinOp, scope: Scope) -> Iterator[Edit]:
    for other in OTHERS.get(type(node.op), ()):
        sign = {type(node.op), other} == {ast.Add, ast.Sub}
        yield Edit("sign_between" if sign else "operation", node, OPERATORS[other], TWO)
    if isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow, ast.FloorDiv, ast.Mod)):
        right_way = OPERATORS[type(node.op)]
        yield Edit("sides", node, lambda a, b: right_way(b, a), TWO)
    kind = DROPPED.get(type(node.op), "term")
    if isinstance(node.op, (ast.Add, ast.Sub)) and isinstance(node.right, ast.Constant) and node.right.value == 1:
        yield Edit("off_by_one", node, lambda a, b: a, TWO, more=f"off by one: one too {_size_of(node.op)}")
    yield Edit("mask" if is_mask(node.right) else kind, node, lambda a, b: a, TWO, what=node.right)
    if isinstance(node.op, (ast.Add, ast.Mult, ast.MatMult)):
        yield Edit("mask" if is_mask(node.left) else kind, node, lambda a, b: b, TWO, what=node.left)
    if isinstance(node.op, ast.Sub):
        yield Edit("term", node, lambda a, b: -b, TWO, what=node.left)


def _size_of(op: ast.operator) -> str:
    return "large" if isinstance(op, ast.Add) else "small"


DROPPED = {ast.Mult: "factor", ast.MatMult: "factor", ast.Div: "division", ast.FloorDiv: "division", ast.Pow: "power"}
"""What is said of a side that is left out."""


def _unary(node: ast.UnaryOp, scope: Scope) -> Iterator[Edit]:
    if isinstance(node.op, ast.USub):
        yield Edit("minus", node, lambda value, names: -value)
    if isinstance(node.op, ast.Not):
        yield Edit("negation", node, lambda value, names: not value)
    if isinstance(node.op, ast.Invert):
        yield Edit("negation", node, lambda value, names: ~value)
    if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        yield from _numbers(node, -node.operand.value, scope)  # type: ignore[operator]


def _compare(node: ast.Compare, scope: Scope) -> Iterator[Edit]:
    if len(node.ops) == 1 and isinstance(node.ops[0], COMPARISONS):
        for other in COMPARISONS:
            if not isinstance(node.ops[0], other):
                yield Edit("comparison", node, OPERATORS[other], TWO)
    if isinstance(scope.parent(node), (ast.BinOp, ast.Call, ast.Attribute)):
        yield Edit("everything", node, lambda value, names: np.ones(np.shape(_array(value)), dtype=bool))
        yield Edit("nothing", node, lambda value, names: np.zeros(np.shape(_array(value)), dtype=bool))


def _array(value: Any) -> np.ndarray:
    """The value if it is an array; a single answer belongs to conditions. Raises TypeError."""
    if not isinstance(value, np.ndarray):
        raise TypeError
    return value


def _constant(node: ast.Constant, scope: Scope) -> Iterator[Edit]:
    if isinstance(node.value, bool):
        yield _constantly("keepdims" if scope.keyword(node) == "keepdims" else "option", node, not node.value)
    elif node.value is None:
        for axis in (0, 1, -1) if scope.is_axis(node) else ():
            yield _constantly("axis", node, axis)
    elif isinstance(node.value, (int, float)):
        yield from _numbers(node, node.value, scope)


def _constantly(kind: str, node: ast.expr, value: Any) -> Edit:
    return Edit(kind, node, lambda _, names: value)


def _numbers(node: ast.expr, value: Any, scope: Scope) -> Iterator[Edit]:
    """Another number; for an axis another axis, or all."""
    kind = "axis" if scope.is_axis(node) else "ddof" if scope.keyword(node) == "ddof" else "number"
    others: list[Any] = [0, 1, 2, -1, value + 1, value - 1, -value]
    if isinstance(value, float):
        others += [0.5, 2 * value, value / 2, 1e-8, 1e-7, 1e-10, 1e-12]
    if kind == "axis":
        others = [*others[:4], 3, None, (0, 1), (1, 2), (2, 3), (0, 1, 2)]
    for other in dict.fromkeys(others):
        if other != value:
            yield _constantly(kind, node, other)


def _name(node: ast.Name, scope: Scope) -> Iterator[Edit]:
    for other in scope.names:
        if other != node.id:
            yield Edit("variable", node, lambda value, names, other=other: names[other])


def _tuple(node: ast.Tuple, scope: Scope) -> Iterator[Edit]:
    if scope.is_axis(node):
        for axes in ((0, 1), (1, 2), (2, 3), (0, 1, 2), (1, 2, 3), 0, 1, 2, -1, None):
            yield _constantly("axis", node, axes)
        return
    turned = {2: ((1, 0),), 3: ((1, 0, 2), (0, 2, 1), (2, 1, 0)), 4: ((1, 0, 2, 3), (0, 2, 1, 3), (0, 1, 3, 2))}
    for order in turned.get(len(node.elts), ()):
        yield Edit("exchanged", node, lambda value, names, order=order: tuple(value[k] for k in order))


def _attribute(node: ast.Attribute, scope: Scope) -> Iterator[Edit]:
    if node.attr == "T":
        yield Edit("turned", node, lambda value, names: value.T)
    if node.attr == "size" and isinstance(node.value, ast.Name):
        yield Edit("count", node, lambda value, names, of=node.value.id: len(names[of]))


def conditions(node: ast.expr, scope: Scope) -> Iterator[Edit]:
    """What is asked for in an `if`, a conditional expression or a part of it: always so, or never."""
    parent = scope.parent(node)
    if (isinstance(parent, (ast.If, ast.IfExp)) and parent.test is node) or isinstance(parent, ast.BoolOp):
        yield Edit("always", node, lambda value, names: True)
        yield Edit("never", node, lambda value, names: False)
        yield Edit("negation", node, lambda value, names: not value)


def _subscript(node: ast.Subscript, scope: Scope) -> Iterator[Edit]:
    yield Edit("index", node, _whole, INDEX, what=node.slice)
    if isinstance(node.slice, ast.Slice):
        for name in ("lower", "upper", "step"):
            if getattr(node.slice, name) is not None:
                yield Edit("slice", node, _bounds(name), INDEX)
        for by in (1, -1):
            yield Edit("slice", node, lambda v, i, by=by: v[_moved(i, by, by)], INDEX)
            yield Edit("slice", node, lambda v, i, by=by: v[_moved(i, by, 0)], INDEX)
            yield Edit("slice", node, lambda v, i, by=by: v[_moved(i, 0, by)], INDEX)
    elif isinstance(node.slice, ast.Tuple):
        if len(node.slice.elts) == 2:
            yield Edit("index", node, lambda value, index: value[index[::-1]], INDEX, what=node.slice)
            yield Edit("index", node, _of_own_row, INDEX, what=node.slice)
    else:
        for by in (1, -1):
            yield Edit("index_beside", node, lambda v, i, by=by: v[i + by], INDEX, what=node.slice)
        yield Edit("index_backwards", node, lambda v, i: v[len(v) - 1 - i], INDEX, what=node.slice)


def _whole(value: Any, index: Any) -> Any:
    """All of an array or a list; np.r_ and its like are endless without an index."""
    if isinstance(value, (np.ndarray, list, tuple)):
        return value
    raise TypeError


def _bounds(name: str) -> Callable:
    def run(value: Any, index: slice) -> Any:
        """A slice without one of its bounds."""
        parts = {n: None if n == name else getattr(index, n) for n in ("start", "stop", "step")}
        return value[slice(parts["start"], parts["stop"], parts["step"])]

    name = {"lower": "start", "upper": "stop"}.get(name, name)
    return run


def _moved(index: slice, start: int, stop: int) -> slice:
    """A slice with bounds that lie beside."""
    first = None if index.start is None else index.start + start
    last = None if index.stop is None else index.stop + stop
    return slice(first, last, index.step)


def _of_own_row(value: Any, index: tuple) -> Any:
    """value[:, y] as value[n, y[n]]."""
    return value[range(len(value)), index[1]]


BY_KIND: Mapping[type, Callable[[Any, Scope], Iterator[Edit]]] = {
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Tuple: _tuple,
    ast.Attribute: _attribute,
    ast.Call: call_changes,
    ast.Subscript: _subscript,
    ast.expr: conditions,
}
"""What may stand in place of an expression, by its kind."""
