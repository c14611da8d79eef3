"""A wrong shape, or an exception for one: what was probably meant.

Each guess is tried: the argument is turned and the function called again, the axes of the result are put in another
order, all sizes are made equal so that any product of matrices can be computed. Only what then gives the right
numbers is said.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from mfnumpy.check.catalogue.draws import SQUARE
from mfnumpy.check.diagnose.axes import letters
from mfnumpy.check.diagnose.compare import LOOSE, Named, all_close, quantities, quiet
from mfnumpy.check.diagnose.recognise import recognise
from mfnumpy.check.diagnose.transforms import changed_part
from mfnumpy.check.exercises import sentence
from mfnumpy.check.model import Case, Exercise, Finding, Rng, flatten
from mfnumpy.check.student.call import Caller, Stop
from mfnumpy.support.validate import pair


def meant(exercise: Exercise, call: Caller, case: Case, rng: Rng) -> Finding | None:
    """Of a function that raises, or gives a wrong shape: with which arguments it would be right, if any.

    exercise: that it was written for.
    call: the student's function.
    case: on which it raised.
    rng: gives a case in which all sizes are equal.
    """
    with quiet():
        for guess in (_renamed, _turned, _swapped, _read_as_channels_first):
            finding = guess(exercise, call, case)
            if finding is not None:
                return finding
        return _with_equal_sizes(exercise, call, rng)


def other_geometry(exercise: Exercise, cases: Sequence[Case], raw: Sequence[Named]) -> Finding | None:
    """A window, stride or padding other than the one that was given, with which the results would be right.

    exercise: one of images; for another there is nothing to be found.
    cases: as drawn.
    raw: the outputs on each.
    """
    if not {"kernel", "stride", "padding"} <= set(exercise.arguments) or "x_shape" in exercise.arguments:
        return None
    with quiet():
        found = [
            Finding(name, says)
            for name, (says, change) in GEOMETRIES.items()
            if all(
                all_close(_floats(outputs), _with_geometry(exercise, case, change), LOOSE)
                for case, outputs in zip(cases, raw, strict=True)
            )
        ]
    if len(found) > 1:
        return Finding(None, " Or, which gives the same here: ".join(finding.evidence for finding in found))
    return found[0] if found else None


def _floats(named: Named) -> Named:
    return [(name, np.asarray(array, dtype=float)) for name, array in named]


def _with_geometry(exercise: Exercise, case: Case, change: Callable) -> Named | None:
    args = list(case.args)
    places = [exercise.arguments.index(name) for name in ("kernel", "stride", "padding")]
    sizes = [pair(name, args[k], 0) for name, k in zip(("kernel", "stride", "padding"), places, strict=True)]
    try:
        for k, value in zip(places, change(*sizes), strict=True):
            args[k] = value
        named = [(n, np.asarray(a)) for n, a in flatten(exercise.reference(*args), exercise.outputs)]
    except Exception:
        return None
    return _floats(named)


GEOMETRIES: dict[str, tuple[str, Callable]] = {
    "stride_missing": ("The stride is not used (ignored): windows are one pixel apart, as with stride 1.",
                       lambda k, s, p: (k, (1, 1), p)),
    "padding_missing": ("The padding is missing (ignored).", lambda k, s, p: (k, s, (0, 0))),
    "padding_twice": ("The padding is there twice.", lambda k, s, p: (k, s, (2 * p[0], 2 * p[1]))),
    "padding_halved": ("Only half of the padding is there.", lambda k, s, p: (k, s, (p[0] // 2, p[1] // 2))),
    "padding_constant": ("The padding is always 1, whatever is given.", lambda k, s, p: (k, s, (1, 1))),
    "padding_of_kernel": ("The padding is half the kernel, whatever is given.",
                          lambda k, s, p: (k, s, (k[0] // 2, k[1] // 2))),
    "stride_constant": ("The stride is always 2, whatever is given.", lambda k, s, p: (k, (2, 2), p)),
    "stride_is_kernel": ("The kernel's size is used as the stride: windows do not overlap, as in pooling.",
                         lambda k, s, p: (k, k, p)),
    "kernel_height_for_both": ("The kernel is taken for a square of its height.", lambda k, s, p: ((k[0], k[0]), s, p)),
    "kernel_width_for_both": ("The kernel is taken for a square of its width.", lambda k, s, p: ((k[1], k[1]), s, p)),
    "kernel_sides_swapped": ("Height and width of the kernel are exchanged.", lambda k, s, p: (k[::-1], s, p)),
    "stride_sides_swapped": ("Vertical and horizontal stride are exchanged.", lambda k, s, p: (k, s[::-1], p)),
    "padding_sides_swapped": ("Vertical and horizontal padding are exchanged.", lambda k, s, p: (k, s, p[::-1])),
    "stride_and_padding_missing": ("Neither the stride nor the padding is used.", lambda k, s, p: (k, (1, 1), (0, 0))),
    "stride_one_way": ("The stride is used in one direction only, vertically.", lambda k, s, p: (k, (s[0], 1), p)),
    "stride_the_other_way": ("The stride is used in one direction only, horizontally.", lambda k, s, p: (k, (1, s[1]),
        p)),
    "padding_one_way": ("The padding is there in one direction only, vertically.", lambda k, s, p: (k, s, (p[0], 0))),
    "padding_the_other_way": ("The padding is there in one direction only, horizontally.",
                              lambda k, s, p: (k, s, (0, p[1]))),
}  # fmt: skip
"""What may be done to kernel, stride and padding, each a pair."""


def _safe(call: Caller, args: tuple) -> Named | None:
    try:
        return call.named(*args)
    except Stop:
        return None


def _reference(exercise: Exercise, case: Case) -> Named:
    named = [(n, np.asarray(a)) for n, a in flatten(exercise.reference(*case.args), exercise.outputs)]
    return quantities(exercise, case, named)


def _is_right(exercise: Exercise, case: Case, found: Named | None) -> bool:
    return found is not None and all_close(quantities(exercise, case, found), _reference(exercise, case), LOOSE)


def exchanged_names(exercise: Exercise, function: Callable) -> tuple[str, ...]:
    """The function's own parameters if they have the exercise's names in another order; else ()."""
    try:
        names = tuple(inspect.signature(function).parameters)[: len(exercise.arguments)]
    except (TypeError, ValueError):
        return ()
    return names if set(names) == set(exercise.arguments) and names != exercise.arguments else ()


def in_words(exercise: Exercise, names: tuple[str, ...]) -> str:
    """What is to be said of such parameters."""
    order = f"Its parameters are ({', '.join(names)}); what comes is ({', '.join(exercise.arguments)}), in this order"
    return f"{order}: arguments are exchanged."


def _renamed(exercise: Exercise, call: Caller, case: Case) -> Finding | None:
    names = exchanged_names(exercise, call.function)
    if not names:
        return None
    says = in_words(exercise, names)
    if _is_right(exercise, case, _safe(call, tuple(case.args[exercise.arguments.index(name)] for name in names))):
        says += " In your order the function would be right."
    return Finding("arguments_exchanged", says)


def _turn(value: Any) -> Any:
    if isinstance(value, list) and value and all(isinstance(v, np.ndarray) and v.ndim == 2 for v in value):
        return [v.T for v in value]
    return value.T if isinstance(value, np.ndarray) and value.ndim == 2 else None


def _shape_in_letters(exercise: Exercise, name: str) -> tuple[str, ...]:
    return letters(exercise).get(name, ())


def _turned(exercise: Exercise, call: Caller, case: Case) -> Finding | None:
    """Would it be right if a matrix came transposed?"""
    places = [k for k, value in enumerate(case.args) if _turn(value) is not None]
    for chosen in (*combinations(places, 1), *combinations(places, 2)):
        args = [_turn(value) if k in chosen else value for k, value in enumerate(case.args)]
        found = _safe(call, tuple(args))
        if found is None:
            continue
        got = quantities(exercise, case, found)
        right = _reference(exercise, case)
        names = " and ".join(exercise.arguments[k] for k in chosen)
        back = [(n, a.T if a.ndim == 2 else a) for n, a in got]
        for outputs, more in ((got, ""), (back, ", and so is the result")):
            if all_close(outputs, right, LOOSE):
                shapes = [_shape_in_letters(exercise, exercise.arguments[k]) for k in chosen]
                given = ", ".join(
                    f"{exercise.arguments[k]} is ({', '.join(s)})" for k, s in zip(chosen, shapes, strict=True) if s
                )
                verb = "is" if len(chosen) == 1 else "are"
                says = f"{names} {verb} the wrong way round in your code: transposed, the numbers would be right{more}."
                return Finding("argument_transposed", f"{says}{f' Here {given}.' if given else ''}")
    return None


def _swapped(exercise: Exercise, call: Caller, case: Case) -> Finding | None:
    """Would it be right if two arguments changed places?"""
    for i, j in combinations(range(len(case.args)), 2):
        args = list(case.args)
        args[i], args[j] = args[j], args[i]
        alike = type(args[i]) is type(args[j])
        same = alike and not isinstance(args[i], (np.ndarray, list)) and args[i] == args[j]
        if alike and not same and _is_right(exercise, case, _safe(call, tuple(args))):
            a, b = exercise.arguments[i], exercise.arguments[j]
            return Finding("arguments_exchanged", f"The arguments {a} and {b} are exchanged in your code.")
    return None


def _read_as_channels_first(exercise: Exercise, call: Caller, case: Case) -> Finding | None:
    """Would it be right if images came as (N, C, H, W)?"""
    images = [k for k, value in enumerate(case.args) if isinstance(value, np.ndarray) and value.ndim == 4]
    if not images:
        return None
    args = [value.transpose(0, 3, 1, 2).copy() if k in images else value for k, value in enumerate(case.args)]
    found = _safe(call, tuple(args))
    if found is None:
        return None
    back = [(n, a.transpose(0, 2, 3, 1) if a.ndim == 4 else a) for n, a in found]
    if _is_right(exercise, case, back) or _is_right(exercise, case, found):
        return Finding("channels_first", "Images are read as (N, C, H, W), channels first; here they are (N, H, W, C).")
    return None


def _with_equal_sizes(exercise: Exercise, call: Caller, rng: Rng) -> Finding | None:
    """With all sizes equal every product can be computed, and the numbers may tell what is wrong."""
    if not any(
        isinstance(v, np.ndarray) and v.ndim == 2 for v in exercise.draw(rng, SQUARE).args
    ) and "weights" not in (exercise.arguments):
        return None
    cases = [exercise.draw(rng, SQUARE) for _ in range(2)]
    found = [_safe(call, case.args) for case in cases]
    if any(f is None for f in found):
        return None
    got = [quantities(exercise, case, f or []) for case, f in zip(cases, found, strict=True)]
    right = [_reference(exercise, case) for case in cases]
    if any([a.shape for _, a in g] != [a.shape for _, a in r] for g, r in zip(got, right, strict=True)):
        return None
    tried = "Tried with all sizes equal, where any shapes fit:"
    if all(map(all_close, got, right, [LOOSE] * 2)):
        return Finding("sizes_confused", f"{tried} the numbers are right. Is one size taken for another?")
    for guess in _guesses(exercise, cases, got, right):
        return Finding(guess.mistake, f"{tried} {guess.evidence[0].lower()}{guess.evidence[1:]}")
    return None


def _guesses(exercise: Exercise, cases: list[Case], got: list[Named], right: list[Named]) -> Iterator[Finding]:
    hits = recognise(exercise, cases, got, right)
    if len(hits) == 1:
        known = sorted(hits[0].names)
        yield Finding("+".join(known), " ".join(sentence(exercise, name) for name in known))
    elif hits:
        yield Finding(None, " Or: ".join(sentence(exercise, n) for hit in hits[:3] for n in sorted(hit.names)))
    yield from changed_part(exercise, cases, got, right)[:1]
    turned = [(chosen, [_with_turned(exercise, case, chosen) for case in cases]) for chosen in _choices(cases[0])]
    for chosen, wrong in turned:
        names = " and ".join(exercise.arguments[k] for k in chosen)
        for more, back in (("", False), (" and so is the result", True)):
            outputs = [[(n, a.T if back and a.ndim == 2 else a) for n, a in g] for g in got]
            if all(w is not None and all_close(o, w, LOOSE) for o, w in zip(outputs, wrong, strict=True)):
                yield Finding("argument_transposed", f"{names} {'is' if len(chosen) == 1 else 'are'} transposed{more}.")
    if all(
        all_close([(n, a.T if a.ndim == 2 else a) for n, a in g], r, LOOSE) for g, r in zip(got, right, strict=True)
    ):
        yield Finding("transposed", "The values are right, but rows and columns are exchanged.")


def _choices(case: Case) -> Iterator[tuple[int, ...]]:
    places = [k for k, value in enumerate(case.args) if _turn(value) is not None]
    for count in (1, 2):
        yield from combinations(places, count)


def _with_turned(exercise: Exercise, case: Case, chosen: tuple[int, ...]) -> Named | None:
    args = tuple(_turn(value) if k in chosen else value for k, value in enumerate(case.args))
    try:
        named = [(n, np.asarray(a)) for n, a in flatten(exercise.reference(*args), exercise.outputs)]
    except Exception:
        return None
    return quantities(exercise, case, named)
