"""The pieces of a function whose value is used, and what they stand in."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mfnumpy.check.source.edits import inside

REDUCTIONS = frozenset(
    ("sum", "mean", "max", "min", "prod", "argmax", "argmin", "std", "var", "any", "all", "norm", "cumsum")
) | {"amax", "amin", "average", "median", "argsort", "sort", "concatenate", "stack", "repeat", "flip"}
"""Functions that have an axis."""


@dataclass(frozen=True)
class Scope:
    """What the pieces of a function stand in.

    names: the local names of the function, arguments first.
    parents: of a piece (by id): what it stands in, and as which field.
    changed: the names that get a second value, arguments a first one.
    """

    names: tuple[str, ...]
    parents: Mapping[int, tuple[ast.AST, str]]
    changed: frozenset[str] = frozenset()

    def parent(self, node: ast.AST) -> ast.AST | None:
        """What the piece stands in."""
        return self.parents.get(id(node), (None, ""))[0]

    def is_called(self, node: ast.AST) -> bool:
        """Whether the piece is a function that is called."""
        parent = self.parent(node)
        return isinstance(parent, ast.Call) and parent.func is node

    def keyword(self, node: ast.AST) -> str:
        """The keyword whose value the piece is, or is a part of: "axis"; "" for none."""
        parent = self.parent(node)
        while isinstance(parent, (ast.Tuple, ast.UnaryOp)):
            node, parent = parent, self.parent(parent)
        return parent.arg or "" if isinstance(parent, ast.keyword) else ""

    def is_axis(self, node: ast.expr) -> bool:
        """Whether it is the axis of a reduction: a.sum(axis=1), a.sum(1), np.sum(a, 1)."""
        if self.keyword(node):
            return self.keyword(node) == "axis"
        parent = self.parent(node)
        if not isinstance(parent, ast.Call) or node not in parent.args or called(parent) not in REDUCTIONS:
            return False
        return parent.args.index(node) == int(not is_method(parent, self))


def called(call: ast.Call) -> str:
    """The last word of what is called: "sum" in np.sum(a) and in a.sum()."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def is_method(call: ast.Call, scope: Scope) -> bool:
    """Whether a value's own function is called, a.sum(), and not a module's, np.sum(a)."""
    if not isinstance(call.func, ast.Attribute):
        return False
    receiver = call.func.value
    while isinstance(receiver, ast.Attribute):
        receiver = receiver.value
    return not (isinstance(receiver, ast.Name) and receiver.id not in scope.names)


def scope_of(function: ast.FunctionDef) -> Scope:
    """The scope of the pieces of a function."""
    arguments = [a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    parents = {id(node): (parent, field) for node, parent, field in inside(function)}
    set_in = [name for node in ast.walk(function) for name in written(node)]
    changed = {name for name in set_in if set_in.count(name) + (name in arguments) > 1}
    return Scope(tuple(dict.fromkeys([*arguments, *stored])), parents, frozenset(changed))


def written(node: ast.AST) -> list[str]:
    """The names whose value a statement sets or changes: of W = ..., W -= ..., W[0] = ... and for W in ... it is W."""
    targets: list[ast.expr] = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, (ast.AugAssign, ast.For)):
        targets = [node.target]
    found = []
    for target in targets:
        for part in target.elts if isinstance(target, ast.Tuple) else [target]:
            while isinstance(part, (ast.Subscript, ast.Attribute)):
                part = part.value
            if isinstance(part, ast.Name):
                found.append(part.id)
    return found


def readable(function: ast.FunctionDef, scope: Scope) -> Iterator[ast.expr]:
    """The expressions whose value is used: no targets, no text, no slices, no functions that are called."""
    for node, parent, field in inside(function):
        if not isinstance(node, ast.expr) or isinstance(node, (ast.Starred, ast.Slice, ast.JoinedStr, ast.Lambda)):
            continue
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or field in ("annotation", "returns"):
            continue
        if isinstance(parent, (ast.JoinedStr, ast.FormattedValue, ast.arguments)) or scope.is_called(node):
            continue
        if parent is function or (isinstance(node, ast.Tuple) and isinstance(parent, ast.Subscript)):
            continue
        if isinstance(node, ast.Constant) and (isinstance(node.value, str) or isinstance(parent, ast.Expr)):
            continue
        if isinstance(node, ast.Name) and node.id not in scope.names:  # a module or a function
            continue
        yield node
