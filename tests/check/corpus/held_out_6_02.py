"""Mistakes of an eighth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "parameters",
        "For Forward-Forward the label is counted as m extra inputs, d + m; it is written over the first inputs.",
        """
def parameters(d, widths, m, rule):
    n_in = d + m if rule.startswith("ff") else d      # FF sees the label, too
    hidden = 0
    for w in widths:
        hidden += n_in * w
        n_in = w
    if rule == "ff":
        return hidden
    if rule == "bp":
        return hidden + widths[-1] * m
    return hidden + sum(widths) * m
""",
        must=(
            "d + m | extra input | m inputs | m more | m * widths[0] | m widths[0] | m * n | label...input | "
            "input...label | over the first | overlay | overlaid | appended | concat | additional input | "
            "label...count | count...label | inputs...label"
        ),
    ),
    Coding(
        "mean_and_deviation",
        "Welford's update squares the deviation from the new mean; one factor must be from the old mean.",
        """
def mean_and_deviation(values):
    n, mean, M2 = 0, 0.0, 0.0
    for x in values:
        n += 1
        mean += (x - mean) / n
        M2 += (x - mean) ** 2
    return mean, (M2 / (n - 1)) ** 0.5
""",
        must=(
            "welford | running mean | new mean | old mean | final mean | mean so far | mean of all | mean...so far "
            "| running | partial mean | online | one pass | current mean | updated mean | deviation from the mean "
            "of | changing mean"
        ),
    ),
    Coding(
        "chosen_by_validation",
        "Epochs are taken to count from 1, so the test accuracy of the epoch before the best one is returned.",
        """
def chosen_by_validation(validation, test):
    best_epoch = int(np.argmax(validation))
    return test[best_epoch - 1]      # lists start at 0, epochs at 1
""",
        must=(
            "epoch before | before the | previous | one epoch | off by one | from 0 | from 1 | - 1 | one too early "
            "| neighbour | earlier epoch | shifted | by one | index | adjacent"
        ),
        must_not="highest test",
    ),
)
