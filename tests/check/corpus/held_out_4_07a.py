"""A fourth author's mistakes, held out, in free codings of eq2, eq3_gradient, eq4, eq4_gradient."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq2",
        "The first neuron is skipped: the loop begins at 1.",
        """
def eq2(a):
    N, n = a.shape
    goodness = np.zeros(N)
    for j in range(1, n):
        goodness += a[:, j] * a[:, j]
    return goodness
""",
        must="first neuron | first column | first entry | first number | neuron 0 | column 0 | left out | missing",
        must_not="sign",
    ),
    Coding(
        "eq3_gradient",
        "A hard step in place of the sigmoid, like a hinge.",
        """
def eq3_gradient(G, theta):
    return np.where(G < theta, -1.0, 0.0) / G.shape[0]
""",
        must="hard | step function | hinge | sigmoid | 0 or | smooth",
        must_not="overflow | sign",
    ),
    Coding(
        "eq4",
        "The stable formula with one absolute value forgotten: exp(-|u|) became exp(-u).",
        """
def eq4(G, theta):
    u = G - theta
    return (np.maximum(u, 0) + np.log1p(np.exp(-u))).mean()
""",
        must="abs | overflow | -|u| | negative | exp(-u) | exp(-",
    ),
    Coding(
        "eq4_gradient",
        "exp(u) / (1 + exp(u)) is inf / inf for large goodness.",
        """
def eq4_gradient(G, theta):
    odds = np.exp(G - theta)
    return (odds / (1 + odds)) / odds.size
""",
        must="overflow | nan | inf | large goodness | too large | large values | large numbers | large diff",
        must_not="sign",
    ),
)
