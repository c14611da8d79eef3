"""Between the page and mfnumpy: a question and its arguments as JSON in, an answer as JSON out.

Python computes, the page draws: no equation of the paper stands here. What a question needs is imported when it is
first asked, so that the page is ready before the checker is.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np

HOMES = {
    "about": "about",
    "start": "lanes",
    "advance": "lanes",
    "look": "views",
    "points": "views",
    "act": "breaking",
    "update": "updates",
    "check": "student",
    "train": "student",
}
"""Question -> the module that has the function of that name. It takes the arguments, and `say` for what comes before
the answer."""


def ask(what: str, arguments: str, say: Callable[[str], Any]) -> str:
    """Answer a question. what: one of HOMES. arguments: JSON. say: called with JSON while the answer is made."""
    function = getattr(importlib.import_module(f"bridge.{HOMES[what]}"), what)
    say("{}")  # a sign of life: the first question waits for imports
    return _json(function(json.loads(arguments), lambda value: say(_json(value))))


def _json(value: Any) -> str:
    return json.dumps(value, default=_plain, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """NumPy's numbers and arrays as Python's."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be sent to the page.")
