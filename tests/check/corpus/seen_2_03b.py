"""Further mistakes in free codings of eq8 and sgd_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq8",
        "The mask of the activations instead of the activations.",
        """
def eq8(a, dG):
    return dG.T @ (a > 0).astype(a.dtype)
""",
        must="mask | 1 where | on or off | values of a | size | step",
        must_not="transpos | batch",
    ),
    Coding(
        "eq8",
        "Batch sums are multiplied, not samples.",
        """
def eq8(a, dG):
    return np.outer(dG.sum(axis=0), a.mean(axis=0))
""",
        must="too early | sample by sample | outer | before | product of sums",
        must_not="transpos",
    ),
    Coding(
        "eq8",
        "The loop ends before the last sample.",
        """
def eq8(a, dG):
    N = a.shape[0]
    dM = np.zeros((dG.shape[1], a.shape[1]))
    for n in range(0, N - 1):
        for c in range(dG.shape[1]):
            dM[c] += dG[n, c] * a[n]
    return dM
""",
        must="last sample | last row | sample ... left out | leaves out | missing",
        must_not="transpos",
    ),
    Coding(
        "eq8",
        "The batch mean once more, by einsum.",
        """
def eq8(a, dG):
    return np.einsum("nc,nj->cj", dG, a) / a.shape[0]
""",
        must="1/N | by N | batch | twice | again",
        must_not="transpos",
    ),
    Coding(
        "eq8",
        "A ReLU too many on the scores' error.",
        """
def eq8(a, dG):
    dG = dG * (dG > 0)
    return dG.T @ a
""",
        must="mask | positive | negative | ReLU",
        must_not="transpos",
    ),
    Coding(
        "sgd_step",
        "Upwards.",
        """
def sgd_step(parameter, gradient, lr):
    return np.add(parameter, np.multiply(lr, gradient))
""",
        must="sign | uphill | upwards | + lr | ascent | opposite | plus | wrong direction",
    ),
    Coding(
        "sgd_step",
        "Only the change is returned.",
        """
def sgd_step(parameter, gradient, lr):
    update = -lr * gradient
    return update
""",
        must="step alone | only the step | step is returned | without the parameter | update",
        must_not="uphill | sign",
    ),
    Coding(
        "sgd_step",
        "A weight decay that nobody asked for, of 0.01.",
        """
def sgd_step(parameter, gradient, lr):
    gradient = gradient + 0.01 * parameter
    return parameter - lr * gradient
""",
        must="decay | shrink | 0.01 | regulari | parameter ... enters",
        must_not="sign",
    ),
    Coding(
        "sgd_step",
        "The gradient is made a unit vector.",
        """
def sgd_step(parameter, gradient, lr):
    direction = gradient / np.sqrt((gradient ** 2).sum())
    return parameter - lr * direction
""",
        must="length | norm | unit | clip | size of the gradient | scaled | direction",
        must_not="sign",
    ),
    Coding(
        "sgd_step",
        "The learning rate is halved, from the 1/2 of a squared error.",
        """
def sgd_step(parameter, gradient, lr):
    return parameter - 0.5 * lr * gradient
""",
        must="0.5 | half | 1/2 | too small",
        must_not="sign",
    ),
)
