"""All claims of the paper with their verdicts, and what tuning on the test set would have been worth."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable

from mfnumpy.paper.experiments import registry
from mfnumpy.paper.ledger import protocol
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.show.judging import LEVEL, NOT, REPRODUCED, RULE, UNDECIDED, UNTESTED, Verdict, holm
from mfnumpy.paper.show.statistics import summary
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.paper.show.view import View, command


def judged(view: View) -> list[Verdict]:
    """All claims with their verdicts, in the order of the registry."""
    return [v for experiment in registry.EXPERIMENTS for claim in experiment.claims for v in claim(view)]


def verdicts(view: View) -> Table:
    """All claims in one table."""
    found = judged(view)
    tested = [v.p for v in found if v.p is not None]
    corrected = iter(holm(tested))
    rows = [
        [v.claim, v.verdict, *(_ps(v.p, next(corrected)) if v.p is not None else (MISSING, MISSING))]
        + [v.as_stopped, v.at_equal_passes, v.because]
        for v in found
    ]
    columns = ["claim", "verdict", "p", "p (Holm)", "as stopped", "at equal passes", "because"]
    return Table("verdicts", "Verdicts", columns, rows, command("all", view), [RULE])


def _ps(p: float, corrected: float) -> tuple[str, str]:
    return f"{p:.2g}", f"{corrected:.2g}"


def _after_holm(found: list[Verdict]) -> str:
    """How many tests there are, and what is left of the verdicts that rest on one after Holm's correction."""
    tested = [v for v in found if v.p is not None]
    decided = [v for v in tested if v.verdict in (REPRODUCED, NOT)]
    kept = [v for v, p in zip(tested, holm([v.p or 0.0 for v in tested]), strict=True) if p < LEVEL and v in decided]
    return (
        f"{len(tested)} verdicts rest on a test; {len(decided)} of these are decided with p < {LEVEL}, "
        f"{len(kept)} of them also after Holm's correction for {len(tested)} tests."
    )


def in_short(view: View) -> str:
    """How many of the paper's claims came out how, and those that did not reproduce with the reason, in Markdown.

    A claim that was looked at on several data sets counts once for each.
    """
    found = judged(view)
    claims, beside = ([v for v in found if v.claimed is claimed] for claimed in (True, False))
    lines = [f"{_counted('Of the paper, {} claims', claims)} {_counted('Beside them, {} on controls', beside)}"]
    lines += ["", _after_holm(found)]
    for words, read in (("As stopped", lambda v: v.as_stopped), ("At equal passes", lambda v: v.at_equal_passes)):
        other = [v.claim for v in found if read(v) not in (v.verdict, MISSING)]
        if other:
            lines += ["", f"{words} the verdict is another one in {len(other)} cases: {'; '.join(other)}."]
    failed = [f"- *{v.claim}*: {v.because}." for v in found if v.verdict == NOT]
    return "\n".join([*lines, "", "Not reproduced:", "", *failed] if failed else lines)


def _counted(what: str, found: list[Verdict]) -> str:
    counts = Counter(v.verdict for v in found)
    parts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in (REPRODUCED, NOT, UNDECIDED, UNTESTED))
    return f"{what.format(len(found))}: {parts}."


TUNED = ("table3", "table2", "table6")


def test_tuning(view: View) -> Table | None:
    """What choosing rate and epoch by the test set, as the paper did, would have added: one row for each entry.

    "in the search": rate and epoch, in the runs of the search. "final runs": the epoch alone, mean over seeds. Beside
    it what stopping early costs, which is another thing.
    """
    rows, in_search = [], []
    for e in (entry for experiment in TUNED for entry in view.entries(experiment)):
        tuned = [r for r in e.cell.tuned(view.ledger) if not r.diverged]
        if not tuned or not e.runs or e.config.tested != "every":
            continue
        in_search.append(100 * protocol.worth_of_test_tuning(tuned))
        names = [e.config.dataset, e.config.network, e.rule]
        means = [_mean(e.runs, read) for read in (protocol.worth_of_test_epoch, protocol.cost_of_stopping)]
        rows.append([*names, f"{in_search[-1]:+.2f}", *means])
    mean = summary(in_search)
    if mean is None:
        return None
    return Table(
        "test-tuning",
        "What tuning on the test set would have added, in percentage points",
        ["data set", "network", "rule", "in the search", "final runs (n)", "stopping early costs (n)"],
        rows,
        command("all", view),
        [
            f"Mean over {mean.n} searches: {mean.mean:+.2f}. In the search: test accuracy of the rate and epoch that "
            "the test set likes best, less that of the rate and epoch that validation likes best. Final runs: the same "
            "for the epoch alone, at the chosen rate. Both look at all epochs. Stopping early costs: test accuracy at "
            "the best epoch of all on validation, less that at the epoch which the stopping rule keeps."
        ],
    )


def _mean(runs: list[Record], read: Callable[[Record], float]) -> str:
    return f"{statistics.fmean(100 * read(r) for r in runs):+.2f} ({len(runs)})"
