"""Mistakes of an eleventh and a twelfth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "negative_labels",
        (
            "rng.integers(1, n_classes - 1) excludes its upper end, so the offset n_classes - 1 never comes: one "
            "wrong label is never drawn."
        ),
        """
def negative_labels(y, n_classes, rng):
    # 1 .. n_classes-1, as MATLAB's randi([1, n-1])
    shift = rng.integers(1, n_classes - 1, size=y.shape)
    return (y + shift) % n_classes
""",
        must=(
            "never | one wrong label | one label is | one of the wrong | one class | upper | exclu | endpoint | "
            "end point | half-open | last offset | n_classes - 1 | n_classes - 2 | off by one | y - 1 | label "
            "before | one below | class before | previous | missing | one too few | left out | too small a range | "
            "range | some wrong label | equally likely | not all wrong labels | offset"
        ),
        must_not="right label | true label | same offset",
    ),
    Coding(
        "mf_predict_ff",
        "The largest score of any layer counts instead of the sum over layers.",
        """
def mf_predict_ff(goodness_per_layer):
    stacked = np.stack(goodness_per_layer)          # (L, N, m)
    best = stacked.max(axis=0)
    return best.argmax(axis=-1)
""",
        must=(
            "max over | maximum | max of | largest ... any | largest ... layers | instead of ... sum | instead of "
            "... add | strongest | highest ... layer | single layer | one layer | most confident | instead of "
            "summing | largest score of | layers ... max | layers ... largest"
        ),
    ),
    Coding(
        "mf_predict_ff",
        "Leaves the first hidden layer out, as Hinton's FF prediction does.",
        """
def mf_predict_ff(goodness_per_layer):
    # the first hidden layer does not take part in the goodness at test time
    layers_used = goodness_per_layer[1:] if len(goodness_per_layer) > 1 else goodness_per_layer
    return np.sum(np.stack(layers_used), axis=0).argmax(axis=1)
""",
        must=(
            "first layer | first hidden | first block | first one | first array | first score | layer 1 | layer 0 "
            "| block 1 | lowest layer | bottom layer | one layer | a layer | left out | leaves out | without the "
            "first | [1: | skip | all layers | every layer | omitted | ignored | ignores | starts at the second | "
            "second layer on | from the second"
        ),
        must_not="squared | vote | softmax",
    ),
    Coding(
        "mf_predict_bp",
        "argmax over the samples (axis 0) instead of the classes.",
        """
def mf_predict_bp(goodness_per_layer):
    G = goodness_per_layer[-1]
    return np.argmax(G, axis=0)
""",
        must=(
            "axis | over ... samples | over ... batch | column | each row | over ... rows | over the classes | "
            "each class | each sample | per sample"
        ),
    ),
    Coding(
        "mf_predict_bp",
        "Takes for each sample the layer that is most confident, in place of the last one.",
        """
def mf_predict_bp(goodness_per_layer):
    N = goodness_per_layer[0].shape[0]
    out = np.zeros(N, dtype=np.int64)
    for i in range(N):
        best = -np.inf
        for G in goodness_per_layer:
            if G[i].max() > best:
                best = G[i].max()
                out[i] = G[i].argmax()
    return out
""",
        must=(
            "last layer | last block | last one | only the last | the last | most confident | confident | largest "
            "score of all | largest of all | all layers | every layer | other layers | earlier layers | several "
            "layers | highest score of any | any layer | maximum over | max over | over the layers | of all layers "
            "| layers before"
        ),
        must_not="sum of | adds | axis | smallest",
    ),
    Coding(
        "mf_predict_bp",
        "1-based labels: MATLAB's [~, k] = max(...) counts from 1, so 1 is added to the argmax.",
        """
def mf_predict_bp(goodness_per_layer):
    G = goodness_per_layer[-1]
    labels = np.zeros(G.shape[0], dtype=int)
    for i in range(G.shape[0]):
        k = 0
        for c in range(G.shape[1]):
            if G[i, c] > G[i, k]:
                k = c
        labels[i] = k + 1
    return labels
""",
        must=(
            "1 too | one too | + 1 | +1 | plus 1 | plus one | off by one | from 0 | from 1 | start at 0 | starts "
            "at 0 | start at 1 | starts at 1 | start with 0 | begin at 0 | begin at 1 | 1-based | one-based | "
            "count from | counted from | 1 to m | 0 to m | shifted | next class | next label | one higher | larger "
            "by 1 | larger by one | one class too | by 1 | by one | class after"
        ),
        must_not="axis | first layer | smallest | all layers",
    ),
    Coding(
        "plug_block",
        (
            "Replaces the head as in transfer learning: the topmost trained block is unplugged before the new one "
            "is plugged in."
        ),
        """
def plug_block(net, rule, width):
    net.unplug()                              # drop the old head
    net.plug(net.new_dense(width))
    rule.plug(net)
""",
        must=(
            "unplug | replac | top block | topmost | last block | removed | taken off | took off | takes off | "
            "thrown away | dropped | lost | gone | number of blocks | as many blocks | one block more | one more "
            "block | same number | still has | trained block | blocks below | blocks instead | blocks in place"
        ),
        must_not="projection matrix is missing | drawn anew | start(",
    ),
    Coding(
        "damage",
        "What is left is scaled by 1 / (1 - fraction), as in inverted dropout.",
        """
def damage(W, fraction, rng):
    keep = 1 - fraction
    mask = (rng.random(W.shape) < keep) / max(keep, 1e-12)
    return W * mask
""",
        must=(
            "scal | 1 - fraction | dropout | divid | inverted | surviv | kept ... entries | remaining | entries "
            "... kept | other entries ... chang | entries that ... stay | amplif"
        ),
        must_not="in place",
    ),
    Coding(
        "damage",
        "Inverted dropout: the survivors are scaled up by 1/(1 - fraction).",
        """
def damage(W, fraction, rng):
    # as in nn.Dropout
    keep = (rng.random(W.shape) >= fraction).astype(W.dtype)
    return W * keep / max(1 - fraction, 1e-12)
""",
        must=(
            "scal | dropout | 1/(1 | 1 / (1 | (1 - fraction | 1 - fraction | survivor | surviv | the others | "
            "other entries | remaining | kept | keep | unchanged | too large | enlarged | divided | grow | larger "
            "| multipl"
        ),
        must_not="independent | exactly | wrong share",
    ),
    Coding(
        "repair",
        "W is set to 0 before the training: with ReLU's slope 0 at 0 nothing is learned.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.train import Trainer
    from mfnumpy.optim import Adam
    net.blocks[i].parameters["W"][...] = 0      # throw the broken weights away
    Trainer(net, rule, Adam(1e-3), epochs=3, only=[i], show_progress=False).fit(x, y)
""",
        must="zero | W ... 0 | dead | slope | all 0 | stays 0 | no gradient | gradient ... 0 | symmetr",
    ),
)
