"""What a verdict is, and the rule by which measured differences become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mfnumpy.paper.statistics import paired

REPRODUCED, NOT, UNDECIDED, UNTESTED = "reproduced", "not reproduced", "undecided", "not tested"
LEVEL = 0.05
RULE = (
    "Where a claim compares accuracies, the seeds of both sides pair, and a paired t-test looks at their differences. "
    "*Not reproduced*: the mean difference is on the other side, with p < 0.05. *Reproduced*: it is on the claim's "
    "side; where the claim says that one is better (and not that it matches or surpasses the other), also with "
    "p < 0.05. "
    "*Undecided*: anything else, and whatever rests on one seed. *Not tested*: the ledger has no run that could tell."
)


@dataclass(frozen=True)
class Verdict:
    """A claim, what was found, and why."""

    claim: str
    verdict: str
    because: str


def judged(differences: Sequence[float], *, strict: bool) -> str:
    """The verdict on "the differences are positive" (strict), or "... are not negative", by the rule of this file.

    differences: one for each seed, claim's side minus other side.
    """
    test = paired(dict(enumerate(differences)), dict.fromkeys(range(len(differences)), 0.0))
    if test is None or test.n < 2:
        return UNDECIDED if test else UNTESTED
    clear = test.p < LEVEL if test.p is not None else test.mean != 0  # no spread at all: every seed says the same
    if test.mean < 0:
        return NOT if clear else UNDECIDED
    return REPRODUCED if clear or not strict else UNDECIDED
