"""Which mistake is it? The known wrong versions are run on the student's own draws.

Alone, scaled, turned and in pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    CONSTANT: "constant_factor", "N^-2": "batch_squared", "N^2": "batch_squared",
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
    return MEANS.get(term, "rate_rooted" if term in ("lr^0.5", "lr^-0.5") else "scaled_by_size")


def recognise(exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]) -> list[Hit]:
    """The explanations by one mistake, known or a factor; several if the numbers cannot decide; [] if none.

    exercise, cases, got, right: as in `fit.explained`.
    """
    return Search(exercise, cases, got, right).by_one()


def by_output(
    exercise: Exercise, cases: Sequence[Case], got: Sequence[Named], right: Sequence[Named]
) -> dict[str, Hit]:
    """For each output that is wrong the one known mistake in it; {} unless each has one, or if there is only one.

    exercise, cases, got, right: as in `fit.explained`.
    """
    ordinary = [k for k, case in enumerate(cases) if not case.extreme]
    cases, got, right = [cases[k] for k in ordinary], [got[k] for k in ordinary], [right[k] for k in ordinary]
    found: dict[str, Hit] = {}
    groups = _roles() if exercise.outputs == ("weights",) else _each([name for outputs in right for name, _ in outputs])
    if len(groups) < 2:
        return found
    for words, only in groups.items():
        rows = [(c, only(g), only(r)) for c, g, r in zip(cases, got, right, strict=True)]
        rows = [row for row in rows if row[2]]
        if all(all_close(g, r, LOOSE) for _, g, r in rows):
            continue
        search = Search(exercise, [c for c, *_ in rows], [g for _, g, _ in rows], [r for *_, r in rows], only)
        hits = search.by_one()
        if not hits:
            return {}
        found[words] = hits[0]
    return found if len(found) > 1 or (found and exercise.outputs == ("weights",)) else {}


Choice = Callable[[Named], Named]
"""Some of the outputs, under names that mean the same on every case."""


def _each(names: Sequence[str]) -> dict[str, Choice]:
    """Each output on its own."""

    def only(name: str) -> Choice:
        """The output of this name."""
        return lambda outputs: [(n, array) for n, array in outputs if n == name]

    return {name: only(name) for name in names}


def _roles() -> dict[str, Choice]:
    """The layers of a network by what they are: their numbers mean another layer in each depth."""
    return {
        "the hidden layers": lambda outputs: outputs[:-1],
        "the last layer": lambda outputs: [("weights[-1]", array) for _, array in outputs[-1:]],
    }


def _best(hits: list[Hit]) -> list[Hit]:
    fewest = min((hit.steps for hit in hits), default=9)
    best: dict[frozenset[str], Hit] = {}
    for hit in hits:
        if hit.steps == fewest <= MOST:
            best.setdefault(hit.names, hit)
    known = {names: hit for names, hit in best.items() if not names & GENERAL}
    return list((known or best).values())


class Search:
    """What the student got, tried against the known wrong versions; what is found by one mistake is kept."""

    def __init__(
        self,
        exercise: Exercise,
        cases: Sequence[Case],
        got: Sequence[Named],
        right: Sequence[Named],
        only: Choice | None = None,
    ):
        """A search in what a student got.

        exercise, cases, got, right: as in `fit.explained`.
        only: chooses the outputs that are looked at; None for all.
        """
        self.exercise, self.only = exercise, only
        self.cases, self.got, self.right = list(cases), list(got), list(right)
        self.terms = term_values(self.cases)
        self.order = sorted(range(len(cases)), key=lambda k: (bool(cases[k].extreme), sum(a.size for _, a in right[k])))
        self.ordinary: list[Hit] = []
        self._singles: list[Hit] | None = None

    def by_one(self) -> list[Hit]:
        """The explanations of all cases by one mistake."""
        return _best([hit for hit in self._all_singles() if hit.steps == 1])

    def by_one_on_ordinary_draws(self) -> list[Hit]:
        """The explanations by one mistake of what is not extreme."""
        self._all_singles()
        return _best([hit for hit in self.ordinary if hit.steps == 1])

    def by_two(self, among: Iterable[str] = ()) -> list[Hit]:
        """All explanations with the fewest mistakes (four at most): two known ones, scaled and turned.

        among: names of which one is in each pair that is tried; of all pairs if there are none.
        """
        with quiet():
            return _best(self._all_singles() + self._hits(self._pairs(frozenset(among))))

    def _all_singles(self) -> list[Hit]:
        if self._singles is None:
            with quiet():
                self._singles = self._hits(self._versions(), keep=True)
        return self._singles

    def _versions(self) -> Iterator[tuple[tuple[str, ...], Mapping]]:
        """Nothing but the reference, then each known mistake in each of its versions."""
        yield (), {}
        for mistake in self.exercise.mistakes:
            for version in mistake.versions:
                yield (mistake.name,), version

    def _pairs(self, among: frozenset[str]) -> Iterator[tuple[tuple[str, ...], Mapping]]:
        """Two known mistakes that concern different steps, each in its first version."""
        known = [m for m in self.exercise.mistakes if m.versions and not m.accepted and "whole" not in m.versions[0]]
        order = sorted(combinations(range(len(known)), 2), key=sum)
        pairs = ((known[i], known[j]) for i, j in order if not set(known[i].versions[0]) & set(known[j].versions[0]))
        pairs = (pair for pair in pairs if not among or among & {m.name for m in pair})
        scalar = all(
            a.ndim == 0 for _, a in self.right[0]
        )  # any two numbers are in proportion: each pair runs on all cases
        for one, two in islice(pairs, PAIRED // 4 if scalar else PAIRED):
            yield (one.name, two.name), {**one.versions[0], **two.versions[0]}

    def _hits(self, combinations_: Iterator[tuple[tuple[str, ...], Mapping]], keep: bool = False) -> list[Hit]:
        """The mistakes that give exactly what the student got. keep: also what fits the ordinary draws alone."""
        found = []
        for names, steps in combinations_:
            hit = self._match(names, steps, keep)
            if hit is not None:
                found.append(hit)
        return found

    def _match(self, names: tuple[str, ...], steps: Mapping, keep: bool) -> Hit | None:
        """Whether this version explains all cases, if need be scaled and transposed, the same way in each."""
        ratios: dict[str, np.ndarray] = {}
        turned: dict[str, bool] = {}
        kept = not keep
        for k in self.order:
            case = self.cases[k]
            if case.extreme and not kept:
                kept = True
                hit = self._hit(names, ratios, turned)
                if hit is None:
                    return None
                self.ordinary.append(hit)
            wrong = run_recipe(self.exercise, case, steps) if steps else self.right[k]
            if self.only is not None and wrong is not None and steps:
                wrong = self.only(wrong)
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
