"""Mistakes of a ninth and a tenth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "parameters",
        "For Forward-Forward the label is appended to the input: d + m inputs instead of d.",
        """
def parameters(d, widths, m, rule):
    n_in = d + m if rule in ("ff", "ff_one_pass") else d   # label is part of the input
    total = 0
    for w in widths:
        total += n_in * w
        n_in = w
    if rule == "bp":
        total += n_in * m
    elif rule in ("mf", "ff_one_pass"):
        total += m * sum(widths)
    return total
""",
        must=(
            "d + m | m more inputs | more inputs | append | overwrit | over the first | written over | input... m "
            "| m... input | concatenat | first layer | first block | additional inputs | input width | larger "
            "input | replaces | label is | label... input | label... written | label... over | label takes | "
            "label... place | label... append | label... added"
        ),
        must_not="mf is | bp is | readout",
    ),
    Coding(
        "parameters",
        "The one-pass readout sees the last layer only.",
        """
def parameters(d, widths, m, rule):
    sizes = [d, *widths]
    W = int(np.sum(np.array(sizes[:-1]) * np.array(sizes[1:])))
    last = widths[-1] * m
    table = {"bp": W + last, "ff": W, "ff_one_pass": W + last, "mf": W + m * sum(widths)}
    return table[rule]
""",
        must=(
            "readout | all layers | all hidden | every layer | every hidden | both hidden | all blocks | every "
            "block | last layer | last block | all activit | one-pass | one_pass | one pass | all the widths | "
            "sum(widths | sum of the widths"
        ),
        must_not="mf is | bp is | label",
    ),
    Coding(
        "mean_and_deviation",
        "Welford's update takes the old mean twice, delta * delta, where one factor needs the new mean.",
        """
def mean_and_deviation(values):
    mean, m2, n = 0.0, 0.0, 0
    for v in values:
        n += 1
        delta = v - mean
        mean += delta / n
        m2 += delta * delta
    return mean, (m2 / (n - 1)) ** 0.5
""",
        must=(
            "Welford | running mean | old mean | updated mean | new mean | mean so far | mean before | mean of the "
            "values before | values so far | values before | earlier values | previous values | final mean | mean "
            "of all | order of the values | order of values | depends on the order | depend on the order | depends "
            "on...order | from 0 | from zero | starts at 0 | first value | one pass | online | moving mean | mean "
            "at that time | stale | current mean | partial mean | changing mean | mean changes"
        ),
        must_not="n - 1 is | ddof | absolute | standard error",
    ),
    Coding(
        "mean_and_deviation",
        "The mean absolute deviation from the mean, not the standard deviation.",
        """
def mean_and_deviation(values):
    n = len(values)
    mean = sum(values) / n
    spread = sum(abs(v - mean) for v in values) / (n - 1)
    return mean, spread
""",
        must="absolute | abs | MAD | square | squared | squares | sqrt | root | linear | variance",
        must_not="n - 1 | ddof | standard error",
    ),
    Coding(
        "mean_and_deviation",
        "The standard error of the mean instead of the standard deviation.",
        """
def mean_and_deviation(values):
    v = np.asarray(values, dtype=float)
    n = len(v)
    mean = v.sum() / n
    s2 = ((v - mean) ** 2).sum() / (n - 1)
    return mean, np.sqrt(s2 / n)       # error of the measurement
""",
        must=(
            "standard error | error of the mean | root of n | root of N | sqrt(n | sqrt(N | sqrt n | square root "
            "of | root of the number | number of values | number of seeds | SEM | uncertainty of the mean | "
            "divided by the root | divided by n again | divided by n twice | n once more | divided by sqrt | / "
            "sqrt | root n"
        ),
        must_not="absolute | n - 1 is missing | varianc",
    ),
    Coding(
        "mean_and_deviation",
        "The mean absolute deviation instead of the standard deviation.",
        """
def mean_and_deviation(values):
    n = len(values)
    mean = sum(values) / n
    dev = sum(abs(v - mean) for v in values) / n
    return mean, dev
""",
        must="abs | squar | magnitude | |v | mean deviation | average deviation | root mean | MAD | quadrat | linear",
        must_not="standard error | root of n | sum is missing",
    ),
    Coding(
        "chosen_by_validation",
        (
            "Training is stopped at the first epoch after which the validation accuracy falls (patience 1), so a "
            "later, better epoch is never seen."
        ),
        """
def chosen_by_validation(validation, test):
    best = 0
    for e in range(1, len(validation)):
        if validation[e] <= validation[best]:
            break
        best = e
    return test[best]
""",
        must=(
            "early | stop | stops | stopped | stopping | patience | break | later epoch | later epochs | first "
            "peak | first fall | first drop | first time | local max | local peak | local best | first local | "
            "falls | drops | decrease | whole list | all epochs | every epoch | highest of all | global | before "
            "the first | too soon | first maximum | never looked | never seen | rest of"
        ),
        must_not="test set chooses | best test | last epoch",
    ),
    Coding(
        "chosen_by_validation",
        (
            "Validation is only looked at as a check: the last epoch's test accuracy is reported, as with "
            "restore_best_weights=False."
        ),
        """
def chosen_by_validation(validation, test):
    best, wait = -1.0, 0
    chosen = test[0]
    for val, acc in zip(validation, test):
        if val > best:
            best = val
        chosen = acc            # the weights as they are when fit() returns
    return float(chosen)
""",
        must=(
            "last epoch | final epoch | last test | last entry | last one | last value | last accuracy | end of "
            "training | last, | validation...ignored | validation...used | ignores the validation | ignore the "
            "validation | without validation | does not use the validation | validation has no | independent of "
            "the validation | validation does not | test[-1] | the end"
        ),
        must_not="best test | early | highest test",
    ),
    Coding(
        "chosen_by_validation",
        "It stops at the first fall of the validation accuracy, a local maximum.",
        """
def chosen_by_validation(validation, test):
    best = 0
    for t in range(1, len(validation)):
        if validation[t] < validation[t - 1]:
            break
        best = t
    return test[best]
""",
        must=(
            "first fall | first drop | first decline | first decrease | first time | first peak | local | stops | "
            "stop | later epoch | later maximum | whole list | all epochs | every epoch | too early | early | "
            "falls | break | patience | first maximum | overall | highest... whole | global | sinks | drops | goes "
            "down | never looks | after that"
        ),
        must_not="validation accuracy itself | test set chooses | last epoch is",
    ),
    Coding(
        "chosen_by_validation",
        "The validation accuracy of the best epoch is returned, not the test accuracy.",
        """
def chosen_by_validation(validation, test):
    k = int(np.argmax(validation))
    return float(validation[k])
""",
        must=(
            "is the validation acc | returned... validation | returns... validation | return... validation | "
            "gives... validation | validation accuracy of | validation accuracy itself | validation accuracy "
            "instead | validation's accuracy | validation's own | validation[ | max(validation | is the largest "
            "validation | is the highest validation | is the best validation | taken from validation | taken from "
            "the validation | comes from... validation | stands in validation | list validation | instead of the "
            "test | test is never | test is unused | without test | whose test | test accuracy must | test "
            "accuracy of that | test[ | test accuracy at that | belongs to validation | from the validation list | "
            "validation value | accuracy on the validation | accuracy on validation"
        ),
        must_not="test set chooses | last epoch | max(test",
    ),
)
