"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "normalise_length",
        "All rows are divided by the length of the whole array.",
        """
def normalise_length(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j] ** 2
    length = np.sqrt(s)
    return a / (length + 1e-8)
""",
        must=(
            "whole batch | whole array | whole matrix | entire | per row | own length | row... own | axis | all "
            "rows | frobenius | one length | one number | all samples | rows together | row by row | each row by "
            "its"
        ),
    ),
    Coding(
        "normalise_length",
        "Divides by the squared length: the square root is missing.",
        """
def normalise_length(a):
    out = np.zeros_like(a)
    for i, row in enumerate(a):
        norm = 0.0
        for v in row:
            norm += v * v
        for j in range(len(row)):
            out[i, j] = row[j] / (norm + 1e-8)
    return out
""",
        must=(
            "root | sqrt | squared length | squared norm | square of the length | square of the norm | length "
            "squared | |a|^2 | |a|² | sum of squares | sum of the squares"
        ),
    ),
    Coding(
        "normalise_length",
        "LayerNorm: mean 0 and deviation 1 in each row instead of length 1.",
        """
def normalise_length(a):
    mu, sd = a.mean(axis=1, keepdims=True), a.std(axis=1, keepdims=True)
    return (a - mu) / (sd + 1e-8)
""",
        must=(
            "mean | standard dev | deviation | centr | center | std | layer norm | layernorm | standardis | standardiz"
        ),
        must_not="axis | batch",
    ),
    Coding(
        "normalise_length",
        "Divided by the squared length: the square root is missing.",
        """
def normalise_length(a):
    n, _ = a.shape
    res = np.zeros_like(a)
    for i in range(n):
        v = a[i]
        res[i] = v / (v @ v + 1e-8)
    return res
""",
        must=(
            "square root | sqrt | squared length | squared norm | square of the length | square of its length | "
            "length squared | length^2 | |a|^2 | sum of squares | sum of the squares | squares | root"
        ),
        must_not="whole batch | L1",
    ),
    Coding(
        "negative_labels",
        (
            "The offset is drawn from 1 to n_classes - 2 (the upper end is exclusive), so one wrong label, y - 1, "
            "never comes."
        ),
        """
def negative_labels(y, n_classes, rng):
    y_neg = np.zeros_like(y)
    for i in range(len(y)):
        k = rng.integers(1, n_classes - 1)
        y_neg[i] = (y[i] + k) % n_classes
    return y_neg
""",
        must=(
            "never | n_classes - 1 | upper | exclusive | left out | leaves out | one label | one wrong label | y - "
            "1 | label before | label below | end of the range | low >= high | empty range | missing label | "
            "label... missing | some... label | off by one | cannot be drawn"
        ),
    ),
    Coding(
        "negative_labels",
        "A drawn true label is replaced by the next class, which so becomes twice as likely.",
        """
def negative_labels(y, n_classes, rng):
    neg = rng.integers(n_classes, size=len(y))
    clash = np.where(neg == y)[0]
    neg[clash] = (y[clash] + 1) % n_classes
    return neg
""",
        must=(
            "twice | equally likely | uniform | more often | more likely | y + 1 | next class | next label | "
            "following class | following label | biased | bias | probabilit | evenly | same chance | as often | "
            "equal chance | often"
        ),
        must_not="true label remains | same for all",
    ),
    Coding(
        "mf_predict_ff",
        "The first layer is left out of the sum, as in Hinton's Forward-Forward code.",
        """
def mf_predict_ff(goodness_per_layer):
    total = np.zeros_like(goodness_per_layer[0])
    for layer in range(1, len(goodness_per_layer)):
        total = total + goodness_per_layer[layer]
    return np.argmax(total, axis=1)
""",
        must=(
            "first layer | layer 0 | first block | block 0 | block 1 | layer 1 | lowest | first... left out | skip "
            "| one layer | starts at 1 | goodness_per_layer[0 | layer... missing | layer... left out | layer... "
            "ignored"
        ),
    ),
    Coding(
        "mf_predict_ff",
        "The sum starts as the first layer's own array and is added to in place, so the caller's scores are changed.",
        """
def mf_predict_ff(goodness_per_layer):
    total = goodness_per_layer[0]
    for k in range(1, len(goodness_per_layer)):
        total += goodness_per_layer[k]
    N = total.shape[0]
    labels = np.zeros(N, dtype=int)
    for i in range(N):
        labels[i] = np.argmax(total[i])
    return labels
""",
        must=(
            "in place | in-place | argument | changes... goodness | goodness... changed | modif | overwrit | "
            "input... changed | array... changed | caller | += | alias | copy"
        ),
    ),
    Coding(
        "mf_predict_ff",
        "Each layer votes with its own argmax and the majority wins; the scores are not added.",
        """
def mf_predict_ff(goodness_per_layer):
    votes = np.stack([G.argmax(axis=1) for G in goodness_per_layer])              # (L, N)
    m = goodness_per_layer[0].shape[1]
    return (votes[:, :, None] == np.arange(m)).sum(axis=0).argmax(axis=1)
""",
        must=(
            "vote | voting | majority | most often | most layers | argmax ... before | argmax ... first | argmax "
            "of each | each layer's own | counting | counts | before ... add | before ... sum | add the scores | "
            "sum the scores | scores ... added | scores ... summed"
        ),
        must_not="softmax | last layer",
    ),
    Coding(
        "mf_predict_ff",
        "The first layer is left out of the sum, as Hinton does.",
        """
def mf_predict_ff(goodness_per_layer):
    layers_used = goodness_per_layer[1:] if len(goodness_per_layer) > 1 else goodness_per_layer
    return np.sum(np.stack(layers_used), axis=0).argmax(axis=-1)
""",
        must=(
            "first layer | layer 1 | layer 0 | first block | left out | leaves out | skip | [1:] | all layers | "
            "lowest | every layer | first one | is missing | omit | ignor"
        ),
        must_not="softmax | last layer",
    ),
)
