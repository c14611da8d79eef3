# %% [markdown]
# # 02 · Softmax and cross-entropy, Equation (6)
#
# **Goal.** Derive the loss of every method in this course and its astonishingly simple gradient, and compute both so
# that no score is too large.
#
# **Time.** 25 minutes. **Before.** Lesson 01.

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations
from mfnumpy.optim import sgd_step
from mfnumpy.teach import pictures, reveal, show_source

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# ## Derivation
#
# A block gives each class $c$ a score $G_c$. **Softmax** makes a probability distribution of them:
#
# $$p_c = \frac{e^{G_c}}{\sum_k e^{G_k}}.$$
#
# With $y$ one-hot ($y_c = 1$ for the true class), the **cross-entropy** is
#
# $$L = -\sum_c y_c \log p_c = -\log p_{true} \tag{6}$$
#
# $$\phantom{L} = -G_{true} + \log \sum_k e^{G_k}.$$
#
# Over a batch we take the mean. Now the gradient, from the last form: $\partial(-G_{true})/\partial G_c = -y_c$, and
# $\partial \log \sum_k e^{G_k} / \partial G_c = e^{G_c} / \sum_k e^{G_k} = p_c$. Together, with the mean's $1/N$:
#
# $$\boxed{\;dG = \frac{p - y}{N}\;}$$
#
# The softmax's Jacobian is already in it. Whoever multiplies by it once more makes a famous mistake.

# %%
show_source(equations.cross_entropy, equations.cross_entropy_gradient, equations.softmax)

# %% [markdown]
# **Why the largest score is taken off.** $e^{1000}$ is not a number that a computer can hold. But adding a constant to
# all scores of a row changes nothing in $p$: it cancels. So we subtract the row's largest score; then the largest
# exponent is $e^0 = 1$. And the logarithm is never taken of a $p$ that has been rounded to zero: $\log p$ is
# computed as $G - \log \sum e^G$.

# %% [markdown]
# ## By hand
#
# Two samples, three classes. The first sample has three equal scores. What are its $p$, and its loss $-\log p_{true}$?

# %%
my_p = ...  # a list of three numbers
my_loss = ...  # a number

# %%
reveal(my_p, np.ones(3) / 3, "Equal scores give equal probabilities.", tolerance=0.01)

# %%
reveal(my_loss, float(np.log(3)), "-log(1/3) = log 3: pure guessing.", tolerance=0.01)

# %%
G = np.array([[0.0, 0.0, 0.0], [2.0, 0.0, 1.0]])
y = np.array([1, 2])
p = equations.softmax(G)
one_hot = equations.one_hot(y, 3, "float64")
print("p =\n", p)
print("-log p of the true classes:", -np.log(p[[0, 1], y]), " log 3 =", np.log(3))
print("loss, the mean of these   :", equations.cross_entropy(G, y))
pictures.equation(
    "(", ("p", p), "−", ("y", one_hot), ")", "/ N =", ("dG", equations.cross_entropy_gradient(G, y)),
    alt="p minus the one-hot labels, divided by two, is dG: below zero at the true class of "
    "each row, else above.",
)  # fmt: skip

# %% [markdown]
# <!-- holds: abs(at("the true classes:") - at("log 3 =")) < 0.001 -->
# Equal scores give equal probabilities, and the loss is $\log 3$: pure guessing. Each row of $dG$ sums to zero. Its
# entries are at most $1/N$ in size, however wrong the prediction is: the gradient of cross-entropy never explodes.
#
# Now the large scores. A straightforward softmax fails, this one does not:

# %%
large = np.array([[1000.0, -1000.0, 0.0]])
with np.errstate(over="ignore", invalid="ignore"):
    print("straightforward:", np.exp(large) / np.exp(large).sum())
print("largest first  :", equations.softmax(large))
print("loss if class 1 is true:", equations.cross_entropy(large, np.array([1])))
p_tiny = equations.softmax(np.array([[0.0, -50.0]]))[0, 1]
print("log(p + 1e-7) =", np.log(p_tiny + 1e-7), " log p =", np.log(p_tiny))

# %% [markdown]
# <!-- holds: at("log(p + 1e-7) =") > -17 and at("log p =") == -50 -->
# The last line shows why a small number inside the logarithm is no remedy: it silently caps the loss, and the loss
# that you print is no longer the one whose gradient you take.

# %% [markdown]
# ## Check the gradient

