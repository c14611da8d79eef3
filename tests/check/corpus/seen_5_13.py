"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "parameters",
        "MF gets an output layer besides its projection matrices; the last M is the output layer.",
        """
def parameters(d, widths, m, rule):
    sizes = [d, *widths]
    hidden = sum(a * b for a, b in zip(sizes[:-1], sizes[1:]))
    extra = {"bp": widths[-1] * m, "ff": 0, "ff_one_pass": m * sum(widths), "mf": m * sum(widths) + widths[-1] * m}
    return hidden + extra[rule]
""",
        must=(
            "output layer | output weights | readout | last ... twice | twice | extra | last M | separate | last "
            "projection | already | no other | one layer too | last layer | last block | besides | widths[-1]"
        ),
        must_not="bp ... output ... missing | label",
    ),
    Coding(
        "parameters",
        "The label of FF is thought to be appended to the input, so the first layer has d + m rows.",
        """
def parameters(d, widths, m, rule):
    n_in = d + m if rule.startswith("ff") else d
    fan = np.array([n_in, *widths[:-1]])
    total = int(fan @ np.array(widths))
    if rule == "bp":
        total += m * widths[-1]
    elif rule in ("mf", "ff_one_pass"):
        total += m * int(np.sum(widths))
    return total
""",
        must=(
            "d + m | label | wider | m more | appended | overlay | inputs | first layer | first block | written "
            "over | overwrit | m * widths[0] | input"
        ),
        must_not="output layer | projection",
    ),
    Coding(
        "parameters",
        "One-pass FF's readout sees only the last hidden layer.",
        """
def parameters(d, widths, m, rule):
    W = 0
    fan_in = d
    for n in widths:
        W += fan_in * n
        fan_in = n
    if rule == "ff":
        return W
    if rule in ("bp", "ff_one_pass"):
        return W + fan_in * m
    return W + m * sum(widths)
""",
        must=(
            "one_pass ... readout | one-pass ... readout | readout ... one | readout ... all | reads all | all "
            "hidden | both hidden | every hidden | all blocks | every block | all layers | every layer | last "
            "hidden | last block | last layer | only the last | sum(widths | earlier blocks | earlier layers | "
            "each hidden | each block"
        ),
        must_not="bias | mf counts",
    ),
    Coding(
        "mean_and_deviation",
        "Gives the standard error, divided by sqrt(n), in the place of the standard deviation.",
        """
def mean_and_deviation(values):
    n = len(values)
    mean = sum(values) / n
    acc = 0.0
    for v in values:
        acc += (v - mean) ** 2
    s = np.sqrt(acc / (n - 1))
    return mean, s / np.sqrt(n)
""",
        must=(
            "standard error | sqrt(n | sqrt(N | root of n | error of the mean | / sqrt | root of the number | sem "
            "| sqrt n"
        ),
    ),
    Coding(
        "mean_and_deviation",
        "The standard error of the mean: the deviation is divided by sqrt(n).",
        """
def mean_and_deviation(values):
    v = np.asarray(values)
    return v.mean(), v.std(ddof=1) / np.sqrt(v.size)
""",
        must="standard error | sqrt | square root | error of the mean | SEM | root of n | root of the number",
        must_not="n - 1 | ddof",
    ),
    Coding(
        "mean_and_deviation",
        "Half the range (max - min) / 2 as the plus-minus, instead of the standard deviation.",
        """
def mean_and_deviation(values):
    v = np.array(values, dtype=float)
    return float(v.mean()), float(np.ptp(v) / 2)
""",
        must="range | max | min | extreme | largest | smallest | spread between | ptp | half the",
        must_not="n - 1 | ddof | variance",
    ),
    Coding(
        "mean_and_deviation",
        "The standard error of the mean instead of the standard deviation.",
        """
def mean_and_deviation(values):
    v = np.asarray(values, dtype=float)
    n = v.size
    s = v.std(ddof=1)
    return float(v.mean()), float(s / n ** 0.5)
""",
        must=(
            "standard error | error of the mean | sqrt(n | sqrt(N | square root of n | square root of the number | "
            "root of the number | root n | sqrt of n | SEM | divided by ... root | divided by ... sqrt | n**0.5 | "
            "uncertainty of the mean"
        ),
        must_not="ddof | variance",
    ),
    Coding(
        "chosen_by_validation",
        "Each epoch is compared with the one before it, not with the best so far: the last rise is chosen.",
        """
def chosen_by_validation(validation, test):
    best = 0
    for e in range(1, len(validation)):
        if validation[e] > validation[e - 1]:
            best = e
    return test[best]
""",
        must=(
            "previous | epoch before | one before | last rise | last rose | last improv | last increase | best so "
            "far | neighbour | earlier best | last time | compar | highest so far | last epoch that"
        ),
    ),
    Coding(
        "chosen_by_validation",
        "Stops at the first fall of the validation accuracy: the first local peak, not the best of all epochs.",
        """
def chosen_by_validation(validation, test):
    v = np.asarray(validation)
    falls = np.flatnonzero(np.diff(v) < 0)
    best = falls[0] if falls.size else len(v) - 1
    return float(test[best])
""",
        must=(
            "first ... fall | falls | local | stop | early | patience | later | first peak | first time | drop | "
            "best of all | all epochs | first maximum | whole | goes down | too soon"
        ),
        must_not="smallest | best test",
    ),
    Coding(
        "chosen_by_validation",
        "The epoch of the smallest validation number, as if it were a loss.",
        """
def chosen_by_validation(validation, test):
    ep = min(range(len(validation)), key=lambda e: validation[e])
    return float(test[ep])
""",
        must=(
            "smallest | lowest | worst | argmin | minim | loss | least | opposite | highest validation | largest "
            "validation | best validation"
        ),
        must_not="test set chooses | last epoch",
    ),
    Coding(
        "chosen_by_validation",
        "The first local maximum: it stops at the first epoch after which validation falls.",
        """
def chosen_by_validation(validation, test):
    # early stopping
    k = 0
    while k + 1 < len(validation) and validation[k + 1] >= validation[k]:
        k += 1
    return float(test[k])
""",
        must=(
            "first drop | first fall | first decrease | first time | falls | drops | local max | local peak | "
            "first peak | early stop | stops | stopped | later epoch | all epochs | every epoch | patience | whole "
            "list | over all | too early | until | global max | best of all | first local | highest of all"
        ),
        must_not="test set chooses | last epoch",
    ),
)
