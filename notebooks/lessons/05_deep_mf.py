# %% [markdown]
# # 05 · Deep Mono-Forward, and what "local" means
#
# **Goal.** Stack blocks, see each of them predict, and prove by experiment that no block knows anything of the ones
# above it.
#
# **Time.** 35 minutes. **Before.** [Lesson 04](04_one_block.ipynb).

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations, measure, rules
from mfnumpy.course import yours
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.teach import pictures, reveal, show_source
from mfnumpy.train import Trainer

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# ## Derivation
#
# Block $i$ has its own loss, $L_i = \text{cross-entropy}(\mathrm{softmax}(a_i M_i^T), y)$, and learns by
# $\partial L_i / \partial W_i$ and $\partial L_i / \partial M_i$. Its input $x_i = a_{i-1}$ is taken as *data*: no
# gradient is sent to the block that made it. In a deep-learning library one writes `detach`; here there is nothing to
# detach, because the method that would send an error down is never called.

# %%
show_source(rules.LocalRule.steps)

# %% [markdown]
# The `yield` is where the trainer applies the step: block 1 is updated *before* block 2 has seen the batch. Block 2
# gets the $a_1$ from before that update; both rules, "the old $a_1$" and "the new", would be local. The paper computes
# $a_i$ once.
#
# **Two ways to predict.** *FF pred* adds the goodness scores of all blocks, *BP pred* takes the last block's alone,
# and then the other $M_i$ can be thrown away after training:
#
# $$\hat y_{FF} = \arg\max_c \sum_i G_{i,c},$$
#
# $$\hat y_{BP} = \arg\max_c G_{last,c}.$$

# %%
show_source(rules.parts.Projections.scores)

# %% [markdown]
# ## By hand
#
# Two blocks' scores for one sample with three classes. Block 1 says class 0, block 2 says class 2. Which class does
# *FF pred* choose?

# %%
G1, G2 = np.array([3.0, 1.0, 0.0]), np.array([0.0, 1.0, 1.5])
my_class = ...  # 0, 1 or 2

# %%
reveal(
    my_class,
    int((G1 + G2).argmax()),
    why=f"The sum is {G1 + G2}; BP pred takes block 2's: class {G2.argmax()}.",
)

# %% [markdown]
# A block that is very sure outvotes one that hesitates. Scores are added, not votes.

# %% [markdown]
# ## Check the gradient
#
# Take a network of two blocks. Block 1's $dW$ must be the gradient of $L_1$, *not* of $L_2$, although $L_2$ depends on
# $W_1$, too. We check it against both. (The checker moves every entry of a small array by itself, and an array of more
# than 400 entries as a whole, along 12 random directions: $W_1$ has 448, hence "12 differences".)

# %%
data = load("digits")
x, y = data.x_train[:8].astype("float64"), data.y_train[:8]
net = mlp(data.input_shape, (7, 5), dtype="float64", seed=0)
rule = rules.MonoForward()
rule.start(net, data.n_classes, seed=0)
W1 = net.blocks[0].parameters["W"]


def loss_of_block(i):
    """L_i as a function of block 1's weights."""

    def loss(W):
        before = W1.copy()
        W1[...] = W
        value = equations.cross_entropy(rule.layer_scores(net, x)[i], y)
        W1[...] = before
        return value

    return loss


def claimed(W):
    """What Mono-Forward applies to W_1."""
    return measure.gradients_of(net, rule, x, y)["block1.W"]


print("against L_1:", check.gradient(loss_of_block(0), claimed, W1.copy()))
print("against L_2:", check.gradient(loss_of_block(1), claimed, W1.copy()))

# %% [markdown]
# ## Locality, shown
#
# If block 1 knows nothing of block 2, then whatever we do to block 2, block 1's gradients must not change by a single
# bit. We add noise to $W_2$ and compare six rules. Before you run it: for how many of the six rules (`mf`, `ff`, `bp`,
# `fa`, `dfa`, `mf_joint`, which is Mono-Forward without the border between blocks) will block 1's gradient stay the
# same in every bit?

# %%
my_count = ...  # how many of the six

# %%


def block1_bits_change(name, perturb):
    """Whether block 1's dW changes in any bit when block 2 is perturbed, and by how much."""
    net = mlp(data.input_shape, (32, 24), seed=0)
    rule = rules.make(name)
    rule.start(net, data.n_classes, seed=0)
    x, y = data.x_train[:50], data.y_train[:50]
    before = measure.gradients_of(net, rule, x, y)["block1.W"]
    perturb(net.blocks[1].parameters["W"])
    after = measure.gradients_of(net, rule, x, y)["block1.W"]
    return float(np.linalg.norm(after - before) / np.linalg.norm(before))


def add_noise(W):
    """Change a later block's weights in place."""
    W += np.random.default_rng(0).standard_normal(W.shape).astype(W.dtype)


