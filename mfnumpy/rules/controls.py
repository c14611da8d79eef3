"""The controls that an honest comparison needs: how much of a rule's result comes from where?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

import numpy as np

from mfnumpy import equations
from mfnumpy.backend import Array
from mfnumpy.blocks import Trace
from mfnumpy.network import Network
from mfnumpy.rules.base import Step, named
from mfnumpy.rules.mf import ProjectionRule
from mfnumpy.rules.readout import ReadoutRule


class Shallow(ReadoutRule):
    """Only the readout learns; the blocks stay random features. What a rule gains over this, its blocks learned."""

    name = "shallow"

    def errors_at_z(self, net: Network, traces: list[Trace], dG: Array) -> Iterator[tuple[int, Array]]:
        """No error reaches any block."""
        return iter(())


class JointProjections(ProjectionRule):
    """Losses L_i at every block's goodness, and no detach: each reaches all blocks below, as in backpropagation."""

    def __init__(self, loss_gradient: Callable[[Array, Array], Array] = equations.cross_entropy_gradient):
        super().__init__()
        self.loss_gradient = loss_gradient

    def joint_gradients(
        self, net: Network, traces: list[Trace], y: Array, da: Array | None
    ) -> tuple[Any, dict[str, Array]]:
        """The sum of all L_i, and its gradients. da: an error that comes from above the last block, or None."""
        loss: Any = 0.0
        gradients: dict[str, Array] = {}
        for i in reversed(range(len(net.blocks))):
            block, trace, M = net.blocks[i], traces[i], self.M[i]
            G = equations.goodness_scores(trace.flat, M)
            dG = self.loss_gradient(G, y)
            loss = loss + equations.cross_entropy(G, y)
            local = equations.goodness_scores_gradient(dG, M).reshape(trace.a.shape)
            dz = block.error_at_z(local if da is None else local + da, trace)
            own = block.parameter_gradients(dz, trace) | {"M": equations.projection_gradient(trace.flat, dG)}
            gradients |= named(block.name, own)
            da = block.error_to_input(dz, trace) if i > 0 else None
        return loss, gradients


class MonoForwardJoint(JointProjections):
    """MF's losses, MF's predictions, gradients not detached: what locality costs or gains."""

    name = "mf_joint"

    def steps(
        self,
        net: Network,
        x: Array,
        y: Array,
        rng: np.random.Generator | None = None,
        only: Collection[int] | None = None,
    ) -> Iterator[Step]:
        """One Step at the end, for the sum of all blocks' losses."""
        self._check_started(self.M, net)
        yield Step(None, *self.joint_gradients(net, net.forward(x), y, None))


class DeepSupervision(JointProjections, ReadoutRule):
    """Backpropagation from a readout, with MF's local losses added at every block and no detach at all.

    The strongest thing that MF must be compared with: it has MF's extra loss signals and BP's credit assignment.
    Source: Lee et al. 2015, Deeply-Supervised Nets.
    """

    name = "deep_supervision"
    predictions = ("readout",)

    def __init__(self, loss_gradient: Callable[[Array, Array], Array] = equations.cross_entropy_gradient):
        ReadoutRule.__init__(self, loss_gradient)
        self.M = []

    def block_gradients(self, net: Network, traces: list[Trace], y: Array, dG: Array) -> tuple[Any, dict[str, Array]]:
        """The sum of all blocks' losses, and its gradients together with those of the readout's loss."""
        return self.joint_gradients(net, traces, y, self._readout(net).input_gradient(dG, traces[-1].a.shape))

    def scores(self, net: Network, x: Array, prediction: str | None = None) -> Array:
        """The readout's scores, (N, m)."""
        return ReadoutRule.scores(self, net, x, prediction)

    def all_scores(self, net: Network, x: Array) -> tuple[dict[str, Array], list[Array]]:
        """The readout's prediction, and those of each block's own goodness."""
        return {"readout": self.scores(net, x)}, self.layer_scores(net, x)

    def count(self, net: Network, prediction: str | None = None) -> int:
        """The projection matrices only help to learn; a prediction does not need them."""
        return ReadoutRule.count(self, net) - sum(M.size for M in self.M)
