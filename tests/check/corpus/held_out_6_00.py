"""Mistakes of an eighth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "The running maximum is not reset for each row, so a row below an earlier large row underflows to 0/0.",
        """
def softmax(scores):
    N, m = scores.shape
    p = np.zeros((N, m))
    big = -np.inf
    for i in range(N):
        for c in range(m):
            if scores[i, c] > big:
                big = scores[i, c]
        total = 0.0
        for c in range(m):
            p[i, c] = np.exp(scores[i, c] - big)
            total += p[i, c]
        for c in range(m):
            p[i, c] /= total
    return p
""",
        must=(
            "own max | own largest | row's max | row's largest | max...each row | largest...each row | "
            "largest...of its row | max...of its row | each row...max | each row...largest | whole batch | whole "
            "array | all rows | other row | another row | earlier row | global max | underflow | 0/0 | 0 / 0"
        ),
    ),
    Coding(
        "eq6_gradient",
        (
            "The softmax is differentiated like a sigmoid, p(1-p), entry by entry: the off-diagonal terms of its "
            "Jacobian are lost, so wrong classes get 0."
        ),
        """
def eq6_gradient(G, y):
    N, m = G.shape
    p = equations.softmax(G)
    Y = np.eye(m)[y]
    dp = -Y / (p + 1e-15)          # dL/dp
    return dp * p * (1 - p) / N    # softmax'(G) = p (1 - p)
""",
        must=(
            "jacobian | off-diagonal | diagonal | other classes | wrong classes | false classes | only...true "
            "class | only the true | only...label | sum...row...0 | rows...sum | sigmoid | p (1 - p) | p(1-p) | p "
            "* (1 - p) | 1 - p | classes...do not get"
        ),
    ),
    Coding(
        "eq1",
        (
            "The running total is not set back to 0 for each row, so a row's goodness includes that of all rows "
            "before it."
        ),
        """
def eq1(a):
    N, n = a.shape
    G = np.zeros(N)
    total = 0.0
    for i in range(N):
        for j in range(n):
            total += a[i, j] ** 2
        G[i] = total
    return G
""",
        must=(
            "cumul | running | reset | set back | earlier row | previous row | rows before | preceding | rows "
            "above | accumul | adds up...rows | carried | row before | other rows"
        ),
    ),
    Coding(
        "eq2",
        "The loop over the neurons starts at 1 (a MATLAB habit), so the first neuron is left out.",
        """
def eq2(a):
    N, n = a.shape
    G = np.zeros(N)
    for i in range(N):
        for j in range(1, n):
            G[i] = G[i] + a[i, j] * a[i, j]
    return G
""",
        must=(
            "first neuron | first activ | first column | first entr | neuron 0 | column 0 | j = 0 | starts at 1 | "
            "from 1 | index 0 | skip | left out | leaves out | off by one | [:, 1:] | one neuron | all but | all "
            "neurons"
        ),
    ),
    Coding(
        "eq3",
        "-log(sigmoid + 1e-7): the epsilon caps the loss at 16, so a goodness far below theta costs too little.",
        """
def eq3(G, theta):
    p = 0.5 * (1 + np.tanh(0.5 * (G - theta)))
    return float(np.mean(-np.log(p + 1e-7)))
""",
        must=(
            "epsilon | 1e-7 | cap | bounded | limit | small constant | constant...log | clip | saturat | far below "
            "| far from | large...theta - G | at most | log of the sigmoid | log(sigmoid | log sigmoid | "
            "sigmoid...log"
        ),
        must_not="sign",
    ),
    Coding(
        "eq3_gradient",
        "The mean is taken over the gradient too, so one number comes back instead of one for each sample.",
        """
def eq3_gradient(G, theta):
    # L = mean(log(1 + exp(theta - G)))
    dL = -1.0 / (1.0 + np.exp(np.minimum(G - theta, 700)))
    return np.mean(dL)
