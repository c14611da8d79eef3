"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "repair",
        "All blocks up to i are trained, not block i alone.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.train import Trainer
    from mfnumpy.optim import Adam
    Trainer(net, rule, Adam(), epochs=5, batch_size=32, only=range(i + 1), show_progress=False).fit(x, y)
""",
        must=(
            "below | lower | earlier | other blocks | another block | all blocks | block i alone | i + 1 | more "
            "than ... block | only=[i] | blocks before | block 0 | block1 | block 1 | first block | former | keeps "
            "its bytes | changed too | too many"
        ),
        must_not="M_i | copy",
    ),
    Coding(
        "repair",
        "Only W of the block is trained again, its projection matrix M stays as it was.",
        """
def repair(net, rule, i, x, y):
    lr = 0.05
    key = net.blocks[i].name + ".W"
    for epoch in range(5):
        for step in rule.steps(net, x, y, only={i}):
            W = rule.parameters(net)[key]
            W -= lr * step.gradients[key]
""",
        must=(
            "M stays | M is | M of | M has | M did | M too | M as well | its M | and M | M unchanged | projection "
            "| only W | W alone | W only | its M"
        ),
        must_not="other block | block below",
    ),
    Coding(
        "shuffle_together",
        "Draws indices with replacement, so that some samples come several times and others not at all.",
        """
def shuffle_together(X, y, rng):
    N = X.shape[0]
    Xs = np.empty_like(X)
    ys = np.empty_like(y)
    for i in range(N):
        k = rng.integers(0, N)
        Xs[i] = X[k]
        ys[i] = y[k]
    return Xs, ys
""",
        must=(
            "replacement | duplic | twice | doubl | missing | bootstrap | permut | repeat | lost | several times | "
            "more than once | exactly once | each... once | every... once | disappear"
        ),
    ),
    Coding(
        "shuffle_together",
        "Swaps rows by way of a temporary that is a view, not a copy, so rows of X are lost and others doubled.",
        """
def shuffle_together(X, y, rng):
    X = X.copy()
    y = y.copy()
    n = len(y)
    for i in range(n - 1, 0, -1):
        j = rng.integers(0, i + 1)
        tmp = X[i]
        X[i] = X[j]
        X[j] = tmp
        t = y[i]
        y[i] = y[j]
        y[j] = t
    return X, y
""",
        must=(
            "view | duplic | twice | doubl | lost | copy | overwrit | overwritten | same row | rows... missing | "
            "missing... row | disappear | repeat | more than once | several times | swap"
        ),
    ),
    Coding(
        "shuffle_together",
        "y is ordered by the inverse permutation (argsort of it), X by the permutation.",
        """
def shuffle_together(X, y, rng):
    perm = rng.permutation(len(X))
    return X[perm], y[np.argsort(perm)]
""",
        must=(
            "invers | argsort | undo | undone | other way | different order | two orders | another order | "
            "different permutation | same order | same permutation | another permutation | own label | lost its "
            "label | keep ... label | belong"
        ),
        must_not="column | copy",
    ),
    Coding(
        "shuffle_together",
        "Rows are drawn with replacement, a bootstrap instead of a permutation.",
        """
def shuffle_together(X, y, rng):
    n = len(y)
    idx = rng.integers(0, n, size=n)
    return X[idx], y[idx]
""",
        must=(
            "replacement | twice | more than once | several times | duplicat | repeated | repeat | missing | lost "
            "| bootstrap | permutation | exactly once | each ... once | every ... once | same rows | left out"
        ),
        must_not="own label | global",
    ),
    Coding(
        "accuracy_over_batches",
        "The counter is set to 0 inside the loop, so only the last batch's hits are counted, and divided by all N.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    N = X.shape[0]
    for start in range(0, N, batch_size):
        correct = 0
        stop = min(start + batch_size, N)
        guess = predict(X[start:stop])
        for i in range(start, stop):
            if guess[i - start] == y[i]:
                correct += 1
    return correct / N
""",
        must=(
            "only the last batch | last batch alone | last batch counts | last batch's | reset | accumul | set to "
            "0 | set back | inside the loop | only... last | overwrit | earlier batch | counted... again | starts "
            "again | start again | other batches | previous batch | forgot | forget"
        ),
    ),
    Coding(
        "accuracy_over_batches",
        "drop_last: the rows of the last, incomplete batch are never judged.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    n = max(len(X) // batch_size, 1)
    Xb = [X[k * batch_size:(k + 1) * batch_size] for k in range(n)]
    hits = np.concatenate([predict(b) for b in Xb]) == y[:n * batch_size]
    return float(hits.mean())
""",
        must=(
            "last | remainder | drop | left over | left-over | leftover | incomplete | rest | remaining | multiple "
            "| left out | skipped | never judged | never seen | missing rows"
        ),
        must_not="mean of ... batches | unequal",
    ),
    Coding(
        "accuracy_over_batches",
        "array_split into N // batch_size parts: a part can have more than batch_size rows.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    parts = np.array_split(np.arange(len(X)), max(len(X) // batch_size, 1))
    return float(np.concatenate([predict(X[i]) == y[i] for i in parts]).mean())
""",
        must=(
            "more than | larger than | bigger than | too many rows | at most | exceed | batch_size ... rows | too "
            "large | too big | longer than | too long | greater than | rounded up | ceil"
        ),
        must_not="last batch ... left out | mean of means",
    ),
    Coding(
        "accuracy_over_batches",
        "Divided by the number of batches times batch_size, as if the last one were full.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    N = len(y)
    nb = -(-N // batch_size)
    ok = 0
    for b in range(nb):
        lo = b * batch_size
        hi = lo + batch_size
        ok += int((predict(X[lo:hi]) == y[lo:hi]).sum())
    return ok / (nb * batch_size)
""",
        must=(
            "divid | denominator | divisor | number of samples | last batch | number of batches | full batch | "
            "batch ... full | multiple of batch_size | smaller batch | batches * batch_size | rounded up | by N | "
            "batches times | smaller last | too small | too low"
        ),
        must_not="mean of the batch accuracies | unweighted",
    ),
    Coding(
        "kept_by_bp",
        "Counts the weights instead of the activations of the batch.",
        """
def kept_by_bp(N, d, widths):
    total = 0
    before = d
    for w in widths:
        total += before * w
        before = w
    return total
""",
        must="weight | parameter | N... missing | without N | N rows | rows of the batch | depend... N",
    ),
    Coding(
        "kept_by_bp",
        "The output of the last block is left out.",
        """
def kept_by_bp(N, d, widths):
    return N * sum([d, *widths[:-1]])
""",
        must="last | top | final | [:-1] | output ... missing | uppermost",
        must_not="input is missing | weights",
    ),
    Coding(
        "kept_by_bp",
        "The weights are counted instead of the activations of the batch.",
        """
def kept_by_bp(N, d, widths):
    sizes = np.array([d, *widths])
    return int(N * d + (sizes[:-1] * sizes[1:]).sum())
""",
        must="weight | parameter | product | matri | activation",
        must_not="last block | only the largest",
    ),
)
