"""What a rule may have beside the network: a readout, a projection matrix for each block, or fixed matrices.

A part draws its arrays, knows where they lie, and predicts with them. How it learns is the rule's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, MutableMapping, MutableSequence
from typing import Any

from mfnumpy import backend, choices, equations
from mfnumpy.backend import Array
from mfnumpy.layers import Dense
from mfnumpy.network import Network
from mfnumpy.support.seeding import stream

Home = tuple[MutableMapping[str, Array] | MutableSequence[Array], Any]
"""Where a parameter lies: what holds it, and its key there."""


def normal(seed: int, purpose: str, index: int, shape: tuple[int, int], variance: float, dtype: str) -> Array:
    """N(0, variance), drawn on the host in float64, then rounded to dtype and put on the device.

    seed, purpose, index: the same three give the same numbers, see `seeding.stream`.
    shape: of the matrix.
    variance: of each entry.
    dtype: "float32" or "float64".
    Returns an array of that shape.
    """
    values = stream(seed, purpose, index).standard_normal(shape) * math.sqrt(variance)
    return backend.to_device(values.astype(dtype))


class PerBlock(list):
    """One matrix for each block of a network, in order."""

    def __init__(self, matrices: Any = ()):
        super().__init__(matrices)
        self._layers: list[object] = []

    def fit(self, net: Network, draw: Callable[[int], Array]) -> None:
        """Keep the matrix of each block that is still there, draw one for each that is new, drop the others.

        draw: index of the block -> its matrix. A block is known by its layer: another one of the same width in its
        place is a new one.
        """
        layers = [block.linear for block in net.blocks]
        known = {id(layer): matrix for layer, matrix in zip(self._layers, self, strict=False)}
        self[:] = [known[id(layer)] if id(layer) in known else draw(i) for i, layer in enumerate(layers)]
        self._layers = list(layers)


class Readout:
    """A linear readout, G = a W_out, without bias.

    of_all: whether it reads the activities of all blocks; if not, those of the last. One that reads all starts at
    zero, since softmax regression has no better place; the other starts at N(0, 1/n).
    predictions: the rule's prediction modes that need it.
    """

    def __init__(self, predictions: tuple[str, ...] = ("readout",), *, of_all: bool = False):
        self.predictions, self.of_all = predictions, of_all
        self.layer: Dense | None = None

    @property
    def parameters(self) -> dict[str, Array]:
        """{"W": (n, m)}, or nothing before it was drawn."""
        return {} if self.layer is None else self.layer.parameters

    def reset(self) -> None:
        """Forget the readout."""
        self.layer = None

    def plug(self, net: Network, n_classes: int, seed: int) -> None:
        """Draw the readout, unless there is one whose inputs are still as many.

        net: gives the number of inputs n, and the dtype.
        n_classes: m, the number of outputs.
        seed: of the weights.
        """
        if self.misfit(net):
            layer = Dense(self._inputs(net), n_classes, stream(seed, "readout"), dtype=net.dtype, name="readout")
            # no ReLU follows: the variance of a projection, not that of a block's weights
            layer.parameters["W"] /= math.sqrt(choices.WEIGHT_INIT.value / choices.PROJECTION_INIT.value)
            if self.of_all:
                layer.parameters["W"] *= 0
            self.layer = layer

    def misfit(self, net: Network) -> str | None:
        """What is there in place of a readout for this network; None where it fits."""
        fits = self.layer is not None and self.layer.parameters["W"].shape[0] == self._inputs(net)
        return None if fits else "no readout that fits this network"

    def homes(self, net: Network) -> dict[str, Home]:
        """Where its parameters lie, by name."""
        return {f"readout.{key}": (self.parameters, key) for key in self.parameters}

    def output_weights(self) -> Array | None:
        """(n, m): the weights between the last block and the scores; None for a readout of all blocks."""
        return None if self.of_all else self.parameters["W"]

    def forward(self, a: Array) -> Array:
        """G = a W_out. a: (N, ...). Returns (N, m)."""
        return self._layer.forward(a)

    def parameter_gradients(self, a: Array, dG: Array) -> dict[str, Array]:
        """{"W": a^T dG}. a: (N, n). dG: (N, m)."""
        return self._layer.parameter_gradients(a, dG)

    def input_gradient(self, dG: Array, a_shape: tuple[int, ...], W: Array | None = None) -> Array:
        """da = dG W_out^T, the error at the activities that it reads.

        dG: (N, m), gradient of the mean loss at its scores.
        a_shape: (N, ...), the shape of da.
        W: another matrix of W_out's shape, Feedback Alignment's B; None for its own.
        """
        return self._layer.input_gradient(dG, a_shape, W)

    def scores(self, net: Network, x: Array, mode: str) -> Array:
        """Scores of a readout of the last block.

        net: the network that the rule was started for.
        x: (N, *input_shape).
        mode: one of its `predictions`; all have the same scores.
        Returns (N, m).
        """
        for block in net.blocks:
            x = block.forward(x).a
        return self.forward(x)

    def unused(self, mode: str) -> int:
        """How many of its numbers a prediction of this kind does without."""
        return 0 if mode in self.predictions else sum(p.size for p in self.parameters.values())

    def _inputs(self, net: Network) -> int:
        return sum(net.widths) if self.of_all else net.widths[-1]

    @property
    def _layer(self) -> Dense:
        assert self.layer is not None, "the rule asks `misfit` first"
        return self.layer


class Projections:
    """A projection matrix M_i: (m, n_i) for each block, and the goodness scores G_i = a_i M_i^T, Eq. (5).

    Predictions: "ff" adds the scores of all blocks; "bp" takes the last block's, and then needs no other M.
    """

    predictions = ("ff", "bp")

    def __init__(self) -> None:
        self.M = PerBlock()

    def reset(self) -> None:
        """Forget the matrices."""
        self.M = PerBlock()

    def plug(self, net: Network, n_classes: int, seed: int) -> None:
        """Draw M_i ~ N(0, 1/n_i) for new blocks; the others keep what they learned.

        net: gives n_i of each block, and the dtype.
        n_classes: m.
        seed: of the matrices.
        """
        widths = net.widths

        def draw(i: int) -> Array:
            """M of block i."""
            n = widths[i]
            return normal(seed, "projection", i, (n_classes, n), choices.PROJECTION_INIT.value / n, net.dtype)

        self.M.fit(net, draw)

    def misfit(self, net: Network) -> str | None:
        """What is there in place of matrices for this network; None where they fit."""
        if len(self.M) == len(net.blocks):
            return None
        return f"matrices for {len(self.M)} blocks, the network has {len(net.blocks)}"

    def homes(self, net: Network) -> dict[str, Home]:
        """Where the matrices lie, by name."""
        return {f"{block.name}.M": (self.M, i) for i, block in enumerate(net.blocks)}

    def output_weights(self) -> Array | None:
        """(n, m): the last M, transposed; it is the output layer."""
        return self.M[-1].T

    def layer_scores(self, net: Network, x: Array) -> list[Array]:
        """G_i of every block, (N, m) each. x: (N, *input_shape)."""
        scores = []
        for block, M in zip(net.blocks, self.M, strict=True):
            trace = block.forward(x)
            scores.append(equations.goodness_scores(trace.flat, M))
            x = trace.a
        return scores

    def combined(self, layers: list[Array], mode: str) -> Array:
        """The prediction that the scores of all blocks make: their plain sum ("ff"), or the last ("bp")."""
        return sum(layers) if mode == "ff" else layers[-1]

    def scores(self, net: Network, x: Array, mode: str) -> Array:
        """Scores by which these matrices predict.

        net: the network that the rule was started for.
        x: (N, *input_shape).
        mode: "ff" or "bp".
        Returns (N, m).
        """
        if mode == "ff":
            return self.combined(self.layer_scores(net, x), mode)
        for block in net.blocks:
            trace = block.forward(x)
            x = trace.a
        return equations.goodness_scores(trace.flat, self.M[-1])

    def unused(self, mode: str) -> int:
        """How many of its numbers a prediction of this kind does without."""
        needed = {"ff": self.M, "bp": self.M[-1:]}.get(mode, [])
        return sum(M.size for M in self.M) - sum(M.size for M in needed)
