"""Mono-Forward: every block has a projection matrix M, a loss of its own, and one forward pass."""

from __future__ import annotations

import math
from collections.abc import Callable

from mfnumpy import equations
from mfnumpy.backend import Array
from mfnumpy.network import Network
from mfnumpy.rules.base import LocalRule, Rule, Step, named


class ProjectionRule(Rule):
    """What the rules with a projection matrix M_i per block share: drawing them, and predicting from goodness.

    Predictions: "ff" adds the goodness scores of all blocks; "bp" takes the last block's, and then needs no other M.
    """

    predictions: tuple[str, ...] = ("ff", "bp")

    def __init__(self) -> None:
        super().__init__()
        self.M: list[Array] = []

    def reset(self) -> None:
        """Forget the projection matrices."""
        super().reset()
        self.M = []

    def plug(self, net: Network) -> None:
        """Draw M_i ~ N(0, 1/n_i), shape (m, n_i), for new blocks; the others keep what they learned."""
        super().plug(net)
        m, widths = self.n_classes, net.widths
        self._resize(self.M, net, lambda i: self._draw("projection", i, (m, widths[i]), math.sqrt(1 / widths[i]), net))

    def parameters(self, net: Network) -> dict[str, Array]:
        """Each block's own parameters and its M."""
        self._check_started(self.M, net)
        return super().parameters(net) | {f"{b.name}.M": M for b, M in zip(net.blocks, self.M, strict=True)}

    def layer_scores(self, net: Network, x: Array) -> list[Array]:
        """G_i of every block, Eq. (5)."""
        self._check_started(self.M, net)
        scores = []
        for block, M in zip(net.blocks, self.M, strict=True):
            trace = block.forward(x)
            scores.append(equations.goodness_scores(trace.flat, M))
            x = trace.a
        return scores

    def count(self, net: Network, prediction: str | None = None) -> int:
        """BP pred leaves out every M but the last."""
        unused = self.M[:-1] if self._prediction(prediction) == "bp" else []
        return super().count(net) - sum(M.size for M in unused)

    def scores(self, net: Network, x: Array, prediction: str | None = None) -> Array:
        """The sum of all G_i ("ff") or the last G_i ("bp"), (N, m)."""
        if self._prediction(prediction) == "ff":
            return sum(self.layer_scores(net, x))
        self._check_started(self.M, net)
        for block in net.blocks:
            trace = block.forward(x)
            x = trace.a
        return equations.goodness_scores(trace.flat, self.M[-1])

    def all_scores(self, net: Network, x: Array) -> tuple[dict[str, Array], list[Array]]:
        """Both predictions come from the same goodness scores: one pass."""
        layers = self.layer_scores(net, x)
        return {"ff": sum(layers), "bp": layers[-1]}, layers


class MonoForward(ProjectionRule, LocalRule):
    """W_i and M_i learn from L_i = cross-entropy(softmax(a_i M_i^T), y) alone. The last M is the output layer.

    The equations can be handed in, each in place of the reference, so that a student's own is trained with:
    project (a, M) -> G, loss_gradient (G, y) -> dG, weight_gradient (x, z, M, dG) -> dW,
    projection_gradient (a, dG) -> dM.
    Source: Gong, Li and Abdulla 2025, section 3.
    """

    name = "mf"

    def __init__(
        self,
        project: Callable[[Array, Array], Array] = equations.goodness_scores,
        loss_gradient: Callable[[Array, Array], Array] = equations.cross_entropy_gradient,
        weight_gradient: Callable[[Array, Array, Array, Array], Array] = equations.weight_gradient,
        projection_gradient: Callable[[Array, Array], Array] = equations.projection_gradient,
    ):
        super().__init__()
        self.project, self.loss_gradient = project, loss_gradient
        self.weight_gradient, self.projection_gradient = weight_gradient, projection_gradient

    def local_step(self, net: Network, i: int, x: Array, y: Array) -> tuple[Step, Array]:
        """One block, one batch: the paper's algorithm. Both gradients use W and M as they were in the forward pass."""
        self._check_started(self.M, net)
        block, M = net.blocks[i], self.M[i]
        trace = block.forward(x)  # z = x W, a = relu(z)
        G = self.project(trace.flat, M)  # (5)
        dG = self.loss_gradient(G, y)  # (6)
        dM = self.projection_gradient(trace.flat, dG)  # (8)
        gradients = block.local_gradients(M, dG, trace, self.weight_gradient)  # (7)
        return Step(i, equations.cross_entropy(G, y), named(block.name, gradients | {"M": dM})), trace.a
