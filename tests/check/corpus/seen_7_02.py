"""Mistakes of a ninth and a tenth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq5",
        "M is reshaped to (n, m) instead of transposed, so its numbers go to other places.",
        """
def eq5(a, M):
    m, n = M.shape
    Mt = M.reshape(n, m)
    return np.dot(a, Mt)
""",
        must=(
            "reshape | transpos | M.T | M^T | reorder | scrambl | row-major | row major | memory order | order of "
            "M | order in memory | entries of M | numbers of M | mixed up | mixes | shuffl"
        ),
        must_not="norm | softmax",
    ),
    Coding(
        "eq5",
        "A cosine similarity: activations and rows of M are divided by their lengths before the product.",
        """
def eq5(a, M):
    a_unit = a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-12)
    M_unit = M / (np.linalg.norm(M, axis=1, keepdims=True) + 1e-12)
    return a_unit @ M_unit.T
""",
        must="cosine | normali | unit length | length | norm | norms | angle | magnitude | between -1 and 1",
        must_not="transpos | softmax",
    ),
    Coding(
        "eq5",
        "The scores are divided by |a| |M_c|, a cosine overlap.",
        """
def eq5(a, M):
    # overlap <a|M_c> of two states, both normalised
    bra = a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-12)
    ket = M / (np.linalg.norm(M, axis=1, keepdims=True) + 1e-12)
    return np.einsum('nj,cj->nc', bra, ket)
""",
        must=(
            "cosin | normalis | normaliz | norm of | divided by the length | divided by its length | divided by "
            "their length | length | unit vector | scaled to 1 | norms | divided by |a | scaled"
        ),
        must_not="transpos | softmax | squar",
    ),
    Coding(
        "eq5",
        "Goodness is cut at zero: relu(a M^T), so negative scores vanish.",
        """
def eq5(a, M):
    N, m = a.shape[0], M.shape[0]
    G = np.empty((N, m))
    for i in range(N):
        for c in range(m):
            G[i, c] = max(0.0, sum(a[i, j] * M[c, j] for j in range(a.shape[1])))
    return G
""",
        must=(
            "relu | clip | negative scores | negative goodness | negative entries | negative numbers | negative "
            "values | below 0 | below zero | max(0 | maximum | rectif | cut at 0 | cut off at | never negative | "
            "set to 0 | set to zero"
        ),
        must_not="transpos | softmax | squar",
    ),
    Coding(
        "eq7",
        "Guided backpropagation: the error is masked by its own sign, da > 0, and the ReLU's mask z > 0 is not used.",
        """
def eq7(x, z, M, dG):
    da = np.einsum('nm,mh->nh', dG, M)
    dz = np.where(da > 0, da, 0.0)       # the gradient goes through the ReLU
    return np.einsum('nd,nh->dh', x, dz)
""",
        must=(
            "mask | slope | gate | da > 0 | z > 0 | relu of the gradient | relu of the error | relu of da | relu "
            "to the | relu...da | relu...error | relu...gradient | negative errors | negative gradient | negative "
            "entries of da | negative da | sign of the error | sign of da | its own sign | guided | deconv | "
            "pre-activation"
        ),
        must_not="transpos | M after",
    ),
    Coding(
        "eq7",
        "The error is multiplied by the activation relu(z), where the ReLU's slope, 0 or 1, should stand.",
        """
def eq7(x, z, M, dG):
    a = np.maximum(z, 0)
    dz = (dG @ M) * a
    return x.T.dot(dz)
""",
        must=(
            "slope | derivative | mask | 0 or 1 | indicator | z > 0 | activation | relu(z) | times a | times z | "
            "by a | by z | size of z | value of z | value of the activation | magnitude of | relu itself | gate | "
            "step function"
        ),
        must_not="transpos | mean",
    ),
    Coding(
        "eq7",
        "ReLU's value stands where its derivative should: da is multiplied by relu(z).",
        """
def eq7(x, z, M, dG):
    da = dG @ M
    act = np.maximum(z, 0)
    dz = da * act
    return x.T @ dz
""",
        must=(
            "relu(z | times a | times z | by a | by z | relu's value | value of relu | activation instead | "
            "activation itself | relu itself | instead of its deriv | instead of its slope | instead of the deriv "
            "| instead of the slope | instead of the mask | instead of 1 | z instead of | value instead of | da * "
            "a | da * z | multiplied by... relu | multiplied by the activation | mask... value"
        ),
        must_not="transpos | 1/N | sign",
    ),
    Coding(
        "eq8",
        "The outer product is assigned instead of added in the loop over samples, so only the last sample's remains.",
        """
