"""Mistakes of an eighth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "overlay_label",
        (
            "10 is written in for the number of classes: too many or too few inputs are cleared where n_classes is "
            "another."
        ),
        """
def overlay_label(x, y, n_classes):
    out = np.array(x, copy=True)
    out[:, :10] = 0
    for i, label in enumerate(y):
        out[i, label] = 1
    return out
""",
        must=(
            "10 | n_classes | first...inputs | too many | too few | constant | other inputs | beyond | inputs "
            "after | rest of the input | pixels after | hard-coded | hard coded | written in | more inputs | "
            "cleared | overwrit"
        ),
        must_not="copy",
    ),
    Coding(
        "normalise_length",
        "The second argument of np.linalg.norm is ord, not axis: one norm of the whole matrix divides all rows.",
        """
def normalise_length(a):
    length = np.linalg.norm(a, 1, keepdims=True)
    return a / (length + 1e-8)
""",
        must=(
            "whole matrix | whole batch | whole array | all rows | one number | one norm | one length | single "
            "norm | single number | same number | same length | each row | own length | own norm | per row | row's "
            "length | row by row | axis | ord | over the batch | every row"
        ),
    ),
    Coding(
        "negative_labels",
        (
            "Where the drawn label is the true one, the next label is taken, which is then twice as likely as the "
            "others."
        ),
        """
def negative_labels(y, n_classes, rng):
    y_neg = rng.integers(0, n_classes, size=len(y))
    for i in range(len(y)):
        if y_neg[i] == y[i]:
            y_neg[i] = (y[i] + 1) % n_classes
    return y_neg
""",
        must=(
            "twice | equally likely | uniform | more often | more likely | too often | y + 1 | next label | label "
            "after | next class | following | biased | double | same probability | equal prob | neighbour | favour "
            "| likelier"
        ),
    ),
    Coding(
        "negative_labels",
        (
            "The end of rng.integers is exclusive, so the last offset is never drawn: the label just below the "
            "true one never comes."
        ),
        """
def negative_labels(y, n_classes, rng):
    offset = rng.integers(1, n_classes - 1, size=y.shape)
    return (y + offset) % n_classes
""",
        must=(
            "never | exclusive | n_classes - 1 | last offset | one wrong label | one of the wrong | one label | "
            "all wrong labels | every wrong label | missing | left out | off by one | y - 1 | some wrong label | "
            "upper end | half-open"
        ),
        must_not="global",
    ),
    Coding(
        "mf_predict_ff",
        "Softmax is taken of each layer's scores before they are added; the scores themselves should be.",
        """
def mf_predict_ff(goodness_per_layer):
    probs = [equations.softmax(G) for G in goodness_per_layer]
    return np.argmax(np.mean(probs, axis=0), axis=1)
""",
        must=(
            "softmax | probabilit | raw scores | scores themselves | normali | averaged prob | each layer...same "
            "weight | before they are added | before adding | before the sum | before summing"
        ),
        must_not="first layer | vote",
    ),
    Coding(
        "plug_block",
        (
            "The topmost block is taken off first, as one replaces the head in transfer learning; it should stay "
            "below the new one."
        ),
        """
def plug_block(net, rule, width):
    net.unplug()                     # remove the old output block
    net.plug(net.new_dense(width))
    rule.plug(net)
""",
        must=(
            "replac | taken off | removed | unplug | number of blocks | one block more | as many blocks | blocks "
            "below | old block | top block | topmost | block...lost | lost...block | one more block | block too "
            "few | one too few | block...gone | gone | blocks...stay | last block | on top"
        ),
    ),
    Coding(
        "damage",
        "The kept weights are scaled by 1 / (1 - fraction), as inverted dropout does; they should stay as they are.",
        """
def damage(W, fraction, rng):
    keep = 1.0 - fraction
    mask = (rng.random(W.shape) < keep) / max(keep, 1e-12)
    return W * mask
""",
        must=(
            "dropout | scaled | rescal | 1 - fraction | (1 - fraction | stay as they | unchanged | kept entries | "
            "kept weights | surviv | remaining | other entries | entries...are left | not 0...change | divid | "
            "multipl | larger"
        ),
        must_not="row | column",
    ),
    Coding(
        "repair",
        "W = W - ... binds a new local array; neither block nor rule ever gets what was learned.",
        """
def repair(net, rule, i, x, y):
    h = x
    for block in net.blocks[:i]:
        h = block.forward(h).a
    W = net.blocks[i].parameters["W"]
    M = rule.M[i]
    for epoch in range(10):
        z = h @ W
        a = np.maximum(z, 0)
        dG = equations.cross_entropy_gradient(a @ M.T, y)
        dW = equations.weight_gradient(h, z, M, dG)
        dM = equations.projection_gradient(a, dG)
        W = W - 0.1 * dW
        M = M - 0.1 * dM
""",
        must=(
            "not changed | unchanged | nothing | never written | written back | did not change | does not change | "
            "no change | not trained | in place | local variable | local name | local array | stayed | still the "
            "same | is the same | as before | as it was | does not learn | did not learn | not learn | same bytes "
            "| keeps its bytes | kept its bytes | a copy"
        ),
    ),
    Coding(
        "shuffle_together",
        "X[i], X[j] = X[j], X[i] swaps views of rows, not rows: one row is overwritten, and y goes its own way.",
        """
def shuffle_together(X, y, rng):
    X, y = X.copy(), y.copy()
    for i in range(len(X) - 1, 0, -1):       # Fisher-Yates
        j = int(rng.integers(0, i + 1))
        X[i], X[j] = X[j], X[i]
        y[i], y[j] = y[j], y[i]
    return X, y
""",
        must=(
            "view | overwrit | overwrite | swap | twice | duplicate | lost | missing | more than once | several "
            "times | repeat | each row once | not all | same rows | rows of X | some rows | row...label | "
            "label...row | left out | exactly once | copies"
        ),
    ),
)
