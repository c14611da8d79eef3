"""What is odd about a function: it is the package's own, or NumPy or the package is not what was installed."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType

import numpy as np

from mfnumpy import equations, layers, optim
from mfnumpy.check.model import Exercise
from mfnumpy.rules import ff

_AT_IMPORT = {name: value for name, value in vars(np).items() if callable(value)}
_HOMES = (equations, optim, ff)


def remarks(exercise: Exercise, function: Callable) -> list[str]:
    """One sentence for each thing that is odd."""
    says = []
    own = inspect.unwrap(function)
    module = getattr(own, "__module__", None) or ""
    if own is exercise.reference or _in_package(module):
        says.append(
            f"This is the package's own function ({module}.{getattr(own, '__name__', '?')}), handed in as it is."
        )
    return says + [f"{name} was replaced: it is not {home}'s own." for name, home in _patched()]


def _in_package(module: str) -> bool:
    return module.split(".")[0] == "mfnumpy" and not module.startswith(("mfnumpy.check.matrix", "mfnumpy.course"))


def _patched() -> list[tuple[str, str]]:
    """Functions of NumPy and of the package that are defined elsewhere."""
    found = [
        (f"np.{name}", "NumPy")
        for name, value in vars(np).items()
        if _foreign(value, "numpy") or value is not _AT_IMPORT.get(name, value)
    ]
    for home in (*_HOMES, *_modules_of(layers)):
        found += [
            (f"{home.__name__.removeprefix('mfnumpy.')}.{name}", "the package")
            for name, value in vars(home).items()
            if isinstance(value, FunctionType) and not _from_package(value)
        ]
    return found[:3]


def _foreign(value: object, package: str) -> bool:
    """Whether a plain Python function stands in a package that it does not come from."""
    if not isinstance(value, FunctionType):
        return False
    source = inspect.unwrap(value).__code__.co_filename.replace("\\", "/")
    return f"/{package}/" not in source and not source.startswith("<")


def _from_package(value: FunctionType) -> bool:
    """Whether a function is the package's, or one that it imports from the standard library, as `dataclass`."""
    library = (value.__module__ or "").partition(".")[0] in sys.stdlib_module_names
    return library or "/mfnumpy/" in inspect.unwrap(value).__code__.co_filename.replace("\\", "/")


def _modules_of(package: ModuleType) -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith(f"{package.__name__}.")]
