# %% [markdown]
# # 00 · Why drop backpropagation? And a map of the paper
#
# **Goal.** Know what backpropagation costs, what Mono-Forward does instead and gives up for it; and where each of the
# paper's eight equations lives in this package.
#
# **Time.** 25 minutes. **Before.** Some Python, and the product of two matrices.
#
# ## What backpropagation costs
#
# A neural network is a chain of *layers*. Each multiplies what it is given by a matrix of numbers, bends the result a
# little, and hands it on. Learning means to change the numbers in these matrices until the last layer gives the right
# answers.
#
# Almost every neural network learns by *backpropagation*: the input runs up through all layers, the output is compared
# with the right answer, and the error runs back down through all layers, telling each how to change. It works very
# well. It has three costs.
#
# * **Memory.** The way down needs what every layer computed on the way up. So a deep network keeps it all.
# * **Waiting.** The first layer may not change before the last one has run and the error has come all the way back.
#   Layers cannot learn side by side. This is called *update locking*.
# * **It asks for what a brain has not.** The error goes down through the same connections, backwards. A nerve cell
#   sends its signals one way only.
#
# **Mono-Forward** is one of several rules that never send an error from one layer to the layer below. Each layer has a
# small output of its own, and learns from that alone. What it gives up is teamwork: no layer is told what the layers
# above would need from it.
#
# Is the price worth it? Here are both rules on the same small network of six layers. Both see the same images of
# handwritten digits with their *labels* (the right answers), ten times over (ten *epochs*), and then others that they
# have not learned from, the *validation* images; their *accuracy* is the share of these that they get right. A *step*
# is one change of all matrices; in training each step takes 64 images, and *Adam*
# ([lesson 09](09_adam.ipynb)) decides how far it goes. The *seed* is the number from which all that is random follows.
#
# Commit yourself first. Both rules make one step with all 1,294 training images at once. At the moment when most is in
# memory, weights and all else included, how many times as much will backpropagation need? Write a number in place of
# the dots. (All lessons ask like this. A cell further down shows the answer once you have written yours; and whoever
# leaves the dots can read on just the same.)

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations, rules
from mfnumpy.equations import PAPER
from mfnumpy.measure import evaluate, peak_step_bytes
from mfnumpy.network import mlp
from mfnumpy.optim import Adam
from mfnumpy.teach import pictures, reveal, show_source, step_through
from mfnumpy.train import Trainer

# %%
my_factor = ...  # your guess, a number

# %%
# Not to be read yet: a network of six layers is made, trained (bp: backpropagation, mf: Mono-
# Forward), and measured.
data = load("digits")  # images of 8 x 8 pixels; they come with scikit-learn
peaks = {}
for name in ("bp", "mf"):
    net, rule, adam = mlp(data.input_shape, (128,) * 6, seed=0), rules.make(name), Adam(lr=2e-3)
    rule.start(net, data.n_classes, seed=0)
    Trainer(net, rule, adam, epochs=10).fit(data.x_train, data.y_train)
    peaks[name] = peak_step_bytes(net, rule, adam, data.x_train, data.y_train) / 1e6
    # Adam keeps two numbers for each weight:
    standing = 3 * sum(W.nbytes for W in rule.parameters(net).values()) / 1e6
    accuracy = evaluate(net, rule, data.x_val, data.y_val).main
    print(f"{name}: peak of a step with all {len(data.y_train)} images {peaks[name]:.1f} MB "
          f"(weights and Adam's memory {standing:.1f} MB), validation accuracy {accuracy:.3f}")  # fmt: skip

# %%
reveal(
    my_factor, peaks["bp"] / peaks["mf"], tolerance=1,
    why="Backpropagation keeps what all six layers computed; Mono-Forward forgets each layer's before the next. It is "
    "not six times, as both also hold the weights, Adam's memory, and the arrays of the layer that is at work.",
)  # fmt: skip

