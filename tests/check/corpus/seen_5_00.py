"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        (
            "The accumulator of the denominator is set to 0 once, before the loop over rows, so each later row is "
            "divided by the sum of all rows up to it."
        ),
        """
def softmax(scores):
    p = np.empty_like(scores)
    total = 0.0
    for i in range(len(scores)):
        e = np.exp(scores[i] - scores[i].max())
        total += e.sum()
        p[i] = e / total
    return p
""",
        must=(
            "reset | carried over | carries | accumul | running | cumul | earlier rows | rows before | rows above "
            "| previous rows | row before | only the first row | from row to row | grows"
        ),
    ),
    Coding(
        "softmax",
        "Returns the log-softmax: the logarithms of the probabilities, the last exp is missing.",
        """
def softmax(scores):
    z = scores - scores.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
""",
        must=(
            "log-softmax | log softmax | log_softmax | logsoftmax | logarithm | log p | log of | log-prob | logs "
            "of | exp ... missing | exponentiat | exponential ... missing"
        ),
        must_not="overflow | axis",
    ),
    Coding(
        "softmax",
        "Scores are clipped to +-300 against overflow, so two scores above 300 become equal.",
        """
def softmax(scores):
    s = np.clip(scores, -300, 300)      # exp(710) overflows
    e = np.exp(s)
    tot = np.sum(e, axis=1)
    return e / tot[:, None]
""",
        must=(
            "clip | cut off | capped | limited to | large scores | big scores | maximum of ... row | largest score "
            "| largest of ... row | row's largest | row's max | scores far from 0 | 1000 | saturat | ties"
        ),
        must_not="transpos | axis",
    ),
    Coding(
        "eq6",
        "The loss of each sample overwrites the one before instead of being added, so only the last sample counts.",
        """
def eq6(G, y):
    N = G.shape[0]
    loss = 0.0
    for i in range(N):
        row = G[i] - np.max(G[i])
        logsum = np.log(np.sum(np.exp(row)))
        loss = -(row[y[i]] - logsum)
    return loss / N
""",
        must=(
            "last sample | last row | overwrit | accumul | only one sample | single sample | one sample | one row "
            "| += | added up | other samples"
        ),
    ),
    Coding(
        "eq6",
        "Probabilities are clipped to [1e-7, 1 - 1e-7] as Keras does, so the loss of a sure mistake is capped at 16.",
        """
def eq6(G, y):
    e = np.exp(G - G.max(axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=1, keepdims=True), 1e-7, 1 - 1e-7)
    return -np.log(np.take_along_axis(p, y[:, None], axis=1)).mean()
""",
        must=(
            "clip | clamp | 1e-7 | epsilon | floor | cap | bounded | lower limit | lower bound | log-sum-exp | "
            "logsumexp | log sum exp | underflow | rounds to 0 | cut off | saturat | limit"
        ),
        must_not="mean over the classes | binary",
    ),
    Coding(
        "eq6",
        "The logarithm of the batch's mean probability instead of the mean of the logarithms.",
        """
def eq6(G, y):
    p = equations.softmax(G)
    ptrue = p[np.arange(len(y)), y]
    avg = ptrue.mean()
    return float(-np.log(avg))
""",
        must=(
            "log of the mean | logarithm of the mean | log of the average | mean of the prob | mean prob | mean of "
            "p | mean p | average prob | average of the prob | before the log | after the log | mean of the log | "
            "mean ... inside the log | averaged first | mean first | order of mean | Jensen | averaged before"
        ),
        must_not="transpos | sign",
    ),
    Coding(
        "eq6",
        "Binary cross-entropy over every class: a term (1 - y) log(1 - p) is added.",
        """
def eq6(G, y):
    P = equations.softmax(G)
    N, m = G.shape
    Y = np.zeros((N, m))
    Y[np.arange(N), y] = 1
    tiny = 1e-300
    L = -(Y * np.log(P + tiny) + (1 - Y) * np.log(1 - P + tiny))
    return float(L.sum() / N)
""",
        must=(
            "binary | 1 - p | 1-p | (1 - p | other classes | wrong classes | Bernoulli | second term | extra term "
            "| classes that are false | true class only | only the true class"
        ),
        must_not="divided by m | sign",
    ),
    Coding(
        "eq6_gradient",
        (
            "Multiplies p - y by p (1 - p), as for squared error with a sigmoid; the softmax's slope is in p - y "
            "already."
        ),
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    t = np.zeros(G.shape)
    for i in range(len(y)):
        t[i, y[i]] = 1.0
    # chain rule: dL/dp * dp/dG
    dG = (p - t) * p * (1 - p)
    return dG / len(y)
""",
        must=(
            "p (1 - p) | p(1 - p) | p(1-p) | p * (1 | (1 - p) | derivative... softmax | softmax... derivative | "
            "slope... softmax | softmax... slope | softmax... already | already... softmax | sigmoid | squared "
            "error | mse | jacobian | extra factor"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq6_gradient",
        "Gradient at the probabilities, -y / p / N; the softmax's own derivative is missing.",
        """
def eq6_gradient(G, y):
    N, m = G.shape
    p = equations.softmax(G)
    Y = np.eye(m)[y]
    return -(Y / np.maximum(p, 1e-12)) / N
""",
        must=(
            "with respect to p | respect to the prob | at p | at the prob | gradient ... prob | derivative ... "
            "prob | to the prob | softmax's derivative | derivative of the softmax | softmax ... derivative | "
            "Jacobian | chain rule | through the softmax | y / p | y/p | 1/p | 1 / p"
        ),
        must_not="twice | transpos",
    ),
    Coding(
        "eq6_gradient",
        "An extra factor p (1 - p), as if the loss were a squared error behind a sigmoid.",
        """
def eq6_gradient(G, y):
    n = len(y)
    p = equations.softmax(G)
    resid = p.copy()
    resid[range(n), y] -= 1
    slope = p * (1 - p)       # derivative of the squashing
    return resid * slope / n
""",
        must=(
            "p (1 - p) | p * (1 - p) | p(1 - p) | p*(1-p) | squared error | sigmoid | slope | MSE | extra factor | "
            "another factor | factor p | cancel | derivative of the softmax | softmax's derivative | multiplied by "
            "... p | Jacobian | twice"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq1",
        "The loop over neurons starts at 1, so the first neuron's square is missing.",
        """
def eq1(a):
    N, n = a.shape
    G = np.zeros(N)
    for i in range(N):
        for j in range(1, n):
            G[i] += a[i, j] ** 2
    return G
""",
        must=(
            "first neuron | first column | first activ | first unit | first entry | neuron 0 | column 0 | a[:, 0 | "
            "j = 0 | starts at 1 | start at 0 | from 1 | index 0 | one neuron | one column | one activation | one "
            "square | one term"
        ),
    ),
    Coding(
        "eq1",
        "Each row's mean is taken off before squaring: n times the variance instead of the sum of squares.",
        """
def eq1(a):
    c = a - a.mean(axis=1, keepdims=True)
    return np.einsum("nj,nj->n", c, c)
""",
        must=(
            "mean ... taken off | mean ... subtract | subtract ... mean | subtracts | centr | center | deviation | "
            "varianc | minus ... mean | mean ... removed | row's mean"
        ),
        must_not="axis",
    ),
    Coding(
        "eq1",
        "The centred sum of squares: the row's mean is subtracted first.",
        """
def eq1(a):
    # SS = sum of squares
    abar = a.mean(axis=1, keepdims=True)
    SS = ((a - abar) ** 2).sum(axis=1)
    return SS
""",
        must=(
            "centred | centered | centr | variance | deviation | mean ... subtract | subtract ... mean | minus ... "
            "mean | around ... mean | row's mean | mean of the row | its mean | mean is taken off"
        ),
        must_not="square root | batch",
    ),
)
