"""Mistakes of an eleventh and a twelfth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "repair",
        "Trains block i and all blocks above it: 'what lies above must adapt'.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy import train, optim
    todo = list(range(i, len(net.blocks)))
    train.Trainer(net, rule, optim.Adam(0.003), epochs=5, batch_size=32, only=todo,
                  show_progress=False).fit(x, y)
""",
        must=(
            "above | later block | blocks after | block after | following | other block | others | all blocks from "
            "| more than one | more than block | next block | block i + 1 | higher | on top | alone | only block | "
            "keep their bytes | keeps its bytes | keep its bytes | everything else | only=[i | downstream | "
            "subsequent | must not change | also train | also chang | too many blocks"
        ),
        must_not="below is | blocks below chang | lower blocks chang | nothing changed",
    ),
    Coding(
        "repair",
        "Index counted from 1 as in MATLAB: block i - 1 is trained in place of block i.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy import train, optim
    which = [b for b in range(len(net.blocks)) if b + 1 == max(i, 1)]
    t = train.Trainer(net, rule, optim.Adam(0.003), epochs=5, batch_size=32, only=which, show_progress=False)
    t.fit(x, y)
""",
        must=(
            "i - 1 | i-1 | block below | below | another block | other block | wrong block | off by one | from 0 | "
            "from 1 | 1-based | one-based | previous block | block before | different block | block i is unchanged "
            "| block i has | block i itself | block i stays | block i keeps | block i did | neighbour | neighbor | "
            "one too low | earlier block | lower block"
        ),
        must_not="above chang | all blocks | drawn anew",
    ),
    Coding(
        "shuffle_together",
        "X and y are changed in place.",
        """
def shuffle_together(X, y, rng):
    p = rng.permutation(X.shape[0])
    X[:] = X[p]
    y[:] = y[p]
    return X, y
""",
        must=(
            "in place | in-place | argument | caller | original | new arrays | overwrit | copy | mutat | copies | "
            "its input | [:]"
        ),
    ),
    Coding(
        "shuffle_together",
        "X is permuted by perm, y by the inverse permutation (argsort).",
        """
def shuffle_together(X, y, rng):
    perm = rng.permutation(len(y))
    inv = np.argsort(perm)
    return X[perm], y[inv]
""",
        must=(
            "invers | argsort | two orders | two different | different order | another order | same order | same "
            "permutation | other permutation | different permutation | own order | not in the order | one "
            "permutation | one order | separately | keeps its label | keep its label | keep their label | lost its "
            "label | loses its label | lose their label | other row's label | another row's label | labels of "
            "other | label of another | row...label | pairs | pairing | belong | matching | match"
        ),
        must_not="argument | twice the same | repeated",
    ),
    Coding(
        "accuracy_over_batches",
        "Divided by the rows of full batches, also where the last batch is shorter.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    n_batches = int(np.ceil(len(X) / batch_size))
    correct = 0
    for b in range(n_batches):
        sl = slice(b * batch_size, (b + 1) * batch_size)
        correct += np.sum(predict(X[sl]) == y[sl])
    return float(correct / (n_batches * batch_size))
""",
        must=(
            "last batch | divid | incomplete | full batches | batch_size times | shorter | denominator | smaller "
            "batch | rounded up | more rows than | multiple of | number of samples | number of rows | partial"
        ),
        must_not="mean of ... means",
    ),
    Coding(
        "accuracy_over_batches",
        "Divides by batches * batch_size: the last, smaller batch counts as a full one.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    correct, batches = 0, 0
    for s in range(0, len(X), batch_size):
        out = predict(X[s:s + batch_size])
        correct += int((out == y[s:s + batch_size]).sum())
        batches += 1
    return correct / (batches * batch_size)
""",
        must=(
            "last batch | smaller batch | incomplete | partial | full batch | remainder | shorter | short batch | "
            "batches * batch_size | batches times | number of batches | number of samples | by N | len(y | len(X | "
            "multiple | denominator | divided by | divides by | divisor | rounded up | too small | all predictions "
            "right...1 | fewer rows"
        ),
        must_not="mean of the batch | average of the batch | left out | dropped | skipped | never predicted",
    ),
    Coding(
        "accuracy_over_batches",
        "The last batch is filled up with rows from the start, which then count twice.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    N = X.shape[0]
    hits = total = 0
    s = 0
    while s < N:
        idx = np.arange(s, s + batch_size) % N       # static batch, wraps around
        hits += np.sum(predict(X[idx]) == y[idx])
        total += len(idx)
        s += batch_size
    return float(hits / total)
""",
        must=(
            "twice | wrap | again | repeat | filled | fill | padd | more than once | double | from the start | "
            "first rows | first samples | beginning | last batch | smaller batch | incomplete | remainder | "
            "duplicat | modulo | extra rows"
        ),
        must_not="mean of the batch | average of the batch | left out | dropped | skipped",
    ),
    Coding(
        "kept_by_bp",
        "The weights are counted too.",
        """
def kept_by_bp(N, d, widths):
    dims = [d] + list(widths)
    acts = sum(N * n for n in dims)
    params = sum(i * o for i, o in zip(dims[:-1], dims[1:]))
    return acts + params
""",
        must="weight | parameter | matri",
    ),
    Coding(
        "kept_by_bp",
        "The input of the first block is forgotten.",
        """
def kept_by_bp(N, d, widths):
    return N * sum(widths)
""",
        must=(
            "input | features | N * d | N d | first block ... W | N x d | N*d | x itself | keeps x | x ... too | x "
            "... missing"
        ),
    ),
    Coding(
        "kept_by_bp",
        (
            "The last block's activations are left out, as if they were passed on and forgotten; the readout's "
            "gradient needs them."
        ),
        """
def kept_by_bp(N, d, widths):
    total = N * d
    for w in widths[:-1]:
        total += N * w
    return total
""",
        must=(
            "last block | last activation | last layer | last a | last width | last one | last hidden | topmost | "
            "top block | readout | output layer | final block | final activation | final layer | widths[-1 | "
            "widths[:-1 | block's activations...left | own output"
        ),
        must_not="input is missing | x is missing",
    ),
    Coding(
        "kept_by_bp",
        "Counts bytes (4 for each float) in place of numbers.",
        """
def kept_by_bp(N, d, widths):
    size_of_float = 4
    n_floats = N * d
    for w in widths:
        n_floats += N * w
    return n_floats * size_of_float
""",
        must=(
            "byte | 4 times | four times | times 4 | factor 4 | factor of 4 | factor of four | factor four | * 4 | "
            "size of a float | float32 | 4 too | fourfold | by 4 | sizeof"
        ),
        must_not="input is missing",
    ),
    Coding(
        "kept_by_mf",
        "Only the block's own activations; its input is forgotten.",
        """
def kept_by_mf(N, d, widths):
    best = 0
    for w in widths:
        best = max(best, N * w)
    return best
""",
        must="input | below | previous | handed | comes in",
        must_not="sum",
    ),
)
