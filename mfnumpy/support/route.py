"""The route of a computation through the package: which function of which file is called from which."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

PACKAGE = Path(__file__).parents[1]
ASIDE = ("backend", "support/", "rules/base")
LOOK_UPS = ("parameters", "name", "flat", "misfit", "check_gradient", "one_hot")
"""Files and functions that only check, copy or look up. They are left out, and so are private functions."""


def calls_of(work: Callable[[], object]) -> list[str]:
    """Run `work` once; returns a line for each call inside the package, in order, indented by its depth.

    A line names the function, its file, and the first line of its docstring; for an equation that is its formula.
    """
    lines: list[str] = []
    open_calls: list[FrameType] = []
    begun: set[FrameType] = set()

    def watch(frame: FrameType, event: str, _: object) -> None:
        """Note a call when it begins. A generator that goes on after a yield has been noted already."""
        if event == "return" and open_calls and open_calls[-1] is frame:
            open_calls.pop()
        elif event == "call" and (line := _line(frame)):
            if frame not in begun:
                lines.append("  " * len(open_calls) + line)
            begun.add(frame)
            open_calls.append(frame)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return lines


def _line(frame: FrameType) -> str | None:
    """What is said of a call; None for one that is left out."""
    code = frame.f_code
    path, name = Path(code.co_filename), code.co_qualname
    if PACKAGE not in path.parents or "<" in name or any(part.startswith("_") for part in name.split(".")):
        return None
    place = path.relative_to(PACKAGE).as_posix()
    if place.startswith(ASIDE) or code.co_name in LOOK_UPS:
        return None
    function = next((f for f in gc.get_referrers(code) if callable(f)), None)
    says = (getattr(function, "__doc__", None) or "").partition("\n")[0]
    return f"{name}  [{place}]  {says}".rstrip()
