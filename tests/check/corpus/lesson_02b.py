"""Mistakes in free codings of eq6_gradient."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq6_gradient",
        "It is not divided by the batch size.",
        """
def eq6_gradient(G, y):
    dG = equations.softmax(G)
    for i, label in enumerate(y):
        dG[i][label] -= 1.0
    return dG
""",
        must="the mean | 1/N | divided by N | mean over | batch",
        must_not="twice | again | each sample is returned",
    ),
    Coding(
        "eq6_gradient",
        "It is divided by the batch size twice.",
        """
def eq6_gradient(G, y):
    N = G.shape[0]
    p = equations.softmax(G)
    p[np.arange(N), y] -= 1
    dG = p / N
    return dG / N
""",
        must="twice | 1/N | batch | N^2 | N squared | N**2 | again",
        must_not="mean over the batch is missing | mean is missing",
    ),
    Coding(
        "eq6_gradient",
        "Only the entries of the true class are filled; the other classes get no gradient.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    dG = np.zeros_like(G)
    for n in range(len(y)):
        dG[n, y[n]] = (p[n, y[n]] - 1) / len(y)
    return dG
""",
        must="other classes | true class | wrong classes | all classes | every class",
        must_not="diagonal",
    ),
    Coding(
        "eq6_gradient",
        "The one is not taken off at the true class: p / N.",
        """
def eq6_gradient(G, y):
    return equations.softmax(G) / len(G)
""",
        must=(
            "label does not enter | label is not | labels are not | one-hot | not depend on y | not change when y "
            "| - y | minus y"
        ),
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "The derivative of the softmax is multiplied in once more: (p - y) p (1 - p), as for the squared error.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    t = np.eye(G.shape[1])[y]
    return (p - t) * p * (1 - p) / len(y)
""",
        must=(
            "p (1 - p) | squared | derivative of the softmax | softmax ... twice | p(1 - p) | once more | sigmoid "
            "| p * (1 - p) | slope"
        ),
    ),
    Coding(
        "eq6_gradient",
        "Labels are taken to begin at 1.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    N, m = p.shape
    onehot = np.zeros((N, m))
    onehot[np.arange(N), y - 1] = 1
    return (p - onehot) / N
""",
        must=(
            "y - 1 | class before | begin at 1 | from 1 | start at 1 | shifted | off by one | 1-based | neighbour "
            "| wrong class | wrong place | another class"
        ),
    ),
    Coding(
        "eq6_gradient",
        "It is also divided by the number of classes.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    p[np.arange(len(y)), y] -= 1
    return p / G.size
""",
        must="number of classes | classes as well | 1/m | divided by m | m = | G.size",
    ),
    Coding(
        "eq6_gradient",
        "The first sample keeps p: nothing is taken off at its label.",
        """
def eq6_gradient(G, y):
    N = len(y)
    p = equations.softmax(G)
    for n in range(1, N):
        p[n, y[n]] -= 1
    return p / N
""",
        must="sample 0 | first sample | row 0 | first row",
    ),
    Coding(
        "eq6_gradient",
        "A factor 2, as of a squared error, is too many.",
        """
def eq6_gradient(G, y):
    t = (np.arange(G.shape[1]) == y[:, None]).astype(float)
    return 2 * (equations.softmax(G) - t) / G.shape[0]
""",
        must="factor 2 | 2 x | twice | 2.0 | two times | doubl",
    ),
)
