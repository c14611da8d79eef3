"""Mistakes of an eleventh and a twelfth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "bias_corrected",
        "The exponent is t + 1, as if t began at 0.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    c1 = 1 - beta1 ** (t + 1)
    c2 = 1 - beta2 ** (t + 1)
    return m / c1, v / c2
""",
        must=(
            "t + 1 | t+1 | exponent | one step | one too | t counts | off by one | starts at | begins at | counted "
            "from | next step | 1 at the first | later step | power | step ahead"
        ),
    ),
    Coding(
        "bias_corrected",
        "v is divided by the square root of 1 - beta2^t (PyTorch's bias_correction2_sqrt, meant for sqrt(v)).",
        """
def bias_corrected(m, v, t, beta1, beta2):
    bias_correction1 = 1 - beta1 ** t
    bias_correction2_sqrt = np.sqrt(1 - beta2 ** t)
    return m / bias_correction1, v / bias_correction2_sqrt
""",
        must="root | sqrt | ** 0.5 | power of 1/2 | power 1/2 | half",
        must_not="swapped | t + 1 | beta1 in place",
    ),
    Coding(
        "bias_corrected",
        "t counted from 0 as in C: 1 - beta^(t + 1).",
        """
def bias_corrected(m, v, t, beta1, beta2):
    step = t + 1
    c1 = 1.0 - pow(beta1, step)
    c2 = 1.0 - pow(beta2, step)
    return m / c1, v / c2
""",
        must=(
            "t + 1 | t+1 | one step too | a step too | one too | off by one | step too late | next step | counted "
            "from 0 | counts from 0 | from 0 | starts at 0 | zero-based | 0-based | begins at 1 | starts at 1 | "
            "already 1 | t is 1 | 1 at the first | exponent | power | beta1^t | beta^t | beta ** t | beta1 ** t | "
            "one more | one higher | later step | time step"
        ),
        must_not="swapped | square root | root",
    ),
    Coding(
        "mf_step",
        "M's gradient comes from a second forward pass with the new W.",
        """
def mf_step(x, y, W, M, lr):
    N = x.shape[0]
    t = np.eye(M.shape[0])[y]
    z = x @ W
    a = np.maximum(z, 0)
    dG = (equations.softmax(a @ M.T) - t) / N
    W_new = W - lr * x.T @ ((dG @ M) * (z > 0))
    # now the projection matrix, with the improved layer
    a2 = np.maximum(x @ W_new, 0)
    dG2 = (equations.softmax(a2 @ M.T) - t) / N
    M_new = M - lr * dG2.T @ a2
    return W_new, M_new, a
""",
        must=(
            "new W | updated W | old W | before ... update | recomput | second forward | two forward | again with "
            "| W ... updated first | W first | same forward | one forward | new weights | old weights | new a | "
            "updated weights | changed W | new activations"
        ),
    ),
    Coding(
        "mf_step",
        "The goodness is computed from z, before the ReLU.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = z * (z > 0)
    G = z @ M.T
    dG = equations.cross_entropy_gradient(G, y)
    dM = np.einsum('nm,nh->mh', dG, a)
    dW = np.einsum('nd,nh->dh', x, (dG @ M) * (z > 0))
    return W - lr * dW, M - lr * dM, a
""",
        must=(
            "without ... relu | before ... relu | pre-activation | preactivation | z instead | from z | z itself | "
            "of z | z M | instead of a | relu ... missing | missing ... relu | linear ... scores | no relu | relu "
            "... left out | scores ... z"
        ),
    ),
    Coding(
        "bp_step",
        "The error of the output is masked as if the last layer had a ReLU.",
        """
def bp_step(x, y, weights, lr):
    zs, acts = [], [x]
    h = x
    for l, W in enumerate(weights):
        z = h @ W
        h = np.maximum(z, 0) if l < len(weights) - 1 else z
        zs.append(z)
        acts.append(h)
    delta = equations.cross_entropy_gradient(acts[-1], y)
    grads = []
    for l in reversed(range(len(weights))):
        delta = delta * (zs[l] > 0)
        grads.insert(0, acts[l].T @ delta)
        delta = delta @ weights[l].T
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "last layer | output layer | last ... linear | output ... linear | output ... relu | relu ... last | "
            "relu ... output | mask ... scores | scores ... mask | output ... mask | mask ... output | mask ... "
            "last | last ... mask"
        ),
        must_not="new weights | updated",
    ),
    Coding(
        "bp_step",
        "The division by N is done again at every layer on the way back.",
        """
def bp_step(x, y, weights, lr):
    N = len(x)
    cache = []
    h = x
    for i, W in enumerate(weights):
        z = h @ W
        cache.append((h, z))
        h = np.maximum(z, 0) if i + 1 < len(weights) else z
    dz = (equations.softmax(h) - np.eye(h.shape[1])[y])
    out = [None] * len(weights)
    for i in range(len(weights) - 1, -1, -1):
        h, z = cache[i]
        dz = dz / N
        out[i] = weights[i] - lr * (h.T @ dz)
        if i > 0:
            dz = (dz @ weights[i].T) * (cache[i - 1][1] > 0)
    return out
""",
        must=(
            "1/N | twice | divid | N times | more than once | N**2 | N squared | batch size | several times | too small"
        ),
    ),
    Coding(
        "bp_step",
        "The hidden slope is the sigmoid's a (1 - a), not ReLU's.",
        """
def bp_step(x, y, weights, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(0, a[-1] @ W))
    scores = a[-1] @ weights[-1]
    d = equations.softmax(scores)
    d[np.arange(len(y)), y] -= 1
    d /= len(y)
    new = []
    for l in range(len(weights) - 1, -1, -1):
        new.append(weights[l] - lr * a[l].T @ d)
        d = (d @ weights[l].T) * a[l] * (1 - a[l])
    return new[::-1]
""",
        must=(
            "sigmoid | a (1 - a) | a * (1 - a) | a*(1-a) | (1 - a) | slope of ... relu | relu's | relu ... "
            "derivative | derivative of ... relu | relu ... slope | slope ... hidden | derivative of ... "
            "activation | slope is 1"
        ),
        must_not="updated | last layer",
    ),
    Coding(
        "fa_step",
        "The ReLU mask is missing: the feedback's error goes through all units.",
        """
def fa_step(x, y, weights, feedback, lr):
    hs = [x]
    for W in weights[:-1]:
        hs.append(np.maximum(hs[-1] @ W, 0))
    out = hs[-1] @ weights[-1]
    e = equations.cross_entropy_gradient(out, y)
    res = [weights[-1] - lr * hs[-1].T @ e]
    for W, B, h in zip(weights[-2::-1], feedback[::-1], hs[-2::-1]):
        e = e @ B
        res.insert(0, W - lr * h.T @ e)
    return res
""",
        must=(
            "mask | relu's | relu ... slope | slope | z > 0 | derivative of ... relu | relu ... derivative | where "
            "z | inactive | derivative of ... activation | relu ... missing | f'"
        ),
    ),
    Coding(
        "fa_step",
        "Only the last hidden layer gets its feedback matrix; below it W^T is used, as in backpropagation.",
        """
def fa_step(x, y, weights, feedback, lr):
    L = len(weights)
    acts, zs = [x], []
    for l, W in enumerate(weights):
        zs.append(acts[-1] @ W)
        acts.append(np.maximum(zs[-1], 0) if l < L - 1 else zs[-1])
    delta = equations.cross_entropy_gradient(acts[-1], y)
    new = [None] * L
    new[-1] = weights[-1] - lr * acts[-2].T @ delta
    delta = delta @ feedback[-1]
    for l in range(L - 2, -1, -1):
        dz = delta * (zs[l] > 0)
        new[l] = weights[l] - lr * acts[l].T @ dz
        delta = dz @ weights[l].T
    return new
""",
        must=(
            "only ... last | feedback ... all | every hidden | all hidden | lower | deeper | backprop | W.T | "
            "weights.T | transposed weights | transpose of ... weights | W transposed | first hidden | further "
            "down | first layer | other feedback | own weights | true weights | below | W^T"
        ),
        must_not="sign",
    ),
    Coding(
        "fa_step",
        "Sign symmetry: the feedback takes the signs of the transposed weights and only the sizes of B.",
        """
def fa_step(x, y, weights, feedback, lr):
    back = [np.abs(B) * np.sign(W.T) for B, W in zip(feedback, weights[1:])]
    h = [x]
    for k, W in enumerate(weights):
        z = h[-1] @ W
        h.append(z if k == len(weights) - 1 else np.maximum(z, 0))
    delta = equations.cross_entropy_gradient(h[-1], y)
    grads = [None] * len(weights)
    for k in range(len(weights) - 1, -1, -1):
        grads[k] = h[k].T @ delta
        if k:
            delta = (delta @ back[k - 1]) * (h[k] > 0)
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "sign | signs of | sign-symm | true weights | weights' sign | depends on the weights | depend on the "
            "weights | weights...way back | transposed weights | weights[l+1] | weights[l + 1] | W.T | W^T | fixed "
            "matri | fixed feedback | B itself | B as it is | feedback as it is | feedback itself | size of B | "
            "absolute | magnitude | |B| | abs"
        ),
        must_not="mask | 1/N | output's error",
    ),
    Coding(
        "dfa_step",
        "The hard prediction (one-hot argmax) takes the place of the softmax probabilities in the error.",
        """
def dfa_step(x, y, weights, feedback, lr):
    N, m = len(x), weights[-1].shape[1]
    acts, masks = [x], []
    for W in weights[:-1]:
        z = acts[-1] @ W
        masks.append(z > 0)
        acts.append(z * masks[-1])
    G = acts[-1] @ weights[-1]
    pred = np.eye(m)[G.argmax(axis=1)]
    e = (pred - np.eye(m)[y]) / N
    new = []
    for l, W in enumerate(weights):
        d = e if l == len(weights) - 1 else (e @ feedback[l]) * masks[l]
        new.append(W - lr * acts[l].T @ d)
    return new
""",
        must=(
            "softmax | probabilit | argmax | one-hot ... prediction | hard | winner | predicted class | prediction "
            "| perceptron"
        ),
    ),
    Coding(
        "dfa_step",
        "The hidden layers' error has no 1/N.",
        """
def dfa_step(x, y, weights, feedback, lr):
    hs, zs = [x], []
    for W in weights[:-1]:
        zs.append(hs[-1] @ W)
        hs.append(np.maximum(zs[-1], 0))
    e = equations.softmax(hs[-1] @ weights[-1])
    e[np.arange(len(y)), y] -= 1
    new = []
    for l in range(len(weights) - 1):
        dz = (e @ feedback[l]) * (zs[l] > 0)
        new.append(weights[l] - lr * (hs[l].T @ dz))
    new.append(weights[-1] - lr * (hs[-1].T @ e) / len(x))
    return new
""",
        must=(
            "1/N | N times | batch size | mean over | mean of | divid | batch ... mean | sum over ... batch | sum "
            "... instead of ... mean | too large by"
        ),
        must_not="mask | last layer",
    ),
)
