"""Mistakes of two more authors, who were asked for uncommon ones."""

from corpus import Coding

CODINGS = (
    Coding(
        "mean_and_deviation",
        "A running sum of squares with the old mean twice (delta * delta), which Welford's method does not have.",
        """
def mean_and_deviation(values):
    mean, s, n = 0.0, 0.0, 0
    for v in values:
        n += 1
        delta = v - mean
        mean += delta / n
        s += delta * delta
    return mean, (s / (n - 1)) ** 0.5
""",
        must=(
            "running | welford | old mean | final mean | mean so far | delta | new mean | mean of all | first "
            "value | around 0 | about 0 | before...mean | order of the values | updated mean | changing mean | own "
            "mean | one-pass | one pass | online"
        ),
        must_not="standard error | absolute",
    ),
    Coding(
        "chosen_by_validation",
        "Smooths the validation curve with a window before it looks for the peak.",
        """
def chosen_by_validation(validation, test):
    kernel = np.ones(3) / 3
    smooth = np.convolve(validation, kernel, mode="same")
    return float(test[int(smooth.argmax())])
""",
        must="smooth | moving average | window | neighbour | neighbor | averag | mean of three | convol | filter",
        must_not="best test | last epoch",
    ),
    Coding(
        "chosen_by_validation",
        "One-standard-error rule of statistics: the first epoch within one deviation of the best.",
        """
def chosen_by_validation(validation, test):
    v = np.array(validation)
    limit = v.max() - v.std() / np.sqrt(len(v))
    epoch = int(np.argmax(v >= limit))
    return float(test[epoch])
""",
        must=(
            "standard error | standard deviation | deviation | within | toleran | near the best | close to the "
            "best | almost | nearly | good enough | first epoch...near | earlier epoch | too early | one-standard "
            "| not the best | below the best"
        ),
        must_not="best test | last epoch",
    ),
    Coding(
        "chosen_by_validation",
        "Stops at the first epoch after which the validation falls: a first local maximum.",
        """
def chosen_by_validation(validation, test):
    best = 0
    for e in range(1, len(validation)):
        if validation[e] < validation[e - 1]:
            break                    # early stopping
        if validation[e] > validation[best]:
            best = e
    return float(test[best])
""",
        must=(
            "first...fall | falls | first peak | first drop | local max | early stop | early-stop | patience | "
            "first decrease | first decline | later epoch | all epochs | every epoch | stops | drop | goes down | "
            "before the first | whole list | first dip | too early"
        ),
        must_not="best test | last epoch",
    ),
)
