# %% [markdown]
# # 00 · A map of the paper
#
# **Goal.** Know what Mono-Forward does in one breath, and where each of the paper's eight equations lives in this
# package, so that you can look it up, run it, and replace it by your own.
#
# **Time.** 20 minutes. **Before.** Nothing; some Python and NumPy.
#
# The paper is Gong, Li and Abdulla, *Mono-Forward: Backpropagation-Free Algorithm for Efficient Neural Network
# Training Harnessing Local Errors*, arXiv 2501.09238 (version 1, January 2025).

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations, rules
from mfnumpy.equations import PAPER
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.teach import pictures, show_source, step_through
from mfnumpy.train import Trainer

# %% [markdown]
# ## The idea
#
# A network is a stack of *blocks*. Block $i$ multiplies its input by its weights and cuts off what is negative:
#
# $$z_i = x_i W_i, \qquad a_i = \max(z_i, 0).$$
#
# **Backpropagation** has one loss, at the very end; the error travels back through all blocks. **Mono-Forward** gives
# every block a loss of its own: a small matrix $M_i$ turns the activations $a_i$ into one *goodness* score for each
# class, and softmax cross-entropy says how good these scores are. The block changes $W_i$ and $M_i$ to lower that
# loss, hands $a_i$ to the next block, and nothing ever comes back.
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | input of a block, one sample per row | $(N, d)$ |
# | $W$, $M$ | weights; projection matrix | $(d, n)$; $(m, n)$ |
# | $z$, $a$ | before and after the ReLU | $(N, n)$ |
# | $G$, $p$ | goodness scores; their softmax | $(N, m)$ |
# | $\eta$, $\theta$ | learning rate; Forward-Forward's threshold | numbers |
#
# $N$ is the batch size, $m$ the number of classes, $n$ the number of neurons. In code a gradient is `d` + name:
# `dW` is $\partial L / \partial W$.

# %% [markdown]
# ## Equation by equation
#
# | | formula | meaning |
# |---|---|---|
# | (1) (2) | $G_{pos} = \sum_j a_{pos,j}^2$, $\;G_{neg} = \sum_j a_{neg,j}^2$ | Forward-Forward's goodness |
# | (3) (4) | $L_{pos} = \log(1 + e^{\theta - G_{pos}})$, $L_{neg} = \log(1 + e^{G_{neg} - \theta})$ | its losses |
# | (5) | $G_i = a_i M_i^T$ | Mono-Forward's goodness, one for each class |
# | (6) | $L = -\sum_c y_c \log p_c$, $\;p = \mathrm{softmax}(G_i)$ | its loss |
# | (7) | $W_i \leftarrow W_i - \eta\, \partial L / \partial W_i$ | the weights learn |
# | (8) | $M_i \leftarrow M_i - \eta\, \partial L / \partial M_i$ | the projection learns |
#
# Each of them is one function, and there is only one. Here is the register:

# %%
for n, function in PAPER.items():
    first_line = function.__doc__.splitlines()[0]
    print(f"({n})  equations.{function.__name__:<22} {first_line}")

# %% [markdown]
# This is all of Mono-Forward's mathematics, as the package runs it. What you see below is read from the package's own
# source when this notebook is executed; it cannot be an older copy.

# %%
show_source(PAPER[5], PAPER[7], PAPER[8])

# %% [markdown]
# And this is the algorithm for one block and one batch. The numbers in the comments are the equations:

# %%
show_source(rules.MonoForward.local_step)

# %% [markdown]
# | in the paper | in the package | lesson |
# |---|---|---|
# | section 2, Forward-Forward | `mfnumpy/rules/ff.py` | 07 |
# | section 3.1, training in MF | `mfnumpy/rules/mf.py` | 03, 04, 05 |
# | section 3.2, prediction | `Projections.scores` in `mfnumpy/rules/parts.py` | 05 |
# | section 3.3, transparency, hot-plugging, damage | `Network.plug`, `Rule.plug`, `Trainer(only=...)` | 10 |
# | section 4, backpropagation, FA and DFA | `mfnumpy/rules/bp.py`, `fa.py`, `dfa.py` | 06 |
# | section 4, convolutional networks | `mfnumpy/layers/convolution.py` | 08 |
# | section 4, Adam | `mfnumpy/optim.py` | 09 |
# | section 4, memory and time | `mfnumpy/measure.py` | 12 |
# | section 4, tables | `mfnumpy/paper/` | 13 |

# %% [markdown]
# ## By hand
#
# One sample, two inputs, two neurons, two classes. Follow it with a pencil before you run the cell: which neuron is
# silent? Which class wins? In which direction must the scores move?

