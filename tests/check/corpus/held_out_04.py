"""Held out, for measuring only: mistakes in free codings of mf_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_step",
        "M does not learn.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    G = equations.goodness_scores(a, M)
    dG = equations.cross_entropy_gradient(G, y)
    return W - lr * equations.weight_gradient(x, z, M, dG), M, a
""",
        must=(
            "M is not trained | M does not | M is not updated | not learn | M stays | M is unchanged | M is not "
            "changed | no update of M | old M is returned | M is returned as"
        ),
    ),
    Coding(
        "mf_step",
        "The ReLU is forgotten everywhere: the block is linear.",
        """
def mf_step(x, y, W, M, lr):
    a = x @ W
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dM = dG.T @ a
    dW = x.T @ (dG @ M)
    return W - lr * dW, M - lr * dM, a
""",
        must="ReLU | linear | max(",
    ),
    Coding(
        "mf_step",
        "The step goes uphill in W.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dW = equations.weight_gradient(x, z, M, dG)
    dM = equations.projection_gradient(a, dG)
    return W + lr * dW, M - lr * dM, a
""",
        must="sign | uphill | plus | climb",
        also=("W",),
    ),
    Coding(
        "mf_step",
        "The sum over the batch in place of the mean: all changes are N times too large.",
        """
def mf_step(x, y, W, M, lr):
    z = x.dot(W)
    a = z * (z > 0)
    p = equations.softmax(a.dot(M.T))
    p[np.arange(len(y)), y] -= 1
    dM = p.T.dot(a)
    dW = x.T.dot(p.dot(M) * (z > 0))
    return W - lr * dW, M - lr * dM, a
""",
        must="the mean | 1/N | divided by N | batch | N x",
        must_not="twice | again | each sample is returned",
    ),
    Coding(
        "mf_step",
        "M is updated with z in place of a.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dM = dG.T @ z
    dW = x.T @ ((dG @ M) * (z > 0))
    return W - lr * dW, M - lr * dM, a
""",
        must="z in place of | with z | uses z | not rectified | pre-activation ... M | M ... pre-activation",
    ),
    Coding(
        "mf_step",
        "The mask is missing in dW.",
        """
def mf_step(x, y, W, M, lr):
    a = np.maximum(x @ W, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    return W - lr * x.T @ (dG @ M), M - lr * dG.T @ a, a
""",
        must=(
            "mask is missing | masks are missing | slope is missing | without the mask | without mask | mask is "
            "not | no mask | must pass no error | not depend on z | not change when z | not masked | misses the "
            "mask"
        ),
        also=("W",),
    ),
    Coding(
        "mf_step",
        "The results come as (M, W, a).",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dM, dW = dG.T @ a, equations.weight_gradient(x, z, M, dG)
    return M - lr * dM, W - lr * dW, a
""",
        must="order | exchang | swap",
    ),
    Coding(
        "mf_step",
        "The activations that go on are normalised in length.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    new_W = W - lr * equations.weight_gradient(x, z, M, dG)
    new_M = M - lr * equations.projection_gradient(a, dG)
    return new_W, new_M, a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-8)
""",
        must="length | normali | norm | unit",
        also=("a",),
    ),
    Coding(
        "mf_step",
        "M learns with a tenth of the learning rate.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    return W - lr * equations.weight_gradient(x, z, M, dG), M - 0.1 * lr * dG.T @ a, a
""",
        must="0.1 | tenth",
        also=("M",),
    ),
    Coding(
        "mf_step",
        "M's change goes uphill, and a after the update is returned: two mistakes.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dW, dM = equations.weight_gradient(x, z, M, dG), equations.projection_gradient(a, dG)
    W = W - lr * dW
    M = M + lr * dM
    return W, M, np.maximum(x @ W, 0)
""",
        must="sign | uphill | plus | climb",
        also=("new W | after the update | updated W | old W | again | before the update",),
    ),
)
