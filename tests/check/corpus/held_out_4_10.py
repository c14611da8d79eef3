"""A fourth author's mistakes, held out, in free codings of plug_block, repair."""

from corpus import Coding

CODINGS = (
    Coding(
        "plug_block",
        "The width asked for is not used: the new block is as wide as the last.",
        """
def plug_block(net, rule, width):
    width = net.blocks[-1].parameters["W"].shape[1]
    net.plug(net.new_dense(width))
    rule.plug(net)
""",
        must="width | neurons",
        must_not="projection ... missing",
    ),
    Coding(
        "repair",
        "All blocks up to i are trained.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy import optim, train
    trainer = train.Trainer(
        net, rule, optim.Adam(0.003), epochs=5, batch_size=32, only=list(range(i + 1)), show_progress=False
    )
    trainer.fit(x, y)
""",
        must="other blocks | up to | below | block ... changed | earlier | everything else",
        must_not="not trained",
    ),
)
