"""Mistakes of two more authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "fa_step",
        "The error that goes down lacks the ReLU mask of the layer above it; the mask is used for each dW only.",
        """
def fa_step(x, y, weights, feedback, lr):
    acts = [x]
    for W in weights[:-1]:
        hidden = np.maximum(acts[-1] @ W, 0)
        acts.append(hidden)
    scores = acts[-1] @ weights[-1]
    error = equations.cross_entropy_gradient(scores, y)

    last = len(weights) - 1
    new_weights = [None] * len(weights)
    new_weights[last] = weights[last] - lr * acts[last].T @ error
    for l in range(last - 1, -1, -1):
        error = error @ feedback[l]
        mask = acts[l + 1] > 0
        new_weights[l] = weights[l] - lr * acts[l].T @ (error * mask)
    return new_weights
""",
        must="mask | relu | slope | inactive | z > 0",
        must_not="transpos | true weights",
    ),
    Coding(
        "dfa_step",
        "The hidden layers receive G - y, the raw linear output's error without softmax, instead of p - y.",
        """
def dfa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    a = [x]; z = []
    for W in weights:
        z.append(a[-1] @ W)
        a.append(np.maximum(z[-1], 0))
    G = z[-1]
    T = equations.one_hot(y, G.shape[1], x.dtype)
    e = (G - T) / N                       # error at the output
    new = []
    for l in range(len(weights) - 1):
        d = np.einsum('nc,ch->nh', e, feedback[l]) * (z[l] > 0)
        new.append(weights[l] - lr * np.einsum('ni,nh->ih', a[l], d))
    dG = (equations.softmax(G) - T) / N
    new.append(weights[-1] - lr * a[-2].T @ dG)
    return new
""",
        must=(
            "softmax | G - y | scores minus | raw | logit | p - y | linear output | squared error | square error | "
            "squared loss | probabilit | mean square | least square | scores instead"
        ),
        must_not="mask | transpos | previous",
    ),
    Coding(
        "dfa_step",
        "The derivative of tanh, 1 - a^2, stands where the ReLU's slope belongs.",
        """
