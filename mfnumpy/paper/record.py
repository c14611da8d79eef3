"""One finished run, as it is written into the ledger, and what must hold of it before a table may read it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from mfnumpy.errors import CheckpointError
from mfnumpy.paper import soundness
from mfnumpy.paper.config import key_of

FORMAT = "mfnumpy-record-1"


class LedgerError(CheckpointError):
    """A record in the ledger is not what its name says."""


@dataclass(frozen=True)
class Record:
    """One finished run.

    config, key, seed: what was run. history: one dict per epoch, to the bit the same when repeated. result: what
    tables read. epoch_seconds, seconds: training alone, and the whole run. peak_bytes: of one training step.
    code, environment: what it ran with. finished: UTC.
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
    def diverged(self) -> bool:
        """Whether a training run's loss or scores became NaN or infinite; its history ends before."""
        return "diverged" in self.result

    def to_json(self) -> str:
        """The text of the record's file: floats in full, so that reading it gives the same bits."""
        body = {"format": FORMAT, "key": self.key} | self.__dict__
        return json.dumps(body, indent=None, allow_nan=False, sort_keys=True).replace('"epoch":', '\n"epoch":') + "\n"

    @classmethod
    def from_json(cls, text: str, where: str) -> Record:
        """Read what `to_json` wrote. Raises LedgerError for anything else, or if the key does not fit."""
        try:
            body = json.loads(text, parse_constant=_no_number)
            if body.pop("format") != FORMAT:
                raise ValueError("another format")
            key = body.pop("key")
            record = cls(**body)
            soundness.check(record)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
            raise LedgerError(f"{where} is not a record of mfnumpy ({error}). Move it out of the ledger.") from error
        if record.key != key:
            raise LedgerError(
                f"{where}: its configuration hashes to {record.key}, but it says {key}. It was edited by hand; "
                "delete it, and the run will be made again."
            )
        return record


def read(path: Path) -> Record:
    """The record in a file. Raises LedgerError if it cannot be read or holds something else."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise LedgerError(f"{path} cannot be read ({error}). Move it out of the ledger.") from error
    return Record.from_json(text, str(path))


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"it holds {text}")
