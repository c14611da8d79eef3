"""Mistakes of two more authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "sgd_step",
        (
            "The gradient is normalised to a unit vector first, so that lr is the length of the step and the "
            "gradient's size is lost."
        ),
        """
def sgd_step(parameter, gradient, lr):
    g = np.sqrt(np.sum(gradient ** 2))
    n = gradient / g          # direction of steepest ascent
    return parameter - lr * n
""",
        must=(
            "normalis | normaliz | unit | length of the grad | gradient's length | norm | direction | magnitude | "
            "size of the gradient | gradient's size | divid | scaled | how large | how long | proportional"
        ),
        must_not="sign | momentum | decay",
    ),
    Coding(
        "sgd_step",
        "The gradient is clipped to length 1 before the step.",
        """
def sgd_step(parameter, gradient, lr):
    norm = np.linalg.norm(gradient)
    max_norm = 1.0
    if norm > max_norm:
        gradient = gradient * (max_norm / norm)
    return parameter - lr * gradient
""",
        must=(
            "clip | norm | length | normalis | large gradient | limit | capped | rescal | scaled | bounded | too "
            "small | too short | shorten | depend"
        ),
        must_not="sign | momentum",
    ),
    Coding(
        "adam_step",
        "v gathers the squared deviation (g - m)^2, a variance, instead of the squared gradient.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * (gradient - m) ** 2     # mean and variance
    mh = m / (1 - beta1 ** t)
    vh = v / (1 - beta2 ** t)
    return parameter - lr * mh / (np.sqrt(vh) + epsilon), m, v
""",
        must=(
            "variance | deviation | g - m | gradient - m | gradient minus | minus m | subtract | centred | "
            "centered | uncentred | uncentered | AdaBelief | difference | raw | mean...taken off | gradient itself "
            "| gradient^2 | gradient**2 | squared gradient | square of the gradient"
        ),
        must_not="epsilon | bias correct",
    ),
    Coding(
        "adam_step",
        "AMSGrad: v is the larger of the old v and the new average, so it can never fall.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m_new = beta1 * m + (1 - beta1) * gradient
    v_avg = beta2 * v + (1 - beta2) * gradient ** 2
    v_new = np.maximum(v, v_avg)
    m_hat = m_new / (1 - beta1 ** t)
    v_hat = v_new / (1 - beta2 ** t)
    step = lr * m_hat / (np.sqrt(v_hat) + epsilon)
    return parameter - step, m_new, v_new
""",
        must=(
            "amsgrad | max | larger of | never fall | never gets smaller | never shrink | never decreas | cannot "
            "fall | can fall | must fall | largest | v ... decay | shrink | v only grows | only grow | keeps the "
            "old v | greater of | bigger of | never becomes smaller | v ... fall"
        ),
        must_not="bias correct | epsilon",
    ),
    Coding(
        "bias_corrected",
        (
            "Divides by the geometric sum (1 - beta^t)/(1 - beta), a factor 1 - beta too small in the result, as "
            "if the moments had no (1 - beta)."
        ),
        """
def bias_corrected(m, v, t, beta1, beta2):
    # weights 1 + beta + beta^2 + ... + beta^(t-1)
    S1 = sum(beta1 ** k for k in range(t))
    S2 = sum(beta2 ** k for k in range(t))
    return m / S1, v / S2
""",
        must=(
            "geometric | series | 1 - beta | (1 - beta | 1 - beta1 | sum of the powers | sum of powers | powers of "
            "beta | factor | already in | too small | 1 + beta"
        ),
        must_not="sqrt | epsilon",
    ),
    Coding(
        "bias_corrected",
        "The exponent is t + 1 as for a counter that starts at 0, but t is 1 at the first step.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    step = t + 1   # iterations start at zero
    m_hat = m / (1.0 - beta1 ** step)
    v_hat = v / (1.0 - beta2 ** step)
    return m_hat, v_hat
""",
        must=(
            "t + 1 | t+1 | exponent | one step | off by one | one too | starts at 0 | starts at 1 | counted from | "
            "power | next step | already 1 | one more | a step late"
        ),
        must_not="sqrt | swapped",
    ),
    Coding(
        "mf_step",
        "The softmax is taken over the batch (axis 0), for each class, instead of over the classes.",
        """
def mf_step(x, y, W, M, lr):
    N = len(x)
    z = np.einsum('nd,dh->nh', x, W)
    a = np.maximum(z, 0)
    G = np.einsum('nh,ch->nc', a, M)
    e = np.exp(G - G.max())
    Z = np.einsum('nc->c', e)
    p = np.einsum('nc,c->nc', e, 1 / Z)
    p[np.arange(N), y] -= 1
    dG = p / N
    dM = np.einsum('nc,nh->ch', dG, a)
    dW = np.einsum('nd,nh->dh', x, np.einsum('nc,ch->nh', dG, M) * (z > 0))
    return W - lr * dW, M - lr * dM, a
""",
        must=(
            "softmax...axis | softmax...batch | softmax...column | softmax...samples | softmax...class | "
            "softmax...row | axis 0 | axis=0 | over the batch | over the samples | over the rows | down the "
            "columns | along the batch | across the batch | across samples | per column | each column | columns "
            "sum | rows...sum to 1 | normalis...class | probabilit...row | probabilit...sum | axis"
        ),
        must_not="updated M | order",
    ),
    Coding(
        "mf_step",
        "M's gradient is taken with activations and scores recomputed after W's update.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dz = (dG @ M) * (z > 0)
    W_new = W - lr * (x.T @ dz)

    # now the projection matrix, one after the other
    a_fresh = np.maximum(x @ W_new, 0)
    dG_fresh = equations.cross_entropy_gradient(a_fresh @ M.T, y)
    M_new = M - lr * (dG_fresh.T @ a_fresh)
    return W_new, M_new, a
""",
        must=(
            "updated W | new W | after W | W's update | after the update | recomput | W ... already | already ... "
            "W | second forward | forward ... again | old W | W before | changed W | W ... first | new weights | "
            "updated weights | before the update | new activations"
        ),
        must_not="updated M | transpos",
    ),
    Coding(
        "bp_step",
        (
            "The error is divided by N anew at every layer on its way back, so layer l from the top has 1/N "
            "several times."
        ),
        """
def bp_step(x, y, weights, lr):
    N = x.shape[0]
    acts, zs = [x], []
    for W in weights:
        zs.append(acts[-1] @ W)
        acts.append(np.maximum(zs[-1], 0))
    delta = (equations.softmax(zs[-1]) - equations.one_hot(y, zs[-1].shape[1], x.dtype)) / N
    new = list(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * np.einsum('nd,nh->dh', acts[l], delta)
        if l > 0:
            delta = np.einsum('nh,dh->nd', delta, weights[l]) * (zs[l - 1] > 0) / N
    return new
""",
        must=(
            "1/N | / N | divid...N | divid...batch | batch size | factor N | factor of N | mean over the batch | "
            "mean...twice | mean...again | N twice | once for each layer | every layer | each layer...mean | N^ | "
            "N more than once | hidden...too small | number of samples | number of rows | samples"
        ),
        must_not="mask | updated weights | transpos",
    ),
    Coding(
        "bp_step",
        "Each weight gradient is divided by N once more, though the loss gradient already has the mean in it.",
        """
def bp_step(x, y, weights, lr):
    m = x.shape[0]
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    logits = acts[-1] @ weights[-1]
    dZ = equations.softmax(logits)
    dZ[np.arange(m), y] -= 1
    dZ = dZ / m
    new_weights = []
    for l in reversed(range(len(weights))):
        dW = acts[l].T @ dZ / m
        new_weights.insert(0, weights[l] - lr * dW)
        if l > 0:
            dZ = (dZ @ weights[l].T) * (acts[l] > 0)
    return new_weights
""",
        must=(
            "twice | 1/N ... again | again ... N | second time | once more | divided by N | by N | 1/N | factor N "
            "| N times | mean ... two | already ... mean | N^2 | N squared"
        ),
        must_not="mask | sign",
    ),
    Coding(
        "fa_step",
        (
            "The error that is handed on to the layer below is the one before the ReLU's mask: the mask enters "
            "only the layer's own dW."
        ),
        """
def fa_step(x, y, weights, feedback, lr):
    N, L = x.shape[0], len(weights)
    h, zs = [x], []
    for W in weights:
        z = np.einsum('ni,ij->nj', h[-1], W)
        zs.append(z)
        h.append(np.maximum(z, 0))
    e = (equations.softmax(zs[-1]) - equations.one_hot(y, zs[-1].shape[1], x.dtype)) / N
    out = [None] * L
    out[L - 1] = weights[L - 1] - lr * np.einsum('ni,nj->ij', h[L - 1], e)
    for l in range(L - 2, -1, -1):
        e = np.einsum('nj,ji->ni', e, feedback[l])
        out[l] = weights[l] - lr * np.einsum('ni,nj->ij', h[l], e * (zs[l] > 0))
    return out
""",
        must=(
            "mask | relu | slope | z > 0 | f'(z | derivative of the activation | unmasked | gate | inactive | silent"
        ),
        must_not="transpos | 1/N | batch",
    ),
)
