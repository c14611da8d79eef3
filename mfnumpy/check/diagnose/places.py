"""Where a result is wrong, in the words of the exercise: which sample, class, neuron, row; and what stands there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named
from mfnumpy.check.model import Case, Exercise, Finding

Pair = tuple[np.ndarray, np.ndarray]
"""What the student got, and the right values."""


def wrong_slices(
    exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]
) -> list[Finding]:
    """What is wrong in the same slices of an output on all ordinary cases: [] if no slices are wrong on their own.

    exercise, cases, got, right: as in `fit.explained`.
    A finding has a name if it tells all that is wrong in its output; its `where` is the output.
    """
    found = []
    ordinary = [k for k, case in enumerate(cases) if not case.extreme]
    for output, axes in exercise.axes.items():
        there = [k for k in ordinary if output in dict(got[k]) and dict(right[k])[output].ndim == len(axes)]
        pairs = [(dict(got[k])[output], dict(right[k])[output]) for k in there]
        if len(pairs) < 2 or any(s.shape != t.shape for s, t in pairs):
            continue
        of_output = []
        for axis, noun in enumerate(axes):
            if noun:
                at_ends = _along(exercise, output, axis, noun, pairs)
                arguments = [cases[k].args for k in there]
                if at_ends is None or not at_ends.mistake:
                    at_ends = _weighed(exercise, output, axis, noun, pairs, arguments) or at_ends
                of_output.append(at_ends)
        known = [finding for finding in of_output if finding is not None]
        found += [f for f in known if f.mistake][:1] or known
    return found


_ENDS: dict[str, Callable[[int], list[int]]] = {
    "last": lambda n: [n - 1],
    "first": lambda n: [0],
    "last two": lambda n: [n - 2, n - 1],
    "first and last": lambda n: [0, n - 1],
}


def _along(exercise: Exercise, output: str, axis: int, noun: str, pairs: list[Pair]) -> Finding | None:
    rows = []
    for pair in pairs:
        seen = _seen(*pair, axis)
        if len(seen) >= 3 and _wrong(*pair, axis).any():
            rows.append((_wrong(*pair, axis), seen, pair))
    short = [pair for pair in pairs if pair[1].shape[axis] < 3 and _wrong(*pair, axis).any()]
    if len(rows) <= len(short) or any(wrong[seen].all() for wrong, seen, _ in rows):
        return None
    for words, choose in _ENDS.items():
        if all(_is(wrong, seen, choose(len(wrong))) for wrong, seen, _ in rows):
            return _at_the_end(exercise, output, axis, noun, words, [pair for *_, pair in rows])
        if all(seen.sum() > 2 and _is(~wrong, seen, choose(len(wrong))) for wrong, seen, _ in rows):
            return _only_right(exercise, output, axis, noun, words, [pair for *_, pair in rows])
    return None


def _is(mask: np.ndarray, seen: np.ndarray, places: list[int]) -> bool:
    """Whether the mask holds at these places alone, as far as the right values tell."""
    wanted = np.isin(np.arange(len(mask)), places)
    return bool(wanted[seen].any() and np.array_equal(mask[seen], wanted[seen]))


def _seen(s: np.ndarray, t: np.ndarray, axis: int) -> np.ndarray:
    """The slices in which something should stand, or does: elsewhere right and wrong look the same."""
    others = tuple(a for a in range(t.ndim) if a != axis)
    return (t != 0).any(axis=others) | (s != 0).any(axis=others)


def _plural(noun: str, many: bool) -> str:
    return f"{noun}{('es' if noun.endswith(('ss', 'ch')) else 's') if many else ''}"


def _at_the_end(exercise: Exercise, output: str, axis: int, noun: str, words: str, pairs: list[Pair]) -> Finding:
    """What stands in the slices that are wrong."""
    choose, many = _ENDS[words], " " in words
    there = [tuple(np.take(a, choose(a.shape[axis]), axis=axis) for a in pair) for pair in pairs]
    says = f"Only the {words} {_plural(noun, many)} of {output} {'are' if many else 'is'} wrong"
    if all(not s.any() for s, _ in there):
        changed = "not changed" if output in exercise.updates else "0"
        end = "a loop ends too early" if "last" in words else "a loop begins too late"
        return Finding(
            f"{words.replace(' ', '_')}_not_filled", f"{says}: {changed} there, left out. Is it that {end}?", output
        )
    before = [np.take(s, [choose(s.shape[axis])[0] - 1], axis=axis) for s, _ in pairs]
    if words == "last" and all(np.allclose(s, b) for (s, _), b in zip(there, before, strict=True)):
        return Finding("last_repeats", f"{says}: it repeats the one before it.", output)
    ratios = [_ratio(s, t) for s, t in there]
    if ratios[0] is not None and all(r is not None and np.isclose(r, ratios[0], rtol=1e-4) for r in ratios):
        return Finding(
            f"{words.replace(' ', '_')}_scaled", f"{says}: there it is {ratios[0]:.3g} times what it should be.", output
        )
    return Finding(None, f"{says}.", output)


def _only_right(exercise: Exercise, output: str, axis: int, noun: str, words: str, pairs: list[Pair]) -> Finding:
    """What stands in the slices that are not among the right ones."""
    choose, many = _ENDS[words], " " in words
    rest = [np.delete(s, choose(s.shape[axis]), axis=axis) for s, _ in pairs]
    says = f"Of {output} only the {words} {_plural(noun, many)} {'are' if many else 'is'} right"
    if all(not s.any() for s in rest):
        changed = "not changed" if output in exercise.updates else "0"
        return Finding(
            f"only_{words.replace(' ', '_')}_filled",
            f"{says}; all else is {changed}: is a loop left in its first "
            "turn (a return inside the loop), or is one index fixed?",
            output,
        )
    own = [np.take(s, choose(s.shape[axis])[:1], axis=axis) for s, _ in pairs]
    if all(np.allclose(s, one) for s, one in zip(rest, own, strict=True)):
        return Finding(f"{words}_repeated", f"{says}; every other {noun} repeats it: is one index fixed?", output)
    return Finding(None, f"{says}.", output)


def _weighed(
    exercise: Exercise, output: str, axis: int, noun: str, pairs: list[Pair], arguments: list[tuple]
) -> Finding | None:
    """Every slice is right up to a factor of its own: by which numbers?"""
    if any(t.ndim < 2 or t.size // t.shape[axis] < 2 for _, t in pairs):
        return None
    factors = []
    for s, t in pairs:
        seen = _seen(s, t, axis)
        ratios = [
            _ratio(np.take(s, k, axis=axis), np.take(t, k, axis=axis)) if seen[k] else np.nan for k in range(len(seen))
        ]
        if any(r is None for r in ratios):
            return None
        factors.append(np.array(ratios, dtype=float))
    if all(np.allclose(f[~np.isnan(f)], f[~np.isnan(f)][:1], rtol=1e-4) for f in factors):
        return None  # one factor for all: that has other names
    what = f"the change of {output}" if output in exercise.updates else output
    for place, name in enumerate(exercise.arguments):
        values = [args[place] for args in arguments]
        if all(isinstance(v, np.ndarray) and v.shape == f.shape for v, f in zip(values, factors, strict=True)) and all(
            _equal(f, v) for v, f in zip(values, factors, strict=True)
        ):
            return Finding("weighed_by_argument", f"Each {noun} of {what} is multiplied by its {name}.", output)
    for says, numbers in _NUMBERS.items():
        if all(_equal(f, numbers(np.arange(len(f)), f)) for f in factors):
            return Finding("slices_weighed", f"In {what} {says.format(noun)}.", output)
    first = ", ".join(f"{f:.3g}" for f in factors[0][:4])
    more = ", ..." if len(factors[0]) > 4 else ""
    return Finding(
        "slices_weighed",
        f"Each {noun} of {what} is right up to a factor of its own ({first}{more}): it is multiplied, or divided, by "
        f"a number that is not its own.",
        output,
    )


_NUMBERS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "each {} is multiplied by its number, from 1 on": lambda n, f: n + 1.0,
    "each {} is multiplied by its number, from 0 on": lambda n, f: 1.0 * n,
    "every second {} is 0": lambda n, f: (n % 2 == 0) * 1.0,
    "every second {}, from the first on, is 0": lambda n, f: (n % 2 == 1) * 1.0,
    "the sign of every second {} is wrong": lambda n, f: (-1.0) ** n,
    "each {} is divided by its number": lambda n, f: 1 / (n + 1.0),
    "each {} has half the weight of the one before": lambda n, f: 0.5**n,
    "some {}s are 0, the others right": lambda n, f: np.where(np.isclose(f, 0, atol=1e-6), 0.0, 1.0),
}


def _equal(f: np.ndarray, numbers: np.ndarray) -> bool:
    seen = ~np.isnan(f)
    return bool(np.allclose(f[seen], np.asarray(numbers, float)[seen], rtol=1e-4, atol=1e-6))


def _ratio(s: np.ndarray, t: np.ndarray) -> float | None:
    size = float((t * t).sum())
    r = float((s * t).sum() / size) if size else 0.0
    return r if size and np.allclose(s, r * t, rtol=1e-5, atol=1e-5 * np.abs(s).max()) else None


def _wrong(s: np.ndarray, t: np.ndarray, axis: int) -> np.ndarray:
    size = np.abs(t).max(initial=0.0)
    wrong = ~(np.abs(s - t) <= LOOSE * size + 1e-12)
    return wrong.any(axis=tuple(a for a in range(t.ndim) if a != axis))
