"""Direct Feedback Alignment: the output's error goes straight to every block through a fixed random matrix."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from mfnumpy import equations
from mfnumpy.backend import Array
from mfnumpy.blocks import Trace
from mfnumpy.network import Network
from mfnumpy.rules.readout import ReadoutRule


class DirectFeedbackAlignment(ReadoutRule):
    """dz_l = (e B_l) * [z_l > 0] with e = dG, the output's error, and B_l: (m, n_l), drawn once, never changed.

    No error goes from block to block: `error_to_input` is never called. B_l ~ N(0, 1/n_l), the variance with which
    the readout starts, so that with one hidden block DFA and FA are the same rule.
    Source: Nøkland 2016, arXiv 1609.01596.
    """

    name = "dfa"

    def __init__(self, loss_gradient: Callable[[Array, Array], Array] = equations.cross_entropy_gradient):
        super().__init__(loss_gradient)
        self.feedback: list[Array] = []

    def reset(self) -> None:
        """Forget the readout and the feedback matrices."""
        super().reset()
        self.feedback = []

    def plug(self, net: Network) -> None:
        """Draw feedback matrices for new blocks; the others keep theirs."""
        super().plug(net)
        m, widths = self.n_classes, net.widths
        self._resize(
            self.feedback,
            net,
            lambda i: self._draw("feedback", i, (m, widths[i]), math.sqrt(1 / widths[i]), net),
        )

    def fixed(self) -> dict[str, Array]:
        """B of each block, by name."""
        return {f"block{i + 1}.B": B for i, B in enumerate(self.feedback)}

    def errors_at_z(self, net: Network, traces: list[Trace], dG: Array) -> Iterator[tuple[int, Array]]:
        """Every block at once, in any order: each needs the output's error and its own z."""
        self._check_started(self.feedback, net)
        for i, block in enumerate(net.blocks):
            yield i, block.error_at_z(dG @ self.feedback[i], traces[i])
