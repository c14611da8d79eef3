"""A result of a wrong shape: which axis is missing, too many, too short or in another place, by its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named, close, ratio
from mfnumpy.check.model import Case, Exercise, Finding


def of_result(
    exercise: Exercise, cases: Sequence[Case], raw: Sequence[Named], right: Sequence[Named]
) -> Finding | None:
    """What the shape of an output tells together with its values, on the first case in which it is wrong.

    exercise, cases: as in `fit.explained`.
    raw: the student's outputs on each case, as they came.
    right: ours.
    """
    for case, got, want in zip(cases, raw, right, strict=True):
        for (name, s), (_, t) in zip(got, want, strict=True):
            if s.shape != t.shape:
                return _of_array(exercise, case, name, s, t)
    return None


def letters(exercise: Exercise) -> dict[str, tuple[str, ...]]:
    """The letters of each argument's and output's shape, read from what the exercise says: {"x": ("N", "D")}."""
    text = re.sub(r"\s+", " ", exercise.about)
    found: dict[str, tuple[str, ...]] = {}
    for names, shape in re.findall(r"((?:\w+, )*\w+): \(([^()]*(?:\([^()]*\)[^()]*)*)\)", text):
        axes = tuple(part.strip() for part in shape.split(",") if part.strip())
        for name in names.split(", "):
            found.setdefault(name, axes)
    if len(exercise.outputs) == 1 and (
        match := re.search(r"[Rr]eturns?(?: a new array)?(?: \w+:)? \(([^()]*)\)", text)
    ):
        found["returns"] = tuple(part.strip() for part in match[1].split(",") if part.strip())
    return found


def _of_array(exercise: Exercise, case: Case, name: str, s: np.ndarray, t: np.ndarray) -> Finding | None:
    names = letters(exercise)
    axes = names.get(name) if len(exercise.outputs) > 1 else names.get("returns", names.get(name))
    if axes is None or len(axes) != t.ndim:
        own = tuple(f"{noun}s" for noun in exercise.axes.get(name, ()))
        others = own if len(own) == t.ndim else tuple(f"axis {k}" for k in range(t.ndim))
        axes = ("N", "H", "W", "C") if t.ndim == 4 else others
    expected = f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"
    for guess in (_permuted, _squeezed, _reduced, _not_reduced, _cut, _flat):
        found = guess(exercise, name, s, t, axes, expected)
        if found is not None:
            return found
    return (
        _stretched(exercise, name, s, t, axes)
        or _windows(exercise, name, s, t)
        or _renamed_axes(exercise, case, name, s, t, axes)
    )


def _permuted(exercise: Exercise, name: str, s: Any, t: Any, axes: tuple, expected: str) -> Finding | None:
    if s.ndim != t.ndim or not 2 <= s.ndim <= 4:
        return None
    for order in permutations(range(t.ndim)):
        if order == tuple(range(t.ndim)) or t.transpose(order).shape != s.shape:
            continue
        r = ratio(np.asarray(s, float), np.asarray(t, float).transpose(order), LOOSE) if s.dtype.kind in "fiu" else None
        if r is not None and not np.isnan(r):
            yours = f"({', '.join(axes[k] for k in order)})"
            sign = "The sign is wrong as well: they" if r < 0 else "The values"
            values = (
                "The values are right."
                if np.isclose(r, 1, rtol=1e-4)
                else f"{sign} are {r:.4g} times what they should be."
            )
            if t.ndim == 4 and order == (0, 3, 1, 2):
                says = f"{name} has its channels first, {yours}; here images are {expected}. {values}"
                return Finding("channels_first", says)
            if t.ndim == 2:
                return Finding("transposed", f"{name} is transposed: {yours} instead of {expected}. {values}")
            return Finding("axes_permuted", f"The axes of {name} are in another order: {yours} for {expected}.")
    return None


def _squeezed(exercise: Exercise, name: str, s: Any, t: Any, axes: tuple, expected: str) -> Finding | None:
    if s.ndim == t.ndim + 1 and 1 in s.shape:
        places = [k for k in range(s.ndim) if s.shape[k] == 1 and s.squeeze(k).shape == t.shape]
        if places:
            right = _equal(s.squeeze(places[0]), t)
            values = " The values are right." if right else " The values are wrong as well."
            column = " It is a column, (N, 1) instead of (N,)." if t.ndim == 1 and places[0] == 1 else ""
            return Finding(
                "axis_kept",
                f"{name} has an axis of length 1 too many (keepdims): {s.shape} for {t.shape}.{column}{values}",
            )
    if t.ndim == s.ndim + 1 and 1 in t.shape and t.size == s.size:
        return Finding("axis_lost", f"{name} lacks an axis of length 1: {s.shape} for {t.shape}.")
    return None


_REDUCTIONS: dict[str, Callable] = {
    "summed over": np.sum,
    "averaged over": np.mean,
    "reduced to the largest of": np.max,
}


def _reduced(exercise: Exercise, name: str, s: Any, t: Any, axes: tuple, expected: str) -> Finding | None:
    """One axis is gone: was it summed?"""
    if s.ndim == 2 and t.ndim == 4 and "kernel" in exercise.arguments:
        return Finding("flat_rows_returned",
            f"{name} is still in rows, one for each patch, {s.shape}: they are not folded "
                       f"(put) back into images, {t.shape}.")  # fmt: skip
    for count in range(1, t.ndim - s.ndim + 1):
        for gone in combinations(range(t.ndim), count):
            left = tuple(n for k, n in enumerate(t.shape) if k not in gone)
            if left != s.shape:
                continue
            words = " and ".join(_noun(exercise, name, axes, k) for k in gone)
            for says, reduce in _REDUCTIONS.items():
                if _equal(s, reduce(t, axis=gone)):
                    return Finding(
                        "reduced_too_far", f"{name} is {says} the axis of the {words}; that axis should be kept."
                    )
            return Finding(
                "wrong_shape", f"{name} lacks an axis: the one of the {words} ({s.shape} for {expected} = {t.shape})."
            )
    return None


def _not_reduced(exercise: Exercise, name: str, s: Any, t: Any, axes: tuple, expected: str) -> Finding | None:
    """One axis too many: is a sum missing, or the choice of a label?"""
    if s.ndim <= t.ndim or s.size == 0:
        return None
    for gone in range(s.ndim):
        if s.ndim == t.ndim + 1 and np.delete(s.shape, gone).tolist() == list(t.shape):
            if t.dtype.kind in "iu" and _equal(s.argmax(axis=gone), t):
                return Finding("scores_returned", f"{name} holds a number for each class ({s.shape}), scores or "
                               "probabilities; expected is one label for each sample.")  # fmt: skip
            for says, reduce in (("sum", np.sum), ("mean", np.mean), ("largest", np.max)):
                if _equal(reduce(s, axis=gone), t):
                    return Finding(
                        "not_reduced",
                        f"{name} has an axis too many, {s.shape} for {t.shape}: the {says} over "
                                   f"its axis {gone} is still to be taken.")  # fmt: skip
    for says, reduce in (("sum", np.sum), ("mean", np.mean)):
        if t.ndim == 0 and _equal(reduce(s), t):
            return Finding("not_reduced", f"{name} should be one number: the {says} is still to be taken.")
    return Finding(
        "wrong_shape",
        f"{name} has {s.ndim - t.ndim} {'axis' if s.ndim - t.ndim == 1 else 'axes'} too many: "
        f"{s.shape} for {expected} = {t.shape}.",
    )


def _cut(exercise: Exercise, name: str, s: Any, t: Any, axes: tuple, expected: str) -> Finding | None:
    """One axis is shorter or longer than it should be."""
    if s.ndim != t.ndim or s.size == 0:
        return _empty(exercise, name, s, t)
    differing = [k for k in range(t.ndim) if s.shape[k] != t.shape[k]]
    if len(differing) == 2 and [s.shape[k] for k in reversed(differing)] == [t.shape[k] for k in differing]:
        one, two = (_many(_noun(exercise, name, axes, k)) for k in differing)
        sides = " (height and width)" if t.ndim == 4 and differing == [1, 2] else ""
        return Finding("axes_exchanged",
            f"{name} has as many {one} as it should have {two}, and the reverse{sides}: they "
                       "are exchanged.")  # fmt: skip
    says = []
    for k in differing:
        noun, short = _noun(exercise, name, axes, k), t.shape[k] - s.shape[k]
        if short == 1:
            which = ""
            for words, index in (("last", slice(None, -1)), ("first", slice(1, None))):
                part = t[tuple(index if a == k else slice(None) for a in range(t.ndim))]
                if len(differing) == 1 and _equal(s, part):
                    which = f": the {words} {noun} is lost (left out)"
            says.append(f"one {noun} too few ({s.shape[k]} for {t.shape[k]}){which}")
        elif abs(short) <= 2 and t.ndim == 4:
            says.append(
                f"{abs(short)} {_many(noun) if abs(short) > 1 else noun} too "
                f"{'few' if short > 0 else 'many'} ({s.shape[k]} for {t.shape[k]})"
            )
    if says and len(says) == len(differing):
        return Finding("cut_short", f"{name} has {' and '.join(says)}.")
    return None


def _empty(exercise: Exercise, name: str, s: Any, t: Any) -> Finding | None:
    if s.size == 0 and t.size and "padding" in exercise.arguments:
        says = "[p:-p] is [0:0] for p = 0, which holds nothing. Count the end from the front."
        return Finding("empty_slice", f"{name} is empty, {s.shape}, where the padding is 0: {says}")
    return None


def _stretched(exercise: Exercise, name: str, s: Any, t: Any, axes: tuple) -> Finding | None:
    """Axes that are a whole number of times too long or too short."""
    if s.ndim != t.ndim or not s.size:
        return None
    says = []
    for k in range(t.ndim):
        long, short = s.shape[k] / t.shape[k], t.shape[k] / s.shape[k]
        if long != 1 and (long.is_integer() or short.is_integer()):
            size = f"{int(long)} times too long" if long > 1 else f"{int(short)} times too short"
            says.append(
                f"the axis of the {_many(_noun(exercise, name, axes, k))} is {size} ({s.shape[k]} for {t.shape[k]})"
            )
        elif long != 1:
            return None
    return (
        Finding("stretched", f"Of {name} {' and '.join(says)}. Is the right axis repeated, or reduced?")
        if says
        else None
    )


def _windows(exercise: Exercise, name: str, s: Any, t: Any) -> Finding | None:
    """Of patches in rows: windows too many or too few, or windows of another size."""
    if exercise.name != "im2col" or s.ndim != 2:
        return None
    if s.shape[1] != t.shape[1]:
        return Finding("wrong_shape",
            f"Each row of {name} has {s.shape[1]} numbers, a patch has {t.shape[1]}: the window "
                       "has another height, width or number of channels.")  # fmt: skip
    few = len(s) < len(t)
    cause = "one row or column of windows too few: a loop ends too early, or a + 1 is missing" if few else (
        "one row or column of windows too many: a window that does not fit is counted")  # fmt: skip
    return Finding(
        "wrong_shape", f"{name} has {abs(len(s) - len(t))} patches too {'few' if few else 'many'}. Is it {cause}?"
    )


def _flat(exercise: Exercise, name: str, s: Any, t: Any, axes: tuple, expected: str) -> Finding | None:
    if s.size == t.size and s.size and s.ndim != t.ndim and _equal(s.ravel(), t.ravel()):
        return Finding(
            "flat_rows_returned", f"{name} holds the right values, flattened: {s.shape} for {expected} = {t.shape}."
        )
    return None


def _renamed_axes(exercise: Exercise, case: Case, name: str, s: Any, t: Any, axes: tuple) -> Finding | None:
    """Which sizes are these? (H, H) for (D, H)."""
    sizes: dict[int, str] = {}
    names = letters(exercise)
    for argument, value in zip(exercise.arguments, case.args, strict=True):
        for letter, size in zip(
            names.get(argument, ()), np.shape(value) if isinstance(value, np.ndarray) else (), strict=False
        ):
            sizes.setdefault(size, letter)
    if s.ndim == t.ndim == len(axes) and all(n in sizes for n in s.shape):
        yours = f"({', '.join(sizes[n] for n in s.shape)}{',' if s.ndim == 1 else ''})"
        wrong = [k for k in range(s.ndim) if s.shape[k] != t.shape[k]]
        parts = ", ".join(f"{sizes[s.shape[k]]} stands where {axes[k]} should" for k in wrong)
        return Finding("wrong_shape", f"{name} has the shape {s.shape} = {yours}; expected is {t.shape} = "
                       f"({', '.join(axes)}): {parts}. Is another array used?")  # fmt: skip
    return None


def _equal(s: np.ndarray, t: np.ndarray) -> bool:
    return s.shape == t.shape and close(np.asarray(s, float), np.asarray(t, float), LOOSE)


_NOUNS = {"N": "sample", "D": "input feature", "H": "neuron", "n": "neuron", "m": "class", "C": "channel", "F": "map",
          "OH": "row", "OW": "column", "W": "column"}  # fmt: skip


def _many(noun: str) -> str:
    """The plural of a noun."""
    return f"{noun}es" if noun.endswith(("ch", "s")) else noun if noun.startswith("number") else f"{noun}s"


def _noun(exercise: Exercise, name: str, axes: tuple, k: int) -> str:
    own = exercise.axes.get(name)
    if own and own[k]:
        return own[k]
    if len(axes) == 4 and k == 1:
        return "row"
    return _NOUNS.get(axes[k], "row" if k == 0 else "entry")
