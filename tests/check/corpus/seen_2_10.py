"""Further mistakes in free codings of plug_block, damage and repair."""

from corpus import Coding

CODINGS = (
    Coding(
        "plug_block",
        "rule.start draws all projection matrices anew.",
        """
def plug_block(net, rule, width):
    net.plug(net.new_dense(width))
    rule.start(net, rule.M[0].shape[0])
""",
        must="start | anew | drawn again | projection | other blocks | changed",
    ),
    Coding(
        "plug_block",
        "Only the network is told; the rule has no projection matrix for the block.",
        """
def plug_block(net, rule, width):
    block = net.new_dense(width)
    net.plug(block)
""",
        must="rule | projection | M",
    ),
    Coding(
        "plug_block",
        "Two blocks are put on.",
        """
def plug_block(net, rule, width):
    for _ in range(2):
        net.plug(net.new_dense(width))
    rule.plug(net)
""",
        must="one block | two blocks | blocks | once | number",
    ),
    Coding(
        "damage",
        "The wrong side survives: fraction is the share that is kept.",
        """
def damage(W, fraction, rng):
    return np.where(rng.random(W.shape) < fraction, W, 0)
""",
        must="survive | kept | 1 - fraction | other side | wrong side | opposite | invert | revers",
        must_not="rng",
    ),
    Coding(
        "damage",
        "Inverted dropout: what survives is scaled up.",
        """
def damage(W, fraction, rng):
    keep = rng.random(W.shape) >= fraction
    return W * keep / (1 - fraction) if fraction < 1 else W * 0
""",
        must="scaled | dropout | 1 - fraction | as they are | as they were | unchanged",
        must_not="wrong side",
    ),
    Coding(
        "damage",
        "Whole columns are struck: one draw for each neuron.",
        """
def damage(W, fraction, rng):
    out = W.copy()
    struck = rng.random(W.shape[-1]) < fraction
    out[..., struck] = 0
    return out
""",
        must="column | each entry | neuron | on its own | every entry | row",
        must_not="scale",
    ),
    Coding(
        "damage",
        "The caller's W is struck.",
        """
def damage(W, fraction, rng):
    W[rng.random(W.shape) < fraction] = 0
    return W
""",
        must="in place | argument | changes | changed | copy",
    ),
    Coding(
        "damage",
        "Struck entries get noise in place of zero.",
        """
def damage(W, fraction, rng):
    noise = rng.standard_normal(W.shape)
    return np.where(rng.random(W.shape) < fraction, noise, W)
""",
        must="struck ... 0 | struck ... zero | noise | replaced | must be 0 | be zero",
        must_not="not struck | scale",
    ),
    Coding(
        "repair",
        "All blocks are trained.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy import optim, train
    trainer = train.Trainer(net, rule, optim.Adam(0.003), epochs=5, batch_size=32, show_progress=False)
    trainer.fit(x, y)
""",
        must="only | other blocks | all blocks | block ... too | everything else",
    ),
    Coding(
        "repair",
        "The block above is trained in place of block i.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy import optim, train
    j = (i + 1) % len(net.blocks)
    train.Trainer(net, rule, optim.Adam(0.003), epochs=5, batch_size=32, only=[j], show_progress=False).fit(x, y)
""",
        must=(
            "another block | wrong block | instead | in place of | in its place | block 1 did not"
            " | block 1 is not | block 1 was not"
        ),
        must_not="Other blocks were trained as well",
    ),
    Coding(
        "repair",
        "A trainer is made; nothing is fitted.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy import optim, train
    train.Trainer(net, rule, optim.Adam(0.003), epochs=5, batch_size=32, only=[i], show_progress=False)
""",
        must=(
            "fit | does not learn | unchanged | not trained | did not change | nothing | as it was | not learn"
            " | no step"
        ),
    ),
)
