"""All claims of the paper with their verdicts, and what tuning on the test set would have been worth."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterator

from mfnumpy.paper.experiments import accuracy_claims
from mfnumpy.paper.experiments import cost as cost_claims
from mfnumpy.paper.experiments import memory as memory_content
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs import protocol
from mfnumpy.paper.show.judging import NOT, REPRODUCED, RULE, UNDECIDED, UNTESTED, Verdict
from mfnumpy.paper.show.statistics import summary
from mfnumpy.paper.show.tables import MISSING, Table
from mfnumpy.paper.show.view import View, command

CLAIMS: tuple[Callable[[View], Iterator[Verdict]], ...] = (
    accuracy_claims.mf_against_bp,
    accuracy_claims.mf_against_deep_supervision,
    accuracy_claims.paper_values,
    accuracy_claims.other_rules_below_bp,
    accuracy_claims.layers,
    cost_claims.parameter_counts,
    cost_claims.prediction,
    cost_claims.epochs,
    memory_content.claims,
    accuracy_claims.convergence,
    accuracy_claims.depth,
)


def verdicts(view: View) -> Table:
    """All claims in one table."""
    rows = [[v.claim, v.verdict, v.as_stopped, v.at_equal_passes, v.because] for v in _all(view)]
    columns = ["claim", "verdict", "as stopped", "at equal passes", "because"]
    return Table("verdicts", "Verdicts", columns, rows, command("all", view), [RULE])


def in_short(view: View) -> str:
    """How many of the paper's claims came out how, and those that did not reproduce with the reason, in Markdown.

    A claim that was looked at on several data sets or budgets counts once for each.
    """
    judged = list(_all(view))
    claims, beside = ([v for v in judged if v.claimed is claimed] for claimed in (True, False))
    lines = [f"{_counted('Of the paper, {} claims', claims)} {_counted('Beside them, {} on controls', beside)}"]
    for words, read in (("As stopped", lambda v: v.as_stopped), ("At equal passes", lambda v: v.at_equal_passes)):
        other = [v.claim for v in judged if read(v) not in (v.verdict, MISSING)]
        if other:
            lines += ["", f"{words} the verdict is another one in {len(other)} cases: {'; '.join(other)}."]
    failed = [f"- *{v.claim}*: {v.because}." for v in judged if v.verdict == NOT]
    return "\n".join([*lines, "", "Not reproduced:", "", *failed] if failed else lines)


def _counted(what: str, judged: list[Verdict]) -> str:
    counts = Counter(v.verdict for v in judged)
    parts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in (REPRODUCED, NOT, UNDECIDED, UNTESTED))
    return f"{what.format(len(judged))}: {parts}."


def _all(view: View) -> Iterator[Verdict]:
    return (v for claim in CLAIMS for v in claim(view))


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
