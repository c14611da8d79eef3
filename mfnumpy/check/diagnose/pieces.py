"""Results that are sums of pieces (over samples, classes, neurons): which pieces are missing, or count twice?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mfnumpy.check.diagnose.compare import LOOSE, Factor, Named, close, name_factor, quantities, ratio, term_values
from mfnumpy.check.model import Case, Exercise, Finding, flatten

_MOST = 60
"""Of more pieces than this only the first and the last are looked at."""

OVERWRITTEN = "is a sum overwritten in a loop (= instead of +=)?"
PATTERNS: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "first_left_out": ("The first {} is left out: does a loop or a slice begin at 1?", lambda n: n != 0),
    "last_left_out": ("The last {} is left out: does a loop or a slice end one too early?", lambda n: n != n[-1]),
    "only_last_counts": ("Only the last {} counts: " + OVERWRITTEN, lambda n: n == n[-1]),
    "only_first_counts": ("Only the first {} counts: is the loop left in its first turn (a return inside it)?",
                          lambda n: n == 0),
    "second_left_out": ("The second {} is left out.", lambda n: n != 1),
    "ends_left_out": ("The first and the last {} are left out.", lambda n: (n != 0) & (n != n[-1])),
    "two_left_out": ("The last two {}s are left out.", lambda n: n < n[-1] - 1),
    "first_two_left_out": ("The first two {}s are left out.", lambda n: n > 1),
    "only_ends_count": ("Only the first and the last {} count.", lambda n: (n == 0) | (n == n[-1])),
    "odd_left_out": ("Every second {} is left out.", lambda n: n % 2 == 0),
    "even_left_out": ("Every second {} is left out, from the first on.", lambda n: n % 2 == 1),
    "first_half_counts": ("Only the first half counts: {}s of the second half are left out.",
                          lambda n: n < len(n) // 2),
    "second_half_counts": ("Only the second half counts: {}s of the first half are left out.",
                           lambda n: n >= len(n) // 2),
    "last_counts_twice": ("The last {} counts twice.", lambda n: 1 + (n == n[-1])),
    "first_counts_twice": ("The first {} counts twice.", lambda n: 1 + (n == 0)),
    "first_counts_for_last": ("The first {} counts twice and the last not at all.",
                              lambda n: 1.0 + (n == 0) - (n == n[-1])),
    "later_counts_more": ("Each {} counts once more than the one before it: a running sum is added again.",
                          lambda n: n + 1),
    "earlier_counts_more": ("The first {} counts most, each later one once less: a running sum is added again.",
                            lambda n: n[::-1] + 1),
    "weighted_by_number": ("Each {} is multiplied by its own number.", lambda n: n),
    "signs_alternate": ("Every second {} has the wrong sign.", lambda n: (-1.0) ** n),
    "first_sign_wrong": ("The first {} has the wrong sign.", lambda n: 1 - 2 * (n == 0)),
    "last_sign_wrong": ("The last {} has the wrong sign.", lambda n: 1 - 2 * (n == n[-1])),
    "running_mean": ("Each {} is averaged with what came before it (a running mean): later ones have more weight.",
                     lambda n: 0.5 ** np.minimum(n[::-1] + 1, n[-1])),
}  # fmt: skip
"""How often each of the pieces counts, by its number n = 0, 1, 2, ..."""


def missing_or_doubled(
    exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]
) -> list[Finding]:
    """What the weights of the pieces tell, output by output: [] if no weights explain all cases. Inside `quiet`.

    exercise, cases, got, right: as in `fit.explained`.
    """
    ordinary = [k for k, case in enumerate(cases) if not case.extreme]
    cases, got, right = [cases[k] for k in ordinary], [got[k] for k in ordinary], [right[k] for k in ordinary]
    for noun, slices in exercise.slices.items():
        pieces = [_pieces(exercise, case, slices) for case in cases]
        if any(p is None for p in pieces):
            continue
        found = _by_output(exercise, cases, got, right, noun, pieces)
        if found:
            return found
    return []


def unequal(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]) -> list[Finding]:
    """That each piece of a wrong output counts with a weight of its own; [] unless weights explain each of them.

    exercise, cases, got, right: as in `fit.explained`, without the extreme cases. Call it inside `quiet`.
    """
    for noun, slices in exercise.slices.items():
        pieces = [_pieces(exercise, case, slices) for case in cases]
        if None in slices.values() or any(p is None for p in pieces):
            continue
        facts = []
        for output in dict.fromkeys(name for outputs in right for name, _ in outputs):
            if all(_same(output, g, r) for g, r in zip(got, right, strict=True)):
                continue
            rows = [_of(output, k, list(got), list(right), pieces) for k in range(len(cases))]
            known = [row for row in rows if row is not None and row[0].shape == row[1].shape]
            says = _weighed(known, noun) if len(known) == len(rows) else None
            if says is None:
                break
            facts.append(Finding("weights_unequal", f"{output}: {says[0].lower()}{says[1:]}", output))
        else:
            return facts
    return []


def _pieces(exercise: Exercise, case: Case, slices: Mapping[str, Any]) -> list[list[np.ndarray]] | None:
    """For each piece the outputs' quantities when it alone is there; a constant is in none of them."""
    places = {exercise.arguments.index(name): axis for name, axis in slices.items()}
    made = {place: axis(*case.args) for place, axis in places.items() if callable(axis)}
    length = {len(rows) for rows in made.values()}
    length |= {np.shape(case.args[place])[axis] for place, axis in places.items() if isinstance(axis, int)}
    if len(length) != 1 or not 1 < (count := length.pop()) <= _MOST:
        return None
    rows = []
    for k in range(count):
        args = list(case.args)
        for place, axis in places.items():
            if isinstance(axis, int):
                args[place] = np.take(args[place], [k], axis=axis)
            else:
                args[place] = 0 * args[place] if axis is None else made[place][k]
        try:
            named = [(n, np.asarray(a)) for n, a in flatten(exercise.reference(*args), exercise.outputs)]
        except Exception:
            return None
        rows.append([a for _, a in quantities(exercise, Case(tuple(args)), named)])
    return rows


