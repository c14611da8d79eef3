"""Mistakes of an eleventh and a twelfth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq3",
        "The exponent is clipped to +-50, so the loss of a sample never exceeds 50.",
        """
def eq3(G, theta):
    u = np.clip(theta - G, -50.0, 50.0)      # exp must not overflow
    return float(np.mean(np.log(1.0 + np.exp(u))))
""",
        must=(
            "clip | clamp | cap | limit | saturat | bounded | at most | cut off | cut at | never exceeds | stops "
            "growing | does...grow | no longer grow | stays at | ceiling | truncat | far below theta | far below "
            "the threshold | far from theta | large theta - G | 1000 | logaddexp | upper bound | very low goodness "
            "| very small goodness | large differences | large values"
        ),
        must_not="sign | sum in place",
    ),
    Coding(
        "eq3",
        "np.logaddexp2 computes log2(1 + 2^(theta - G)): base 2 in place of e.",
        """
def eq3(G, theta):
    return float(np.logaddexp2(0.0, theta - G).mean())
""",
        must=(
            "base 2 | base-2 | to base | to the base | powers of 2 | power of 2 | 2^ | 2 ** | 2** | logaddexp2 | "
            "log2 | log_2 | logaddexp | binary log | bits | natural log | base e | exp2 | wrong base | dual log | "
            "base of the log"
        ),
        must_not="sign | overflow | sum in place",
    ),
    Coding(
        "eq3_gradient",
        "The sigmoid has the opposite argument: -sigmoid(G - theta) / N.",
        """
def eq3_gradient(G, theta):
    s = 0.5 * (1 + np.tanh(0.5 * (G - theta)))
    return -s / len(G)
""",
        must=(
            "argument | theta - G | G - theta | exchang | swap | 1 - sigmoid | mirror | complement | the other way "
            "| reversed | interchang | most ... low goodness"
        ),
        must_not="mean | 1/N",
    ),
    Coding(
        "eq3_gradient",
        "The complement of the sigmoid, 1 - sigmoid(theta - G), in place of the sigmoid.",
        """
def eq3_gradient(G, theta):
    N = len(G)
    dG = np.empty(N)
    for i in range(N):
        s = 0.5 * (1 + np.tanh((theta - G[i]) / 2))
        dG[i] = -(1 - s) / N
    return dG
""",
        must=(
            "1 - s | 1 - sigmoid | (1 - | complement | sigmoid(G - theta | G - theta | swapped | exchanged | "
            "opposite argument | argument...sign | sign...argument | inside the sigmoid | other way round | wrong "
            "way round | reversed | mirrored | above theta | above the threshold | already above | large goodness "
            "| high goodness | larger goodness | grows with G | of the sigmoid's argument | sigmoid's argument | "
            "sigmoid's other | wrong side | negative data"
        ),
        must_not="1/N | overflow",
    ),
    Coding(
        "eq4",
        "-log(1 - sigmoid + 1e-8): the epsilon caps the loss at 18.4.",
        """
def eq4(G, theta):
    s = 0.5 * (1 + np.tanh(0.5 * (G - theta)))
    # binary cross-entropy with target 0
    return float(np.mean(-np.log(1.0 - s + 1e-8)))
""",
        must=(
            "epsilon | 1e-8 | small constant | small number | tiny | added inside the log | inside the log | cap | "
            "clip | limit | bounded | saturat | at most | stops growing | never exceeds | does...grow | no longer "
            "grow | far above theta | far above the threshold | far from theta | ceiling | large goodness | 18.4 | "
            "18 | stays at | 1000 | upper bound | logaddexp | large differences"
        ),
        must_not="sign | theta - G | sum in place",
    ),
    Coding(
        "eq4",
        "The threshold of negative data is taken to be -theta: G + theta in the exponent.",
        """
def eq4(G, theta):
    u = np.asarray(G) + theta
    out = np.where(u > 0, u + np.log1p(np.exp(-np.abs(u))), np.log1p(np.exp(-np.abs(u))))
    return float(out.sum() / len(out))
