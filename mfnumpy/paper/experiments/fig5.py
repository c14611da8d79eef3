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
from mfnumpy.paper.experiments.experiment import Experiment, Topic
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
    """Test error over the epochs at several depths: (a) BP, (b) MF, on one scale; bands from lowest to highest seed."""
    entries = [e for e in view.entries("fig5") if e.runs]
    if not entries:
        return None
    fig, axes = plots.figure(8.0, 4.0, 1, 2, sharey=True)
    for ax, (letter, rule) in zip(axes, (("a", "bp"), ("b", "mf")), strict=True):
        own = [e for e in entries if e.rule == rule]
        for e, marker, shade in zip(own, "os^Dv", np.linspace(0.25, 0.85, 5), strict=False):
            errors, colour = errors_by_epoch(e), _shade(shade)
            epochs, mean = np.arange(1, errors.shape[1] + 1), errors.mean(axis=0)
            label = f"{parse(e.config.network).depth} (n = {len(errors)})"
            ax.plot(epochs, mean, label=label, marker=marker, markersize=4, color=colour)
            ax.fill_between(epochs, errors.min(axis=0), errors.max(axis=0), color=colour, alpha=0.2, lw=0)
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
    run = f"{described(c.with_(network=net))}, Adam {c.lr:g}"
    return signed(fig, f"{run}; bands: from the lowest to the highest seed", "fig5", view)


def _shade(share: float) -> Any:
    from matplotlib import colormaps

    return colormaps["viridis"](share)


def of_bp(view: View) -> Iterator[Verdict]:
    """Depth slows BP's convergence: the deepest net against that of two layers."""
    yield _slowed(view, "bp", None, "Fig. 5: depth slows BP's convergence", better)


def of_mf(view: View) -> Iterator[Verdict]:
    """It does not slow MF's, by either prediction."""
    for mode, where in ((None, "Fig. 5"), ("bp", "Fig. 5, BP pred")):
        claim = f"{where}: depth does not slow MF's convergence"
        yield _slowed(view, "mf", mode, claim, lambda growth: no_worse([-g for g in growth]))


def _slowed(view: View, rule: str, mode: str | None, claim: str, judge: Judge) -> Verdict:
    """The verdict on the growth of the mean error over all epochs: what a slow start and a high end both raise."""
    found = {parse(e.config.network).depth: e for e in view.entries("fig5") if e.rule == rule and e.runs}
    if 2 not in found or max(found) == 2:
        return Verdict(claim, UNTESTED, "the depths to be compared are not in this ledger")
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
    because = f"{deepest} layers minus 2: {gap.text() if gap else '–'} points of test error, mean over all epochs"
    because += f"; in the last epoch alone {at_last.text()}" if at_last else ""
    because += f"; by number of layers: {shown}"
    verdict, p = judge(growth)
    return Verdict(claim, verdict, f"{because}; {rows_of(found[2])}", p=p)


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
    topics=(
        Topic("Depth slows BP's convergence", of_bp),
        Topic("Depth does not slow MF's convergence", of_mf, chief=True),
    ),
)
