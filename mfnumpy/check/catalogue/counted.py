"""The judge of exercises whose answer is a whole number: what was counted too much, left out, or taken for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations, pairwise

import numpy as np

from mfnumpy.check.model import Case, Finding, Rng

Terms = Mapping[str, Callable]
GROWTH = 24
"""So many numbers in a row are looked at."""
TIMES = (1, 2, 3, 0.5)
"""So often a term may be counted."""


def exactly(
    reference: Callable,
    wrong: Mapping[str, list],
    draw: Callable[[Rng, int], Case],
    parts: Terms | None = None,
    wholes: Terms | None = None,
    edges: Iterable[tuple] = (),
    draws: int = 24,
    group: int | None = None,
    owned: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
) -> Callable:
    """A judge that compares whole numbers, and names the formula that gives what the student got.

    reference: the right answer.
    wrong: {name of the mistake: [sentence, formula, formula, ...]}, formulas of the same arguments.
    draw: (generator, k) -> the k-th case.
    parts: {words: formula} for what may be counted too much or be missing.
    wholes: {words: formula} for what may be taken for the answer.
    edges: further cases, of the smallest sizes.
    draws: how many cases are drawn.
    group: the place of an argument for each value of which the mistake is looked for alone; None for no such.
    owned: how the words of those parts begin that belong into the answer once.
    names: of the arguments.
    """
    twice = tuple(owned)

    def judge(call: Callable, rng: Rng) -> Finding | None:
        """The first draw that is wrong; a name if one wrong formula explains all."""
        cases = [draw(rng, k).args for k in range(draws)]
        found = [float(call(*case)[0]) for case in cases]
        right = [float(reference(*case)) for case in cases]
        if found == right:
            return _at_the_edges(call, reference, edges)
        case, value = next((c, v) for c, v, r in zip(cases, found, right, strict=True) if v != r)
        says = f"For {', '.join(map(str, case))} it returns {value:.10g}."
        for name, (_, *formulas) in wrong.items():
            for formula in formulas:
                if found == _values(formula, cases):
                    return Finding(name, says)
        told = list(_by_group(cases, found, right, parts or {}, wholes or {}, group, twice))
        if told and all(told):
            return Finding(None, " ".join([says, *dict.fromkeys(told)]))
        known = [*dict.fromkeys(filter(None, told))] or ["That is not right, and the mistake is not recognised."]
        more = [*_unused(call, cases, names), *_uneven(call, reference, cases[0], names)]
        return Finding(None, "\n".join([" ".join([says, *known]), *more]))

    return judge


def _unused(call: Callable, cases: list[tuple], names: tuple[str, ...]) -> Iterator[str]:
    """The arguments on which the answer does not depend, though all answers do; told by two draws."""
    for place, name in enumerate(names):
        changed = [(*one[:place], other[place], *one[place + 1 :]) for one, other in pairwise(cases[:3])]
        if all(float(call(*one)[0]) == float(call(*new)[0]) for one, new in zip(cases, changed, strict=False)):
            yield f"It does not depend on {name}."


def _uneven(call: Callable, reference: Callable, case: tuple, names: tuple[str, ...]) -> Iterator[str]:
    """How the answer grows with each whole number among the arguments, where it grows otherwise than the right one."""
    for place, name in enumerate(names):
        if not isinstance(case[place], int):
            continue
        rows = [(*case[:place], case[place] + k, *case[place + 1 :]) for k in range(GROWTH)]
        found, right = (np.diff([float(value) for value in values]) for values in (
            [call(*row)[0] for row in rows], [reference(*row) for row in rows]))  # fmt: skip
        steps = list(dict.fromkeys(found.tolist()))
        if len(set(right.tolist())) > 1 or len(steps) > 3 or steps == [0.0] or np.array_equal(found, right):
            continue
        by = " or ".join(f"{step:.6g}" for step in sorted(steps))
        why = (
            ", unevenly: is something rounded, or taken in groups?"
            if len(steps) > 1
            else ", which is another number than it should be."
        )
        yield f"When {name} grows by 1, the answer grows by {by}{why}"


def _values(formula: Callable, cases: list[tuple]) -> list[float]:
    return [float(formula(*case)) for case in cases]


def _at_the_edges(call: Callable, reference: Callable, edges: Iterable[tuple]) -> Finding | None:
    for case in edges:
        value = float(call(*case)[0])
        if value != reference(*case):
            says = f"For {', '.join(map(str, case))} it returns {value:.10g}, which is not right; larger sizes are."
            return Finding(None, f"{says} The formula does not hold for the smallest sizes.")
    return None


def _by_group(
    cases: list[tuple],
    found: list[float],
    right: list[float],
    parts: Terms,
    wholes: Terms,
    group: int | None,
    owned: tuple[str, ...],
) -> Iterator[str]:
    """What explains the wrong answers, for each value of the argument that groups them."""
    values = dict.fromkeys(case[group] if group is not None else None for case in cases)
    for value in values:
        rows = [k for k, case in enumerate(cases) if group is None or case[group] == value]
        if all(found[k] == right[k] for k in rows):
            continue
        own = [cases[k] for k in rows]
        says = _explained(
            own, np.array([found[k] for k in rows]), np.array([right[k] for k in rows]), parts, wholes, owned
        )
        yield says if group is None or not says else f'For "{value}": {says[0].lower()}{says[1:]}'


def _explained(
    cases: list[tuple],
    found: np.ndarray,
    right: np.ndarray,
    parts: Terms,
    wholes: Terms,
    owned: tuple[str, ...],
) -> str:
    """The plainest account of what was counted; "" if there is none."""
    part = {words: np.array(_values(formula, cases)) for words, formula in parts.items()}
    if one := _one(found - right, part, owned):
        return one
    whole = {words: np.array(_values(formula, cases)) for words, formula in wholes.items()}
    for words, value in whole.items():
        if (found == value).all():
            return f"What is counted is exactly: {words}."
        if any((found == cut(value)).all() for cut in (np.floor, np.ceil, np.rint)):
            return f"What is counted is, rounded to a whole number: {words}."
    ratio = found[0] / right[0]
    if len(cases) > 1 and np.allclose(found, ratio * right, rtol=1e-12, atol=0) and ratio != 1:
        shown = f"{ratio:.6g}" if ratio >= 1 or ratio <= 0 else f"1/{1 / ratio:.6g}"
        return f"Every answer is exactly {shown} times what it should be{' (twice, double)' if ratio == 2 else ''}."
    for words, value in whole.items():
        if says := _one(found - value, part, ()):
            return f"What is counted is: {words}. Beside it: {says[0].lower()}{says[1:]}"
    return _two(found - right, part)


def _one(difference: np.ndarray, part: Mapping[str, np.ndarray], owned: tuple[str, ...]) -> str:
    for words, value in part.items():
        for times in TIMES:
            often = "" if times == 1 else f"{times:g} times "
            if (difference == times * value).all():
                twice = " Is it counted twice?" if times == 1 and words.startswith(owned) else ""
                return f"Too much is exactly: {often}{words}.{twice}"
            if (difference == -times * value).all():
                return f"Missing is exactly: {often}{words}."
    return ""


def _two(difference: np.ndarray, part: Mapping[str, np.ndarray]) -> str:
    for (one, a), (two, b) in combinations(part.items(), 2):
        for p in (1, -1):
            for q in (1, -1):
                if (difference == p * a + q * b).all():
                    more = [f"{'Too much' if sign == 1 else 'Missing'} is: {w}." for w, sign in ((one, p), (two, q))]
                    return " ".join(sorted(more))
    return ""
