"""Many tiny runs by one process and by several: what handing them out costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

import numpy as np

from mfnumpy import engines, rules
from mfnumpy.network import mlp
from mfnumpy.support import pools
from mfnumpy.support.pools import Pool
from mfnumpy.support.seeding import stream
from mfnumpy.support.threads import blas_threads

RUNS = 200
EPOCHS = 8


@dataclass(frozen=True)
class Result:
    """Wall-clock seconds of RUNS tiny runs, the median over rounds; pools are started before the clock.

    way: who made them.
    workers: how many at once.
    alone: seconds by this process alone.
    seconds: by the workers.
    rounds: how many were timed.
    """

    way: str
    workers: int
    alone: float
    seconds: float
    rounds: int

    @property
    def overhead(self) -> float:
        """Milliseconds of a worker's time that a run costs more than alone."""
        return (self.seconds * self.workers - self.alone) / RUNS * 1e3

    def line(self) -> str:
        """One line for a table."""
        return (
            f"{RUNS} runs of {self.alone / RUNS * 1e3:.0f} ms: alone {self.alone:.2f} s, {self.way} with "
            f"{self.workers} workers {self.seconds:.2f} s, {self.alone / self.seconds:.2f} times as fast; "
            f"{self.overhead:.1f} ms more of a worker's time for each run"
        )


def tiny(seed: int) -> float:
    """One run: Mono-Forward on 400 random rows, on one thread. Returns the last loss, which the seed alone decides."""
    rng = stream(seed, "bench")
    x, y = rng.random((400, 64), dtype=np.float32), rng.integers(0, 10, 400)
    net, rule = mlp(64, [48, 40], seed=seed), rules.make("mf")
    rule.start(net, 10, seed)
    with blas_threads(1, needed=True), engines.trainer(net, rule, threads=1, epochs=EPOCHS, batch_size=32) as trainer:
        return trainer.fit(x, y).epochs[-1]["loss"]["block2"]


def ways(workers: int) -> dict[str, Callable[[], AbstractContextManager[Pool]]]:
    """Who makes the runs, by name; a Dask cluster on this machine where distributed is installed."""
    found: dict[str, Callable[[], AbstractContextManager[Pool]]] = {
        "joblib's processes": partial(pools.processes, workers)
    }
    try:
        import distributed  # noqa: F401
    except ImportError:
        return found
    return found | {"a Dask cluster": partial(pools.own_cluster, workers)}


def measure(way: str, workers: int, rounds: int) -> Result:
    """Time the runs by this process and by a pool in alternating rounds. Raises ValueError if their losses differ.

    way: a key of `ways`.
    workers: how many at once.
    rounds: how many are timed.
    """
    alone, together = [], []
    with ways(workers)[way]() as pool:
        _run(pool, 2 * workers)  # every worker has imported what it needs
        for _ in range(rounds):
            start = time.perf_counter()
            expected = [tiny(seed) for seed in range(RUNS)]
            alone.append(time.perf_counter() - start)
            start = time.perf_counter()
            found = _run(pool, RUNS)
            together.append(time.perf_counter() - start)
            if found != expected:
                raise ValueError(f"{way}: the runs have other losses than by this process alone")
    return Result(way, workers, statistics.median(alone), statistics.median(together), rounds)


def _run(pool: Pool, runs: int) -> list[float]:
    """The losses of so many runs, handed out as a sweep does: a new one for each worker that has become free."""
    losses: dict[int, float] = {}
    running: dict[Future, int] = {}
    for seed in range(runs):
        if len(running) >= pool.workers:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                losses[running.pop(future)] = future.result()
        running[pool.executor.submit(tiny, seed)] = seed
    losses |= {seed: future.result() for future, seed in running.items()}
    return [losses[seed] for seed in range(runs)]
