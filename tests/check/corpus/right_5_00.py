"""Right answers of three more authors."""

from corpus import Coding

CODINGS = (
    Coding(
        "im2col",
        "Right: sliding_window_view, then every stride-th window.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    p = padding
    xp = np.pad(x, [(0, 0), (p, p), (p, p), (0, 0)])
    v = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(1, 2))
    v = v[:, ::stride, ::stride]                # N, OH, OW, C, KH, KW
    v = np.moveaxis(v, 3, -1)                   # N, OH, OW, KH, KW, C
    return v.reshape(-1, KH * KW * x.shape[3])
""",
    ),
    Coding(
        "im2col",
        "",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = np.broadcast_to(kernel, 2)
    xp = np.pad(x, [(0, 0), (padding,) * 2, (padding,) * 2, (0, 0)])
    v = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("nhwcij->nhwijc", v).reshape(-1, KH * KW * x.shape[-1])
""",
    ),
    Coding(
        "col2im",
        "Right: im2col of the pixels' numbers says where each entry belongs; bincount adds them up.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    numbers = np.arange(1, np.prod(x_shape) + 1, dtype=float).reshape(x_shape)
    where = layers.im2col(numbers, kernel, stride, padding).astype(int)   # 0 is the padding
    flat = np.bincount(where.ravel(), weights=cols.ravel(), minlength=numbers.size + 1)
    return flat[1:].reshape(x_shape).astype(cols.dtype)
""",
    ),
    Coding(
        "avgpool_backward",
        "Right: a Kronecker product.",
        """
def avgpool_backward(dy, size):
    w = np.full((1, size, size, 1), 1 / size**2)
    return np.kron(dy, w)
""",
    ),
    Coding(
        "adam_step",
        "",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    # alpha_t as in section 2 of the paper, with epsilon-hat = epsilon sqrt(1 - beta2^t)
    m = m + (1 - beta1) * (gradient - m)
    v = v + (1 - beta2) * (gradient**2 - v)
    root = np.sqrt(1 - beta2**t)
    alpha = lr * root / (1 - beta1**t)
    return parameter - alpha * m / (np.sqrt(v) + epsilon * root), m, v
""",
    ),
    Coding(
        "adam_step",
        "Right: the corrections are folded into the step size, as in the paper's last remark of section 2.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = m + (1 - beta1) * (gradient - m)
    v = v + (1 - beta2) * (np.square(gradient) - v)
    c = np.sqrt(1 - beta2 ** t)
    alpha = lr * c / (1 - beta1 ** t)
    return parameter - alpha * m / (np.sqrt(v) + epsilon * c), m, v
""",
    ),
    Coding(
        "bp_step",
        "Right: recursion, each level returns its new weights and the error for the level below.",
        """
def bp_step(x, y, weights, lr):
    def down(h, l):
        z = h @ weights[l]
        if l == len(weights) - 1:
            d = equations.softmax(z)
            d[range(len(y)), y] -= 1
            d = d / len(y)
            new = []
        else:
            new, above = down(np.where(z > 0, z, 0), l + 1)
            d = np.where(z > 0, above, 0)
        return [weights[l] - lr * (h.T @ d)] + new, d @ weights[l].T
    new, _ = down(x, 0)
    return new
""",
    ),
    Coding(
        "bp_step",
        "",
        """
def bp_step(x, y, weights, lr):
    def go(h, ws):
        # returns the new weights from here on, and the error at h
        W, *rest = ws
        z = h @ W
        if rest:
            new, da = go(np.maximum(z, 0), rest)
            dz = np.where(z > 0, da, 0)
        else:
            new, dz = [], (equations.softmax(z) - (np.arange(z.shape[1]) == y[:, None])) / len(y)
        return [W - lr * np.einsum("ni,no->io", h, dz), *new], np.einsum("no,io->ni", dz, W)
    return go(x, list(weights))[0]
""",
    ),
    Coding(
        "bp_step",
        "Right: recursive, the gradient comes back from the call.",
        """
def bp_step(x, y, weights, lr):
    def down(a, rest):
        W = rest[0]
        z = a @ W
        if len(rest) == 1:
            dz = equations.cross_entropy_gradient(z, y)
            return [W - lr * a.T @ dz], dz @ W.T
        tail, da = down(np.maximum(z, 0), rest[1:])
        dz = np.where(z > 0, da, 0)
        return [W - lr * a.T @ dz] + tail, dz @ W.T
    return down(x, list(weights))[0]
""",
    ),
    Coding(
        "negative_labels",
        "",
        """
def negative_labels(y, n_classes, rng):
    scores = rng.random((len(y), n_classes))
    np.put_along_axis(scores, y[:, None], -1.0, axis=1)
    return scores.argmax(axis=1)
""",
    ),
    Coding(
        "negative_labels",
        "Right: draw from the first n - 1 labels; who draws his own gets the last.",
        """
def negative_labels(y, n_classes, rng):
    r = rng.integers(n_classes - 1, size=len(y))
    return np.where(r == y, n_classes - 1, r)
""",
    ),
    Coding(
        "ticks",
        "Right: simulates the pipeline tick by tick.",
        """
def ticks(blocks, batches):
    done = [0] * blocks         # how many batches each block has finished
    t = 0
    while done[blocks - 1] < batches:
        before = list(done)
        for b in range(blocks):
            available = batches if b == 0 else before[b - 1]
            if before[b] < available:
                done[b] += 1
        t += 1
    return t
""",
    ),
)
