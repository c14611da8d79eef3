"""A fourth author's mistakes, held out, in free codings of mf_predict_ff, mf_predict_bp."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_predict_ff",
        "The largest score of any layer decides.",
        """
def mf_predict_ff(goodness_per_layer):
    best = goodness_per_layer[0]
    for G in goodness_per_layer[1:]:
        best = np.maximum(best, G)
    return best.argmax(1)
""",
        must="maximum | max of | largest | sum | any layer",
        must_not="axis",
    ),
    Coding(
        "mf_predict_bp",
        "The first layer's scores in place of the last one's.",
        """
def mf_predict_bp(goodness_per_layer):
    for G in goodness_per_layer:
        return G.argmax(axis=-1)
""",
        must="first layer | first block | last layer | last block",
        must_not="axis",
    ),
)
