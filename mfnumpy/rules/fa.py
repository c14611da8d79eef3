"""Feedback Alignment: backpropagation's path, but through fixed random matrices B in place of the weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from mfnumpy import equations
from mfnumpy.backend import Array
from mfnumpy.blocks import Trace
from mfnumpy.network import Network
from mfnumpy.rules.readout import ReadoutRule


class FeedbackAlignment(ReadoutRule):
    """dz_l = (dz_{l+1} B_{l+1}^T) * [z_l > 0], B_{l+1} of W_{l+1}'s shape, drawn once and never changed.

    feedback[l] stands for the weights above block l: those of block l+1, or of the readout for the last block.
    Each has the variance that these weights start with, so that errors keep the scale that BP gives them.
    Source: Lillicrap et al. 2016, Nature Communications 7:13276.
    """

    name = "fa"

    def __init__(self, loss_gradient: Callable[[Array, Array], Array] = equations.cross_entropy_gradient):
        super().__init__(loss_gradient)
        self.feedback: list[Array] = []

    def reset(self) -> None:
        """Forget the readout and the feedback matrices."""
        super().reset()
        self.feedback = []

    def plug(self, net: Network) -> None:
        """Draw feedback matrices for the weights above each block; those whose shape still fits stay."""
        super().plug(net)
        above = self._weights_above(net)
        gains = [2.0] * (len(above) - 1) + [1.0]  # as the weights: He's 2/fan_in, the readout's 1/fan_in
        del self.feedback[len(above) :]
        for i, (W, gain) in enumerate(zip(above, gains, strict=True)):
            if i == len(self.feedback) or self.feedback[i].shape != W.shape:
                self.feedback[i:] = [self._draw("feedback", i, W.shape, math.sqrt(gain / W.shape[0]), net)]

    def fixed(self) -> dict[str, Array]:
        """B of each block, by name."""
        return {f"block{i + 1}.B": B for i, B in enumerate(self.feedback)}

    def errors_at_z(self, net: Network, traces: list[Trace], dG: Array) -> Iterator[tuple[int, Array]]:
        """As backpropagation, with B for W."""
        assert self.readout is not None
        self._check_started(self.feedback, net)
        da = self.readout.input_gradient(dG, traces[-1].a.shape, W=self.feedback[-1])
        for i in reversed(range(len(net.blocks))):
            dz = net.blocks[i].error_at_z(da, traces[i])
            yield i, dz
            if i > 0:
                da = net.blocks[i].error_to_input(dz, traces[i], W=self.feedback[i - 1])

    def _weights_above(self, net: Network) -> list[Array]:
        assert self.readout is not None
        return [block.parameters["W"] for block in net.blocks[1:]] + [self.readout.parameters["W"]]
