"""Which mistake is it? The known wrong versions are run on the student's own draws.

Alone, scaled, turned and in pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np

from mfnumpy.check.diagnose.compare import (
    CONSTANT,
    LOOSE,
    Factor,
    Named,
    all_close,
    name_factor,
    quiet,
    ratio,
    run_recipe,
    term_values,
)
from mfnumpy.check.model import Case, Exercise

MEANS = {
    "-1": "sign_flipped", "2": "factor_two", "1/2": "factor_half", "N": "mean_missing", "1/N": "mean_twice",
    "lr": "lr_twice", "1/lr": "lr_missing", "lr^2": "lr_twice_again", "lr^-2": "lr_divides",
    CONSTANT: "constant_factor",
}  # fmt: skip
"""What a factor means, where the exercise does not say otherwise."""
FORWARD = {"eq1", "eq2", "eq5", "softmax", "dense_forward", "relu_backward", "im2col", "col2im", "conv2d_forward",
           "avgpool_forward", "avgpool_backward", "overlay_label", "normalise_length"}  # fmt: skip
"""Exercises without a mean over the batch: a factor N is only a factor there."""


GENERAL = {"constant_factor", "scaled_by_size"}
"""Names that say little: they count only where no other explains as much."""
MOST = 4
"""More mistakes at once than this are not looked for."""
PAIRED = 2000
"""So many pairs are tried, those first whose mistakes stand first in the catalogue: a check is to be quick."""


@dataclass(frozen=True)
class Hit:
    """One explanation of the student's numbers.

    names: the mistakes in it.
    steps: how many.
    factors: those found, with the output that each was found in.
    transposed: outputs that are.
    known: those of the names that come from the catalogue.
    """

    names: frozenset[str]
    steps: int
    factors: tuple[tuple[str, Factor], ...] = ()
    transposed: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


def meaning(exercise: Exercise, term: str, output: str = "") -> str:
    """The identifier of the mistake that makes a factor.

    exercise: may say what the factor means there.
    term: the factor, "1/N".
    output: in which alone it was found; "" for all.
    """
    if f"{output}:{term}" in exercise.scales:
        return exercise.scales[f"{output}:{term}"]
    if term in exercise.scales:
        return exercise.scales[term]
    if exercise.name in FORWARD and term in ("N", "1/N"):
        return "scaled_by_batch"
    if exercise.name in FORWARD and term == "-1":
        return "sign_wrong"
    if term.endswith(("-1)", "+1)")):
        return "divided_by_one_less" if term.endswith("-1)") else "divided_by_one_more"
    return MEANS.get(term, "scaled_by_size")


def recognise(
    exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named], pairs: bool = False
) -> list[Hit]:
    """All explanations with the fewest mistakes (four at most); several if the numbers cannot decide; [] if none.

    exercise, cases, got, right: as in `fit.explained`.
    pairs: without, only what is one mistake, known or a factor; with, also two known ones, scaled and turned.
    """
    search = _Search(exercise, list(cases), list(got), list(right))
    with quiet():
        singles = search.hits(search.singles())
        if not pairs:
            return _best([hit for hit in singles if hit.steps == 1])
        return _best(singles + search.hits(search.pairs()))


def by_output(
    exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]
) -> dict[str, Hit]:
    """For each output that is wrong the one known mistake in it; {} unless each has one, or if there is only one.

    exercise, cases, got, right: as in `fit.explained`.
    """
    ordinary = [k for k, case in enumerate(cases) if not case.extreme]
    cases, got, right = [cases[k] for k in ordinary], [got[k] for k in ordinary], [right[k] for k in ordinary]
    found: dict[str, Hit] = {}
    outputs_ = list(dict.fromkeys(name for outputs in right for name, _ in outputs))
    if len(outputs_) < 2:
        return found
    with quiet():
        for output in outputs_:
            rows = [(c, _only(output, g), _only(output, r)) for c, g, r in zip(cases, got, right, strict=True)]
            rows = [row for row in rows if row[2]]
            search = _Search(exercise, [c for c, *_ in rows], [g for _, g, _ in rows], [r for *_, r in rows], output)
            if all(all_close(g, r, LOOSE) for _, g, r in rows):
                continue
            hits = _best([hit for hit in search.hits(search.singles()) if hit.steps == 1])
            if not hits:
                return {}
            found[output] = hits[0]
    return found if len(found) > 1 else {}


def _only(output: str, named: Named | None) -> Named:
    return [(name, array) for name, array in named or [] if name == output]


def _best(hits: list[Hit]) -> list[Hit]:
    fewest = min((hit.steps for hit in hits), default=9)
    best: dict[frozenset[str], Hit] = {}
    for hit in hits:
        if hit.steps == fewest <= MOST:
            best.setdefault(hit.names, hit)
    known = {names: hit for names, hit in best.items() if not names & GENERAL}
    return list((known or best).values())


class _Search:
    def __init__(self, exercise: Exercise, cases: list[Case], got: list[Named], right: list[Named], only: str = ""):
        """only: the output that is looked at; "" for all."""
        self.exercise, self.cases, self.got, self.right, self.only = exercise, cases, got, right, only
        self.terms = term_values(cases)

    def singles(self) -> Iterator[tuple[tuple[str, ...], Mapping]]:
        """Nothing but the reference, then each known mistake in each of its versions."""
        yield (), {}
        for mistake in self.exercise.mistakes:
            for version in mistake.versions:
                yield (mistake.name,), version

    def pairs(self) -> Iterator[tuple[tuple[str, ...], Mapping]]:
        """Two known mistakes that concern different steps, each in its first version."""
        known = [m for m in self.exercise.mistakes if m.versions and not m.accepted and "whole" not in m.versions[0]]
        order = sorted(combinations(range(len(known)), 2), key=sum)
        pairs = ((known[i], known[j]) for i, j in order if not set(known[i].versions[0]) & set(known[j].versions[0]))
        scalar = all(
            a.ndim == 0 for _, a in self.right[0]
        )  # any two numbers are in proportion: each pair runs on all cases
        for one, two in islice(pairs, PAIRED // 4 if scalar else PAIRED):
            yield (one.name, two.name), {**one.versions[0], **two.versions[0]}

    def hits(self, combinations_: Iterator[tuple[tuple[str, ...], Mapping]]) -> list[Hit]:
        """The mistakes that give exactly what the student got."""
        found = []
        for names, steps in combinations_:
            hit = self._match(names, steps)
            if hit is not None:
                found.append(hit)
        return found

    def _match(self, names: tuple[str, ...], steps: Mapping) -> Hit | None:
        """Whether this version explains all cases, if need be scaled and transposed, the same way in each."""
        ratios: dict[str, np.ndarray] = {}
        turned: dict[str, bool] = {}
        for k, case in enumerate(self.cases):
            wrong = run_recipe(self.exercise, case, steps) if steps else self.right[k]
            if self.only:
                wrong = _only(self.only, wrong)
            if wrong is None and case.extreme:  # to raise there is as wrong as to give NaN
                wrong = [(name, np.full(a.shape, np.nan)) for name, a in self.right[k]]
            fit = self._fit(self.got[k], wrong)
            if fit is None:
                return None
            for name, r, turn in fit:
                if turned.setdefault(name, turn) != turn:
                    return None
                ratios.setdefault(name, np.full(len(self.cases), np.nan))[k] = r
        return self._hit(names, ratios, turned)

    def _fit(self, got: Named, wrong: Named | None) -> list[tuple[str, float, bool]] | None:
        """For each output its ratio, and whether it is transposed; None if one is not in proportion."""
        if wrong is None or len(wrong) != len(got):
            return None
        if self.exercise.kind != "real":
            same = all_close(got, wrong, LOOSE)
            return [(name, 1.0, False) for name, _ in got] if same else None
        fits = []
        for (name, s), (_, t) in zip(got, wrong, strict=True):
            turn = s.shape != t.shape
            if turn and not (self.exercise.transposable and s.ndim == 2 and s.shape == t.T.shape):
                return None
            r = ratio(s, t.T if turn else t, LOOSE)
            if r is None:
                return None
            fits.append((name, r, turn))
        return fits

    def _hit(self, names: tuple[str, ...], ratios: dict[str, np.ndarray], turned: dict[str, bool]) -> Hit | None:
        factors: list[tuple[str, Factor]] = []
        meanings: set[str] = set()
        for output, values in ratios.items():
            choices = name_factor(values, self.terms)
            seen = np.flatnonzero(~np.isnan(values))
            if not choices and len(seen) == 1:  # an output that only one of the cases has
                choices = [Factor((CONSTANT,), float(values[seen[0]]), int(seen[0]))]
            if not choices:
                return None
            known = [c for c in choices if all(t in self.exercise.scales or t in MEANS for t in c.terms)]
            factor = (known or choices)[0]
            if factor.terms:
                factors.append((output, factor))
        for output, factor in factors:
            shared = sum(other.terms == factor.terms for _, other in factors) > 1
            meanings |= {meaning(self.exercise, term, "" if shared else output) for term in factor.terms}
        sides = tuple(output for output, turn in turned.items() if turn)
        everything = frozenset(names) | meanings | ({"transposed"} if sides else set())
        steps = len(names) + max((len(f.terms) for _, f in factors), default=0) + bool(sides)
        steps = max(steps, len(everything))
        return Hit(everything, steps, tuple(factors), sides, names) if everything else None
