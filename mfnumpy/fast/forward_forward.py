"""Forward-Forward on fully connected networks, split over a team of threads."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from mfnumpy import equations
from mfnumpy.backend import Array
from mfnumpy.fast.adam import FastAdam
from mfnumpy.fast.base import Losses, relu, softmax_error
from mfnumpy.fast.dense import DenseEngine
from mfnumpy.fast.team import Team
from mfnumpy.network import Network
from mfnumpy.rules.ff import ForwardForward, ForwardForwardOnePass, negative_labels


class DenseForwardForward(DenseEngine):
    """Equations (1) to (4). A batch is 2N rows; each worker's own are in one piece, its positive ones first.

    net, rule, adam, team: as in `TeamEngine`.

    The goodness of a row is the square of its length, so it serves the loss and the normalisation of the next block's
    input. a is 0 wherever the ReLU's mask is, so the mask is left out.
    """

    rule: ForwardForward

    def __init__(self, net: Network, rule: ForwardForward, adam: FastAdam, team: Team):
        super().__init__(net, rule, adam, team)
        self.negative = np.zeros(0, np.int64)

    def batch(
        self,
        x: Array,
        y: Array,
        scale: float,
        only: Collection[int] | None,
        rng: np.random.Generator | None = None,
        weights: Array | None = None,
    ) -> Losses:
        """As `TeamEngine.batch`; the wrong labels are drawn as the rule draws them, and rng is needed."""
        assert rng is not None
        self.negative = negative_labels(y, self.rule.n_classes, rng)
        return super().batch(x, y, scale, only, None, weights)

    def samples(self, worker: int, n: int) -> slice:
        """The worker's own of n = 2N rows: the positive and then the negative ones of its samples."""
        own = self.share(worker, n // 2)
        return slice(2 * own.start, 2 * own.stop)

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """Forward and local update, block by block; arguments as in `TeamEngine.work`."""
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
                self.update(worker, self.net.blocks[i].linear, x, dz, scale)
            x = a

    def enter(self, worker: int, x: Array, y: Array) -> Array:
        """The worker's samples twice, with right and with wrong labels over the first m inputs, normalised.

        worker: its number, from 0.
        x: (N, d), all of the batch.
        y: (N,) integer labels.
        Returns all of (2N, d), the rest of it still unwritten.
        """
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

        worker, i: numbers of the worker and of the block, from 0.
        a: (2N, n), its activations.
        G: (2n,), goodness of the n samples that are the worker's own; the equations take the mean over these.
        """
        own, n, theta = self.samples(worker, len(a)), len(G) // 2, self.rule.threshold(self.net, i)
        dz = self.space.array(f"dz{i % 2}", *a.shape)
        if n == 0:
            return dz
        part, w = 2 * n / len(a), None
        if self.weights is not None:
            w = self.weights[self.share(worker, len(self.weights))]
            part = float(w.sum() / self.weights.sum())
        loss = equations.positive_loss(G[:n], theta, w) + equations.negative_loss(G[n:], theta, w)
        self.note(worker, i, part * float(loss))
        dG = [equations.positive_loss_gradient(G[:n], theta), equations.negative_loss_gradient(G[n:], theta)]
        if w is not None:
            dG = [equations.weighted_mean_gradient(half, w) for half in dG]
        np.multiply(a[own], (2 * part * np.concatenate(dG))[:, None], out=dz[own])
        return dz


class DenseForwardForwardOnePass(DenseForwardForward):
    """Forward-Forward, and beside it a softmax readout of all blocks' normalised activities for a neutral label.

    The neutral rows go through all blocks before any update, each worker's own without a meeting. The readout's error
    and update come last, as in the rule; it was not changed in between.
    """

    rule: ForwardForwardOnePass

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """The readout's inputs, then Forward-Forward, then the readout; arguments as in `TeamEngine.work`."""
        if only is not None:  # then the rule leaves its readout alone
            super().work(worker, x, y, scale, only)
            return
        activities = self.neutral(worker, x)
        super().work(worker, x, y, scale, only)
        own, layer = self.share(worker, len(y)), self.rule.readout.layer
        assert layer is not None
        W = layer.parameters["W"]
        dG = self.space.array("dG", len(y), W.shape[1])
        G = np.matmul(activities[own], W, out=self.space.array(f"G of {worker}", own.stop - own.start, W.shape[1]))
        self.note(worker, None, softmax_error(G, y[own], dG[own], self.divisor(len(y), own)))
        self.team.meet()
        self.update(worker, layer, activities, dG, scale)

    def neutral(self, worker: int, x: Array) -> Array:
        """The normalised activities of all blocks, side by side, for the worker's own samples with a neutral label.

        x: (N, d). Returns all of the (N, sum of all n_i), the rest of it still unwritten.
        """
        own, widths = self.share(worker, len(x)), self.net.widths
        activities = self.space.array("activities", len(x), sum(widths))
        a = self.space.array(f"neutral x of {worker}", own.stop - own.start, x.shape[1])
        a[...] = x[own]
        a[:, : self.rule.n_classes] = self.rule.label / self.rule.n_classes
        a *= self.row_scale(np.einsum("ij,ij->i", a, a), x.shape[1])
        start = 0
        for block, width in zip(self.net.blocks, widths, strict=True):
            z = self.space.array(f"neutral z of {worker}", len(a), width)
            np.matmul(a, block.parameters["W"], out=z)
            if "b" in block.parameters:
                z += block.parameters["b"]
            relu(z, self.space)
            a = activities[own, start : start + width]
            np.multiply(z, self.row_scale(np.einsum("ij,ij->i", z, z), width), out=a)
            start += width
        return activities
