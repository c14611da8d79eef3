"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "dfa_step",
        "The output's error is scores minus one-hot, the squared error's: no softmax.",
        """
def dfa_step(x, y, weights, feedback, lr):
    hs = [x]
    for W in weights[:-1]:
        hs.append(np.maximum(hs[-1] @ W, 0))
    G = hs[-1] @ weights[-1]
    e = (G - np.eye(G.shape[1])[y]) / G.shape[0]
    deltas = [(e @ B) * (h > 0) for B, h in zip(feedback, hs[1:])] + [e]
    return [W - lr * h.T @ d for W, h, d in zip(weights, hs, deltas)]
""",
        must=(
            "softmax | raw scores | scores minus | G - y | probabilit | p - y | squared error | MSE | mean squared "
            "| scores instead | scores themselves"
        ),
        must_not="1/N | mask",
    ),
    Coding(
        "dfa_step",
        "The output's error is G - y, without softmax, as for a squared error.",
        """
def dfa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    G = acts[-1] @ weights[-1]
    T = np.eye(G.shape[1])[y]
    e = (G - T) / N
    res = []
    for l in range(len(weights) - 1):
        dz = (e @ feedback[l]) * (acts[l + 1] > 0)
        res.append(weights[l] - lr * acts[l].T @ dz)
    res.append(weights[-1] - lr * acts[-1].T @ e)
    return res
""",
        must=(
            "softmax | p - y | squared error | squared loss | mean squared | MSE | raw scores | scores themselves "
            "| G - y | least squares | probabilit | output's error | error of the output | output error"
        ),
        must_not="mask | backprop",
    ),
    Coding(
        "dfa_step",
        "The hidden layers get the batch's mean error, the same for every sample.",
        """
def dfa_step(x, y, weights, feedback, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(layers.relu_forward(a[-1] @ W))
    e = equations.cross_entropy_gradient(a[-1] @ weights[-1], y)
    ebar = e.mean(axis=0, keepdims=True)        # the global error signal (1, m)
    new = []
    for l, W in enumerate(weights[:-1]):
        back = ebar @ feedback[l]               # broadcast to the batch
        dz = back * (a[l + 1] > 0)
        new.append(W - lr * a[l].T @ dz)
    new.append(weights[-1] - lr * a[-1].T @ e)
    return new
""",
        must=(
            "mean error | mean of the error | error ... mean | average error | error ... averag | own error | each "
            "sample | every sample | per sample | same error | one error | same for all | same for every | all "
            "samples | batch's mean | batch mean | over the batch | over the samples | sample by sample"
        ),
        must_not="mask | softmax",
    ),
    Coding(
        "ff_step",
        "The factor 2 of the goodness's derivative, d(a^2)/da = 2 a, is lost.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    N = x_pos.shape[0]
    dW = np.zeros(W.shape)
    for i in range(N):
        a = np.maximum(x_pos[i] @ W, 0)
        u = theta - np.sum(a * a)
        s = 0.5 * (1 + np.tanh(0.5 * u))
        dW += np.outer(x_pos[i], -s * a)
    for i in range(N):
        a = np.maximum(x_neg[i] @ W, 0)
        u = np.sum(a * a) - theta
        s = 0.5 * (1 + np.tanh(0.5 * u))
        dW += np.outer(x_neg[i], s * a)
    return W - lr * dW / N
""",
        must=(
            "factor 2 | factor of 2 | 2 a | 2a | 2 * a | is half | half as | half of the true | derivative of... "
            "square | square... derivative | derivative of the goodness | Eq. (1) | Eqs. (1) | (1) and (2) | twice "
            "| of 2 | the 2 | 0.5"
        ),
    ),
    Coding(
        "ff_step",
        (
            "Inputs are normalised in length inside the step, as Hinton's layer does, though the step takes them "
            "as they are."
        ),
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    unit = lambda x: x / (np.linalg.norm(x, axis=1, keepdims=True) + 1e-8)
    sig = lambda u: 0.5 * (1 + np.tanh(u / 2))
    grad = 0
    for x, s in ((unit(x_pos), -1), (unit(x_neg), +1)):
        a = np.maximum(x @ W, 0)
        G = np.square(a).sum(axis=1)
        dG = s * sig(s * (G - theta)) / len(x)
        grad = grad + x.T @ (2 * a * dG[:, None])
    return W - lr * grad
""",
        must="normalis | normaliz | length | norm | unit | scaled",
        must_not="sign | 2 a | factor 2",
    ),
    Coding(
        "ff_step",
        (
            "The gradient of the negative data is masked with z_pos > 0, the positive data's ReLU mask, instead of "
            "z_neg > 0."
        ),
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    z_pos, z_neg = x_pos @ W, x_neg @ W
    mask = z_pos > 0
    a_pos, a_neg = z_pos * mask, np.maximum(z_neg, 0)
    G_pos, G_neg = (a_pos**2).sum(1), (a_neg**2).sum(1)
    sigmoid = lambda u: 0.5 * (1 + np.tanh(0.5 * u))
    dG_pos = -sigmoid(theta - G_pos) / len(x_pos)
    dG_neg = sigmoid(G_neg - theta) / len(x_neg)
    da_pos, da_neg = 2 * dG_pos[:, None] * a_pos, 2 * dG_neg[:, None] * a_neg
    return W - lr * (x_pos.T @ (da_pos * mask) + x_neg.T @ (da_neg * mask))
""",
        must="z_pos | mask | x_neg ... own | z_neg | positive ... ReLU | ReLU ... positive | ReLU's slope | slope",
        must_not="1/N | factor 2 | sign",
    ),
    Coding(
        "ff_step",
        "Both halves are stacked into one batch of 2N, so the gradient is half of mean + mean.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    X = np.vstack([x_pos, x_neg])
    lab = np.r_[np.ones(len(x_pos)), np.zeros(len(x_neg))]
    A = np.maximum(X @ W, 0)
    G = (A ** 2).sum(axis=1)
    prob = 0.5 * (1 + np.tanh((G - theta) / 2))
    dG = (prob - lab) / X.shape[0]          # logistic regression
    dA = 2 * A * dG[:, None]
    return W - lr * X.T @ dA
""",
        must=(
            "2N | 2 N | 2*N | 2 * N | half | halves | 1/(2N) | factor 2 | factor of 2 | factor 0.5 | factor 1/2 | "
            "twice | stacked | both halves together | one batch | sum of the two means | sum of two means | too "
            "small by | divided by ... both | factor of two | factor two"
        ),
        must_not="mask | theta",
    ),
    Coding(
        "ff_step",
        "One loss of the difference of the two goodnesses, without theta, instead of two losses.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    N = x_pos.shape[0]
    ap = np.maximum(x_pos @ W, 0)
    an = np.maximum(x_neg @ W, 0)
    Gp = equations.positive_goodness(ap)
    Gn = equations.negative_goodness(an)
    # thetas cancel: (theta - Gp) + (Gn - theta)
    s = 0.5 * (1 + np.tanh(0.5 * (Gn - Gp)))
    dGp = -s / N
    dGn = s / N
    dW = x_pos.T @ equations.goodness_gradient(ap, dGp) + x_neg.T @ equations.goodness_gradient(an, dGn)
    return W - lr * dW
""",
        must=(
            "theta | threshold | difference | pair | G_neg - G_pos | G_pos - G_neg | Gn - Gp | separate | on its "
            "own | own loss | each half | SymBa | two losses | one loss | compar"
        ),
        must_not="mask | factor 2",
    ),
    Coding(
        "overlay_label",
        "Counts the labels from 1: the 1 is written one place too far to the left (label 0 goes to the last column).",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    N = x.shape[0]
    for i in range(N):
        for c in range(n_classes):
            out[i, c] = 0
        out[i, y[i] - 1] = 1
    return out
""",
        must=(
            "off by one | one place | one column | shifted | y - 1 | y-1 | starts at 0 | start at 0 | from 0 | "
            "from 1 | wrong place | wrong column | wrong entry | other place | other column | neighbour | label... "
            "column | label... place | one too | one to the left | next column | column... label | place... label"
        ),
    ),
    Coding(
        "overlay_label",
        "x[:, y] = 1 sets the columns of all labels of the batch in every row.",
        """
def overlay_label(x, y, n_classes):
    x = x.copy()
    x[:, :n_classes] = 0
    x[:, y] = 1
    return x
""",
        must=(
            "all rows | every row | every sample | several 1 | several ones | more than one 1 | more than one "
            "label | more than one one | columns of all | arange | row... own label | own label | all labels | "
            "other samples | labels of... batch | whole column | only one 1"
        ),
    ),
    Coding(
        "overlay_label",
        "The one-hot label is put in front and the last inputs are cut off: all inputs are shifted.",
        """
def overlay_label(x, y, n_classes):
    Y = np.eye(n_classes, dtype=x.dtype)[y]
    return np.concatenate([Y, x[:, :-n_classes]], axis=1)
""",
        must=(
            "shift | moved | move | prepend | concatenat | insert | last ... inputs | lost | dropped | cut | "
            "pushed | in front | overwrit | replac | other inputs | remaining inputs | rest of"
        ),
        must_not="max",
    ),
    Coding(
        "overlay_label",
        "x.max() is written instead of 1, as in a well-known PyTorch program.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] = 0
    out[np.arange(len(x)), y] = x.max()
    return out
""",
        must="max | largest | brightest | instead of 1 | a 1 | be 1 | 1 instead | with 1 | number written | is 1",
        must_not="old inputs | next",
    ),
    Coding(
        "overlay_label",
        "The one-hot label is put in front and the inputs are shifted, instead of overwriting.",
        """
def overlay_label(x, y, n_classes):
    D = x.shape[1]
    onehot = np.eye(n_classes)[y]
    both = np.concatenate([onehot, x], axis=1)
    return both[:, :D]
""",
        must=(
            "shift | moved | in front | concaten | overwrit | over the first | insert | last inputs | last "
            "features | inputs ... lost | end ... lost | pushed | prepend | in place of | displaced | other "
            "features | remaining inputs | rest of the inputs | rest of x | beyond the first | inputs after"
        ),
        must_not="scaled | every row",
    ),
)
