"""What a plan asks for and the ledger lacks, with what it will cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mfnumpy.paper.ledger.config import Config, Job
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.runs import forecast
from mfnumpy.paper.runs.plan import Cell, Plan
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.support.duration import duration


def table(ledger: Ledger, plan: Plan, cells: Mapping[str, Sequence[Cell]]) -> Table:
    """One row for each entry with a run missing, one for each experiment's measurements.

    ledger: the records that are there.
    plan: what the scale asks for.
    cells: the entries of each experiment, by its name.
    """
    costs, lacking = forecast.Costs(ledger.records()), [cell for of_one in cells.values() for cell in of_one]
    everything = forecast.remaining(lacking, ledger).configs
    rows: list[list[str]] = []
    for experiment, of_one in cells.items():
        for cell in of_one:
            if runs := forecast.remaining([cell], ledger).configs:
                c = cell.final
                rows.append([experiment, c.dataset, c.network, c.rule, _what(runs, cell), _cost(costs, runs)])
        measured = [m for m in plan.measurements.get(experiment, ()) if Job(m, 0) not in ledger]
        if measured:
            rows.append([experiment, *[MISSING] * 3, f"{len(measured)} measurements", MISSING])
    note = f"{len(everything)} training runs are missing: {_cost(costs, everything)} in all, one after the other."
    if not rows:
        note = "Nothing is missing."
    return Table(
        "missing",
        f"What the scale {plan.scale} asks for and this ledger lacks",
        ["for", "data set", "network", "rule", "missing", "will take"],
        rows,
        f"mfnumpy reproduce plan --scale {plan.scale}",
        [
            note,
            "By the records of like runs. A run that two entries need stands at both and counts once. A search may go "
            "on beyond the edge of its candidates, or choose another rate than it has so far, and take longer.",
        ],
    )


def in_words(cells: Sequence[Cell], ledger: Ledger, costs: forecast.Costs) -> str:
    """What these entries lack and what it will take: "mf: 4 of the search, 4 in full, 1.7 h"; "" if it is nothing.

    cells: each is asked for by itself.
    ledger: the records that are there.
    costs: by those records.
    """
    lacking = [(cell, runs) for cell in cells if (runs := forecast.remaining([cell], ledger).configs)]
    return "; ".join(f"{cell.final.rule}: {_what(runs, cell)}, {_cost(costs, runs)}" for cell, runs in lacking)


def _what(runs: Sequence[Config], cell: Cell) -> str:
    """How many runs of a search and how many in full are missing."""
    full = sum(c.epochs == cell.final.epochs and c.subset == cell.final.subset for c in runs)
    parts = [(len(runs) - full, "of the search"), (full, "in full")]
    return ", ".join(f"{n} {what}" for n, what in parts if n)


def _cost(costs: forecast.Costs, runs: Sequence[Config]) -> str:
    seconds, unknown = costs.total(runs)
    if unknown == len(runs) and runs:
        return "not known"
    return duration(seconds) + (f", without {unknown} runs of which nothing is known" if unknown else "")
