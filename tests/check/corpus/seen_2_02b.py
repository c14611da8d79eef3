"""Further mistakes in free codings of eq6_gradient."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq6_gradient",
        "The label's number is taken off everywhere, not its one-hot code.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    return (p - y[:, None]) / len(y)
""",
        must=(
            "one-hot | number of the label | label's number | y itself | label ... as a number"
            " | labels themselves | every class"
        ),
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "Truth minus probability.",
        """
def eq6_gradient(G, y):
    target = np.zeros(G.shape)
    target[range(len(y)), y] = 1
    return (target - equations.softmax(G)) / G.shape[0]
""",
        must="sign | -1 | minus | opposite",
        must_not="batch",
    ),
    Coding(
        "eq6_gradient",
        "Divided by the number of classes, from len of the wrong axis.",
        """
def eq6_gradient(G, y):
    dG = equations.softmax(G)
    dG[np.arange(G.shape[0]), y] -= 1
    return dG / G.shape[1]
""",
        must="number of classes | by m",
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "The gradient of a squared error on raw scores: no softmax.",
        """
def eq6_gradient(G, y):
    Y = np.eye(G.shape[1])[y]
    return (G - Y) / len(G)
""",
        must="softmax is missing | probabilit | squared error | scores themselves",
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "The derivative by p: -y / p.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    dG = np.zeros_like(G)
    rows = np.arange(len(y))
    dG[rows, y] = -1 / p[rows, y] / len(y)
    return dG
""",
        must=(
            "by p | 1/p | 1 / p | respect to p | softmax's derivative | derivative of the softmax"
            " | through the softmax | other classes"
        ),
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "As for a squared error behind a sigmoid: p - y times p (1 - p).",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    err = p - np.eye(p.shape[1])[y]
    return err * p * (1 - p) / len(y)
""",
        must="p (1 - p) | p * (1 - p) | derivative | factor | sigmoid | p(1 - p)",
        must_not="sign | by N",
    ),
    Coding(
        "eq6_gradient",
        "The mean reaches the true class only: 1 / N is taken off, p stays whole.",
        """
def eq6_gradient(G, y):
    N, m = G.shape
    p = equations.softmax(G)
    for i in range(N):
        p[i, y[i]] -= 1 / N
    return p
""",
        must="by N | 1/N | batch | whole | N times",
        must_not="sign",
    ),
)
