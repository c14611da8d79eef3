"""Held out, for measuring only: mistakes in free codings of normalise_length, ff_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "normalise_length",
        "The length of the whole batch is used.",
        """
def normalise_length(a):
    return a / (np.linalg.norm(a) + 1e-8)
""",
        must="whole | batch | each row | row by row | each sample | all rows | axis | own length",
    ),
    Coding(
        "normalise_length",
        "No epsilon: a row of zeros becomes NaN.",
        """
def normalise_length(a):
    return a / np.sqrt((a * a).sum(axis=1, keepdims=True))
""",
        must="epsilon | zero | nan | 1e-8",
    ),
    Coding(
        "normalise_length",
        "Root-mean-square 1 in place of length 1.",
        """
def normalise_length(a):
    return a / (np.sqrt(np.mean(a**2, axis=1, keepdims=True)) + 1e-8)
""",
        must="root | mean | sqrt(n) | rms | neurons",
    ),
    Coding(
        "normalise_length",
        "The sum of the absolute values (L1) in place of the length.",
        """
def normalise_length(a):
    return a / (np.abs(a).sum(axis=1, keepdims=True) + 1e-8)
""",
        must="absolute | L1 | sum of | |a| | add up",
    ),
    Coding(
        "normalise_length",
        "An epsilon of 1e-4 stands under the root.",
        """
def normalise_length(a):
    return a / np.sqrt((a * a).sum(axis=1, keepdims=True) + 1e-4)
""",
        must="under the root | inside the root | before the root | epsilon",
    ),
    Coding(
        "normalise_length",
        "A large epsilon of 1e-2.",
        """
def normalise_length(a):
    return a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-2)
""",
        must="epsilon | 0.01 | 1e-2 | small number",
    ),
    Coding(
        "normalise_length",
        "keepdims is forgotten: (N, n) cannot be divided by (N,).",
        """
def normalise_length(a):
    return a / (np.sqrt((a**2).sum(axis=1)) + 1e-8)
""",
        must="keepdims | (N, 1) | column",
    ),
    Coding(
        "ff_step",
        "The factor 2 of the squares is forgotten.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    dW = 0
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        dG = grad(equations.positive_goodness(a), theta)
        dW = dW + x.T @ (dG[:, None] * a)
    return W - lr * dW
""",
        must="factor 2 | factor of 2 | 0.5 | halved | half as",
    ),
    Coding(
        "ff_step",
        "dW is overwritten in the loop: the negative pass alone counts.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        dG = grad(equations.positive_goodness(a), theta)
        dW = x.T @ equations.goodness_gradient(a, dG)
    return W - lr * dW
""",
        must="only the negative | overwrit | += | positive data are not | positive data do not | x_pos",
    ),
    Coding(
        "ff_step",
        "Both passes use the gradient of the positive loss.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    dW = np.zeros(W.shape)
    for x in (x_pos, x_neg):
        a = np.maximum(x @ W, 0)
        dG = equations.positive_loss_gradient(equations.positive_goodness(a), theta)
        dW += x.T @ equations.goodness_gradient(a, dG)
    return W - lr * dW
""",
        must="positive loss | same loss | loss of positive | negative loss | Eq. (3) | Eq. (4)",
    ),
    Coding(
        "ff_step",
        "Uphill.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    a_p, a_n = np.maximum(x_pos @ W, 0), np.maximum(x_neg @ W, 0)
    g_p, g_n = (a_p**2).sum(1), (a_n**2).sum(1)
    d_p = equations.positive_loss_gradient(g_p, theta)
    d_n = equations.negative_loss_gradient(g_n, theta)
    dW = x_pos.T @ (2 * a_p * d_p[:, None]) + x_neg.T @ (2 * a_n * d_n[:, None])
    return W + lr * dW
""",
        must="sign | uphill | plus | climb",
    ),
    Coding(
        "ff_step",
        "Divided by N again.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    dW = 0
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        dG = grad(equations.positive_goodness(a), theta)
        dW = dW + x.T @ equations.goodness_gradient(a, dG) / len(x)
    return W - lr * dW
""",
        must="1/N | divided by N | batch | twice | again",
        must_not="mean over the batch is missing | mean is missing",
    ),
    Coding(
        "ff_step",
        "W is changed in place.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    dW = 0
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        dG = grad(equations.positive_goodness(a), theta)
        dW = dW + x.T @ equations.goodness_gradient(a, dG)
    W -= lr * dW
    return W
""",
        must="changes its argument | changes W | W is changed | modifies | changed in place",
    ),
    Coding(
        "ff_step",
        "The threshold is ignored.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    dW = 0
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        dG = grad(equations.positive_goodness(a), 0.0)
        dW = dW + x.T @ equations.goodness_gradient(a, dG)
    return W - lr * dW
""",
        must=(
            "theta does not enter | threshold is ignored | theta is ignored | theta is not | threshold is not | "
            "threshold does not | not depend on theta | not change when theta | constant | without theta | fixed "
            "| theta has no"
        ),
    ),
    Coding(
        "ff_step",
        "The inputs are normalised inside the step.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    dW = 0
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        x = x / (np.linalg.norm(x, axis=1, keepdims=True) + 1e-8)
        a = np.maximum(x @ W, 0)
        dG = grad(equations.positive_goodness(a), theta)
        dW = dW + x.T @ equations.goodness_gradient(a, dG)
    return W - lr * dW
""",
        must="normali | length | norm | unit",
    ),
)
