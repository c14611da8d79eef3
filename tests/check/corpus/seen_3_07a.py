"""Rarer mistakes in free codings of eq1, eq2, eq3, eq4, eq3_gradient and eq4_gradient."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq1",
        "The variance of a row.",
        """
def eq1(a):
    return np.var(a, axis=1) * a.shape[1]
""",
        must="variance | mean ... taken off | centr | minus the mean",
        must_not="root",
    ),
    Coding(
        "eq2",
        "Compared with a threshold of 2 already.",
        """
def eq2(a):
    return (a ** 2).sum(axis=1) - 2.0
""",
        must="threshold | theta | 2 | taken off | subtract | constant",
        must_not="root",
    ),
    Coding(
        "eq3",
        "The mean of the goodness is taken before the curve.",
        """
def eq3(G, theta):
    return np.logaddexp(0, theta - np.mean(G))
""",
        must="before | mean of G | too early | mean ... first | averaged",
        must_not="sign",
    ),
    Coding(
        "eq3",
        "Base 10.",
        """
def eq3(G, theta):
    return np.logaddexp(0, theta - G).mean() / np.log(10)
""",
        must="base | log10 | 10 | 0.434",
        must_not="sign",
    ),
    Coding(
        "eq3",
        "The length is compared with the threshold: the root of G.",
        """
def eq3(G, theta):
    return np.logaddexp(0, theta - np.sqrt(np.abs(G))).mean()
""",
        must="root | length",
        must_not="sign",
    ),
    Coding(
        "eq4",
        "The sigmoid itself, not the logarithm.",
        """
def eq4(G, theta):
    return (0.5 * (1 + np.tanh((G - theta) / 2))).mean()
""",
        must="sigmoid | log",
        must_not="sign",
    ),
    Coding(
        "eq4",
        "The squared distance from the threshold.",
        """
def eq4(G, theta):
    return np.mean((G - theta) ** 2)
""",
        must="square",
        must_not="sign",
    ),
    Coding(
        "eq3_gradient",
        "The loss instead of its derivative.",
        """
def eq3_gradient(G, theta):
    return -np.logaddexp(0, theta - G) / len(G)
""",
        must="loss | derivative | softplus | log",
        must_not="by N",
    ),
    Coding(
        "eq3_gradient",
        "exp(theta - G) alone, without 1 + exp below it.",
        """
def eq3_gradient(G, theta):
    return -np.exp(np.minimum(theta - G, 50)) / len(G)
""",
        must="exponential | denominator | 1 +",
        must_not="by N | sign",
    ),
    Coding(
        "eq4_gradient",
        "One number too early: the sigmoid of the mean goodness for all.",
        """
def eq4_gradient(G, theta):
    s = 0.5 * (1 + np.tanh((G.mean() - theta) / 2))
    return np.full(len(G), s / len(G))
""",
        must="mean | before | each sample | too early | same for all | averaged",
        must_not="sign",
    ),
    Coding(
        "eq4_gradient",
        "Times G, as if the argument were theta * G.",
        """
def eq4_gradient(G, theta):
    s = 0.5 * (1 + np.tanh((G - theta) / 2))
    return s * G / len(G)
""",
        must="times G | by G | multiplied | G itself | inner",
        must_not="sign",
    ),
)
