"""Making the runs that are missing, in order of value; resumed by default, shared with other sweeps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from mfnumpy import backend
from mfnumpy.errors import DataError, DownloadError, MissingDataError
from mfnumpy.paper.ledger.config import Config, Job, Measurement
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.record import Record
from mfnumpy.paper.runs import runner
from mfnumpy.paper.runs.measurements import measure
from mfnumpy.paper.runs.plan import Cell
from mfnumpy.paper.runs.search import TUNING_SEED
from mfnumpy.support.threads import blas_threads

Execute = Callable[[Job], Record]


@dataclass
class Outcome:
    """What a sweep did.

    made: runs that it made.
    found: runs that were there already.
    absent: data sets that could not be had, and why.
    """

    made: int = 0
    found: int = 0
    absent: dict[str, str] = field(default_factory=dict)


@dataclass
class Sweep:
    """Makes records in a ledger.

    ledger: where they are written.
    execute: a job -> its record.
    say: is given lines for the person who waits.
    poll_seconds: between two looks at a run that another sweep is making.
    outcome: what was done so far.
    """

    ledger: Ledger
    execute: Execute
    say: Callable[[str], None] = print
    poll_seconds: float = 1.0
    outcome: Outcome = field(default_factory=Outcome)

    def cells(self, cells: Sequence[Cell]) -> Outcome:
        """Every cell's search and first seed, then every second seed, ...: an early stop leaves a whole table."""
        for cell in cells:
            self._search(cell)
            self.jobs(cell.jobs(self.ledger)[:1])
        for seed in range(1, max((cell.seeds for cell in cells), default=0)):
            for cell in cells:
                self.jobs(cell.jobs(self.ledger)[seed : seed + 1])
        return self.outcome

    def _search(self, cell: Cell) -> None:
        """What is missing of a cell's search, and then what follows from it, until nothing does."""
        asked: set[str] = set()
        state = cell.search(self.ledger)
        for config in (*state.searched, *state.finalists):
            self.outcome.found += Job(config, TUNING_SEED) in self.ledger
        while missing := [j for c in state.missing if (j := Job(c, TUNING_SEED)).name not in asked]:
            self.jobs(missing)
            asked |= {job.name for job in missing}  # a data set that cannot be had leaves no record
            state = cell.search(self.ledger)

    def jobs(self, jobs: Iterable[Job]) -> None:
        """Make these records. Those that another process works on are waited for, or made if it crashes."""
        pending = list(jobs)
        while pending:
            claimed = [job for job in pending if not self._settle(job)]
            if len(claimed) == len(pending):
                time.sleep(self.poll_seconds)
            pending = claimed

    def _settle(self, job: Job) -> bool:
        """True once the job's record is there, or cannot be made here; False while another process makes it."""
        if job in self.ledger:
            self.outcome.found += 1
            return True
        if self.is_absent(job):
            return True
        with self.ledger.claim(job) as mine:
            if not mine:
                return False
            if job in self.ledger:  # made between our look and our claim
                self.outcome.found += 1
                return True
            self.settle(job, lambda: self.execute(job))
            return True

    def is_absent(self, job: Job) -> bool:
        """Whether the job's data set could not be had."""
        return _dataset(job) in self.outcome.absent

    def settle(self, job: Job, result: Callable[[], Record]) -> None:
        """Write the record that `result` returns, or note that its data set cannot be had here. Raises as `result`."""
        try:
            record = result()
        except (MissingDataError, DownloadError) as error:  # a broken file is another thing: it ends the sweep
            if not self.is_absent(job):
                self._absent(_dataset(job), error)
            return
        self.ledger.write(job, record)
        self.outcome.made += 1
        self.say(_line(job, record))

    def _absent(self, dataset: str, error: DataError) -> None:
        self.outcome.absent[dataset] = str(error)
        self.ledger.note_absent(dataset, type(error).__name__)
        self.say(f"{dataset}: not run here. {error}")


@dataclass(frozen=True)
class Maker:
    """The `execute` for training runs and measurements; it can travel to another process.

    data_dir, download: as in `data_utils.load`.
    backend: by name; another process does not know what this one uses.
    threads: of BLAS, None for as many as it has.
    """

    data_dir: str | None
    download: bool
    backend: str = "numpy"
    threads: int | None = None

    def __call__(self, job: Job) -> Record:
        """The record of a job, by its kind."""
        with backend.using(self.backend), blas_threads(self.threads):
            if isinstance(job.config, Measurement):
                return measure(job.config, job.seed)
            return runner.execute(job.config, job.seed, self.data_dir, self.download)


def _dataset(job: Job) -> str:
    """The data set that a training run needs; "" of a measurement."""
    return job.config.dataset if isinstance(job.config, Config) else ""


def _line(job: Job, record: Record) -> str:
    what = f"{job.name}: "
    if record.diverged:
        return what + "diverged"
    if "stopped" in record.result:
        stopped = record.result["stopped"]
        shown = ", ".join(f"{mode} {100 * a:.2f}" for mode, a in stopped["test_accuracy"].items())
        what += f"test {shown} % at epoch {stopped['epoch']} of {len(record.history)}, "
    return what + f"{record.seconds:.0f} s"
