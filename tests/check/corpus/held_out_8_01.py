"""Mistakes of an eleventh and a twelfth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq4_gradient",
        "np.mean over the whole gradient: each sample gets the mean of all sigmoids.",
        """
def eq4_gradient(G, theta):
    sig = 0.5 * (1 + np.tanh(0.5 * (G - theta)))
    return np.full_like(G, sig.mean() / len(G))
""",
        must=(
            "mean of ... all | all samples ... same | every sample ... same | each sample ... own | own sigmoid | "
            "own G | own goodness | averag | same ... for all | same number | same gradient | all ... equal | "
            "constant | mean over ... batch | identical"
        ),
    ),
    Coding(
        "eq5",
        "Forward-Forward habit: the activations are squared before the projection.",
        """
def eq5(a, M):
    return np.einsum("ij,kj->ik", a ** 2, M)
""",
        must="squar | a^2 | a**2 | a ** 2 | a * a | second power | Forward-Forward | Eq. (1) | Eqs. (1)",
        must_not="transpos | softmax",
    ),
    Coding(
        "eq5",
        (
            "Flat C index with the wrong row length: M is read as if it were (n, m) in memory, a reshape in place "
            "of a transpose."
        ),
        """
def eq5(a, M):
    N, n = a.shape
    m = M.shape[0]
    flat = M.ravel()
    G = np.zeros((N, m))
    for i in range(N):
        for c in range(m):
            for j in range(n):
                G[i, c] += a[i, j] * flat[j * m + c]
    return G
""",
        must=(
            "reshap | flat | stride | memory | row-major | column-major | order of the numbers | order of M | "
            "order of its entries | row length | read...(n, m | as (n, m | j * m | c * n | instead of transpos | "
            "in place of transpos | in place of a transpos | instead of a transpos | place of the transpos | "
            "instead of the transpos | scrambl | ravel | laid out | layout"
        ),
        must_not="softmax | square",
    ),
    Coding(
        "eq7",
        "The slope of ReLU is taken as relu(z) instead of 1 where z > 0.",
        """
def eq7(x, z, M, dG):
    da = dG @ M
    dz = da * np.maximum(z, 0)
    return x.T @ dz
""",
        must=(
            "relu(z) | times relu | multiplied by ... relu | multiplied by ... z | multiplied by ... a | times z | "
            "z itself | a instead | slope ... 1 | value ... instead | instead of ... slope | instead of ... "
            "derivative | slope is 1 | 0 or 1 | activation instead | its slope | factor z"
        ),
    ),
    Coding(
        "eq7",
        "Divides by N a second time.",
        """
def eq7(x, z, M, dG):
    mask = (z > 0)
    dW = np.einsum('nd,nh->dh', x, np.einsum('nm,mh->nh', dG, M) * mask)
    return dW / x.shape[0]
""",
        must="twice | 1/N | second time | already | batch size | N times | divid ... N | 1 / N | again",
    ),
    Coding(
        "eq7",
        "Masks with relu at the input side: da is cut at its own sign, not at z's.",
        """
def eq7(x, z, M, dG):
    da = np.dot(dG, M)
    dz = np.maximum(da, 0)
    return np.dot(x.T, dz)
""",
        must=(
            "da > 0 | sign of da | relu(da) | relu of ... da | relu of ... gradient | relu ... to ... gradient | z "
            "> 0 | where z | by z | ignores z | z is ignored | z ... unused | z ... used | gradient's ... sign | "
            "own sign | negative ... gradient | negative da | gradient itself | da itself | sign of ... gradient"
        ),
    ),
    Coding(
        "eq7",
        "Guided backprop: masks by the sign of the incoming gradient da in place of z.",
        """
def eq7(x, z, M, dG):
    da = dG @ M
    dz = np.maximum(da, 0)            # backward through the ReLU
    return x.T @ dz
""",
        must=(
            "sign of da | da > 0 | da>0 | relu(da | ReLU of da | ReLU of the gradient | ReLU of the error | ReLU "
            "to the gradient | ReLU to da | ReLU...applied to | max(da | maximum(da | negative gradient | negative "
            "da | negative error | negative part of | negative entries of da | positive gradient | positive da | "
            "positive part | positive entries of da | mask comes from da | mask from da | of the gradient itself | "
            "gradient's own sign | guided"
        ),
        must_not="transpos | updated M",
    ),
    Coding(
        "eq8",
        "= in place of += in the loop over samples: only the last sample's outer product is left.",
        """
def eq8(a, dG):
    N, n = a.shape
    m = dG.shape[1]
    dM = np.zeros((m, n))
    for i in range(N):
        for c in range(m):
            for j in range(n):
                dM[c, j] = dG[i, c] * a[i, j]
    return dM
""",
        must=(
            "last sample | last row | last one | only the last | final sample | final row | overwrit | overwritten "
            "| += | sum over the batch | sum over the samples | sum over samples | sum over all | summed over | "
            "added up | accumul | one sample | single sample | one row | add up | adds up | all samples | every "
            "sample | all rows"
        ),
        must_not="transpos | twice",
    ),
    Coding(
        "dense_forward",
        "ReLU is applied already; z is the pre-activation.",
        """
def dense_forward(x, W, b):
    z = x.dot(W) + b
    z[z < 0] = 0
    return z
""",
        must=(
            "relu | negative ... 0 | negative ... cut | negative ... zero | clipped | pre-activation | "
            "preactivation | max(0 | below 0"
        ),
    ),
    Coding(
        "dense_forward",
        "Returns the activation relu(z), not the pre-activation.",
        """
def dense_forward(x, W, b):
    # Dense(units, activation='relu')
    return np.clip(np.einsum("nd,dh->nh", x, W) + b, 0, None)
""",
        must=(
            "relu | negative | below 0 | below zero | clip | activation | cut at 0 | cut off at 0 | pre-activation "
            "| max(0 | maximum"
        ),
        must_not="bias | transpos",
    ),
    Coding(
        "dense_backward",
        "db is the mean over the batch instead of the sum.",
        """
def dense_backward(x, W, dz):
    dx = dz @ W.T
    dW = x.T @ dz
    db = dz.mean(0)
    return dx, dW, db
""",
        must=(
            "db ... mean | mean ... db | db ... averag | averag ... db | 1/N | divid | twice | N times | sum ... "
            "batch | sum ... rows | sum ... samples | already"
        ),
        must_not="transpos",
    ),
    Coding(
        "relu_backward",
        "Leaky ReLU's slope of 0.01 for negative z.",
        """
def relu_backward(z, da):
    return da * np.where(z > 0, 1.0, 0.01)
""",
        must=(
            "leak | 0.01 | slope ... negative | slope ... below | slope ... z < 0 | slope ... z <= 0 | negative z "
            "| z < 0 | z <= 0 | let ... through | passes | through ... negative | where z is negative | below 0"
        ),
    ),
)
