"""All claims of the paper with their verdicts, and what tuning on the test set would have been worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mfnumpy.paper import accuracy_claims, cost_claims, memory_content, protocol
from mfnumpy.paper.statistics import summary
from mfnumpy.paper.tables import Table
from mfnumpy.paper.verdict import RULE, Verdict
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
    rows = [[v.claim, v.verdict, v.because] for claim in CLAIMS for v in claim(view)]
    columns = ["claim", "verdict", "because"]
    return Table("verdicts", "Verdicts", columns, rows, command("all", view), [RULE])


def test_tuning(view: View) -> Table | None:
    """What choosing rate and epoch by the test set, as the paper did, would have added: one row for each search."""
    rows, gains = [], []
    seen: set[str] = set()
    for experiment in ("table3", "table2", "table6"):
        for e in view.entries(experiment):
            tuned = [r for r in e.cell.tuned(view.ledger) if r.history]
            key = "".join(r.key for r in tuned)
            if not tuned or key in seen:
                continue
            seen.add(key)
            gain = 100 * protocol.worth_of_test_tuning(tuned)
            gains.append(gain)
            rows.append([e.config.dataset, e.config.network, e.rule, f"{gain:+.2f}"])
    if not rows:
        return None
    mean = summary(gains)
    assert mean is not None
    return Table(
        "test-tuning",
        "What tuning on the test set would have added, in percentage points",
        ["data set", "network", "rule", "gain"],
        rows,
        command("all", view),
        [
            f"Mean over {mean.n} searches: {mean.mean:+.2f}. In each search the test accuracy of the rate and epoch "
            "that the test set likes best is compared with that of the rate and epoch that validation chose."
        ],
    )
