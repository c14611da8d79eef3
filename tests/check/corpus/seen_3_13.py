"""Rarer mistakes in free codings of lessons 12 and 13."""

from corpus import Coding

CODINGS = (
    Coding(
        "kept_by_bp",
        "The readout's scores are counted as if it were a block of 10.",
        """
def kept_by_bp(N, d, widths):
    layers_ = [d, *widths, 10]
    return N * sum(layers_)
""",
        must="10 | scores | readout | classes | output",
    ),
    Coding(
        "kept_by_bp",
        "The batch is left out: floats for one sample.",
        """
def kept_by_bp(N, d, widths):
    return d + sum(widths)
""",
        must="N | batch | sample",
        must_not="input x is missing",
    ),
    Coding(
        "kept_by_mf",
        "The sum over all blocks, not the neediest.",
        """
def kept_by_mf(N, d, widths):
    total = 0
    below = d
    for w in widths:
        total += N * (below + w)
        below = w
    return total
""",
        must="all blocks | sum | at once | neediest | worst | largest",
        must_not="input as well",
    ),
    Coding(
        "kept_by_mf",
        "Two neighbouring blocks only: the input of the first block is forgotten.",
        """
def kept_by_mf(N, d, widths):
    pairs = zip(widths, widths[1:])
    return N * max([p + q for p, q in pairs] or [widths[0]])
""",
        must="first block | input | d",
        must_not="last block",
    ),
    Coding(
        "ticks",
        "The larger of the two numbers: the filling of the pipeline is forgotten.",
        """
def ticks(blocks, batches):
    return max(blocks, batches)
""",
        must="to fill | max | larger | longer | wait | first batch",
        must_not="one block at a time",
    ),
    Coding(
        "ticks",
        "Blocks and batches one too few.",
        """
def ticks(blocks, batches):
    return (blocks - 1) + (batches - 1)
""",
        must="one too few | too few | one tick | + 1 | missing | by one",
        must_not="too many",
    ),
    Coding(
        "parameters",
        "Forward-Forward's input is longer by the classes.",
        """
def parameters(d, widths, m, rule):
    if rule.startswith("ff"):
        d = d + m
    body = sum(p * q for p, q in zip([d] + widths[:-1], widths))
    return body + m * {"bp": widths[-1], "ff": 0}.get(rule, sum(widths))
""",
        must="input | label | overlaid | classes ... input | d + m",
    ),
    Coding(
        "parameters",
        "Mono-Forward with one projection matrix, on the last block (BP pred).",
        """
def parameters(d, widths, m, rule):
    body, below = 0, d
    for w in widths:
        body, below = body + below * w, w
    extra = {"bp": widths[-1], "mf": widths[-1], "ff": 0, "ff_one_pass": sum(widths)}
    return body + m * extra[rule]
""",
        must="mf | Mono-Forward",
        also=("all blocks | every block | last block | each block | BP pred",),
    ),
    Coding(
        "parameters",
        "The hidden matrices are forgotten: the first only.",
        """
def parameters(d, widths, m, rule):
    read = {"bp": widths[-1], "ff": 0, "ff_one_pass": sum(widths), "mf": sum(widths)}[rule]
    return d * widths[0] + m * read
""",
        must="between | first matrix | hidden | blocks above | other blocks | matrices | further blocks",
    ),
    Coding(
        "mean_and_deviation",
        "The mean absolute deviation.",
        """
def mean_and_deviation(values):
    mu = sum(values) / len(values)
    return mu, sum(abs(v - mu) for v in values) / (len(values) - 1)
""",
        must="absolute | squar | root",
        must_not="variance",
    ),
    Coding(
        "mean_and_deviation",
        "Half of the range.",
        """
def mean_and_deviation(values):
    return sum(values) / len(values), (max(values) - min(values)) / 2
""",
        must="range | largest | spread",
        must_not="variance",
    ),
    Coding(
        "mean_and_deviation",
        "Rounded to two digits, as for a table.",
        """
def mean_and_deviation(values):
    v = np.asarray(values, dtype=float)
    return round(v.mean(), 2), round(v.std(ddof=1), 2)
""",
        must="round | digits",
        must_not="variance | ddof",
    ),
    Coding(
        "chosen_by_validation",
        "The epoch with the smallest validation accuracy, as if it were a loss.",
        """
def chosen_by_validation(validation, test):
    return test[int(np.argmin(validation))]
""",
        must="smallest | lowest | worst | argmin | loss",
        must_not="last epoch",
    ),
    Coding(
        "chosen_by_validation",
        "The index is one behind: epochs counted from 1.",
        """
def chosen_by_validation(validation, test):
    epoch = max(range(len(validation)), key=lambda e: validation[e]) + 1
    return test[min(epoch, len(test) - 1)]
""",
        must="next epoch | one later | off by one | one epoch | after | by one",
        must_not="last epoch is",
    ),
)
