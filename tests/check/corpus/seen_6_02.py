"""Mistakes of an eighth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "avgpool_forward",
        ".mean() without an axis averages over the channels too; all channels get the same number.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    y = np.zeros((N, H // size, W // size, C), dtype=x.dtype)
    for n in range(N):
        for r in range(H // size):
            for c in range(W // size):
                window = x[n, r * size:(r + 1) * size, c * size:(c + 1) * size]
                y[n, r, c] = window.mean()
    return y
""",
        must="channel",
        must_not="overlap | maxim",
    ),
    Coding(
        "avgpool_backward",
        "np.tile lays whole copies of the image side by side; each entry must be repeated in its own window.",
        """
def avgpool_backward(dy, size):
    return np.tile(dy, (1, size, size, 1)) / (size * size)
""",
        must=(
            "tile | tiled | repeat | copies of | whole image | side by side | own window | its window | wrong "
            "window | wrong pixel | place | other window | positions | where it came | neighbour | kron"
        ),
        must_not="divid | factor",
    ),
    Coding(
        "avgpool_backward",
        "Divided by the number of windows OH*OW instead of the number of pixels of a window.",
        """
def avgpool_backward(dy, size):
    N, OH, OW, C = dy.shape
    dx = dy.repeat(size, axis=1).repeat(size, axis=2)
    return dx / (OH * OW)
""",
        must=(
            "number of windows | OH * OW | OH*OW | OH OW | size^2 | size**2 | size * size | size squared | "
            "pixels...window | window's pixels | window's size | pixels of a | 1 / size | 1/size | divided by | "
            "divisor"
        ),
        must_not="tile",
    ),
    Coding(
        "sgd_step",
        "The gradient is clipped to [-1, 1] (a habit from RNN code), which SGD does not do.",
        """
def sgd_step(parameter, gradient, lr):
    g = np.clip(gradient, -1, 1)
    return parameter - lr * g
""",
        must=(
            "clip | cut | capped | bounded | limit | large gradient | large entr | between -1 | [-1 | saturat | "
            "larger than 1 | above 1 | sign of the gradient"
        ),
        must_not="in place",
    ),
    Coding(
        "adam_step",
        "m_hat is computed before m is updated: the step uses the moment without the new gradient.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m_hat = m / (1 - beta1 ** t)
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient * gradient
    v_hat = v / (1 - beta2 ** t)
    parameter = parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon)
    return parameter, m, v
