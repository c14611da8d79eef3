"""A sweep by many workers: whatever run can be made now goes to one that is free."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack

from mfnumpy.errors import InvalidValueError, WorkerError
from mfnumpy.paper.ledger.config import Job
from mfnumpy.paper.runs.forecast import remaining
from mfnumpy.paper.runs.plan import Cell
from mfnumpy.paper.runs.sweep import Sweep
from mfnumpy.support.pools import Pool

Running = dict[Future, tuple[Job, ExitStack]]


class SideBySide:
    """Makes all runs that cells lack, as many at once as the pool has workers.

    Every run is claimed before it is handed out and written here when it comes back: a ledger has each run once,
    however many such sweeps work on it, and the workers need not see the ledger's folder.

    sweep: with the ledger, and how a record is made; `sweep.execute` travels to the workers.
    pool: of `mfnumpy.support.pools`.
    shard: (i, n): begin at the i-th of n parts of what is missing, so that n sweeps seldom want the same; i from 0.
    """

    def __init__(self, sweep: Sweep, pool: Pool, shard: tuple[int, int] = (0, 1)):
        self.sweep, self.pool, self.shard = sweep, pool, shard
        self._running: Running = {}
        self._todo: deque[Job] = deque()

    def make(self, cells: Sequence[Cell]) -> None:
        """Make every run; those that another process makes are waited for as long as a search depends on them.

        Raises what a run raises, when those beside it have ended and are written; WorkerError where a worker died.
        """
        try:
            while self._hand_out(cells):
                if self._running:
                    for future in wait(self._running, return_when=FIRST_COMPLETED).done:
                        self._keep(future)
                else:
                    time.sleep(self.sweep.poll_seconds)
        except Exception:
            self._end_well()
            raise
        finally:
            for future, (_, claim) in self._running.items():
                future.cancel()
                claim.close()
            self._running.clear()

    def _hand_out(self, cells: Sequence[Cell]) -> bool:
        """Give every free worker a run. Returns whether there is anything to wait for."""
        claimed = searching = False
        if not self._todo:
            missing = remaining(cells, self.sweep.ledger)
            self._todo.extend(self._in_order(missing.sure))
            searching = len(missing.sure) < len(missing.now) or bool(missing.later)
        planned = len(self._todo)
        while self._todo and len(self._running) < self.pool.workers:
            job, claim = self._todo.popleft(), ExitStack()
            if job in self.sweep.ledger or self.sweep.is_absent(job):
                continue
            mine = claim.enter_context(self.sweep.ledger.claim(job))
            if mine and job not in self.sweep.ledger:
                self._running[self.pool.executor.submit(self.sweep.execute, job)] = (job, claim)
            else:
                claim.close()
                claimed = claimed or not mine
        if self._running or self._todo:
            return True
        return planned > 0 and not (claimed and self.shard != (0, 1) and not searching)

    def _in_order(self, jobs: Sequence[Job]) -> list[Job]:
        """What is not yet running: every first seed before any second, from this shard's place on."""
        running = {job.name for job, _ in self._running.values()}
        possible = [job for job in jobs if job.name not in running and not self.sweep.is_absent(job)]
        left = sorted(possible, key=lambda job: job.seed)
        i, n = self.shard
        start = len(left) * i // n
        return left[start:] + left[:start]

    def _keep(self, future: Future) -> None:
        """Write what a worker made."""
        job, claim = self._running.pop(future)
        with claim:
            try:
                self.sweep.settle(job, future.result)
            except self.pool.lost as error:
                names = ", ".join(sorted([job.name, *(other.name for other, _ in self._running.values())]))
                raise WorkerError(
                    f"A worker died (killed, or out of memory) while these were being made: {names}. "
                    "What had ended is in the ledger; the same command goes on from there."
                ) from error

    def _end_well(self) -> None:
        """After an error: what is at work is waited for, and what comes of it is written."""
        for future in [future for future in self._running if not future.cancel()]:
            job, claim = self._running.pop(future)
            with claim:
                if future.exception() is None:
                    self.sweep.settle(job, future.result)


ARRAYS = (
    ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP"),
    ("SGE_TASK_ID", "SGE_TASK_FIRST", "SGE_TASK_LAST", "SGE_TASK_STEPSIZE"),
    ("LSB_JOBINDEX", "", "LSB_JOBINDEX_END", "LSB_JOBINDEX_STEP"),
)
"""What schedulers of job arrays (Slurm, Grid Engine, LSF) put into the environment: a task's number, the first number,
the last, and the step between them. First and step are 1 where nothing says otherwise."""


def read_shard(text: str, environment: Mapping[str, str]) -> tuple[int, int]:
    """The part of --shard: "2/8" is the third of eight, counted from 0; "auto" reads the scheduler's job array.

    text: as it was given.
    environment: the process's variables.
    Raises InvalidValueError for anything else, and for "auto" outside a job array.
    """
    if text == "auto":
        text = _of_the_array(environment)
    i, slash, n = text.partition("/")
    if not (slash and i.isdecimal() and n.isdecimal()):
        raise InvalidValueError(f"--shard must be i/n, such as 0/4, or auto; got {text!r}.")
    if not int(i) < int(n):
        raise InvalidValueError(f"--shard {text}: the parts of {n} are counted from 0 to {max(int(n) - 1, 0)}.")
    return int(i), int(n)


def _of_the_array(environment: Mapping[str, str]) -> str:
    """This task's part as "i/n"."""
    for names in ARRAYS:
        if names[0] in environment and names[2] in environment:
            values = [environment.get(name) or "1" for name in names]
            if not all(value.isdecimal() for value in values) or values[3] == "0":
                told = ", ".join(f"{name}={environment[name]}" for name in names if name in environment)
                raise InvalidValueError(f"--shard auto: these are no numbers of a job array: {told}.")
            task, first, last, step = map(int, values)
            return f"{(task - first) // step}/{(last - first) // step + 1}"
    known = ", ".join(names[0] for names in ARRAYS)
    raise InvalidValueError(
        f"--shard auto: no job array is here (expected {known} and the array's last number in the environment). "
        "Give the part as i/n, from 0/n on."
    )
