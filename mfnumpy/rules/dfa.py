"""Direct Feedback Alignment: the output's error goes straight to every block through a fixed random matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mfnumpy import choices, equations
from mfnumpy.backend import Array
from mfnumpy.blocks import Trace
from mfnumpy.network import Network
from mfnumpy.rules.base import Style
from mfnumpy.rules.global_rule import GlobalRule
from mfnumpy.rules.parts import PerBlock, normal
from mfnumpy.support.validate import positive


class DirectFeedbackAlignment(GlobalRule):
    """dz_l = (e B_l) * [z_l > 0] with e = dG, the output's error, and B_l: (m, n_l), drawn once, never changed.

    No error goes from block to block: `error_to_input` is never called. B_l ~ N(0, 1/n_l), the variance with which
    the readout starts, so that with one hidden block DFA and FA are the same rule.
    loss_gradient: as in `GlobalRule`.
    feedback_scale: a factor of all B. Adam divides what it does to a block's gradient out again.
    Source: Nøkland 2016, arXiv 1609.01596.
    """

    name = "dfa"
    title = "Direct Feedback Alignment"
    sentence = "The output's error goes straight to every block, through a random matrix."
    place = 30
    style = Style("#CC79A7", "d", "--")
    error_from = ("output",)
    exact = False
    feedback: PerBlock

    def __init__(
        self,
        loss_gradient: Callable[[Array, Array], Array] = equations.cross_entropy_gradient,
        *,
        feedback_scale: float = 1.0,
    ):
        super().__init__(loss_gradient)
        self.feedback_scale = positive("feedback_scale", feedback_scale)

    def options(self) -> dict:
        """The factor of B."""
        return {"feedback_scale": self.feedback_scale}

    def reset(self) -> None:
        """Forget the readout and the feedback matrices."""
        super().reset()
        self.feedback = PerBlock()

    def plug(self, net: Network) -> None:
        """Draw feedback matrices for new blocks; the others keep theirs."""
        super().plug(net)
        widths = net.widths

        def draw(i: int) -> Array:
            """B of block i."""
            n = widths[i]
            variance = self.feedback_scale**2 * choices.FEEDBACK_INIT.value * choices.PROJECTION_INIT.value / n
            return normal(self.seed, "feedback", i, (self.n_classes, n), variance, net.dtype)

        self.feedback.fit(net, draw)

    def errors_at_z(self, net: Network, traces: list[Trace], dG: Array) -> Iterator[tuple[int, Array]]:
        """Every block at once, in any order: each needs the output's error and its own z.

        Arguments as in `GlobalRule.errors_at_z`.
        """
        for i, block in enumerate(net.blocks):
            yield i, block.error_at_z(dG @ self.feedback[i], traces[i])
