"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq1",
        "The rows of a a^T are summed: products with the other samples are in each goodness.",
        """
def eq1(a):
    K = a @ a.T          # inner products
    G = K.sum(axis=1)
    return G
""",
        must=(
            "other samples | other rows | other sample | cross | diagonal | between samples | between rows | Gram "
            "| a a^T | a @ a.T | inner products | depends on ... batch | rest of the batch | rows ... mixed | "
            "mixes"
        ),
        must_not="square root",
    ),
    Coding(
        "eq2",
        "Takes 'negative' to mean negative activations: only entries below 0 are squared and summed.",
        """
def eq2(a):
    G = np.zeros(a.shape[0])
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if a[i, j] < 0:
                G[i] += a[i, j] * a[i, j]
    return G
""",
        must=(
            "negative activ | negative entr | negative neuron | only... negative | a < 0 | below 0 | below zero | "
            "positive activ | positive entr | entries... positive | activations... positive | activations... "
            "negative | sign of... a | sign of... entr | whatever... sign"
        ),
    ),
    Coding(
        "eq2",
        (
            "The return stands inside the loop over rows, so only the first row's goodness is computed and the "
            "others stay 0."
        ),
        """
def eq2(a):
    N = a.shape[0]
    n = a.shape[1]
    G = np.zeros(N)
    for i in range(N):
        s = 0
        for j in range(n):
            s = s + a[i][j] * a[i][j]
        G[i] = s
        return G
""",
        must=(
            "first row | first sample | return... loop | early | too soon | other rows | remaining rows | later "
            "rows | rows after | rest of the rows | zero... rows | rows... 0 | rows... zero | row 0 | only one row"
        ),
    ),
    Coding(
        "eq2",
        "Mean of the squares instead of their sum.",
        """
def eq2(a):
    return np.square(a).mean(axis=-1)
""",
        must=(
            "the mean | a mean | mean of | mean instead | average | averag | divid | n times too small | 1/n | "
            "instead of ... sum | sum ... instead"
        ),
        must_not="root | sign",
    ),
    Coding(
        "eq2",
        "The square of the sum instead of the sum of the squares.",
        """
def eq2(a):
    G = np.zeros(a.shape[0])
    for i in range(a.shape[0]):
        tot = 0.0
        for j in range(a.shape[1]):
            tot += a[i, j]
        G[i] = tot ** 2
    return G
""",
        must=(
            "square of the sum | squared sum | sum ... then squared | sum is squared | squared after | squares the "
            "sum | summed before | sum before | sum first | sums first | added before | cross terms | cross "
            "products | order of ... squar | sum of the squares | sum of squares | squares ... summed"
        ),
        must_not="mean | square root",
    ),
    Coding(
        "eq3",
        "Averages the goodness first and takes the loss of the mean, instead of the mean of the losses.",
        """
def eq3(G, theta):
    N = G.shape[0]
    g = 0.0
    for i in range(N):
        g += G[i] / N
    return float(np.logaddexp(0, theta - g))
""",
        must=(
            "mean of G | mean of the goodness | mean goodness | loss of the mean | mean... before | mean... first "
            "| average... first | average... before | averaged... goodness | average... goodness | mean... after | "
            "mean of the losses | loss of each | each sample... loss | of the average"
        ),
    ),
    Coding(
        "eq3",
        "BCE-with-logits is fed with a probability: the sigmoid is applied twice.",
        """
def eq3(G, theta):
    sigmoid = lambda u: 0.5 * (1 + np.tanh(0.5 * u))
    p = sigmoid(G - theta)                       # probability of "positive"
    return np.logaddexp(0.0, -p).mean()          # binary_cross_entropy_with_logits(p, 1)
""",
        must=(
            "twice | second time | two times | double | applied to a prob | already a prob | extra sigmoid | "
            "sigmoid too | squash | sigmoid ... inside | sigmoid ... before | sigmoid ... already | sigmoid first "
            "| sigmoid of"
        ),
        must_not="sum",
    ),
    Coding(
        "eq3",
        "The exponent is clipped to +-50, so the loss stops growing.",
        """
def eq3(G, theta):
    u = theta - G
    u = np.clip(u, -50, 50)   # no overflow
    return float(np.mean(np.log(1 + np.exp(u))))
""",
        must=(
            "clip | cut off | capped | limited | saturat | stops growing | stops at 50 | never above | far below | "
            "far from theta | far from the threshold | large | 1000 away | bounded | overflow guard | grows "
            "linearly"
        ),
        must_not="sign | sum over the batch",
    ),
    Coding(
        "eq3_gradient",
        "Differentiates once too often: uses s (1 - s), the derivative of the sigmoid, in place of the sigmoid.",
        """
def eq3_gradient(G, theta):
    s = 0.5 * (1 + np.tanh(0.5 * (theta - G)))
    ds = s * (1 - s)
    return -ds / G.size
""",
        must=(
            "s (1 - s) | s(1 - s) | s(1-s) | (1 - s | 1 - s | derivative of... sigmoid | sigmoid's derivative | "
            "sigmoid's slope | slope of... sigmoid | second derivative | already the derivative | is itself the "
            "derivative | twice | once too | differentiat"
        ),
    ),
    Coding(
        "eq3_gradient",
        (
            "The sigmoid's argument is G - theta in the place of theta - G (taken over from Eq. (4), only the "
            "minus put before it)."
        ),
        """
def eq3_gradient(G, theta):
    N = len(G)
    dG = np.zeros(N)
    for i in range(N):
        u = G[i] - theta
        if u >= 0:
            s = 1 / (1 + np.exp(-u))
        else:
            s = np.exp(u) / (1 + np.exp(u))
        dG[i] = -s / N
    return dG
""",
        must=(
            "theta - G | G - theta | G minus theta | theta minus G | sigmoid... argument | argument... sigmoid | "
            "inside... sigmoid | inside the exp | exponent | 1 - sigm | Eq. (4) | saturat | interchanged | swapped "
            "| reversed"
        ),
        must_not="1/N | transpos",
    ),
    Coding(
        "eq3_gradient",
        "The derivative of the sigmoid, s (1 - s), in place of the sigmoid.",
        """
def eq3_gradient(G, theta):
    s = 0.5 * (1 + np.tanh(0.5 * (theta - G)))
    return -s * (1 - s) / G.size
""",
        must=(
            "sigmoid's derivative | derivative of the sigmoid | derivative of sigmoid | sigmoid's slope | slope of "
            "the sigmoid | second derivative | 1 - s | sigmoid ... derivative | 1 - sigmoid | differentiated twice "
            "| derivative ... twice | sigmoid' | p (1 - p) | p(1 - p)"
        ),
        must_not="sum over",
    ),
    Coding(
        "eq3_gradient",
        "sigmoid(G - theta) instead of sigmoid(theta - G): p instead of 1 - p.",
        """
def eq3_gradient(G, theta):
    p = np.exp(-np.logaddexp(0, theta - G))   # P(positive)
    return -p / len(G)
""",
        must=(
            "1 - p | 1 - sigmoid | complement | G - theta | theta - G | theta and G | G and theta | argument | "
            "other way | swapped | sign inside | reversed | inside the sigmoid | sign ... expon | expon ... sign | "
            "interchang | exchang | mirror"
        ),
        must_not="1/N | twice",
    ),
    Coding(
        "eq3_gradient",
        "1/(1 + exp(u)) without the inner exp(u): the sigmoid stands the wrong way round.",
        """
def eq3_gradient(G, theta):
    N = len(G)
    u = theta - G
    with np.errstate(over="ignore"):
        outer = 1 / (1 + np.exp(u))   # (log(1+q))' = 1/(1+q)
    inner = -1
    return outer * inner / N
""",
        must=(
            "inner derivative | chain rule | exp(u) | exp(theta | factor exp | numerator | G - theta | sigmoid of "
            "... instead | sigmoid ... wrong way | reversed | flipped | mirror | interchanged | swapped | 1 - "
            "sigmoid | sign inside | sign of ... argument | argument of the sigmoid | sigmoid's argument | 1 minus "
            "| theta - G"
        ),
        must_not="1/N | overflow",
    ),
)
