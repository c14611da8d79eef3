"""A fourth author's mistakes in free codings of kept_by_bp, kept_by_mf, ticks."""

from corpus import Coding

CODINGS = (
    Coding(
        "kept_by_bp",
        "The input is forgotten: only the activations are counted.",
        """
def kept_by_bp(N, d, widths):
    kept = 0
    for n in widths:
        kept += N * n
    return kept
""",
        must="the input | inputs | its input | d inputs | N d | N * d | by N * d",
        must_not="largest",
    ),
    Coding(
        "kept_by_bp",
        "The weights are counted in place of the activations.",
        """
def kept_by_bp(N, d, widths):
    total, below = N * d, d
    for w in widths:
        total += below * w
        below = w
    return total
""",
        must="weights | activations | product | parameters",
        must_not="input is missing",
    ),
    Coding(
        "kept_by_mf",
        "The first pair of widths is left out: the input is not seen as a block's input.",
        """
def kept_by_mf(N, d, widths):
    if len(widths) == 1:
        return N * widths[0]
    return N * max(p + q for p, q in zip(widths[:-1], widths[1:]))
""",
        must="the input | inputs | its input | d inputs | N d | N * d | by N * d | first block",
        must_not="sum",
    ),
    Coding(
        "ticks",
        "No pipeline: one batch after the other.",
        """
def ticks(blocks, batches):
    t = 0
    for _ in range(batches):
        for _ in range(blocks):
            t += 1
    return t
""",
        must="product | multipl | pipeline | one batch after | one after the other | at once | wait | times",
        must_not="too many by one",
    ),
)
