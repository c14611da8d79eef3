"""Mistakes of two more authors, who were asked for uncommon ones."""

from corpus import Coding

CODINGS = (
    Coding(
        "damage",
        "One draw for each column (neuron) and not for each entry: whole columns become 0 together.",
        """
def damage(W, fraction, rng):
    # chance per neuron, then over all its synapses
    dead = rng.random(W.shape[-1]) < fraction
    return np.where(dead, 0, W).astype(W.dtype)
""",
        must=(
            "column | neuron | row | broadcast | each entry | drawn on its own | share...draw | one draw | axis | "
            "last dimension | together | independent"
        ),
        must_not="scaled | survivors",
    ),
    Coding(
        "damage",
        "Sets the smallest weights to 0 (pruning by size), not entries by chance.",
        """
def damage(W, fraction, rng):
    out = W.copy()
    limit = np.quantile(np.abs(W), fraction)
    out[np.abs(W) < limit] = 0
    return out
""",
        must=(
            "smallest | magnitude | small entries | small weights | prun | by size | random | rng | same entries | "
            "absolute"
        ),
        must_not="scaled | columns",
    ),
    Coding(
        "damage",
        "Draws indices with replacement, so some come twice and fewer entries than the fraction become 0.",
        """
def damage(W, fraction, rng):
    out = np.array(W)
    k = int(round(fraction * out.size))
    hits = rng.integers(0, out.size, k)
    out.flat[hits] = 0
    return out
""",
        must=(
            "replacement | twice | repeat | duplicat | collision | too few | fewer | less than the fraction | "
            "share of zeros | same entry | same number | drawn on its own | several times | fixed number"
        ),
        must_not="scaled | survivors | all entries of a row",
    ),
    Coding(
        "repair",
        "Own loop that applies the gradient of W and throws that of M away: the block's M stays damaged.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.optim import Adam
    adam = Adam()
    params = rule.parameters(net)
    rng = np.random.default_rng(0)
    for epoch in range(3):
        order = rng.permutation(len(y))
        for s in range(0, len(y), 64):
            rows = order[s:s + 64]
            for step in rule.steps(net, x[rows], y[rows], only=[i]):
                for name, g in step.gradients.items():
                    if name.endswith(".W"):
                        adam.update(name, params[name], g)
""",
        must=(
            "M of | .M | own M | M...stay | M...as it was | M...unchanged | projection | M...train | M...learn | "
            "only W | W alone | matrix M"
        ),
        must_not="other block | above",
    ),
    Coding(
        "repair",
        "Trains block i and all blocks above it, as one would where errors come from the output.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.optim import Adam
    from mfnumpy.train import Trainer
    blocks = list(range(i, len(net.blocks)))
    Trainer(net, rule, Adam(), epochs=3, only=blocks, show_progress=False).fit(x, y)
""",
        must=(
            "above | later block | after it | other block | another block | blocks...too | only=[i] | upper | "
            "following | changed...block | block...changed"
        ),
        must_not="below...changed | never trained",
    ),
    Coding(
        "repair",
        (
            "Puts back the weights of all other blocks after a training of everything, but forgets their "
            "projection matrices M."
        ),
        """
def repair(net, rule, i, x, y):
    from mfnumpy.optim import Adam
    from mfnumpy.train import Trainer
    saved = [block.parameters["W"].copy() for block in net.blocks]
    Trainer(net, rule, Adam(), epochs=3, show_progress=False).fit(x, y)
    for j, block in enumerate(net.blocks):
        if j != i:
            block.parameters["W"][...] = saved[j]
""",
        must="M of | .M | projection | other M | M...other block | M...another block | matrices M | only...W",
        must_not="never trained | copy",
    ),
    Coding(
        "shuffle_together",
        "rng.permuted shuffles each column on its own, so the rows are torn apart.",
        """
def shuffle_together(X, y, rng):
    both = np.column_stack([X, y])
    both = rng.permuted(both, axis=0)
    return both[:, :-1].astype(X.dtype), both[:, -1].astype(y.dtype)
""",
        must=(
            "column | each feature | permuted | torn | rows...mixed | mixed...rows | within a row | whole rows | "
            "rows of X...whole | rows are | no row | features...own | new rows | entries...different rows | row of "
            "X...given"
        ),
        must_not="replacement | inverse",
    ),
    Coding(
        "shuffle_together",
        "Only rotates the samples by a random offset: neighbours stay neighbours.",
        """
def shuffle_together(X, y, rng):
    k = int(rng.integers(len(y)))
    return np.roll(X, k, axis=0), np.roll(y, k)
""",
        must=(
            "roll | rotat | cyclic | circular | neighbour | neighbor | offset | shift | all orders | every order | "
            "few orders | N orders | possible orders | equally likely | order...kept | one after the other | "
            "uniform"
        ),
        must_not="replacement | labels...lost",
    ),
    Coding(
        "shuffle_together",
        "Indexes y with the inverse permutation: labels and rows part.",
        """
def shuffle_together(X, y, rng):
    perm = rng.permutation(len(y))
    inverse = np.argsort(perm)
    return X[perm], y[inverse]
""",
        must=(
            "inverse | argsort | different order | another order | own order | two orders | same order | same "
            "permutation | another permutation | keep...label | label...another row | labels...other | lost its "
            "label | belong | two permutations | apart"
        ),
        must_not="replacement | transpos",
    ),
    Coding(
        "accuracy_over_batches",
        "N // batch_size parts of array_split are larger than batch_size where N is no multiple.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    parts = max(len(X) // batch_size, 1)
    hits = 0
    for xb, yb in zip(np.array_split(X, parts), np.array_split(y, parts)):
        hits += int((predict(xb) == yb).sum())
    return hits / len(y)
""",
        must=(
            "more than batch_size | at most batch_size | larger than batch_size | too many rows | too large | "
            "batch_size rows | limit | exceed | bigger | rows at a time | rows at once | above batch_size | over "
            "batch_size"
        ),
        must_not="mean of | dropped | left out",
    ),
    Coding(
        "accuracy_over_batches",
        "Returns the mean over classes of each class's share (balanced accuracy), not the share of all rows.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    preds = []
    for i in range(0, len(X), batch_size):
        preds.extend(predict(X[i:i + batch_size]))
    preds = np.array(preds)
    recalls = [np.mean(preds[y == c] == c) for c in np.unique(y)]
    return float(np.mean(recalls))
""",
        must="class | balanced | macro | recall",
        must_not="last batch | mean of...batches | order",
    ),
    Coding(
        "accuracy_over_batches",
        "Takes every k-th row as a batch and joins the predictions, so they stand in another order than y.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    k = -(-len(X) // batch_size)                 # number of batches
    pred = np.concatenate([predict(X[j::k]) for j in range(k)])
    return float(np.mean(pred == y))
""",
        must=(
            "order | strid | every k-th | interleav | other rows | wrong rows | another row's | other labels | "
            "wrong labels | belong | aligned | misalign | do...match | compared with"
        ),
        must_not="last batch | mean of...batches | weigh",
    ),
    Coding(
        "kept_by_bp",
        "Counts bytes of float32, four for each number.",
        """
def kept_by_bp(N, d, widths):
    floats = N * (d + sum(widths))
    return floats * 4
""",
        must="byte | factor 4 | factor of 4 | four times | 4 times | times 4 | float32",
        must_not="weights | last block",
    ),
)
