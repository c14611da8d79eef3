"""Mistakes of two authors who wrote after the last change."""

from corpus import Coding

CODINGS = (
    Coding(
        "parameters",
        "In FF the label is counted as m further inputs, though it is written over the first m.",
        """
def parameters(d, widths, m, rule):
    n = list(widths)
    if rule in ("ff", "ff_one_pass"):
        sizes = [d + m] + n                   # label appended to the input
    else:
        sizes = [d] + n
    hidden = sum(i * j for i, j in zip(sizes, sizes[1:]))
    if rule == "bp":
        return hidden + n[-1] * m
    if rule == "mf":
        return hidden + m * sum(n)
    if rule == "ff_one_pass":
        return hidden + m * sum(n)
    return hidden
""",
        must=(
            "d + m | overlay | append | over the first | label | extra inputs | further inputs | additional inputs "
            "| more inputs | m inputs | wider | widened | first m"
        ),
        must_not="bias | readout",
    ),
    Coding(
        "mean_and_deviation",
        "Returns the variance and not the standard deviation.",
        """
def mean_and_deviation(values):
    n = len(values)
    mean = sum(values) / n
    ss = sum((v - mean) ** 2 for v in values)
    return mean, ss / (n - 1)
""",
        must="variance | root | sqrt | squared | square",
        must_not="ddof | standard error",
    ),
    Coding(
        "mean_and_deviation",
        "Takes the mean absolute deviation instead of the root of the mean square.",
        """
def mean_and_deviation(values):
    x = np.array(values)
    n = len(x)
    mu = np.mean(x)
    dev = np.abs(x - mu).sum() / (n - 1)
    return float(mu), float(dev)
""",
        must="absolute | abs | squares | squared | square root | L1 | MAD",
        must_not="ddof | standard error",
    ),
    Coding(
        "mean_and_deviation",
        "The deviations are taken from the running mean, which is not yet the mean of all values.",
        """
def mean_and_deviation(values):
    total = 0.0
    squares = 0.0
    count = 0
    for v in values:
        count += 1
        total += v
        mean = total / count
        squares += (v - mean) ** 2
    deviation = (squares / (count - 1)) ** 0.5
    return mean, deviation
""",
        must=(
            "running mean | running | mean...so far | final mean | before the mean | mean of all | unfinished | "
            "intermediate | mean...updated | first pass | two passes | two loops | second loop | same loop | "
            "mean...complete | partial | mean...changes | mean...values before | known"
        ),
    ),
    Coding(
        "chosen_by_validation",
        "Stops at the first epoch after which the validation accuracy drops: a local maximum only.",
        """
def chosen_by_validation(validation, test):
    best = 0
    for k in range(1, len(validation)):
        if validation[k] < validation[k - 1]:
            break                     # early stopping
        best = k
    return float(test[best])
""",
        must=(
            "first max | first peak | first drop | first fall | first time | first worse | first decr | local | "
            "stops | early | later epoch | drop | all epochs | global | break | patience | falls | decreas | worse "
            "| whole list | largest... all | ends"
        ),
        must_not="test... maximum",
    ),
    Coding(
        "chosen_by_validation",
        "Takes the test accuracy one epoch after the chosen one.",
        """
def chosen_by_validation(validation, test):
    v = np.asarray(validation)
    epoch = int(v.argmax()) + 1                 # epochs are counted from 1
    return float(test[min(epoch, len(test) - 1)])
""",
        must=(
            "next | + 1 | off by one | off-by-one | one after | shifted | one too | one late | one epoch later | "
            "epoch after | from 1 | from 0 | following | neighbo | later"
        ),
        must_not="maximum of the test",
    ),
)
