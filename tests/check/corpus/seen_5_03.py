"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq7",
        "The mask is taken from the error da in the place of z: da > 0.",
        """
def eq7(x, z, M, dG):
    da = dG @ M
    dz = np.zeros_like(da)
    for i in range(da.shape[0]):
        for h in range(da.shape[1]):
            if da[i, h] > 0:
                dz[i, h] = da[i, h]
    return x.T @ dz
""",
        must=(
            "da > 0 | sign of da | sign of the... gradient | sign of the... error | positive... error | "
            "positive... gradient | negative... gradient | negative... error | gradient... positive | error... "
            "positive | mask... da | mask... gradient | mask... error | wrong mask | other mask | another mask | "
            "mask of | mask... from | relu of the error | relu... da | guided"
        ),
    ),
    Coding(
        "eq7",
        "ReLU's mask is taken from the sign of the gradient da, not from z.",
        """
def eq7(x, z, M, dG):
    da = np.einsum("nm,mh->nh", dG, M)
    dz = np.maximum(da, 0)          # relu
    return np.einsum("nd,nh->dh", x, dz)
""",
        must=(
            "mask | z > 0 | sign of z | of z | z is never | z is unused | z is ignored | without z | da > 0 | sign "
            "of the gradient | sign of da | negative gradient | negative error | ReLU of the gradient | ReLU of "
            "the error | relu ... gradient | relu(da) | ReLU ... da | ReLU's slope | ReLU's derivative"
        ),
        must_not="transpos | 1/N",
    ),
    Coding(
        "eq7",
        "The ReLU mask is taken from da instead of z.",
        """
def eq7(x, z, M, dG):
    da = dG @ M
    dz = np.maximum(da, 0)     # relu backwards
    return x.T @ dz
""",
        must=(
            "da > 0 | mask ... da | sign of da | sign of the gradient | gradient is positive | positive gradient | "
            "negative gradient | negative da | positive da | da itself | of the gradient itself | relu of the "
            "gradient | relu of da | relu ... gradient | relu ... da | relu ... error | instead of z | z > 0 | "
            "mask ... error | from z | z is unused | z is ignored | ignores z | depend ... on z"
        ),
        must_not="transpos | M after",
    ),
    Coding(
        "eq8",
        "Sums dG and a over the batch separately and multiplies the sums, so the samples are mixed with each other.",
        """
def eq8(a, dG):
    g = np.zeros(dG.shape[1])
    s = np.zeros(a.shape[1])
    for i in range(len(a)):
        g += dG[i]
        s += a[i]
    return np.outer(g, s)
""",
        must=(
            "sum... before | product of... sum | sums... multipl | sums... product | summed... separately | "
            "separate | outer | sample by sample | per sample | cross | mix | different samples | other samples | "
            "summed first | own a"
        ),
    ),
    Coding(
        "eq8",
        "Product of batch totals: sum of dG times mean of a, instead of the sum over samples of their products.",
        """
def eq8(a, dG):
    return dG.sum(axis=0)[:, None] * a.mean(axis=0)[None, :]
""",
        must=(
            "outer | mean of a | mean a | mean activation | averag | each sample | sample by sample | per sample | "
            "product of sums | product of the sums | sums ... before | mean ... before | summed ... before | batch "
            "... before | separately | row by row | each row | same sample"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq8",
        "The activations are centred over the batch, a covariance instead of dG^T a.",
        """
def eq8(a, dG):
    # cross-covariance of error and activity
    A = a - a.mean(axis=0, keepdims=True)
    return dG.T @ A
""",
        must=(
            "centr | centered | covariance | batch mean | mean of the batch | mean over the batch | mean ... "
            "subtract | subtract ... mean | minus ... mean | column mean | mean of a | mean of each | mean activ | "
            "mean is taken"
        ),
        must_not="transpos | 1/N",
    ),
    Coding(
        "eq8",
        "The product of the sums (outer of the column sums) instead of the sum of the products.",
        """
def eq8(a, dG):
    u = dG.sum(axis=0)
    v = a.mean(axis=0)
    return np.outer(u, v)
""",
        must=(
            "product of ... sum | product of ... mean | sum of ... products | sums ... multiplied | outer | summed "
            "before | sum before | summed first | averaged before | mean before | mean of a | mean activ | before "
            "the product | before multiply | before they are multiplied | other samples | each sample | sample by "
            "sample | own activ | rank 1 | rank one | rank-one | separately"
        ),
        must_not="transpos",
    ),
    Coding(
        "dense_forward",
        "The bias is added inside the innermost loop, so it is added D times.",
        """
def dense_forward(x, W, b):
    N, D = x.shape
    H = W.shape[1]
    z = np.zeros((N, H))
    for i in range(N):
        for h in range(H):
            for d in range(D):
                z[i, h] += x[i, d] * W[d, h] + b[h]
    return z
""",
        must=(
            "D times | bias... times | b... times | repeated | once per | once for each | each feature | every "
            "feature | per feature | inside... loop | inner loop | too often | bias... once | b... once | bias... "
            "many | D b | D * b | b * D"
        ),
    ),
    Coding(
        "dense_forward",
        "[[0.0] * H] * N makes N references to one list, so all rows are the same row, the sum of all samples.",
        """
def dense_forward(x, W, b):
    N, D = x.shape
    H = W.shape[1]
    z = [[0.0] * H] * N
    for i in range(N):
        for h in range(H):
            for d in range(D):
                z[i][h] += x[i, d] * W[d, h]
            z[i][h] += b[h]
    return np.array(z)
""",
        must=(
            "same row | same list | rows... equal | rows... same | rows... alike | rows... identical | identical | "
            "alias | shared | one list | * N | all samples | other samples | sum... samples | sum... rows | added "
            "up over"
        ),
        must_not="transpos",
    ),
    Coding(
        "dense_forward",
        "Assumes nn.Linear's (out, in) layout and reshapes W instead of transposing: its entries are rearranged.",
        """
def dense_forward(x, W, b):
    weight = W.reshape(b.shape[0], x.shape[1])     # (out, in) as nn.Linear wants it
    return np.einsum("ni,oi->no", x, weight) + b
""",
        must=(
            "reshape | order of ... entries | entries ... order | scrambl | memory | permut | row-major | rearrang "
            "| shuffl | mixed up | out, in | H, D | transpos | .T"
        ),
        must_not="bias ... missing",
    ),
    Coding(
        "dense_forward",
        "ReLU is already applied: the activation is returned instead of z.",
        """
def dense_forward(x, W, b):
    z = x @ W + b
    z[z < 0] = 0
    return z
""",
        must=(
            "relu | negative entries | negative values | negative numbers | negative pre-activ | nonlinear | "
            "non-linear | max(z | maximum | cut off | clipped | activation ... instead | set to 0 | set to zero | "
            "below 0 | below zero | are 0 where"
        ),
        must_not="transpos | bias",
    ),
    Coding(
        "dense_backward",
        "dx is set to 0 where x <= 0: a ReLU's mask that belongs to the layer below is applied here.",
        """
def dense_backward(x, W, dz):
    db = dz.sum(axis=0)
    dW = x.T @ dz
    dx = dz @ W.T
    dx[x <= 0] = 0      # relu of the previous layer
    return dx, dW, db
""",
        must=(
            "mask | relu | x > 0 | x <= 0 | x is negative | slope | zeroed | set to 0 | zero where | 0 where | "
            "zeros where"
        ),
        must_not="transpos",
    ),
)
