"""Mistakes in free codings of mf_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_step",
        "a is computed again with the new W.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dM = dG.T @ a
    dW = x.T @ ((dG @ M) * (z > 0))
    W = W - lr * dW
    M = M - lr * dM
    a = np.maximum(x @ W, 0)
    return W, M, a
""",
        must=(
            "new W | after the update | updated W | updated weights | old W | before the update | the one from before"
        ),
    ),
    Coding(
        "mf_step",
        "M is updated before dW is computed: dW goes through the new M.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    G = a @ M.T
    dG = equations.cross_entropy_gradient(G, y)
    M = M - lr * dG.T @ a
    W = W - lr * equations.weight_gradient(x, z, M, dG)
    return W, M, a
""",
        must="new M | updated M | M is updated before | old M | after its update | M of the forward pass | M before",
    ),
    Coding(
        "mf_step",
        "W and M are changed in place.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(equations.goodness_scores(a, M), y)
    dW = equations.weight_gradient(x, z, M, dG)
    dM = equations.projection_gradient(a, dG)
    W -= lr * dW
    M -= lr * dM
    return W, M, a
""",
        must="changes its argument | changes W | changes M | W is changed | modifies | changed in place",
    ),
    Coding(
        "mf_step",
        "W does not learn.",
        """
def mf_step(x, y, W, M, lr):
    a = np.maximum(x @ W, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    M_new = M - lr * dG.T @ a
    W_new = W.copy()
    return W_new, M_new, a
""",
        must=(
            "W is not trained | W does not | W is not updated | not learn | W stays | W is unchanged | W is not "
            "changed | no update of W | old W is returned | W is returned as"
        ),
    ),
    Coding(
        "mf_step",
        "z is handed on in place of a.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dM = dG.T @ a
    dW = x.T @ ((dG @ M) * (z > 0))
    return W - lr * dW, M - lr * dM, z
""",
        must="pre-activation | z in place of | z is returned | z is handed | not rectified",
    ),
    Coding(
        "mf_step",
        "The gradients are returned in place of the new matrices.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(equations.goodness_scores(a, M), y)
    dM = equations.projection_gradient(a, dG)
    dW = equations.weight_gradient(x, z, M, dG)
    return dW, dM, a
""",
        must=(
            "gradients are returned | gradient in place | gradient is returned | step is returned | not the new | "
            "in place of the new | not updated"
        ),
    ),
    Coding(
        "mf_step",
        "W is updated first, and dM uses the activations after that update.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    W_new = W - lr * equations.weight_gradient(x, z, M, dG)
    a_new = np.maximum(x @ W_new, 0)
    dM = equations.projection_gradient(a_new, dG)
    return W_new, M - lr * dM, a
""",
        must=(
            "W is updated before | new W | updated W before | old W | new a | a after | activation ... after the "
            "update | same forward pass"
        ),
        also=("M",),
    ),
    Coding(
        "mf_step",
        "Gauss-Seidel: after W's update the whole forward pass is done again for M.",
        """
def mf_step(x, y, W, M, lr):
    def forward(W, M):
        z = x @ W
        a = np.maximum(z, 0)
        return z, a, equations.cross_entropy_gradient(a @ M.T, y)

    z, a, dG = forward(W, M)
    W2 = W - lr * equations.weight_gradient(x, z, M, dG)
    _, a2, dG2 = forward(W2, M)
    M2 = M - lr * dG2.T @ a2
    return W2, M2, a
""",
        must=(
            "W is updated before | new W | updated W before | old W | second forward | forward pass again | same "
            "forward pass"
        ),
        also=("M",),
    ),
    Coding(
        "mf_step",
        "The goodness scores are trained by the squared error in place of cross-entropy.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    G = a @ M.T
    t = np.eye(M.shape[0])[y]
    dG = (G - t) / len(y)
    return W - lr * equations.weight_gradient(x, z, M, dG), M - lr * dG.T @ a, a
""",
        must="squared | square | MSE | softmax",
    ),
    Coding(
        "mf_step",
        "Samples are updated one after the other, online, in place of one step for the batch.",
        """
def mf_step(x, y, W, M, lr):
    W_new, M_new = W.copy(), M.copy()
    acts = np.maximum(x @ W, 0)
    for n in range(len(x)):
        xn, yn = x[n : n + 1], y[n : n + 1]
        z = xn @ W_new
        a = np.maximum(z, 0)
        dG = equations.cross_entropy_gradient(a @ M_new.T, yn)
        dW = equations.weight_gradient(xn, z, M_new, dG)
        M_new -= lr * dG.T @ a
        W_new -= lr * dW
    return W_new, M_new, acts
""",
        must=(
            "one after the other | online | sample by sample | single samples | after every sample | after each "
            "sample | one at a time | one step for the batch | batch of one"
        ),
    ),
)
