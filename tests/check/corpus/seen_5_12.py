"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "kept_by_bp",
        "The weights are counted in, besides the activations.",
        """
def kept_by_bp(N, d, widths):
    sizes = [d] + list(widths)
    total = N * d
    for k in range(1, len(sizes)):
        total += N * sizes[k]              # activations
        total += sizes[k - 1] * sizes[k]   # W is needed for W^T
    return total
""",
        must="weights | weight matri | parameter | W | matrices | matrix",
        must_not="input is missing | maximum",
    ),
    Coding(
        "kept_by_mf",
        "Counts a block's output only; its input, which Eq. (7) needs, is left out.",
        """
def kept_by_mf(N, d, widths):
    largest = widths[0]
    for i in range(1, len(widths)):
        if widths[i] > largest:
            largest = widths[i]
    return N * largest
""",
        must=(
            "input | in and out | what comes in | output only | only... output | block below | d... missing | "
            "without d | d... left out"
        ),
    ),
    Coding(
        "kept_by_mf",
        "The input's width is not carried on in the loop: every block's input is taken to be as wide as the data.",
        """
def kept_by_mf(N, d, widths):
    most = 0
    for w in widths:
        numbers = N * d + N * w
        if numbers > most:
            most = numbers
    return most
""",
        must=(
            "every block... d | d... every | d... each | previous | block below | block before | input of... block "
            "| block's input | block's own input | input... block | width... before | width... below | d... "
            "instead | d... place | input of the network | network's input | data's | features of the data | "
            "carried on"
        ),
    ),
    Coding(
        "kept_by_mf",
        "The two largest sizes are added even where they are not neighbours.",
        """
def kept_by_mf(N, d, widths):
    return int(N * np.sort([d, *widths])[-2:].sum())
""",
        must=(
            "adjacent | neighbour | neighbor | next to | consecutive | own input | its input | two largest | two "
            "widest | two biggest | pair | same block | one block | one after | follow | belong together | in a "
            "row"
        ),
        must_not="weights | all blocks together",
    ),
    Coding(
        "kept_by_mf",
        "The network's input is always kept, plus the widest block, instead of each block's own input and output.",
        """
def kept_by_mf(N, d, widths):
    return N * (d + max(widths))
""",
        must=(
            "own input | its input | network's input | input of the network | input ... block | each block ... "
            "input | block below | d is | d only | always d | first block | consecutive | neighbour | neighbor | "
            "adjacent | pair | input and output | d + max | width before"
        ),
        must_not="all blocks together | weights",
    ),
    Coding(
        "kept_by_mf",
        "The last block's count, not the largest.",
        """
def kept_by_mf(N, d, widths):
    sizes = [d, *widths]
    kept = 0
    for i in range(len(widths)):
        kept = N * (sizes[i] + sizes[i + 1])    # the earlier ones are freed
    return kept
""",
        must=(
            "last block | largest | max | at most | most at once | biggest | peak | overwrit | widest | larger "
            "block | last pair | final block"
        ),
        must_not="sum of all | weights",
    ),
    Coding(
        "ticks",
        "Counts filling and draining the pipeline both, 2 (blocks - 1), as if for a forward and a backward pass.",
        """
def ticks(blocks, batches):
    fill = blocks - 1
    work = batches
    drain = blocks - 1
    return fill + work + drain
""",
        must="drain | empty | fill | twice | blocks - 1 | two times | both ends | 2 * | 2 ( | backward | double",
    ),
    Coding(
        "ticks",
        "A backward pass is counted too, as in GPipe: twice the ticks.",
        """
def ticks(blocks, batches):
    fill = blocks - 1
    return 2 * (batches + fill)
""",
        must="backward | twice | double | doubled | factor 2 | factor of 2 | two times | 2 * | half",
        must_not="off by one",
    ),
    Coding(
        "ticks",
        "Filling and draining are both added to the batches, although the ticks of draining are the batches' last.",
        """
def ticks(blocks, batches):
    fill = drain = blocks - 1
    return fill + batches + drain
""",
        must=(
            "drain | empty | both ends | twice | fill | blocks - 1 | 2 (blocks | 2 * (blocks | counted two | only "
            "once | added once"
        ),
        must_not="batches * blocks | multipl",
    ),
    Coding(
        "ticks",
        "Filling and draining are counted separately, so blocks - 1 comes twice.",
        """
def ticks(blocks, batches):
    fill = blocks - 1
    steady = batches
    drain = blocks - 1
    return fill + steady + drain
""",
        must=(
            "drain | twice | empty | emptying | 2 * (blocks | 2 (blocks | two times | counted again | double | "
            "both ... fill | blocks - 1 too | backward | and back | once | there and back | forward and"
        ),
        must_not="one after the other | sequential",
    ),
    Coding(
        "ticks",
        "The larger of the two numbers, without the time to fill the pipeline.",
        """
def ticks(blocks, batches):
    # everything runs at once, the longer one counts
    return max(blocks, batches)
""",
        must=(
            "fill | blocks - 1 | wait | first batch | last batch | later | reach | max | larger of | pipeline ... "
            "empty | latency | too few | ramp | delay"
        ),
        must_not="one after the other | sequential",
    ),
    Coding(
        "parameters",
        "FF's label is thought to be appended to the input (d + m inputs), not written over its first m entries.",
        """
def parameters(d, widths, m, rule):
    n_in = d
    if rule == "ff" or rule == "ff_one_pass":
        n_in = d + m    # the label is part of the input
    total = 0
    for w in widths:
        total += n_in * w
        n_in = w
    if rule == "bp":
        total += widths[-1] * m
    elif rule == "mf":
        for w in widths:
            total += w * m
    elif rule == "ff_one_pass":
        for w in widths:
            total += w * m
    return total
""",
        must=(
            "d + m | label... over | append | concat | overlay | replac | first m | extra input | m inputs | m "
            "more | inputs... label | label... input | written over"
        ),
    ),
    Coding(
        "parameters",
        "One-pass FF's readout is thought to see only the last hidden layer.",
        """
def parameters(d, widths, m, rule):
    sizes = [d] + list(widths)
    n = 0
    for i in range(len(sizes) - 1):
        n += sizes[i] * sizes[i + 1]
    if rule == "ff":
        return n
    if rule == "mf":
        for w in widths:
            n += m * w
        return n
    # bp and one-pass ff: softmax on top
    return n + widths[-1] * m
""",
        must=(
            "all hidden | every block | every hidden | all blocks | each block | both hidden | readout | all "
            "layers | every layer | each hidden | first hidden | all activ | only... last | last block | last "
            "layer"
        ),
    ),
)
