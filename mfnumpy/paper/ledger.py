"""The ledger: a folder with one JSON file per finished run.

A record is written once, atomically, and never changed. Whoever works on a run holds a lock on its claim file, which
the operating system releases when the process ends, however it ends: so a killed sweep loses the run in progress
and nothing else, and two sweeps may share a folder.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from mfnumpy.errors import CheckpointError, InvalidValueError
from mfnumpy.files import atomic_write, make_folder
from mfnumpy.paper.config import Config, Job, Measurement, key_of

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

    def to_json(self) -> str:
        """The text of the record's file: floats in full, so that reading it gives the same bits."""
        body = {"format": FORMAT, "key": self.key} | self.__dict__
        return json.dumps(body, indent=None, allow_nan=False, sort_keys=True).replace('"epoch":', '\n"epoch":') + "\n"

    @classmethod
    def from_json(cls, text: str, where: str) -> Record:
        """Read what `to_json` wrote. Raises LedgerError for anything else, or if the key does not fit."""
        try:
            body = json.loads(text)
            if body.pop("format") != FORMAT:
                raise ValueError("another format")
            key = body.pop("key")
            record = cls(**body)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LedgerError(f"{where} is not a record of mfnumpy ({error}). Move it out of the ledger.") from error
        if record.key != key:
            raise LedgerError(
                f"{where}: its configuration hashes to {record.key}, but it says {key}. It was edited by hand; "
                "delete it, and the run will be made again."
            )
        return record


class Ledger:
    """A folder of records. `claim` guards the making of one."""

    def __init__(self, folder: str | os.PathLike):
        self.folder = Path(folder)

    def path(self, job: Job) -> Path:
        """Where the record of this job is or will be."""
        return self.folder / f"{job.name}.json"

    def __contains__(self, job: Job) -> bool:
        return self.path(job).exists()

    def get(self, job: Job) -> Record | None:
        """The record of this job, or None. Raises LedgerError if the file holds something else."""
        try:
            text = self.path(job).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        record = Record.from_json(text, str(self.path(job)))
        if record.key != job.config.key or record.seed != job.seed:
            raise LedgerError(f"{self.path(job)} holds another run: {record.key}, seed {record.seed}.")
        return record

    def records(self) -> list[Record]:
        """All records, by file name. Raises LedgerError at the first file that is none."""
        paths = sorted(p for p in self.folder.glob("*.json") if not p.name.startswith("."))
        return [Record.from_json(p.read_text(encoding="utf-8"), str(p)) for p in paths]

    def of(self, config: Config | Measurement, seeds: range | list[int] | None = None) -> list[Record]:
        """The records of one configuration, by seed; of these seeds only, or of all that there are."""
        if seeds is None:
            found = [Record.from_json(p.read_text(encoding="utf-8"), str(p)) for p in self._paths(config)]
        else:
            found = [r for seed in seeds if (r := self.get(Job(config, seed))) is not None]
        return sorted(found, key=lambda r: r.seed)

    def find(self, name: str) -> Record:
        """The one record whose file name contains this text. Raises InvalidValueError if none or several do."""
        paths = [p for p in sorted(self.folder.glob("*.json")) if name in p.stem]
        if len(paths) != 1:
            some = ", ".join(p.stem for p in paths[:4])
            raise InvalidValueError(
                f"{len(paths)} records in {self.folder} have {name!r} in their name{': ' + some if some else ''}. "
                "Give a hash and a seed as in a file name, e.g. 0123456789ab-s0."
            )
        return Record.from_json(paths[0].read_text(encoding="utf-8"), str(paths[0]))

    def write(self, job: Job, record: Record) -> None:
        """Write the record of this job, atomically. Raises OutputError if it cannot be written."""
        with atomic_write(self.path(job), "w") as file:
            file.write(record.to_json())

    def note_absent(self, dataset: str, why: str) -> None:
        """Write down that a data set could not be had here, so that tables can say "not run here"."""
        with atomic_write(self.folder / "absent" / f"{dataset}.json", "w") as file:
            json.dump({"dataset": dataset, "why": why}, file)

    def absent(self) -> list[str]:
        """The data sets that could not be had, and of which the ledger holds no run."""
        noted = sorted(p.stem for p in (self.folder / "absent").glob("*.json"))
        return [name for name in noted if not any(self.folder.glob(f"{name}-*.json"))]

    @contextmanager
    def claim(self, job: Job) -> Iterator[bool]:
        """Hold the right to make this job's record: True inside the block, or False if another process has it.

        A claim whose process has died counts for nothing: its lock went with it.
        """
        path = make_folder(self.folder / "claims") / f"{job.name}.claim"
        file = _lock(path)
        try:
            if file is not None:  # what a killed predecessor may have left of a half-written record
                for piece in self.folder.glob(f".{job.name}.json.*.part"):
                    piece.unlink(missing_ok=True)
            yield file is not None
        finally:
            if file is not None:
                with suppress(OSError):
                    path.unlink()  # while it is still locked: nobody can have taken it meanwhile
                file.close()

    def claimed_by(self, job: Job) -> str:
        """Who works on this job, as far as its claim says; for messages only."""
        try:
            return (self.folder / "claims" / f"{job.name}.claim").read_text(encoding="utf-8").strip()
        except OSError:
            return "another process"

    def _paths(self, config: Config | Measurement) -> list[Path]:
        return sorted(self.folder.glob(f"{config.label}-{config.key}-s*.json"))


def _lock(path: Path) -> IO[str] | None:
    """The claim file, locked and signed; or None if another process holds it."""
    while True:
        file = open(path, "a+", encoding="utf-8")  # noqa: SIM115  (it stays open while the claim is held)
        if not _try_lock(file):
            file.close()
            return None
        # The file may have been removed by its last owner between open and lock: then this lock guards nothing.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                file.truncate(0)
                file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
                file.flush()
                return file
        file.close()


try:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

except ImportError:  # Windows: it has no flock, and does not let a locked file be removed, which is as good
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
