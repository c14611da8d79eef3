"""Mistakes of two authors who wrote after the last change."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "Standardises each row (divides by its standard deviation) before exp, which changes the probabilities.",
        """
def softmax(scores):
    # put each row on the z scale first, so that exp cannot overflow
    mu = scores.mean(axis=1, keepdims=True)
    sd = scores.std(axis=1, keepdims=True)
    z = (scores - mu) / (sd + 1e-12)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)
""",
        must=(
            "standardi | deviation | z-score | spread | scaled | scaling | scale of | rescal | divided by | "
            "temperature | normalis... before | normaliz... before | stretch"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq6",
        "Averages over samples and classes, so the loss is m times too small.",
        """
def eq6(G, y):
    s = G - G.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    Y = np.eye(G.shape[1])[y]            # indicator matrix, N x m
    loglik = Y * logp
    return float(-loglik.mean())
""",
        must=(
            "classes | m times | N*m | N * m | N m | 1/m | / m | divided by m | number of entries | all entries | "
            "times too small | factor m | too small by"
        ),
        must_not="overflow",
    ),
    Coding(
        "eq6",
        "Softmax is taken twice, of G and then of the probabilities.",
        """
def eq6(G, y):
    p = equations.softmax(G)
    # from the other exercise: always shift before exp
    shifted = p - p.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    total = 0.0
    for i in range(len(y)):
        total = total - log_p[i, y[i]]
    return total / len(y)
""",
        must=(
            "twice | two times | second softmax | double | softmax of the softmax | softmax again | softmax of p | "
            "softmax of...probabilit | already probabilit | softmax...more than once"
        ),
    ),
    Coding(
        "eq6_gradient",
        "dG[y] -= 1 takes 1 off the rows with the numbers y, and not off one entry of each row.",
        """
def eq6_gradient(G, y):
    dG = equations.softmax(G)
    N, m = G.shape
    for i in range(N):
        dG[i][y] -= 1
    dG = dG / N
    return dG
""",
        must=(
            "y[i] | every label | all labels | all the labels | labels of the whole batch | labels of other | "
            "other samples | own label | index | whole batch | arange | several classes | one entry"
        ),
    ),
    Coding(
        "eq6_gradient",
        "p - y is multiplied by the slope p (1 - p), which is already in it.",
        """
def eq6_gradient(G, y):
    N = G.shape[0]
    p = equations.softmax(G)
    onehot = np.zeros(G.shape)
    for i in range(N):
        onehot[i, y[i]] = 1
    error = p - onehot
    dG = error * p * (1 - p)      # chain rule
    return dG / N
""",
        must=(
            "p (1 - p) | p * (1 - p) | p(1 - p) | 1 - p | slope | derivative of the softmax | softmax's derivative "
            "| jacobian | sigmoid | extra factor | derivative of softmax | squared error | chain rule"
        ),
    ),
    Coding(
        "eq1",
        "Takes the centred sum of squares: the row's mean is subtracted before squaring.",
        """
def eq1(a):
    d = a - a.mean(axis=1, keepdims=True)
    return np.einsum('ij,ij->i', d, d)       # SS of each row
""",
        must=(
            "mean... subtract | subtract... mean | minus... mean | centr | center | centered | deviation | "
            "variance | mean... taken off | mean... removed"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq1",
        (
            "a a^T is summed along its rows, so products of different samples are in it; only the diagonal belongs "
            "there."
        ),
        """
def eq1(a):
    G = a @ a.T        # (N, N), must be (N,)
    G = G.sum(axis=1)
    return G
""",
        must=(
            "diagonal | other rows | different rows | other samples | different samples | between rows | between "
            "samples | gram | mixes | mixed | cross | each other | pairs of rows | a @ a.T | off-diagonal"
        ),
        must_not="square root",
    ),
    Coding(
        "eq2",
        "Squares only the negative entries, taking 'negative goodness' for the negative part.",
        """
def eq2(a):
    neg = np.where(a < 0, a, 0.0)     # negative activations
    return (neg ** 2).sum(axis=1)
""",
        must=(
            "only... negative | negative activations | negative part | negative entries | entries below | below 0 "
            "| below zero | a < 0 | positive activations... missing | positive entries | positive activations | "
            "dropped | some activations | some of the"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq2",
        "Only activations below 0 are counted, as if negative data meant negative activations.",
        """
def eq2(a):
    G = np.zeros(len(a))
    for i in range(len(a)):
        s = 0.0
        for value in a[i]:
            if value < 0:
                s += value * value
        G[i] = s
    return G
""",
        must=(
            "negative activation | negative entr | negative number | negative values | below 0 | below zero | < 0 "
            "| less than 0 | positive activations...out | positive entries | leaves out the positive | skips the "
            "positive | filter | a < 0 | sign of the activation"
        ),
        must_not="square root | averag",
    ),
    Coding(
        "eq3",
        "Takes the softplus of the mean margin instead of the mean of the softplus.",
        """
def eq3(G, theta):
    u = (theta - G).mean()
    return float(np.logaddexp(0.0, u))
""",
        must=(
            "mean... before | mean first | averag... first | averag... before | mean... inside | mean of G | mean "
            "goodness | average goodness | mean of the goodness | of the mean | of the average | mean... too early "
            "| jensen | each sample | per sample | order of... mean | then the log"
        ),
        must_not="sign",
    ),
    Coding(
        "eq3",
        "The stable form has lost its max(u, 0) term: only log1p(exp(-|u|)) is left.",
        """
def eq3(G, theta):
    u = theta - G
    # numerically stable log(1 + exp(u))
    return float(np.log1p(np.exp(-np.abs(u))).mean())
""",
        must=(
            "max( | maximum | linear | positive part | abs | |u| | absolute | first term | term... missing | "
            "missing term | lost... term | half... lost | below theta | below the threshold | symmetric | both "
            "sides | either side | grow"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq3",
        "The goodness is averaged before the loss, instead of the losses after it.",
        """
def eq3(G, theta):
    g = np.mean(G)
    u = theta - g
    if u > 0:
        loss = u + np.log(1 + np.exp(-u))
    else:
        loss = np.log(1 + np.exp(u))
    return float(loss)
""",
        must=(
            "mean goodness | mean of G | mean of the goodness | average goodness | averages G | averaged first | "
            "mean first | mean...before | average...before | averag...goodness | each sample's loss | loss of each "
            "sample | order | nonlinear | loss of the mean | mean is taken | goodness...averag"
        ),
    ),
    Coding(
        "eq3_gradient",
        "Returns the curvature p (1 - p), the slope of the sigmoid, instead of the sigmoid.",
        """
def eq3_gradient(G, theta):
    N = len(G)
    s = 0.5 * (1 + np.tanh((theta - G) / 2))
    return -s * (1 - s) / N
""",
        must=(
            "second derivative | curvature | s (1 | s * (1 | s(1 | p (1 | p * (1 | sigmoid's derivative | "
            "sigmoid's slope | derivative of the sigmoid | slope of the sigmoid | sigmoid' | sigmoid * (1 | "
            "sigmoid (1 | (1 - s | (1 - sigmoid | hessian | derived twice | differentiated twice | derivative... "
            "twice | extra factor | 1 - sigmoid"
        ),
        must_not="1/N",
    ),
)