def dfa_step(x, y, weights, feedback, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    output = acts[-1] @ weights[-1]
    e = equations.cross_entropy_gradient(output, y)
    updated = []
    for l, W in enumerate(weights):
        if l == len(weights) - 1:
            delta = e
        else:
            h = acts[l + 1]
            delta = (e @ feedback[l]) * (1 - h ** 2)
        updated.append(W - lr * acts[l].T @ delta)
    return updated
""",
        must=(
            "tanh | 1 - a | relu's slope | ReLU's derivative | slope | derivative | mask | step function | z > 0 | relu"
        ),
        must_not="transpos | 1/N",
    ),
    Coding(
        "ff_step",
        (
            "Both halves are taken as one batch of 2N and averaged over 2N, so the step is half as large as that "
            "of mean L_pos + mean L_neg."
        ),
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    x = np.concatenate([x_pos, x_neg])
    s = np.concatenate([np.ones(len(x_pos)), -np.ones(len(x_neg))])
    a = np.maximum(x @ W, 0)
    G = np.einsum('nh,nh->n', a, a)
    sig = 1 / (1 + np.exp(-s * (theta - G)))
    dG = -s * sig / len(x)
    dW = np.einsum('nd,n,nh->dh', x, dG, 2 * a)
    return W - lr * dW
""",
        must=(
            "2N | 2 N | 2 * N | half | halv | factor 2 | factor of 2 | factor two | factor of two | both halves | "
            "one batch | together | twice | concatenat | 1/2 | 0.5 | too small | joint"
        ),
        must_not="sign | updated W | swapped",
    ),
    Coding(
        "ff_step",
        "Positive and negative losses are put into one vector and averaged over 2N, so each mean counts half.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    z_pos, z_neg = x_pos @ W, x_neg @ W
    a_pos, a_neg = np.maximum(z_pos, 0), np.maximum(z_neg, 0)
    g_pos = (a_pos ** 2).sum(axis=1)
    g_neg = (a_neg ** 2).sum(axis=1)
    # loss = log(1 + exp(cat([-g_pos + theta, g_neg - theta]))).mean()
    u = np.concatenate([theta - g_pos, g_neg - theta])
    s = 0.5 * (1 + np.tanh(0.5 * u)) / len(u)
    n = len(g_pos)
    da_pos = -s[:n, None] * 2 * a_pos
    da_neg = s[n:, None] * 2 * a_neg
    dW = x_pos.T @ da_pos + x_neg.T @ da_neg
    return W - lr * dW
""",
        must=(
            "half | 2N | 2 N | 2 * N | 1/2 | factor 2 | factor of 2 | halv | twice | two means | concatenat | both "
            "halves together | two times | 0.5"
        ),
        must_not="sign | sequential | one after",
    ),
    Coding(
        "overlay_label",
        "The one-hot label is added onto the inputs instead of replacing them.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] += np.eye(n_classes)[y]      # superpose
    return out
""",
        must=(
            "add | += | plus | sum | replac | overwrit | on top | superpos | old values | stay | remain | left in "
            "| still there | original values | original inputs | clear | erase | set to 0 | set to zero"
        ),
        must_not="index | one_hot",
    ),
    Coding(
        "overlay_label",
        "The label is written as the largest value of the data, not as 1.",
        """
def overlay_label(x, y, n_classes):
    x_ = x.copy()
    x_[:, :n_classes] *= 0.0
    x_[np.arange(x.shape[0]), y] = x.max()
    return x_
""",
        must=(
            "max | largest | instead of 1 | instead of a 1 | as 1 | with a 1 | x.max | biggest | must be 1 | "
            "height | is 1 | one-hot ... 1 | size of the label"
        ),
        must_not="first n_classes | in place",
    ),
    Coding(
        "normalise_length",
        "Each row is divided by its squared length a.a, without the square root.",
        """
def normalise_length(a):
    norm = np.einsum('ni,ni->n', a, a)
    return a / (norm + 1e-8)[:, None]
""",
        must=(
            "square root | sqrt | squared length | square of the length | squared norm | square of the norm | sum "
            "of squares | sum of the squares | root | length squared | norm squared | |a|^2 | length...squared"
        ),
        must_not="axis | epsilon | mean",
    ),
    Coding(
        "normalise_length",
        "RMSNorm: divided by the root of the mean of squares, so rows get length sqrt(n).",
        """
def normalise_length(a):
    mean_sq = np.mean(a ** 2, axis=1, keepdims=True)
    rms = np.sqrt(mean_sq)
    return a / (rms + 1e-8)
""",
        must=(
            "mean | rms | sqrt(n) | root of n | root mean | average | sqrt n | sum of squares | sum of the squares "
            "| square root of n | number of neurons"
        ),
        must_not="subtract | axis",
    ),
    Coding(
        "negative_labels",
        (
            "The upper end of rng.integers is exclusive, so the shift never is m - 1: the class just below the "
            "true one is never drawn."
        ),
        """
def negative_labels(y, n_classes, rng):
    shift = rng.integers(1, n_classes - 1, size=y.shape)
    return (y + shift) % n_classes
""",
        must=(
            "never | exclusive | excluded | upper end | upper bound | upper limit | m - 1 | n_classes - 1 | y - 1 "
            "| missing | one of the wrong | one wrong label | off by one | off-by-one | not all | cannot come | "
            "never comes | never drawn | too few | last shift | equally likely | below the true | before the true "
            "| left out | one short"
        ),
        must_not="true label | same shift | own label",
    ),
    Coding(
        "negative_labels",
        (
            "Where the draw hits the true label the next class is taken, so the class after the true one is twice "
            "as likely."
        ),
        """
def negative_labels(y, n_classes, rng):
    y_neg = rng.integers(0, n_classes, size=len(y))
    clash = y_neg == y
    y_neg[clash] = (y_neg[clash] + 1) % n_classes
    return y_neg
""",
        must=(
            "equally likely | twice as | more likely | more often | next class | next label | y + 1 | y+1 | class "
            "after | label after | uniform | too often | following class | equally often | bias | favour | same "
            "chance"
        ),
        must_not="true label occurs | same offset",
    ),
    Coding(
        "mf_predict_ff",
        (
            "The scores are squared before they are added over the layers (as the goodness of Eq. 1), so a very "
            "negative score counts as a good one."
        ),
        """
def mf_predict_ff(goodness_per_layer):
    G = np.stack(goodness_per_layer)
    return np.einsum('lnc,lnc->nc', G, G).argmax(axis=1)
""",
        must=(
            "squar | negative score | negative goodness | sign | G^2 | G**2 | power | absolute | magnitude | "
            "product with itself"
        ),
        must_not="last layer | softmax | mean",
    ),
    Coding(
        "mf_predict_ff",
        "Softmax probabilities of the layers are averaged (soft voting) instead of the goodness scores.",
        """
def mf_predict_ff(goodness_per_layer):
    all_probs = []
    for G in goodness_per_layer:
        all_probs.append(equations.softmax(G))
    avg = np.mean(all_probs, axis=0)
    return avg.argmax(axis=1)
""",
        must="softmax | probabilit | soft vot | raw scores | goodness itself | normalis | squash",
        must_not="majority | last layer",
    ),
)
