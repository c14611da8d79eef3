"""Mistakes of an eleventh and a twelfth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "ticks",
        "Batches go in groups of as many as there are blocks, each group waiting until the pipeline is empty.",
        """
def ticks(blocks, batches):
    total = 0
    left = batches
    while left > 0:
        group = min(left, blocks)
        total += blocks + group - 1
        left -= group
    return total
""",
        must=(
            "group | wave | refill | empt | overlap | as soon as | drain | again | restart | chunk | without a gap "
            "| every tick | pause | fills ... once | filled ... once | once | idle | gap | wait"
        ),
    ),
    Coding(
        "ticks",
        (
            "Batches go through in groups as large as the pipeline: ceil(batches / blocks) * blocks; the pipeline "
            "does not refill with every tick."
        ),
        """
def ticks(blocks, batches):
    rounds = (batches + blocks - 1) // blocks
    return rounds * blocks
""",
        must=(
            "group | round | ceil | divid | divis | multiple | batches / blocks | rounds | empt | drain | refill | "
            "every tick | each tick | each further | every further | further batch | additional batch | one more "
            "batch | one tick more | one more tick | one tick for each | one tick per | adds one | by one | by 1 | "
            "blocks + batches | at once | wave | in parallel"
        ),
        must_not="twice | backward",
    ),
    Coding(
        "ticks",
        (
            "GPipe: forward and backward pass each need blocks + batches - 1 ticks, so twice as many; Mono-Forward "
            "has no backward pass."
        ),
        """
def ticks(blocks, batches):
    one_way = batches + blocks - 1
    return 2 * one_way        # F then B, as in GPipe
""",
        must=(
            "twice | double | factor 2 | factor of 2 | factor two | two times | 2 * | backward | way back | back | half"
        ),
        must_not="off by one | blocks * batches | product",
    ),
    Coding(
        "parameters",
        "Forward-Forward's input is taken as d + m wide; the label is written over m inputs.",
        """
def parameters(d, widths, m, rule):
    first = d + m if rule.startswith("ff") else d
    total, prev = 0, first
    for w in widths:
        total += prev * w
        prev = w
    if rule == "bp":
        total += prev * m
    elif rule in ("mf", "ff_one_pass"):
        total += m * sum(widths)
    return total
""",
        must=(
            "d + m | overlay | over the first | first m | m more inputs | wider input | added ... input | first "
            "... inputs | label ... over | label ... wider | label ... input | label ... add | label ... extra | "
            "label ... more"
        ),
    ),
    Coding(
        "parameters",
        "One-pass FF's softmax readout reads the last layer only; it reads all hidden layers.",
        """
def parameters(d, widths, m, rule):
    dims = np.array([d] + list(widths))
    n = int((dims[:-1] * dims[1:]).sum())
    return {
        "bp": n + int(dims[-1]) * m,
        "ff": n,
        "ff_one_pass": n + int(dims[-1]) * m,
        "mf": n + int(dims[1:].sum()) * m,
    }[rule]
""",
        must=(
            "readout | reads | both hidden | all ... layers | every layer | every hidden | all hidden | all blocks "
            "| every block | last ... only | only ... last | sum of ... widths | sum(widths) | one-pass | one_pass "
            "| one pass"
        ),
    ),
    Coding(
        "parameters",
        "Mono-Forward gets an output layer besides the projection matrices.",
        """
def parameters(d, widths, m, rule):
    sizes = [d, *widths]
    hidden = sum(a * b for a, b in zip(sizes, sizes[1:]))
    out = widths[-1] * m
    if rule == "ff":
        return hidden
    if rule == "ff_one_pass":
        return hidden + m * sum(widths)
    if rule == "bp":
        return hidden + out
    return hidden + out + m * sum(widths)
""",
        must=(
            "output layer | readout | twice | last M | no other | double | extra output | separate | output ... "
            "besides | output ... too | another output | output weights | output matrix | last projection"
        ),
    ),
    Coding(
        "parameters",
        (
            "For Forward-Forward the label is appended to the input, d + m features, instead of overwriting the "
            "first m inputs."
        ),
        """
def parameters(d, widths, m, rule):
    n_in = d + m if rule in ("ff", "ff_one_pass") else d
    count = 0
    for w in widths:
        count += n_in * w
        n_in = w
    if rule == "bp":
        count += widths[-1] * m
    elif rule in ("mf", "ff_one_pass"):
        count += sum(widths) * m
    return count
""",
        must=(
            "d + m | label | append | first block | first layer | first matrix | first weight | m * widths[0] | "
            "widths[0] | input | overwrit | concatenat | m more | m rows | m extra | extra rows | one-hot"
        ),
        must_not="biases are counted | every block is",
    ),
    Coding(
        "mean_and_deviation",
        "The standard error of the mean instead of the standard deviation.",
        """
def mean_and_deviation(values):
    v = np.asarray(values)
    return float(v.mean()), float(v.std(ddof=1) / np.sqrt(len(v)))
""",
        must=(
            "standard error | sqrt(n) | root of n | root of ... number | error of the mean | of the mean | "
            "sqrt(len | sqrt | root ... seeds | shrinks"
        ),
        must_not="n - 1 | ddof",
    ),
    Coding(
        "mean_and_deviation",
        "The variance: the root is missing.",
        """
def mean_and_deviation(values):
    n = len(values)
    mu = sum(values) / n
    s2 = 0.0
    for x in values:
        s2 += (x - mu) ** 2
    return mu, s2 / (n - 1)
""",
        must="root | variance | sqrt | squared",
        must_not="ddof",
    ),
    Coding(
        "mean_and_deviation",
        "Gives the mean absolute deviation (MATLAB's mad) in place of the standard deviation.",
        """
def mean_and_deviation(values):
    v = np.asarray(values, dtype=float)
    c = v.mean()
    return float(c), float(np.mean(np.abs(v - c)))
""",
        must="absolute | abs | |v | squar | root mean | mad | root",
        must_not="standard error | variance is",
    ),
    Coding(
        "chosen_by_validation",
        "Returns the validation accuracy of the chosen epoch.",
        """
def chosen_by_validation(validation, test):
    best = int(np.argmax(validation))
    return float(validation[best])
""",
        must=(
            "returns ... validation | validation accuracy | validation's own | validation set's | test ... instead "
            "| accuracy ... validation | validation ... instead of ... test | number ... validation | validation "
            "... returned | test accuracy of ... same | largest validation | best validation"
        ),
        must_not="largest test | last",
    ),
    Coding(
        "chosen_by_validation",
        "Validation is read as a loss: the epoch with the smallest validation value is taken.",
        """
def chosen_by_validation(validation, test):
    best, where = float("inf"), 0
    for e, v in enumerate(validation):
        if v < best:
            best, where = v, e
    return test[where]
""",
        must=(
            "smallest | lowest | minim | worst | argmin | min( | least | loss | largest | highest | maxim | best "
            "validation | low validation | other end | wrong end"
        ),
        must_not="test set chooses | last epoch | test's best",
    ),
)
