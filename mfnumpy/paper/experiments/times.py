"""Ratios of times, round by round, which Tables 4 and 5 are judged by."""

from __future__ import annotations

import math
import statistics

from mfnumpy.paper.show.judging import NOT, REPRODUCED, UNDECIDED, Judged, better


def within(a: list[float], b: list[float], low: float, high: float) -> Judged:
    """The verdict on "a / b lies between low and high", by the logarithms of the rounds' ratios.

    a, b: seconds of each round, in the same order.
    low: the lower bound, 0 for none.
    high: the upper bound, infinity for none.
    """
    logs = [math.log(x / y) for x, y in zip(a, b, strict=True)]
    bounds = [] if low == 0 else [better([log - math.log(low) for log in logs])]
    bounds += [] if high == math.inf else [better([math.log(high) - log for log in logs])]
    return both(bounds)


def both(judged: list[Judged]) -> Judged:
    """Reproduced if all are, with the largest p of them; not reproduced if one is not, with the smallest p of those."""
    verdicts, ps = [j.verdict for j in judged], [j.p for j in judged if j.p is not None]
    if NOT in verdicts:
        return Judged(NOT, min((j.p for j in judged if j.verdict == NOT and j.p is not None), default=None))
    return Judged(REPRODUCED if set(verdicts) == {REPRODUCED} else UNDECIDED, max(ps, default=None))


def ratio(a: list[float], b: list[float]) -> float:
    """The median over rounds of a / b."""
    return statistics.median(x / y for x, y in zip(a, b, strict=True))
