# %% [markdown]
# # 04 · One Mono-Forward block learns
#
# **Goal.** Watch one block turn pixels into goodness: what its scores, its errors, its masks and its weights look like
# while it learns.
#
# **Time.** 25 minutes. **Before.** Lesson 03.

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations, rules
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.teach import moments, pictures, show_source
from mfnumpy.train import Trainer

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# ## Derivation
#
# A block is a linear layer and a ReLU; `forward` returns a *trace*, everything that was computed, under its name. For
# one block and one batch Mono-Forward does this, and no more:
#
# $$x \to z = xW \to a = \max(z, 0) \to G = aM^T \;(5) \to dG = (p - y)/N \;(6) \to
#   \begin{cases} dM = dG^T a & (8) \\ dW = x^T\big((dG\,M) \odot [z > 0]\big) & (7) \end{cases}$$

# %%
show_source(rules.MonoForward.local_step)

# %% [markdown]
# Line by line it is the formula above. `yield`ed by the rule and applied by the trainer, the step is complete before
# the next block has seen anything. The parameters are drawn so that the scores start small:

# %%
show_source(rules.parts.Projections.plug)

# %% [markdown]
# ## By hand
#
# Before any training, what loss do you expect with $m$ classes? If all scores are equal, $p_c = 1/m$ for each class,
# and the loss is $-\log(1/m) = \log m$.

# %%
data = load("digits")
net = mlp(data.input_shape, (36,), seed=0)
rule = rules.MonoForward()
rule.start(net, data.n_classes, seed=0)
x, y = data.x_train[:200], data.y_train[:200]
step, a = rule.local_step(net, 0, x, y)
print("classes m =", data.n_classes, "  log m =", round(float(np.log(data.n_classes)), 3))
print("loss before training =", round(float(step.loss), 3))
print("gradients:", {name: g.shape for name, g in step.gradients.items()})
print("trace:", net.blocks[0].forward(x))

# %% [markdown]
# The loss starts near $\log m$: the block knows nothing yet. About half of all $z$ are positive, so about half of the
# errors will pass the mask.

# %% [markdown]
# ## Check the gradient
#
# The same comparison as in lesson 03, now of the rule itself, on real digits and in double precision. $W$ has too many
# entries for each to be moved alone, so the checker moves all of them at once, along 12 random directions; the 360
# entries of $M$ it moves one by one.

# %%
net64 = mlp(data.input_shape, (36,), seed=0, dtype="float64")
rule64 = rules.MonoForward()
rule64.start(net64, data.n_classes, seed=0)
x64 = x.astype("float64")


def block_loss(W, M):
    """The block's loss with these parameters."""
    return equations.cross_entropy(equations.goodness_scores(np.maximum(x64 @ W, 0), M), y)


def rule_gradients(W, M):
    """What the rule yields with these parameters."""
    net64.blocks[0].parameters["W"][...] = W
    rule64.M[0][...] = M
    step, _ = rule64.local_step(net64, 0, x64, y)
    return step.gradients["block1.W"], step.gradients["block1.M"]


W, M = net64.blocks[0].parameters["W"].copy(), rule64.M[0].copy()
print(check.gradient(block_loss, rule_gradients, W, M))

# %% [markdown]
# ## A run
#
# We train for twelve epochs and look at one test image before, and after epochs 1, 3 and 12. Its goodness scores are
# the block's opinion.

# %%
sample, true_class = data.x_test[5:6], int(data.y_test[5])
opinions = {"before": rule.layer_scores(net, sample)[0][0]}
errors = {"before": next(m.value for m in moments(net, rule, x[:40], y[:40]) if m.symbol == "dz")}
trainer_options = {"epochs": 1, "batch_size": 32}
optimiser, losses, accuracies = Adam(lr=3e-3), [], []
for epoch in range(1, 13):
    trainer = Trainer(net, rule, optimiser, seed=epoch, **trainer_options)
    entry = trainer.fit(data.x_train, data.y_train, data.x_val, data.y_val).epochs[-1]
    losses.append(entry["loss"]["block1"])
    accuracies.append(entry["val_accuracy"]["ff"])
    if epoch in (1, 3, 12):
        opinions[f"epoch {epoch}"] = rule.layer_scores(net, sample)[0][0]
        errors[f"epoch {epoch}"] = next(
            m.value for m in moments(net, rule, x[:40], y[:40]) if m.symbol == "dz"
        )
