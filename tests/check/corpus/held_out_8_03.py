"""Mistakes of an eleventh and a twelfth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "adam_step",
        "Returns the corrected moments, which would be corrected again in the next step.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient ** 2
    m = m / (1 - beta1 ** t)
    v = v / (1 - beta2 ** t)
    parameter = parameter - lr * m / (np.sqrt(v) + epsilon)
    return parameter, m, v
""",
        must=(
            "corrected ... return | return ... corrected | uncorrected | m_hat | next step | raw moments | "
            "corrected moments | corrected m | moments ... corrected | hand ... corrected | bias-corrected | "
            "correction ... twice | corrected twice | as they are | before the correction"
        ),
    ),
    Coding(
        "mf_step",
        (
            "Alternating steps: after M's update the scores and dG are computed anew with the new M, and W learns "
            "from those."
        ),
        """
def mf_step(x, y, W, M, lr):
    a = np.maximum(x @ W, 0)
    # step 1: the head
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    M = M - lr * dG.T @ a
    # step 2: the layer, with the improved head
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dz = (dG @ M) * (a > 0)
    W = W - lr * x.T @ dz
    return W, M, a
""",
        must=(
            "new M | updated M | M...updated | M...update | M...changed | M's update | old M | M before | before "
            "its update | already changed | already updated | too early | M first | order of the updates | order "
            "of updates | after the update | recomput | computed again | computed anew | second time | second "
            "forward | alternat | same forward | same scores | same G | one forward"
        ),
        must_not="mask | 1/N | transpos",
    ),
    Coding(
        "mf_step",
        "The goodness is taken from z, before the ReLU: neither G nor the gradients know of the ReLU.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    G = z @ M.T                                   # head on the linear output
    dG = equations.softmax(G)
    dG[np.arange(len(y)), y] -= 1
    dG /= len(y)
    dM = dG.T @ z
    dW = x.T @ (dG @ M)
    return W - lr * dW, M - lr * dM, a
""",
        must=(
            "from z | of z | with z | on z | uses z | z in place of | z instead of | z is used | z M | z @ M | "
            "before the ReLU | before the activation | without the ReLU | without ReLU | without the activation | "
            "ReLU is missing | no ReLU | ReLU...left out | pre-activation | linear output | ReLU...never | ReLU is "
            "skipped | skips the ReLU"
        ),
        must_not="after the update | new M | sign",
    ),
    Coding(
        "bp_step",
        (
            "Updates after each sample (C++ habit, one sample at a time): later samples see weights that earlier "
            "ones have changed."
        ),
        """
def bp_step(x, y, weights, lr):
    ws = [w.copy() for w in weights]
    N = len(x)
    for n in range(N):
        h = [x[n]]
        for k, w in enumerate(ws):
            z = h[k] @ w
            h.append(np.maximum(z, 0) if k < len(ws) - 1 else z)
        e = np.exp(h[-1] - h[-1].max())
        delta = e / e.sum()
        delta[y[n]] -= 1.0
        for k in range(len(ws) - 1, -1, -1):
            grad = np.outer(h[k], delta)
            if k > 0:
                delta = (ws[k] @ delta) * (h[k] > 0)
            ws[k] -= lr / N * grad
    return ws
""",
        must=(
            "each sample | every sample | per sample | per-sample | sample by sample | one sample | sample after "
            "sample | single sample | after a sample | one row | each row | every row | row by row | one at a time "
            "| one after another | one after the other | one by one | sequential | N steps | several steps | many "
            "steps | several updates | N updates | within the batch | whole batch | old weights | same weights | "
            "already updated | already changed | updated weights | changed weights | new weights | too early | "
            "online"
        ),
        must_not="mask | softmax is | transpos | feedback",
    ),
    Coding(
        "bp_step",
        "The ReLU is applied to the last layer too: the scores are clipped at 0 and their gradient is masked.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights:
        acts.append(np.maximum(0, acts[-1] @ W))
    N = x.shape[0]
    delta = equations.softmax(acts[-1])
    delta[range(N), y] -= 1
    delta /= N
    out = [None] * len(weights)
    for l in reversed(range(len(weights))):
        delta = delta * (acts[l + 1] > 0)
        out[l] = weights[l] - lr * acts[l].T @ delta
        delta = delta @ weights[l].T
    return out
""",
        must=(
            "last layer | output layer | scores...clip | scores...cut | scores...ReLU | scores...below | negative "
            "score | ReLU on the last | ReLU at the output | ReLU to the output | ReLU after the last | "
            "ReLU...last | ReLU...output | last...linear | output...linear | logits | top layer | final layer"
        ),
        must_not="hidden mask is missing | feedback | 1/N",
    ),
    Coding(
        "fa_step",
        (
            "The error that travels down is the one before the mask: the ReLU masks of the upper layers are left "
            "out on the way."
        ),
        """
def fa_step(x, y, weights, feedback, lr):
    L = len(weights)
    h = [x]
    pre = []
    for l in range(L):
        pre.append(h[l] @ weights[l])
        h.append(pre[l] if l == L - 1 else np.maximum(pre[l], 0))
    err = equations.cross_entropy_gradient(h[L], y)
    new = [w.copy() for w in weights]
    new[L - 1] -= lr * h[L - 1].T @ err
    for l in range(L - 2, -1, -1):
        err = err @ feedback[l]
        grad_z = err * (pre[l] > 0)
        new[l] -= lr * h[l].T @ grad_z
    return new
""",
        must=(
            "mask | unmasked | ReLU | z > 0 | slope | derivative of the upper | f'(z | f' | inactive | before the "
            "mask | silent"
        ),
        must_not="DFA | direct | transpos | weights[l+1].T | true weights",
    ),
    Coding(
        "dfa_step",
        "tanh's derivative 1 - a^2 (from Nokland's tanh nets) where a ReLU's mask belongs.",
        """
def dfa_step(x, y, weights, feedback, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1] @ W, 0.0))
    scores = a[-1] @ weights[-1]
    p = equations.softmax(scores)
    e = (p - np.eye(p.shape[1])[y]) / len(y)
    grads = [a[l].T @ ((e @ feedback[l]) * (1 - a[l + 1] ** 2)) for l in range(len(feedback))]
    grads.append(a[-1].T @ e)
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must="tanh | 1 - a | (1 - a | mask | derivative | slope | ReLU | z > 0 | f'(z | f' | inactive | a^2 | a**2",
        must_not="transpos | 1/N | chain | last layer's",
    ),
    Coding(
        "ff_step",
        "As in Hinton's own layer, x is scaled to unit length before W, though the step takes x as it is.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    def forward(x):
        xn = x / (np.linalg.norm(x, axis=1, keepdims=True) + 1e-4)
        return xn, np.maximum(xn @ W, 0)
    dW = np.zeros_like(W)
    for x, sgn in ((x_pos, -1.0), (x_neg, 1.0)):
        xn, a = forward(x)
        g = (a ** 2).sum(1)
        s = 0.5 * (1 + np.tanh(0.5 * sgn * (g - theta)))
        dG = sgn * s / x.shape[0]
        dW += xn.T @ (dG[:, None] * 2 * a)
    return W - lr * dW
""",
        must=(
            "normalis | normaliz | unit length | length 1 | length of x | length of the input | length of each "
            "input | scaled | x / | divided by its | divided by their | rescal | input is changed | "
            "input...changed"
        ),
        must_not="factor 2 | theta is | sign | mean over 2N | 1/(2N",
    ),
    Coding(
        "normalise_length",
        "The root is forgotten: divides by the squared length, so the row gets length 1/|a|.",
        """
def normalise_length(a):
    sq = np.einsum("ij,ij->i", a, a)
    return a / (sq[:, None] + 1e-8)
""",
        must=(
            "root | sqrt | squared length | square of the length | length squared | |a|^2 | |a|**2 | sum of "
            "squares | sum of the squares | squared norm | norm squared | 1/|a| | 1 / |a| | 1/length | squared | "
            "goodness"
        ),
        must_not="mean | axis",
    ),
)
