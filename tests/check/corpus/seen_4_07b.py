"""A fourth author's mistakes in free codings of ff_step, overlay_label, normalise_length, negative_labels."""

from corpus import Coding

CODINGS = (
    Coding(
        "ff_step",
        "Both halves are pushed up: the negative loss has the positive one's gradient.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    dW = np.zeros(W.shape)
    for x in (x_pos, x_neg):
        a = np.maximum(x @ W, 0)
        dG = equations.positive_loss_gradient((a ** 2).sum(1), theta)
        dW += x.T @ (2 * a * dG[:, None])
    return W - lr * dW
""",
        must="negative | sign | x_neg | Eq. (4) | both",
        must_not="norm",
    ),
    Coding(
        "ff_step",
        "One mean over both halves together: torch.cat([...]).mean(), half the step.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    x = np.concatenate([x_pos, x_neg])
    s = np.concatenate([np.ones(len(x_pos)), -np.ones(len(x_neg))])
    a = np.maximum(x @ W, 0)
    u = s * (theta - (a * a).sum(axis=1))
    dG = -s * 0.5 * (1 + np.tanh(u / 2)) / len(x)
    return W - lr * x.T @ (2 * a * dG[:, None])
""",
        must="half | by 2 | x 2 | twice | 2 a | factor | 0.5 | mean",
        must_not="sign",
    ),
    Coding(
        "ff_step",
        "The input is scaled to length 1 in the block, as Hinton's layers do.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    def unit(x):
        return x / (np.linalg.norm(x, 2, 1, keepdims=True) + 1e-4)
    x_pos, x_neg = unit(x_pos), unit(x_neg)
    a_p, a_n = np.maximum(x_pos @ W, 0), np.maximum(x_neg @ W, 0)
    d_p = equations.positive_loss_gradient(equations.positive_goodness(a_p), theta)
    d_n = equations.negative_loss_gradient(equations.negative_goodness(a_n), theta)
    dW = x_pos.T @ equations.goodness_gradient(a_p, d_p) + x_neg.T @ equations.goodness_gradient(a_n, d_n)
    return W - lr * dW
""",
        must="length | norm | scaled",
        must_not="sign",
    ),
    Coding(
        "ff_step",
        "The positive half is learned before the negative one is seen: two W's.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    for x, grad in ((x_pos, equations.positive_loss_gradient), (x_neg, equations.negative_loss_gradient)):
        z = x @ W
        a = np.maximum(z, 0)
        dG = grad(equations.positive_goodness(a), theta)
        W = W - lr * x.T @ (dG[:, None] * 2 * a * (z > 0))
    return W
""",
        must=(
            "same W | two W | new W | old W | updated | wrong order | order of | one after | first half | "
            "positive ... first | after the update | after it"
        ),
        must_not="sign",
    ),
    Coding(
        "ff_step",
        "There is no ReLU: goodness and gradient come from z.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    p, n = x_pos @ W, x_neg @ W
    dp = equations.positive_loss_gradient((p * p).sum(-1), theta)
    dn = equations.negative_loss_gradient((n * n).sum(-1), theta)
    return W - 2 * lr * (x_pos.T @ (dp[:, None] * p) + x_neg.T @ (dn[:, None] * n))
""",
        must="ReLU | mask | z in place | pre-activ | of z | with z | z itself | linear | negative values",
        must_not="sign",
    ),
    Coding(
        "ff_step",
        "Goodness minus theta is minimised as it is, without the logistic loss.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    ap, an = np.maximum(x_pos @ W, 0), np.maximum(x_neg @ W, 0)
    dW = -2 * x_pos.T @ ap / len(ap) + 2 * x_neg.T @ an / len(an)
    return W - lr * dW
""",
        must="sigmoid | log | softplus | loss | theta",
        must_not="norm",
    ),
    Coding(
        "overlay_label",
        "The largest input is written in the label's place, as in the well-known PyTorch code.",
        """
def overlay_label(x, y, n_classes):
    rows = []
    for row, label in zip(x, y):
        head = np.zeros(n_classes)
        head[label] = row.max()
        rows.append(np.concatenate([head, row[n_classes:]]))
    return np.array(rows)
""",
        must="max | largest | by 1 | not 1 | in place of 1 | 1 more | 1 too | values of | value of",
        must_not="in place",
    ),
    Coding(
        "overlay_label",
        "The one-hot label is appended at the end, and the row becomes longer.",
        """
def overlay_label(x, y, n_classes):
    onehot = (y[:, None] == np.arange(n_classes)).astype(float)
    return np.column_stack((x, onehot))
""",
        must="at the end | shape | longer | appended | concatenat | D + | more columns",
        must_not="in place",
    ),
    Coding(
        "normalise_length",
        "Each row is stretched to run from 0 to 1: the least entry is taken off, the span divides.",
        """
def normalise_length(a):
    low, high = a.min(axis=1, keepdims=True), a.max(axis=1, keepdims=True)
    return (a - low) / (high - low + 1e-8)
""",
        must="smallest | least | min | span | range | from 0 to 1 | shifted | taken off",
        must_not="axis",
    ),
    Coding(
        "normalise_length",
        "The sum of absolute values in place of the length.",
        """
def normalise_length(a):
    out = np.empty_like(a)
    for i, row in enumerate(a):
        out[i] = row / (np.abs(row).sum() + 1e-8)
    return out
""",
        must="absolute | abs | L1 | sum | root",
        must_not="axis",
    ),
    Coding(
        "negative_labels",
        "The distance runs from 1 to n_classes: a full turn is the right label again.",
        """
def negative_labels(y, n_classes, rng):
    shift = rng.integers(1, n_classes + 1, size=len(y))
    return np.mod(y + shift, n_classes)
""",
        must="right label | own label | n_classes | full turn | true label | high | range",
        must_not="np.random",
    ),
    Coding(
        "negative_labels",
        "The number of classes is guessed from the batch.",
        """
def negative_labels(y, n_classes, rng):
    m = int(y.max()) + 1
    return (y + rng.integers(1, max(m, 2), size=len(y))) % max(m, 2)
""",
        must="n_classes | y.max | largest label | never | classes",
        must_not="np.random",
    ),
    Coding(
        "negative_labels",
        "The labels of the batch are shuffled: some land on a sample of their own class.",
        """
def negative_labels(y, n_classes, rng):
    order = np.arange(len(y))
    rng.shuffle(order)
    return y[order]
""",
        must="right label | own label | shuffl | permut | true label | same label | sometimes",
        must_not="np.random",
    ),
    Coding(
        "negative_labels",
        "The highest bound is left out twice: the class before the right one is never drawn.",
        """
def negative_labels(y, n_classes, rng):
    y_neg = y.copy()
    for i in range(len(y)):
        y_neg[i] = (y[i] + rng.integers(1, max(n_classes - 1, 2))) % n_classes
    return y_neg
""",
        must="never | n_classes - 1 | range | high | every wrong label | equally | leaves out | all wrong labels",
        must_not="np.random | right label",
    ),
)
