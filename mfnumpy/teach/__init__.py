"""What the lessons are made of: an update as data, pictures of it, a stepper, and code shown from its own source.

Nothing in the core imports this. Moments, answers and sources need NumPy alone, so that they work in a browser as well;
pictures and the stepper need the extra "lessons" (matplotlib, anywidget, ...), and are imported when first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from mfnumpy.teach.moments import Moment, moments
from mfnumpy.teach.predict import Reveal, reveal
from mfnumpy.teach.source import Source, show_source

if TYPE_CHECKING:
    from mfnumpy.teach import pictures
    from mfnumpy.teach.widget import StepThrough, step_through

__all__ = ["Moment", "Reveal", "Source", "StepThrough", "moments", "pictures", "reveal", "show_source", "step_through"]


def __getattr__(name: str) -> Any:
    """A name that needs more than NumPy, from its home. Raises AttributeError for another name."""
    if name == "pictures":
        return importlib.import_module("mfnumpy.teach.pictures")
    if name in ("StepThrough", "step_through"):
        return getattr(importlib.import_module("mfnumpy.teach.widget"), name)
    raise AttributeError(f"mfnumpy.teach has no name {name!r}; dir(mfnumpy.teach) lists what there is.")


def __dir__() -> list[str]:
    """The public names."""
    return sorted({*globals(), *__all__})
