"""Mistakes of two authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "bp_step",
        "Divides by N at each layer on the way back, so lower layers get 1/N several times.",
        """
def bp_step(x, y, weights, lr):
    N = x.shape[0]
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    G = acts[-1] @ weights[-1]
    delta = equations.softmax(G)
    delta[np.arange(N), y] -= 1
    new = [None] * len(weights)
    for l in range(len(weights) - 1, -1, -1):
        delta = delta / N
        new[l] = weights[l] - lr * acts[l].T @ delta
        if l > 0:
            delta = (delta @ weights[l].T) * (acts[l] > 0)
    return new
""",
        must=(
            "1/N | / N | by N | N^2 | N squared | N times | each layer... mean | each layer... divid | 1/N... "
            "again | only once | twice | batch size | mean... each | mean... every | lower layers... small | "
            "repeated"
        ),
        must_not="mask | ReLU",
    ),
    Coding(
        "bp_step",
        "Adds a ReLU to the last layer, whose scores should stay linear.",
        """
def bp_step(x, y, weights, lr):
    N = len(y)
    h, zs = [x], []
    for W in weights:
        z = h[-1] @ W
        zs.append(z)
        h.append(np.maximum(z, 0))
    delta = equations.cross_entropy_gradient(h[-1], y)
    grads = []
    for l in reversed(range(len(weights))):
        delta = delta * (zs[l] > 0)
        grads.insert(0, h[l].T @ delta)
        delta = delta @ weights[l].T
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "last layer | output layer | linear | ReLU on the | ReLU... scores | ReLU... output | scores... ReLU | "
            "ReLU... last | negative scores | scores... cut | scores... clipped"
        ),
        must_not="1/N | old weights",
    ),
    Coding(
        "fa_step",
        "Every layer's step is divided by N once more on its way: delta is divided by N in each pass of the loop.",
        """
def fa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    L = len(weights)
    acts = [x]
    for l in range(L):
        out = acts[l] @ weights[l]
        if l < L - 1:
            out = np.maximum(out, 0)
        acts.append(out)
    delta = equations.softmax(acts[L])
    delta[range(N), y] -= 1
    new = list(weights)
    for l in range(L - 1, -1, -1):
        delta = delta / N
        new[l] = weights[l] - lr * (acts[l].T @ delta)
        if l > 0:
            delta = (delta @ feedback[l - 1]) * (acts[l] > 0)
    return new
""",
        must=(
            "1/N | twice | again | once more | each layer | every layer | more than once | already | N squared | "
            "N**2 | in the loop | inside the loop | repeated | N times too | divid | factor N | too small"
        ),
    ),
    Coding(
        "fa_step",
        "The loop ends before layer 0, so the first weights are never updated.",
        """
def fa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    a = [x]
    z = []
    for l in range(len(weights)):
        z.append(a[-1] @ weights[l])
        a.append(np.maximum(z[-1], 0))
    d = equations.softmax(z[-1])
    for i in range(N):
        d[i, y[i]] = d[i, y[i]] - 1
    d = d / N
    new = [W.copy() for W in weights]
    new[-1] = weights[-1] - lr * a[-2].T @ d
    for l in range(len(weights) - 2, 0, -1):
        d = (d @ feedback[l]) * (z[l] > 0)
        new[l] = weights[l] - lr * a[l].T @ d
    return new
""",
        must=(
            "first layer | layer 0 | first weight | weights[0] | loop ends | loop stops | stops...early | never "
            "updat | range | off by one | left out | unchanged | stays as | stay as | first hidden | lowest layer "
            "| weights 0 | is missing"
        ),
    ),
    Coding(
        "dfa_step",
        "The hidden layers receive p - y without the 1/N that the last layer has.",
        """
def dfa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    err = equations.softmax(acts[-1] @ weights[-1]) - np.eye(weights[-1].shape[1])[y]
    grads = [acts[i].T @ ((err @ B) * (acts[i + 1] > 0)) for i, B in enumerate(feedback)]
    grads.append(acts[-1].T @ err / N)
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "1/N | / N | by N | N times | mean | batch size | factor N | sum over the batch | summed over the "
            "batch | averag"
        ),
        must_not="mask | ReLU",
    ),
    Coding(
        "dfa_step",
        "The ReLU's mask is taken from the sign of the error that is brought back, and not from that of z.",
        """
def dfa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    acts = [x]
    for l in range(len(weights)):
        z = np.dot(acts[l], weights[l])
        if l != len(weights) - 1:
            z[z < 0] = 0
        acts.append(z)
    e = equations.softmax(acts[-1])
    e[np.arange(N), y] -= 1
    e /= N
    new = [w * 1.0 for w in weights]
    new[-1] -= lr * np.dot(acts[-2].T, e)
    for l in range(len(weights) - 1):
        dz = np.dot(e, feedback[l])
        dz = dz * (dz > 0)
        new[l] -= lr * np.dot(acts[l].T, dz)
    return new
""",
        must=(
            "dz > 0 | sign of dz | sign of the error | sign of the gradient | mask...z | mask...error | "
            "mask...gradient | mask...dz | instead of z | instead of the activation | relu of the error | relu(dz "
            "| own sign | negative errors | relu...applied to | where z | from the error | pre-activation"
        ),
    ),
    Coding(
        "dfa_step",
        "The hidden layers are given the probabilities p and not the error p - y.",
        """
def dfa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    acts = [x]
    for l, W in enumerate(weights):
        z = acts[-1] @ W
        if l < len(weights) - 1:
            z = np.maximum(z, 0)
        acts.append(z)
    p = equations.softmax(acts[-1])
    e = p.copy()
    for i in range(N):
        e[i, y[i]] -= 1
    new = []
    for l in range(len(weights) - 1):
        dz = (p / N) @ feedback[l] * (acts[l + 1] > 0)
        new.append(weights[l] - lr * acts[l].T @ dz)
    new.append(weights[-1] - lr * acts[-2].T @ (e / N))
    return new
""",
        must=(
            "p instead | probabilit | softmax output | p itself | labels...missing | without subtract | minus the "
            "label | p - y | uses p | forgot...y | output's error | error of the output | one-hot | labels are | "
            "label is | labels never | y is missing | y never"
        ),
    ),
    Coding(
        "ff_step",
        "The gradient of the negative half overwrites that of the positive half.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    for x, sign in ((x_pos, -1), (x_neg, 1)):
        z = x @ W
        a = np.maximum(z, 0)
        G = np.sum(a ** 2, axis=1)
        u = sign * (G - theta)
        dG = sign * 0.5 * (1 + np.tanh(u / 2)) / len(x)
        da = dG[:, None] * 2 * a
        dW = x.T @ (da * (z > 0))
    return W - lr * dW
""",
        must=(
            "positive half | positive data | positive pass | positive samples | positive gradient | positive term "
            "| positive loss | positives | L_pos | overwrit | only the negative | negative half alone | only "
            "negative | lost | x_pos"
        ),
    ),
    Coding(
        "overlay_label",
        "Adds the one-hot to the first inputs instead of overwriting them.",
        """
def overlay_label(x, y, n_classes):
    D = x.shape[1]
    dummy = np.eye(n_classes, D, dtype=x.dtype)[y]      # dummy coding
    return x + dummy
""",
        must=(
            "add | overwr | replac | old values | old inputs | existing | original | previous values | inputs... "
            "kept | kept | stay | remain | left in place | cleared | not set to 0 | zeros"
        ),
        must_not="shifted | off by",
    ),
    Coding(
        "overlay_label",
        "The inputs after the first n_classes are lost: the new array starts from zeros.",
        """
def overlay_label(x, y, n_classes):
    new = np.zeros(x.shape)
    for i in range(x.shape[0]):
        for c in range(n_classes):
            if c == y[i]:
                new[i, c] = 1
    return new
""",
        must=(
            "rest | other inputs | other features | remaining | pixels | zeros_like | np.zeros | beyond | after "
            "the first | behind the first | lost | eras | thrown away | from n_classes on | image"
        ),
    ),
    Coding(
        "normalise_length",
        (
            "The sum of squares is not set back for each row, so later rows are divided by the length of all rows "
            "so far."
        ),
        """
def normalise_length(a):
    out = np.zeros_like(a)
    length2 = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            length2 += a[i, j] ** 2
        out[i] = a[i] / (np.sqrt(length2) + 1e-8)
    return out
""",
        must=(
            "reset | previous row | rows before | accumul | running | earlier row | outside the loop | starts "
            "again | set back | set to 0 | rows above | cumulat | rows so far | other rows | all rows | carries "
            "over | carried | first row"
        ),
    ),
    Coding(
        "negative_labels",
        "Draws among all classes and redraws the hits once, so a true label can still remain.",
        """
def negative_labels(y, n_classes, rng):
    new = rng.integers(0, n_classes, size=y.shape)
    hit = new == y
    new[hit] = rng.integers(0, n_classes, size=hit.sum())   # reject and draw again
    return new
""",
        must=(
            "true label | own label | correct label | right label | same label | equals y | equal to y | still | "
            "remain | once | again | until | redraw | second draw | reject | loop"
        ),
        must_not="shift",
    ),
)
