"""Mistakes of two more authors, who were asked for uncommon ones."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq4_gradient",
        "A softmax over the batch in place of each sample's sigmoid.",
        """
def eq4_gradient(G, theta):
    u = G - theta
    e = np.exp(u - u.max())
    return e / e.sum()
""",
        must=(
            "softmax | sum over the batch | over the batch | other samples | across samples | across the batch | "
            "normalis...batch | sums to 1 | sum to 1 | compet | sum of all | sum of the exp"
        ),
        must_not="sign | overflow",
    ),
    Coding(
        "eq5",
        "M is reshaped to (n, m), which scrambles it, where it should be transposed.",
        """
def eq5(a, M):
    m, n = M.shape
    return np.dot(a, M.reshape(n, m))
""",
        must="reshape | transpos | M.T | scramble | reorder | order of the | order of M | shuffled | rearrang",
        must_not="softmax | norm",
    ),
    Coding(
        "eq5",
        "Cosine similarity: rows of a and of M are scaled to length 1.",
        """
def eq5(a, M):
    an = a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-8)
    Mn = M / (np.linalg.norm(M, axis=1, keepdims=True) + 1e-8)
    return an @ Mn.T
""",
        must="cosine | normalis | normaliz | norm | length | unit",
        must_not="transpos | softmax",
    ),
    Coding(
        "eq5",
        "The negative squared distance to each row of M, as to a prototype of the class.",
        """
def eq5(a, M):
    diff = a[:, None, :] - M[None, :, :]
    return -(diff ** 2).sum(axis=-1)
""",
        must=(
            "distance | prototype | nearest | euclid | inner product | dot product | difference | a - M | scalar "
            "product | centroid | rbf | squared"
        ),
        must_not="transpos | softmax",
    ),
    Coding(
        "eq7",
        "The slope of a softplus, sigmoid(z), in place of the ReLU's.",
        """
def eq7(x, z, M, dG):
    gate = 1 / (1 + np.exp(-z))
    dz = np.einsum("nm,mh->nh", dG, M) * gate
    return np.einsum("nd,nh->dh", x, dz)
""",
        must=(
            "sigmoid | softplus | smooth | surrogate | z > 0 | 0 or 1 | step | swish | silu | soft gate | between "
            "0 and 1"
        ),
        must_not="transpos | batch",
    ),
    Coding(
        "eq7",
        "M is updated first, and the new M is used for the gradient.",
        """
def eq7(x, z, M, dG):
    a = np.maximum(z, 0)
    M = M - 0.1 * (dG.T @ a)
    dz = (dG @ M) * (z > 0)
    return x.T @ dz
""",
        must=(
            "updated | before...update | after...update | new M | too early | old M | M...changed | M...already | "
            "before its update | update of M | step on M | M has moved | original M"
        ),
        must_not="transpos | mask",
    ),
    Coding(
        "eq7",
        "The ReLU's mask is averaged over the batch and put on the finished gradient, instead of on each sample.",
        """
def eq7(x, z, M, dG):
    da = dG @ M
    active = (z > 0).mean(axis=0)
    return (x.T @ da) * active
""",
        must=(
            "averag | mean of the mask | mean...mask | mask...mean | mean over the batch | per neuron | each "
            "sample | own mask | every sample | mask...before | share of | fraction | after the sum | "
            "after...product | after the matrix"
        ),
        must_not="M.T | transpos",
    ),
    Coding(
        "eq8",
        "The loop overwrites dM for each sample, so only the last one counts.",
        """
def eq8(a, dG):
    dM = np.zeros((dG.shape[1], a.shape[1]))
    for n in range(len(a)):
        dM = dG[n][:, None] * a[n][None, :]
    return dM
""",
        must="last | overwrit | += | accumul | one sample | single sample | sum over | added up | summed",
        must_not="transpos | mean activation",
    ),
    Coding(
        "eq8",
        "The product of the batch's sums and means instead of the sum of the products.",
        """
def eq8(a, dG):
    g = dG.sum(axis=0)
    h = a.mean(axis=0)
    return np.outer(g, h)
""",
        must=(
            "product of...mean | product of...sum | product of...averag | averag | mean activation | mean of a | "
            "mean...separate | summed...before | before...multipl | outer | each sample | sample by sample | rank "
            "1 | rank one | per sample | separately | paired | pairing"
        ),
        must_not="transpos | last",
    ),
    Coding(
        "dense_forward",
        "The columns of W are scaled to length 1, as in weight normalisation.",
        """
def dense_forward(x, W, b):
    V = W / np.linalg.norm(W, axis=0, keepdims=True)
    return x @ V + b
""",
        must="normalis | normaliz | length | unit | weight norm | norm | scaled | rescal",
        must_not="bias is missing | transpos",
    ),
    Coding(
        "dense_forward",
        "The bias is added inside the loop over the inputs, so D times.",
        """
def dense_forward(x, W, b):
    N, D = x.shape
    z = np.zeros((N, W.shape[1]))
    for d in range(D):
        z += np.outer(x[:, d], W[d]) + b
    return z
""",
        must=(
            "D times | times D | D * b | D b | once per input | once for each | inside...loop | inside...sum | in "
            "the loop | each input | every input | each feature | every feature | several times | more than once | "
            "too often | times the bias | times too | multiple of b | many times | repeated | number of inputs | "
            "number of features | bias...multiplied"
        ),
        must_not="missing | transpos",
    ),
    Coding(
        "dense_forward",
        "The column of ones is put at the end of x, but b at the top of W.",
        """
def dense_forward(x, W, b):
    x1 = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    W1 = np.concatenate([b[None, :], W], axis=0)
    return x1 @ W1
""",
        must=(
            "ones | column of 1 | misalign | shifted | augment | stack | concatenat | meets the wrong | wrong row "
            "| first input | first feature | last row of W | bias...multiplied by | b...multiplied by | b...times "
            "x | off by one"
        ),
        must_not="transpos | twice",
    ),
)
