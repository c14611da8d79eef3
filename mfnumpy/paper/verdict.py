"""What a verdict is, and the rules by which measured differences become one."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from mfnumpy.paper.statistics import Paired, paired

REPRODUCED, NOT, UNDECIDED, UNTESTED = "reproduced", "not reproduced", "undecided", "not tested"
LEVEL = 0.05
MARGIN = 0.15
"""In percentage points: what may be missing where a claim is that one matches the other, or a printed value."""

RULE = (
    "Where a claim compares accuracies, the seeds of both sides pair, and a paired t-test looks at their differences. "
    f"*Better* is reproduced if the mean difference is on the claim's side with p < {LEVEL}. *Matches or surpasses* is "
    f"reproduced if a difference of -{MARGIN} percentage points or worse can be ruled out (one-sided, {LEVEL}). A "
    f"*printed value*, which has no standard deviation, is reproduced if our mean reaches it less {MARGIN}. Times are "
    "compared by the logarithms of their ratios, round by round. *Not reproduced*: the mean difference is on the other "
    f"side, with p < {LEVEL}. *Undecided*: anything else, and whatever rests on one seed or on differences without any "
    "spread. *Not tested*: the ledger has no run that could tell."
)


@dataclass(frozen=True)
class Verdict:
    """A claim, what was found, and why."""

    claim: str
    verdict: str
    because: str


def better(differences: Sequence[float]) -> str:
    """The verdict on "the mean difference is above 0". differences: by seed, the claim's side minus the other side."""
    test = _against(differences, 0.0)
    if test is None or test.n < 2:
        return UNDECIDED if test else UNTESTED
    if test.p is None or test.p >= LEVEL:
        return UNDECIDED
    return REPRODUCED if test.mean > 0 else NOT


def no_worse(differences: Sequence[float], margin: float = MARGIN) -> str:
    """The verdict on "the mean difference is above -margin": non-inferiority, by a one-sided test."""
    test = _against(differences, -margin)
    if test is not None and test.p is not None and test.mean > 0 and test.p < 2 * LEVEL:
        return REPRODUCED
    return NOT if better(differences) == NOT else UNDECIDED if test else UNTESTED


def reaches(differences: Sequence[float]) -> str:
    """The verdict on "our mean is at least the printed value", which has no spread of its own to be tested with."""
    if len(differences) > 1 and statistics.fmean(differences) >= 0:
        return REPRODUCED
    return NOT if better(differences) == NOT else UNDECIDED if differences else UNTESTED


def _against(differences: Sequence[float], value: float) -> Paired | None:
    return paired(dict(enumerate(differences)), dict.fromkeys(range(len(differences)), value))
