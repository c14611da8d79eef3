"""What runs the cells of a notebook: IPython where it is installed, and a plain one for the sandbox, which has none."""

from __future__ import annotations

import linecache
import sys
import types
from typing import Any, Protocol

HARMLESS = ("time", "timeit", "capture", "prun")
"""IPython's words for a whole cell which a plain shell leaves out: the cell's own lines are Python."""


class Shell(Protocol):
    """Runs cells one after another in one world of names. names: that world."""

    names: dict[str, Any]

    def run(self, source: str) -> BaseException | None:
        """Run one cell; what it raised, or None if it ran to its end."""


class NotebookShell:
    """IPython without its history, its terminal and its startup files: cells may use all that a notebook may."""

    def __init__(self) -> None:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        config.InteractiveShell.ast_node_interactivity = "none"

        class Silent(InteractiveShell):
            """Shows nothing, and has no window: `%matplotlib inline` is no mistake."""

            def enable_gui(self, gui: str | None = None) -> None:
                """Nothing is to be done."""

        shell: Any = Silent.instance(config=config)
        shell.showtraceback = shell.showsyntaxerror = lambda *args, **options: None
        self._shell, self.names = shell, shell.user_ns

    def run(self, source: str) -> BaseException | None:
        """Run one cell; what it raised, or None if it ran to its end."""
        done = self._shell.run_cell(source, store_history=False)
        return done.error_before_exec or done.error_in_exec


class PlainShell:
    """Python alone. Lines for IPython (%, !, ?) are passed over; a cell in another language raises a SyntaxError."""

    def __init__(self) -> None:
        self.main = types.ModuleType("__main__")
        self.names: dict[str, Any] = vars(self.main)
        self.names["display"] = _display
        self.count = 0
        sys.modules["__main__"] = self.main
        sys.modules.update(_stand_ins())

    def run(self, source: str) -> BaseException | None:
        """Run one cell; what it raised, or None if it ran to its end."""
        self.count += 1
        name = f"<ipython-input-{self.count}>"
        try:
            text = python_of(source)
            linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
            exec(compile(text, name, "exec"), self.names)
        except BaseException as error:
            return error
        return None


def python_of(source: str) -> str:
    """A cell without its lines for IPython, each of which becomes `pass`. Raises SyntaxError for another language."""
    lines = source.splitlines()
    first = next((k for k, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].startswith("%%"):
        word = lines[first][2:].split(maxsplit=1)[0] if lines[first][2:].strip() else ""
        if word not in HARMLESS:
            raise SyntaxError(f"%%{word} is known to IPython alone, which the sandbox does not have")
        lines[first] = ""
    plain = [_without_magic(line) for line in lines]
    return "\n".join(plain) + "\n"


def _without_magic(line: str) -> str:
    bare = line.lstrip()
    if bare[:1] not in ("%", "!", "?") or bare.startswith(("%=", "!=")):
        return line
    return line[: len(line) - len(bare)] + "pass"


def _display(*values: Any, **options: Any) -> None:
    """Stands for IPython's: prints the values."""
    print(*map(repr, values))


def _stand_ins() -> dict[str, types.ModuleType]:
    """IPython and IPython.display: what a cell shows is printed, or dropped."""
    top, inner = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    for name in ("HTML", "SVG", "Image", "Markdown", "Math", "Latex", "Javascript"):
        setattr(inner, name, type(name, (), {"__init__": lambda self, *args, **options: None}))
    for name, function in (("display", _display), ("clear_output", lambda *args, **options: None)):
        setattr(inner, name, function)
    top.display = inner  # type: ignore[attr-defined]
    return {"IPython": top, "IPython.display": inner}
