"""Further mistakes in free codings of eq1, eq2, eq3, eq4 and the gradients of eq3 and eq4."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq1",
        "The mean of the squares, as Hinton's code has it.",
        """
def eq1(a):
    return np.mean(np.square(a), axis=1)
""",
        must="mean | by n | 1/n | neurons",
        must_not="axis | root",
    ),
    Coding(
        "eq1",
        "The squares are added up over the samples.",
        """
def eq1(a):
    return np.einsum("nj,nj->j", a, a)
""",
        must="axis | over the samples | over the batch | neuron | each sample | shape",
        must_not="mean",
    ),
    Coding(
        "eq1",
        "The activations are added up without being squared.",
        """
def eq1(a):
    G = np.zeros(len(a))
    for j in range(a.shape[1]):
        G += a[:, j]
    return G
""",
        must="squar",
        must_not="root | mean",
    ),
    Coding(
        "eq2",
        "One number for the whole batch.",
        """
def eq2(a):
    return (a ** 2).sum()
""",
        must="one number | whole batch | sum over all | scalar",
        must_not="mean",
    ),
    Coding(
        "eq2",
        "A minus, because negative data is to have little goodness.",
        """
def eq2(a):
    return -np.sum(a * a, axis=1)
""",
        must="sign | minus | -1 | opposite",
    ),
    Coding(
        "eq2",
        "The loop begins with neuron 1.",
        """
def eq2(a):
    N, n = a.shape
    out = []
    for row in a:
        total = 0
        for j in range(1, n):
            total += row[j] ** 2
        out.append(total)
    return np.array(out)
""",
        must="neuron 0 | first neuron | first column | column 0 | left out | leaves out | missing",
        must_not="mean",
    ),
    Coding(
        "eq3",
        "Theta and the goodness are exchanged.",
        """
def eq3(G, theta):
    return np.logaddexp(0, G - theta).mean()
""",
        must="sign | exchanged | Eq. (4) | G - theta | opposite | negative data",
        must_not="overflow",
    ),
    Coding(
        "eq3",
        "Computed as it is printed: exp overflows.",
        """
def eq3(G, theta):
    total = 0
    for g in G:
        total += np.log(1 + np.exp(theta - g))
    return total / len(G)
""",
        must="overflow | inf | large | 1000",
        must_not="sign",
    ),
    Coding(
        "eq3",
        "The exponent is clipped at 20, which is too early.",
        """
def eq3(G, theta):
    u = np.clip(theta - G, -20, 20)
    return np.mean(np.log1p(np.exp(u)))
""",
        must="clip | cut | limited | 20 | large | bounded | never more",
        must_not="sign",
    ),
    Coding(
        "eq3",
        "Minus the log of a sigmoid with an epsilon.",
        """
def eq3(G, theta):
    sigmoid = 0.5 * (1 + np.tanh((G - theta) / 2))
    return -np.log(sigmoid + 1e-7).mean()
""",
        must=(
            "epsilon | 1e-7 | 1e-07 | large | saturat | 16 | limited | bounded | cut | log of ... sigmoid"
            " | never more | rounded to 0"
        ),
        must_not="sign is",
    ),
    Coding(
        "eq3",
        "A hinge instead of the softplus.",
        """
def eq3(G, theta):
    return np.maximum(theta - G, 0).mean()
""",
        must="hinge | softplus | smooth",
        must_not="overflow",
    ),
    Coding(
        "eq4",
        "The sum over the batch.",
        """
def eq4(G, theta):
    return float(np.sum(np.logaddexp(0.0, G - theta)))
""",
        must="mean | by N | N times | sum over the batch | not divided",
        must_not="sign",
    ),
    Coding(
        "eq4",
        "The 1 in the logarithm is forgotten: the loss is just G - theta.",
        """
def eq4(G, theta):
    return np.mean(np.log(np.exp(np.minimum(G - theta, 700))))
