"""Unusual but right answers of mf_predict_ff, mf_predict_bp."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_predict_ff",
        "The product of the blocks' softmaxes.",
        """
def mf_predict_ff(goodness_per_layer):
    log_p = [G - np.logaddexp.reduce(G, axis=1, keepdims=True) for G in goodness_per_layer]
    return np.exp(np.sum(log_p, axis=0)).argmax(axis=1)
""",
    ),
    Coding(
        "mf_predict_ff",
        "The mean over the blocks, not the sum: the largest is at the same place.",
        """
def mf_predict_ff(goodness_per_layer):
    return np.argmax(np.mean(np.stack(goodness_per_layer), axis=0), axis=-1)
""",
    ),
    Coding(
        "mf_predict_ff",
        "Python lists only.",
        """
def mf_predict_ff(goodness_per_layer):
    labels = []
    for rows in zip(*goodness_per_layer):
        totals = [sum(scores) for scores in zip(*rows)]
        labels.append(totals.index(max(totals)))
    return np.array(labels)
""",
    ),
    Coding(
        "mf_predict_bp",
        "A loop that begins at minus infinity.",
        """
def mf_predict_bp(goodness_per_layer):
    labels = []
    for row in goodness_per_layer[-1]:
        best, label = -np.inf, -1
        for c, score in enumerate(row):
            if score > best:
                best, label = score, c
        labels.append(label)
    return np.array(labels)
""",
    ),
    Coding(
        "mf_predict_bp",
        "The largest probability of the last block's softmax.",
        """
def mf_predict_bp(goodness_per_layer):
    *_, last = goodness_per_layer
    return equations.softmax(last).argmax(axis=1)
""",
    ),
)
