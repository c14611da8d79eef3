# %% [markdown]
# # 04 · One block, built from an empty cell
#
# **Goal.** Build a whole Mono-Forward block from nothing, line by line, as in a live lecture; then look at what its
# scores, its errors, its masks and its weights do while it learns.
#
# **Time.** 35 minutes, with your hands on the keyboard. **Before.** [Lesson 03](03_equations_by_hand.ipynb).
#
# In this lesson you write. Wherever a line ends in `...`, replace the three dots, run the cell and the one below it.
# Whoever reads on without writing misses the best part, but nothing breaks.

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations, rules
from mfnumpy.course import yours
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.teach import moments, pictures, reveal, show_source
from mfnumpy.train import Trainer

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# ## Line 1: data and two random matrices
#
# 200 images of digits, one per row, and a block of 36 neurons for ten classes. Nothing else is needed. The weights are
# small and random; lesson 01 says why they are scaled so.

# %%
data = load("digits")
x, y = data.x_train[:200], data.y_train[:200]
rng = np.random.default_rng(0)
W = rng.standard_normal((64, 36)) * np.sqrt(2 / 64)
M = rng.standard_normal((10, 36)) * np.sqrt(1 / 36)
print("x", x.shape, " W", W.shape, " M", M.shape)

# %% [markdown]
# ## Line 2: forward
#
# Weighted sums, the ReLU, and one goodness score per class, Eq. (5). Which shape must the scores have? Write the line.

# %%
z = x @ W
a = np.maximum(z, 0)
my_G = ...  # one line: the scores from a and M

# %%
G = equations.goodness_scores(a, M)
reveal(my_G, G, "G = a M^T: 200 samples, ten scores each.")

# %% [markdown]
# ## Line 3: how bad is it?
#
# Nothing has been learned yet. If all ten scores were equal, each class would get the probability 1/10. Which loss do
# you expect, as a number?

# %%
my_loss = ...  # a number

# %%
loss = equations.cross_entropy(G, y)
print(
    "loss of the untrained block:", round(float(loss), 3), "  log 10 =", round(float(np.log(10)), 3)
)
reveal(
    my_loss,
    float(np.log(10)),
    "-log(1/10) = log 10; the random scores cost a little more.",
    tolerance=0.05,
)

# %% [markdown]
# The block starts near $\log m$: it knows nothing yet.
# <!-- holds: abs(at("loss of the untrained block:") - at("log 10 =")) < 0.5 -->
#
# ## Line 4: the error at the scores
#
# $dG = (p - y)/N$. Then the two gradients, Eqs. (8) and (7). You have seen them on paper; write them.

# %%
dG = equations.cross_entropy_gradient(G, y)
my_dM = ...  # one line: from dG and a
my_dW = ...  # from x, z, M and dG; one line, or three with da and dz

# %%
dM = dG.T @ a
reveal(my_dM, dM, "dM = dG^T a: which neurons were active when the scores were wrong.")

# %%
dW = x.T @ ((dG @ M) * (z > 0))
reveal(my_dW, dW, "da = dG M, then the mask [z > 0], then dW = x^T dz.")

# %% [markdown]
# Believe neither me nor yourself: compare with differences. $W$ has too many entries for each to be moved alone, so the
# checker moves all of them at once, along 12 random directions; the 360 entries of $M$ it moves one by one.

# %%


def block_loss(W, M):
    """The block's loss with these parameters."""
    return equations.cross_entropy(equations.goodness_scores(np.maximum(x @ W, 0), M), y)


print(check.gradient(block_loss, lambda W, M: (dW, dM), W, M))

# %% [markdown]
# ## Line 5: one step
#
# Go against the gradient, by a small amount $\eta$. The loss must fall.

# %%
eta = 0.5
print("loss before one step:", round(float(block_loss(W, M)), 4))
print("loss after one step :", round(float(block_loss(W - eta * dW, M - eta * dM)), 4))

# %% [markdown]
# <!-- holds: at("loss after one step") < at("loss before one step") -->
# It does. That is one update of Mono-Forward, and there is nothing more to it. Put the lines into a loop, and the block
# learns:

# %%


def update(x, y, W, M, eta):
    """One update of a block: Eqs. (5) to (8). Returns the new W and M."""
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    return W - eta * x.T @ ((dG @ M) * (z > 0)), M - eta * dG.T @ a


W_mine, M_mine = W.copy(), M.copy()
for epoch in range(1, 9):
    order = np.random.default_rng(epoch).permutation(len(data.y_train))
    for rows in np.array_split(order, len(order) // 32):
        W_mine, M_mine = update(data.x_train[rows], data.y_train[rows], W_mine, M_mine, eta=0.3)
    right = (np.maximum(data.x_val @ W_mine, 0) @ M_mine.T).argmax(axis=1) == data.y_val
    print(f"my loop, epoch {epoch}: validation accuracy {right.mean():.3f}")

# %% [markdown]
# <!-- holds: at("my loop, epoch 8: validation accuracy") > 0.9 -->
# More than nine in ten digits, from five lines that you know by heart now. The package does the same, with names for
# the steps and a *trace* that keeps what was computed on the way:

# %%
show_source(rules.MonoForward.local_step)

# %%
net = mlp(data.input_shape, (36,), seed=0, dtype="float64")
rule = rules.MonoForward()
rule.start(net, data.n_classes, seed=0)
net.blocks[0].parameters["W"][...], rule.M[0][...] = W, M
step, _ = rule.local_step(net, 0, x.astype("float64"), y)
print("the package's dW and mine agree:", np.allclose(step.gradients["block1.W"], dW))
print("the package's dM and mine agree:", np.allclose(step.gradients["block1.M"], dM))

# %% [markdown]
# <!-- holds: says("the package's dW and mine agree: True") and says("the package's dM and mine agree: True") -->
# %% [markdown]
# ## What it looks like
#
# Now the package's rule, with Adam, for twelve epochs. From here on, what you wrote in the exercises and the checker
# passed takes the place of the package's own; the line below the cell says whose functions are used. We look at one
# image before, and after epochs 1, 3 and 12. Its goodness scores are the block's opinion.

# %%
net = mlp(data.input_shape, (36,), seed=0)
rule = rules.MonoForward(**yours("MonoForward"))
rule.start(net, data.n_classes, seed=0)

# %%
sample, true_class = data.x_val[5:6], int(data.y_val[5])
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
    alt="Goodness per class of one image, before training and after three epochs in "
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
    {f"dz, {when}": dz for when, dz in errors.items()}, limit=limit, columns=2, size=(3.2, 2.2),
    alt="Heat maps of dz, samples down, neurons across, before training and after three "
    "epochs in turn. The early ones are full of colour with white holes where neurons "
    "were silent; the last is almost white but for a few rows.",
)  # fmt: skip

# %% [markdown]
# <!-- holds: row("exactly zero", "before")[0] > at("exactly zero", "epoch 12") -->
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
# [lesson 05](05_deep_mf.ipynb) measures it.
#
# </details>
#
# ## Read next
#
# [Lesson 05](05_deep_mf.ipynb) stacks blocks and shows that none of them knows of the ones above. The exercise for this
# lesson: [04, one block](../exercises/student/04_one_block.ipynb). In the source: `mfnumpy/blocks.py` (the trace) and
# `mfnumpy/rules/mf.py`.
