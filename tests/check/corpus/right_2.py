"""Further unusual but right answers, by another author."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "By the log-sum-exp of a reduced logaddexp.",
        """
def softmax(scores):
    total = np.logaddexp.reduce(scores, axis=1)
    return np.exp(scores - total[:, None])
""",
    ),
    Coding(
        "softmax",
        "A ratio for each pair of classes: 1 / sum_k exp(G_k - G_c), limited where it vanishes anyway.",
        """
def softmax(scores):
    gaps = scores[:, None, :] - scores[:, :, None]
    return 1 / np.exp(np.minimum(gaps, 700)).sum(axis=2)
""",
    ),
    Coding(
        "eq6",
        "The mean of log-sum-exp minus the mean of the own scores.",
        """
def eq6(G, y):
    lse = np.logaddexp.reduce(G, axis=1)
    return lse.mean() - np.take_along_axis(G, y[:, None], axis=1).mean()
""",
    ),
    Coding(
        "eq6_gradient",
        "In place on a copy, by np.subtract.at.",
        """
def eq6_gradient(G, y):
    N = len(y)
    dG = np.array(G, copy=True)
    dG -= dG.max(axis=1, keepdims=True)
    np.exp(dG, out=dG)
    dG /= N * dG.sum(axis=1, keepdims=True)
    np.subtract.at(dG, (np.arange(N), y), 1 / N)
    return dG
""",
    ),
    Coding(
        "eq5",
        "Transposed twice.",
        """
def eq5(a, M):
    return (M @ a.T).T
""",
    ),
    Coding(
        "eq7",
        "One neuron at a time, with the rows where it was on.",
        """
def eq7(x, z, M, dG):
    dW = np.zeros((x.shape[1], z.shape[1]))
    for j in range(z.shape[1]):
        on = z[:, j] > 0
        dW[:, j] = x[on].T @ (dG[on] @ M[:, j])
    return dW
""",
    ),
    Coding(
        "eq8",
        "A sum of outer products, by a reduction of a generator.",
        """
def eq8(a, dG):
    return sum(np.multiply.outer(error, row) for error, row in zip(dG, a))
""",
    ),
    Coding(
        "dense_forward",
        "In float32 where that is given, the bias first.",
        """
def dense_forward(x, W, b):
    z = np.empty((x.shape[0], W.shape[1]), dtype=np.result_type(x, W, b))
    z[...] = b
    z += x @ W
    return z
""",
    ),
    Coding(
        "dense_backward",
        "All of it by tensordot, db with a vector of ones.",
        """
def dense_backward(x, W, dz):
    dx = np.tensordot(dz, W, axes=(1, 1))
    dW = np.tensordot(x, dz, axes=(0, 0))
    return dx, dW, np.ones(len(dz)) @ dz
""",
    ),
    Coding(
        "relu_backward",
        "heaviside, with 0 at 0, and a list returned as an array.",
        """
def relu_backward(z, da):
    return np.array([np.heaviside(row, 0) * error for row, error in zip(z, da)])
