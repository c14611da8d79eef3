"""Tables of accuracies, which look alike in several experiments."""

from __future__ import annotations

from collections.abc import Callable

from mfnumpy.paper import published
from mfnumpy.paper.ledger import protocol
from mfnumpy.paper.show import notes
from mfnumpy.paper.show.statistics import summary
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.paper.show.view import Entry, View, accuracy_summary, command, described, difference, spread
from mfnumpy.rules import RULES

FIRST = ("rule", "prediction", "paper", "ours ± sd (n)", "minus BP")
READ = (
    "Ours: mean and standard deviation over n seeds, at the epoch that is best on validation data. Minus BP: the mean "
    "difference over the seeds that both have, in points."
)
OTHER_EPOCHS = (
    "The same accuracies at other epochs: as stopped (where a stopping rule would have ended the run), and at equal "
    "passes (after the last epoch, the same for all rules):"
)
LESS_PAPER = "Our accuracy above, less the paper's, in points:"
COSTS = (
    "What a run takes. Seconds per epoch are as they came, on a machine that other work may have shared, of runs on a "
    "processor where there are any; Table 5 compares times. Peak MB is of a step as the rules write it, in either "
    "engine. Epoch kept: the best one on validation data, mean over seeds:"
)
FOLDS = {
    OTHER_EPOCHS: ("rule", "prediction", "as stopped", "at equal passes"),
    LESS_PAPER: ("rule", "prediction", "minus paper"),
    COSTS: ("rule", "rate", "epoch kept", "s/epoch", "peak MB"),
}


def _nothing_more(view: View, dataset: str) -> list[str]:
    """The further sentences of a table that needs none."""
    return []


def accuracy_tables(
    experiment: str, title: str, view: View, more: Callable[[View, str], list[str]] = _nothing_more
) -> list[Table]:
    """Accuracies of an experiment: a table per data set, a row per rule and prediction.

    experiment: its name.
    title: of its tables, "Table 3".
    view: what the ledger has.
    more: (view, data set) -> further sentences below that data set's table.
    """
    tables = []
    for dataset in view.datasets(experiment):
        entries = sorted(
            (e for e in view.entries(experiment) if e.config.dataset == dataset), key=lambda e: RULES[e.rule].place
        )
        if not entries:
            continue
        bp = view.entry(experiment, dataset, "bp")
        rows = [row for e in entries for row in _accuracy_rows(experiment, e, bp)]
        tables.append(
            Table(
                f"{experiment}-{dataset}",
                f"{title}, {dataset}: test accuracy in %",
                [*FIRST, *FOLDS[OTHER_EPOCHS][2:], *FOLDS[LESS_PAPER][2:], *FOLDS[COSTS][1:]],
                rows,
                command(experiment, view),
                [f"Run: {described(entries[0].config)}. {READ}", *notes.lost(entries), *notes.provisional(entries)],
                [
                    *notes.engines(entries),
                    *notes.options(entries),
                    *notes.at_the_edge(entries),
                    *notes.smallest_in_full(entries),
                    *notes.still_rising(entries),
                ]
                + [*more(view, dataset), *notes.keys(entries)],
                FIRST,
                FOLDS,
            )
        )
    return tables


def _accuracy_rows(experiment: str, e: Entry, bp: Entry | None) -> list[list[str]]:
    rows = []
    paper = published.accuracy(experiment, e.config.dataset, e.rule)
    for i, mode in enumerate(e.modes()):
        ours = accuracy_summary(e, mode)
        gap = MISSING if ours is None or paper is None or i > 0 else f"{ours.mean - paper.value:+.2f}"
        against = difference(e, bp) if i == 0 and e.rule != "bp" else None
        row = [e.rule, mode, MISSING if paper is None or i > 0 else f"{paper.value:.2f}"]
        row += [spread(ours) if e.runs else f"diverged ({e.diverged})"]
        row += [MISSING if against is None else against.text()]
        row += [_elsewhere(e, mode, reading) for reading in protocol.READINGS[1:]]
        rows.append([*row, gap] + (_costs(e) if i == 0 else [MISSING] * 4))
    return rows


def _elsewhere(e: Entry, mode: str, reading: str) -> str:
    """The accuracy at another epoch than the best; a dash for a stopping rule that cannot stop."""
    idle = reading == "stopped" and e.config.patience >= e.config.epochs
    return MISSING if idle else spread(accuracy_summary(e, mode, reading))


def _costs(e: Entry) -> list[str]:
    """Chosen rate, mean epoch kept, mean seconds of an epoch (on one kind of device), peak bytes of a step in MB."""
    kept = summary([float(v) for v in e.values(lambda r: protocol.read_at(r)["epoch"]).values()])
    alike = [r for r in e.runs if not r.on_device] or e.runs
    seconds = summary([s for r in alike for s in r.epoch_seconds])
    peak = max((r.peak_bytes or 0 for r in e.runs), default=0)
    return [
        f"{e.config.lr:g}",
        MISSING if kept is None else f"{kept.mean:.1f}",
        MISSING if seconds is None else f"{seconds.mean:.2f}",
        f"{peak / 1e6:.1f}",
    ]
