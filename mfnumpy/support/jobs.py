"""Independent pieces of work side by side, each in a process of its own: joblib with its default backend, loky."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from mfnumpy.errors import InvalidValueError, WorkerError
from mfnumpy.support.interrupt import SIGNALS
from mfnumpy.support.optional import require
from mfnumpy.support.threads import blas_threads, cores
from mfnumpy.support.validate import integer

T = TypeVar("T")


class Share(NamedTuple):
    """How the machine is divided: so many pieces of work at once, each on so many BLAS threads."""

    jobs: int
    threads: int

    def text(self) -> str:
        """In words: "2 at once, on 1 thread each"."""
        threads = f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        return f"{self.jobs} at once, on {threads} each" if self.jobs > 1 else f"one after the other, on {threads}"


ALONE = Share(jobs=1, threads=1)
"""One after the other, in this process."""


def share_out(pieces: int, jobs: int | None = None, threads: int | None = None, small: bool = True) -> Share:
    """The division of this machine's cores among independent pieces of work; never more threads than cores by itself.

    pieces: how many there are.
    jobs: how many are wanted at once, or None for as many as there are cores.
    threads: for each piece, or None: one, but all cores where the pieces are fewer than cores, and large.
    small: whether a second thread would not pay off for a piece.

    The threads never depend on `jobs`, since the last bits of a result depend on them.
    Raises InvalidValueError for a number below 1, and for jobs and threads that the cores cannot hold.
    """
    n = cores()
    jobs = None if jobs is None else integer("--jobs", jobs, 1)
    each = integer("--threads", threads, 1) if threads is not None else 1 if small else max(1, n // pieces)
    if jobs is not None and jobs > 1 and jobs * each > n:
        raise InvalidValueError(
            f"--jobs {jobs} with {each} thread{'s' if each > 1 else ''} each would keep {jobs * each} cores busy, and "
            f"this process may use {n}. Take --jobs {max(1, n // each)}, or leave it out."
        )
    return Share(jobs or max(1, min(pieces, n // each)), each)


def side_by_side(work: Callable[..., T], pieces: Sequence[tuple[Any, ...]], share: Share) -> Generator[T, None, None]:
    """Yield work(*piece) for each piece, as it ends; in the order of the pieces where share.jobs is 1.

    work, pieces: with more than one job they travel to other processes, so they must be picklable (by cloudpickle).
    share: how many at once, and the BLAS threads of each.
    Raises whatever `work` raises, and KeyboardInterrupt on Ctrl-C; the other processes are then ended, as they are
    when the iterator is closed. Raises WorkerError where one of them was ended from outside.
    Raises MissingLibraryError where joblib is not installed and there is more than one job.
    """
    if share.jobs == 1:
        for piece in pieces:
            with blas_threads(share.threads):
                result = work(*piece)
            yield result
        return
    joblib = require("joblib")
    from joblib.externals.loky.process_executor import BrokenProcessPool

    own = {"initializer": begin_worker, "initargs": (os.getpid(),)}
    with joblib.parallel_config(backend="loky", inner_max_num_threads=share.threads, **own):
        parallel = joblib.Parallel(n_jobs=share.jobs, return_as="generator_unordered", batch_size=1)
        results = parallel(joblib.delayed(apart)(work, share.threads, piece) for piece in pieces)
        try:
            for result in results:
                yield result  # not `yield from`, which would close the results before the warning is switched off
        except BrokenProcessPool as error:
            raise WorkerError(
                "A run's process was ended from outside, as a rule for want of memory. Take fewer at once: --jobs 1."
            ) from error
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # joblib's: whoever breaks off knows that pieces are left
                results.close()


def apart(work: Callable[..., T], threads: int, piece: tuple[Any, ...]) -> T:
    """work(*piece), in another process.

    work: what is called.
    threads: of BLAS.
    piece: its arguments.
    """
    with blas_threads(threads):
        return work(*piece)


def begin_worker(parent: int) -> None:
    """What a process for pieces of work does first: a signal to all is its parent's to answer, whose end is its own.

    parent: the number of the process that started it.
    """
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)

    def watch() -> None:
        """End when another process has become the parent: a killed one ends nobody."""
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def alive(pid: int) -> bool:
    """Whether a process of this machine is there and not dead, as far as can be told from here. pid: its number."""
    if os.name != "posix":  # there, os.kill ends whatever it is asked about
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):  # only Linux says more
        return True
    return state not in "ZX"  # dead, and its parent has not yet asked how it died
