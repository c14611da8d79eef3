# %% [markdown]
# # 05 · Deep Mono-Forward, and what "local" means
#
# **Goal.** Stack blocks, see each of them predict, and prove by experiment that no block knows anything of the ones
# above it.
#
# **Time.** 25 minutes. **Before.** Lesson 04.

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations, measure, rules
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.teach import pictures, show_source
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
# $$\hat y_{FF} = \arg\max_c \sum_i G_{i,c}, \qquad \hat y_{BP} = \arg\max_c G_{last,c}.$$

# %%
show_source(rules.parts.Projections.scores)

# %% [markdown]
# ## By hand
#
# Two blocks' scores for one sample with three classes. Which class does each mode predict?

# %%
G1, G2 = np.array([3.0, 1.0, 0.0]), np.array([0.0, 1.0, 1.5])
print("block 1 says", G1.argmax(), "| block 2 says", G2.argmax())
print("FF pred: scores", G1 + G2, "-> class", (G1 + G2).argmax(), "| BP pred: class", G2.argmax())

# %% [markdown]
# A block that is very sure outvotes one that hesitates. Scores are added, not votes.

# %% [markdown]
# ## Check the gradient
#
# Take a network of two blocks. Block 1's $dW$ must be the gradient of $L_1$, *not* of $L_2$, although $L_2$ depends on
# $W_1$, too. We check it against both.

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
# bit. We add noise to $W_2$ and compare six rules.

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

# %% [markdown]
# DFA changes as well: its error comes from the output, and the output depends on all blocks. `mf_joint` is Mono-Forward
# with its losses added up and *not* detached: one small change, and locality is gone.

# %% [markdown]
# ## A run
#
# Three blocks. After each epoch, every block's own accuracy is measured, something backpropagation cannot offer.

# %%
net = mlp(data.input_shape, (64, 64, 64), seed=0)
rule = rules.MonoForward()
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
    print(f"{name:8}", np.array(values))
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

# %% [markdown]
# The higher blocks end with the lower training loss, yet on validation the blocks differ by a few images only, and here
# the first one is not the worst: this run does not show that depth helps, nor that it harms.

# %%
one = data.x_test[8:9]
pictures.goodness_bars(
    {f"block {i + 1}": G[0] for i, G in enumerate(rule.layer_scores(net, one))}
    | {"sum (FF pred)": rule.scores(net, one)[0]},
    int(data.y_test[8]),
    alt="Goodness per class of one test image at each of the three blocks, and their sum. The "
    "true class is hatched.",
)  # fmt: skip

# %% [markdown]
# ## Questions
#
# 1. You train two blocks, and then, from the same seed, three. What of the first two blocks differs after training?
#
# <details><summary>Answer</summary>
#
# Nothing, not one bit: their weights depend on the seed and their own index, their batches on the seed and the epoch,
# and their gradients on themselves. The paper says so in section 3.3; lesson 10 does the experiment.
#
# </details>
#
# 2. What does *greedy* mean, and what might it cost?
#
# <details><summary>Answer</summary>
#
# Each block improves its own loss as if it were the last one. It may throw away something that is useless for its own
# linear readout but that a later block could have used. Backpropagation asks every block to serve the final loss.
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
# Lesson 06 compares with the rules that do send errors between blocks; lesson 10 uses locality.
