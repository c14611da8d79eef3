"""Numbers as people write them, for messages and tables."""

from __future__ import annotations


def human_bytes(count: int) -> str:
    """Return a number of bytes in the unit a person would use: 47,040,016 becomes '47.0 MB'."""
    value = float(count)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"
