"""Mistakes in free codings of eq1, eq2, eq3, eq4, eq3_gradient."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq1",
        "The sum runs over the samples.",
        """
def eq1(a):
    return np.sum(a**2, axis=0)
""",
        must="axis | over the samples | over the batch | per neuron | each neuron",
    ),
    Coding(
        "eq1",
        "The length is returned: the root of the goodness.",
        """
def eq1(a):
    return np.linalg.norm(a, axis=1)
""",
        must="root | length | norm",
    ),
    Coding(
        "eq1",
        "The squares are forgotten: the sum of the activations.",
        """
def eq1(a):
    G = np.zeros(len(a))
    for n, row in enumerate(a):
        for value in row:
            G[n] += value
    return G
""",
        must="squar",
    ),
    Coding(
        "eq1",
        "The goodness keeps a column axis (N, 1).",
        """
def eq1(a):
    return np.sum(a**2, axis=1, keepdims=True)
""",
        must="keepdims | (N, 1) | length 1 | column | axis too many | extra axis",
    ),
    Coding(
        "eq1",
        "Half the sum of the squares is returned.",
        """
def eq1(a):
    return 0.5 * np.einsum("nj,nj->n", a, a)
""",
        must="half | 0.5 | factor 2 | 1/2",
    ),
    Coding(
        "eq2",
        "The goodness of negative data gets a minus.",
        """
def eq2(a):
    return -np.sum(np.square(a), axis=1)
""",
        must="sign | minus | -1",
    ),
    Coding(
        "eq2",
        "A threshold of 2 is taken off already.",
        """
def eq2(a):
    theta = 2.0
    return (a * a).sum(axis=1) - theta
""",
        must="threshold | constant | theta | taken off | subtract | -2 | 2.0",
    ),
    Coding(
        "eq2",
        "a is squared in place.",
        """
def eq2(a):
    a **= 2
    return a.sum(axis=1)
""",
        must="changes its argument | changes a | a is changed | modifies | changed in place",
    ),
    Coding(
        "eq2",
        "The variance: the mean of a is taken off first.",
        """
def eq2(a):
    return a.shape[1] * a.var(axis=1)
""",
        must="varian | mean",
    ),
    Coding(
        "eq2",
        "The root of the sum of squares.",
        """
def eq2(a):
    return np.sqrt(np.einsum("ij,ij->i", a, a))
""",
        must="root | length",
    ),
    Coding(
        "eq3",
        "The 1 in the logarithm is forgotten: the mean of theta - G.",
        """
def eq3(G, theta):
    return np.mean(np.log(np.exp(theta - G)))
""",
        must="the 1 | 1 + | linear | log(1 | straight",
    ),
    Coding(
        "eq3",
        "A hinge (ReLU) in place of the soft logarithm.",
        """
def eq3(G, theta):
    return np.maximum(0, theta - G).mean()
""",
        must="hinge | max(0 | ReLU | kink | rectif | corner",
    ),
    Coding(
        "eq3",
        "The threshold is a constant 2.0.",
        """
def eq3(G, theta=2.0):
    theta = 2.0
    return np.logaddexp(0, theta - G).mean()
""",
        must=(
            "theta does not enter | threshold is ignored | theta is ignored | theta is not | threshold is not | "
            "threshold does not | not depend on theta | not change when theta | constant | without theta | fixed "
            "| theta has no"
        ),
    ),
    Coding(
        "eq3",
        "One value for each sample: the mean is missing.",
        """
def eq3(G, theta):
    return np.logaddexp(0, theta - G)
""",
        must="the mean | each sample | per sample | (N,) | scalar | one value | one number",
    ),
    Coding(
        "eq3",
        "The exponent is clipped at 50, so that large losses stop at 50.",
        """
def eq3(G, theta):
    u = np.clip(theta - G, -50, 50)
    return np.log1p(np.exp(u)).mean()
""",
        must="clip | 50 | bound | limit | at most",
    ),
    Coding(
        "eq3",
        "log(sigmoid) without the minus.",
        """
def eq3(G, theta):
    return -np.mean(np.logaddexp(0, theta - G))
""",
        must="sign | minus | -1",
    ),
    Coding(
        "eq3",
        "Goodness is squared once more.",
        """
def eq3(G, theta):
    return np.logaddexp(0, theta - G**2).mean()
""",
        must="squar | G^2 | G**2",
    ),
    Coding(
        "eq4",
        "The sign of the whole is turned: the negative loss is to be maximised.",
        """
def eq4(G, theta):
    return -np.logaddexp(0, G - theta).mean()
""",
        must="sign | minus | -1",
    ),
    Coding(
        "eq4",
        "exp overflows for large goodness.",
        """
def eq4(G, theta):
    s = 1 / (1 + np.exp(-(theta - G)))
    return -np.log(s).mean()
""",
        must="overflow | inf | nan | too large",
    ),
    Coding(
        "eq4",
        "An epsilon in the logarithm limits the loss.",
        """
def eq4(G, theta):
    s = 0.5 * (1 + np.tanh((theta - G) / 2))
    return -np.mean(np.log(s + 1e-8))
""",
        must="epsilon | small number | 1e-8 | 1e-08 | bound | clip | limit",
    ),
    Coding(
        "eq4",
        "The difference is squared.",
        """
def eq4(G, theta):
    return ((G - theta) ** 2).mean()
""",
        must="squar",
    ),
    Coding(
        "eq4",
        "The first sample is left out.",
        """
def eq4(G, theta):
    total = 0.0
    for n in range(1, len(G)):
        total += np.logaddexp(0, G[n] - theta)
    return total / len(G)
""",
        must="sample 0 | first sample | row 0 | G[0",
    ),
    Coding(
        "eq3_gradient",
        "The minus of the inner derivative is forgotten.",
        """
def eq3_gradient(G, theta):
    return 0.5 * (1 + np.tanh((theta - G) / 2)) / len(G)
""",
        must="sign | minus | -1",
    ),
    Coding(
        "eq3_gradient",
        "sigmoid(G - theta): the probability that a sample is taken for positive, not the miss.",
        """
def eq3_gradient(G, theta):
    p = 0.5 * (1 + np.tanh((G - theta) / 2))
    return -p / len(G)
""",
        must="G - theta | 1 - | wrong way | exchang | sign inside | reversed | opposite",
    ),
    Coding(
        "eq3_gradient",
        "The factor 2 a of the goodness is anticipated: twice too large.",
        """
def eq3_gradient(G, theta):
    return -2 * 0.5 * (1 + np.tanh((theta - G) / 2)) / len(G)
""",
        must="2 x | factor 2 | twice | 2.0 | doubl",
    ),
    Coding(
        "eq3_gradient",
        "tanh(u) for tanh(u / 2): the argument is doubled.",
        """
def eq3_gradient(G, theta):
    return -0.5 * (1 + np.tanh(theta - G)) / len(G)
""",
        must="half | doubl | steep | twice the | 2 u | u / 2 | factor 2",
        also=("sigmoid | argument | exponent | tanh | inside | steep | slope",),
    ),
    Coding(
        "eq3_gradient",
        "A mean is returned, one number for all samples.",
        """
def eq3_gradient(G, theta):
    return np.mean(-0.5 * (1 + np.tanh((theta - G) / 2)))
""",
        must="one number | each sample | (N,) | mean | scalar",
    ),
)
