"""Unusual but right answers of eq5, eq7, eq8, sgd_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq5",
        "Two loops of dot products.",
        """
def eq5(a, M):
    return np.array([[np.dot(row, pattern) for pattern in M] for row in a])
""",
    ),
    Coding(
        "eq5",
        "Broadcasting and a sum.",
        """
def eq5(a, M):
    return np.sum(a[:, np.newaxis, :] * M[np.newaxis, :, :], axis=-1)
""",
    ),
    Coding(
        "eq5",
        "tensordot over the neurons.",
        """
def eq5(a, M):
    return np.tensordot(a, M, axes=(1, 1))
""",
    ),
    Coding(
        "eq7",
        "One einsum with a float mask.",
        """
def eq7(x, z, M, dG):
    return np.einsum("nd,nm,mh,nh->dh", x, dG, M, (z > 0).astype(float))
""",
    ),
    Coding(
        "eq7",
        "A loop over the samples, with the mask on the columns of M.",
        """
def eq7(x, z, M, dG):
    dW = np.zeros((x.shape[1], z.shape[1]))
    for n in range(len(x)):
        on = z[n] > 0
        dW[:, on] += x[n][:, None] * (dG[n] @ M[:, on])
    return dW
""",
    ),
    Coding(
        "eq7",
        "A loop over neurons: only the samples in which a neuron was on.",
        """
def eq7(x, z, M, dG):
    columns = []
    for j in range(z.shape[1]):
        on = np.flatnonzero(z[:, j] > 0)
        columns.append(x[on].T @ (dG[on] @ M[:, j]))
    return np.stack(columns, axis=1)
""",
    ),
    Coding(
        "eq7",
        "A loop over classes, in float32.",
        """
def eq7(x, z, M, dG):
    x, M, dG = x.astype("float32"), M.astype("float32"), dG.astype("float32")
    mask = np.where(z > 0, 1, 0).astype("float32")
    return sum(x.T @ (dG[:, c : c + 1] * M[c] * mask) for c in range(len(M)))
""",
    ),
    Coding(
        "eq8",
        "Outer products, added up.",
        """
def eq8(a, dG):
    dM = np.zeros((dG.shape[1], a.shape[1]))
    for row, error in zip(a, dG):
        dM += np.outer(error, row)
    return dM
""",
    ),
    Coding(
        "eq8",
        "The transpose of a^T dG.",
        """
def eq8(a, dG):
    return np.transpose(np.matmul(a.T, dG))
""",
    ),
    Coding(
        "eq8",
        "A mean over the batch times its size.",
        """
def eq8(a, dG):
    return len(a) * (dG[:, :, None] * a[:, None, :]).mean(axis=0)
""",
    ),
    Coding(
        "sgd_step",
        "np.subtract into a new array.",
        """
def sgd_step(parameter, gradient, lr):
    new = np.empty_like(parameter)
    np.subtract(parameter, np.multiply(lr, gradient), out=new)
    return new
""",
    ),
    Coding(
        "sgd_step",
        "In place on a copy.",
        """
def sgd_step(parameter, gradient, lr):
    new = np.array(parameter, copy=True)
    new -= lr * gradient
    return new
""",
    ),
    Coding(
        "sgd_step",
        "A mean of the old point and the new one with a step twice as long.",
        """
def sgd_step(parameter, gradient, lr):
    return 0.5 * (parameter + (parameter - 2 * lr * gradient))
""",
    ),
)
