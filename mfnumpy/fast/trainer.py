"""The trainer of the fast engine."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable
from typing import Any

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.batches import Batch
from mfnumpy.errors import InvalidValueError
from mfnumpy.fast.adam import FastAdam
from mfnumpy.fast.base import TeamEngine
from mfnumpy.fast.engine import engine, why_not
from mfnumpy.fast.evaluation import evaluate
from mfnumpy.fast.team import Team, shares
from mfnumpy.measure import Evaluation
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.support.threads import cores
from mfnumpy.support.validate import integer
from mfnumpy.train import History, Losses, Trainer


class FastTrainer(Trainer):
    """As `Trainer`, with every layer split over a team of threads.

    net, rule: the network, and the rule that was started for it.
    optimiser: a FastAdam.
    threads: how many, None for one per core.
    options: all others are the Trainer's.

    The last bits of a batch's sums depend on how many threads there are: a resumed run has the bytes of an
    uninterrupted one if it has as many; otherwise, and in the reference, it agrees with it to rounding.
    Raises InvalidValueError where there is no fast engine for this; the message says why.
    """

    engine = "fast"

    def __init__(self, net: Network, rule: Rule, optimiser: FastAdam, *, threads: int | None = None, **options: Any):
        super().__init__(net, rule, optimiser, **options)
        reason = why_not(net, rule)
        if reason is None and not isinstance(optimiser, FastAdam):
            reason = "it needs the optimiser FastAdam"
        if reason:
            raise InvalidValueError(f"No fast engine: {reason}. Take the engine 'reference'.")
        self.threads = cores() if threads is None else integer("threads", threads, 1)
        self._adam = optimiser
        self._engine: TeamEngine | None = None
        self._team: Team | None = None
        self._rows: Array | None = None

    def fit(self, *args: Any, **options: Any) -> History:
        """As `Trainer.fit`; the team's threads live as long as the call."""
        with Team(self.threads) as team:
            try:
                self._team, self._engine = team, engine(self.net, self.rule, self._adam, team)
                return super().fit(*args, **options)
            finally:
                self._engine = self._team = self._rows = None

    def evaluate(self, x: Any, y: np.ndarray) -> Evaluation:
        """As `Trainer.evaluate`, to rounding of the scores; every worker takes rows of its own."""
        if self._team is not None:
            return evaluate(self.net, self.rule, x, y, self._team)
        if why_not(self.net, self.rule):  # something was plugged in since
            return super().evaluate(x, y)
        with Team(self.threads) as team:
            return evaluate(self.net, self.rule, x, y, team)

    def learn(
        self,
        batches: Iterable[Batch],
        x: Any,
        y: np.ndarray,
        only: Collection[int] | None,
        weights: np.ndarray | None = None,
    ) -> Generator[tuple[Batch, Losses]]:
        """As `Trainer.learn`, through the engine."""
        assert self._engine is not None, "learn is called by fit"
        for batch in batches:
            rows = batch.rows
            w = None if weights is None else weights[rows]
            losses = self._engine.batch(self._gather(x, rows), y[rows], batch.scale, only, batch.rng, w)
            yield batch, [(block, self.finite(block, loss, batch)) for block, loss in losses]

    def threads_of_sums(self) -> int:
        """The team's size."""
        return self.threads

    def _gather(self, x: Any, rows: np.ndarray) -> Array:
        """These rows of x; of an array, into memory that is used again, every worker its share.

        `np.take` with `out=` is the fastest way, but of an array that is not in one piece it copies everything first.
        """
        if not isinstance(x, np.ndarray):
            return x[rows]
        if self._rows is None or len(self._rows) < len(rows):
            self._rows = np.empty((len(rows), *x.shape[1:]), x.dtype)
        out, team = self._rows[: len(rows)], self._team
        assert team is not None
        parts = shares(len(rows), team.size)

        def work(worker: int) -> None:
            """The worker's share of the rows."""
            part = parts[worker]
            if x.flags.c_contiguous:
                np.take(x, rows[part], axis=0, out=out[part], mode="clip")
            else:
                out[part] = x[rows[part]]

        team.run(work)
        return out
