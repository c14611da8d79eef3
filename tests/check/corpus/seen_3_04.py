"""Rarer mistakes in free codings of mf_step, mf_predict_ff and mf_predict_bp."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_step",
        "Sample by sample: an update after each, so that later ones see new weights.",
        """
def mf_step(x, y, W, M, lr):
    W, M = W.copy(), M.copy()
    a_all = np.maximum(x @ W, 0)
    for i in range(len(y)):
        z = x[i] @ W
        a = np.maximum(z, 0)
        dG = equations.softmax((a @ M.T)[None])[0]
        dG[y[i]] -= 1
        dG /= len(y)
        dM, dW = np.outer(dG, a), np.outer(x[i], (dG @ M) * (z > 0))
        W -= lr * dW
        M -= lr * dM
    return W, M, a_all
""",
        must=(
            "sample by sample | each sample | after every sample | already updated | one after the other"
            " | whole batch | between"
        ),
        must_not="mask is missing",
    ),
    Coding(
        "mf_step",
        "M learns with the activations after the ReLU of a block that has already been updated.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    W_new = W - lr * equations.weight_gradient(x, z, M, dG)
    a_new = np.maximum(x @ W_new, 0)
    M_new = M - lr * equations.projection_gradient(a_new, dG)
    return W_new, M_new, a
""",
        must="new W | updated | after the update | new activation",
        also=("M",),
    ),
    Coding(
        "mf_step",
        "dM is made with z, not with a.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    return W - lr * equations.weight_gradient(x, z, M, dG), M - lr * dG.T @ z, a
""",
        must="M",
        also=("z | pre-activation | ReLU",),
    ),
    Coding(
        "mf_step",
        "The activations are normalised before they are handed on, as in Forward-Forward.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    W_new = W - lr * equations.weight_gradient(x, z, M, dG)
    M_new = M - lr * equations.projection_gradient(a, dG)
    return W_new, M_new, a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-8)
""",
        must="length | normal | unit",
        also=("a",),
    ),
    Coding(
        "mf_step",
        "M climbs: plus where a minus belongs, in one of the two updates.",
        """
def mf_step(x, y, W, M, lr):
    a = np.maximum(x @ W, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dz = (dG @ M) * (a > 0)
    return W - lr * x.T @ dz, M + lr * dG.T @ a, a
""",
        must="sign | climb | uphill | plus",
        also=("M",),
    ),
    Coding(
        "mf_predict_ff",
        "Each block's scores are divided by their deviation before the sum.",
        """
def mf_predict_ff(goodness_per_layer):
    total = sum(G / G.std(axis=1, keepdims=True) for G in goodness_per_layer)
    return total.argmax(axis=1)
""",
        must="normal | deviation | scaled | as they are | standard",
        must_not="axis | vote",
    ),
    Coding(
        "mf_predict_ff",
        "The last block twice: the loop begins with it and meets it again.",
        """
def mf_predict_ff(goodness_per_layer):
    total = goodness_per_layer[-1].copy()
    for G in goodness_per_layer:
        total += G
    return total.argmax(axis=1)
""",
        must="count once | twice | last layer ... 2 | last block ... 2 | two times | double",
        must_not="axis | vote",
    ),
    Coding(
        "mf_predict_bp",
        "The last two blocks together.",
        """
def mf_predict_bp(goodness_per_layer):
    return (goodness_per_layer[-1] + goodness_per_layer[-2]).argmax(axis=1)
""",
        must="decides alone | layer below | last two | two layers | two blocks | last but one | second",
        must_not="axis",
    ),
    Coding(
        "mf_predict_bp",
        "The second best class.",
        """
def mf_predict_bp(goodness_per_layer):
    return goodness_per_layer[-1].argsort(axis=1)[:, -2]
""",
        must="second",
        must_not="axis",
    ),
)
