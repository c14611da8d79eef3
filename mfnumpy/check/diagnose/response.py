"""How a function reacts to a change of each argument, beside how it should: which argument is used in a wrong way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named, ratio
from mfnumpy.check.model import Case, Exercise, Rng, flatten
from mfnumpy.check.student.call import Caller, Stop

STEP = 1e-3
"""By how much an argument is changed, relative to its entries: a mask or a largest class seldom changes by it."""
ALIKE = 5e-3
"""Two reactions are equal to this; they are differences of nearly equal numbers."""


def reactions(exercise: Exercise, cases: Sequence[Case], call: Caller, rng: Rng) -> list[str]:
    """A sentence on the one argument that the result reacts to in a wrong way, where it reacts rightly to the others.

    exercise: names the arguments.
    cases: ordinary ones; two are looked at.
    call: the student's function.
    rng: gives the changes.
    """
    found: dict[str, list[float | None]] = {}
    try:
        for case in cases[:2]:
            for place, name in enumerate(exercise.arguments):
                if _can_change(case.args[place]):
                    found.setdefault(name, []).append(_ratio(exercise, case, call, place, rng))
    except Stop:
        return []
    bad = [name for name, ratios in found.items() if not _same(ratios, 1.0)]
    if len(bad) != 1 or len(found) < 2:
        return []
    good = " and ".join(name for name in found if name not in bad)
    return [f"{_said(bad[0], found[bad[0]])} To changes of {good} the result reacts as it should."]


def _same(ratios: Sequence[float | None], to: float) -> bool:
    return all(r is not None and abs(r - to) < ALIKE * max(abs(to), 1.0) for r in ratios)


def _said(name: str, ratios: Sequence[float | None]) -> str:
    first = ratios[0]
    if first is None or not _same(ratios, first):
        return f"{name} is used in a wrong way: to a change of {name} the result does not react as it should."
    if abs(first) < ALIKE:
        return f"{name} is not used: a change of {name} changes nothing."
    return f"{name} counts {first:.3g} times: a change of {name} changes the result so many times as much as it should."


def _can_change(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(_can_change, value))
    return isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _changed(value: Any, rng: Rng) -> Any:
    if isinstance(value, list):
        return [_changed(part, rng) for part in value]
    if isinstance(value, np.ndarray):
        return value * (1 + STEP * rng.uniform(0.5, 1, value.shape))
    return value * (1 + STEP)


def _ratio(exercise: Exercise, case: Case, call: Caller, place: int, rng: Rng) -> float | None:
    """The student's reaction as a multiple of ours; 1.0 if neither reacts, None if it is no multiple."""
    other = list(case.args)
    other[place] = _changed(case.args[place], rng)
    ours = _difference(*(flatten(exercise.reference(*args), exercise.outputs) for args in (case.args, other)))
    theirs = _difference(call.named(*case.args), call.named(*other))
    if theirs.shape != ours.shape or not np.isfinite(theirs).all():
        return None
    if not ours.any():
        return 1.0 if not theirs.any() else None
    if not theirs.any():
        return 0.0
    return ratio(theirs, ours, max(LOOSE, ALIKE))


def _difference(before: Named, after: Named) -> np.ndarray:
    pairs = zip(before, after, strict=True)
    return np.concatenate(
        [np.ravel(np.asarray(b, dtype=float) - np.asarray(a, dtype=float)) for (_, a), (_, b) in pairs]
    )
