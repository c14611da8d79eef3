# %% [markdown]
# # Exercises 07a: goodness, equations (1) to (4)
#
# Forward-Forward asks each block one question: how strongly are you excited? Strongly for data with its own
# label, weakly for data with a wrong one. These exercises belong to lesson 07; the rest of Forward-Forward is in
# exercises 07b.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
import numpy as np
from data_utils import load
from IPython.display import display
from mfnumpy import equations, network, optim, train
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference
from mfnumpy.course.plug import ForwardForwardOf

# %% [markdown]
# ## 7.1 Equations (1) and (2)
#
# $$G_{pos} = \sum_j a_{pos,j}^2 \qquad G_{neg} = \sum_j a_{neg,j}^2$$
#
# One number for each sample. Both equations are the same function, of other data; write it once.
#
# <details><summary>Hint 1</summary>
#
# A sum over what: samples or neurons?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The activations are $(N, n)$ and the result is $(N,)$.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Square every entry, then add up along the axis of the neurons. A sum, not a mean: the threshold $\theta$ counts
# on it.
#
# </details>


# %% solution="goodness"
def goodness(a):
    """Eqs. (1) and (2). a: (N, n). Returns G: (N,)."""
    ### BEGIN SOLUTION
    return (a * a).sum(axis=1)
    ### END SOLUTION


# %% check="goodness" points=1
display(check("eq1", goodness))
display(check("eq2", goodness))

# %% [markdown]
# ## 7.2 Equations (3) and (4)
#
# $$L_{pos} = \log(1 + \exp(\theta - G_{pos}))$$
#
# $$L_{neg} = \log(1 + \exp(G_{neg} - \theta))$$
#
# each as the mean over the batch. $\theta$ is a number. Goodness of 1000 occurs, and the loss must then be near 0
# or near 1000, not `inf`.
#
# <details><summary>Hint 1</summary>
#
# Both are one function of another argument. Which one, and what does it look like for very large arguments?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\log(1 + e^u)$ is nearly $u$ for large $u$, but $e^u$ overflows long before. NumPy has a function for $\log(e^a
# + e^b)$ that does not.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.logaddexp(a, b)` is $\log(e^a + e^b)$, and $1 = e^0$. Then the mean.
#
# </details>


# %% solution="losses"
def eq3(G, theta):
    """Eq. (3): the mean loss of positive data. G: (N,). theta: the threshold. Returns a scalar."""
    ### BEGIN SOLUTION
    return np.logaddexp(0, theta - G).mean()
    ### END SOLUTION


def eq4(G, theta):
    """Eq. (4): the mean loss of negative data. G: (N,). theta: the threshold. Returns a scalar."""
    ### BEGIN SOLUTION
    return np.logaddexp(0, G - theta).mean()
    ### END SOLUTION


# %% check="losses" points=3
display(check("eq3", eq3))
display(check("eq4", eq4))

# %% [markdown]
# ## 7.3 Their gradients
#
# $dG = \partial L/\partial G$ for both, of shape $(N,)$. Before you compute: which sign must each of them have
# everywhere, if positive data is to become more exciting and negative data less?
#
# <details><summary>Hint 1</summary>
#
# What is the derivative of $\log(1 + e^u)$ by $u$? You know it under a name.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# It is the sigmoid, $1 / (1 + e^{-u})$; and $u$ is $\theta - G$ in one case and $G - \theta$ in the other. What
# does the inner derivative contribute?
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# More goodness must mean less loss for positive data: so that gradient is negative everywhere, the other one
# positive. And both losses are means. `scipy.special.expit`, or $(1 + \tanh(u/2))/2$, is a sigmoid that does not
# overflow.
#
# </details>


# %% solution="gradients"
def eq3_gradient(G, theta):
    """Derivative of Eq. (3). G: (N,). theta: the threshold. Returns dG: (N,)."""
    ### BEGIN SOLUTION
    return -0.5 * (1 + np.tanh((theta - G) / 2)) / len(G)
    ### END SOLUTION


def eq4_gradient(G, theta):
    """Derivative of Eq. (4). G: (N,). theta: the threshold. Returns dG: (N,)."""
    ### BEGIN SOLUTION
    return 0.5 * (1 + np.tanh((G - theta) / 2)) / len(G)
    ### END SOLUTION


# %% check="gradients" points=3
display(check("eq3_gradient", eq3_gradient))
display(check("eq4_gradient", eq4_gradient))

# %% [markdown]
# ## Forward-Forward with your goodness
#
# The package overlays the labels and normalises the lengths; goodness and its gradients are yours. The number
# shown is the goodness of negative data minus that of positive data, averaged over each epoch: it should fall.
# With a sign wrong in 7.3 it rises, and the accuracy stays at chance.

# %%
with in_one_sentence():
    rule = ForwardForwardOf(
        eq1=mine_or_reference(goodness, equations.positive_goodness),
        eq2=mine_or_reference(goodness, equations.negative_goodness),
        eq3_gradient=mine_or_reference(eq3_gradient, equations.positive_loss_gradient),
        eq4_gradient=mine_or_reference(eq4_gradient, equations.negative_loss_gradient),
    )
    loss_pos = mine_or_reference(eq3, equations.positive_loss)
    loss_neg = mine_or_reference(eq4, equations.negative_loss)
    net, data = network.mlp(64, (120, 120)), load("digits")
    rule.start(net, 10)
    trainer = train.Trainer(net, rule, optim.Adam(0.003), epochs=12, show_progress=False)
    for entry in trainer.fit(data.x_train, data.y_train, data.x_test, data.y_test).epochs[::3]:
        gaps = ", ".join(f"{name} {value:7.2f}" for name, value in entry["loss"].items())
        print(f"epoch {entry['epoch']:2}: G_neg - G_pos {gaps};  accuracy {entry['val_accuracy']['all-labels']:.3f}")

    G = rule.layer_scores(net, data.x_test)[0]
    own, wrong = G[range(len(G)), data.y_test], G[range(len(G)), (data.y_test + 1) % 10]
    theta = rule.threshold(net, 0)
    print(f"block 1 on test digits: L_pos {loss_pos(own, theta):.3f}, L_neg {loss_neg(wrong, theta):.3f}")