""",
        must=(
            "scalar | one number | single number | one for each | for each sample | for each row | each sample | "
            "per sample | mean of the gradient | averag | (N,) | mean...over...batch | mean() | np.mean"
        ),
    ),
    Coding(
        "eq4",
        "The stable form of the softplus has lost its max(u, 0): only log(1 + exp(-|u|)) is left.",
        """
def eq4(G, theta):
    u = G - theta
    return float(np.mean(np.log1p(np.exp(-np.abs(u)))))
""",
        must=(
            "max(u | max( | maximum | |u| | |G | abs | absolute | lost...term | missing...term | term...missing | "
            "linear | symmetric | above theta | G > theta | larger than theta | greater than theta | both sides | "
            "stable form | tends to 0 | goes to 0 | large goodness"
        ),
    ),
    Coding(
        "eq5",
        "The activations are squared first, as in Forward-Forward's goodness; Eq. (5) is linear in a.",
        """
def eq5(a, M):
    goodness = a ** 2              # Eq. (1)
    return np.einsum('ij,cj->ic', goodness, M)
""",
        must=(
            "square | a^2 | a**2 | a * a | a ** 2 | Eq. (1) | forward-forward | linear | quadratic | twice a | power"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq7",
        "The error is multiplied by a = relu(z) itself instead of by the ReLU's slope, 0 or 1.",
        """
def eq7(x, z, M, dG):
    relu = lambda v: np.maximum(v, 0)
    return np.einsum('nd,nh->dh', x, (dG @ M) * relu(z))
""",
        must=(
            "slope | 0 or 1 | relu(z) | relu's value | value of the relu | value of relu | activation...instead | "
            "by a | times a | * a | activation itself | activations themselves | derivative of the relu | "
            "derivative of relu | relu's derivative | z > 0 | max(z | size of z"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq8",
        "In the loop over the samples = stands for +=, so only the last sample counts.",
        """
def eq8(a, dG):
    dM = np.zeros((dG.shape[1], a.shape[1]))
    for n in range(a.shape[0]):
        dM = np.outer(dG[n], a[n])
    return dM
""",
        must=(
            "last sample | last row | only the last | += | overwrit | overwrite | sum over the | not added | added "
            "up | accumul | one sample | single sample | [-1] | all samples | every sample"
        ),
        must_not="transpos | divid",
    ),
    Coding(
        "dense_forward",
        "The bias is added inside the innermost loop, D times instead of once.",
        """
def dense_forward(x, W, b):
    N, D = x.shape
    H = W.shape[1]
    z = np.zeros((N, H))
    for i in range(N):
        for k in range(H):
            for d in range(D):
                z[i, k] += x[i, d] * W[d, k] + b[k]
    return z
""",
        must=(
            "D times | bias...times | b...times | once | D b | D * b | times...bias | inner loop | inside the loop "
            "| bias...feature | bias...too large | too often | many times | multiple | bias...several"
        ),
        must_not="transpos | forgot",
    ),
    Coding(
        "dense_backward",
        "The gradient of an L2 penalty is left in dW (cs231n's reg * W), which this loss does not have.",
        """
def dense_backward(x, W, dz):
    reg = 1e-2
    dx = dz.dot(W.T)
    dW = x.T.dot(dz)
    dW += reg * W
    db = np.sum(dz, axis=0)
    return dx, dW, db
""",
        must=(
            "L2 | regular | penalty | weight decay | decay | reg | multiple of W | times W | * W | proportional to "
            "W | W itself | weights themselves | part of W | some W"
        ),
        must_not="transpos",
    ),
    Coding(
        "col2im",
        "x[:, p:-p, p:-p] is empty where the padding is 0.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    N, H, W, C = x_shape
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    cols = cols.reshape(N, OH, OW, KH, KW, C)
    x = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    for i in range(OH):
        for j in range(OW):
            x[:, i * stride:i * stride + KH, j * stride:j * stride + KW, :] += cols[:, i, j]
    return x[:, padding:-padding, padding:-padding, :]
""",
        must=(
            "padding 0 | padding is 0 | padding = 0 | padding=0 | without padding | no padding | empty | -0 | 0:-0 "
            "| -padding | :-p | zero padding | padding of 0 | slice"
        ),
    ),
)
