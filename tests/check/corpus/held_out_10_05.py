"""Mistakes of two authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "negative_labels",
        "A label that hits the true one is drawn again only once, and the second draw can hit it again.",
        """
def negative_labels(y, n_classes, rng):
    y_neg = np.zeros_like(y)
    for i in range(len(y)):
        new = rng.integers(0, n_classes)
        if new == y[i]:
            new = rng.integers(0, n_classes)
        y_neg[i] = new
    return y_neg
""",
        must=(
            "drawn again | again | only once | second draw | redraw | still | true label | own label | while | "
            "until | sometimes the label | correct label | equal to y | equals y | its label"
        ),
    ),
    Coding(
        "mf_predict_ff",
        "Standardises each layer's scores before adding them.",
        """
def mf_predict_ff(goodness_per_layer):
    total = 0
    for G in goodness_per_layer:
        # bring the layers on a common scale
        z = (G - G.mean(axis=1, keepdims=True)) / G.std(axis=1, keepdims=True)
        total = total + z
    return np.argmax(total, axis=1)
""",
        must=(
            "standardi | deviation | scale | scaling | scaled | normali | divid | z-score | same weight | equal "
            "weight | equally | before adding | before summing | before they are added | raw scores | rescal | "
            "softmax"
        ),
        must_not="axis | last layer",
    ),
    Coding(
        "mf_predict_ff",
        "The first layer is counted twice: the sum starts with it and the loop adds it again.",
        """
def mf_predict_ff(goodness_per_layer):
    total = goodness_per_layer[0].copy()
    for l in range(len(goodness_per_layer)):
        total += goodness_per_layer[l]
    return np.argmax(total, axis=1)
""",
        must="first layer | layer 0 | twice | double | two times | weight 2 | goodness_per_layer[0] | counted",
    ),
    Coding(
        "mf_predict_ff",
        "Each layer votes with its own argmax, and the label with most votes is taken.",
        """
def mf_predict_ff(goodness_per_layer):
    votes = []
    for G in goodness_per_layer:
        votes.append(G.argmax(axis=1))
    votes = np.array(votes)          # (L, N)
    labels = []
    for n in range(votes.shape[1]):
        labels.append(np.bincount(votes[:, n]).argmax())
    return np.array(labels)
""",
        must=(
            "vot | majority | argmax...each | argmax of | argmax first | each layer's own | before adding | "
            "before...added | sum of the scores | sum...argmax | add...argmax | argmax...before | predictions of "
            "the layers | each layer predict | layers' labels | each layer's label"
        ),
    ),
    Coding(
        "mf_predict_bp",
        "Takes for each sample the layer with the largest score, the most confident one.",
        """
def mf_predict_bp(goodness_per_layer):
    S = np.stack(goodness_per_layer)            # layers, N, m
    best = S.max(axis=2).argmax(axis=0)         # most confident layer
    n = np.arange(S.shape[1])
    return S[best, n].argmax(axis=1)
""",
        must=(
            "confident | largest over all | maximum over... layer | max over... layer | max... layers | over the "
            "layers | over all layers | all layers | other layer | earlier layer | only the last | last layer | "
            "maximum of... layers | largest... layer | any layer"
        ),
        must_not="axis",
    ),
    Coding(
        "mf_predict_bp",
        "Averages all layers, with weights that grow to the last, instead of the last alone.",
        """
def mf_predict_bp(goodness_per_layer):
    L = len(goodness_per_layer)
    w = np.arange(1, L + 1) / L                 # later layers count more
    G = np.tensordot(w, np.array(goodness_per_layer), axes=1)
    return G.argmax(1)
""",
        must=(
            "weight | all layers | other layers | earlier layers | only the last | last layer alone | last layer's "
            "| sum over... layers | adds | added | more than the last | last layer"
        ),
        must_not="axis",
    ),
    Coding(
        "plug_block",
        "The rule is started again, which draws every M anew, instead of only the new one.",
        """
def plug_block(net, rule, width):
    m = rule.M[0].shape[0]
    block = net.new_dense(width)
    net.plug(block)
    rule.start(net, m)
""",
        must=(
            "start | redraw | drawn again | drawn anew | rule.plug | M...lost | learned...M | learned...lost | "
            "projection | reset | every M | other M"
        ),
    ),
    Coding(
        "damage",
        "Scales the surviving entries by 1 / (1 - fraction), as dropout does.",
        """
def damage(W, fraction, rng):
    keep = rng.random(W.shape) >= fraction
    # unbiased: E[out] = W
    return np.where(keep, W / max(1 - fraction, 1e-12), 0.0).astype(W.dtype)
""",
        must=(
            "scal | 1 - fraction | divid | dropout | surviv | remaining entries | entries that... stay | entries "
            "that... remain | kept entries | other entries | rest | larger | multipl | unchanged | untouched"
        ),
        must_not="probability | own",
    ),
    Coding(
        "damage",
        "Sets exactly a share of the entries to 0 instead of drawing each on its own.",
        """
def damage(W, fraction, rng):
    out = W.copy()
    k = int(round(fraction * W.size))
    idx = rng.choice(W.size, size=k, replace=False)     # a sample of k entries
    out.reshape(-1)[idx] = 0
    return out
""",
        must=(
            "exactly | fixed number | on its own | independen | same number | binomial | count | without "
            "replacement | each entry | fixed share | varies | vary | always"
        ),
        must_not="scale",
    ),
    Coding(
        "repair",
        "Takes the index as counted from 1 and trains the block below.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.train import Trainer
    from mfnumpy.optim import Adam
    k = i - 1                              # blocks are numbered from 1
    t = Trainer(net, rule, Adam(1e-3), epochs=3, batch_size=32, only=[k % len(net.blocks)], show_progress=False)
    t.fit(x, y)
""",
        must=(
            "i - 1 | i-1 | off by one | off-by-one | another block | other block | previous | below | neighbo | "
            "from 0 | from 1 | wrong block | block i... unchanged | block i... not train | block i... stay | block "
            "i... learn | untouched | different block | index... one"
        ),
        must_not="all blocks",
    ),
    Coding(
        "repair",
        "Trains all blocks up to i and not block i alone.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.train import Trainer
    from mfnumpy.optim import SGD
    blocks = list(range(i + 1))           # x must pass through the blocks below
    Trainer(net, rule, SGD(0.05), epochs=4, batch_size=16, only=blocks, show_progress=False).fit(x, y)
""",
        must=(
            "below | earlier | up to | other blocks | range | lower | alone | block 0 | block1 | block 1 | first "
            "block | only block i | only that block | previous blocks | another block"
        ),
        must_not="off by",
    ),
)
