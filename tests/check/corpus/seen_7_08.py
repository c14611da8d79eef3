"""Mistakes of a ninth and a tenth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "plug_block",
        "The rule is started again, which draws every block's M anew and forgets what the lower ones learned.",
        """
def plug_block(net, rule, width):
    net.plug(net.new_dense(width))
    m = rule.M[0].shape[0]
    rule.start(net, m)
""",
        must=(
            "start | anew | again | afresh | M of the blocks below | M of the lower | M of block | M... below | "
            "M... lower | M... earlier | M... old | earlier M | learned M | projection matri... | all M | every M "
            "| fresh M | reset | blocks below | lower blocks | redrawn | drawn again | overwrit | other blocks | "
            "lost | forgets"
        ),
        must_not="width is | no M for | W of the",
    ),
    Coding(
        "damage",
        "Inverted dropout: what survives is scaled up by 1 / (1 - fraction).",
        """
def damage(W, fraction, rng):
    keep = 1.0 - fraction
    if keep <= 0:
        return np.zeros_like(W)
    mask = rng.random(W.shape) < keep
    return W * mask / keep
""",
        must=(
            "scaled | scaling | scale | rescal | dropout | 1 / (1 | 1/(1 | 1 - fraction | 1/keep | divid | larger "
            "| enlarg | grow | blown up | surviv | remaining entries | remaining weights | kept entries | entries "
            "that are kept | undamaged | entries that remain | entries that stay | other entries | multiplied | "
            "amplif | compensat | whole entries | magnif | unchanged"
        ),
        must_not="whole rows | in place",
    ),
    Coding(
        "damage",
        "Whole neurons (columns) are set to 0, one draw for each, instead of each entry on its own.",
        """
def damage(W, fraction, rng):
    out = np.array(W, copy=True)
    dead = rng.random(W.shape[-1]) < fraction
    out[..., dead] = 0
    return out
""",
        must=(
            "neuron | column | columns | whole | last axis | along the last | one draw for | one draw per | each "
            "entry | every entry | entry by entry | entries...own | entry...own | own draw | own chance | "
            "independent | together | per entry | structured | same draw | shared | broadcast"
        ),
        must_not="scaled | in place | 1 - fraction",
    ),
    Coding(
        "damage",
        "Whole neurons die: one draw for each column instead of each entry.",
        """
def damage(W, fraction, rng):
    W = W.copy()
    n_out = W.shape[-1]
    dead = rng.random(n_out) < fraction       # lesioned neurons
    W[..., dead] = 0
    return W
""",
        must=(
            "column | neuron | whole | each entry | every entry | entry by entry | entries... own | per entry | "
            "one draw for | last axis | together | at once | independ | last dimension | same mask | single "
            "entries | on its own | row"
        ),
        must_not="fraction is kept | in place | scaled",
    ),
    Coding(
        "damage",
        "Dropout's rescaling: the entries that stay are divided by 1 - fraction.",
        """
def damage(W, fraction, rng):
    keep = rng.random(W.shape) >= fraction
    if fraction < 1:
        return W * keep / (1 - fraction)
    return W * keep
