"""THE PAPER: equations (1)-(8) of Mono-Forward, in order, one function each, its derivative right below.

Gong, Li and Abdulla, "Mono-Forward: Backpropagation-Free Algorithm for Efficient Neural Network Training
Harnessing Local Errors", arXiv 2501.09238v1, 2025. The batch has N rows, a block n neurons, the task m classes.
a: activations. G: goodness. M: projection matrix (m, n). W: weights. z = x W. A gradient is "d" + name.
Losses are means over the batch, so every gradient below carries the factor 1/N exactly once, from the loss.
All functions keep the dtype of their arrays, run on NumPy and CuPy alike, and never change their arguments.
Each raises ShapeError unless its arrays have the shapes that it names; the same letter is the same size, at least 1.
Each raises DTypeError unless they are float32 or float64: in integers the formulas would be computed, and be wrong.
"""

from __future__ import annotations

from mfnumpy.backend import Array, xp_of
from mfnumpy.support.samples import check_label_form, check_labels
from mfnumpy.support.validate import check_floats, check_shapes, number

# -- Forward-Forward: equations (1)-(4) ----------------------------------------------------------------------


def positive_goodness(a: Array) -> Array:
    """Eq. (1): G_pos = sum_j a_pos,j^2.

    a: (N, n) activations of positive data, which carry their own label. Returns (N,).
    """
    check_shapes("Eq. (1)", a=(a, "Nn"))
    return (a * a).sum(axis=1)


def negative_goodness(a: Array) -> Array:
    """Eq. (2): G_neg = sum_j a_neg,j^2.

    a: (N, n) activations of negative data, which carry a wrong label. Returns (N,).
    """
    check_shapes("Eq. (2)", a=(a, "Nn"))
    return (a * a).sum(axis=1)


def goodness_gradient(a: Array, dG: Array) -> Array:
    """Derivative of Eqs. (1) and (2): da = dG * 2 a.

    a: (N, n). dG: (N,), gradient of the loss at the goodness. Returns da: (N, n).
    """
    check_shapes("Eqs. (1) and (2)", a=(a, "Nn"), dG=(dG, "N"))
    return dG[:, None] * (2 * a)


def positive_loss(G: Array, theta: float, w: Array | None = None) -> Array:
    """Eq. (3): L_pos = log(1 + exp(theta - G_pos)), the mean over the batch.

    G: (N,) goodness of positive data.
    theta: the threshold.
    w: (N,) weights of the samples, see `weighted_mean`; None for the plain mean.
    Returns a scalar; never overflows.
    """
    check_shapes("Eq. (3)", G=(G, "N"))
    theta = number("theta", theta)
    losses = _softplus(theta - G)
    return losses.mean() if w is None else weighted_mean(losses, w)


def positive_loss_gradient(G: Array, theta: float) -> Array:
    """Derivative of Eq. (3): dG = -sigmoid(theta - G) / N, never positive: more goodness is less loss.

    G: (N,). Returns (N,).
    """
    check_shapes("Eq. (3)", G=(G, "N"))
    theta = number("theta", theta)
    return -_sigmoid(theta - G) / G.shape[0]


def negative_loss(G: Array, theta: float, w: Array | None = None) -> Array:
    """Eq. (4): L_neg = log(1 + exp(G_neg - theta)), the mean over the batch.

    G: (N,) goodness of negative data.
    theta: the threshold.
    w: (N,) weights of the samples, see `weighted_mean`; None for the plain mean.
    Returns a scalar; never overflows.
    """
    check_shapes("Eq. (4)", G=(G, "N"))
    theta = number("theta", theta)
    losses = _softplus(G - theta)
    return losses.mean() if w is None else weighted_mean(losses, w)


def negative_loss_gradient(G: Array, theta: float) -> Array:
    """Derivative of Eq. (4): dG = sigmoid(G - theta) / N, never negative: more goodness is more loss.

    G: (N,). Returns (N,).
    """
    check_shapes("Eq. (4)", G=(G, "N"))
    theta = number("theta", theta)
    return _sigmoid(G - theta) / G.shape[0]


# -- Mono-Forward: equations (5)-(8) --------------------------------------------------------------------------


def goodness_scores(a: Array, M: Array) -> Array:
    """Eq. (5): G = a M^T, one goodness score for each class.

    a: (N, n) activations. M: (m, n) projection matrix. Returns (N, m).
    """
    check_shapes("Eq. (5)", a=(a, "Nn"), M=(M, "mn"))
    return a @ M.T


def goodness_scores_gradient(dG: Array, M: Array) -> Array:
    """Derivative of Eq. (5) by a: da = dG M. (Its derivative by M is Eq. (8).)

    dG: (N, m). M: (m, n), as it was in Eq. (5): before its own update. Returns da: (N, n).
    """
    check_shapes("Eq. (5)", dG=(dG, "Nm"), M=(M, "mn"))
    return dG @ M


