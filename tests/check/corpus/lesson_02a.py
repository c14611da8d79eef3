"""Mistakes in free codings of softmax, eq6."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "The sums run over the samples, not over the classes.",
        """
def softmax(scores):
    # the usual snippet from Stack Overflow
    e_x = np.exp(scores - np.max(scores))
    return e_x / e_x.sum(axis=0)
""",
        must="axis | over the samples | columns | over samples | column",
    ),
    Coding(
        "softmax",
        "All exponentials of the batch are summed: the whole matrix adds up to 1.",
        """
def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum()
""",
        must="whole array | whole matrix | each row | row by row | own row | every row | all rows",
    ),
    Coding(
        "softmax",
        "It is a sigmoid of each score.",
        """
def softmax(scores):
    return 1 / (1 + np.exp(-scores))
""",
        must="sigmoid | each score on its own | logistic",
    ),
    Coding(
        "softmax",
        "The logarithm of the softmax is returned.",
        """
def softmax(scores):
    s = scores - scores.max(axis=1, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=1, keepdims=True))
""",
        must="log",
    ),
    Coding(
        "softmax",
        "The sign in the exponent is wrong: the smallest score gets the largest probability.",
        """
def softmax(scores):
    e = np.exp(scores.min(axis=1, keepdims=True) - scores)
    return e / e.sum(axis=1, keepdims=True)
""",
        must="sign | minus | smallest | exp(-",
    ),
    Coding(
        "softmax",
        "The exponentials are not divided by their sum.",
        """
def softmax(scores):
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    exp_scores = np.exp(shifted)
    return exp_scores
""",
        must="normali | divi | sum to 1 | add up | sum of the row | row ... 1",
    ),
    Coding(
        "softmax",
        "The largest score is taken off in place, which changes the caller's scores.",
        """
def softmax(scores):
    scores -= scores.max(axis=1, keepdims=True)
    e = np.exp(scores)
    return e / e.sum(axis=1, keepdims=True)
""",
        must=(
            "changes scores | scores is changed | changed scores | changes its argument | scores are changed | "
            "modifies | changed in place"
        ),
    ),
    Coding(
        "softmax",
        "1 is added to the denominator.",
        """
def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / (1 + e.sum(axis=1, keepdims=True))
""",
        must="1 ... denominator | denominator | sum ... less than 1 | extra | + 1 | add up | sums to | below 1",
    ),
    Coding(
        "softmax",
        "The maximum is taken over the whole batch, so rows of small scores underflow to 0/0.",
        """
def softmax(scores):
    e = np.exp(scores - scores.max())
    return e / e.sum(axis=1, keepdims=True)
""",
        must="underflow | own maximum | own largest | each row | nan | 0/0 | vanish",
    ),
    Coding(
        "eq6",
        "The mean is taken over samples and classes: divided by m once too often.",
        """
def eq6(G, y):
    s = G - G.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    onehot = np.eye(G.shape[1])[y]
    return -(onehot * log_p).mean()
""",
        must="number of classes | 1/m | divided by m | m = | all entries",
    ),
    Coding(
        "eq6",
        "An epsilon of 1e-7 in the logarithm limits the loss of a sure mistake to 16.",
        """
def eq6(G, y):
    p = equations.softmax(G)
    return -np.mean(np.log(p[np.arange(len(y)), y] + 1e-7))
""",
        must="epsilon | 1e-7 | 1e-07 | log | clip | gap | 1000 | limit",
    ),
    Coding(
        "eq6",
        "It is the binary cross-entropy: the terms of the wrong classes are added.",
        """
def eq6(G, y):
    p = np.clip(equations.softmax(G), 1e-12, 1 - 1e-12)
    t = np.eye(G.shape[1])[y]
    return -(t * np.log(p) + (1 - t) * np.log(1 - p)).sum(axis=1).mean()
""",
        must="binary | 1 - p | (1 - y) | other classes | wrong classes | sigmoid",
    ),
    Coding(
        "eq6",
        "The loss is the mean of 1 - p in place of -log p.",
        """
def eq6(G, y):
    p = equations.softmax(G)
    return np.mean(1 - p[np.arange(len(y)), y])
""",
        must="log | 1 - p | probability",
    ),
    Coding(
        "eq6",
        "The class with the largest score is taken for the true one.",
        """
def eq6(G, y):
    s = G - G.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -log_p.max(axis=1).mean()
""",
        must="predicted | argmax | largest score ... label | not depend on y | not change when y",
    ),
    Coding(
        "eq6",
        "The last sample is left out of the sum.",
        """
def eq6(G, y):
    total = 0
    for n in range(len(y) - 1):
        row = G[n] - G[n].max()
        total += np.log(np.exp(row).sum()) - row[y[n]]
    return total / len(y)
""",
        must="last sample | last row | sample ... left out | sample ... missing | last label",
    ),
    Coding(
        "eq6",
        "The labels are read as columns for all rows: p[:, y] is N x N.",
        """
def eq6(G, y):
    s = G - G.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -log_p[:, y].mean()
""",
        must=(
            "p[:, y] | every pair | all pairs | rows | each row | own label | labels of other samples | every "
            "label | other samples"
        ),
    ),
    Coding(
        "eq6",
        "Label smoothing of 0.1 is built in.",
        """
def eq6(G, y, eps=0.1):
    s = G - G.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    t = np.eye(G.shape[1])[y] * (1 - eps) + eps / G.shape[1]
    return -(t * log_p).sum(axis=1).mean()
""",
        must="smooth | 0.1 | other classes | wrong classes",
    ),
    Coding(
        "eq6",
        "Only log-sum-exp is averaged: the score of the true class is missing.",
        """
def eq6(G, y):
    m = G.max(axis=1)
    return np.mean(m + np.log(np.exp(G - m[:, None]).sum(axis=1)))
""",
        must=(
            "score of the true | true class | not depend on y | not change when y | label is not | labels are not "
            "| label does not | without the label"
        ),
    ),
)
