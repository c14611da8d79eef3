"""The trainer: batches, steps, history. It knows no rule by name."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy import backend
from mfnumpy.backend import Array
from mfnumpy.errors import DivergedError, DTypeError, InvalidValueError, ShapeError, no_float_warnings, unknown_name
from mfnumpy.measure import Evaluation, batches_of, evaluate
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.rules import Rule, Step
from mfnumpy.saving import run as progress
from mfnumpy.saving.run import Progress
from mfnumpy.support.interrupt import DeferredInterrupt
from mfnumpy.support.seeding import stream
from mfnumpy.support.split import how_many, stratified
from mfnumpy.support.validate import check_inputs, check_labels, integer

DECAYS: dict[str, Callable[[float], float]] = {
    "constant": lambda done: 1.0,
    "linear": lambda done: 1.0 - done,
    "cosine": lambda done: 0.5 * (1 + math.cos(math.pi * done)),
}
"""The learning rate as a share of its start, by the share of all batches that are done."""


@dataclass(frozen=True)
class History:
    """What a run left behind.

    epochs: one dict each (loss by block, accuracies), to the bit the same for the same seed. seconds: wall-clock
    time of each epoch's training, without evaluation.
    """

    epochs: list[dict]
    seconds: list[float]


class Trainer:
    """Trains a network by a rule, which must have been started for it.

    epochs: passes over the data (with "layer_by_layer", for each block). batch_size: rows per step, None for all of
    them (full batch). decay: of the learning rate over the epochs: "constant", "linear", "cosine".
    schedule: "together", or "layer_by_layer" for local rules (block i for all its epochs, then frozen).
    only: indices of the blocks to be trained; all others, and any readout, keep their bytes.
    patience: stop after so many epochs without a better validation accuracy, and take the best epoch's parameters.
    path: where a checkpoint is written after each epoch and on Ctrl-C. notes: JSON values to keep in it.
    show_progress: a bar on standard error; by default only where that is a terminal.
    """

    def __init__(
        self,
        net: Network,
        rule: Rule,
        optimiser: Optimiser,
        *,
        epochs: int = 10,
        batch_size: int | None = 64,
        seed: int = 0,
        decay: str = "constant",
        schedule: str = "together",
        only: Collection[int] | None = None,
        patience: int | None = None,
        path: str | Path | None = None,
        notes: dict | None = None,
        show_progress: bool | None = None,
        on_epoch: Callable[[dict], None] | None = None,
    ):
        if decay not in DECAYS:
            raise unknown_name("decay of the learning rate", decay, DECAYS)
        if schedule not in rule.schedules:
            raise unknown_name(f"schedule for the rule '{rule.name}'", schedule, rule.schedules)
        if only is not None and not rule.local:
            raise InvalidValueError(
                f"The rule '{rule.name}' has one loss for the whole network, so its blocks cannot be trained alone. "
                "Use a local rule: mf, ff."
            )
        self.only = None if only is None else _blocks(only, len(net.blocks))
        self.net, self.rule, self.optimiser = net, rule, optimiser
        self.epochs = integer("epochs", epochs, 1)
        self.patience = None if patience is None else integer("patience", patience, 1)
        self.batch_size = int(batch_size) if isinstance(batch_size, np.integer) else batch_size
        self.seed = integer("seed", seed, 0)
        self.decay, self.path, self.notes = decay, path, notes or {}
        self.show_progress, self.on_epoch = show_progress, on_epoch
        self.schedule = schedule
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
    ) -> History:
        """Train on x: (N, *input_shape) of the network's dtype and y: (N,) integer labels; return the history.

        x may be an array, or a view whose x[rows] gives one. x_val, y_val are evaluated after each epoch;
        in their place, validation holds out so many rows of x (int) or that share (float), drawn by class and seed.
        resume: go on from the checkpoint at `path`; the result has the same bytes as an uninterrupted run.
        Raises ShapeError, DTypeError, InvalidValueError or LabelError for bad input, OutputError where no checkpoint
        can be written, CheckpointError where there is none or one of another run (by its options and samples of its
        data), DivergedError if a loss, a score or what would be written is not finite, and KeyboardInterrupt on Ctrl-C,
        after the batch and a checkpoint have been finished.
        """
        if validation is not None:
            if y_val is not None:
                raise InvalidValueError("Pass either x_val and y_val, or validation=..., not both.")
            self._check_part("X", x, "y", y)
            count = how_many(validation, len(y), "validation")
            rows, held_out = stratified(backend.to_host(y), count, stream(self.seed, "validation"))
            x, y, x_val, y_val = _take(x, rows), _take(y, rows), _take(x, held_out), _take(y, held_out)
        self._check_data(x, y, x_val, y_val)
        self.phases = [self.only]
        if self.schedule == "layer_by_layer":  # of the blocks that there are now: one may have been plugged in
            self.phases = [[i] for i in (range(len(self.net.blocks)) if self.only is None else self.only)]
        settings = self._settings(x, y, y_val)
        state, self._best = self._resumed(settings) if resume else (Progress(), {})
        with DeferredInterrupt() as interrupt, no_float_warnings():
            while state.phase < len(self.phases):
                while state.epoch < self.epochs and state.stale < (self.patience or self.epochs):
                    finished = self._run_epoch(state, x, y, interrupt)
                    if finished:
                        self._close_epoch(state, len(y), x_val, y_val)
                    self._save(state, settings)
                    if interrupt.requested:
                        raise KeyboardInterrupt
                self._end_phase(state)
                self._save(state, settings)
        return History(state.epochs, state.seconds)

    # -- one epoch -----------------------------------------------------------------------------------------------

    def _run_epoch(self, state: Progress, x: Any, y: np.ndarray, interrupt: DeferredInterrupt) -> bool:
        """Train on the rest of the epoch; False if Ctrl-C stopped it between two batches."""
        turn = state.phase * self.epochs + state.epoch
        order = stream(self.seed, "shuffle", turn).permutation(len(y))
        batches = batches_of(len(y), self.batch_size or len(y))
        bar = self._bar(len(batches), state)
        while state.batch < len(batches):
            if interrupt.requested:
                return False
            rows = order[batches[state.batch]]
            start = time.perf_counter()
            self._train_batch(state, rows, x, y, turn * len(batches) + state.batch, len(batches))
            state.elapsed += time.perf_counter() - start
            state.batch += 1
            if bar is not None:
                bar.update()
        if bar is not None:
            bar.close()
        return True

    def _train_batch(self, state: Progress, rows: np.ndarray, x: Any, y: np.ndarray, number: int, n: int) -> None:
        """All steps of one batch, each applied as soon as the rule yields it."""
        only = self.phases[state.phase]
        scale = DECAYS[self.decay]((state.epoch * n + state.batch) / (self.epochs * n))
        parameters = self.rule.parameters(self.net)
        rng = stream(self.seed, "batch", number)
        for step in self.rule.steps(self.net, _take(x, rows), _take(y, rows), rng, only):
            self._note_loss(state, step, len(rows))
            for name, gradient in step.gradients.items():
                self.optimiser.update(name, parameters[name], gradient, scale)
        backend.synchronize()

    def evaluate(self, x: Any, y: np.ndarray) -> Evaluation:
        """Accuracy of the rule's predictions on x, y; see `measure.evaluate`."""
        return evaluate(self.net, self.rule, x, y)

    def _note_loss(self, state: Progress, step: Step, n: int) -> None:
        key = "output" if step.block is None else self.net.blocks[step.block].name
        loss = float(step.loss)
        if not math.isfinite(loss):
            raise DivergedError(
                f"The loss of {key} became {loss} in epoch {state.epoch + 1}, batch {state.batch + 1}. "
                "Lower the learning rate, or scale the inputs."
            )
        state.losses[key] = state.losses.get(key, 0.0) + loss * n

    def _close_epoch(self, state: Progress, n: int, x_val: Any, y_val: np.ndarray | None) -> None:
        """Write the epoch into the history, and remember its parameters if they are the best so far."""
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
        if self.on_epoch:
            self.on_epoch(entry)

    def _end_phase(self, state: Progress) -> None:
        for name, parameter in self.rule.parameters(self.net).items():
            if name in self._best:
                parameter[...] = self._best[name]
        self._best = {}
        state.phase, state.epoch, state.best, state.stale = state.phase + 1, 0, -1.0, 0

    # -- checkpoints ---------------------------------------------------------------------------------------------

    def _settings(self, x: Any, y: np.ndarray, y_val: np.ndarray | None) -> dict:
        """What must be the same for a resumed run to be the same run; without a path nobody asks."""
        if self.path is None:
            return {}
        run = {name: getattr(self, name) for name in ("epochs", "batch_size", "seed", "decay", "patience", "phases")}
        data = progress.data_settings(_take(x, progress.sampled(len(y))), y, y_val)
        return run | data | self.optimiser.spec()

    def _save(self, state: Progress, settings: dict) -> None:
        if self.path is not None:
            run = (self.net, self.rule, self.optimiser, state, self._best, settings, self.notes)
            progress.write(self.path, *run)

    def _resumed(self, settings: dict) -> tuple[Progress, dict[str, Array]]:
        if self.path is None:
            raise InvalidValueError("resume=True needs path=..., the checkpoint to go on from.")
        return progress.read(self.path, self.net, self.rule, self.optimiser, settings)

    # -- borders -------------------------------------------------------------------------------------------------

    def _check_data(self, x: Any, y: np.ndarray, x_val: Any, y_val: np.ndarray | None) -> None:
        self._check_part("X", x, "y", y)
        if x_val is not None or y_val is not None:
            self._check_part("X_val", x_val, "y_val", y_val)
        if self.patience and y_val is None:
            raise InvalidValueError("patience needs validation data: pass x_val and y_val, or validation=0.1.")
        size = len(y) if self.batch_size is None else self.batch_size
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= len(y):
            raise InvalidValueError(
                f"batch_size must be from 1 to the number of rows, {len(y)}, or None for all; got {self.batch_size!r}."
            )
        if self.path is not None:
            progress.check_target(self.path, self.notes)

    def _check_part(self, name: str, data: Any, name_of_labels: str, labels: Any) -> None:
        self.rule.check_started(self.net)
        for what, thing in ((name, data), (name_of_labels, labels)):
            if not (hasattr(thing, "shape") and hasattr(thing, "dtype")):
                kind = "None" if thing is None else type(thing).__name__
                raise DTypeError(f"{what} must be an array; got {kind}. Make it one with numpy.asarray(...).")
        if tuple(data.shape[1:]) != self.net.input_shape:
            raise ShapeError(
                f"{name} must be (N, {', '.join(map(str, self.net.input_shape))}) for this network; "
                f"got {tuple(data.shape)}."
            )
        if str(data.dtype) != self.net.dtype:
            raise DTypeError(
                f"{name} is {data.dtype}, the network {self.net.dtype}. "
                f"Convert with {name}.astype('{self.net.dtype}'), or build the network with another dtype."
            )
        if backend.is_array(data):
            check_inputs(data, name)
        check_labels(labels, data.shape[0], self.rule.n_classes)

    def _bar(self, total: int, state: Progress) -> Any:
        show = sys.stderr.isatty() if self.show_progress is None else self.show_progress
        if not show:
            return None
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return None
        label = f"{self.rule.name} epoch {len(state.epochs) + 1}"
        return tqdm(total=total, initial=state.batch, desc=label, leave=False)


def _blocks(only: Any, n: int) -> list[int]:
    """The blocks to be trained, in order. Raises InvalidValueError unless they are some of 0 to n - 1."""
    try:
        chosen = sorted({integer("only", i, 0) for i in only})
    except (TypeError, InvalidValueError):
        chosen = []
    if not chosen or chosen[-1] >= n:
        raise InvalidValueError(f"only must name blocks from 0 to {n - 1}; got {only!r}.")
    return chosen


def _take(data: Any, rows: np.ndarray) -> Array:
    """These rows, on the device."""
    on_device = isinstance(data, backend.current().array_type)
    return data[backend.to_device(rows)] if on_device else backend.to_device(data[rows])
