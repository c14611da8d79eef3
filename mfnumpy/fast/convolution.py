"""MF, BP, FA and DFA on convolutional networks: the batch's images are split over a team, and taken in small pieces.

A piece's patches are laid out once, stay in the cache, and in MF serve the forward pass and dW = rows^T dz alike,
because its error is there as soon as the block's output is. BP, FA and DFA keep the patches of a chunk of images for
all blocks, and go through it piece by piece both ways. Each worker adds up dW over its own chunks; at the end the
workers' sums are added, and Adam takes them, each worker its own rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.fast.adam import FastAdam
from mfnumpy.fast.base import Losses, TeamEngine, relu, softmax_error
from mfnumpy.fast.patches import col2im, im2col, pool, unpool_and_mask
from mfnumpy.fast.team import Team
from mfnumpy.layers import Conv2d
from mfnumpy.network import Network
from mfnumpy.rules.dfa import DirectFeedbackAlignment
from mfnumpy.rules.fa import FeedbackAlignment
from mfnumpy.rules.mf import MonoForward
from mfnumpy.rules.readout import ReadoutRule

PIECE_BYTES, PIECE_ROWS = 4_000_000, 1024
"""About how long a piece's patches or outputs may be, to stay in the cache; how many patches BLAS wants at least."""

CHUNK_IMAGES = 32
"""Images per chunk in BP, FA and DFA, where a chunk's patches of all blocks must be kept."""


def cut(start: int, stop: int, size: int) -> Iterator[slice]:
    """range(start, stop) in slices of at most `size`."""
    for low in range(start, stop, size):
        yield slice(low, min(low + size, stop))


