"""Adam without temporaries, in blocks that stay in the cache, on any part of a parameter."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.optim import Adam, _check

BLOCK = 262_144
"""Elements per block: long enough that two threads seldom wait for each other's Python, and no temporary is larger."""


class FastAdam(Adam):
    """The same optimiser as `Adam`, with the same state and description, written for speed.

    The two bias corrections are folded into the step size and epsilon, as at the end of Kingma and Ba's section 2:
    lr_t = lr sqrt(1 - beta2^t) / (1 - beta1^t), epsilon_t = epsilon sqrt(1 - beta2^t). That is algebraically the
    step of `adam_step`, and rounds otherwise.
    """

    def __init__(self, lr: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8):
        super().__init__(lr, beta1, beta2, epsilon)
        self._scratch = threading.local()

    def begin(self, parameters: Iterable[tuple[str, Array]]) -> None:
        """Start the next step of these parameters: make their moments at the first, and count t."""
        for name, parameter in parameters:
            if name not in self.m:
                self.m[name], self.v[name] = np.zeros_like(parameter), np.zeros_like(parameter)
                self.t[name] = 0
            self.t[name] += 1

    def step(self, name: str, parameter: Array, gradient: Array, part: slice, scale: float = 1.0) -> None:
        """Change rows `part` of a parameter for which `begin` was called. gradient: of these rows alone.

        Workers may call this for different rows of one parameter at once.
        """
        root = math.sqrt(1 - self.beta2 ** self.t[name])
        lr, epsilon = self.lr * scale * root / (1 - self.beta1 ** self.t[name]), self.epsilon * root
        flat = [array[part].reshape(-1) for array in (parameter, self.m[name], self.v[name])]
        flat.append(gradient.reshape(-1))
        scratch = self._buffer(parameter.dtype)
        for start in range(0, flat[0].size, BLOCK):
            p, m, v, g = (array[start : start + BLOCK] for array in flat)
            self._block(p, m, v, g, scratch[: p.size], lr, epsilon)

    def update(self, name: str, parameter: Array, gradient: Array, scale: float = 1.0) -> None:
        """One whole step of one parameter, in place. Raises ShapeError if the gradient's shape differs."""
        _check(name, parameter, gradient)
        if not (isinstance(parameter, np.ndarray) and parameter.flags.c_contiguous):
            super().update(name, parameter, gradient, scale)
            return
        self.begin([(name, parameter)])
        self.step(name, parameter, gradient, slice(None), scale)

    def _block(self, p: Array, m: Array, v: Array, g: Array, scratch: Array, lr: float, epsilon: float) -> None:
        np.multiply(m, self.beta1, out=m)
        np.multiply(g, 1 - self.beta1, out=scratch)
        np.add(m, scratch, out=m)  # m <- beta1 m + (1 - beta1) g
        np.multiply(g, g, out=scratch)
        np.multiply(scratch, 1 - self.beta2, out=scratch)
        np.multiply(v, self.beta2, out=v)
        np.add(v, scratch, out=v)  # v <- beta2 v + (1 - beta2) g^2
        np.sqrt(v, out=scratch)
        np.add(scratch, epsilon, out=scratch)
        np.divide(m, scratch, out=scratch)
        np.multiply(scratch, lr, out=scratch)
        np.subtract(p, scratch, out=p)  # p <- p - lr_t m / (sqrt(v) + epsilon_t)

    def _buffer(self, dtype: np.dtype) -> Array:
        """A block's worth of scratch memory for the thread that asks."""
        buffer = getattr(self._scratch, "buffer", None)
        if buffer is None or buffer.dtype != dtype:
            buffer = self._scratch.buffer = np.empty(BLOCK, dtype)
        return buffer
