"""The opponent of layers over ranks: backpropagation by micro-batches on the same ranks (GPipe), written plainly.

A batch is cut into micro-batches. All of them go forward through the ranks, then their errors come back in the other
order, and each rank adds up its gradients; when the last has come back every rank updates its blocks once. These are
the gradients of the whole batch, to rounding. Nothing is computed twice (what GPipe computes again saves memory, not
time).
Source: Huang et al. 2019.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.batches import batches_of
from mfnumpy.blocks import Trace
from mfnumpy.network import Network
from mfnumpy.optim import Optimiser
from mfnumpy.parallel.crew import ARRAY, OUTPUT, Crew
from mfnumpy.rules import Backpropagation


class MicroBatches:
    """This rank's blocks of a network that is trained by backpropagation over all ranks.

    crew: the ranks.
    net, rule: the network, and Backpropagation that was started for it; each rank uses its own blocks, and the last one
        the readout.
    optimiser: of this rank.
    split: the blocks of each rank.
    micro: into how many micro-batches a batch is cut.
    """

    def __init__(
        self,
        crew: Crew,
        net: Network,
        rule: Backpropagation,
        optimiser: Optimiser,
        split: Sequence[range],
        micro: int,
    ):
        self.crew, self.net, self.rule, self.optimiser, self.micro = crew, net, rule, optimiser, micro
        self.own = split[crew.rank]
        self.first, self.last = crew.rank == 0, crew.rank == crew.size - 1
        self._shapes = net.shapes()
        self._parameters = rule.parameters(net)

    def batch(self, x: Array, y: Array) -> None:
        """Learn from one batch. x: (N, *input_shape), read by the first rank. y: (N,) labels, read by the last."""
        parts = batches_of(len(y), -(-len(y) // self.micro))
        gradients: dict[str, Array] = {}
        traces = [self._forward(x, part) for part in parts]
        for part, trace in zip(reversed(parts), reversed(traces), strict=True):
            self._backward(trace, y[part], (part.stop - part.start) / len(y), gradients)
        for name, gradient in gradients.items():
            self.optimiser.update(name, self._parameters[name], gradient)

    def _forward(self, x: Array, part: slice) -> list[Trace]:
        """One micro-batch through this rank's blocks; what they computed is kept until its error comes back."""
        traces: list[Trace] = []
        a = x[part] if self.first else self._receive(part.stop - part.start, self.own.start, -1, OUTPUT)
        for i in self.own:
            traces.append(self.net.blocks[i].forward(a))
            a = traces[-1].a
        if not self.last:
            self.crew.post(np.ascontiguousarray(a), self.crew.rank + 1, OUTPUT)
        return traces

    def _backward(self, traces: list[Trace], y: Array, share: float, gradients: dict[str, Array]) -> None:
        """The error of one micro-batch through this rank's blocks; share: of its rows in the batch's mean."""
        a, readout = traces[-1].a, self.rule.readout
        if self.last:
            dG = self.rule.error(readout.forward(a), y, None) * np.asarray(share, a.dtype)
            self._add(gradients, "readout", readout.parameter_gradients(traces[-1].flat, dG))
            da = readout.input_gradient(dG, a.shape)
        else:
            da = self._receive(len(y), self.own.stop, 1, ARRAY)
        for i, trace in zip(reversed(self.own), reversed(traces), strict=True):
            block = self.net.blocks[i]
            dz = block.error_at_z(da, trace)
            self._add(gradients, block.name, block.parameter_gradients(dz, trace))
            if i > 0:
                da = block.error_to_input(dz, trace)
        if not self.first:
            self.crew.post(np.ascontiguousarray(da), self.crew.rank - 1, ARRAY)

    def _add(self, gradients: dict[str, Array], owner: str, more: dict[str, Array]) -> None:
        for key, gradient in more.items():
            name = f"{owner}.{key}"
            gradients[name] = gradients[name] + gradient if name in gradients else gradient

    def _receive(self, rows: int, place: int, way: int, tag: int) -> Array:
        """What comes from the rank below (way -1) or above (1). place: of its shape among `Network.shapes`."""
        return self.crew.receive(np.empty((rows, *self._shapes[place]), self.net.dtype), self.crew.rank + way, tag)
