"""Further mistakes in free codings of parameters, mean_and_deviation and chosen_by_validation."""

from corpus import Coding

CODINGS = (
    Coding(
        "parameters",
        "One readout for Forward-Forward in one pass: on the last block only.",
        """
def parameters(d, widths, m, rule):
    sizes = [d, *widths]
    total = sum(p * q for p, q in zip(sizes, sizes[1:]))
    if rule in ("bp", "ff_one_pass"):
        total += widths[-1] * m
    elif rule == "mf":
        total += m * sum(widths)
    return total
""",
        must="ff_one_pass | one-pass | one pass",
        also=("every block | all blocks | last block | sum",),
    ),
    Coding(
        "parameters",
        "Biases are counted.",
        """
def parameters(d, widths, m, rule):
    n_in, total = d, 0
    for w in widths:
        total += n_in * w + w
        n_in = w
    on_top = {"bp": widths[-1], "ff": 0, "ff_one_pass": sum(widths), "mf": sum(widths)}[rule]
    return total + m * on_top
""",
        must="bias",
    ),
    Coding(
        "parameters",
        "Forward-Forward gets an output layer.",
        """
def parameters(d, widths, m, rule):
    sizes = [d] + list(widths)
    body = sum(sizes[i] * sizes[i + 1] for i in range(len(sizes) - 1))
    if rule == "bp" or rule == "ff":
        return body + m * widths[-1]
    return body + m * sum(widths)
""",
        must="ff",
        also=("readout | output layer | no ... on top | too many | classes | m",),
        must_not="bias",
    ),
    Coding(
        "mean_and_deviation",
        "Divided by n.",
        """
def mean_and_deviation(values):
    return np.mean(values), np.std(values)
""",
        must="n - 1 | ddof | by n | one less | sample",
        must_not="root",
    ),
    Coding(
        "mean_and_deviation",
        "The variance: the root is forgotten.",
        """
def mean_and_deviation(values):
    mu = sum(values) / len(values)
    spread = sum((v - mu) ** 2 for v in values) / (len(values) - 1)
    return mu, spread
""",
        must="root | variance | squared",
        must_not="ddof",
    ),
    Coding(
        "mean_and_deviation",
        "The standard error of the mean.",
        """
def mean_and_deviation(values):
    values = np.asarray(values)
    return values.mean(), values.std(ddof=1) / np.sqrt(len(values))
""",
        must="standard error | root of n | sqrt(n) | error of the mean | root of the number",
        must_not="variance",
    ),
    Coding(
        "mean_and_deviation",
        "The median for the mean.",
        """
def mean_and_deviation(values):
    middle = float(np.median(values))
    return middle, float(np.std(values, ddof=1))
""",
        must="median | middle",
        must_not="ddof",
    ),
    Coding(
        "chosen_by_validation",
        "The best epoch is chosen by the test set.",
        """
def chosen_by_validation(validation, test):
    best = 0
    for epoch in range(len(test)):
        if test[epoch] > test[best]:
            best = epoch
    return test[best]
""",
        must="test",
        also=("chosen | chooses | best | largest | decide | maximum",),
    ),
    Coding(
        "chosen_by_validation",
        "The validation accuracy is returned.",
        """
def chosen_by_validation(validation, test):
    return max(validation)
""",
        must=(
            "validation ... returned | validation accuracy | from the validation | of validation | not a test"
            " | out of test"
        ),
    ),
    Coding(
        "chosen_by_validation",
        "The last epoch.",
        """
def chosen_by_validation(validation, test):
    return test[-1]
""",
        must="last epoch | last entry | last one | last test",
    ),
)
