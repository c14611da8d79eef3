# %% [markdown]
# # Exercises 00: honest data
#
# Before any rule can be judged, two things must be right: samples must keep their labels when they are shuffled,
# and an accuracy must count every sample once. Both go wrong in published code. Lesson 00 has the map of the
# paper.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
from functools import partial

import numpy as np
from data_utils import load
from mfnumpy import measure, network, optim, rules, train
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference

# %% [markdown]
# ## 0.1 Shuffle, and keep the pairs
#
# Return `X` and `y` in a new random order, drawn from `rng`, so that row $i$ of the new `X` still belongs to
# entry $i$ of the new `y`. `X` and `y` themselves stay as they are.
#
# <details><summary>Hint 1</summary>
#
# What must be the same for both arrays is not the numbers that are drawn but the order that they give.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Draw one permutation of the row numbers $0, \dots, N - 1$: a NumPy generator has a method for it.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Take the rows of `X` in that order, then the entries of `y` in that very order. Indexing with an array of row
# numbers makes a copy.
#
# </details>


# %% solution="shuffle_together"
def shuffle_together(X, y, rng):
    """X and y in a new order, the same for both. X: (N, ...). y: (N,). rng: a NumPy Generator. Returns (X, y)."""
    ### BEGIN SOLUTION
    order = rng.permutation(len(y))
    return X[order], y[order]
    ### END SOLUTION


# %% check="shuffle_together" points=2
check("shuffle_together", shuffle_together)

# %% [markdown]
# ## 0.2 Count every sample once
#
# The accuracy over all rows of `X`, computed in batches so that it fits in memory: the number of right
# predictions divided by the number of rows, from 0 to 1. The last batch may be shorter than the others.
#
# <details><summary>Hint 1</summary>
#
# Is the mean of the batches' accuracies the accuracy of all rows? Try 103 rows in batches of 10.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Add up counts, not fractions, and divide once, at the end.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# A slice that reaches beyond the last row is simply shorter; let its beginning run over the multiples of the
# batch size.
#
# </details>


# %% solution="accuracy_over_batches"
def accuracy_over_batches(predict, X, y, batch_size):
    """The share of right predictions. predict: (rows) -> labels. X: (N, ...). y: (N,). Returns a float."""
    ### BEGIN SOLUTION
    right = 0
    for start in range(0, len(y), batch_size):
        stop = start + batch_size
        right += int((predict(X[start:stop]) == y[start:stop]).sum())
    return right / len(y)
    ### END SOLUTION


# %% check="accuracy_over_batches" points=2
check("accuracy_over_batches", accuracy_over_batches)

# %% [markdown]
# ## Your functions at work
#
# A network is trained by Mono-Forward on digits that you shuffled, and judged by your accuracy. Beside it stands
# what happens when the labels are shuffled on their own: the network learns nothing, and no error message says
# so.


# %%
with in_one_sentence():

    def predicted(net, rule, rows):
        return rule.scores(net, rows).argmax(axis=1)

    def separately(X, y, rng):
        return rng.permutation(X), rng.permutation(y)

    shuffle = mine_or_reference(shuffle_together, "shuffle_together")
    accuracy = mine_or_reference(accuracy_over_batches, measure.accuracy_over_batches)

    data = load("digits")
    for name, shuffled in (("together", shuffle), ("separately", separately)):
        X, y = shuffled(data.x_train, data.y_train, np.random.default_rng(0))
        net, rule = network.mlp(64, (100,)), rules.MonoForward()
        rule.start(net, 10)
        train.Trainer(net, rule, optim.Adam(0.003), epochs=5, show_progress=False).fit(X, y)
        predict = partial(predicted, net, rule)
        found = accuracy(predict, data.x_test, data.y_test, 50)
        print(f"shuffled {name:<10}  accuracy on {len(data.y_test)} test digits: {found:.3f}")
