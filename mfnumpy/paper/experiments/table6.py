"""Table 6: transactions, Breast Cancer and IMDB."""

from __future__ import annotations

from dataclasses import replace

from mfnumpy.paper.experiments.accuracy import accuracy_tables
from mfnumpy.paper.experiments.budgets import LONG, SHORT
from mfnumpy.paper.experiments.experiment import Experiment
from mfnumpy.paper.runs.plan import Budget, of_rules
from mfnumpy.paper.runs.search import Tuning


def _cancer(epochs: int, seeds: int, tuning: Tuning, patience: int = 5, headline: int = 0) -> Budget:
    """Breast Cancer has 114 rows for the test: each seed divides it anew. Small batches, more rows for validation.

    epochs, seeds, tuning, patience, headline: as in `Budget`.
    """
    return Budget(
        *("breast_cancer", "2x100", epochs, seeds, tuning),
        patience=patience,
        headline=headline,
        validation=0.2,
        batch_size=32,
        split="seed",
    )


_CANCER = _cancer(50, 10, Tuning(epochs=20, subset=None, finalists=2), headline=120)

EXPERIMENT = Experiment(
    "table6",
    "Table 6",
    turn=3,
    entries=of_rules("mf", "bp", "shallow", "deep_supervision"),
    budgets={
        "quick": [_cancer(20, 3, Tuning(epochs=10, subset=None))],
        "laptop": [
            replace(_CANCER, until=replace(_CANCER, split=0)),
            Budget("imdb", "2x200", 8, 3, SHORT, headline=10),
            Budget("transaction", "2x200", 8, 3, SHORT, headline=10),
        ],
        "paper": [
            Budget("transaction", "2x1000", 50, 10, LONG, patience=10),
            _cancer(100, 10, Tuning(epochs=50, subset=None, finalists=2), patience=10),
            Budget("imdb", "2x1000", 30, 10, LONG, patience=10),
        ],
    },
    tables=lambda view: accuracy_tables("table6", "Table 6", view),
)
