"""Unusual but right answers of softmax, eq6, eq6_gradient."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "exp of scores minus log-sum-exp, by logaddexp.",
        """
def softmax(scores):
    return np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
""",
    ),
    Coding(
        "softmax",
        "Row by row, with Python's own sum.",
        """
def softmax(scores):
    from math import exp

    rows = []
    for row in scores:
        top = max(row)
        e = [exp(s - top) for s in row]
        rows.append([value / sum(e) for value in e])
    return np.array(rows)
""",
    ),
    Coding(
        "softmax",
        "One over the sum of exponentials of differences.",
        """
def softmax(scores):
    with np.errstate(over="ignore"):
        return 1 / np.exp(scores[:, None, :] - scores[:, :, None]).sum(axis=2)
""",
    ),
    Coding(
        "eq6",
        "logaddexp for log-sum-exp.",
        """
def eq6(G, y):
    return np.mean(np.logaddexp.reduce(G, axis=1) - np.take_along_axis(G, y[:, None], axis=1)[:, 0])
""",
    ),
    Coding(
        "eq6",
        "A loop over the samples, and a one-hot in einsum.",
        """
def eq6(G, y):
    onehot = np.eye(G.shape[1])[y]
    loss = 0.0
    for row, t in zip(G, onehot):
        shifted = row - row.max()
        loss += np.log(np.exp(shifted).sum()) - np.einsum("c,c->", t, shifted)
    return loss / len(y)
""",
    ),
    Coding(
        "eq6",
        "The scores less that of the true class: log of a sum of exponentials of gaps.",
        """
def eq6(G, y):
    gaps = G - G[np.arange(len(y)), y][:, None]
    return np.logaddexp.reduce(gaps, axis=1).sum() / len(y)
""",
    ),
    Coding(
        "eq6_gradient",
        "A loop over samples and classes.",
        """
def eq6_gradient(G, y):
    N, m = G.shape
    dG = np.zeros((N, m))
    for n in range(N):
        e = np.exp(G[n] - G[n].max())
        for c in range(m):
            dG[n, c] = (e[c] / e.sum() - (c == y[n])) / N
    return dG
""",
    ),
    Coding(
        "eq6_gradient",
        "A one-hot by comparison, and float32.",
        """
def eq6_gradient(G, y):
    G = G.astype(np.float32)
    t = y[:, None] == np.arange(G.shape[1])
    return (equations.softmax(G) - t) / np.float32(len(y))
""",
    ),
    Coding(
        "eq6_gradient",
        "Minus the derivative of log p, row by row.",
        """
def eq6_gradient(G, y):
    p = np.exp(G - np.logaddexp.reduce(G, axis=1, keepdims=True))
    rows = [np.eye(G.shape[1])[label] - p_n for label, p_n in zip(y, p)]
    return -np.stack(rows) / len(rows)
""",
    ),
    Coding(
        "eq6_gradient",
        "np.subtract.at on its own array.",
        """
def eq6_gradient(G, y):
    dG = equations.softmax(G)
    np.subtract.at(dG, (np.arange(len(y)), y), 1)
    dG *= 1 / len(G)
    return dG
""",
    ),
)
