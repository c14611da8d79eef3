"""All experiments, in the order of the results page. A new one is a file beside this one and its name here."""

from __future__ import annotations

from mfnumpy.errors import unknown_name
from mfnumpy.paper.experiments import (
    fig1_2,
    fig3,
    fig4,
    fig5,
    headline,
    longer,
    longer_cnn,
    longer_shallow,
    replications,
    table1,
    table2,
    table3,
    table4,
    table5,
    table6,
    varied,
)
from mfnumpy.paper.experiments.experiment import SCALES, Experiment
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.runs.plan import Plan
from mfnumpy.paper.show.view import View

EXPERIMENTS: tuple[Experiment, ...] = tuple(
    module.EXPERIMENT
    for module in (
        *(headline, table1, table2, table3, longer, longer_cnn, longer_shallow, varied, table4, table5, table6),
        *(fig1_2, fig3, fig4, fig5, replications),
    )
)


def run_order() -> list[str]:
    """The experiments that something is run for, as `all` makes them: of most value first."""
    with_runs = [e for e in EXPERIMENTS if e.entries is not None or e.measurements]
    return [e.name for e in sorted(with_runs, key=lambda e: e.turn)]


def plan(scale: str) -> Plan:
    """All that a scale asks for. Raises UnknownNameError for another scale than `experiment.SCALES` has."""
    if scale not in SCALES:
        raise unknown_name("scale", scale, SCALES)
    return Plan(
        scale,
        {e.name: e.budgets.get(scale, ()) for e in EXPERIMENTS},
        {e.name: e.entries for e in EXPERIMENTS if e.entries is not None},
        {e.name: e.measurements.get(scale, ()) for e in EXPERIMENTS},
    )


def view(ledger: Ledger, scale: str) -> View:
    """What a ledger holds of a scale's plan. Raises UnknownNameError for another scale."""
    return View(ledger, plan(scale))
