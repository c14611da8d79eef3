"""Mono-Forward: every block has a projection matrix M, a loss of its own, and one forward pass.

`mfnumpy info route`, or this file run as a script, makes one update of a small network and prints its route: which
function of which file is called from which, from the batch to the changed parameters.
"""

from __future__ import annotations

from collections.abc import Callable

from mfnumpy import equations
from mfnumpy.backend import Array
from mfnumpy.network import Network, mlp
from mfnumpy.optim import Adam
from mfnumpy.rules.base import Step, Style, named
from mfnumpy.rules.local_rule import LocalRule
from mfnumpy.rules.parts import Projections
from mfnumpy.support.route import calls_of
from mfnumpy.support.seeding import stream


class MonoForward(LocalRule):
    """W_i and M_i learn from L_i = cross-entropy(softmax(a_i M_i^T), y) alone. The last M is the output layer.

    The equations can be handed in, each in place of the reference, so that a student's own is trained with:
    project: (a, M) -> G, Eq. (5).
    loss_gradient: (G, y) -> dG, of Eq. (6).
    weight_gradient: (x, z, M, dG) -> dW, Eq. (7).
    projection_gradient: (a, dG) -> dM, Eq. (8).
    Source: Gong, Li and Abdulla 2025, section 3.
    """

    name = "mf"
    title = "Mono-Forward"
    sentence = "Each block learns from its own goodness scores; nothing comes back from later blocks."
    place = 60
    style = Style("#D55E00", "o")
    predictions: tuple[str, ...] = Projections.predictions
    sums_of_blocks: tuple[str, ...] = ("ff",)

    def __init__(
        self,
        project: Callable[[Array, Array], Array] = equations.goodness_scores,
        loss_gradient: Callable[[Array, Array], Array] = equations.cross_entropy_gradient,
        weight_gradient: Callable[[Array, Array, Array, Array], Array] = equations.weight_gradient,
        projection_gradient: Callable[[Array, Array], Array] = equations.projection_gradient,
    ):
        super().__init__()
        self.projections = Projections()
        self.project, self.loss_gradient = project, loss_gradient
        self.weight_gradient, self.projection_gradient = weight_gradient, projection_gradient

    def local_step(self, net: Network, i: int, x: Array, y: Array, weights: Array | None = None) -> tuple[Step, Array]:
        """One block, one batch: the paper's algorithm. Both gradients use W and M as they were in the forward pass.

        Arguments as in `LocalRule.local_step`.
        """
        self.check_started(net)
        block, M = net.blocks[i], self.M[i]
        trace = block.forward(x)  # z = x W, a = relu(z)
        G = self.project(trace.flat, M)  # (5)
        dG = self.loss_gradient(G, y)  # (6)
        if weights is not None:
            dG = equations.weighted_mean_gradient(dG, weights)
        dM = self.projection_gradient(trace.flat, dG)  # (8)
        gradients = block.local_gradients(M, dG, trace, self.weight_gradient)  # (7)
        return Step(i, equations.cross_entropy(G, y, weights), named(block.name, gradients | {"M": dM})), trace.a


def route() -> str:
    """The route of one update of a network of two blocks: every call inside the package, a line each."""
    net, rule, adam = mlp(6, (5, 4)), MonoForward(), Adam()
    rule.start(net, 3)
    x, y = stream(0, "x").standard_normal((7, 6)).astype(net.dtype), stream(0, "y").integers(0, 3, 7)

    parameters = rule.parameters(net)

    def update() -> None:
        """What the reference trainer does with a batch."""
        for step in rule.steps(net, x, y):
            for name, gradient in step.gradients.items():
                adam.update(name, parameters[name], gradient)

    return "\n".join(calls_of(update))


if __name__ == "__main__":
    print(route())
