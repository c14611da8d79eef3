"""Whether a control of Table 2 has converged: the same with twice the passes, and again, from the ledger alone."""

from __future__ import annotations

from mfnumpy.paper import notes
from mfnumpy.paper.protocol import STILL_RISING, main_accuracy
from mfnumpy.paper.statistics import summary
from mfnumpy.paper.tables import MISSING, Table
from mfnumpy.paper.view import Entry, View, accuracy_summary, command, described, spread

TITLE = "Table 2, shallow in longer runs"
EXPERIMENT = "longer_shallow"


def entries(view: View, dataset: str) -> list[Entry]:
    """Table 2's entry of `shallow`, and those of its longer runs, by their number of epochs."""
    every = [*view.entries("table2"), *view.entries(EXPERIMENT)]
    found = [e for e in every if (e.config.dataset, e.rule) == (dataset, "shallow") and e.runs]
    return sorted(found, key=lambda e: e.config.epochs)


def validation(entry: Entry) -> float:
    """Mean validation accuracy in per cent, at the last epoch."""
    values = entry.values(lambda r: 100 * main_accuracy(r.history[-1]))
    return sum(values.values()) / len(values)


def tables(view: View) -> list[Table]:
    """A table for each data set, a row for each number of epochs."""
    by_dataset = {dataset: entries(view, dataset) for dataset in view.datasets(EXPERIMENT)}
    return [_table(view, dataset, found) for dataset, found in by_dataset.items() if len(found) > 1]


def pointer(view: View, dataset: str) -> list[str]:
    """A sentence for Table 2: what the longer runs say; [] without them."""
    found = entries(view, dataset)
    return [f"shallow in longer runs has a table of its own. {_converged(found)}"] if len(found) > 1 else []


def _table(view: View, dataset: str, found: list[Entry]) -> Table:
    rows, before = [], None
    for e in found:
        reached = validation(e)
        mode = e.modes()[0]
        seconds = summary([s for r in e.runs for s in r.epoch_seconds])
        rows.append(
            [f"{e.config.epochs}", f"{e.config.lr:g}", f"{reached:.2f}"]
            + [MISSING if before is None else f"{reached - before:+.2f}"]
            + [spread(accuracy_summary(e, mode, "equal_passes")), MISSING if seconds is None else f"{seconds.mean:.2f}"]
        )
        before = reached
    return Table(
        f"{EXPERIMENT}-{dataset}",
        f"{TITLE}, {dataset}: accuracy in % at the last epoch",
        ["epochs", "rate", "validation", "more than the row above", "test, ours ± sd (n)", "s/epoch"],
        rows,
        command(EXPERIMENT, view),
        [_converged(found), f"Run: {described(found[-1].config)}; the other rows the same for fewer epochs."]
        + [*notes.rooms(found[-1:]), *notes.at_the_edge(found[-1:]), *notes.lost(found)],
    )


def _converged(found: list[Entry]) -> str:
    """Whether the last doubling still brought something, in a sentence."""
    before, last = (validation(e) for e in found[-2:])
    gain = round(last - before, 6)  # of accuracies that are counts: without their rounding
    verdict = "not converged" if gain > 100 * STILL_RISING else "converged"
    return (
        f"On validation data {verdict}: {found[-1].config.epochs} epochs bring {gain:+.2f} points over "
        f"{found[-2].config.epochs}; more than {100 * STILL_RISING:g} counts as rising."
    )
