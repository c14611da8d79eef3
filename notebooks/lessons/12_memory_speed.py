# %% [markdown]
# # 12 · Memory, speed, parallelism
#
# **Goal.** Measure what the paper's Figs. 1-3 and Table 5 are about: which arrays are alive at which moment, how that
# grows with depth, how many operations a step takes, and what could run at the same time.
#
# **Time.** 40 minutes. **Before.** Lessons [05](05_deep_mf.ipynb) and [06](06_bp_fa_dfa.ipynb).

# %%
import itertools
import tracemalloc

import numpy as np

from data_utils import load
from mfnumpy import check, equations, rules
from mfnumpy.blocks import Block
from mfnumpy.measure import peak_step_bytes
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.paper.published import FIG3_SLOPES, TABLE5_RATIOS
from mfnumpy.teach import pictures, reveal, show_source

np.set_printoptions(precision=3, suppress=True)
data = load("digits")

# %% [markdown]
# ## Derivation
#
# **Memory.** One block of $n$ neurons on top of another, float32, a batch of $N$. Its weights take $4 n^2$ bytes, as do
# their gradient and Adam's $m$ and $v$. Its activations take $4 N n$ bytes. When may they be forgotten?
#
# Backpropagation needs $a_l$ again when the error comes back, so *all* activations live until the very end.
# Mono-Forward is done with a block before it goes on: only *one* block's activations are alive. With $k$ copies of the
# parameters alive at the peak, each further block adds
#
# $$\text{BP}: \; 4 n^2 k + 4 N n,$$
#
# $$\text{MF}: \; 4 (n^2 + m n)\, k.$$
#
# MF has $M$ among its parameters; but the batch size $N$ does not occur.
#
# In the code, the difference is that one rule `yield`s inside of the loop, and the other after it:

# %%
show_source(rules.LocalRule.steps)

# %%
show_source(rules.global_rule.GlobalRule.steps)

# %% [markdown]
# ## By hand
#
# The paper's Fig. 3(a) gives slopes per layer of 1000 neurons without a unit; we read them as megabytes. Does the
# formula above reach them? Compute MF's slope yourself, with $k = 4$ copies ($W$, gradient, Adam's $m$ and $v$), $n =
# 1000$ and $m = 10$ classes, in megabytes (a million bytes).

# %%
n, m = 1000, 10
my_slope = ...  # MB per layer

# %%
reveal(
    my_slope,
    4 * 4 * (n * n + m * n) / 1e6,
    "4 bytes, times 4 copies, times (n n + m n).",
    tolerance=0.02,
)

# %%
print(
    "MF: 4 x 4 bytes x (n n + m n) =",
    4 * 4 * (n * n + m * n) / 1e6,
    "MB; the paper:",
    FIG3_SLOPES["mf"],
)
for k in (1, 3, 4):
    N = (FIG3_SLOPES["bp"] * 1e6 - 4 * k * n * n) / (4 * n)
    print(
        f"BP: with {k} copies of W the paper's {FIG3_SLOPES['bp']:.0f} MB need a batch of N = {N:,.0f}"
    )
for N in (256, 60_000):
    print(f"BP at N = {N:,} and k = 4: {(4 * 4 * n * n + 4 * N * n) / 1e6:.2f} MB per layer")

# %% [markdown]
# <!-- holds: at("(n n + m n)", "=") == at("(n n + m n)", "the paper:") -->
# <!-- holds: min(at(f"BP: with {k} copies", "N =") for k in (1, 3, 4)) > 10000 -->
# <!-- holds: at("BP at N = 256 and k = 4:") < 1.1 * at("MF: 4 x 4 bytes", "=") -->
# MF's slope comes out to the last digit. BP's slope fits several pairs of batch size and copies, all of them with tens
# of thousands of samples in *one* batch; the paper does not say which it used. At an ordinary batch size the parameters
# dominate, and there is hardly any difference between the rules. The factor between the paper's slopes is an
# effect of the batch size.

# %% [markdown]
# ## Check the gradient
#
# Memory is saved by forgetting. Is anything forgotten too early? Block 2's gradients, computed after block 1's trace
# has been dropped, must still be the gradient of block 2's loss.

# %%
x, y = data.x_train[:8].astype("float64"), data.y_train[:8]
net = mlp(data.input_shape, (6, 5), dtype="float64", seed=1)
rule = rules.MonoForward()
rule.start(net, data.n_classes, seed=1)
x2 = net.blocks[0].forward(x).a
W2, M2 = net.blocks[1].parameters["W"].copy(), rule.M[1].copy()
*_, last = rule.steps(net, x, y)
print(check.gradient(
    lambda W, M: equations.cross_entropy(equations.goodness_scores(np.maximum(x2 @ W, 0), M), y),
    lambda W, M: (last.gradients["block2.W"], last.gradients["block2.M"]),
    W2, M2,
))  # fmt: skip

