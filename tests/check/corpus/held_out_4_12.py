"""A fourth author's mistakes, held out, in free codings of kept_by_mf, ticks."""

from corpus import Coding

CODINGS = (
    Coding(
        "kept_by_mf",
        "The sum over the blocks, not the worst moment.",
        """
def kept_by_mf(N, d, widths):
    sizes = [d] + list(widths)
    return N * sum(sizes[i] + sizes[i + 1] for i in range(len(widths)))
""",
        must="sum | maximum | max( | at once | one block | largest | worst",
        must_not="input",
    ),
    Coding(
        "ticks",
        "The last block's waiting is counted with its first batch.",
        """
def ticks(blocks, batches):
    waiting = blocks
    return waiting + batches
""",
        must=(
            "waiting | waits | one too many | one more | - 1 | by one | by 1 | not 1 | in place of 1 | 1 more | "
            "1 too | twice"
        ),
        must_not="product",
    ),
)
