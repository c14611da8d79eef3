"""Unusual but right answers of eq1, eq2, eq3, eq4, eq3_gradient, eq4_gradient, overlay_label, negative_labels,
normalise_length, ff_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq1",
        "The square of the length.",
        """
def eq1(a):
    return np.linalg.norm(a, axis=1) ** 2
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
        "eq1",
        "n times the mean square.",
        """
def eq1(a):
    return a.shape[1] * np.mean(np.square(a), axis=1)
""",
    ),
    Coding(
        "eq2",
        "einsum.",
        """
def eq2(a):
    return np.einsum("nj,nj->n", a, a)
""",
    ),
    Coding(
        "eq2",
        "A loop over neurons.",
        """
def eq2(a):
    G = np.zeros(len(a))
    for column in a.T:
        G += column**2
    return G
""",
    ),
    Coding(
        "eq3",
        "Minus the log of a sigmoid, by maximum and log1p.",
        """
def eq3(G, theta):
    u = theta - G
    return np.mean(np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u))))
""",
    ),
    Coding(
        "eq3",
        "A loop with two cases, so that no exponential is large.",
        """
def eq3(G, theta):
    from math import exp, log1p

    losses = []
    for g in G:
        u = theta - g
        losses.append(u + log1p(exp(-u)) if u > 0 else log1p(exp(u)))
    return sum(losses) / len(losses)
""",
    ),
    Coding(
        "eq4",
        "u plus the loss of -u.",
        """
def eq4(G, theta):
    u = G - theta
    return np.average(u + np.logaddexp(0, -u))
""",
    ),
    Coding(
        "eq4",
        "logaddexp of G and theta, minus theta.",
        """
def eq4(G, theta):
    return (np.logaddexp(G, theta) - theta).mean()
""",
    ),
    Coding(
        "eq3_gradient",
        "A softmax over the two numbers theta and G.",
        """
def eq3_gradient(G, theta):
    both = np.stack([np.full(len(G), theta), G], axis=1)
    return -equations.softmax(both)[:, 0] / len(G)
""",
    ),
    Coding(
        "eq3_gradient",
        "exp of a log-sigmoid.",
        """
def eq3_gradient(G, theta):
    return -np.exp(-np.logaddexp(0, G - theta)) / G.size
""",
    ),
    Coding(
        "eq4_gradient",
        "One minus the other sigmoid.",
        """
def eq4_gradient(G, theta):
    return (1 - 0.5 * (1 + np.tanh((theta - G) / 2))) / len(G)
""",
    ),
    Coding(
        "eq4_gradient",
        "A loop with two cases.",
        """
def eq4_gradient(G, theta):
    out = []
    for u in G - theta:
        e = np.exp(-abs(u))
        out.append((1 / (1 + e) if u > 0 else e / (1 + e)) / len(G))
    return np.array(out)
""",
    ),
    Coding(
        "overlay_label",
        "An identity matrix beside the rest of the picture.",
        """
def overlay_label(x, y, n_classes):
    return np.concatenate([np.eye(n_classes, dtype=x.dtype)[y], x[:, n_classes:]], axis=1)
""",
    ),
    Coding(
        "overlay_label",
        "Entry by entry.",
        """
def overlay_label(x, y, n_classes):
    out = np.array(x)
    for n, label in enumerate(y):
        for c in range(n_classes):
            out[n, c] = 1 if c == label else 0
    return out
""",
    ),
    Coding(
        "negative_labels",
        "A wrong label is chosen from the list of the others.",
        """
def negative_labels(y, n_classes, rng):
    return np.array([rng.choice([c for c in range(n_classes) if c != label]) for label in y])
""",
    ),
    Coding(
        "negative_labels",
        "Drawn among one class fewer, and moved up from the right label on.",
        """
def negative_labels(y, n_classes, rng):
    r = rng.integers(0, n_classes - 1, size=y.shape)
    return r + (r >= y)
""",
    ),
    Coding(
        "negative_labels",
        "Drawn again until all are wrong.",
        """
def negative_labels(y, n_classes, rng):
    wrong = rng.integers(0, n_classes, size=len(y))
    while (wrong == y).any():
        same = wrong == y
        wrong[same] = rng.integers(0, n_classes, size=same.sum())
    return wrong
""",
    ),
    Coding(
        "normalise_length",
        "Row by row.",
        """
def normalise_length(a):
    rows = []
    for row in a:
        rows.append(row / (np.sqrt(row @ row) + 1e-8))
    return np.array(rows)
""",
    ),
    Coding(
        "normalise_length",
        "norm with a column axis; multiplied by the inverse.",
        """
def normalise_length(a):
    inverse = 1.0 / (np.linalg.norm(a, axis=1)[:, None] + 1e-8)
    return np.einsum("nj,nk->nj", a, inverse)
""",
    ),
    Coding(
        "ff_step",
        "One pass over the stacked data, with signs.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    x = np.vstack([x_pos, x_neg])
    sign = np.repeat([-1.0, 1.0], [len(x_pos), len(x_neg)])
    size = np.repeat([len(x_pos), len(x_neg)], [len(x_pos), len(x_neg)])
    a = np.maximum(x @ W, 0)
    u = sign * ((a**2).sum(axis=1) - theta)
    dG = sign * 0.5 * (1 + np.tanh(u / 2)) / size
    return W - lr * x.T @ (2 * a * dG[:, None])
""",
    ),
    Coding(
        "ff_step",
        "Two gradients by einsum, taken off one after the other, both of the old W.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    def gradient(x, loss_gradient):
        a = np.clip(x @ W, 0, None)
        return 2 * np.einsum("nd,n,nh->dh", x, loss_gradient(np.einsum("nh,nh->n", a, a), theta), a)

    pos = gradient(x_pos, equations.positive_loss_gradient)
    neg = gradient(x_neg, equations.negative_loss_gradient)
    return W - lr * pos - lr * neg
""",
    ),
)
