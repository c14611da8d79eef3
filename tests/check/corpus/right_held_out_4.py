"""A fourth author's unusual but right answers, held out, of several exercises."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "By the logarithms: exp(G - logsumexp).",
        """
def softmax(scores):
    return np.exp(scores - np.logaddexp.reduce(scores, axis=1)[:, None])
""",
    ),
    Coding(
        "eq6_gradient",
        "Sample by sample: one-hot minus p, with the minus at the end.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    rows = []
    for k in range(len(y)):
        J = np.eye(G.shape[1])[y[k]] - p[k]
        rows.append(-J / len(y))
    return np.vstack(rows)
""",
    ),
    Coding(
        "eq1",
        "The diagonal of a a^T.",
        """
def eq1(a):
    return np.diag(a @ a.T).copy()
""",
    ),
    Coding(
        "eq3",
        "Minus the log of a sigmoid, where it is safe, and the straight line where it is not.",
        """
def eq3(G, theta):
    u = theta - G
    safe = np.minimum(u, 30.0)
    return float(np.where(u > 30, u + np.exp(-np.maximum(u, 30.0)), np.log1p(np.exp(safe))).mean())
""",
    ),
    Coding(
        "dense_forward",
        "A column of ones carries the bias.",
        """
def dense_forward(x, W, b):
    x1 = np.hstack([x, np.ones((len(x), 1))])
    return x1 @ np.vstack([W, b])
""",
    ),
    Coding(
        "im2col",
        "By an array of row numbers and one of column numbers.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    r = SH * np.arange(OH)[:, None, None, None] + np.arange(KH)[None, None, :, None]
    c = SW * np.arange(OW)[None, :, None, None] + np.arange(KW)[None, None, None, :]
    return xp[:, r, c].reshape(N * OH * OW, -1)
""",
    ),
    Coding(
        "avgpool_backward",
        "A Kronecker product with a window of equal shares.",
        """
def avgpool_backward(dy, size):
    return np.kron(dy, np.full((1, size, size, 1), 1.0 / size ** 2))
""",
    ),
    Coding(
        "bp_step",
        "A recursion that returns the error on the way out.",
        """
def bp_step(x, y, weights, lr):
    def go(h, k):
        W = weights[k]
        s = h @ W
        if k == len(weights) - 1:
            d, done = equations.cross_entropy_gradient(s, y), []
        else:
            back, done = go(np.maximum(s, 0), k + 1)
            d = back * (s > 0)
        return d @ W.T, [W - lr * h.T @ d] + done
    return go(x, 0)[1]
""",
    ),
    Coding(
        "ff_step",
        "No mask: a is 0 where the ReLU is off, and the goodness' gradient is 2 a.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    ap, an = np.maximum(x_pos @ W, 0), np.maximum(x_neg @ W, 0)
    sp = np.exp(-np.logaddexp(0, (ap * ap).sum(1) - theta)) / len(ap)
    sn = np.exp(-np.logaddexp(0, theta - (an * an).sum(1))) / len(an)
    return W + 2 * lr * (x_pos.T @ (sp[:, None] * ap) - x_neg.T @ (sn[:, None] * an))
""",
    ),
    Coding(
        "accuracy_over_batches",
        "Predictions are collected first, by array_split into enough pieces.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    pieces = np.array_split(np.arange(len(y)), -(-len(y) // batch_size))
    found = np.concatenate([predict(X[p]) for p in pieces])
    return 1 - np.count_nonzero(found - y) / len(y)
""",
    ),
)
