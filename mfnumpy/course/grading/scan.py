"""Reading a student's cells for what a person should look at: uses of the reference, changed modules, ways out.

A remark is no verdict: points do not depend on it. What is not in the text (a name that is put together from pieces)
is not seen.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mfnumpy.course.grading.assemble import Part
from mfnumpy.course.plan import Plan, dotted, dotted_names

HOMES = ("mfnumpy", "data_utils")
"""Packages in which the right answers lie, or the judge."""
COMMON = """
    __future__ abc collections copy dataclasses decimal enum fractions functools IPython itertools math matplotlib
    numbers numpy random statistics string textwrap time typing warnings
"""
"""What a solution may import without a remark; every other module may hold an answer, or a way out of the notebook."""
OF_NUMPY = """
    core ctypeslib DataSource distutils f2py fromfile genfromtxt lib load loadtxt memmap rec save savetxt savez
    savez_compressed source testing test
"""
"""Parts of NumPy that read or write files, or that a checker might use."""
FILES_OF_NUMPY = {f"{numpy}.{name}" for numpy in ("np", "numpy") for name in OF_NUMPY.split()}
CALLS = """
    __import__ eval exec compile setattr delattr getattr vars locals globals open breakpoint get_ipython memoryview
    mine_or_reference
"""
PLAIN = "__name__ __doc__ __init__ __call__ __len__ __repr__ __str__ __version__ __iter__ __getitem__"
"""Names with two underscores that harm nothing."""
KEPT = ("check", "grade", "hint", "mine_or_reference")
"""Names of the notebook that a student has no reason to give another meaning."""


@dataclass
class _Known:
    """What is known before the student's first line: names from our packages, and all imported names."""

    ours: dict[str, str] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)


def scan(plan: Plan, parts: list[Part]) -> list[str]:
    """Sentences on the student's code cells, each with the cell's name, for a person to decide."""
    known = _Known()
    given_imports: set[str] = set()
    for part in parts:
        if part.role == "given" and part.kind == "code" and (tree := _parsed(part.source)):
            given_imports |= set(_note_imports(tree, known))
    found = []
    for part in parts:
        if part.role in ("solution", "own") and part.kind == "code":
            found += [f"{part.name} {says}" for says in _cell(plan, part, known, given_imports)]
    return list(dict.fromkeys(found))


def _cell(plan: Plan, part: Part, known: _Known, given_imports: set[str]) -> Iterator[str]:
    if any(line.lstrip().startswith(("!", "%%bash", "%%sh", "%run", "%load", "%system")) for line in _lines(part)):
        yield "runs a command of the shell"
    tree = _parsed(part.source)
    if tree is None:
        return
    for name in _note_imports(tree, known):
        root, _, rest = name.partition(".")
        ours = root in HOMES and (name in given_imports or name in plan.allowed)
        strange = root not in COMMON.split() or (root == "numpy" and rest.partition(".")[0] in OF_NUMPY.split())
        if strange and not ours and name not in given_imports and name != "mfnumpy.course.hint":
            yield f"imports {name}"
    yield from _uses(plan, tree, known)
    yield from _changes(tree, known)
    yield from _tricks(tree)


def _uses(plan: Plan, tree: ast.Module, known: _Known) -> Iterator[str]:
    """Names of our packages that the instructor's own solutions do not use, and the text does not mention."""
    assigned = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for name in dict.fromkeys(dotted_names(tree)):
        root, _, rest = name.partition(".")
        if root not in known.ours or root in assigned or root in KEPT:
            continue
        if {name, rest, rest.rpartition(".")[2]} & set(plan.allowed) or (not rest and root in plan.allowed):
            continue
        if rest or not known.ours[root].rpartition(".")[2][:1].isupper():
            yield f"uses {known.ours[root]}{'.' if rest else ''}{rest}"


def _changes(tree: ast.Module, known: _Known) -> Iterator[str]:
    """Assignments to what was imported: `np.abs = ...`, `EXERCISES["eq7"] = ...`, and other meanings of our names."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            target: ast.AST = node
            while isinstance(target, (ast.Attribute, ast.Subscript)):
                target = target.value
            if isinstance(target, ast.Name) and target.id in known.imported:
                yield f"changes {dotted(node) or target.id}"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in KEPT:
            yield f"gives {node.id} another meaning"
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in KEPT:
            yield f"gives {node.name} another meaning"


def _tricks(tree: ast.Module) -> Iterator[str]:
    """Ways to reach what is not named, and objects that claim to be equal to everything."""
    names = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in CALLS.split() and node.id not in names:
            yield f"calls {node.id}"
        elif isinstance(node, ast.Attribute) and _is_hidden(node.attr):
            yield f"uses {node.attr}"
        elif isinstance(node, ast.Attribute) and dotted(node) in FILES_OF_NUMPY:
            yield f"uses {dotted(node)}"
        elif isinstance(node, ast.ClassDef):
            own = [f.name for f in node.body if isinstance(f, ast.FunctionDef) and _is_hidden(f.name)]
            if own:
                yield f"defines a class with {', '.join(own)}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _named_in(node, tree)


def _is_hidden(name: str) -> bool:
    return (name.startswith("__") and name.endswith("__") and name not in PLAIN.split()) or name in (
        "f_back",
        "_getframe",
    )


def _named_in(node: ast.Constant, tree: ast.Module) -> Iterator[str]:
    if any(f"{home}." in str(node.value) for home in HOMES) and not _is_docstring(tree, node):
        yield "names a module of the package in a string"


def _is_docstring(tree: ast.Module, node: ast.Constant) -> bool:
    return any(isinstance(parent, ast.Expr) and parent.value is node for parent in ast.walk(tree))


def _note_imports(tree: ast.AST, known: _Known) -> Iterable[str]:
    """What is imported, as dotted names; the names that it is known by are noted."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            pairs = [(alias.name, alias.asname or alias.name.partition(".")[0], alias.name) for alias in node.names]
            pairs = [(full, name, full if alias.asname else name)
                     for (full, name, _), alias in zip(pairs, node.names, strict=True)]  # fmt: skip
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            pairs = [(f"{module}.{a.name}", a.asname or a.name, f"{module}.{a.name}") for a in node.names]
        else:
            continue
        for full, name, stands_for in pairs:
            found.append(full)
            known.imported.add(name)
            if full.partition(".")[0] in HOMES:
                known.ours[name] = stands_for
            else:
                known.ours.pop(name, None)
    return found


def _lines(part: Part) -> list[str]:
    return part.source.splitlines()


def _parsed(source: str) -> ast.Module | None:
    """The cell's syntax tree, lines for IPython left out; None for what Python cannot read."""
    lines = ["pass" if line.lstrip().startswith(("%", "!", "?")) and line[:1] in "%!?" else line
             for line in source.splitlines()]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse("\n".join(lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