""",
        must=(
            "old m | before m | before the update | before its update | before...gradient | without the new | "
            "without the gradient | without this | old moment | previous m | earlier m | not yet | new m | updated "
            "m | order | last step's m | m...before | m of the step before | stale | m as it was | m as given"
        ),
    ),
    Coding(
        "bias_corrected",
        "m /= ... changes the caller's moments, which must stay uncorrected for the next step.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    m /= 1 - beta1 ** t
    v /= 1 - beta2 ** t
    return m, v
""",
        must=(
            "in place | in-place | changes m | changes its | changed m | argument | copy | overwrit | overwrite | "
            "modif | alias | caller | new array | stay as they | /= | input...change | same array"
        ),
    ),
    Coding(
        "mf_step",
        (
            "The batch is learned sample by sample, each from weights that the sample before has changed, instead "
            "of in one step."
        ),
        """
def mf_step(x, y, W, M, lr):
    W, M = W.copy(), M.copy()
    N = len(x)
    acts = np.maximum(x @ W, 0)
    for i in range(N):
        xi = x[i:i + 1]
        z = xi @ W
        a = np.maximum(z, 0)
        p = equations.softmax(a @ M.T)
        p[0, y[i]] -= 1
        dG = p / N
        dW = xi.T @ ((dG @ M) * (z > 0))
        dM = dG.T @ a
        W -= lr * dW
        M -= lr * dM
    return W, M, acts
""",
        must=(
            "sample by sample | each sample | one sample | sample after | after every sample | one by one | one at "
            "a time | row by row | per sample | sequential | online | single sample | same weights | several steps "
            "| N steps | between samples | batch of one | batches of one | batch of 1 | batches of 1 | several "
            "updates | N updates | in turn"
        ),
    ),
    Coding(
        "bp_step",
        (
            "The error at the output is masked with the last layer's own sign, as if a ReLU stood there; the last "
            "layer is linear."
        ),
        """
def bp_step(x, y, weights, lr):
    zs, acts = [], [x]
    for W in weights:
        zs.append(acts[-1] @ W)
        acts.append(np.maximum(zs[-1], 0))
    scores = zs[-1]
    grad = equations.cross_entropy_gradient(scores, y)
    grads = []
    for l in reversed(range(len(weights))):
        grad = grad * (zs[l] > 0)
        grads.insert(0, acts[l].T @ grad)
        grad = grad @ weights[l].T
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "last layer...linear | output...linear | last layer...relu | relu...last layer | relu...output | "
            "output...relu | linear | mask...output | mask...last | output...mask | last...mask | scores...mask | "
            "mask...scores | negative scores | scores...negative | scores...positive | relu...scores | relu...top "
            "| top...relu"
        ),
    ),
    Coding(
        "bp_step",
        (
            "list(weights) copies only the list, so -= changes the layer's weights before the error goes back "
            "through them (and the caller's arrays)."
        ),
        """
def bp_step(x, y, weights, lr):
    new = list(weights)
    acts = [x]
    for l, W in enumerate(weights):
        z = acts[-1] @ W
        acts.append(z if l == len(weights) - 1 else np.maximum(z, 0))
    delta = equations.cross_entropy_gradient(acts[-1], y)
    for l in range(len(weights) - 1, -1, -1):
        new[l] -= lr * acts[l].T @ delta
        if l > 0:
            delta = (delta @ weights[l].T) * (acts[l] > 0)
    return new
""",
        must=(
            "in place | in-place | updated weights | new weights | old weights | weights...updated | already "
            "updated | already changed | before its update | before the update | copy | argument | overwrit | "
            "overwrite | modif | alias | caller | changes the weights | changes its | after...update | too early | "
            "order"
        ),
    ),
    Coding(
        "fa_step",
        "The slope of a sigmoid, a (1 - a), is used where the layers are ReLU.",
        """
def fa_step(x, y, weights, feedback, lr):
    hs = [x]
    for W in weights[:-1]:
        hs.append(np.maximum(0, hs[-1].dot(W)))
    err = equations.cross_entropy_gradient(hs[-1].dot(weights[-1]), y)
    new = [None] * len(weights)
    new[-1] = weights[-1] - lr * hs[-1].T.dot(err)
    for l in range(len(weights) - 2, -1, -1):
        err = err.dot(feedback[l]) * hs[l + 1] * (1 - hs[l + 1])
        new[l] = weights[l] - lr * hs[l].T.dot(err)
    return new
""",
        must=(
            "sigmoid | a (1 - a) | a(1 - a) | a * (1 - a) | 1 - a | logistic | slope | derivative of the relu | "
            "relu's derivative | derivative of relu | relu derivative | derivative of the activation | "
            "activation's derivative | multiplied by the activation"
        ),
        must_not="true weights | mask is missing | no mask",
    ),
    Coding(
        "dfa_step",
        "Each layer is updated on the way up and the next layer's input is recomputed with the new weights.",
        """
def dfa_step(x, y, weights, feedback, lr):
    h = x
    for W in weights[:-1]:
        h = np.maximum(h @ W, 0)
    e = equations.cross_entropy_gradient(h @ weights[-1], y)

    h, new = x, []
    for W, B in zip(weights[:-1], feedback):
        dz = (e @ B) * (h @ W > 0)
        W = W - lr * h.T @ dz
        new.append(W)
        h = np.maximum(h @ W, 0)
    new.append(weights[-1] - lr * h.T @ e)
    return new
""",
        must=(
            "updated weights | new weights | old weights | weights...updated | already updated | already changed | "
            "before the update | before any update | after the update | recomput | too early | new activ | old "
            "activ | second forward | updated...below | changed weights | order | forward pass again | layer "
            "below...updated"
        ),
    ),
    Coding(
        "dfa_step",
        (
            "The error that goes to the hidden layers lacks the 1/N of the mean loss; only the last layer's "
            "gradient has it."
        ),
        """
def dfa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1] @ W, 0))
    p = equations.softmax(a[-1] @ weights[-1])
    e = p.copy()
    e[np.arange(N), y] -= 1
    new = []
    for l, B in enumerate(feedback):
        d = (e @ B) * (a[l + 1] > 0)
        new.append(weights[l] - lr * a[l].T @ d)
    new.append(weights[-1] - lr * a[-1].T @ e / N)
    return new
""",
        must=(
            "1/N | 1 / N | N times | divid | mean over | mean loss | batch size | factor N | times N | times too | "
            "batch mean | averag | by N | size of the batch"
        ),
    ),
    Coding(
        "ff_step",
        (
            "Positive and negative losses are concatenated and averaged over all 2N (as the PyTorch port does), so "
            "the step is half as long."
        ),
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    x = np.concatenate([x_pos, x_neg])
    z = x @ W
    a = np.maximum(z, 0)
    g = (a ** 2).sum(1)
    N = len(x_pos)
    s = np.concatenate([np.full(N, -1.0), np.full(len(x_neg), 1.0)])
    # loss = log(1 + exp(s * (g - theta))).mean()
    dg = s * equations._sigmoid(s * (g - theta)) / len(x)
    dW = x.T @ (dg[:, None] * 2 * a)
    return W - lr * dW
""",
        must=(
            "2N | 2 N | 2 * N | half | factor 2 | factor of 2 | factor 0.5 | twice | both halves...mean | mean "
            "over both | concat | mean...sum | sum of two means | sum of the two means | divid | double | 0.5 | "
            "1/2"
        ),
        must_not="sign | mask",
    ),
)
