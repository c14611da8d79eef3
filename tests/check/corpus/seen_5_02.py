"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq3_gradient",
        "Divided by N - 1, as a sample variance is.",
        """
def eq3_gradient(G, theta):
    n = G.size
    s = 0.5 * (1 + np.tanh(0.5 * (theta - G)))
    return -s / (n - 1)
""",
        must=(
            "N - 1 | N-1 | n - 1 | (N - 1 | Bessel | degrees of freedom | N / (N | divided by N | 1/N | batch size "
            "| divisor | factor of the mean | divide by N | too large by | one sample"
        ),
        must_not="sign | sigmoid of G",
    ),
    Coding(
        "eq4",
        "Divides each sample's loss by N in the loop and the sum by N again.",
        """
def eq4(G, theta):
    N = G.shape[0]
    loss = 0.0
    for i in range(N):
        u = G[i] - theta
        l = max(u, 0) + np.log1p(np.exp(-abs(u)))
        loss += l / N
    loss = loss / N
    return loss
""",
        must=(
            "twice | N^2 | N² | N**2 | N squared | divided... again | again... N | second... N | N * N | N N | two "
            "times | double | too many... N | once more"
        ),
        must_not="sign",
    ),
    Coding(
        "eq4",
        "Divides by 2N, as if positive and negative data were one concatenated batch: half the loss.",
        """
def eq4(G, theta):
    # softplus(cat([theta - G_pos, G_neg - theta])).mean(), the negative part of it
    return np.logaddexp(0, G - theta).sum() / (2 * G.shape[0])
""",
        must=(
            "half | halv | 2 N | 2N | 2 * N | factor 2 | factor of 2 | factor 1/2 | twice | 0.5 | two times | "
            "divided by 2"
        ),
        must_not="overflow | theta - G",
    ),
    Coding(
        "eq4",
        "Binary cross-entropy with 1e-8 in the logarithm: the loss stops at 18.",
        """
def eq4(G, theta):
    prob = 0.5 * (1 + np.tanh(0.5 * (G - theta)))   # P(positive)
    return float(-np.mean(np.log(1 - prob + 1e-8)))
""",
        must=(
            "1e-8 | epsilon | saturat | capped | stops growing | stops at | 18 | far above | far from theta | far "
            "from the threshold | large | 1000 away | bounded | constant in the log | added in the log | inside "
            "the log | limit | clip"
        ),
        must_not="sign",
    ),
    Coding(
        "eq4_gradient",
        "A hard step, 1/N where G > theta and else 0, in the place of the sigmoid.",
        """
def eq4_gradient(G, theta):
    N = len(G)
    dG = np.zeros(N)
    for i in range(N):
        # loss goes up with slope 1 above the threshold, below it there is no loss
        if G[i] > theta:
            dG[i] = 1.0 / N
    return dG
""",
        must=(
            "step | hinge | hard | max(0 | 0 or 1 | 0 and 1 | 0 or 1/N | smooth | relu | heaviside | G > theta | "
            "above theta | above the threshold | only two values | all or nothing"
        ),
    ),
    Coding(
        "eq4_gradient",
        "p - 1 instead of p - 0: the target of positive data, so it is Eq. (3)'s gradient.",
        """
def eq4_gradient(G, theta):
    p = 0.5 * (1 + np.tanh(0.5 * (G - theta)))
    target = np.ones_like(G)
    return (p - target) / G.shape[0]
""",
        must=(
            "positive data | Eq. (3) | eq3 | eq. 3 | minus 1 | subtracted | 1 is ... off | 1 too small | target | "
            "label | 1 - sigmoid | p - 1 | complement | sigmoid(theta - G) | theta - G | taken off"
        ),
        must_not="1/N | sum",
    ),
    Coding(
        "eq4_gradient",
        "tanh identity without the inner half: sigmoid(2 (G - theta)).",
        """
def eq4_gradient(G, theta):
    sigmoid = lambda u: (1 + np.tanh(u)) / 2
    return sigmoid(G - theta) / len(G)
""",
        must=(
            "tanh | 2 (G | 2 * (G | 2(G | twice | factor 2 | factor of 2 | half | 0.5 | steep | doubled | two "
            "times | G - theta ... 2"
        ),
        must_not="sign | theta - G",
    ),
    Coding(
        "eq4_gradient",
        "The sigmoid of the mean goodness, one number for all samples.",
        """
def eq4_gradient(G, theta):
    N = G.shape[0]
    m = np.mean(G)
    s = 0.5 * (1 + np.tanh((m - theta) / 2))
    return np.full(N, s / N)
""",
        must=(
            "mean goodness | mean of the goodness | mean of G | average goodness | own goodness | its own | each "
            "sample | every sample | per sample | all ... the same | same number | same for all | same gradient | "
            "one number for | equal for all | identical | constant over"
        ),
        must_not="sign | overflow",
    ),
    Coding(
        "eq4_gradient",
        "A step 0 or 1 at the threshold instead of the sigmoid.",
        """
def eq4_gradient(G, theta):
    N = G.shape[0]
    dG = np.zeros(N)
    dG[G > theta] = 1.0 / N
    return dG
""",
        must=(
            "step | hinge | 0 or 1 | hard | smooth | instead of the sigmoid | instead of a sigmoid | sigmoid is "
            "missing | sigmoid missing | no sigmoid | without ... sigmoid | below theta ... 0 | below the "
            "threshold | relu | either 0 or | indicator | Heaviside | kink | jump"
        ),
        must_not="overflow | sign",
    ),
    Coding(
        "eq5",
        (
            "The sum is set to 0 once per sample instead of once per class, so each class's score contains those "
            "of the classes before."
        ),
        """
def eq5(a, M):
    N, n = a.shape
    m = M.shape[0]
    G = np.zeros((N, m))
    for i in range(N):
        s = 0.0
        for c in range(m):
            for j in range(n):
                s += a[i, j] * M[c, j]
            G[i, c] = s
    return G
""",
        must=(
            "cumul | reset | carried over | carries | running | earlier class | classes before | previous class | "
            "class before | accumul | prefix | lower class | first class | class 0 | column 0 | first column | "
            "columns before | adds up... class"
        ),
    ),
    Coding(
        "eq5",
        "The batch mean of each neuron is taken off the activations first.",
        """
def eq5(a, M):
    a = a - a.mean(axis=0, keepdims=True)
    return a @ M.T
""",
        must=(
            "mean ... taken off | mean ... subtract | subtract | centr | center | batch mean | mean of the batch | "
            "minus the mean | minus ... mean | other samples | other rows | batch norm | column mean | mean of "
            "each"
        ),
        must_not="sqrt | transpos",
    ),
    Coding(
        "eq5",
        "Attention habit: the scores are divided by sqrt(n).",
        """
def eq5(a, M):
    return np.einsum("nj,cj->nc", a, M) / np.sqrt(M.shape[1])
""",
        must="sqrt | square root | root of n | scale | divid | constant factor | too small by | factor",
        must_not="transpos | softmax",
    ),
    Coding(
        "eq5",
        "The batch mean of the activations is subtracted before the projection.",
        """
def eq5(a, M):
    ac = a - a.mean(axis=0)      # centre, like for PCA scores
    G = np.zeros((a.shape[0], M.shape[0]))
    for k in range(M.shape[0]):
        G[:, k] = ac @ M[k]
    return G
""",
        must=(
            "centr | centered | batch mean | mean of the batch | mean over the batch | mean ... subtract | "
            "subtract ... mean | minus ... mean | column mean | mean of each | other samples | other rows | rest "
            "of the batch | offset | mean activ | mean is taken"
        ),
        must_not="transpos",
    ),
)
