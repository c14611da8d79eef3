"""The ledger: a folder with one JSON file per finished run.

A record is written once, atomically, and never changed. Whoever works on a run holds a lock on its claim file, which
the operating system releases when the process ends, however it ends: so a killed sweep loses the run in progress
and nothing else, and two sweeps may share a folder.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mfnumpy.errors import InvalidValueError
from mfnumpy.paper.ledger.config import Config, Job, Measurement
from mfnumpy.paper.ledger.reading import LedgerError, read
from mfnumpy.paper.ledger.record import Record
from mfnumpy.support import locks
from mfnumpy.support.files import atomic_write, make_folder, sweep


class Ledger:
    """A folder of records. `claim` guards the making of one."""

    def __init__(self, folder: str | os.PathLike):
        self.folder = Path(folder)
        self._read: dict[Path, tuple[tuple[int, ...], Record]] = {}

    def path(self, job: Job) -> Path:
        """Where the record of this job is or will be."""
        return self.folder / f"{job.name}.json"

    def __contains__(self, job: Job) -> bool:
        return self._file(job) is not None

    def _file(self, job: Job) -> Path | None:
        """Where a record of this job is, by the engine that it names or else by the other; None if it is nowhere."""
        return next((path for way in job.ways if (path := self.path(way)).exists()), None)

    def get(self, job: Job) -> Record | None:
        """The record of this job (see `Job.ways`), or None. Raises LedgerError if the file holds something else."""
        path = self._file(job)
        if path is None:
            return None
        record = self._record(path)
        if not path.stem.endswith(f"{record.key}-s{record.seed}"):
            raise LedgerError(f"{path} holds another run: {record.key}, seed {record.seed}. Move it out of the ledger.")
        return record

    def records(self) -> list[Record]:
        """All records, by file name. Raises LedgerError at the first file that is none."""
        paths = sorted(p for p in self.folder.glob("*.json") if not p.name.startswith("."))
        return [self._record(p) for p in paths]

    def _record(self, path: Path) -> Record:
        """The record in a file, read again only if the file has changed: a plan asks for the same one many times."""
        try:
            found = path.stat()
        except OSError:
            return read(path)  # which says what is wrong
        state = (found.st_mtime_ns, found.st_size, found.st_ino)
        if self._read.get(path, ((),))[0] != state:
            self._read[path] = (state, read(path))
        return self._read[path][1]

    def notes(self) -> str:
        """What whoever made these runs wrote beside them, in NOTES.md: Markdown for the results page; "" without it.

        Raises LedgerError if it cannot be read.
        """
        path = self.folder / "NOTES.md"
        try:
            return path.read_text(encoding="utf-8").strip() if path.exists() else ""
        except (OSError, UnicodeError) as error:
            raise LedgerError(f"{path} cannot be read ({error}). Write it as UTF-8 text.") from error

    def of(self, config: Config | Measurement, seeds: range | list[int] | None = None) -> list[Record]:
        """The records of one configuration, by seed; of these seeds only, or of all that there are."""
        wanted = self._seeds(config) if seeds is None else seeds
        return [r for seed in sorted(wanted) if (r := self.get(Job(config, seed))) is not None]

    def find(self, name: str) -> Record:
        """The one record whose file name contains this text, or ends with it, if that is more than one.

        Raises InvalidValueError if none or several do.
        """
        paths = [p for p in sorted(self.folder.glob("*.json")) if name in p.stem]
        if len(paths) > 1:  # "...-s1" is in "...-s10" as well
            paths = [p for p in paths if p.stem.endswith(name)] or paths
        if len(paths) != 1:
            some = ", ".join(p.stem for p in paths[:4])
            raise InvalidValueError(
                f"{len(paths)} records in {self.folder} have {name!r} in their name{': ' + some if some else ''}. "
                "Give a hash and a seed as in a file name, e.g. 0123456789ab-s0."
            )
        return read(paths[0])

    def write(self, job: Job, record: Record) -> None:
        """Write the record of this job, atomically. Raises OutputError if it cannot be written."""
        self.keep(job.name, record, record.to_json().encode())

    def keep(self, name: str, record: Record, text: bytes) -> None:
        """Write a record's file, atomically; a note that its data set could not be had has then had its time.

        name: of the file, without its ending.
        record: what `text` says.
        text: of the file.
        Raises OutputError if it cannot be written.
        """
        with atomic_write(self.folder / f"{name}.json") as file:
            file.write(text)
        for path in self._noted():
            if path.stem == record.config.get("dataset"):
                with suppress(OSError):  # `absent` passes over it all the same
                    path.unlink()

    def note_absent(self, dataset: str, why: str) -> None:
        """Write down that a data set could not be had here, so that tables can say "not run here".

        Nothing is noted where the ledger holds a run of it, made where its files are. Raises as `absent`.
        """
        if self._has_run_of(dataset):
            return
        with atomic_write(self.folder / "absent" / f"{dataset}.json", "w") as file:
            json.dump({"dataset": dataset, "why": why}, file)

    def absent(self) -> list[str]:
        """The data sets that could not be had, and of which the ledger holds no run. Raises LedgerError."""
        return [path.stem for path in self._noted() if not self._has_run_of(path.stem)]

    def _noted(self) -> list[Path]:
        """The notes on data sets, by name."""
        return sorted(p for p in (self.folder / "absent").glob("*.json") if re.fullmatch(r"[\w.-]+", p.stem))

    def _has_run_of(self, dataset: str) -> bool:
        """Whether a training run on a data set is here; another one's name may begin with the same word."""
        return any(self._record(p).config.get("dataset") == dataset for p in self.folder.glob(f"{dataset}-*.json"))

    @contextmanager
    def claim(self, job: Job) -> Iterator[bool]:
        """Hold the right to make this job's record: True inside the block, or False if another process has it.

        A claim whose process has crashed counts for nothing: its lock was released with it.
        """
        path = make_folder(self.folder / "claims") / f"{job.name}.claim"
        file = locks.acquire(path)
        try:
            if file is not None:  # what a killed predecessor may have left of a half-written record
                sweep(self.folder, f".{job.name}.json.")
            yield file is not None
        finally:
            if file is not None:
                locks.release(file, path)

    def sweep_claims(self) -> None:
        """Remove the claims that killed processes have left of records that are there, which nobody claims any more."""
        for path in (self.folder / "claims").glob("*.claim"):
            if (self.folder / f"{path.stem}.json").exists():
                with suppress(OSError):  # held by whoever has just written the record
                    locks.remove_unlocked(os.fspath(path))

    def claimed_by(self, job: Job) -> str:
        """Who works on this job, as far as its claim says; for messages only."""
        return locks.owner(self.folder / "claims" / f"{job.name}.claim")

    def _seeds(self, config: Config | Measurement) -> list[int]:
        """By the names of files; a copy such as "...-s0 (1).json" is nobody's record."""
        ways = [way.config for way in Job(config, 0).ways]
        names = [p.name for way in ways for p in self.folder.glob(f"{way.label}-{way.key}-s*.json")]
        return list({int(found[1]) for name in names if (found := re.search(r"-s(\d+)\.json$", name))})
