"""Mistakes in free codings of eq5, eq7, eq8."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq5",
        "The arguments are in the other order, eq5(M, a): the result is transposed.",
        """
def eq5(M, a):
    return a @ M.T
""",
        must="transpos | exchang | swap | order of | other order | (m, N) | turned",
    ),
    Coding(
        "eq5",
        "M is not transposed.",
        """
def eq5(a, M):
    return np.dot(a, M)
""",
        must="transpos | M.T | turned | M is the wrong way round",
    ),
    Coding(
        "eq5",
        "The sum over the neurons is overwritten: only the last neuron counts.",
        """
def eq5(a, M):
    N, n = a.shape
    m = M.shape[0]
    G = np.zeros((N, m))
    for i in range(N):
        for c in range(m):
            for j in range(n):
                G[i, c] = a[i, j] * M[c, j]
    return G
""",
        must="last neuron | overwrit | += | only the last | last column",
    ),
    Coding(
        "eq5",
        "The last class is left out: its column stays zero.",
        """
def eq5(a, M):
    G = np.zeros((a.shape[0], M.shape[0]))
    for c in range(M.shape[0] - 1):
        G[:, c] = a @ M[c]
    return G
""",
        must="last class | last column | class ... left out | column ... left out | column ... wrong",
    ),
    Coding(
        "eq5",
        "The scores are divided by the number of neurons: a mean in place of a sum.",
        """
def eq5(a, M):
    return (a[:, None, :] * M[None, :, :]).mean(axis=2)
""",
        must="mean | neurons | n = | 1/n | divided by n",
    ),
    Coding(
        "eq5",
        "The activations are squared, as in Forward-Forward's goodness.",
        """
def eq5(a, M):
    return (a**2) @ M.T
""",
        must="squar | a^2 | a**2 | a * a",
    ),
    Coding(
        "eq7",
        "The mask is taken from da in place of z.",
        """
def eq7(x, z, M, dG):
    da = dG @ M
    da[da < 0] = 0
    return x.T @ da
""",
        must=(
            "da > 0 | sign of da | sign of the error | mask ... da | mask ... error | not depend on z | not "
            "change when z"
        ),
    ),
    Coding(
        "eq7",
        "dW is overwritten for each sample: the last sample alone counts.",
        """
def eq7(x, z, M, dG):
    N = x.shape[0]
    for n in range(N):
        da = M.T @ dG[n]
        da[z[n] <= 0] = 0
        dW = np.outer(x[n], da)
    return dW
""",
        must="last sample | last row | overwrit | only the last | += | only sample",
    ),
    Coding(
        "eq7",
        "The first sample is left out.",
        """
def eq7(x, z, M, dG):
    dW = np.zeros((x.shape[1], z.shape[1]))
    for n in range(1, len(x)):
        dz = (dG[n] @ M) * (z[n] > 0)
        dW += np.outer(x[n], dz)
    return dW
""",
        must="sample 0 | first sample | first row | row 0",
    ),
    Coding(
        "eq7",
        "dW is laid out (n, d), as PyTorch has its weights.",
        """
def eq7(x, z, M, dG):
    dz = (dG @ M) * np.where(z > 0, 1, 0)
    return dz.T @ x
""",
        must="transpos | (n, d) | turned | (out, in) | exchang",
    ),
    Coding(
        "eq7",
        "The error is multiplied by the activation in place of the mask.",
        """
def eq7(x, z, M, dG):
    a = np.maximum(z, 0)
    return x.T @ ((dG @ M) * a)
""",
        must="activation itself | by the activation | by a | times a | times z | by z | values of z",
    ),
    Coding(
        "eq7",
        "The gradient has the wrong sign: it is the change, not the gradient.",
        """
def eq7(x, z, M, dG):
    dz = (dG @ M) * (z > 0)
    return -x.T @ dz
""",
        must="sign | minus | -1",
    ),
    Coding(
        "eq7",
        "z stands in for x: the input of the block is exchanged with its output.",
        """
def eq7(x, z, M, dG):
    dz = (dG @ M) * (z > 0)
    return z.T @ dz
""",
        must=(
            "z in place of x | z stands | z for x | not depend on x | not change when x | z ... is used | output "
            "of the block"
        ),
    ),
    Coding(
        "eq7",
        "The leaky slope 0.2 is used.",
        """
def eq7(x, z, M, dG):
    slope = np.ones_like(z)
    slope[z < 0] = 0.2
    return x.T @ ((dG @ M) * slope)
""",
        must="leak | 0.2 | a little",
    ),
    Coding(
        "eq7",
        "Each sample's error is normalised to length 1.",
        """
def eq7(x, z, M, dG):
    dz = (dG @ M) * (z > 0)
    dz = dz / (np.linalg.norm(dz, axis=1, keepdims=True) + 1e-12)
    return x.T @ dz
""",
        must="length | normali | norm | unit",
    ),
    Coding(
        "eq8",
        "A factor 4 comes from nowhere.",
        """
def eq8(a, dG):
    return 4 * dG.T @ a
""",
        must="4 x | factor 4 | factor of 4 | 4.0 | 4 times",
        must_not="factor 2",
    ),
    Coding(
        "eq8",
        "It is divided by the batch size again.",
        """
def eq8(a, dG):
    N = len(a)
    dM = np.zeros((dG.shape[1], a.shape[1]))
    for n in range(N):
        dM += dG[n][:, None] * a[n]
    return dM / N
""",
        must="1/N | divided by N | batch | the mean | again",
        must_not="mean over the batch is missing | mean is missing",
    ),
    Coding(
        "eq8",
        "Wrong sign.",
        """
def eq8(a, dG):
    dM = dG.T @ a
    return -dM
""",
        must="sign | minus | -1",
    ),
    Coding(
        "eq8",
        "The sums over samples are taken first: the outer product of two sums.",
        """
def eq8(a, dG):
    return np.outer(dG.sum(axis=0), a.sum(axis=0))
""",
        must="too early | outer product of | sums | before the product | product of the",
    ),
    Coding(
        "eq8",
        "The first class is left out: its row stays zero.",
        """
def eq8(a, dG):
    m = dG.shape[1]
    dM = np.zeros((m, a.shape[1]))
    for c in range(1, m):
        for n in range(len(a)):
            dM[c] += dG[n, c] * a[n]
    return dM
""",
        must="class 0 | first class | row 0 | first row",
    ),
    Coding(
        "eq8",
        "Each sample's a is centred by the mean of the batch.",
        """
def eq8(a, dG):
    return dG.T @ (a - a.mean(axis=0))
""",
        must="mean | centred | centered | taken off | minus",
    ),
    Coding(
        "eq8",
        "A minus and a division by N: two mistakes.",
        """
def eq8(a, dG):
    N, n = a.shape
    return -(1.0 / N) * np.dot(dG.T, a)
""",
        must="sign | minus | -1 | -0.",
        also=("1/N | divided by N | batch | the mean",),
    ),
)
