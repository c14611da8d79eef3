"""A student's own library: what they wrote and the checker passed takes the reference's place in every later notebook.

The functions lie as files in the folder `mine` of the folder that `mfnumpy learn` made, one for each exercise. Anywhere
else (a checkout, a grader's folder) nothing is kept and nothing is taken.
"""

from __future__ import annotations

import inspect
import runpy
import textwrap
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mfnumpy.check import EXERCISES, check
from mfnumpy.check.exercises import HOOKS
from mfnumpy.errors import MfnumpyError
from mfnumpy.support.files import atomic_write

MARK = ".mfnumpy.json"
"""The file by which `mfnumpy learn` marks its folder."""


def home() -> Path | None:
    """The folder of kept functions for the notebook that is running, or None outside a folder of `mfnumpy learn`."""
    here = Path.cwd()
    return next((folder / "mine" for folder in (here, here.parent) if (folder / MARK).is_file()), None)


def keep(exercise: str, function: Callable) -> bool:
    """Write a function that the checker passes into the library; returns whether it is there now.

    exercise: a name of the checker. A function whose source cannot be found, and a folder that cannot be written, are
    no reason to stop: then it is not kept.
    """
    folder = home()
    if folder is None or exercise not in EXERCISES or not check(exercise, function).passed:
        return False
    try:
        with atomic_write(folder / f"{exercise}.py") as file:
            file.write(program(function).encode())
    except (OSError, TypeError, MfnumpyError):
        return False
    return True


def kept(exercise: str) -> Callable | None:
    """The kept function of an exercise, if it is there, runs, and still passes the checker; else None, and says why."""
    folder = home()
    path = None if folder is None else folder / f"{exercise}.py"
    if path is None or not path.is_file():
        return None
    try:
        function = runpy.run_path(str(path))[exercise]
        if check(exercise, function).passed:
            return function
        why = "the checker does not pass it any more"
    except Exception as error:  # whatever a student's file may do
        why = f"{type(error).__name__}: {error}"
    print(f"{path} is not used: {why}.")
    return None


def yours(rule: str) -> dict[str, Callable]:
    """The keywords that put a student's functions into a rule: rules.MonoForward(**yours("MonoForward")).

    rule: the name of the rule's class. Prints one line that says whose functions the rule computes with.
    """
    hooks = {keyword: exercise for exercise, (owner, keyword) in HOOKS.items() if owner == rule}
    found = {keyword: function for keyword, exercise in hooks.items() if (function := kept(exercise)) is not None}
    mine = [exercise for keyword, exercise in hooks.items() if keyword in found]
    rest = [exercise for keyword, exercise in hooks.items() if keyword not in found]
    said = [f"your {', '.join(mine)}"] * bool(mine) + [f"the package's {', '.join(rest)}"] * bool(rest)
    print(f"{rule} computes with {' and '.join(said)}.")
    return found


def program(function: Callable) -> str:
    """A file that defines the function again: its source, and what it uses of its notebook.

    Raises TypeError or OSError where the source cannot be found.
    """
    lines: list[str] = []
    _collect(function, lines, set())
    return "\n".join(lines) + "\n"


def _collect(function: Callable, lines: list[str], done: set[str]) -> None:
    done.add(function.__name__)
    world = getattr(function, "__globals__", {})
    for name in _names(function.__code__):
        if name in done or name not in world:
            continue
        done.add(name)
        thing = world[name]
        module = getattr(thing, "__module__", None)
        if isinstance(thing, types.ModuleType):
            lines.append(f"import {thing.__name__} as {name}")
        elif isinstance(thing, int | float | str | tuple):
            lines.append(f"{name} = {thing!r}")
        elif module not in (None, "__main__", world.get("__name__")):
            lines.append(f"from {module} import {thing.__name__} as {name}")
        elif inspect.isfunction(thing):
            _collect(thing, lines, done)
    lines += ["", "", textwrap.dedent(inspect.getsource(function)).rstrip()]


def _names(code: types.CodeType) -> list[str]:
    """The global names that a function and the functions within it use, in order."""
    inner: list[Any] = [const for const in code.co_consts if isinstance(const, types.CodeType)]
    return [*code.co_names, *(name for const in inner for name in _names(const))]
