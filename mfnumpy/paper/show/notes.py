"""Sentences below a table: what a reader must know of its runs. Each is a list, empty where there is nothing to say."""

from __future__ import annotations

import statistics

from mfnumpy.paper.ledger import protocol
from mfnumpy.paper.ledger.config import as_named
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.show.view import Entry


def at_the_edge(entries: list[Entry]) -> list[str]:
    """A sentence where a chosen rate is the largest or smallest that was tried: a wider search might find better."""
    names = [e.rule for e in entries if e.searched and e.config.lr in (min(e.searched), max(e.searched))]
    return [f"At the edge of the search: the rates of {', '.join(names)}."] if names else []


def smallest_in_full(entries: list[Entry]) -> list[str]:
    """A sentence where the smallest of the rates that were run in full won, and smaller ones were only searched.

    A short search prefers rates that are too high for a long run: a smaller one might do better still.
    """
    names = [e.rule for e in entries if e.in_full and min(e.searched) < e.config.lr == min(e.in_full)]
    said = "Of the rates that were run in full the smallest won, and smaller ones were only searched"
    return [f"{said}: {', '.join(names)}."] if names else []


def provisional(entries: list[Entry]) -> list[str]:
    """A sentence where a search lacks a run: another rate may still win."""
    names = dict.fromkeys(e.rule for e in entries if e.provisional)
    return [f"The search lacks runs, and another rate may still win: {', '.join(names)}."] if names else []


def options(entries: list[Entry]) -> list[str]:
    """A sentence on what a search chose beside the rate, where that is not the default."""
    found = [(e.rule, _chosen(e)) for e in entries]
    told = ", ".join(f"{rule}: {chosen}" for rule, chosen in found if chosen)
    return [f"Chosen beside the rate: {told}."] if told else []


def _chosen(entry: Entry) -> str:
    before, after = entry.cell.final, entry.config
    names = [f"{k} {v:g}" for k, v in after.options.items() if before.options.get(k) != v]
    return " and ".join(names + [f"init {after.init:g}"] * (after.init != before.init))


def lost(entries: list[Entry]) -> list[str]:
    """A sentence on the runs that diverged: the means above are of the others."""
    names = [e.lost for e in entries if e.lost]
    return [f"Diverged, and not counted above: {', '.join(names)}."] if names else []


def still_rising(entries: list[Entry]) -> list[str]:
    """A sentence on the rules that had not converged on validation data, mean over seeds: more epochs might help."""
    names = [e.rule for e in entries if e.runs and _rising(e)]
    if not names:
        return ["Converged on validation data: all runs shown."] if any(e.runs for e in entries) else []
    how = f"by more than {100 * protocol.STILL_RISING:g} points from the fourth fifth of the epochs to the last"
    return [
        f"Validation accuracy was still rising, {how} (of two epochs at least): {', '.join(names)}. "
        "Where the rate falls to zero, some of that is the rate's doing: it rises even after a plateau."
    ]


def _rising(entry: Entry) -> bool:
    by_epoch = zip(*([protocol.main_accuracy(e) for e in run.history] for run in entry.runs), strict=True)
    return protocol.still_rising([statistics.fmean(epoch) for epoch in by_epoch])


def keys(entries: list[Entry]) -> list[str]:
    """The keys of the runs shown: a record's file name is data set, network, rule, key and seed."""
    found = [
        (e.rule, dict.fromkeys([r.key for r in e.runs] or [e.config.key])) for e in entries if e.runs or e.diverged
    ]
    names = [f"{rule} {' and '.join(f'`{key}`' for key in own)}" for rule, own in found]
    return [f"Records: {', '.join(names)}."] if names else []


def measured(records: list[Record]) -> list[str]:
    """The keys of the measurements shown."""
    return [f"Records: {', '.join(f'`{r.key}`' for r in records)}."]


ALONE = {
    "By the fast engine": "the others by the rules as they are written, which take longer",
    "On a GPU": "the seconds are those of the others",
}
"""What is to be known of seconds where runs went two ways."""


def engines(entries: list[Entry]) -> list[str]:
    """Sentences where runs went another way than the rules as written on the processor: other times, alike numbers."""
    ways = {
        "By the fast engine": lambda r: as_named(r.config).get("engine") == "fast",
        "On a GPU": lambda r: r.on_device,
    }
    told = []
    for words, took in ways.items():
        counted = [(e, sum(map(took, e.runs))) for e in entries]
        names = [e.rule if n == len(e.runs) else f"{e.rule} {n} of {len(e.runs)}" for e, n in counted if n]
        some = any(n < len(e.runs) for e, n in counted)
        mixed = f"; {ALONE[words]}" if some else ""
        told += [f"{words}: {', '.join(names)}{mixed}."] if names else []
    return told
