# %% [markdown]
# # Exercises 12: memory and speed
#
# Backpropagation must keep the activations of all blocks until the error comes back. A local rule lets go of a
# block's activations as soon as the next block has its input. Here you work out what that is worth, in numbers of
# floats, and how many blocks can work at once.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.

# %%
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference

# %% [markdown]
# ## 12.1 What backpropagation keeps
#
# A batch of $N$ samples with $d$ inputs goes through dense blocks of `widths` $= [n_1, n_2, \dots]$ neurons. When the
# last block has been computed and the error is about to come back, how many floats of inputs and activations
# ($x$ and every $a_i$; leave $z$ out, the mask can be read off $a$) must still be there?
#
# <details><summary>Hint 1</summary>
#
# Which arrays stand in the weight gradients of the blocks? Each of them is needed once more on the way back.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The first block's weight gradient needs the batch itself, of shape $(N, d)$; the second needs $a_1$; and the readout
# needs the last $a$.
#
# </details>
# <details><summary>Hint 3</summary>
#
# Count the columns of all these arrays put side by side; every one of them has $N$ rows.
#
# </details>


# %% solution="kept_by_bp"
def kept_by_bp(N, d, widths):
    """How many floats backpropagation keeps for a batch of N, d inputs and blocks of these widths. Returns an int."""
    ### BEGIN SOLUTION
    return N * (d + sum(widths))
    ### END SOLUTION


# %% check="kept_by_bp" points=2
check("kept_by_bp", kept_by_bp)

# %% [markdown]
# ## 12.2 What a local rule keeps
#
# Mono-Forward updates block $i$ before block $i + 1$ runs. At any moment only one block's input and output need to be
# there. How many floats is that at the worst moment?
#
# <details><summary>Hint 1</summary>
#
# Go through the blocks one after the other. What does block $i$ need in order to compute its own gradient, and what
# does it hand on?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Block $i$ alone holds $N$ rows of its input, $n_{i-1}$ wide, and of its output, $n_i$ wide; $n_0 = d$.
#
# </details>
# <details><summary>Hint 3</summary>
#
# Memory is not what is used in total but what is used at once: of all blocks, only the neediest one counts.
# `zip([d, *widths], widths)` gives the two widths of each block.
#
# </details>


# %% solution="kept_by_mf"
def kept_by_mf(N, d, widths):
    """How many floats Mono-Forward keeps at its worst moment. Returns an int."""
    ### BEGIN SOLUTION
    return max(N * (below + own) for below, own in zip([d, *widths], widths, strict=False))
    ### END SOLUTION


# %% check="kept_by_mf" points=3
check("kept_by_mf", kept_by_mf)

# %% [markdown]
# ## 12.3 Blocks that work at once
#
# With one worker for each block, batch 2 can enter block 1 while batch 1 is in block 2: nothing ever comes back that
# they would have to wait for. A block takes one tick for a batch. After how many ticks have all batches passed through
# all blocks?
#
# <details><summary>Hint 1</summary>
#
# Draw it: a row for each block, a column for each tick, and in each field the number of the batch.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The last block gets its first batch only when all blocks before it have had it. From then on it is busy in every tick.
#
# </details>
# <details><summary>Hint 3</summary>
#
# Try three blocks and one batch, then three blocks and two batches: by how much does each further batch make it longer?
#
# </details>


# %% solution="ticks"
def ticks(blocks, batches):
    """In how many ticks so many batches pass through so many blocks, one worker for each block. Returns an int."""
    ### BEGIN SOLUTION
    return blocks + batches - 1
    ### END SOLUTION


# %% check="ticks" points=3
check("ticks", ticks)

# %% [markdown]
# ## Your numbers beside measured ones
#
# `measure.peak_step_bytes` counts what NumPy really allocates in one step: parameters, gradients and temporaries too,
# so it is more than your count. What should agree is how it *grows*: with the depth for backpropagation, hardly at all
# for Mono-Forward. (For a blank that is not written yet nothing is predicted.)

# %%
import numpy as np
from mfnumpy import measure, network, optim, rules

with in_one_sentence():
    N, d = 512, 64
    x = np.random.default_rng(0).random((N, d), dtype=np.float32)
    y = np.arange(N) % 10
    predict = {
        "bp": mine_or_reference(kept_by_bp, lambda N, d, widths: float("nan")),
        "mf": mine_or_reference(kept_by_mf, lambda N, d, widths: float("nan")),
    }

    print("blocks   rule   your count (MB)   measured (MB)")
    for blocks in (2, 4, 8):
        for name in ("bp", "mf"):
            widths = [64] * blocks
            net, rule = network.mlp(d, widths), rules.make(name)
            rule.start(net, 10)
            measured = measure.peak_step_bytes(net, rule, optim.SGD(0.1), x, y) / 1e6
            print(f"{blocks:6}   {name:<4}   {predict[name](N, d, widths) * 4 / 1e6:15.2f}   {measured:13.2f}")
