"""What a verdict is, and the rules by which measured differences become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mfnumpy.paper.show.statistics import Paired, paired
from mfnumpy.paper.show.tables import MISSING

REPRODUCED, NOT, UNDECIDED, UNTESTED = "reproduced", "not reproduced", "undecided", "not tested"
LEVEL = 0.05
MARGIN = 0.15
"""In percentage points: what may be missing where a claim is that one matches the other, or a printed value."""

AS_FAST, AS_SOON, NEAR = 1.15, 1.5, 1.1
"""Bounds of ratios: of times that are alike (Table 4), of epochs, and of an error to the lowest one (Fig. 4)."""

RULE = (
    "A claim on accuracies is decided at each run's best validation epoch of all planned passes; what the stopping "
    "rule keeps and what the last epoch gives stand beside it and decide nothing. "
    "Where a claim compares accuracies, the seeds of both sides pair, and a paired t-test looks at their differences. "
    f"*Better* is reproduced if the mean difference is on the claim's side with p < {LEVEL}. *Matches or surpasses* is "
    f"reproduced if a difference of -{MARGIN} percentage points or worse can be ruled out (one-sided, {LEVEL}). A "
    f"*printed value* is reproduced if a mean below it less {MARGIN} can be ruled out (one-sided, {LEVEL}); its own "
    "spread nobody knows. Seeds that divide the same rows anew (Breast Cancer) have rows in common: their differences "
    "are tested with the variance of Nadeau and Bengio 2003, (1/n + test rows / other rows) in place of 1/n. Times are "
    "compared by the logarithms of their ratios, round by round; *as fast* allows a ratio of "
    f"{AS_FAST}. Fig. 3 compares two slopes as they are. Fig. 4 has no test: MF may need {AS_SOON} times BP's epochs, "
    f"to {NEAR} times the higher of the two lowest mean errors. Fig. 5's differences are of the mean error over all "
    f"epochs. *Not reproduced*: the mean difference is on the other side, p < {LEVEL}. *Undecided*: anything else, "
    "and whatever rests on one seed or on differences without any spread. *Not tested*: the ledger has no run that "
    "could tell. The p is of the test behind the verdict; beside it stands the same corrected for the number of tests "
    f"(Holm 1979): with so many tests at {LEVEL}, a few come out by chance alone. Each claim is judged once for a "
    "network and a data set, at the largest budget with two seeds of both sides and no run "
    "of their searches missing, else at the largest with any runs of both: the most rows, then the most epochs."
)


@dataclass(frozen=True)
class Verdict:
    """A claim, what was found, and why.

    claim: in words.
    verdict: what was found.
    because: the numbers behind it, in words.
    as_stopped, at_equal_passes: for claims on accuracies, the verdict at the epoch that the stopping rule keeps, and at
        the last one, where all rules have made the same number of passes. They decide nothing.
    claimed: by the paper; False for what its claims need beside them.
    p: of the test behind the verdict, None without.
    """

    claim: str
    verdict: str
    because: str
    as_stopped: str = MISSING
    at_equal_passes: str = MISSING
    claimed: bool = True
    p: float | None = None


class Judged(NamedTuple):
    """A verdict, and the p of the test that it rests on; None where there is no test."""

    verdict: str
    p: float | None = None


def better(differences: Sequence[float], overlap: float = 0.0) -> Judged:
    """The verdict on "the mean difference is above 0".

    differences: by seed, the claim's side minus the other side.
    overlap: as in `paired`.
    """
    test = _against(differences, 0.0, overlap)
    if test is None or test.p is None:
        return Judged(UNDECIDED if test else UNTESTED)
    if test.p >= LEVEL:
        return Judged(UNDECIDED, test.p)
    return Judged(REPRODUCED if test.mean > 0 else NOT, test.p)


def no_worse(differences: Sequence[float], overlap: float = 0.0, margin: float = MARGIN) -> Judged:
    """The verdict on "the mean difference is above -margin": non-inferiority, by a one-sided test.

    differences, overlap: as in `better`.
    margin: in the same units.
    """
    test, worse = _against(differences, -margin, overlap), better(differences, overlap)
    if test is None or test.p is None:
        return Judged(UNDECIDED if test else UNTESTED)
    p = test.p / 2 if test.mean > 0 else 1 - test.p / 2
    if p < LEVEL:
        return Judged(REPRODUCED, p)
    return worse if worse.verdict == NOT else Judged(UNDECIDED, p)


def reaches(differences: Sequence[float], overlap: float = 0.0) -> Judged:
    """The verdict on "our mean is above the printed value", whose own spread nobody knows: by a one-sided test.

    differences, overlap: as in `better`.
    """
    return no_worse(differences, overlap, margin=0.0)


def holm(ps: Sequence[float]) -> list[float]:
    """Each p of n tests, corrected so that all of them together err with the same chance.

    By rising p, p_i becomes the largest of (n - j + 1) p_j over j = 1 to i, at most 1. Source: Holm 1979.
    """
    corrected, largest = [0.0] * len(ps), 0.0
    for place, i in enumerate(sorted(range(len(ps)), key=lambda i: ps[i])):
        largest = max(largest, min(1.0, (len(ps) - place) * ps[i]))
        corrected[i] = largest
    return corrected


def _against(differences: Sequence[float], value: float, overlap: float) -> Paired | None:
    return paired(dict(enumerate(differences)), dict.fromkeys(range(len(differences)), value), overlap)