""",
    ),
    Coding(
        "im2col",
        "One index array for each axis.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    r = SH * np.arange(OH)[:, None] + np.arange(KH)
    c = SW * np.arange(OW)[:, None] + np.arange(KW)
    patches = x[:, r[:, None, :, None], c[None, :, None, :], :]
    return patches.reshape(-1, KH * KW * x.shape[3])
""",
    ),
    Coding(
        "col2im",
        "np.add.at on the flat padded picture.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    N, H, W, C = x_shape
    PH, PW = pair("padding", padding, 0)
    places = np.arange(N * (H + 2 * PH) * (W + 2 * PW) * C).reshape(N, H + 2 * PH, W + 2 * PW, C)
    index = layers.im2col(places.astype(float), kernel, stride, 0).astype(int)
    flat = np.zeros(places.size, cols.dtype)
    np.add.at(flat, index.ravel(), cols.ravel())
    return flat.reshape(places.shape)[:, PH:PH + H, PW:PW + W]
""",
    ),
    Coding(
        "sgd_step",
        "On a copy, in place.",
        """
def sgd_step(parameter, gradient, lr):
    new = np.array(parameter)
    np.subtract(new, np.multiply(gradient, lr), out=new)
    return new
""",
    ),
    Coding(
        "adam_step",
        "The moments as steps towards the gradient; v_hat's root taken apart.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = m + (1 - beta1) * (gradient - m)
    v = v + (1 - beta2) * (gradient * gradient - v)
    root = np.sqrt(v) / np.sqrt(1 - beta2**t)
    return parameter - (lr / (1 - beta1**t)) * (m / (root + epsilon)), m, v
""",
    ),
    Coding(
        "bias_corrected",
        "The power as a loop, and by a geometric sum.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    seen1 = sum((1 - beta1) * beta1**k for k in range(t))
    left2 = 1.0
    for _ in range(t):
        left2 *= beta2
    return m / seen1, v / (1 - left2)
""",
    ),
    Coding(
        "mf_step",
        "By hand, with einsum, and no help from equations but the softmax.",
        """
def mf_step(x, y, W, M, lr):
    a = np.einsum("nd,dj->nj", x, W).clip(0)
    G = np.einsum("nj,cj->nc", a, M)
    dG = (equations.softmax(G) - (y[:, None] == np.arange(len(M)))) / len(y)
    dM = np.einsum("nc,nj->cj", dG, a)
    dW = np.einsum("nd,nc,cj,nj->dj", x, dG, M, (a > 0).astype(a.dtype))
    return W - lr * dW, M - lr * dM, a
""",
    ),
    Coding(
        "mf_predict_ff",
        "By sorting, the largest last.",
        """
def mf_predict_ff(goodness_per_layer):
    mean = np.mean(np.stack(goodness_per_layer), axis=0)
    return np.argsort(mean, axis=1)[:, -1]
""",
    ),
    Coding(
        "mf_predict_bp",
        "Python's max over the indices of each row.",
        """
def mf_predict_bp(goodness_per_layer):
    *_, last = goodness_per_layer
    return np.array([max(range(len(row)), key=row.__getitem__) for row in last])
""",
    ),
    Coding(
        "bp_step",
        "A recursion over the layers.",
        """
def bp_step(x, y, weights, lr):
    def down(a, rest):
        W = rest[0]
        if len(rest) == 1:
            dz = equations.cross_entropy_gradient(a @ W, y)
            return dz @ W.T, [W - lr * a.T @ dz]
        out = np.maximum(a @ W, 0)
        da, above = down(out, rest[1:])
        dz = np.where(out > 0, da, 0)
        return dz @ W.T, [W - lr * a.T @ dz, *above]
    return down(x, list(weights))[1]
""",
    ),
    Coding(
        "dfa_step",
        "The error is sent to all layers at once, through the feedback side by side.",
        """
def dfa_step(x, y, weights, feedback, lr):
    h = [x]
    for W in weights[:-1]:
        h.append((h[-1] @ W) * (h[-1] @ W > 0))
    e = equations.cross_entropy_gradient(h[-1] @ weights[-1], y)
    back = e @ np.hstack(feedback)
    cuts = np.cumsum([B.shape[1] for B in feedback])[:-1]
    deltas = [d * (a > 0) for d, a in zip(np.split(back, cuts, axis=1), h[1:])] + [e]
    return [W - lr * a.T @ d for W, a, d in zip(weights, h, deltas)]
""",
    ),
    Coding(
        "eq3",
        "The softplus by its mirror: softplus(u) = u + softplus(-u).",
        """
def eq3(G, theta):
    u = theta - G
    return np.mean(np.where(u > 0, u, 0) + np.log1p(np.exp(-np.abs(u))))
""",
    ),
    Coding(
        "eq4_gradient",
        "exp(-softplus(theta - G)) is the sigmoid.",
        """
def eq4_gradient(G, theta):
    return np.exp(-np.logaddexp(0, theta - G)) / len(G)
""",
    ),
    Coding(
        "ff_step",
        "Both passes at once, with a sign for each row.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    x = np.concatenate([x_pos, x_neg])
    sign = np.repeat([-1.0, 1.0], [len(x_pos), len(x_neg)])
    N = np.repeat([len(x_pos), len(x_neg)], [len(x_pos), len(x_neg)])
    a = np.maximum(x @ W, 0)
    u = sign * ((a * a).sum(axis=1) - theta)
    dG = sign * np.exp(-np.logaddexp(0, -u)) / N
    return W - 2 * lr * x.T @ (dG[:, None] * a)
""",
    ),
    Coding(
        "overlay_label",
        "A comparison of column numbers with labels, and the rest of the picture beside it.",
        """
def overlay_label(x, y, n_classes):
    label = np.equal.outer(y, np.arange(n_classes)).astype(x.dtype)
    return np.hstack([label, x[:, n_classes:]])
""",
    ),
    Coding(
        "negative_labels",
        "A draw from the labels that are left, which skips the own one.",
        """
def negative_labels(y, n_classes, rng):
    draw = rng.integers(0, n_classes - 1, size=len(y))
    return draw + (draw >= y)
""",
    ),
    Coding(
        "damage",
        "A binomial draw for each entry.",
        """
def damage(W, fraction, rng):
    out = W.copy()
    out[rng.binomial(1, fraction, size=W.shape) == 1] = 0
    return out
""",
    ),
    Coding(
        "shuffle_together",
        "By sorting random keys.",
        """
def shuffle_together(X, y, rng):
    order = np.argsort(rng.random(len(y)))
    return np.take(X, order, axis=0), np.take(y, order)
""",
    ),
    Coding(
        "accuracy_over_batches",
        "Batches of np.array_split's cuts, weighted by their length.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    cuts = range(batch_size, len(y), batch_size)
    parts = zip(np.split(X, cuts), np.split(y, cuts))
    return sum((predict(a) == b).mean() * len(b) / len(y) for a, b in parts)
""",
    ),
    Coding(
        "kept_by_mf",
        "A running maximum.",
        """
def kept_by_mf(N, d, widths):
    most, below = 0, d
    for w in widths:
        most, below = max(most, below + w), w
    return N * most
""",
    ),
    Coding(
        "mean_and_deviation",
        "The statistics module.",
        """
def mean_and_deviation(values):
    import statistics
    return statistics.fmean(values), statistics.stdev(values)
""",
    ),
)
