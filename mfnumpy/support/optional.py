"""Optional libraries: imported where they are needed, missed with the remedy; and which version there is."""

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


def version_of(distribution: str) -> str | None:
    """The installed version of a distribution, or None."""
    from importlib import metadata  # takes longer than the rest of the core

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
