"""Further mistakes in free codings of normalise_length and ff_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "normalise_length",
        "Every neuron gets length 1 over the batch.",
        """
def normalise_length(a):
    length = np.sqrt((a ** 2).sum(axis=0, keepdims=True))
    return a / (length + 1e-8)
""",
        must="axis | column | over the batch | over the samples | each row | neuron",
        must_not="root is missing",
    ),
    Coding(
        "normalise_length",
        "The root is forgotten: divided by the goodness.",
        """
def normalise_length(a):
    G = np.einsum("ij,ij->i", a, a)
    return a / (G[:, None] + 1e-8)
""",
        must="root | squared | goodness | square of the length",
        must_not="axis",
    ),
    Coding(
        "normalise_length",
        "Without the small number: a row of zeros becomes nan.",
        """
def normalise_length(a):
    return np.array([row / np.sqrt(np.dot(row, row)) for row in a])
""",
        must="zero | nan | 0/0 | 1e-8 | small number | epsilon",
        must_not="axis",
    ),
    Coding(
        "normalise_length",
        "The root of the mean square, as in RMSNorm and Hinton's code.",
        """
def normalise_length(a):
    rms = np.sqrt(np.mean(a * a, axis=1, keepdims=True))
    return a / (rms + 1e-8)
""",
        must="mean | root of n | sqrt(n) | number of neurons | RMS | root of the number | neurons",
        must_not="axis 0 | batch",
    ),
    Coding(
        "ff_step",
        "The negative pass sees the W that the positive pass has just changed.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    a = np.maximum(x_pos @ W, 0)
    dG = equations.positive_loss_gradient(equations.positive_goodness(a), theta)
    W = W - lr * x_pos.T @ (dG[:, None] * 2 * a)
    a = np.maximum(x_neg @ W, 0)
    dG = equations.negative_loss_gradient(equations.negative_goodness(a), theta)
    return W - lr * x_neg.T @ (dG[:, None] * 2 * a)
""",
        must="old W | already | updated | new W | two steps | both passes | one after the other",
        must_not="sign",
    ),
    Coding(
        "ff_step",
        "Only positive data is learned from.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    a_pos = np.maximum(x_pos @ W, 0)
    G_pos = (a_pos ** 2).sum(axis=1)
    dG = equations.positive_loss_gradient(G_pos, theta)
    da = equations.goodness_gradient(a_pos, dG)
    return W - lr * x_pos.T @ da
""",
        must="negative data | x_neg | negative pass | positive data alone | only ... positive",
        must_not="sign",
    ),
    Coding(
        "ff_step",
        "The derivative of the square lacks its 2.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    grads = []
    for x, loss_gradient in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        dG = loss_gradient((a * a).sum(axis=1), theta)
        grads.append(x.T @ (dG[:, None] * a))
    return W - lr * (grads[0] + grads[1])
""",
        must="2 | half | 0.5 | square",
        must_not="sign | N",
    ),
    Coding(
        "ff_step",
        "The gradient of the negative pass is taken off.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    def dW(x, loss_gradient):
        a = np.maximum(x @ W, 0)
        return x.T @ equations.goodness_gradient(a, loss_gradient(equations.positive_goodness(a), theta))
    pos = dW(x_pos, equations.positive_loss_gradient)
    neg = dW(x_neg, equations.negative_loss_gradient)
    return W - lr * (pos - neg)
""",
        must="sign | minus | added | opposite | subtract | sum",
        also=("neg",),
    ),
    Coding(
        "ff_step",
        "Both halves in one batch: the mean is over 2N samples.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    x = np.vstack([x_pos, x_neg])
    a = np.maximum(x @ W, 0)
    u = (a * a).sum(axis=1) - theta
    s = 0.5 * (1 + np.tanh(u / 2))
    target = np.r_[np.ones(len(x_pos)), np.zeros(len(x_neg))]
    dG = (s - target) / len(x)
    return W - lr * x.T @ (2 * a * dG[:, None])
""",
        must="half | 2N | 2 N | 0.5 | both batches | too small | mean",
        must_not="sign",
    ),
    Coding(
        "ff_step",
        "The goodness is a mean over the neurons.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    step = 0
    for x, sign in ((x_pos, -1), (x_neg, 1)):
        a = np.maximum(x @ W, 0)
        G = (a ** 2).mean(axis=1)
        dG = sign * 0.5 * (1 + np.tanh(sign * (G - theta) / 2)) / len(x)
        step = step + x.T @ (2 * a * dG[:, None] / a.shape[1])
    return W - lr * step
""",
        must="mean | neurons | by n | sum",
        must_not="sign",
    ),
)
