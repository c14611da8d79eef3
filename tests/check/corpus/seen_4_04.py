"""A fourth author's mistakes in free codings of mf_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_step",
        "a is computed again with the new weights before it is returned.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    W = W - lr * x.T @ ((dG @ M) * (z > 0))
    M = M - lr * dG.T @ a
    a = np.maximum(x @ W, 0)
    return W, M, a
""",
        must=(
            "after the update | after it | new W | new weights | before the update | computed again | "
            "once again | second time | old W"
        ),
        must_not="mask | sign",
    ),
    Coding(
        "mf_step",
        "M is updated first, and W's gradient then goes through the new M.",
        """
def mf_step(x, y, W, M, lr):
    pre = x.dot(W)
    act = pre.clip(min=0)
    err = equations.softmax(act.dot(M.T))
    err[np.arange(len(y)), y] -= 1
    err /= len(y)
    M = M - lr * err.T.dot(act)
    W = W - lr * x.T.dot(err.dot(M) * (pre > 0))
    return W, M, act
""",
        must="new M | updated M | M ... before | wrong order | order of | old M | M ... already | M ... first",
        must_not="mask | sign",
    ),
    Coding(
        "mf_step",
        "M is changed in the caller's array.",
        """
def mf_step(x, y, W, M, lr):
    h = x @ W
    a = h * (h > 0)
    G = a @ M.T
    delta = (equations.softmax(G) - np.eye(len(M))[y]) / len(x)
    grad_W = x.T @ (delta @ M * (h > 0))
    grad_M = delta.T @ a
    M -= lr * grad_M
    return W - lr * grad_W, M, a
""",
        must="in place | changed | changes | new array | copy",
        must_not="mask | sign",
    ),
    Coding(
        "mf_step",
        "M moves without the learning rate.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dW = equations.weight_gradient(x, z, M, dG)
    dM = dG.T @ a
    W_new = W - lr * dW
    M_new = M - dM
    return W_new, M_new, a
""",
        must="lr | learning rate",
        also=("M",),
        must_not="mask | sign",
    ),
    Coding(
        "mf_step",
        "The activations are scaled to length 1 on the way out, as in Forward-Forward.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(equations.goodness_scores(a, M), y)
    newW = W - lr * equations.weight_gradient(x, z, M, dG)
    newM = M - lr * equations.projection_gradient(a, dG)
    return newW, newM, a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-8)
""",
        must="length | norm | scaled",
        also=("a is | a: | of a | output a | in a | activations | third",),
        must_not="mask | sign",
    ),
    Coding(
        "mf_step",
        "A loop over the samples that updates at each: stochastic, not batch, gradient descent.",
        """
def mf_step(x, y, W, M, lr):
    a_all = np.maximum(x @ W, 0)
    W, M = W.copy(), M.copy()
    for i in range(len(x)):
        z = x[i] @ W
        a = np.maximum(z, 0)
        p = equations.softmax((M @ a)[None])[0]
        p[y[i]] -= 1
        dW = np.outer(x[i], (p @ M) * (z > 0))
        dM = np.outer(p, a)
        W -= lr / len(x) * dW
        M -= lr / len(x) * dM
    return W, M, a_all
""",
        must="each sample | one sample | sample by sample | one after the other | batch | in the loop | after every",
    ),
    Coding(
        "mf_step",
        "The mask is z < 0.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    off = z < 0
    a = z.copy()
    a[off] = 0
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dz = dG @ M * off
    return W - lr * x.T @ dz, M - lr * dG.T @ a, a
""",
        must="mask | inverted | z < 0 | z > 0 | off | ReLU",
        also=("W",),
        must_not="sign",
    ),
)
