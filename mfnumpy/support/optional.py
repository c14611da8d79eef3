"""Optional libraries: imported where they are needed, missed with the remedy."""

from __future__ import annotations

import importlib
from typing import Any

from mfnumpy.errors import MissingLibraryError


def require(module: str, extra: str = "lab") -> Any:
    """Import and return a module that belongs to an extra of this package.

    Raises MissingLibraryError naming the extra to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingLibraryError(
            f"This needs {module.split('.')[0]}, which is not installed. "
            f"Install it with: pip install 'mfnumpy[{extra}]'"
        ) from error