def _by_output(
    exercise: Exercise, cases: list[Case], got: list[Named], right: list[Named], noun: str, pieces: list
) -> list[Finding]:
    terms = term_values(cases)
    names = list(dict.fromkeys(name for outputs in right for name, _ in outputs))
    found: dict[str, list[str]] = {}
    for output in names:
        rows = [row for k in range(len(cases)) if (row := _of(output, k, got, right, pieces)) is not None]
        if not rows or any(s.shape != t.shape or p.shape[1:] != s.shape for s, t, p in rows):
            if all(_same(output, g, r) for g, r in zip(got, right, strict=True)):
                continue
            return []
        if all(close(s, t, LOOSE) for s, t, _ in rows):
            continue
        if None in exercise.slices[noun].values():  # beside the pieces there is a constant part: only they are weighed
            rows = [(s - (t - p.sum(axis=0)), p.sum(axis=0), p) for s, t, p in rows]
        hit = _pattern(rows, terms, len(rows) == len(cases))
        if hit is None:
            return []
        name, factor = hit
        extra = "" if not factor.terms or name == "running_mean" else f" What is left is multiplied by {factor.text}."
        found.setdefault(f"{name}|{PATTERNS[name][0].format(noun)}{extra}", []).append(output)
    if not found:
        return []
    several = len(names) > 1
    return [
        Finding(key.partition("|")[0], f"{' and '.join(outputs)}: {text[0].lower()}{text[1:]}" if several else text)
        for key, outputs in found.items()
        for text in [key.partition("|")[2]]
    ]


def _same(output: str, got: Named, right: Named) -> bool:
    g, r = dict(got), dict(right)
    return output not in r or (output in g and close(g[output], r[output], LOOSE))


