"""The controls that an honest comparison needs: how much of a rule's result comes from where?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mfnumpy import equations
from mfnumpy.backend import Array
from mfnumpy.blocks import Trace
from mfnumpy.network import Network
from mfnumpy.rules.base import Style, named
from mfnumpy.rules.global_rule import GlobalRule
from mfnumpy.rules.parts import Projections, Readout


class Shallow(GlobalRule):
    """Only the readout learns; the blocks stay random features. What a rule gains over this, its blocks learned."""

    name = "shallow"
    title = "Control: readout only"
    sentence = "The blocks stay random; what others gain over this, their blocks learned."
    place = 70
    style = Style("#777777", "x", ":")
    exact = False

    def errors_at_z(self, net: Network, traces: list[Trace], dG: Array) -> Iterator[tuple[int, Array]]:
        """No error reaches any block; arguments as in `GlobalRule.errors_at_z`."""
        return iter(())


class MonoForwardJoint(GlobalRule):
    """MF's losses, MF's predictions, gradients not detached: what locality costs or gains.

    Each block's loss L_i reaches all blocks below, as in backpropagation. There is no readout.
    """

    name = "mf_joint"
    title = "Control: joint losses"
    sentence = "Mono-Forward's losses, but their gradients reach all blocks below."
    place = 90
    style = Style("#D55E00", "X", "--")
    error_from = ("own", "above")
    predictions: tuple[str, ...] = Projections.predictions
    sums_of_blocks: tuple[str, ...] = ("ff",)
    projections: Projections

    def __init__(self, loss_gradient: Callable[[Array, Array], Array] = equations.cross_entropy_gradient):
        super().__init__(loss_gradient)
        self.readout, self.projections = None, Projections()

    def block_gradients(
        self, net: Network, traces: list[Trace], y: Array, dG: Array | None, weights: Array | None = None
    ) -> tuple[Any, dict[str, Array]]:
        """The sum of all L_i, and its gradients, together with those of the readout's loss if there is one.

        Arguments as in `GlobalRule.block_gradients`.
        """
        loss: Any = 0.0
        gradients: dict[str, Array] = {}
        da = None if self.readout is None else self.readout.input_gradient(dG, traces[-1].a.shape)
        for i in reversed(range(len(net.blocks))):
            block, trace, M = net.blocks[i], traces[i], self.M[i]
            G = equations.goodness_scores(trace.flat, M)
            dG = self.error(G, y, weights)
            loss = loss + equations.cross_entropy(G, y, weights)
            local = equations.goodness_scores_gradient(dG, M).reshape(trace.a.shape)
            dz = block.error_at_z(local if da is None else local + da, trace)
            own = block.parameter_gradients(dz, trace) | {"M": equations.projection_gradient(trace.flat, dG)}
            gradients |= named(block.name, own)
            da = block.error_to_input(dz, trace) if i > 0 else None
        return loss, gradients


class DeepSupervision(MonoForwardJoint):
    """Backpropagation from a readout, with MF's local losses added at every block and no detach at all.

    The strongest thing that MF must be compared with: it has MF's extra loss signals and BP's credit assignment.
    Source: Lee et al. 2015, Deeply-Supervised Nets.
    """

    name = "deep_supervision"
    title = "Control: deep supervision"
    sentence = "Backpropagation with Mono-Forward's local losses added."
    place = 80
    style = Style("#0072B2", "P", "--")
    predictions = ("readout",)
    sums_of_blocks = ()

    def __init__(self, loss_gradient: Callable[[Array, Array], Array] = equations.cross_entropy_gradient):
        super().__init__(loss_gradient)
        self.readout = Readout()
