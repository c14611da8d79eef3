"""Mistakes of a ninth and a tenth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "adam_step",
        "The exponent is read as a factor: 1 - beta t instead of 1 - beta^t.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient ** 2
    c1 = 1 - beta1 * t
    c2 = abs(1 - beta2 * t)
    update = (m / c1) / (np.sqrt(v / c2) + epsilon)
    return parameter - lr * update, m, v
""",
        must=(
            "beta^t | beta1^t | beta**t | beta1**t | beta ** t | beta1 ** t | power | beta t | beta * t | beta*t | "
            "beta1 * t | beta1*t | beta1 t | times t | exponent | from the second step | multiplied by t"
        ),
        must_not="epsilon | v uses | t is one",
    ),
    Coding(
        "bias_corrected",
        "The power is taken of the quotient's divisor, (1 - beta)^t, instead of of beta, 1 - beta^t.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    def correct(moment, beta):
        out = np.array(moment, copy=True)
        for _ in range(t):
            out = out / (1.0 - beta)
        return out
    return correct(m, beta1), correct(v, beta2)
""",
        must=(
            "(1 - beta | (1-beta | power | every step | each step | t times | repeated | once per step | compound "
            "| exponent | beta^t | beta1^t | beta2^t | beta**t | beta1**t | beta2**t | beta ** t | beta1 ** t | "
            "beta to the | 1 - beta...t | loop | too often"
        ),
        must_not="sqrt | swapped",
    ),
    Coding(
        "bias_corrected",
        (
            "The second moment is divided by the square root of its correction, as in the folded learning rate of "
            "TensorFlow."
        ),
        """
def bias_corrected(m, v, t, beta1, beta2):
    c1 = 1 - np.power(beta1, t)
    c2 = np.sqrt(1 - np.power(beta2, t))
    return m / c1, v / c2
""",
        must="sqrt | root | square root | half of the correction | power 1/2 | power of 1/2 | 0.5",
        must_not="m_hat is | swapped | exponent",
    ),
    Coding(
        "bp_step",
        "The chain rule is cut at the ReLU: the error goes back through W^T without f'(z).",
        """
def bp_step(x, y, weights, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1] @ W, 0.0))
    scores = a[-1] @ weights[-1]
    delta = equations.cross_entropy_gradient(scores, y)
    grads = []
    for l in range(len(weights) - 1, -1, -1):
        grads.insert(0, a[l].T @ delta)
        delta = delta @ weights[l].T
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "mask | relu's deriv | derivative of relu | derivative of the relu | relu's slope | slope of the relu "
            "| f'(z | z > 0 | a > 0 | relu'(z | inactive | through the relu | relu in the backward | relu backward "
            "| relu... missing | relu... left out | without the relu | without relu | slope | silent neurons | off "
            "neurons | dead neurons"
        ),
        must_not="new weights | last layer's relu | 1/N",
    ),
    Coding(
        "bp_step",
        "The output layer gets a ReLU too (and its mask) before the softmax.",
        """
def bp_step(x, y, weights, lr):
    acts, zs = [x], []
    for W in weights:
        z = acts[-1] @ W
        zs.append(z)
        acts.append(np.maximum(z, 0))
    N = len(y)
    p = equations.softmax(acts[-1])
    p[np.arange(N), y] -= 1
    delta = p / N
    new = [None] * len(weights)
    for l in reversed(range(len(weights))):
        delta = delta * (zs[l] > 0)
        new[l] = weights[l] - lr * acts[l].T @ delta
        delta = delta @ weights[l].T
    return new
""",
        must=(
            "linear | relu after the last | relu... last | relu... output | last... relu | output... relu | "
            "final... relu | relu... final | relu... scores | scores... relu | relu before the softmax | top... "
            "relu | relu... top | negative scores | relu... every layer | relu... all layers | clipp | rectif"
        ),
        must_not="new weights | without the mask | transpos",
    ),
    Coding(
        "dfa_step",
        (
            "Direct Random Target Projection: the one-hot labels are projected to the hidden layers, not the "
            "output's error p - y."
        ),
        """
def dfa_step(x, y, weights, feedback, lr):
    N = len(x)
    hs = [x]
    for W in weights[:-1]:
        hs.append(np.maximum(hs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(hs[-1] @ weights[-1], y)
    target = -np.eye(e.shape[1])[y] / N
    new = []
    for l, B in enumerate(feedback):
        delta = (target @ B) * (hs[l + 1] > 0)
        new.append(weights[l] - lr * hs[l].T @ delta)
    new.append(weights[-1] - lr * hs[-1].T @ e)
    return new
""",
        must=(
            "label | labels | target | targets | one-hot | one hot | DRTP | p is missing | probabilit | softmax | "
            "prediction | output's error | output error | p - y | error itself | -y | y alone | without p"
        ),
        must_not="mask | sign of the error | old weights",
    ),
    Coding(
        "dfa_step",
        (
            "The last layer is updated first, and the error that the hidden layers get is computed again with its "
            "new weights."
        ),
        """
def dfa_step(x, y, weights, feedback, lr):
    h, H, Z = x, [x], []
    for W in weights[:-1]:
        Z.append(h @ W)
        h = np.maximum(Z[-1], 0)
        H.append(h)
    W_out = weights[-1]
    W_out = W_out - lr * h.T @ equations.cross_entropy_gradient(h @ W_out, y)
    e = equations.cross_entropy_gradient(h @ W_out, y)
    out = []
    for l in range(len(feedback)):
        out.append(weights[l] - lr * H[l].T @ ((e @ feedback[l]) * (Z[l] > 0)))
    return out + [W_out]
""",
        must=(
            "updated last | last layer first | last layer...already | last layer...updated | updated output | "
            "output layer...updated | new last | new output | new W_out | updated W_out | W_out after | already "
            "updated | after the update | after its update | after the last | new weights | updated weights | "
            "recomput | computed again | computed anew | second error | old weights | old last | before the update "
            "| before its update | stale"
        ),
        must_not="mask | sign | transpos",
    ),
    Coding(
        "ff_step",
        "dG/da is taken as a instead of 2 a, and 1/2 is lost.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    dW = np.zeros_like(W)
    for x, sgn in ((x_pos, -1.0), (x_neg, 1.0)):
        a = np.maximum(x @ W, 0)
        G = (a ** 2).sum(1)
        prob = 0.5 * (1 + np.tanh(0.5 * sgn * (G - theta)))
        dG = sgn * prob / len(x)
        dW += x.T @ (dG[:, None] * a)
    return W - lr * dW
""",
        must=(
            "factor 2 | factor of 2 | 2 a | 2a | 2 * a | 2*a | twice | derivative of a^2 | derivative of the "
            "square | derivative of the goodness | dG/da | square's deriv | 0.5 | halved | half of | half as | "
            "half the | only half | is half | by half"
        ),
        must_not="theta is | sign | mask",
    ),
    Coding(
        "overlay_label",
        "The one-hot label is added to the first inputs, which keep what they held, instead of written over them.",
        """
def overlay_label(x, y, n_classes):
    N, D = x.shape
    label = np.zeros((N, D))
    label[np.arange(N), y] = 1.0
    return x + label
""",
        must=(
            "added | add | adds | sum | overwrit | written over | on top | replac | clear | erase | keep | keeps | "
            "kept | remain | old values | old inputs | what was there | set to 0 | set to zero | zeroed | previous "
            "values | original values | original inputs | first inputs still | still there | still holds | stay | "
            "1 + | x + 1"
        ),
        must_not="max | copy",
    ),
    Coding(
        "overlay_label",
        "Labels are counted from 1: class y is written into column y - 1, class 0 into the last entry.",
        """
def overlay_label(x, y, n_classes):
    out = np.array(x, copy=True)
    out[:, :n_classes] = 0
    rows = np.arange(len(y))
    out[rows, (y - 1) % n_classes] = 1
    return out
""",
        must=(
            "y - 1 | y-1 | counted from 1 | count from 1 | counts from 1 | from 1 | start at 1 | starts at 1 | "
            "shifted | off by one | off-by-one | one place | one to the left | one column | neighbour | neighbor | "
            "from 0 | start at 0 | counted from 0 | one too | by 1 | by one | previous | another class | other "
            "class | wrong class | wrong column | wrong entry | wrong position"
        ),
        must_not="added to the input | in place | not cleared",
    ),
    Coding(
        "negative_labels",
        "One offset is drawn for the whole batch, so all samples are shifted alike and not each on its own.",
        """
def negative_labels(y, n_classes, rng):
    shift = rng.integers(1, n_classes)
    return np.mod(y + shift, n_classes)
""",
        must=(
            "one offset | one shift | same shift | same offset | single | one draw | one random | one number | "
            "once | whole batch | all samples | every sample | each sample | on its own | on their own | "
            "independent | per sample | per-sample | drawn together | size= | same distance | same wrong label | "
            "same step | shared | common | sample by sample | one per sample"
        ),
        must_not="true label can | y + 1 is | next class",
    ),
    Coding(
        "plug_block",
        "The block is inserted below the others, at the input, instead of on top.",
        """
def plug_block(net, rule, width):
    new = net.new_dense(width)
    net.blocks.insert(0, new)
    rule.plug(net)
""",
        must=(
            "top | bottom | front | insert | position | features | expects | below the other | below the old | "
            "first block | lowest | at the input | order of the blocks | does not fit | not fit | before the "
            "others | beneath"
        ),
        must_not="start | M of the | anew",
    ),
)
