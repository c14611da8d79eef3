"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_predict_ff",
        "The label of the largest single score in any layer, a maximum over layers instead of a sum.",
        """
def mf_predict_ff(goodness_per_layer):
    G = np.stack(goodness_per_layer, axis=2)     # N x m x L
    best = G.max(axis=2)
    return best.argmax(axis=1)
""",
        must=(
            "maximum over | max over | maximum of | max of | largest ... layer | largest single | single score | "
            "single layer | highest ... layer | most confident | one layer alone | instead of the sum | instead of "
            "a sum | instead of add | instead of their sum | best layer"
        ),
        must_not="softmax | vote",
    ),
    Coding(
        "mf_predict_bp",
        "The search for the largest score starts at 0, so a row of negative scores always gets class 0.",
        """
def mf_predict_bp(goodness_per_layer):
    G = goodness_per_layer[len(goodness_per_layer) - 1]
    N, m = G.shape
    labels = np.zeros(N, dtype=int)
    for i in range(N):
        best = 0
        for c in range(m):
            if G[i, c] > best:
                best = G[i, c]
                labels[i] = c
    return labels
""",
        must=(
            "negative | start... 0 | initial | below 0 | below zero | less than 0 | class 0 | label 0 | maximum... "
            "0 | larger than 0 | above 0 | greater than 0 | best... 0 | positive"
        ),
    ),
    Coding(
        "mf_predict_bp",
        "Stacked along axis 1, [-1] is the last sample: its label in every layer.",
        """
def mf_predict_bp(goodness_per_layer):
    G = np.stack(goodness_per_layer, axis=1)       # (N, L, m)
    return G[-1].argmax(axis=-1)
""",
        must=(
            "last sample | last row | axis | stack | sample instead | one for each layer | one label ... layer | "
            "label ... layer | layers instead | only one sample | labels for each sample | each sample | number of "
            "layers"
        ),
        must_not="sum of | softmax",
    ),
    Coding(
        "mf_predict_bp",
        "Classes counted from 1, as in MATLAB and R.",
        """
def mf_predict_bp(goodness_per_layer):
    G = goodness_per_layer[-1]
    lab = np.zeros(G.shape[0], dtype=int)
    for i in range(G.shape[0]):
        best, lab[i] = -np.inf, 0
        for k in range(1, G.shape[1] + 1):
            if G[i, k - 1] > best:
                best = G[i, k - 1]
                lab[i] = k
    return lab
""",
        must=(
            "from 0 | from 1 | off by one | 1-based | one-based | one too | 1 too | plus one | plus 1 | by 1 | by "
            "one | start at | starts at | label ... + 1 | labels ... + 1 | start with | 0 to m | shifted | MATLAB"
        ),
        must_not="layer",
    ),
    Coding(
        "plug_block",
        "The rule is told before the block is on the network, so it draws no projection matrix for it.",
        """
def plug_block(net, rule, width):
    block = net.new_dense(width)
    rule.plug(net)
    net.plug(block)
""",
        must=(
            "order | before net | after net | plug... before | plug... after | before the block | after the block "
            "| before it | no projection | no matrix | projection... missing | without... projection | without... "
            "matrix | without M | projection matri | no M | M... missing | rule.plug | matrices for"
        ),
    ),
    Coding(
        "plug_block",
        "M of the new block is drawn as (width, m), Flax's (in, out), instead of (m, width): transposed.",
        """
def plug_block(net, rule, width):
    net.plug(net.new_dense(width))
    rng = np.random.default_rng(rule.seed)
    m = rule.n_classes
    kernel = rng.standard_normal((width, m)).astype(net.dtype) / np.sqrt(width)     # (in, out)
    rule.M.append(kernel)
""",
        must=(
            "transpos | m, n | m, width | width, m | rows ... columns | row for each class | a row for | one row "
            "... class | classes ... rows | M.T | M must be | interchang | exchanged | swapped | rows where"
        ),
        must_not="start | missing | before",
    ),
    Coding(
        "plug_block",
        "rule.start draws every block's M anew, so what the lower ones learned is lost.",
        """
def plug_block(net, rule, width):
    block = net.new_dense(width)
    net.plug(block)
    rule.start(net, rule.n_classes, rule.seed)
""",
        must=(
            "start | redrawn | drawn again | draws ... again | drawn anew | reset | M of the blocks below | M "
            "below | blocks below | block below | lower blocks | older blocks | earlier blocks | other blocks | "
            "learned | forget | forgot | existing | lost"
        ),
        must_not="order | width",
    ),
    Coding(
        "damage",
        "One number is drawn for each row, so whole rows are set to 0 together.",
        """
def damage(W, fraction, rng):
    D = W.copy()
    for i in range(D.shape[0]):
        if rng.random() < fraction:
            D[i] = 0.0
    return D
""",
        must=(
            "row | whole neuron | entry... own | entries... own | independent | each entry alone | entries... "
            "together | whole line | first axis | together"
        ),
    ),
    Coding(
        "damage",
        "One draw for each row (neuron) instead of one for each entry: whole rows are lost.",
        """
def damage(W, fraction, rng):
    keep = rng.random((W.shape[0],) + (1,) * (W.ndim - 1)) >= fraction
    return np.where(keep, W, 0)
""",
        must="row | rows | whole | each entry | every entry | neuron | entire | one draw | line | together",
        must_not="scaled | divid",
    ),
    Coding(
        "damage",
        "Exactly fraction * size entries are chosen, instead of each drawn on its own.",
        """
def damage(W, fraction, rng):
    out = W.copy()
    k = int(round(fraction * W.size))
    idx = rng.permutation(W.size)[:k]
    out.flat[idx] = 0
    return out
""",
        must=(
            "exact | each ... own | on its own | number of zeros | always the same number | same number | choice | "
            "independent | fixed | each entry | how many | always"
        ),
        must_not="scaled | divid",
    ),
    Coding(
        "damage",
        "A fixed number of entries is zeroed, not each one on its own.",
        """
def damage(W, fraction, rng):
    out = W.copy()
    k = int(round(fraction * W.size))
    idx = rng.choice(W.size, size=k, replace=False)
    out.flat[idx] = 0
    return out
""",
        must=(
            "exact | fixed number | fixed count | same number | same count | on its own | independent | number of "
            "zeros | number of entries | always ... many | always the | binomial | without replacement | fixed "
            "share | varies | vary | each entry | every entry | constant number"
        ),
        must_not="scaled | rows",
    ),
    Coding(
        "damage",
        "The surviving entries are divided by 1 - fraction, as dropout does.",
        """
def damage(W, fraction, rng):
    keep = rng.random(W.shape) >= fraction
    q = 1 - fraction
    return W * keep / q if q > 0 else np.zeros_like(W)
""",
        must=(
            "scal | rescal | divid | 1 - fraction | 1 / (1 | dropout | surviv | kept entries | entries ... kept | "
            "remaining | rest of | entries that stay | other entries | expectation | larger | grow | keep their | "
            "not zero"
        ),
        must_not="rows | replacement",
    ),
    Coding(
        "repair",
        "Trains block i and all the blocks above it, as if they had to adapt to the repaired one.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.optim import SGD
    opt = SGD(lr=0.05)
    for epoch in range(5):
        h = x
        for k in range(len(net.blocks)):
            if k < i:
                h = net.blocks[k].forward(h).a
                continue
            step, h = rule.local_step(net, k, h, y)
            params = rule.parameters(net)
            for name in step.gradients:
                opt.update(name, params[name], step.gradients[name])
""",
        must=(
            "above | later block | other block | blocks... too | blocks... also | blocks from i | only block | "
            "block i alone | only... block | after block | upper | everything else | the rest | higher block | "
            "another block | next block | following block"
        ),
    ),
)
