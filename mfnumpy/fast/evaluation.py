"""Evaluation by a team: each worker counts over rows of its own; convolutions go forward as they do in training."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.batches import batches_of
from mfnumpy.blocks import Block, Trace
from mfnumpy.fast.convolution import pooled_convolution
from mfnumpy.fast.pooled import PooledConvolution
from mfnumpy.fast.prediction import all_scores
from mfnumpy.fast.team import Team, shares
from mfnumpy.fast.workspace import Workspace
from mfnumpy.layers import Conv2d
from mfnumpy.measure import Counts, Evaluation, count_right, evaluation, rows_at_a_time
from mfnumpy.network import Network
from mfnumpy.rules import Rule


class ForwardBlock(Block):
    """A convolutional block for prediction alone: its Trace has x and a, and nothing that a backward pass needs.

    block: the block whose place it takes.
    kind: computes its forward pass.
    key: of the worker, for the arrays of `kind`.
    """

    def __init__(self, block: Block, kind: PooledConvolution, key: str):
        super().__init__(block.linear, block.pool)
        self.kind, self.key = kind, key

    def forward(self, x: Array) -> Trace:
        """a = pool(relu(x W)), a few images at a time. x: (N, H, W, C)."""
        a = np.empty((len(x), *self.kind.pooled, self.kind.output[2]), x.dtype)
        for rows in batches_of(len(x), self.kind.piece):
            self.kind.forward(self.kind.lay(x[rows], self.key), a[rows], self.key)
        return Trace(x, a[:0], a[:0], a)


def evaluate(net: Network, rule: Rule, x: Any, y: np.ndarray, team: Team) -> Evaluation:
    """As `measure.evaluate`, to rounding of the scores, for a network that the fast engine trains.

    net, rule, x, y: those of `measure.evaluate`, which says what is raised.
    team: its threads, each of which counts over rows of its own.
    """
    space, shapes = Workspace(net.dtype), net.shapes()
    kinds = [
        pooled_convolution(block.linear, shape, space, f"{i}")
        for i, (block, shape) in enumerate(zip(net.blocks, shapes, strict=False))
        if isinstance(block.linear, Conv2d)
    ]
    for kind in kinds:
        kind.prepare(lambda n: slice(0, n))
    counts: dict[int, Counts] = {}

    def work(worker: int) -> None:
        """Count over the worker's own rows."""
        own = shares(len(y), team.size)[worker]
        if own.start == own.stop:
            return
        batches = [slice(own.start + r.start, own.start + r.stop) for r in batches_of(own.stop - own.start, most)]
        counts[worker] = count_right(_stand_in(net, kinds, f"of {worker}"), rule, x, y, batches, all_scores)

    most = rows_at_a_time(net)
    team.run(work)
    return evaluation(list(counts.values()), len(y))


def _stand_in(net: Network, kinds: list[PooledConvolution], key: str) -> Network:
    """The same network with blocks for prediction alone; itself, if it has no convolution."""
    if not kinds:
        return net
    stand_in = copy.copy(net)
    stand_in.blocks = [ForwardBlock(block, kind, key) for block, kind in zip(net.blocks, kinds, strict=True)]
    return stand_in
