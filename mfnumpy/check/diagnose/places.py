"""Where a result is wrong, in the words of the exercise: which sample, class, neuron, row; and what stands there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named
from mfnumpy.check.model import Case, Exercise, Finding


def wrong_slices(
    exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]
) -> list[Finding]:
    """What is wrong in the same slices of an output on all ordinary cases: [] if no slices are wrong on their own.

    exercise, cases, got, right: as in `fit.explained`.
    """
    found = []
    ordinary = [k for k, case in enumerate(cases) if not case.extreme]
    for output, axes in exercise.axes.items():
        pairs = [(dict(got[k])[output], dict(right[k])[output]) for k in ordinary if output in dict(got[k])]
        if not pairs or any(s.shape != t.shape or s.ndim != len(axes) for s, t in pairs):
            continue
        for axis, noun in enumerate(axes):
            if noun and (finding := _along(exercise, output, axis, noun, pairs)):
                found.append(finding)
    return found


_ENDS: dict[str, Callable[[int], list[int]]] = {
    "last": lambda n: [n - 1],
    "first": lambda n: [0],
    "last two": lambda n: [n - 2, n - 1],
    "first and last": lambda n: [0, n - 1],
}


def _along(exercise: Exercise, output: str, axis: int, noun: str, pairs: list) -> Finding | None:
    rows = [(mask, pair) for pair in pairs if (mask := _wrong(pair[0], pair[1], axis)).any()]
    if not rows or any(mask.all() or len(mask) < 3 for mask, _ in rows):
        return None
    for words, choose in _ENDS.items():
        if all(np.flatnonzero(mask).tolist() == choose(len(mask)) for mask, _ in rows):
            return _at_the_end(exercise, output, axis, noun, words, [pair for _, pair in rows])
        if all(np.flatnonzero(~mask).tolist() == choose(len(mask)) for mask, _ in rows):
            return Finding(None, f"Of {output} only the {words} {noun} is right.")
    return None


def _at_the_end(exercise: Exercise, output: str, axis: int, noun: str, words: str, pairs: list) -> Finding:
    """What stands in the slices that are wrong."""
    choose, many = _ENDS[words], " " in words
    there = [tuple(np.take(a, choose(a.shape[axis]), axis=axis) for a in pair) for pair in pairs]
    says = f"Only the {words} {noun}{'s' if many else ''} of {output} {'are' if many else 'is'} wrong"
    if all(not s.any() for s, _ in there):
        changed = "not changed" if output in exercise.updates else "0"
        end = "a loop ends too early" if "last" in words else "a loop begins too late"
        return Finding(f"{words.replace(' ', '_')}_not_filled", f"{says}: {changed} there, left out. Is it that {end}?")
    before = [np.take(s, [choose(s.shape[axis])[0] - 1], axis=axis) for s, _ in pairs]
    if words == "last" and all(np.allclose(s, b) for (s, _), b in zip(there, before, strict=True)):
        return Finding("last_repeats", f"{says}: it repeats the one before it.")
    ratios = [_ratio(s, t) for s, t in there]
    if ratios[0] is not None and all(r is not None and np.isclose(r, ratios[0], rtol=1e-4) for r in ratios):
        return Finding(f"{words.replace(' ', '_')}_scaled", f"{says}: there it is {ratios[0]:.3g} times ours.")
    return Finding(None, f"{says}.")


def _ratio(s: np.ndarray, t: np.ndarray) -> float | None:
    size = float((t * t).sum())
    r = float((s * t).sum() / size) if size else 0.0
    return r if size and np.allclose(s, r * t, rtol=1e-5, atol=1e-9 * np.abs(t).max()) else None


def _wrong(s: np.ndarray, t: np.ndarray, axis: int) -> np.ndarray:
    size = np.abs(t).max(initial=0.0)
    wrong = ~(np.abs(s - t) <= LOOSE * size + 1e-12)
    return wrong.any(axis=tuple(a for a in range(t.ndim) if a != axis))