class ConvEngine(TeamEngine):
    """What the rules share: one block's forward pass on a chunk, and the sums over chunks and workers."""

    def __init__(self, net: Network, adam: FastAdam, team: Team):
        super().__init__(net, adam, team)
        self.shapes = net.shapes()
        self.fresh: list[set[str]] = []

    def batch(
        self, x: Array, y: Array, scale: float, only: Collection[int] | None, rng: np.random.Generator | None = None
    ) -> Losses:
        """As of every engine; no worker has begun any sum."""
        self.fresh = [set() for _ in range(self.team.size)]
        return super().batch(x, y, scale, only, rng)

    def chunks(self, worker: int, n: int, size: int) -> Iterator[slice]:
        """The worker's share of n images, in chunks of at most `size`."""
        own = self.share(worker, n)
        return cut(own.start, own.stop, size)

    def piece(self, i: int) -> int:
        """How many images of block i are taken at a time: their patches and outputs should stay in the cache."""
        height, width, maps = self.conv(i).output_shape(self.shapes[i])
        longest = max(maps, self.conv(i).parameters["W"].shape[0])
        return max(1, PIECE_BYTES // (4 * height * width * longest), PIECE_ROWS // (height * width))

    def forward(self, key: str, i: int, x: Array, out: Array) -> tuple[Array, Array]:
        """Patches and relu(z) of block i for the images x; out <- the pooled a. key: keeps the arrays apart."""
        conv = self.conv(i)
        shape, W = conv.output_shape(self.shapes[i]), conv.parameters["W"]
        rows = self.space.array(f"rows {i} {key}", len(x), shape[0] * shape[1], len(W))
        images = self.space.array(f"z {key}", len(x), *shape)
        for piece in cut(0, len(x), self.piece(i)):
            own = rows[piece].reshape(-1, len(W))
            im2col(x[piece], conv.kernel, conv.padding, own, self.space, f"{i} {key}")
            np.matmul(own, W, out=images[piece].reshape(-1, shape[2]))
            relu(images[piece].reshape(-1, shape[1] * shape[2]), self.space)
            pool(images[piece], out[piece])
        return rows.reshape(-1, len(W)), images

    def add(self, worker: int, slot: str, left: Array, right: Array) -> None:
        """Add left @ right to the worker's own sum in that slot; the first chunk starts the sum."""
        total = self.space.array(f"sum {slot} of {worker}", left.shape[0], right.shape[1])
        if slot not in self.fresh[worker]:
            self.fresh[worker].add(slot)
            np.matmul(left, right, out=total)
            return
        product = self.space.array(f"product of {worker}", *total.shape)
        np.matmul(left, right, out=product)
        np.add(total, product, out=total)

    def update(self, worker: int, name: str, parameter: Array, scale: float, slot: str) -> None:
        """Add all workers' sums in that slot, the worker's own rows of them, and give them to Adam."""
        own = self.share(worker, parameter.shape[0])
        sums = [
            self.space.array(f"sum {slot} of {w}", *parameter.shape)[own]
            for w in range(self.team.size)
            if slot in self.fresh[w]
        ]
        for other in sums[1:]:
            np.add(sums[0], other, out=sums[0])
        self.adam.step(name, parameter, sums[0], own, scale)

    def conv(self, i: int) -> Conv2d:
        """The convolution of block i."""
        conv = self.net.blocks[i].linear
        assert isinstance(conv, Conv2d)
        return conv


class ConvMonoForward(ConvEngine):
    """Mono-Forward: block by block; within a block, each piece goes forward and gives its gradients at once."""

    def __init__(self, net: Network, rule: MonoForward, adam: FastAdam, team: Team):
        super().__init__(net, adam, team)
        self.rule = rule

    def begin(self, only: Collection[int] | None) -> None:
        """W and M of the blocks that are trained."""
        parameters = self.rule.parameters(self.net)
        blocks = [b for i, b in enumerate(self.net.blocks) if only is None or i in only]
        self.adam.begin((f"{b.name}.{key}", parameters[f"{b.name}.{key}"]) for b in blocks for key in "WM")

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """Forward and local update, block by block."""
        last = len(self.net.blocks) if only is None else max(only) + 1
        for i in range(last):
            block, N = self.net.blocks[i], len(y)
            a = self.space.array(f"a{i % 2}", N, *self.shapes[i + 1])
            learns = only is None or i in only
            W, M = self.slots(i)
            self.fresh[worker] -= {W, M}
            for piece in self.chunks(worker, N, self.piece(i)):
                rows, images = self.forward(f"of {worker}", i, x[piece], a[piece])
                if learns:
                    self.learn(worker, i, rows, images, a[piece].reshape(images.shape[0], -1), y[piece], N)
            self.team.meet()  # all sums are complete, and all of a
            if learns:
                self.update(worker, f"{block.name}.W", block.parameters["W"], scale, W)
                self.update(worker, f"{block.name}.M", self.rule.M[i], scale, M)
            x = a

    def learn(self, worker: int, i: int, rows: Array, images: Array, a: Array, y: Array, N: int) -> None:
        """Eqs. (5) to (8) on one piece of a batch of N images. images: relu(z), overwritten by dz."""
        M, space, slots = self.rule.M[i], self.space, self.slots(i)
        G = np.matmul(a, M.T, out=space.array(f"G of {worker}", len(y), M.shape[0]))  # (5)
        dG = space.array(f"dG of {worker}", *G.shape)
        self.note(worker, i, softmax_error(G, y, dG, N))  # (6)
        self.add(worker, slots[1], dG.T, a)  # (8)
        da = np.matmul(dG, M, out=space.array(f"da of {worker}", *a.shape))
        unpool_and_mask(da, images, space, f"of {worker}")
        self.add(worker, slots[0], rows.T, images.reshape(-1, images.shape[-1]))  # (7)

    def slots(self, i: int) -> tuple[str, str]:
        """Where the sums of dW and dM of block i are kept: a slower worker may still need the block's below."""
        return f"W{i % 2}", f"M{i % 2}"


class ConvReadout(ConvEngine):
    """BP, FA and DFA: a chunk goes through all blocks and back before the next one comes."""

    def __init__(self, net: Network, rule: ReadoutRule, adam: FastAdam, team: Team):
        super().__init__(net, adam, team)
        self.rule = rule

    def begin(self, only: Collection[int] | None) -> None:
        """All parameters."""
        self.adam.begin(self.rule.parameters(self.net).items())

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """All chunks; then all updates, for no weight may change before the last error has gone through it."""
        for chunk in self.chunks(worker, len(y), CHUNK_IMAGES):
            self.chunk(worker, x[chunk], y[chunk], len(y))
        self.team.meet()
        for name, parameter in self.rule.parameters(self.net).items():
            self.update(worker, name, parameter, scale, name)

    def chunk(self, worker: int, x: Array, y: Array, N: int) -> None:
        """Forward and backward on one chunk of a batch of N images."""
        assert self.rule.readout is not None
        space, readout, kept = self.space, self.rule.readout.parameters["W"], []
        for i in range(len(self.net.blocks)):
            a = space.array(f"a{i} of {worker}", len(y), *self.shapes[i + 1])
            kept.append(self.forward(f"{i} of {worker}", i, x, a))
            x = a
        a = x.reshape(len(y), -1)
        G = np.matmul(a, readout, out=space.array(f"G of {worker}", len(y), readout.shape[1]))
        dG = space.array(f"dG of {worker}", *G.shape)
        self.note(worker, None, softmax_error(G, y, dG, N))
        self.add(worker, "readout.W", a.T, dG)
        da = None
        for i in reversed(range(len(self.net.blocks))):
            rows, images = kept[i]
            da = self.backward(worker, i, self.error(worker, i, dG, da), images)
            self.add(worker, f"{self.net.blocks[i].name}.W", rows.T, images.reshape(-1, images.shape[-1]))

    def backward(self, worker: int, i: int, da: Array, images: Array) -> Array | None:
        """From the error at block i's output, images <- dz; returns the error at its input, if anybody needs it."""
        conv, key, below = self.conv(i), f"of {worker}", None
        if i > 0 and not isinstance(self.rule, DirectFeedbackAlignment):
            below = self.space.array(f"errors {i} {key}", len(images), *self.shapes[i])
        for piece in cut(0, len(images), self.piece(i)):
            unpool_and_mask(da[piece], images[piece], self.space, key)
            if below is not None:
                dz, matrix = images[piece].reshape(-1, images.shape[-1]), self.matrix(i).T
                rows = np.matmul(dz, matrix, out=self.space.array(f"errors {key}", len(dz), matrix.shape[1]))
                col2im(rows, conv.kernel, conv.padding, below[piece])
        return below

    def error(self, worker: int, i: int, dG: Array, da: Array | None) -> Array:
        """The error at block i's output: what came from above, or straight from the output."""
        if da is not None and not isinstance(self.rule, DirectFeedbackAlignment):
            return da
        assert self.rule.readout is not None
        matrix = self.rule.readout.parameters["W"].T
        if isinstance(self.rule, DirectFeedbackAlignment):
            matrix = self.rule.feedback[i]
        elif isinstance(self.rule, FeedbackAlignment):
            matrix = self.rule.feedback[i].T
        return np.matmul(dG, matrix, out=self.space.array(f"da{i} of {worker}", len(dG), matrix.shape[1]))

    def matrix(self, i: int) -> Array:
        """Through which block i sends its error down: its own W, or FA's B for it."""
        if isinstance(self.rule, FeedbackAlignment):
            return self.rule.feedback[i - 1]
        return self.net.blocks[i].parameters["W"]
