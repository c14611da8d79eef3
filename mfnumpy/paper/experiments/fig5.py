"""Fig. 5: test error over the epochs at several depths, in Fig. 4's setting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from mfnumpy.comparison import plots
from mfnumpy.network import parse
from mfnumpy.paper.experiments.budgets import STATED
from mfnumpy.paper.experiments.comparing import Judge, rows_of
from mfnumpy.paper.experiments.curves import errors_by_epoch
from mfnumpy.paper.experiments.experiment import Experiment
from mfnumpy.paper.runs.plan import Budget, Cell, at_the_stated_rate
from mfnumpy.paper.show.judging import UNTESTED, Verdict, better, no_worse
from mfnumpy.paper.show.statistics import paired
from mfnumpy.paper.show.view import View, described, signed
from mfnumpy.rules import RULES

DEPTHS = (1, 2, 4, 8)


def entries(experiment: str, budget: Budget) -> list[Cell]:
    """Fig. 4's setting at several depths."""
    nets = [parse(budget.network).of_depth(depth).name for depth in DEPTHS]
    return [cell for net in nets for cell in at_the_stated_rate(experiment, replace(budget, network=net))]


def figure(view: View) -> Any:
    """Test error over the epochs at several depths: (a) BP, (b) MF, on one scale."""
    entries = [e for e in view.entries("fig5") if e.runs]
    if not entries:
        return None
    fig, axes = plots.figure(8.0, 4.0, 1, 2, sharey=True)
    for ax, (letter, rule) in zip(axes, (("a", "bp"), ("b", "mf")), strict=True):
        own = [e for e in entries if e.rule == rule]
        for e, marker, shade in zip(own, "os^Dv", np.linspace(0.25, 0.85, 5), strict=False):
            mean = errors_by_epoch(e).mean(axis=0)
            depth = str(parse(e.config.network).depth)
            ax.plot(np.arange(1, len(mean) + 1), mean, label=depth, marker=marker, markersize=4, color=_shade(shade))
        ax.set(xlabel="epoch", title=f"({letter}) {RULES[rule].title}")
        ax.locator_params(axis="x", integer=True)
        ax.legend(title="layers", frameon=False)
    axes[0].set_ylabel("test error in %")
    axes[0].set_yscale("log")
    for axis in (axes[0].yaxis, axes[1].yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter("{x:g}")
    c = entries[0].config
    net = f"layers of {parse(c.network).width} neurons"
    return signed(fig, f"{described(c.with_(network=net))}, Adam {c.lr:g}", "fig5", view)


def _shade(share: float) -> Any:
    from matplotlib import colormaps

    return colormaps["viridis"](share)


def depth(view: View) -> Iterator[Verdict]:
    """Depth slows BP's convergence and not MF's, by either prediction: the deepest net against that of two layers."""
    yield _slowed(view, "bp", None, "depth slows BP's convergence", better)
    yield _slowed(
        view, "mf", None, "depth does not slow MF's convergence", lambda growth: no_worse([-g for g in growth])
    )
    claim = "depth does not slow MF's convergence, by BP pred"
    yield _slowed(view, "mf", "bp", claim, lambda growth: no_worse([-g for g in growth]))


def _slowed(view: View, rule: str, mode: str | None, claim: str, judge: Judge) -> Verdict:
    """The verdict on the growth of the mean error over all epochs: what a slow start and a high end both raise."""
    found = {parse(e.config.network).depth: e for e in view.entries("fig5") if e.rule == rule and e.runs}
    if 2 not in found or max(found) == 2:
        return Verdict(f"Fig. 5: {claim}", UNTESTED, "the depths to be compared are not in this ledger")
    curves = {d: errors_by_epoch(e, mode) for d, e in sorted(found.items())}
    means, lasts = (
        {
            d: {run.seed: value for run, value in zip(found[d].runs, read(curve), strict=True)}
            for d, curve in curves.items()
        }
        for read in (lambda curve: curve.mean(axis=1).tolist(), lambda curve: curve[:, -1].tolist())
    )
    deepest = max(found)
    growth = [means[deepest][seed] - means[2][seed] for seed in sorted(set(means[2]) & set(means[deepest]))]
    shown = ", ".join(f"{d}: {sum(v.values()) / len(v):.2f} %" for d, v in means.items())
    gap, at_last = (paired(of[deepest], of[2]) for of in (means, lasts))
    because = f"test error, mean over all epochs, by number of layers: {shown}; {deepest} minus 2: "
    because += gap.text() if gap else "–"
    because += f"; in the last epoch alone {at_last.text()}" if at_last else ""
    verdict, p = judge(growth)
    return Verdict(f"Fig. 5: {claim}", verdict, f"{because}; {rows_of(found[2])}", p=p)


EXPERIMENT = Experiment(
    "fig5",
    "Fig. 5",
    turn=6,
    entries=entries,
    budgets={
        "quick": [Budget("digits", "8x200", 15, 2, batch_size=64)],
        "laptop": [replace(STATED, network="8x1000", epochs=10, seeds=5)],
        "paper": [Budget("mnist", "8x1000", 100, 3)],
    },
    figure=figure,
    claims=(depth,),
)
