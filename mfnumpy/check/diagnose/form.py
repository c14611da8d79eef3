"""The form of an answer: shapes, dtypes, finite numbers, float32, and whether two calls give the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mfnumpy.check.diagnose.compare import TIGHT, Named, all_close, quiet, run_recipe
from mfnumpy.check.model import Case, Exercise, Finding
from mfnumpy.check.student.call import Stop


def in_another_order(raw: Sequence[Named], right: Sequence[Named]) -> Finding | None:
    """Two outputs of different shapes that have changed places.

    raw, right: the outputs on each case, as they came, and the right ones.
    """
    if any(len(g) != 2 or len(w) != 2 for g, w in zip(raw, right, strict=False)):
        return None
    shapes = [([a.shape for _, a in g], [a.shape for _, a in w]) for g, w in zip(raw, right, strict=False)]
    if any(mine == wanted or mine != wanted[::-1] for mine, wanted in shapes):
        return None
    one, two = (name for name, _ in right[0])
    says = f"The results are exchanged, in another order than asked for: ({two}, {one}) instead of ({one}, {two})."
    return Finding("outputs_in_another_order", says)


def problem(cases: Sequence[Case], raw: Sequence[Named], right: Sequence[Named]) -> Finding | None:
    """Shape, dtype, and finite where the right answer is; None if all is as it should be.

    cases: that were called.
    raw, right: the outputs on each, as they came, and the right ones.
    """
    for case, got, want in zip(cases, raw, right, strict=False):
        for (name, g), (_, w) in zip(got, want, strict=True):
            if g.shape != w.shape:
                says = f"{name} has the shape {g.shape}; expected is {w.shape}."
                if g.ndim and w.ndim and g.shape[1:] == w.shape[1:] and g.shape[0] < w.shape[0]:
                    says += f" {w.shape[0] - len(g)} of its rows (or entries) are lost: too few."
                return Finding("wrong_shape", says, name)
            if w.dtype.kind == "f" and g.dtype.kind == "b" and w.ndim:
                says = f"{name} holds only True and False: a comparison is returned, without the sizes."
                return Finding("wrong_dtype", f"{says} Is a bracket missing? * and @ come before > and <.", name)
            if w.dtype.kind == "f" and g.dtype.kind != "f" and w.ndim:
                cut = f"{name} has dtype {g.dtype}; expected is a float dtype."
                return Finding("wrong_dtype", f"{cut} Was it stored in an array of integers?", name)
            if w.dtype.kind == "f" and g.dtype.itemsize < 4:
                return Finding("wrong_dtype", f"{name} has dtype {g.dtype}, which is too coarse.", name)
            if w.dtype.kind in "iu" and w.ndim and g.dtype.kind not in "iu":
                return Finding("wrong_dtype", f"{name} has dtype {g.dtype}; expected are integers.", name)
            if not np.isfinite(g).all() and not case.extreme:
                return Finding("not_finite", f"{name} holds NaN or Inf.", name)
    return None


def holds_float32(raw: Sequence[Named]) -> bool:
    """Whether an output is float32, or all are numbers that float32 can hold."""
    arrays = [array for outputs in raw for _, array in outputs]
    return any(a.dtype == np.float32 for a in arrays) or all((a == a.astype(np.float32)).all() for a in arrays)


def equal_but_for_rounding(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named]) -> str | None:
    """The first known mistake that gives what the student got to the last digits; None if none does.

    exercise: its mistakes.
    cases, got: all that were drawn, and what the student got on each.
    """
    for mistake in exercise.mistakes:
        for steps in mistake.versions:
            with quiet():
                runs = [run_recipe(exercise, case, steps) for case in cases]
            if all(all_close(g, w, TIGHT) for g, w in zip(got, runs, strict=True)):
                return mistake.name
    return None


def same(first: Named, again: Named) -> bool:
    """Whether two calls with the same arguments gave the same, NaN for NaN."""
    return len(again) == len(first) and all(
        a.shape == b.shape and np.allclose(a, b, rtol=1e-10, atol=1e-13, equal_nan=True)
        for (_, a), (_, b) in zip(first, again, strict=True)
    )


def not_deterministic(exercise: Exercise) -> Finding:
    """What is said of two calls that give different answers."""
    drawn = "feedback" in exercise.arguments
    hint = " Is the feedback drawn anew?" if drawn else " Does it draw at random, or remember a call?"
    return Finding("not_deterministic", f"Two calls with the same arguments give different answers.{hint}")


def aliased(output: str, argument: str) -> Finding:
    """What is said of an output that shares its memory with an argument."""
    says = f"The returned {output} shares its memory with the argument {argument}: return a new array (a copy)."
    return Finding("input_returned", says, output)


def not_a_matter_of_form(cases: Sequence[Case], stops: Mapping[str, Sequence[Stop]]) -> Stop | None:
    """A Stop that is not for the form of the sizes: of a form that is taken at times, or if none is taken at all.

    cases: all that were drawn.
    stops: for each form, those of the cases that raised.
    """
    counts = {form: sum(case.form == form for case in cases) for form in dict.fromkeys(case.form for case in cases)}
    partly = [form for form in stops if len(stops[form]) < counts[form]]
    if partly or len(stops) == len(counts):
        return stops[(partly or list(stops))[0]][0]
    return None


def classes_counted(exercise: Exercise, case: Case, finding: Finding) -> Finding:
    """Of an exception: a mistake with a name if the batch lacks the last class.

    exercise: names the arguments.
    case: on which it raised, and not on the first.
    finding: the exception's.
    """
    arguments = exercise.arguments
    if "y" not in arguments or "m" not in case.dims:
        return finding
    if case.args[arguments.index("y")].max() + 1 == case.dims["m"]:
        return finding
    return Finding("classes_counted_in_batch", f"It raises where the batch lacks the last class. {finding.evidence}")
