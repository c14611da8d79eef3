"""MF, BP, FA and DFA on convolutional networks: the batch's images are split over a team, and taken a few at a time.

How a block does its few images is in `pooled` and its two kinds. MF goes block by block, and lays out the input of each
once, for the forward pass and for dW alike, because its error is there as soon as the block's output is. BP, FA and DFA
go forward through all blocks and then back, and lay out every input a second time on the way back, which costs less
than to keep it. Each worker adds up dW over its own images; at the end the workers' sums are added, and Adam takes
them, each worker its share.
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
from mfnumpy.rules import GlobalRule, MonoForward, Rule


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
        block, slot_b = self.blocks[i], _bias(slot)
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
            self.update(worker, f"{name}.b", parameters["b"], scale, _bias(slot))


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


class ConvMonoForward(ConvEngine):
    """Mono-Forward: block by block; within a block, each piece goes forward and gives its gradients at once."""

    rule: MonoForward

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """Forward and local update, block by block; arguments as in `TeamEngine.work`."""
        self.prepare(worker)
        last = len(self.net.blocks) if only is None else max(only) + 1
        for i in range(last):
            N, learns, key = len(y), only is None or i in only, f"of {worker}"
            a = self.space.array(f"a{i % 2}", N, *self.shapes[i + 1])
            W, M = self.slots(i)
            self.fresh[worker] -= {W, M, _bias(W)}
            for piece in self.pieces(worker, N, i):
                laid = self.blocks[i].lay(x[piece], key)
                active = self.blocks[i].forward(laid, a[piece], key)
                if learns:
                    self.learn(worker, i, laid, active, _flat(a[piece]), y[piece], self.divisor(N, piece))
            self.team.meet()  # all sums are complete, and all of a
            if learns:
                self.update_block(worker, i, scale, W)
                self.update(worker, f"{self.net.blocks[i].name}.M", self.rule.M[i], scale, M)
            x = a

    def learn(self, worker: int, i: int, laid: Array, active: Array, a: Array, y: Array, N: int | Array) -> None:
        """Eqs. (5) to (8) on one piece of a batch.

        worker, i: numbers of the worker and of the block, from 0.
        laid: the piece's input, as the block's own kind lays it out.
        active: what the piece's forward pass returned.
        a: (n, D), the piece's flat activations.
        y: (n,) integer labels.
        N: images in the whole batch, or what `divisor` says of these.
        """
        M, (slot_W, slot_M) = self.rule.M[i], self.slots(i)
        dG = self.error(worker, i, a, M, y, N)  # (5), (6)
        self.add(worker, slot_M, dG.T, a)  # (8)
        da = np.matmul(dG, M, out=self.space.array(f"da of {worker}", *a.shape))
        dz = self.blocks[i].errors(da, active, f"of {worker}")
        self.add_block(worker, i, slot_W, laid, dz)  # (7)

    def slots(self, i: int) -> tuple[str, str]:
        """Where the sums of dW and dM of block i are kept: a slower worker may still need the block's below."""
        return f"W{i % 2}", f"M{i % 2}"


