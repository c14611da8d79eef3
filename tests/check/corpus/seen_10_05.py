"""Mistakes of two authors who wrote after the last change."""

from corpus import Coding

CODINGS = (
    Coding(
        "damage",
        "A draw is made for each row, so whole rows go to 0 together.",
        """
def damage(W, fraction, rng):
    new = W.copy()
    for i in range(len(new)):
        if rng.random() < fraction:
            new[i] = 0
    return new
""",
        must=(
            "whole row | rows | entire row | row by row | each entry | every entry | each element | one draw | per "
            "row | each row | a row | entries of a row | first axis | on its own"
        ),
    ),
    Coding(
        "damage",
        "A fixed number of entries is removed, and not each with the probability on its own.",
        """
def damage(W, fraction, rng):
    out = W.copy()
    flat = out.reshape(-1)
    k = int(round(fraction * flat.size))
    order = rng.permutation(flat.size)
    for i in range(k):
        flat[order[i]] = 0
    return out
""",
        must=(
            "exact | fixed number | fixed count | on its own | on their own | independent | each entry | every "
            "entry | binomial | count | same number | always as many | number of zeros | permutation | without "
            "replacement"
        ),
    ),
    Coding(
        "repair",
        "The blocks below are trained too.",
        """
def repair(net, rule, i, x, y):
    lr = 0.05
    params = rule.parameters(net)
    for epoch in range(10):
        for step in rule.steps(net, x, y, only=range(i + 1)):
            for name, gradient in step.gradients.items():
                params[name] -= lr * gradient
""",
        must=(
            "blocks below | block below | earlier blocks | blocks before | only block | range(i + 1) | other block "
            "| blocks 0 | lower | too many | another block | block1 | everything else | alone | first block | "
            "bytes"
        ),
    ),
    Coding(
        "repair",
        "The block is given the raw input x, which has not gone through the blocks below.",
        """
def repair(net, rule, i, x, y):
    lr = 0.05
    for epoch in range(20):
        step, a = rule.local_step(net, i, x, y)
        params = rule.parameters(net)
        for name in step.gradients:
            params[name] -= lr * step.gradients[name]
""",
        must=(
            "blocks below | block below | layers below | through | forward | raw input | input of block | earlier "
            "blocks | previous block | blocks before | block i's input | block's own input | pass_on | output of "
            "the | activations of | raw x | x itself | does not fit | fits"
        ),
    ),
    Coding(
        "shuffle_together",
        "Applies the permutation to X and its inverse (ranks instead of order) to y.",
        """
def shuffle_together(X, y, rng):
    u = rng.random(len(y))
    order = np.argsort(u)
    rank = np.argsort(order)
    return X[order], y[rank]
""",
        must=(
            "inverse | rank | different order | two orders | another order | other order | pair | own label | its "
            "label | keep... label | label... keep | same permutation | same order | separate | two permutations | "
            "other rows | another row | belong | match | apart | argsort"
        ),
        must_not="replacement",
    ),
    Coding(
        "shuffle_together",
        "y is brought into the inverse order, by argsort of the order.",
        """
def shuffle_together(X, y, rng):
    order = rng.permutation(len(y))
    X_new = X[order]
    y_new = np.empty_like(y)
    for i in range(len(order)):
        y_new[order[i]] = y[i]
    return X_new, y_new
""",
        must=(
            "inverse | different order | same order | own label | label...another | another...label | order of y | "
            "same permutation | separate | other order | two orders | its label | gather | scatter | wrong label | "
            "another permutation | other row"
        ),
    ),
    Coding(
        "accuracy_over_batches",
        "Averages the batches' accuracies without weights, so a short last batch counts too much.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    acc = []
    for s in range(0, len(y), batch_size):
        b = slice(s, s + batch_size)
        acc.append(np.mean(predict(X[b]) == y[b]))
    return float(np.mean(acc))
""",
        must=(
            "mean of... mean | mean of... accurac | average of... accurac | averag | last batch | short | weight | "
            "smaller batch | unequal | size of the batch | remainder | incomplete | rest | batch accurac | "
            "batches' accurac | mean of the batch"
        ),
        must_not="drop | left out",
    ),
    Coding(
        "accuracy_over_batches",
        "The count is divided by batches times batch_size, which is more than N where the last batch is smaller.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    correct = 0
    batches = 0
    start = 0
    while start < len(X):
        stop = start + batch_size
        p = predict(X[start:stop])
        for k in range(len(p)):
            if p[k] == y[start + k]:
                correct += 1
        batches += 1
        start = stop
    return correct / (batches * batch_size)
""",
        must=(
            "batch_size | last batch | padded | incomplete | smaller batch | N rows | number of samples | number "
            "of rows | len(X) | len(y) | full batch | short batch | divide by N | divided by N | denominator | "
            "multiple"
        ),
    ),
    Coding(
        "accuracy_over_batches",
        "Each batch is compared with the first labels, because the slice of y does not move.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    n = X.shape[0]
    hits = 0
    for start in range(0, n, batch_size):
        pred = predict(X[start:start + batch_size])
        for k in range(len(pred)):
            if pred[k] == y[k]:
                hits = hits + 1
    return hits / n
""",
        must=(
            "first labels | same labels | start of y | slice of y | labels of the first | labels of another | "
            "labels of other | y[k] | start + k | y...first batch | labels...first batch | first batch | "
            "labels...offset | offset | labels...batch | own labels | y...batch"
        ),
    ),
    Coding(
        "kept_by_bp",
        "Counts the weight matrices as well, which are not kept from the forward pass.",
        """
def kept_by_bp(N, d, widths):
    sizes = [d] + list(widths)
    acts = N * sum(sizes)
    weights = sum(p * q for p, q in zip(sizes[:-1], sizes[1:]))
    return acts + weights
""",
        must="weight | matri | parameter",
        must_not="input",
    ),
    Coding(
        "kept_by_bp",
        "Only the input is multiplied by N; the widths are added once and not for each row.",
        """
def kept_by_bp(N, d, widths):
    numbers = N * d
    for w in widths:
        numbers += w
    return numbers
""",
        must=(
            "N * w | N times | batch | rows | each row | multipl | every row | times N | bracket | per row | N "
            "only | only...N | each sample"
        ),
    ),
    Coding(
        "kept_by_mf",
        "Takes the mean over the blocks instead of the largest.",
        """
def kept_by_mf(N, d, widths):
    w = np.array([d, *widths])
    per_block = w[:-1] + w[1:]            # input and output of each block
    return int(round(N * per_block.mean()))
""",
        must="mean | averag | at most | maximum | max | peak | largest | biggest | widest",
        must_not="weights",
    ),
    Coding(
        "kept_by_mf",
        "Only the output of the widest block is counted; its input is kept too.",
        """
def kept_by_mf(N, d, widths):
    most = 0
    for w in widths:
        if N * w > most:
            most = N * w
    return most
""",
        must=(
            "input | below | both | x | what it reads | reads | previous | what comes in | goes in | d is | d "
            "never | features"
        ),
    ),
)
