"""Further mistakes in free codings of mf_predict_ff and mf_predict_bp."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_predict_ff",
        "A majority vote of the blocks.",
        """
def mf_predict_ff(goodness_per_layer):
    m = goodness_per_layer[0].shape[1]
    votes = np.zeros_like(goodness_per_layer[0])
    for G in goodness_per_layer:
        votes += np.eye(m)[G.argmax(axis=1)]
    return votes.argmax(axis=1)
""",
        must="vote | own decision | each block decides | majority | decides",
        must_not="axis",
    ),
    Coding(
        "mf_predict_ff",
        "The first block is left out, as Hinton does in Forward-Forward.",
        """
def mf_predict_ff(goodness_per_layer):
    total = 0
    for G in goodness_per_layer[1:]:
        total = total + G
    return np.argmax(total, axis=1)
""",
        must="first block | block 1 | left out | leaves out | without the first | block 0",
        must_not="axis | last block",
    ),
    Coding(
        "mf_predict_ff",
        "Probabilities of the blocks are averaged, not scores.",
        """
def mf_predict_ff(goodness_per_layer):
    probabilities = [equations.softmax(G) for G in goodness_per_layer]
    return np.mean(probabilities, axis=0).argmax(axis=1)
""",
        must="softmax | probabilit",
        must_not="axis",
    ),
    Coding(
        "mf_predict_ff",
        "A sample for each class comes out: argmax along the batch.",
        """
def mf_predict_ff(goodness_per_layer):
    return np.sum(goodness_per_layer, axis=0).argmax(axis=0)
""",
        must="axis | along the batch | over the samples",
    ),
    Coding(
        "mf_predict_ff",
        "The scores are multiplied, as independent probabilities would be.",
        """
def mf_predict_ff(goodness_per_layer):
    product = np.ones_like(goodness_per_layer[0])
    for G in goodness_per_layer:
        product = product * G
    return product.argmax(axis=1)
""",
        must="product | multipl",
        must_not="axis",
    ),
    Coding(
        "mf_predict_ff",
        "The sum of the scores; the decision is missing.",
        """
def mf_predict_ff(goodness_per_layer):
    return np.add.reduce(goodness_per_layer)
""",
        must="scores are returned | argmax | decision",
        must_not="vote",
    ),
    Coding(
        "mf_predict_bp",
        "The first block of the list decides.",
        """
def mf_predict_bp(goodness_per_layer):
    G = goodness_per_layer[0]
    return np.argmax(G, axis=-1)
""",
        must="first block | block 1 | first layer | layer 1 | first one | block 0",
        must_not="axis",
    ),
    Coding(
        "mf_predict_bp",
        "All blocks have a say.",
        """
def mf_predict_bp(goodness_per_layer):
    G = np.mean(np.array(goodness_per_layer), axis=0)
    return G.argmax(axis=1)
""",
        must="all blocks | FF pred | sum of | together | every block | last block alone",
        must_not="axis",
    ),
    Coding(
        "mf_predict_bp",
        "An index one too small: the last block but one.",
        """
def mf_predict_bp(goodness_per_layer):
    last = len(goodness_per_layer) - 2
    return np.array([int(np.argmax(row)) for row in goodness_per_layer[last]])
""",
        must=(
            "last but one | one before the last | second to last | block 2 | block 3 | penultimate"
            " | before the last | layer 3"
        ),
        must_not="axis",
    ),
    Coding(
        "mf_predict_bp",
        "The labels are counted from 1.",
        """
def mf_predict_bp(goodness_per_layer):
    return goodness_per_layer[-1].argmax(axis=1) + 1
""",
        must="one too large | from 0 | from 1 | + 1 | off by one | by 1 | shifted | plus 1",
        must_not="axis",
    ),
    Coding(
        "mf_predict_bp",
        "The class with the smallest score, as if scores were losses.",
        """
def mf_predict_bp(goodness_per_layer):
    return np.argsort(goodness_per_layer[-1], axis=1)[:, 0]
""",
        must="smallest | lowest | argmin | least",
    ),
)
