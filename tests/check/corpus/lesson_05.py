"""Mistakes in free codings of mf_predict_ff, mf_predict_bp."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_predict_ff",
        "Only the last block decides, as in BP pred.",
        """
def mf_predict_ff(goodness_per_layer):
    G = goodness_per_layer[-1]
    return np.argmax(G, axis=1)
""",
        must="last block | last layer | BP pred | only the last | other blocks",
    ),
    Coding(
        "mf_predict_ff",
        "The softmax probabilities of the blocks are added, not their scores.",
        """
def mf_predict_ff(goodness_per_layer):
    p = sum(equations.softmax(G) for G in goodness_per_layer)
    return p.argmax(axis=1)
""",
        must="softmax | probabilit",
    ),
    Coding(
        "mf_predict_ff",
        "The largest score of any block decides: a maximum in place of a sum.",
        """
def mf_predict_ff(goodness_per_layer):
    return np.stack(goodness_per_layer).max(axis=0).argmax(axis=1)
""",
        must="maximum | largest score over | largest over | largest of all | not the sum | not added",
    ),
    Coding(
        "mf_predict_ff",
        "The first array of the list is changed in place by +=.",
        """
def mf_predict_ff(goodness_per_layer):
    total = goodness_per_layer[0]
    for G in goodness_per_layer[1:]:
        total += G
    return total.argmax(axis=1)
""",
        must="changes its argument | changes goodness | is changed | modifies | changed in place",
    ),
    Coding(
        "mf_predict_ff",
        "The squares of the scores are added.",
        """
def mf_predict_ff(goodness_per_layer):
    return sum(G**2 for G in goodness_per_layer).argmax(axis=1)
""",
        must="squar | G^2 | G**2 | G * G | sign of the scores | negative scores",
    ),
    Coding(
        "mf_predict_ff",
        "The scores of each block are divided by their length before they are added.",
        """
def mf_predict_ff(goodness_per_layer):
    total = 0
    for G in goodness_per_layer:
        total = total + G / np.linalg.norm(G, axis=1, keepdims=True)
    return total.argmax(axis=1)
""",
        must="normali | length | norm | scale | size of the scores | weigh",
    ),
    Coding(
        "mf_predict_ff",
        "argmax without axis: one number for the whole batch.",
        """
def mf_predict_ff(goodness_per_layer):
    return np.argmax(np.sum(goodness_per_layer, axis=0))
""",
        must="axis | one number | each sample | whole array | flatten",
    ),
    Coding(
        "mf_predict_ff",
        "The scores of the blocks are multiplied.",
        """
def mf_predict_ff(goodness_per_layer):
    G = np.ones_like(goodness_per_layer[0])
    for scores in goodness_per_layer:
        G = G * scores
    return G.argmax(axis=1)
""",
        must="product | multipl",
    ),
    Coding(
        "mf_predict_bp",
        "Labels count from 1.",
        """
def mf_predict_bp(goodness_per_layer):
    labels = []
    for row in goodness_per_layer[-1]:
        labels.append(1 + list(row).index(max(row)))
    return np.array(labels)
""",
        must="from 1 | + 1 | off by one | begin at 1 | too large by 1 | count from 0 | 1 too | 1-based",
    ),
    Coding(
        "mf_predict_bp",
        "Probabilities of the last block are returned, not labels.",
        """
def mf_predict_bp(goodness_per_layer):
    return equations.softmax(goodness_per_layer[-1])
""",
        must="probabilit | scores are | argmax | softmax",
    ),
    Coding(
        "mf_predict_bp",
        "The last class is never predicted.",
        """
def mf_predict_bp(goodness_per_layer):
    return goodness_per_layer[-1][:, :-1].argmax(axis=1)
""",
        must="last class | class ... never | class ... left out | last column",
    ),
    Coding(
        "mf_predict_bp",
        "Labels have a column axis: (N, 1).",
        """
def mf_predict_bp(goodness_per_layer):
    return goodness_per_layer[-1].argmax(axis=1).reshape(-1, 1)
""",
        must="(N, 1) | keepdims | axis of length 1 | length 1 | extra axis | column | one axis too many",
    ),
    Coding(
        "mf_predict_bp",
        "The largest score itself is returned, not its class.",
        """
def mf_predict_bp(goodness_per_layer):
    return np.max(goodness_per_layer[-1], axis=1)
""",
        must=(
            "largest score is returned | argmax | not the class | not its class | not the label | largest value "
            "is returned"
        ),
    ),
    Coding(
        "mf_predict_bp",
        "The list is emptied: pop changes the caller's list.",
        """
def mf_predict_bp(goodness_per_layer):
    last = goodness_per_layer.pop()
    return last.argmax(axis=1)
""",
        must="changes its argument | changes goodness | list | modifies | changed in place",
    ),
)
