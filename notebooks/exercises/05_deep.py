# %% [markdown]
# # Exercises 05: many blocks, one prediction
#
# Every block of a Mono-Forward network has its own scores. The paper has two ways to make one prediction of them,
# and calls them FF pred and BP pred. These exercises belong to lesson 05.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
from data_utils import load
from mfnumpy import network, optim, rules, train
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference

# %% [markdown]
# ## 5.1 FF pred
#
# As in Forward-Forward, all blocks have a say: the goodness of a class is its goodness in all blocks together.
# Given is a list with the $(N, m)$ scores of every block; return the $N$ predicted labels.
#
# <details><summary>Hint 1</summary>
#
# How does a sample get one number for each class out of the list? And which class is then predicted?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# First all blocks together, then the decision. A vote of the blocks, each with its own decision, is something
# else.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Python's `sum` adds up the arrays of a list; `argmax` along the right axis gives the class of each sample.
#
# </details>


# %% solution="mf_predict_ff"
def mf_predict_ff(goodness_per_layer):
    """goodness_per_layer: a list of (N, m) arrays. Returns (N,) labels."""
    ### BEGIN SOLUTION
    return sum(goodness_per_layer).argmax(axis=1)
    ### END SOLUTION


# %% check="mf_predict_ff" points=2
check("mf_predict_ff", mf_predict_ff)

# %% [markdown]
# ## 5.2 BP pred
#
# As in backpropagation, the last block decides alone. Then the projection matrices of all others are not needed
# any more once the network has been trained: that is why this network is smaller in the paper's Table 4.
#
# <details><summary>Hint 1</summary>
#
# What is left of the list?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Python counts from the end with negative numbers.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# One array, and the class with the largest score in each of its rows.
#
# </details>


# %% solution="mf_predict_bp"
def mf_predict_bp(goodness_per_layer):
    """goodness_per_layer: a list of (N, m) arrays, the last block's last. Returns (N,) labels."""
    ### BEGIN SOLUTION
    return goodness_per_layer[-1].argmax(axis=1)
    ### END SOLUTION


# %% check="mf_predict_bp" points=2
check("mf_predict_bp", mf_predict_bp)

# %% [markdown]
# ## Four blocks, trained by Mono-Forward
#
# The blocks below learn; the predictions are yours.

# %%
with in_one_sentence():
    together = mine_or_reference(mf_predict_ff, "mf_predict_ff")
    last = mine_or_reference(mf_predict_bp, "mf_predict_bp")

    net, rule, data = network.mlp(64, (60, 60, 60, 60)), rules.MonoForward(), load("digits")
    rule.start(net, 10)
    trainer = train.Trainer(net, rule, optim.Adam(0.003), epochs=1, show_progress=False)
    for epoch in range(6):
        trainer.fit(data.x_train, data.y_train)
        layers = rule.layer_scores(net, data.x_test)
        alone = ", ".join(f"{(G.argmax(axis=1) == data.y_test).mean():.3f}" for G in layers)
        found = [(predict(layers) == data.y_test).mean() for predict in (together, last)]
        print(f"epoch {epoch + 1}: blocks {alone};  FF pred {found[0]:.3f}, BP pred {found[1]:.3f}")
