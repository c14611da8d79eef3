"""What all learning rules share: the Step that they yield, and what a trainer may ask of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mfnumpy import backend
from mfnumpy.backend import Array
from mfnumpy.errors import InvalidValueError, MfnumpyError, unknown_name
from mfnumpy.network import Network
from mfnumpy.support.seeding import stream
from mfnumpy.support.validate import integer


class NotStartedError(MfnumpyError, RuntimeError):
    """A rule was used before `start` drew its matrices, or after a block was plugged in without `plug`."""


@dataclass(frozen=True)
class Step:
    """Gradients that are ready to be applied.

    block: the index of the block, or None where the step belongs to the whole network or to the readout alone.
    loss: the mean loss over the batch, a scalar. gradients: by parameter name, of that mean loss.
    """

    block: int | None
    loss: Any
    gradients: dict[str, Array]


class Rule:
    """A learning rule over the blocks of a network.

    A rule owns the matrices that it adds to the network (readout, M_i, B_i), all named as in `state`.
    `steps` reads parameters and never changes them: the trainer applies each Step as it comes.
    """

    name = ""
    local = False
    """Whether each block learns from its own loss alone, and so can be trained alone."""
    schedules: tuple[str, ...] = ("together",)
    """How a trainer may order the blocks: "together", and for some "layer_by_layer"."""
    predictions: tuple[str, ...] = ()
    """The ways in which the rule predicts; the first is the default."""

    def __init__(self) -> None:
        self.n_classes = 0
        self.seed = 0
        self._drawn_for: Sequence[object] = ()

    def start(self, net: Network, n_classes: int, seed: int = 0) -> None:
        """Draw the rule's own matrices afresh for this network.

        n_classes: m >= 2. Raises InvalidValueError for a network or a number of classes that the rule cannot train.
        """
        n_classes = integer("n_classes", n_classes, 2)
        if not net.blocks:
            raise InvalidValueError("The network has no block; add one with net.plug(net.new_dense(width)).")
        self.n_classes, self.seed = n_classes, integer("seed", seed, 0)
        self.reset()
        self.plug(net)

    def reset(self) -> None:
        """Forget the rule's own matrices."""

    def plug(self, net: Network) -> None:
        """Draw what newly plugged blocks need, keep what the others have, and drop what unplugged blocks had."""

    def parameters(self, net: Network) -> dict[str, Array]:
        """The live arrays that the optimiser may change, by name. Fixed feedback matrices are never among them."""
        return net.parameters()

    def fixed(self) -> dict[str, Array]:
        """The arrays that belong to the rule's state but never learn: B_i."""
        return {}

    def count(self, net: Network, prediction: str | None = None) -> int:
        """How many learned numbers a prediction of this kind needs: the paper's Table 4."""
        return sum(p.size for p in self.parameters(net).values())

    def steps(
        self,
        net: Network,
        x: Array,
        y: Array,
        rng: np.random.Generator | None = None,
        only: Collection[int] | None = None,
    ) -> Iterator[Step]:
        """Yield the gradients of one batch. x: (N, *input_shape), y: (N,) integer labels.

        rng: this batch's random numbers, for rules that need some. only: the blocks to be trained; a local rule
        then leaves out what they do not need, the trainer leaves out the other blocks' gradients.
        """
        raise NotImplementedError

    def scores(self, net: Network, x: Array, prediction: str | None = None) -> Array:
        """(N, m) scores; the largest is the prediction."""
        raise NotImplementedError

    def layer_scores(self, net: Network, x: Array) -> list[Array]:
        """(N, m) scores of each block on its own, where the rule gives blocks a voice; else an empty list."""
        return []

    def all_scores(self, net: Network, x: Array) -> tuple[dict[str, Array], list[Array]]:
        """The scores of every prediction mode, and those of each block alone, with as few passes as the rule needs."""
        return {mode: self.scores(net, x, mode) for mode in self.predictions}, self.layer_scores(net, x)

    def options(self) -> dict:
        """The JSON options from which `make(name, **options)` builds this rule again."""
        return {}

    def _prediction(self, prediction: str | None) -> str:
        if prediction is None:
            return self.predictions[0]
        if prediction not in self.predictions:
            raise unknown_name(f"prediction mode of the rule '{self.name}'", prediction, self.predictions)
        return prediction

    def _draw(self, purpose: str, index: int, shape: tuple[int, int], scale: float, net: Network) -> Array:
        """N(0, scale^2), on the device; the same for the same seed, purpose and index."""
        values = stream(self.seed, purpose, index).standard_normal(shape) * scale
        return backend.to_device(values.astype(net.dtype))

    def _resize(self, matrices: list[Array], net: Network, draw: Callable[[int], Array]) -> None:
        """Keep the matrix of each block that is still there, draw one for each that is new.

        A block is known by its layer: another one of the same width in its place is a new one.
        """
        layers = [block.linear for block in net.blocks]
        known = {id(layer): matrix for layer, matrix in zip(self._drawn_for, matrices, strict=False)}
        matrices[:] = [known[id(layer)] if id(layer) in known else draw(i) for i, layer in enumerate(layers)]
        self._drawn_for = layers

    def check_started(self, net: Network) -> None:
        """Raises NotStartedError, with the remedy, if the rule has not been started for this network."""
        if not self.n_classes:
            raise self._not_started("not been told the number of classes")
        self.parameters(net)

    def _check_started(self, matrices: list[Array], net: Network) -> None:
        if not self.n_classes or len(matrices) != len(net.blocks):
            raise self._not_started(f"matrices for {len(matrices)} blocks, the network has {len(net.blocks)}")

    def _not_started(self, has: str) -> NotStartedError:
        return NotStartedError(
            f"The rule '{self.name}' has {has}. "
            "Call rule.start(net, n_classes, seed) first, or rule.plug(net) after net.plug(block)."
        )


def named(block_name: str, gradients: dict[str, Array]) -> dict[str, Array]:
    """Put the block's name before each gradient's: {"W": dW} -> {"block1.W": dW}."""
    return {f"{block_name}.{key}": value for key, value in gradients.items()}


class LocalRule(Rule):
    """A rule in which block i learns from its own loss: one Step per block, as soon as its input has passed.

    Subclasses write `local_step`; a layer-parallel trainer calls that very method from one worker per block.
    """

    local = True
    schedules: tuple[str, ...] = ("together", "layer_by_layer")

    def enter(self, net: Network, x: Array, y: Array, rng: np.random.Generator | None) -> Array:
        """What the first block is given for a batch; x itself, unless the rule hides the label in it."""
        return x

    def local_step(self, net: Network, i: int, x: Array, y: Array) -> tuple[Step, Array]:
        """The Step of block i for its input x, and the output that it hands on, computed before any update."""
        raise NotImplementedError

    def pass_on(self, net: Network, i: int, x: Array) -> Array:
        """The output that block i hands on when it is not being trained."""
        return net.blocks[i].forward(x).a

    def steps(
        self,
        net: Network,
        x: Array,
        y: Array,
        rng: np.random.Generator | None = None,
        only: Collection[int] | None = None,
    ) -> Iterator[Step]:
        """One Step per block, yielded before the next block runs; nothing ever comes back from it."""
        chosen = range(len(net.blocks)) if only is None else sorted(only)
        x = self.enter(net, x, y, rng)
        for i in range(max(chosen, default=-1) + 1):
            if i in chosen:
                step, x = self.local_step(net, i, x, y)
                yield step
            else:
                x = self.pass_on(net, i, x)
