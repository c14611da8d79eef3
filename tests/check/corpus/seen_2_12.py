"""Further mistakes in free codings of kept_by_bp, kept_by_mf and ticks."""

from corpus import Coding

CODINGS = (
    Coding(
        "kept_by_bp",
        "The input is forgotten.",
        """
def kept_by_bp(N, d, widths):
    total = 0
    for w in widths:
        total += N * w
    return total
""",
        must="input | N d | N * d | x | d does not | d is not",
        must_not="batch",
    ),
    Coding(
        "kept_by_bp",
        "The last block is not counted, as if only inputs of blocks were needed.",
        """
def kept_by_bp(N, d, widths):
    return N * sum([d] + widths[:-1])
""",
        must="last block | last width | readout | last activation",
    ),
    Coding(
        "kept_by_bp",
        "Weights are counted, not activations.",
        """
def kept_by_bp(N, d, widths):
    sizes = [d] + list(widths)
    return sum(sizes[i] * sizes[i + 1] for i in range(len(widths)))
""",
        must="weights | parameters",
    ),
    Coding(
        "kept_by_bp",
        "z is counted beside a.",
        """
def kept_by_bp(N, d, widths):
    return N * (d + 2 * sum(widths))
""",
        must="twice | z | double",
    ),
    Coding(
        "kept_by_mf",
        "The widest block's output alone.",
        """
def kept_by_mf(N, d, widths):
    return N * max(d, *widths)
""",
        must="input | both | below | output | and its | sum | alone",
        must_not="last block",
    ),
    Coding(
        "kept_by_mf",
        "The widest input and the widest output, though they belong to different blocks.",
        """
def kept_by_mf(N, d, widths):
    below = max([d] + widths[:-1])
    own = max(widths)
    return N * (below + own)
""",
        must="different blocks | one block | same block | not of one | pair | together | each block",
    ),
    Coding(
        "kept_by_mf",
        "The last block instead of the neediest.",
        """
def kept_by_mf(N, d, widths):
    needs = [N * (a + b) for a, b in zip([d] + list(widths), widths)]
    return needs[-1]
""",
        must="last block | neediest | largest | max | worst",
    ),
    Coding(
        "ticks",
        "One tick too many.",
        """
def ticks(blocks, batches):
    return blocks + batches
""",
        must="one too many | one ... more | 1 too | one tick | too large by 1 | - 1 | by one",
    ),
    Coding(
        "ticks",
        "One batch after the other: no block works at the same time as another.",
        """
def ticks(blocks, batches):
    clock = 0
    for _ in range(batches):
        for _ in range(blocks):
            clock += 1
    return clock
""",
        must="product | at once | one after the other | same time | multipl | blocks * batches | wait | times",
    ),
    Coding(
        "ticks",
        "Every further batch is thought to wait two ticks, as with backpropagation.",
        """
def ticks(blocks, batches):
    return blocks + 2 * (batches - 1)
""",
        must="further batch | each batch | twice | 2 | two | every batch | one tick",
    ),
)
