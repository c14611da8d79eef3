"""Unusual but right answers of shuffle_together, accuracy_over_batches."""

from corpus import Coding

CODINGS = (
    Coding(
        "shuffle_together",
        "Rows and labels are packed into pairs, and the list of pairs is shuffled.",
        """
def shuffle_together(X, y, rng):
    pairs = list(zip(X, y))
    pairs = [pairs[i] for i in rng.permutation(len(pairs))]
    return np.array([row for row, _ in pairs]), np.array([label for _, label in pairs])
""",
    ),
    Coding(
        "shuffle_together",
        "Random keys are sorted.",
        """
def shuffle_together(X, y, rng):
    order = np.argsort(rng.random(X.shape[0]))
    return np.take(X, order, axis=0), np.take(y, order)
""",
    ),
    Coding(
        "shuffle_together",
        "Fisher and Yates by hand, on copies.",
        """
def shuffle_together(X, y, rng):
    X, y = X.copy(), y.copy()
    for i in range(len(X) - 1, 0, -1):
        j = rng.integers(0, i + 1)
        X[[i, j]] = X[[j, i]]
        y[[i, j]] = y[[j, i]]
    return X, y
""",
    ),
    Coding(
        "accuracy_over_batches",
        "A while loop that counts single hits.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    hits, start = 0, 0
    while start < len(X):
        end = min(start + batch_size, len(X))
        for guess, label in zip(predict(X[start:end]), y[start:end]):
            hits += bool(guess == label)
        start = end
    return hits / len(X)
""",
    ),
    Coding(
        "accuracy_over_batches",
        "Means of the batches, weighted by their sizes.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    means, sizes = [], []
    for i in range(0, len(X), batch_size):
        labels = y[i : i + batch_size]
        means.append(np.mean(predict(X[i : i + batch_size]) == labels))
        sizes.append(len(labels))
    return np.average(means, weights=sizes)
""",
    ),
    Coding(
        "accuracy_over_batches",
        "All predictions are put together first.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    cuts = range(batch_size, len(X), batch_size)
    guesses = np.concatenate([predict(part) for part in np.split(X, list(cuts))])
    return np.count_nonzero(guesses == y) / y.size
""",
    ),
)
