# %% [markdown]
# # 03 · Equations (5), (7) and (8) by hand
#
# **Goal.** Carry out one complete Mono-Forward update on paper, number by number, and know why each factor stands
# where it stands.
#
# **Time.** 40 minutes, with a pencil. **Before.** [Lesson 01](01_dense_relu.ipynb)
# (shapes), [lesson 02](02_softmax_cross_entropy.ipynb) (softmax cross-entropy).

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations, optim, rules
from mfnumpy.network import mlp
from mfnumpy.optim import SGD
from mfnumpy.teach import pictures, reveal, show_source, step_through
from mfnumpy.train import Trainer

np.set_printoptions(precision=4, suppress=True)

# %% [markdown]
# ## Derivation
#
# One block, one batch of $N$ samples. Throughout this lesson an index $s$ counts samples, $i$ inputs, $j$ neurons and
# $c$ classes: $a_{sj}$ is what sample $s$ does to neuron $j$. (Other lessons number blocks by $i$; here is only one.)
# Forward: $z = xW$, $a = \max(z, 0)$, and
#
# $$G = a M^T \tag{5}$$
#
# The loss is the mean cross-entropy of $p = \mathrm{softmax}(G)$, $p_c = e^{G_c} / \sum_k e^{G_k}$, with the *labels*,
# the true classes, Eq. (6); its gradient at the scores is
#
# $$dG = \frac{\partial L}{\partial G} = \frac{p - y}{N}.$$
#
# Here $y$ holds a row for each sample, with a 1 at its true class and 0 elsewhere (*one-hot*). The factor $1/N$ comes
# from the mean. It enters here, **once**, and every gradient below inherits it through $dG$. (Why $p - y$: one sample's
# loss is $-\log p_{true} = -G_{true} + \log \sum_k e^{G_k}$. Its derivative by one score $G_c$, the others held
# fixed: the first term gives $-1$ for the true class,
# that is $-y_c$, and the second $e^{G_c} / \sum_k e^{G_k} = p_c$.)
#
# **Eq. (8): how $M$ must change.** Entry by entry, $G_{sc} = \sum_j a_{sj} M_{cj}$. So $M_{cj}$ touches only the column
# $c$ of $G$, each row $s$ with the factor $a_{sj}$: if $M_{cj}$ grows by a little, $G_{sc}$ grows by $a_{sj}$ times as
# much, and the loss by $dG_{sc}$ times that. Added up over the samples, and the same written with matrices:
#
# $$\frac{\partial L}{\partial M_{cj}} = \sum_s dG_{sc}\, a_{sj} \;\Longleftrightarrow\; dM = dG^T a.$$

# %%
show_source(equations.goodness_scores, equations.projection_gradient)

# %% [markdown]
# **Eq. (7): how $W$ must change.** $W$ acts on the loss through $z$, then $a$, then $G$. The paper prints this as a
# chain of four factors, read from the loss down to the weights, and they become three lines. The dots are not matrix
# products: each factor acts on what stands left of it, in the way that is written under it, with $x^T$ from the left.
# ($\odot$ multiplies entry by entry; $[z > 0]$, the *mask*, holds a 1 where $z$ is positive and a 0 elsewhere.)
#
# $$\frac{\partial L}{\partial W}
#   = \underbrace{\frac{\partial L}{\partial G}}_{dG}
#     \cdot \underbrace{\frac{\partial G}{\partial a}}_{\cdot\, M}
#     \cdot \underbrace{\frac{\partial a}{\partial z}}_{\odot\, [z > 0]}
#     \cdot \underbrace{\frac{\partial z}{\partial W}}_{x^T \cdot}$$
#
# * $G_{sc} = \sum_j a_{sj} M_{cj}$, so an activity $a_{sj}$ is felt by *every* class, each with its own factor
#   $M_{cj}$: $da_{sj} = \sum_c dG_{sc} M_{cj}$, that is $da = dG\, M$.
# * A ReLU lets an error through where it let a signal through, unchanged: $dz = da \odot [z > 0]$.
# * $z_{sj} = \sum_i x_{si} W_{ij}$, so $W_{ij}$ sees sample $s$ with the factor $x_{si}$, and all samples add up:
#   $dW_{ij} = \sum_s x_{si}\, dz_{sj}$, that is $dW = x^T dz$.

