"""What a plan asks for and the ledger lacks, with what it will cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from mfnumpy import backend
from mfnumpy.paper.ledger.config import Config, Job, Measurement, said
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.runs import forecast
from mfnumpy.paper.runs.plan import Cell
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.support.duration import duration
from mfnumpy.support.text import counted

QUIET = ("patience", "validation", "tested", "engine", "seeds", "search")
"""What tells two entries apart only where nothing else does."""


def table(
    ledger: Ledger,
    scale: str,
    cells: Mapping[str, Sequence[Cell]],
    measurements: Mapping[str, Sequence[Measurement]],
    absent: Mapping[str, str],
) -> Table:
    """One row for each entry with a run missing, one for each experiment's measurements.

    ledger: the records that are there.
    scale: which asks for them, by name.
    cells: the entries of each experiment, by its name.
    measurements: of each experiment that has some.
    absent: data sets whose files are not here, and how they can be had; they have no row, and stand below by name.
    """
    costs = forecast.Costs(ledger.records())
    columns = ["for", "data set", "network", "rule", "with", "missing", "will take"]
    rows = [row for name in cells for row in _rows(ledger, name, cells[name], measurements.get(name, ()), costs)]
    rows = [row for row in rows if row[1] not in absent]
    if not any(row[4] for row in rows):
        columns, *rows = (row[:4] + row[5:] for row in (columns, *rows))
    every = [cell for of_one in cells.values() for cell in of_one]
    some = bool(every) or any(measurements.values())
    notes = _notes(ledger, every, costs, absent) if some else [f"The scale {scale} asks for no run of these."]
    return Table(
        "missing",
        f"What the scale {scale} asks for and this ledger lacks",
        columns,
        rows,
        f"mfnumpy reproduce plan --scale {scale}",
        notes if notes or rows else ["Nothing is missing."],
        _how() if notes and some else [],
    )


def _rows(
    ledger: Ledger, name: str, of_one: Sequence[Cell], measured: Sequence[Measurement], costs: forecast.Costs
) -> Iterator[list[str]]:
    """What one experiment lacks, with what tells its entries apart."""
    for cell, words in zip(of_one, told_apart(of_one), strict=True):
        if runs := forecast.remaining([cell], ledger).configs:
            c = cell.final
            yield [name, c.dataset, c.network, c.rule, words, _what(runs, cell), _cost(costs, runs)]
    if n := sum(Job(m, 0) not in ledger for m in measured):
        yield [name, *[MISSING] * 3, "", counted(n, "measurement"), MISSING]


def _notes(ledger: Ledger, every: Sequence[Cell], costs: forecast.Costs, absent: Mapping[str, str]) -> list[str]:
    """How many training runs are missing, and their time; those whose data are not here, by data set, apart."""
    told = [] if any(ledger.folder.glob("*.json")) else [f"No record is in {ledger.folder} yet: everything is missing."]
    here = forecast.remaining([cell for cell in every if cell.final.dataset not in absent], ledger).configs
    if here:
        are, in_all = ("is", "") if len(here) == 1 else ("are", " in all, one after the other")
        told.append(f"{counted(len(here), 'training run')} {are} missing: {_cost(costs, here)}{in_all}.")
    for name, advice in absent.items():
        if runs := forecast.remaining([cell for cell in every if cell.final.dataset == name], ledger).configs:
            what = f"{counted(len(runs), 'training run')} of {name}, {_cost(costs, runs)}"
            told.append(f"Not counted, as the data set's files are not here: {what}. {advice}")
    return told


def _how() -> list[str]:
    """How the times were found, and where the runs are made."""
    told = (
        "By the records of like runs. A run that two entries need stands at both and counts once. A search may go "
        "on beyond the edge of its candidates, or choose another rate than it has so far, and take longer."
    )
    here = backend.current().name
    if here == "numpy":
        return [told, "With --backend cupy, training runs are planned and made on a GPU; measurements stay here."]
    return [told, f"On {here}, by the rules as they are written. Measurements are of the processor, and are left out."]


def told_apart(cells: Sequence[Cell]) -> list[str]:
    """For each entry what it has of its own among those of its data set, network and rule; "" for the only one.

    What more than half of them have is not said, unless an entry has nothing else: "epochs 80", "batch size 64".
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for i, cell in enumerate(cells):
        groups.setdefault((cell.final.dataset, cell.final.network, cell.final.rule), []).append(i)
    words = [""] * len(cells)
    for places in groups.values():
        settings = [_settings(cells[i]) for i in places]
        first = _own(settings, [name for name in settings[0] if name not in QUIET])
        told = first if len(set(first)) == len(first) else _own(settings, list(settings[0]))
        for i, text in zip(places, told, strict=True):
            words[i] = text
    return words


def _settings(cell: Cell) -> dict[str, Any]:
    """All that an entry may differ in from another; a rate that is searched is none yet."""
    own = {f.name: getattr(cell.final, f.name) for f in fields(Config)}
    search = {} if cell.tuning is None else asdict(cell.tuning)
    return own | {"lr": "searched" if search else cell.final.lr, "seeds": cell.seeds, "search": search}


def _own(settings: Sequence[dict[str, Any]], names: Sequence[str]) -> list[str]:
    """What each has of its own among these settings, in words."""
    varied = [name for name in names if any(one[name] != settings[0][name] for one in settings)]
    told = []
    for one in settings:
        own = [n for n in varied if 2 * sum(other[n] == one[n] for other in settings) <= len(settings)]
        told.append(", ".join(said(name, one[name]) for name in own or varied))
    return told


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
    return duration(seconds) + (f", without {counted(unknown, 'run')} of which nothing is known" if unknown else "")
