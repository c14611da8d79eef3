"""Backpropagation: the error goes back through every block's own weights."""

from __future__ import annotations

from collections.abc import Iterator

from mfnumpy.backend import Array
from mfnumpy.blocks import Trace
from mfnumpy.network import Network
from mfnumpy.rules.base import Style
from mfnumpy.rules.global_rule import GlobalRule
from mfnumpy.rules.parts import Readout


class Backpropagation(GlobalRule):
    """dz_l = (dz_{l+1} W_{l+1}^T) * [z_l > 0]. Source: Rumelhart, Hinton and Williams 1986."""

    name = "bp"
    title = "Backpropagation"
    sentence = "The error goes back through every block's own weights."
    place = 10
    style = Style("#0072B2", "s")
    error_from = ("above",)
    readout: Readout

    def errors_at_z(self, net: Network, traces: list[Trace], dG: Array) -> Iterator[tuple[int, Array]]:
        """From the top block to the first, each error made of the one above: every block waits for all above it.

        Arguments as in `GlobalRule.errors_at_z`.
        """
        da = self.readout.input_gradient(dG, traces[-1].a.shape)
        for i in reversed(range(len(net.blocks))):
            dz = net.blocks[i].error_at_z(da, traces[i])
            yield i, dz
            if i > 0:
                da = net.blocks[i].error_to_input(dz, traces[i])
