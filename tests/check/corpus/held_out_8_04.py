"""Mistakes of an eleventh and a twelfth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_predict_ff",
        (
            "Squares the scores before adding (Forward-Forward goodness): large negative scores count as large "
            "positive ones."
        ),
        """
def mf_predict_ff(goodness_per_layer):
    total = 0
    for g in goodness_per_layer:
        total = total + g * g
    return np.argmax(total, axis=1)
""",
        must=(
            "squar | g * g | G^2 | negative score | negative goodness | negative number | negative value | sign | "
            "absolute | magnitude | second power | below 0 | below zero"
        ),
        must_not="last layer | first layer | vote | axis",
    ),
    Coding(
        "mf_predict_bp",
        "Skips the first layer and adds the rest (as Hinton's FF does) instead of the last layer alone.",
        """
def mf_predict_bp(goodness_per_layer):
    return sum(goodness_per_layer[1:]).argmax(1)
""",
        must=(
            "sum | add | all but ... first | only ... last | last block | earlier | other layers | more than one | "
            "without the first | several layers | last one | last alone | last layer alone | last layer only | "
            "last layer's alone | last ... alone | instead of the last"
        ),
        must_not="axis",
    ),
    Coding(
        "plug_block",
        "rule.start draws every M anew, also those of the trained blocks below.",
        """
def plug_block(net, rule, width):
    m = rule.M[0].shape[0]
    net.plug(net.new_dense(width))
    rule.start(net, m)
""",
        must=(
            "start | drawn again | redraw | re-draw | lower ... M | earlier ... M | M ... below | M ... earlier | "
            "M of ... below | blocks below | anew | reset | forgot | learned M | trained M | draws all | "
            "projection ... below | old M | other M"
        ),
    ),
    Coding(
        "damage",
        "One draw for each row: whole rows die together.",
        """
def damage(W, fraction, rng):
    dead = rng.random(W.shape[0]) < fraction
    out = W.copy()
    out[dead] = 0
    return out
""",
        must=(
            "row | whole neuron | whole line | together | same draw | one draw | each entry ... own | first axis | "
            "entire | whole | all at once"
        ),
    ),
    Coding(
        "damage",
        "A fixed number of indices, drawn with replacement, instead of each entry on its own.",
        """
def damage(W, fraction, rng):
    W = np.array(W)
    idx = rng.integers(0, W.size, int(round(fraction * W.size)))
    flat = W.reshape(-1)
    flat[idx] = 0
    return W
