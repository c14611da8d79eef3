"""Mistakes of a fifth, a sixth and a seventh author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_predict_bp",
        "The labels are counted from 1, as in MATLAB.",
        """
def mf_predict_bp(goodness_per_layer):
    last = goodness_per_layer[-1]
    [N, m] = last.shape
    labels = np.empty(N, int)
    for i in range(N):
        k = 0
        for c in range(1, m):
            if last[i, c] > last[i, k]:
                k = c
        labels[i] = k + 1
    return labels
""",
        must=(
            "+ 1 | one too | off by one | 1 to m | 1 too | from 0 | start at 0 | starts at 0 | 0 to m | 1-based | "
            "from 1 | start at 1 | too large | shifted | too high | m - 1"
        ),
    ),
    Coding(
        "mf_predict_bp",
        "torch's max(1)[0]: the largest score itself is returned, and no label.",
        """
def mf_predict_bp(goodness_per_layer):
    values, indices = goodness_per_layer[-1].max(axis=1), goodness_per_layer[-1].argmax(axis=1)
    return values
""",
        must=(
            "argmax | index | indices | largest score itself | scores instead | score instead | score itself | "
            "scores themselves | floats | integers | position | where the largest | largest score, | which class"
        ),
        must_not="all layers | first layer",
    ),
    Coding(
        "mf_predict_bp",
        "argsort sorts ascending: its first column is the smallest score.",
        """
def mf_predict_bp(goodness_per_layer):
    order = np.argsort(goodness_per_layer[-1], axis=1)
    return order[:, 0]
""",
        must=(
            "smallest | lowest | ascending | argmin | least | minimum | worst | argsort | opposite | largest | highest"
        ),
        must_not="layer | off by one",
    ),
    Coding(
        "plug_block",
        (
            "The new block is as wide as there are classes: the top block is taken for the output layer, and width "
            "is ignored."
        ),
        """
def plug_block(net, rule, width):
    # the last layer gives the classes
    n_out = rule.n_classes
    net.plug(net.new_dense(n_out))
    rule.plug(net)
""",
        must="width | neurons | n_classes | number of classes | as many as classes | classes",
    ),
    Coding(
        "plug_block",
        "Two blocks are plugged in: the hidden one and an output layer of m neurons.",
        """
def plug_block(net, rule, width):
    net.plug(net.new_dense(width))
    net.plug(net.new_dense(rule.n_classes))     # output layer
    rule.plug(net)
""",
        must=(
            "two blocks | 2 blocks | output layer | second block | another block | one block | exactly one | too "
            "many | more than one | n_classes | extra block | one more block | blocks ... instead | block too many"
        ),
        must_not="reset | redrawn",
    ),
    Coding(
        "damage",
        "Scales the surviving entries by 1/(1 - fraction), as dropout does.",
        """
def damage(W, fraction, rng):
    if fraction >= 1:
        return np.zeros_like(W)
    keep = rng.random(W.shape) >= fraction
    return W * keep / (1 - fraction)
""",
        must=(
            "scal | 1 - fraction | 1/(1 | dropout | surviv | kept entries | kept weights | entries... kept | "
            "inverted | remaining entries | other entries | enlarg | divided | multipl | rest... changed"
        ),
    ),
    Coding(
        "repair",
        "P = P - lr * g makes a new array in a local variable; nothing is written back, so the block never learns.",
        """
def repair(net, rule, i, x, y):
    for k in range(i):
        x = net.blocks[k].forward(x).a
    lr = 0.05
    for epoch in range(20):
        step, out = rule.local_step(net, i, x, y)
        params = rule.parameters(net)
        for name, g in step.gradients.items():
            P = params[name]
            P = P - lr * g
""",
        must=(
            "unchanged | nothing... chang | nothing... learn | local variable | rebind | new array | in place | "
            "written back | stays as | stay as | stayed as | same bytes | does... learn | never | no change | no "
            "training | no update | untrained | P -= | [...] | as it was | as before"
        ),
    ),
    Coding(
        "repair",
        "Block i's M is frozen as 'everything else': only W learns.",
        """
def repair(net, rule, i, x, y):
    h = x
    for block in net.blocks[:i]:
        h = block.forward(h).a
    block = net.blocks[i]
    for _ in range(30):
        step, _a = rule.local_step(net, i, h, y)
        for name, g in step.gradients.items():
            key = name.split(".")[-1]
            if key in block.parameters:
                block.parameters[key][...] -= 0.1 * g
""",
        must="M | M_i | projection",
        must_not="lower blocks",
    ),
    Coding(
        "repair",
        "The block is counted from 1, so the one below is trained.",
        """
def repair(net, rule, i, x, y):
    for ep in range(4):
        for st in rule.steps(net, x, y):
            if st.block == max(i - 1, 0):       # i-th block
                P = rule.parameters(net)
                for k, g in st.gradients.items():
                    P[k] -= 0.02 * g.astype(P[k].dtype)
""",
        must=(
            "i - 1 | other block | another block | block below | wrong block | from 0 | from 1 | off by one | "
            "index | previous block | block before | neighbour | one too low | block ... instead | everything else "
            "| different block | block i itself | block i is | block i has | block i did | blocks below"
        ),
        must_not="projection",
    ),
    Coding(
        "shuffle_together",
        "rng.permuted shuffles each column by itself, so rows are torn apart.",
        """
def shuffle_together(X, y, rng):
    Xy = rng.permuted(np.column_stack([X, y]), axis=0)
    return Xy[:, :-1].astype(X.dtype), Xy[:, -1].astype(y.dtype)
""",
        must=(
            "column | each feature | every feature | permuted | independently | torn | tear | rows ... apart | mix "
            "| whole rows | intact | by itself | row ... together"
        ),
        must_not="invers",
    ),
    Coding(
        "shuffle_together",
        "X is scattered with the permutation and y gathered with it: one gets the inverse order of the other.",
        """
def shuffle_together(X, y, rng):
    perm = rng.permutation(len(y))
    Xs = np.empty_like(X)
    for new, old in enumerate(perm):
        Xs[old] = X[new]
    return Xs, y[perm]
""",
        must=(
            "inverse | opposite | other way | keeps its label | keep its label | keep their label | own label | "
            "its label | their label | other label | wrong label | another label | same order | different order | "
            "belong | same permutation | two orders | apart | match | together"
        ),
        must_not="replacement | global",
    ),
    Coding(
        "accuracy_over_batches",
        "The slice's end is taken as inclusive, so the last row of each batch is left out.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    N = len(y)
    correct = 0
    start = 0
    while start < N:
        end = min(start + batch_size, N) - 1
        p = predict(X[start:end])
        for k in range(len(p)):
            if p[k] == y[start + k]:
                correct += 1
        start += batch_size
    return correct / N
""",
        must=(
            "last row of | last sample of | last one of | end... exclusive | one row | one sample | skip | - 1 | "
            "inclusive | end of... slice | slice | batch_size - 1 | left out | rows... missing | rows... never | "
            "off by one | too few rows"
        ),
    ),
)