# %%
show_source(equations.weight_gradient)

# %% [markdown]
# Which matrix is transposed? Where all dimensions differ, the shapes allow only one way. $dW$ must be $(d, n)$ like
# $W$, and from $x$: $(N, d)$ and $dz$: $(N, n)$ only $x^T dz$ gives that. Where dimensions happen to be equal, as $N$
# and $m$ are in the case below, shapes no longer protect you.

# %% [markdown]
# ## By hand: two samples, three inputs
#
# Two samples with three inputs each, four neurons, two classes. All numbers are small. Do each step on paper first and
# write your result in place of the dots; the next cell compares.

# %%
x = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])  # (N, d)
W = np.array(
    [[1.0, -1.0, 0.5, 0.0], [2.0, 0.0, 2.0, 1.0], [0.0, 1.0, -0.5, -1.0]],  # (d, n)
)
M = np.array([[1.0, 0.0, -1.0, -1.0], [0.0, 1.0, 1.0, 1.0]])  # (m, n)
y = np.array([0, 1])  # the true classes, of m = 2
N = len(y)
full = {"value": 3.0, "gradient": 0.6}  # where the colours of this lesson's pictures are full
my_z = ...  # the first row of z = x W, a list of four numbers

# %%
z = x @ W
reveal(my_z, z[0], "The first entry is 1*1 + 0*2 + 2*0 = 1.")

# %%
pictures.equation(
    ("x", x), ("W", W), "=", ("z", z), limits=full,
    alt="z = x W with all numbers: a 2 by 3 matrix times a 3 by 4 matrix.",
)  # fmt: skip

# %% [markdown]
# Now the ReLU and its mask. How many of the eight entries of the mask $[z > 0]$ are one? Look at zero closely.

# %%
my_ones = ...  # a number

# %%
reveal(my_ones, int((z > 0).sum()), "An entry that is exactly 0 is not above 0: its mask is 0.")

# %%
a = np.maximum(z, 0)
mask = (z > 0).astype(float)
pictures.equation(
    ("z", z), "→", ("a", a), "and", ("[z>0]", mask), limits=full,
    alt="The ReLU keeps what is positive and writes zero elsewhere; the mask has a one where "
    "z is positive.",
)  # fmt: skip

# %%
my_G = ...  # the scores of the first sample, Eq. (5), a list of two numbers

# %%
G = a @ M.T
reveal(my_G, G[0], "Each row of M is multiplied with the activities entry by entry, and added up.")

# %%
pictures.equation(
    ("a", a), ("M^T", M.T), "=", ("G", G), limits=full,
    alt="Equation (5): a times M transposed gives two goodness scores for each of the two "
    "samples.",
)  # fmt: skip

# %%
# p_c = e^G_c / (sum of e^G_k over all classes k), in each row; y is (1, 0) for the first sample
my_dG = ...  # the first row of dG = (p - y) / N, a list of two numbers

# %%
p = np.exp(G) / np.exp(G).sum(axis=1, keepdims=True)
one_hot = np.array([[1.0, 0.0], [0.0, 1.0]])
dG = (p - one_hot) / N

# %%
reveal(
    my_dG,
    dG[0],
    "Equal scores, so p = 1/2 and 1/2; minus (1, 0), divided by N = 2.",
    tolerance=0.01,
)

# %%
print("p =\n", p)
print("loss =", -np.log(p[[0, 1], y]).mean())  # of row 0 the entry y[0], of row 1 the entry y[1]
pictures.equation(
    "(", ("p", p), "−", ("y", one_hot), ")", "/ N =", ("dG", dG), limits=full, digits=3,
    alt="dG is p minus the one-hot labels, divided by the batch size. Each row of dG sums to "
    "zero.",
)  # fmt: skip

# %% [markdown]
# Each row of $dG$ sums to zero: what the true class gains, the others lose. Now the two gradients. Write them as lines
# of code, from the arrays above.

