"""The training runs that the steps of runs are for: which the ledger lacks, and how long they take on a device."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from mfnumpy.paper.experiments import registry
from mfnumpy.paper.ledger.config import Config
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.runs import forecast

EXPERIMENT, SCALE = "longer_cnn", "laptop"
"""What `mfnumpy reproduce` is asked for."""

COMMITTED = Path(__file__).resolve().parents[3] / "docs" / "ledger"


@dataclass(frozen=True)
class Lacking:
    """What a ledger lacks of a step.

    runs: how many.
    seconds: of all of them, several at once, by the records of like runs that were made on the device.
    unknown: how many of them no such record tells of; `seconds` is without these.
    """

    runs: int
    seconds: float
    unknown: int


def lacking(ledger: Ledger, dataset: str, rules: str, at_once: int, backend: str = "cupy") -> Lacking:
    """What is still to be run of the CNN of a data set.

    ledger: the records that are there.
    dataset: by name.
    rules: with commas.
    at_once: how many runs.
    backend: whose records tell the time; a processor's seconds say nothing of a device's.
    Raises LedgerError for a file in the ledger that is no record.
    """
    cells = [cell.as_written() for cell in registry.plan(SCALE).cells(EXPERIMENT)]
    wanted = [cell for cell in cells if cell.final.dataset == dataset and cell.final.rule in rules.split(",")]
    configs = forecast.remaining(wanted, ledger).configs
    costs = forecast.Costs(r for r in ledger.records() if r.backend == backend)
    seconds, unknown = costs.total(configs)
    return Lacking(len(configs), max(seconds / at_once, _longest(costs, configs)), unknown)


def _longest(costs: forecast.Costs, configs: list[Config]) -> float:
    """Seconds of the longest run, which no number at once makes shorter."""
    return max((costs.seconds(config) or 0.0 for config in configs), default=0.0)


def bring_along(ledger: Path, *sources: Path) -> None:
    """Copy the records of CNNs that this ledger lacks, so that no search is made again; the first source counts."""
    ledger.mkdir(parents=True, exist_ok=True)
    for source in sources:
        for record in source.glob("*-cnn-*.json"):
            if not (ledger / record.name).exists():
                shutil.copy2(record, ledger)