class ConvReadout(ConvEngine):
    """BP, FA and DFA: the worker's images go forward through all blocks, and their errors back."""

    rule: GlobalRule

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """All images; then all updates, for no weight may change before the last error has gone through it.

        Arguments as in `TeamEngine.work`.
        """
        self.prepare(worker)
        if len(y[self.share(worker, len(y))]):
            self.images(worker, x, y)
        self.team.meet()
        for i in self.learners:
            self.update_block(worker, i, scale, f"W{i}")
        self.update_outputs(worker, scale)

    @property
    def learners(self) -> range:
        """The blocks that an error reaches."""
        return range(len(self.blocks))

    def images(self, worker: int, x: Array, y: Array) -> None:
        """Forward and backward for the worker's share of a batch.

        worker: its number, from 0.
        x: (N, H, W, C), all images of the batch.
        y: (N,) integer labels.
        """
        inputs, local, own = [x], [], self.share(worker, len(y))
        active: dict[tuple[int, int], Array] = {}
        for i, block in enumerate(self.blocks):
            inputs.append(self.space.array(f"a{i}", len(y), *self.shapes[i + 1]))
            for piece in self.pieces(worker, len(y), i):
                laid = block.lay(inputs[i][piece], f"of {worker}")
                active[i, piece.start] = block.forward(laid, inputs[i + 1][piece], f"of {worker}", piece.start)
            local.append(self.own_error(worker, i, _flat(inputs[-1][own]), y[own], self.divisor(len(y), own)))
        dG = self.output(worker, _flat(inputs[-1][own]), y[own], self.divisor(len(y), own))
        da = None
        for i in reversed(self.learners):
            da = self.backward(worker, i, inputs[i], self.arriving(worker, i, dG, da, local[i]), active)

    def own_error(self, worker: int, i: int, a: Array, y: Array, N: int | Array) -> Array | None:
        """The error at block i's output by a loss of its own: none.

        worker, i: numbers of the worker and of the block, from 0.
        a: (n, D), flat activations of the worker's own images.
        y: (n,) integer labels.
        N: images in the whole batch, or what `divisor` says of these.
        """
        return None

    def output(self, worker: int, a: Array, y: Array, N: int | Array) -> Array | None:
        """dG of the readout, and its part in dW.

        worker: its number, from 0.
        a: (n, D), flat activations of the last block for the worker's own images.
        y: (n,) integer labels.
        N: images in the whole batch, or what `divisor` says of these.
        """
        dG = self.error(worker, None, a, self.readout.T, y, N)
        self.add(worker, "readout", a.T, dG)
        return dG

    def update_outputs(self, worker: int, scale: float) -> None:
        """The update of what no block owns: the readout."""
        self.update(worker, "readout.W", self.readout, scale, "readout")

    @property
    def readout(self) -> Array:
        """The readout's W."""
        assert self.rule.readout is not None
        return self.rule.readout.parameters["W"]

    @property
    def direct(self) -> bool:
        """Whether the output's error goes straight to every block, as in DFA."""
        return "output" in self.rule.error_from

    def backward(self, worker: int, i: int, x: Array, da: Array, active: dict[tuple[int, int], Array]) -> Array | None:
        """dW of block i from the errors at its output; returns those at its input, if anybody needs them.

        worker, i: numbers of the worker and of the block, from 0.
        x: its inputs, of the whole batch.
        da: the errors at its output, of the worker's own images.
        active: what the forward passes returned, by block and by the first image of the piece.
        """
        block, key, own, below = self.blocks[i], f"of {worker}", self.share(worker, len(x)), None
        if i > 0 and not self.direct:
            below = self.space.array(f"errors at {i} {key}", len(da), *self.shapes[i])
        for piece in self.pieces(worker, len(x), i):
            here = slice(piece.start - own.start, piece.stop - own.start)
            dz = block.errors(da[here], active[i, piece.start], key)
            self.add_block(worker, i, f"W{i}", block.lay(x[piece], key), dz)
            if below is not None:
                block.below(dz, below[here], key)
        return below

    def arriving(self, worker: int, i: int, dG: Array | None, da: Array | None, own: Array | None) -> Array:
        """The error at block i's output.

        worker, i: numbers of the worker and of the block, from 0.
        dG: (n, m), the error at the scores, for a rule that takes it straight from the output, and for the last block.
        da: the error at block i's output that came from above; None where nothing came.
        own: the error by the block's own loss, None without one.
        """
        if da is not None:
            return da
        assert dG is not None
        B, matrix = self.rule.feedback_of(i), self.readout.T
        if B is not None:
            matrix = B if self.direct else B.T
        return np.matmul(dG, matrix, out=self.space.array(f"da{i} of {worker}", len(dG), matrix.shape[1]))


def _bias(slot: str) -> str:
    """Where the sums of db are kept, beside those of dW in this slot."""
    return f"bias of {slot}"


def _flat(a: Array) -> Array:
    return a.reshape(len(a), -1)
