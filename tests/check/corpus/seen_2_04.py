"""Further mistakes in free codings of mf_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_step",
        "M is updated first, and the new M sends the error back.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(0, z)
    p = equations.softmax(a @ M.T)
    p[np.arange(len(y)), y] -= 1
    dG = p / len(y)
    M = M - lr * dG.T @ a
    dz = (dG @ M) * (z > 0)
    W = W - lr * x.T @ dz
    return W, M, a
""",
        must="updated M | new M | old M | before its update | M ... already | M ... before",
        must_not="sign | mask is missing",
    ),
    Coding(
        "mf_step",
        "The activations are computed again with the new W.",
        """
def mf_step(x, y, W, M, lr):
    def act():
        return np.maximum(x @ W, 0)
    G = equations.goodness_scores(act(), M)
    dG = equations.cross_entropy_gradient(G, y)
    dM = equations.projection_gradient(act(), dG)
    W = W - lr * equations.weight_gradient(x, x @ W, M, dG)
    return W, M - lr * dM, act()
""",
        must="new W | updated W | after the update | before the update | old W",
        must_not="ReLU",
    ),
    Coding(
        "mf_step",
        "M and W come back in the wrong order.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = z * (z > 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dW = equations.weight_gradient(x, z, M, dG)
    dM = equations.projection_gradient(a, dG)
    return M - lr * dM, W - lr * dW, a
""",
        must="order | exchanged | swapped | places | (W, M, a)",
    ),
    Coding(
        "mf_step",
        "The gradient of the loss is a sum over the batch.",
        """
def mf_step(x, y, W, M, lr):
    a = np.maximum(x @ W, 0)
    G = a @ M.T
    dG = equations.softmax(G) - np.eye(len(M))[y]
    dM = dG.T @ a
    dW = x.T @ ((dG @ M) * (a > 0))
    return W - lr * dW, M - lr * dM, a
""",
        must="1/N | by N | batch | the mean | N times",
        must_not="sign",
    ),
    Coding(
        "mf_step",
        "Both matrices are updated in place.",
        """
def mf_step(x, y, W, M, lr):
    z = x.dot(W)
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a.dot(M.T), y)
    dM = dG.T.dot(a)
    dW = x.T.dot(dG.dot(M) * (z > 0))
    W -= lr * dW
    M -= lr * dM
    return W, M, a
""",
        must="in place",
    ),
    Coding(
        "mf_step",
        "M is taken for a fixed random matrix, as in Feedback Alignment; it does not learn.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(equations.goodness_scores(a, M), y)
    dW = equations.weight_gradient(x, z, M, dG)
    return W - lr * dW, M.copy(), a
""",
        must=(
            "M is not trained | M ... not updated | M ... unchanged | M does not learn | M ... as it was"
            " | M is the old | M ... stays | M ... same"
        ),
        must_not="updated M | sign",
    ),
    Coding(
        "mf_step",
        "z goes on to the next block.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    G = np.maximum(z, 0) @ M.T
    dG = equations.cross_entropy_gradient(G, y)
    new_M = M - lr * equations.projection_gradient(np.maximum(z, 0), dG)
    new_W = W - lr * equations.weight_gradient(x, z, M, dG)
    return new_W, new_M, z
""",
        must="z | pre-activation | before the ReLU | without the ReLU",
        must_not="mask",
    ),
    Coding(
        "mf_step",
        "Gradients are returned, not the new matrices.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    return equations.weight_gradient(x, z, M, dG), equations.projection_gradient(a, dG), a
""",
        must="step is returned | gradients are returned | gradient is returned | the step",
        must_not="sign",
    ),
    Coding(
        "mf_step",
        "The learning rate is forgotten in the step of W.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.where(z > 0, z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    M_new = M - lr * (dG.T @ a)
    W_new = W - equations.weight_gradient(x, z, M, dG)
    return W_new, M_new, a
""",
        must="lr | learning rate",
        also=("W",),
        must_not="sign",
    ),
)
