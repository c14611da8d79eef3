"""A fourth author's unusual but right answers of several exercises."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq6",
        "The loss as the log-sum of differences to the true score, by logaddexp.",
        """
def eq6(G, y):
    true = np.take_along_axis(G, y[:, None], axis=1)
    return np.logaddexp.reduce(G - true, axis=1).mean()
""",
    ),
    Coding(
        "eq2",
        "The square of the length.",
        """
def eq2(a):
    return np.linalg.norm(a, axis=1) ** 2
""",
    ),
    Coding(
        "eq4_gradient",
        "exp(-softplus): the sigmoid without a division.",
        """
def eq4_gradient(G, theta):
    return np.exp(-np.logaddexp(0, theta - G)) / G.size
""",
    ),
    Coding(
        "eq5",
        "A sum of outer products, one for each neuron.",
        """
def eq5(a, M):
    G = np.zeros((len(a), len(M)))
    for neuron in range(a.shape[1]):
        G += np.multiply.outer(a[:, neuron], M[:, neuron])
    return G
""",
    ),
    Coding(
        "eq7",
        "The switched-off entries of a's gradient are set to zero in a copy, sample by sample.",
        """
def eq7(x, z, M, dG):
    dW = np.zeros((x.shape[1], M.shape[1]))
    for n in range(len(x)):
        back = M.T @ dG[n]
        back[z[n] <= 0] = 0
        dW += x[n][:, None] * back[None, :]
    return dW
""",
    ),
    Coding(
        "eq8",
        "tensordot over the batch.",
        """
def eq8(a, dG):
    return np.tensordot(dG, a, axes=(0, 0))
""",
    ),
    Coding(
        "dense_backward",
        "All three from the layer with a column of ones.",
        """
def dense_backward(x, W, dz):
    x1 = np.column_stack([x, np.ones(len(x))])
    both = x1.T @ dz
    return np.inner(dz, W), both[:-1], both[-1]
""",
    ),
    Coding(
        "relu_backward",
        "By heaviside, whose value at 0 is given.",
        """
def relu_backward(z, da):
    return np.heaviside(z, 0.0) * da
