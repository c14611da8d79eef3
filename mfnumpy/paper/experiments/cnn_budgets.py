"""Budgets of the CNN that Table 2 and its longer runs share."""

from __future__ import annotations

from mfnumpy.paper.runs.plan import CNN_RULES, Budget
from mfnumpy.paper.runs.search import LEARNING_RATES, Tuning

_FEW_ROWS = Tuning(epochs=4, subset=3_000, rates=(*LEARNING_RATES, 3e-2), finalists=2)
FASHION = Budget("fashion_mnist", "cnn", 40, 2, _FEW_ROWS, subset=6_000, batch_size=128, fast=CNN_RULES)
CIFAR10 = Budget("cifar10", "cnn", 40, 3, _FEW_ROWS, subset=4_000, batch_size=128, fast=CNN_RULES)
