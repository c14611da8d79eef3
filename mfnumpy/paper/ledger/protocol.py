"""The protocol, the same for every rule: which epoch of a run is reported, and which of several runs is the best.

Every final run makes the same number of passes. Reported is its best epoch on validation data; beside it stand the
epoch that a stopping rule keeps, and the last one, at which all rules have made equal passes: one run gives all three.
Test accuracies decide nothing; `worth_of_test_tuning` measures what they would have been worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from data_utils import registry
from mfnumpy.errors import InvalidValueError, unknown_name
from mfnumpy.paper.ledger.record import Record


def main_accuracy(entry: dict[str, Any], part: str = "val") -> float:
    """The accuracy of an epoch in the rule's default prediction mode, which is the first one recorded."""
    return entry[f"{part}_accuracy"][entry["main"]]


def stop(accuracies: Sequence[float], patience: int) -> int:
    """The index of the epoch whose parameters are kept: the best so far when `patience` epochs brought no better one.

    accuracies: on the validation part, by epoch. A later epoch must be better, not equal, as in `Trainer`.
    Raises InvalidValueError if there is no epoch.
    """
    if not accuracies:
        raise InvalidValueError("There is no epoch to stop at: the history is empty.")
    best = 0
    for epoch, accuracy in enumerate(accuracies):
        if accuracy > accuracies[best]:
            best = epoch
        elif epoch - best >= patience:
            break
    return best


READINGS = ("best", "stopped", "equal_passes")
"""Which epoch of a run is read: the best of all on validation data, the one that the stopping rule keeps, the last.

The first decides; the others are reported beside it.
"""


def read_at(run: Record, reading: str = READINGS[0]) -> dict[str, Any]:
    """The entry of a run's history for one of READINGS. Raises UnknownNameError for another."""
    if reading not in READINGS:
        raise unknown_name("reading of a run", reading, READINGS)
    if reading == "equal_passes":
        return run.history[-1]
    accuracies = [main_accuracy(e) for e in run.history]
    return run.history[stop(accuracies, run.config["patience"] if reading == "stopped" else len(accuracies))]


def kept_epochs(history: Sequence[dict[str, Any]], patience: int) -> set[int]:
    """The indices of the epochs that may be read if the run ends here, beside the last one."""
    accuracies = [main_accuracy(e) for e in history]
    return {stop(accuracies, patience), stop(accuracies, len(accuracies))}


DEAD = 1.5
"""A block is dead if its own validation accuracy is at most this much of chance, 1/m for m classes."""


def has_dead_block(run: Record) -> bool:
    """Whether a block of this run is dead in its best epoch. Rules without scores for each block have none."""
    chance = 1 / len(registry.get(run.config["dataset"]).class_names)
    return any(accuracy <= DEAD * chance for accuracy in read_at(run).get("val_layers", []))


def best_first(runs: Iterable[Record]) -> list[Record]:
    """The runs of one search, the best on validation data first, in the epoch that is reported of a run.

    Left out are runs that diverged or have a dead block, unless all have: then one that diverged is the worst, however
    good its epochs before were. Of equals, the one with the smaller rate comes first, and then the one given first.
    """
    runs = list(runs)
    alive = [r for r in runs if not r.diverged and not has_dead_block(r)]
    return sorted(alive or runs, key=lambda r: (-_score(r), r.config["lr"]))


def _score(run: Record) -> float:
    return 0.0 if run.diverged else main_accuracy(read_at(run))


def summarise(history: Sequence[dict[str, Any]], patience: int) -> dict[str, Any]:
    """What tables read of a history: the epoch chosen by the stopping rule, and the last one.

    Returns {"stopped": {...}, "equal_passes": {...}, "best_on_test": float}, each with epoch, test and validation
    accuracies by prediction mode, and the test accuracy of each layer alone; the last one only of a history that was
    tested in every epoch.
    """
    best = stop([main_accuracy(e) for e in history], patience)
    found: dict[str, Any] = {"stopped": _at(history[best]), "equal_passes": _at(history[-1])}
    if all("test_accuracy" in e for e in history):
        found["best_on_test"] = max(main_accuracy(e, "test") for e in history)
    return found


STILL_RISING = 0.005
"""By how much validation accuracy may rise from one fifth of a run's epochs to the next in a run that has converged."""


def still_rising(accuracies: Sequence[float]) -> bool:
    """Whether more epochs might have helped: the last fifth's mean is more than STILL_RISING above that before it.

    accuracies: on the validation part, by epoch, as fractions. A fifth has two epochs at least, as where the rate falls
    to zero the very last ones are alike in any run; a run of fewer than four epochs is taken to be rising.
    """
    fifth = max(2, len(accuracies) // 5)
    if len(accuracies) < 2 * fifth:
        return True
    last, before = accuracies[-fifth:], accuracies[-2 * fifth : -fifth]
    return sum(last) - sum(before) > fifth * STILL_RISING


def _at(entry: dict[str, Any]) -> dict[str, Any]:
    return {k: entry[k] for k in ("epoch", "main", "val_accuracy", "test_accuracy", "test_layers")}


def worth_of_test_tuning(tuned: Sequence[Record]) -> float:
    """How much higher the reported accuracy would be, as a fraction, had rate and epoch been chosen by the test set.

    tuned: the runs of one search, those that diverged left out. The difference of two test accuracies: chosen by test,
    and chosen by validation; both of all epochs, so that no part of it is the doing of stopping early.
    """
    best_of_each = [read_at(r) for r in tuned]
    honest = max(best_of_each, key=main_accuracy)
    best = max(main_accuracy(e, "test") for r in tuned for e in r.history)
    return best - main_accuracy(honest, "test")


def worth_of_test_epoch(run: Record) -> float:
    """The same for the epoch alone: the best on the test part, less the one that is best on validation."""
    return run.result["best_on_test"] - main_accuracy(read_at(run), "test")


def cost_of_stopping(run: Record) -> float:
    """How much test accuracy stopping early costs: at the best epoch of all on validation, less at the one kept."""
    return main_accuracy(read_at(run), "test") - main_accuracy(read_at(run, "stopped"), "test")
