"""Numbers and names as people write them, for messages and tables."""

from __future__ import annotations

import os

LONGEST = 160
"""The most characters of a name in a message."""


def human_bytes(count: int) -> str:
    """A number of bytes in the unit a person would use: 47,040,016 becomes '47.0 MB'."""
    value = float(count)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def shown(name: str | os.PathLike[str], longest: int = LONGEST) -> str:
    """A name for a message: on one line, harmless to a terminal, its middle left out where it is too long.

    A path may hold line ends, control characters, and bytes that are no text at all: these are written as escapes.
    """
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in os.fspath(name))
    half = (longest - 3) // 2
    return text if len(text) <= longest else f"{text[:half]}...{text[-half:]}"
