"""Fig. 4: test error over the epochs of MF and BP, in the setting that the paper states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mfnumpy.comparison import plots
from mfnumpy.paper.experiments.budgets import STATED
from mfnumpy.paper.experiments.comparing import rows_of
from mfnumpy.paper.experiments.curves import errors_by_epoch
from mfnumpy.paper.experiments.experiment import Experiment, Topic
from mfnumpy.paper.runs.plan import Budget, at_the_stated_rate
from mfnumpy.paper.show.judging import AS_SOON, NEAR, NOT, REPRODUCED, UNDECIDED, UNTESTED, Verdict
from mfnumpy.paper.show.view import View, described, signed
from mfnumpy.rules import RULES


def figure(view: View) -> Any:
    """Test error over the epochs, BP and MF: the mean over seeds, and a band of one standard deviation."""
    entries = [e for e in view.entries("fig4") if e.runs]
    if not entries:
        return None
    fig, ax = plots.figure(6.0, 4.0)
    for e in entries:
        errors, style = errors_by_epoch(e), plots.style_of(e.rule)
        epochs = np.arange(1, errors.shape[1] + 1)
        mean, sd = errors.mean(axis=0), errors.std(axis=0, ddof=1 if len(errors) > 1 else 0)
        ax.plot(epochs, mean, label=f"{RULES[e.rule].title} (n = {len(errors)})", markersize=4, **style)
        ax.fill_between(epochs, mean - sd, mean + sd, color=style["color"], alpha=0.15, lw=0)
    ax.set(xlabel="epoch", ylabel="test error in %")
    ax.locator_params(axis="x", integer=True)
    ax.legend(frameon=False)
    c = entries[0].config
    return signed(fig, f"{described(c)}, Adam {c.lr:g}", "fig4", view)


def convergence(view: View) -> Iterator[Verdict]:
    """MF needs at most AS_SOON times BP's epochs, to NEAR times the higher of their lowest mean errors."""
    by_rule = {e.rule: e for e in view.entries("fig4") if e.runs}
    if set(by_rule) < {"mf", "bp"}:
        yield Verdict("Fig. 4: MF converges about as fast as BP", UNTESTED, "no runs in this ledger")
        return
    curves = {rule: errors_by_epoch(e).mean(axis=0) for rule, e in by_rule.items()}
    target = NEAR * max(curve.min() for curve in curves.values())
    reached = {rule: int((curve <= target).argmax()) + 1 for rule, curve in curves.items()}
    seeds = min(len(e.runs) for e in by_rule.values())
    verdict = UNDECIDED if seeds < 2 else REPRODUCED if reached["mf"] <= AS_SOON * reached["bp"] else NOT
    because = (
        f"a test error of {target:.2f} % is reached in epoch {reached['mf']} by MF, {reached['bp']} by BP (n {seeds}); "
        + rows_of(by_rule["mf"])
    )
    yield Verdict("Fig. 4: MF converges about as fast as BP", verdict, because)


EXPERIMENT = Experiment(
    "fig4",
    "Fig. 4",
    turn=5,
    entries=at_the_stated_rate,
    budgets={
        "quick": [Budget("digits", "4x200", 15, 3, batch_size=64)],
        "laptop": [STATED],
        "paper": [Budget("mnist", "4x1000", 100, 10)],
    },
    figure=figure,
    topics=(Topic("MF converges about as fast as BP", convergence, chief=True),),
)
