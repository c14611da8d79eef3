"""Rules in which every block learns from a loss of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.network import Network
from mfnumpy.rules.base import Rule, Step


class LocalRule(Rule):
    """A rule in which block i learns from its own loss: one Step per block, as soon as its input has passed.

    Subclasses write `local_step`; a layer-parallel trainer calls that very method from one worker per block.
    """

    local = True
    error_from: tuple[str, ...] = ("own",)
    schedules: tuple[str, ...] = ("together", "layer_by_layer")

    @property
    def block_by_block(self) -> bool:
        """True, unless a subclass makes its steps in another way."""
        return type(self).steps is LocalRule.steps

    def enter(self, net: Network, x: Array, y: Array, rng: np.random.Generator | None) -> Array:
        """What the first block is given for a batch; x itself, unless the rule hides the label in it.

        net: the network that the rule was started for.
        x: (N, *input_shape).
        y: (N,) integer labels.
        rng: this batch's random numbers, None for a rule that needs none.
        """
        return x

    def local_step(self, net: Network, i: int, x: Array, y: Array, weights: Array | None = None) -> tuple[Step, Array]:
        """The Step of block i, and the output that it hands on, computed before any update.

        net: the network that the rule was started for.
        i: index of the block.
        x: its input, which the block below handed on.
        y: (N,) integer labels.
        weights: (N,) of the samples, or None; a rule that has not this keyword is trained without.
        """
        raise NotImplementedError

    def pass_on(self, net: Network, i: int, x: Array) -> Array:
        """The output that block i hands on when it is not being trained.

        net: the network that the rule was started for.
        i: index of the block.
        x: its input, which the block below handed on.
        """
        return net.blocks[i].forward(x).a

    def steps(
        self,
        net: Network,
        x: Array,
        y: Array,
        rng: np.random.Generator | None = None,
        only: Collection[int] | None = None,
        weights: Array | None = None,
    ) -> Iterator[Step]:
        """One Step per block, yielded before the next block runs; nothing ever comes back from it.

        Arguments as in `Rule.steps`.
        """
        chosen = range(len(net.blocks)) if only is None else sorted(only)
        x, weighted = self.enter(net, x, y, rng), {} if weights is None else {"weights": weights}
        for i in range(max(chosen, default=-1) + 1):
            if i in chosen:
                step, x = self.local_step(net, i, x, y, **weighted)
                yield step
            else:
                x = self.pass_on(net, i, x)
