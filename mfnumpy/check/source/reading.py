"""The source of a student's function, with those functions of its file that it calls."""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

LONGEST = 4000
"""A file of more lines is not read."""

ALLOWED = frozenset(
    {"numpy", "math", "mfnumpy", "itertools", "functools", "operator", "random", "collections", "scipy"}
)
"""Whose modules a function may use. What reaches for files, processes or the network is not run with changes in it."""
FORBIDDEN = frozenset({"open", "exec", "eval", "compile", "__import__", "input", "breakpoint", "exit", "quit"}) | {
    *("save", "savez", "savez_compressed", "savetxt", "tofile", "memmap", "open_memmap"),
}


@dataclass(frozen=True)
class Source:
    """A function that can be changed and run again.

    name: of the function.
    functions: the trees of it, first, and of those in its file that it calls.
    text: the file, by lines.
    space: the names that it uses, a copy.
    """

    name: str
    functions: tuple[ast.FunctionDef, ...]
    text: tuple[str, ...]
    space: dict[str, Any]

    def shown(self, node: ast.AST) -> str:
        """The student's own text of a piece, on one line."""
        found = ast.get_source_segment("".join(self.text), node)
        return " ".join((found or ast.unparse(node)).split())

    def line(self, node: ast.stmt | ast.expr) -> str:
        """The line on which a piece begins, without what is around it."""
        return self.text[node.lineno - 1].partition("  #")[0].strip()


def read(function: Callable) -> Source | None:
    """The source of a function; None if it is not to be had, is not the one that runs, or is better not run again."""
    if not _is_plain(function):
        return None
    text = linecache.getlines(function.__code__.co_filename, function.__globals__)
    if not 0 < len(text) <= LONGEST:
        return None
    try:
        tree = ast.parse("".join(text))
    except (SyntaxError, ValueError, RecursionError):
        return None
    found = {}
    for one in _with_helpers(function):
        node = _node_of(one.__code__, tree)
        if node is None or not _harmless(node, one):
            return None
        found[one.__name__] = node
    return Source(function.__name__, tuple(found.values()), tuple(text), dict(function.__globals__))


def _is_plain(function: Any) -> bool:
    return isinstance(function, FunctionType) and not function.__closure__ and not hasattr(function, "__wrapped__")


def _with_helpers(function: Callable) -> list[FunctionType]:
    """The function, and those of its file that it calls, by whatever way."""
    found: list[FunctionType] = []
    waiting = [function]
    while waiting:
        one = waiting.pop()
        if one in found or not isinstance(one, FunctionType):
            continue
        found.append(one)
        for name in _names(one.__code__):
            other: Any = one.__globals__.get(name)
            if _is_plain(other) and other.__code__.co_filename == function.__code__.co_filename:
                waiting.append(other)
    return found


def _names(code: CodeType) -> Iterator[str]:
    """The names of what a function uses from outside, also in functions within."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _node_of(code: CodeType, tree: ast.Module) -> ast.FunctionDef | None:
    """The tree of a function at the outer level of its file, if it is the very one that runs."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.lineno == code.co_firstlineno and not node.decorator_list:
            # A notebook compiles each statement of a cell alone, which gives other code than a whole file does.
            whole = any(_same(code, _compiled(node, module)) for module in (tree, ast.Module([node], [])))
            return node if whole else None
    return None


def _compiled(node: ast.FunctionDef, module: ast.Module) -> CodeType:
    """The code of a function as a part of a module."""
    constants = compile(module, "<student>", "exec", dont_inherit=True).co_consts
    functions = [c for c in constants if isinstance(c, CodeType)]
    return next(c for c in functions if (c.co_name, c.co_firstlineno) == (node.name, node.lineno))


def _same(a: CodeType, b: CodeType) -> bool:
    """Whether two functions do the same: a file may have been changed since it was read."""
    pairs = (a.co_code, b.co_code), (a.co_names, b.co_names), (a.co_varnames, b.co_varnames)
    inner = list(zip(a.co_consts, b.co_consts, strict=False))
    nested = [(p, q) for p, q in inner if isinstance(p, CodeType) and isinstance(q, CodeType)]
    plain = [(p, q) for p, q in inner if not isinstance(p, CodeType)]
    return (
        len(a.co_consts) == len(b.co_consts)
        and all(p == q for p, q in (*pairs, *plain))
        and all(_same(p, q) for p, q in nested)
    )


def _harmless(node: ast.FunctionDef, function: FunctionType) -> bool:
    """Whether a function does nothing but compute, as far as its names tell."""
    kinds = (ast.ImportFrom, ast.Global, ast.Nonlocal, ast.ClassDef, ast.Yield, ast.YieldFrom, ast.Await)
    if any(isinstance(part, kinds) for part in ast.walk(node)):
        return False
    imported = {a.name.partition(".")[0] for part in ast.walk(node) if isinstance(part, ast.Import) for a in part.names}
    used = set(_names(function.__code__))
    values = [function.__globals__.get(name) for name in used]
    modules = {value.__name__.partition(".")[0] for value in values if inspect.ismodule(value)}
    return not used & FORBIDDEN and modules | imported <= ALLOWED
