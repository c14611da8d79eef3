"""Which entries of an argument matter to the result: one after the other is changed a little."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mfnumpy.check.diagnose.compare import Named, ours, quiet
from mfnumpy.check.model import Case, Exercise
from mfnumpy.check.student.call import Caller, Stop

MOST = 400
"""Of larger arguments only the first sample is looked at: each entry is a call."""
SECONDS = 0.5
"""Of CPU time, for one argument: of a function that is slower nothing is said."""


def ignored(exercise: Exercise, case: Case, call: Caller) -> list[str]:
    """A sentence on each argument of which some entries matter to the right result, and not to the student's.

    exercise: names the arguments.
    case: on which the student is wrong.
    call: the student's function.
    """
    if exercise.kind != "real" or exercise.outputs == ("weights",):
        return []

    before = call.left
    try:
        call.named(*case.args)
    except Stop:
        return []
    each, says = before - call.left, []
    for place, name in enumerate(exercise.arguments):
        if not _fits(case.args[place]) or each * min(np.size(case.args[place]), MOST) > SECONDS:
            continue
        try:
            with quiet():
                should, does = (_matter(function, case, place) for function in (ours(exercise), call.named))
        except (Stop, ValueError, IndexError, TypeError):
            continue
        unused = should & ~does
        if unused.any() and does.any():
            of = name if unused.shape == np.shape(case.args[place]) else f"{name}[0]"
            share = f"{int(unused.sum())} of the {unused.size} entries of {of} do not matter to the result"
            says.append(f"{share}, and should{_where(unused)}: they are left out.")
    return says


def _fits(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size > 1 and value[0].size <= MOST


def _matter(function: Callable[..., Named], case: Case, place: int) -> np.ndarray:
    """A mask of the argument's entries: whether any output changes with the entry, up or down."""
    before = function(*case.args)
    value = case.args[place]
    mask = np.zeros(value.shape if value.size <= MOST else (1, *value.shape[1:]), dtype=bool)
    for index in np.ndindex(mask.shape):
        for change in (0.31, -0.37, 7.3, -7.9):  # small ones may be rounded away, or lie behind a kink
            args = list(case.args)
            args[place] = value.copy()
            args[place][index] += change * max(1.0, abs(value[index]))
            after = function(*args)
            mask[index] |= any(
                a.shape != b.shape or not np.array_equal(a, b, equal_nan=True)
                for (_, a), (_, b) in zip(before, after, strict=True)
            )
            if mask[index]:
                break
    return mask


def _where(mask: np.ndarray) -> str:
    """The lines along one axis in which all of them lie, if they fill these lines."""
    words = {2: ("rows", "columns"), 4: ("images", "rows", "columns", "channels")}.get(mask.ndim, ())
    for axis, word in enumerate(words):
        lines = mask.any(axis=tuple(k for k in range(mask.ndim) if k != axis))
        filled = mask.all(axis=tuple(k for k in range(mask.ndim) if k != axis))
        if np.array_equal(lines, filled) and not lines.all():
            numbers = np.flatnonzero(lines)
            return f" (the {word if len(numbers) > 1 else word[:-1]} {', '.join(map(str, numbers))})"
    return ""
