"""Held out, for measuring only: mistakes in free codings of softmax, eq6."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "The largest score is not taken off: it overflows for scores of 1000.",
        """
def softmax(scores):
    e = np.exp(scores)
    return e / np.sum(e, axis=1, keepdims=True)
""",
        must="overflow | inf | nan | too large | as they are",
        must_not="axis=0",
    ),
    Coding(
        "softmax",
        "The scores are divided by a temperature of 2.",
        """
def softmax(scores, T=2.0):
    e = np.exp((scores - scores.max(axis=1, keepdims=True)) / T)
    return e / e.sum(axis=1, keepdims=True)
""",
        must="temperature | divided by 2 | half | 0.5 | factor 2 | scaled | multiplied",
        must_not="axis",
    ),
    Coding(
        "softmax",
        "The loop over the samples stops one early: the last row stays zero.",
        """
def softmax(scores):
    p = np.zeros_like(scores)
    for n in range(len(scores) - 1):
        e = np.exp(scores[n] - scores[n].max())
        p[n] = e / e.sum()
    return p
""",
        must="last sample | last row | row ... zero",
    ),
    Coding(
        "softmax",
        "Two is the base in place of e.",
        """
def softmax(scores):
    e = 2 ** (scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""",
        must="base | 2** | 2 ** | 0.69 | log 2 | temperature | 2^",
        must_not="axis",
    ),
    Coding(
        "softmax",
        "Scores are divided by their sum, without exponentials.",
        """
def softmax(scores):
    s = scores - scores.min(axis=1, keepdims=True)
    return s / s.sum(axis=1, keepdims=True)
""",
        must=(
            "without exp | no exp | exponential is missing | linear | not exponent | exp is missing | divided by "
            "their sum"
        ),
    ),
    Coding(
        "softmax",
        "A large epsilon of 0.01 stands in the denominator.",
        """
def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / (e.sum(axis=1, keepdims=True) + 1e-2)
""",
        must="0.01 | epsilon | denominator | add up | sums to | sum to 1",
    ),
    Coding(
        "softmax",
        "A one-hot of the largest score is returned.",
        """
def softmax(scores):
    p = np.zeros(scores.shape)
    p[np.arange(len(scores)), scores.argmax(axis=1)] = 1
    return p
""",
        must="one-hot | argmax | hard | largest score | 0 and 1 | 0 or 1",
    ),
    Coding(
        "softmax",
        "The scores are clipped at 5 in place of taking the largest off.",
        """
def softmax(scores):
    e = np.exp(np.clip(scores, -5, 5))
    return e / e.sum(axis=1, keepdims=True)
""",
        must="clip | 5 | large scores | cut",
    ),
    Coding(
        "softmax",
        "The first class is left out of the sum.",
        """
def softmax(scores):
    scores = scores - scores.max(axis=1, keepdims=True)
    N, m = scores.shape
    p = np.zeros((N, m))
    for n in range(N):
        total = 0.0
        for c in range(1, m):
            total += np.exp(scores[n, c])
        for c in range(m):
            p[n, c] = np.exp(scores[n, c]) / total
    return p
""",
        must="class 0 | first class | column 0 | first column",
    ),
    Coding(
        "eq6",
        "The sum over the samples is returned, not their mean.",
        """
def eq6(G, y):
    G = G - np.max(G, axis=1, keepdims=True)
    logp = G - np.log(np.sum(np.exp(G), axis=1, keepdims=True))
    loss = 0.0
    for i in range(len(y)):
        loss -= logp[i, y[i]]
    return loss
""",
        must="the mean | 1/N | divided by N | mean over | batch | sum over",
        must_not="twice | again | each sample is returned",
    ),
    Coding(
        "eq6",
        "The minus is forgotten.",
        """
def eq6(G, y):
    G = G - G.max(axis=1, keepdims=True)
    log_p = G - np.log(np.exp(G).sum(axis=1, keepdims=True))
    return np.mean(log_p[np.arange(len(y)), y])
""",
        must="sign | minus | -1",
    ),
    Coding(
        "eq6",
        "The softmax is applied twice.",
        """
def eq6(G, y):
    p = equations.softmax(equations.softmax(G))
    return -np.log(p[range(len(y)), y]).mean()
""",
        must="twice | two softmax | already | softmax of | softmax ... again | second softmax | probabilities",
    ),
    Coding(
        "eq6",
        "The logarithm has base 2: bits in place of nats.",
        """
def eq6(G, y):
    s = G - G.max(1, keepdims=True)
    lse = np.log2(np.exp(s).sum(1))
    return np.mean(lse - s[np.arange(len(y)), y] * np.log2(np.e))
""",
        must="base | log2 | bits | 1.44 | 1.443 | ln 2 | log 2",
    ),
    Coding(
        "eq6",
        "Labels are taken to begin at 1: class y - 1 is read.",
        """
def eq6(G, y):
    log_p = G - G.max(1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(1, keepdims=True))
    return -log_p[np.arange(len(y)), y - 1].mean()
""",
        must=(
            "y - 1 | class before | begin at 1 | from 1 | start at 1 | shifted | off by one | 1-based | neighbour "
            "| next class | wrong class"
        ),
    ),
    Coding(
        "eq6",
        "It is the mean squared error between the probabilities and the one-hot labels.",
        """
def eq6(G, y):
    p = equations.softmax(G)
    t = np.eye(G.shape[1])[y]
    return ((p - t) ** 2).sum(axis=1).mean()
""",
        must="squared | square | MSE",
    ),
    Coding(
        "eq6",
        "One loss for each sample is returned.",
        """
def eq6(G, y):
    s = G - G.max(axis=1, keepdims=True)
    return np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), y]
""",
        must="each sample is returned | per sample | scalar | still to be taken | (N,) | one number | every sample",
    ),
    Coding(
        "eq6",
        "The normalising sum is taken over the whole batch, not over each row.",
        """
def eq6(G, y):
    s = G - G.max()
    log_p = s - np.log(np.exp(s).sum())
    return -log_p[np.arange(len(y)), y].mean()
""",
        must="sum over the whole | whole batch | own row | per row | row by row | all rows | every row | each row has",
    ),
    Coding(
        "eq6",
        "The exponentials overflow: the largest score is not taken off.",
        """
def eq6(G, y):
    loss = 0
    for n in range(len(y)):
        loss += -G[n, y[n]] + np.log(sum(np.exp(G[n, c]) for c in range(G.shape[1])))
    return loss / len(y)
""",
        must="overflow | inf | nan | too large | as they are",
    ),
    Coding(
        "eq6",
        "A hinge loss (SVM) is computed in place of the cross-entropy.",
        """
def eq6(G, y):
    correct = G[np.arange(len(y)), y][:, None]
    margins = np.maximum(0, G - correct + 1)
    margins[np.arange(len(y)), y] = 0
    return margins.sum() / len(y)
""",
        must="hinge | margin | SVM",
    ),
)