change = {
    name: block1_bits_change(name, add_noise)
    for name in ("mf", "ff", "bp", "fa", "dfa", "mf_joint")
}
for name, value in change.items():
    print(
        f"{name:9} relative change of block 1's dW: {value:.3f}",
        "(not a bit)" if value == 0 else "",
    )
pictures.bars(
    {"change": list(change.values())}, list(change), ylabel="relative change of dW of block 1", size=(5.6, 2.8),
    alt="How much block 1's gradient changes when block 2's weights are perturbed: exactly "
    "zero for MF and FF, large for BP, FA, DFA and for MF without the detach.",
)  # fmt: skip

# %%
reveal(
    my_count,
    sum(value == 0 for value in change.values()),
    why="The two rules in which no error crosses a border.",
)

# %% [markdown]
# <!-- holds: at("mf", "block 1's dW:") == 0 == at("ff", "block 1's dW:") -->
# <!-- holds: all(at(rule, "block 1's dW:") > 0.5 for rule in ("bp", "fa", "dfa", "mf_joint")) -->
# DFA changes as well: its error comes from the output, and the output depends on all blocks. `mf_joint` is Mono-Forward
# with its losses added up and *not* detached: one small change, and locality is gone.

# %% [markdown]
# ## A run
#
# Three blocks. After each epoch, every block's own accuracy is measured. Which of the three will have the lowest loss
# on the training data at the end, and which the best accuracy on validation? Note it down.

# %%
net = mlp(data.input_shape, (64, 64, 64), seed=0)
rule = rules.MonoForward(**yours("MonoForward"))
rule.start(net, data.n_classes, seed=0)
history = Trainer(net, rule, Adam(lr=2e-3), epochs=12).fit(
    data.x_train, data.y_train, data.x_val, data.y_val
)
by_layer = {f"block {i + 1}": [e["val_layers"][i] for e in history.epochs] for i in range(3)}
both = {
    f"{mode.upper()} pred": [e["val_accuracy"][mode] for e in history.epochs]
    for mode in ("ff", "bp")
}
for name, values in {**by_layer, **both}.items():
    print(f"{name:8} by epoch:", np.array(values))
pictures.plot(
    by_layer | {"FF pred": both["FF pred"]}, ylabel="validation accuracy", ylim=(0.4, 1.01),
    alt="Validation accuracy of each of the three blocks and of their sum over the epochs. "
    "All rise together; no block waits for another.",
)  # fmt: skip

# %%
losses = {f"block {i}": [e["loss"][f"block{i}"] for e in history.epochs] for i in (1, 2, 3)}
print("last losses:", {name: round(values[-1], 3) for name, values in losses.items()})
pictures.plot(
    losses, ylabel="each block's own loss", yscale="log",
    alt="Each block's own training loss over the epochs, logarithmic: all fall.",
)  # fmt: skip

# %%
one = data.x_val[8:9]
pictures.goodness_bars(
    {f"block {i + 1}": G[0] for i, G in enumerate(rule.layer_scores(net, one))}
    | {"sum (FF pred)": rule.scores(net, one)[0]},
    int(data.y_val[8]),
    alt="Goodness per class of one test image at each of the three blocks, and their sum. The "
    "true class is hatched.",
)  # fmt: skip

# %% [markdown]
# Block 1 ends with the highest training loss and block 2 with the lowest. Yet on validation block 1 has the best
# accuracy of the three at the end, and FF pred does not beat it. The blocks differ by a few images only: this run does
# not show that depth helps, nor that it harms.
# <!-- holds: at("last losses", "block 1") > at("last losses", "block 3") > at("last losses", "block 2") -->
# <!-- holds: row("block 1  by epoch")[-1] > max(row("block 2  by epoch")[-1], row("block 3  by epoch")[-1]) -->
# <!-- holds: row("block 1  by epoch")[-1] >= row("FF pred  by epoch")[-1] > 0.94 -->
# <!-- holds: row("block 1  by epoch")[-1] - row("block 2  by epoch")[-1] < 8 / 144 -->
#
# ## What learning alone costs, and when
#
# Each block improves its own loss as if it were the last one: it is *greedy*. It may throw away what its own scores
# cannot use but a later block could. A wide block has room for both. A narrow one must choose. So the cost should show
# in a network with a *narrow* first block. We train such networks by backpropagation and by Mono-Forward, three seeds
# each. From which width on will the two be equal: 4, 8 or 64 neurons?

# %%
my_width = ...  # 4, 8 or 64

