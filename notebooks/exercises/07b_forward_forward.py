# %% [markdown]
# # Exercises 07b: Forward-Forward
#
# Goodness is one half of Forward-Forward. The other half is what goes in: labels inside the input, wrong labels
# for the negative data, and activations whose length says nothing. These exercises belong to lesson 07.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
import numpy as np
from data_utils import load
from mfnumpy import equations, network
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference
from mfnumpy.support import seeding

# %% [markdown]
# ## 7.4 The label in the input
#
# Write the label of each sample into its first `n_classes` inputs: 1 at the label's place, 0 at the others,
# whatever they held before. Return a copy.
#
# <details><summary>Hint 1</summary>
#
# Two things are written: zeros over all of these inputs, and a 1 in each row.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Without the zeros, what was in the picture stays and looks like half a label.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Copy; set a block of columns to 0; then pick one entry per row with two index arrays: the row numbers and the
# labels.
#
# </details>


# %% solution="overlay_label"
def overlay_label(x, y, n_classes):
    """x: (N, d) with d >= n_classes. y: (N,) labels. Returns a new (N, d) array."""
    ### BEGIN SOLUTION
    out = x.copy()
    out[:, :n_classes] = 0
    out[np.arange(len(y)), y] = 1
    return out
    ### END SOLUTION


# %% check="overlay_label" points=2
check("overlay_label", overlay_label)

# %% [markdown]
# ## 7.5 Labels that are wrong
#
# A wrong label for each sample, every wrong label being equally likely, and none of them right by chance.
#
# <details><summary>Hint 1</summary>
#
# Drawing any label at random gives the right one in one case out of ten: such a sample is no negative one.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# How far from the right label can a wrong one be, if you count around in a circle?
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Draw how far to go, at least 1 and at most `n_classes - 1`, and count round the circle with `%`.
# `rng.integers(low, high, size=...)` leaves `high` out.
#
# </details>


# %% solution="negative_labels"
def negative_labels(y, n_classes, rng):
    """y: (N,) labels. rng: a NumPy Generator. Returns (N,) integer labels, different from y everywhere."""
    ### BEGIN SOLUTION
    return (y + rng.integers(1, n_classes, size=len(y))) % n_classes
    ### END SOLUTION


# %% check="negative_labels" points=2
check("negative_labels", negative_labels)

# %% [markdown]
# ## 7.6 Length says nothing
#
# $$a \leftarrow \frac{a}{|a| + 10^{-8}}$$
#
# row by row: the next block must find out by the *pattern* whether the label fits. If it could see the length, it
# would only have to read off what the block before has decided.
#
# <details><summary>Hint 1</summary>
#
# $|a|$ is one number for each sample.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The root of the goodness of Eq. (1) is exactly this length.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Keep the sum as a column (`keepdims=True`), so that it divides every row by its own number; the small number is
# added to the length, after the root.
#
# </details>


# %% solution="normalise_length"
def normalise_length(a):
    """a: (N, n). Returns (N, n), every row of length 1 (a row of zeros stays zero)."""
    ### BEGIN SOLUTION
    return a / (np.sqrt((a * a).sum(axis=1, keepdims=True)) + 1e-8)
    ### END SOLUTION


# %% check="normalise_length" points=2
check("normalise_length", normalise_length)

# %% [markdown]
# ## 7.7 One step of one block
#
# Minimise mean $L_{pos}$ + mean $L_{neg}$ by one step of gradient descent, for one block without bias: $z = xW$,
# $a = \max(z, 0)$. There are two forward passes: one with positive, one with negative data, both with the old
# $W$. From `equations` you may use `positive_goodness`, `positive_loss_gradient`, `negative_loss_gradient` and
# `goodness_gradient`.
#
# <details><summary>Hint 1</summary>
#
# The weights are in the loss twice, once for each pass. How do two gradients of a sum become one?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# For each pass: goodness, gradient of its own loss at the goodness, gradient at the activations, weights. Only
# the loss gradient is another one.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# $da$ from `goodness_gradient(a, dG)`; through the mask (it may be left out here: where $z \le 0$, $a$ is 0 and
# so is $da$); input turned times $dz$. Add both, one step with `lr`.
#
# </details>


# %% solution="ff_step"
def ff_step(x_pos, x_neg, W, theta, lr):
    """x_pos, x_neg: (N, d). W: (d, n). theta: the threshold. Returns the new W: (d, n)."""
    ### BEGIN SOLUTION
    dW = np.zeros_like(W)
    for x, loss_gradient in (
        (x_pos, equations.positive_loss_gradient),
        (x_neg, equations.negative_loss_gradient),
    ):
        z = x @ W
        a = np.maximum(z, 0)
        dG = loss_gradient(equations.positive_goodness(a), theta)
        dW += x.T @ (equations.goodness_gradient(a, dG) * (z > 0))
    return W - lr * dW
    ### END SOLUTION


# %% check="ff_step" points=4
check("ff_step", ff_step)

# %% [markdown]
# ## Two blocks, trained by your functions alone
#
# To predict, every label is tried: ten passes for one answer. That is the price that Mono-Forward does not pay.

# %%
with in_one_sentence():
    overlay = mine_or_reference(overlay_label, "overlay_label")
    wrong_labels = mine_or_reference(negative_labels, "negative_labels")
    normalise = mine_or_reference(normalise_length, "normalise_length")
    step = mine_or_reference(ff_step, "ff_step")

    data, theta = load("digits"), 2.0
    weights = [block.parameters["W"] for block in network.mlp(64, (120, 120)).blocks]

    def goodness_of_all_blocks(x):
        total = np.zeros(len(x))
        for W in weights:
            a = np.maximum(normalise(x) @ W, 0)
            total, x = total + equations.positive_goodness(a), a
        return total

    for epoch in range(20):
        rng = seeding.stream(0, "shuffle", epoch)
        order = rng.permutation(len(data.y_train))
        for rows in np.array_split(order, len(order) // 32):
            x, y = data.x_train[rows], data.y_train[rows]
            x_pos, x_neg = overlay(x, y, 10), overlay(x, wrong_labels(y, 10, rng), 10)
            for i, W in enumerate(weights):
                x_pos, x_neg = normalise(x_pos), normalise(x_neg)
                weights[i] = step(x_pos, x_neg, W, theta, 1.0)
                x_pos, x_neg = np.maximum(x_pos @ W, 0), np.maximum(x_neg @ W, 0)
        if epoch % 4 == 3:
            tried = [overlay(data.x_test, np.full(len(data.y_test), label), 10) for label in range(10)]
            scores = np.stack([goodness_of_all_blocks(x) for x in tried], axis=1)
            print(f"epoch {epoch + 1:2}: accuracy {(scores.argmax(axis=1) == data.y_test).mean():.3f}")
