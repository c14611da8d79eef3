"""Grading hand-ins: who handed in what, judged in a process of its own, into a table for people and platforms."""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = dict.fromkeys(("Settings", "StoppedError", "grade_all"), "mfnumpy.course.grading.run")
_HOMES |= dict.fromkeys(("Limits", "grade_notebook"), "mfnumpy.course.grading.submission")
_HOMES |= dict.fromkeys(("Row", "Table"), "mfnumpy.course.grading.table")

__all__ = ["Limits", "Row", "Settings", "StoppedError", "Table", "grade_all", "grade_notebook"]


def __getattr__(name: str) -> Any:
    """A public name, imported from its home when it is first asked for: a student's process needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"mfnumpy.course.grading has no name {name!r}.")
    return getattr(importlib.import_module(_HOMES[name]), name)
