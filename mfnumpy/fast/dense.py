"""MF, BP, FA and DFA on fully connected networks, split over a team of threads.

Forward and backward, each worker takes its own samples (rows of x, a and dz) through a block, and needs nobody. Once
all of dz is there, each computes its own rows of dW and gives them to Adam at once. So the workers meet once per block.
The equations are those of `mfnumpy.equations` and `mfnumpy.rules`, written with `out=`; a test holds both engines to
the same numbers.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.fast.base import Losses, TeamEngine, relu, relu_mask, softmax_error
from mfnumpy.layers import Conv2d, Dense
from mfnumpy.rules import GlobalRule, MonoForward


class DenseEngine(TeamEngine):
    """What the rules share: the forward pass of a block, and its update."""

    def batch(
        self,
        x: Array,
        y: Array,
        scale: float,
        only: Collection[int] | None,
        rng: np.random.Generator | None = None,
        weights: Array | None = None,
    ) -> Losses:
        """As `TeamEngine.batch`; images are rows for a dense block."""
        return super().batch(x.reshape(len(x), -1), y, scale, only, rng, weights)

    def samples(self, worker: int, n: int) -> slice:
        """The worker's own of a batch's n rows."""
        return self.share(worker, n)

    def activate(self, worker: int, i: int, x: Array, slot: int) -> Array:
        """a = relu(x W + b) of block i for the worker's own samples; returns all of a, the rest of it still unwritten.

        worker, i: numbers of the worker and of the block, from 0.
        x: (N, d), its input.
        slot: which array to use. A local rule needs three in turn: a slower worker may still need the two before.
        """
        parameters = self.net.blocks[i].parameters
        W = parameters["W"]
        a = self.space.array(f"a{slot}", x.shape[0], W.shape[1])
        own = self.samples(worker, len(x))
        np.matmul(x[own], W, out=a[own])
        if "b" in parameters:
            a[own] += parameters["b"]
        relu(a[own], self.space)
        return a

    def error(self, worker: int, i: int | None, a: Array, M: Array, y: Array, name: str = "dG") -> Array:
        """Eq. (5), G = a M^T, and the derivative of Eq. (6) for the worker's own samples; returns all of dG.

        worker: its number, from 0.
        i: under which block the loss is noted, None for the readout.
        a: (N, n) activations.
        M: (m, n), a projection matrix or a readout's W^T.
        y: (N,) integer labels.
        name: of the array for dG.
        """
        own = self.samples(worker, len(y))
        G = self.space.array(f"G of {worker}", own.stop - own.start, len(M))
        dG = self.space.array(name, len(y), len(M))
        np.matmul(a[own], M.T, out=G)
        self.note(worker, i, softmax_error(G, y[own], dG[own], self.divisor(len(y), own)))
        return dG

    def through_relu(self, worker: int, error: Array, matrix: Array, a: Array, slot: int) -> Array:
        """dz = (error matrix) * [z > 0] for the worker's own samples; returns all of dz.

        worker: its number, from 0.
        error: (N, k), dG or the dz of the block above.
        matrix: (k, n), through which it comes.
        a: (N, n), the block's activations.
        slot: which array to use, see `activate`.
        """
        own = self.samples(worker, len(a))
        dz = self.space.array(f"dz{slot}", *a.shape)
        np.matmul(error[own], matrix, out=dz[own])
        relu_mask(dz[own], a[own], self.space, f"mask of {worker}")
        return dz

    def update(self, worker: int, layer: Dense | Conv2d, x: Array, dz: Array, scale: float) -> None:
        """dW = x^T dz for the worker's own rows of W, and Adam on them at once; db likewise.

        worker: its number, from 0.
        layer: whose parameters change.
        x: (N, d), its input; all samples must be there.
        dz: (N, n), the error at its z; all samples must be there.
        scale: the batch's share of the learning rate.
        """
        name, W = f"{layer.name}.W", layer.parameters["W"]
        if "b" in layer.parameters:
            own = self.share(worker, W.shape[1])
            db = dz[:, own].sum(axis=0, out=self.space.array(f"db of {worker}", own.stop - own.start))
            self.adam.step(f"{layer.name}.b", layer.parameters["b"], db, own, scale)
        own = self.share(worker, W.shape[0])
        dW = self.space.array(f"dW of {worker}", own.stop - own.start, W.shape[1])
        np.matmul(x[:, own].T, dz, out=dW)
        self.adam.step(name, W, dW, own, scale)

    def projection_gradient(self, worker: int, i: int, dG: Array, a: Array) -> Array:
        """Eq. (8), dM = dG^T a of block i, over the worker's own samples; returns all workers' parts of the sum.

        worker, i: numbers of the worker and of the block, from 0.
        dG: (N, m).
        a: (N, n).
        Returns (workers, m, n).
        """
        own = self.samples(worker, len(a))
        parts = self.space.array(f"dM{i % 2}", self.team.size, dG.shape[1], a.shape[1])
        np.matmul(dG[own].T, a[own], out=parts[worker])
        return parts

    def update_projection(self, worker: int, i: int, M: Array, parts: Array, scale: float) -> None:
        """Add up dM of block i and give it to Adam. M is small: one worker takes it.

        worker, i: numbers of the worker and of the block, from 0.
        M: (m, n), its projection matrix.
        parts: (workers, m, n), from `projection_gradient`; all must be there.
        scale: the batch's share of the learning rate.
        """
        if worker == i % self.team.size:
            total = parts.sum(axis=0, out=self.space.array("sum of dM", *M.shape))
            self.adam.step(f"{self.net.blocks[i].name}.M", M, total, slice(None), scale)


class DenseMonoForward(DenseEngine):
    """Mono-Forward: each block is done, and its update made, before the next one begins."""

    rule: MonoForward

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """Forward and local update, block by block; arguments as in `TeamEngine.work`."""
        last = len(self.net.blocks) if only is None else max(only) + 1
        for i in range(last):
            a = self.activate(worker, i, x, i % 3)
            if only is None or i in only:
                self.learn(worker, i, x, a, y, scale)
            else:
                self.team.meet()
            x = a

    def learn(self, worker: int, i: int, x: Array, a: Array, y: Array, scale: float) -> None:
        """Eqs. (5) to (8) for block i. What a slower worker may still need of the block below is in another slot.

        worker, i: numbers of the worker and of the block, from 0.
        x: (N, d), its input.
        a: (N, n), its activations.
        y: (N,) integer labels.
        scale: the batch's share of the learning rate.
        """
        block, M = self.net.blocks[i], self.rule.M[i]
        dG = self.error(worker, i, a, M, y)
        dz = self.through_relu(worker, dG, M, a, i % 2)
        dM = self.projection_gradient(worker, i, dG, a)
        self.team.meet()
        self.update(worker, block.linear, x, dz, scale)
        self.update_projection(worker, i, M, dM, scale)


class DenseReadout(DenseEngine):
    """BP, FA and DFA: one loss, at the readout; they differ in how its error reaches the blocks."""

    rule: GlobalRule

    def work(self, worker: int, x: Array, y: Array, scale: float, only: Collection[int] | None) -> None:
        """Forward through all blocks; then, from the last to the first, dz_i, and the update of the block above.

        Arguments as in `TeamEngine.work`.
        """
        blocks, inputs = self.net.blocks, self.forward(worker, x)
        dG = self.error(worker, None, inputs[-1], self.readout.T, y)
        above: Dense | Conv2d = self.output_layer
        error = dG
        for i in reversed(range(len(blocks))):
            a, matrix = inputs[i + 1], self.feedback(i, above.parameters["W"])
            dz = self.through_relu(worker, dG if self.direct else error, matrix, a, i % 3)  # of 3: as for `activate`
            self.team.meet()  # dz is complete, and nobody needs the weights above any more
            self.update(worker, above, a, error, scale)
            above, error = blocks[i].linear, dz
        self.update(worker, above, x, error, scale)

    def forward(self, worker: int, x: Array) -> list[Array]:
        """x and the activities of all blocks, the worker's own samples written."""
        inputs = [x]
        for i in range(len(self.net.blocks)):
            inputs.append(self.activate(worker, i, inputs[-1], i))
        return inputs

    @property
    def output_layer(self) -> Dense:
        """The readout, a layer without bias."""
        assert self.rule.readout is not None
        assert self.rule.readout.layer is not None
        return self.rule.readout.layer

    @property
    def readout(self) -> Array:
        """The readout's W."""
        return self.output_layer.parameters["W"]

    @property
    def direct(self) -> bool:
        """Whether the output's error goes straight to every block, as in DFA."""
        return "output" in self.rule.error_from

    def feedback(self, i: int, above: Array) -> Array:
        """The matrix through which an error comes to block i: W^T of the layer above, FA's B^T of it, or DFA's B_i."""
        B = self.rule.feedback_of(i)
        if B is None:
            return above.T
        return B if self.direct else B.T
