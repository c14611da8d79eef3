"""Changes of a call: another function, arguments in another order, without an option, with another axis."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from mfnumpy.check.source.edits import CALL, Edit
from mfnumpy.check.source.pieces import REDUCTIONS, Scope, called, is_method

FUNCTIONS = (
    ("sum", "mean", "max", "min", "prod"),
    ("argmax", "argmin"),
    ("std", "var"),
    ("any", "all"),
    ("maximum", "minimum"),
    ("floor", "ceil", "round", "rint", "trunc"),
    ("exp", "expm1", "exp2"),
    ("log", "log1p", "log2", "log10"),
    ("sqrt", "square", "abs"),
    ("add", "subtract", "multiply", "divide"),
    ("greater", "greater_equal", "less", "less_equal"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("repeat", "tile"),
    ("dot", "multiply", "outer", "inner"),
    ("sinh", "cosh", "tanh"),
    ("positive_loss_gradient", "negative_loss_gradient"),
    ("positive_goodness", "negative_goodness"),
    ("positive_loss", "negative_loss"),
)
"""Functions that are taken for one another."""
CHOICES = ("maximum", "minimum", "where", "max", "min")
"""Functions that choose between their arguments."""


def call_changes(node: ast.Call, scope: Scope) -> Iterator[Edit]:
    """What may stand in place of a call: another function, other arguments, or only what is put into it."""
    name, method = called(node), is_method(node, scope)
    if name == "range":
        return
    if name == "len" and node.args and isinstance(node.args[0], ast.Name):
        yield Edit("count", node, lambda value, names, of=node.args[0].id: names[of].size)
    for row in FUNCTIONS:
        for other in row if name in row else ():
            if other != name:
                yield Edit("function", node, _with_function(other), CALL)
    if method:
        yield Edit("needless_call", node, lambda f, args, more: f.__self__, CALL, more=name)
    elif node.args and name not in ("len", "zip", "enumerate", "list"):
        for k in range(len(node.args) if name in CHOICES else 1):
            yield Edit("needless_call", node, lambda f, args, more, k=k: args[k], CALL, more=name)
    orders = {2: ((1, 0),), 3: ((1, 0, 2), (0, 2, 1), (2, 1, 0)), 4: ((1, 0, 2, 3), (0, 2, 1, 3), (0, 1, 3, 2))}
    for order in orders.get(len(node.args), ()):
        yield Edit("arguments", node, _in_order(order), CALL)
    for keyword in node.keywords:
        kind = {"axis": "axis", "keepdims": "keepdims", "ddof": "ddof"}.get(keyword.arg or "", "option")
        yield Edit(kind, node, _without(keyword.arg), CALL, what=keyword)
        for axis in (0, 1, -1) if keyword.arg == "axis" else ():
            yield Edit(kind, node, _with(axis=axis, keepdims=True), CALL, what=keyword)
    if name in REDUCTIONS:
        yield from _reduction(node)
    if name == "reshape":
        yield from _reshape(node, method)


def _reshape(node: ast.Call, method: bool) -> Iterator[Edit]:
    """An array is cut in another order of axes, which are then moved: reshape alone turns nothing."""

    def turned(axis: int, to: int) -> Callable:
        """The sizes with one of them elsewhere, and its axis moved back."""

        def run(function: Callable, args: tuple, more: dict) -> Any:
            """Called in place of the function."""
            array, sizes = ((), args) if method else (args[:1], args[1:])
            listed = list(sizes[0]) if len(sizes) == 1 else list(sizes)
            if not 2 <= len(listed) <= 5:
                raise TypeError
            listed.insert(to, listed.pop(axis))
            return np.moveaxis(function(*array, tuple(listed), **more), to, axis)

        return run

    for axis, to in ((0, -1), (1, -1), (-1, 0), (-1, 1), (0, 1), (1, 2)):
        yield Edit("reshaped", node, turned(axis, to if to >= 0 else 9), CALL)
    yield Edit("reshaped", node, _with(order="F"), CALL)


def _with_function(other: str) -> Callable:
    """The same call of another function of the same module, or of the same array."""

    def run(function: Callable, args: tuple, more: dict) -> Any:
        """Called in place of the function."""
        home = getattr(function, "__self__", None)
        if home is None or type(home).__name__ == "module":
            home = sys.modules.get(getattr(function, "__module__", None) or "numpy") or sys.modules["numpy"]
        if not hasattr(home, other):
            home = sys.modules["numpy"]
        return getattr(home, other)(*args, **more)

    return run


def _in_order(order: Sequence[int]) -> Callable:
    return lambda f, args, more: f(*(args[k] for k in order), **more)


def _without(keyword: str | None) -> Callable:
    return lambda f, args, more: f(*args, **{k: v for k, v in more.items() if k != keyword})


def _with(**options: Any) -> Callable:
    return lambda f, args, more: f(*args, **{**more, **options})


def _reduction(node: ast.Call) -> Iterator[Edit]:
    """Another axis where none is named; axes that are kept."""
    known = {keyword.arg for keyword in node.keywords}
    if len(node.args) == 2 and "axis" not in known:  # np.linalg.norm(a, 1), whose second argument is none
        yield Edit("no_axis", node, lambda f, args, more: f(args[0], axis=args[1], **more), CALL)
    for value in (0, 1, -1, (0, 1), (1, 2), (0, 1, 2)) if "axis" not in known else ():
        yield Edit("no_axis", node, _with(axis=value), CALL)
        yield Edit("no_axis", node, _with(axis=value, keepdims=True), CALL)
    if "keepdims" not in known:
        yield Edit("keepdims", node, _with(keepdims=True), CALL)
