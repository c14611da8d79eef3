"""A fourth author's mistakes, held out, in free codings of parameters, mean_and_deviation, chosen_by_validation."""

from corpus import Coding

CODINGS = (
    Coding(
        "parameters",
        "Mono-Forward's projections are counted for the last block only.",
        """
def parameters(d, widths, m, rule):
    total = 0
    previous = d
    for width in widths:
        total += previous * width
        previous = width
    if rule in ("bp", "mf"):
        total += m * widths[-1]
    elif rule == "ff_one_pass":
        total += m * sum(widths)
    return total
""",
        must="mf | Mono-Forward | every block | all blocks | projection | last block",
        must_not="bias",
    ),
    Coding(
        "mean_and_deviation",
        "The mean absolute deviation.",
        """
def mean_and_deviation(values):
    n = len(values)
    mu = sum(values) / n
    return mu, sum(abs(v - mu) for v in values) / (n - 1)
""",
        must="absolute | square | root",
        also=("deviation",),
        must_not="median",
    ),
    Coding(
        "chosen_by_validation",
        "The validation accuracy itself is reported.",
        """
def chosen_by_validation(validation, test):
    best, result = -1.0, None
    for v, t in zip(validation, test):
        if v > best:
            best, result = v, v
    return result
""",
        must="validation | not a test | test accuracy",
        must_not="last epoch",
    ),
)
