"""Mistakes of two more authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "kept_by_bp",
        "The weights are counted too, beside the input and the activations.",
        """
def kept_by_bp(N, d, widths):
    total = N * d
    n_in = d
    for w in widths:
        total += N * w        # activations
        total += n_in * w     # weight matrix
        n_in = w
    return total
""",
        must="weight | parameter | depend on the batch | matri | d * width | do not grow with N | proportional to N",
        must_not="input is missing | only the largest",
    ),
    Coding(
        "kept_by_mf",
        "Only the largest single array is counted, not a block's input and output together.",
        """
def kept_by_mf(N, d, widths):
    return N * max([d] + list(widths))
""",
        must=(
            "input and | together | both | pair | two arrays | its input | block's input | input of the block | "
            "input...output | output...input | one array | single | sum of | alone | one side | only one"
        ),
        must_not="all blocks | every block at once",
    ),
    Coding(
        "kept_by_mf",
        "Only the widest block is looked at, though another block may keep more with its input.",
        """
def kept_by_mf(N, d, widths):
    i = widths.index(max(widths))
    n_in = d if i == 0 else widths[i - 1]
    return N * (n_in + widths[i])
""",
        must=(
            "widest | largest width | its input | with input | input and output | input plus | largest sum | max "
            "... sum | input + | width alone | in and out | together | every block | each block | another block | "
            "input counts | wide input | pair"
        ),
        must_not="all blocks at once | sum of all",
    ),
    Coding(
        "ticks",
        (
            "The pipe's length is counted twice, for filling and for draining (there and back): batches + 2 "
            "(blocks - 1)."
        ),
        """
def ticks(blocks, batches):
    fill = blocks - 1
    drain = blocks - 1
    return batches + fill + drain
""",
        must=(
            "twice | drain | fill | both ways | there and back | back | 2 * (blocks | 2 (blocks | 2(blocks | "
            "double | empty | start and end | beginning and end | two times | overlap | blocks - 1 | once | "
            "backward"
        ),
        must_not="product | one after the other | multipl",
    ),
    Coding(
        "parameters",
        "For ff_one_pass the readout is put on the last hidden layer only; it reads all hidden layers.",
        """
def parameters(d, widths, m, rule):
    n = [d, *widths]
    W = sum(a * b for a, b in zip(n[:-1], n[1:]))
    extra = {
        "bp": m * widths[-1],
        "ff": 0,
        "ff_one_pass": m * widths[-1],
        "mf": m * sum(widths),
    }
    return W + extra[rule]
""",
        must=(
            "one_pass...last | one_pass...all | one_pass...readout | one_pass...every | one_pass...each | "
            "one_pass...both | one_pass...hidden | one_pass...sum | one pass...last | one pass...all | one "
            "pass...every | one pass...readout | one-pass...last | one-pass...all | one-pass...every | "
            "one-pass...readout | readout | softmax...all | every layer | all layers | each layer | both hidden | "
            "all hidden | every block | all blocks | last layer only | only the last"
        ),
        must_not="bias | bp",
    ),
    Coding(
        "parameters",
        "For Forward-Forward the label is counted as m extra inputs, though it is written over the first inputs.",
        """
def parameters(d, widths, m, rule):
    n_in = d
    if rule in ("ff", "ff_one_pass"):
        n_in = d + m     # label is appended to the input
    sizes = [n_in] + list(widths)
    hidden = 0
    for i in range(len(widths)):
        hidden += sizes[i] * sizes[i + 1]
    if rule == "ff":
        return hidden
    if rule == "bp":
        return hidden + widths[-1] * m
    return hidden + sum(widths) * m
""",
        must=(
            "d + m | label ... input | extra input | m more inputs | overlay | append | written over | m * width | "
            "m inputs | over the first | inside the input | part of the input | more inputs | replaces | first "
            "matrix | first block"
        ),
        must_not="readout | projection",
    ),
    Coding(
        "mean_and_deviation",
        "The standard error of the mean (divided by sqrt(n)) is given in place of the standard deviation.",
        """
def mean_and_deviation(values):
    x = np.asarray(values, float)
    n = x.size
    mu = x.sum() / n
    sigma = np.sqrt(((x - mu) ** 2).sum() / (n * (n - 1)))
    return mu, sigma
""",
        must=(
            "standard error | error of the mean | sqrt(n | sqrt n | root of n | sqrt(N | root of the number | "
            "uncertainty of the mean | root n | SEM | square root of the number | divid...square root | deviation "
            "of the mean"
        ),
        must_not="ddof | variance | n - 1 instead",
    ),
    Coding(
        "mean_and_deviation",
        "The standard error is returned: the deviation divided by sqrt(n).",
        """
def mean_and_deviation(values):
    n = len(values)
    mean = sum(values) / n
    squares = sum((v - mean) ** 2 for v in values)
    std = (squares / (n - 1)) ** 0.5
    return mean, std / n ** 0.5
""",
        must=(
            "standard error | error of the mean | sqrt(n) | root of n | sqrt n | divided by ... root | sem | "
            "square root of the number | of the mean | once more"
        ),
        must_not="n - 1 | population | variance",
    ),
    Coding(
        "chosen_by_validation",
        "The epoch of the lowest validation accuracy is chosen, as though these were losses.",
        """
def chosen_by_validation(validation, test):
    best = int(np.argmin(np.asarray(validation)))
    return float(test[best])
""",
        must=(
            "argmin | smallest | lowest | worst | minimum | minimal | argmax | highest | largest | as a loss | as "
            "losses | were losses | were a loss | like a loss | are losses | as if...error | maximum"
        ),
        must_not="test set chose | last epoch | chosen by the test | best test",
    ),
    Coding(
        "chosen_by_validation",
        (
            "Early stopping: it stops at the first epoch whose validation accuracy does not improve, so a later "
            "better epoch is missed."
        ),
        """
def chosen_by_validation(validation, test):
    best_val = validation[0]
    best_test = test[0]
    for epoch in range(1, len(validation)):
        if validation[epoch] < best_val:
            break    # early stopping
        if validation[epoch] > best_val:
            best_val = validation[epoch]
            best_test = test[epoch]
    return best_test
""",
        must=(
            "early stop | stop | first drop | first fall | local max | later epoch | later ... higher | first peak "
            "| all epochs | first decline | first time | whole list | break | too early | later ... better | "
            "before the first | first maximum"
        ),
        must_not="test accuracy chosen | highest test",
    ),
)
