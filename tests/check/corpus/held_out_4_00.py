"""A fourth author's mistakes, held out, in free codings of shuffle_together, accuracy_over_batches."""

from corpus import Coding

CODINGS = (
    Coding(
        "shuffle_together",
        "The labels are put in the inverse order.",
        """
def shuffle_together(X, y, rng):
    order = rng.permutation(len(X))
    newX = X[order]
    newy = np.empty_like(y)
    newy[order] = y
    return newX, newy
""",
        must="pair | inverse | its label | its own label | labels ... row | same order",
        must_not="replacement",
    ),
    Coding(
        "accuracy_over_batches",
        "Whole batches only: the remainder is never looked at, nor counted.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    n = len(y) // batch_size
    if n == 0:
        return float(np.mean(predict(X) == y))
    hits = 0
    for k in range(n):
        s = slice(k * batch_size, (k + 1) * batch_size)
        hits += np.count_nonzero(predict(X[s]) == y[s])
    return hits / (n * batch_size)
""",
        must="last batch | last row | last sample | left out | incomplete | remain | not counted | dropped | shorter",
        must_not="mean of the batches",
    ),
)
