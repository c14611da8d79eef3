"""Held out, for measuring only: mistakes in free codings of mf_predict_ff, mf_predict_bp."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_predict_ff",
        "Each block votes with its own decision, and the majority wins.",
        """
def mf_predict_ff(goodness_per_layer):
    votes = np.array([G.argmax(axis=1) for G in goodness_per_layer])
    return np.array([np.bincount(votes[:, n]).argmax() for n in range(votes.shape[1])])
""",
        must="vote | majority | own decision | each block decides",
    ),
    Coding(
        "mf_predict_ff",
        "The first block is skipped, as in Hinton's Forward-Forward.",
        """
def mf_predict_ff(goodness_per_layer):
    return np.sum(goodness_per_layer[1:], axis=0).argmax(axis=1)
""",
        must="first block | first layer | block 0 | layer 0 | block 1 | layer 1",
    ),
    Coding(
        "mf_predict_ff",
        "The last block is left out of the sum.",
        """
def mf_predict_ff(goodness_per_layer):
    total = np.zeros_like(goodness_per_layer[0])
    for i in range(len(goodness_per_layer) - 1):
        total += goodness_per_layer[i]
    return total.argmax(axis=1)
""",
        must="last block | last layer | block ... left out | layer ... left out",
    ),
    Coding(
        "mf_predict_ff",
        "The smallest sum is taken: argmin.",
        """
def mf_predict_ff(goodness_per_layer):
    return np.argmin(sum(goodness_per_layer), axis=1)
""",
        must="smallest | argmin | sign",
    ),
    Coding(
        "mf_predict_ff",
        "argmax runs over the samples: one result for each class.",
        """
def mf_predict_ff(goodness_per_layer):
    return sum(goodness_per_layer).argmax(axis=0)
""",
        must="axis | over the samples",
    ),
    Coding(
        "mf_predict_ff",
        "The summed scores are returned, not labels.",
        """
def mf_predict_ff(goodness_per_layer):
    return sum(goodness_per_layer)
""",
        must="scores are returned | argmax | (N, m) | not the labels | not labels",
    ),
    Coding(
        "mf_predict_ff",
        "Labels count from 1.",
        """
def mf_predict_ff(goodness_per_layer):
    return sum(goodness_per_layer).argmax(axis=1) + 1
""",
        must="from 1 | + 1 | off by one | begin at 1 | too large by 1 | count from 0 | 1 too | 1-based",
    ),
    Coding(
        "mf_predict_ff",
        "Later blocks count more: the scores are weighted by the block's number.",
        """
def mf_predict_ff(goodness_per_layer):
    return sum((i + 1) * G for i, G in enumerate(goodness_per_layer)).argmax(axis=1)
""",
        must="weight | equal | later blocks | block's number | count more | counts more | same share",
    ),
    Coding(
        "mf_predict_bp",
        "The first block decides in place of the last.",
        """
def mf_predict_bp(goodness_per_layer):
    return goodness_per_layer[0].argmax(axis=1)
""",
        must="first block | first layer | block 0 | layer 0 | last",
    ),
    Coding(
        "mf_predict_bp",
        "All blocks are added, as in FF pred.",
        """
def mf_predict_bp(goodness_per_layer):
    total = np.array(goodness_per_layer).sum(axis=0)
    return total.argmax(axis=1)
""",
        must="all blocks | FF pred | added | sum | other blocks",
    ),
    Coding(
        "mf_predict_bp",
        "The last but one block decides.",
        """
def mf_predict_bp(goodness_per_layer):
    L = len(goodness_per_layer)
    return goodness_per_layer[L - 2].argmax(axis=1)
""",
        must="last but one | second to last | block before | layer before | before the last | -2 | penultimate",
    ),
    Coding(
        "mf_predict_bp",
        "argmax runs over the samples.",
        """
def mf_predict_bp(goodness_per_layer):
    return np.argmax(goodness_per_layer[-1], axis=0)
""",
        must="axis | over the samples",
    ),
    Coding(
        "mf_predict_bp",
        "The smallest score wins.",
        """
def mf_predict_bp(goodness_per_layer):
    return np.array([int(np.argmin(row)) for row in goodness_per_layer[-1]])
""",
        must="smallest | argmin | sign",
    ),
    Coding(
        "mf_predict_bp",
        "The loop over the classes begins with 0 as the largest score: negative scores never win.",
        """
def mf_predict_bp(goodness_per_layer):
    G = goodness_per_layer[-1]
    labels = np.zeros(len(G), dtype=int)
    for n in range(len(G)):
        best = 0
        for c in range(G.shape[1]):
            if G[n, c] > best:
                best, labels[n] = G[n, c], c
    return labels
""",
        must="negative | below 0 | class 0 | less than 0 | starts at 0 | all scores",
    ),
    Coding(
        "mf_predict_bp",
        "The largest score in absolute value wins.",
        """
def mf_predict_bp(goodness_per_layer):
    return np.abs(goodness_per_layer[-1]).argmax(axis=1)
""",
        must="absolute | sign | negative",
    ),
)
