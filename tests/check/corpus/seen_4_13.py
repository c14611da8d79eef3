"""A fourth author's mistakes in free codings of parameters, mean_and_deviation, chosen_by_validation."""

from corpus import Coding

CODINGS = (
    Coding(
        "parameters",
        "Forward-Forward's input is thought to be longer by the label's m places.",
        """
def parameters(d, widths, m, rule):
    if rule.startswith("ff"):
        d = d + m
    layer_sizes = [d] + widths
    count = sum(p * q for p, q in zip(layer_sizes, layer_sizes[1:]))
    extra = {"bp": m * widths[-1], "ff": 0, "ff_one_pass": m * sum(widths), "mf": m * sum(widths)}
    return count + extra[rule]
""",
        must="ff | m more | by m | plus m | label's | label in | the input | inputs | its input | first block",
        must_not="mf is",
    ),
    Coding(
        "parameters",
        "Biases are counted.",
        """
def parameters(d, widths, m, rule):
    dims = [d, *widths]
    n = sum((dims[k] + 1) * dims[k + 1] for k in range(len(widths)))
    readout = {"bp": widths[-1] * m, "ff": 0}
    return n + readout.get(rule, sum(widths) * m)
""",
        must="bias | each neuron | number of neurons | + 1 | sum(widths)",
        must_not="projection",
    ),
    Coding(
        "mean_and_deviation",
        "The standard error: divided once more by the root of n.",
        """
def mean_and_deviation(values):
    a = np.asarray(values, float)
    return a.mean(), a.std(ddof=1) / np.sqrt(a.size)
""",
        must="standard error | root | sqrt | divided | of n | by n",
        also=("deviation",),
        must_not="median",
    ),
    Coding(
        "chosen_by_validation",
        "Best-so-far is never raised: the last epoch that is better than the first one counts.",
        """
def chosen_by_validation(validation, test):
    best = validation[0]
    chosen = test[0]
    for v, t in zip(validation, test):
        if v > best:
            chosen = t
    return chosen
""",
        must="last epoch | last better | largest | best | raised | updated | not the epoch | first epoch",
        must_not="by the test set",
    ),
)
