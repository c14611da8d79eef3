"""Further mistakes in free codings of eq5 and eq7."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq5",
        "M is reshaped where it should be transposed.",
        """
def eq5(a, M):
    return a.dot(M.reshape(a.shape[1], -1))
""",
        must="reshape | transpos | M.T",
    ),
    Coding(
        "eq5",
        "Divided by the number of neurons: a mean of products.",
        """
def eq5(a, M):
    return np.mean(a[:, None, :] * M[None, :, :], axis=2)
""",
        must="neurons | 1/n | mean | width | by n",
        must_not="transpos | batch | classes",
    ),
    Coding(
        "eq5",
        "The scores lie with the classes in rows.",
        """
def eq5(a, M):
    return np.einsum("nj,cj->cn", a, M)
""",
        must="transpos | (m, N) | exchanged | turned",
    ),
    Coding(
        "eq5",
        "The products are squared, from the goodness of Forward-Forward.",
        """
def eq5(a, M):
    G = a @ M.T
    return G ** 2
""",
        must="squar",
        must_not="transpos",
    ),
    Coding(
        "eq5",
        "The loop begins at neuron 1.",
        """
def eq5(a, M):
    N, n = a.shape
    G = np.zeros((N, M.shape[0]))
    for j in range(1, n):
        G += np.outer(a[:, j], M[:, j])
    return G
""",
        must="neuron 0 | first neuron | first column | column 0 | left out | leaves out | missing",
        must_not="transpos | sample",
    ),
    Coding(
        "eq5",
        "Rounded off with a softmax: probabilities instead of scores.",
        """
def eq5(a, M):
    s = a @ M.T
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""",
        must="softmax | probabilit",
        must_not="transpos",
    ),
    Coding(
        "eq5",
        "Cosines: activations and rows of M are made unit vectors first.",
        """
def eq5(a, M):
    u = a / np.linalg.norm(a, axis=1, keepdims=True)
    v = M / np.linalg.norm(M, axis=1, keepdims=True)
    return u @ v.T
""",
        must="cosine | length | norm | unit",
        must_not="transpos | batch",
    ),
    Coding(
        "eq7",
        "The mask is that of the error.",
        """
def eq7(x, z, M, dG):
    da = np.einsum("nc,cj->nj", dG, M)
    return np.einsum("nd,nj->dj", x, np.where(da > 0, da, 0))
""",
        must="error | da",
        also=("mask | sign | positive",),
        must_not="mask is missing | no mask",
    ),
    Coding(
        "eq7",
        "The activation stands where its derivative should.",
        """
def eq7(x, z, M, dG):
    a = np.maximum(z, 0)
    delta = (dG @ M) * a
    return x.T @ delta
""",
        must="activation itself | times z | by z | values of z | max(z",
        must_not="missing",
    ),
    Coding(
        "eq7",
        "The derivative of tanh instead of that of the ReLU.",
        """
def eq7(x, z, M, dG):
    back = dG @ M
    return x.T @ (back * (1 - np.tanh(z) ** 2))
""",
        must="slope is that of tanh | tanh",
        must_not="1/N",
    ),
    Coding(
        "eq7",
        "The derivative of the sigmoid.",
        """
def eq7(x, z, M, dG):
    s = 1 / (1 + np.exp(-z))
    dz = dG.dot(M) * s * (1 - s)
    return x.T.dot(dz)
""",
        must="sigmoid",
        must_not="1/N",
    ),
    Coding(
        "eq7",
        "One mask for all samples, of the mean of z.",
        """
def eq7(x, z, M, dG):
    dW = x.T @ (dG @ M)
    alive = z.mean(axis=0) > 0
    return dW * alive
""",
        must=(
            "each sample | every sample | own mask | sample ... mask | mask ... sample | mean of z"
            " | mask ... batch | whole columns"
        ),
    ),
    Coding(
        "eq7",
        "The gradient is divided by the batch size again.",
        """
def eq7(x, z, M, dG):
    dz = (dG @ M) * (z > 0)
    return sum(np.outer(x[i], dz[i]) for i in range(len(x))) / len(x)
""",
        must="1/N | by N | batch | twice | again | mean",
        must_not="missing",
    ),
    Coding(
        "eq7",
        "In the loop over samples the gradient is assigned: only the last sample counts.",
        """
def eq7(x, z, M, dG):
    for i in range(x.shape[0]):
        dz_i = (dG[i] @ M) * (z[i] > 0)
        dW = np.outer(x[i], dz_i)
    return dW
""",
        must="last sample | overwrit | += | only ... sample | one sample",
    ),
    Coding(
        "eq7",
        "The change, not the gradient: the minus of the update is in it.",
        """
def eq7(x, z, M, dG):
    da = dG @ M
    da[z <= 0] = 0
    return -np.dot(x.T, da)
""",
        must="sign | -1 | minus | opposite",
        must_not="mask",
    ),
    Coding(
        "eq7",
        "As PyTorch stores it: (n, d).",
        """
def eq7(x, z, M, dG):
    dz = (dG @ M) * (z > 0)
    return dz.T @ x
""",
        must="transpos | turned | exchanged",
        must_not="mask",
    ),
)