# %% [markdown]
# Mono-Forward needs less memory here, and its accuracy is close to backpropagation's: one image of 144 lies between
# them, which says nothing of which is better.
# <!-- holds: at("mf: peak", "images") < 0.5 * at("bp: peak", "images") -->
# <!-- holds: round(144 * abs(at("mf: peak", "accuracy") - at("bp: peak", "accuracy"))) == 1 -->
# <!-- holds: at("mf: peak", "memory") < 1.5 and abs(at("mf: peak", "memory") - at("bp: peak", "memory")) < 0.2 -->
# This is one run of a small network, so it decides nothing. [Lesson 12](12_memory_speed.ipynb) shows when the saving
# is large and when it is nothing; [lesson 05](05_deep_mf.ipynb) shows a network in which learning alone costs accuracy;
# [lesson 13](13_tables.ipynb) asks which of the paper's claims hold, with many runs.
#
# The paper is Gong, Li and Abdulla, *Mono-Forward: Backpropagation-Free Algorithm for Efficient Neural Network
# Training Harnessing Local Errors*, arXiv 2501.09238 (version 1, January 2025).

# %% [markdown]
# ## The idea
#
# First the names. A layer with all that belongs to it is called a *block* here. A block holds *weights*. It multiplies
# its input by them, and the *ReLU* then sets everything negative to zero; what comes out are the block's *activities*,
# one for each *neuron*. In Mono-Forward a block also has a *projection matrix*, which turns the activities into one
# *goodness score* for each *class*, that is, for each answer that is possible: the digits have ten. The class with the
# highest score is the block's own opinion.
#
# The *loss* is one number that says how bad these scores are for the right answer. Learning means to change weights and
# projection so that it falls. Which way each of them must go is what the *gradient* says. It is an array of the same
# shape as the weights, and each of its entries says by how much the loss would rise if that one weight rose a little,
# per unit. So every weight goes a small step the other way: the *learning rate*, a small number, times its gradient.
#
# The same in symbols: block $i$ computes
#
# $$z_i = x_i W_i, \; a_i = \max(z_i, 0), \; G_i = a_i M_i^T.$$
#
# The block changes $W_i$ and $M_i$ to lower its own loss, hands $a_i$ to the next block, and nothing ever comes back.
#
# | symbol | what | shape |
# |---|---|---|
# | $x$ | input of a block, one sample per row | $(N, d)$ |
# | $W$, $M$ | weights; projection matrix | $(d, n)$; $(m, n)$ |
# | $z$, $a$ | before and after the ReLU | $(N, n)$ |
# | $G$, $p$ | goodness scores; the same as probabilities (their *softmax*) | $(N, m)$ |
# | $\eta$, $\theta$ | learning rate; Forward-Forward's threshold | numbers |
#
# $N$ samples go through together, a *batch*, one in each row; $d$ is the number of inputs, $n$ the number of neurons,
# $m$ the number of classes. $\partial L / \partial W$ is how the gradient of the loss $L$ with respect to $W$ is
# written; in code it is `d` + name, `dW`. The *softmax* makes of the scores positive numbers that add up to 1, $p_c =
# e^{G_c} / \sum_k e^{G_k}$ ([lesson 02](02_softmax_cross_entropy.ipynb)). *Forward-Forward* is an older rule from which
# Mono-Forward descends ([lesson 07](07_forward_forward.ipynb)).

# %% [markdown]
# ## By hand
#
# One sample, two inputs, two neurons, two classes; `y` holds the sample's true class, 0. Take a pencil: compute $z$,
# then $a$, then the two scores $G$. Which class has the higher score? Write it into the cell.

# %%
x, W, M, y = (
    np.array([[1.0, 2.0]]),
    np.array([[1.0, -1.0], [0.5, -1.0]]),
    np.array([[1.0, 3.0], [2.0, -1.0]]),
    [0],
)
my_class = ...  # 0 or 1

# %%
z = x @ W
a = np.maximum(z, 0)
G = equations.goodness_scores(a, M)

# %%
reveal(
    my_class,
    int(G.argmax()),
    why=f"z = {z[0]}, so a = {a[0]}: one neuron is silent; and G = {G[0]}.",
)

# %%
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
# true class is 0. As probabilities the scores are $p_0 = e^2 / (e^2 + e^4)$ and $p_1 = e^4 / (e^2 + e^4)$. How the loss
# depends on the scores turns out to be very simple: $dG = p - y$, the probabilities less the right answer, where class
# 0 is now written as $y = (1, 0)$. (Lesson 02 derives it. For a mean over $N$ samples it is divided by $N$.)
# <!-- holds: row("z =")[1] < 0 and row("z =", "G =")[1] > row("z =", "G =")[0] -->
# <!-- holds: row("dG = p - y =")[0] < 0 < row("dG = p - y =")[1] -->
# So $\partial L/\partial G$ is negative for class 0 (its score must rise) and positive for class 1.

