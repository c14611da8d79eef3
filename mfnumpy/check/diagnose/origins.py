"""Where a wrong output comes from: an argument itself, a sum or a mean of one, or a product of two.

One name for another (`x` for `dz`, copied from the line above) gives numbers that no change of a formula explains, and
often another shape. Each wrong output is compared with what single arguments and pairs of them give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations, product

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Named, close, name_factor, ratio, term_values
from mfnumpy.check.model import Case, Exercise, Finding

OVER: dict[str, Callable] = {"sum": np.sum, "mean": np.mean, "largest": np.max, "smallest": np.min}
Origin = tuple[str, tuple[tuple[str, ...], Callable[[], np.ndarray]]]
"""In words, which arguments are in it, and its value."""


def made_of(exercise: Exercise, cases: Sequence[Case], raw: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """What each wrong output is made of; [] unless all of them are explained. Call it inside `quiet`.

    exercise: names the arguments.
    cases: ordinary ones.
    raw: the student's outputs on each, as they came.
    right: ours.
    """
    facts: list[Finding] = []
    if exercise.updates or not cases or exercise.kind != "real":
        return facts
    for k, (name, _) in enumerate(right[0]):
        found = [np.asarray(outputs[k][1], dtype=float) for outputs in raw]
        wanted = [np.asarray(outputs[k][1], dtype=float) for outputs in right]
        if all(s.shape == t.shape and close(s, t, LOOSE) for s, t in zip(found, wanted, strict=True)):
            continue
        origin = _origin(exercise, cases, found)
        if origin is None:
            return []
        unused = _unused(exercise, name, origin[1])
        facts.append(Finding("made_of_another", f"{name} is {origin[0]}, and nothing else{unused}.", name))
    return facts


def _unused(exercise: Exercise, output: str, used: tuple[str, ...]) -> str:
    """The argument for which another one probably stands: the gradient that comes in, if it is not there."""
    errors = [a for a in exercise.arguments if a.startswith("d") and len(a) < 4 and a not in used]
    return f": {errors[0]} is not in it" if errors and output.startswith("d") else ""


def _origin(exercise: Exercise, cases: Sequence[Case], found: list[np.ndarray]) -> tuple[str, tuple[str, ...]] | None:
    if not all(np.isfinite(s).all() and s.any() for s in found):
        return None
    terms = term_values(list(cases))
    tables = [dict(_candidates(exercise, case, s.shape)) for case, s in zip(cases, found, strict=True)]
    for text, (used, _) in tables[0].items():
        ratios = []
        for s, table in zip(found, tables, strict=True):
            r = _ratio(s, table[text][1]) if text in table else None
            if r is None:
                break
            ratios.append(r)
        if len(ratios) < len(found):
            continue
        if factors := name_factor(np.array(ratios), terms):
            times = f"{factors[0].text} x " if factors[0].terms else ""
            return f"{times}{text}", used
    return None


def _ratio(s: np.ndarray, value: Callable[[], np.ndarray]) -> float | None:
    t = np.asarray(value(), dtype=float)
    if t.shape != s.shape or not np.isfinite(t).all():
        return None
    r = ratio(s, t, LOOSE)
    return None if r is None or np.isnan(r) else r


def _candidates(exercise: Exercise, case: Case, shape: tuple[int, ...]) -> Iterator[Origin]:
    """Each candidate of this shape."""
    arrays = {
        name: value
        for name, value in zip(exercise.arguments, case.args, strict=True)
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.ndim
    }
    for name, a in arrays.items():
        if a.shape == shape:
            yield f"the argument {name} itself", ((name,), partial(np.asarray, a))
        if a.ndim == 2 and a.T.shape == shape != a.shape:
            yield f"the argument {name}, transposed", ((name,), partial(np.transpose, a))
        for count in range(1, a.ndim + 1):
            for axes in combinations(range(a.ndim), count):
                if tuple(n for k, n in enumerate(a.shape) if k not in axes) != shape:
                    continue
                where = f" over {'axis' if count == 1 else 'axes'} {' and '.join(map(str, axes))}"
                for over, reduce in OVER.items():
                    text = f"the {over} of {name}{'' if count == a.ndim else where}"
                    yield text, ((name,), partial(reduce, a, axis=axes))
    flat = {name: a.reshape(-1, a.shape[-1]) for name, a in arrays.items() if a.ndim > 1}
    for (one, a), (two, b) in product(flat.items(), flat.items()):
        for left, right in product((False, True), repeat=2):
            p, q = (a.T if left else a), (b.T if right else b)
            if p.shape[1] == q.shape[0] and (len(p), q.shape[1]) == shape:
                text = f"the product {one}{'^T' if left else ''} {two}{'^T' if right else ''}"
                yield text, ((one, two), partial(np.matmul, p, q))
