"""Mistakes of two more authors, who were asked for uncommon ones."""

from corpus import Coding

CODINGS = (
    Coding(
        "adam_step",
        "The correction counts steps from 0 and so uses t + 1.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    t += 1
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * np.square(gradient)
    alpha = lr * np.sqrt(1 - beta2 ** t) / (1 - beta1 ** t)
    eps_hat = epsilon * np.sqrt(1 - beta2 ** t)
    parameter = parameter - alpha * m / (np.sqrt(v) + eps_hat)
    return parameter, m, v
""",
        must=(
            "t + 1 | t+1 | t += 1 | off by one | counts from 0 | counted from 0 | starts at 1 | one step too | too "
            "late | one too | next step | shifted by one | already 1 | t is 1 | increment"
        ),
        must_not="epsilon | missing correction",
    ),
    Coding(
        "adam_step",
        "A Nesterov look-ahead: the gradient enters the step once more, as in NAdam.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient ** 2
    m_hat = m / (1 - beta1 ** t)
    v_hat = v / (1 - beta2 ** t)
    m_bar = beta1 * m_hat + (1 - beta1) * gradient / (1 - beta1 ** t)
    return parameter - lr * m_bar / (np.sqrt(v_hat) + epsilon), m, v
""",
        must=(
            "nesterov | nadam | lookahead | look-ahead | look ahead | gradient...again | gradient...twice | "
            "gradient...once more | m_bar | applied twice | second time | mixed...gradient | gradient...mixed"
        ),
        must_not="epsilon | sqrt",
    ),
    Coding(
        "adam_step",
        "The second moment collects (gradient - m)^2, as in AdaBelief.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    diff = gradient - m
    v = beta2 * v + (1 - beta2) * diff * diff
    m_hat = m / (1 - beta1 ** t)
    v_hat = v / (1 - beta2 ** t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must=(
            "adabelief | gradient - m | g - m | varian | deviation | centr | center | minus m | subtract | "
            "difference | uncentred | around m"
        ),
        must_not="bias correction | epsilon",
    ),
    Coding(
        "bias_corrected",
        "Believes m to be a plain weighted sum and normalises by the sum of weights: an extra factor 1 - beta.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    # weights of an exponential window: 1, beta, beta^2, ... ; their sum
    w1 = np.sum(beta1 ** np.arange(t))
    w2 = np.sum(beta2 ** np.arange(t))
    return m / w1, v / w2
""",
        must=(
            "factor...1 - beta | factor (1 - beta | times (1 - beta | times 1 - beta | multiplied by (1 - beta | "
            "multiplied by 1 - beta | geometric | sum of weights | sum of...powers | too small by...1 - beta | 1 / "
            "(1 - beta | extra...1 - beta | divided by 1 - beta twice"
        ),
        must_not="sqrt | square root",
    ),
    Coding(
        "bias_corrected",
        "The correction of v has a square root, from the learning-rate form lr sqrt(1 - beta2^t) / (1 - beta1^t).",
        """
def bias_corrected(m, v, t, beta1, beta2):
    c1 = 1.0 - beta1 ** t
    c2 = np.sqrt(1.0 - beta2 ** t)      # as in alpha_t = alpha * sqrt(1 - b2^t) / (1 - b1^t)
    return m / c1, v / c2
""",
        must="sqrt | square root | root",
        must_not="beta1...and beta2 are swapped",
    ),
    Coding(
        "bias_corrected",
        "Uses the first-order approximation t (1 - beta) in place of 1 - beta^t: the power is lost.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    # after t steps the average holds t shares of (1 - beta)
    share_m = t * (1 - beta1)
    share_v = t * (1 - beta2)
    return m / share_m, v / share_v
""",
        must=(
            "power | beta...\\^t | beta1 ** t | beta1**t | beta**t | exponent | linear in t | t * (1 - beta | t (1 "
            "- beta | first-order | first order | multipl...t"
        ),
        must_not="epsilon | sqrt",
    ),
    Coding(
        "mf_step",
        "The activations are scaled to length 1 before the projection, as in Forward-Forward.",
        """
def mf_step(x, y, W, M, lr):
    N = x.shape[0]
    z = x @ W
    a = np.maximum(z, 0)
    h = a / (np.linalg.norm(a, axis=1, keepdims=True) + 1e-8)
    G = h @ M.T
    dG = equations.softmax(G)
    dG[np.arange(N), y] -= 1
    dG /= N
    dM = dG.T @ h
    dW = x.T @ ((dG @ M) * (z > 0))
    return W - lr * dW, M - lr * dM, a
""",
        must=(
            "normalis | normaliz | length 1 | unit length | scaled to length | norm of | divided by...norm | unit norm"
        ),
        must_not="new M | updated",
    ),
    Coding(
        "mf_step",
        "M is updated first and the scores and dG are computed anew with it before dW: two updates in sequence.",
        """
def mf_step(x, y, W, M, lr):
    N = x.shape[0]
    z = x @ W
    a = np.maximum(z, 0)
    t = np.eye(M.shape[0])[y]
    # first the projection ...
    dG = (equations.softmax(a @ M.T) - t) / N
    M = M - lr * dG.T @ a
    # ... then the weights
    dG = (equations.softmax(a @ M.T) - t) / N
    dW = x.T @ ((dG @ M) * (z > 0))
    return W - lr * dW, M, a
""",
        must=(
            "updated M | new M | M after | M...already updated | already-updated | after its update | after the "
            "update of M | before its update | before M...updat | old M | M...updated first | updated projection | "
            "too early"
        ),
        must_not="transpos | new W",
    ),
    Coding(
        "mf_step",
        (
            "Updates after every sample of the batch, so the later samples see changed weights: online SGD in "
            "place of a batch step."
        ),
        """
def mf_step(x, y, W, M, lr):
    N = len(x)
    a_all = np.maximum(x @ W, 0)
    W, M = W.copy(), M.copy()
    for k in range(N):
        z = x[k] @ W
        a = np.maximum(z, 0)
        g = M @ a
        p = np.exp(g - g.max()); p /= p.sum()
        p[y[k]] -= 1
        p /= N
        dW = np.outer(x[k], (p @ M) * (z > 0))
        dM = np.outer(p, a)
        W -= lr * dW
        M -= lr * dM
    return W, M, a_all
""",
        must=(
            "each sample | every sample | sample by sample | per sample | per-sample | one sample at a time | "
            "after each row | row by row | every row | online | one by one | sequential | N updates | N steps | "
            "inside the loop | within the batch"
        ),
        must_not="transpos | normalis",
    ),
    Coding(
        "bp_step",
        "list(weights) copies the list and not the arrays, so -= changes the caller's weights.",
        """
def bp_step(x, y, weights, lr):
    new = list(weights)
    hs, masks = [x], []
    for W in weights[:-1]:
        z = hs[-1] @ W
        masks.append(z > 0)
        hs.append(z * masks[-1])
    delta = equations.cross_entropy_gradient(hs[-1] @ weights[-1], y)
    grads = []
    for l in reversed(range(len(weights))):
        grads.append(hs[l].T @ delta)
        if l > 0:
            delta = (delta @ weights[l].T) * masks[l - 1]
    for W, g in zip(new, reversed(grads)):
        W -= lr * g
    return new
""",
        must=(
            "in place | in-place | inplace | argument...changed | changed...argument | changes its argument | "
            "changes...argument | caller | -= | copy | overwrit | given weights | input...modified | mutat"
        ),
        must_not="transpos | 1/N",
    ),
    Coding(
        "bp_step",
        (
            "Multiplies the output error by p (1 - p), the sigmoid's derivative, although (p - y) is already the "
            "gradient at the scores."
        ),
        """
def bp_step(x, y, weights, lr):
    N = x.shape[0]
    hs = [x]
    for W in weights[:-1]:
        hs.append(np.maximum(hs[-1] @ W, 0))
    p = equations.softmax(hs[-1] @ weights[-1])
    t = np.zeros_like(p)
    t[np.arange(N), y] = 1
    delta = (p - t) * p * (1 - p) / N      # error times derivative of the output unit
    new = []
    for l in reversed(range(len(weights))):
        new.insert(0, weights[l] - lr * hs[l].T @ delta)
        if l:
            delta = (delta @ weights[l].T) * (hs[l] > 0)
    return new
""",
        must=(
            "p (1 - p | p * (1 - p | p(1 - p | p(1-p | sigmoid | derivative of the softmax | softmax's derivative "
            "| derivative of...output | softmax derivative | twice through the softmax | squared error | p * (1-p"
        ),
        must_not="1/N | ReLU's slope",
    ),
    Coding(
        "bp_step",
        "Sends the error through a ReLU on its way back: negative errors are cut off (guided backpropagation).",
        """
def bp_step(x, y, weights, lr):
    relu = lambda u: np.maximum(u, 0)
    acts = [x]
    for W in weights[:-1]:
        acts.append(relu(acts[-1] @ W))
    G = acts[-1] @ weights[-1]
    delta = equations.cross_entropy_gradient(G, y)
    grads = [None] * len(weights)
    for l in range(len(weights) - 1, -1, -1):
        grads[l] = acts[l].T @ delta
        if l > 0:
            delta = relu(delta @ weights[l].T) * (acts[l] > 0)
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "negative error | negative gradient | relu of the error | relu...on the error | relu...to the error | "
            "relu...error itself | relu...gradient itself | relu...to the gradient | relu...on the gradient | "
            "clipp...negative | cut off | sign of the error | guided | errors below 0 | negative part | negative "
            "delta | relu of the gradient | relu(da) | positive part"
        ),
        must_not="1/N | transpos",
    ),
    Coding(
        "fa_step",
        "Uses the feedback's sizes with the signs of W^T (sign-concordant feedback).",
        """
def fa_step(x, y, weights, feedback, lr):
    h = [x]
    for W in weights[:-1]:
        h.append(np.maximum(h[-1] @ W, 0))
    e = equations.cross_entropy_gradient(h[-1] @ weights[-1], y)
    out = [weights[-1] - lr * h[-1].T @ e]
    for l in range(len(weights) - 2, -1, -1):
        B = np.sign(weights[l + 1].T) * np.abs(feedback[l])
        e = (e @ B) * (h[l + 1] > 0)
        out.append(weights[l] - lr * h[l].T @ e)
    return out[::-1]
""",
        must=(
            "sign of the weights | signs of | sign of...W | sign(W | sign(weights | sign...weights | sign-symm | "
            "sign symm | sign-concord | np.sign | abs(B | absolute...feedback | absolute...B"
        ),
        must_not="1/N | ReLU's slope",
    ),
)
