"""Adam without temporaries, in blocks that stay in the cache, on any part of a parameter."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.optim import BETA1, BETA2, EPSILON, LR, Adam, check_gradient

BLOCK = 458_752
"""Elements per block: long enough that two threads seldom wait for each other's Python, and no temporary is larger."""


class FastAdam(Adam):
    """The same optimiser as `Adam`, with the same state, description and arguments, written for speed.

    lr, beta1, beta2, epsilon: as in `adam_step`.

    The two bias corrections are folded into the step size and epsilon, as at the end of Kingma and Ba's section 2:
    lr_t = lr sqrt(1 - beta2^t) / (1 - beta1^t), epsilon_t = epsilon sqrt(1 - beta2^t). That is algebraically the
    step of `adam_step`, and rounds otherwise.

    options: those of `StepSizes`.
    """

    def __init__(
        self,
        lr: float = LR,
        beta1: float = BETA1,
        beta2: float = BETA2,
        epsilon: float = EPSILON,
        **options: Any,
    ):
        super().__init__(lr, beta1, beta2, epsilon, **options)
        self._scratch = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        """As of `Adam`, without the threads' scratch memory."""
        return {key: value for key, value in super().__getstate__().items() if key != "_scratch"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _scratch=threading.local())

    def begin(self, parameters: Iterable[tuple[str, Array]]) -> None:
        """Start the next step of these parameters: make their moments at the first, and count t."""
        for name, parameter in parameters:
            if self._is_new(name, parameter):
                self.m[name], self.v[name] = np.zeros_like(parameter), np.zeros_like(parameter)
                self.t[name] = 0
            self.t[name] += 1

    def step(self, name: str, parameter: Array, gradient: Array, part: slice, scale: float = 1.0) -> None:
        """Change some rows of a parameter, in place. Workers may call this for different rows of one parameter at once.

        name: of the parameter, for which `begin` was called.
        parameter: all of it.
        gradient: of these rows alone; it is overwritten.
        part: the rows.
        scale: the batch's share of the learning rate.
        """
        for p, m, v, g in self._blocks(name, parameter, gradient, part):
            self._shrink(name, p, g, scale)
            self._change(p, m, v, g, *self._rates(name, scale))

    def update(self, name: str, parameter: Array, gradient: Array, scale: float = 1.0) -> None:
        """One whole step of one parameter, in place; arguments as in `Optimiser.update`.

        Raises DTypeError for a gradient that is no array, ShapeError for one of another shape.
        """
        check_gradient(name, parameter, gradient)
        if not (isinstance(parameter, np.ndarray) and parameter.flags.c_contiguous):
            super().update(name, parameter, gradient, scale)
            return
        self.begin([(name, parameter)])
        scratch = self._buffer(parameter.dtype)
        for p, m, v, g in self._blocks(name, parameter, gradient, slice(None)):
            np.copyto(scratch[: g.size], g)
            self._shrink(name, p, scratch[: g.size], scale)
            self._change(p, m, v, scratch[: g.size], *self._rates(name, scale))

    def _rates(self, name: str, scale: float) -> tuple[float, float]:
        """lr_t and epsilon_t."""
        root = math.sqrt(1 - self.beta2 ** self.t[name])
        return self.rate_of(name) * scale * root / (1 - self.beta1 ** self.t[name]), self.epsilon * root

    def _shrink(self, name: str, p: Array, g: Array, scale: float) -> None:
        """As `optim.shrunk`, in place."""
        if self.shrinks(name):
            g += self.l2 * p
            p *= 1 - self.rate_of(name) * scale * self.weight_decay

    def _blocks(self, name: str, parameter: Array, gradient: Array, part: slice) -> Iterator[tuple[Array, ...]]:
        """Those rows of p, m, v, and their gradient, a block of each at a time."""
        flat = [array[part].reshape(-1) for array in (parameter, self.m[name], self.v[name])]
        flat.append(gradient.reshape(-1))
        for start in range(0, flat[0].size, BLOCK):
            yield tuple(array[start : start + BLOCK] for array in flat)

    def _change(self, p: Array, m: Array, v: Array, g: Array, lr: float, epsilon: float) -> None:
        """Everything in place, in g as well: an array more would leave less of the others in the cache."""
        np.multiply(g, 1 - self.beta1, out=g)
        np.multiply(m, self.beta1, out=m)
        np.add(m, g, out=m)  # m <- beta1 m + (1 - beta1) g
        np.multiply(g, g, out=g)
        np.multiply(g, (1 - self.beta2) / (1 - self.beta1) ** 2, out=g)
        np.multiply(v, self.beta2, out=v)
        np.add(v, g, out=v)  # v <- beta2 v + (1 - beta2) g^2
        np.sqrt(v, out=g)
        np.add(g, epsilon, out=g)
        np.divide(m, g, out=g)
        np.multiply(g, lr, out=g)
        np.subtract(p, g, out=p)  # p <- p - lr_t m / (sqrt(v) + epsilon_t)

    def _buffer(self, dtype: np.dtype) -> Array:
        """A block's worth of scratch memory for the thread that asks."""
        buffer = getattr(self._scratch, "buffer", None)
        if buffer is None or buffer.dtype != dtype:
            buffer = self._scratch.buffer = np.empty(BLOCK, dtype)
        return buffer
