"""Table 2: accuracies of the CNN, by all rules that train one."""

from __future__ import annotations

from mfnumpy.paper.experiments import longer_shallow
from mfnumpy.paper.experiments.accuracy import accuracy_tables
from mfnumpy.paper.experiments.budgets import LONG
from mfnumpy.paper.experiments.cnn_budgets import CIFAR10, FASHION
from mfnumpy.paper.experiments.experiment import Experiment
from mfnumpy.paper.runs.plan import Budget, of_every_rule
from mfnumpy.paper.runs.search import Tuning

DATASETS = ("mnist", "fashion_mnist", "cifar10", "cifar100")

EXPERIMENT = Experiment(
    "table2",
    "Table 2",
    turn=7,
    entries=of_every_rule,
    budgets={
        "quick": [Budget("digits", "cnn:8-16", 6, 1, Tuning(epochs=2, subset=None), batch_size=64)],
        "laptop": [FASHION, CIFAR10],
        "paper": [Budget(name, "cnn", 100, 3, LONG, patience=10) for name in DATASETS],
    },
    tables=lambda view: accuracy_tables("table2", "Table 2 (CNN)", view, longer_shallow.pointer),
)
