"""Where a training run stands, and how it is written to a file and taken up again, to the byte."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy import backend, checkpoint, models
from mfnumpy.backend import Array
from mfnumpy.errors import CheckpointError
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.rules import Rule


@dataclass
class Progress:
    """Where a run stands, to the batch; with the arrays it is all that a resumed run needs.

    phase: 0, or the index of the block in turn. losses: of the current epoch, summed over its rows so far.
    best, stale: the best validation accuracy of this phase, and for how many epochs it has stood.
    epochs, seconds: the history so far. elapsed: seconds spent in the current epoch.
    """

    phase: int = 0
    epoch: int = 0
    batch: int = 0
    losses: dict[str, float] = field(default_factory=dict)
    best: float = -1.0
    stale: int = 0
    epochs: list[dict] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0

    @classmethod
    def from_json(cls, values: Any) -> Progress:
        """Rebuild from what `asdict` gave. Raises ValueError if a field is missing, unknown or of another type."""
        fresh = cls()
        if not isinstance(values, dict) or set(values) != {f.name for f in fields(cls)}:
            raise ValueError("its progress has other fields than this version writes")
        for name, value in values.items():
            expected = type(getattr(fresh, name))
            if type(value) is not expected or (expected is int and value < 0):
                raise ValueError(f"its progress says {name} = {value!r}")
        return cls(**values)


def write(
    path: str | Path,
    net: Network,
    rule: Rule,
    optimiser: Optimiser,
    progress: Progress,
    best: dict[str, Array],
    settings: dict,
    notes: dict,
) -> None:
    """Write a checkpoint: the model, the optimiser's moments, the best parameters so far, and the progress.

    settings: what must be the same for a resumed run to be the same run. Raises OutputError.
    """
    moments, times = optimiser.state()
    arrays = models.arrays(net, rule)
    arrays |= {f"optimiser/{name}": array for name, array in moments.items()}
    arrays |= {f"best/{name}": array for name, array in best.items()}
    run = {"settings": settings, "progress": asdict(progress), "times": times, "notes": notes}
    checkpoint.save(path, arrays, models.describe(net, rule) | run)


def _difference(theirs: Any, ours: Any) -> tuple[str, str]:
    """Both descriptions in words, and of two dicts only what differs."""
    if not (isinstance(theirs, dict) and isinstance(ours, dict)):
        return f"{theirs}", f"{ours}"
    keys = [key for key in {**theirs, **ours} if theirs.get(key) != ours.get(key)]
    words = [", ".join(f"{key} {d.get(key, 'not stated')}" for key in keys) for d in (theirs, ours)]
    return words[0], words[1]


def read(
    path: str | Path, net: Network, rule: Rule, optimiser: Optimiser, settings: dict
) -> tuple[Progress, dict[str, Array]]:
    """Take up a checkpoint into the live network, rule and optimiser; returns the progress and the best parameters.

    Raises CheckpointError, before anything live has changed, if it is broken or belongs to another run.
    """
    stored, description = checkpoint.load(path)
    for key, own in (models.describe(net, rule) | {"settings": settings}).items():
        if description.get(key) != own:
            theirs, ours = _difference(description.get(key), own)
            raise CheckpointError(
                f"{path} belongs to another run. Its {key}: {theirs}. This run's: {ours}. "
                "Give the options of that run, or another place for this one."
            )
    live = models.arrays(net, rule)
    moments, best = _part(stored, "optimiser/"), _part(stored, "best/")
    try:
        progress = Progress.from_json(description["progress"])
        _check_place(progress, settings)
        times = _times(description["times"])
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path} does not say where its run stood: {error}.") from error
    stray = [name for name in stored if "/" in name and name.split("/")[0] not in ("optimiser", "best")]
    if stray:
        raise CheckpointError(f"{path} holds {stray[0]!r}, which no run of mfnumpy writes.")
    learned = rule.parameters(net)
    checkpoint.check_fits(live, models.model_part(stored), "network or rule")
    checkpoint.check_fits({k: learned[k[2:]] for k in moments if k[2:] in learned}, moments, "optimiser")
    checkpoint.check_fits(learned if best else {}, best, "run")
    optimiser.load_state({k: backend.to_device(v) for k, v in moments.items()}, times)
    checkpoint.put(live, models.model_part(stored), "network or rule")
    return progress, {k: backend.to_device(v) for k, v in best.items()}


def _check_place(progress: Progress, settings: dict) -> None:
    """Raises ValueError for a place that a run with these settings never reaches."""
    rows = settings["rows"]
    batches = math.ceil(rows / (settings["batch_size"] or rows))
    for name, value, most in (
        ("phase", progress.phase, len(settings["phases"])),
        ("epoch", progress.epoch, settings["epochs"]),
        ("batch", progress.batch, batches),
    ):
        if value > most:
            raise ValueError(f"its progress says {name} = {value}, and there are only {most}")
    if not all(type(v) is float for v in [*progress.losses.values(), *progress.seconds]):
        raise ValueError("its progress holds losses or seconds that are no numbers")


def _times(values: Any) -> dict[str, int]:
    """The optimiser's time steps. Raises ValueError for anything but whole numbers from 1."""
    if not isinstance(values, dict) or any(type(t) is not int or t < 1 for t in values.values()):
        raise ValueError("its optimiser's time steps are not whole numbers from 1")
    return values


def _part(stored: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in stored.items() if name.startswith(prefix)}
