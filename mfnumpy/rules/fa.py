"""Feedback Alignment: backpropagation's path, but through fixed random matrices B in place of the weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mfnumpy import choices, equations
from mfnumpy.backend import Array
from mfnumpy.blocks import Trace
from mfnumpy.layers import ACTIVATIONS
from mfnumpy.network import Network
from mfnumpy.rules.base import Style
from mfnumpy.rules.global_rule import GlobalRule
from mfnumpy.rules.parts import Readout, normal
from mfnumpy.support.validate import positive


class FeedbackAlignment(GlobalRule):
    """dz_l = (dz_{l+1} B_{l+1}^T) * [z_l > 0], B_{l+1} of W_{l+1}'s shape, drawn once and never changed.

    feedback[l] stands for the weights above block l: those of block l+1, or of the readout for the last block.
    Each has the variance that `choices` gives these weights, so that errors keep the scale that BP gives them.
    loss_gradient: as in `GlobalRule`.
    feedback_scale: a factor of all B. Adam divides what it does to a block's gradient out again.
    Source: Lillicrap et al. 2016, Nature Communications 7:13276.
    """

    name = "fa"
    title = "Feedback Alignment"
    sentence = "Backpropagation's path, through fixed random matrices."
    place = 20
    style = Style("#CC79A7", "D")
    error_from = ("above",)
    exact = False
    readout: Readout

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

    def plug(self, net: Network) -> None:
        """Draw feedback matrices for the weights above each block; those whose shape still fits stay."""
        super().plug(net)
        above = [block.parameters["W"] for block in net.blocks[1:]] + [self.readout.parameters["W"]]
        starts = [ACTIVATIONS[block.activation].variance for block in net.blocks[1:]] + [choices.PROJECTION_INIT.value]
        del self.feedback[len(above) :]
        for i, (W, start) in enumerate(zip(above, starts, strict=True)):
            if i == len(self.feedback) or self.feedback[i].shape != W.shape:
                variance = self.feedback_scale**2 * choices.FEEDBACK_INIT.value * start / W.shape[0]
                self.feedback[i:] = [normal(self.seed, "feedback", i, W.shape, variance, net.dtype)]

    def errors_at_z(self, net: Network, traces: list[Trace], dG: Array) -> Iterator[tuple[int, Array]]:
        """Backpropagation's path, with B for W; arguments as in `GlobalRule.errors_at_z`."""
        da = self.readout.input_gradient(dG, traces[-1].a.shape, W=self.feedback[-1])
        for i in reversed(range(len(net.blocks))):
            dz = net.blocks[i].error_at_z(da, traces[i])
            yield i, dz
            if i > 0:
                da = net.blocks[i].error_to_input(dz, traces[i], W=self.feedback[i - 1])
