"""What can be said of a mistake that is not in the catalogue.

What the result depends on, and where it is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named, all_close, close, ours, quantities, quiet
from mfnumpy.check.model import Case, Exercise, Rng
from mfnumpy.check.student.call import Caller, Stop


def moved(case: Case, place: int, rng: Rng) -> Case | None:
    """The case with one argument changed a little (floats) or turned round (labels); None if it cannot be.

    case: left as it is.
    place: of the argument, from 0.
    rng: gives the change.
    """
    value: Any = case.args[place]
    new: Any = None
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        new = value * (1 + 0.2 * rng.random(value.shape)) + 0.1 * rng.standard_normal(value.shape)
    elif isinstance(value, np.ndarray) and value.dtype.kind in "iu":
        new = np.roll(value, 1) if (np.roll(value, 1) != value).any() else None
    elif isinstance(value, float):
        new = value * 1.3
    elif isinstance(value, int) and not isinstance(value, bool):
        new = value + 1
    elif isinstance(value, list):
        new = [v * (1 + 0.2 * rng.random(np.shape(v))) for v in value]
    if new is None:
        return None
    args = list(case.args)
    args[place] = new
    return Case(tuple(args), case.dims)


def dependence(exercise: Exercise, cases: Sequence[Case], call: Caller, rng: Rng) -> list[str]:
    """Sentences on arguments that matter to the student's result and not to the right one, or the reverse.

    exercise: that the function was written for.
    cases: the ordinary ones.
    call: the student's function.
    rng: gives the changes of the arguments.

    What counts is whether an output changes on any of the cases: on a single one an argument may cancel. Of
    labels nothing is said: most small changes leave them as they are.
    """
    if exercise.kind == "labels":
        return []
    if exercise.outputs == ("weights",):  # of several depths: weights[2] is another layer in each
        cases = cases[:1]

    right = ours(exercise)
    says = []
    for place, name in enumerate(exercise.arguments):
        pairs = [(case, other) for case in cases if (other := moved(case, place, rng)) is not None]
        try:
            with quiet():
                should = [_changed(exercise, right, *pair) for pair in pairs]
            does = [_changed(exercise, call.named, *pair) for pair in pairs]
        except Exception:  # the changed argument may be none that the function, or we, can take
            continue
        for output in dict.fromkeys(output for changed in should for output in changed):
            s, d = (any(changed.get(output, False) for changed in table) for table in (should, does))
            updated = exercise.updates.get(output.partition("[")[0])
            what = f"The change of {output}" if updated == name else output
            if s and not d:
                says.append(f"{what} does not change when {name} changes, and it should: it does not depend on {name}.")
            elif d and not s and updated == name:
                says.append(f"{what} depends on {name} itself, and it should not.")
            elif d and not s:
                says.append(f"{what} changes when {name} changes, and it should not.")
    return says[:4]


def _changed(exercise: Exercise, function: Callable[..., Named], case: Case, other: Case) -> dict[str, bool]:
    """For each output, whether it differs between two cases."""
    one, two = (quantities(exercise, at, function(*at.args)) for at in (case, other))
    return {name: not close(a, b, 1e-7) for (name, a), (_, b) in zip(one, two, strict=True)}


def separating(exercise: Exercise, cases: Sequence[Case], wrong: Sequence[bool]) -> list[str]:
    """A sentence on the first number or size among the arguments that tells the wrong draws from the right ones.

    exercise: names the arguments.
    cases: all that were drawn.
    wrong: of each, whether the result is wrong.
    """
    ordinary = [k for k, case in enumerate(cases) if not case.extreme]
    for place, name in enumerate(exercise.arguments):
        values = [cases[k].args[place] for k in ordinary]
        if not all(isinstance(v, (int, float, tuple, str)) for v in values):
            continue
        bad = {v for v, k in zip(values, ordinary, strict=True) if wrong[k]}
        good = {v for v, k in zip(values, ordinary, strict=True) if not wrong[k]}
        if bad and good and not bad & good:
            these, those = (", ".join(sorted(map(str, v), key=lambda t: (len(t), t))) for v in (bad, good))
            return [f"It is wrong for {name} = {these}, and right for {name} = {those}."]
    return []


def nearly(got: Sequence[Named], right: Sequence[Named]) -> list[str]:
    """A sentence if all that is wrong is off by less than 1 %.

    got, right: the quantities that are compared on each case.
    """
    worst = 0.0
    for g, r in zip(got, right, strict=True):
        for (_, s), (_, t) in zip(g, r, strict=True):
            if s.shape != t.shape or not np.isfinite(s).all() or not np.isfinite(t).all():
                return []
            worst = max(worst, float(np.abs(s - t).max(initial=0.0) / (np.abs(t).max(initial=0.0) or 1.0)))
    hint = "is it a finite difference with a coarse step, an epsilon, or rounding?"
    return [f"It is right but for less than 1 %: {hint}"] if worst < 0.01 else []


def linearity(exercise: Exercise, case: Case, call: Caller) -> list[str]:
    """Sentences on arguments in which the result should be linear, and does not double with them.

    exercise: names the arguments.
    case: an ordinary one.
    call: the student's function.
    """
    wrong = []
    for name in exercise.linear:
        place = exercise.arguments.index(name)
        args = list(case.args)
        args[place] = 2 * args[place]
        try:
            once, twice = call(*case.args)[0], call(*args)[0]
        except Stop:
            continue
        if np.isfinite(once).all() and not close(twice, 2 * once, 1e-4):
            wrong.append(name)
    return [f"It should double when {' or '.join(wrong)} doubles, and does not."] if wrong else []


def wrong_entries(got: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Mask of the entries that differ."""
    size = np.abs(right[np.isfinite(right)]).max(initial=0.0)
    with np.errstate(invalid="ignore"):
        return ~(np.abs(got - right) <= LOOSE * size + 1e-12)


