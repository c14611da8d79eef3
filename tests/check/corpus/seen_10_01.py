"""Mistakes of two authors who wrote after the last change."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq3_gradient",
        "The inner derivative exp(u) is forgotten: 1 / (1 + exp(u)) instead of exp(u) / (1 + exp(u)).",
        """
def eq3_gradient(G, theta):
    N = len(G)
    dG = np.zeros(N)
    for i in range(N):
        u = theta - G[i]
        u = min(u, 700)
        inner = 1 + np.exp(u)
        dG[i] = -1 / inner       # derivative of log is 1 / inner
    return dG / N
""",
        must=(
            "inner derivative | chain rule | exp(u) | exp(theta - G) | numerator | 1 - sigmoid | sigmoid(G - "
            "theta) | sigmoid of G - theta | exponent | argument | complement | swapped | mirrored | theta - G | "
            "flipped | reversed | the wrong way"
        ),
    ),
    Coding(
        "eq4_gradient",
        "The slope s (1 - s) of the sigmoid is returned in place of the sigmoid.",
        """
def eq4_gradient(G, theta):
    u = np.clip(G - theta, -500, 500)
    s = 1 / (1 + np.exp(-u))
    ds = s * (1 - s)         # derivative of the sigmoid
    dG = ds / G.shape[0]
    return dG
""",
        must=(
            "s (1 - s) | s * (1 - s) | s(1 - s) | 1 - s | 1 - sigmoid | (1 - sigmoid | slope of the sigmoid | "
            "derivative of the sigmoid | sigmoid's derivative | sigmoid's slope | second derivative | "
            "derivative...twice | differentiated | one derivative too | softplus | sigmoid itself"
        ),
        must_not="theta - G",
    ),
    Coding(
        "eq5",
        "Scales each class vector to unit length, so the score is a projection length and not a product.",
        """
def eq5(a, M):
    # project on the direction of each class
    U = M / np.linalg.norm(M, axis=1, keepdims=True)
    return a @ U.T
""",
        must="norm | unit | length | cosine | direction | scaled | rescal | divided by | magnitude",
        must_not="transpos | axis",
    ),
    Coding(
        "eq5",
        "M is reshaped to (n, m) and not transposed.",
        """
def eq5(a, M):
    m = M.shape[0]
    n = M.shape[1]
    M2 = M.reshape(n, m)     # else: matmul mismatch
    return np.dot(a, M2)
""",
        must="reshap | transpos | scrambl | M.T | order of its numbers | mixes | mixed up | rearrang",
    ),
    Coding(
        "eq5",
        "The activations are squared, as in Forward-Forward's goodness.",
        """
def eq5(a, M):
    N, m = a.shape[0], M.shape[0]
    G = np.zeros((N, m))
    for i in range(N):
        for c in range(m):
            for j in range(a.shape[1]):
                G[i, c] += M[c, j] * a[i, j] ** 2
    return G
""",
        must="squar | a * a | a**2 | a ** 2 | a^2 | Eq. (1) | forward-forward | linear in a",
        must_not="transpos | reshap",
    ),
    Coding(
        "eq7",
        "Masks by the sign of the incoming gradient da and not of z.",
        """
def eq7(x, z, M, dG):
    da = dG @ M
    dz = np.maximum(da, 0)     # ReLU
    return x.T @ dz
""",
        must=(
            "da > 0 | da... instead of z | sign of da | relu(da) | relu of the gradient | relu to the gradient | "
            "relu... gradient | relu... error | relu on da | relu... da | negative gradient | gradient's sign | "
            "sign of the gradient | mask... z | z > 0 | by z | z is never | z... ignored | guided | negative error "
            "| clip"
        ),
        must_not="1/N",
    ),
    Coding(
        "eq7",
        "Multiplies by the activation relu(z) and not by its derivative.",
        """
