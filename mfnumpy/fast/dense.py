"""MF, BP, FA and DFA on fully connected networks: each layer's neurons are split over a team of threads.

Every worker runs the same method on the same batch. It computes its own columns (neurons) of z, a and dz, and its own
rows (inputs) of dW, which it gives to Adam at once. Where a worker needs what the others computed, all meet. For MF
the sum over workers is over N x m partial goodness scores, Eq. (5) being a sum over neurons.
The equations are those of `mfnumpy.equations` and `mfnumpy.rules`, written with `out=`; a test holds both rooms to
the same numbers.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.fast.adam import FastAdam
from mfnumpy.fast.team import Team, shares
from mfnumpy.fast.workspace import Workspace
from mfnumpy.network import Network
from mfnumpy.rules.dfa import DirectFeedbackAlignment
from mfnumpy.rules.fa import FeedbackAlignment
from mfnumpy.rules.mf import MonoForward
from mfnumpy.rules.readout import ReadoutRule

Losses = list[tuple[int | None, float]]


def softmax_error(G: Array, y: Array, dG: Array, N: int) -> float:
    """Eq. (6) and its derivative at once: dG <- (softmax(G) - onehot(y)) / N; returns the loss. Destroys G.

    G, dG: (n, m), y: (n,): a batch of N = n rows, or a part of one; the losses of all parts add up to the mean.
    """
    rows = np.arange(len(y))
    G -= G.max(axis=1, keepdims=True)
    true = G[rows, y].sum(dtype=np.float64)
    np.exp(G, out=dG)
    total = dG.sum(axis=1, keepdims=True)
    dG /= total
    dG[rows, y] -= 1
    dG /= N
    return float((np.log(total).sum(dtype=np.float64) - true) / N)


def relu(z: Array, space: Workspace) -> None:
    """z <- max(z, 0), in place. z: (N, n).

    The zeros are an array because NumPy takes the maximum of two arrays four times as fast as that with a number.
    """
    np.maximum(z, space.zeros(z.shape[1]), out=z)


def relu_mask(dz: Array, a: Array, space: Workspace, key: str) -> None:
    """dz <- dz * [a > 0], which is [z > 0], in place."""
    mask = space.array(key, *a.shape, dtype="bool")
    np.greater(a, 0, out=mask)
    np.multiply(dz, mask, out=dz)


class DenseEngine:
    """What the four rules share: the forward pass, and the update of one block."""

    def __init__(self, net: Network, adam: FastAdam, team: Team):
        self.net, self.adam, self.team = net, adam, team
        self.space = Workspace(net.dtype)
        self.losses: Losses = []

    def batch(
        self, x: Array, y: Array, scale: float, only: Collection[int] | None, rng: np.random.Generator | None = None
    ) -> Losses:
        """One training step on x: (N, D), y: (N,). Returns (block, loss) as the rule's own Steps would say."""
        self.losses = []
        self.begin(only)
        self.team.run(lambda worker: self.work(worker, x, y, scale, only))
        return self.losses

    def begin(self, only: Collection[int] | None) -> None:
        """Count the time step of every parameter that this batch changes."""
        raise NotImplementedError

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """What each worker does with a batch."""
        raise NotImplementedError

    def columns(self, worker: int, width: int) -> slice:
        """The worker's share of a layer's neurons, or of its inputs."""
        return shares(width, self.team.size)[worker]

    def activate(self, worker: int, i: int, x: Array, slot: int) -> Array:
        """a = relu(x W) for the worker's own neurons of block i; returns all of a, the rest of it still unwritten.

        slot: which array to use. A local rule needs three in turn: a slower worker may still need the two before.
        """
        W = self.net.blocks[i].parameters["W"]
        a = self.space.array(f"a{slot}", x.shape[0], W.shape[1])
        own = self.columns(worker, W.shape[1])
        np.matmul(x, W[:, own], out=a[:, own])
        relu(a[:, own], self.space)
        return a

    def scores(self, worker: int, a: Array, M: Array) -> Array:
        """Eq. (5), G = a M^T, as the sum of every worker's neurons' share. All meet here; a is complete after it."""
        own = self.columns(worker, M.shape[1])
        parts = self.space.array("partial goodness", self.team.size, a.shape[0], M.shape[0])
        np.matmul(a[:, own], M[:, own].T, out=parts[worker])
        self.team.meet()
        return parts.sum(axis=0, out=self.space.array(f"G of {worker}", *parts.shape[1:]))

    def update(self, worker: int, name: str, W: Array, x: Array, dz: Array, scale: float) -> None:
        """dW = x^T dz for the worker's own rows of W, and Adam on them at once. Needs all of dz."""
        own = self.columns(worker, W.shape[0])
        dW = self.space.array(f"dW of {worker}", own.stop - own.start, W.shape[1])
        np.matmul(x[:, own].T, dz, out=dW)
        self.adam.step(name, W, dW, own, scale)


