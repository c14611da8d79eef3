"""Finding a student's functions in a file."""

from __future__ import annotations

import contextlib
import importlib.util
import symtable
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

from mfnumpy.check.exercises import EXERCISES
from mfnumpy.check.student.limits import OutOfTime, limited
from mfnumpy.errors import InvalidValueError, MissingDataError
from mfnumpy.support.text import text_of

NAMES = ("{}", "my_{}")
"""The names under which a function is looked for: the exercise's, or with "my_" in front."""


SECONDS = 30.0
"""What a student's file may take to be read: imports can be slow, and there is little else to do in it."""


class Unfinished(InvalidValueError):
    """A student's file that was not read to its end in its time."""


def load(path: str | Path, seconds: float | None = None) -> ModuleType:
    """Run a student's file and return it as a module. What it prints goes to standard error.

    path: of the file. seconds: what it may take; None for SECONDS.
    Raises MissingDataError if there is no such file, InvalidValueError (with line) if it cannot be run to its end,
    Unfinished if that is for its time.
    """
    path, seconds = _existing(path), SECONDS if seconds is None else seconds
    spec = importlib.util.spec_from_file_location(f"student_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InvalidValueError(f"{path} is not a Python file; its name must end in .py.")
    module = importlib.util.module_from_spec(spec)
    try:
        with beside(path), _registered(module), contextlib.redirect_stdout(sys.stderr):
            limited(partial(spec.loader.exec_module, module), seconds)
    except SyntaxError as error:
        raise _unreadable(path, error) from error
    except OutOfTime:
        raise Unfinished(
            f"{path} had not been read to its end after {seconds:g} s: does a loop or a training run stand outside its "
            'functions? Put it under: if __name__ == "__main__":'
        ) from None
    except (Exception, SystemExit) as error:
        raise InvalidValueError(f"{path} cannot be run: {type(error).__name__}: {text_of(error)}.") from error
    return module


@contextlib.contextmanager
def beside(path: str | Path) -> Iterator[None]:
    """Look for imports in the file's own folder first, as Python does for a script.

    To be kept up while the file's functions are called: an import may stand inside one.
    """
    folder = str(Path(path).absolute().parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):  # the file may have taken it away itself
            sys.path.remove(folder)


@contextlib.contextmanager
def _registered(module: ModuleType) -> Iterator[None]:
    """Let the module be found by its name, as dataclasses, typing and pickle do; if it cannot be run, no longer."""
    sys.modules[module.__name__] = module
    try:
        yield
    except BaseException:
        sys.modules.pop(module.__name__, None)
        raise


def named_in(path: str | Path) -> list[str]:
    """The exercises that a file defines or imports something for, by its text alone: no line of it is run.

    Raises MissingDataError if there is no such file, InvalidValueError if it is not Python.
    """
    path = _existing(path)
    try:
        table = symtable.symtable(importlib.util.decode_source(path.read_bytes()), str(path), "exec")
    except SyntaxError as error:
        raise _unreadable(path, error) from error
    except ValueError as error:  # bytes that its encoding does not have, or a zero byte
        raise InvalidValueError(f"{path} is not Python text: {error}.") from error
    names = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    return [exercise for exercise in EXERCISES if names & {pattern.format(exercise) for pattern in NAMES}]


def _existing(path: str | Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise MissingDataError(f"There is no file {path}.")
    return path


def _unreadable(path: Path, error: SyntaxError) -> InvalidValueError:
    line = "" if error.lineno is None else f", line {error.lineno}"
    return InvalidValueError(f"{path}{line}: {error.msg}. Python cannot read the file.")


def functions_in(module: ModuleType) -> dict[str, Callable]:
    """The functions of a module that are named as an exercise, or "my_" and an exercise."""
    found = {}
    for exercise in EXERCISES:
        for pattern in NAMES:
            function = getattr(module, pattern.format(exercise), None)
            if callable(function):
                found[exercise] = function
    return found


def function_for(module: ModuleType, exercise: str) -> Callable:
    """The student's function for an exercise. Raises InvalidValueError if the file has none."""
    functions = functions_in(module)
    if exercise not in functions:
        names = " or ".join(pattern.format(exercise) for pattern in NAMES)
        raise InvalidValueError(f"{module.__file__} has no function {names}. See `mfnumpy check stub {exercise}`.")
    return functions[exercise]