# %%
rng = np.random.default_rng(0)
G_random, y_random = rng.standard_normal((7, 4)), rng.integers(0, 4, 7)


def loss(G):
    """Eq. (6)."""
    return equations.cross_entropy(G, y_random)


def with_jacobian(G):
    """A mistake: the softmax's Jacobian multiplied on top of p - y."""
    p, d = equations.softmax(G), equations.cross_entropy_gradient(G, y_random)
    return p * (d - (d * p).sum(axis=1, keepdims=True))


print(
    "(p - y) / N     :",
    check.gradient(loss, lambda G: equations.cross_entropy_gradient(G, y_random), G_random),
)
print(
    "without the 1/N :",
    check.gradient(loss, lambda G: 7 * equations.cross_entropy_gradient(G, y_random), G_random),
)
print("Jacobian twice  :", check.gradient(loss, with_jacobian, G_random))

# %% [markdown]
# ## A run
#
# The smallest learner that uses Eq. (6): scores straight from the pixels, $G = xW$, and plain gradient descent. It is
# called softmax regression, and it is what $M$ does with activations ($W$ stands here where $M^T$ does in Eq. (5)).

# %%
data = load("digits")
x, y = data.x_train.astype("float64"), data.y_train
W = np.zeros((x.shape[1], data.n_classes))
losses, accuracies, snapshots = [], [], {}
for step in range(301):
    G = x @ W
    if step in (0, 10, 300):
        snapshots[f"step {step}"] = equations.softmax(data.x_val[2:3] @ W)[0]
    losses.append(float(equations.cross_entropy(G, y)))
    accuracies.append(float(((data.x_val @ W).argmax(axis=1) == data.y_val).mean()))
    W = sgd_step(W, x.T @ equations.cross_entropy_gradient(G, y), 0.5)
print(
    f"loss {losses[0]:.3f} -> {losses[-1]:.3f}; log of the number of classes: {np.log(data.n_classes):.3f}"
)
print(f"validation accuracy {accuracies[-1]:.3f}; true class of the image below: {data.y_val[2]}")

# %%
pictures.goodness_bars(
    snapshots, int(data.y_val[2]), ylabel="probability",
    alt="Probabilities of the ten classes for one image at three times: all equal at "
    "first, then the hatched true class leads, at the end it has nearly all.",
)  # fmt: skip

# %%
pictures.plot(
    {"training loss": losses, "validation accuracy": accuracies}, x=range(301), xlabel="step", ylim=(0, None),
    alt="The loss falls from log 10 while the validation accuracy rises and levels off above "
    "nine tenths.",
)  # fmt: skip
# holds: row("loss", "->")[0] < 1 and at("validation accuracy") > 0.9

# %%
H, width, _ = data.image_shape
pictures.images(
    W.T.reshape(-1, H, width), titles=[str(c) for c in range(10)], signed=True,
    alt="The learned weights of each class as an image: red where ink speaks for the class, "
    "blue where it speaks against it. One can guess the digits.",
)  # fmt: skip

# %% [markdown]
# ## Questions
#
# 1. Every score of a row is raised by the same amount. What happens to $p$, to $L$, to $dG$?
#
# <details><summary>Answer</summary>
#
# Nothing, to all three. That is why each row of $dG$ sums to zero: the direction "all scores up" does not matter.
#
# </details>
#
# 2. Someone applies softmax to probabilities, $\mathrm{softmax}(\mathrm{softmax}(G))$, and trains with it. The loss
#    falls, but stops far above zero. Where, at the best?
#
# <details><summary>Answer</summary>
#
# The inner softmax gives at best 1 for the true class and 0 for the others. The outer one turns these into
# $e / (e + m - 1)$, so the loss cannot fall below $\log(1 + (m - 1)/e)$. A loss that settles at exactly that value
# gives the mistake away.
#
# </details>
#
# 3. Why is cross-entropy a better loss here than the squared difference of $p$ and $y$?
#
# <details><summary>Answer</summary>
#
# For a confident wrong answer the squared difference has almost no gradient: the softmax is flat there, and its
# Jacobian multiplies the error. In cross-entropy the logarithm cancels the Jacobian, and the gradient is as large as
# the mistake.
#
# </details>
#
# ## Read next
#
# [Lesson 03](03_equations_by_hand.ipynb) puts lessons 01 and 02 together: one Mono-Forward update by hand. The exercise
# for this lesson: [02, softmax](../exercises/student/02_softmax.ipynb).
