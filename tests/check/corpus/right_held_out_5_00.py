"""Right answers of three more authors, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "Right: the exponential of the log-probabilities, by logaddexp.reduce.",
        """
def softmax(scores):
    out = np.empty_like(scores)
    for i, row in enumerate(scores):
        out[i] = np.exp(row - np.logaddexp.reduce(row))
    return out
""",
    ),
    Coding(
        "softmax",
        "Right: through logaddexp.reduce.",
        """
def softmax(scores):
    lse = np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return np.exp(scores - lse)
""",
    ),
    Coding(
        "eq6",
        "",
        """
def eq6(G, y):
    return float((np.logaddexp.reduce(G, axis=1) - np.take_along_axis(G, y[:, None], axis=1).squeeze(1)).mean())
""",
    ),
    Coding(
        "eq3",
        "Right: logaddexp with 0 is the softplus.",
        """
def eq3(G, theta):
    acc = 0.0
    for g in G:
        acc += np.logaddexp(0.0, theta - g)
    return float(acc / len(G))
""",
    ),
    Coding(
        "eq7",
        "",
        """
def eq7(x, z, M, dG):
    return np.einsum("nd,nm,mh,nh->dh", x, dG, M, np.heaviside(z, 0.0))
""",
    ),
    Coding(
        "eq7",
        "Right: one einsum, mask on relu(z).",
        """
def eq7(x, z, M, dG):
    on = np.sign(np.maximum(z, 0))
    return np.einsum("nd,nh,nc,ch->dh", x, on, dG, M)
""",
    ),
    Coding(
        "col2im",
        "Right: im2col of the pixels' numbers says where each entry came from; bincount adds.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    n = int(np.prod(x_shape))
    where = 1.0 + np.arange(n, dtype=float).reshape(x_shape)     # 0 is the padding
    idx = layers.im2col(where, kernel, stride, padding).astype(int)
    total = np.bincount(idx.ravel(), weights=np.ravel(cols), minlength=n + 1)
    return total[1:].reshape(x_shape)
""",
    ),
    Coding(
        "avgpool_backward",
        "",
        """
def avgpool_backward(dy, size):
    return np.kron(dy, np.full((1, size, size, 1), 1 / size**2, dtype=dy.dtype))
""",
    ),
    Coding(
        "adam_step",
        "Right: the form with one corrected step size, epsilon scaled to match.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = m + (1 - beta1) * (gradient - m)
    v = v + (1 - beta2) * (gradient * gradient - v)
    root = (1 - beta2 ** t) ** 0.5
    rate = lr * root / (1 - beta1 ** t)
    return parameter - rate * m / (np.sqrt(v) + epsilon * root), m, v
""",
    ),
    Coding(
        "negative_labels",
        "Right: draws again until the label is wrong.",
        """
def negative_labels(y, n_classes, rng):
    y_neg = np.empty_like(y)
    for i in range(y.shape[0]):
        k = rng.integers(n_classes)
        while k == y[i]:
            k = rng.integers(n_classes)
        y_neg[i] = k
    return y_neg
""",
    ),
    Coding(
        "shuffle_together",
        "",
        """
def shuffle_together(X, y, rng):
    order = np.argsort(rng.random(y.shape[0]), kind="stable")
    return np.take(X, order, axis=0), np.take(y, order)
""",
    ),
    Coding(
        "mean_and_deviation",
        "Right: Welford's one pass.",
        """
def mean_and_deviation(values):
    mean, m2, k = 0.0, 0.0, 0
    for v in values:
        k += 1
        old = mean
        mean += (v - mean) / k
        m2 += (v - old) * (v - mean)
    return mean, (m2 / (k - 1)) ** 0.5
""",
    ),
)