# %%
my_dM = ...  # one line, Eq. (8)
my_dW = ...  # one line, Eq. (7); the mask is called mask

# %%
reveal(my_dM, dG.T @ a, "dM = dG^T a.")

# %%
reveal(my_dW, x.T @ ((dG @ M) * mask), "dW = x^T ((dG M) * mask).")

# %%
dM = dG.T @ a
pictures.equation(
    ("dG^T", dG.T), ("a", a), "=", ("dM", dM), limits=full, digits=3,
    alt="Equation (8): dG transposed times a gives dM, which has the shape of M.",
)  # fmt: skip

# %%
da = dG @ M
dz = da * mask
pictures.equation(
    ("dG", dG), ("M", M), "=", ("da", da), "⊙", ("[z>0]", mask), "=", ("dz", dz), limits=full, digits=3,
    alt="Inside equation (7): dG times M gives da; where the mask is zero, dz is zero "
    "whatever da says.",
)  # fmt: skip

# %%
dW = x.T @ dz
print("zero entries of dW [row, column]:", np.argwhere(dW == 0).tolist())
pictures.equation(
    ("x^T", x.T), ("dz", dz), "=", ("dW", dW), limits=full, digits=3,
    alt="The last factor of equation (7): x transposed times dz gives dW, which has the shape "
    "of W.",
)  # fmt: skip

# %% [markdown]
# Look for the four entries of $dW$ that are zero. An entry is zero if in every sample its input is zero *or* its neuron
# silent. In the last column the neuron is silent in both samples; in the first row and third column it is silent in
# the first sample, and in the second the input is zero. None of this depends on $M$ or on the labels.
# <!-- holds: says("zero entries of dW [row, column]: [[0, 2], [0, 3], [1, 3], [2, 3]]") -->
#
# The package agrees with our pencil, and one step of plain gradient descent ($W - \eta\, dW$ and $M - \eta\, dM$, with
# $\eta = 0.5$) does lower the loss:

# %%
print("dM as in the package:", np.array_equal(dM, equations.projection_gradient(a, dG)))
print("dW as in the package:", np.array_equal(dW, equations.weight_gradient(x, z, M, dG)))
eta = 0.5
W_new, M_new = optim.sgd_step(W, dW, eta), optim.sgd_step(M, dM, eta)
print("loss before:", equations.cross_entropy(G, y))
print("loss after :", equations.cross_entropy(np.maximum(x @ W_new, 0) @ M_new.T, y))

# %% [markdown]
# <!-- holds: at("loss after :") < at("loss before:") -->
# ## Check the gradient

# %%


def loss(W, M):
    """Eqs. (5) and (6), as a function of the block's two matrices."""
    return equations.cross_entropy(equations.goodness_scores(np.maximum(x @ W, 0), M), y)


def gradients(W, M):
    """Eqs. (7) and (8)."""
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(equations.goodness_scores(a, M), y)
    return equations.weight_gradient(x, z, M, dG), equations.projection_gradient(a, dG)


print(check.gradient(loss, gradients, W, M))

# %% [markdown]
# <!-- holds: says("2 lie at a kink") -->
# Some entries lie at a *kink*: where $z$ is exactly zero, the loss has no derivative, and a difference says nothing.
# Our case has one such $z$, of the second sample and the last neuron; did you see it? Two inputs of this sample are not
# zero, so two entries of $W$ move it. The checker leaves these two out and says so. With a random $W$ no $z$ is ever
# exactly zero:

# %%
W_random = np.random.default_rng(0).standard_normal(W.shape)
print(check.gradient(loss, gradients, W_random, M))

# %% [markdown]
# A wrong gradient is caught. Forget the mask, and the check says where it hurts: `gradient 0` is the first of the two,
# $dW$; there follow the row and column that are furthest off, and by what multiple of the largest entry.

# %%


def without_mask(W, M):
    """A mistake: the ReLU's mask is missing."""
    _, dM = gradients(W, M)
    dG = equations.cross_entropy_gradient(np.maximum(x @ W, 0) @ M.T, y)
    return x.T @ (dG @ M), dM


