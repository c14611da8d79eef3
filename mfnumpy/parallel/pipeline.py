"""One worker per block, a bounded channel between neighbours, and the rule's own `local_step` in each.

Block i's update for batch t needs block i's parameters after batch t - 1, and the output of block i - 1 for batch t,
which was computed before any update of batch t. A worker takes its batches in order, so it finds exactly that: the
result has the same bytes as training one batch after the other. Nothing like this is possible with backpropagation,
where block 1 must wait for an error that has been through all blocks (update locking).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Generator, Iterable
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.errors import InvalidValueError
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.optional import require
from mfnumpy.parallel.channel import Channel, ClosedError
from mfnumpy.rules import LocalRule, Rule, Step


@dataclass(frozen=True)
class Batch:
    """What travels from worker to worker: x is the output of the block below for batch `number`."""

    number: int
    x: Array
    y: Array
    scale: float


@dataclass(frozen=True)
class Span:
    """Block `block` worked on batch `batch` from `start` to `end`, in seconds of one clock. kind: "learn" at least."""

    block: int
    batch: int
    start: float
    end: float
    kind: str = "learn"


class Pipeline:
    """Workers for the blocks of a network, used in a `with` block.

    only: the blocks to be trained, None for all. ahead: how many batches may wait before each block, >= 1.
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
        spans: list[Span] | None = None,
    ):
        if not isinstance(rule, LocalRule) or type(rule).steps is not LocalRule.steps:
            raise InvalidValueError(
                f"The rule '{rule.name}' cannot be trained in a pipeline of layers: each block must learn from a loss "
                "of its own, with nothing coming back. Use mf or ff, or split the neurons instead."
            )
        if isinstance(ahead, bool) or not isinstance(ahead, int) or ahead < 1:
            raise InvalidValueError(f"ahead must be an integer >= 1; got {ahead!r}.")
        self.net, self.optimiser, self.spans = net, optimiser, spans
        self.rule: LocalRule = rule
        self.chosen = set(range(len(net.blocks)) if only is None else only)
        self.inboxes: list[Channel[Batch]] = [Channel(ahead) for _ in range(max(self.chosen) + 1)]
        self.results: Channel[tuple[int, Step]] = Channel()
        self._parameters = rule.parameters(net)
        self._error: BaseException | None = None
        self._threads: list[threading.Thread] = []
        self._stack = ExitStack()

    def __enter__(self) -> Pipeline:
        self._stack.enter_context(require("threadpoolctl").threadpool_limits(1, user_api="blas"))
        self._threads = [
            threading.Thread(target=self._serve, args=(i,), name=f"mfnumpy-block{i + 1}", daemon=True)
            for i in range(len(self.inboxes))
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._close()
        for thread in self._threads:
            thread.join()
        self._stack.close()

    def run(
        self, batches: Iterable[tuple[int, Array, Array, np.random.Generator | None, float]]
    ) -> Generator[list[Step]]:
        """Train on batches of (number, x, y, rng, scale); yield each batch's Steps, without gradients, in order.

        Returns when all batches have passed all blocks. Raises the first error that any worker met.
        """
        due: dict[int, list[Step]] = {}
        fed, done = [], 0
        try:
            for number, x, y, rng, scale in batches:
                x = self.rule.enter(self.net, x, y, rng)
                self.inboxes[0].put(Batch(number, x, y, scale))
                fed.append(number)
                while not self.results.empty():
                    self._note(due)
                    while done < len(fed) and self._complete(due, fed[done]):
                        yield due.pop(fed[done])
                        done += 1
            while done < len(fed):
                while not self._complete(due, fed[done]):
                    self._note(due)
                yield due.pop(fed[done])
                done += 1
        except ClosedError:
            assert self._error is not None
            raise self._error from None

    def _note(self, due: dict[int, list[Step]]) -> None:
        number, step = self.results.get()
        due.setdefault(number, []).append(step)

    def _complete(self, due: dict[int, list[Step]], number: int) -> bool:
        return len(due.get(number, [])) == len(self.chosen)

    def _serve(self, i: int) -> None:
        try:
            while True:
                self._work(i, self.inboxes[i].get())
        except ClosedError:
            pass
        except BaseException as error:
            self._error = self._error or error
            self._close()

    def _work(self, i: int, batch: Batch) -> None:
        """Block i's part of one batch. Its output is handed on before its update, for which nobody need wait."""
        start = time.perf_counter()
        if i not in self.chosen:
            step, a = None, self.rule.pass_on(self.net, i, batch.x)
        else:
            step, a = self.rule.local_step(self.net, i, batch.x, batch.y)
        waited = time.perf_counter()
        if i + 1 < len(self.inboxes):
            self.inboxes[i + 1].put(Batch(batch.number, a, batch.y, batch.scale))
        waited = time.perf_counter() - waited
        if step is not None:
            for name, gradient in step.gradients.items():
                self.optimiser.update(name, self._parameters[name], gradient, batch.scale)
            self.results.put((batch.number, Step(step.block, step.loss, {})))
        if self.spans is not None:
            self.spans.append(Span(i, batch.number, start, time.perf_counter() - waited))

    def _close(self) -> None:
        for inbox in self.inboxes:
            inbox.close()
        self.results.close()
