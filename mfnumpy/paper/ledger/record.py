"""One finished run, as it is written into the ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from mfnumpy.paper.ledger.config import key_of

FORMAT = "mfnumpy-record-1"


@dataclass(frozen=True)
class Record:
    """One finished run.

    config, key, seed: what was run.
    history: one dict per epoch, to the bit the same when repeated.
    result: what tables read.
    seconds, epoch_seconds: of the whole run, and of training alone by epoch.
    peak_bytes: of one training step, None where it was not measured.
    code, environment: what it ran with.
    finished: UTC.
    """

    config: dict[str, Any]
    seed: int
    history: list[dict[str, Any]]
    result: dict[str, Any]
    seconds: float
    epoch_seconds: list[float] = field(default_factory=list)
    peak_bytes: int | None = None
    code: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    finished: str = ""

    @property
    def key(self) -> str:
        """The hash of the configuration."""
        return key_of(self.config)

    @property
    def backend(self) -> str:
        """The array library that it ran on; NumPy where an old record names none."""
        return str(self.environment.get("backend", "numpy"))

    @property
    def on_device(self) -> bool:
        """Whether it ran on a GPU, whose seconds are not those of a processor."""
        return self.backend != "numpy"

    @property
    def diverged(self) -> bool:
        """Whether a training run's loss or scores became NaN or infinite; its history ends before."""
        return "diverged" in self.result

    def to_json(self) -> str:
        """The text of the record's file: floats in full, so that reading it gives the same bits."""
        body = {"format": FORMAT, "key": self.key} | self.__dict__
        return json.dumps(body, indent=None, allow_nan=False, sort_keys=True).replace('"epoch":', '\n"epoch":') + "\n"