def support(exercise: Exercise, case: Case, wrong: np.ndarray) -> list[str]:
    """In which region all the errors lie: a region of the exercise's own, else rows or columns.

    exercise: may name regions.
    case: on which they were found.
    wrong: a mask of the output's shape.
    """
    if wrong.all() or not wrong.any():
        return ["All entries are wrong."] if wrong.size > 1 and wrong.all() else []
    if exercise.regions is not None:
        for name, mask in exercise.regions(*case.args).items():
            mask = np.asarray(mask)
            if mask.shape == wrong.shape and mask.any() and not mask.all() and not (wrong & ~mask).any():
                every = "All entries are wrong" if (wrong == mask).all() else "All wrong entries lie"
                return [f"{every} {name}, and only there."]
    for axis, word in enumerate(("row", "column")[: wrong.ndim]):
        lines = np.flatnonzero(wrong.any(axis=tuple(a for a in range(wrong.ndim) if a != axis)))
        if len(lines) == 1 and wrong.shape[axis] > 2:
            last = lines[0] == wrong.shape[axis] - 1
            return [f"Only {'the last ' if last else ''}{word} {'' if last else lines[0]}".rstrip() + " is wrong."]
    return [f"{int(wrong.sum())} of {wrong.size} entries are wrong."]


def largest(name: str, got: np.ndarray, right: np.ndarray) -> tuple[str, str]:
    """Where the largest error is, and how large: ("dW[2, 3]", "it is off by ...").

    name: of the output.
    got, right: the student's quantity and ours.
    """
    with np.errstate(invalid="ignore"):
        error = np.abs(got - right)
    error = np.where(np.isfinite(error), error, np.inf)
    if not error.ndim:
        size = abs(float(right)) or 1.0
        return name, f"it is off by {_percent(float(error) / size)}" if np.isfinite(error) else "it is not finite"
    index = np.unravel_index(int(error.argmax()), error.shape)
    where = f"{name}[{', '.join(str(int(i)) for i in index)}]"
    if not np.isfinite(error[index]):
        return where, "the value there is not finite"
    size = np.abs(right[np.isfinite(right)]).max(initial=0.0) or 1.0
    return where, f"it is off by {_percent(float(error[index]) / size, ' of the largest entry')}"


def _percent(share: float, of: str = "") -> str:
    """A share as a person would write it: 2.9 %, 34 %, 5 times."""
    if share >= 2:
        return f"{share:.0f} times{of.replace(' of', '', 1) if of else ' the right value'}"
    return f"{100 * share:.0f} %{of}" if share >= 0.1 else f"{100 * share:.1g} %{of}"


def mixing(exercise: Exercise, case: Case, call: Caller, rng: Rng) -> list[str]:
    """Sentences on outputs of one sample that change with another sample, and should not.

    exercise: says which outputs have an axis of samples.
    case: an ordinary one.
    call: the student's function.
    rng: not needed here.
    """
    nouns = {output: axes[0] for output, axes in exercise.axes.items() if axes[0] in ("sample", "image")}
    moved_args = [
        np.concatenate([value[:-1], 1.5 * value[-1:] + 0.3]) if isinstance(value, np.ndarray) and value.ndim > 1
        and value.dtype.kind == "f" and len(value) == case.dims.get("N") else value
        for value in case.args
    ]  # fmt: skip
    try:
        one, two = dict(call.named(*case.args)), dict(call.named(*moved_args))
    except Stop:
        return []
    return [
        f"{output}: the first {noun} changes when the last one does, and should not: something is taken over "
        "the batch, across the samples."
        for output, noun in nouns.items()
        if output in one and one[output].ndim and one[output].shape == two[output].shape
        and len(one[output]) == case.dims.get("N") and not close(one[output][0], two[output][0], 1e-7)
    ]  # fmt: skip


def right_outputs(got: Sequence[Named], right: Sequence[Named]) -> tuple[list[str], list[str]]:
    """Names of the outputs that are right on all cases, and of the others."""
    good: list[str] = []
    bad: list[str] = []
    for i, (name, _) in enumerate(right[0]):
        same = all(
            len(g) > i and len(r) > i and all_close([g[i]], [r[i]], LOOSE) for g, r in zip(got, right, strict=True)
        )
        (good if same else bad).append(name)
    return good, bad
