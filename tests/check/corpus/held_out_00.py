"""Held out, for measuring only: mistakes in free codings of shuffle_together, accuracy_over_batches."""

from corpus import Coding

CODINGS = (
    Coding(
        "shuffle_together",
        "Only X is put into a new order.",
        """
def shuffle_together(X, y, rng):
    idx = np.arange(len(X))
    rng.shuffle(idx)
    return X[idx], y
""",
        must="y | only X",
        also=("order | same | shuffled | pair | belong",),
    ),
    Coding(
        "shuffle_together",
        "The caller's arrays are shuffled in place.",
        """
def shuffle_together(X, y, rng):
    order = rng.permutation(len(X))
    X[:] = X[order]
    y[:] = y[order]
    return X, y
""",
        must="changes its argument | changes X | X is changed | changed X | modifies | changed in place",
    ),
    Coding(
        "shuffle_together",
        "A fixed seed of its own is used: rng does not decide the order.",
        """
def shuffle_together(X, y, rng):
    np.random.seed(42)
    order = np.random.permutation(len(X))
    return X[order], y[order]
""",
        must="rng | seed | same order every | generator",
    ),
    Coding(
        "shuffle_together",
        "Nothing is shuffled: the arrays come back in the old order.",
        """
def shuffle_together(X, y, rng):
    X, y = X.copy(), y.copy()
    rng.permutation(len(X))
    return X, y
""",
        must="old order | not shuffled | as they were | unchanged | not changed | nothing is shuffled",
    ),
    Coding(
        "shuffle_together",
        "y is returned before X.",
        """
def shuffle_together(X, y, rng):
    order = rng.permutation(len(y))
    return y[order], X[order]
""",
        must="order of | exchang | swap | y, X | other order | another order",
    ),
    Coding(
        "shuffle_together",
        "y gets the inverse of the permutation that X gets.",
        """
def shuffle_together(X, y, rng):
    order = rng.permutation(len(X))
    X_new = X[order]
    y_new = np.empty_like(y)
    y_new[order] = y
    return X_new, y_new
""",
        must="inverse | pairs | own label | same order | argsort | different order | lose their labels",
    ),
    Coding(
        "accuracy_over_batches",
        "The last, shorter batch is dropped.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    n_batches = len(X) // batch_size
    correct = 0
    for b in range(n_batches):
        s = slice(b * batch_size, (b + 1) * batch_size)
        correct += np.sum(predict(X[s]) == y[s])
    return correct / (n_batches * batch_size) if n_batches else 0.0
""",
        must=(
            "last batch | last, smaller batch | last, shorter batch | smaller batch | shorter batch | dropped | "
            "left over | remaining rows | full batches | last rows"
        ),
    ),
    Coding(
        "accuracy_over_batches",
        "Per cent are returned.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    right = 0
    for i in range(0, len(X), batch_size):
        right += int(np.sum(predict(X[i : i + batch_size]) == y[i : i + batch_size]))
    return 100.0 * right / len(X)
""",
        must="per cent | 100 | percent | from 0 to 1",
    ),
    Coding(
        "accuracy_over_batches",
        "The number of right predictions is returned, not divided.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    hits = 0
    for i in range(0, len(y), batch_size):
        for p, t in zip(predict(X[i : i + batch_size]), y[i : i + batch_size]):
            if p == t:
                hits += 1
    return float(hits)
""",
        must="not divided | number of right | right predictions are counted | a count | N x",
    ),
    Coding(
        "accuracy_over_batches",
        "All rows are handed to predict at once: batch_size is ignored.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    return float((predict(X) == y).mean())
""",
        must="at once | more rows | batch_size is | rows at a time",
    ),
    Coding(
        "accuracy_over_batches",
        "return stands in the loop: only the first batch is counted.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    right = 0
    for i in range(0, len(y), batch_size):
        right += (predict(X[i : i + batch_size]) == y[i : i + batch_size]).sum()
        return right / len(y[i : i + batch_size])
""",
        must="first batch | one batch | return | stops after | other batches",
    ),
    Coding(
        "accuracy_over_batches",
        "Integer division makes 0 of every accuracy below 1.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    right = 0
    for i in range(0, len(X), batch_size):
        right += int((predict(X[i : i + batch_size]) == y[i : i + batch_size]).sum())
    return right // len(X)
""",
        must="integer division | // | whole number | rounded | always 0",
    ),
    Coding(
        "accuracy_over_batches",
        "The last row of each batch is left out: i + batch_size - 1.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    right = total = 0
    for i in range(0, len(X), batch_size):
        j = i + batch_size - 1
        right += int((predict(X[i:j]) == y[i:j]).sum())
        total += len(y[i:j])
    return right / total
""",
        must=(
            "last row of each | row of each batch | row of every batch | one row too few | rows are not counted | "
            "not counted | batch_size - 1 | not handed"
        ),
    ),
)
