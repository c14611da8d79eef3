"""Searches and budgets that several experiments share."""

from __future__ import annotations

from dataclasses import replace

from mfnumpy.paper.runs.plan import Budget
from mfnumpy.paper.runs.search import LEARNING_RATES, Option, Tuning

BELOW_SHALLOW = ("fa", "dfa", "ff")
"""The rules whose MLP on CIFAR-10 scored below `shallow`, their blocks as they were drawn, before INIT was searched."""

LABEL = Option("label", (5.0, 20.0), ("ff", "ff_one_pass"))
"""The strength of FF's label, beside standardised pixels or those up to 1."""
INIT = Option("init", (0.03, 0.1, 0.3, 3.0), (*BELOW_SHALLOW, "ff_one_pass"))
"""The factor of the blocks' first weights; one-pass FF has FF's blocks, and is compared with it."""
FEEDBACK = Option("feedback_scale", (0.125, 8.0), ("fa", "dfa"))
"""The factor of the feedback matrices, by powers of two. Under Adam no more than rounding should come of it."""

OPTIONS = (LABEL, INIT)
"""Options that are searched as the rate is, for all MLPs alike."""

CNN_ALL = Tuning(epochs=2, subset=20_000, rates=(*LEARNING_RATES, 3e-2), finalists=2)
WIDE = Tuning(epochs=2, subset=5_000, rates=(1e-4, *LEARNING_RATES), finalists=2, options=(*OPTIONS, FEEDBACK))
BROAD = Tuning(epochs=3, subset=10_000, rates=(1e-4, *LEARNING_RATES[:3]), finalists=2, options=OPTIONS)
SHORT = Tuning(epochs=3, subset=12_000, finalists=2, options=OPTIONS)
LONG = Tuning(epochs=20, subset=None, rates=(1e-4, *LEARNING_RATES), finalists=2, options=OPTIONS)

QUICK_DIGITS = Tuning(epochs=5, subset=None)
QUICK_IMAGES = Tuning(epochs=2, subset=2_000)

STATED = Budget("mnist", "4x1000", 15, 3, fast=("mf", "bp"))
"""The setting of Fig. 4, which the paper states: MNIST, batch 256, Adam at the constant rate 0.001."""


def in_rules(tuning: Tuning) -> Tuning:
    """The same search by the reference engine, with which the first records of a fast budget searched."""
    return replace(tuning, engine="reference")
