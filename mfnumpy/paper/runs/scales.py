"""How much of the paper is run: `quick` in minutes, `laptop` in hours on two cores, `paper` in full.

Whatever is smaller than the paper's is written here and is printed with the results: the subset, the widths, the
epochs. Nothing else differs between the scales.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mfnumpy.errors import unknown_name
from mfnumpy.paper.runs.config import Measurement
from mfnumpy.paper.runs.measurements import epoch_job, memory_job, prediction_job
from mfnumpy.paper.runs.plan import CNN_RULES, HEADLINE, Budget
from mfnumpy.paper.runs.search import LEARNING_RATES, Tuning


def _in_rules(tuning: Tuning) -> Tuning:
    """The same search in the rules' room, where the first records of a fast budget searched."""
    return replace(tuning, room="rules")


_CNN = Tuning(epochs=4, subset=3_000, rates=(*LEARNING_RATES, 3e-2), finalists=2)
_CNN_ALL = Tuning(epochs=2, subset=20_000, rates=(*LEARNING_RATES, 3e-2), finalists=2)
_WIDE = Tuning(epochs=2, subset=5_000, rates=(1e-4, *LEARNING_RATES), finalists=2)
_BROAD = Tuning(epochs=3, subset=10_000, rates=(1e-4, *LEARNING_RATES[:3]), finalists=2)
_SHORT = Tuning(epochs=3, subset=12_000, finalists=2)
_LONG = Tuning(epochs=20, subset=None, rates=(1e-4, *LEARNING_RATES), finalists=2)
_CANCER = Tuning(epochs=20, subset=None, finalists=2)

_CNN_FASHION = Budget("fashion_mnist", "cnn", 40, 2, _CNN, subset=6_000, batch_size=128, fast=CNN_RULES)
_CNN_CIFAR10 = Budget("cifar10", "cnn", 40, 2, _CNN, subset=4_000, batch_size=128, fast=CNN_RULES)
_CNN_FASHION_8 = Budget("fashion_mnist", "cnn", 8, 2, _CNN_ALL, patience=8, batch_size=128, fast=("mf", "bp"))
_CNN_ALL_ROWS = Budget("", "cnn", 0, 0, _CNN_ALL, patience=20, batch_size=128, fast=("mf", "bp"), tested="kept")
"""The paper's CNN on all rows; patience of all epochs. Which data, how long and how often is said below."""

_MLP_ALL = Budget("cifar10", "3x2000", 20, 3, _BROAD, patience=20, validation=5_000, tested="kept")
_BESIDE = ("deep_supervision", "fa", "dfa", "ff", "shallow")
"""The rules that stand beside MF and BP on all rows of CIFAR-10."""

_QUICK_DIGITS = Tuning(epochs=5, subset=None)
_QUICK_IMAGES = Tuning(epochs=2, subset=2_000)

QUICK = {
    "table1": [Budget("digits", "2x200", 15, 2, _QUICK_DIGITS, batch_size=64)],
    "table2": [Budget("digits", "cnn:8-16", 6, 1, Tuning(epochs=2, subset=None), batch_size=64)],
    "table3": [
        Budget("digits", "2x200", 15, 2, _QUICK_DIGITS, batch_size=64),
        Budget("mnist", "2x200", 5, 1, _QUICK_IMAGES, subset=4_000),
        Budget("fashion_mnist", "2x200", 5, 1, _QUICK_IMAGES, subset=4_000),
    ],
    "table6": [Budget("breast_cancer", "2x100", 20, 3, Tuning(epochs=10, subset=None), validation=0.2, batch_size=32)],
    "fig4": [Budget("digits", "4x200", 15, 3, batch_size=64)],
    "fig5": [Budget("digits", "8x200", 15, 2, batch_size=64)],
}

LAPTOP = {
    "table1": [
        Budget("mnist", "2x1000", 12, 2, _SHORT, subset=12_000),
        Budget("digits", "2x200", 30, 5, Tuning(epochs=10, subset=None, finalists=2), batch_size=64),
    ],
    "table2": [_CNN_FASHION, _CNN_CIFAR10],
    "table3": [
        Budget("mnist", "2x1000", 15, 3, _SHORT, validation=5_000, headline=10),
        Budget("fashion_mnist", "2x1000", 15, 3, _SHORT, validation=5_000, headline=10),
        Budget("cifar10", "3x2000", 12, 2, _WIDE, subset=10_000),
    ],
    "longer": [
        Budget("fashion_mnist", "2x1000", 40, 10, _in_rules(_SHORT), patience=40, validation=5_000, fast=("mf", "bp")),
        Budget("cifar10", "3x2000", 20, 6, _in_rules(_BROAD), patience=20, validation=5_000, fast=("mf", "bp")),
        replace(_MLP_ALL, rules=_BESIDE, fast=_BESIDE),
        replace(_MLP_ALL, dataset="cifar100", rules=HEADLINE, fast=HEADLINE),
    ],
    "longer_cnn": [
        Budget("cifar10", "cnn", 15, 2, _CNN_ALL, patience=15, batch_size=128, rules=HEADLINE, fast=HEADLINE),
        replace(_CNN_ALL_ROWS, dataset="cifar100", epochs=15, seeds=1),
        replace(_CNN_ALL_ROWS, dataset="fashion_mnist", epochs=20, seeds=3, until=_CNN_FASHION_8),
        replace(_CNN_ALL_ROWS, dataset="mnist", epochs=10, seeds=3),
    ],
    "longer_shallow": [
        *(replace(_CNN_FASHION, epochs=n, seeds=1, patience=n, rates_of=_CNN_FASHION) for n in (80, 160, 320)),
        replace(_CNN_CIFAR10, epochs=80, seeds=1, patience=80, rates_of=_CNN_CIFAR10),
    ],
    "table6": [
        Budget("breast_cancer", "2x100", 50, 10, _CANCER, validation=0.2, batch_size=32),
        Budget("imdb", "2x200", 8, 3, _SHORT, headline=10),
        Budget("transaction", "2x200", 8, 3, _SHORT, headline=10),
    ],
    "fig4": [Budget("mnist", "4x1000", 15, 3, fast=("mf", "bp"))],
    "fig5": [Budget("mnist", "8x1000", 10, 5, fast=("mf", "bp"))],
}