class DenseMonoForward(DenseEngine):
    """Mono-Forward: each block is done, and its update made, before the next one begins."""

    def __init__(self, net: Network, rule: MonoForward, adam: FastAdam, team: Team):
        super().__init__(net, adam, team)
        self.rule = rule

    def begin(self, only: Collection[int] | None) -> None:
        """W and M of the blocks that are trained."""
        blocks = [b for i, b in enumerate(self.net.blocks) if only is None or i in only]
        parameters = self.rule.parameters(self.net)
        self.adam.begin((f"{b.name}.{key}", parameters[f"{b.name}.{key}"]) for b in blocks for key in "WM")

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """Forward and local update, block by block."""
        last = len(self.net.blocks) if only is None else max(only) + 1
        for i in range(last):
            a = self.activate(worker, i, x, i % 3)
            if only is None or i in only:
                self.learn(worker, i, x, a, y, scale)
            else:
                self.team.meet()
            x = a

    def learn(self, worker: int, i: int, x: Array, a: Array, y: Array, scale: float) -> None:
        """Eqs. (5) to (8) for block i."""
        block, M, space = self.net.blocks[i], self.rule.M[i], self.space
        G = self.scores(worker, a, M)
        dG = space.array(f"dG of {worker}", *G.shape)
        loss = softmax_error(G, y, dG, len(y))
        if worker == 0:
            self.losses.append((i, loss))
        own = self.columns(worker, a.shape[1])
        dz = space.array("dz", *a.shape)
        np.matmul(dG, M[:, own], out=dz[:, own])
        relu_mask(dz[:, own], a[:, own], space, f"mask of {worker}")
        dM = space.array("dM", *M.shape)
        np.matmul(dG.T, a[:, own], out=dM[:, own])
        self.team.meet()
        self.update(worker, f"{block.name}.W", block.parameters["W"], x, dz, scale)
        rows = self.columns(worker, len(M))
        self.adam.step(f"{block.name}.M", M, dM[rows], rows, scale)


class DenseReadout(DenseEngine):
    """BP, FA and DFA: one loss, at the readout; they differ in how its error reaches the blocks."""

    def __init__(self, net: Network, rule: ReadoutRule, adam: FastAdam, team: Team):
        super().__init__(net, adam, team)
        self.rule = rule

    def begin(self, only: Collection[int] | None) -> None:
        """All parameters."""
        self.adam.begin(self.rule.parameters(self.net).items())

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """Forward through all blocks; then, from the last to the first, dz_i, and the update of the block above."""
        assert self.rule.readout is not None
        blocks, readout, space = self.net.blocks, self.rule.readout.parameters["W"], self.space
        inputs = [x]
        for i in range(len(blocks)):
            inputs.append(self.activate(worker, i, inputs[-1], i))
            if i < len(blocks) - 1:
                self.team.meet()
        G = self.scores(worker, inputs[-1], readout.T)
        dG = space.array(f"dG of {worker}", *G.shape)
        loss = softmax_error(G, y, dG, len(y))
        if worker == 0:
            self.losses.append((None, loss))
        above = ("readout.W", readout, dG)
        for i in reversed(range(len(blocks))):
            a, name, W = inputs[i + 1], f"{blocks[i].name}.W", blocks[i].parameters["W"]
            own = self.columns(worker, a.shape[1])
            dz = space.array(f"dz{i % 3}", *a.shape)  # a slower worker may still need the two above
            matrix = self.feedback(i, above[1])
            np.matmul(dG if self.direct else above[2], matrix[:, own], out=dz[:, own])
            relu_mask(dz[:, own], a[:, own], space, f"mask of {worker}")
            self.team.meet()  # dz is complete, and nobody needs the weights above any more
            self.update(worker, above[0], above[1], a, above[2], scale)
            above = (name, W, dz)
        self.update(worker, above[0], above[1], x, above[2], scale)

    @property
    def direct(self) -> bool:
        """Whether the output's error goes straight to every block, as in DFA."""
        return isinstance(self.rule, DirectFeedbackAlignment)

    def feedback(self, i: int, above: Array) -> Array:
        """The matrix through which an error comes to block i: W^T of the layer above, FA's B^T of it, or DFA's B_i."""
        if isinstance(self.rule, DirectFeedbackAlignment):
            return self.rule.feedback[i]
        if isinstance(self.rule, FeedbackAlignment):
            return self.rule.feedback[i].T
        return above.T
