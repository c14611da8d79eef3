"""Further mistakes in free codings of shuffle_together and accuracy_over_batches."""

from corpus import Coding

CODINGS = (
    Coding(
        "shuffle_together",
        "The order is right, but it is written back into the caller's arrays.",
        """
def shuffle_together(X, y, rng):
    order = np.arange(len(y))
    rng.shuffle(order)
    X[:] = X[order]
    y[:] = y[order]
    return X, y
""",
        must="in place | changed | changes | argument | copy",
        must_not="pairs are lost | replacement",
    ),
    Coding(
        "shuffle_together",
        "Pairs are shuffled by Python's own random module; rng is not used.",
        """
def shuffle_together(X, y, rng):
    import random
    pairs = list(zip(X, y))
    random.shuffle(pairs)
    Xs, ys = zip(*pairs)
    return np.array(Xs), np.array(ys)
""",
        must="rng | generator | source of chance | seed | reproduc",
        must_not="in place",
    ),
    Coding(
        "shuffle_together",
        "A bootstrap: rows are drawn with replacement.",
        """
def shuffle_together(X, y, rng):
    N = X.shape[0]
    picks = rng.integers(0, N, size=N)
    return X[picks], y[picks]
""",
        must=(
            "replacement | more than once | twice | several times | repeated | missing | left out | lost | exactly once"
        ),
        must_not="own order | in place",
    ),
    Coding(
        "shuffle_together",
        "X is read in the order, y is written in it: y gets the inverse permutation.",
        """
def shuffle_together(X, y, rng):
    perm = rng.permutation(X.shape[0])
    y_new = np.empty_like(y)
    y_new[perm] = y
    return X[perm], y_new
""",
        must="inverse | belong | pair | same order | other order | one order | own label | different order",
        must_not="in place",
    ),
    Coding(
        "shuffle_together",
        "The rows are rolled by a random distance: no new order, only a turned one.",
        """
def shuffle_together(X, y, rng):
    k = int(rng.integers(1, len(y)))
    return np.roll(X, k, axis=0), np.roll(y, k)
""",
        must="roll | turn | shift | neighbour | circle | random order | every order | all orders | permutation",
        must_not="in place | belong",
    ),
    Coding(
        "accuracy_over_batches",
        "Whole batches only: the short last one is never looked at.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    hits, seen = 0, 0
    for b in range(len(X) // batch_size):
        rows = slice(b * batch_size, (b + 1) * batch_size)
        hits += np.sum(predict(X[rows]) == y[rows])
        seen += batch_size
    return hits / seen
""",
        must="last ... batch | left out | dropped | leaves out | not counted | remaining | shorter",
        must_not="mean of the batches",
    ),
    Coding(
        "accuracy_over_batches",
        "The mean of the batches' accuracies, by a list comprehension.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    starts = range(0, len(X), batch_size)
    return float(np.mean([(predict(X[s:s + batch_size]) == y[s:s + batch_size]).mean() for s in starts]))
""",
        must="mean of ... batch | averaged | weigh | as much as | equally",
        must_not="left out | percent",
    ),
    Coding(
        "accuracy_over_batches",
        "In percent, as PyTorch tutorials print it.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    correct = 0
    total = 0
    for i in range(0, len(X), batch_size):
        out = predict(X[i:i + batch_size])
        correct += (out == y[i:i + batch_size]).sum().item()
        total += len(out)
    return 100 * correct / total
""",
        must="100 | percent | per cent | from 0 to 1",
    ),
    Coding(
        "accuracy_over_batches",
        "Divided by the number of batches times the batch size, though the last batch is shorter.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    right, n_batches = 0, 0
    for start in range(0, X.shape[0], batch_size):
        right += (predict(X[start:start + batch_size]) == y[start:start + batch_size]).sum()
        n_batches += 1
    return right / (n_batches * batch_size)
""",
        must="batches ... batch size | number of rows | full | denominator | divided by more",
        must_not="left out | percent",
    ),
    Coding(
        "accuracy_over_batches",
        "The share of wrong predictions.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    wrong = 0
    for k in range(0, len(y), batch_size):
        wrong += np.count_nonzero(predict(X[k:k + batch_size]) != y[k:k + batch_size])
    return wrong / len(y)
""",
        must="wrong predictions | share of wrong | error | 1 - | 1 minus | complement | mistakes are counted",
        must_not="batch | percent",
    ),
)