PAPER = {
    "table1": [Budget("mnist", "2x1000", 100, 10, _LONG, patience=10)],
    "table2": [
        Budget(name, "cnn", 100, 3, _LONG, patience=10) for name in ("mnist", "fashion_mnist", "cifar10", "cifar100")
    ],
    "table3": [
        Budget("mnist", "2x1000", 100, 10, _LONG, patience=10),
        Budget("fashion_mnist", "2x1000", 100, 10, _LONG, patience=10),
        Budget("cifar10", "3x2000", 100, 10, _LONG, patience=10),
        Budget("cifar100", "3x2000", 100, 10, _LONG, patience=10),
    ],
    "table6": [
        Budget("transaction", "2x1000", 50, 10, _LONG, patience=10),
        Budget(
            "breast_cancer",
            "2x100",
            100,
            10,
            Tuning(epochs=50, subset=None, finalists=2),
            patience=10,
            validation=0.2,
            batch_size=32,
        ),
        Budget("imdb", "2x1000", 30, 10, _LONG, patience=10),
    ],
    "fig4": [Budget("mnist", "4x1000", 100, 10)],
    "fig5": [Budget("mnist", "8x1000", 100, 3)],
}

SCALES: dict[str, dict[str, list[Budget]]] = {"quick": QUICK, "laptop": LAPTOP, "paper": PAPER}


def scale(name: str) -> dict[str, list[Budget]]:
    """The budgets of a scale, by experiment. Raises UnknownNameError."""
    if name not in SCALES:
        raise unknown_name("scale", name, SCALES)
    return SCALES[name]


def _over_time(batch: int) -> dict[str, list[Measurement]]:
    """Figs. 1 (BP) and 2 (MF): a 5x2000 net; the paper's batch is 30,000."""
    options: dict[str, Any] = {"width": 2000, "batch": batch, "steps": 2, "sample": 0.005}
    return {name: [memory_job(rule, 5, **options)] for name, rule in (("fig1", "bp"), ("fig2", "mf"))}


def _over_depth(batch: int, depths: tuple[int, ...]) -> list[Measurement]:
    """Fig. 3: (a) layers of 1000 neurons, at a large batch and at 256; (b) convolutions of 16 maps without pooling."""
    dense: list[dict[str, Any]] = [{"batch": batch, "room": "fast"}, {"batch": 256, "room": "fast"}, {"batch": 256}]
    conv: list[dict[str, Any]] = [{"kind": "conv", "width": 16, "batch": 64}]
    return [memory_job(rule, depth, **options) for options in dense + conv for rule in ("bp", "mf") for depth in depths]


MEASUREMENTS: dict[str, dict[str, list[Measurement]]] = {
    "quick": {
        "table4": [prediction_job(rounds=7)],
        "table5": [epoch_job("mnist", "2x1000", 2_000, batch, 3) for batch in (256, None)],
        "fig3": _over_depth(2_000, (3, 4, 5)),
        **_over_time(500),
    },
    "laptop": {
        "table4": [prediction_job()],
        "table5": [epoch_job("mnist", "2x1000", 20_000, batch, 11) for batch in (256, None)]
        + [epoch_job("cifar10", "3x2000", 5_000, batch, 11) for batch in (256, None)],
        "fig3": _over_depth(48_000, (3, 4, 6)),
        **_over_time(6_000),
    },
    "paper": {
        "table4": [prediction_job(rounds=101)],
        "table5": [epoch_job("mnist", "2x1000", 60_000, batch, 11) for batch in (256, None)]
        + [epoch_job("cifar10", "3x2000", 50_000, batch, 11) for batch in (256, None)],
        "fig3": _over_depth(48_000, (3, 4, 6, 8)),
        **_over_time(30_000),
    },
}
"""What is measured, by scale and experiment; rows below 60,000 (MNIST) or 50,000 (CIFAR-10) are a part of an epoch."""
