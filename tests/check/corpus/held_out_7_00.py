"""Mistakes of a ninth and a tenth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "The maximum is taken off inside the log-sum-exp and never added back, so each row is scaled by exp(max).",
        """
def softmax(scores):
    # as jax.nn: p = exp(scores - logsumexp(scores))
    top = scores.max(axis=1, keepdims=True)
    lse = np.log(np.exp(scores - top).sum(axis=1, keepdims=True))
    return np.exp(scores - lse)
""",
        must=(
            "max | largest score | largest entry | shift | add...back | added back | subtract | taken off | "
            "log-sum | logsum | log sum | sum to | sums to | sum is | row sums | rows sum | unnormali | numerator "
            "| denominator | normaliser | normalizer"
        ),
        must_not="axis | column | batch",
    ),
    Coding(
        "softmax",
        (
            "Scores are treated as energies: the Boltzmann factor is exp(-score), so the largest score gets the "
            "smallest probability."
        ),
        """
def softmax(scores):
    # Boltzmann distribution with k_B T = 1, scores as energies; shift so that the ground state is 0
    E = scores - scores.min(axis=1, keepdims=True)
    boltz = np.exp(-E)
    Z = boltz.sum(axis=1, keepdims=True)
    return boltz / Z
""",
        must=(
            "exp(-... | negat | minus sign | sign of | wrong sign | opposite sign | reversed | largest score... "
            "smallest | largest score... least | smallest score... | lowest score... | inverted | softmax(-scores "
            "| the sign | larger score... less | higher score... lower | higher score... smaller"
        ),
        must_not="axis | transpos | overflow",
    ),
    Coding(
        "eq6",
        "Binary cross-entropy: it also adds log(1 - p) of all the wrong classes.",
        """
def eq6(G, y):
    shifted = G - G.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    t = equations.one_hot(y, G.shape[1], G.dtype)
    # y_c is a binary indicator, so both outcomes count
    L = -(t * log_p + (1 - t) * np.log(1 - np.exp(log_p) + 1e-12))
    return L.sum() / G.shape[0]
""",
        must=(
            "binary | 1 - p | 1-p | log(1 | wrong classes | other classes | false classes | Bernoulli | BCE | "
            "two-class | sigmoid cross | not only the true | also counts | extra term"
        ),
        must_not="axis | sign | label from 1",
    ),
    Coding(
        "eq6_gradient",
        (
            "Only the entry of the label is divided by N: p itself keeps its full size, the 1/N reaches the "
            "one-hot part alone."
        ),
        """
def eq6_gradient(G, y):
    N = G.shape[0]
    dG = equations.softmax(G)
    for n in range(N):
        dG[n, y[n]] -= 1.0 / N
    return dG
""",
        must=(
            "1/N | 1 / N | divided by N | division by N | divide...N | mean...only | mean...label | mean...one-hot "
            "| only...mean | p is...N | only the label | label alone | only...one-hot | only the true | part of "
            "the gradient | p - y | probabilities...N | one-hot part | only y | one-hot...only | sum to | sums to "
            "| rows sum | row sums"
        ),
        must_not="sigmoid | jacobian",
    ),
    Coding(
        "eq6_gradient",
        (
            "Only the diagonal of softmax's Jacobian is used: the chain rule -y/p * p(1-p) leaves out the cross "
            "terms of the other classes."
        ),
        """
def eq6_gradient(G, y):
    N, m = G.shape
    p = equations.softmax(G)
    t = np.eye(m)[y]
    dL_dp = -t / np.maximum(p, 1e-300)
    dp_dG = p * (1 - p)                 # derivative of the activation
    return dL_dp * dp_dG / N
""",
        must=(
            "diagonal | jacobian | cross term | cross-term | off-diagonal | off diagonal | other classes | wrong "
            "classes...0 | false classes | p (1 - p) | p(1-p) | p*(1-p) | p * (1 - p) | sigmoid | only...true "
            "class | only...label | true class only | only the true | remaining classes | classes that are"
        ),
        must_not="batch | twice",
    ),
    Coding(
        "eq1",
        "The activations are centred at their row's mean before they are squared: a variance, not a sum of squares.",
        """
def eq1(a):
    # sum of squares, SS = sum (a - mean)^2
    centred = a - a.mean(axis=1, keepdims=True)
    return (centred ** 2).sum(axis=1)
