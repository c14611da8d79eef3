"""The training loop, for all rules and all engines: epochs, losses, history, checkpoints."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy import backend, choices
from mfnumpy.backend import Array
from mfnumpy.batches import Batch, Batches, Decay, check_batch_size, check_decay, named_decay, take
from mfnumpy.errors import DivergedError, InvalidValueError, no_float_warnings, unknown_name
from mfnumpy.measure import Evaluation, evaluate
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.rules import RULES, Rule
from mfnumpy.saving import saved_run
from mfnumpy.saving.progress import History, Progress
from mfnumpy.support.bar import progress_bar
from mfnumpy.support.environment import kernels
from mfnumpy.support.interrupt import DeferredInterrupt
from mfnumpy.support.samples import (
    check_is_array,
    check_labels,
    check_samples,
    labels_known,
    sample_numbers,
    sample_weights,
)
from mfnumpy.support.seeding import stream
from mfnumpy.support.split import how_many, stratified
from mfnumpy.support.threads import threads_of_blas
from mfnumpy.support.validate import indices, integer

Losses = list[tuple[int | None, float]]
"""The losses of one batch: of each block by its index, None for the whole network or the readout alone."""


class Trainer:
    """Trains a network by a rule, which must have been started for it: the reference engine, and the loop of all.

    Another engine is a subclass that has its own `learn`; `mfnumpy.engines.trainer` chooses among them.

    net, rule: the network, and the rule that was started for it.
    optimiser: applies each gradient, see `optim.make`.
    epochs: passes over the data (with "layer_by_layer", for each block).
    batch_size: rows per step, None for all of them (full batch).
    seed: of the order of rows, of each batch's random numbers and of the validation rows.
    decay: of the learning rate over the epochs: "constant", "linear", "cosine", or a function of the
        share of all batches that are done, 0 to 1, that gives the share of the rate.
    schedule: "together", or "layer_by_layer" for local rules (block i for all its epochs, then frozen).
    only: indices of the blocks to be trained; all others, and any readout, keep their bytes. None for all blocks.
    patience: stop after so many epochs without a better validation accuracy, and take the best epoch's parameters.
    path: where a checkpoint is written after each epoch and on Ctrl-C, SIGTERM or SIGHUP; None for no checkpoint.
    notes: JSON values to keep in it.
    show_progress: a bar on standard error; None for one where that is a terminal.
    on_epoch: called with each epoch's entry in the history, once its checkpoint is written; where it returns True, no
        further epoch follows (of this block, in "layer_by_layer").
    on_batch: called with each Batch and its losses when it has been learned.
    on_put_back: called when the best epoch's parameters have been put back, in place of the last one's.
    before_save: called when a checkpoint is on the disk and about to take its name, which nothing can prevent any more.
    """

    engine = "reference"
    """The engine's name in results, histories and checkpoints."""

    def __init__(
        self,
        net: Network,
        rule: Rule,
        optimiser: Optimiser,
        *,
        epochs: int = choices.TRAINER.value["epochs"],
        batch_size: int | None = choices.TRAINER.value["batch_size"],
        seed: int = 0,
        decay: str | Decay = choices.TRAINER.value["decay"],
        schedule: str = "together",
        only: Collection[int] | None = None,
        patience: int | None = choices.PATIENCE.default,
        path: str | Path | None = None,
        notes: dict | None = None,
        show_progress: bool | None = None,
        on_epoch: Callable[[dict], object] | None = None,
        on_batch: Callable[[Batch, Losses], object] | None = None,
        on_put_back: Callable[[], object] | None = None,
        before_save: Callable[[], None] | None = None,
    ):
        check_decay(decay)
        if schedule not in rule.schedules:
            raise unknown_name(f"schedule for the rule '{rule.name}'", schedule, rule.schedules)
        if only is not None and not rule.local:
            raise InvalidValueError(
                f"The rule '{rule.name}' has one loss for the whole network, so its blocks cannot be trained alone. "
                f"Use a local rule: {', '.join(name for name, one in RULES.items() if one.local)}."
            )
        self.only = None if only is None else indices("only", only, len(net.blocks), "blocks")
        self.net, self.rule, self.optimiser = net, rule, optimiser
        self.epochs, self.seed = integer("epochs", epochs, 1), integer("seed", seed, 0)
        self.patience = None if patience is None else integer("patience", patience, 1)
        self.batch_size = int(batch_size) if isinstance(batch_size, np.integer) else batch_size
        self.decay, self.schedule, self.path, self.notes = decay, schedule, path, notes or {}
        self.show_progress, self.before_save = show_progress, before_save
        self.on_epoch, self.on_batch, self.on_put_back = on_epoch, on_batch, on_put_back
        self.phases: list[list[int] | None] = []
        self._best: dict[str, Array] = {}

    def fit(
        self,
        x: Any,
        y: np.ndarray,
        x_val: Any = None,
        y_val: np.ndarray | None = None,
        *,
        validation: int | float | None = None,
        resume: bool = False,
        weights: np.ndarray | None = None,
        samples: np.ndarray | None = None,
    ) -> History:
        """Train on x, y, and return the history.

        x: (N, *input_shape) of the network's dtype, an array, or a view whose x[rows] gives one.
        y: (N,) integer labels.
        x_val, y_val: as x and y, evaluated after each epoch; None for no evaluation.
        validation: in their place, so many rows of x (int) or that share (float) to hold out, drawn by class and seed.
        weights: (N,) above 0, of the samples in every loss, which becomes a weighted mean; accuracies count every row.
        samples: (N,) integers, or None: rows of a batch with the same number draw the same (`seeding.AlikeForEqual`).
        resume: go on from the checkpoint at `path`: under the same `ran_with`, to the bytes of an uninterrupted run.
        Raises ShapeError, DTypeError, InvalidValueError or LabelError for bad input, OutputError where no checkpoint
        can be written, CheckpointError where there is none or one of another run (by its options and samples of its
        data), DivergedError if a loss, a score or what would be written is not finite, and KeyboardInterrupt on Ctrl-C,
        SIGTERM or SIGHUP, after the batch and a checkpoint have been finished.
        """
        if validation is not None:
            if y_val is not None:
                raise InvalidValueError("Pass either x_val and y_val, or validation=..., not both.")
            self._check_part("X", x, "y", y)
            count = how_many(validation, len(y), "validation")
            rows, held_out = stratified(backend.to_host(y), count, stream(self.seed, "validation"))
            x, y, x_val, y_val = take(x, rows), take(y, rows), take(x, held_out), take(y, held_out)
            weights, samples = (array if array is None else take(array, rows) for array in (weights, samples))
        self._check_data(x, y, x_val, y_val)
        saved_run.check_target(self.path, self.notes, fresh=not resume)
        if weights is not None:
            self.rule.check_weights()
            weights = sample_weights(weights, len(y), self.net.dtype)
        blocks = range(len(self.net.blocks)) if self.only is None else self.only  # one may have been plugged in
        self.phases = [[i] for i in blocks] if self.schedule == "layer_by_layer" else [self.only]
        run = Batches(self.seed, self.batch_size, self.epochs, self.decay, sample_numbers(samples, len(y)))
        settings = self._settings(x, y, y_val, weights, run.samples)
        of_run = (self.net, self.rule, self.optimiser, settings)
        state, self._best = saved_run.read(self.path, *of_run) if resume and self.path else (Progress(), {})
        conditions = self.ran_with()
        with DeferredInterrupt() as interrupt, no_float_warnings():
            while state.phase < len(self.phases):
                stop = False
                while not stop and state.epoch < self.epochs and state.stale < (self.patience or self.epochs):
                    state.note_conditions(conditions)
                    finished = self._run_epoch(state, run, x, y, weights, interrupt)
                    if finished:
                        total = len(y) if weights is None else float(weights.sum(dtype=np.float64))
                        self._close_epoch(state, total, x_val, y_val)
                    self._save(state, settings)
                    stop = finished and self.on_epoch is not None and self.on_epoch(state.epochs[-1]) is True
                    if interrupt.requested:
                        raise interrupt.error()
                self._end_phase(state)
                self._save(state, settings)
        return History(state.epochs, state.seconds, state.ran_with)

    # -- what an engine does in its own way --------------------------------------------------------------------------

    def learn(
        self,
        batches: Iterable[Batch],
        x: Any,
        y: np.ndarray,
        only: Collection[int] | None,
        weights: np.ndarray | None = None,
    ) -> Generator[tuple[Batch, Losses]]:
        """Train on these batches of x, y, in their order; yield each with its losses when it has been learned.

        batches: rows, step sizes and random numbers; they end early on Ctrl-C.
        x, y: all of the data, as in `fit`.
        only: the blocks to be trained, None for all.
        weights: (N,) of the samples, None for plain means.
        Raises DivergedError for a loss that is not finite.
        """
        many, unread = backend.current().unread, []
        for batch in batches:
            losses, parameters = [], self.rule.parameters(self.net)
            own = {} if weights is None else {"weights": take(weights, batch.rows)}
            with labels_known():  # `fit` has looked at them
                for step in self.rule.steps(self.net, take(x, batch.rows), take(y, batch.rows), batch.rng, only, **own):
                    losses.append((step.block, step.loss if many > 1 else self.finite(step.block, step.loss, batch)))
                    for name, gradient in step.gradients.items():
                        self.optimiser.update(name, parameters[name], gradient, batch.scale)
            unread.append((batch, losses))
            if len(unread) == many:
                yield from self._read(unread)
                unread = []
        yield from self._read(unread)

    def _read(self, unread: list[tuple[Batch, list[tuple[int | None, Any]]]]) -> Iterator[tuple[Batch, Losses]]:
        """What `learn` yields of these batches. On a device, their losses come over together."""
        backend.synchronize()
        values = iter(backend.numbers([loss for _, losses in unread for _, loss in losses]))
        for batch, losses in unread:
            yield batch, [(block, self.finite(block, next(values), batch)) for block, _ in losses]

    def evaluate(self, x: Any, y: np.ndarray) -> Evaluation:
        """Accuracy of the rule's predictions on x, y; see `measure.evaluate`."""
        return evaluate(self.net, self.rule, x, y)

    def moments(self) -> tuple[Mapping[str, Array], dict[str, int]]:
        """The optimiser's moments by name, and its time steps, as a checkpoint holds them."""
        return saved_run.moments_of(self.optimiser, self.rule.parameters(self.net))

    def threads_of_sums(self) -> int | None:
        """Over how many threads the sums of a batch are split, which decides their last bits: BLAS's. None: unknown."""
        return threads_of_blas()

    def ran_with(self) -> dict:
        """What the last bits depend on besides settings, seed and data: engine, threads, kernels."""
        return {"engine": self.engine, "threads": self.threads_of_sums()} | kernels()

    # -- one epoch -----------------------------------------------------------------------------------------------

    def _run_epoch(
        self, state: Progress, run: Batches, x: Any, y: np.ndarray, weights: Array | None, interrupt: DeferredInterrupt
    ) -> bool:
        """Train on the rest of the epoch; False if Ctrl-C stopped it between two batches."""
        total, only, start = len(run.slices(len(y))), self.phases[state.phase], time.perf_counter()
        batches = run.of_epoch(len(y), state.phase, state.epoch, state.batch)
        until_ctrl_c = itertools.takewhile(lambda _: not interrupt.requested, batches)
        bar = progress_bar(f"{self.rule.name} epoch {len(state.epochs) + 1}", total, state.batch, self.show_progress)
        with bar as advance, closing(self.learn(until_ctrl_c, x, y, only, weights)) as learned:
            for batch, losses in learned:
                state.elapsed += time.perf_counter() - start
                rows = len(batch.rows) if weights is None else float(weights[batch.rows].sum(dtype=np.float64))
                for block, loss in losses:
                    key = self._named(block)
                    state.losses[key] = state.losses.get(key, 0.0) + loss * rows
                state.batch += 1
                advance()
                if self.on_batch:
                    self.on_batch(batch, losses)
                start = time.perf_counter()
        state.elapsed += time.perf_counter() - start
        return state.batch == total

    def finite(self, block: int | None, loss: Any, batch: Batch) -> float:
        """A loss as a number, for `learn` to yield. Raises DivergedError, naming the block, if it is not finite.

        block: by index; None for the whole network or the readout alone.
        loss: a scalar of either backend.
        batch: where in the run it is, for the message.
        """
        value = float(loss)
        if not math.isfinite(value):
            raise DivergedError(
                f"The loss of {self._named(block)} became {value} in epoch {batch.epoch + 1}, batch {batch.number + 1}."
                " Lower the learning rate, or scale the inputs."
            )
        return value

    def _named(self, block: int | None) -> str:
        return "output" if block is None else self.net.blocks[block].name

    def _close_epoch(self, state: Progress, n: float, x_val: Any, y_val: np.ndarray | None) -> None:
        """Write the epoch into the history, and remember its parameters if they are the best so far.

        n: the rows, or the sum of their weights.
        """
        entry: dict[str, Any] = {"epoch": len(state.epochs) + 1}
        entry["loss"] = {name: total / n for name, total in state.losses.items()}
        if y_val is not None:
            result = self.evaluate(x_val, y_val)
            entry["val_accuracy"], entry["val_layers"] = result.accuracy, result.layers
            state.stale += 1
            if result.main > state.best:
                state.best, state.stale = result.main, 0
                if self.patience:
                    self._best = {k: v.copy() for k, v in self.rule.parameters(self.net).items()}
        state.epochs.append(entry)
        state.seconds.append(state.elapsed)
        state.epoch, state.batch, state.losses, state.elapsed = state.epoch + 1, 0, {}, 0.0

    def _end_phase(self, state: Progress) -> None:
        for name, best in self._best.items():
            self.rule.parameters(self.net)[name][...] = best
        if self._best and self.on_put_back:
            self.on_put_back()
        self._best, state.phase, state.epoch, state.best, state.stale = {}, state.phase + 1, 0, -1.0, 0

    # -- checkpoints ---------------------------------------------------------------------------------------------

    def _settings(self, x: Any, y: np.ndarray, y_val: np.ndarray | None, *of_rows: np.ndarray | None) -> dict:
        """What must be the same for a resumed run to be the same run; without a path nobody asks."""
        if self.path is None:
            return {}
        run = {name: getattr(self, name) for name in ("epochs", "batch_size", "seed", "decay", "patience", "phases")}
        run |= {"decay": named_decay(self.decay)} | self.optimiser.spec()
        return run | saved_run.data_settings(take(x, saved_run.sampled(len(y))), y, y_val, *of_rows)

    def _save(self, state: Progress, settings: dict) -> None:
        if self.path is not None:
            run = (self.net, self.rule, *self.moments(), state, self._best, settings, self.notes)
            saved_run.write(self.path, *run, before=self.before_save)

    # -- borders -------------------------------------------------------------------------------------------------

    def _check_data(self, x: Any, y: np.ndarray, x_val: Any, y_val: np.ndarray | None) -> None:
        self._check_part("X", x, "y", y)
        if x_val is not None or y_val is not None:
            self._check_part("X_val", x_val, "y_val", y_val)
        if self.patience and y_val is None:
            raise InvalidValueError("patience needs validation data: pass x_val and y_val, or validation=0.1.")
        check_batch_size(self.batch_size, len(y))

    def _check_part(self, name: str, data: Any, name_of_labels: str, labels: Any) -> None:
        self.rule.check_started(self.net)
        check_samples(name, data, self.net.input_shape, self.net.dtype)
        check_is_array(name_of_labels, labels)
        check_labels(labels, data.shape[0], self.rule.n_classes)