# %% [markdown]
# ## Is a local gradient not still backpropagation?
#
# This is the question asked most often, and the plain answer is: inside one block, yes. A block computes in steps, from
# $x$ to $z$ to $a$ to $G$ to the loss, and how the loss depends on $W$ is the product of how each step depends on the
# one before (the *chain rule*). From the scores back to the block's own weights it is used as ever. What is gone is the
# chain *between* blocks: no *error* (how the loss depends on what a block has computed) crosses the border from one
# block to the block below. All that the rule gains (memory, no waiting, blocks that can be added and repaired alone)
# comes from that border. "Backpropagation-free" means free of backpropagation through the network.

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
# (Equations (1)-(4) are of Forward-Forward: skip them until lesson 07. $\sum_j$ adds up over all neurons $j$, $\sum_c$
# over all classes $c$. $y_c$ is 1 for the right class and 0 for all others, so (6) is minus the logarithm of the
# probability that the right class gets: 0 if it gets 1, large if it gets little. The arrow $\leftarrow$ puts a new
# value in the place of the old.)
#
# Each of them is one function, and there is only one. Those of (7) and (8) return the gradient, $dW$ and $dM$; the
# arrow is the optimiser's. Here is the register:

# %%
for n, function in PAPER.items():
    first_line = function.__doc__.splitlines()[0]
    print(f"({n})  equations.{function.__name__:<22} {first_line}")

# %% [markdown]
# This is all of Mono-Forward's mathematics but Eq. (6), which [lesson 02](02_softmax_cross_entropy.ipynb) shows. It is
# read from the package's own source when this notebook is executed; it cannot be an older copy.

# %%
show_source(PAPER[5], PAPER[7], PAPER[8])

# %% [markdown]
# And this is the algorithm for one block and one batch. The numbers in the comments are the equations; a `trace` holds
# what the block has computed on the way up, its $x$, $z$ and $a$. (`weights` are of samples, where some count more than
# others, and not $W$; here there are none.) It changes nothing: it returns the gradients, with which the optimiser then
# moves $W$ and $M$, and the activities for the next block.

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
# ## Check the gradient
#
# A gradient that was written by hand is believed only after it has been compared with differences. Move one weight $w$
# by a very small $h$ up and down, and see what the loss does: $\partial L/\partial w \approx (L(w + h) - L(w - h)) /
# 2h$. `check.gradient` does that for every entry; an array of more than 400 entries is moved as a whole, along 12
# random directions. What rounding alone can explain is taken off first, so "agree to 0.0e+00" means: no error beyond
# rounding.

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
# Small images of handwritten digits again. We train two blocks with Mono-Forward. The paper has two ways to predict:
# take the class whose scores, added up over all blocks, are highest, or ask the last block alone. It calls them "FF
# pred" and "BP pred", after the rules that predict so; both belong to Mono-Forward. We use the first (`"ff"` below).
# (The *test* images in the printed lines are a third part, for a last measurement only; here just one is looked at.)

# %%
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
# A very small network and a batch of three. Walk through the moments with the buttons or the arrow keys. Tick "predict
# first", and each result is kept back until you ask. Click a number of $x$, $W$ or $M$ to change it, and everything
# is computed again: can you make the loss after the step *larger* than before? (The gradient promises a fall for small
# steps only, and here $\eta = 0.5$. Try a 20 anywhere in the third row of $W$.)

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
# 2. Name the three costs of backpropagation from the beginning of this lesson. Which of them does a rule avoid that
#    sends the error of the output directly to every block, past the blocks between?
#
# <details><summary>Answer</summary>
#
# Memory, waiting, and the way back through the same connections. Such a rule avoids the third one, and half of the
# second: every block must still wait until the output has been computed, but then all can learn at once. The activities
# must be kept until then. It is called Direct Feedback Alignment, and lesson 06 has it.
#
# </details>
#
# 3. Where is the output layer?
#
# <details><summary>Answer</summary>
#
# There is none apart from the $M_i$: the goodness scores are the output, the last block's alone or those of all blocks
# added. The paper's parameter counts fit exactly this reading; lesson 13 counts them.
#
# </details>
#
# ## Read next
#
# [Lesson 01](01_dense_relu.ipynb), the dense block and its shapes. If you know backpropagation well, go straight to
# [lesson 03](03_equations_by_hand.ipynb). The exercise for this lesson:
# [00, honest data](../exercises/student/00_honest_data.ipynb). In the source:
# `mfnumpy/equations.py` from top to bottom takes ten minutes.
