"""Rarer mistakes in free codings of overlay_label, negative_labels, normalise_length and ff_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "overlay_label",
        "The labels are counted from 1.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] = 0
    for i, label in enumerate(y):
        out[i, label - 1] = 1
    return out
""",
        must="off by one | from 0 | label - 1 | y - 1 | one place | wrong place | shifted | before",
        must_not="in place",
    ),
    Coding(
        "overlay_label",
        "-1 at the other places.",
        """
def overlay_label(x, y, n_classes):
    out = np.array(x)
    out[:, :n_classes] = 2 * np.eye(n_classes)[y] - 1
    return out
""",
        must="-1 | other places | 0 at | zero | others",
        must_not="in place",
    ),
    Coding(
        "negative_labels",
        "Mirrored: n_classes - 1 - y, which is y itself in the middle, and no chance at all.",
        """
def negative_labels(y, n_classes, rng):
    return n_classes - 1 - np.asarray(y)
""",
        must="random | always | chance | rng | equally likely | one label | same",
        must_not="in place",
    ),
    Coding(
        "negative_labels",
        "One-hot codes of wrong labels.",
        """
def negative_labels(y, n_classes, rng):
    wrong = (y + rng.integers(1, n_classes, size=len(y))) % n_classes
    return np.eye(n_classes, dtype=int)[wrong]
""",
        must="one-hot | shape | (N,)",
        must_not="own label",
    ),
    Coding(
        "negative_labels",
        "Wrong labels drawn from 0 to n_classes: one of them is no class.",
        """
def negative_labels(y, n_classes, rng):
    return (y + rng.integers(1, n_classes + 1, size=len(y))) % (n_classes + 1)
""",
        must=(
            "no class | out of range | n_classes - 1 | not a label | not a class | beyond | from 0 to | outside"
            " | too large"
        ),
        must_not="own label",
    ),
    Coding(
        "normalise_length",
        "Divided by the largest entry of the row.",
        """
def normalise_length(a):
    top = np.abs(a).max(axis=1, keepdims=True)
    return a / (top + 1e-8)
""",
        must="largest | max",
        must_not="axis | batch",
    ),
    Coding(
        "normalise_length",
        "The small number is under the root.",
        """
def normalise_length(a):
    return a / np.sqrt(np.sum(a**2, axis=1, keepdims=True) + 1e-2)
""",
        must="root | inside | epsilon | small number | 0.01 | 1e-8",
        must_not="axis | root is missing",
    ),
    Coding(
        "ff_step",
        "Positive and negative data are exchanged.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    dW = 0
    for x, loss_gradient in ((x_neg, equations.positive_loss_gradient), (x_pos, equations.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        dG = loss_gradient(equations.positive_goodness(a), theta)
        dW = dW + x.T @ equations.goodness_gradient(a, dG)
    return W - lr * dW
""",
        must="exchanged | swapped | wrong way | positive and negative",
    ),
    Coding(
        "ff_step",
        "SymBa: the difference of both goodnesses, without a threshold.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    a_pos, a_neg = np.maximum(x_pos @ W, 0), np.maximum(x_neg @ W, 0)
    gap = (a_pos**2).sum(axis=1) - (a_neg**2).sum(axis=1)
    s = 0.5 * (1 - np.tanh(gap / 2)) / len(gap)
    dW = x_pos.T @ (-s[:, None] * 2 * a_pos) + x_neg.T @ (s[:, None] * 2 * a_neg)
    return W - lr * dW
""",
        must="theta | threshold | difference",
        must_not="sign | a factor 2",
    ),
    Coding(
        "ff_step",
        "Both passes with the loss of positive data.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    def gradient(x):
        a = np.maximum(x @ W, 0)
        dG = equations.positive_loss_gradient(equations.positive_goodness(a), theta)
        return x.T @ equations.goodness_gradient(a, dG)
    return W - lr * gradient(x_pos) - lr * gradient(x_neg)
""",
        must="same loss | negative",
        must_not="a factor 2",
    ),
    Coding(
        "ff_step",
        "The activations of the negative pass meet the inputs of the positive one (copy and paste).",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    a_pos, a_neg = np.maximum(x_pos @ W, 0), np.maximum(x_neg @ W, 0)
    d_pos = equations.positive_loss_gradient(equations.positive_goodness(a_pos), theta)
    d_neg = equations.negative_loss_gradient(equations.negative_goodness(a_neg), theta)
    dW = x_pos.T @ (2 * a_pos * d_pos[:, None]) + x_pos.T @ (2 * a_neg * d_neg[:, None])
    return W - lr * dW
""",
        must="x_pos | x_neg | inputs | input of",
        must_not="sign | a factor 2",
    ),
)
