"""Every public function, class and method says what it does; from three arguments on, a line says what each one is."""

import ast
import re
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


def broken(tree: ast.AST) -> list[str]:
    """The first lines of docstrings whose first paragraph runs on, also of private functions and of the module."""
    defined = (n for n in ast.walk(tree) if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef))
    texts = [(ast.get_docstring(node) or "").split("\n") for node in defined]
    return [lines[0] for lines in texts if len(lines) > 1 and lines[1]]


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_the_first_paragraph_of_a_docstring_is_one_line(path):
    assert broken(ast.parse(path.read_text(encoding="utf-8"))) == []


def silent(tree: ast.AST) -> list[str]:
    """Functions without a docstring whose name has no underscore in front, also those inside of others."""
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return [f.name for f in functions if not f.name.startswith("_") and not ast.get_docstring(f)]


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_function_inside_another_says_what_it_is_for(path):
    assert silent(ast.parse(path.read_text(encoding="utf-8"))) == []


def arguments(function: ast.FunctionDef, of_a_class: bool) -> list[str]:
    """The names of a function's arguments, without the first one of a method."""
    a = function.args
    names = [arg.arg for arg in (*a.posonlyargs, *a.args)]
    static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)
    names = names[1:] if of_a_class and not static else names
    return [*names, *(arg.arg for arg in (*a.kwonlyargs, a.vararg, a.kwarg) if arg is not None)]


def generated(node: ast.ClassDef) -> list[str]:
    """The fields of a dataclass or a NamedTuple, which are its constructor's arguments; [] for another class."""
    makers = [ast.unparse(maker).split("(")[0] for maker in (*node.decorator_list, *node.bases)]
    if not {"dataclass", "NamedTuple"} & set(makers):
        return []
    fields = [item for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)]
    return [field.target.id for field in fields if "init=False" not in ast.unparse(field)]


def called(tree: ast.AST, prefix: str = "", of: ast.ClassDef | None = None) -> Iterator[tuple[str, list[str], str]]:
    """Public functions, methods and constructors: name, arguments and docstring.

    A constructor is documented in its class; that of a dataclass or a NamedTuple has the fields for arguments.
    Exceptions, which are not looked at: names with an underscore in front, functions inside of functions.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            if fields := generated(node):
                yield prefix + node.name, fields, ast.get_docstring(node) or ""
            yield from called(node, f"{prefix}{node.name}.", node)
        elif isinstance(node, ast.FunctionDef) and (node.name in ("__init__", "__call__") or node.name[0] != "_"):
            text = ast.get_docstring(node) or ""
            if node.name == "__init__" and of is not None:
                text = f"{ast.get_docstring(of)}\n{text}"
            yield prefix + node.name, arguments(node, of is not None), text


def described(text: str) -> set[str]:
    """The names that a docstring explains, each on a line that begins with it: "x: ..." or "x, W: ..."."""
    lines = re.findall(r"^ *((?:\*{0,2}\w+, )*\*{0,2}\w+): \S", text, flags=re.MULTILINE)
    return {name.lstrip("*") for line in lines for name in line.split(", ")}


def left_out(functions: dict[str, tuple[list[str], str]]) -> list[str]:
    """What from three arguments on lacks a line for an argument, with the names of those that it lacks.

    "As `f`", "as in `f`" and "those of `f`" stand for the lines of f, which must have them: a method that takes the
    place of another, a twin in the other engine, a function that hands its arguments on.
    """
    missing = []
    for name, (names, text) in functions.items():
        if len(names) < 3:
            continue
        known = described(text)
        for other in re.findall(r"(?:[Aa]s|[Aa]s in|those of)\s`([\w.]+)`", text):
            known.update(*(described(t) for n, (_, t) in functions.items() if f".{n}".endswith(f".{other}")))
        lacking = [n for n in names if n not in known and n[0] != "_"]
        if lacking:
            missing.append(f"{name}: {', '.join(lacking)}")
    return missing


def everything_called() -> dict[str, tuple[list[str], str]]:
    """All that `called` finds in both packages, by dotted name with the module's in front."""
    found = {}
    for path in FILES:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for name, names, text in called(ast.parse(path.read_text(encoding="utf-8"))):
            found[f"{module}.{name}"] = (names, text)
    return found


def test_from_three_arguments_on_a_line_says_what_each_one_is():
    missing = left_out(everything_called())
    assert not missing, f"{len(missing)} functions leave arguments out:\n" + "\n".join(missing)


def test_planted_a_first_sentence_over_two_lines_is_found():
    tree = ast.parse("'One line.'\ndef f():\n    'Breaks\\n    off.'\ndef g():\n    'Whole.\\n\\n    And more.'\n")
    assert broken(tree) == ["Breaks"]


def test_planted_an_argument_without_a_line_is_named():
    tree = ast.parse(
        "class A:\n"
        "    def f(self, x, W, dz):\n        'Does.\\n\\n    x, W: (N, n).\\n    dz: the rest.'\n"
        "    def g(self, x, W, dz=1):\n        'Does.\\n\\n    x: (N, n). W: in the same line. dz = 1.'\n"
        "class B:\n    'Is.\\n\\n    rows: many.\\n    options: of X.'\n"
        "    def __init__(self, rows, *, seed, **options): pass\n"
        "    def f(self, x, W, dz): 'As `A.f`.'\n"
        "    def g(self, x, W, dz): 'As `A.missing`.'\n"
        "    def _h(self, x, W, dz): pass\n"
        "@dataclass(frozen=True)\nclass C:\n    'Is.\\n\\n    a: one.'\n    a: int\n    b: int = 2\n    c: int = 3\n"
        "    d: int = field(init=False)\n    _e: int = 5\n"
        "def two(x, y): 'Does.'\n"
    )
    functions = {name: (names, text) for name, names, text in called(tree)}
    assert left_out(functions) == ["A.g: W, dz", "B.__init__: seed", "B.g: x, W, dz", "C: b, c"]


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
