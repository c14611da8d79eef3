"""The transport by threads: a team takes whatever piece of work is ready."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from mfnumpy.errors import InvalidValueError, no_float_warnings
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.parallel.pipeline import Parcel, Pipeline, Span, Work
from mfnumpy.rules import Rule, Step
from mfnumpy.support.threads import blas_threads, cores
from mfnumpy.support.validate import integer


@dataclass
class _Stage:
    """A block's place in the pipeline: the batches that wait for it, and how much is left to do of the present one."""

    waiting: deque[Parcel] = field(default_factory=deque)
    left: int = 0
    step: Step | None = None


class ThreadPipeline(Pipeline):
    """Threads for the blocks of a network, used in a `with` block. A thread whose block must wait helps the others.

    net, rule, optimiser, only, ahead, spans: as in `Pipeline`.
    threads: how many, None for one per core.
    """

    def __init__(
        self,
        net: Network,
        rule: Rule,
        optimiser: Optimiser,
        *,
        only: Collection[int] | None = None,
        ahead: int = 1,
        threads: int | None = None,
        spans: list[Span] | None = None,
    ):
        super().__init__(net, rule, optimiser, only=only, ahead=ahead, spans=spans)
        self.threads = cores() if threads is None else integer("threads", threads, 1)
        self._stages = [_Stage() for _ in range(max(self.chosen) + 1)]
        self._updates: deque[Work] = deque()
        self._changed = threading.Condition()
        self._closed = True
        self._error: BaseException | None = None
        self._team: list[threading.Thread] = []
        self._stack = ExitStack()

    def __enter__(self) -> ThreadPipeline:
        self._closed, self._error, self.results = False, None, {}  # nothing is left of an earlier block
        self._stages, self._updates = [_Stage() for _ in self._stages], deque()
        with ExitStack() as stack:  # a thread that cannot start takes the others, and the limit, with it
            stack.enter_context(blas_threads(1, needed=True))
            stack.callback(self._end)
            for i in range(self.threads):
                thread = threading.Thread(target=self._serve, name=f"mfnumpy-{i}", daemon=True)
                thread.start()
                self._team.append(thread)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def feed(self, parcel: Parcel) -> None:
        """Hand a batch to the first block, as soon as it may wait there. Raises what a thread raised."""
        with self._changed:
            self._wait(lambda: len(self._stages[0].waiting) < self.ahead)
            self._stages[0].waiting.append(parcel)
            self._changed.notify_all()

    def take(self, number: int) -> list[Step]:
        """Wait until this batch has passed all blocks, and give its Steps. Raises what a thread raised."""
        with self._changed:
            self._wait(lambda: self.complete(number))
            return sorted(self.results.pop(number), key=lambda step: step.block or 0)

    def complete(self, number: int) -> bool:
        """Whether this batch has passed all blocks."""
        return len(self.results.get(number, [])) == len(self.chosen)

    def _wait(self, good: Callable[[], bool]) -> None:
        self._changed.wait_for(lambda: self._closed or good())
        if self._error is not None:
            raise self._error
        if self._closed:
            raise InvalidValueError("This pipeline has no threads: run it inside its `with` block.")

    # -- the threads' side ---------------------------------------------------------------------------------------

    def _serve(self) -> None:
        try:
            with no_float_warnings():
                while (work := self._next()) is not None:
                    work()
        except BaseException as error:
            self._error = self._error or error
            self._close()

    def _next(self) -> Work | None:
        """A piece of work that can be done now; None when there will be no more.

        Updates come first, since their block waits for them, then the highest block that can go on.
        """
        with self._changed:
            while not self._closed:
                if self._updates:
                    return self._updates.popleft()
                for i in reversed(range(len(self._stages))):
                    if self._ready(i):
                        self._stages[i].left = 1
                        batch = self._stages[i].waiting.popleft()
                        self._changed.notify_all()  # there is room before this block again
                        return partial(self._work, i, batch)
                self._changed.wait()
        return None

    def _ready(self, i: int) -> bool:
        room = i + 1 == len(self._stages) or len(self._stages[i + 1].waiting) < self.ahead
        return bool(self._stages[i].waiting) and self._stages[i].left == 0 and room

    def _work(self, i: int, batch: Parcel) -> None:
        """Block i's local step. Its output is handed on before its update, for which nobody above need wait."""
        stage = self._stages[i]
        step, above = self.learn(i, batch)
        updates = self.updates(step, batch.scale, most=2 * self.threads)
        own = [pieces[0] for pieces in updates if len(pieces) == 1]
        shared = [piece for pieces in updates if len(pieces) > 1 for piece in pieces]
        with self._changed:
            if i + 1 < len(self._stages):
                self._stages[i + 1].waiting.append(above)
            stage.step = step
            stage.left = 1 + len(shared)
            self._updates.extend(partial(self._finish, i, batch, piece) for piece in shared)
            self._changed.notify_all()
        self._finish(i, batch, *own)

    def _finish(self, i: int, batch: Parcel, *updates: Work) -> None:
        """Make some of block i's updates; whoever makes the last sets the block free."""
        start, stage = time.perf_counter(), self._stages[i]
        for update in updates:
            update()
        if updates:
            self.note(i, batch, start, "update")
        with self._changed:
            stage.left -= 1
            if stage.left == 0:
                if stage.step is not None:
                    self.results.setdefault(batch.number, []).append(Step(stage.step.block, stage.step.loss, {}))
                stage.step = None
                self._changed.notify_all()

    def _end(self) -> None:
        """Send the threads home, and wait until they are."""
        team, self._team = self._team, []
        self._close()
        for thread in team:
            thread.join()

    def _close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