""",
        must=(
            "centr | center | centered | varianc | mean is subtracted | minus the mean | minus its mean | minus "
            "their mean | mean...subtract | subtract...mean | mean...taken off | mean...removed | remove...mean | "
            "deviation | spread"
        ),
        must_not="sqrt | root",
    ),
    Coding(
        "eq1",
        (
            "The whole Gram matrix a a^T is summed over a row, so products with the other samples are added to the "
            "sample's own square."
        ),
        """
def eq1(a):
    gram = a @ a.T           # (N, N), a_i . a_j
    return gram.sum(axis=1)
""",
        must=(
            "other samples | other rows | rest of the batch | gram | diagonal | across samples | across the batch "
            "| between samples | mix | depend...batch | cross term | cross product | cross-product | products of "
            "different | every other | different samples | different rows | all samples | all rows | whole batch | "
            "a a^T | a @ a.T | dot product"
        ),
        must_not="sqrt | root | mean",
    ),
    Coding(
        "eq3",
        "The low-temperature limit: a hinge max(0, theta - G) instead of the softplus.",
        """
def eq3(G, theta):
    gap = theta - G
    loss = 0.0
    for u in gap:
        if u > 0:
            loss += u
    return loss / len(G)
""",
        must=(
            "hinge | max(0 | max(theta | maximum | relu | smooth | kink | softplus | log(1 | clipped | cut off at "
            "0 | linear part | without the log | no log | logarithm | 0 where | zero where"
        ),
        must_not="sum instead of | theta has the wrong sign | sigmoid",
    ),
    Coding(
        "eq3_gradient",
        "The goodness is averaged over the batch first, so every sample gets the same gradient.",
        """
def eq3_gradient(G, theta):
    N = len(G)
    G_bar = np.mean(G)                       # the loss is the mean over the batch
    g = -0.5 * (1 - np.tanh(0.5 * (G_bar - theta))) / N
    return np.full(N, g, dtype=G.dtype)
""",
        must=(
            "mean goodness | mean of G | mean of the goodness | mean G | average goodness | averaged goodness | "
            "average of the goodness | averaged first | averages first | same for all | same for every | same "
            "gradient | same number | all equal | all the same | one number | every sample gets | each sample's "
            "own | own goodness | constant | before the sigmoid | G.mean"
        ),
        must_not="sign | 1/N is missing | N twice",
    ),
    Coding(
        "eq4",
        "theta is taken off the loss, softplus(G) - theta, rather than off the goodness inside it.",
        """
def eq4(G, theta):
    softplus = np.maximum(G, 0) + np.log1p(np.exp(-np.abs(G)))
    return float((softplus - theta).mean())
""",
        must="theta | threshold",
        also=(
            (
                "outside | after | loss - theta | minus theta | subtract | taken off | from the loss | off the "
                "loss | inside | place | shift | offset | constant | negative loss | below 0 | below zero | "
                "softplus(G) | log(1 + exp(G)) | argument | too late | missing from | without"
            ),
        ),
        must_not="mean | overflow",
    ),
    Coding(
        "eq4",
        "The distance |G - theta| from the threshold, so goodness far below theta is punished too.",
        """
def eq4(G, theta):
    d = np.abs(G - theta)
    return np.mean(d + np.log1p(np.exp(-d)))
""",
        must=(
            "abs | |G | distance | absolut | symmetric | both sides | below theta | below the threshold | under "
            "theta | under the threshold | magnitude | either side | sign of G - theta is lost | far from theta"
        ),
        must_not="sum instead | sigmoid | theta is missing",
    ),
    Coding(
        "eq4_gradient",
        (
            "A softmax over the batch in place of a sigmoid of each sample: every sample's gradient depends on all "
            "others."
        ),
        """
def eq4_gradient(G, theta):
    N = G.shape[0]
    e = np.exp((G - theta) - (G - theta).max())
    s = e / e.sum()
    return s / N
""",
        must=(
            "softmax | no sigmoid | instead of the sigmoid | instead of a sigmoid | in place of the sigmoid | own "
            "sigmoid | sigmoid of each | other samples | rest of the batch | sum over the batch | summed over the "
            "batch | across the batch | across samples | over the batch | whole batch | depend...batch | "
            "depend...other | normali | theta cancel | theta drops | independent of theta | theta has no | compete "
            "| sum to"
        ),
        must_not="sign",
    ),
    Coding(
        "eq5",
        "Forward-Forward's squares are kept: the squared activations are projected.",
        """
def eq5(a, M):
    g = a ** 2              # goodness of each neuron, as in (1)
    return g @ M.T
""",
        must="squar | a^2 | a**2 | a * a | a*a | a ** 2",
        must_not="transpos | softmax | relu",
    ),
)
