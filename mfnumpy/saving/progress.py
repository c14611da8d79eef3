"""How far a training run has come, and what it leaves behind."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class History:
    """What a run left behind.

    epochs: one dict each (loss by block, accuracies), to the bit the same for the same seed.
    seconds: wall-clock time of each epoch's training, without evaluation.
    ran_with: engine, threads and kernels, on which the last bits depend; one more where a resumed run had others.
    """

    epochs: list[dict]
    seconds: list[float]
    ran_with: list[dict] = field(default_factory=list)


@dataclass
class Progress:
    """Where a run stands, to the batch; with the arrays it is all that a resumed run needs.

    phase: 0, or the index of the block in turn.
    epoch, batch: how many of this phase, and of this epoch, are done.
    losses: of the current epoch, summed over its rows so far.
    best, stale: the best validation accuracy of this phase, and for how many epochs it has stood.
    epochs, seconds: the history so far.
    elapsed: seconds spent in the current epoch.
    ran_with: engine, threads and kernels, by the epoch from which on they were in use.
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
    ran_with: list[dict] = field(default_factory=list)

    def note_conditions(self, conditions: dict) -> None:
        """Add engine, threads and kernels to `ran_with`, unless they are still those of its last entry."""
        last = {} if not self.ran_with else self.ran_with[-1]
        if {key: value for key, value in last.items() if key != "from_epoch"} != conditions:
            self.ran_with.append({"from_epoch": len(self.epochs) + 1} | conditions)

    @classmethod
    def from_json(cls, values: Any) -> Progress:
        """Rebuild from what `asdict` gave. Raises ValueError if a field is missing, unknown or of another type."""
        fresh = cls()
        if isinstance(values, dict):
            values = {"ran_with": []} | values  # which checkpoints of earlier versions do not state
        if not isinstance(values, dict) or set(values) != {f.name for f in fields(cls)}:
            raise ValueError("its progress has other fields than this version writes")
        for name, value in values.items():
            expected = type(getattr(fresh, name))
            if type(value) is not expected or (expected is int and value < 0):
                raise ValueError(f"its progress says {name} = {value!r}")
        return cls(**values)

    def check_place(self, settings: dict) -> None:
        """Check that a run with these settings reaches this place. Raises ValueError."""
        rows = settings["rows"]
        batches = math.ceil(rows / (settings["batch_size"] or rows))
        for name, value, most in (
            ("phase", self.phase, len(settings["phases"])),
            ("epoch", self.epoch, settings["epochs"]),
            ("batch", self.batch, batches),
        ):
            if value > most:
                raise ValueError(f"its progress says {name} = {value}, and there are only {most}")
        if not all(type(v) is float for v in [*self.losses.values(), *self.seconds]):
            raise ValueError("its progress holds losses or seconds that are no numbers")
        if not is_finite(asdict(self)):
            raise ValueError("its progress holds a number that is not finite")
        if not all(isinstance(conditions, dict) for conditions in self.ran_with):
            raise ValueError("its progress does not say what it ran with")


def is_finite(value: Any) -> bool:
    """Whether all numbers in JSON values are finite ones; 1e999 is read as infinite."""
    if isinstance(value, dict | list):
        return all(map(is_finite, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) or math.isfinite(value)
