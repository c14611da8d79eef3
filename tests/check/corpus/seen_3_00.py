"""Rarer mistakes in free codings of shuffle_together and accuracy_over_batches."""

from corpus import Coding

CODINGS = (
    Coding(
        "shuffle_together",
        "y is taken in the order that undoes the permutation: argsort of it.",
        """
def shuffle_together(X, y, rng):
    order = rng.permutation(len(y))
    return X[order], y[np.argsort(order)]
""",
        must="inverse | belong | pair | same order | other order | own label | separately | different order",
        must_not="in place",
    ),
    Coding(
        "shuffle_together",
        "y first.",
        """
def shuffle_together(X, y, rng):
    keys = rng.random(len(y))
    order = keys.argsort()
    return y[order], X[order]
""",
        must="order | exchanged | swapped | (X, y) | places",
    ),
    Coding(
        "shuffle_together",
        "The permutation is one too short: a row is lost.",
        """
def shuffle_together(X, y, rng):
    order = rng.permutation(len(y) - 1)
    return X[order], y[order]
""",
        must="left out | lost | too few",
    ),
    Coding(
        "accuracy_over_batches",
        "Each batch is one sample too long: that sample is counted twice.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    right = 0
    for start in range(0, len(y), batch_size):
        stop = start + batch_size + 1
        right += int((predict(X[start:stop]) == y[start:stop]).sum())
    return right / len(y)
""",
        must="at once | twice | overlap | one too many | more than once | + 1 | larger than batch_size",
    ),
    Coding(
        "accuracy_over_batches",
        "The accuracy of the last batch: a stale variable.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    for start in range(0, len(y), batch_size):
        part = slice(start, start + batch_size)
        accuracy = (predict(X[part]) == y[part]).mean()
    return accuracy
""",
        must="last batch | only ... batch | last, smaller",
        must_not="dropped",
    ),
)
