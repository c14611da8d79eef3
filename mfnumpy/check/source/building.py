"""The tree of a function in which every piece passes through a machine, and statements can be rearranged."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mfnumpy.check.source.edits import CALL, INDEX, TWO, VALUE, Plan
from mfnumpy.check.source.machine import MACHINE, OPERATORS, Machine
from mfnumpy.check.source.pieces import scope_of, written


def built(functions: Sequence[ast.FunctionDef], sites: Sequence[ast.expr], plan: Plan, machine: Machine) -> ast.Module:
    """A module with the functions, whose pieces call the machine.

    functions: the student's.
    sites: the expressions that may be changed.
    plan: the changes of statements.
    machine: is told of the sites.
    """
    machine.sites = {id(node): k for k, node in enumerate(sites)}
    machine.operators = [_operator(node) for node in sites]
    made = [_Builder(machine.sites, plan, scope_of(node).changed).rebuilt(node) for node in functions]
    module = ast.Module(made, [])
    return ast.fix_missing_locations(module)


def _operator(node: ast.expr) -> Callable | None:
    """What joins the two sides of a piece that has two."""
    if isinstance(node, ast.BinOp):
        return OPERATORS.get(type(node.op))
    return OPERATORS.get(type(node.ops[0])) if isinstance(node, ast.Compare) and len(node.ops) == 1 else None


def _of_machine(name: str, *args: ast.expr, keywords: Sequence[ast.keyword] = ()) -> ast.Call:
    function = ast.Attribute(ast.Name(MACHINE, ast.Load()), name, ast.Load())
    return ast.Call(function, list(args), list(keywords))


def _is(number: int) -> ast.Compare:
    return ast.Compare(ast.Constant(number), [ast.In()], [_numbers()])


def _numbers() -> ast.Attribute:
    return ast.Attribute(ast.Name(MACHINE, ast.Load()), "numbers", ast.Load())


def _none_of(numbers: Iterable[int]) -> ast.Call:
    every = ast.Tuple([ast.Constant(n) for n in numbers], ast.Load())
    return ast.Call(ast.Attribute(_numbers(), "isdisjoint", ast.Load()), [every], [])


def _noted(name: str) -> ast.stmt:
    """The machine is told what a name is; it may be nothing yet."""
    known = ast.Expr(_of_machine("note", ast.Constant(name), ast.Name(name, ast.Load())))
    unknown = ast.ExceptHandler(ast.Name("NameError", ast.Load()), None, [ast.Pass()])
    return ast.Try([known], [unknown], [], [])


class _Builder:
    def __init__(self, sites: dict[int, int], plan: Plan, changed: frozenset[str]):
        self.sites, self.plan, self.changed = sites, plan, changed

    def rebuilt(self, node: ast.AST) -> Any:
        """A node with all that is in it made anew."""
        fields: dict[str, Any] = {}
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                fields[name] = self._block(value)
            elif isinstance(value, list):
                fields[name] = [self.rebuilt(item) if isinstance(item, ast.AST) else item for item in value]
            else:
                fields[name] = self.rebuilt(value) if isinstance(value, ast.AST) else value
        new: Any = type(node)(**fields)
        if isinstance(node, (ast.For, ast.While)):
            new.body.insert(0, ast.Expr(_of_machine("tick")))
        if isinstance(node, ast.expr) and id(node) in self.sites:
            new = self._passed(node, new, ast.Constant(self.sites[id(node)]))
        for number, other in self.plan.instead.get(id(node), ()):
            new = ast.IfExp(_is(number), other, new)
        return new

    def _passed(self, node: ast.expr, new: ast.expr, site: ast.Constant) -> ast.expr:
        """The made piece, through the machine."""
        if isinstance(new, ast.BinOp) and type(new.op) in OPERATORS:
            new = _of_machine(TWO, site, new.left, new.right)
        elif isinstance(new, ast.Compare) and len(new.ops) == 1 and type(new.ops[0]) in OPERATORS:
            new = _of_machine(TWO, site, new.left, new.comparators[0])
        elif isinstance(new, ast.Call):
            new = _of_machine(CALL, site, new.func, *new.args, keywords=new.keywords)
        elif isinstance(new, ast.Subscript):
            new = _of_machine(INDEX, site, new.value, _index(new.slice))
        return _of_machine(VALUE, site, new)

    def _block(self, block: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Statements, each left out in some changes, with others before and after it in others."""
        made: list[ast.stmt] = []
        for node in block:
            for number, put in self.plan.before.get(id(node), ()):
                made.append(ast.If(_is(number), list(put), []))
            made += [_noted(name) for name in written(node) if name in self.changed]
            new = self.rebuilt(node)
            gone = self.plan.removed.get(id(node))
            made.append(ast.If(_none_of(gone), [new], []) if gone else new)
            for number, put in self.plan.after.get(id(node), ()):
                made.append(ast.If(_is(number), list(put), []))
        return made


def _index(node: ast.expr) -> ast.expr:
    """What stands in the brackets of x[...], as a value of its own."""
    if isinstance(node, ast.Slice):
        parts = [part or ast.Constant(None) for part in (node.lower, node.upper, node.step)]
        return ast.Call(ast.Name("slice", ast.Load()), parts, [])
    if isinstance(node, ast.Tuple):
        return ast.Tuple([_index(part) for part in node.elts], ast.Load())
    return node