""",
        must=(
            "G + theta | theta + G | -theta | - theta | minus theta | theta...sign | sign of theta | theta's sign "
            "| theta is added | adds theta | added theta | plus theta | theta...subtract | theta...taken off | "
            "theta...added | subtract...theta | subtract | threshold...sign | sign of the threshold | "
            "threshold...added | negative threshold | G - theta"
        ),
        must_not="theta - G | theta is ignored | theta is missing | overflow",
    ),
    Coding(
        "eq4_gradient",
        "s (1 - s), the derivative of the sigmoid, instead of the sigmoid itself.",
        """
def eq4_gradient(G, theta):
    s = 0.5 * (1 + np.tanh(0.5 * (G - theta)))
    return s * (1 - s) / G.shape[0]
""",
        must=(
            "s (1 - s) | (1 - s | 1 - sigmoid | derivative of ... sigmoid | sigmoid's ... derivative | sigmoid's "
            "slope | slope of ... sigmoid | one derivative | differentiated twice | second derivative | sigmoid "
            "itself | extra factor | derivative too | vanish"
        ),
    ),
    Coding(
        "eq4_gradient",
        "The gradient of binary cross-entropy with target 1, s - 1, though a negative has target 0.",
        """
def eq4_gradient(G, theta):
    target = np.ones(G.shape[0])
    logits = G - theta
    s = 0.5 + 0.5 * np.tanh(logits / 2)
    return (s - target) / G.shape[0]
""",
        must=(
            "target | positive data | positives | Eq. (3) | eq3 | L_pos | s - 1 | sigmoid - 1 | minus 1 | 1 too | "
            "subtract | - 1 | -1 | 1 - s | negative...should be positive | must be positive | never be negative | "
            "never negative | raises the goodness | increases the goodness | goodness...rise | goodness...grow | "
            "pushes...up | constant | 1/N too | shifted by | lower by"
        ),
        must_not="overflow | twice",
    ),
    Coding(
        "eq5",
        "Divided by sqrt(n), as in scaled dot-product attention.",
        """
def eq5(a, M):
    n = a.shape[1]
    return np.einsum('bn,mn->bm', a, M) / np.sqrt(n)
""",
        must="sqrt | root | attention | factor | divid | scale | too small by | 1/sqrt",
    ),
    Coding(
        "eq7",
        "ReLU's derivative taken to be relu(z) itself: da is multiplied by a instead of by 0 or 1.",
        """
def eq7(x, z, M, dG):
    D, H = x.shape[1], z.shape[1]
    dW = np.zeros((D, H))
    for n in range(x.shape[0]):
        for h in range(H):
            slope = z[n, h] if z[n, h] > 0 else 0.0
            err = 0.0
            for c in range(M.shape[0]):
                err += dG[n, c] * M[c, h]
            dW[:, h] += x[n, :] * err * slope
    return dW
""",
        must=(
            "relu(z | slope | multiplied by a | multiplied by z | times a | times z | * a | * z | by the "
            "activation | by z itself | by a itself | value of z | z itself | a itself | ReLU itself | ReLU's "
            "value | activation in place of | activation instead of | z instead of | z in place of | a instead of "
            "| a in place of | derivative of the ReLU | derivative of ReLU | ReLU's derivative | 0 or 1 | 1 where"
        ),
        must_not="transpos | sum in place of",
    ),
    Coding(
        "eq8",
        "The mean over the batch is taken again: an extra 1/N.",
        """
def eq8(a, dG):
    return (dG[:, :, None] * a[:, None, :]).mean(axis=0)
""",
        must=(
            "twice | 1/N | second time | already | batch size | N times | mean | averag | divid ... N | 1 / N | again"
        ),
        must_not="sign",
    ),
    Coding(
        "eq8",
        "The loop overwrites dM: only the last sample counts.",
        """
def eq8(a, dG):
    for ai, gi in zip(a, dG):
        dM = np.outer(gi, ai)
    return dM
""",
        must=(
            "last | overwrit | accumul | sum ... samples | sum ... rows | sum ... batch | only one | one sample | "
            "+= | single sample | add up | adding up"
        ),
    ),
)
