"""Mistakes of an eleventh and a twelfth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "dfa_step",
        "The hidden layers get the error p - y without the 1/N that the last layer's gradient has.",
        """
def dfa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    zs, hs = [], [x]
    for k, W in enumerate(weights):
        z = hs[-1] @ W
        zs.append(z)
        hs.append(np.maximum(z, 0) if k + 1 < len(weights) else z)
    error = equations.softmax(hs[-1])
    for n in range(N):
        error[n, y[n]] -= 1.0
    new = []
    for k, W in enumerate(weights):
        if k == len(weights) - 1:
            new.append(W - lr * (hs[k].T @ error) / N)
        else:
            new.append(W - lr * hs[k].T @ ((error @ feedback[k]) * (zs[k] > 0)))
    return new
""",
        must=(
            "1/N | /N | / N | mean | averag | divided by N | N times | batch size | number of samples | sum in "
            "place | sum instead | sum over the batch | too large by | too big by | factor of N | factor N | "
            "number of rows"
        ),
        must_not="mask is missing | transpos | sign",
    ),
    Coding(
        "ff_step",
        "The halves are concatenated and the mean goes over all 2N rows: half the step.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    x = np.concatenate([x_pos, x_neg])
    s = np.concatenate([-np.ones(len(x_pos)), np.ones(len(x_neg))])
    a = np.maximum(x @ W, 0)
    G = np.einsum('nh,nh->n', a, a)
    u = s * (G - theta)
    dG = s * 0.5 * (1 + np.tanh(u / 2)) / len(x)
    dW = x.T @ (2 * a * dG[:, None])
    return W - lr * dW
""",
        must=(
            "2N | 2 N | concatenat | factor 2 | factor of 2 | twice | too small by | factor 1/2 | 1/2 | 0.5 | N "
            "each | each half | half the | half as | half of | halved | step ... half"
        ),
    ),
    Coding(
        "ff_step",
        "The goodness is the mean of squares (Hinton's code) instead of the sum.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    def sig(u):
        return 0.5 * (1 + np.tanh(0.5 * u))
    H = W.shape[1]
    ap, an = np.maximum(x_pos @ W, 0), np.maximum(x_neg @ W, 0)
    gp, gn = (ap ** 2).mean(1), (an ** 2).mean(1)
    dgp = -sig(theta - gp) / len(x_pos)
    dgn = sig(gn - theta) / len(x_neg)
    grad = x_pos.T @ (dgp[:, None] * 2 * ap / H) + x_neg.T @ (dgn[:, None] * 2 * an / H)
    return W - lr * grad
""",
        must=(
            "mean of ... squares | mean square | mean of the square | mean instead | mean over ... neurons | "
            "averag | divided by ... H | divided by ... number | sum of ... squares | number of neurons | width | "
            "neurons | goodness ... mean"
        ),
    ),
    Coding(
        "ff_step",
        "One mean over the 2N samples of both halves (torch.cat(...).mean()), which halves the gradient.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    x = np.concatenate([x_pos, x_neg], axis=0)
    sign = np.concatenate([-np.ones(len(x_pos)), np.ones(len(x_neg))])
    a = np.maximum(x @ W, 0)
    g = np.sum(a * a, axis=1)
    # loss = log(1 + exp(cat([-g_pos + theta, g_neg - theta]))).mean()
    dG = sign / (1 + np.exp(-sign * (g - theta))) / len(x)
    dW = x.T @ (2 * a * dG[:, None])
    return W - lr * dW
""",
        must=(
            "half | halve | 2N | 2 N | 1/(2N | factor 2 | factor of 2 | factor two | a 2 is | the 2 | both halves "
            "together | mean over both | mean of both | one mean | joint | concatenat | twice the | double | too "
            "small by | mean over the 2 | each half | its own mean | own mean | 0.5 | two means | twice as many"
        ),
        must_not="sign | theta is | mask",
    ),
    Coding(
        "overlay_label",
        "The one-hot label is put in front of the inputs (concatenated) instead of over the first ones.",
        """
def overlay_label(x, y, n_classes):
    onehot = np.eye(n_classes)[y]
    return np.hstack([onehot, x])
""",
        must=(
            "concat | in front | longer | wider | width | replace | extra | D + | more columns | append | instead "
            "of over | prepend | columns | added to the left | hstack | n_classes more | over the first | overwrit "
            "| stuck on"
        ),
        must_not="1 - ",
    ),
    Coding(
        "overlay_label",
        "1-based labels of MATLAB: the 1 goes to column y - 1 (label 0 to the last input).",
        """
def overlay_label(x, y, n_classes):
    out = np.array(x, copy=True)
    out[:, 0:n_classes] = 0
    for i in range(out.shape[0]):
        out[i, y[i] - 1] = 1
    return out
""",
        must=(
            "y - 1 | y-1 | one column | one place | one position | one to the left | column before | place before "
            "| position before | before its place | shifted | off by one | 1-based | one-based | from 1 | start at "
            "0 | starts at 0 | start at 1 | from 0 | begin at 0 | begins at 0 | left of | wrong column | column y "
            "| column of the label | neighbour | neighbor | label below | previous label | previous column | last "
            "column | last input | another label | another class | other class | other label | y itself"
        ),
        must_not="maximum | argument is changed | old inputs",
    ),
    Coding(
        "normalise_length",
        "The root mean square instead of the length (Hinton's code).",
        """
def normalise_length(a):
    rms = np.sqrt(np.mean(a ** 2, axis=1, keepdims=True))
    return a / (rms + 1e-8)
""",
        must="root-mean-square | root mean square | mean | RMS | sqrt(n) | root of n | root of the number | averag",
        must_not="whole batch",
    ),
    Coding(
        "normalise_length",
        "Divided by the squared length: the root is missing.",
        """
def normalise_length(a):
    sq = np.einsum('ij,ij->i', a, a)
    return a / (sq[:, None] + 1e-8)
""",
        must=(
            "root | sqrt | squared length | square of ... length | length squared | sum of ... squares | squared "
            "norm | square of ... norm | length ** 2 | |a|^2"
        ),
    ),
    Coding(
        "normalise_length",
        "Hinton's own scaling: divides by the root mean square, so rows get length sqrt(n), not 1.",
        """
def normalise_length(a):
    rms = np.sqrt(np.mean(a ** 2, axis=1))
    out = np.empty_like(a)
    for i in range(a.shape[0]):
        out[i] = a[i] / (rms[i] + 1e-8)
    return out
""",
        must=(
            "mean | root mean | rms | sqrt(n | root of n | sqrt n | sqrt(n) | length sqrt | number of neurons | "
            "number of columns | averag | divided by n | 1/n | /n | / n | depends on n | depends on the width | "
            "sqrt(number | times too long"
        ),
        must_not="axis | columns in place of rows | 1e-8 is | squared length",
    ),
    Coding(
        "negative_labels",
        "A label that hits the true one is moved to the next: that label is twice as likely.",
        """
def negative_labels(y, n_classes, rng):
    neg = rng.integers(0, n_classes, size=len(y))
    neg = np.where(neg == y, (neg + 1) % n_classes, neg)
    return neg
""",
        must=(
            "next | twice | equally likely | uniform | more often | y + 1 | double | bias | more likely | evenly | "
            "equally often | too often | same chance | favour | unequal | preferred"
        ),
        must_not="one draw | single draw",
    ),
    Coding(
        "negative_labels",
        "One random shift for the whole batch instead of one for each sample.",
        """
def negative_labels(y, n_classes, rng):
    shift = rng.integers(1, n_classes)
    return (y + shift) % n_classes
""",
        must=(
            "one draw | single | same offset | same shift | same for all | each sample | own draw | once | every "
            "sample | one offset | one shift | same distance | on its own | size= | per sample | whole batch | one "
            "random | all samples | independent | same step"
        ),
    ),
    Coding(
        "negative_labels",
        (
            "Shuffles the batch's labels (a permutation as in public FF scripts): some samples keep their right "
            "label, and the labels are tied to the batch's."
        ),
        """
def negative_labels(y, n_classes, rng):
    rnd = rng.permutation(len(y))
    return y[rnd]
""",
        must=(
            "permut | shuffl | right label | true label | own label | correct label | same label | keep | kept | "
            "label itself | y itself | equal to y | equals y | equal y | is the label | not wrong | of the batch | "
            "batch's | other samples | another sample | rearrang | reorder | unchanged"
        ),
        must_not="argument | offset | off by one | seed",
    ),
)
