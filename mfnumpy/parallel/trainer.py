"""Trainers whose blocks work on different batches at once: on the threads of a process, or on the ranks of MPI."""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from typing import Any

import numpy as np

from mfnumpy.batches import Batch, take
from mfnumpy.errors import InvalidValueError
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.parallel.pipeline import Pipeline, Span
from mfnumpy.parallel.threads import ThreadPipeline
from mfnumpy.rules import Rule
from mfnumpy.train import Losses, Trainer


class LayersTrainer(Trainer):
    """As `Trainer`, to the byte, for local rules: its batches go through a `Pipeline`, which a subclass chooses.

    BLAS is held to one thread; `Trainer` gives the same bytes under the same limit. On Ctrl-C no further batch enters,
    those inside are finished, and a checkpoint is written.
    """

    @abstractmethod
    def pipeline(self, only: Collection[int] | None) -> AbstractContextManager[Pipeline]:
        """The pipeline for the batches of an epoch. only: the blocks to be trained, None for all."""

    def learn(
        self,
        batches: Iterable[Batch],
        x: Any,
        y: np.ndarray,
        only: Collection[int] | None,
        weights: np.ndarray | None = None,
    ) -> Generator[tuple[Batch, Losses]]:
        """As `Trainer.learn`, several batches at once in different blocks."""
        if weights is not None:
            raise InvalidValueError("Layers in parallel are trained without weights of samples; leave parallel out.")
        inside: deque[Batch] = deque()

        def entering() -> Iterator[tuple]:
            """The batches as the pipeline wants them; each is remembered until it has come out."""
            for batch in batches:
                inside.append(batch)
                yield batch.number, take(x, batch.rows), take(y, batch.rows), batch.rng, batch.scale

        with self.pipeline(only) as pipeline, closing(pipeline.run(entering())) as steps_of_batches:
            for steps in steps_of_batches:
                batch = inside.popleft()
                yield batch, [(step.block, self.finite(step.block, step.loss, batch)) for step in steps]

    def threads_of_sums(self) -> int:
        """One: each block's sums are made by one thread, whatever the others do."""
        return 1


class PipelineTrainer(LayersTrainer):
    """Layers in parallel on threads of this process.

    net, rule: the network, and the rule that was started for it.
    optimiser: one for all blocks.
    ahead: how many batches may wait before each block.
    threads: how many, None for one per core.
    spans: a list that is filled with who worked when, or None.
    options: all others are the Trainer's.
    Raises InvalidValueError for a rule that cannot be trained so.
    """

    def __init__(
        self,
        net: Network,
        rule: Rule,
        optimiser: Optimiser,
        *,
        ahead: int = 1,
        threads: int | None = None,
        spans: list[Span] | None = None,
        **options: Any,
    ):
        super().__init__(net, rule, optimiser, **options)
        self.ahead, self.threads, self.spans = ahead, threads, spans
        self.pipeline(None)  # says now what it would say in the middle of fit

    def pipeline(self, only: Collection[int] | None) -> ThreadPipeline:
        """A team of threads. only: the blocks to be trained, None for all."""
        options: dict[str, Any] = {"ahead": self.ahead, "threads": self.threads, "spans": self.spans}
        return ThreadPipeline(self.net, self.rule, self.optimiser, only=only, **options)
