"""A fourth author's mistakes in free codings of softmax, eq6, eq6_gradient."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "The largest score of each column is taken off: this shifts the scores of a row by different amounts.",
        """
def softmax(scores):
    top = scores.max(axis=0)
    ex = np.exp(scores - top)
    return ex / ex.sum(axis=1, keepdims=True)
""",
        must="axis | column | per class | down the batch",
        must_not="overflow",
    ),
    Coding(
        "softmax",
        "The return stands inside the loop: all rows after the first stay 0.",
        """
def softmax(scores):
    probs = np.zeros(scores.shape)
    for i in range(scores.shape[0]):
        row = scores[i] - scores[i].max()
        probs[i] = np.exp(row) / np.exp(row).sum()
        return probs
""",
        must=(
            "first row | row 0 | return ... loop | inside the loop | in the loop | only one row | other rows | "
            "rows ... 0"
        ),
        must_not="overflow",
    ),
    Coding(
        "softmax",
        "Logarithms of the probabilities, as F.log_softmax gives them.",
        """
def softmax(scores):
    shifted = scores - scores.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
""",
        must="log",
        must_not="axis | overflow",
    ),
    Coding(
        "softmax",
        "A temperature from attention: the scores are divided by the root of the number of classes.",
        """
def softmax(scores):
    logits = scores / np.sqrt(scores.shape[-1])
    logits = logits - logits.max(axis=-1, keepdims=True)
    weights = np.exp(logits)
    return weights / weights.sum(axis=-1, keepdims=True)
""",
        must="scaled | temperature | sqrt | root | divided | factor | too flat | flatter | multiplied",
        must_not="axis | overflow",
    ),
    Coding(
        "softmax",
        "Powers of 2 in place of the exponential function.",
        """
def softmax(scores):
    rows = []
    for s in scores:
        up = np.array([2.0 ** (k - max(s)) for k in s])
        rows.append(up / up.sum())
    return np.array(rows)
""",
        must="base | power of 2 | powers of 2 | exp | 0.69 | factor",
        must_not="axis | overflow",
    ),
    Coding(
        "eq6",
        "log p[:, y] takes the columns of all labels for every row, and the mean runs over N x N numbers.",
        """
def eq6(G, y):
    s = G - G.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -logp[:, y].mean()
""",
        must="every label | all labels | own label | its label | np.arange | [:, y] | row ... pair | each row",
        must_not="sign",
    ),
    Coding(
        "eq6",
        "Binary cross-entropy: the other classes' log(1 - p) is added.",
        """
def eq6(G, y):
    p = np.clip(equations.softmax(G), 1e-300, 1 - 1e-16)
    t = np.eye(G.shape[1])[y]
    return float(-(t * np.log(p) + (1 - t) * np.log(1 - p)).sum(axis=1).mean())
""",
        must="1 - p | binary | other classes | wrong classes | each class",
        must_not="sign",
    ),
    Coding(
        "eq6",
        "The loop ends one sample too early.",
        """
def eq6(G, y):
    total = 0.0
    for n in range(len(y) - 1):
        row = G[n] - G[n].max()
        total -= row[y[n]] - np.log(np.exp(row).sum())
    return total / len(y)
""",
        must="last sample | last row | left out | one sample | off by one | N - 1 | range",
        must_not="sign",
    ),
    Coding(
        "eq6",
        "Logarithm to the base 2: the loss is counted in bits.",
        """
def eq6(G, y):
    G = G - G.max(axis=1, keepdims=True)
    log_Z = np.log2(np.exp(G).sum(axis=1))
    log_num = G[np.arange(len(y)), y] * np.log2(np.e)
    return (log_Z - log_num).mean()
""",
        must="base | log2 | bits | 1.44 | natural",
        must_not="sign | batch",
    ),
    Coding(
        "eq6",
        "The loss is assigned, not added up: only the last sample counts, divided by N.",
        """
def eq6(G, y):
    loss = 0.0
    for logits, label in zip(G, y):
        z = logits - logits.max()
        loss = np.log(np.exp(z).sum()) - z[label]
    return loss / len(G)
""",
        must="last sample | last row | += | only ... last | added up | overwritten | one sample",
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "Times p (1 - p) once more, as for a sigmoid with a squared error.",
        """
def eq6_gradient(G, y):
    out = equations.softmax(G)
    err = out - np.eye(G.shape[1])[y]
    return err * out * (1 - out) / len(G)
""",
        must="p (1 - p) | (1 - p) | derivative of the softmax | softmax's derivative | slope | twice | squared error",
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "The 1 is taken off in the columns of all labels, in every row.",
        """
def eq6_gradient(G, y):
    dscores = equations.softmax(G)
    dscores[:, y] -= 1
    dscores /= len(G)
    return dscores
""",
        must="every row | all rows | all labels | np.arange | [:, y] | own label | its label | other samples",
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "The perceptron's habit: samples that are already classified rightly get no gradient.",
        """
def eq6_gradient(G, y):
    dG = (equations.softmax(G) - np.eye(G.shape[1])[y]) / len(y)
    wrong = G.argmax(axis=1) != y
    return dG * wrong[:, None]
""",
        must=(
            "rightly | correctly | already | argmax | rows ... 0 | row ... zero | sample ... 0 | no gradient | "
            "rows are 0"
        ),
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "The labels' term carries no 1/N: only the softmax is divided.",
        """
def eq6_gradient(G, y):
    N = G.shape[0]
    onehot = np.eye(G.shape[1])[y]
    return equations.softmax(G) / N - onehot
""",
        must=(
            "one-hot ... N | label ... N | both terms | y ... divided | softmax ... divided | "
            "labels ... divided | precedence | brackets"
        ),
        must_not="sign",
    ),
)
