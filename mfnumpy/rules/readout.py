"""What the rules with one output layer share: BP, FA, DFA and `shallow` differ in `errors_at_z` alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from typing import Any

import numpy as np

from mfnumpy import equations
from mfnumpy.backend import Array
from mfnumpy.blocks import Trace
from mfnumpy.layers import Dense
from mfnumpy.network import Network
from mfnumpy.rules.base import Rule, Step, named
from mfnumpy.support.seeding import stream


class ReadoutRule(Rule):
    """One loss, at a linear readout on the last block; every rule learns the readout by its true gradient.

    loss_gradient: (G, y) -> dG, Eq. (6)'s derivative by default.
    """

    predictions = ("readout",)

    def __init__(self, loss_gradient: Callable[[Array, Array], Array] = equations.cross_entropy_gradient):
        super().__init__()
        self.loss_gradient = loss_gradient
        self.readout: Dense | None = None

    def reset(self) -> None:
        """Forget the readout."""
        self.readout = None

    def plug(self, net: Network) -> None:
        """Draw the readout, N(0, 1/n); a readout whose input changed with the last block is drawn again."""
        n = net.widths[-1]
        if self.readout is None or self.readout.parameters["W"].shape[0] != n:
            rng = stream(self.seed, "readout")
            self.readout = Dense(n, self.n_classes, rng, dtype=net.dtype, name="readout")
            self.readout.parameters["W"] /= math.sqrt(2)  # no ReLU follows: variance 1/n, not 2/n

    def parameters(self, net: Network) -> dict[str, Array]:
        """The blocks' parameters and the readout's."""
        return net.parameters() | named("readout", self._readout(net).parameters)

    def errors_at_z(self, net: Network, traces: list[Trace], dG: Array) -> Iterator[tuple[int, Array]]:
        """Yield (i, dz_i) for every block that learns: how the output's error reaches the blocks IS the rule."""
        raise NotImplementedError

    def steps(
        self,
        net: Network,
        x: Array,
        y: Array,
        rng: np.random.Generator | None = None,
        only: Collection[int] | None = None,
    ) -> Iterator[Step]:
        """One Step at the very end: no block can be updated before the whole network has run (update locking)."""
        readout = self._readout(net)
        traces = net.forward(x)
        G = readout.forward(traces[-1].a)
        dG = self.loss_gradient(G, y)
        gradients = named("readout", readout.parameter_gradients(traces[-1].flat, dG))
        others, of_blocks = self.block_gradients(net, traces, y, dG)
        yield Step(None, others + equations.cross_entropy(G, y), gradients | of_blocks)

    def block_gradients(self, net: Network, traces: list[Trace], y: Array, dG: Array) -> tuple[Any, dict[str, Array]]:
        """The sum of the losses besides the readout's, here 0, and the gradients of all blocks that learn, by name."""
        gradients: dict[str, Array] = {}
        for i, dz in self.errors_at_z(net, traces, dG):
            gradients |= named(net.blocks[i].name, net.blocks[i].parameter_gradients(dz, traces[i]))
        return 0, gradients

    def scores(self, net: Network, x: Array, prediction: str | None = None) -> Array:
        """The readout's scores, (N, m)."""
        self._prediction(prediction)
        for block in net.blocks:
            x = block.forward(x).a
        return self._readout(net).forward(x)

    def _readout(self, net: Network) -> Dense:
        if self.readout is None or self.readout.parameters["W"].shape[0] != net.widths[-1]:
            raise self._not_started("no readout that fits this network")
        return self.readout
