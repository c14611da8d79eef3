# %% [markdown]
# # Exercises 03: equations (5), (7) and (8)
#
# Three formulas, and they are the paper. Lesson 03 works them out by hand on a tiny example, and prints them as matrix
# products. Here you write them **from their indices**: with `np.einsum`, or with loops, but with no `@` and no `.T`.
#
# `np.einsum` reads the letters of the indices. `np.einsum("pq,q->p", A, b)` is $r_p = \sum_q A_{pq} b_q$: the letters
# before the arrow name the axes of each factor, those behind it the axes of the result, and a letter that does not
# stand behind it is summed over. Nothing has to be turned, and the shapes stand in the line.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
import numpy as np
from data_utils import load
from mfnumpy import equations, network, optim, rules, train
from mfnumpy.check import check
from mfnumpy.course import by_indices, in_one_sentence, mine_or_reference

# %% [markdown]
# ## 3.1 Equation (5): the goodness of each class
#
# $$G = a M^T$$
#
# A block's activations $a$, $(N, n)$, are compared with one row of $M$, $(m, n)$, for each class. From the indices,
# with no matrix product.
#
# <details><summary>Hint 1</summary>
#
# How well does the activation pattern of sample $s$ fit the pattern that row $c$ of $M$ holds? One number for
# each pair $(s, c)$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Each number is a sum, over the block's neurons, of products of an activation and an entry of $M$.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Give the samples one letter, the neurons another, the classes a third. Which two does $G$ have? The one that is
# left is summed over.
#
# </details>


# %% solution="eq5"
def eq5(a, M):
    """Eq. (5). a: (N, n). M: (m, n). Returns G: (N, m)."""
    ### BEGIN SOLUTION
    return np.einsum("sj,cj->sc", a, M)
    ### END SOLUTION


# %% check="eq5" points=2
by_indices(eq5)
check("eq5", eq5)

# %% [markdown]
# ## 3.2 Equation (7): how the weights learn
#
# $$dW = \frac{\partial L}{\partial G} \cdot \frac{\partial G}{\partial a}
#   \cdot \frac{\partial a}{\partial z} \cdot \frac{\partial z}{\partial W}$$
#
# Forward it was $z = xW$, $a = \max(z, 0)$, $G = aM^T$. Given is $dG = \partial L/\partial G$; go back factor by
# factor, each sum from its indices. Nothing here comes from any other block: that is what makes the rule local.
#
# <details><summary>Hint 1</summary>
#
# Walk the chain from the left: error at the scores, error at the activations, error at $z$, gradient of the
# weights. Give each a name of its own.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $a$ is felt by the scores through $M$; where $z$ was not positive, a change of $z$ changes nothing; $z = xW$ is
# a dense layer without bias.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Shapes: from $(N, m)$ with $M$, $(m, n)$, to $(N, n)$; a mask of that shape; then with $x$, $(N, d)$, to $(d, n)$.
# Which letter disappears in each of the two sums?
#
# </details>


# %% solution="eq7"
def eq7(x, z, M, dG):
    """Eq. (7). x: (N, d). z: (N, n) = x W. M: (m, n). dG: (N, m). Returns dW: (d, n)."""
    ### BEGIN SOLUTION
    da = np.einsum("sc,cj->sj", dG, M)
    dz = da * (z > 0)
    return np.einsum("si,sj->ij", x, dz)
    ### END SOLUTION


# %% check="eq7" points=4
by_indices(eq7)
check("eq7", eq7)

# %% [markdown]
# ## 3.3 Equation (8): how the projection learns
#
# $$dM = \frac{\partial L}{\partial G} \cdot \frac{\partial G}{\partial M}$$
#
# with $G = aM^T$ from Eq. (5). The result has the shape of $M$.
#
# <details><summary>Hint 1</summary>
#
# $G_{sc} = \sum_j a_{sj} M_{cj}$. Which scores does one entry $M_{cj}$ touch?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Column $c$ of $G$, in every row $s$, each with the factor $a_{sj}$: so a sum over the samples.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The letter of the samples stands in both factors, and not in the result.
#
# </details>


# %% solution="eq8"
def eq8(a, dG):
    """Eq. (8). a: (N, n). dG: (N, m). Returns dM: (m, n)."""
    ### BEGIN SOLUTION
    return np.einsum("sc,sj->cj", dG, a)
    ### END SOLUTION


# %% check="eq8" points=3
by_indices(eq8)
check("eq8", eq8)

# %% [markdown]
# ## Mono-Forward, by you
#
# The real network, the real trainer, your three equations. Every block has an accuracy of its own, from its own
# goodness scores; `together` is FF pred, which adds them up.

# %%
with in_one_sentence():
    rule = rules.MonoForward(
        project=mine_or_reference(eq5, equations.goodness_scores),
        weight_gradient=mine_or_reference(eq7, equations.weight_gradient),
        projection_gradient=mine_or_reference(eq8, equations.projection_gradient),
    )
    net, data = network.mlp(64, (100, 100, 100)), load("digits")
    rule.start(net, 10)
    trainer = train.Trainer(net, rule, optim.Adam(0.003), epochs=6, show_progress=False)
    for entry in trainer.fit(data.x_train, data.y_train, data.x_test, data.y_test).epochs:
        layers = ", ".join(f"{value:.3f}" for value in entry["val_layers"])
        print(f"epoch {entry['epoch']}: each block {layers}; together {entry['val_accuracy']['ff']:.3f}")
