"""The chart that the results page begins with: MF minus BP on every data set, seed by seed, beside the paper's."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import Any

from mfnumpy.comparison import plots
from mfnumpy.paper import published
from mfnumpy.paper.experiments.comparing import differences, largest
from mfnumpy.paper.experiments.headline import NETWORKS, mf_against_bp
from mfnumpy.paper.ledger.protocol import READINGS
from mfnumpy.paper.show.judging import MARGIN, NOT, REPRODUCED, UNDECIDED
from mfnumpy.paper.show.view import View, signed

LOOKS = {REPRODUCED: ("#0072B2", "o"), NOT: ("#D55E00", "X"), UNDECIDED: ("#777777", "s")}
"""Verdict -> colour and marker of its mean."""


@dataclass(frozen=True)
class Gap:
    """MF minus BP in one place, in percentage points.

    where: the data set and network, in words.
    verdict: on the claim.
    by_seed: the difference of each seed.
    paper: the paper's difference, None where it has none.
    """

    where: str
    verdict: str
    by_seed: list[float]
    paper: float | None


def gaps(view: View) -> list[Gap]:
    """Every place where both rules were run, as `mf_against_bp` judges it."""
    verdicts, found = {v.claim.partition(": ")[0]: v.verdict for v in mf_against_bp(view)}, []
    for what, experiments in NETWORKS:
        for dataset in dict.fromkeys(d for e in experiments for d in view.datasets(e)):
            both = largest(view, experiments, dataset, ("mf", "bp"))
            by_seed = list(differences(both[0], both[1], READINGS[0]).values()) if both else []
            if by_seed:
                mf, bp = (published.accuracy(experiments[0], dataset, rule) for rule in ("mf", "bp"))
                paper = mf.value - bp.value if mf and bp else None
                found.append(Gap(f"{what}, {dataset}", verdicts[f"{what}, {dataset}"], by_seed, paper))
    return found


def figure(view: View) -> Any:
    """A row for each place: a dot for each seed, a mark for the mean in the verdict's form. None without runs."""
    found = gaps(view)
    if not found:
        return None
    fig, ax = plots.figure(5.8, 0.42 * len(found) + 2.0)
    ax.axvline(0, color="#333333", lw=1)
    ax.axvspan(-MARGIN, 0, color="#333333", alpha=0.12, lw=0)
    for row, gap in enumerate(found):
        colour, marker = LOOKS[gap.verdict]
        ax.plot(gap.by_seed, [row + 0.22] * len(gap.by_seed), "o", color=colour, ms=3.5, alpha=0.6)
        ax.plot(fmean(gap.by_seed), row, marker, color=colour, ms=9)
        if gap.paper is not None:
            ax.plot(gap.paper, row - 0.24, "D", mfc="none", mec="#000000", ms=5.5)
    for verdict, (colour, marker) in LOOKS.items():
        ax.plot([], [], marker, color=colour, ms=8, label=f"mean: {verdict}")
    ax.plot([], [], "o", color="#777777", ms=3.5, label="a seed")
    ax.plot([], [], "D", mfc="none", mec="#000000", ms=5.5, label="the paper's")
    ax.set_yticks(range(len(found)), [f"{g.where} (n {len(g.by_seed)})" for g in found])
    ax.set_ylim(len(found) - 0.5, -0.6)
    ax.set_xlabel("MF minus BP, in points of test accuracy")
    fig.legend(loc="outside upper center", ncols=3, frameon=False, fontsize=9)
    return signed(fig, f"Right of the line MF is better. Grey: less than {MARGIN} points worse.", "results", view)


def described(view: View) -> str:
    """What the chart shows, for those who cannot see it."""
    rows = [f"{g.where} {fmean(g.by_seed):+.2f} (n {len(g.by_seed)}, {g.verdict})" for g in gaps(view)]
    return f"MF minus BP in points of test accuracy: {'; '.join(rows)}"
