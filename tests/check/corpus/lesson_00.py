"""Mistakes in free codings of shuffle_together, accuracy_over_batches."""

from corpus import Coding

CODINGS = (
    Coding(
        "shuffle_together",
        "X and y get two different permutations.",
        """
def shuffle_together(X, y, rng):
    return rng.permutation(X), rng.permutation(y)
""",
        must=(
            "same order | two different | own order | pairs | different order | belong | separately | two permutations"
        ),
    ),
    Coding(
        "shuffle_together",
        "Rows are drawn with replacement: some come twice, others never.",
        """
def shuffle_together(X, y, rng):
    idx = rng.integers(0, len(X), size=len(X))
    return X[idx], y[idx]
""",
        must="replacement | twice | more than once | missing | every row | each row | lost | bootstrap | once",
    ),
    Coding(
        "shuffle_together",
        "The entries of each row are shuffled as well: the columns change.",
        """
def shuffle_together(X, y, rng):
    order = rng.permutation(len(X))
    cols = rng.permutation(X.shape[1])
    return X[order][:, cols], y[order]
""",
        must="column | features | within | broken",
    ),
    Coding(
        "shuffle_together",
        "The columns are shuffled, not the rows.",
        """
def shuffle_together(X, y, rng):
    order = rng.permutation(X.shape[1])
    return X[:, order], y
""",
        must="column | features | axis | broken",
    ),
    Coding(
        "shuffle_together",
        "The last row is lost.",
        """
def shuffle_together(X, y, rng):
    order = rng.permutation(len(X) - 1)
    return X[order], y[order]
""",
        must="lost | missing | last row | one row | too few | left out | every row | fewer",
    ),
    Coding(
        "shuffle_together",
        "It is only a rotation by a random number of places.",
        """
def shuffle_together(X, y, rng):
    k = int(rng.integers(1, len(X)))
    return np.roll(X, k, axis=0), np.roll(y, k)
""",
        must="rotat | neighbour | roll | shift | every order | all orders | circle | possible orders | next to",
    ),
    Coding(
        "shuffle_together",
        "Only pairs of neighbours are exchanged: a row never gets far.",
        """
def shuffle_together(X, y, rng):
    order = np.arange(len(X))
    for i in range(0, len(X) - 1, 2):
        if rng.random() < 0.5:
            order[i], order[i + 1] = order[i + 1], order[i]
    return X[order], y[order]
""",
        must="neighbour | far | every order | all orders | possible orders | every place | came to row",
    ),
    Coding(
        "accuracy_over_batches",
        "The mean of the batches' accuracies: a shorter last batch counts too much.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    accs = []
    for i in range(0, len(X), batch_size):
        pred = predict(X[i : i + batch_size])
        accs.append(np.mean(pred == y[i : i + batch_size]))
    return np.mean(accs)
""",
        must="mean of the | averaged | average of | equally large | weigh",
    ),
    Coding(
        "accuracy_over_batches",
        "The last, shorter batch is dropped, yet all rows are counted in the denominator.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    correct = 0
    for b in range(len(X) // batch_size):
        s = slice(b * batch_size, (b + 1) * batch_size)
        correct += np.sum(predict(X[s]) == y[s])
    return correct / len(y)
""",
        must=(
            "last batch | last, smaller batch | last, shorter batch | smaller batch | shorter batch | dropped | "
            "left over | remaining rows | full batches | last rows"
        ),
    ),
    Coding(
        "accuracy_over_batches",
        "Full batches are assumed: it is divided by the number of batches times the batch size.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    right, seen = 0, 0
    for i in range(0, len(X), batch_size):
        right += (predict(X[i : i + batch_size]) == y[i : i + batch_size]).sum()
        seen += batch_size
    return right / seen
""",
        must="divide | number of rows | full | last batch | shorter | batches times | denominator",
    ),
    Coding(
        "accuracy_over_batches",
        "The error rate is returned.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    wrong = 0
    for i in range(0, len(y), batch_size):
        wrong += (predict(X[i : i + batch_size]) != y[i : i + batch_size]).sum()
    return wrong / len(y)
""",
        must="error rate | wrong predictions | 1 - | share of wrong | wrong ones | mistakes are counted",
    ),
    Coding(
        "accuracy_over_batches",
        "The count is overwritten: only the last batch counts.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    n = len(y)
    for i in range(0, n, batch_size):
        correct = int((predict(X[i : i + batch_size]) == y[i : i + batch_size]).sum())
    return correct / n
""",
        must="last batch | overwrit | += | only ... batch",
    ),
    Coding(
        "accuracy_over_batches",
        "The labels are not sliced: each batch is compared with the first labels.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    right = 0
    for i in range(0, len(X), batch_size):
        pred = predict(X[i : i + batch_size])
        right += (pred == y[: len(pred)]).sum()
    return right / len(X)
""",
        must="first labels | same labels | first batch | own labels | other rows | wrong labels | labels of | y[",
    ),
    Coding(
        "accuracy_over_batches",
        "The batches overlap by one row: i + batch_size + 1.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    right = 0
    for i in range(0, len(X), batch_size):
        j = i + batch_size + 1
        right += int((predict(X[i:j]) == y[i:j]).sum())
    return right / len(X)
""",
        must="overlap | at once | twice | one row too many | rows at a time | too many rows",
    ),
)
