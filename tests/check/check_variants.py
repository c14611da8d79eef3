"""Right answers written in other ways than ours: none of them may ever be called wrong."""

from __future__ import annotations

import math
import statistics

import numpy as np

from mfnumpy import equations as eq
from mfnumpy.optim import Adam
from mfnumpy.train import Trainer


def _single(function):
    """The function computed in float32."""

    def narrow(value):
        if isinstance(value, np.ndarray) and value.dtype == np.float64:
            return value.astype(np.float32)
        return [narrow(v) for v in value] if isinstance(value, list) else value

    def wrapped(*args):
        return function(*map(narrow, args))

    wrapped.__name__ = f"{getattr(function, '__name__', 'variant')}_float32"
    return wrapped


# -- softmax and its loss


def softmax_loop(scores):
    p = np.zeros(scores.shape)
    for i, row in enumerate(scores):
        top = max(row)
        e = [math.exp(s - top) for s in row]
        p[i] = [v / sum(e) for v in e]
    return p


def softmax_in_place(scores):
    p = scores - scores.max(axis=-1, keepdims=True)
    np.exp(p, out=p)
    p /= p.sum(axis=-1, keepdims=True)
    return p


def softmax_by_log(scores):
    m = scores.max(1)[:, None]
    return np.exp(scores - m - np.log(np.exp(scores - m).sum(1))[:, None])


def softmax_small_epsilon(scores):
    e = np.exp(scores - scores.max(1, keepdims=True))
    return e / (e.sum(1, keepdims=True) + 1e-12)


def eq6_logaddexp(G, y):
    return float(np.mean(np.logaddexp.reduce(G, axis=1) - G[np.arange(len(y)), y]))


def eq6_loop(G, y):
    total = 0.0
    for row, label in zip(G, y, strict=True):
        top = row.max()
        total += top + math.log(np.exp(row - top).sum()) - row[label]
    return total / len(y)


def eq6_gradient_in_place(G, y):
    p = softmax_in_place(G)
    p[np.arange(len(y)), y] -= 1
    p /= len(y)
    return p


def eq6_gradient_outer(G, y):
    return (eq.softmax(G) - np.eye(G.shape[1])[y]) / float(len(y))


def eq6_gradient_subtract_at(G, y):
    dG = eq.softmax(G) / len(y)
    np.subtract.at(dG, (range(len(y)), y), 1 / len(y))
    return dG


def eq6_gradient_jacobian(G, y):
    p = eq.softmax(G)
    out = np.empty_like(p)
    for i in range(len(y)):
        J = np.diag(p[i]) - np.outer(p[i], p[i])
        hot = np.eye(G.shape[1])[y[i]]
        out[i] = -J @ (hot / np.maximum(p[i], 1e-300)) / len(y)
    return out


# -- Forward-Forward


def goodness_einsum(a):
    return np.einsum("ij,ij->i", a, a)


def goodness_norm(a):
    return np.linalg.norm(a, axis=1) ** 2


def eq3_logaddexp(G, theta):
    return np.logaddexp(0, theta - G).mean()


def eq3_sum(G, theta):
    u = theta - G
    return np.sum(np.where(u > 0, u + np.log1p(np.exp(-np.abs(u))), np.log1p(np.exp(-np.abs(u))))) / G.size


def eq4_logaddexp(G, theta):
    return np.mean(np.logaddexp(0.0, G - theta))


def eq3_gradient_plain(G, theta):
    return -1 / (1 + np.exp(G - theta)) / len(G)


def eq4_gradient_plain(G, theta):
    return 1 / (1 + np.exp(theta - G)) / len(G)


def eq4_gradient_where(G, theta):
    u = G - theta
    e = np.exp(-np.abs(u))
    return np.where(u >= 0, 1 / (1 + e), e / (1 + e)) / len(G)


# -- Mono-Forward


def eq5_einsum(a, M):
    return np.einsum("nj,cj->nc", a, M)


def eq5_transposed(a, M):
    return (M @ a.T).T


def eq7_mask_on_a(x, z, M, dG):
    a = np.maximum(z, 0)
    return x.T @ (dG @ M * (a > 0))


def eq7_where(x, z, M, dG):
    return np.dot(np.where(z > 0, dG.dot(M), 0.0).T, x).T


