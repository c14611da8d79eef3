"""The batches of a run: which rows, which step size, which random numbers. Said here once, for every engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mfnumpy import backend
from mfnumpy.backend import Array
from mfnumpy.errors import InvalidValueError, unknown_name
from mfnumpy.support.seeding import AlikeForEqual, stream
from mfnumpy.support.validate import real

Decay = Callable[[float], float]
"""Share of all batches that are done, 0 to 1 -> share of the learning rate."""

DECAYS: dict[str, Decay] = {
    "constant": lambda done: 1.0,
    "linear": lambda done: 1.0 - done,
    "cosine": lambda done: 0.5 * (1 + math.cos(math.pi * done)),
}
"""The learning rate as a share of its start, by the share of all batches that are done."""


def check_decay(decay: str | Decay) -> None:
    """Check that a decay is a name in DECAYS, or a function that gives a number from 0 on at the start and half-way.

    Raises UnknownNameError for another name, InvalidValueError for another function.
    """
    if callable(decay):
        for done in (0.0, 0.5):
            real(f"decay({done})", decay(done), "a number from 0 on", lambda share: 0 <= share < math.inf)
    elif decay not in DECAYS:
        raise unknown_name("decay of the learning rate", decay, DECAYS)


def named_decay(decay: str | Decay) -> str:
    """The decay's name; of a function, where it was written."""
    if isinstance(decay, str):
        return decay
    return f"{getattr(decay, '__module__', '')}.{getattr(decay, '__qualname__', type(decay).__qualname__)}"


def batches_of(n: int, batch_size: int) -> list[slice]:
    """Slices that cover n rows; the last is shorter if batch_size does not divide n."""
    return [slice(start, min(start + batch_size, n)) for start in range(0, n, batch_size)]


def check_batch_size(size: Any, rows: int) -> None:
    """Check that a batch has from 1 to all rows, or is None. Raises InvalidValueError."""
    wanted = rows if size is None else size
    if isinstance(wanted, bool) or not isinstance(wanted, int) or not 1 <= wanted <= rows:
        raise InvalidValueError(
            f"batch_size must be from 1 to the number of rows, {rows}, or None for all; got {size!r}."
        )


def take(data: Any, rows: np.ndarray) -> Array:
    """These rows of an array or a view, on the device."""
    on_device = isinstance(data, backend.current().array_type)
    return data[backend.to_device(rows)] if on_device else backend.to_device(data[rows])


@dataclass(frozen=True)
class Batch:
    """One batch of a run.

    epoch, number: its place, each counted from 0.
    rows: (N,) indices of its samples.
    scale: the share of the learning rate that it gets.
    rng: its own random numbers, for rules that draw some.
    """

    epoch: int
    number: int
    rows: np.ndarray
    scale: float
    rng: np.random.Generator


@dataclass(frozen=True)
class Batches:
    """All batches of a run. They depend on these settings and the number of samples alone, never on the engine.

    seed: of order and random numbers.
    batch_size: samples in a batch, None for all of them.
    epochs: of one phase; the learning rate decays over them.
    decay: one of DECAYS, or a function of its own.
    samples: (n,) integers, where equal samples are to draw equal numbers (`seeding.AlikeForEqual`), or None.
    """

    seed: int
    batch_size: int | None
    epochs: int
    decay: str | Decay
    samples: np.ndarray | None = None

    def slices(self, n: int) -> list[slice]:
        """Where each batch lies in the order of an epoch over n samples."""
        return batches_of(n, self.batch_size or n)

    def of_epoch(self, n: int, phase: int, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of one epoch.

        n: how many samples there are.
        phase, epoch: of the run, counted from 0; a run layer by layer has a phase for each block.
        start: the batch to begin with, for a resumed epoch.
        """
        turn, slices = phase * self.epochs + epoch, self.slices(n)
        order = stream(self.seed, "shuffle", turn).permutation(n)
        decay = DECAYS[self.decay] if isinstance(self.decay, str) else self.decay
        for number in range(start, len(slices)):
            done = (epoch * len(slices) + number) / (self.epochs * len(slices))
            rng, rows = stream(self.seed, "batch", turn * len(slices) + number), order[slices[number]]
            if self.samples is not None:
                rng = AlikeForEqual(rng, self.samples[rows])
            yield Batch(epoch, number, rows, decay(done), rng)
