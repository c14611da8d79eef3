"""Convolutional networks: the batch's images are split over a team, and taken a few at a time.

How a block does its few images is in `pooled` and its two kinds; what the rules do is in `conv_rules`. Each worker adds
up dW over its own images; at the end the workers' sums are added, and Adam takes them, each worker its share.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.fast import tiles
from mfnumpy.fast.adam import FastAdam
from mfnumpy.fast.base import Losses, TeamEngine, softmax_error
from mfnumpy.fast.patches import Patches
from mfnumpy.fast.pooled import PooledConvolution, Share
from mfnumpy.fast.team import Team
from mfnumpy.fast.workspace import Workspace
from mfnumpy.layers import Conv2d
from mfnumpy.network import Network
from mfnumpy.rules import Rule


class ConvEngine(TeamEngine):
    """What the rules share: the blocks, a worker's images a few at a time, and the sums over pieces and workers.

    net, rule, adam, team: as in `TeamEngine`.
    """

    def __init__(self, net: Network, rule: Rule, adam: FastAdam, team: Team):
        super().__init__(net, rule, adam, team)
        feedback = rule.feedback if "above" in rule.error_from else None
        self.shapes = net.shapes()
        self.fresh: list[set[str]] = []
        self.blocks = []
        for i, block in enumerate(net.blocks):
            assert isinstance(block.linear, Conv2d)
            matrix = feedback[i - 1] if feedback and i > 0 else None
            self.blocks.append(pooled_convolution(block.linear, self.shapes[i], self.space, f"{i}", matrix))

    def batch(
        self,
        x: Array,
        y: Array,
        scale: float,
        only: Collection[int] | None,
        rng: np.random.Generator | None = None,
        weights: Array | None = None,
    ) -> Losses:
        """As `TeamEngine.batch`; no worker has begun any sum."""
        self.fresh = [set() for _ in range(self.team.size)]
        return super().batch(x, y, scale, only, rng, weights)

    def prepare(self, worker: int) -> None:
        """What follows from the weights, before any image."""
        for block in self.blocks:
            block.prepare(self.sharing(worker))
        self.team.meet()

    def sharing(self, worker: int) -> Share:
        """n -> the worker's part of n things."""
        return lambda n: self.share(worker, n)

    def pieces(self, worker: int, n: int, i: int) -> Iterator[slice]:
        """The worker's share of the images, as many at a time as block i takes.

        worker: its number, from 0.
        n: images in the batch.
        i: index of the block.
        Yields slices of the batch.
        """
        own, size = self.share(worker, n), self.blocks[i].piece
        for start in range(own.start, own.stop, size):
            yield slice(start, min(start + size, own.stop))

    def error(self, worker: int, i: int | None, a: Array, M: Array, y: Array, N: int | Array) -> Array:
        """Eq. (5), G = a M^T, and the derivative of Eq. (6) for some images of a batch; returns their dG.

        worker: its number, from 0.
        i: under which block the loss is noted, None for the readout.
        a: (n, D) flat activations.
        M: (m, D), a projection matrix or a readout's W^T.
        y: (n,) integer labels.
        N: images in the whole batch, or what `divisor` says of these.
        """
        G = np.matmul(a, M.T, out=self.space.array(f"G of {worker}", len(y), M.shape[0]))
        dG = self.space.array(f"dG of {worker}", *G.shape)
        self.note(worker, i, softmax_error(G, y, dG, N))
        return dG

    def add(self, worker: int, slot: str, left: Array, right: Array) -> None:
        """Add left @ right to the worker's own sum; the first piece starts the sum.

        worker: its number, from 0.
        slot: the name of the sum.
        left, right: the two factors, as `matmul` takes them.
        """
        shape = (*left.shape[:-1], right.shape[-1])
        total = self.space.array(f"sum {slot} of {worker}", *shape)
        if slot not in self.fresh[worker]:
            self.fresh[worker].add(slot)
            np.matmul(left, right, out=total)
            return
        product = self.space.array(f"product of {worker}", *shape)
        np.matmul(left, right, out=product)
        np.add(total, product, out=total)

    def add_block(self, worker: int, i: int, slot: str, laid: Array, dz: Array) -> None:
        """Add a piece's part in block i's dW, and in db if it has a bias.

        worker, i: numbers of the worker and of the block, from 0.
        slot: the name of the sum for dW.
        laid: the piece's input, as the block's own kind lays it out.
        dz: the error at z, in that kind's own order.
        """
        block, slot_b = self.blocks[i], bias_slot(slot)
        self.add(worker, slot, *block.product(laid, dz))
        if "b" in block.conv.parameters:
            total = self.space.array(f"sum {slot_b} of {worker}", block.output[2])
            if slot_b not in self.fresh[worker]:
                self.fresh[worker].add(slot_b)
                total[...] = 0
            total += block.bias_gradient(dz)

    def sums(self, slot: str, shape: tuple[int, ...]) -> list[Array]:
        """The sums in that slot of all workers who had any image."""
        return [self.space.array(f"sum {slot} of {w}", *shape) for w in range(self.team.size) if slot in self.fresh[w]]

    def update(self, worker: int, name: str, parameter: Array, scale: float, slot: str) -> None:
        """Add all workers' sums in a slot, the worker's own rows of them, and give them to Adam.

        worker: its number, from 0.
        name: of the parameter.
        parameter: all of it.
        scale: the batch's share of the learning rate.
        slot: the name of the sum.
        """
        own = self.share(worker, parameter.shape[0])
        first, *others = (array[own] for array in self.sums(slot, parameter.shape))
        for other in others:
            np.add(first, other, out=first)
        self.adam.step(name, parameter, first, own, scale)

    def update_block(self, worker: int, i: int, scale: float, slot: str) -> None:
        """The same for block i: for its W, whose gradient its own kind makes of the sums, and for its bias, if any.

        worker, i: numbers of the worker and of the block, from 0.
        scale: the batch's share of the learning rate.
        slot: the name of the sum for dW.
        """
        block, name, parameters = self.blocks[i], self.net.blocks[i].name, self.net.blocks[i].parameters
        for rows, gradient in block.gradients(self.sums(slot, block.sum_shape), self.sharing(worker)):
            self.adam.step(f"{name}.W", parameters["W"], gradient, rows, scale)
        if "b" in parameters:
            self.update(worker, f"{name}.b", parameters["b"], scale, bias_slot(slot))


def pooled_convolution(
    conv: Conv2d, shape: tuple[int, ...], space: Workspace, name: str, matrix: Array | None = None
) -> PooledConvolution:
    """The kind of `PooledConvolution` that is faster for a layer.

    conv: the layer.
    shape: (H, W, C) of its input.
    space: where its arrays lie.
    name: for them, one for each block.
    matrix: FA's B, through which errors go down; None for W itself.
    """
    tiled = conv.kernel == (3, 3) and conv.padding == (1, 1) and shape[2] >= tiles.FEW_CHANNELS
    return (tiles.Tiles if tiled else Patches)(conv, shape, space, name, matrix=matrix)


def bias_slot(slot: str) -> str:
    """Where the sums of db are kept, beside those of dW in this slot."""
    return f"bias of {slot}"


def flat(a: Array) -> Array:
    """(N, H W C) of an array (N, H, W, C)."""
    return a.reshape(len(a), -1)
