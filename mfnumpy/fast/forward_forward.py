"""Forward-Forward on fully connected networks, split over a team of threads."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from mfnumpy import equations
from mfnumpy.backend import Array
from mfnumpy.fast.adam import FastAdam
from mfnumpy.fast.base import Losses
from mfnumpy.fast.dense import DenseEngine
from mfnumpy.fast.team import Team
from mfnumpy.network import Network
from mfnumpy.rules.ff import ForwardForward, negative_labels


class DenseForwardForward(DenseEngine):
    """Equations (1) to (4). A batch is 2N rows; each worker's own are in one piece, its positive ones first.

    The goodness of a row is the square of its length, so it serves the loss and the normalisation of the next block's
    input. a is 0 wherever the ReLU's mask is, so the mask is left out.
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

    def samples(self, worker: int, n: int) -> slice:
        """The worker's own of n = 2N rows: the positive and then the negative ones of its samples."""
        own = self.share(worker, n // 2)
        return slice(2 * own.start, 2 * own.stop)

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """Forward and local update, block by block."""
        x = self.enter(worker, x, y)
        own = self.samples(worker, len(x))
        last = len(self.net.blocks) if only is None else max(only) + 1
        for i in range(last):
            a = self.activate(worker, i, x, i % 3)
            G = np.einsum("ij,ij->i", a[own], a[own])  # (1), (2)
            learns = only is None or i in only
            if learns:
                dz = self.local_error(worker, i, a, G)
            a[own] *= self.row_scale(G, a.shape[1])
            self.team.meet()
            if learns:
                block = self.net.blocks[i]
                self.update(worker, f"{block.name}.W", block.parameters["W"], x, dz, scale)
            x = a

    def enter(self, worker: int, x: Array, y: Array) -> Array:
        """The worker's samples twice, with right and with wrong labels over the first m inputs, normalised."""
        N, m, d = len(y), self.rule.n_classes, x.shape[1]
        both, rows = self.space.array("x", 2 * N, d), self.share(worker, N)
        own = both[self.samples(worker, 2 * N)]
        n = rows.stop - rows.start
        for half, labels in ((own[:n], y[rows]), (own[n:], self.negative[rows])):
            half[...] = x[rows]
            half[:, :m] = self.rule.label * equations.one_hot(labels, m, x.dtype)
        own *= self.row_scale(np.einsum("ij,ij->i", own, own), d)
        return both

    def row_scale(self, squares: Array, n: int) -> Array:
        """1 / (length + epsilon), with the length as the rule measures it. squares: (N,). Returns (N, 1)."""
        mean = squares / n if self.rule.normalise == "rms" else squares
        return (1 / (np.sqrt(mean) + 1e-8))[:, None].astype(self.net.dtype)

    def local_error(self, worker: int, i: int, a: Array, G: Array) -> Array:
        """dz = dG 2a for the worker's own rows, and its part of the loss, Eqs. (3) + (4). Returns all of dz.

        G: (2n,), of the n samples that are the worker's own; the equations take the mean over these.
        """
        own, n, theta = self.samples(worker, len(a)), len(G) // 2, self.rule.threshold(self.net, i)
        dz = self.space.array(f"dz{i % 2}", *a.shape)
        if n == 0:
            return dz
        part = 2 * n / len(a)
        loss = equations.positive_loss(G[:n], theta) + equations.negative_loss(G[n:], theta)
        self.note(worker, i, part * float(loss))
        dG = [equations.positive_loss_gradient(G[:n], theta), equations.negative_loss_gradient(G[n:], theta)]
        np.multiply(a[own], (2 * part * np.concatenate(dG))[:, None], out=dz[own])
        return dz
