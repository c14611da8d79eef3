"""Forward-Forward's prediction with all labels at once; the other predictions are one pass as they are."""

from __future__ import annotations

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.batches import batches_of
from mfnumpy.network import Network
from mfnumpy.rules import Rule
from mfnumpy.rules.ff import NORMALISE, ForwardForward

ROWS = 256
"""Samples at a time: each stands m times in memory."""


def scores(net: Network, rule: Rule, x: Array, prediction: str | None = None) -> Array:
    """(N, m) scores, as `rule.scores` gives them to rounding; for FF by all labels in a fraction of the time.

    x: (N, *input_shape). The labels differ in m inputs only, so x W is computed once: with label c one row of W is
    added, and the length, the same for every label, is divided out afterwards. Raises as `rule.scores`.
    """
    everything = prediction == "all-labels" or (prediction is None and rule.predictions[0] == "all-labels")
    plain = all(block.pool is None and "b" not in block.parameters for block in net.blocks)
    if not (everything and plain and isinstance(rule, ForwardForward) and not rule.plugged() and _fits(net, x)):
        return rule.scores(net, x, prediction)  # which says what does not fit
    rule.check_started(net)
    return np.concatenate([_all_labels(net, rule, x[rows]) for rows in batches_of(len(x), ROWS)])


def _fits(net: Network, x: Array) -> bool:
    """Whether x is what this way is written for: at least one row of the network's shape and dtype, in NumPy."""
    return isinstance(x, np.ndarray) and x.dtype == net.dtype and x.shape[1:] == net.input_shape and len(x) > 0


def _all_labels(net: Network, rule: ForwardForward, x: Array) -> Array:
    N, m = len(x), rule.n_classes
    W = net.blocks[0].parameters["W"]
    pixels = x[:, m:]
    squares = np.einsum("ij,ij->i", pixels, pixels) + x.dtype.type(rule.label**2)  # of the label's one entry
    length = np.sqrt(squares / x.shape[1] if rule.normalise == "rms" else squares) + x.dtype.type(1e-8)
    z = (pixels @ W[m:])[:, None, :] + x.dtype.type(rule.label) * W[:m]  # (N, m, n)
    z /= length[:, None, None]
    a = np.maximum(z, 0, out=z).reshape(N * m, -1)
    total = np.einsum("ij,ij->i", a, a)
    for block in net.blocks[1:]:
        z = NORMALISE[rule.normalise](a) @ block.parameters["W"]
        a = np.maximum(z, 0, out=z)
        total += np.einsum("ij,ij->i", a, a)
    return total.reshape(N, m)