""",
        must=(
            "1 - fraction | 1-fraction | dropout | rescal | scaled | scales | scaling | divided | enlarg | larger "
            "| kept entries | surviv | entries that stay | other entries | rest... changed | remaining entries | "
            "stay as they are | intact | untouched | multiplied | blown up | amplif"
        ),
        must_not="column | in place | probability 1 - fraction of",
    ),
    Coding(
        "repair",
        "Every block from i up is trained, as fine-tuning does it, not block i alone.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.optim import Adam
    from mfnumpy.train import Trainer
    # freeze what is below, fine-tune what is above
    trainable = list(range(i, len(net.blocks)))
    Trainer(net, rule, Adam(), epochs=3, only=trainable, show_progress=False).fit(x, y)
""",
        must=(
            "above | later | upper | following | higher | other block | other blocks | every block from | blocks "
            "from | next block | next blocks | block i + 1 | block i+1 | blocks after | block after | only block | "
            "only=[i] | only [i] | alone | more than one block | more than block | further up | on top | fine-tun "
            "| subsequent"
        ),
        must_not="blocks below | nothing is trained | lower blocks",
    ),
    Coding(
        "repair",
        "After training all parameters are put back from the snapshot, block i's too, so nothing is repaired.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.optim import SGD
    before = {name: p.copy() for name, p in rule.parameters(net).items()}
    sgd = SGD(0.1)
    for epoch in range(3):
        for step in rule.steps(net, x, y, only=[i]):
            live = rule.parameters(net)
            for name, gradient in step.gradients.items():
                sgd.update(name, live[name], gradient)
    # everything else keeps its bytes
    for name, p in rule.parameters(net).items():
        p[...] = before[name]
""",
        must=(
            "unchanged | nothing...change | changes nothing | nothing is | nothing was | nothing learn | does not "
            "change | did not change | is not trained | was not trained | not been trained | has not changed | no "
            "change | same as before | as before | as it was | as they were | as damaged | still damaged | stays "
            "damaged | remains damaged | restor | put back | undo | undone | revert | snapshot | reset | not "
            "repaired | keeps its bytes | does not learn | did not learn | still the same | block i keeps | never "
            "trained | never changed | stayed"
        ),
        must_not="blocks above | other blocks | too many",
    ),
    Coding(
        "repair",
        "All blocks above are retrained too, since their inputs have changed.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.optim import Adam
    from mfnumpy.train import Trainer
    # what lies behind the damage depends on it
    touched = list(range(i, len(net.blocks)))
    Trainer(net, rule, Adam(), epochs=3, batch_size=32, only=touched, show_progress=False).fit(x, y)
""",
        must=(
            "above | later block | later ones | following block | blocks after | blocks behind | higher block | "
            "other blocks | other block | upper | next block | i + 1 | i+1 | everything else | only block i | "
            "alone | subsequent | top of it"
        ),
        must_not="below | block i did not | index from 1",
    ),
    Coding(
        "repair",
        "Only the projection matrix M of block i is trained; its W stays damaged.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.optim import Adam
    adam = Adam()
    M = rule.M[i]
    a = x
    for block in net.blocks[:i + 1]:
        a = block.forward(a).flat
    for epoch in range(20):
        dG = equations.cross_entropy_gradient(a @ M.T, y)
        adam.update("M", M, equations.projection_gradient(a, dG))
""",
        must=(
            "W stays | W does not | W is not | W is never | W... unchanged | W... not change | W has not | W did "
            "not | weights... | only M | M alone | M only | W must | W as it was | its W | W keeps | block's W | W "
            "of block | Eq. (7) | W is as | W also"
        ),
        must_not="later block | other blocks | above",
    ),
    Coding(
        "shuffle_together",
        "The indices are drawn with replacement, a bootstrap: some samples come twice, others are lost.",
        """
def shuffle_together(X, y, rng):
    idx = rng.integers(0, len(y), size=len(y))
    return X[idx], y[idx]
""",
        must=(
            "replacement | bootstrap | twice | repeat | repeated | duplicat | lost | missing | left out | dropped "
            "| permut | several times | more than once | exactly once | each sample once | every sample once | "
            "once each | some samples | some rows | resampl | not all | rng.integers"
        ),
        must_not="label does | different orders | different order for",
    ),
    Coding(
        "shuffle_together",
        "X is ordered by the permutation, y by its inverse, so labels and rows no longer belong together.",
        """
def shuffle_together(X, y, rng):
    perm = rng.permutation(len(X))
    y_new = np.empty_like(y)
    X_new = X[perm]                 # gather
    y_new[perm] = y                 # scatter
    return X_new, y_new
""",
        must=(
            "inverse | scatter | pair | paired | pairing | pairs | belong | keep its label | keeps its label | own "
            "label | label of another | labels of other | another row | other rows | other sample | apart | same "
            "order | same permutation | different order | different permutation | two orders | mismatch | match | "
            "torn | separat | wrong label | wrong labels | lose | loses | together | other way | one order | its "
            "label | their label | their labels"
        ),
        must_not="replacement | duplicat | lost rows",
    ),
    Coding(
        "shuffle_together",
        "The labels are ordered by the inverse permutation.",
        """
def shuffle_together(X, y, rng):
    perm = rng.permutation(X.shape[0])
    X_new = X[perm]
    y_new = np.empty_like(y)
    y_new[perm] = y          # send label i to its new place
    return X_new, y_new
""",
        must=(
            "inverse | label... row | row... label | rows... label | labels... rows | same permutation | same "
            "order | same index | different order | different permutation | another order | another permutation | "
            "two orders | two permutations | other order | together | apart | pair | mismatch | X[perm] | y[perm] "
            "| argsort | own label"
        ),
        must_not="replacement | in place | lost",
    ),
    Coding(
        "accuracy_over_batches",
        "The incomplete last batch is dropped, as tf.data's drop_remainder does.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    batch_size = min(batch_size, len(y))
    steps = len(y) // batch_size
    hits = 0
    for s in range(steps):
        sl = slice(s * batch_size, (s + 1) * batch_size)
        hits += int((predict(X[sl]) == y[sl]).sum())
    return hits / (steps * batch_size)
""",
        must=(
            "last batch | last, | last rows | remainder | incomplete | partial | final batch | dropped | drop | "
            "left out | leaves out | left over | leftover | remaining | rest of | rows at the end | the end | tail "
            "| not a multiple | multiple of | skipped | never predicted | never seen | ignored | full batches | "
            "whole batches | smaller batch | short batch | missing rows"
        ),
        must_not="average of | mean of the batches | mean of batch | weigh",
    ),
)
