"""Blocks at work on different batches at once: what a block does with a batch, and in which order batches come out.

Block i's local step for batch t needs block i's parameters after batch t - 1, and the output of block i - 1 for batch
t, which was computed before any update of batch t. The pieces are done under exactly these two conditions, so the
result has the same bytes as training one batch after the other. Nothing like this is possible with backpropagation,
where block 1 must wait for an error that has been through all blocks (update locking).

There is one pipeline and two transports, which carry parcels from block to block and do nothing else: threads of this
process (`threads`), and the ranks of MPI (`ranks`).
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.errors import InvalidValueError
from mfnumpy.fast import FastAdam
from mfnumpy.fast.adam import BLOCK
from mfnumpy.fast.team import shares
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.rules import RULES, LocalRule, Rule, Step
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


def check_rule(rule: Rule) -> LocalRule:
    """The rule, if a pipeline can train by it. Raises InvalidValueError where blocks have no loss of their own."""
    if not rule.block_by_block:
        known = ", ".join(name for name, one in RULES.items() if "layer_by_layer" in one.schedules)
        raise InvalidValueError(
            f"The rule '{rule.name}' cannot be trained in a pipeline of layers: each block must learn from a loss "
            f"of its own, with nothing coming back. Use one of {known}, or train without."
        )
    return cast(LocalRule, rule)


class Pipeline(ABC):
    """The blocks of a network as a pipeline; a subclass is a transport, and has `feed`, `complete` and `take`.

    net, rule: the network, and the rule that was started for it.
    optimiser: one for all blocks; with a FastAdam a large update can be cut into pieces.
    only: the blocks to be trained, None for all.
    ahead: how many batches may wait before each block, >= 1.
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
        self.rule = check_rule(rule)
        self.net, self.optimiser, self.spans = net, optimiser, spans
        self.ahead = integer("ahead", ahead, 1)
        self.chosen = set(range(len(net.blocks)) if only is None else only)
        self.parameters = rule.parameters(net)
        self.results: dict[int, list[Step]] = {}

    def run(
        self, batches: Iterable[tuple[int, Array, Array, np.random.Generator | None, float]]
    ) -> Generator[list[Step]]:
        """Train on batches of (number, x, y, rng, scale); yield each batch's Steps, without gradients, in order.

        Returns when all batches have passed all blocks. Raises the first error that any block met, and
        InvalidValueError outside the pipeline's `with` block.
        """
        fed: deque[int] = deque()
        for number, x, y, rng, scale in batches:
            self.feed(Parcel(number, self.rule.enter(self.net, x, y, rng), y, scale))
            fed.append(number)
            while fed and self.complete(fed[0]):
                yield self.take(fed.popleft())
        while fed:
            yield self.take(fed.popleft())

    # -- what a transport does in its own way ------------------------------------------------------------------------

    @abstractmethod
    def feed(self, parcel: Parcel) -> None:
        """Hand a batch to the first block, as soon as it may wait there."""

    @abstractmethod
    def complete(self, number: int) -> bool:
        """Whether this batch has passed all blocks."""

    @abstractmethod
    def take(self, number: int) -> list[Step]:
        """Wait until this batch has passed all blocks, and give its Steps in the order of the blocks."""

    # -- what a block does with a parcel, whoever carries it ---------------------------------------------------------

    def learn(self, i: int, parcel: Parcel) -> tuple[Step | None, Parcel]:
        """Block i's Step for a batch, None where it is not trained, and the parcel for the block above.

        i: index of the block.
        parcel: from the block below.
        Both are computed before any update, so the parcel can be handed on at once.
        """
        start = time.perf_counter()
        step = None
        if i in self.chosen:
            step, a = self.rule.local_step(self.net, i, parcel.x, parcel.y)
        else:
            a = self.rule.pass_on(self.net, i, parcel.x)
        self.note(i, parcel, start, "learn")
        return step, replace(parcel, x=a)

    def updates(self, step: Step | None, scale: float, most: int = 1) -> list[list[Work]]:
        """The updates of a Step: of each parameter the pieces, which may be made at once; the block waits for all.

        step: of the block, or None.
        scale: the batch's share of the learning rate.
        most: into how many pieces an update may be cut.
        """
        return [] if step is None else [self._pieces(name, g, scale, most) for name, g in step.gradients.items()]

    def _pieces(self, name: str, gradient: Array, scale: float, most: int) -> list[Work]:
        """The update of one parameter, in pieces of at least a BLOCK; or in one."""
        parameter, optimiser = self.parameters[name], self.optimiser
        pieces = min(most, gradient.size // BLOCK, len(gradient))
        if not isinstance(optimiser, FastAdam) or pieces < 2 or not parameter.flags.c_contiguous:
            return [partial(optimiser.update, name, parameter, gradient, scale)]
        optimiser.begin([(name, parameter)])
        return [
            partial(optimiser.step, name, parameter, gradient[part], part, scale)
            for part in shares(len(parameter), pieces)
        ]

    def note(self, i: int, parcel: Parcel, start: float, kind: str) -> None:
        """Note a piece of work that ends now, if anybody wants to know.

        i: index of the block.
        parcel: on which it worked.
        start: in seconds of time.perf_counter.
        kind: "learn" or "update".
        """
        if self.spans is not None:
            self.spans.append(Span(i, parcel.number, start, time.perf_counter(), kind))
