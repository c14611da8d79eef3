"""Mistakes of a ninth and a tenth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "shuffle_together",
        "Drawn with replacement, as a bootstrap: some samples come twice, others are lost.",
        """
def shuffle_together(X, y, rng):
    N = len(y)
    idx = rng.integers(0, N, size=N)
    return X[idx], y[idx]
""",
        must=(
            "replacement | twice | more than once | repeated | duplicat | several times | missing samples | lost | "
            "bootstrap | each... once | exactly once | every sample | each sample | permutation | some rows | some "
            "samples | left out | rows are missing | samples are missing | again and again"
        ),
        must_not="label... other row | in place | seed",
    ),
    Coding(
        "accuracy_over_batches",
        "The last batch is filled up with rows from the start, as a static-size port does, and these count twice.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    N = len(y)
    batch_size = min(batch_size, N)
    right = seen = 0
    for start in range(0, N, batch_size):
        rows = np.arange(start, start + batch_size) % N      # every batch has the same size for jit
        right += np.count_nonzero(predict(X[rows]) == y[rows])
        seen += batch_size
    return right / seen
""",
        must=(
            "twice | wrap | pad | padded | padding | fill | filled | from the start | from the beginning | first "
            "rows | again | repeat | repeated | counted more | more than once | more than N | duplicat | modulo | "
            "last batch | extra rows | too many rows | start over | double | more rows than | once"
        ),
        must_not="dropped | left out | never",
    ),
    Coding(
        "kept_by_mf",
        "Only the largest single array is counted, input or output, though a block at work holds both.",
        """
def kept_by_mf(N, d, widths):
    biggest = max([d] + list(widths))
    return int(N * biggest)
""",
        must=(
            "both | input and output | input and its output | input plus | input as well | input too | its input | "
            "its output | own input | block's input | block's output | two arrays | pair | sum of the input | in + "
            "out | plus its | together | also keeps | also holds | input is | input missing | one array | single | "
            "one of the two | only the largest | only the widest | two neighb | consecutive | adjacent"
        ),
        must_not="weights | all blocks",
    ),
    Coding(
        "ticks",
        "The drain of the pipeline is added to the fill: blocks - 1 counts twice.",
        """
def ticks(blocks, batches):
    fill = blocks - 1
    drain = blocks - 1
    return fill + batches + drain
""",
        must=(
            "drain | blocks - 1 | blocks-1 | (blocks | twice | double | doubl | fill | filling | emptying | empty "
            "| run out | 2 * | two times | end of the pipeline | start-up | startup | start up | last batch | both "
            "ends | counted again | waits...again"
        ),
        must_not="backward | off by one | product",
    ),
    Coding(
        "parameters",
        (
            "Mono-Forward's M are counted with the inputs of the blocks, not with their outputs: m*d for the "
            "first, and none for the last width."
        ),
        """
def parameters(d, widths, m, rule):
    total = 0
    n_in = d
    for n_out in widths:
        total += n_in * n_out
        if rule == "mf":
            total += m * n_in
        n_in = n_out
    if rule == "bp":
        total += n_in * m
    elif rule == "ff_one_pass":
        total += m * sum(widths)
    return total
""",
        must="mf | Mono-Forward | MonoForward | M | Ms | projection | M's",
        also=(
            (
                "input | inputs | d | n_in | features | below | output | outputs | own width | last width | last "
                "block | n_out | stage | before | neurons | widths | activations | first block | shifted"
            ),
        ),
        must_not="bias | ff_one_pass | bp is",
    ),
    Coding(
        "parameters",
        "One-pass FF's readout is given all but the first hidden layer, as in Hinton's paper, not all hidden layers.",
        """
def parameters(d, widths, m, rule):
    n = [d] + list(widths)
    hidden = sum(n[i] * n[i + 1] for i in range(len(widths)))
    if rule == "ff":
        return hidden
    if rule == "bp":
        return hidden + widths[-1] * m
    if rule == "mf":
        return hidden + m * sum(widths)
    # one pass: softmax from the activities of all but the first hidden layer
    return hidden + m * sum(widths[1:])
""",
        must=(
            "first hidden | first block | first layer | widths[0] | widths[1:] | first width | all hidden | every "
            "hidden | all blocks | every block | all layers | every layer | all but the first | both hidden | both "
            "layers | both blocks | readout | one-pass | one pass | ff_one_pass | softmax layer"
        ),
        also=("first | all | every | both | widths[ | too few | too small | missing | readout",),
        must_not="mf | bias | bp",
    ),
)
