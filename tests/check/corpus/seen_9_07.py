"""Mistakes of two more authors, who were asked for uncommon ones."""

from corpus import Coding

CODINGS = (
    Coding(
        "normalise_length",
        "Peak normalisation, as of sound: divides by the largest entry of the row.",
        """
def normalise_length(a):
    peak = np.abs(a).max(axis=1)
    return a / (peak[:, None] + 1e-8)
""",
        must="largest | maximum | max | peak | biggest | infinity norm",
        must_not="transpos | whole batch",
    ),
    Coding(
        "negative_labels",
        "Rounds a uniform number, so the first and the last offset have half the probability.",
        """
def negative_labels(y, n_classes, rng):
    u = rng.random(len(y)) * (n_classes - 2)
    offset = 1 + np.rint(u).astype(int)
    return (y + offset) % n_classes
""",
        must=(
            "half as | half the | equally likely | uniform | round | same probability | less often | more often | "
            "too seldom | too rarely | unequal | rarer | likelier | frequen"
        ),
        must_not="same offset | own label",
    ),
    Coding(
        "negative_labels",
        "Draws from the other labels in the batch, so a class is as likely as it is frequent there.",
        """
def negative_labels(y, n_classes, rng):
    out = np.empty_like(y)
    for i, label in enumerate(y):
        others = y[y != label]
        if len(others) == 0:
            others = np.delete(np.arange(n_classes), label)
        out[i] = rng.choice(others)
    return out
""",
        must=(
            "batch's labels | labels of the batch | labels in the batch | labels in y | present in the batch | "
            "occur in | occur...in the batch | frequen | absent | equally likely | other samples | appear in y | "
            "never drawn | among the labels given | uniform | empirical"
        ),
        must_not="same offset | true label",
    ),
    Coding(
        "negative_labels",
        "Draws one permutation of the classes for the batch, so all samples of a class get the same wrong label.",
        """
def negative_labels(y, n_classes, rng):
    classes = np.arange(n_classes)
    order = rng.permutation(classes)
    wrong = np.empty(n_classes, dtype=y.dtype)
    wrong[order] = np.roll(order, 1)          # a cycle: no class keeps its own
    return wrong[y]
""",
        must=(
            "same wrong label | get the same | all samples of a class | samples of the same class | samples of one "
            "class | each class | per class | own draw | drawn on its own | each sample...own | once for | same "
            "class | independent | one draw"
        ),
        must_not="true label | round",
    ),
    Coding(
        "mf_predict_ff",
        (
            "Standardises each layer's scores over the batch before adding: the prediction of a row depends on the "
            "other rows."
        ),
        """
def mf_predict_ff(goodness_per_layer):
    z = []
    for G in goodness_per_layer:
        z.append((G - G.mean(axis=0)) / (G.std(axis=0) + 1e-8))
    return np.sum(z, axis=0).argmax(axis=1)
""",
        must=(
            "standardi | z-score | normalis | normaliz | over the batch | other rows | other samples | rest of the "
            "batch | subtract...mean | mean of the batch | batch's mean | mean...deviation | rest of its batch | "
            "centred | centered | depends on...batch"
        ),
        must_not="softmax | vote",
    ),
    Coding(
        "mf_predict_ff",
        "A running average (total + G) / 2 in place of a sum: later layers weigh more.",
        """
def mf_predict_ff(goodness_per_layer):
    total = goodness_per_layer[0]
    for G in goodness_per_layer[1:]:
        total = (total + G) / 2
    return total.argmax(axis=1)
""",
        must=(
            "weigh | running | moving average | later layers | last layer...more | first layer...less | halv | "
            "unequal | equally | same weight | half | pairwise"
        ),
        must_not="softmax | vote",
    ),
    Coding(
        "mf_predict_ff",
        "Squares the scores before it adds them, as goodness in Forward-Forward.",
        """
def mf_predict_ff(goodness_per_layer):
    score = np.zeros_like(goodness_per_layer[0])
    for G in goodness_per_layer:
        score += G ** 2
    return np.argmax(score, axis=1)
""",
        must="squar | negative scores | sign | G ** 2 | G**2 | G^2",
        must_not="softmax | vote | last layer",
    ),
    Coding(
        "mf_predict_bp",
        "Early exit: the first layer with a probability above 0.9 decides, the last one only for the rest.",
        """
def mf_predict_bp(goodness_per_layer):
    labels = goodness_per_layer[-1].argmax(axis=1)
    for G in reversed(goodness_per_layer[:-1]):
        p = equations.softmax(G)
        sure = p.max(axis=1) > 0.9
        labels = np.where(sure, p.argmax(axis=1), labels)
    return labels
""",
        must=(
            "early exit | early-exit | confiden | sure | threshold | 0.9 | earlier layer | earlier layers | other "
            "layers | all layers | last layer alone | only the last | another layer | layers before | first layer"
        ),
        must_not="sum of | vote",
    ),
    Coding(
        "mf_predict_bp",
        "Subtracts each class's mean over the batch first, so the prediction depends on the other rows.",
        """
def mf_predict_bp(goodness_per_layer):
    G = goodness_per_layer[-1]
    G = G - G.mean(axis=0)           # take off the bias of each class
    return G.argmax(axis=1)
""",
        must=(
            "mean | other rows | other samples | rest of the batch | over the batch | centred | centered | depends "
            "on...batch | rest of its batch | row alone | on its own"
        ),
        must_not="first layer | sum",
    ),
    Coding(
        "mf_predict_bp",
        "Takes, for each row, the layer that is surest of itself, not the last.",
        """
def mf_predict_bp(goodness_per_layer):
    G = np.stack(goodness_per_layer)                # (L, N, m)
    P = np.stack([equations.softmax(g) for g in G])
    surest = P.max(axis=2).argmax(axis=0)           # (N,)
    rows = np.arange(G.shape[1])
    return G[surest, rows].argmax(axis=1)
""",
        must=(
            "surest | confiden | largest probability | highest probability | most certain | other layers | earlier "
            "layers | all layers | layer...each row | different layer | last layer alone | only the last | another "
            "layer | layers before"
        ),
        must_not="sum of | vote",
    ),
    Coding(
        "plug_block",
        "Starts the new block's M at zero, so no error reaches W in the first step.",
        """
def plug_block(net, rule, width):
    net.plug(net.new_dense(width))
    m = rule.M[0].shape[0]
    rule.M.append(np.zeros((m, width), dtype=net.dtype))
""",
        must="zero | nothing but 0 | all 0 | only 0 | random | drawn | rule.plug | empty",
        must_not="redrawn | blocks below",
    ),
    Coding(
        "plug_block",
        "Takes the topmost block off first, as one changes the head of a network in transfer learning.",
        """
def plug_block(net, rule, width):
    net.unplug()                         # the old head
    net.plug(net.new_dense(width))
    rule.plug(net)
""",
        must=(
            "unplug | replac | topmost...gone | taken off | removed | lost | missing | number of blocks | as many "
            "blocks | too few blocks | one block more | old top | took off | is gone | takes the place"
        ),
        must_not="rule.start | redrawn",
    ),
    Coding(
        "plug_block",
        "Works on copies of net and rule, which are thrown away: the caller's stay as they are.",
        """
def plug_block(net, rule, width):
    import copy
    net = copy.deepcopy(net)
    rule = copy.deepcopy(rule)
    net.plug(net.new_dense(width))
    rule.plug(net)
""",
        must=(
            "copy | copies | no block | has no new block | same number of blocks | unchanged | as before | nothing "
            "changed | nothing was plugged | as it was | given network | caller | were given | net.plug | no more "
            "blocks | still has"
        ),
        must_not="redrawn | rule.start",
    ),
)