def eq8(a, dG):
    N, n = a.shape
    m = dG.shape[1]
    dM = np.zeros((m, n))
    for s in range(N):
        for c in range(m):
            dM[c, :] = dG[s, c] * a[s, :]
    return dM
""",
        must=(
            "last sample | last row | last one | only the last | only one sample | one sample | single sample | "
            "overwrit | accumul | assign | += | added up | add up | sum over samples | sum over the batch | sum "
            "over the samples | summed over | sum is missing | replaced"
        ),
        must_not="transpos | twice",
    ),
    Coding(
        "eq8",
        (
            "The product of the batch means in place of the sum over samples of the products: activations and "
            "errors are averaged apart."
        ),
        """
def eq8(a, dG):
    N = a.shape[0]
    a_bar = a.mean(axis=0)
    g_bar = dG.sum(axis=0)
    return np.outer(g_bar, a_bar)
""",
        must=(
            "mean of a | mean activation | average activation | averages | averaged first | averaged before | "
            "averaged apart | averaged over | averaged on | means | product of | rank | outer | each sample | per "
            "sample | per-sample | sample by sample | own activation | own error | correlat | sums separately | "
            "summed before | summed first | sum...before | apart | separately | covarian | pairing"
        ),
        must_not="transpos | sign",
    ),
    Coding(
        "eq8",
        (
            "Only one class of each sample counts, that with the most negative dG (taken for the label); the other "
            "rows of dM get nothing from it."
        ),
        """
def eq8(a, dG):
    dM = np.zeros((dG.shape[1], a.shape[1]))
    for i, row in enumerate(dG):
        c = np.argmin(row)       # p - y is negative only at the label
        dM[c] += row[c] * a[i]
    return dM
""",
        must=(
            "one class | only one | single class | most negative | smallest | argmin | minimum | only the true | "
            "true class | only the label | other classes | wrong classes | false classes | remaining classes | "
            "rest of the classes | all classes | only negative | negative entries | one row | one entry | positive "
            "entries | part of dG | some of dG | entries of dG"
        ),
        must_not="sign | transpos | 1/N",
    ),
    Coding(
        "dense_forward",
        (
            "The layer returns relu(x W + b), as Keras's Dense with an activation: the activation, not the "
            "pre-activation."
        ),
        """
def dense_forward(x, W, b):
    out = np.zeros((x.shape[0], W.shape[1]), dtype=x.dtype)
    for n in range(x.shape[0]):
        for h in range(W.shape[1]):
            s = b[h]
            for d in range(x.shape[1]):
                s += x[n, d] * W[d, h]
            out[n, h] = s if s > 0 else 0.0
    return out
""",
        must=(
            "relu | activation | negative | rectif | clipped | non-linear | nonlinear | max(0 | set to 0 | set to "
            "zero | cut off | thresholded | pre-activation"
        ),
        must_not="transpos",
    ),
    Coding(
        "dense_forward",
        "The bias is summed over the neurons, one number for all of them.",
        """
def dense_forward(x, W, b):
    z = np.zeros((x.shape[0], W.shape[1]))
    for n in range(x.shape[0]):
        for h in range(W.shape[1]):
            for d in range(x.shape[1]):
                z[n, h] += x[n, d] * W[d, h]
            z[n, h] += sum(b)
    return z
""",
        must=(
            "sum of b | sum of the bias | sum(b | b.sum | summed bias | bias... summed | sum over... bias | "
            "biases... added up | all biases | whole bias | every bias | same number | same bias | same for every "
            "neuron | same for all neurons | own bias | one bias | bias of its own | b... summed | sums the bias | "
            "sums b | total of b | total bias"
        ),
        must_not="transpos | sign | relu",
    ),
    Coding(
        "dense_backward",
        (
            "The gradient of the augmented matrix is cut at its first row, though the ones were the last column: "
            "db is the first feature's row, and dW is shifted by one."
        ),
        """
def dense_backward(x, W, dz):
    N = x.shape[0]
    x_aug = np.concatenate([x, np.ones((N, 1))], axis=1)
    grad = x_aug.T @ dz              # (D + 1, H)
    db, dW = grad[0], grad[1:]
    dx = dz @ W.T
    return dx, dW, db
""",
        must=(
            "db | dW | bias | ones | shifted | off by one | misalign | one row | first row | last row | first "
            "feature | augment"
        ),
        also=(
            (
                "first | last | shift | row | off by one | misalign | order | split | cut | place | offset | "
                "swapped | neighbour | neighbor | end"
            ),
        ),
        must_not="dx | transpos",
    ),
)
