"""Unusual but right answers of mf_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_step",
        "All by hand, sample by sample, gradients collected first.",
        """
def mf_step(x, y, W, M, lr):
    N = len(x)
    acts, dW, dM = np.zeros((N, W.shape[1])), np.zeros_like(W), np.zeros_like(M)
    for n in range(N):
        z = x[n] @ W
        acts[n] = np.where(z > 0, z, 0)
        p = np.exp(M @ acts[n] - np.logaddexp.reduce(M @ acts[n]))
        p[y[n]] -= 1
        dM += np.outer(p, acts[n]) / N
        dW += np.outer(x[n], (p @ M) * (z > 0)) / N
    return W - lr * dW, M - lr * dM, acts
""",
    ),
    Coding(
        "mf_step",
        "In place on copies that were made at the beginning; the mask is read off a.",
        """
def mf_step(x, y, W, M, lr):
    W_new, M_new = W.copy(), M.copy()
    a = (x @ W).clip(min=0)
    dG = equations.softmax(a @ M.T)
    dG[np.arange(len(y)), y] -= 1
    dG /= len(y)
    M_new -= lr * dG.T @ a
    W_new -= lr * x.T @ ((dG @ M) * np.sign(a))
    return W_new, M_new, a
""",
    ),
)
