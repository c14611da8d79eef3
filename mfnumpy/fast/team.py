"""A team of threads that walk through the same function side by side and meet where they need each other's results.

NumPy lets go of Python's interpreter lock inside matrix products and long elementwise loops, so threads that spend
their time there run at once. Inside a team BLAS is held to one thread: the split is the team's own.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from contextlib import ExitStack
from queue import SimpleQueue
from types import TracebackType

from mfnumpy.errors import InvalidValueError, no_float_warnings
from mfnumpy.optional import require

Task = Callable[[int], None]


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shares(total: int, n: int) -> list[slice]:
    """Cut range(total) into n slices whose lengths differ by at most one."""
    edges = [total * i // n for i in range(n + 1)]
    return [slice(low, high) for low, high in itertools.pairwise(edges)]


class Team:
    """n workers, one of them the caller's own thread. Use it in a `with` block; the threads end with the block.

    size: how many workers, None for one per core. Raises InvalidValueError for a size below 1, MissingLibraryError
    where threadpoolctl, which holds BLAS to one thread, is not installed.
    """

    def __init__(self, size: int | None = None):
        self.size = cores() if size is None else size
        if isinstance(self.size, bool) or not isinstance(self.size, int) or self.size < 1:
            raise InvalidValueError(f"A team needs an integer >= 1 of threads; got {size!r}.")
        self._barrier = threading.Barrier(self.size)
        self._tasks: list[SimpleQueue[Task | None]] = [SimpleQueue() for _ in range(self.size)]
        self._done: SimpleQueue[None] = SimpleQueue()
        self._error: BaseException | None = None
        self._threads: list[threading.Thread] = []
        self._stack = ExitStack()

    def __enter__(self) -> Team:
        self._stack.enter_context(require("threadpoolctl").threadpool_limits(1, user_api="blas"))
        self._threads = [
            threading.Thread(target=self._serve, args=(i,), name=f"mfnumpy-{i}", daemon=True)
            for i in range(1, self.size)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for i, thread in enumerate(self._threads, start=1):
            self._tasks[i].put(None)
            thread.join()
        self._threads = []
        self._stack.close()

    def run(self, task: Task) -> None:
        """Call task(i) in every worker i at once; return when all are done. Raises the first worker's error."""
        self._error = None
        for tasks in self._tasks[1:]:
            tasks.put(task)
        self._work(0, task)
        for _ in range(1, self.size):
            self._done.get()
        if self._error is not None:
            self._barrier.reset()
            raise self._error

    def meet(self) -> None:
        """Inside a task: wait until every worker has come here."""
        if self.size > 1:
            self._barrier.wait()

    def _serve(self, i: int) -> None:
        while (task := self._tasks[i].get()) is not None:
            self._work(i, task)
            self._done.put(None)

    def _work(self, i: int, task: Task) -> None:
        try:
            with no_float_warnings():
                task(i)
        except threading.BrokenBarrierError:
            pass  # another worker failed and sent everybody home; its error is the one to be raised
        except BaseException as error:
            self._error = self._error or error
            self._barrier.abort()
