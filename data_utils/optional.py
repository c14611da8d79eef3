"""Libraries that only some data sets need, imported when they are needed."""

from __future__ import annotations

import importlib
from types import ModuleType

from mfnumpy.errors import MissingLibraryError


def require(module: str, why: str) -> ModuleType:
    """Import and return a module. Raises MissingLibraryError, saying what it is needed for and how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        library = module.split(".")[0]
        raise MissingLibraryError(
            f"{why} needs {library!r}, which is not installed: pip install 'mfnumpy[lab]'."
        ) from error
