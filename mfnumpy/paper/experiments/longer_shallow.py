"""Whether a control of Table 2 has converged: the same with twice the passes, and again, from the ledger alone."""

from __future__ import annotations

import statistics
from dataclasses import replace
from itertools import pairwise

from mfnumpy.paper.experiments.cnn_budgets import CIFAR10, FASHION
from mfnumpy.paper.experiments.experiment import Experiment
from mfnumpy.paper.ledger.protocol import STILL_RISING, main_accuracy
from mfnumpy.paper.runs.plan import of_rules
from mfnumpy.paper.show import notes
from mfnumpy.paper.show.statistics import Paired, paired, summary
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.paper.show.view import Entry, View, accuracy_summary, command, described, spread

TITLE = "Table 2, shallow in longer runs"
NAME = "longer_shallow"
SHORT = "table2"


def entries(view: View, dataset: str) -> list[Entry]:
    """Table 2's entry of `shallow`, and those of its longer runs, by their number of epochs."""
    every = [*view.entries(SHORT), *view.entries(NAME)]
    found = [e for e in every if (e.config.dataset, e.rule) == (dataset, "shallow") and e.runs]
    return sorted(found, key=lambda e: e.config.epochs)


def validation(entry: Entry) -> dict[int, float]:
    """Seed -> validation accuracy in per cent, at the last epoch."""
    return entry.values(lambda r: 100 * main_accuracy(r.history[-1]))


def gain(before: Entry, after: Entry) -> Paired | None:
    """What the second entry's epochs bring over the first's, in points of validation accuracy, by seed."""
    return paired(validation(after), validation(before))


def tables(view: View) -> list[Table]:
    """A table for each data set, a row for each number of epochs."""
    by_dataset = {dataset: entries(view, dataset) for dataset in view.datasets(NAME)}
    return [_table(view, dataset, found) for dataset, found in by_dataset.items() if len(found) > 1]


def pointer(view: View, dataset: str) -> list[str]:
    """A sentence for the table that the longer runs belong to: what they say; [] without them."""
    found = entries(view, dataset)
    return [f"shallow in longer runs has a table of its own. {_converged(found)}"] if len(found) > 1 else []


def _table(view: View, dataset: str, found: list[Entry]) -> Table:
    above = [None, *(gain(before, after) for before, after in pairwise(found))]
    rows = [
        [f"{e.config.epochs}", f"{e.config.lr:g}", spread(summary(list(validation(e).values())))]
        + [MISSING if more is None else more.text()]
        + [spread(accuracy_summary(e, e.modes()[0], "equal_passes"))]
        + [f"{statistics.fmean(s for r in e.runs for s in r.epoch_seconds):.2f}"]
        for e, more in zip(found, above, strict=True)
    ]
    return Table(
        f"{NAME}-{dataset}",
        f"{TITLE}, {dataset}: accuracy in % at the last epoch",
        ["epochs", "rate", "validation (n)", "more than the row above", "test, ours ± sd (n)", "s/epoch"],
        rows,
        command(NAME, view),
        [_converged(found), *notes.provisional(found), *notes.lost(found)],
        [f"Run: {described(found[-1].config)}; the other rows the same for fewer epochs."]
        + [*notes.engines(found[-1:]), *notes.at_the_edge(found[-1:]), *notes.keys(found)],
        ["epochs", "validation (n)", "more than the row above", "test, ours ± sd (n)"],
        {"Rate and time:": ["epochs", "rate", "s/epoch"]},
    )


def _converged(found: list[Entry]) -> str:
    """Whether the last doubling still brought something, in a sentence."""
    before, after = found[-2:]
    more = gain(before, after)
    if more is None or after.config.epochs != 2 * before.config.epochs:
        return f"Whether it has converged cannot be told yet: half of {after.config.epochs} epochs was not run."
    points = round(more.mean, 6)  # of accuracies that are counts: without their rounding
    verdict = "not converged" if points > 100 * STILL_RISING else "converged"
    return (
        f"On validation data {verdict}: {after.config.epochs} epochs bring {more.text()} points over "
        f"{before.config.epochs}; more than {100 * STILL_RISING:g} counts as rising."
    )


EXPERIMENT = Experiment(
    NAME,
    TITLE,
    turn=10,
    entries=of_rules("shallow"),
    budgets={
        "laptop": [
            *(replace(FASHION, epochs=n, seeds=1, patience=n, rates_of=FASHION) for n in (80, 160, 320)),
            replace(CIFAR10, epochs=80, seeds=1, patience=80, rates_of=CIFAR10),
        ],
    },
    tables=tables,
)
