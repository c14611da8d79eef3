"""Mistakes of two authors who wrote after the last change."""

from corpus import Coding

CODINGS = (
    Coding(
        "ff_step",
        "The derivative of the squares has no factor 2.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    n_pos = len(x_pos)
    n_neg = len(x_neg)
    a_pos = np.maximum(x_pos @ W, 0)
    a_neg = np.maximum(x_neg @ W, 0)
    g_pos = np.zeros(n_pos)
    g_neg = np.zeros(n_neg)
    for i in range(n_pos):
        g_pos[i] = (a_pos[i] ** 2).sum()
    for i in range(n_neg):
        g_neg[i] = (a_neg[i] ** 2).sum()
    d_pos = -0.5 * (1 + np.tanh((theta - g_pos) / 2)) / n_pos
    d_neg = 0.5 * (1 + np.tanh((g_neg - theta) / 2)) / n_neg
    dW = x_pos.T @ (d_pos.reshape(-1, 1) * a_pos) + x_neg.T @ (d_neg.reshape(-1, 1) * a_neg)
    return W - lr * dW
""",
        must=(
            "factor 2 | factor of 2 | factor two | 2 a | 2a | 2 * a | half | derivative of the square | derivative "
            "of a^2 | derivative of the goodness | twice | the 2 | square...derivative | too small"
        ),
    ),
    Coding(
        "overlay_label",
        "Counts classes from 1: writes the 1 at y - 1.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] = 0
    rows = np.arange(x.shape[0])
    out[rows, y - 1] = 1        # label k stands in column k
    return out
""",
        must=(
            "y - 1 | y-1 | off by one | off-by-one | shifted | from 0 | from 1 | one to the left | neighbo | "
            "previous | label - 1 | one place | one column | next to | count... from | last column | last input | "
            "column -1 | -1 | one position | one too"
        ),
        must_not="add",
    ),
    Coding(
        "overlay_label",
        "Only the first n_classes - 1 inputs are cleared, so the last keeps what was there.",
        """
def overlay_label(x, y, n_classes):
    x = x.copy()
    for i in range(len(x)):
        for c in range(n_classes - 1):
            x[i, c] = 0
        x[i, y[i]] = 1
    return x
""",
        must=(
            "last class | last of | last input | last label | last entry | n_classes - 1 | one short | too few | "
            "off by one | range | clears | cleared | last one | old value | keeps"
        ),
    ),
    Coding(
        "normalise_length",
        "Standardises each row: subtracts its mean before scaling to length 1.",
        """
def normalise_length(a):
    d = a - a.mean(axis=1, keepdims=True)
    s = np.sqrt((d * d).sum(axis=1, keepdims=True))
    return d / (s + 1e-8)
""",
        must="mean | cent | subtract | standardi | layer norm | direction | deviation",
        must_not="L1 | absolute",
    ),
    Coding(
        "normalise_length",
        "The mean is taken off each row before it is scaled, as in layer normalisation.",
        """
def normalise_length(a):
    out = []
    for row in a:
        row = row - row.mean()
        out.append(row / (np.sqrt(np.sum(row * row)) + 1e-8))
    return np.array(out)
""",
        must="mean | centr | center | layer norm | layernorm | subtract | standardi | shifted | direction",
    ),
    Coding(
        "negative_labels",
        "Permutes the labels of the batch, so some samples keep their true label.",
        """
def negative_labels(y, n_classes, rng):
    # break the association of x and y, as in a permutation test
    return rng.permutation(y)
""",
        must=(
            "permut | shuffl | true label | own label | correct label | keep | right label | same label | equals y "
            "| equal to y | still | labels of the batch"
        ),
        must_not="shift",
    ),
    Coding(
        "negative_labels",
        "The offset's upper bound is exclusive, so the label just before the true one is never drawn.",
        """
def negative_labels(y, n_classes, rng):
    y_neg = []
    for label in y:
        shift = rng.integers(1, n_classes - 1)
        y_neg.append((label + shift) % n_classes)
    return np.array(y_neg)
""",
        must=(
            "never | exclusive | upper bound | upper end | high | n_classes - 1 | missing label | off by one | "
            "equally | one wrong label | not every | each wrong label | every wrong label | uniform | y - 1"
        ),
    ),
    Coding(
        "mf_predict_ff",
        "Averages the softmax probabilities of the layers instead of adding the scores.",
        """
def mf_predict_ff(goodness_per_layer):
    # model averaging
    P = np.mean([equations.softmax(G) for G in goodness_per_layer], axis=0)
    return P.argmax(axis=1)
""",
        must=(
            "softmax | probabilit | before adding | before summing | before they are added | scores themselves | "
            "raw scores | bounded"
        ),
        must_not="axis | last layer",
    ),
    Coding(
        "mf_predict_bp",
        "The return is in the loop, so the first layer predicts.",
        """
def mf_predict_bp(goodness_per_layer):
    for G in goodness_per_layer:
        labels = []
        for row in G:
            best = 0
            for c in range(len(row)):
                if row[c] > row[best]:
                    best = c
            labels.append(best)
        return np.array(labels)
""",
        must=(
            "first layer | layer 0 | goodness_per_layer[0] | return...loop | indent | early | last layer | first "
            "block | lowest layer | later layers"
        ),
    ),
    Coding(
        "mf_predict_bp",
        "The softmaxes of all layers are averaged, where the last layer alone should decide.",
        """
def mf_predict_bp(goodness_per_layer):
    p = 0
    for G in goodness_per_layer:
        p = p + equations.softmax(G)
    p = p / len(goodness_per_layer)
    return p.argmax(axis=1)
""",
        must=(
            "all layers | every layer | earlier layers | sum of | FF pred | mf_predict_ff | layers...added | "
            "averag | last layer alone | only the last | last layer only | mean over the layers | mean of the "
            "layers | other layers"
        ),
    ),
    Coding(
        "plug_block",
        "Takes the old top block off first, so the new one replaces it.",
        """
def plug_block(net, rule, width):
    net.unplug()                     # the old top was the output
    block = net.new_dense(width)
    net.plug(block)
    rule.plug(net)
""",
        must=(
            "replac | unplug | removed | taken off | takes off | took off | number of blocks | as many blocks | "
            "same number | blocks below | gone | lost | missing | top block | on top | one more block | one block "
            "more | old block"
        ),
        must_not="start",
    ),
    Coding(
        "plug_block",
        "Two blocks are plugged in: the two lines are there twice.",
        """
def plug_block(net, rule, width):
    new = net.new_dense(width)
    net.plug(new)
    rule.plug(net)
    new = net.new_dense(width)
    net.plug(new)
    rule.plug(net)
""",
        must=(
            "two blocks | twice | second block | one block | 2 blocks | too many blocks | two new | another block "
            "| more than one | blocks more | only one"
        ),
    ),
)