""",
    ),
    Coding(
        "col2im",
        "np.add.at over the pixel numbers that im2col itself gives.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    size = int(np.prod(x_shape))
    numbers = np.arange(1, size + 1, dtype=float).reshape(x_shape)
    where = layers.im2col(numbers, kernel, stride, padding).astype(int)
    flat = np.zeros(size + 1)
    np.add.at(flat, where.ravel(), cols.ravel())
    return flat[1:].reshape(x_shape)
""",
    ),
    Coding(
        "conv2d_forward",
        "A sum over the places of the kernel of 1 x 1 convolutions.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    OH, OW = layers.conv_output_size(H, Wd, kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    K = W.reshape(KH, KW, C, -1)
    z = np.broadcast_to(b, (N, OH, OW, len(b))).copy()
    for i in range(KH):
        for j in range(KW):
            z += xp[:, i:i + SH * (OH - 1) + 1:SH, j:j + SW * (OW - 1) + 1:SW] @ K[i, j]
    return z
""",
    ),
    Coding(
        "conv2d_backward",
        "Everything by loops over output places, with views of the padded image.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    F = dz.shape[3]
    K, dK = W.reshape(KH, KW, C, F), np.zeros((KH, KW, C, F))
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    dxp = np.zeros_like(xp)
    for i, j in np.ndindex(dz.shape[1], dz.shape[2]):
        here = np.s_[:, i * SH:i * SH + KH, j * SW:j * SW + KW]
        dK += np.einsum("nklc,nf->klcf", xp[here], dz[:, i, j])
        dxp[here] += np.einsum("nf,klcf->nklc", dz[:, i, j], K)
    return dxp[:, PH:PH + H, PW:PW + Wd], dK.reshape(W.shape), np.einsum("nijf->f", dz)
""",
    ),
    Coding(
        "avgpool_forward",
        "A convolution with a matrix of equal weights, channel by channel.",
        """
def avgpool_forward(x, size):
    return np.stack([
        layers.im2col(x[..., c:c + 1], size, size, 0).mean(axis=1).reshape(
            x.shape[0], x.shape[1] // size, x.shape[2] // size)
        for c in range(x.shape[3])
    ], axis=-1)
""",
    ),
    Coding(
        "sgd_step",
        "In place, but on a copy.",
        """
def sgd_step(parameter, gradient, lr):
    new = np.array(parameter, copy=True)
    new -= np.multiply(gradient, lr)
    return new
""",
    ),
    Coding(
        "adam_step",
        "As PyTorch counts: step size and denominator corrected, moments raw.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    exp_avg = m + (gradient - m) * (1 - beta1)
    exp_avg_sq = v * beta2 + gradient * gradient * (1 - beta2)
    denom = np.sqrt(exp_avg_sq) / (1 - beta2 ** t) ** 0.5 + epsilon
    return parameter - lr / (1 - beta1 ** t) * (exp_avg / denom), exp_avg, exp_avg_sq
""",
    ),
    Coding(
        "mf_step",
        "Sample by sample, gradients added up and applied at the end.",
        """
def mf_step(x, y, W, M, lr):
    N = len(x)
    gW, gM, acts = np.zeros_like(W), np.zeros_like(M), []
    for xi, yi in zip(x, y):
        z = W.T @ xi
        a = np.where(z > 0, z, 0.0)
        e = np.exp(M @ a - np.logaddexp.reduce(M @ a))
        e[yi] -= 1
        gW += np.outer(xi, (M.T @ e) * (z > 0))
        gM += np.outer(e, a)
        acts.append(a)
    return W - lr / N * gW, M - lr / N * gM, np.array(acts)
""",
    ),
    Coding(
        "fa_step",
        "Backpropagation in a network whose way back is another list of matrices.",
        """
def fa_step(x, y, weights, feedback, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    deltas = [equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)]
    for B, a in zip(feedback[::-1], acts[:0:-1]):
        deltas.append(np.where(a > 0, deltas[-1] @ B, 0))
    return [W - lr * a.T @ d for W, a, d in zip(weights, acts, deltas[::-1])]
""",
    ),
    Coding(
        "dfa_step",
        "The hidden layers learn from the last to the first: in DFA any order will do.",
        """
def dfa_step(x, y, weights, feedback, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(acts[-1] @ W)
        acts[-1] = acts[-1] * (acts[-1] > 0)
    p = equations.softmax(acts[-1] @ weights[-1])
    e = (p - np.eye(p.shape[1])[y]) / len(p)
    new = {len(feedback): weights[-1] - lr * np.einsum("ni,nj->ij", acts[-1], e)}
    for k in range(len(feedback) - 1, -1, -1):
        new[k] = weights[k] - lr * np.einsum("ni,nm,mj,nj->ij", acts[k], e, feedback[k], acts[k + 1] > 0)
    return [new[k] for k in sorted(new)]
""",
    ),
    Coding(
        "overlay_label",
        "The label's block and the rest are joined.",
        """
def overlay_label(x, y, n_classes):
    return np.concatenate([np.eye(n_classes)[y], x[:, n_classes:]], axis=1)
""",
    ),
    Coding(
        "negative_labels",
        "The gap is closed: numbers from the right label on are moved up by one.",
        """
def negative_labels(y, n_classes, rng):
    r = rng.integers(0, n_classes - 1, size=len(y))
    return r + (r >= y)
""",
    ),
    Coding(
        "shuffle_together",
        "Sorted by random numbers.",
        """
def shuffle_together(X, y, rng):
    keys = rng.random(len(y))
    order = sorted(range(len(y)), key=lambda i: keys[i])
    return X[order], y[order]
""",
    ),
)
