"""The controls of `mfnumpy.rules.controls`, made of the engines of MF and BP.

`shallow` is BP without the way back. In `mf_joint` and `deep_supervision` every block has MF's loss of its own, and
what it learns from is the sum of that loss's error and of the one that comes from above, as in BP.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.fast.base import relu_mask
from mfnumpy.fast.conv_rules import ConvReadout
from mfnumpy.fast.dense import DenseReadout
from mfnumpy.layers import Conv2d, Dense


class _Joint:
    """What both kinds of network share."""

    rule: Any

    @property
    def projections(self) -> list[Array]:
        """M of every block."""
        return self.rule.M

    @property
    def supervised(self) -> bool:
        """Whether there is a readout, with a loss of its own."""
        return self.rule.readout is not None


class DenseShallow(DenseReadout):
    """The readout learns, on features that stay random."""

    def begin(self, only: Collection[int] | None) -> None:
        """The readout's W."""
        self.adam.begin([("readout.W", self.readout)])

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """Forward through all blocks, and the update of the readout; arguments as in `TeamEngine.work`."""
        a = self.forward(worker, x)[-1]
        dG = self.error(worker, None, a, self.readout.T, y)
        self.team.meet()
        self.update(worker, self.output_layer, a, dG, scale)


class DenseJoint(_Joint, DenseReadout):
    """Losses at every block, and at a readout if the rule has one; no error is held back."""

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """As BP; to the error that comes from above, each block adds its own. Arguments as in `TeamEngine.work`."""
        inputs = self.forward(worker, x)
        above: tuple[Dense | Conv2d, Array] | None = None
        if self.supervised:
            above = (self.output_layer, self.error(worker, None, inputs[-1], self.readout.T, y))
        for i in reversed(range(len(self.net.blocks))):
            block, a, M = self.net.blocks[i], inputs[i + 1], self.projections[i]
            dG = self.error(worker, None, a, M, y, "dG of a block")
            dM = self.projection_gradient(worker, i, dG, a)
            dz = self.both(worker, dG, M, above, a, i % 3)
            self.team.meet()  # dz is complete, and nobody needs M or the weights above any more
            if above is not None:
                self.update(worker, above[0], a, above[1], scale)
            self.update_projection(worker, i, M, dM, scale)
            above = (block.linear, dz)
        assert above is not None
        self.update(worker, above[0], x, above[1], scale)

    def both(
        self, worker: int, dG: Array, M: Array, above: tuple[Dense | Conv2d, Array] | None, a: Array, slot: int
    ) -> Array:
        """dz = (dG M + dz_above W_above^T) * [z > 0] for the worker's own samples; returns all of dz.

        worker: its number, from 0.
        dG: (N, m), of the block's own loss.
        M: (m, n), its projection matrix.
        above: the layer above and the error at its z, None where nothing comes from above.
        a: (N, n), the block's activations.
        slot: which of three arrays dz is written to, in turn.
        """
        own = self.samples(worker, len(a))
        dz = self.space.array(f"dz{slot}", *a.shape)
        np.matmul(dG[own], M, out=dz[own])
        if above is not None:
            layer, error = above
            W = layer.parameters["W"]
            from_above = self.space.array(f"from above of {worker}", *a[own].shape)
            np.matmul(error[own], W.T, out=from_above)
            np.add(dz[own], from_above, out=dz[own])
        relu_mask(dz[own], a[own], self.space, f"mask of {worker}")
        return dz


class ConvShallow(ConvReadout):
    """The readout learns, on features that stay random."""

    learners = range(0)

    def begin(self, only: Collection[int] | None) -> None:
        """The readout's W."""
        self.adam.begin([("readout.W", self.readout)])


class ConvJoint(_Joint, ConvReadout):
    """Losses at every block, and at a readout if the rule has one; no error is held back."""

    def own_error(self, worker: int, i: int, a: Array, y: Array, N: int | Array) -> Array:
        """dG_i M_i, and the worker's part in dM_i; arguments as in `ConvReadout.own_error`."""
        M = self.projections[i]
        dG = self.error(worker, None, a, M, y, N)
        self.add(worker, f"M{i}", dG.T, a)
        return np.matmul(dG, M, out=self.space.array(f"own error {i} of {worker}", *a.shape))

    def output(self, worker: int, a: Array, y: Array, N: int | Array) -> Array | None:
        """As `ConvReadout.output`, where there is a readout; else None."""
        return super().output(worker, a, y, N) if self.supervised else None

    def arriving(self, worker: int, i: int, dG: Array | None, da: Array | None, own: Array | None) -> Array:
        """The block's own error, and what comes from above; arguments as in `ConvReadout.arriving`."""
        assert own is not None
        if da is not None or dG is not None:
            above = super().arriving(worker, i, dG, da, own)
            np.add(own, above.reshape(own.shape), out=own)
        return own

    def update_outputs(self, worker: int, scale: float) -> None:
        """The update of all M, and of the readout if there is one."""
        for i, block in enumerate(self.net.blocks):
            self.update(worker, f"{block.name}.M", self.projections[i], scale, f"M{i}")
        if self.supervised:
            super().update_outputs(worker, scale)
