# %% [markdown]
# # Exercises 06: three ways back
#
# Backpropagation, Feedback Alignment and Direct Feedback Alignment differ in one thing only: how the error
# reaches a hidden layer. Write all three as a training step on a list of weights. These exercises belong to lesson 06.
#
# All three networks are the same: $a_0 = x$, $a_l = \max(a_{l-1} W_l, 0)$ for all layers but the last, and the
# last is linear: its scores go into the softmax cross-entropy. All steps use the weights as they were in the
# forward pass.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
import numpy as np
from data_utils import load
from mfnumpy import equations
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference
from mfnumpy.support import seeding

# %% [markdown]
# ## 6.1 Backpropagation
#
# One step of plain gradient descent on one batch. `weights` is a list of matrices, the first one seeing `x`.
# Return a new list; change nothing in the old one. `equations.cross_entropy_gradient(G, y)` is there for the
# error at the output.
#
# <details><summary>Hint 1</summary>
#
# Two loops: forward, keeping what the way back will need; and backward, from the last layer to the first, with
# one array that holds the error at $z$ of the layer where you are.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Keep the input of every layer. The weight gradient of a layer is its input, turned, times the error at its $z$.
# The error at the output is given by the loss.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# To come from layer $l+1$ to layer $l$: through the turned weights of layer $l+1$ (the old ones), then through
# the mask of layer $l$. Its output, which is the next layer's input, is positive exactly where its $z$ is.
#
# </details>


# %% solution="bp_step"
def bp_step(x, y, weights, lr):
    """x: (N, d). y: (N,) labels. weights: [(d, n_1), (n_1, n_2), ..., (n_L, m)]. Returns the new weights, a list."""
    ### BEGIN SOLUTION
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for layer in reversed(range(len(weights))):
        new[layer] = weights[layer] - lr * inputs[layer].T @ dz
        if layer > 0:
            dz = (dz @ weights[layer].T) * (inputs[layer] > 0)
    return new
    ### END SOLUTION


# %% check="bp_step" points=5
check("bp_step", bp_step)

# %% [markdown]
# ## 6.2 Feedback Alignment
#
# The brain has no way to send an error back through the very synapses that it came through. Feedback Alignment
# sends it through fixed random matrices. `feedback[l]` has the shape of `weights[l + 1].T` and stands in its
# place; it never changes. All else is backpropagation; the output layer has its true gradient.
#
# <details><summary>Hint 1</summary>
#
# Copy your `bp_step` (or write it now). Which one factor is different?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# On the way from layer $l+1$ to layer $l$ the error was multiplied by `weights[l + 1].T`.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `feedback` has one matrix fewer than `weights`: none leads into the input. Mind by how much the indices are
# shifted. It is transposed already.
#
# </details>


# %% solution="fa_step"
def fa_step(x, y, weights, feedback, lr):
    """As bp_step. feedback: a list; feedback[l] has the shape of weights[l + 1].T. Returns the new weights, a list."""
    ### BEGIN SOLUTION
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for layer in reversed(range(len(weights))):
        new[layer] = weights[layer] - lr * inputs[layer].T @ dz
        if layer > 0:
            dz = (dz @ feedback[layer - 1]) * (inputs[layer] > 0)
    return new
    ### END SOLUTION


# %% check="fa_step" points=4
check("fa_step", fa_step)

# %% [markdown]
# ## 6.3 Direct Feedback Alignment
#
# Why go from layer to layer at all? Direct Feedback Alignment sends the error at the output, $e$, straight to
# every hidden layer, through a fixed random matrix of its own: `feedback[l]` is $(m, n_{l+1})$ and belongs to the layer
# of `weights[l]`. So the layers can learn in any order, even at once.
#
# <details><summary>Hint 1</summary>
#
# In which shape does the error arrive at a hidden layer, and what does it have to pass there, as in every rule?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The error at the output is computed once; each hidden layer starts from it, not from the layer above.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Error times the layer's feedback matrix, then the layer's own mask. Without the mask it is not DFA any more.
#
# </details>


# %% solution="dfa_step"
def dfa_step(x, y, weights, feedback, lr):
    """As bp_step. feedback: a list; feedback[l] is (m, n_{l+1}), for the hidden layer that weights[l] feeds.

    Returns the new weights, a list.
    """
    ### BEGIN SOLUTION
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = [*weights[:-1], weights[-1] - lr * inputs[-1].T @ e]
    for layer, B in enumerate(feedback):
        dz = (e @ B) * (inputs[layer + 1] > 0)
        new[layer] = weights[layer] - lr * inputs[layer].T @ dz
    return new
    ### END SOLUTION


# %% check="dfa_step" points=3
check("dfa_step", dfa_step)

# %% [markdown]
# ## The three rules side by side
#
# One network, one order of the batches, three steps. The angle is that between the forward weights of the
# readout, turned, and the feedback that stands for them: Feedback Alignment works because it shrinks.

# %%
with in_one_sentence():
    steps = {
        "bp": mine_or_reference(bp_step, "bp_step"),
        "fa": mine_or_reference(fa_step, "fa_step"),
        "dfa": mine_or_reference(dfa_step, "dfa_step"),
    }
    data = load("digits")

    def draw(purpose, shapes):
        draws = [seeding.stream(0, purpose, i).standard_normal(shape) for i, shape in enumerate(shapes)]
        return [(values / np.sqrt(shape[0] / 2)).astype("float32") for values, shape in zip(draws, shapes, strict=True)]

    feedback = {
        "bp": (),
        "fa": (draw("feedback", [(60, 60), (10, 60)]),),
        "dfa": (draw("direct feedback", [(10, 60), (10, 60)]),),
    }
    for name, step in steps.items():
        weights = draw("weights", [(64, 60), (60, 60), (60, 10)])
        for epoch in range(15):
            order = seeding.stream(0, "shuffle", epoch).permutation(len(data.y_train))
            for rows in np.array_split(order, len(order) // 32):
                weights = step(data.x_train[rows], data.y_train[rows], weights, *feedback[name], 0.1)
        a, (*hidden, last) = data.x_test, weights
        for W in hidden:
            a = np.maximum(a @ W, 0)
        angle = ""
        if name == "fa":
            B = feedback[name][0][-1]
            cosine = (B * last.T).sum() / np.linalg.norm(B) / np.linalg.norm(last)
            angle = f", angle between B and the readout {np.degrees(np.arccos(cosine)):.0f} degrees (at random: 90)"
        print(f"{name:<4} accuracy {((a @ last).argmax(axis=1) == data.y_test).mean():.3f}{angle}")