def cross_entropy(G: Array, y: Array, w: Array | None = None) -> Array:
    """Eq. (6): L = -sum_c y_c log p_c with p = softmax(G), the mean over the batch.

    G: (N, m) scores.
    y: (N,) integer labels; y_c is 1 for the true class, else 0.
    w: (N,) weights of the samples, see `weighted_mean`; None for the plain mean.
    Returns a scalar.
    log p is computed as G - log sum exp G, after the largest score is taken off, so no score is too large.
    Raises LabelError for labels that are not integers from 0 to m - 1.
    """
    check_shapes("Eq. (6)", G=(G, "Nm"))
    check_labels(y, *G.shape)
    xp = xp_of(G, y)
    shifted = G - G.max(axis=1, keepdims=True)
    log_p = shifted - xp.log(xp.exp(shifted).sum(axis=1, keepdims=True))
    terms = one_hot(y, G.shape[1], G.dtype) * log_p
    return -terms.sum() / G.shape[0] if w is None else weighted_mean(-terms.sum(axis=1), w)


def cross_entropy_gradient(G: Array, y: Array) -> Array:
    """Derivative of Eq. (6): dG = (p - y) / N, y one-hot.

    G: (N, m). y: (N,) integer labels. Returns (N, m). Raises as `cross_entropy`.
    """
    check_shapes("Eq. (6)", G=(G, "Nm"))
    check_labels(y, *G.shape)
    return (softmax(G) - one_hot(y, G.shape[1], G.dtype)) / G.shape[0]


def weight_gradient(x: Array, z: Array, M: Array, dG: Array) -> Array:
    """Eq. (7): dL/dW = dL/dG . dG/da . da/dz . dz/dW, which is x^T ((dG M) * [z > 0]).

    x: (N, d) input of the block.
    z: (N, n) = x W.
    M: (m, n) projection matrix, before its update.
    dG: (N, m), gradient of the mean loss at the goodness scores.
    Returns dW: (d, n).
    The update is W <- W - eta dW. Nothing here comes from any other block: this is what makes the rule local.
    """
    check_shapes("Eq. (7)", x=(x, "Nd"), z=(z, "Nn"), M=(M, "mn"), dG=(dG, "Nm"))
    da = dG @ M
    dz = da * (z > 0)
    return x.T @ dz


def projection_gradient(a: Array, dG: Array) -> Array:
    """Eq. (8): dL/dM = dL/dG . dG/dM, which is dG^T a.

    a: (N, n). dG: (N, m). Returns dM: (m, n). The update is M <- M - eta dM.
    """
    check_shapes("Eq. (8)", a=(a, "Nn"), dG=(dG, "Nm"))
    return dG.T @ a


PAPER = {
    1: positive_goodness,
    2: negative_goodness,
    3: positive_loss,
    4: negative_loss,
    5: goodness_scores,
    6: cross_entropy,
    7: weight_gradient,
    8: projection_gradient,
}
"""The home of each numbered equation."""


# -- The mean over the batch, where samples have weights -------------------------------------------------------


def weighted_mean(losses: Array, w: Array) -> Array:
    """L = sum_n w_n l_n / sum_n w_n: sample n counts w_n times. Equal weights give the plain mean.

    losses: (N,) of each sample alone. w: (N,) weights above 0. Returns a scalar.
    """
    check_shapes("Weighted mean", losses=(losses, "N"), w=(w, "N"))
    return (w * losses).sum() / w.sum()


def weighted_mean_gradient(d: Array, w: Array) -> Array:
    """Derivative of the weighted mean, from that of the plain one: d_n * w_n N / sum_k w_k, so 1/N becomes w_n / sum w.

    d: (N,) or (N, m), gradient of a plain mean, which has the 1/N in it; row n comes from sample n alone.
    w: (N,) weights above 0. Returns the shape of d.
    """
    check_floats("Weighted mean", d=d, w=w)
    check_shapes("Weighted mean", d=(d, "N" if d.ndim == 1 else "Nm"), w=(w, "N"))
    share = w * (w.shape[0] / w.sum())
    return d * share.reshape(-1, *(1,) * (d.ndim - 1))


# -- What the equations are made of ----------------------------------------------------------------------------


def softmax(scores: Array) -> Array:
    """p_c = exp(G_c) / sum_k exp(G_k), after the row's largest score is taken off, which changes nothing but overflow.

    scores: (N, m). Returns p: (N, m), rows that sum to 1. Part of Eq. (6).
    """
    check_shapes("softmax", scores=(scores, "Nm"))
    e = xp_of(scores).exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def one_hot(y: Array, n_classes: int, dtype: str = "float32") -> Array:
    """y_c of Eq. (6): 1 for the true class, else 0.

    y: (N,) integer labels.
    n_classes: m.
    dtype: of the result, "float32" by default.
    Returns (N, m).
    """
    check_label_form(y)
    return (y[:, None] == xp_of(y).arange(n_classes)[None, :]).astype(dtype)


def _softplus(u: Array) -> Array:
    """log(1 + exp(u)), also for u = 1000."""
    xp = xp_of(u)
    return xp.maximum(u, 0) + xp.log1p(xp.exp(-xp.abs(u)))


def _sigmoid(u: Array) -> Array:
    """1 / (1 + exp(-u)), also for u = -1000."""
    return 0.5 * (1 + xp_of(u).tanh(0.5 * u))