def eq7_in_place(x, z, M, dG):
    da = dG @ M
    da[z <= 0] = 0
    return x.T @ da


def eq7_loop(x, z, M, dG):
    dW = np.zeros((x.shape[1], z.shape[1]))
    for n in range(len(x)):
        for h in range(z.shape[1]):
            if z[n, h] > 0:
                dW[:, h] += x[n] * (dG[n] @ M[:, h])
    return dW


def eq7_einsum(x, z, M, dG):
    return np.einsum("nd,nc,ch,nh->dh", x, dG, M, (z > 0).astype(float))


def eq7_at_zero(x, z, M, dG):
    return x.T @ (dG @ M * (z >= 0))


def eq8_transposed(a, dG):
    return (a.T @ dG).T


def eq8_outer(a, dG):
    return sum(np.outer(d, v) for d, v in zip(dG, a, strict=True))


# -- layers


def dense_forward_loop(x, W, b):
    return np.array([[row @ W[:, h] + b[h] for h in range(W.shape[1])] for row in x])


def dense_backward_einsum(x, W, dz):
    return [np.einsum("nh,dh->nd", dz, W), np.einsum("nd,nh->dh", x, dz), np.ones(len(dz)) @ dz]


def relu_backward_copy(z, da):
    dz = da.copy()
    dz[z <= 0] = 0.0
    return dz


def relu_backward_heaviside(z, da):
    return np.heaviside(z, 0.0) * da


def relu_backward_half(z, da):
    return np.heaviside(z, 0.5) * da


def _two(size):
    return size if isinstance(size, tuple) else (size, size)


