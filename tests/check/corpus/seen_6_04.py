"""Mistakes of an eighth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "accuracy_over_batches",
        "Divided by the number of batches times batch_size, although the last batch may be shorter.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    correct, n_batches = 0, 0
    for s in range(0, len(X), batch_size):
        correct += int((predict(X[s:s + batch_size]) == y[s:s + batch_size]).sum())
        n_batches += 1
    return correct / (n_batches * batch_size)
""",
        must=(
            "last batch | short | partial | multiple of | batches * batch_size | batch_size | number of rows | "
            "divided by | divisor | by N | len(y) | N rows | denominator | incomplete | remainder | full batch | "
            "too small"
        ),
        must_not="percent",
    ),
    Coding(
        "accuracy_over_batches",
        "A percentage, 100 times the share, comes back, as in the PyTorch tutorial.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    correct = 0
    total = 0
    for start in range(0, X.shape[0], batch_size):
        labels = y[start:start + batch_size]
        predicted = predict(X[start:start + batch_size])
        total += labels.shape[0]
        correct += (predicted == labels).sum().item()
    return 100 * correct / total
""",
        must="percent | 100 | per cent | from 0 to 1 | hundred | share | fraction | above 1 | larger than 1",
        must_not="last batch",
    ),
    Coding(
        "kept_by_bp",
        "The weights are counted too; they are there anyway and are not kept from the forward pass.",
        """
def kept_by_bp(N, d, widths):
    activations = N * (d + sum(widths))
    params, n_in = 0, d
    for w in widths:
        params += n_in * w
        n_in = w
    return activations + params
""",
        must="weight | parameter | W | matrices | d * w | learned",
        must_not="twice | byte",
    ),
    Coding(
        "kept_by_mf",
        "The number is overwritten in each turn of the loop: the last block counts, not the one that needs most.",
        """
def kept_by_mf(N, d, widths):
    n_in = d
    peak = 0
    for n_out in widths:
        peak = N * (n_in + n_out)
        n_in = n_out
    return peak
""",
        must=(
            "last block | max | largest | peak | needs most | biggest | overwrit | overwrite | last one | widest | "
            "topmost | top block | larger | earlier block | greatest"
        ),
        must_not="sum of all",
    ),
    Coding(
        "ticks",
        "A backward pass through the pipeline is counted as well (GPipe); a local rule has none.",
        """
def ticks(blocks, batches):
    forward = blocks + batches - 1
    backward = blocks + batches - 1
    return forward + backward
""",
        must=(
            "twice | backward | double | two times | factor 2 | factor of 2 | half | back | 2 * | 2 ( | gpipe | "
            "forward and | only forward | times 2 | times too"
        ),
        must_not="one after the other",
    ),
    Coding(
        "parameters",
        (
            "The one-pass readout is given all layers but the first (Hinton's choice); the paper's count has all "
            "of them."
        ),
        """
def parameters(d, widths, m, rule):
    sizes = [d] + list(widths)
    W = sum(p * q for p, q in zip(sizes[:-1], sizes[1:]))
    extra = {
        "ff": 0,
        "bp": m * widths[-1],
        "ff_one_pass": m * sum(widths[1:]),
        "mf": m * sum(widths),
    }
    return W + extra[rule]
""",
        must=(
            "first layer | first block | first hidden | layer 1 | block 1 | all blocks | all layers | every block "
            "| every layer | each block | widths[0] | widths[1:] | sum(widths) | first width | all the blocks | "
            "all but | readout...all | sum of all widths | all widths | m * widths"
        ),
    ),
    Coding(
        "mean_and_deviation",
        "The root is taken before the division: sqrt(sum) / (n - 1) instead of sqrt(sum / (n - 1)).",
        """
def mean_and_deviation(values):
    n = len(values)
    mean = sum(values) / n
    ss = 0
    for v in values:
        ss += (v - mean) ** 2
    return mean, np.sqrt(ss) / (n - 1)
""",
        must=(
            "root...before | before...root | before the division | root of the sum | under the root | inside the "
            "root | outside the root | outside of the root | after the root | sqrt(n - 1) | sqrt(n-1) | sqrt(sum | "
            "root of n - 1 | root of the quotient | bracket | parenthes | divided...not the root | root...division"
        ),
        must_not="standard error",
    ),
    Coding(
        "chosen_by_validation",
        (
            "Stops at the first epoch whose validation accuracy falls (early stopping), so a later, better epoch "
            "is never seen."
        ),
        """
def chosen_by_validation(validation, test):
    best = 0
    for epoch in range(1, len(validation)):
        if validation[epoch] > validation[best]:
            best = epoch
        elif validation[epoch] < validation[epoch - 1]:
            break
    return test[best]
""",
        must=(
            "early stop | stops | stopped | first fall | first drop | first decrease | first peak | first maximum "
            "| local max | later epoch | all epochs | falls | drops | break | patience | goes down | before the "
            "best | highest of all | whole list | every epoch | too early | first...down"
        ),
    ),
)
