"""A fourth author's mistakes in free codings of plug_block, damage, repair."""

from corpus import Coding

CODINGS = (
    Coding(
        "plug_block",
        "rule.start draws all projection matrices anew; the trained ones are lost.",
        """
def plug_block(net, rule, width):
    block = net.new_dense(width)
    net.plug(block)
    rule.start(net, n_classes=rule.n_classes, seed=rule.seed + 1)
""",
        must="rule.start | start() | start draws | anew | other blocks | trained | projection | kept | M of | matrices",
        must_not="width",
    ),
    Coding(
        "damage",
        "Dropout's habit: what is left is scaled up.",
        """
def damage(W, fraction, rng):
    alive = (rng.random(W.shape) >= fraction).astype(W.dtype)
    return W * alive / max(1 - fraction, 1e-9)
""",
        must=(
            "scaled | dropout | 1 - fraction | divided | larger | kept values | remaining | "
            "entries that are kept | factor"
        ),
        must_not="in place",
    ),
    Coding(
        "damage",
        "Whole rows are struck: one draw for each row.",
        """
def damage(W, fraction, rng):
    out = W.copy()
    out[rng.random(W.shape[0]) < fraction] = 0
    return out
""",
        must="row by row | each row | every row | row's own | per row | each entry | of its own | its own | whole",
        must_not="in place",
    ),
    Coding(
        "repair",
        "Trained is a copy of the network, which is thrown away.",
        """
def repair(net, rule, i, x, y):
    import copy
    from mfnumpy import optim, train
    net, rule = copy.deepcopy(net), copy.deepcopy(rule)
    train.Trainer(net, rule, optim.Adam(0.003), epochs=5, batch_size=32, only=[i], show_progress=False).fit(x, y)
""",
        must=(
            "not trained | not changed | unchanged | copy | nothing | did not learn | no change | same bytes | "
            "as it was"
        ),
        must_not="other blocks",
    ),
)