print(check.gradient(loss, without_mask, W_random, M))

# %% [markdown]
# ## A run
#
# Equations (7) and (8) as they are printed, with plain gradient descent (`SGD`), on real digits, twelve times over. The
# rule lets us hand in our own lines for the two gradients; all else (the batches, Eq. (6), the steps) is the package's:

# %%


def my_weight_gradient(x, z, M, dG):
    """Eq. (7), as on paper."""
    da = dG @ M
    dz = da * (z > 0)
    return x.T @ dz


data = load("digits")
net = mlp(data.input_shape, (48,), seed=0)
rule = rules.MonoForward(
    weight_gradient=my_weight_gradient, projection_gradient=lambda a, dG: dG.T @ a
)
rule.start(net, data.n_classes, seed=0)
history = Trainer(net, rule, SGD(lr=0.3), epochs=12).fit(
    data.x_train, data.y_train, data.x_val, data.y_val
)
loss_curve = [epoch["loss"]["block1"] for epoch in history.epochs]
print("loss by epoch:", np.round(loss_curve, 3))
print("validation accuracy:", round(history.epochs[-1]["val_accuracy"]["ff"], 3))
pictures.plot(
    {"loss": loss_curve}, ylabel="mean loss of the block", size=(5, 2.6),
    alt="The block's loss falls steeply in the first epochs and then levels off.",
)  # fmt: skip
# holds: row("loss by epoch:")[2] < 0.5 and row("loss by epoch:")[0] > 1 and row("loss by epoch:")[-1] > 0.05

# %% [markdown]
# Who guesses among ten classes has a loss of $\ln 10 \approx 2.3$ and is right one time in ten; so this one block of 48
# neurons has learned most of it.
# <!-- holds: at("validation accuracy:") > 0.9 -->
#
# ### Step through the case by hand
#
# The same update, as the package's rule performs it. Click a number to change it: which entries of $dW$ stay zero,
# whatever you write into $M$? (The four from above.)

# %%
tiny = mlp(3, (4,), dtype="float64")
tiny.blocks[0].parameters["W"][...] = W
by_hand = rules.MonoForward()
by_hand.start(tiny, n_classes=2)
by_hand.M[0][...] = M
step_through(tiny, by_hand, x, y)

# %% [markdown]
# ## Questions
#
# 1. Eq. (7) uses $M$, Eq. (8) changes $M$. Does it matter which update comes first?
#
# <details><summary>Answer</summary>
#
# The order of the *updates* does not matter as long as both gradients were computed from the same forward pass. If you
# update $M$ first and then compute $da = dG\, M$ with the **new** $M$, you mix two networks: $dG$ belongs to the old
# one. A published implementation does just that; [lesson 11](11_find_the_bug.ipynb) hunts it.
#
# </details>
#
# 2. All inputs of a sample are zero. Which gradients does it contribute to?
#
# <details><summary>Answer</summary>
#
# None. Without a *bias* (a constant that some networks add to $z$; the blocks here have none) $z$ is zero, so $a$ is
# zero and contributes nothing to $dM = dG^T a$; the mask $[z > 0]$ is zero, and so is $x^T$. Its loss is $\ln m$
# whatever the parameters are.
#
# </details>
#
# 3. You double every entry of $M$ and change nothing else. What happens to $da$ if $dG$ stayed the same, and why does
#    $dG$ not stay the same?
#
# <details><summary>Answer</summary>
#
# $da = dG\, M$ doubles. But $G$ doubles too, so the softmax becomes sharper: where the prediction was right, $p - y$
# shrinks at the true class; where it was clearly wrong, it grows there towards its bound. The loss decides, not the
# scale of $M$.
#
# </details>
#
# ## Read next
#
# [Lesson 04](04_one_block.ipynb) lets this block learn and watches what it does. The exercise for this lesson,
# [03, equations](../exercises/student/03_equations.ipynb), asks you for Eqs. (5), (7) and (8) in another form than they
# have here: from their indices. In the source: `mfnumpy/equations.py`, from `goodness_scores` to `projection_gradient`.
