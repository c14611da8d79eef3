# %% [markdown]
# # Exercises 01: the dense layer
#
# A layer is two functions: one that computes its output, and one that says how the loss changes with everything
# that went in. These exercises belong to lesson 01.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
from data_utils import load
from mfnumpy import layers, optim, rules, train
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference
from mfnumpy.course.plug import network_of

# %% [markdown]
# ## 1.1 Forward
#
# $$z = x W + b$$
#
# with $x$: $(N, D)$, $W$: $(D, H)$, $b$: $(H,)$, for all $N$ samples at once.
#
# <details><summary>Hint 1</summary>
#
# Which of `*` and `@` adds up products over the inputs?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The shapes allow one order only: $(N, D)$ times $(D, H)$.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The bias has one number for each neuron; added to an $(N, H)$ array, NumPy repeats it for every row.
#
# </details>


# %% solution="dense_forward"
def dense_forward(x, W, b):
    """x: (N, D). W: (D, H). b: (H,). Returns z: (N, H)."""
    ### BEGIN SOLUTION
    return x @ W + b
    ### END SOLUTION


# %% check="dense_forward" points=1
check("dense_forward", dense_forward)

# %% [markdown]
# ## 1.2 Backward
#
# Given $dz = \partial L / \partial z$, of shape $(N, H)$, return all three gradients of $z = xW + b$. Each has
# the shape of what it belongs to: $dx$ that of $x$, $dW$ that of $W$, $db$ that of $b$. ($dz$ carries the $1/N$
# of the mean loss already.)
#
# <details><summary>Hint 1</summary>
#
# $z_{nh} = \sum_d x_{nd} W_{dh} + b_h$. Which $z$ does one weight $W_{dh}$ touch, and with what factor?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $W_{dh}$ touches column $h$ of $z$ in every row $n$, with the factor $x_{nd}$: a sum over $n$. $x_{nd}$ touches
# row $n$ in every column $h$: a sum over $h$. $b_h$ touches every row with the factor 1.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Two of the three are matrix products with one transposed factor; the shapes tell you which one is transposed.
# The third adds up the rows.
#
# </details>


# %% solution="dense_backward"
def dense_backward(x, W, dz):
    """x: (N, D). W: (D, H). dz: (N, H). Returns (dx, dW, db): (N, D), (D, H), (H,)."""
    ### BEGIN SOLUTION
    dx = dz @ W.T
    dW = x.T @ dz
    db = dz.sum(axis=0)
    return dx, dW, db
    ### END SOLUTION


# %% check="dense_backward" points=4
check("dense_backward", dense_backward)

# %% [markdown]
# ## 1.3 Through the ReLU
#
# $a = \max(z, 0)$. Given $da$, return $dz$. At $z = 0$ our convention is a derivative of 0; the check accepts 1, too.
#
# <details><summary>Hint 1</summary>
#
# What does a small change of $z$ do to $a$ where $z$ is positive, and what where it is negative?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The error passes unchanged where the signal passed, and not at all elsewhere.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# A comparison of an array with 0 gives an array of true and false, which counts as 1 and 0 in a product.
#
# </details>


# %% solution="relu_backward"
def relu_backward(z, da):
    """z, da: one shape. Returns dz of that shape."""
    ### BEGIN SOLUTION
    return da * (z > 0)
    ### END SOLUTION


# %% check="relu_backward" points=2
check("relu_backward", relu_backward)

# %% [markdown]
# ## A network made of your functions
#
# The blocks below call nothing but your three functions, and backpropagation trains them.

# %%
with in_one_sentence():
    net = network_of(
        64,
        [80, 60],
        dense_forward=mine_or_reference(dense_forward, layers.dense_forward),
        dense_backward=mine_or_reference(dense_backward, layers.dense_backward),
        relu_backward=mine_or_reference(relu_backward, layers.relu_backward),
    )
    rule, data = rules.Backpropagation(), load("digits")
    rule.start(net, 10)
    trainer = train.Trainer(net, rule, optim.Adam(0.003), epochs=6, show_progress=False)
    for entry in trainer.fit(data.x_train, data.y_train, data.x_test, data.y_test).epochs:
        loss, accuracy = entry["loss"]["output"], entry["val_accuracy"]["readout"]
        print(f"epoch {entry['epoch']}: loss {loss:.3f}, accuracy {accuracy:.3f}")
