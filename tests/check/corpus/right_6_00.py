"""Right answers of an eighth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq4",
        "Right: minus log of 1 - sigmoid, by logaddexp, summed in a generator.",
        """
def eq4(G, theta):
    return float(sum(-(-np.logaddexp(0.0, g - theta)) for g in G)) / len(G)
""",
    ),
    Coding(
        "bp_step",
        "Right: recursion, each call returns the error for the layer below and the new weights from itself upwards.",
        """
def bp_step(x, y, weights, lr):
    def go(a, ws):
        W, rest = ws[0], ws[1:]
        z = a @ W
        if not rest:
            d, above = equations.cross_entropy_gradient(z, y), []
        else:
            da, above = go(np.maximum(z, 0), rest)
            d = np.where(z > 0, da, 0)
        return d @ W.T, [W - lr * (a.T @ d)] + above
    return go(x, list(weights))[1]
""",
    ),
    Coding(
        "ff_step",
        "Right: both halves at once with a sign, no mask since 2a is 0 where the ReLU is off.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    X = np.vstack([x_pos, x_neg])
    s = np.repeat([-1.0, 1.0], [len(x_pos), len(x_neg)])
    n = np.repeat([len(x_pos), len(x_neg)], [len(x_pos), len(x_neg)])
    a = np.maximum(0, X @ W)
    u = s * ((a * a).sum(1) - theta)
    c = s * np.exp(-np.logaddexp(0, -u)) / n
    return W - 2 * lr * np.einsum('nd,n,nh->dh', X, c, a)
""",
    ),
    Coding(
        "negative_labels",
        "Right: drawn among m - 1, and moved up by one from the true label on.",
        """
def negative_labels(y, n_classes, rng):
    r = np.floor(rng.random(len(y)) * (n_classes - 1)).astype(int)
    return np.where(r < y, r, r + 1)
""",
    ),
)
