"""What a verdict is, and the rule by which a measured difference becomes one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mfnumpy.paper.statistics import summary

REPRODUCED, NOT, UNDECIDED, UNTESTED = "reproduced", "not reproduced", "undecided", "not tested"
RULE = (
    "Where a claim compares means: *reproduced* if the measured difference is on the claim's side, *not reproduced* if "
    "it is on the other side by more than two standard errors, *undecided* if it is on the other side by less or if "
    "there is one seed only. *Not tested*: the ledger has no run that could tell."
)


@dataclass(frozen=True)
class Verdict:
    """A claim, what was found, and why."""

    claim: str
    verdict: str
    because: str


def by_sign(mean: float, error: float | None) -> str:
    """The rule of this file: mean >= 0 is reproduced; below, by more than two standard errors, not; else undecided.

    error: the standard error of the mean, None if there is one seed only, which decides nothing.
    """
    if error is None:
        return UNDECIDED
    if mean >= 0:
        return REPRODUCED
    return NOT if mean < -2 * error else UNDECIDED


def standard_error(values: list[float]) -> float | None:
    s = summary(values)
    return None if s is None or s.sd is None else s.sd / math.sqrt(s.n)
