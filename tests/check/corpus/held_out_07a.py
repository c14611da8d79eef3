"""Held out, for measuring only: mistakes in free codings of eq1, eq2, eq3, eq4."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq1",
        "The mean of the squares in place of the sum.",
        """
def eq1(a):
    return (a**2).mean(axis=1)
""",
        must="mean | 1/n | divided by n | neurons | average",
    ),
    Coding(
        "eq1",
        "The sum is squared, not the activations.",
        """
def eq1(a):
    return a.sum(axis=1) ** 2
""",
        must=(
            "sum is squared | square of the sum | squared sum | squares that are summed | squared before | "
            "squared after"
        ),
    ),
    Coding(
        "eq1",
        "All samples are added to one number.",
        """
def eq1(a):
    return np.sum(a * a)
""",
        must="one number | axis | each sample | all samples | whole | scalar",
    ),
    Coding(
        "eq1",
        "The outer matrix a a^T is returned, not its diagonal.",
        """
def eq1(a):
    return a @ a.T
""",
        must="diagonal | (N, N) | every pair | pairs of | a a^T | other samples",
    ),
    Coding(
        "eq1",
        "The last neuron is left out.",
        """
def eq1(a):
    n = a.shape[1]
    G = 0
    for j in range(n - 1):
        G = G + a[:, j] ** 2
    return G
""",
        must="last neuron | last column | neuron ... left out",
    ),
    Coding(
        "eq1",
        "Third powers in place of squares.",
        """
def eq1(a):
    return (a**3).sum(axis=1)
""",
        must="third | cube | power",
    ),
    Coding(
        "eq2",
        "Absolute values in place of squares.",
        """
def eq2(a):
    return np.abs(a).sum(axis=1)
""",
        must="absolute | squar | |a|",
    ),
    Coding(
        "eq2",
        "The mean over neurons, as in Hinton's code.",
        """
def eq2(a):
    return np.power(a, 2).mean(1)
""",
        must="mean | 1/n | divided by n | neurons | average",
    ),
    Coding(
        "eq2",
        "The goodness is divided by the batch size.",
        """
def eq2(a):
    N = a.shape[0]
    return np.array([np.dot(row, row) for row in a]) / N
""",
        must="1/N | divided by N | batch",
    ),
    Coding(
        "eq2",
        "The largest square is taken, not their sum.",
        """
def eq2(a):
    return (a**2).max(axis=1)
""",
        must="largest | maximum",
    ),
    Coding(
        "eq2",
        "Only positive activations are counted.",
        """
def eq2(a):
    h = np.maximum(a, 0)
    return (h * h).sum(axis=1)
""",
        must="negative | ReLU | a > 0 | rectif | max(",
    ),
    Coding(
        "eq3",
        "The sign in the exponent: G - theta, the loss of negative data.",
        """
def eq3(G, theta):
    return np.log(1 + np.exp(G - theta)).mean()
""",
        must="sign | negative data | Eq. (4) | G - theta | exchang | L_neg | other loss | wrong way",
    ),
    Coding(
        "eq3",
        "exp overflows for large goodness.",
        """
def eq3(G, theta):
    return np.mean(np.log(1 + np.exp(theta - G)))
""",
        must="overflow | inf | nan | too large",
    ),
    Coding(
        "eq3",
        "The sum over the batch in place of the mean.",
        """
def eq3(G, theta):
    return np.logaddexp(0, theta - G).sum()
""",
        must="the mean | 1/N | divided by N | batch | N x | sum over",
        must_not="twice | again | each sample is returned",
    ),
    Coding(
        "eq3",
        "The threshold is ignored.",
        """
def eq3(G, theta):
    total = 0.0
    for g in G:
        total += np.logaddexp(0, -g)
    return total / len(G)
""",
        must=(
            "theta does not enter | threshold is ignored | theta is ignored | theta is not | threshold is not | "
            "threshold does not | not depend on theta | not change when theta | constant | without theta | fixed "
            "| theta has no"
        ),
    ),
    Coding(
        "eq3",
        "The mean is taken before the logarithm, of the goodness.",
        """
def eq3(G, theta):
    return np.logaddexp(0, theta - G.mean())
""",
        must=(
            "mean ... before | averaged ... before | mean of G | mean of the goodness | too early | averaged "
            "first | before the curve | before the log"
        ),
    ),
    Coding(
        "eq3",
        "The sigmoid is returned, not the loss.",
        """
def eq3(G, theta):
    u = theta - G
    return np.mean(0.5 * (1 + np.tanh(u / 2)))
""",
        must="sigmoid | derivative | gradient",
    ),
    Coding(
        "eq3",
        "The logarithm has base 2.",
        """
def eq3(G, theta):
    return np.logaddexp2(0, (theta - G) / np.log(2)).mean()
""",
        must="base | log2 | 1.44 | 1.443 | bits",
    ),
    Coding(
        "eq4",
        "The sign in the exponent: theta - G, the loss of positive data.",
        """
def eq4(G, theta):
    u = theta - G
    return np.mean(np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u))))
""",
        must="sign | positive data | Eq. (3) | theta - G | exchang | L_pos | other loss | wrong way",
    ),
    Coding(
        "eq4",
        "G + theta in place of G - theta.",
        """
def eq4(G, theta):
    return np.logaddexp(0, G + theta).mean()
""",
        must="theta ... sign | sign of theta | G + theta | added | wrong sign | + theta",
        also=("theta | threshold",),
    ),
    Coding(
        "eq4",
        "The mean is forgotten: sum.",
        """
def eq4(G, theta):
    loss = 0
    for g in G:
        u = g - theta
        loss += u + np.log1p(np.exp(-u)) if u > 0 else np.log1p(np.exp(u))
    return loss
""",
        must="the mean | 1/N | divided by N | batch | N x | sum over",
        must_not="twice | again | each sample is returned",
    ),
    Coding(
        "eq4",
        "The threshold is divided by, not taken off.",
        """
def eq4(G, theta):
    return np.logaddexp(0, G / theta).mean()
""",
        must="divi | ratio | G / theta | scale",
        also=("theta | threshold",),
    ),
    Coding(
        "eq4",
        "The return stands in the loop: the first sample alone counts.",
        """
def eq4(G, theta):
    total = 0.0
    for g in G:
        total += np.logaddexp(0, g - theta)
        return total / len(G)
""",
        must="first sample | sample 0 | only one | G[0 | return",
    ),
)
