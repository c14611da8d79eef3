"""Blocks at work on different batches at once: a team of threads takes whatever piece of work is ready.

Block i's local step for batch t needs block i's parameters after batch t - 1, and the output of block i - 1 for batch
t, which was computed before any update of batch t. The pieces are handed out under exactly these two conditions, so
the result has the same bytes as training one batch after the other. Nothing like this is possible with
backpropagation, where block 1 must wait for an error that has been through all blocks (update locking).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.errors import InvalidValueError, no_float_warnings
from mfnumpy.fast import FastAdam
from mfnumpy.fast.adam import BLOCK
from mfnumpy.fast.team import shares
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.rules import RULES, LocalRule, Rule, Step
from mfnumpy.support.threads import blas_threads, cores
from mfnumpy.support.validate import integer

Work = Callable[[], None]


@dataclass(frozen=True)
class Parcel:
    """What travels from block to block.

    number: of the batch.
    x: (N, ...), the output of the block below.
    y: (N,) integer labels.
    scale: the batch's share of the learning rate.
    """

    number: int
    x: Array
    y: Array
    scale: float


@dataclass(frozen=True)
class Span:
    """A piece of work of one block.

    block, batch: their numbers.
    start, end: in seconds of one clock.
    kind: "learn" or "update".
    """

    block: int
    batch: int
    start: float
    end: float
    kind: str = "learn"


@dataclass
class _Stage:
    """A block's place in the pipeline: the batches that wait for it, and how much is left to do of the present one."""

    waiting: deque[Parcel] = field(default_factory=deque)
    left: int = 0
    step: Step | None = None


class Pipeline:
    """Threads for the blocks of a network, used in a `with` block.

    net, rule: the network, and the rule that was started for it.
    optimiser: one for all blocks; with a FastAdam a large update is cut into pieces, so that a thread whose block
        must wait helps the others.
    only: the blocks to be trained, None for all.
    ahead: how many batches may wait before each block, >= 1.
    threads: how many, None for one per core.
    spans: a list to which every piece of work is noted, or None.
    Raises InvalidValueError for a rule whose blocks do not learn from losses of their own.
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
        if not rule.block_by_block:
            known = ", ".join(name for name, one in RULES.items() if "layer_by_layer" in one.schedules)
            raise InvalidValueError(
                f"The rule '{rule.name}' cannot be trained in a pipeline of layers: each block must learn from a loss "
                f"of its own, with nothing coming back. Use one of {known}, or train without."
            )
        self.net, self.optimiser, self.spans = net, optimiser, spans
        self.rule = cast(LocalRule, rule)
        self.ahead = integer("ahead", ahead, 1)
        self.threads = cores() if threads is None else integer("threads", threads, 1)
        self.chosen = set(range(len(net.blocks)) if only is None else only)
        self._parameters = rule.parameters(net)
        self._stages = [_Stage() for _ in range(max(self.chosen) + 1)]
        self._updates: deque[Work] = deque()
        self._results: dict[int, list[Step]] = {}
        self._changed = threading.Condition()
        self._closed = True
        self._error: BaseException | None = None
        self._team: list[threading.Thread] = []
        self._stack = ExitStack()

    def __enter__(self) -> Pipeline:
        self._closed, self._error, self._results = False, None, {}  # nothing is left of an earlier block
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

    def run(
        self, batches: Iterable[tuple[int, Array, Array, np.random.Generator | None, float]]
    ) -> Generator[list[Step]]:
        """Train on batches of (number, x, y, rng, scale); yield each batch's Steps, without gradients, in order.

        Returns when all batches have passed all blocks. Raises the first error that any thread met, and
        InvalidValueError outside the pipeline's `with` block.
        """
        fed: deque[int] = deque()
        for number, x, y, rng, scale in batches:
            self._feed(Parcel(number, self.rule.enter(self.net, x, y, rng), y, scale))
            fed.append(number)
            while fed and self._complete(fed[0]):
                yield self._take(fed.popleft())
        while fed:
            yield self._take(fed.popleft())

    def _feed(self, batch: Parcel) -> None:
        with self._changed:
            self._wait(lambda: len(self._stages[0].waiting) < self.ahead)
            self._stages[0].waiting.append(batch)
            self._changed.notify_all()

    def _take(self, number: int) -> list[Step]:
        with self._changed:
            self._wait(lambda: self._complete(number))
            return sorted(self._results.pop(number), key=lambda step: step.block or 0)

    def _complete(self, number: int) -> bool:
        return len(self._results.get(number, [])) == len(self.chosen)

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
                        return partial(self._learn, i, batch)
                self._changed.wait()
        return None

    def _ready(self, i: int) -> bool:
        room = i + 1 == len(self._stages) or len(self._stages[i + 1].waiting) < self.ahead
        return bool(self._stages[i].waiting) and self._stages[i].left == 0 and room

    def _learn(self, i: int, batch: Parcel) -> None:
        """Block i's local step. Its output is handed on before its update, for which nobody above need wait."""
        start, stage = time.perf_counter(), self._stages[i]
        if i in self.chosen:
            step, a = self.rule.local_step(self.net, i, batch.x, batch.y)
        else:
            step, a = None, self.rule.pass_on(self.net, i, batch.x)
        self._note(i, batch, start, "learn")
        own: list[Work] = []
        pieces: list[Work] = []
        for name, gradient in {} if step is None else step.gradients.items():
            updates = self._updates_of(name, gradient, batch.scale)
            (own if len(updates) == 1 else pieces).extend(updates)
        with self._changed:
            if i + 1 < len(self._stages):
                self._stages[i + 1].waiting.append(Parcel(batch.number, a, batch.y, batch.scale))
            stage.step = step
            stage.left = 1 + len(pieces)
            self._updates.extend(partial(self._finish, i, batch, piece) for piece in pieces)
            self._changed.notify_all()
        self._finish(i, batch, *own)

    def _finish(self, i: int, batch: Parcel, *updates: Work) -> None:
        """Make some of block i's updates; whoever makes the last sets the block free."""
        start, stage = time.perf_counter(), self._stages[i]
        for update in updates:
            update()
        if updates:
            self._note(i, batch, start, "update")
        with self._changed:
            stage.left -= 1
            if stage.left == 0:
                if stage.step is not None:
                    self._results.setdefault(batch.number, []).append(Step(stage.step.block, stage.step.loss, {}))
                stage.step = None
                self._changed.notify_all()

    def _updates_of(self, name: str, gradient: Array, scale: float) -> list[Work]:
        """The update of one parameter, in pieces of at least a BLOCK that can be made at once; or in one."""
        parameter, optimiser = self._parameters[name], self.optimiser
        pieces = min(2 * self.threads, gradient.size // BLOCK, len(gradient))
        if not isinstance(optimiser, FastAdam) or pieces < 2 or not parameter.flags.c_contiguous:
            return [partial(optimiser.update, name, parameter, gradient, scale)]
        optimiser.begin([(name, parameter)])
        return [
            partial(optimiser.step, name, parameter, gradient[part], part, scale)
            for part in shares(len(parameter), pieces)
        ]

    def _note(self, i: int, batch: Parcel, start: float, kind: str) -> None:
        if self.spans is not None:
            self.spans.append(Span(i, batch.number, start, time.perf_counter(), kind))

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
