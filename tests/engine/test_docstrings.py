"""Every public function, class and method says what it does; the core stays small enough to read."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import mfnumpy

ROOT = Path(mfnumpy.__file__).parent.parent
FILES = sorted([*(ROOT / "mfnumpy").rglob("*.py"), *(ROOT / "data_utils").rglob("*.py")])
CORE = [p for p in FILES if p.parent.name in ("mfnumpy", "layers", "rules")]


def public(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Public definitions at the top level and in public classes. A property counts as a method."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{prefix}{node.name}.")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_everything_public_has_a_docstring_that_says_something(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path.name not in ("__init__.py", "__main__.py", "version.py"):
        assert ast.get_docstring(tree), f"{relative(path)} does not say what it is for"
    for name, node in public(tree):
        text = ast.get_docstring(node)
        assert text, f"{relative(path)}: {name} has no docstring"
        assert len(text) > 12, f"{relative(path)}: {name}"


def silent(tree: ast.AST) -> list[str]:
    """Functions without a docstring whose name has no underscore in front, also those inside of others."""
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return [f.name for f in functions if not f.name.startswith("_") and not ast.get_docstring(f)]


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_function_inside_another_says_what_it_is_for(path):
    assert silent(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", CORE, ids=relative)
def test_files_are_read_in_one_sitting_and_functions_on_one_screen(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 330
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 62, f"{relative(path)}: {node.name}"


@pytest.mark.parametrize("path", CORE, ids=relative)
def test_public_functions_of_the_core_are_annotated(path):
    for name, node in public(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and not name.endswith("__init__"):
            assert node.returns is not None, f"{relative(path)}: {name}"


def test_planted_a_function_without_a_docstring_is_found():
    tree = ast.parse("class A:\n    'says something long'\n    def f(self): pass\n    def _g(self): pass\n")
    assert [(n, ast.get_docstring(node)) for n, node in public(tree)] == [("A", "says something long"), ("A.f", None)]
    tree = ast.parse(
        "def _f():\n    def g(): pass\n    class _C:\n        def h(self): pass\n        def _i(self): pass\n"
    )
    assert silent(tree) == ["g", "h"]
