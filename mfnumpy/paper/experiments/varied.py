"""What MF's accuracy on CIFAR-10's CNN depends on: Table 2's longer run again, with one setting changed at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from mfnumpy.paper import published
from mfnumpy.paper.experiments.experiment import Experiment
from mfnumpy.paper.experiments.longer_cnn import CIFAR10
from mfnumpy.paper.ledger.config import Config, said
from mfnumpy.paper.ledger.protocol import main_accuracy, read_at
from mfnumpy.paper.runs.plan import Budget, Cell
from mfnumpy.paper.show import notes
from mfnumpy.paper.show.statistics import summary
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.paper.show.view import Entry, View, accuracy_summary, command, described, difference, spread

NAME, AS_PLANNED = "varied", "longer_cnn"
TITLE = "Table 2 (CNN), what MF's accuracy depends on"

RATE = 1e-3
"""The learning rate of every run here: the best of the longer run's search so far."""

VARIED: tuple[dict[str, Any], ...] = (
    {"epochs": 30},
    {"batch_size": 64},
    {"batch_size": 32},
    {"rates": {"M": 3e-3}},
    {"init": 0.5},
    {"decay": "constant"},
)
"""The changes, each alone. All else is as in the longer run; no rate is searched anew.

Another rate has its row from the longer run's own search, whose finalists are run in full.
"""

QUIET = ("patience", "tested")
"""Settings that no row names: `patience` is a run's number of epochs, `tested` changes no result that is shown."""


def entries(experiment: str, budget: Budget) -> list[Cell]:
    """MF with each change alone."""
    planned = replace(budget.cell(experiment, "mf"), tuning=None)
    return [replace(planned, final=planned.final.with_(**{"lr": RATE} | _whole(change))) for change in VARIED]


def finalists(view: View, planned: Entry) -> list[Entry]:
    """The other full runs of the longer run's search: MF at another rate."""
    configs = [c for c in planned.cell.search(view.ledger).finalists if c != planned.config]
    runs = {c.key: [r for r in view.ledger.of(c) if not r.diverged] for c in configs}
    return [Entry(planned.cell, c, runs[c.key], 0) for c in configs if runs[c.key]]


def _whole(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change with what follows from it: no run is stopped before its last epoch."""
    return {**change, "patience": change["epochs"]} if "epochs" in change else dict(change)


def changes(planned: Config, config: Config) -> str:
    """What is not as planned, in words: "epochs 30"; "as planned" where nothing is."""
    names = [f.name for f in fields(Config) if f.name not in QUIET]
    other = {n: getattr(config, n) for n in names if getattr(config, n) != getattr(planned, n)}
    return ", ".join(said(name, value) for name, value in other.items()) or "as planned"


def rows(view: View) -> list[Entry]:
    """The longer run, its search's other finalists, and each change that was run; [] without a change."""
    planned = view.entry(AS_PLANNED, CIFAR10.dataset, "mf")
    if planned is None:
        return []
    found = [e for e in view.entries(NAME) if e.runs and e.config != planned.config]
    return [planned, *finalists(view, planned), *found] if found else []


def pointer(view: View, entry: Entry) -> str:
    """For the verdict on the longer run: what its best change reaches; "" for another entry, or without a change."""
    every = rows(view)
    return f"; one setting changed at a time: {_best(every)}" if every and every[0] is entry else ""


def tables(view: View) -> list[Table]:
    """A row for the longer run and for each change that was run: validation, test, and test minus the first row."""
    every = rows(view)
    if not every:
        return []
    planned = every[0]
    return [
        Table(
            f"{NAME}-{CIFAR10.dataset}",
            f"{TITLE}, {CIFAR10.dataset}: accuracy in %",
            ["changed", "validation (n)", "FF pred (n)", "BP pred (n)", "FF pred, more than as planned", "s/epoch"],
            [_row(e, planned) for e in every],
            command(NAME, view),
            [f"B{_best(every)[1:]}.", *notes.lost(every)],
            [
                f"As planned: {described(planned.config)}, rate {planned.config.lr:g}. Validation: by FF pred, at the "
                "epoch that is best by it; both test accuracies are of that epoch.",
                *notes.engines(every),
                *notes.still_rising(every),
                *notes.keys(every),
            ],
            ["changed", "validation (n)", "FF pred (n)", "BP pred (n)"],
            {"In points, by seed, and what an epoch takes:": ["changed", "FF pred, more than as planned", "s/epoch"]},
        )
    ]


def _validation(e: Entry) -> dict[int, float]:
    """Seed -> validation accuracy in per cent, at the best epoch."""
    return e.values(lambda r: 100 * main_accuracy(read_at(r)))


def _row(e: Entry, planned: Entry) -> list[str]:
    more = None if e is planned else difference(e, planned)
    seconds = summary([s for r in e.runs for s in r.epoch_seconds])
    return [
        changes(planned.config, e.config),
        spread(summary(list(_validation(e).values()))),
        spread(accuracy_summary(e, "ff")),
        spread(accuracy_summary(e, "bp")),
        MISSING if more is None else more.text(),
        MISSING if seconds is None else f"{seconds.mean:.1f}",
    ]


def _best(every: list[Entry]) -> str:
    """Which row validation prefers, and how far its test accuracy is from the paper's."""
    best = max(every, key=lambda e: sum(_validation(e).values()) / len(e.runs))
    reached = {mode: accuracy_summary(best, mode) for mode in best.modes()}
    said = " and ".join(f"{s.mean:.2f} % by {mode.upper()} pred" for mode, s in reached.items() if s is not None)
    paper, beside = published.accuracy(NAME, CIFAR10.dataset, "mf"), ""
    if paper is not None:
        gap = max(s.mean for s in reached.values() if s is not None) - paper.value
        beside = f"; the better of the two, chosen on the test part, is {gap:+.2f} points from the paper's "
        beside += f"{paper.value:g} %; BP was not run with any change"
    words = changes(every[0].config, best.config)
    return f"best on validation: {words}, with {said} on the test part (n {len(best.runs)}){beside}"


EXPERIMENT = Experiment(
    NAME, TITLE, turn=13, entries=entries, budgets={"laptop": [replace(CIFAR10, seeds=1, tested="kept")]}, tables=tables
)
