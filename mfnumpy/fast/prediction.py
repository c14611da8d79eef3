"""Forward-Forward's prediction with all labels at once; the other predictions are one pass as they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.batches import batches_of
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.rules.ff import NORMALISE, ForwardForward, ForwardForwardOnePass

ROWS = 256
"""Samples at a time: each stands m times in memory."""

ALL_LABELS = (ForwardForward, ForwardForwardOnePass)
"""The rules that try every label; a class derived from them may predict otherwise."""


def scores(net: Network, rule: Rule, x: Array, prediction: str | None = None) -> Array:
    """As `Rule.scores`, to rounding; for FF by all labels in a fraction of the time.

    net: the network that the rule was started for.
    rule: any; what is not FF's goes to its own `scores`, which says what is raised.
    x: (N, *input_shape).
    prediction: a mode of the rule; None for its default.
    Returns (N, m).
    """
    everything = prediction == "all-labels" or (prediction is None and rule.predictions[0] == "all-labels")
    if not (everything and _knows(net, rule) and _fits(net, x)):
        return rule.scores(net, x, prediction)  # which says what does not fit
    rule.check_started(net)
    return sum(layer_scores(net, rule, x))


def all_scores(net: Network, rule: Rule, x: Array) -> tuple[dict[str, Array], list[Array]]:
    """The scores of every prediction mode, and those of each block alone, to rounding as `rule.all_scores` gives them.

    net: the network that the rule was started for.
    rule: any; what is not FF's goes to its own `all_scores`.
    x: (N, *input_shape).
    """
    if not (_knows(net, rule) and _fits(net, x)):
        return rule.all_scores(net, x)
    layers = layer_scores(net, rule, x)
    modes = {m: sum(layers) if m == "all-labels" else rule.scores(net, x, m) for m in rule.predictions}
    return modes, layers


def layer_scores(net: Network, rule: Rule, x: Array) -> list[Array]:
    """(N, m) goodness of each block for every label.

    net: a network of dense blocks.
    rule: Forward-Forward, started for it.
    x: (N, d) of the network's dtype.

    The labels differ in m inputs only, so x W is computed once: with label c one row of W is added, and the length, the
    same for every label, is divided out afterwards.
    """
    pieces = [_all_labels(net, rule, x[rows]) for rows in batches_of(len(x), ROWS)]
    return [np.concatenate(of_block) for of_block in zip(*pieces, strict=True)]


def _knows(net: Network, rule: Rule) -> bool:
    """Whether this way is the rule's own, by these blocks."""
    return type(rule) in ALL_LABELS and not rule.plugged() and all(block.pool is None for block in net.blocks)


def _fits(net: Network, x: Array) -> bool:
    """Whether x is what this way is written for: at least one row of the network's shape and dtype, in NumPy."""
    return isinstance(x, np.ndarray) and x.dtype == net.dtype and x.shape[1:] == net.input_shape and len(x) > 0


def _all_labels(net: Network, rule: Any, x: Array) -> list[Array]:
    N, m = len(x), rule.n_classes
    W = net.blocks[0].parameters["W"]
    pixels = x[:, m:]
    squares = np.einsum("ij,ij->i", pixels, pixels) + x.dtype.type(rule.label**2)  # of the label's one entry
    length = np.sqrt(squares / x.shape[1] if rule.normalise == "rms" else squares) + x.dtype.type(1e-8)
    z = (pixels @ W[m:])[:, None, :] + x.dtype.type(rule.label) * W[:m]  # (N, m, n)
    z /= length[:, None, None]
    a, found = z.reshape(N * m, -1), []
    for i, block in enumerate(net.blocks):
        z = a if i == 0 else NORMALISE[rule.normalise](a) @ block.parameters["W"]
        if "b" in block.parameters:
            z += block.parameters["b"]
        a = np.maximum(z, 0, out=z)
        found.append(np.einsum("ij,ij->i", a, a).reshape(N, m))
    return found
