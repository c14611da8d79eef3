"""What a wrong answer did, solved for: an unknown number, pieces of a sum, one part changed, something added.

Each explanation must hold on all draws to rounding. They are tried from the simplest on, and the first one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np

from mfnumpy.check.diagnose import affine, estimate, pieces, transforms
from mfnumpy.check.diagnose.compare import LOOSE, Named, all_close, close, quantities, quiet, spelled
from mfnumpy.check.exercises import sentence
from mfnumpy.check.model import Case, Exercise, Finding, flatten


def explained(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """One explanation of what the student got, in one or more facts; [] if none of these kinds holds.

    exercise: that the function was written for.
    cases: all that were drawn, the extreme ones too.
    got: what the student's function gave on each of them, as `compare.quantities`.
    right: what ours gives, in the same form.
    """
    if exercise.kind == "values":
        return rounded(exercise, cases, got, right)
    if exercise.kind not in ("real", "labels"):
        return []
    with quiet():
        if exercise.kind == "real":
            for kind in (not_trained, with_a_number, pieces.missing_or_doubled, affine.added):
                if found := kind(exercise, cases, got, right):
                    return found
        if found := [*exchanged(exercise, cases, got), *rounded(exercise, cases, got, right)]:
            return found[:1]
        return in_two_ways(transforms.changed_part(exercise, cases, got, right))


def in_two_ways(found: list[Finding]) -> list[Finding]:
    """The first change that explains everything; and one of the result itself, if that gives the same numbers.

    found: the changes.
    """
    first = found[:1]
    of_result = [f for f in found[1:] if f.mistake and f.mistake.startswith("result_")]
    if (
        first
        and of_result
        and (first[0].mistake or "").partition("_")[2] == (of_result[0].mistake or "").partition("_")[2]
    ):
        return first
    if not first or not of_result or (first[0].mistake or "").startswith("result_"):
        return first
    return [Finding(first[0].mistake, f"{first[0].evidence} Or, which gives the same numbers: {of_result[0].evidence}")]


def exchanged(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named]) -> list[Finding]:
    """Two arguments that have changed places, the results too or not. Call it inside `quiet`.

    exercise, cases, got: as in `explained`.
    """
    if exercise.updates:
        return []
    for i, j in combinations(range(len(exercise.arguments)), 2):
        if not all(_alike(case.args[i], case.args[j]) for case in cases):
            continue
        swapped = [_with_exchanged(exercise, case, i, j) for case in cases]
        for turn, more in ((False, ""), (True, ", and so are the results")):
            if all(
                run is not None and all_close(_turned(g) if turn else g, run, LOOSE)
                for g, run in zip(got, swapped, strict=True)
            ):
                a, b = exercise.arguments[i], exercise.arguments[j]
                return [Finding("arguments_exchanged", f"The arguments {a} and {b} are exchanged (swapped){more}.")]
    if len(exercise.outputs) == 2:
        straight = [_with_exchanged(exercise, case, 0, 0) for case in cases]
        if all(run is not None and all_close(_turned(g), run, LOOSE) for g, run in zip(got, straight, strict=True)):
            a, b = exercise.outputs
            return [
                Finding("outputs_in_another_order", f"The results are exchanged: ({b}, {a}) instead of ({a}, {b}).")
            ]
    return []


def _alike(a: Any, b: Any) -> bool:
    return type(a) is type(b) and np.shape(a) == np.shape(b) and not isinstance(a, (list, tuple))


def _turned(named: Named) -> Named:
    return [(name, array) for (name, _), (_, array) in zip(named, reversed(named), strict=True)]


def _with_exchanged(exercise: Exercise, case: Case, i: int, j: int) -> Named | None:
    args = list(case.args)
    args[i], args[j] = args[j], args[i]
    try:
        named = [(n, np.asarray(a)) for n, a in flatten(exercise.reference(*args), exercise.outputs)]
    except Exception:
        return None
    return quantities(exercise, case, named)


def rounded(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """Results that are rounded to a number of digits.

    exercise, cases, got, right: as in `explained`.
    """
    olds = [
        {name: case.args[exercise.arguments.index(argument)] for name, argument in exercise.updates.items()}
        for case in cases
    ]
    if any(isinstance(old, list) for table in olds for old in table.values()):
        return []
    if len(np.unique(np.concatenate([np.ravel(s) for g in got for _, s in g]))) < 3:
        return []  # one number, or a 0 and a 1, are the rounding of many things
    for digits in range(7):
        same = True
        for g, r, old in zip(got, right, olds, strict=True):
            for (name, s), (_, t) in zip(g, r, strict=True):
                at = old.get(name, 0.0)
                same = same and s.shape == t.shape and bool(np.allclose(at - s, np.round(at - t, digits), atol=1e-12))
        if same:
            return [
                Finding(
                    "result_rounded",
                    f"The result is rounded, to {digits} digit{'' if digits == 1 else 's'} behind the point.",
                )
            ]
    return []


def not_trained(
    exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]
) -> list[Finding]:
    """Parameters that come back as they were, while all others are right; arguments as in `fit.explained`."""
    still, names = (
        set(),
        {name for outputs in right for name, _ in outputs if name.partition("[")[0] in exercise.updates},
    )
    for outputs, wanted in zip(got, right, strict=True):
        for (name, s), (_, t) in zip(outputs, wanted, strict=True):
            if (
                name in names
                and s.shape == t.shape
                and np.abs(s).max(initial=0.0) <= 1e-12 * np.abs(t).max(initial=0.0)
                and t.any()
            ):
                still.add(name)
            elif not close(s, t, LOOSE):
                return []
    return [Finding("not_trained", f"{name} is not trained: it comes back unchanged.") for name in sorted(still)]


def with_a_number(
    exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]
) -> list[Finding]:
    """A mistake of the catalogue with an unknown number in it; arguments as in `fit.explained`."""
    for mistake in exercise.mistakes:
        for free in mistake.free:
            value = estimate.number(exercise, cases, got, free)
            if value is not None:
                says = sentence(exercise, mistake.name)
                return [Finding(mistake.name, f"{says[:-1]}: {free.says.format(spelled(value))}.")]
    return []


def in_another_order(exercise: Exercise, raw: Sequence[Named], right: Sequence[Named]) -> Finding | None:
    """Several outputs that are right, and come in another order.

    exercise: names the outputs.
    raw: the student's outputs on each case, as they came.
    right: ours.
    """
    count = len(exercise.outputs)
    if not 2 <= count <= 4 or any(len(outputs) != count for outputs in right):
        return None
    for order in permutations(range(count)):
        if order == tuple(range(count)):
            continue
        pairs = ((g[i][1], w[j][1]) for g, w in zip(raw, right, strict=True) for j, i in enumerate(order))
        if all(s.shape == t.shape and all_close([("", np.asarray(s, float))], [("", np.asarray(t, float))], LOOSE)
               for s, t in pairs):  # fmt: skip
            names = ", ".join(exercise.outputs[order.index(k)] for k in range(count))
            expected = ", ".join(exercise.outputs)
            says = f"The results come in another order than asked for: ({names}) instead of ({expected})."
            return Finding("outputs_in_another_order", says)
    return None
