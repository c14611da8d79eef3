"""The paper's own numbers, and where each was found.

Our copy of the paper (arXiv 2501.09238, version 1) has lost the values of Tables 1, 2, 3 and 6. The means of BP and MF
in Tables 2 and 3 come from a secondary source, a note in the public repository vatsal191201/AutoANE; it gives no
standard deviation, does not say which prediction MF used, and names the two tables the wrong way round. We corrected
that: the parameter counts of Table 4, its MNIST values and the paper's prose all say that the lower ones are the MLP's.
"""

from __future__ import annotations

from typing import NamedTuple

PAPER = "paper"
SECONDARY = "secondary source"


class Published(NamedTuple):
    """A number of the paper, accuracies in per cent, and where it was found."""

    value: float
    source: str


DATASETS = ("mnist", "fashion_mnist", "cifar10", "cifar100")
_MEANS = {
    "table2": {"bp": (99.52, 92.63, 77.80, 42.10), "mf": (99.58, 93.98, 82.39, 54.77)},
    "table3": {"bp": (98.69, 90.27, 54.25, 27.64), "mf": (98.74, 90.52, 56.99, 29.05)},
}

ACCURACY: dict[tuple[str, str, str], Published] = {
    (table, dataset, rule): Published(value, SECONDARY)
    for table, rules in _MEANS.items()
    for rule, values in rules.items()
    for dataset, value in zip(DATASETS, values, strict=True)
}
"""(table, data set, rule) -> the paper's mean test accuracy."""

LONGER = {"longer": "table3", "longer_cnn": "table2", "longer_shallow": "table2", "varied": "table2"}
"""Our experiments that run a table's entries for more epochs or on more rows -> that table."""


def accuracy(experiment: str, dataset: str, rule: str) -> Published | None:
    """The paper's mean test accuracy, or None where it is lost.

    experiment: by name; a longer run of a table has the table's.
    dataset: by name.
    rule: by name.
    """
    return ACCURACY.get((LONGER.get(experiment, experiment), dataset, rule))


class Prediction(NamedTuple):
    """A row of Table 4.

    single_ms, batch_ms: milliseconds for one sample and for a batch.
    accuracy: in per cent.
    parameters: in thousands.
    """

    single_ms: float
    batch_ms: float
    accuracy: float
    parameters: int


TABLE4: dict[tuple[str, str], Prediction] = {
    ("ff", "all-labels"): Prediction(5.6, 13.2, 97.33, 1784),
    ("ff_one_pass", "one-pass"): Prediction(0.5, 1.8, 95.54, 1804),
    ("bp", "readout"): Prediction(0.3, 1.1, 98.75, 1794),
    ("mf", "ff"): Prediction(1.7, 3.1, 98.75, 1804),
    ("mf", "bp"): Prediction(0.3, 1.1, 98.76, 1794),
}


class EpochTime(NamedTuple):
    """A row of Table 5: seconds per epoch, mean and standard deviation."""

    mean: float
    sd: float


TABLE5: dict[tuple[str, str, str], EpochTime] = {
    ("mnist", "mini", "mf"): EpochTime(0.71, 0.10),
    ("mnist", "mini", "bp"): EpochTime(1.62, 0.21),
    ("mnist", "full", "mf"): EpochTime(0.14, 0.03),
    ("mnist", "full", "bp"): EpochTime(0.22, 0.07),
    ("cifar10", "mini", "mf"): EpochTime(0.66, 0.11),
    ("cifar10", "mini", "bp"): EpochTime(2.20, 0.26),
    ("cifar10", "full", "mf"): EpochTime(0.04, 0.02),
    ("cifar10", "full", "bp"): EpochTime(0.06, 0.01),
}
TABLE5_RATIOS = {("mnist", "mini"): 2.28, ("mnist", "full"): 1.57, ("cifar10", "mini"): 3.33, ("cifar10", "full"): 1.57}

FIG3_SLOPES = {"bp": 204.00, "mf": 16.16}
"""Megabytes of peak memory for each further layer of 1000 neurons, Fig. 3(a); the batch size is not stated."""


class Replication(NamedTuple):
    """A comparison of BP and MF by others.

    source: who made it.
    dataset, network: by name.
    bp, mf: test accuracies in per cent.
    otherwise: what they do otherwise than we.
    """

    source: str
    dataset: str
    network: str
    bp: float
    mf: float
    otherwise: str


_SPYRA = "Spyra and Dzwinel, arXiv 2511.01061"
_LAYERWISE = (
    "each layer is trained to its end before the next; M on the input as well; biases; images cropped and flipped"
)
_FIRST = f"3 seeds; {_LAYERWISE}; stopping rules differed by rule"
_PASSES = f"20 seeds, as many passes over the data for both; {_LAYERWISE}"

REPLICATIONS = (
    *(
        Replication(_SPYRA + ", first version", dataset, network, bp, mf, _FIRST)
        for dataset, network, bp, mf in (
            ("mnist", "2x1000", 98.05, 98.14),
            ("fashion_mnist", "2x1000", 89.21, 89.72),
            ("cifar10", "3x2000", 61.13, 62.34),
            ("cifar100", "3x2000", 29.94, 30.31),
        )
    ),
    *(
        Replication("The same, revised (PPAM 2026)", dataset, network, bp, mf, _PASSES)
        for dataset, network, bp, mf in (
            ("mnist", "2x1000", 98.20, 97.98),
            ("fashion_mnist", "2x1000", 89.41, 88.92),
            ("cifar10", "3x2000", 62.47, 61.36),
            ("cifar100", "3x2000", 32.90, 32.92),
        )
    ),
    Replication(
        *("The same, revised (PPAM 2026)", "cifar10", "3x2000", 62.47, 66.37),
        f"20 seeds, one stopping rule, which lets MF make more passes; {_LAYERWISE}",
    ),
    Replication(
        *("gorpeliates/ad-free-monofwd (GitHub)", "not known to us", "another CNN", 73.1, 55.2),
        "SGD at 0.001 for 200 epochs; batch normalisation; goodness by random projections of the maps",
    ),
)
"""Published tables of others, as they stood in 2026."""
