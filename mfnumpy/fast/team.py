"""A team of threads that walk through the same function side by side and meet where they need each other's results.

NumPy releases the GIL inside matrix products and long elementwise loops, so threads that spend their time there run
at once. Inside a team BLAS is held to one thread: the split is the team's own.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from contextlib import ExitStack
from queue import SimpleQueue
from types import TracebackType

from mfnumpy.errors import InvalidValueError, no_float_warnings
from mfnumpy.support.threads import blas_threads, cores
from mfnumpy.support.validate import integer

Task = Callable[[int], None]


def shares(total: int, n: int) -> list[slice]:
    """Cut range(total) into n slices whose lengths differ by at most one."""
    edges = [total * i // n for i in range(n + 1)]
    return [slice(low, high) for low, high in itertools.pairwise(edges)]


class Team:
    """n workers, one of them the caller's own thread. Use it in a `with` block; the threads end with the block.

    size: how many workers, None for one per core. Raises InvalidValueError for a size below 1, MissingLibraryError
    where nothing is installed that holds BLAS to one thread.
    """

    def __init__(self, size: int | None = None):
        self.size = cores() if size is None else integer("A team's number of threads", size, 1)
        self._barrier = threading.Barrier(self.size)
        self._tasks: list[SimpleQueue[Task | None]] = [SimpleQueue() for _ in range(self.size)]
        self._done: SimpleQueue[None] = SimpleQueue()
        self._error: BaseException | None = None
        self._threads: list[threading.Thread] = []
        self._ready = False
        self._stack = ExitStack()

    def __enter__(self) -> Team:
        self._barrier.reset()  # and nothing is left in _done: of an earlier block that was broken off
        self._done = SimpleQueue()
        with ExitStack() as stack:  # a thread that cannot start takes the others, and the limit, with it
            stack.enter_context(blas_threads(1, needed=True))
            stack.callback(self._end)
            for i in range(1, self.size):
                thread = threading.Thread(target=self._serve, args=(i,), name=f"mfnumpy-{i}", daemon=True)
                thread.start()
                self._threads.append(thread)
            self._stack = stack.pop_all()
        self._ready = True
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._ready:
            self._barrier.abort()  # Ctrl-C broke off a run: a worker may wait here for one who was never told to come
        self._ready = False
        self._stack.close()

    def run(self, task: Task) -> None:
        """Call task(i) in every worker i at once; return when all are done. Raises the first worker's error.

        Raises InvalidValueError outside the team's `with` block, inside a task, and once Ctrl-C has broken off a run.
        """
        if not self._ready:
            raise InvalidValueError(
                "This team has no threads that are free: call run inside its `with` block, not inside a task of its "
                "own, nor after Ctrl-C has broken off a run: then make another team."
            )
        self._error, self._ready = None, False
        for tasks in self._tasks[1:]:
            tasks.put(task)
        self._work(0, task)
        for _ in range(1, self.size):
            self._done.get()
        self._ready = True
        if self._error is not None:
            self._barrier.reset()
            raise self._error

    def meet(self) -> None:
        """Inside a task: wait until every worker has come here."""
        if self.size > 1:
            self._barrier.wait()

    def _end(self) -> None:
        """Send the threads home, and wait until they are."""
        threads, self._threads = self._threads, []
        for i in range(1, len(threads) + 1):
            self._tasks[i].put(None)
        for thread in threads:
            thread.join()

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