# %% [markdown]
# ## A run: the saw-tooth
#
# We watch the bytes that NumPy holds during some training steps, after every call of a block's methods: a deep net
# with a large batch, so that activations count.

# %%


class Watched(Block):
    """A block that notes how many bytes are alive after each of its methods."""

    def __init__(self, block, log):
        super().__init__(block.linear, block.pool)
        self.log = log

    def __getattribute__(self, name):
        method = object.__getattribute__(self, name)
        if name not in (
            "forward",
            "error_at_z",
            "parameter_gradients",
            "error_to_input",
            "local_gradients",
        ):
            return method

        def noted(*arguments):
            result = method(*arguments)
            self.log.append(tracemalloc.get_traced_memory()[0])
            return result

        return noted


def memory_over_time(name, depth=8, width=128, N=1200, steps=3):
    """Megabytes alive beyond the parameters, at each moment of some steps."""
    net = mlp(data.input_shape, (width,) * depth, seed=0)
    rule, log = rules.make(name), []
    rule.start(net, data.n_classes)
    net.blocks = [Watched(block, log) for block in net.blocks]
    parameters, optimiser = rule.parameters(net), Adam()
    tracemalloc.start()
    for _ in range(steps):
        for step in rule.steps(net, data.x_train[:N], data.y_train[:N], np.random.default_rng(0)):
            for key, gradient in step.gradients.items():
                optimiser.update(key, parameters[key], gradient)
            del step, gradient
            log.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    return np.array(log) / 1e6


traces = {name.upper(): memory_over_time(name) for name in ("bp", "mf")}
for name, values in traces.items():
    print(f"{name}: peak {values.max():.1f} MB, mean {values.mean():.1f} MB")
pictures.plot(
    {name: np.interp(np.linspace(0, 1, 150), np.linspace(0, 1, len(v)), v) for name, v in traces.items()},
    x=np.linspace(0, 3, 150), xlabel="training step", ylabel="MB alive beyond the parameters", ylim=(0, None),
    markers=False,
    alt="Memory over three training steps. BP climbs while activations pile up in the forward "
    "pass, and falls at the end of the step: a saw-tooth. MF stays low, with one small "
    "tooth for each block.",
)  # fmt: skip

# %% [markdown]
# This is the paper's Figs. 1 and 2 in small. Now its Fig. 3: the peak of a step against the depth.

# %%
depths, peaks, N = [1, 2, 4, 6, 8], {"BP": [], "MF": []}, 1200
for depth in depths:
    for name in ("bp", "mf"):
        net = mlp(data.input_shape, (128,) * depth, seed=0)
        rule, optimiser = rules.make(name), Adam()
        rule.start(net, data.n_classes)
        for _ in range(2):  # Adam's moments are there from the second step on
            peak = peak_step_bytes(net, rule, optimiser, data.x_train[:N], data.y_train[:N])
        peaks[name.upper()].append(peak / 1e6)
for name, values in peaks.items():
    print(
        f"{name}: MB at depth {depths}: {np.round(values, 2)}; "
        f"from 2 blocks on {np.polyfit(depths[1:], values[1:], 1)[0]:.2f} MB a block"
    )
print(
    f"one block's activations: {4 * N * 128 / 1e6:.2f} MB; one copy of its W: {4 * 128 * 128 / 1e6:.2f} MB"
)
pictures.plot(
    peaks, x=depths, xlabel="blocks", ylabel="peak of one step, MB", ylim=(0, None),
    alt="Peak memory of a training step against the number of blocks: from two blocks on both grow in "
    "straight lines, BP's is much steeper than MF's.",
)  # fmt: skip

# %% [markdown]
# <!-- holds: abs(at("BP: MB at depth", "on") - 2 * at("activations:") - 4 * at("copy of its W:")) < 0.03 -->
# <!-- holds: abs(at("MF: MB at depth", "on") - 3 * at("copy of its W:")) < 0.03 -->
# From the second block on, each block under BP costs two arrays of the activations' size, because its trace keeps both
# $z$ and $a$, and four copies of $W$. Each block under MF costs three copies of $W$ and $M$, and nothing that grows
# with the batch: the fourth copy, the gradient, is gone before the next block has one. (The step from one block to two
# brings the second block's input as well, which does grow with the batch.)

