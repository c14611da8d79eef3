"""Held out, for measuring only: mistakes in free codings of eq5, eq7, eq8."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq5",
        "The squared distance of a to each row of M, with a minus, in place of their product.",
        """
def eq5(a, M):
    G = np.zeros((len(a), len(M)))
    for n in range(len(a)):
        for c in range(len(M)):
            G[n, c] = -np.sum((a[n] - M[c]) ** 2)
    return G
""",
        must="distance | squared | square | difference | not linear",
    ),
    Coding(
        "eq5",
        "The cosine is computed: both are normalised in length first.",
        """
def eq5(a, M):
    a_n = a / np.linalg.norm(a, axis=1, keepdims=True)
    M_n = M / np.linalg.norm(M, axis=1, keepdims=True)
    return a_n @ M_n.T
""",
        must="cosine | length | normali | norm | unit",
    ),
    Coding(
        "eq5",
        "The softmax is applied to the scores.",
        """
def eq5(a, M):
    return equations.softmax(a @ M.T)
""",
        must="softmax | probabilit",
    ),
    Coding(
        "eq5",
        "The scores are transposed: (m, N), samples in columns.",
        """
def eq5(a, M):
    return np.einsum("mn,kn->mk", M, a)
""",
        must="transpos | (m, N) | turned | exchang",
    ),
    Coding(
        "eq5",
        "A ReLU is applied to the scores.",
        """
def eq5(a, M):
    G = a @ M.T
    return G * (G > 0)
""",
        must="ReLU | negative | max(",
    ),
    Coding(
        "eq5",
        "The scores are scaled by 1/sqrt(n), as in attention.",
        """
def eq5(a, M):
    d_k = a.shape[1]
    return a @ M.T / np.sqrt(d_k)
""",
        must="sqrt | root | n = | neurons | 1/sqrt(n)",
    ),
    Coding(
        "eq5",
        "A ReLU is applied to a once more: negative entries of a are lost.",
        """
def eq5(a, M):
    return np.maximum(a, 0) @ M.T
""",
        must="ReLU | negative | a > 0 | max( | rectif",
    ),
    Coding(
        "eq7",
        "The mask is missing.",
        """
def eq7(x, z, M, dG):
    return x.T.dot(dG.dot(M))
""",
        must=(
            "mask is missing | masks are missing | slope is missing | without the mask | without mask | mask is "
            "not | no mask | must pass no error | not depend on z | not change when z | not masked | misses the "
            "mask"
        ),
    ),
    Coding(
        "eq7",
        "It is divided by the batch size again.",
        """
def eq7(x, z, M, dG):
    da = np.einsum("nm,mh->nh", dG, M)
    dz = np.where(z > 0, da, 0)
    return np.einsum("nd,nh->dh", x, dz) / x.shape[0]
""",
        must="1/N | divided by N | batch | the mean | again",
        must_not="mean over the batch is missing | mean is missing",
    ),
    Coding(
        "eq7",
        "The sigmoid's slope stands in for the ReLU's.",
        """
def eq7(x, z, M, dG):
    s = 1.0 / (1.0 + np.exp(-z))
    return x.T @ ((dG @ M) * s * (1 - s))
""",
        must="sigmoid",
    ),
    Coding(
        "eq7",
        "The mask is for the whole sample: any neuron on.",
        """
def eq7(x, z, M, dG):
    active = (z > 0).any(axis=1)
    dz = (dG @ M) * active[:, None]
    return x.T @ dz
""",
        must=(
            "each entry | entry by entry | whole row | whole sample | per row | per sample | own mask | mask is "
            "missing | masks are missing | slope is missing | without the mask | without mask | mask is not | no "
            "mask | must pass no error | not depend on z | not change when z | not masked | misses the mask"
        ),
    ),
    Coding(
        "eq7",
        "The mask is averaged over the batch: each neuron has one gate.",
        """
def eq7(x, z, M, dG):
    gate = z.mean(axis=0) > 0
    dz = (dG @ M) * gate
    return x.T @ dz
""",
        must="average | one for the whole batch | per neuron | one mask | whole batch | mean | own mask",
    ),
    Coding(
        "eq7",
        "Only the sign of M is used.",
        """
def eq7(x, z, M, dG):
    # a random feedback is enough, as in feedback alignment
    B = np.sign(M)
    dz = (dG @ B) * (z > 0)
    return x.T @ dz
""",
        must="sign of M | signs of",
    ),
    Coding(
        "eq7",
        "The last class is left out of the way through M.",
        """
def eq7(x, z, M, dG):
    da = np.zeros(z.shape)
    for c in range(M.shape[0] - 1):
        da += dG[:, c : c + 1] * M[c]
    return x.T @ (da * (z > 0))
""",
        must="last class | class ... left out | last row of M | last column of dG",
    ),
    Coding(
        "eq7",
        "The mask is missing and the result is transposed: two mistakes.",
        """
def eq7(x, z, M, dG):
    return (dG @ M).T @ x
""",
        must=(
            "mask is missing | masks are missing | slope is missing | without the mask | without mask | mask is "
            "not | no mask | must pass no error | not depend on z | not change when z | not masked | misses the "
            "mask"
        ),
        also=("transpos | (n, d) | turned | exchang",),
    ),
    Coding(
        "eq7",
        "The mask is inverted.",
        """
def eq7(x, z, M, dG):
    dz = dG @ M
    dz[z > 0] = 0
    return x.T @ dz
""",
        must="invert | z < 0 | z <= 0 | wrong way | opposite | other way | that were on | reversed",
    ),
    Coding(
        "eq8",
        "dM is transposed: (n, m).",
        """
def eq8(a, dG):
    return a.T @ dG
""",
        must="transpos | (n, m) | turned | exchang",
    ),
    Coding(
        "eq8",
        "The last sample alone counts: = in place of +=.",
        """
def eq8(a, dG):
    dM = np.zeros((dG.shape[1], a.shape[1]))
    for n in range(len(a)):
        dM[:] = np.outer(dG[n], a[n])
    return dM
""",
        must="last sample | last row | overwrit | only the last | += | only sample",
    ),
    Coding(
        "eq8",
        "The last sample is left out.",
        """
def eq8(a, dG):
    return np.einsum("nc,nj->cj", dG[:-1], a[:-1])
""",
        must="last sample | last row | sample ... left out | row ... left out | sample ... missing",
    ),
    Coding(
        "eq8",
        "Only the best class of each sample learns.",
        """
def eq8(a, dG):
    dM = np.zeros((dG.shape[1], a.shape[1]))
    for n in range(len(a)):
        c = np.argmax(dG[n])
        dM[c] += dG[n, c] * a[n]
    return dM
""",
        must=(
            "one class | best class | largest of each | largest entry of each | argmax | one entry of each | "
            "single class | other classes"
        ),
    ),
    Coding(
        "eq8",
        "Only where an activation is positive is counted as 1: the mask in place of a.",
        """
def eq8(a, dG):
    return dG.T @ (a > 0)
""",
        must="mask | a > 0 | 1 in place | [a > 0] | in place of a | values of a | size of a | binary | on or off",
    ),
    Coding(
        "eq8",
        "The activations are squared.",
        """
def eq8(a, dG):
    return dG.T @ np.square(a)
""",
        must="squar | a^2 | a * a | a**2",
    ),
    Coding(
        "eq8",
        "The mean activation is added to every row.",
        """
def eq8(a, dG):
    return dG.T @ a + a.mean(axis=0)
""",
        must="mean of a | mean activation | added | extra | constant",
    ),
)
