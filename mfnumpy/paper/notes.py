"""Sentences below a table: what a reader must know of its runs. Each is a list, empty where there is nothing to say."""

from __future__ import annotations

from mfnumpy.paper import protocol
from mfnumpy.paper.record import Record
from mfnumpy.paper.view import Entry


def at_the_edge(entries: list[Entry]) -> list[str]:
    """A sentence where a chosen rate is the largest or smallest that was tried: a wider search might find better."""
    names = []
    for e in entries:
        if e.cell.tuning is not None and e.config.lr in (min(e.cell.tuning.rates), max(e.cell.tuning.rates)):
            names.append(e.rule)
    return [f"At the edge of the search: the rates of {', '.join(names)}."] if names else []


def lost(entries: list[Entry]) -> list[str]:
    """A sentence on the runs that diverged: the means above are of the others."""
    names = [e.lost for e in entries if e.lost]
    return [f"Diverged, and not counted above: {', '.join(names)}."] if names else []


def still_rising(entries: list[Entry]) -> list[str]:
    """A sentence on the rules of which a run had not converged on validation data: more epochs might have helped."""
    names = [e.rule for e in entries if any(map(_rising, e.runs))]
    if not names:
        return ["Converged on validation data: all runs shown."] if any(e.runs for e in entries) else []
    how = f"by more than {100 * protocol.STILL_RISING:g} points from the fourth fifth of the epochs to the last"
    return [
        f"Validation accuracy was still rising, {how}: {', '.join(names)}. "
        "Where the rate falls to zero, some of that is the rate's doing: it rises even after a plateau."
    ]


def _rising(run: Record) -> bool:
    return protocol.still_rising([protocol.main_accuracy(entry) for entry in run.history])


def rooms(entries: list[Entry]) -> list[str]:
    """A sentence where some rules went through the fast room: same numbers to rounding, other times."""
    fast = [e.rule for e in entries if e.config.room == "fast"]
    if not fast:
        return []
    mixed = "; its seconds and the others' are not to be compared" if len(fast) < len(entries) else ""
    return [f"In the fast room: {', '.join(fast)}{mixed}."]
