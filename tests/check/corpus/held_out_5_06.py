"""Mistakes of a fifth, a sixth and a seventh author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "accuracy_over_batches",
        "The batches are made by array_split with N // batch_size pieces, some larger than batch_size.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    pieces = max(len(y) // batch_size, 1)
    hits = 0
    for Xb, yb in zip(np.array_split(X, pieces), np.array_split(y, pieces)):
        hits += np.sum(predict(Xb) == yb)
    return float(hits / len(y))
""",
        must=(
            "batch_size rows | more than batch_size | larger than batch_size | at most | too many rows | too large "
            "| too big | larger than | more rows | longer than | array_split | limit | exceed | more than allowed "
            "| above batch_size | allowed | rows at a time | rows at once"
        ),
        must_not="mean of the batch | last batch is left",
    ),
    Coding(
        "kept_by_bp",
        "Keeps only what the last block needs: its input and its output; the sum over blocks is overwritten.",
        """
def kept_by_bp(N, d, widths):
    kept = 0
    inp = d
    for w in widths:
        kept = N * inp + N * w
        inp = w
    return kept
""",
        must=(
            "last block | last layer | all blocks | every block | each block | earlier block | lower block | "
            "overwrit | accumul | only two | all activations | all layers | every layer | blocks below | other "
            "blocks"
        ),
    ),
    Coding(
        "kept_by_bp",
        "The last block is left out of the sum.",
        """
def kept_by_bp(N, d, widths):
    layer_in = [d] + list(widths[:-1])     # x of each layer, for dW = x' dz
    return int(N * np.sum(layer_in))
""",
        must="last | widths[-1] | output of the | final | topmost | top block | readout",
        must_not="d is missing | weights are counted",
    ),
    Coding(
        "kept_by_mf",
        "The input's d is taken for every block's input.",
        """
def kept_by_mf(N, d, widths):
    per_block = [N * (d + n) for n in widths]
    return max(per_block)
""",
        must=(
            "own input | its input | block below | below | previous | input of each | input of the block | block's "
            "input | input of a block | input of every | every block's input | d ... first | only the first | "
            "first block | d is | d for | d as | x of | widths[i - 1] | one before | features of the input | hands "
            "on | handed on | activations of"
        ),
        must_not="sum of all | weights",
    ),
    Coding(
        "ticks",
        "Divides the batches among the blocks, as if each batch had to be worked on by one block only.",
        """
def ticks(blocks, batches):
    t = batches // blocks
    if batches % blocks != 0:
        t = t + 1
    return t + blocks - 1
""",
        must=(
            "divid | every block | each block | all batches | share | split | among | batches / blocks | every "
            "batch | all blocks | distribut"
        ),
    ),
    Coding(
        "parameters",
        "MF gets the output layer of BP on top of its projections: the last one counts twice.",
        """
def parameters(d, widths, m, rule):
    dims = [d] + list(widths)
    hidden = sum(p * q for p, q in zip(dims[:-1], dims[1:]))
    out = widths[-1] * m
    if rule == "bp":
        return hidden + out
    if rule == "ff":
        return hidden
    proj = sum(w * m for w in widths)
    if rule == "mf":
        return hidden + proj + out
    return hidden + proj
""",
        must=(
            "output layer | readout | twice | last M | last projection | last ... is the output | counted again | "
            "no other output | widths[-1] * m | extra layer | one matrix too | too many ... mf | mf ... too many | "
            "output weights | additional | on top | separate output"
        ),
        must_not="one_pass has | bias",
    ),
    Coding(
        "mean_and_deviation",
        (
            "Mixes two formulas: the mean of squares is taken with n - 1, but the squared mean is subtracted once "
            "per value / n, not n/(n - 1) times."
        ),
        """
def mean_and_deviation(values):
    n = len(values)
    s = 0.0
    sq = 0.0
    for v in values:
        s += v
        sq += v * v
    mean = s / n
    variance = sq / (n - 1) - mean * mean
    return mean, variance ** 0.5
""",
        must=(
            "sum of squares | sum of the squares | mean of squares | mean of the squares | mean^2 | mean² | mean * "
            "mean | squared mean | square of the mean | n / (n | n/(n | mixes | mixed | two divisors | different "
            "divisor | n mean | n * mean | depends on the mean | shift | from the mean"
        ),
    ),
    Coding(
        "mean_and_deviation",
        "R's mad: the scaled median absolute deviation.",
        """
def mean_and_deviation(values):
    x = np.array(values)
    med = np.median(x)
    mad = 1.4826 * np.median(np.abs(x - med))
    return float(x.mean()), float(mad)
""",
        must="median | absolute | mad | 1.48 | robust | squared deviation | root mean square",
        must_not="ddof | standard error",
    ),
    Coding(
        "chosen_by_validation",
        "Stops at the first fall of the validation accuracy, though a later epoch is better.",
        """
def chosen_by_validation(validation, test):
    for e in range(1, len(validation)):
        if validation[e] < validation[e - 1]:
            return float(test[e - 1])
    return float(test[-1])
""",
        must=(
            "early | first drop | first fall | first peak | stops | stopped | patience | local | later epoch | "
            "first decrease | first maximum | first time | first dip | first epoch that | whole list | all epochs "
            "| every epoch | too soon | falls | goes down | drops"
        ),
    ),
    Coding(
        "chosen_by_validation",
        "The epoch of the smallest validation value is chosen, as if it were a loss.",
        """
def chosen_by_validation(validation, test):
    order = np.argsort(validation)
    return float(np.asarray(test)[order[0]])
""",
        must=(
            "smallest | lowest | worst | minimum | argmin | loss | least | min | ascending | highest | largest ... "
            "validation"
        ),
        must_not="last epoch | best test",
    ),
)
