"""How a claim on accuracies becomes a verdict: two rules seed by seed, at the largest budget that has runs of both."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from mfnumpy.paper.ledger.protocol import READINGS
from mfnumpy.paper.runs.plan import Cell
from mfnumpy.paper.show import missing
from mfnumpy.paper.show.judging import UNDECIDED, UNTESTED, Judged, Verdict
from mfnumpy.paper.show.statistics import paired
from mfnumpy.paper.show.view import Entry, View

Judge = Callable[..., Judged]
"""Differences by seed, and overlap as in `paired` -> verdict and p."""

MLP, CNN = ("table3", "longer"), ("table2", "longer_cnn")
"""The experiments that have the paper's entries of a kind of network: the table, and its longer runs."""


def datasets(view: View, where: Sequence[str]) -> list[str]:
    """The data sets that the scale wants for any of these experiments."""
    return list(dict.fromkeys(dataset for experiment in where for dataset in view.datasets(experiment)))


def largest(view: View, where: Sequence[str], dataset: str, rules: Sequence[str]) -> list[Entry] | None:
    """The entries of some rules at the largest budget that can be judged, else that has runs of all; None without one.

    view: what the ledger has.
    where: the experiments that may have them.
    dataset: by name.
    rules: by name; the entries come in this order.
    The budget with the most training rows is the largest, then that with the most epochs. It can be judged where all
    entries are `settled`.
    """
    found = []
    for experiment in where:
        entries = [e for rule in rules if (e := view.entry(experiment, dataset, rule)) is not None]
        if len(entries) == len(rules):
            found.append(entries)
    return max(found, key=lambda entries: (all(e.settled for e in entries), *_size(entries[0])), default=None)


def wanting(view: View, where: Sequence[str], dataset: str, rules: Sequence[str], of: str = "") -> str:
    """For a reason: the runs that the plan asks for and the ledger lacks, with what they will take; "" if none are.

    view: what the ledger has.
    where: the experiments that may have runs of all.
    dataset: by name.
    rules: of each, the entry with the most rows, then the most epochs.
    of: what they are of, where a reason tells that twice.
    """
    cells = [cell for e in where if e in view.plan.entries for cell in view.plan.cells(e)]
    own = [[cell for cell in cells if (cell.final.dataset, cell.final.rule) == (dataset, rule)] for rule in rules]
    text = missing.in_words([max(found, key=_size_of) for found in own if found], view.ledger, view.costs)
    return f"; not run yet{of}: {text}" if text else ""


def _size_of(cell: Cell) -> tuple[float, int]:
    return (math.inf if cell.final.subset is None else cell.final.subset, cell.final.epochs)


def _size(entry: Entry) -> tuple[float, int]:
    return (math.inf if entry.config.subset is None else entry.config.subset, entry.config.epochs)


def compare(
    view: View,
    claim: str,
    where: Sequence[str],
    dataset: str,
    rules: tuple[str, str],
    judge: Judge,
    mode: str | None = None,
) -> Verdict:
    """The verdict on a claim about two rules' accuracies, the first minus the second.

    view: what the ledger has.
    claim: in words.
    where: the experiments that may have runs of both.
    dataset: by name.
    rules: the two.
    judge: gives verdict and p for the differences by seed.
    mode: the first rule's prediction, None for its default.
    """
    entries, lost = largest(view, where, dataset, rules), diverged(view, where, dataset, rules)
    gaps = {} if entries is None else {at: differences(entries[0], entries[1], at, mode) for at in READINGS}
    if entries is None or not gaps[READINGS[0]]:
        verdict = UNDECIDED if lost else UNTESTED
        without = [rule for rule in rules if not any(view.entry(e, dataset, rule) for e in where)] or rules
        which = f"that came to their end{lost}" if lost else f"in full of {' and '.join(without)} in this ledger"
        return Verdict(claim, verdict, f"no runs {which}", verdict, verdict)
    a, b = entries
    reason = f"{a.rule}{f' ({mode})' if mode else ''} minus {b.rule}: {gap_text(gaps, a.overlap)}; {rows_of(a)}, "
    reason += f"{a.config.epochs} epochs"
    if len(gaps[READINGS[0]]) < 2:
        reason += "; one seed decides nothing"
    return by_reading(claim, judge, gaps, reason + open_searches(entries) + lost, a.overlap)


def by_reading(
    claim: str, judge: Judge, gaps: Mapping[str, Mapping[int, float]], because: str, overlap: float = 0.0
) -> Verdict:
    """The verdict of a claim: decided at the first of READINGS, with the others beside it.

    claim: in words.
    judge: gives verdict and p for the differences by seed.
    gaps: reading -> seed -> difference.
    because: the reason, for a reader.
    overlap: as in `paired`.
    """
    best, stopped, last = (judge(list(gaps[at].values()), overlap) for at in READINGS)
    return Verdict(claim, best.verdict, because, stopped.verdict, last.verdict, p=best.p)


def differences(a: Entry, b: Entry, at: str, mode: str | None = None) -> dict[int, float]:
    """Seed -> a's accuracy minus b's, in percentage points, of the seeds that both have.

    a, b: two entries.
    at: one of READINGS.
    mode: a's prediction, None for its default; b's is its default.
    """
    of_a, of_b = a.accuracy(mode or a.modes()[0], at), b.accuracy(b.modes()[0], at)
    return {seed: of_a[seed] - of_b[seed] for seed in sorted(set(of_a) & set(of_b))}


def gap_text(gaps: Mapping[str, Mapping[int, float]], overlap: float = 0.0) -> str:
    """What the differences are at each of READINGS, for a reason.

    gaps: reading -> seed -> difference.
    overlap: as in `paired`.
    """
    words = {"best": "", "stopped": "; as stopped ", "equal_passes": "; at equal passes "}
    found = {at: paired(gaps[at], dict.fromkeys(gaps[at], 0.0), overlap) for at in READINGS}
    texts = [words[at] + gap.text() for at, gap in found.items() if gap is not None]
    return "".join(texts).replace(")", ") percentage points", 1)


def diverged(view: View, where: Sequence[str], dataset: str, rules: Sequence[str]) -> str:
    """The runs that are missing from a comparison because they diverged, for a reason; "" if there are none.

    view: what the ledger has.
    where: the experiments that may have them.
    dataset: by name.
    rules: by name.
    """
    found = [e for experiment in where for e in view.entries(experiment)]
    lost = [e.lost for e in found if e.config.dataset == dataset and e.rule in rules and e.lost]
    return f"; diverged: {', '.join(lost)}" if lost else ""


def open_searches(entries: Sequence[Entry]) -> str:
    """The rules whose rate may still change, for a reason; "" if there are none."""
    names = [e.rule for e in entries if e.provisional]
    return f"; the search of {' and '.join(names)} lacks runs" if names else ""


def rows_of(entry: Entry) -> str:
    """On how much of its data set an entry was trained, for a reason."""
    subset = entry.config.subset
    return "trained on all rows" if subset is None else f"trained on at most {subset:,} rows"