# %% [markdown]
# ## Speed: count before you clock
#
# A clock depends on the machine; multiplications do not. Per sample, a product with a matrix of $d \times n$ takes $d
# n$ multiply-adds. Forward: every $W$. Gradients: every $W$ again. BP, besides, carries the error through every $W$ but
# the first; MF instead does forward, gradient and error for each small $M$.


# %%
def operations(widths, m):
    """Multiply-adds per sample of one training step, for BP and MF. widths: from the input up."""
    W = [d * n for d, n in itertools.pairwise(widths)]
    M = [m * n for n in widths[1:]]
    bp = 2 * (sum(W) + M[-1]) + sum(W[1:]) + M[-1]
    mf = 2 * sum(W) + 3 * sum(M)
    return bp, mf


for widths, m in (((784, 1000, 1000), 10), ((3072, 2000, 2000, 2000), 10)):
    bp, mf = operations(widths, m)
    print(f"{'-'.join(map(str, widths))}: BP {bp:,}, MF {mf:,}: MF / BP = {mf / bp:.2f}")

# %% [markdown]
# <!-- holds: at("784-1000-1000", "MF / BP =") < 0.85 and at("3072-2000-2000-2000", "MF / BP =") < 0.85 -->
# The paper says that MF needs more operations than BP. By this count it needs fewer, even before anything runs in
# parallel: the products with $W^T$ fall away, and the $M_i$ are small.
#
# ## Parallelism
#
# Within a batch, block 2 must wait for $a_1$, in every rule. But as soon as block 1 has done its step it can take the
# *next* batch while block 2 works on this one: a pipeline. With BP, block 1 must wait for the error of this batch first
# (*update locking*). We draw who works when, taking one unit of time for a forward or a backward through a block. Four
# blocks, three batches: how many units does MF need, if BP needs 24?

# %%
my_units = ...  # a number


# %%
def schedule_bp(L, T):
    """(L, time) table: the batch on which each block works; 0 is idle. Forward up, backward down, then the next."""
    table = np.zeros((L, 2 * L * T), int)
    for t in range(T):
        for i in range(L):
            table[i, 2 * L * t + i] = t + 1
            table[i, 2 * L * (t + 1) - 1 - i] = t + 1
    return table


def schedule_mf(L, T):
    """Each block: forward and its own step (two units), then hands on; block i is i batches behind."""
    table = np.zeros((L, 2 * (T + L - 1)), int)
    for t in range(T):
        for i in range(L):
            table[i, 2 * (t + i) : 2 * (t + i) + 2] = t + 1
    return table


L, T = 4, 3
for name, table in (("BP", schedule_bp(L, T)), ("MF", schedule_mf(L, T))):
    print(
        f"{name}: {table.shape[1]} units of time for {T} batches, {(table > 0).mean():.0%} of the blocks' time used"
    )
    print(
        "\n".join(
            f"  block {i + 1} " + "".join(f"{b or '.':>2}" for b in row)
            for i, row in enumerate(table)
        )
    )

# %%
reveal(
    my_units,
    schedule_mf(L, T).shape[1],
    "Two units for each batch, and the last block starts three batches late.",
)

# %%
table = schedule_mf(L, T)
same_time = np.pad(table, ((0, 0), (0, schedule_bp(L, T).shape[1] - table.shape[1])))
pictures.heats(
    {"BP: which batch, over time": schedule_bp(L, T), "MF's pipeline": same_time}, columns=1, size=(6, 1.6),
    alt="Two timetables of four blocks and three batches, blocks down, time across. Under BP "
    "one block works at a time in a V shape for each batch; under MF all blocks soon work "
    "at once, each on another batch.",
)  # fmt: skip

# %% [markdown]
# ### A fair opponent
#
# That BP is all the same not helpless: cut each batch into $K$ small parts (*micro-batches*) and send them through the
# blocks one behind the other. The gradients of the parts are added up, and the update is exactly that of the whole
# batch. This is how large networks are trained on many machines (GPipe, Huang and others 2019). A micro-batch takes
# $1/K$ of a unit in each block. Forward it takes $L + K - 1$ of these until the last one is through, and backward as
# many; only the start and the end of each batch find blocks idle.

# %%


def units(L, T, K=None):
    """Units of time for T batches in L blocks: BP in K micro-batches, or for K=None MF's pipeline."""
    return 2 * (T + L - 1) if K is None else T * 2 * (L + K - 1) / K