# %%
greedy = {"BP": [], "MF": []}
for narrow in (4, 8, 64):
    for name in ("bp", "mf"):
        accuracies = []
        for seed in (0, 1, 2):
            net = mlp(data.input_shape, (narrow, 64), seed=seed)
            rule = rules.make(name)
            rule.start(net, data.n_classes, seed=seed)
            Trainer(net, rule, Adam(lr=3e-3), epochs=20, seed=seed).fit(data.x_train, data.y_train)
            accuracies.append(measure.evaluate(net, rule, data.x_val, data.y_val).main)
        greedy[name.upper()].append(float(np.mean(accuracies)))
        print(f"first block of {narrow:2} neurons, {name}: mean validation accuracy {greedy[name.upper()][-1]:.3f}, "
              f"of {np.round(accuracies, 3)}")  # fmt: skip
pictures.bars(
    greedy, [4, 8, 64], xlabel="neurons of the first block", ylabel="validation accuracy", ylim=(0.5, 1),
    alt="Mean validation accuracy of BP and MF for first blocks of 4, 8 and 64 neurons. With 4 BP is far ahead; "
    "with 8 and 64 the two are close.",
)  # fmt: skip

# %%
reveal(
    my_width,
    8,
    why="With 8 the means differ by a few images, less than the seeds of one rule do; with 4 by far more.",
)

# %% [markdown]
# With four neurons backpropagation is clearly ahead. With eight the difference is smaller than that between the seeds
# of one rule, and with 64 it is a single image. Four activities cannot separate ten classes by a straight line, so
# block 1's own loss is a bad guide: it spends its four neurons on the classes that it can tell apart. Backpropagation
# tells the same four neurons what block 2 can still make of them.
# <!-- holds: at("first block of  4", "bp:") - at("first block of  4", "mf:") > 0.08 -->
# <!-- holds: abs(at("first block of  8", "bp:") - at("first block of  8", "mf:")) < 0.02 -->
# <!-- holds: max(row("of  8", "bp:", ", of")) - min(row("of  8", "bp:", ", of")) > 0.02 -->
# <!-- holds: abs(at("first block of 64", "bp:") - at("first block of 64", "mf:")) < 1.1 / 144 -->
#
# ## Every block can be asked. Only here?
#
# Mono-Forward's blocks have scores of their own, so one can ask each of them. Is that something which backpropagation
# cannot offer? No: train a small readout on each block of a finished network and leave the blocks as they are. Such
# readouts are called *linear probes*. What Mono-Forward saves is the second training, and its blocks were made for
# their scores, the probed blocks were not. Here are probes on a network that backpropagation has trained. A probe is an
# $M$ that learns while $W$ stands still, so the rule with a weight gradient of zero trains them:

# %%
net = mlp(data.input_shape, (64, 64, 64), seed=0)
bp = rules.Backpropagation()
bp.start(net, data.n_classes, seed=0)
Trainer(net, bp, Adam(lr=2e-3), epochs=12).fit(data.x_train, data.y_train)
probes = rules.MonoForward(
    weight_gradient=lambda x, z, M, dG: np.zeros((x.shape[1], z.shape[1]), x.dtype)
)
probes.start(net, data.n_classes, seed=0)
Trainer(net, probes, Adam(lr=2e-3), epochs=12).fit(data.x_train, data.y_train)
probed = measure.evaluate(net, probes, data.x_val, data.y_val).layers
print("BP's own output:", round(measure.evaluate(net, bp, data.x_val, data.y_val).main, 3))
print("probes on BP's blocks:", np.round(probed, 3))

# %% [markdown]
# Every block of the backpropagation network can be asked as well; each probe is right for more than nine images in ten.
# <!-- holds: min(row("probes on BP's blocks:")) > 0.9 -->

# %% [markdown]
# ## Questions
#
# 1. You train two blocks, and then, from the same seed, three. What of the first two blocks differs after training?
#
# <details><summary>Answer</summary>
#
# Nothing, not one bit: their weights depend on the seed and their own index, their batches on the seed and the epoch,
# and their gradients on themselves. The paper says so in section 3.3; [lesson 10](10_plug_and_repair.ipynb) does the
# experiment.
#
# </details>
#
# 2. The first block had 4 neurons and block 2 had 64. Would it help Mono-Forward to make block 2 wider?
#
# <details><summary>Answer</summary>
#
# Hardly. Block 2 can only use what passes through the four activities of block 1, and block 1 does not know that block
# 2 exists. A wider block 2 is a wider reader of the same four numbers.
#
# </details>
#
# 3. Why can the earlier $M_i$ be dropped under BP pred, but not during training?
#
# <details><summary>Answer</summary>
#
# For the prediction only $G_{last}$ is needed, and it depends on the $W_i$ and the last $M$. During training each $W_i$
# learns through its own $M_i$.
#
# </details>
#
# ## Read next
#
# [Lesson 06](06_bp_fa_dfa.ipynb) compares with the rules that do send errors between blocks; [lesson
# 10](10_plug_and_repair.ipynb) uses locality. The exercise for this lesson: [05,
# deep](../exercises/student/05_deep.ipynb).
