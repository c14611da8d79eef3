"""Forward-Forward on fully connected networks, each layer's neurons split over a team of threads."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from mfnumpy import equations
from mfnumpy.backend import Array
from mfnumpy.fast.adam import FastAdam
from mfnumpy.fast.dense import DenseEngine, Losses
from mfnumpy.fast.team import Team, shares
from mfnumpy.network import Network
from mfnumpy.rules.ff import ForwardForward, negative_labels


class DenseForwardForward(DenseEngine):
    """Equations (1) to (4); a batch is 2N rows, the N positive ones first.

    The goodness of a row is the square of its length, so the sum that the workers exchange serves the loss and the
    normalisation of the next block's input. a is 0 wherever the ReLU's mask is, so the mask is left out.
    """

    def __init__(self, net: Network, rule: ForwardForward, adam: FastAdam, team: Team):
        super().__init__(net, adam, team)
        self.rule = rule
        self.negative = np.zeros(0, np.int64)

    def batch(
        self, x: Array, y: Array, scale: float, only: Collection[int] | None, rng: np.random.Generator | None = None
    ) -> Losses:
        """One training step; the wrong labels are drawn as the rule draws them."""
        assert rng is not None
        self.negative = negative_labels(y, self.rule.n_classes, rng)
        return super().batch(x, y, scale, only)

    def begin(self, only: Collection[int] | None) -> None:
        """W of the blocks that are trained."""
        blocks = [b for i, b in enumerate(self.net.blocks) if only is None or i in only]
        self.adam.begin((f"{b.name}.W", b.parameters["W"]) for b in blocks)

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """Forward and local update, block by block."""
        x = self.enter(worker, x, y)
        last = len(self.net.blocks) if only is None else max(only) + 1
        for i in range(last):
            a = self.activate(worker, i, x, i % 3)
            G = self.goodness(worker, a)
            learns = only is None or i in only
            if learns:
                dz = self.local_error(worker, i, a, G)
            own = self.columns(worker, a.shape[1])
            a[:, own] *= self.row_scale(G, a.shape[1])
            self.team.meet()
            if learns:
                block = self.net.blocks[i]
                self.update(worker, f"{block.name}.W", block.parameters["W"], x, dz, scale)
            x = a

    def enter(self, worker: int, x: Array, y: Array) -> Array:
        """The batch twice, with right and with wrong labels over the first m inputs, normalised. All meet here."""
        N, m, d = len(y), self.rule.n_classes, x.shape[1]
        both = self.space.array("x", 2 * N, d)
        rows = shares(N, self.team.size)[worker]
        for half, labels in ((both[:N], y), (both[N:], self.negative)):
            half[rows] = x[rows]
            half[rows, :m] = equations.one_hot(labels[rows], m, x.dtype)
            half[rows] *= self.row_scale(np.einsum("ij,ij->i", half[rows], half[rows]), d)
        self.team.meet()
        return both

    def row_scale(self, squares: Array, n: int) -> Array:
        """1 / (length + epsilon), with the length as the rule measures it. squares: (N,). Returns (N, 1)."""
        mean = squares / n if self.rule.normalise == "rms" else squares
        return (1 / (np.sqrt(mean) + 1e-8))[:, None].astype(self.net.dtype)

    def goodness(self, worker: int, a: Array) -> Array:
        """Eqs. (1) and (2) as the sum of every worker's neurons' share. All meet here; a is complete after it."""
        own = a[:, self.columns(worker, a.shape[1])]
        parts = self.space.array("partial goodness", self.team.size, a.shape[0])
        np.einsum("ij,ij->i", own, own, out=parts[worker])
        self.team.meet()
        return parts.sum(axis=0)

    def local_error(self, worker: int, i: int, a: Array, G: Array) -> Array:
        """dz = dG 2a for the worker's own neurons, and the loss, Eqs. (3) + (4). All of dz is there after a meeting."""
        N, theta = len(G) // 2, self.rule.threshold(self.net, i)
        if worker == 0:
            loss = equations.positive_loss(G[:N], theta) + equations.negative_loss(G[N:], theta)
            self.losses.append((i, float(loss)))
        dG = [equations.positive_loss_gradient(G[:N], theta), equations.negative_loss_gradient(G[N:], theta)]
        dz, own = self.space.array("dz", *a.shape), self.columns(worker, a.shape[1])
        np.multiply(a[:, own], (2 * np.concatenate(dG))[:, None], out=dz[:, own])
        return dz
