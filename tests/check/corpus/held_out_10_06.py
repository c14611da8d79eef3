"""Mistakes of two authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "shuffle_together",
        "Rows of X are swapped through views, so rows are lost and others are there twice.",
        """
def shuffle_together(X, y, rng):
    X = X.copy()
    y = y.copy()
    for i in range(len(y) - 1, 0, -1):
        j = rng.integers(0, i + 1)
        X[i], X[j] = X[j], X[i]
        y[i], y[j] = y[j], y[i]
    return X, y
""",
        must=(
            "view | swap | duplicat | overwrit | twice | lost row | alias | repeated | rows...lost | lost | "
            "missing row | rows are missing | more than once | permutation of | disappear | several times | some "
            "rows | copies of"
        ),
    ),
    Coding(
        "accuracy_over_batches",
        "The last incomplete batch is left out, and still counted in N.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    n_batches = len(y) // batch_size
    hits = 0
    for k in range(n_batches):
        rows = np.arange(k * batch_size, (k + 1) * batch_size)
        hits += (predict(X[rows]) == y[rows]).sum()
    return float(hits / len(y))
""",
        must=(
            "last | remainder | leftover | left over | left out | incomplete | partial | rest | tail | drop | skip "
            "| remaining rows | multiple of | final batch | never seen | never predict"
        ),
        must_not="weight",
    ),
    Coding(
        "kept_by_bp",
        "Counts each sample once only: the batch size N is missing from the activations of the blocks.",
        """
def kept_by_bp(N, d, widths):
    # input of the batch, and the activations
    return int(N * d + np.sum(widths))
""",
        must=(
            "N times | times N | N rows | batch | N *... widths | N * widths | each row | every row | each sample "
            "| every sample | per row | per sample | rows | factor N | N... activations | parenthes | bracket"
        ),
        must_not="input",
    ),
    Coding(
        "kept_by_bp",
        "The weights are counted, and not the activations of the batch.",
        """
def kept_by_bp(N, d, widths):
    total = 0
    before = d
    for w in widths:
        total = total + before * w
        before = w
    return N * d + total
""",
        must=(
            "weights | parameters | matrices | activation | products | W | d * w | before * w | width times | "
            "multiplied with each other | times the next"
        ),
    ),
    Coding(
        "kept_by_mf",
        "Adds the network's input d to the widest block, instead of that block's own input.",
        """
def kept_by_mf(N, d, widths):
    # the input and the largest block
    return int(N * (d + max(widths)))
""",
        must=(
            "own input | block's input | input of the block | input of that block | input of a block | input of "
            "each block | width before | width below | neighbo | adjacent | pair | previous | block below | block "
            "before | network's input | input of the network | d... first block | first block | consecutive | d + "
            "| d... always"
        ),
        must_not="weights",
    ),
    Coding(
        "kept_by_mf",
        "The width of the input stays d for all blocks: the helper variable is never brought up to date.",
        """
def kept_by_mf(N, d, widths):
    most = 0
    n_in = d
    for w in widths:
        need = N * (n_in + w)
        most = max(most, need)
    return most
""",
        must=(
            "n_in | input of | input of each block | own input | block below | updat | d for every | d for each | "
            "width below | always d | previous | the block before | neighbour | every block reads | first block | "
            "features...every | x for every | up to date"
        ),
    ),
    Coding(
        "ticks",
        "Takes the larger of the two numbers, as if the pipeline were full from the first tick on.",
        """
def ticks(blocks, batches):
    return int(np.maximum(blocks, batches))
""",
        must=(
            "max | larger | fill | wait | blocks - 1 | blocks + batches | batches + blocks | minus 1 | - 1 | add | "
            "sum | start | at first | empty | from the first tick | begin | first batch | last batch"
        ),
        must_not="product",
    ),
    Coding(
        "ticks",
        (
            "Each wave of as many batches as there are blocks waits for the one before, so the pipeline is filled "
            "and emptied again and again."
        ),
        """
def ticks(blocks, batches):
    n = 0
    waiting = batches
    while waiting > 0:
        group = min(blocks, waiting)
        n += blocks + group - 1
        waiting -= group
    return n
""",
        must=(
            "emptied | empties | empty | drain | refill | fill | group | wave | waits | again | without a break | "
            "once | restart | runs dry | start...new | next batch | microbatch | one after another | finished "
            "before"
        ),
    ),
    Coding(
        "parameters",
        "The one-pass FF readout reads only the last hidden layer, not all of them.",
        """
def parameters(d, widths, m, rule):
    L = len(widths)
    w = [d] + [int(k) for k in widths]
    base = 0
    for l in range(L):
        base += w[l] * w[l + 1]
    heads = {"bp": w[-1], "ff": 0, "ff_one_pass": w[-1], "mf": sum(w[1:])}
    return base + heads[rule] * m
""",
        must=(
            "one-pass | one pass | ff_one_pass | readout | all hidden | both hidden | every hidden | each hidden | "
            "all layers | all blocks | every block | softmax"
        ),
        must_not="bias | label",
    ),
    Coding(
        "parameters",
        "Gives Mono-Forward an output layer of its own beside the projection matrices.",
        """
def parameters(d, widths, m, rule):
    s = np.array([d, *widths])
    total = int(s[:-1] @ s[1:])
    out = int(widths[-1] * m)
    if rule == "ff":
        return total
    if rule == "ff_one_pass":
        return total + int(np.sum(widths)) * m
    total += out                               # readout
    if rule == "mf":
        total += m * int(np.sum(widths))       # all M_i
    return total
""",
        must=(
            "output layer | last M | readout | twice | extra layer | own output | no other | M... is the output | "
            "last projection | double | second time | n * m too | m * n too | widths[-1] | last block... twice | "
            "last width"
        ),
        must_not="bias | label",
    ),
    Coding(
        "parameters",
        "One-pass FF is given a readout on the last layer only; it reads all hidden layers.",
        """
def parameters(d, widths, m, rule):
    sizes = [d] + list(widths)
    count = 0
    for i in range(len(sizes) - 1):
        count += sizes[i] * sizes[i + 1]
    if rule in ("bp", "ff_one_pass"):
        count += sizes[-1] * m
    elif rule == "mf":
        for w in widths:
            count += w * m
    return count
""",
        must=(
            "one_pass | one-pass | one pass | both hidden | all hidden | every hidden | each hidden | only the "
            "last | all layers | all blocks | every block | readout | every layer | last layer only"
        ),
    ),
    Coding(
        "parameters",
        "For FF the label's m inputs are added to d, though it is written over the first inputs.",
        """
def parameters(d, widths, m, rule):
    total = 0
    last = d
    if rule == "ff" or rule == "ff_one_pass":
        last = d + m
    for w in widths:
        total += last * w
        last = w
    if rule == "bp":
        total += last * m
    if rule == "mf" or rule == "ff_one_pass":
        for w in widths:
            total += w * m
    return total
""",
        must=(
            "label | first inputs | d + m | over the input | overlay | append | concatenat | m more inputs | m "
            "inputs | input...wider | first layer | first block | input"
        ),
    ),
)
