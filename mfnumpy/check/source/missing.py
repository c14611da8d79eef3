"""Changes that put in what is missing: a sign, a factor, a mask, a curve, a sum over an axis, a row more or less."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from mfnumpy.check.source.edits import Edit
from mfnumpy.check.source.pieces import Scope

CURVES: Mapping[str, Callable] = {
    "a square root": np.sqrt,
    "a square": np.square,
    "an absolute value": np.abs,
    "an exponential": np.exp,
    "a logarithm": np.log,
    "a sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}
AXES = (None, 0, 1, -1, (0, 1), (0, 1, 2), (1, 2))
ARRAYS = (ast.BinOp, ast.Call, ast.Name, ast.Attribute, ast.Subscript, ast.UnaryOp, ast.IfExp)


def additions(node: ast.expr, scope: Scope) -> Iterator[Edit]:
    """All changes in which something is done with the number, or the array, that a piece is."""
    return (replace(edit, numbers=True) for edit in _additions(node, scope))


def _additions(node: ast.expr, scope: Scope) -> Iterator[Edit]:
    parent = scope.parent(node)
    if isinstance(node, ARRAYS) and not scope.keyword(node):
        yield Edit("no_minus", node, lambda value, names: -value)
        yield Edit("not_turned", node, lambda value, names: value.T)
        yield Edit("relu_missing", node, lambda value, names: np.maximum(value, 0))
        yield from _scaled(node, scope)
        for words, curve in CURVES.items():
            yield Edit("curve_missing", node, lambda value, names, curve=curve: curve(value), more=words)
        yield from _reduced(node, parent)
        for by, words in ((1, "one too small"), (-1, "one too large")):
            yield Edit("beside", node, lambda value, names, by=by: value + by, more=words)
        yield Edit("complement", node, lambda value, names: 1 - value)
        if isinstance(node, ast.Call) or isinstance(parent, (ast.Return, ast.Assign)):
            yield from _laid_out(node)


def _scaled(node: ast.expr, scope: Scope) -> Iterator[Edit]:
    """Times or divided by an argument or a count; with a mask of what is positive."""
    for name in scope.names[:1]:
        mean = f"is a sum and should be a mean over the rows of `{name}`"
        total = f"is divided by the number of rows of `{name}` once too often"
        yield Edit("count_missing", node, lambda v, names, name=name: v / len(names[name]), more=mean)
        yield Edit("count_missing", node, lambda v, names, name=name: v * len(names[name]), more=total)
    for name in scope.names:
        if isinstance(node, ast.Name) and node.id == name:
            continue
        more = f"`{name}`"
        yield Edit("mask_missing", node, lambda v, names, name=name: v * (names[name] > 0), more=more)
        yield Edit("factor_missing", node, lambda v, names, name=name: v * names[name], more=more)
        yield Edit("divisor_missing", node, lambda v, names, name=name: v / names[name], more=more)
        yield Edit("term_missing", node, lambda v, names, name=name: v + names[name])
        yield Edit("term_missing", node, lambda v, names, name=name: v - names[name])
    yield Edit("factor_missing", node, lambda v, names: 2 * v, more="2")
    yield Edit("divisor_missing", node, lambda v, names: v / 2, more="2")


def _reduced(node: ast.expr, parent: ast.AST | None) -> Iterator[Edit]:
    if not isinstance(parent, (ast.Return, ast.Assign, ast.BinOp, ast.Call, ast.AugAssign)):
        return
    for words, reduce in (("sum", np.sum), ("mean", np.mean), ("maximum", np.max)):
        for axis in AXES:
            yield Edit("reduction_missing", node, lambda v, names, r=reduce, a=axis: r(v, axis=a), more=words)
            if axis in (0, 1, -1):
                run = lambda v, names, r=reduce, a=axis: r(v, axis=a, keepdims=True)  # noqa: E731
                yield Edit("reduction_missing", node, run, more=words)


def _laid_out(node: ast.expr) -> Iterator[Edit]:
    """Axes in another order, or read from the other end, of an array with three axes or more."""
    for a, b in ((0, 1), (1, 2), (2, 3), (1, 3), (0, 2), (3, 4), (2, 4)):
        yield Edit("layout", node, lambda value, names, a=a, b=b: _of_many(value).swapaxes(a, b))
    for to, where in ((1, 3), (3, 1)):
        yield Edit("layout", node, lambda value, names, to=to, where=where: np.moveaxis(_of_many(value), where, to))
    for axes in ((0, 1), (1, 2)):
        yield Edit("flipped", node, lambda value, names, axes=axes: np.flip(_of_many(value), axes))


def _of_many(value: np.ndarray) -> np.ndarray:
    """An array of three axes or more; a matrix is transposed elsewhere."""
    if value.ndim < 3:
        raise TypeError
    return value