def im2col_loop(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = _two(kernel), _two(stride), _two(padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    N, H, W, _ = x.shape
    rows = []
    for n in range(N):
        for i in range(0, H - KH + 1, SH):
            for j in range(0, W - KW + 1, SW):
                rows.append(x[n, i : i + KH, j : j + KW].ravel())
    return np.array(rows)


def im2col_pair_kernel_only(x, kernel, stride, padding):
    KH, KW = kernel
    return im2col_loop(x, (KH, KW), stride + 0, padding + 0)


def im2col_integers_only(x, kernel, stride, padding):
    return im2col_loop(x, kernel + 0, stride + 0, padding + 0)


def im2col_windows(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = _two(kernel), _two(stride), _two(padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    v = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    return v.transpose(0, 1, 2, 4, 5, 3).reshape(-1, KH * KW * x.shape[3])


def col2im_loop(cols, x_shape, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = _two(kernel), _two(stride), _two(padding)
    N, H, W, C = x_shape
    x = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    r = 0
    for n in range(N):
        for i in range(0, H + 2 * PH - KH + 1, SH):
            for j in range(0, W + 2 * PW - KW + 1, SW):
                x[n, i : i + KH, j : j + KW] += cols[r].reshape(KH, KW, C)
                r += 1
    return x[:, PH : PH + H, PW : PW + W]


def conv2d_forward_loop(x, W, b, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = _two(kernel), _two(stride), _two(padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    N, H, Wd, C = x.shape
    F = W.shape[1]
    K = W.reshape(KH, KW, C, F)
    OH, OW = (H - KH) // SH + 1, (Wd - KW) // SW + 1
    z = np.zeros((N, OH, OW, F)) + b
    for i in range(OH):
        for j in range(OW):
            z[:, i, j] += np.tensordot(x[:, i * SH : i * SH + KH, j * SW : j * SW + KW], K, 3)
    return z


def conv2d_backward_rows(x, W, dz, kernel, stride, padding):
    rows = dz.reshape(-1, dz.shape[-1])
    dx = col2im_loop(rows @ W.T, x.shape, kernel, stride, padding)
    return dx, im2col_windows(x, kernel, stride, padding).T @ rows, rows.sum(0)


def avgpool_forward_reshape(x, size):
    N, H, W, C = x.shape
    return x.reshape(N, H // size, size, W // size, size, C).mean(axis=(2, 4))


def avgpool_forward_strides(x, size):
    PH, PW = _two(size)
    return sum(x[:, i::PH, j::PW] for i in range(PH) for j in range(PW)) / (PH * PW)


def avgpool_backward_kron(dy, size):
    return np.kron(dy, np.ones((1, size, size, 1))) / size**2


def avgpool_backward_repeat(dy, size):
    PH, PW = _two(size)
    return np.repeat(np.repeat(dy, PH, 1), PW, 2) / PH / PW


# -- optimisers and steps


def sgd_step_copy(parameter, gradient, lr):
    new = parameter.copy()
    new -= lr * gradient
    return new


def adam_step_efficient(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = m + (1 - beta1) * (gradient - m)
    v = v + (1 - beta2) * (gradient**2 - v)
    root = np.sqrt(v) / np.sqrt(1 - beta2**t)
    return parameter - lr / (1 - beta1**t) * m / (root + epsilon), m, v


def adam_step_epsilon_hat(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return parameter - rate * m / (np.sqrt(v) + epsilon), m, v


def mf_step_plain(x, y, W, M, lr):
    a = np.maximum(x @ W, 0)
    d = eq6_gradient_in_place(a @ M.T, y)
    dW = x.T @ ((d @ M) * (a > 0))
    return W - lr * dW, M - lr * (d.T @ a), a


def mf_step_copies(x, y, W, M, lr):
    W, M = W.copy(), M.copy()
    z = x @ W
    a = z * (z > 0)
    d = eq6_gradient_outer(a @ M.T, y)
    dz = d @ M
    dz[z < 0] = 0
    W -= lr * x.T @ dz
    M -= lr * d.T @ a
    return [W, M, a]


def bp_step_recursive(x, y, weights, lr):
    def go(x, ws):
        z = x @ ws[0]
        if len(ws) == 1:
            d = eq6_gradient_in_place(z, y)
            return d @ ws[0].T, [ws[0] - lr * x.T @ d]
        da, new = go(np.maximum(z, 0), ws[1:])
        dz = da * (z > 0)
        return dz @ ws[0].T, [ws[0] - lr * x.T @ dz, *new]

    return go(x, weights)[1]


def _forward(x, weights):
    hs = [x]
    for W in weights[:-1]:
        hs.append(np.maximum(hs[-1] @ W, 0))
    return hs, hs[-1] @ weights[-1]


def fa_step_loop(x, y, weights, feedback, lr):
    hs, G = _forward(x, weights)
    d = eq6_gradient_outer(G, y)
    new = [W.copy() for W in weights]
    for i in range(len(weights) - 1, -1, -1):
        new[i] -= lr * hs[i].T @ d  # updated at once: nothing later reads it
        if i:
            d = (d @ feedback[i - 1]) * (hs[i] > 0)
    return tuple(new)


def dfa_step_loop(x, y, weights, feedback, lr):
    hs, G = _forward(x, weights)
    e = eq6_gradient_outer(G, y)
    deltas = [(e @ B) * (h > 0) for B, h in zip(feedback, hs[1:], strict=True)] + [e]
    return [W - lr * h.T @ d for W, h, d in zip(weights, hs, deltas, strict=True)]


def ff_step_masked(x_pos, x_neg, W, theta, lr):
    dW = 0
    for x, slope in ((x_pos, eq3_gradient_plain), (x_neg, eq4_gradient_plain)):
        a = np.maximum(x @ W, 0)
        dW = dW + x.T @ (2 * a * slope((a**2).sum(1), theta)[:, None] * (a > 0))
    return W - lr * dW


def ff_step_joined(x_pos, x_neg, W, theta, lr):
    x = np.vstack([x_pos, x_neg])
    s = np.r_[-np.ones(len(x_pos)), np.ones(len(x_neg))]
    a = np.maximum(x @ W, 0)
    u = s * (np.einsum("ij,ij->i", a, a) - theta)
    dG = s * 0.5 * (1 + np.tanh(u / 2)) / len(x_pos)
    return W - lr * x.T @ (dG[:, None] * 2 * a)


# -- data


def overlay_label_loop(x, y, n_classes):
    out = np.array(x)
    out[:, :n_classes] = 0
    for i, label in enumerate(y):
        out[i, label] = 1
    return out


def overlay_label_stack(x, y, n_classes):
    return np.concatenate([np.eye(n_classes)[y], x[:, n_classes:]], axis=1)


def negative_labels_shift(y, n_classes, rng):
    drawn = rng.integers(0, n_classes - 1, size=y.shape)
    return drawn + (drawn >= y)


def negative_labels_loop(y, n_classes, rng):
    out = []
    for label in y:
        wrong = int(rng.integers(n_classes))
        while wrong == label:
            wrong = int(rng.integers(n_classes))
        out.append(wrong)
    return np.array(out)


def negative_labels_choice(y, n_classes, rng):
    return np.array([rng.choice(np.delete(np.arange(n_classes), c)) for c in y])


def negative_labels_redraw(y, n_classes, rng):
    out = rng.integers(0, n_classes, len(y))
    while (out == y).any():
        same = out == y
        out[same] = rng.integers(0, n_classes, same.sum())
    return out


def normalise_length_maximum(a):
    return a / np.maximum(np.sqrt((a**2).sum(1)), 1e-8)[:, None]


def normalise_length_under_root(a):
    return a / np.sqrt(np.sum(a * a, axis=1, keepdims=True) + 1e-12)


def normalise_length_where(a):
    size = np.linalg.norm(a, axis=1, keepdims=True)
    return np.divide(a, size, out=np.zeros_like(a), where=size > 0)


def mf_predict_ff_stack(goodness_per_layer):
    return np.argmax(np.stack(goodness_per_layer).sum(axis=0), axis=-1)


def mf_predict_ff_mean(goodness_per_layer):
    return np.mean(goodness_per_layer, axis=0).argmax(1)


def mf_predict_ff_log_softmax(goodness_per_layer):
    return sum(np.log(eq.softmax(g)) for g in goodness_per_layer).argmax(1)


def mf_predict_ff_in_place(goodness_per_layer):
    total = np.zeros_like(goodness_per_layer[0])
    for g in goodness_per_layer:
        total += g
    return np.array([int(np.argmax(row)) for row in total])


def mf_predict_bp_softmax(goodness_per_layer):
    return eq.softmax(goodness_per_layer[-1]).argmax(axis=1).astype(np.int32)


def shuffle_together_shuffle(X, y, rng):
    index = np.arange(len(y))
    rng.shuffle(index)
    return np.take(X, index, axis=0), np.take(y, index)


def shuffle_together_argsort(X, y, rng):
    index = np.argsort(rng.random(len(X)))
    return [X[index], y[index]]


def accuracy_while(predict, X, y, batch_size):
    right, i = 0, 0
    while i < len(X):
        p = predict(X[i : i + batch_size])
        for a, b in zip(p, y[i : i + batch_size], strict=True):
            right += a == b
        i += batch_size
    return right / len(y)


def accuracy_weighted(predict, X, y, batch_size):
    total = 0.0
    for i in range(0, len(X), batch_size):
        xb, yb = X[i : i + batch_size], y[i : i + batch_size]
        total += np.mean(predict(xb) == yb) * len(yb)
    return float(total / len(X))


def accuracy_joined(predict, X, y, batch_size):
    parts = [predict(X[i : i + batch_size]) for i in range(0, len(X), batch_size)]
    return (np.concatenate(parts) == y).mean()


def accuracy_split(predict, X, y, batch_size):
    parts = np.array_split(np.arange(len(X)), -(-len(X) // batch_size))
    return sum((predict(X[i]) == y[i]).sum() for i in parts) / len(X)


def plug_block_by_hand(net, rule, width):
    block = net.new_dense(width)
    net.plug(block)
    rule.plug(net)


def damage_loop(W, fraction, rng):
    out = W.copy()
    for i in np.ndindex(W.shape):
        if rng.random() < fraction:
            out[i] = 0.0
    return out


def repair_in_two_halves(net, rule, i, x, y):
    for _ in range(2):
        Trainer(net, rule, Adam(0.005), epochs=3, batch_size=16, only=[i], show_progress=False).fit(x, y)


def kept_by_bp_loop(N, d, widths):
    kept = N * d
    while widths:
        kept += N * widths.pop()
    return kept


def kept_by_mf_loop(N, d, widths):
    return float(max(N * (a + b) for a, b in zip([d, *widths[:-1]], widths, strict=True)))


def ticks_max(blocks, batches):
    return max(blocks, batches) + min(blocks, batches) - 1


def parameters_matrix_by_matrix(d, widths, m, rule):
    shapes, below = [], d
    for width in widths:
        shapes.append((below, width))
        below = width
        if rule in ("mf", "ff_one_pass"):
            shapes.append((m, width))
    if rule == "bp":
        shapes.append((below, m))
    return sum(a * b for a, b in shapes)


def mean_and_deviation_statistics(values):
    return statistics.mean(values), statistics.stdev(values)


def chosen_by_validation_pairs(validation, test):
    return max(zip(validation, test, strict=True))[1]


def bias_corrected_list(m, v, t, beta1, beta2):
    return [np.divide(moment, 1 - np.power(beta, t)) for moment, beta in ((m, beta1), (v, beta2))]


_EXACT = {
    "softmax": [softmax_loop, softmax_in_place, softmax_by_log, softmax_small_epsilon],
    "eq6": [eq6_logaddexp, eq6_loop],
    "eq6_gradient": [eq6_gradient_in_place, eq6_gradient_outer, eq6_gradient_subtract_at],
    "eq1": [goodness_einsum, goodness_norm],
    "eq2": [goodness_einsum, goodness_norm],
    "eq3": [eq3_logaddexp, eq3_sum],
    "eq3_gradient": [eq3_gradient_plain],
    "eq4": [eq4_logaddexp],
    "eq4_gradient": [eq4_gradient_plain, eq4_gradient_where],
    "eq5": [eq5_einsum, eq5_transposed],
    "eq7": [eq7_mask_on_a, eq7_where, eq7_in_place, eq7_loop, eq7_einsum, eq7_at_zero],
    "eq8": [eq8_transposed, eq8_outer],
    "dense_forward": [dense_forward_loop],
    "dense_backward": [dense_backward_einsum],
    "relu_backward": [relu_backward_copy, relu_backward_heaviside, relu_backward_half],
    "im2col": [im2col_loop, im2col_pair_kernel_only, im2col_integers_only, im2col_windows],
    "col2im": [col2im_loop],
    "conv2d_forward": [conv2d_forward_loop],
    "conv2d_backward": [conv2d_backward_rows],
    "avgpool_forward": [avgpool_forward_reshape, avgpool_forward_strides],
    "avgpool_backward": [avgpool_backward_kron, avgpool_backward_repeat],
    "sgd_step": [sgd_step_copy],
    "adam_step": [adam_step_efficient, adam_step_epsilon_hat],
    "mf_step": [mf_step_plain, mf_step_copies],
    "bp_step": [bp_step_recursive],
    "fa_step": [fa_step_loop],
    "dfa_step": [dfa_step_loop],
    "ff_step": [ff_step_masked, ff_step_joined],
    "overlay_label": [overlay_label_loop, overlay_label_stack],
    "negative_labels": [
        negative_labels_shift,
        negative_labels_loop,
        negative_labels_choice,
        negative_labels_redraw,
    ],
    "normalise_length": [normalise_length_maximum, normalise_length_under_root, normalise_length_where],
    "mf_predict_ff": [
        mf_predict_ff_stack,
        mf_predict_ff_mean,
        mf_predict_ff_log_softmax,
        mf_predict_ff_in_place,
    ],
    "mf_predict_bp": [mf_predict_bp_softmax],
    "shuffle_together": [shuffle_together_shuffle, shuffle_together_argsort],
    "bias_corrected": [bias_corrected_list],
    "plug_block": [plug_block_by_hand],
    "damage": [damage_loop],
    "repair": [repair_in_two_halves],
    "kept_by_bp": [kept_by_bp_loop],
    "kept_by_mf": [kept_by_mf_loop],
    "ticks": [ticks_max],
    "parameters": [parameters_matrix_by_matrix],
    "mean_and_deviation": [mean_and_deviation_statistics],
    "chosen_by_validation": [chosen_by_validation_pairs],
    "accuracy_over_batches": [accuracy_while, accuracy_weighted, accuracy_joined, accuracy_split],
}
_NOT_SINGLE = {softmax_small_epsilon, softmax_loop}
_CHANCE = {"negative_labels", "shuffle_together", "accuracy_over_batches", "damage"}

VARIANTS = [(name, f) for name, functions in _EXACT.items() for f in functions]
VARIANTS += [(name, _single(f)) for name, f in VARIANTS if name not in _CHANCE and f not in _NOT_SINGLE]
