"""Rarer mistakes in free codings of plug_block, damage and repair."""

from corpus import Coding

CODINGS = (
    Coding(
        "plug_block",
        "The new block gets the width of the block below, not the one asked for.",
        """
def plug_block(net, rule, width):
    net.plug(net.new_dense(net.widths[-1] + 1))
    rule.plug(net)
""",
        must="width",
    ),
    Coding(
        "plug_block",
        "The rule is told before there is anything to tell.",
        """
def plug_block(net, rule, width):
    rule.plug(net)
    net.plug(net.new_dense(width))
""",
        must="rule | projection | order | before",
    ),
    Coding(
        "damage",
        "The smallest weights are struck: pruning, not chance.",
        """
def damage(W, fraction, rng):
    limit = np.quantile(np.abs(W), fraction)
    return np.where(np.abs(W) > limit, W, 0)
""",
        must="rng | random | chance | smallest | magnitude",
        must_not="in place | wrong way",
    ),
    Coding(
        "damage",
        "The mask is returned.",
        """
def damage(W, fraction, rng):
    return (rng.random(W.shape) >= fraction).astype(W.dtype)
""",
        must="mask | neither 0 nor what it was | as they are | values of W | W itself",
        must_not="wrong way",
    ),
    Coding(
        "repair",
        "All blocks up to i are trained.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy import optim, train
    which = list(range(i + 1))
    train.Trainer(net, rule, optim.Adam(0.003), epochs=5, batch_size=32, only=which, show_progress=False).fit(x, y)
""",
        must="other blocks | block0 | only | as well | too",
    ),
    Coding(
        "repair",
        "W is trained, but M is put back.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy import optim, train
    kept = rule.M[i].copy()
    train.Trainer(net, rule, optim.Adam(0.003), epochs=5, batch_size=32, only=[i], show_progress=False).fit(x, y)
    rule.M[i][...] = kept
""",
        must="M should | M ... unchanged | unchanged: block1.M | M is not | projection",
    ),
)