print("training loss      :", np.round(losses, 3))
print("validation accuracy:", np.round(accuracies, 3))
print("true class of the image below:", true_class)

# %%
pictures.goodness_bars(
    opinions, true_class,
    alt="Goodness per class of one test image, before training and after three epochs in "
    "turn. The bars are small at first; the hatched bar of the true class grows and the "
    "others sink below zero.",
)  # fmt: skip

# %% [markdown]
# ### Errors and masks
#
# $dz$ is the error that reaches the neurons: one row per sample, one column per neuron. White is zero, and most zeros
# are the mask's: the neuron was silent. All four panels share one scale of colour.

# %%
limit = float(np.abs(errors["before"]).max())
print(
    "share of dz that is exactly zero:",
    {k: round(float((v == 0).mean()), 2) for k, v in errors.items()},
)
pictures.heats(
    {f"dz, {when}": dz for when, dz in errors.items()}, limit=limit,
    alt="Heat maps of dz, samples down, neurons across, before training and after three "
    "epochs in turn. The early ones are full of colour with white holes where neurons "
    "were silent; the last is almost white but for a few rows.",
)  # fmt: skip

# %% [markdown]
# As the block learns, colour drains away: samples that are predicted surely and rightly have $p \approx y$, so
# $dG \approx 0$. What is left are a few hard samples, whole rows of them.

# %% [markdown]
# ### What the weights look like
#
# Column $j$ of $W$ has one weight for each pixel, so it is an image: what neuron $j$ looks for (red) and what speaks
# against it (blue).

# %%
H, width, _ = data.image_shape
first = (
    mlp(data.input_shape, (36,), seed=0).blocks[0].parameters["W"]
)  # the same seed: where learning started
last = net.blocks[0].parameters["W"]
pictures.images(
    np.concatenate([last.T[:12], (last - first).T[:12]]).reshape(-1, H, width), columns=12, signed=True,
    alt="Two rows of small images. Above: the weights of twelve neurons, speckled. Below: "
    "what learning has added to them, smoother blobs and strokes of both signs; one of "
    "these images is white all over.",
)  # fmt: skip

# %% [markdown]
# Above are the weights after training, below what learning has *added* to the random start, each in its own scale.
# Where no image has ink (some pixels at the edge), $x$ is zero, and so is $dW = x^T dz$: nothing was added. And a panel
# that is white all over belongs to a neuron that learned nothing at all:

# %%
ever_active = (data.x_train @ first > 0).any(axis=0)
print("neurons silent for every training image at the start:", np.flatnonzero(~ever_active))
print(
    "neurons whose weights did not change in any bit     :",
    np.flatnonzero((last == first).all(axis=0)),
)

# %%
pictures.plot(
    {"training loss": losses, "validation accuracy": accuracies}, ylim=(0, None), size=(6, 2.7),
    alt="Training loss falls towards zero over the epochs while validation accuracy rises "
    "towards one.",
)  # fmt: skip

# %% [markdown]
# ## Questions
#
# 1. Why do whole *rows* of $dz$ become white, and why do some *columns* have more white than others?
#
# <details><summary>Answer</summary>
#
# A row belongs to a sample. If its prediction is sure and right, $dG$ is nearly zero in the whole row, and so are $da$
# and $dz$. A column belongs to a neuron; a neuron that is silent for many samples is masked there, whatever the error.
#
# </details>
#
# 2. Can a neuron stop learning for good?
#
# <details><summary>Answer</summary>
#
# Yes, in the first block: if $z \le 0$ for every sample, its column of $dz$ is zero, so its column of $dW$ is zero, and
# the column stays as it is. It is called a dead neuron. Backpropagation could not revive it either: an error from above
# would meet the same mask. In a higher block it may wake up again, because the blocks below go on learning and change
# its input.
#
# </details>
#
# 3. The block has reached a loss near zero on the training data. What would a second block on top of it see, and what
#    could it still improve?
#
# <details><summary>Answer</summary>
#
# It sees activations in which the classes are already separated well. Its own $W_2$ and $M_2$ are random, so it begins
# with a loss of about $\log m$ or more, like any untrained block, and must learn the readout anew. Once it has, there
# is little left to gain on the training data. Whether it improves the *validation* accuracy is an empirical question;
# lesson 05 measures it.
#
# </details>
#
# ## Read next
#
# Lesson 05 stacks blocks and shows that none of them knows of the ones above. In the source: `mfnumpy/blocks.py`
# (the trace) and `mfnumpy/rules/mf.py`.
