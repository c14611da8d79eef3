"""All claims of the paper with their verdicts, and what tuning on the test set would have been worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from mfnumpy.paper import accuracy_claims, cost_claims, memory_content, protocol
from mfnumpy.paper.statistics import summary
from mfnumpy.paper.tables import Table
from mfnumpy.paper.verdict import NOT, REPRODUCED, RULE, UNDECIDED, UNTESTED, Verdict
from mfnumpy.paper.view import View, command

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
    rows = [[v.claim, v.verdict, v.because] for v in _all(view)]
    columns = ["claim", "verdict", "because"]
    return Table("verdicts", "Verdicts", columns, rows, command("all", view), [RULE])


def in_short(view: View) -> str:
    """How many claims came out how, and those that did not reproduce with the reason, in Markdown."""
    judged = list(_all(view))
    counts = Counter(v.verdict for v in judged)
    parts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in (REPRODUCED, NOT, UNDECIDED, UNTESTED))
    lines = [f"Of {len(judged)} claims: {parts}."]
    if counts[NOT]:
        lines += ["", "Not reproduced:", ""]
        lines += [f"- *{v.claim}*: {v.because}." for v in judged if v.verdict == NOT]
    return "\n".join(lines)


def _all(view: View) -> Iterator[Verdict]:
    return (v for claim in CLAIMS for v in claim(view))


TUNED = ("table3", "table2", "table6")


def test_tuning(view: View) -> Table | None:
    """What choosing rate and epoch by the test set, as the paper did, would have added: one row for each entry.

    "in the search": rate and epoch, in the runs of the search. "final runs": the epoch alone, mean over seeds.
    """
    rows, in_search = [], []
    for e in (entry for experiment in TUNED for entry in view.entries(experiment)):
        tuned = [r for r in e.cell.tuned(view.ledger) if not r.diverged]
        if not tuned or not e.runs:
            continue
        in_search.append(100 * protocol.worth_of_test_tuning(tuned))
        final = summary([100 * _epoch_by_test(r.result) for r in e.runs])
        assert final is not None
        rows.append(
            [e.config.dataset, e.config.network, e.rule, f"{in_search[-1]:+.2f}", f"{final.mean:+.2f} ({final.n})"]
        )
    mean = summary(in_search)
    if mean is None:
        return None
    return Table(
        "test-tuning",
        "What tuning on the test set would have added, in percentage points",
        ["data set", "network", "rule", "in the search", "final runs (n)"],
        rows,
        command("all", view),
        [
            f"Mean over {mean.n} searches: {mean.mean:+.2f}. In the search: test accuracy of the rate and epoch that "
            "the test set likes best, less that of the rate and epoch that validation chose. Final runs: the same for "
            "the epoch alone, at the chosen rate."
        ],
    )


def _epoch_by_test(result: dict) -> float:
    stopped = result["stopped"]
    return result["best_on_test"] - stopped["test_accuracy"][stopped["main"]]
