# %% [markdown]
# # Exercises 04: one block learns
#
# From gradients to learning: a step, and then all of it for one block. These exercises belong to lesson 04.
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
# ## 4.1 A step downhill
#
# $$W \leftarrow W - \eta \frac{\partial L}{\partial W}$$
#
# as printed in equations (7) and (8); $\eta$ is `lr`. Return a new array.
#
# <details><summary>Hint 1</summary>
#
# The gradient points to where the loss grows. Where do you want to go?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `parameter` and `gradient` have one shape; `lr` is a number.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Do not use `-=`: it would change the caller's array.
#
# </details>


# %% solution="sgd_step"
def sgd_step(parameter, gradient, lr):
    """parameter, gradient: one shape. lr: the learning rate, a number. Returns the new parameter."""
    ### BEGIN SOLUTION
    return parameter - lr * gradient
    ### END SOLUTION


# %% check="sgd_step" points=1
check("sgd_step", sgd_step)

# %% [markdown]
# ## 4.2 One batch, one block
#
# The whole of Mono-Forward for one block and one batch: forward, equations (5), (6), (7), (8), and both updates.
# Return the new $W$, the new $M$, and the activations $a$ that go on to the next block: those that were computed
# **before** the update. The functions of the earlier exercises are there under `equations`: `goodness_scores`,
# `cross_entropy_gradient`, `weight_gradient`, `projection_gradient`.
#
# <details><summary>Hint 1</summary>
#
# Write the moments of one batch down in order. Which of them need the old $W$ and $M$, and which make the new
# ones?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Both gradients belong to the point where the block stood in the forward pass: compute them both before you
# change anything.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# $z$, $a$, $G$, $dG$, $dM$, $dW$, in this order; then two steps downhill with `lr`. Neither `W` nor `M` may be
# changed in place.
#
# </details>


# %% solution="mf_step"
def mf_step(x, y, W, M, lr):
    """x: (N, d). y: (N,) labels. W: (d, n). M: (m, n). Returns the new (W, M), and a: (N, n) from before the update."""
    ### BEGIN SOLUTION
    z = x @ W
    a = np.maximum(z, 0)
    G = equations.goodness_scores(a, M)
    dG = equations.cross_entropy_gradient(G, y)
    dM = equations.projection_gradient(a, dG)
    dW = equations.weight_gradient(x, z, M, dG)
    return W - lr * dW, M - lr * dM, a
    ### END SOLUTION


# %% check="mf_step" points=5
check("mf_step", mf_step)

# %% [markdown]
# ## One block on real digits
#
# The block starts where the package's own network with seed 0 starts, and learns by your step alone.

# %%
with in_one_sentence():
    step = mine_or_reference(mf_step, "mf_step")
    data = load("digits")
    W = network.mlp(64, (120,)).blocks[0].parameters["W"]
    M = (seeding.stream(0, "projection").standard_normal((10, 120)) / np.sqrt(120)).astype("float32")
    for epoch in range(8):
        order = seeding.stream(0, "shuffle", epoch).permutation(len(data.y_train))
        for rows in np.array_split(order, len(order) // 32):
            W, M, a = step(data.x_train[rows], data.y_train[rows], W, M, 0.2)
        G = np.maximum(data.x_test @ W, 0) @ M.T
        print(
            f"epoch {epoch + 1}: loss {equations.cross_entropy(G, data.y_test):.3f}, "
            f"accuracy {(G.argmax(axis=1) == data.y_test).mean():.3f}"
        )
