"""Mistakes of a ninth and a tenth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "accuracy_over_batches",
        "The rows after the last full batch are left out of the count but stay in the denominator.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    N = X.shape[0]
    right = 0.0
    for k in range(N // batch_size):
        sl = slice(k * batch_size, (k + 1) * batch_size)
        right += np.sum(predict(X[sl]) == y[sl])
    return float(right / N)
""",
        must=(
            "last batch | last rows | short batch | shorter | incomplete | remainder | rest | left over | leftover "
            "| dropped | drops | rows after | rows... never | last full | partial | full batches | not a multiple "
            "| multiple of | tail | never asked | never given | skips | skipped | rounded down"
        ),
        must_not="error rate | mean of the batch | weighted",
    ),
    Coding(
        "accuracy_over_batches",
        "The last, short batch counts as a full one: hits are divided by batches * batch_size.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    hits = 0
    batches = 0
    for s in range(0, len(X), batch_size):
        hits += int((predict(X[s:s + batch_size]) == y[s:s + batch_size]).sum())
        batches += 1
    return hits / (batches * batch_size)
""",
        must=(
            "batches * batch_size | batches times | batch_size times | number of batches | last batch | short "
            "batch | shorter | smaller batch | incomplete | full batch | counted as full | multiple of | N rows | "
            "len(X | rounded up | remainder | partial | denominator | divided by batches | divided by the number "
            "of | divided by more | divided by too many | divided by... batch"
        ),
        must_not="error rate | dropped | mean of the batch",
    ),
    Coding(
        "kept_by_bp",
        (
            "The input and the output of each block are both counted, so that what one block hands to the next "
            "counts twice."
        ),
        """
def kept_by_bp(N, d, widths):
    kept, n_in = 0, d
    for n_out in widths:
        kept += N * n_in + N * n_out     # a layer saves its input and its output
        n_in = n_out
    return kept
""",
        must=(
            "twice | double | doubl | both | already counted | counted again | input of the next | next block's "
            "input | input of the block above | output of the block below | same array | same numbers | same "
            "activations | shared | once | two times | hidden"
        ),
        must_not="weights | N is",
    ),
    Coding(
        "kept_by_bp",
        "The weights are counted with the activations.",
        """
def kept_by_bp(N, d, widths):
    sizes = [d, *widths]
    activations = N * sum(sizes)
    weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
    return activations + weights
""",
        must=(
            "weight | parameter | matri | W | Ws | products of | product of | n_in | grows without N | independent "
            "of N | depend...N | not from the forward"
        ),
        must_not="twice | gradients are | largest",
    ),
    Coding(
        "kept_by_bp",
        "The weights are counted too, beside what the forward pass made.",
        """
def kept_by_bp(N, d, widths):
    sizes = [d] + list(widths)
    activities = N * sum(sizes)
    couplings = sum(i * j for i, j in zip(sizes[:-1], sizes[1:]))
    return activities + couplings
""",
        must=(
            "weights are | weights... count | count... weights | weights too | also... weights | and the weights | "
            "plus the weights | parameters | couplings | products of | number of weights | size of the weight | "
            "without the weights | weights do | weights... part | weights belong | weight matri | weights "
            "themselves | weights in it | includes... weights | adds... weights | numbers of the weights"
        ),
        must_not="N is missing | last block | input is missing",
    ),
    Coding(
        "kept_by_bp",
        "It counts one row only: the batch size N is lost.",
        """
def kept_by_bp(N, d, widths):
    # the state of the network
    return d + sum(widths)
""",
        must=(
            "N is | times N | N times | factor N | without N | N has | multiplied by N | depend on N | depends on "
            "N | N does | every row | each row | one row | single row | one sample | single sample | per sample | "
            "whole batch | batch size | all rows | ignores N"
        ),
        must_not="input is missing | weights | last",
    ),
    Coding(
        "kept_by_bp",
        "The last layer's activations are left out, as if only what is an input of a further block had to be kept.",
        """
def kept_by_bp(N, d, widths):
    kept = N * d
    for w in widths[:-1]:
        kept += N * w
    return kept
""",
        must=(
            "last block | last layer | last width | last activ | widths[-1 | topmost | top block | output of the "
            "last | last one | final | last output"
        ),
        must_not="input is missing | N is missing | weights",
    ),
    Coding(
        "kept_by_mf",
        (
            "The input of the network is kept with the widest block's output, as though every block read the "
            "network's input."
        ),
        """
def kept_by_mf(N, d, widths):
    peak = 0
    for w in widths:
        now = N * d + N * w        # x, and the block's a
        peak = now if now > peak else peak
    return peak
""",
        must=(
            "own input | block's input | input of the block | input of each block | input of that block | input to "
            "the block | input to each | network's input | network input | input of the network | x is kept | d is "
            "| d in | d with | with d | block below | previous block | previous width | previous output | width "
            "before | width below | preceding | block before | hands on | handed on | d stays | features of the "
            "input | d + | data | not x | always d | d for every | d for each | d at every | first block | only "
            "the first | neighbour | neighbor | adjacent | consecutive"
        ),
        must_not="all blocks are | weights",
    ),
    Coding(
        "kept_by_mf",
        "The largest input and the largest output are sought separately, though no one block need have both.",
        """
def kept_by_mf(N, d, widths):
    inputs = [d] + list(widths[:-1])
    return N * (max(inputs) + max(widths))
""",
        must=(
            "separate | same block | of one and the same | different blocks | each block | two maxima | two "
            "largest | both maxima | max of the sum | maximum of the sum | maximum of sums | sum of the maxima | "
            "sum of maxima | sum of two maxima | sum of max | each pair | pair | adjacent | neighbour | neighbor | "
            "belong | consecutive | of one block | in one block | largest input and | largest input plus | largest "
            "input + | at the same block"
        ),
        must_not="sum over all | N is missing | weights",
    ),
    Coding(
        "ticks",
        (
            "GPipe's count: a backward sweep through the pipeline is added to the forward one, though local blocks "
            "have none."
        ),
        """
def ticks(blocks, batches):
    forward = batches + blocks - 1
    backward = batches + blocks - 1
    return forward + backward
""",
        must=(
            "twice | double | doubl | backward | back | backprop | factor 2 | factor of 2 | factor of two | two "
            "times | times 2 | 2 * | two sweeps | two passes | second sweep | second pass | return trip | half"
        ),
        must_not="off by one | product",
    ),
    Coding(
        "ticks",
        "A backward sweep is added: the ticks are doubled.",
        """
def ticks(blocks, batches):
    forward = blocks + batches - 1
    backward = forward
    return forward + backward
""",
        must="doubl | twice | factor 2 | factor of 2 | two times | backward | times 2 | 2 * | half",
        must_not="product | off by one | one too",
    ),
    Coding(
        "parameters",
        "MF gets an output layer beside its projection matrices.",
        """
def parameters(d, widths, m, rule):
    dims = [d] + list(widths)
    hidden = sum(p * q for p, q in zip(dims, dims[1:]))
    out = dims[-1] * m
    if rule == "bp":
        return hidden + out
    if rule == "ff":
        return hidden
    if rule == "ff_one_pass":
        return hidden + sum(widths) * m
    return hidden + sum(w * m for w in widths) + out
""",
        must=(
            "mf... output | output layer | last M | last projection | last block | M of the last | counted twice | "
            "twice | no other output | no separate | additional layer | extra layer | widths[-1 | last width | "
            "beside M | besides M | classifier | no output | mf... readout | separate readout | no readout"
        ),
        must_not="bp is | ff is | d + m",
    ),
)
