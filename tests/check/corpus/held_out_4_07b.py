"""A fourth author's mistakes, held out, in free codings of several exercises."""

from corpus import Coding

CODINGS = (
    Coding(
        "ff_step",
        "The factor 2 of the square is missing.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    def grad(x, s):
        a = np.maximum(x @ W, 0)
        G = (a * a).sum(axis=1)
        p = 0.5 * (1 + np.tanh(s * (theta - G) / 2))
        return x.T @ (-s * p[:, None] * a) / len(x)
    return W - lr * (grad(x_pos, 1) + grad(x_neg, -1))
""",
        must="by 2 | x 2 | twice | 2 a | half | factor | 0.5",
        must_not="sign",
    ),
    Coding(
        "ff_step",
        "The goodness is the mean of the squares, so theta means something else.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    a_pos, a_neg = np.maximum(x_pos @ W, 0), np.maximum(x_neg @ W, 0)
    g_pos, g_neg = np.square(a_pos).mean(1), np.square(a_neg).mean(1)
    dp = equations.positive_loss_gradient(g_pos, theta)[:, None] * 2 * a_pos / W.shape[1]
    dn = equations.negative_loss_gradient(g_neg, theta)[:, None] * 2 * a_neg / W.shape[1]
    return W - lr * (x_pos.T @ dp + x_neg.T @ dn)
""",
        must="mean | goodness | number of neurons | per neuron | divided | sum",
        must_not="sign",
    ),
    Coding(
        "ff_step",
        "The negative half only: the positive gradient is overwritten by a shadowed name.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    for x, sign in [(x_pos, -1.0), (x_neg, 1.0)]:
        a = np.maximum(x @ W, 0)
        G = np.einsum("ij,ij->i", a, a)
        s = 0.5 + 0.5 * np.tanh(sign * (G - theta) / 2)
        dW = np.einsum("nd,nh,n->dh", x, 2 * a, sign * s / len(x))
    return W - lr * dW
""",
        must="positive | overwrit | += | x_pos | one half",
        must_not="norm",
    ),
    Coding(
        "overlay_label",
        "The one-hot is added to what is there.",
        """
def overlay_label(x, y, n_classes):
    out = np.array(x)
    out[:, :n_classes] += np.eye(n_classes, dtype=x.dtype)[y]
    return out
""",
        must="added | zero | old values | overwrit | remain | stay | what was there",
        must_not="in place",
    ),
    Coding(
        "normalise_length",
        "One length for the whole batch.",
        """
def normalise_length(a):
    length = np.einsum("ij,ij->", a, a) ** 0.5
    return a / (length + 1e-8)
""",
        must="row by row | each row | every row | row's own | per row | whole | batch",
        must_not="root",
    ),
    Coding(
        "negative_labels",
        "Where the label is right by chance, it is drawn anew, but only once.",
        """
def negative_labels(y, n_classes, rng):
    wrong = rng.integers(0, n_classes, size=y.shape)
    hit = wrong == y
    wrong[hit] = rng.integers(0, n_classes, size=hit.sum())
    return wrong
""",
        must=(
            "right label | own label | still | once | true label | sometimes | computed again | once again | "
            "second time"
        ),
        must_not="np.random",
    ),
    Coding(
        "negative_labels",
        "Where the label is right by chance, the next one is taken: it comes twice as often.",
        """
def negative_labels(y, n_classes, rng):
    r = rng.integers(n_classes, size=len(y))
    return np.where(r == y, (r + 1) % n_classes, r)
""",
        must="equally | likely | twice | uneven | more often | next | neighbour",
        must_not="np.random | right label",
    ),
)
