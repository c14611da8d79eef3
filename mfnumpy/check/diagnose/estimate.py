"""A known mistake with an unknown number in it: the number is solved for, and must explain every draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named, all_close, run_recipe
from mfnumpy.check.model import Case, Exercise, Free

_STEPS = 12
"""So many steps of Gauss and Newton are taken from each start."""


def number(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], free: Free) -> float | None:
    """The value with which this version gives what the student got, on all cases to rounding; None if there is none.

    exercise, cases, got: as in `fit.explained`.
    free: the version with a number in it.

    Call it inside `quiet`.
    """
    ordinary = [k for k, case in enumerate(cases) if not case.extreme]
    for value in _candidates(exercise, cases, got, free, ordinary):
        if _explains(exercise, cases, got, free, value):
            return _plain(exercise, cases, got, free, value)
    return None


def _candidates(
    exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], free: Free, ordinary: list[int]
) -> Iterator[float]:
    first = ordinary[:1]
    one = [cases[k] for k in first], [got[k] for k in first]
    if free.values is None:
        for start in free.starts:
            value = _solve(exercise, *one, free, start)
            if value is not None:
                yield value
        return
    points = np.unique(free.values(*cases[first[0]].args))
    for low, high in pairwise(points):
        if _explains(exercise, *one, free, (low + high) / 2):  # then where between them? The other cases tell
            every = np.concatenate([np.ravel(free.values(*cases[k].args)) for k in ordinary])
            inside = np.unique([low, high, *every[(every > low) & (every < high)]])
            yield from (inside[1:] + inside[:-1]) / 2


def _vector(exercise: Exercise, cases: list[Case], free: Free, value: float) -> np.ndarray | None:
    runs = [run_recipe(exercise, case, free.steps(value)) for case in cases]
    if any(run is None for run in runs):
        return None
    return np.concatenate([np.ravel(a) for run in runs for _, a in run or []])


def _solve(exercise: Exercise, cases: list[Case], got: list[Named], free: Free, value: float) -> float | None:
    """The value of least squares from this start, or None."""
    want = np.concatenate([np.ravel(a) for outputs in got for _, a in outputs])
    if not np.isfinite(want).all():
        return None
    for turn in range(_STEPS):
        here, h = _vector(exercise, cases, free, value), 1e-6 * max(abs(value), 1e-4)
        there = _vector(exercise, cases, free, value + h)
        if here is None or there is None or here.shape != want.shape or not np.isfinite(here).all():
            return None
        slope = (there - here) / h
        size = float(slope @ slope)
        if not np.isfinite(size) or size == 0:
            return None
        step = float(slope @ (want - here)) / size
        value += step
        if turn > 5 and abs(step) > 0.1 * abs(value):  # it does not settle
            return None
        if abs(step) <= 1e-11 * max(abs(value), 1e-6):
            break
    return value


def _explains(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], free: Free, value: float) -> bool:
    steps = free.steps(value)
    for case, outputs in zip(cases, got, strict=True):
        run = run_recipe(exercise, case, steps)
        if run is None and case.extreme:
            run = [(name, np.full(a.shape, np.nan)) for name, a in outputs]
        if not all_close(outputs, run, LOOSE / 20):
            return False
    return True


def _plain(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], free: Free, value: float) -> float:
    """The number with the fewest digits that explains as much: 0.3 for 0.30000000012 or, a threshold, for 0.2871."""
    for digits in range(1, 8):
        short = float(f"{value:.{digits}g}")
        if _explains(exercise, cases, got, free, short):
            return short
    return value
