"""Mistakes of two more authors, who were asked for uncommon ones."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq2",
        "'Negative' is taken to mean the negative activations: only entries below 0 are squared.",
        """
def eq2(a):
    neg = np.minimum(a, 0)
    return np.sum(neg ** 2, axis=1)
""",
        must=(
            "negative activation | negative entr | negative number | negative value | minimum | below 0 | below "
            "zero | less than 0 | a < 0 | only...negative | positive activation | positive entr | positive number "
            "| positive value | drops the positive"
        ),
        must_not="square root | mean",
    ),
    Coding(
        "eq2",
        "The squares are divided by n - 1, as a sample variance.",
        """
def eq2(a):
    N, n = a.shape
    return np.einsum("ij,ij->i", a, a) / (n - 1)
""",
        must=(
            "n - 1 | n-1 | mean of the squares | mean instead | a mean | averag | divid | sample variance | bessel "
            "| ddof | too small by"
        ),
        must_not="square root | other rows",
    ),
    Coding(
        "eq3",
        "The loss of the mean goodness, not the mean of the losses.",
        """
def eq3(G, theta):
    g = G.mean()
    return float(np.logaddexp(0.0, theta - g))
""",
        must=(
            "mean of G | mean goodness | mean...before | mean...first | mean...inside | averag...first | "
            "averag...before | averag...goodness | goodness...averag | loss of the mean | goodness...mean | jensen"
        ),
        must_not="sign | overflow",
    ),
    Coding(
        "eq3",
        "The exponent is clipped at 50 to avoid overflow, so the loss stops growing there.",
        """
def eq3(G, theta):
    u = np.clip(theta - G, -50, 50)
    return float(np.mean(np.log(1 + np.exp(u))))
""",
        must="clip | clamp | capped | a cap | saturat | 50 | bounded | cut off | truncat | stops growing | limited",
        must_not="overflows to | sign",
    ),
    Coding(
        "eq3",
        "A hinge, max(0, theta - G), in place of the soft logarithm.",
        """
def eq3(G, theta):
    loss = 0
    for g in G:
        loss = loss + max(0.0, theta - g)
    return float(loss / len(G))
""",
        must=(
            "hinge | relu | maximum | max( | softplus | margin | smooth | log...missing | without...log | kink | "
            "log(1 + exp | linear"
        ),
        must_not="sign | sum over",
    ),
    Coding(
        "eq3_gradient",
        "A forward difference with a step of 0.1 stands in for the derivative.",
        """
def eq3_gradient(G, theta):
    h = 0.1
    def f(g):
        return np.logaddexp(0.0, theta - g)
    return (f(G + h) - f(G)) / h / len(G)
""",
        must=(
            "finite difference | difference quotient | approximat | numerical | forward difference | one-sided | "
            "secant | step of | step size | 0.1 | h / 2 | shifted | theta...moved | inexact | half a step"
        ),
        must_not="sign | batch",
    ),
    Coding(
        "eq3_gradient",
        "The sum is divided by the number of samples below the threshold instead of all samples.",
        """
def eq3_gradient(G, theta):
    violated = G < theta
    count = max(violated.sum(), 1)
    s = 0.5 * (1 + np.tanh(0.5 * (theta - G)))
    return -s / count
""",
        must=(
            "number of samples | number of...below | count | violat | below theta | below the threshold | divid | "
            "batch size | 1/N | 1 / N | by N"
        ),
        must_not="sign | overflow",
    ),
    Coding(
        "eq3_gradient",
        "The derivative of the sigmoid, s (1 - s), is used, though the sigmoid is already the derivative.",
        """
def eq3_gradient(G, theta):
    s = 0.5 * (1 + np.tanh(0.5 * (theta - G)))
    return -s * (1 - s) / G.shape[0]
""",
        must=(
            "s * (1 - s) | s (1 - s) | s(1 - s) | s(1-s) | (1 - s) | (1 - p) | 1 - sigmoid | (1 - sigmoid | "
            "derivative of...sigmoid | sigmoid's derivative | sigmoid...derivative | sigmoid's slope | slope of "
            "the sigmoid | extra factor | second derivative | derived twice | twice | derivative of the derivative"
        ),
        must_not="overflow | theta - G",
    ),
    Coding(
        "eq4",
        "An epsilon of 1e-8 inside the log bounds the loss at about 18.",
        """
def eq4(G, theta):
    p = 0.5 * (1 + np.tanh(0.5 * (G - theta)))
    return float(-np.log(1 - p + 1e-8).mean())
""",
        must=(
            "epsilon | 1e-8 | saturat | capped | 18 | clip | floor | bounded | stops growing | underflow | rounds "
            "to | added inside | limited | clamp"
        ),
        must_not="sign | mean goodness",
    ),
    Coding(
        "eq4",
        "logaddexp2 is the logarithm to base 2, with powers of 2.",
        """
def eq4(G, theta):
    return float(np.mean(np.logaddexp2(0.0, G - theta)))
""",
        must=(
            "base 2 | logaddexp2 | bits | log2 | natural log | base e | base | ln 2 | 0.69 | powers of 2 | power "
            "of 2 | powers of two"
        ),
        must_not="overflow | sign",
    ),
    Coding(
        "eq4",
        "theta is subtracted after the logarithm, not in the exponent.",
        """
def eq4(G, theta):
    return float((np.logaddexp(0.0, G) - theta).mean())
""",
        must=(
            "outside | theta...exponent | theta...inside | theta...within | theta...in the log | subtracted after "
            "| after the log | softplus(G) | taken off the loss | subtracted from the loss"
        ),
        must_not="overflow | batch",
    ),
    Coding(
        "eq4_gradient",
        "A hard step at theta in place of the sigmoid.",
        """
def eq4_gradient(G, theta):
    dG = np.zeros(len(G))
    for i, g in enumerate(G):
        if g > theta:
            dG[i] = 1.0 / len(G)
    return dG
""",
        must=(
            "step | hard | heaviside | 0 or 1 | zero or one | indicator | hinge | smooth | all or nothing | "
            "all-or-nothing | only...above"
        ),
        must_not="sign error | batch size",
    ),
    Coding(
        "eq4_gradient",
        "Every sample receives the slope at the mean goodness, not at its own.",
        """
def eq4_gradient(G, theta):
    N = len(G)
    slope = 0.5 * (1 + np.tanh(0.5 * (G.mean() - theta)))
    return np.full(N, slope / N)
""",
        must=(
            "mean goodness | mean of G | mean...goodness | averag | same...every | same...all | same...each | own "
            "goodness | its own | G.mean | constant"
        ),
        must_not="sign | overflow",
    ),
)