""",
        must=(
            "replacement | exact | fixed number | same number | number of | independent | twice | repeat | own "
            "draw | each entry ... own | each ... on its own | too few | fewer | duplicate | count | more than "
            "once | less than"
        ),
        must_not="row | in place",
    ),
    Coding(
        "repair",
        "All blocks up to i are trained, not i alone.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.train import Trainer
    from mfnumpy.optim import Adam
    Trainer(net, rule, Adam(), epochs=3, only=range(i + 1), show_progress=False).fit(x, y)
""",
        must=(
            "below | earlier | up to | lower | range | block 1 | blocks before | also train | too many | other "
            "blocks | everything else | block 0 | first block | another block | i alone | only block i | previous "
            "| also chang | changed too"
        ),
    ),
    Coding(
        "shuffle_together",
        (
            "Fisher-Yates swaps rows through views: the tuple swap of X's rows copies one row over the other, so "
            "rows are doubled and lost."
        ),
        """
def shuffle_together(X, y, rng):
    X, y = X.copy(), y.copy()
    for i in range(len(y) - 1, 0, -1):
        j = int(rng.integers(0, i + 1))
        X[i], X[j] = X[j], X[i]
        y[i], y[j] = y[j], y[i]
    return X, y
""",
        must=(
            "view | duplicat | doubled | twice | repeat | several times | more than once | lost | missing | "
            "overwrit | swap | copied over | disappear | gone | exchange | some rows | same rows | each row once | "
            "every row once | exactly once | same sample"
        ),
        must_not="argument is changed | original | two orders | two permutations",
    ),
    Coding(
        "accuracy_over_batches",
        "Every batch is compared with the first labels: y is not advanced.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    hits = []
    for start in range(0, X.shape[0], batch_size):
        pred = predict(X[start:start + batch_size])
        hits.append(pred == y[:len(pred)])
    return float(np.concatenate(hits).mean())
""",
        must=(
            "first labels | labels of the first | y ... slice | same labels | own labels | labels ... other | "
            "other ... labels | aligned | labels ... belong | y[ | labels ... start | y ... start | y ... batch | "
            "first batch | matching labels | their labels | labels ... batch | labels ... rows | wrong labels"
        ),
        must_not="last batch",
    ),
    Coding(
        "kept_by_mf",
        "Adds the two largest widths, wherever they stand; input and output of one block are neighbours.",
        """
def kept_by_mf(N, d, widths):
    s = sorted([d] + list(widths))
    return N * (s[-1] + s[-2])
""",
        must=(
            "two largest | two widest | two biggest | largest two | widest two | sort | neighbour | neighbor | "
            "adjacent | consecutive | next to each other | follow each other | side by side | same block | one "
            "block | a block's input and output | input and output of | its own input | own input | belong | block "
            "below | width below | pair | wherever | order of the widths | order of widths | far apart | not "
            "touching | its input"
        ),
        must_not="all blocks at once | sum of all",
    ),
    Coding(
        "kept_by_mf",
        "The batch x is kept for the whole time: N (d + max width), also when a later block works.",
        """
def kept_by_mf(N, d, widths):
    biggest = 0
    for w in widths:
        if w > biggest:
            biggest = w
    return N * (d + biggest)
""",
        must=(
            "d + max | input of the network | network's input | first input | x itself | x is | keeps x | keeps "
            "the input | input x | own input | its input | block's input | input of the block | input of that "
            "block | input of each block | input and output | block below | width below | neighbour | neighbor | "
            "adjacent | pair | two widths | previous width | consecutive | next to each other | d is counted | "
            "always d | always adds d | d in every | d for every | widest"
        ),
        must_not="all blocks at once | sum of all",
    ),
    Coding(
        "parameters",
        "One-pass FF's readout leaves out the first hidden layer, as in Hinton's paper; here it reads all blocks.",
        """
def parameters(d, widths, m, rule):
    sizes = [d] + list(widths)
    hidden = sum(sizes[k] * sizes[k + 1] for k in range(len(widths)))
    heads = {
        "ff": 0,
        "bp": widths[-1] * m,
        "mf": sum(w * m for w in widths),
        "ff_one_pass": sum(w * m for w in widths[1:]),     # all but the first hidden layer
    }
    return hidden + heads[rule]
""",
        must=(
            "first block | first hidden | first layer | all but the first | all blocks | every block | all hidden "
            "| every hidden | each block | all layers | every layer | widths[0] | widths[1: | readout | m * widths "
            "| one block is | one layer | reads"
        ),
        must_not="label | d + m",
    ),
    Coding(
        "mean_and_deviation",
        "Gives the standard error (deviation / sqrt(n)) in place of the standard deviation.",
        """
def mean_and_deviation(values):
    n = len(values)
    mu = sum(values) / n
    ss = 0.0
    for v in values:
        ss += (v - mu) * (v - mu)
    sd = (ss / (n - 1)) ** 0.5
    return mu, sd / n ** 0.5
""",
        must=(
            "standard error | error of the mean | sqrt(n | sqrt n | root of n | root of the number | square root "
            "of n | standard error's | deviation of the mean | uncertainty of the mean | divided by the root | n "
            "** 0.5 | shrinks with"
        ),
        must_not="n - 1 | variance | ddof",
    ),
)
