"""Mistakes of a ninth and a tenth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "fa_step",
        "The feedback takes the signs of W^T (|B| sign(W^T)), as if it had to be aligned by hand.",
        """
def fa_step(x, y, weights, feedback, lr):
    zs, hs = [], [x]
    for W in weights[:-1]:
        zs.append(hs[-1] @ W)
        hs.append(np.maximum(zs[-1], 0))
    e = equations.cross_entropy_gradient(hs[-1] @ weights[-1], y)
    grads = [hs[-1].T @ e]
    for l in reversed(range(len(feedback))):
        B = np.abs(feedback[l]) * np.sign(weights[l + 1].T)   # alignment
        e = (e @ B) * (zs[l] > 0)
        grads.append(hs[l].T @ e)
    grads = grads[::-1]
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "sign | abs | |B | B as it is | depends on the weights | depend on the weights | depends on weights | "
            "changed feedback | feedback is changed | feedback... altered | fixed feedback | feedback... fixed | "
            "feedback must stay | magnitude | weights... backward | W^T | W.T | weights[l + 1 | weights[l+1"
        ),
        must_not="mask | 1/N | forward pass",
    ),
    Coding(
        "fa_step",
        "Feedback is used only at the top hop; further down the error goes back through the true W^T.",
        """
def fa_step(x, y, weights, feedback, lr):
    L = len(weights)
    hs, zs = [x], []
    for l in range(L):
        zs.append(hs[-1] @ weights[l])
        hs.append(np.maximum(zs[-1], 0) if l < L - 1 else zs[-1])
    delta = equations.cross_entropy_gradient(hs[-1], y)
    new = [w.copy() for w in weights]
    new[-1] -= lr * hs[-2].T @ delta
    for l in range(L - 2, -1, -1):
        if l == L - 2:
            back = delta @ feedback[l]          # the output error enters by B
        else:
            back = delta @ weights[l + 1].T     # then ordinary chain rule
        delta = back * (zs[l] > 0)
        new[l] -= lr * hs[l].T @ delta
    return new
""",
        must=(
            "W^T | W.T | weights[l+1].T | weights[l + 1].T | true weights | own weights | real weights | forward "
            "weights | transposed weights | transpose of the weights | deeper | earlier layer | first layer | only "
            "the last hidden | only at the top | only once | only one feedback | feedback[0 | last feedback | top "
            "feedback | through the weights | by the weights | every hidden layer | weights instead of | symmetric "
            "| as backprop | like backprop | is backprop | backpropagation's | lower layer | lower hidden | layers "
            "below the"
        ),
        must_not="mask | 1/N | last layer takes",
    ),
    Coding(
        "dfa_step",
        "The 1/N is missing in the hidden layers' error: they get p - y, only the last layer's gradient is a mean.",
        """
def dfa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    a, masks = x, []
    inputs = []
    for W in weights[:-1]:
        inputs.append(a)
        z = a @ W
        masks.append(z > 0)
        a = z * masks[-1]
    p = equations.softmax(a @ weights[-1])
    err = p - equations.one_hot(y, p.shape[1], p.dtype)
    new = []
    for l, B in enumerate(feedback):
        new.append(weights[l] - lr * (inputs[l].T @ (err @ B * masks[l])))
    new.append(weights[-1] - lr * (a.T @ err) / N)
    return new
""",
        must=(
            "1/N | 1 / N | mean over the batch | divided by N | N times | times N | factor N | batch size | sum "
            "instead of | sum over the batch | number of samples | number of rows | summed... instead | batch's "
            "mean | mean of the batch | missing mean | too large by N"
        ),
        must_not="mask | sign | last layer's gradient is",
    ),
    Coding(
        "dfa_step",
        "The global error signal is averaged over the batch, so each sample gets the mean error.",
        """
def dfa_step(x, y, weights, feedback, lr):
    zs, hs = [], [x]
    for W in weights[:-1]:
        zs.append(hs[-1] @ W)
        hs.append(np.maximum(zs[-1], 0))
    e = equations.cross_entropy_gradient(hs[-1] @ weights[-1], y)
    out = [None] * len(weights)
    out[-1] = weights[-1] - lr * hs[-1].T @ e
    signal = e.mean(axis=0, keepdims=True)      # one global signal is broadcast
    for l in range(len(feedback)):
        delta = (signal @ feedback[l]) * (zs[l] > 0)
        out[l] = weights[l] - lr * hs[l].T @ delta
    return out
""",
        must=(
            "mean error | average error | averaged | averages | mean of e | mean of the error | e.mean | mean over "
            "the batch | mean over the samples | same for every sample | same for all samples | same error | every "
            "sample | each sample | own error | sample's error | samples' errors | one error | batch mean | global "
            "signal | rows of e | across the batch | across samples | over the rows"
        ),
        must_not="mask | last layer is | transpos",
    ),
    Coding(
        "ff_step",
        (
            "Positive and negative data are joined to one batch of 2N and averaged together, so each half counts "
            "only half: (mean L_pos + mean L_neg) / 2."
        ),
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    # loss = log(1 + exp(cat([theta - g_pos, g_neg - theta]))).mean(), as in the PyTorch repository
    x = np.concatenate([x_pos, x_neg])
    s = np.concatenate([-np.ones(len(x_pos)), np.ones(len(x_neg))])
    z = x @ W
    a = np.maximum(z, 0)
    u = s * ((a * a).sum(axis=1) - theta)
    dG = s * 0.5 * (1 + np.tanh(0.5 * u)) / len(x)
    dz = dG[:, None] * 2 * a
    return W - lr * x.T @ dz
""",
        must=(
            "2N | 2 N | half | halved | halves | 0.5 times | 1/2 | factor of 2 | factor 2 | factor of two | twice "
            "| doubled | both batches | joined | concatenat | joint mean | together | one mean | two means | own "
            "mean | own batch | each...mean | averaged over both | mean over both | all samples of both | 0.5 of | "
            "2 is missing | too small by 2"
        ),
        must_not="sign | theta is",
    ),
    Coding(
        "ff_step",
        "SymBa's loss on the difference, log(1 + exp(G_neg - G_pos)), in place of two losses against theta.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    z_p, z_n = x_pos @ W, x_neg @ W
    a_p, a_n = np.maximum(z_p, 0), np.maximum(z_n, 0)
    gap = np.sum(a_n ** 2, axis=1) - np.sum(a_p ** 2, axis=1)
    s = 0.5 * (1 + np.tanh(0.5 * gap)) / len(gap)
    dW = x_neg.T @ (s[:, None] * 2 * a_n) - x_pos.T @ (s[:, None] * 2 * a_p)
    return W - lr * dW
""",
        must=(
            "theta | threshold | difference | G_neg - G_pos | G_pos - G_neg | gap | SymBa | contrast | pair | "
            "paired | pairwise | each other | compared | compares | one loss | single loss | two losses | relative"
        ),
        must_not="mean is | factor",
    ),
    Coding(
        "ff_step",
        (
            "Positive and negative exchanged in one place: the negative term's gradient uses the positive data's "
            "activations."
        ),
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    a_pos = np.maximum(x_pos @ W, 0)
    a_neg = np.maximum(x_neg @ W, 0)
    G_pos = (a_pos ** 2).sum(axis=1)
    G_neg = (a_neg ** 2).sum(axis=1)
    d_pos = equations.positive_loss_gradient(G_pos, theta)
    d_neg = equations.negative_loss_gradient(G_neg, theta)
    dW_pos = x_pos.T @ (2 * d_pos[:, None] * a_pos)
    dW_neg = x_neg.T @ (2 * d_neg[:, None] * a_pos)
    return W - lr * (dW_pos + dW_neg)
""",
        must=(
            "a_pos | a_neg | positive activations | positive data's act | activations of the positive | "
            "activations of positive | negative half | negative term | negative part | negative data | negative "
            "gradient | gradient of L_neg | L_neg | swapped | exchanged | mixed"
        ),
        must_not="theta is | factor 2 | updates W twice",
    ),
    Coding(
        "ff_step",
        "The two goodnesses are compared with each other, log(1 + exp(G_neg - G_pos)), and theta is not used.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    N = x_pos.shape[0]
    ap = np.maximum(x_pos @ W, 0)
    an = np.maximum(x_neg @ W, 0)
    Gp = np.sum(ap * ap, axis=1)
    Gn = np.sum(an * an, axis=1)
    # theta cancels in the difference of the exponents
    s = 0.5 * (1 + np.tanh(0.5 * (Gn - Gp))) / N
    dW = x_neg.T @ (2 * s[:, None] * an) - x_pos.T @ (2 * s[:, None] * ap)
    return W - lr * dW
""",
        must=(
            "theta is not used | theta is never | theta is ignored | theta is unused | theta... used | theta... "
            "ignored | ignores theta | without theta | theta is missing | theta... left out | theta cancel | "
            "depend on theta | depends on theta | no theta | threshold is missing | threshold is not | threshold "
            "is ignored | ignores the threshold | never uses theta | theta has no | G_neg - G_pos | G_pos - G_neg "
            "| difference of | with each other | SymBa | each with theta | theta does not | change theta"
        ),
        must_not="mask | factor 2 | order",
    ),
    Coding(
        "overlay_label",
        "A thermometer code: all entries up to the label are 1.",
        """
def overlay_label(x, y, n_classes):
    x_new = x.copy()
    for i in range(x.shape[0]):
        code = np.zeros(n_classes)
        code[:y[i] + 1] = 1.0
        x_new[i, :n_classes] = code
    return x_new
""",
        must=(
            "thermometer | up to the label | up to y | several 1 | several ones | more than one | one-hot | all "
            "entries up | below the label | before the label | exactly one | single 1 | only one 1 | too many | "
            "cumulative | ordinal | smaller classes | lower classes | first y | single one | only at the label | "
            "only one entry | only at y | one 1"
        ),
        must_not="in place | counted from 1 | scale",
    ),
    Coding(
        "normalise_length",
        (
            "Layer normalisation: the row's mean is subtracted and it is divided by its standard deviation, rather "
            "than by its length."
        ),
        """
def normalise_length(a):
    mu = a.mean(axis=-1, keepdims=True)
    sd = a.std(axis=-1, keepdims=True)
    return (a - mu) / (sd + 1e-8)
""",
        must=(
            "layer norm | LayerNorm | layer-norm | standard deviation | mean...subtract | subtract...mean | mean "
            "is taken | mean...taken off | minus the mean | minus its mean | centr | center | centered | standardi "
            "| z-score | varianc | deviation | zero mean | mean 0 | mean of 0"
        ),
        must_not="column | batch",
    ),
    Coding(
        "normalise_length",
        "Keras's batch-norm epsilon, 1e-3, is added under the root, so short rows do not come to length 1.",
        """
def normalise_length(a):
    square_length = np.einsum('ij,ij->i', a, a)
    inverse = 1.0 / np.sqrt(square_length + 1e-3)
    return a * inverse[:, None]
""",
        must=(
            "epsilon | eps | 1e-3 | 0.001 | 1e-03 | 1e-8 | 1e-08 | under the root | inside the root | inside the "
            "sqrt | inside the square | under the square | in the root | short rows | small rows | short row | "
            "tiny rows | rows of small | small length | short activ | constant under | too large a constant | "
            "small constant | too short"
        ),
        must_not="mean | axis",
    ),
)