""",
        must="1 + | the 1 | log(1 | without the 1 | G - theta | softplus | linear",
        must_not="batch",
    ),
    Coding(
        "eq4",
        "The threshold is not used.",
        """
def eq4(G, theta):
    return np.logaddexp(0, G).mean()
""",
        must="theta does not | theta is not | threshold does not | threshold is not | when theta changes | threshold",
        must_not="sign",
    ),
    Coding(
        "eq4",
        "The threshold is added.",
        """
def eq4(G, theta):
    u = G + theta
    return np.mean(np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u))))
""",
        must="theta | threshold",
        also=("sign | added | + | minus | plus | opposite | subtract",),
    ),
    Coding(
        "eq4",
        "A loss for each sample.",
        """
def eq4(G, theta):
    return np.array([np.logaddexp(0, g - theta) for g in G])
""",
        must="mean | scalar | each sample | one number",
    ),
    Coding(
        "eq3_gradient",
        "Not divided by N.",
        """
def eq3_gradient(G, theta):
    return -1 / (1 + np.exp(np.clip(G - theta, -500, 500)))
""",
        must="1/N | by N | mean | batch | N times",
        must_not="sign | overflow",
    ),
    Coding(
        "eq3_gradient",
        "The inner derivative is forgotten: the sign is that of negative data.",
        """
def eq3_gradient(G, theta):
    u = theta - G
    return 0.5 * (1 + np.tanh(u / 2)) / len(G)
""",
        must="sign | -1 | minus | inner derivative | opposite",
        must_not="batch",
    ),
    Coding(
        "eq3_gradient",
        "The derivative of the sigmoid instead of the sigmoid.",
        """
def eq3_gradient(G, theta):
    s = 0.5 * (1 + np.tanh((theta - G) / 2))
    return -s * (1 - s) / G.size
""",
        must="derivative of a sigmoid | derivative of the sigmoid | s (1 - s) | 1 - s",
        must_not="sign",
    ),
    Coding(
        "eq3_gradient",
        "tanh in the place of the sigmoid, without halves.",
        """
def eq3_gradient(G, theta):
    return -np.tanh(theta - G) / len(G)
""",
        must="tanh",
        must_not="by N",
    ),
    Coding(
        "eq3_gradient",
        "The mean of the gradients: one number.",
        """
def eq3_gradient(G, theta):
    s = 0.5 * (1 + np.tanh((theta - G) / 2))
    return np.mean(-s)
""",
        must="one number | scalar",
        must_not="sign",
    ),
    Coding(
        "eq4_gradient",
        "The sigmoid of theta - G.",
        """
def eq4_gradient(G, theta):
    e = np.exp(-np.abs(theta - G))
    sigma = np.where(theta >= G, 1 / (1 + e), e / (1 + e))
    return sigma / len(G)
""",
        must="theta - G | G - theta | sign | exchanged | 1 - sigmoid | Eq. (3) | argument | wrong way",
        must_not="by N",
    ),
    Coding(
        "eq4_gradient",
        "exp(u) / (1 + exp(u)), which becomes inf / inf.",
        """
def eq4_gradient(G, theta):
    e = np.exp(G - theta)
    return e / (1 + e) / len(G)
""",
        must="overflow | inf | nan | large | 1000",
        must_not="sign",
    ),
    Coding(
        "eq4_gradient",
        "A step function: 1 where the goodness is above the threshold.",
        """
def eq4_gradient(G, theta):
    return (G > theta) / len(G)
""",
        must="step | sigmoid | 0 or 1 | hinge | smooth",
        must_not="by N",
    ),
    Coding(
        "eq4_gradient",
        "Doubled, as if the goodness were differentiated here already.",
        """
def eq4_gradient(G, theta):
    return (1 + np.tanh((G - theta) / 2)) / len(G)
""",
        must="2 | twice | double | half | 0.5",
        must_not="by N",
    ),
)
