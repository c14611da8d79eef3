"""Searches and budgets that several experiments share."""

from __future__ import annotations

from dataclasses import replace

from mfnumpy.paper.runs.plan import Budget
from mfnumpy.paper.runs.search import LEARNING_RATES, Option, Tuning

OPTIONS = (Option("label", (5.0, 20.0), ("ff", "ff_one_pass")),)
"""Options that are searched as the rate is: the strength of FF's label, beside standardised pixels or those up to 1."""

CNN_ALL = Tuning(epochs=2, subset=20_000, rates=(*LEARNING_RATES, 3e-2), finalists=2)
WIDE = Tuning(epochs=2, subset=5_000, rates=(1e-4, *LEARNING_RATES), finalists=2, options=OPTIONS)
BROAD = Tuning(epochs=3, subset=10_000, rates=(1e-4, *LEARNING_RATES[:3]), finalists=2, options=OPTIONS)
SHORT = Tuning(epochs=3, subset=12_000, finalists=2, options=OPTIONS)
LONG = Tuning(epochs=20, subset=None, rates=(1e-4, *LEARNING_RATES), finalists=2, options=OPTIONS)

QUICK_DIGITS = Tuning(epochs=5, subset=None)
QUICK_IMAGES = Tuning(epochs=2, subset=2_000)

STATED = Budget("mnist", "4x1000", 15, 3, fast=("mf", "bp"))
"""The setting of Fig. 4, which the paper states: MNIST, batch 256, Adam at the constant rate 0.001."""


def in_rules(tuning: Tuning) -> Tuning:
    """The same search in the rules' room, where the first records of a fast budget searched."""
    return replace(tuning, room="rules")