def _of(output: str, k: int, got: list[Named], right: list[Named], pieces: list) -> tuple | None:
    """The student's output, ours, and its pieces, on one case; None if the case has no such output."""
    order = [name for name, _ in right[k]]
    if output not in order or output not in dict(got[k]):
        return None
    i = order.index(output)
    return dict(got[k])[output], right[k][i][1], np.stack([row[i] for row in pieces[k]])


def _pattern(rows: list, terms: Mapping[str, np.ndarray], whole: bool) -> tuple[str, Factor] | None:
    """The first pattern of weights that explains the output on all cases, and the factor that is left."""
    unit = []
    for _, right, pieces in rows:  # a mean weighs each piece with 1/N
        r = ratio(right, pieces.sum(axis=0), LOOSE)
        if r is None or np.isnan(r):
            return None
        unit.append(r)
    for name, weights in _weights():
        ratios = []
        for (student, _, pieces), r in zip(rows, unit, strict=True):
            w = np.asarray(weights(np.arange(len(pieces))), dtype=float)
            ratios.append(ratio(student, r * np.tensordot(w, pieces, axes=1), LOOSE))
        if any(r is None or np.isnan(r) for r in ratios):
            continue
        numbers = np.array(ratios, dtype=float)
        counts = np.array([len(pieces) for *_, pieces in rows], dtype=float)
        left = np.array([np.count_nonzero(weights(np.arange(int(n)))) for n in counts])
        if np.allclose(numbers, 1, rtol=1e-4) or np.allclose(numbers, counts / left, rtol=1e-4):
            return name, Factor((), 1.0)  # the mean is over those that are left
        if whole and (named := name_factor(numbers, terms)):
            return name, named[0]
    return None


def _weighed(rows: list, noun: str) -> str | None:
    """What is to be said if each piece counts with a weight of its own; None if no weights give the output."""
    found = []
    for student, right, pieces in rows:
        if pieces.shape[1:] != right.shape or not np.isfinite(pieces).all() or not np.isfinite(student).all():
            return None
        A = pieces.reshape(len(pieces), -1).T
        wanted, _, rank, _ = np.linalg.lstsq(A, right.ravel(), rcond=1e-9)
        weights, *_ = np.linalg.lstsq(A, student.ravel(), rcond=1e-9)
        if rank < len(pieces) or len(A) < len(pieces) + 3 or not np.isfinite(weights).all():
            return None
        if not close((A @ weights).reshape(student.shape), student, LOOSE) or (np.abs(wanted) < 1e-9).any():
            return None
        found.append(weights / wanted)
    found = [w for w in found if not np.allclose(w, 1, rtol=1e-4)] or found  # some draws may be right
    first = found[0]
    numbers = ", ".join(f"{w + 0.0:.3g}" for w in np.where(np.abs(first) < 1e-7, 0.0, first)[:5])
    more = ", ..." if len(first) > 5 else ""
    if all((np.abs(w) < 1e-7).any() and np.allclose(w[np.abs(w) > 1e-7], w[np.abs(w) > 1e-7][0]) for w in found):
        lost = [str(k) for k in np.flatnonzero(np.abs(first) < 1e-7)]
        return f"Some {noun}s are left out, others count: on one draw {noun} {', '.join(lost)}. By which test?"
    how = ""
    if all((np.diff(np.abs(w)) > -1e-9).all() for w in found):
        how = ": later ones count more. Is the sum divided, or multiplied, in each turn of the loop (a running mean)?"
    elif all((np.diff(np.abs(w)) < 1e-9).all() for w in found):
        how = ": earlier ones count more"
    end = "" if how.endswith("?") else "."
    return f"Each {noun} counts with a weight of its own ({numbers}{more} times what it should){how}{end}"


def _weights() -> Iterator[tuple[str, Callable]]:
    for name, (_, weights) in PATTERNS.items():
        yield name, weights
