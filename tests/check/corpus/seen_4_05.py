"""A fourth author's mistakes in free codings of mf_predict_ff, mf_predict_bp."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_predict_ff",
        "A vote: each layer gives one label, the most frequent wins.",
        """
def mf_predict_ff(goodness_per_layer):
    votes = np.stack([G.argmax(axis=1) for G in goodness_per_layer], axis=1)
    return np.array([np.bincount(row).argmax() for row in votes])
""",
        must="vote | majority | each layer | sum | most frequent",
        must_not="axis",
    ),
    Coding(
        "mf_predict_ff",
        "The first layer is left out, as Hinton does in Forward-Forward.",
        """
def mf_predict_ff(goodness_per_layer):
    layers_used = goodness_per_layer[1:] or goodness_per_layer
    return np.argmax(sum(layers_used), axis=1)
""",
        must="first layer | first block | left out | layer 0 | missing | all layers",
        must_not="axis",
    ),
    Coding(
        "mf_predict_bp",
        "argsort, and its first column: the class with the smallest score.",
        """
def mf_predict_bp(goodness_per_layer):
    ranking = np.argsort(goodness_per_layer[-1], axis=1)
    return ranking[:, 0]
""",
        must="smallest | lowest | least | argmin | largest",
        must_not="first layer",
    ),
)
