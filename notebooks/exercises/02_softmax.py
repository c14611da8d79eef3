# %% [markdown]
# # Exercises 02: softmax and cross-entropy
#
# Equation (6) is the only loss that Mono-Forward has, one for every block. These exercises belong to lesson 02.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
import numpy as np
from data_utils import load
from mfnumpy import equations, network, optim, rules, train
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference

# %% [markdown]
# ## 2.1 Softmax
#
# $$p_c = \frac{\exp(G_c)}{\sum_k \exp(G_k)}$$
#
# for every row of the scores. Scores of $\pm 1000$ occur, and must give neither `inf` nor `nan`.
#
# <details><summary>Hint 1</summary>
#
# What does adding the same number to all scores of a row do to $p$?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\exp(1000)$ is too large for a float, $\exp(-1000)$ is simply 0. So choose the number so that the largest score
# of each row becomes 0.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `max` and `sum` over `axis=1` with `keepdims=True` give columns that can be subtracted from, or divided into,
# the whole array.
#
# </details>


# %% solution="softmax"
def softmax(scores):
    """scores: (N, m). Returns p: (N, m); no entry is negative, every row adds up to 1."""
    ### BEGIN SOLUTION
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% check="softmax" points=2
check("softmax", softmax)

# %% [markdown]
# ## 2.2 Equation (6)
#
# $$L = -\sum_c y_c \log p_c, \qquad p = \mathrm{softmax}(G),$$
#
# the mean over the batch. `y` holds integer labels; $y_c$ is 1 for the true class and 0 for the others. With a
# score gap of 1000 the loss is 1000: exact, not `inf`.
#
# <details><summary>Hint 1</summary>
#
# For one sample only one term of the sum is not zero. Which one?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\log p_c = G_c - \log \sum_k \exp(G_k)$: never compute $p$ and take its logarithm, for a $p$ that was rounded
# to 0 has none.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Take the largest score of each row off, as in the softmax; then the logarithm of the sum of exponentials is
# safe. Pick the true class of each row with `np.arange(len(y))` and `y` as indices.
#
# </details>


# %% solution="eq6"
def eq6(G, y):
    """G: (N, m) scores. y: (N,) integer labels. Returns the mean cross-entropy, a scalar."""
    ### BEGIN SOLUTION
    shifted = G - G.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean()
    ### END SOLUTION


# %% check="eq6" points=3
check("eq6", eq6)

# %% [markdown]
# ## 2.3 Its gradient
#
# How the loss changes with every score: $dG = \partial L / \partial G$, of shape $(N, m)$.
#
# <details><summary>Hint 1</summary>
#
# Work it out for one sample: $\log p_c = G_c - \log\sum_k \exp(G_k)$, and the derivative of the second term by
# $G_j$ is an old friend.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# For one sample the result has two terms only: what the network believes, and what is true.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# It is probability minus truth, for every class. And the loss is a mean over the batch: what does this do to the
# share of one sample? You may call your `softmax`, or `equations.softmax` if it is not right yet.
#
# </details>


# %% solution="eq6_gradient"
def eq6_gradient(G, y):
    """G: (N, m) scores. y: (N,) integer labels. Returns dG: (N, m)."""
    ### BEGIN SOLUTION
    p = equations.softmax(G)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
    ### END SOLUTION


# %% check="eq6_gradient" points=3
check("eq6_gradient", eq6_gradient)

# %% [markdown]
# ## Your loss trains a network
#
# Mono-Forward with two blocks, both of which learn from your gradient. Your Eq. (6) is computed beside it from
# the scores of the last block: it starts near $\log 10 = 2.303$ and must fall far below that (on these test digits it
# may rise a little in the end).

# %%
with in_one_sentence():
    loss = mine_or_reference(eq6, equations.cross_entropy)
    net = network.mlp(64, (100, 100))
    rule = rules.MonoForward(loss_gradient=mine_or_reference(eq6_gradient, equations.cross_entropy_gradient))
    rule.start(net, 10)
    data = load("digits")
    trainer = train.Trainer(net, rule, optim.Adam(0.003), epochs=1, show_progress=False)
    print(f"before:  loss {float(loss(rule.scores(net, data.x_test, 'bp'), data.y_test)):.3f}")
    for epoch in range(5):
        accuracy = trainer.fit(data.x_train, data.y_train, data.x_test, data.y_test).epochs[-1]["val_accuracy"]["bp"]
        found = float(loss(rule.scores(net, data.x_test, "bp"), data.y_test))
        print(f"epoch {epoch + 1}: loss {found:.3f}, accuracy {accuracy:.3f}")
