"""Table 3: accuracies of the MLP, by all rules."""

from __future__ import annotations

from mfnumpy.paper.experiments.accuracy import accuracy_tables
from mfnumpy.paper.experiments.budgets import LONG, QUICK_DIGITS, QUICK_IMAGES, SHORT, WIDE
from mfnumpy.paper.experiments.experiment import Experiment
from mfnumpy.paper.runs.plan import Budget, of_every_rule

EXPERIMENT = Experiment(
    "table3",
    "Table 3",
    turn=1,
    entries=of_every_rule,
    budgets={
        "quick": [
            Budget("digits", "2x200", 15, 2, QUICK_DIGITS, batch_size=64),
            Budget("mnist", "2x200", 5, 1, QUICK_IMAGES, subset=4_000),
            Budget("fashion_mnist", "2x200", 5, 1, QUICK_IMAGES, subset=4_000),
        ],
        "laptop": [
            Budget("mnist", "2x1000", 15, 3, SHORT, validation=5_000, headline=10),
            Budget("fashion_mnist", "2x1000", 15, 6, SHORT, validation=5_000, headline=10),
            Budget("cifar10", "3x2000", 12, 2, WIDE, subset=10_000),
        ],
        "paper": [
            Budget("mnist", "2x1000", 100, 10, LONG, patience=10),
            Budget("fashion_mnist", "2x1000", 100, 10, LONG, patience=10),
            Budget("cifar10", "3x2000", 100, 10, LONG, patience=10),
            Budget("cifar100", "3x2000", 100, 10, LONG, patience=10),
        ],
    },
    tables=lambda view: accuracy_tables("table3", "Table 3 (MLP)", view),
)
