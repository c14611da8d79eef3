"""Mistakes of two more authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_predict_bp",
        "The smallest score is chosen (lowest energy) where the largest goodness is meant.",
        """
def mf_predict_bp(goodness_per_layer):
    E = goodness_per_layer[-1]
    return np.argmin(E, axis=1)      # ground state
""",
        must=(
            "argmin | smallest | lowest | least | minimum | minimal | argmax | worst | largest | highest | energy "
            "| opposite | revers"
        ),
        must_not="first layer | axis | sum of",
    ),
    Coding(
        "mf_predict_bp",
        "The last layer's scores are squared before the argmax, as if goodness were a sum of squares.",
        """
def mf_predict_bp(goodness_per_layer):
    last = goodness_per_layer[-1]
    goodness = last ** 2
    return np.argmax(goodness, axis=1)
""",
        must=(
            "squar | absolute | abs | magnitude | negative score | very negative | sign | most negative | large "
            "negative | size of"
        ),
        must_not="first layer | sum of all layers",
    ),
    Coding(
        "plug_block",
        "The top block is taken off first (as one replaces a head in transfer learning), so the new one replaces it.",
        """
def plug_block(net, rule, width):
    # transfer learning: swap the old head for a fresh one
    net.unplug()
    new_block = net.new_dense(width)
    net.plug(new_block)
    rule.plug(net)
""",
        must=(
            "unplug | replac | taken off | removed | remov | lost | last block ... gone | top block | one block "
            "too few | number of blocks | in place of | gone | as many blocks | block more"
        ),
        must_not="start | no matrix",
    ),
    Coding(
        "damage",
        (
            "The positions are drawn with replacement, fraction times size of them, so some are hit twice and too "
            "few entries become 0."
        ),
        """
def damage(W, fraction, rng):
    out = W.copy()
    k = int(round(fraction * W.size))
    hits = rng.integers(0, W.size, size=k)
    flat = out.reshape(-1)
    flat[hits] = 0
    return out
""",
        must=(
            "replacement | twice | repeat | too few | fewer | less than | more than once | again | same entry | "
            "same position | several times | share of zeros | fraction...zero | smaller share | own chance | 63 | "
            "collid | collision | drawn on its own | each entry | independent | fixed number | exact number | same "
            "number | number of zeros | duplicat"
        ),
        must_not="scal | opposite | kept",
    ),
    Coding(
        "damage",
        "What survives is scaled up by 1/(1 - fraction), as dropout does.",
        """
def damage(W, fraction, rng):
    keep = 1.0 - fraction
    mask = rng.random(W.shape) < keep
    if keep == 0:
        return np.zeros_like(W)
    return W * mask / keep
""",
        must=(
            "dropout | scale | scaling | rescal | divid | 1 - fraction | 1/(1 | surviv | the rest ... changed | "
            "remaining | other entries | others ... changed | entries that stay | kept entries | kept | larger | "
            "entries ... unchanged | stay as"
        ),
        must_not="exact number | inverted",
    ),
    Coding(
        "repair",
        (
            "The name block{i} is taken with the index from 0, but the names begin at block1: the block below is "
            "trained (or none)."
        ),
        """
def repair(net, rule, i, x, y):
    from mfnumpy.optim import Adam
    adam = Adam(lr=1e-3)
    theta = rule.parameters(net)
    mine = f"block{i}."
    for epoch in range(5):
        for step in rule.steps(net, x, y):
            for name, g in step.gradients.items():
                if name.startswith(mine):
                    adam.update(name, theta[name], g)
""",
        must=(
            "off by one | off-by-one | one too | i - 1 | i + 1 | i+1 | i-1 | block below | block before | previous "
            "block | other block | another block | wrong block | neighbour | index...from 0 | from 0 | counted "
            "from | counts from | block{i | block i | did not change | has not changed | unchanged | stays as | "
            "nothing learn | nothing chang | as it was | untrained | learned nothing | was not trained | block 0 | "
            "names begin | names start | block1 | a different block"
        ),
        must_not="all blocks | later blocks learn | M was forgotten",
    ),
    Coding(
        "repair",
        "All blocks from i on are trained, as in fine-tuning, instead of block i alone.",
        """
