"""MF, BP, FA and DFA on convolutional networks.

MF goes block by block, and lays out the input of each once, for the forward pass and for dW alike, because its error is
there as soon as the block's output is. BP, FA and DFA go forward through all blocks and then back, and lay out every
input a second time on the way back, which costs less than to keep it.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.fast.convolution import ConvEngine, bias_slot, flat
from mfnumpy.rules import GlobalRule, MonoForward


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
            self.fresh[worker] -= {W, M, bias_slot(W)}
            for piece in self.pieces(worker, N, i):
                laid = self.blocks[i].lay(x[piece], key)
                active = self.blocks[i].forward(laid, a[piece], key)
                if learns:
                    self.learn(worker, i, laid, active, flat(a[piece]), y[piece], self.divisor(N, piece))
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
            local.append(self.own_error(worker, i, flat(inputs[-1][own]), y[own], self.divisor(len(y), own)))
        dG = self.output(worker, flat(inputs[-1][own]), y[own], self.divisor(len(y), own))
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
