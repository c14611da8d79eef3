"""Putting a student's functions into the real network, where the package has no keyword for it.

Rules take their equations as keywords: MonoForward(weight_gradient=my_eq7). What a network's layers and the optimiser
are made of has no keyword, so these small classes stand in: each is the package's own, with a method or two that call
the function they were given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mfnumpy.backend import Array, xp_of
from mfnumpy.blocks import Block, Trace
from mfnumpy.layers import Dense
from mfnumpy.network import Network
from mfnumpy.optim import Adam
from mfnumpy.rules import ForwardForward
from mfnumpy.rules.base import Step, named
from mfnumpy.rules.ff import NORMALISE
from mfnumpy.support.seeding import stream


class DenseOf(Dense):
    """A Dense layer, with bias, that computes with functions that it was given.

    n_in, n_out, rng: as in `Dense`.
    forward: (x, W, b) -> z.
    backward: (x, W, dz) -> (dx, dW, db).
    name: in messages.
    """

    def __init__(
        self, n_in: int, n_out: int, rng: np.random.Generator, forward: Callable, backward: Callable, name: str
    ):
        super().__init__(n_in, n_out, rng, bias=True, name=name)
        self._forward, self._backward = forward, backward

    def from_rows(self, rows: Array, x_shape: tuple[int, ...]) -> Array:
        """z = forward(rows, W, b)."""
        return self._forward(rows, self.parameters["W"], self.parameters["b"])

    def parameter_gradients(self, rows: Array, dz: Array) -> dict[str, Array]:
        """dW and db of backward(rows, W, dz)."""
        _, dW, db = self._backward(rows, self.parameters["W"], dz)
        return {"W": dW, "b": db}

    def input_gradient(self, dz: Array, x_shape: tuple[int, ...], W: Array | None = None) -> Array:
        """dx of backward; it does not depend on x, for which zeros stand here.

        Arguments as in `Dense.input_gradient`.
        """
        W = self.parameters["W"] if W is None else W
        return self._backward(np.zeros((dz.shape[0], W.shape[0]), dz.dtype), W, dz)[0].reshape(x_shape)


class BlockOf(Block):
    """A block whose mask is relu_backward (z, da) -> dz."""

    def __init__(self, linear: Dense, relu_backward: Callable):
        super().__init__(linear)
        self._relu_backward = relu_backward

    def error_at_z(self, da: Array, trace: Trace) -> Array:
        """dz = relu_backward(z, da)."""
        return self._relu_backward(trace.z, da.reshape(trace.z.shape))


def network_of(
    n_inputs: int,
    hidden: list[int],
    *,
    dense_forward: Callable,
    dense_backward: Callable,
    relu_backward: Callable,
    seed: int = 0,
) -> Network:
    """A multilayer perceptron whose blocks compute with the given functions, for any rule and the trainer.

    n_inputs: features of a sample.
    hidden: neurons of each block.
    dense_forward: (x, W, b) -> z.
    dense_backward: (x, W, dz) -> (dx, dW, db).
    relu_backward: (z, da) -> dz.
    seed: of the weights.
    """
    net, n = Network(n_inputs, seed=seed), n_inputs
    for i, width in enumerate(hidden):
        linear = DenseOf(n, width, stream(seed, "weights", i), dense_forward, dense_backward, f"block{i + 1}")
        net.plug(BlockOf(linear, relu_backward))
        n = width
    return net


class AdamOf(Adam):
    """Adam whose step is adam_step (parameter, gradient, m, v, t, lr, beta1, beta2, epsilon) -> (parameter, m, v)."""

    def __init__(self, adam_step: Callable, lr: float = 1e-3):
        super().__init__(lr)
        self._step = adam_step

    def update(self, name: str, parameter: Array, gradient: Array, scale: float = 1.0) -> None:
        """Change the parameter in place by the given step; arguments as in `Optimiser.update`."""
        m, v = (moments.get(name, np.zeros_like(parameter)) for moments in (self.m, self.v))
        self.t[name] = self.t.get(name, 0) + 1
        settings = (self.lr * scale, self.beta1, self.beta2, self.epsilon)
        parameter[...], self.m[name], self.v[name] = self._step(parameter, gradient, m, v, self.t[name], *settings)


class ForwardForwardOf(ForwardForward):
    """Forward-Forward with the given goodness (1), (2) and the given gradients of the losses (3), (4).

    eq1, eq2: a -> G.
    eq3_gradient, eq4_gradient: (G, theta) -> dG.
    options: the other keywords of ForwardForward.
    """

    def __init__(self, eq1: Callable, eq2: Callable, eq3_gradient: Callable, eq4_gradient: Callable, **options: Any):
        super().__init__(**options)
        self._functions = eq1, eq2, eq3_gradient, eq4_gradient

    def local_step(  # type: ignore[override]  # trained without weights
        self, net: Network, i: int, x: Array, y: Array
    ) -> tuple[Step, Array]:
        """One block, as the package does it; the loss shown is the mean goodness gap, which should grow.

        Arguments as in `LocalRule.local_step`.
        """
        eq1, eq2, eq3_gradient, eq4_gradient = self._functions
        block, theta, N = net.blocks[i], self.threshold(net, i), x.shape[0] // 2
        trace = block.forward(NORMALISE[self.normalise](x))
        G_pos, G_neg = eq1(trace.a[:N]), eq2(trace.a[N:])
        dG = xp_of(x).concatenate([eq3_gradient(G_pos, theta), eq4_gradient(G_neg, theta)])
        dz = block.error_at_z(dG[:, None] * 2 * trace.a, trace)
        return Step(i, (G_neg - G_pos).mean(), named(block.name, block.parameter_gradients(dz, trace))), trace.a
