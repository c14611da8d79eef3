"""A fourth author's mistakes in free codings of shuffle_together, accuracy_over_batches."""

from corpus import Coding

CODINGS = (
    Coding(
        "shuffle_together",
        "Two shuffles one after the other: each has an order of its own, and they are in place.",
        """
def shuffle_together(X, y, rng):
    rng.shuffle(X)
    rng.shuffle(y)
    return X, y
""",
        must="separately | pair | same order | one permutation | its label | two orders | in place | changed",
        must_not="replacement",
    ),
    Coding(
        "shuffle_together",
        "Rows are drawn with replacement: some come twice, some never.",
        """
def shuffle_together(X, y, rng):
    rows = rng.choice(len(X), size=len(X))
    return X[rows], y[rows]
""",
        must="replacement | twice | missing | never | more than once | each row once | lost",
        must_not="separately",
    ),
    Coding(
        "accuracy_over_batches",
        "The return is in the loop: the accuracy of the first batch.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    correct, seen = 0, 0
    for i in range(0, len(X), batch_size):
        pred = predict(X[i:i + batch_size])
        correct += (pred == y[i:i + batch_size]).sum()
        seen += len(pred)
        return correct / seen
""",
        must="first batch | return ... loop | inside the loop | in the loop",
        must_not="last batch",
    ),
    Coding(
        "accuracy_over_batches",
        "The last row of each batch is cut off by a slice that means to be careful.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    good = 0
    for lo in range(0, len(y), batch_size):
        hi = min(lo + batch_size, len(y)) - 1
        if hi > lo:
            good += int(np.sum(predict(X[lo:hi]) == y[lo:hi]))
    return good / len(y)
""",
        must="last batch | last row | last sample | left out | batch_size - 1 | slice | each batch | off by one",
    ),
)