# %%
x, W, M, y = (
    np.array([[1.0, 2.0]]),
    np.array([[1.0, -1.0], [0.5, -1.0]]),
    np.array([[1.0, 3.0], [2.0, -1.0]]),
    [0],
)
z = x @ W
a = np.maximum(z, 0)
G = equations.goodness_scores(a, M)
dG = equations.cross_entropy_gradient(G, np.array(y))
print("z =", z, "  a =", a, "  G =", G)
print("p =", equations.softmax(G).round(3), "  dG = p - y =", dG.round(3))
pictures.equation(
    ("a", a), ("M^T", M.T), "=", ("G", G),
    alt="Equation (5) with numbers: the activations, one of them zero, times M transposed "
    "give two goodness scores.",
)  # fmt: skip

# %% [markdown]
# The second neuron's $z$ is negative, so it is silent: $a$ holds a zero there. Class 1 has the larger score, but the
# true class is 0. So $\partial L/\partial G$ is negative for class 0 (its score must rise) and positive for class 1.

# %% [markdown]
# ## Check the gradient
#
# A gradient that was written by hand is believed only after it has been compared with differences:
# $\partial L/\partial w \approx (L(w + h) - L(w - h)) / 2h$. `check.gradient` does that for every entry. What rounding
# alone can explain is taken off first, so "agree to 0.0e+00" means: no error beyond rounding.

# %%
rng = np.random.default_rng(0)
x, y = rng.standard_normal((5, 4)), rng.integers(0, 3, 5)
W, M = rng.standard_normal((4, 6)), rng.standard_normal((3, 6))


def loss(W, M):
    """One MF block's loss as a function of its two matrices: Eqs. (5) and (6)."""
    return equations.cross_entropy(equations.goodness_scores(np.maximum(x @ W, 0), M), y)


def loss_gradient(W, M):
    """Eqs. (7) and (8)."""
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(equations.goodness_scores(a, M), y)
    return equations.weight_gradient(x, z, M, dG), equations.projection_gradient(a, dG)


print("Eqs. (7), (8):", check.gradient(loss, loss_gradient, W, M))
print(
    "Eqs. (1), (3):",
    check.gradient(
        lambda a: equations.positive_loss(equations.positive_goodness(a), 2.0),
        lambda a: equations.goodness_gradient(
            a, equations.positive_loss_gradient(equations.positive_goodness(a), 2.0)
        ),
        x,
    ),
)

# %% [markdown]
# ## A run
#
# The embedded data set: small images of handwritten digits. We train two blocks with Mono-Forward.

# %%
data = load("digits")
print(data.describe())
net = mlp(data.input_shape, (64, 64), seed=0)
mf = rules.MonoForward()
mf.start(net, data.n_classes, seed=0)
before = mf.layer_scores(net, data.x_test[:1])[0][0]
history = Trainer(net, mf, Adam(lr=3e-3), epochs=8).fit(
    data.x_train, data.y_train, data.x_val, data.y_val
)
for epoch in history.epochs:
    print(f"epoch {epoch['epoch']}: validation accuracy {epoch['val_accuracy']['ff']:.3f}")

# %%
after = mf.layer_scores(net, data.x_test[:1])[0][0]
pictures.goodness_bars(
    {"before training": before, "after training": after}, int(data.y_test[0]),
    alt="Block 1's goodness for each class, for one test image. Before training the ten bars "
    "look alike; afterwards the hatched bar of the true class stands out.",
)  # fmt: skip

# %% [markdown]
# ### Step through one update
#
# A very small network and a batch of three. In JupyterLab and VS Code a slider moves over the moments of the update;
# on paper you see all of them in order.

# %%
tiny = mlp(4, (5,), seed=1)
rule = rules.MonoForward()
rule.start(tiny, n_classes=3, seed=2)
batch = np.random.default_rng(0).standard_normal((3, 4)).astype("float32")
step_through(tiny, rule, batch, np.array([0, 2, 1]))

# %% [markdown]
# ## Questions
#
# 1. What does block 2 need to know of block 1 to learn? What does block 1 need to know of block 2?
#
# <details><summary>Answer</summary>
#
# Block 2 needs block 1's output $a_1$ as its input. Block 1 needs nothing at all of block 2: neither $W_2$ nor $M_2$
# stands in any formula for $\partial L_1 / \partial W_1$ or $\partial L_1/\partial M_1$. Lesson 05 shows it by
# perturbing block 2.
#
# </details>
#
# 2. There is a backward pass *inside* each block: $\partial L/\partial G$, then $\partial L/\partial a$, then
#    $\partial L/\partial z$. Why is the method called backpropagation-free all the same?
#
# <details><summary>Answer</summary>
#
# Because no error crosses the border between two blocks. Within a block the chain rule is used as ever; "free" means
# that blocks do not wait for each other's errors, and do not keep their activations for them.
#
# </details>
#
# 3. Where is the output layer?
#
# <details><summary>Answer</summary>
#
# There is none apart from the last $M_i$: its goodness scores are the output. The paper's parameter counts fit exactly
# this reading; lesson 13 counts them.
#
# </details>
#
# ## Read next
#
# Lesson 01, the dense block and its shapes. If you know backpropagation well, go straight to lesson 03. In the source:
# `mfnumpy/equations.py` from top to bottom takes ten minutes.
