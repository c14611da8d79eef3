"""Rules whose errors come down from the output: BP, FA, DFA and `shallow` differ in `errors_at_z` alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

import numpy as np

from mfnumpy import equations
from mfnumpy.backend import Array
from mfnumpy.blocks import Trace
from mfnumpy.network import Network
from mfnumpy.rules.base import Rule, Step, named
from mfnumpy.rules.parts import Readout


class GlobalRule(Rule):
    """One loss, at a linear readout on the last block; every rule learns the readout by its true gradient.

    loss_gradient: (G, y) -> dG, Eq. (6)'s derivative by default.
    """

    predictions: tuple[str, ...] = ("readout",)

    def __init__(self, loss_gradient: Callable[[Array, Array], Array] = equations.cross_entropy_gradient):
        super().__init__()
        self.loss_gradient = loss_gradient
        self.readout = Readout()

    def errors_at_z(self, net: Network, traces: list[Trace], dG: Array) -> Iterator[tuple[int, Array]]:
        """Yield (i, dz_i) for every block that learns: how the output's error reaches the blocks IS the rule.

        net: the network that the rule was started for.
        traces: of all blocks, from one forward pass.
        dG: (N, m), gradient of the mean loss at the readout's scores.
        """
        raise NotImplementedError

    def steps(
        self,
        net: Network,
        x: Array,
        y: Array,
        rng: np.random.Generator | None = None,
        only: Collection[int] | None = None,
        weights: Array | None = None,
    ) -> Iterator[Step]:
        """One Step at the very end: no block can be updated before the whole network has run (update locking).

        Arguments as in `Rule.steps`.
        """
        self.check_started(net)
        traces, loss, gradients, dG = net.forward(x), 0, {}, None
        if self.readout is not None:
            G = self.readout.forward(traces[-1].a)
            dG = self.error(G, y, weights)
            loss = equations.cross_entropy(G, y, weights)
            gradients = named("readout", self.readout.parameter_gradients(traces[-1].flat, dG))
        others, of_blocks = self.block_gradients(
            net, traces, y, dG, **({} if weights is None else {"weights": weights})
        )
        yield Step(None, others + loss, gradients | of_blocks)

    def error(self, G: Array, y: Array, weights: Array | None) -> Array:
        """dG: the gradient of the mean loss at the scores, the weighted mean's where there are weights.

        G: (N, m) scores.
        y: (N,) integer labels.
        weights: (N,) of the samples, or None.
        """
        dG = self.loss_gradient(G, y)
        return dG if weights is None else equations.weighted_mean_gradient(dG, weights)

    def block_gradients(
        self, net: Network, traces: list[Trace], y: Array, dG: Array | None, weights: Array | None = None
    ) -> tuple[Any, dict[str, Array]]:
        """The sum of the losses besides the readout's, here 0, and the gradients of all blocks that learn, by name.

        net: the network that the rule was started for.
        traces: of all blocks, from one forward pass.
        y: (N,) integer labels.
        dG: (N, m), gradient of the mean loss at the readout's scores; None without a readout.
        weights: (N,) of the samples, in dG already; for further losses.
        """
        assert dG is not None
        gradients: dict[str, Array] = {}
        for i, dz in self.errors_at_z(net, traces, dG):
            gradients |= named(net.blocks[i].name, net.blocks[i].parameter_gradients(dz, traces[i]))
        return 0, gradients
