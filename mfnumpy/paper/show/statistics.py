"""Means over seeds, and a paired test where the seeds of two rules pair."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Summary:
    """The mean of some values, and their spread.

    mean: of all of them.
    sd: their sample standard deviation; None where there is one value only.
    n: how many there are.
    """

    mean: float
    sd: float | None
    n: int

    def text(self, digits: int = 2) -> str:
        """ "98.46 ± 0.12 (3)": mean, standard deviation, number of seeds."""
        spread = "" if self.sd is None else f" ± {self.sd:.{digits}f}"
        return f"{self.mean:.{digits}f}{spread} ({self.n})"


def summary(values: Sequence[float]) -> Summary | None:
    """Mean, sample standard deviation (n - 1) and n; None of no values."""
    if not values:
        return None
    return Summary(statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None, len(values))


ROUNDING = 1e-9
"""A standard deviation below this, beside the mean or 1, is rounding's."""


LEAST_P = 1e-99
"""A smaller p is shown as below this: near the least number that a float holds it would read 0, which no p is."""


def shown_p(p: float) -> str:
    """A p with two digits: "0.04", "5.2e-06"."""
    return f"below {LEAST_P:g}" if p < LEAST_P else f"{p:.2g}"


@dataclass(frozen=True)
class Paired:
    """Differences a - b over the seeds that both have.

    mean: of the differences.
    n: how many seeds both have.
    p: two-sided, of a paired t-test; None where there are fewer than two seeds, or no spread but that of rounding:
        accuracies are counts, and two seeds that differ by the same one image must not look like certainty.
    """

    mean: float
    n: int
    p: float | None

    def text(self) -> str:
        """ "+0.12 (n 3, p 0.04)"."""
        return f"{self.mean:+.2f} (n {self.n}" + (")" if self.p is None else f", p {shown_p(self.p)})")


def paired(a: Mapping[int, float], b: Mapping[int, float], overlap: float = 0.0) -> Paired | None:
    """Compare two rules by seed: t = mean(d) / (sd(d) sqrt(1/n + overlap)), n - 1 degrees of freedom.

    a, b: seed -> value.
    overlap: test rows over the others, where each seed divides the same rows anew: such runs have rows in common, and
        tell less than their number says. 0 for one test part.
    Returns None if no seed is in both. Source: Student 1908; with overlap, Nadeau and Bengio 2003.
    """
    seeds = sorted(set(a) & set(b))
    if not seeds:
        return None
    differences = [a[seed] - b[seed] for seed in seeds]
    mean, n = statistics.fmean(differences), len(differences)
    sd = statistics.stdev(differences) if n > 1 else 0.0
    if sd <= ROUNDING * max(1.0, abs(mean)):
        return Paired(mean, n, None)
    return Paired(mean, n, _two_sided_p(mean / (sd * math.sqrt(1 / n + overlap)), n - 1))


def _two_sided_p(t: float, degrees: int) -> float:
    """P(|T| > |t|) of Student's distribution, by Simpson's rule over the angle u with T = sqrt(degrees) tan u.

    With that substitution the density becomes cos(u)^(degrees - 1), up to its constant: no tail is cut off.
    """
    steps = 2000

    def integral(low: float, high: float) -> float:
        """Simpson's rule for the density from low to high."""
        h = (high - low) / steps
        f = [math.cos(low + i * h) ** (degrees - 1) for i in range(steps + 1)]
        return h / 3 * (f[0] + f[-1] + 4 * sum(f[1:-1:2]) + 2 * sum(f[2:-1:2]))

    reach = math.atan2(abs(t), math.sqrt(degrees))
    return integral(reach, math.pi / 2) / integral(0, math.pi / 2)
