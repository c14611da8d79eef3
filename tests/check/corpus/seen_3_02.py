"""Rarer mistakes in free codings of softmax, eq6 and eq6_gradient."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "The largest score gets 1, all others 0: a hard choice.",
        """
def softmax(scores):
    p = np.zeros(scores.shape)
    p[np.arange(len(scores)), scores.argmax(axis=1)] = 1.0
    return p
""",
        must="everything | maximum | one-hot | hard | argmax | largest ... 1 | 0 or 1 | all or nothing",
        must_not="axis",
    ),
    Coding(
        "softmax",
        "Divided by the largest exponential, not by the sum.",
        """
def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.max(axis=1, keepdims=True)
""",
        must="the sum | add up to 1 | sum to 1 | divided | normal | largest exp",
        must_not="axis",
    ),
    Coding(
        "softmax",
        "Powers of 2 instead of e.",
        """
def softmax(scores):
    e = 2.0 ** (scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""",
        must="base | power of 2 | powers of 2 | 2** | ln 2 | log(2) | temperature | 0.693 | times the scores",
        must_not="axis",
    ),
    Coding(
        "eq6",
        "The label is smoothed by 0.1, as in Keras' label_smoothing.",
        """
def eq6(G, y):
    m = G.shape[1]
    s = G - G.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    t = np.eye(m)[y] * 0.9 + 0.1 / m
    return -(t * log_p).sum(axis=1).mean()
""",
        must="smooth | other classes | 0.1 | 0.9",
        must_not="sign | softmax is missing",
    ),
    Coding(
        "eq6",
        "The entropy of the prediction: the labels do not enter.",
        """
def eq6(G, y):
    s = G - G.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -(np.exp(log_p) * log_p).sum(axis=1).mean()
""",
        must="label ... not enter | not change when y | not depend on y | entropy of | labels are not",
        must_not="overflow",
    ),
    Coding(
        "eq6",
        "The score of the true class is not taken off: log-sum-exp alone.",
        """
def eq6(G, y):
    top = G.max(axis=1)
    return (top + np.log(np.exp(G - top[:, None]).sum(axis=1))).mean()
""",
        must=(
            "label ... not enter | not change when y | not depend on y | true class | log-sum-exp | log sum"
            " | labels are not"
        ),
    ),
    Coding(
        "eq6",
        "The shift is not put back: the label's score is unshifted, the sum is shifted.",
        """
def eq6(G, y):
    top = G.max(axis=1, keepdims=True)
    lse = np.log(np.exp(G - top).sum(axis=1))
    return np.mean(lse - G[np.arange(len(y)), y])
""",
        must="shift | largest score | maximum | taken off | put back | row's largest",
        must_not="sign is",
    ),
    Coding(
        "eq6",
        "return stands inside the loop: the first sample's loss only.",
        """
def eq6(G, y):
    total = 0
    for i in range(len(y)):
        g = G[i] - G[i].max()
        total += np.log(np.exp(g).sum()) - g[y[i]]
        return total / len(y)
""",
        must="first sample | only ... sample | one sample | return | first row",
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "Labels smoothed by 0.1.",
        """
def eq6_gradient(G, y):
    m = G.shape[1]
    p = equations.softmax(G)
    t = 0.9 * np.eye(m)[y] + 0.1 / m
    return (p - t) / len(y)
""",
        must="smooth | 0.1 | 0.9 | target",
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "Rows that are already predicted rightly get no gradient, as for a perceptron.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    dG = p - np.eye(G.shape[1])[y]
    dG[p.argmax(axis=1) == y] = 0
    return dG / len(y)
""",
        must="rightly | already right | predicted | rows ... zero | rows ... 0 | some rows | correct",
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "A stale row: the softmax of row 0 stands for all rows.",
        """
def eq6_gradient(G, y):
    N, m = G.shape
    p = np.exp(G[0] - G[0].max())
    p /= p.sum()
    dG = np.tile(p, (N, 1))
    dG[np.arange(N), y] -= 1
    return dG / N
""",
        must="first row | row 0 | first sample | sample 0 | each row | all rows",
        must_not="sign",
    ),
)
