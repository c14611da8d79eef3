"""Mistakes of two authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "Takes the largest score of the whole array off, so a row far below it underflows to 0/0.",
        """
def softmax(scores):
    # stabilise: subtract the maximum, as in logsumexp
    e = np.exp(scores - scores.max())
    return e / e.sum(axis=1, keepdims=True)
""",
        must=(
            "max... whole | global max | largest... whole | largest... all | each row... max | row's... max | "
            "row's... largest | its own max | its own largest | underflow | 0/0 | 0 / 0 | max... all rows | "
            "largest... batch | per row | other rows | row... depends on"
        ),
        must_not="transpos",
    ),
    Coding(
        "softmax",
        (
            "Each exponential is divided by the sum of the exponentials so far, because the division stands in the "
            "loop that adds the total up."
        ),
        """
def softmax(scores):
    p = np.zeros(scores.shape)
    for i in range(scores.shape[0]):
        biggest = max(scores[i])
        total = 0.0
        for j in range(scores.shape[1]):
            e = np.exp(scores[i, j] - biggest)
            total = total + e
            p[i, j] = e / total
    return p
""",
        must=(
            "running | partial | cumulat | cumsum | so far | incomplete | unfinished | accumulat | up to that | "
            "later classes | before the sum is | before the total is | earlier classes"
        ),
    ),
    Coding(
        "softmax",
        (
            "The total is set to 0 once, before the loop over the rows, so each row is divided by the sum of all "
            "rows up to it."
        ),
        """
def softmax(scores):
    N, m = scores.shape
    p = np.zeros((N, m))
    total = 0.0
    for i in range(N):
        row = scores[i] - np.max(scores[i])
        for j in range(m):
            total = total + np.exp(row[j])
        for j in range(m):
            p[i, j] = np.exp(row[j]) / total
    return p
""",
        must=(
            "reset | rows before | previous row | earlier row | rows above | accumulat | running | carried | "
            "carries over | set back to 0 | set to 0 | cumulat | other rows"
        ),
    ),
    Coding(
        "eq6",
        "Uses the Bernoulli likelihood of every class (binary cross-entropy) instead of the multinomial one.",
        """
def eq6(G, y):
    N, m = G.shape
    s = G - G.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    p = np.minimum(np.exp(logp), 1 - 1e-15)
    Y = (y[:, None] == np.arange(m)).astype(float)
    # log likelihood of the 0/1 indicators
    ll = Y * logp + (1 - Y) * np.log1p(-p)
    return float(-ll.sum(axis=1).mean())
""",
        must=(
            "binary | bernoulli | 1 - p | 1 - y | (1-y) | other classes | wrong classes | false classes | second "
            "term | additional term | extra term | multi-label | true class only | only the true class"
        ),
        must_not="overflow",
    ),
    Coding(
        "eq6",
        "The division by N is inside the loop, so the sum is divided again for each sample.",
        """
def eq6(G, y):
    N = G.shape[0]
    loss = 0.0
    for i in range(N):
        g = G[i] - G[i].max()
        log_p = g - np.log(np.sum(np.exp(g)))
        loss = loss - log_p[y[i]]
        loss = loss / N
    return loss
""",
        must=(
            "inside the loop | in the loop | indent | each pass | every pass | each iteration | every iteration | "
            "repeatedly | again and again | after the loop | N times | each sample divides | divi...more than once "
            "| last sample | after each sample | unequal"
        ),
    ),
    Coding(
        "eq6_gradient",
        "Divides by N - 1 (degrees of freedom) where the mean has N.",
        """
def eq6_gradient(G, y):
    N, m = G.shape
    Y = np.eye(m, dtype=G.dtype)[y]
    # averaged residuals
    return (equations.softmax(G) - Y) / (N - 1)
""",
        must=(
            "N - 1 | N-1 | N / (N | bessel | degrees of freedom | divided by N | division by N | 1/N | one too few "
            "| batch size"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq6_gradient",
        "Multiplies p - y by the variance p (1 - p), as if the slope of softmax had to be chained once more.",
        """
def eq6_gradient(G, y):
    N, m = G.shape
    p = equations.softmax(G)
    Y = np.zeros((N, m)); Y[np.arange(N), y] = 1
    resid = p - Y
    var = p * (1 - p)               # dp/dG
    return resid * var / N
""",
        must=(
            "p (1 - p) | p * (1 | p(1 | p(1-p) | (1 - p) | jacobian | slope of... softmax | derivative of... "
            "softmax | softmax's derivative | softmax's slope | sigmoid | variance | chain... again | chain... "
            "twice | squared error | extra factor | already"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq1",
        "Squares the sum of the activations instead of summing the squares.",
        """
def eq1(a):
    total = a @ np.ones(a.shape[1])
    return total ** 2
""",
        must=(
            "square of the sum | squares the sum | squared sum | sum... then squar | sum... before squar | sums "
            "first | sum first | squar... after | squar... before | sum... squared | square each | squares... "
            "summed | order of squar | cross terms | cancel"
        ),
        must_not="mean",
    ),
    Coding(
        "eq1",
        "The last neuron is left out of the sum.",
        """
def eq1(a):
    N = a.shape[0]
    n = a.shape[1]
    G = np.zeros(N)
    for i in range(N):
        for j in range(0, n - 1):
            G[i] = G[i] + a[i][j] ** 2
    return G
""",
        must=(
            "last neuron | last column | last activation | last entry | last unit | one neuron too few | n - 1 | "
            "off by one | one short | final column | final neuron | final activation | last of | too few"
        ),
    ),
    Coding(
        "eq2",
        (
            "The goodness of negative data is taken for 1 minus that of positive data; the formula is the same sum "
            "of squares."
        ),
        """
def eq2(a):
    pos = np.sum(a ** 2, axis=1)
    neg = 1 - pos
    return neg
""",
        must=(
            "1 - | 1 minus | one minus | complement | minus sign | subtract | negated | same formula | same as Eq. "
            "(1) | as in Eq. (1) | probability | opposite | sign"
        ),
    ),
    Coding(
        "eq3",
        "theta - G is clipped to 50, so losses of samples far away from theta are too small.",
        """
def eq3(G, theta):
    total = 0.0
    for g in G:
        u = theta - g
        if u > 50:       # else exp overflows
            u = 50
        total = total + np.log(1 + np.exp(u))
    return total / len(G)
""",
        must=(
            "clip | capped | cap | limit | saturat | cut off | cuts off | linear | far from theta | far below | 50 "
            "| grow | bounded | upper bound | levels off | large...theta"
        ),
    ),
    Coding(
        "eq3_gradient",
        "Uses the complementary probability: sigmoid(G - theta) in place of sigmoid(theta - G).",
        """
def eq3_gradient(G, theta):
    # P(positive) under the logistic model
    p = 0.5 * (1 + np.tanh((G - theta) / 2))
    return -p / G.shape[0]
""",
        must=(
            "G - theta | theta - G | complement | 1 - sigmoid | 1 - p | argument | revers | flipp | swapp | mirror "
            "| exchanged | sign inside | inside the sigmoid | sign... exponent | other way round | wrong way"
        ),
        must_not="mean | 1/N",
    ),
    Coding(
        "eq4",
        "Copies Eq. (3)'s stable form and takes the median over the batch instead of the mean.",
        """
def eq4(G, theta):
    u = G - theta
    L = np.maximum(u, 0) + np.log1p(np.exp(-abs(u)))
    return float(np.median(L))     # robust average over the batch
""",
        must="median | mean | middle | average",
        must_not="sum | overflow",
    ),
)
