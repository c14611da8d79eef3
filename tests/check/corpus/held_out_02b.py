"""Held out, for measuring only: mistakes in free codings of eq6_gradient."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq6_gradient",
        "Sign: y - p in place of p - y.",
        """
def eq6_gradient(G, y):
    t = np.eye(G.shape[1])[y]
    return (t - equations.softmax(G)) / len(y)
""",
        must="sign | minus | -1 | y - p",
    ),
    Coding(
        "eq6_gradient",
        "It is the gradient by p, -y / p, not by G.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    dp = np.zeros_like(p)
    dp[np.arange(len(y)), y] = -1 / np.maximum(p[np.arange(len(y)), y], 1e-12) / len(y)
    return dp
""",
        must=(
            "by p | -y / p | by the probabilit | 1/p | -y/p | chain | -1/p | by G | through the softmax | at p | "
            "derivative of the softmax | inner"
        ),
    ),
    Coding(
        "eq6_gradient",
        "Scores in place of probabilities: the softmax is forgotten.",
        """
def eq6_gradient(G, y):
    dG = G.copy()
    dG[np.arange(len(y)), y] -= 1
    dG /= len(y)
    return dG
""",
        must="softmax | scores | probabilit | G - y",
    ),
    Coding(
        "eq6_gradient",
        "A sigmoid in place of the softmax, as for several labels at once.",
        """
def eq6_gradient(G, y):
    p = 1 / (1 + np.exp(-G))
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
""",
        must="sigmoid | logistic",
    ),
    Coding(
        "eq6_gradient",
        "The 1 is taken off in whole columns: p[:, y] -= 1.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    p[:, y] -= 1
    return p / len(y)
""",
        must="column | every row | p[:, y] | all rows | all samples | each row | other samples | labels of",
    ),
    Coding(
        "eq6_gradient",
        "The softmax is taken over the samples.",
        """
def eq6_gradient(G, y):
    e = np.exp(G - G.max(axis=0))
    p = e / e.sum(axis=0)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
""",
        must="axis | over the samples | column | over samples",
    ),
    Coding(
        "eq6_gradient",
        "The first sample is left out.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    for n in range(1, len(y)):
        p[n, y[n]] -= 1
    p[0] = 0
    return p / len(y)
""",
        must="sample 0 | first sample | row 0 | first row",
    ),
    Coding(
        "eq6_gradient",
        "Sign and missing mean: two mistakes.",
        """
def eq6_gradient(G, y):
    e = np.exp(G - G.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    return np.eye(G.shape[1])[y] - p
""",
        must="sign | minus | -1 | y - p | -N",
        also=("the mean | 1/N | divided by N | batch | mean over",),
    ),
)
