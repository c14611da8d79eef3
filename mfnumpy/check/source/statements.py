"""Changes of whole statements: their order, what stands in a loop and what outside, what is set and what added up."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeGuard

from mfnumpy.check.source.edits import Edit, Plan

SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.AnnAssign)
Loop = ast.For | ast.While


def plan_statements(functions: Sequence[ast.FunctionDef], plan: Plan) -> None:
    """Put all changes of statements into the plan."""
    given = {argument.arg for function in functions for argument in function.args.args}
    for block in blocks(functions):
        for place, node in enumerate(block):
            _of_one(node, plan)
            if _changes_argument(node, given):
                plan.rearrange(Edit("changed_early", node, what=_target(node)), remove=[node])
            if place + 1 < len(block):
                _of_two(node, block[place + 1], plan)
            if _is_loop(node):
                _of_loop(node, plan)


def blocks(functions: Sequence[ast.FunctionDef]) -> Iterator[list[ast.stmt]]:
    """Every block of statements in these functions, outer ones first; docstrings are left out."""
    waiting: list[ast.AST] = list(functions)
    while waiting:
        node = waiting.pop(0)
        for name in ("body", "orelse", "finalbody", "handlers"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                if isinstance(block[0], ast.stmt):
                    yield block[1:] if _is_docstring(block[0]) else block
                waiting += block


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_loop(node: ast.stmt) -> TypeGuard[Loop]:
    return isinstance(node, (ast.For, ast.While))


def _leaves_a_loop(node: ast.stmt) -> bool:
    return any(isinstance(part, (ast.Break, ast.Continue)) for part in ast.walk(node))


def _target(node: ast.stmt) -> ast.expr | None:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return node.targets[0]
    return node.target if isinstance(node, ast.AugAssign) else None


def _changes_argument(node: ast.stmt, given: set[str]) -> bool:
    """Whether a statement updates an argument of the function: adds something to it, or takes something off."""
    target, step = _target(node), node if isinstance(node, ast.AugAssign) else getattr(node, "value", None)
    if not isinstance(target, ast.Name) or target.id not in given:
        return False
    if not isinstance(step, (ast.BinOp, ast.AugAssign)) or not isinstance(step.op, (ast.Add, ast.Sub)):
        return False
    return isinstance(step, ast.AugAssign) or (isinstance(step.left, ast.Name) and step.left.id == target.id)


def _of_one(node: ast.stmt, plan: Plan) -> None:
    """What a single statement may be changed to."""
    if isinstance(node, SIMPLE):
        plan.rearrange(Edit("needless", node), remove=[node])
    if isinstance(node, ast.AugAssign):
        plain = ast.Assign([node.target], node.value)
        plan.rearrange(Edit("added_up", node), remove=[node], before=(node, [plain]))
        for other in (ast.Add(), ast.Sub(), ast.Mult(), ast.Div()):
            if type(other) is not type(node.op):
                new = ast.AugAssign(node.target, other, node.value)
                plan.rearrange(Edit("operation", node), remove=[node], before=(node, [new]))
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, (ast.Name, ast.Subscript, ast.Attribute)) and not _is_start(node):
            for op, kind in ((ast.Add(), "overwritten"), (ast.Sub(), "overwritten_minus")):
                new = ast.AugAssign(target, op, node.value)
                plan.rearrange(Edit(kind, node), remove=[node], before=(node, [new]))
        if isinstance(target, ast.Tuple) and len(target.elts) == 2:
            turned = ast.Tuple(target.elts[::-1], ast.Store())
            plan.rearrange(Edit("targets", node), remove=[node], before=(node, [ast.Assign([turned], node.value)]))
            _one_after_the_other(node, target, plan)
    if isinstance(node, (ast.Break, ast.Continue)):
        plan.rearrange(Edit("loop_left", node), remove=[node], before=(node, [ast.Pass()]))


def _is_start(node: ast.Assign) -> bool:
    """Whether a statement sets a number, or changes what is there already: neither stands for a sum."""
    target = ast.dump(node.targets[0]).replace("Store()", "Load()")
    return isinstance(node.value, ast.Constant) or any(ast.dump(part) == target for part in ast.walk(node.value))


def _one_after_the_other(node: ast.Assign, target: ast.Tuple, plan: Plan) -> None:
    """a, b = f(a), g(a): the second sees the new a, or the first the new b."""
    if isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
        pairs = list(zip(target.elts, node.value.elts, strict=True))
        for order in (pairs, pairs[::-1]):
            lines = [ast.Assign([name], value) for name, value in order]
            plan.rearrange(Edit("both_old", node), remove=[node], before=(node, lines))


def _of_two(first: ast.stmt, second: ast.stmt, plan: Plan) -> None:
    """Two statements in the other order; what stands beside a loop goes into it."""
    movable = (*SIMPLE, ast.For, ast.While, ast.If)
    if isinstance(first, movable) and isinstance(second, movable):
        plan.rearrange(Edit("order", second, what=first), remove=[second], before=(first, [second]))
    if _is_loop(first) and isinstance(second, SIMPLE):
        plan.rearrange(Edit("in_the_loop", second), remove=[second], after=(first.body[-1], [second]))
    if _is_loop(second) and isinstance(first, SIMPLE):
        plan.rearrange(Edit("in_the_loop_first", first), remove=[first], before=(second.body[0], [first]))


def _of_loop(loop: Loop, plan: Plan) -> None:
    """What stands in a loop, first or last, goes before or behind it."""
    first, last = loop.body[0], loop.body[-1]
    if isinstance(last, ast.Return):
        plan.rearrange(Edit("returns_early", last), remove=[last], after=(loop, [last]))
        if len(loop.body) == 1:
            return
    elif isinstance(last, (*SIMPLE, ast.If)) and not _leaves_a_loop(last):
        plan.rearrange(Edit("after_the_loop", last), remove=[last], after=(loop, [last]))
    if isinstance(first, SIMPLE) and len(loop.body) > 1:
        plan.rearrange(Edit("each_time_anew", first), remove=[first], before=(loop, [first]))
    for node in loop.body[1:-1]:
        if isinstance(node, ast.Assign):
            plan.rearrange(Edit("each_time_anew", node), remove=[node], before=(loop, [node]))
    if _is_loop(last) and last.body and isinstance(last.body[-1], ast.Return):  # a return two loops deep
        inner = last.body[-1]
        plan.rearrange(Edit("returns_early", inner), remove=[inner], after=(loop, [inner]))


def plan_brackets(nodes: Sequence[ast.expr], plan: Plan) -> None:
    """Put (a + b) * c in place of a + b * c, and the other way round, into the plan."""
    for node in nodes:
        if not isinstance(node, ast.BinOp):
            continue
        left, right = node.left, node.right
        if isinstance(left, ast.BinOp) and type(left.op) is not type(node.op):
            new = ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, right))
            plan.replace(Edit("brackets", node), new)
        if isinstance(right, ast.BinOp):
            new = ast.BinOp(ast.BinOp(left, node.op, right.left), right.op, right.right)
            plan.replace(Edit("brackets", node), new)
