"""Pools: who does independent pieces of work, in this process, in others, on a Dask cluster or on MPI's ranks.

All are executors of the standard library's `concurrent.futures`, so whoever hands out the work need not know which.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from mfnumpy.errors import InvalidValueError, MissingLibraryError, WorkerError
from mfnumpy.support.jobs import apart, begin_worker
from mfnumpy.support.optional import require
from mfnumpy.support.validate import integer

T = TypeVar("T")
EXTRA = "cluster"
PATIENCE = "10s"
"""How long a scheduler has to answer."""


class Pool(NamedTuple):
    """Where pieces of work go.

    executor: takes them.
    workers: how many pieces it does at once.
    lost: the errors of a piece whose worker died.
    """

    executor: Executor
    workers: int
    lost: tuple[type[BaseException], ...] = (BrokenExecutor, CancelledError)


def in_pool(
    work: Callable[..., T], pieces: Sequence[tuple[Any, ...]], pool: Pool, threads: int
) -> Generator[T, None, None]:
    """Yield work(*piece) for each piece, as it ends; what `jobs.side_by_side` does, by a pool.

    work, pieces: they travel to other processes, so they must be picklable (by cloudpickle).
    pool: who does it, as many at once as it has workers.
    threads: of BLAS, for each piece.
    Raises whatever `work` raises, WorkerError where a worker died; what has not begun is then given up.
    """
    left, running = deque(pieces), set[Future]()
    try:
        while left or running:
            while left and len(running) < pool.workers:
                running.add(pool.executor.submit(apart, work, threads, left.popleft()))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    result = future.result()
                except pool.lost as error:
                    raise WorkerError(
                        "A worker died (killed, or out of memory), or the scheduler went away, while runs were made. "
                        "What had ended is kept; see to the cluster, and give the command again."
                    ) from error
                yield result
    finally:
        for future in running:
            future.cancel()


class Here(Executor):
    """An executor without any other process: a piece is done when it is handed in."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """The finished future of a call; KeyboardInterrupt goes on its way.

        fn: what is called.
        args, kwargs: its arguments.
        """
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def here() -> Iterator[Pool]:
    """One piece after the other, in this process."""
    yield Pool(Here(), 1, ())


@contextmanager
def processes(jobs: int) -> Iterator[Pool]:
    """So many processes on this machine (joblib's loky); they end with the block, at once if it is broken off.

    Raises InvalidValueError for fewer than one, MissingLibraryError without joblib.
    """
    jobs = integer("--jobs", jobs, 1)
    require("joblib")
    loky = require("joblib.externals.loky")
    executor = loky.ProcessPoolExecutor(max_workers=jobs, initializer=begin_worker, initargs=(os.getpid(),))
    ended = False
    try:
        yield Pool(executor, jobs)
        ended = True
    finally:
        executor.shutdown(wait=True, kill_workers=not ended)


@contextmanager
def cluster(address: str) -> Iterator[Pool]:
    """The workers of a Dask cluster, by its scheduler's address ("tcp://host:8786"); each thread of one is a worker.

    Raises InvalidValueError where no scheduler answers or it has no workers, MissingLibraryError without distributed.
    """
    distributed = _of_the_extra("distributed")
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InvalidValueError(
            f"--cluster: no Dask scheduler answers at {address!r} ({type(error).__name__}). "
            "Start one with `dask scheduler`, and workers with `dask worker ADDRESS`."
        ) from error
    with client:
        workers = sum(client.nthreads().values())
        if workers == 0:
            raise InvalidValueError(
                f"--cluster: the scheduler at {address!r} has no workers. Start one with `dask worker {address}`."
            )
        yield Pool(client.get_executor(pure=False), workers, (BrokenExecutor, CancelledError, distributed.KilledWorker))


@contextmanager
def own_cluster(workers: int) -> Iterator[Pool]:
    """A Dask cluster on this machine, of so many processes, which ends with the block; to try one, and to measure it.

    Raises MissingLibraryError without distributed.
    """
    distributed = _of_the_extra("distributed")
    options = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as local, cluster(local.scheduler_address) as pool:
        yield pool


@contextmanager
def ranks() -> Iterator[Pool | None]:
    """The ranks of `mpiexec -n K`: rank 0 gets the pool of the K - 1 others, and they get None, when all is done.

    With one rank alone its own process does the work. Raises MissingLibraryError without mpi4py and an MPI.
    """
    futures, world = _of_the_extra("mpi4py.futures"), mpi().COMM_WORLD
    if world.size == 1:
        with here() as alone:
            yield alone
        return
    with futures.MPICommExecutor(world, root=0) as executor:
        yield None if executor is None else Pool(executor, world.size - 1)


def mpi() -> Any:
    """mpi4py's module of MPI, which its first import starts. Raises MissingLibraryError without mpi4py and an MPI."""
    return _of_the_extra("mpi4py.MPI")


def _of_the_extra(module: str) -> Any:
    """A module of the extra. mpi4py without an MPI library fails with RuntimeError."""
    try:
        return require(module, EXTRA)
    except RuntimeError as error:
        raise MissingLibraryError(
            f"This needs an MPI library, and {module} finds none ({error}). "
            f"Install one with: pip install 'mfnumpy[{EXTRA}]'"
        ) from error
