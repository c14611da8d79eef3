"""Mistakes of two more authors, who were asked for uncommon ones."""

from corpus import Coding

CODINGS = (
    Coding(
        "kept_by_bp",
        (
            "Counts input times output of each block, the size of a weight gradient per sample, in place of the "
            "activations."
        ),
        """
def kept_by_bp(N, d, widths):
    sizes = [d] + list(widths)
    return N * sum(i * o for i, o in zip(sizes, sizes[1:]))
""",
        must=(
            "weight | product | times the width | gradient | jacobian | in * out | n_in | parameters | connections "
            "| input times output | multiplies...width | multiplied...width | width...multiplied"
        ),
        must_not="last block is left out | bytes",
    ),
    Coding(
        "kept_by_bp",
        "Adds the prefix sums: what earlier blocks keep is counted again for every later block.",
        """
def kept_by_bp(N, d, widths):
    total, kept = 0, d
    for w in widths:
        kept += w
        total += kept
    return N * total
""",
        must=(
            "again | twice | several times | more than once | repeat | cumul | prefix | running | accumul | "
            "counted...each block | counted...every block | counted once | double"
        ),
        must_not="weights | last block is left out",
    ),
    Coding(
        "kept_by_mf",
        "Counts the last block only, since the variables hold it after the loop.",
        """
def kept_by_mf(N, d, widths):
    below = d
    for w in widths:
        kept = N * (below + w)
        below = w
    return kept
""",
        must="last block | last | final | largest | maximum | topmost",
        must_not="average | sum of all",
    ),
    Coding(
        "kept_by_mf",
        "Takes the average of the blocks, not the largest one.",
        """
def kept_by_mf(N, d, widths):
    sizes = [d, *widths]
    per_block = [sizes[k] + sizes[k + 1] for k in range(len(widths))]
    return N * sum(per_block) // len(per_block)
""",
        must="average | mean | largest | maximum",
        must_not="last block | sum of all",
    ),
    Coding(
        "kept_by_mf",
        "Adds the largest input and the largest output, which may belong to different blocks.",
        """
def kept_by_mf(N, d, widths):
    inputs = [d] + list(widths[:-1])
    outputs = list(widths)
    return N * (max(inputs) + max(outputs))
""",
        must=(
            "different blocks | same block | separate | two blocks | largest input | largest output | one and the "
            "same | two largest | another block | two maxima | each maximum"
        ),
        must_not="sum of all | average",
    ),
    Coding(
        "ticks",
        "Shares the batches among the blocks as in data parallelism: each round takes `blocks` ticks.",
        """
def ticks(blocks, batches):
    rounds = -(-batches // blocks)
    return rounds * blocks
""",
        must=(
            "round | group | data paral | ceil | divid | divis | shared among | each block...share | shares | "
            "batches / blocks | batches // blocks | next batch | starts only | finished | overlap"
        ),
        must_not="backward",
    ),
    Coding(
        "parameters",
        "The input size is never moved on: every block is counted with d inputs.",
        """
def parameters(d, widths, m, rule):
    count = 0
    for w in widths:
        count += d * w
    if rule == "bp":
        count += widths[-1] * m
    if rule in ("mf", "ff_one_pass"):
        count += sum(widths) * m
    return count
""",
        must=(
            "d inputs | every block...d | each block...d | all blocks...d | d * w | block below | previous | width "
            "before | width of the block | d times | later blocks | second block | input...of each block"
        ),
        must_not="label | twice",
    ),
    Coding(
        "parameters",
        "Adds m inputs for the label to the network of Forward-Forward; the label overwrites inputs.",
        """
def parameters(d, widths, m, rule):
    if rule in ("ff", "ff_one_pass"):
        d = d + m                    # the label is an input as well
    sizes = [d, *widths]
    total = sum(a * b for a, b in zip(sizes, sizes[1:]))
    if rule == "bp":
        total += widths[-1] * m
    elif rule in ("ff_one_pass", "mf"):
        total += m * sum(widths)
    return total
""",
        must=(
            "label | d + m | m inputs | m more inputs | m * widths[0] | m * n_1 | first block | first layer | "
            "input...m | overwrit | wider input | extra input"
        ),
        must_not="readout...missing | double",
    ),
    Coding(
        "parameters",
        "Mono-Forward has an output layer and the last M beside it: the readout is counted twice.",
        """
def parameters(d, widths, m, rule):
    n = 0
    prev = d
    for w in widths:
        n += prev * w
        if rule in ("mf", "ff_one_pass"):
            n += m * w
        prev = w
    if rule in ("bp", "mf"):
        n += prev * m                # output layer
    return n
""",
        must=(
            "twice | output layer | readout | last M | again | double | counted...two | one M too many | "
            "widths[-1] * m | m * widths[-1] | extra"
        ),
        must_not="label | d + m",
    ),
    Coding(
        "mean_and_deviation",
        "Rounds to two decimals, from a misread 'as a table shows them'.",
        """
def mean_and_deviation(values):
    v = np.asarray(values, dtype=float)
    return round(float(v.mean()), 2), round(float(v.std(ddof=1)), 2)
""",
        must="round | decimal | digit | precis",
        must_not="n - 1 | population | variance",
    ),
    Coding(
        "mean_and_deviation",
        "Takes the mean absolute deviation, without squares.",
        """
def mean_and_deviation(values):
    n = len(values)
    mean = sum(values) / n
    deviation = sum(abs(v - mean) for v in values) / (n - 1)
    return mean, deviation
""",
        must="absolute | abs( | squares | squared | without squar | square the",
        must_not="population | standard error | variance",
    ),
)
