# %% [markdown]
# # Exercises 10: plug in, damage, repair
#
# What a local rule allows: a block can be added to a trained network, or repaired on its own, while all others
# keep every byte. These exercises belong to lesson 10, and to the paper's section 3.3.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
import numpy as np
from data_utils import load
from mfnumpy import measure, network, optim, rules, train
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference

# %% [markdown]
# ## 10.1 Plug in a block
#
# Put a fresh dense block of `width` neurons on top of a network that has been trained, and give the rule what it
# needs for it. All other blocks, and their projection matrices, keep their bytes. Nothing is returned.
#
# <details><summary>Hint 1</summary>
#
# A block belongs to the network; what else does Mono-Forward need for each block, and who holds it?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `net.new_dense(width)` makes a block that fits; `net.plug(block)` puts it on top. Now network and rule do not
# agree in the number of blocks.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `rule.start` would draw *all* matrices anew. Look for the method of a rule that draws only what is missing; it
# has the same name as the network's.
#
# </details>


# %% solution="plug_block"
def plug_block(net, rule, width):
    """net: a Network. rule: a MonoForward started for it. width: neurons of the new block. Changes both."""
    ### BEGIN SOLUTION
    net.plug(net.new_dense(width))
    rule.plug(net)
    ### END SOLUTION


# %% check="plug_block" points=2
check("plug_block", plug_block)

# %% [markdown]
# ## 10.2 Damage
#
# Strike weights: return a copy of $W$ in which each entry is 0 with probability `fraction`, drawn from `rng`.
#
# <details><summary>Hint 1</summary>
#
# One random number for every entry decides whether it survives.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `rng.random(shape)` gives numbers evenly spread from 0 to 1: what share of them is smaller than 0.3?
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Compare with `fraction` to get a mask; mind which side of it means survival. `rng` must be the only source of
# chance.
#
# </details>


# %% solution="damage"
def damage(W, fraction, rng):
    """W: any shape. fraction: from 0 to 1. rng: a NumPy Generator. Returns a new array."""
    ### BEGIN SOLUTION
    return W * (rng.random(W.shape) >= fraction)
    ### END SOLUTION


# %% check="damage" points=2
check("damage", damage)

# %% [markdown]
# ## 10.3 Repair one block
#
# Train block `i` alone (counted from 0) for a few epochs on `x`, `y`: its $W$ and its $M$ learn, everything else
# keeps its bytes. With backpropagation this could not be asked: there the blocks have one loss between them.
#
# <details><summary>Hint 1</summary>
#
# Who decides which blocks learn: the network, the rule, or the trainer?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `train.Trainer(net, rule, optimiser, ...)` has an argument for the blocks that are to be trained; look at its
# docstring with `train.Trainer?`.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# A fresh `optim.Adam(0.003)`, five epochs, `show_progress=False`, and the indices in a list; then `fit(x, y)`.
# `batch_size=None` takes all rows at once; 32 is better.
#
# </details>


# %% solution="repair"
def repair(net, rule, i, x, y):
    """Train block i alone. net, rule: as trained. i: the block's index from 0. x: (N, d), y: (N,) labels."""
    ### BEGIN SOLUTION
    train.Trainer(net, rule, optim.Adam(0.003), epochs=5, batch_size=32, only=[i], show_progress=False).fit(x, y)
    ### END SOLUTION


# %% check="repair" points=3
check("repair", repair)

# %% [markdown]
# ## A network grows, is damaged, and recovers
#
# The accuracy after each step, for the sum of all blocks (`ff`) and for the last block (`bp`).

# %%
with in_one_sentence():
    plug = mine_or_reference(plug_block, "plug_block")
    strike = mine_or_reference(damage, "damage")
    mend = mine_or_reference(repair, "repair")

    data = load("digits")
    net, rule = network.mlp(64, (80, 80)), rules.MonoForward()
    rule.start(net, 10)

    def report(what):
        found = measure.evaluate(net, rule, data.x_test, data.y_test)
        blocks = ", ".join(f"{value:.3f}" for value in found.layers)
        print(f"{what:<34} ff {found.accuracy['ff']:.3f}, bp {found.accuracy['bp']:.3f}; each block {blocks}")

    train.Trainer(net, rule, optim.Adam(0.003), epochs=5, show_progress=False).fit(data.x_train, data.y_train)
    report("two blocks, trained")
    plug(net, rule, 80)
    report("a third block, untrained")
    mend(net, rule, 2, data.x_train, data.y_train)
    report("the third block trained alone")
    W = net.blocks[1].parameters["W"]
    W[...] = strike(W, 0.8, np.random.default_rng(0))
    report("80 % of block 2 struck")
    mend(net, rule, 1, data.x_train, data.y_train)
    report("block 2 repaired alone")
