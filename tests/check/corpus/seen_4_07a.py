"""A fourth author's mistakes in free codings of eq1, eq2, eq3, eq3_gradient, eq4, eq4_gradient."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq1",
        "One goodness for all: the mean of the whole batch in every place.",
        """
def eq1(a):
    total = np.einsum("ij,ij->", a, a)
    return np.full(len(a), total / len(a))
""",
        must="the same | all rows | every row | whole batch | mean over the batch | each row | of its own | its own",
        must_not="root",
    ),
    Coding(
        "eq1",
        "The sum is squared, not the squares summed.",
        """
def eq1(a):
    G = np.zeros(a.shape[0])
    for j in range(a.shape[1]):
        G += a[:, j]
    return G ** 2
""",
        must=(
            "square of the sum | sum ... squared | before the square | after the sum | first summed | "
            "wrong order | order of"
        ),
        must_not="root",
    ),
    Coding(
        "eq2",
        "Half of the sum of squares, as for an energy.",
        """
def eq2(a):
    return np.array([0.5 * np.dot(row, row) for row in a])
""",
        must="half | 0.5 | factor",
        must_not="sign",
    ),
    Coding(
        "eq2",
        "Products of each row with all rows of the batch are added.",
        """
def eq2(a):
    gram = a @ a.T
    return gram.sum(axis=1)
""",
        must="other rows | a @ a.T | diagonal | rows with | products | between | other samples",
        must_not="sign",
    ),
    Coding(
        "eq3",
        "The mean goodness first, and then one loss of it.",
        """
def eq3(G, theta):
    gap = np.mean(theta - G)
    return np.logaddexp(0.0, gap)
""",
        must=(
            "mean ... before | mean goodness | mean of G | first the mean | loss of the mean | mean ... first | "
            "mean of the goodness"
        ),
        must_not="sign",
    ),
    Coding(
        "eq3",
        "exp overflows: as it stands on the paper.",
        """
def eq3(G, theta):
    losses = []
    for g in G:
        losses.append(np.log1p(np.exp(theta - g)))
    return sum(losses) / len(losses)
""",
        must="overflow | inf | large goodness | too large | large values | large numbers | large diff",
        must_not="sign",
    ),
    Coding(
        "eq3_gradient",
        "The sigmoid of G - theta: the best samples are pushed most.",
        """
def eq3_gradient(G, theta):
    dG = []
    for g in G:
        u = np.clip(g - theta, -700, 700)
        dG.append(-1 / (1 + np.exp(-u)) / len(G))
    return np.array(dG)
""",
        must="theta - G | G - theta | argument of | exchanged | inside the sigmoid | swapped",
        must_not="factor N",
    ),
    Coding(
        "eq4",
        "A hinge without the soft corner.",
        """
def eq4(G, theta):
    return np.mean(np.maximum(0, G - theta))
""",
        must="hinge | max(0 | maximum | soft | log( | ReLU",
        must_not="overflow",
    ),
    Coding(
        "eq4",
        "The threshold from Hinton's code is written in: theta is not used.",
        """
def eq4(G, theta):
    threshold = 2.0
    loss = np.logaddexp(0, G - threshold)
    return loss.mean()
""",
        must="theta",
        must_not="overflow",
    ),
    Coding(
        "eq4_gradient",
        "s (1 - s): the derivative of the sigmoid, not of the softplus.",
        """
def eq4_gradient(G, theta):
    s = 0.5 + 0.5 * np.tanh(0.5 * (G - theta))
    return s * (1 - s) / len(G)
""",
        must="derivative of the sigmoid | (1 - | sigmoid's derivative | once too often | twice | slope of the sigmoid",
        must_not="sign",
    ),
)
