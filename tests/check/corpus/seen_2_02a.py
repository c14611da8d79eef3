"""Further mistakes in free codings of softmax and eq6."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "One maximum for the whole batch: rows far below it underflow to 0 / 0.",
        """
def softmax(scores):
    e = np.exp(scores - np.max(scores))
    return e / e.sum(axis=1, keepdims=True)
""",
        must=(
            "largest ... row | each row | own | whole batch | whole array | all rows | nan | underflow | 0/0"
            " | row's largest"
        ),
        must_not="axis 0 | over the batch",
    ),
    Coding(
        "softmax",
        "Normalised down the columns.",
        """
def softmax(scores):
    shifted = scores - scores.max(axis=0)
    return np.exp(shifted) / np.sum(np.exp(shifted), axis=0)
""",
        must="axis | column | over the batch | over the samples | rows do not",
        must_not="overflow",
    ),
    Coding(
        "softmax",
        "The logarithm of it, as PyTorch's log_softmax.",
        """
def softmax(scores):
    c = scores.max(axis=1, keepdims=True)
    return scores - c - np.log(np.sum(np.exp(scores - c), axis=1, keepdims=True))
""",
        must="log",
        must_not="overflow | axis",
    ),
    Coding(
        "softmax",
        "Sigmoids, made to add up to 1.",
        """
def softmax(scores):
    s = 0.5 * (1 + np.tanh(scores / 2))
    return s / s.sum(axis=1, keepdims=True)
""",
        must="sigmoid",
        must_not="axis",
    ),
    Coding(
        "softmax",
        "The mean of the row is taken off, not its largest score.",
        """
def softmax(scores):
    centred = scores - scores.mean(axis=-1, keepdims=True)
    ex = np.exp(centred)
    return ex / ex.sum(axis=-1, keepdims=True)
""",
        must="overflow | too large",
        must_not="axis",
    ),
    Coding(
        "softmax",
        "Right numbers, but the caller's scores are shifted in place.",
        """
def softmax(scores):
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    return scores
""",
        must="in place | argument | changes | changed | copy",
        must_not="axis",
    ),
    Coding(
        "softmax",
        "Scaled as in attention, by the root of the number of classes.",
        """
def softmax(scores):
    scaled = scores / np.sqrt(scores.shape[1])
    e = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""",
        must="root | temperature | scaled | too flat | sqrt | multiple of the scores",
        must_not="axis | over the batch",
    ),
    Coding(
        "softmax",
        "Row by row in a loop, but the sum is that of the exponentials before the shift.",
        """
def softmax(scores):
    p = np.zeros_like(scores, dtype=float)
    for i, row in enumerate(scores):
        total = sum(np.exp(v) for v in row)
        p[i] = np.exp(row - row.max()) / total
    return p
""",
        must="row sum of exp(G) | shift | add up to 1 | sum to 1 | overflow | denominator",
        must_not="axis",
    ),
    Coding(
        "eq6",
        "The logarithm of a finished softmax, with an epsilon as a fig leaf.",
        """
def eq6(G, y):
    e = np.exp(G - G.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(y)), y] + 1e-12))
""",
        must="log ... softmax | epsilon | 1e-12 | 1000 | large | log p | rounded to 0 | underflow | saturat | 27.6",
        must_not="axis | 1/N",
    ),
    Coding(
        "eq6",
        "The sum over the batch.",
        """
def eq6(G, y):
    total = 0.0
    for g, label in zip(G, y):
        top = g.max()
        total += top + np.log(np.exp(g - top).sum()) - g[label]
    return total
""",
        must="the mean | by N | sum over the batch | N times | sum ... batch | not divided",
        must_not="overflow | sign",
    ),
    Coding(
        "eq6",
        "np.mean over all N m entries of the one-hot product.",
        """
def eq6(G, y):
    shifted = G - G.max(1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    Y = np.eye(G.shape[1])[y]
    return -np.mean(Y * log_p)
""",
        must="number of classes | all entries | N m | by m | m too | 1/m",
        must_not="overflow | sign",
    ),
    Coding(
        "eq6",
        "In bits: the logarithm of base 2.",
        """
def eq6(G, y):
    G = G - G.max(axis=1, keepdims=True)
    log_p = G / np.log(2) - np.log2(np.exp(G).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(G)), y].mean()
""",
        must="base | bits | log2 | 1.44 | ln 2 | log(2) | natural",
    ),
    Coding(
        "eq6",
        "A broadcasting accident in the indices: log_p[:, y] is (N, N).",
        """
def eq6(G, y):
    m = G.max(axis=1, keepdims=True)
    log_p = G - m - np.log(np.exp(G - m).sum(axis=1, keepdims=True))
    return -log_p[:, y].mean()
""",
        must="arange | own label | every label | each row ... all | pair | index | labels of all | other samples",
        must_not="sign | overflow",
    ),
    Coding(
        "eq6",
        "Labels are thought to begin at 1.",
        """
def eq6(G, y):
    shifted = G - np.max(G, axis=1)[:, None]
    log_sum = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean([log_sum[i] - shifted[i, y[i] - 1] for i in range(len(y))])
""",
        must=(
            "y - 1 | off by one | shifted by one | label ... one | begin at | from 0 | neighbour | class before"
            " | another class"
        ),
        must_not="sign",
    ),
    Coding(
        "eq6",
        "A loss for each sample; the mean is forgotten.",
        """
def eq6(G, y):
    s = G - G.max(axis=1, keepdims=True)
    losses = np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), y]
    return losses
""",
        must="one value for each | each sample",
        must_not="sign",
    ),
    Coding(
        "eq6",
        "Binary cross-entropy, summed over the classes.",
        """
def eq6(G, y):
    e = np.exp(G - G.max(axis=1, keepdims=True))
    p = np.clip(e / e.sum(axis=1, keepdims=True), 1e-15, 1 - 1e-15)
    t = (y[:, None] == np.arange(G.shape[1])).astype(float)
    return -(t * np.log(p) + (1 - t) * np.log(1 - p)).sum(axis=1).mean()
""",
        must="binary | 1 - p | other classes | wrong classes | false classes",
    ),
)
