"""The protocol, the same for every rule: a search of equal budget on validation data, and one stopping rule.

Every final run makes the same number of passes; the stopping rule is applied to its history. So one run gives both
what the paper compares (each rule stopped at its best) and what it leaves out (all rules at equal passes). The test
accuracies of every epoch are recorded beside it, and decide nothing; `worth_of_test_tuning` measures what they
would have been worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mfnumpy.errors import InvalidValueError
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs.config import Config

LEARNING_RATES = (3e-4, 1e-3, 3e-3, 1e-2)
"""The search space: Adam's learning rate. Nothing else is tuned, for any rule."""

TUNING_SEED = 0


@dataclass(frozen=True)
class Tuning:
    """The budget of the search, equal for all rules: epochs on at most `subset` training rows, for each rate.

    finalists: how many of the rates, the best of this search, are then run in full, so that these runs decide. A
    search much shorter than the run that it is for prefers rates that are too high for it.
    """

    epochs: int
    subset: int | None
    rates: tuple[float, ...] = LEARNING_RATES
    finalists: int = 1

    def configs(self, final: Config) -> list[Config]:
        """The runs of the search for a final configuration, whose own lr is not read."""
        subset = self.subset
        if final.subset is not None:
            subset = final.subset if subset is None else min(subset, final.subset)
        return [final.with_(lr=lr, epochs=self.epochs, subset=subset) for lr in self.rates]


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


def ranked(tuned: Iterable[Record]) -> list[float]:
    """The learning rates of these runs, by the validation accuracy of the epoch that each run's stopping rule keeps.

    So a rate is chosen by what is then reported of it. Of equals, the smaller rate comes first. A run that diverged
    counts as 0, however good its epochs before were.
    """
    scored = [(0.0 if r.diverged else main_accuracy(kept(r)), -r.config["lr"]) for r in tuned]
    return [-rate for _, rate in sorted(scored, reverse=True)]


def kept(run: Record, patience: int | None = None) -> dict[str, Any]:
    """The epoch of a run's history that the stopping rule keeps. patience: in place of the run's own."""
    accuracies = [main_accuracy(e) for e in run.history]
    return run.history[stop(accuracies, run.config["patience"] if patience is None else patience)]


def choose(tuned: Iterable[Record]) -> float:
    """The first of the learning rates as `ranked` has them. Raises InvalidValueError if there is no run."""
    rates = ranked(tuned)
    if not rates:
        raise InvalidValueError("No tuning run has finished for this configuration.")
    return rates[0]


def summarise(history: Sequence[dict[str, Any]], patience: int) -> dict[str, Any]:
    """What tables read of a history: the epoch chosen by the stopping rule, and the last one.

    Returns {"stopped": {...}, "equal_passes": {...}, "best_on_test": float}, each with epoch, test and validation
    accuracies by prediction mode, and the test accuracy of each layer alone.
    """
    best = stop([main_accuracy(e) for e in history], patience)
    return {
        "stopped": _at(history[best]),
        "equal_passes": _at(history[-1]),
        "best_on_test": max(main_accuracy(e, "test") for e in history),
    }


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
    best_of_each = [kept(r, patience=len(r.history)) for r in tuned]
    honest = max(best_of_each, key=main_accuracy)
    best = max(main_accuracy(e, "test") for r in tuned for e in r.history)
    return best - main_accuracy(honest, "test")


def worth_of_test_epoch(run: Record) -> float:
    """The same for the epoch alone: the best on the test part, less the one that is best on validation."""
    return run.result["best_on_test"] - main_accuracy(kept(run, patience=len(run.history)), "test")


def cost_of_stopping(run: Record) -> float:
    """How much test accuracy stopping early costs: at the best epoch of all on validation, less at the one kept."""
    return main_accuracy(kept(run, patience=len(run.history)), "test") - main_accuracy(kept(run), "test")
