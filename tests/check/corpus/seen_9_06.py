"""Mistakes of two more authors, who were asked for uncommon ones."""

from corpus import Coding

CODINGS = (
    Coding(
        "fa_step",
        "The error goes to the topmost hidden layer through the true W^T; the feedback is used only below it.",
        """
def fa_step(x, y, weights, feedback, lr):
    N, L = x.shape[0], len(weights)
    a, zs = [x], []
    for l in range(L - 1):
        zs.append(a[-1] @ weights[l])
        a.append(np.maximum(zs[-1], 0))
    delta = equations.cross_entropy_gradient(a[-1] @ weights[-1], y)
    new = [None] * L
    new[L - 1] = weights[L - 1] - lr * a[L - 1].T @ delta
    back = [*feedback[:-1], weights[-1].T]     # the output layer is exact
    for l in range(L - 2, -1, -1):
        delta = (delta @ back[l]) * (zs[l] > 0)
        new[l] = weights[l] - lr * a[l].T @ delta
    return new
""",
        must=(
            "weights[-1].T | W.T | W^T | true weights | own weights | weights of the last layer | output layer's "
            "weights | last feedback | feedback[-1] | backpropagation...weights | weights...place of...feedback | "
            "in place of...feedback | last layer's weights | W in place of | output weights"
        ),
        must_not="1/N | updated | feedback...transposed",
    ),
    Coding(
        "fa_step",
        (
            "The ReLU mask is applied for the layer's gradient only; the error that goes on to the layer below is "
            "unmasked."
        ),
        """
def fa_step(x, y, weights, feedback, lr):
    n = len(weights)
    acts = [x]
    for l in range(n - 1):
        acts.append(np.maximum(acts[l] @ weights[l], 0))
    err = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    grads = {n - 1: acts[-1].T @ err}
    for l in reversed(range(n - 1)):
        err = err @ feedback[l]
        local = err * (acts[l + 1] > 0)
        grads[l] = acts[l].T @ local
    return [weights[l] - lr * grads[l] for l in range(n)]
""",
        must="mask | relu's slope | slope | z > 0 | derivative of...relu | relu's derivative | f'(z | unmasked",
        must_not="1/N | transpos",
    ),
    Coding(
        "dfa_step",
        (
            "The slope of the hidden layers is tanh's, 1 - a^2, as in the original paper on DFA, although the "
            "layers are ReLU."
        ),
        """
def dfa_step(x, y, weights, feedback, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1] @ W, 0))
    e = equations.cross_entropy_gradient(a[-1] @ weights[-1], y)
    deltas = [(e @ B) * (1 - a[l + 1] ** 2) for l, B in enumerate(feedback)] + [e]
    return [W - lr * a[l].T @ d for l, (W, d) in enumerate(zip(weights, deltas))]
""",
        must=(
            "tanh | 1 - a | slope | derivative of...activation | derivative of...relu | relu's derivative | mask | "
            "f'(z | z > 0"
        ),
        must_not="1/N | transpos | updated",
    ),
    Coding(
        "dfa_step",
        "Projects the one-hot target and not the error to the hidden layers (direct random target projection).",
        """
def dfa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    h = [x]
    for W in weights[:-1]:
        h.append(np.maximum(h[-1] @ W, 0))
    p = equations.softmax(h[-1] @ weights[-1])
    t = np.eye(p.shape[1])[y]
    new = [None] * len(weights)
    new[-1] = weights[-1] - lr * h[-1].T @ (p - t) / N
    for l, B in enumerate(feedback):
        delta = -(t @ B) / N * (h[l + 1] > 0)
        new[l] = weights[l] - lr * h[l].T @ delta
    return new
""",
        must=(
            "target | one-hot | label...place of | p - y | softmax...missing | without the softmax | without p | p "
            "is missing | lacks p | probabilit | DRTP"
        ),
        must_not="1/N | transpos",
    ),
    Coding(
        "dfa_step",
        (
            "The output layer learns first and the error is computed anew with its new weights before it is sent "
            "to the hidden layers."
        ),
        """
def dfa_step(x, y, weights, feedback, lr):
    weights = list(weights)
    hidden = [x]
    for W in weights[:-1]:
        hidden.append(np.maximum(hidden[-1] @ W, 0))
    # the output layer
    e = equations.cross_entropy_gradient(hidden[-1] @ weights[-1], y)
    weights[-1] = weights[-1] - lr * hidden[-1].T @ e
    # the hidden layers get the error that is left
    e = equations.cross_entropy_gradient(hidden[-1] @ weights[-1], y)
    for l in range(len(feedback)):
        delta = (e @ feedback[l]) * (hidden[l + 1] > 0)
        weights[l] = weights[l] - lr * hidden[l].T @ delta
    return weights
""",
        must=(
            "updated | new weights | new output | after the update | after its update | already changed | already "
            "learned | old weights | before the update | computed anew | recomput | second forward"
        ),
        must_not="transpos | 1/N",
    ),
    Coding(
        "ff_step",
        "Joins both halves and takes one mean over all 2N losses, which halves the gradient.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    x = np.concatenate([x_pos, x_neg])
    s = np.concatenate([-np.ones(len(x_pos)), np.ones(len(x_neg))])
    a = np.maximum(x @ W, 0)
    g = (a ** 2).sum(axis=1)
    # loss = log(1 + exp(cat([theta - g_pos, g_neg - theta]))).mean()
    dg = s * 0.5 * (1 + np.tanh(0.5 * s * (g - theta))) / len(x)
    dW = x.T @ (dg[:, None] * 2 * a)
    return W - lr * dW
""",
        must=(
            "half | halv | 2N | 2 N | factor 2 | factor of 2 | factor 1/2 | factor 0.5 | 0.5 | twice as many | "
            "both halves together | one mean over | mean over both | joint mean"
        ),
        must_not="transpos | updated",
    ),
    Coding(
        "ff_step",
        "Minimises log(1 + exp(G_neg - G_pos)), a contrast of the two, with no threshold.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    N = len(x_pos)
    ap, an = np.maximum(x_pos @ W, 0), np.maximum(x_neg @ W, 0)
    d = (ap ** 2).sum(1) - (an ** 2).sum(1)
    s = 1 / (1 + np.exp(np.clip(d, -500, 500)))          # dL/dd = -s
    dW = -x_pos.T @ (2 * ap * s[:, None]) / N + x_neg.T @ (2 * an * s[:, None]) / N
    return W - lr * dW
""",
        must=(
            "theta...ignored | ignores...theta | ignores...threshold | without...theta | without...threshold | no "
            "theta | no threshold | theta...missing | theta...no influence | theta...no effect | theta...plays no "
            "| theta...unused | theta...used | theta...appear | depend...theta | threshold...missing | "
            "threshold...lost | threshold...used | difference of...goodness | G_pos - G_neg | G_neg - G_pos | "
            "contrast | pairwise | pairs"
        ),
        must_not="transpos | factor 2",
    ),
    Coding(
        "ff_step",
        "Takes the sigmoid of the mean goodness of the batch, not of each sample's goodness.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    def grad(x, sign):
        a = np.maximum(x @ W, 0)
        G = (a * a).sum(axis=1).mean()                    # goodness of the layer
        s = 1 / (1 + np.exp(-sign * (G - theta)))
        return sign * s * 2 * x.T @ a / len(x)
    return W - lr * (grad(x_pos, -1.0) + grad(x_neg, +1.0))
""",
        must=(
            "mean goodness | mean of the goodness | goodness...averaged | average goodness | each sample | each "
            "row | per sample | own goodness | same for all | one number for | one sigmoid | one goodness | before "
            "the sigmoid | whole batch | every sample | averag...before | mean...before"
        ),
        must_not="neurons | transpos | updated",
    ),
    Coding(
        "overlay_label",
        (
            "Puts the label in front and pushes the pixels to the right, dropping the last ones, in place of "
            "overwriting the first."
        ),
        """
def overlay_label(x, y, n_classes):
    onehot = (np.arange(n_classes) == np.asarray(y)[:, None]).astype(x.dtype)
    both = np.concatenate([onehot, x], axis=1)
    return both[:, :x.shape[1]]
""",
        must=(
            "shift | moved | push | to the right | in front | prepend | concaten | inserted | overwrit | "
            "last...inputs are lost | last...dropped | last...cut | displac"
        ),
        must_not="transpos | added",
    ),
    Coding(
        "overlay_label",
        "Codes the label with centred numbers, 1 - 1/m and -1/m (effect coding), not with 1 and 0.",
        """
def overlay_label(x, y, n_classes):
    out = np.array(x, copy=True)
    code = np.eye(n_classes) - 1.0 / n_classes      # sum to zero
    out[:, :n_classes] = code[y]
    return out
""",
        must=(
            "centr | center | 1/n | 1 / n | 1/m | mean...subtract | subtract...mean | minus the mean | shifted by "
            "| constant | zero sum | sum to 0 | sum to zero | effect cod | zeros...one-hot | must be 0 | is 0 "
            "in...one-hot | off value | 1 - 1 | negative number | less than 1 | below 1 | smaller than 1 | offset"
        ),
        must_not="transpos | scaled to the largest",
    ),
    Coding(
        "overlay_label",
        "The flat index uses the row length n_classes in place of D, so the ones land at wrong places.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] = 0
    flat = out.reshape(-1)
    idx = np.arange(len(y)) * n_classes + y
    flat[idx] = 1.0
    return out
""",
        must=(
            "flat | stride | row length | n_classes...place of D | row...offset | D...row | wrong rows | other "
            "rows | another row | wrong places | wrong position | other sample | position of the 1 | elsewhere | "
            "first rows | index"
        ),
        must_not="added | concaten",
    ),
    Coding(
        "normalise_length",
        "Divisive normalisation of neuroscience: a^2 over the sum of squares; the entries are squared.",
        """
def normalise_length(a):
    # divisive normalisation (Heeger): r = a^2 / (sigma^2 + sum a^2)
    energy = a ** 2
    return energy / (energy.sum(axis=1, keepdims=True) + 1e-8)
""",
        must=(
            "squared | squares each | a ** 2 | a**2 | a^2 | divisive | sum to 1 | squares of the entries | square "
            "of each"
        ),
        must_not="L1 | absolute",
    ),
    Coding(
        "normalise_length",
        "Shortens only rows longer than 1, as a clip of the norm does; shorter rows stay.",
        """
def normalise_length(a):
    norm = np.sqrt((a ** 2).sum(axis=1, keepdims=True)) + 1e-8
    return a / np.maximum(norm, 1.0)
""",
        must=(
            "short | only...longer | longer than 1 | below 1 | less than 1 | clip | at most 1 | max-norm | 1 or "
            "less | under 1 | small rows"
        ),
        must_not="transpos | mean",
    ),
)
