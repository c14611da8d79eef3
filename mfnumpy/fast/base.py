"""What the engines share: a batch is split over a team by rows, and the workers' losses are added up."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.fast.adam import FastAdam
from mfnumpy.fast.team import Team, shares
from mfnumpy.fast.workspace import Workspace
from mfnumpy.network import Network
from mfnumpy.rules import Rule

Losses = list[tuple[int | None, float]]


class TeamEngine:
    """One training step of a network, made by all workers of a team side by side.

    net, rule: the network, and the rule that was started for it.
    adam: changes the parameters.
    team: its threads.
    """

    rule: Any
    """The rule, of the kind that the engine is for."""

    def __init__(self, net: Network, rule: Rule, adam: FastAdam, team: Team):
        self.net, self.rule, self.adam, self.team = net, rule, adam, team
        self.space = Workspace(net.dtype)
        self.weights: Array | None = None
        self._losses: list[dict[int | None, float]] = []

    def batch(
        self,
        x: Array,
        y: Array,
        scale: float,
        only: Collection[int] | None,
        rng: np.random.Generator | None = None,
        weights: Array | None = None,
    ) -> Losses:
        """One training step. Returns (block, loss) as the rule's own Steps would say.

        x: (N, *input_shape).
        y: (N,) integer labels.
        scale: the batch's share of the learning rate.
        only: the blocks to be trained, None for all.
        rng: for rules that draw something with each batch.
        weights: (N,) of the samples in every loss, see `equations.weighted_mean`; None for plain means.
        """
        self.weights = weights
        self._losses = [{} for _ in range(self.team.size)]
        self.begin(only)
        self.team.run(lambda worker: self.work(worker, x, y, scale, only))
        keys = dict.fromkeys(key for own in self._losses for key in own)
        return [(key, sum(own.get(key, 0.0) for own in self._losses)) for key in keys]

    def begin(self, only: Collection[int] | None) -> None:
        """Count the time step of every parameter that this batch changes: of the blocks that are trained, or of all."""
        names = {block.name for i, block in enumerate(self.net.blocks) if only is None or i in only}
        parameters = self.rule.parameters(self.net)
        self.adam.begin((k, array) for k, array in parameters.items() if only is None or k.split(".")[0] in names)

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """What each worker does with a batch.

        worker: its number, from 0.
        x, y: all of the batch; `share` says which rows are the worker's own.
        scale: the batch's share of the learning rate.
        only: the blocks to be trained, None for all.
        """
        raise NotImplementedError

    def share(self, worker: int, total: int) -> slice:
        """The worker's part of `total` samples, or of a matrix's rows."""
        return shares(total, self.team.size)[worker]

    def divisor(self, N: int, rows: slice) -> int | Array:
        """By what the losses of these rows of a batch of N are divided in its mean: N, or sum_k w_k / w_n of each."""
        return N if self.weights is None else self.weights.sum() / self.weights[rows]

    def note(self, worker: int, key: int | None, loss: float) -> None:
        """Add the worker's part of a loss.

        worker: its number, from 0.
        key: the block, by index; None for the readout.
        loss: the sum over the worker's own rows, divided by N of the whole batch.
        """
        own = self._losses[worker]
        own[key] = own.get(key, 0.0) + loss


def softmax_error(G: Array, y: Array, dG: Array, N: int | Array) -> float:
    """Eq. (6) and its derivative at once: dG <- (softmax(G) - onehot(y)) / N; returns the loss.

    G: (n, m) scores; they are overwritten.
    y: (n,) integer labels.
    dG: (n, m), written.
    N: rows of the batch, of which these n are all or a part; the losses of all parts add up to the mean. Of samples
        with weights, what `TeamEngine.divisor` says of each, (n,).
    """
    rows = np.arange(len(y))
    G -= G.max(axis=1, keepdims=True)
    weighted = np.ndim(N) > 0
    true = G[rows, y] if weighted else G[rows, y].sum(dtype=np.float64)
    np.exp(G, out=dG)
    total = dG.sum(axis=1, keepdims=True)
    dG /= total
    dG[rows, y] -= 1
    if weighted:
        dG /= np.reshape(N, (-1, 1))
        return float(((np.log(total[:, 0]) - true) / N).sum(dtype=np.float64))
    dG /= N
    return float((np.log(total).sum(dtype=np.float64) - true) / N)


def relu(z: Array, space: Workspace) -> None:
    """z <- max(z, 0), in place. z: (N, n).

    The zeros are an array because NumPy takes the maximum of two arrays four times as fast as that with a number.
    """
    np.maximum(z, space.zeros(z.shape[1]), out=z)


def relu_mask(dz: Array, a: Array, space: Workspace, key: str) -> None:
    """dz <- dz * [a > 0], which is [z > 0], in place.

    dz, a: the same shape.
    space: where the mask lies.
    key: its name there, one for each worker.
    """
    mask = space.array(key, *a.shape, dtype="bool")
    np.greater(a, 0, out=mask)
    np.multiply(dz, mask, out=dz)