L = 4
for T in (1, 10, 1000):
    bp, best = units(L, T, 1), {K: units(L, T, K) for K in (4, 16)}
    print(f"{T:5} batches, {L} blocks: against plain BP, MF is {bp / units(L, T):.2f} times as fast,",
          *(f"BP in {K} micro-batches {bp / best[K]:.2f}," for K in best))  # fmt: skip
print("paper's Table 5, speed ratios:", TABLE5_RATIOS)

# %% [markdown]
# With many batches MF's pipeline approaches a factor equal to the number of blocks, on as many processors, if all
# blocks cost the same and handing on costs nothing. Against plain BP that is a large gain; against BP in 16
# micro-batches it is less than a fifth, and with one batch BP is ahead. What remains for MF: its blocks need to hand on
# activations only, one way, and no block waits for another's backward pass.
# <!-- holds: at("1000 batches", "MF is") > 3.9 -->
# <!-- holds: 1 < at("1000 batches", "MF is") / at("1000 batches", "BP in 16 micro-batches") < 1.2 -->
# <!-- holds: at("    1 batches", "MF is") < at("    1 batches", "BP in 16 micro-batches") -->
#
# ### And with one batch per epoch?
#
# The paper also trains with the *full batch*: one batch per epoch. Then nothing overlaps within an epoch, but epochs
# do. Block 1 never waits for block 2: it can go on to its second epoch, and its third. We go to the extreme: block 1
# alone for 20 epochs, its outputs kept; then block 2 on these, one after the other. Will the result be the same as with
# both blocks in each epoch, to the last bit?

# %%
my_answer = ...  # "yes" or "no"

# %%


def apply(step, adam, parameters):
    """Change the parameters by one step of Adam."""
    for key, gradient in step.gradients.items():
        adam.update(key, parameters[key], gradient)


def started():
    """The same network, rule and optimiser again."""
    net, rule = mlp(data.input_shape, (32, 24), seed=0), rules.MonoForward()
    rule.start(net, data.n_classes, seed=0)
    return net, rule, Adam(3e-3), rule.parameters(net)


net, rule, adam, together = started()
for _ in range(20):
    for step in rule.steps(net, data.x_train, data.y_train):  # block 1, then block 2
        apply(step, adam, together)

net, rule, adam, apart = started()
outputs = []
for _ in range(20):
    step, a = rule.local_step(net, 0, data.x_train, data.y_train)  # block 1 alone
    apply(step, adam, apart)
    outputs.append(a)
for a in outputs:
    step, _ = rule.local_step(net, 1, a, data.y_train)  # then block 2 on what block 1 has left
    apply(step, adam, apart)
same = all(np.array_equal(together[name], apart[name]) for name in together)
print("20 full-batch epochs, block 1 first and then block 2: every bit the same:", same)

# %%
reveal(
    my_answer,
    "yes" if same else "no",
    "Each block sees the same inputs in the same order, only later.",
)

# %% [markdown]
# So a pipeline over epochs is possible with a full batch as well, and with many epochs it approaches the same factor.
# <!-- holds: says("every bit the same: True") -->
# Whether the paper's gain at full batch comes from that, or from fewer operations, or from something else, Table 5 does
# not say.

# %% [markdown]
# ## Questions
#
# 1. In a pipeline, block 2 works on the activations that block 1 computed one update ago. Is the result still the same,
#    bit by bit, as one block after the other?
#
# <details><summary>Answer</summary>
#
# Yes, if each block hands on the $a_i$ that it computed *before* its own update, as the rule here does. Each block then
# sees the same sequence of inputs as in the serial order, only later.
#
# </details>
#
# 2. Where, in BP's saw-tooth, is the peak: at the end of the forward pass or later?
#
# <details><summary>Answer</summary>
#
# Later: near the end of the backward pass. In this package all gradients are yielded at once at the end, so they pile
# up while all activations are still alive.
#
# </details>
#
# 3. How would you train a very deep MF net whose parameters do not fit into memory?
#
# <details><summary>Answer</summary>
#
# Block by block: train block 1, write it to disk, and with it (or its outputs) train block 2, and so on. Then memory
# does not depend on the depth. The paper says so; `Trainer(schedule="layer_by_layer")` trains in that order.
#
# </details>
#
# ## Read next
#
# [Lesson 13](13_tables.ipynb), the paper's tables. The exercise for this lesson: [12, memory and
# speed](../exercises/student/12_memory_and_speed.ipynb). In the source: `mfnumpy/measure.py`; and `mfnumpy/fast/`,
# which does the same updates with less memory and time.