def eq7(x, z, M, dG):
    a = np.where(z > 0, z, 0)
    dz = (dG @ M) * a          # chain rule: dG/da * da/dz
    return np.matmul(x.transpose(), dz)
""",
        must=(
            "indicator | by the activation | by a | relu(z) | relu itself | value of... relu | slope | derivative "
            "| 0 or 1 | z > 0 | by z | activation instead"
        ),
        must_not="1/N",
    ),
    Coding(
        "eq7",
        "dW is overwritten for each sample, so only the last sample counts.",
        """
def eq7(x, z, M, dG):
    for i in range(x.shape[0]):
        da = dG[i] @ M
        dz = da * (z[i] > 0)
        dW = np.outer(x[i], dz)
    return dW
""",
        must=(
            "last sample | last row | overwrit | accumulat | add up | added up | sum over | summed | += | other "
            "samples | only one sample | final sample | replaced | single sample"
        ),
        must_not="transpos",
    ),
    Coding(
        "dense_forward",
        "Adds the sum of all biases to each neuron.",
        """
def dense_forward(x, W, b):
    N, H = len(x), W.shape[1]
    z = np.zeros((N, H))
    for i in range(N):
        z[i] = x[i] @ W + np.ones(H) @ b
    return z
""",
        must=(
            "sum... bias | sum of b | sum(b | b... summed | bias... summed | same bias | one number | same number "
            "| each neuron | own bias | its own | all biases | total | scalar"
        ),
        must_not="transpos",
    ),
    Coding(
        "dense_forward",
        "The column of ones stands last in the design matrix but the bias first in the coefficients.",
        """
def dense_forward(x, W, b):
    # design matrix with an intercept
    X1 = np.hstack([x, np.ones((x.shape[0], 1))])
    B = np.vstack([b, W])
    return X1 @ B
""",
        must=(
            "order | column of ones | ones column | ones | intercept | first row | last row | misalign | aligned | "
            "shifted | rolled | bias... feature | bias... input | bias... multiplied | bias... x | weights... "
            "shift | row of W | rows of W | stack | concat"
        ),
        must_not="mean",
    ),
    Coding(
        "dense_forward",
        (
            "np.repeat and reshape give each neuron another neuron's bias: it should be a tile, the same row b for "
            "each sample."
        ),
        """
def dense_forward(x, W, b):
    N = x.shape[0]
    H = W.shape[1]
    bias = np.repeat(b, N).reshape(N, H)
    z = np.dot(x, W) + bias
    return z
""",
        must=(
            "repeat | tile | bias...row | bias...order | bias...reshap | bias...wrong | bias...scrambl | another "
            "neuron | other neuron | wrong neuron | wrong column | same bias | bias...column | b...each row | "
            "bias...each sample | bias...every sample | bias...mixed | bias...neuron | b[j]"
        ),
    ),
    Coding(
        "dense_backward",
        "dx is computed with the gradient dW in the place of the weights W.",
        """
def dense_backward(x, W, dz):
    dW = x.T @ dz
    db = np.sum(dz, axis=0)
    dx = np.zeros_like(x)
    for i in range(len(x)):
        dx[i] = dW @ dz[i]
    return dx, dW, db
""",
        must=(
            "dW.T | dW instead | dW in place | dW in the place | gradient dW | uses dW | with dW | weight gradient "
            "| weights' gradient | gradient of the weights | weights themselves | W itself | W.T | by dW | W "
            "instead | W is missing | without W | does not use W | W has no"
        ),
    ),
    Coding(
        "relu_backward",
        "Multiplies by sign(z), so negative pre-activations get the negated gradient and not 0.",
        """
def relu_backward(z, da):
    # derivative: 1 where active
    return np.sign(z) * da
""",
        must=(
            "sign(z) | sign of z | sign function | -1 | - 1 | minus one | negat | minus da | -da | - da | absolute "
            "| |z| | abs"
        ),
        must_not="z = 0 only",
    ),
)