def repair(net, rule, i, x, y):
    # fine-tuning: freeze everything below i, train the rest
    trainable = list(range(i, len(net.blocks)))
    lr = 0.1
    for epoch in range(10):
        for step in rule.steps(net, x, y, only=trainable):
            params = rule.parameters(net)
            for name, grad in step.gradients.items():
                params[name][...] = params[name] - lr * grad
""",
        must=(
            "above | later block | blocks after | other block | more than one block | i + 1 | blocks higher | next "
            "block | following block | everything else | behind | only block | upper block | on top | changed too "
            "| another block | rest of"
        ),
        must_not="below | no block",
    ),
    Coding(
        "shuffle_together",
        "y is ordered by the inverse permutation, X by the permutation itself.",
        """
def shuffle_together(X, y, rng):
    P = rng.permutation(len(y))
    Pinv = np.argsort(P)
    Xs = X[P]
    ys = y[Pinv]          # y transforms the other way
    return Xs, ys
""",
        must=(
            "invers | argsort | two different | different order | different permutation | other order | other "
            "permutation | another permutation | another order | own order | same order | same permutation | same "
            "index | label of another | labels of other | label...its row | keeps its label | lost...label | "
            "belong | pair | apart | separately"
        ),
        must_not="replacement | not shuffled",
    ),
    Coding(
        "shuffle_together",
        "Rows are drawn with replacement (as sklearn's resample), so some come twice and others never.",
        """
def shuffle_together(X, y, rng):
    n_samples = len(X)
    order = rng.choice(n_samples, size=n_samples)
    return X[order], y[order]
""",
        must=(
            "replacement | twice | more than once | several times | missing | permutation | bootstrap | repeat | "
            "lost | duplicate | exactly once | never | disappear | every sample once | each sample once | each row "
            "once"
        ),
        must_not="label of another | in place",
    ),
    Coding(
        "accuracy_over_batches",
        "The last batch is shifted back to full size, so rows of the batch before it are counted twice.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    N = len(y)
    hits = 0
    seen = 0
    for start in range(0, N, batch_size):
        s = max(0, min(start, N - batch_size))
        pred = predict(X[s:s + batch_size])
        hits += np.sum(pred == y[s:s + batch_size])
        seen += len(pred)
    return float(hits / seen)
""",
        must=(
            "twice | overlap | double | more than once | again | repeat | counted...two | two times | some "
            "rows...more | rows...weight | last batch | remainder | incomplete | partial | rest | smaller batch | "
            "full size | shorter"
        ),
        must_not="mean of the | dropped | left out",
    ),
    Coding(
        "accuracy_over_batches",
        "The last, smaller batch is dropped (drop_last), so its rows are never judged.",
        """
def accuracy_over_batches(predict, X, y, batch_size):
    batch_size = min(batch_size, len(X))
    n_batches = len(X) // batch_size
    correct, seen = 0, 0
    for b in range(n_batches):
        rows = slice(b * batch_size, (b + 1) * batch_size)
        pred = predict(X[rows])
        correct += int((pred == y[rows]).sum())
        seen += len(pred)
    return correct / seen
""",
        must=(
            "last batch | last rows | drop | left out | incomplete | remainder | rest | leftover | smaller batch | "
            "partial | full batches | whole batches | last ... samples | never predicted | skipped | missing | "
            "ignored | too few"
        ),
        must_not="averaged | mean of batch",
    ),
    Coding(
        "kept_by_bp",
        "The weight matrices are counted too, besides the input and the activations of the batch.",
        """
def kept_by_bp(N, d, widths):
    n = [d] + list(widths)
    acts = sum(N * k for k in n)
    W = sum(n[i] * n[i + 1] for i in range(len(widths)))
    return acts + W
""",
        must=(
            "weights...too | weights...count | counts...weights | count...weights | adds...weights | "
            "plus...weights | weights...add | weights...as well | weights...includ | includ...weights | weights "
            "themselves | weight matri | parameters | matrices | size of W"
        ),
        must_not="input is missing | only the last",
    ),
)
