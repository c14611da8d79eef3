"""Mistakes in free codings of ff_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "ff_step",
        "The negative pass is forgotten.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    a = np.maximum(x_pos @ W, 0)
    dG = equations.positive_loss_gradient(equations.positive_goodness(a), theta)
    dW = x_pos.T @ equations.goodness_gradient(a, dG)
    return W - lr * dW
""",
        must=(
            "only the positive | negative pass | x_neg | negative data do not | negative data are not | positive "
            "data count | without the negative"
        ),
    ),
    Coding(
        "ff_step",
        "The second step uses the W of the first: positive and negative pass one after the other.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        dG = grad((a * a).sum(axis=1), theta)
        W = W - lr * x.T @ (2 * a * dG[:, None])
    return W
""",
        must=(
            "new W | updated W | old W | after the update | one after the other | two steps | already updated | "
            "first step | same W"
        ),
    ),
    Coding(
        "ff_step",
        "The roles of positive and negative data are exchanged.",
        """
def ff_step(x_neg, x_pos, W, theta, lr):
    dW = np.zeros(W.shape)
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        dG = grad(equations.positive_goodness(a), theta)
        dW += x.T @ equations.goodness_gradient(a, dG)
    return W - lr * dW
""",
        must="exchang | swap | roles | positive and negative | x_pos and x_neg",
    ),
    Coding(
        "ff_step",
        "The mean of both losses in place of their sum: half as large.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    grads = []
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        grads.append(x.T @ equations.goodness_gradient(a, grad(equations.positive_goodness(a), theta)))
    return W - lr * np.mean(grads, axis=0)
""",
        must="factor 2 | factor of 2 | 0.5 | halved | half as | mean of both",
    ),
    Coding(
        "ff_step",
        "The goodness is a mean over the neurons.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    n = W.shape[1]
    dW = 0
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        a = np.maximum(x @ W, 0)
        dG = grad(np.mean(a**2, axis=1), theta)
        dW = dW + x.T @ (2 * a / n * dG[:, None])
    return W - lr * dW
""",
        must="goodness is the mean | mean over the neurons | neurons | 1/n | divided by n | mean square",
    ),
    Coding(
        "ff_step",
        "The ReLU is forgotten.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    dW = 0
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        a = x @ W
        dG = grad(equations.positive_goodness(a), theta)
        dW = dW + x.T @ equations.goodness_gradient(a, dG)
    return W - lr * dW
""",
        must="ReLU | linear | max(",
    ),
    Coding(
        "ff_step",
        "The negative gradient is subtracted, not added.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    def grad(x, loss_gradient):
        a = np.maximum(x @ W, 0)
        dG = loss_gradient(equations.positive_goodness(a), theta)
        return x.T @ equations.goodness_gradient(a, dG)

    dW = grad(x_pos, equations.positive_loss_gradient) - grad(x_neg, equations.negative_loss_gradient)
    return W - lr * dW
""",
        must="sign | subtract | minus",
        also=("negative | x_neg",),
    ),
    Coding(
        "ff_step",
        "No learning rate, and the positive pass alone: two mistakes.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    a = np.maximum(x_pos @ W, 0)
    dG = equations.positive_loss_gradient(equations.positive_goodness(a), theta)
    return W - x_pos.T @ equations.goodness_gradient(a, dG)
""",
        must="lr | learning rate",
        also=("only the positive | negative pass | negative data | negative half | x_neg | positive data count",),
    ),
)
