"""Mistakes of two more authors, who were asked for uncommon ones."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "The row's mean is taken off instead of its maximum, so large scores still overflow.",
        """
def softmax(scores):
    centred = scores - np.mean(scores, axis=1, keepdims=True)
    e = np.exp(centred)
    total = np.sum(e, axis=1, keepdims=True)
    return e / total
""",
        must="overflow | mean...max | max...mean | inf | nan | largest | large scores",
        must_not="whole array | transpos",
    ),
    Coding(
        "softmax",
        "Powers of two are used in place of powers of e.",
        """
def softmax(scores):
    scores = scores - scores.max(1)[:, None]
    weights = np.exp2(scores)
    return weights / weights.sum(1)[:, None]
""",
        must=(
            "base | exp2 | 2 ** | 2^ | 2** | power of 2 | power of two | powers of 2 | powers of two | ln 2 | "
            "log(2) | log 2 | 0.69 | temperature | scaled by | flatter | softer"
        ),
        must_not="overflow | transpos",
    ),
    Coding(
        "softmax",
        "The scores are divided by the square root of the number of classes first, as attention does.",
        """
def softmax(scores):
    d = scores.shape[-1]
    s = scores / np.sqrt(d)
    s = s - s.max(axis=-1, keepdims=True)
    w = np.exp(s)
    return w / w.sum(axis=-1, keepdims=True)
""",
        must=(
            "sqrt | square root | temperature | scaled | scaling | divided by...before | attention | flatter | "
            "softer | too flat | less sharp | smaller scores | factor on the scores | scores...multiplied"
        ),
        must_not="transpos | columns",
    ),
    Coding(
        "eq6",
        "Labels are smoothed by 0.1, as in a library's label_smoothing.",
        """
def eq6(G, y, smoothing=0.1):
    N, m = G.shape
    shifted = G - G.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    target = np.full((N, m), smoothing / m)
    target[np.arange(N), y] += 1 - smoothing
    return float(-(target * logp).sum() / N)
""",
        must=(
            "smooth | 0.1 | soft target | soft label | other classes | wrong classes | target...0.9 | uniform | "
            "every class | all classes"
        ),
        must_not="overflow | sign",
    ),
    Coding(
        "eq6",
        "The perplexity, exp of the mean cross-entropy, is returned.",
        """
def eq6(G, y):
    total = 0.0
    for row, label in zip(G, y):
        top = row.max()
        total += top + np.log(np.exp(row - top).sum()) - row[label]
    return float(np.exp(total / len(y)))
""",
        must=(
            "perplex | exp(loss | exp(L | exp(mean | exp of | exponential of | exponentiat | e to the | log of "
            "your | logarithm of your | undoes the log"
        ),
        must_not="sign | base",
    ),
    Coding(
        "eq6",
        "The probabilities of the true classes are averaged first and the log is taken of that mean.",
        """
def eq6(G, y):
    p = equations.softmax(G)
    picked = p[np.arange(len(y)), y]
    likelihood = picked.mean()
    if likelihood < 1e-300:
        return float(-np.log(1e-300))
    return float(-np.log(likelihood))
""",
        must=(
            "log of the mean | mean...before the log | mean...log | log...mean | averag...log | log...averag | "
            "jensen | averag...probabilit | mean...probabilit | probabilit...averag"
        ),
        must_not="sign | base",
    ),
    Coding(
        "eq6_gradient",
        "The 1 of the label is taken from the exponentials, before they are divided by their sum.",
        """
def eq6_gradient(G, y):
    e = np.exp(G - G.max(axis=1, keepdims=True))
    e[np.arange(len(y)), y] -= 1
    e /= np.exp(G - G.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
    return e / len(y)
""",
        must=(
            "before...normalis | before...normaliz | before...divi | unnormali | not normali | exponentials | from "
            "e | from exp | divided by the sum | divided...too | label...divided | one-hot...divided | "
            "label...scaled | after...normalis | after...divi | after...softmax"
        ),
        must_not="transpos | sign",
    ),
    Coding(
        "eq6_gradient",
        "p - y is multiplied by p (1 - p) once more, as for a sigmoid output with squared error.",
        """
def eq6_gradient(G, y):
    N, m = G.shape
    p = equations.softmax(G)
    target = np.eye(m)[y]
    delta = (p - target) * p * (1 - p)
    return delta / N
""",
        must=(
            "p * (1 - p) | p (1 - p) | p(1 - p) | p(1-p) | p * (1-p) | (1 - p) | sigmoid | derivative of...softmax "
            "| softmax's derivative | softmax derivative | slope of the softmax | softmax's slope | jacobian | "
            "twice | extra factor | cancel | squared error"
        ),
        must_not="sign | one-hot",
    ),
    Coding(
        "eq6_gradient",
        "The gradient is the one at the probabilities, -y / p, and stops before the softmax.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    dp = np.zeros_like(p)
    i = np.arange(G.shape[0])
    dp[i, y] = -1.0 / (p[i, y] + 1e-12)
    return dp / G.shape[0]
""",
        must=(
            "1 / p | 1/p | y / p | y/p | jacobian | at p | at the probabilit | with respect to p | to the "
            "probabilit | by p | by the probabilit | derivative of...softmax | softmax's derivative | through the "
            "softmax | chain rule | before the softmax"
        ),
        must_not="batch | sign",
    ),
    Coding(
        "eq1",
        "The accumulator is never reset, so each row also holds the goodness of all rows before.",
        """
def eq1(a):
    G = np.zeros(len(a))
    energy = 0.0
    for i in range(len(a)):
        for j in range(a.shape[1]):
            energy += a[i, j] * a[i, j]
        G[i] = energy
    return G
""",
        must=(
            "reset | accumul | running | cumul | carried | carries | previous row | earlier row | rows before | "
            "row before | set back | set to 0 | prefix"
        ),
        must_not="square root | axis",
    ),
    Coding(
        "eq1",
        "The row's mean is subtracted before squaring, as in a variance.",
        """
def eq1(a):
    mu = a.mean(axis=1, keepdims=True)
    return ((a - mu) ** 2).sum(axis=1)
""",
        must=(
            "mean...subtract | mean...taken off | centr | center | varian | deviation | subtract...mean | "
            "minus...mean | mean is removed | mean...removed | around the mean | around their mean"
        ),
        must_not="square root | axis",
    ),
    Coding(
        "eq1",
        "The inner products of each row with all rows are summed; only the one with itself belongs there.",
        """
def eq1(a):
    gram = a @ a.T
    return gram.sum(axis=1)
""",
        must=(
            "diagonal | inner product | dot product | gram | other rows | other samples | all rows | all samples | "
            "a @ a.T | a a^T | mixes | mixed | between rows | between samples | rows...mix"
        ),
        must_not="square root | sign",
    ),
    Coding(
        "eq2",
        "Rows are normalised to length 1 first, which makes every goodness 1.",
        """
def eq2(a):
    length = np.sqrt((a ** 2).sum(axis=1, keepdims=True)) + 1e-8
    a = a / length
    return (a ** 2).sum(axis=1)
""",
        must="normalis | normaliz | length | unit | always 1 | constant | every row...1 | same for all | norm",
        must_not="batch | sign",
    ),
)
