"""What runs here."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

import mfnumpy


def about(arguments: dict[str, Any], say: Any) -> dict[str, str]:
    """The versions of Python, NumPy and this package."""
    return {"python": sys.version.split()[0], "numpy": np.__version__, "mfnumpy": mfnumpy.__version__}
