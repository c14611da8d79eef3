"""A time for people, the same words in every command."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """A time in words: "0.12 s", "34 s", "12 min", "3.4 h"."""
    for limit, text in ((9.95, f"{seconds:.2g} s"), (99.5, f"{seconds:.0f} s"), (5970, f"{seconds / 60:.0f} min")):
        if seconds < limit:
            return text
    return f"{seconds / 3600:.1f} h"
