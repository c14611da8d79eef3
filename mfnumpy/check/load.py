"""Finding a student's functions in a file."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from mfnumpy.check.exercises import EXERCISES
from mfnumpy.errors import InvalidValueError, MissingDataError

NAMES = ("{}", "my_{}")
"""The names under which a function is looked for: the exercise's, or with "my_" in front."""


def load(path: str | Path) -> ModuleType:
    """Run a student's file and return it as a module.

    Raises MissingDataError if there is no such file, InvalidValueError (with line) if it cannot be run.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingDataError(f"There is no file {path}.")
    spec = importlib.util.spec_from_file_location(f"student_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InvalidValueError(f"{path} is not a Python file; its name must end in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise InvalidValueError(f"{path}, line {error.lineno}: {error.msg}. Python cannot read the file.") from error
    except (Exception, SystemExit) as error:
        raise InvalidValueError(f"{path} cannot be run: {type(error).__name__}: {error}.") from error
    finally:
        sys.path.remove(str(path.parent))
    return module


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
