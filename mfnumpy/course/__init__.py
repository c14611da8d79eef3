"""The course: exercises that grade themselves, on top of nbgrader.

Notebooks import `grade` and `mine_or_reference` from here; that needs nothing but the core and the checker.
Instructors call `python -m mfnumpy.course release | try | grade | status`, which needs the extra "course".
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = dict.fromkeys(("grade", "in_one_sentence", "is_written", "mine_or_reference"), "mfnumpy.course.student")
_HOMES |= {"hint": "mfnumpy.course.hints", "by_indices": "mfnumpy.course.forms", "yours": "mfnumpy.course.mine"}

__all__ = ["by_indices", "grade", "hint", "in_one_sentence", "is_written", "mine_or_reference", "yours"]


def __getattr__(name: str) -> Any:
    """A public name, imported from its home when it is first asked for: the command line must start at once."""
    if name not in _HOMES:
        raise AttributeError(f"mfnumpy.course has no name {name!r}.")
    return getattr(importlib.import_module(_HOMES[name]), name)
