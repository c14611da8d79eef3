"""Wrong versions of ff_step in which the halves are mixed up, or the goodness is another one: whole steps."""

from __future__ import annotations

import numpy as np

from mfnumpy import equations as eq


def relu_goodness(z):
    """The goodness of each row, from pre-activations."""
    return (np.maximum(z, 0) ** 2).sum(axis=1)


def naive_sigmoid(u):
    """A sigmoid that overflows."""
    return np.exp(u) / (1 + np.exp(u))


def with_inputs(for_positive, for_negative):
    """A step in which the gradients of the halves use other inputs than their own: (x_pos, x_neg) -> x each."""

    def step(x_pos, x_neg, W, theta, lr):
        """The new W."""
        a, b = np.maximum(x_pos @ W, 0), np.maximum(x_neg @ W, 0)
        up = eq.goodness_gradient(a, eq.positive_loss_gradient(eq.positive_goodness(a), theta))
        down = eq.goodness_gradient(b, eq.negative_loss_gradient(eq.negative_goodness(b), theta))
        return W - lr * (for_positive(x_pos, x_neg).T @ up + for_negative(x_pos, x_neg).T @ down)

    return {"whole": step}


PARTS = ("mask", "activation", "goodness")
"""What the halves may take from each other, all made of z."""


def of_the_other_half(part):
    """Steps in which one half takes a part of the other half: "mask", "activation" or "goodness"."""

    def taking(half, gated):
        """The step in which this half, 0 or 1, takes it; gated: whether an activation gets its own half's mask."""

        def step(x_pos, x_neg, W, theta, lr):
            """The new W."""
            xs = (x_pos, x_neg)
            zs = [x @ W for x in xs]
            change = np.zeros_like(W)
            for own, slope in enumerate((eq.positive_loss_gradient, eq.negative_loss_gradient)):
                seen = {name: zs[1 - own if name == part and own == half else own] for name in PARTS}
                da = eq.goodness_gradient(
                    np.maximum(seen["activation"], 0), slope(relu_goodness(seen["goodness"]), theta)
                )
                change += xs[own].T @ (da * (seen["mask"] > 0) if gated else da)
            return W - lr * change

        return {"whole": step}

    return [taking(half, gated) for half in (0, 1) for gated in ((True, False) if part == "activation" else (True,))]


def by_neuron(x_pos, x_neg, W, theta, lr, by):
    """A step on a goodness of each neuron, not of each sample.

    x_pos, x_neg, W, theta, lr: as in `references.ff_step`.
    by: the axis whose size the mean is made with, the batch 0 or the neurons 1.
    """
    change = np.zeros_like(W)
    for x, slope in ((x_pos, eq.positive_loss_gradient), (x_neg, eq.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        change += x.T @ (2 * a * slope((a * a).sum(axis=0), theta)) * a.shape[1] / a.shape[by]
    return W - lr * change


def from_preactivation(x_pos, x_neg, W, theta, lr):
    """A step with z in the gradient of the goodness, where a belongs.

    x_pos, x_neg, W, theta, lr: as in `references.ff_step`.
    """
    change = np.zeros_like(W)
    for x, slope in ((x_pos, eq.positive_loss_gradient), (x_neg, eq.negative_loss_gradient)):
        change += x.T @ eq.goodness_gradient(x @ W, slope(relu_goodness(x @ W), theta))
    return W - lr * change


def difference(x_pos, x_neg, W, theta, lr):
    """A step on log(1 + exp(G_neg - G_pos)), sample by sample.

    x_pos, x_neg, W, theta, lr: as in `references.ff_step`.
    """
    zs = [x @ W for x in (x_pos, x_neg)]
    slope = naive_sigmoid(relu_goodness(zs[1]) - relu_goodness(zs[0])) / len(x_pos)
    up, down = (x.T @ (slope[:, None] * 2 * np.maximum(z, 0)) for x, z in zip((x_pos, x_neg), zs, strict=True))
    return W - lr * (down - up)
