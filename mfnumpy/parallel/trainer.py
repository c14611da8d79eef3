"""A trainer whose blocks work on different batches at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np

from mfnumpy.measure import batches_of
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.parallel.pipeline import Pipeline, Span
from mfnumpy.rules import Rule
from mfnumpy.saving.run import Progress
from mfnumpy.support.interrupt import DeferredInterrupt
from mfnumpy.support.seeding import stream
from mfnumpy.train import DECAYS, Trainer, _take


class PipelineTrainer(Trainer):
    """As `Trainer`, to the byte, for local rules: blocks at work on different batches at once.

    BLAS is held to one thread; `Trainer` gives the same bytes under the same limit. On Ctrl-C no further batch enters,
    those inside are finished, and a checkpoint is written. ahead: how many batches may wait before each block.
    threads: how many, None for one per core. spans: a list that is filled with who worked when.
    All other options are the Trainer's.
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
        Pipeline(net, rule, optimiser, ahead=ahead, threads=threads)  # says now what it would say in the middle of fit
        self.ahead, self.threads, self.spans = ahead, threads, spans

    def _run_epoch(self, state: Progress, x: Any, y: np.ndarray, interrupt: DeferredInterrupt) -> bool:
        turn = state.phase * self.epochs + state.epoch
        order = stream(self.seed, "shuffle", turn).permutation(len(y))
        slices = batches_of(len(y), self.batch_size or len(y))
        bar = self._bar(len(slices), state)

        def batches() -> Iterator[tuple]:
            """The epoch's batches, as the pipeline wants them."""
            for number in range(state.batch, len(slices)):
                if interrupt.requested:
                    return
                rows = order[slices[number]]
                scale = DECAYS[self.decay]((state.epoch * len(slices) + number) / (self.epochs * len(slices)))
                rng = stream(self.seed, "batch", turn * len(slices) + number)
                yield number, _take(x, rows), _take(y, rows), rng, scale

        start = time.perf_counter()
        only = self.phases[state.phase]
        options: dict[str, Any] = {"ahead": self.ahead, "threads": self.threads, "spans": self.spans}
        pipeline = Pipeline(self.net, self.rule, self.optimiser, only=only, **options)
        with pipeline, closing(pipeline.run(batches())) as steps_of_batches:
            for steps in steps_of_batches:
                rows = slices[state.batch]
                for step in steps:
                    self._note_loss(state, step, rows.stop - rows.start)
                state.batch += 1
                if bar is not None:
                    bar.update()
        state.elapsed += time.perf_counter() - start
        if bar is not None:
            bar.close()
        return state.batch == len(slices)
