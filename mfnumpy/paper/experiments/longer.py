"""Table 3 in longer runs: more passes than Table 3 gives, or all rows."""

from __future__ import annotations

from dataclasses import replace

from mfnumpy.paper.experiments.accuracy import accuracy_tables
from mfnumpy.paper.experiments.budgets import BROAD, SHORT, in_rules
from mfnumpy.paper.experiments.experiment import Experiment
from mfnumpy.paper.runs.plan import HEADLINE, Budget, of_rules

TITLE = "Table 3 in longer runs"
ALL_ROWS = Budget("cifar10", "3x2000", 20, 3, BROAD, patience=20, validation=5_000, tested="kept")
BESIDE = ("deep_supervision", "fa", "dfa", "ff", "shallow")
"""The rules that stand beside MF and BP on all rows of CIFAR-10."""

EXPERIMENT = Experiment(
    "longer",
    TITLE,
    turn=8,
    entries=of_rules("mf", "bp"),
    budgets={
        "laptop": [
            Budget(
                *("fashion_mnist", "2x1000", 40, 10, in_rules(SHORT)), patience=40, validation=5_000, fast=("mf", "bp")
            ),
            Budget("cifar10", "3x2000", 20, 6, in_rules(BROAD), patience=20, validation=5_000, fast=("mf", "bp")),
            replace(ALL_ROWS, rules=BESIDE, fast=BESIDE),
            replace(ALL_ROWS, dataset="cifar100", rules=HEADLINE, fast=HEADLINE),
        ],
    },
    tables=lambda view: accuracy_tables("longer", TITLE, view),
)
