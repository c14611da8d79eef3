"""Mistakes of two authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "mean_and_deviation",
        "Returns the standard error of the mean, s / sqrt(n).",
        """
def mean_and_deviation(values):
    x = np.asarray(values, dtype=float)
    n = x.size
    s = x.std(ddof=1)
    return float(x.mean()), float(s / np.sqrt(n))
""",
        must=(
            "standard error | sqrt | root | error of the mean | divided... n | / n | number of values | number of seeds"
        ),
        must_not="variance",
    ),
    Coding(
        "mean_and_deviation",
        "The deviation is divided by sqrt(n) as well: it is the standard error of the mean.",
        """
def mean_and_deviation(values):
    n = len(values)
    mean = sum(values) / n
    s = 0
    for v in values:
        s += (v - mean) * (v - mean)
    std = np.sqrt(s / (n - 1)) / np.sqrt(n)
    return mean, std
""",
        must=(
            "standard error | sqrt(n | root of n | root of the number | error of the mean | SEM | sqrt of n | "
            "square root of n | sqrt(len"
        ),
    ),
    Coding(
        "chosen_by_validation",
        "The test accuracies have a say in the choice: a test accuracy is kept only if it is above the best so far.",
        """
def chosen_by_validation(validation, test):
    best = validation[0]
    result = test[0]
    for v, t in zip(validation, test):
        if v > best:
            best = v
        if t > result and v >= best:
            result = t
    return result
""",
        must=(
            "test...choos | test...chosen | chosen...test | test...select | select...test | test...decid | "
            "test...say in | test...kept | test...part in | test...influence | peek | test set | best test | test "
            "accuracy...compar | higher test | largest test | test...larger | test...rise | looks at the test | "
            "test...fall | earlier epoch"
        ),
    ),
    Coding(
        "chosen_by_validation",
        "An epoch is compared with the one before it, and not with the best so far.",
        """
def chosen_by_validation(validation, test):
    best = 0
    for i in range(1, len(validation)):
        if validation[i] > validation[i - 1]:
            best = i
    return test[best]
""",
        must=(
            "previous epoch | epoch before | one before | neighbour | neighbor | last rise | last increase | last "
            "improvement | best so far | compar | maximum so far | i - 1 | predecessor | highest so far | rises | "
            "local"
        ),
    ),
)
