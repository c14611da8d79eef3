# %% [markdown]
# # 11 · Find the bug
#
# **Goal.** Find real mistakes by their numbers. Each of the cases below has been made by somebody in published code; we
# have written them anew. Nothing crashes, and most of them still learn.
#
# **Time.** 40 minutes. Do not open an answer before you have written down your own. **Before.** Lessons
# [02](02_softmax_cross_entropy.ipynb), [03](03_equations_by_hand.ipynb), [09](09_adam.ipynb).

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, equations, optim, rules
from mfnumpy.measure import accuracy_over_batches
from mfnumpy.network import mlp
from mfnumpy.optim import SGD
from mfnumpy.teach import pictures, reveal, show_source
from mfnumpy.train import Trainer

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# ## The detective's tools
#
# Let $s$ be the suspect's array and $t$ the true one; if there is nothing else, from central differences,
#
# $$t_{ij} \approx \frac{L(W + h\,e_{ij}) - L(W - h\,e_{ij})}{2h}.$$
#
# Ask in this order:
#
# | ask | if yes |
# |---|---|
# | Is the shape another? | a transpose, or a sum over the wrong axis |
# | Are two calls with the same arguments different? | something random or remembered |
# | Are the inputs changed afterwards? | work in place |
# | Is $s/t$ one number everywhere? | a factor: $-1$ is a sign, $N$ or $1/N$ the mean, $2$ or $1/2$ a square |
# | Are the errors only where a mask is off? | the mask |
# | Does $s$ depend on something it must not depend on, or not on something it must? | a leak, or the wrong matrix |
# | Is it right for small numbers and wrong for large ones? | overflow, an epsilon |
#
# And make the data revealing: all dimensions different, random, of both signs, more than one sample.

# %% [markdown]
# ## A first case
#
# Somebody's $dW$ for three samples. The true one stands beside it. Divide, entry by entry, before you run the next
# cell.

# %%
rng = np.random.default_rng(9)
x, z, M = rng.standard_normal((3, 4)), rng.standard_normal((3, 5)), rng.standard_normal((2, 5))
dG = equations.cross_entropy_gradient(rng.standard_normal((3, 2)), np.array([0, 1, 1]))
t = equations.weight_gradient(x, z, M, dG)
s = -3 * t
pictures.equation(
    ("suspect", s), "and", ("true", t),
    alt="Two matrices of the same shape: the suspect's, with large entries, and the true one. "
    "Signs are opposite.",
)  # fmt: skip

# %%
my_ratio = ...  # s / t, if it is one number everywhere

# %%
ratio = s[t != 0] / t[t != 0]
print("s / t, smallest and largest:", ratio.min().round(9), ratio.max().round(9), "  N =", len(x))
reveal(
    my_ratio,
    float(ratio.mean()),
    "One number everywhere is a factor: this one is minus the batch size.",
)

# %% [markdown]
# <!-- holds: row("smallest and largest:") == [-3, -3, 3] -->
# One number everywhere: minus the batch size. Two mistakes at once, a sign and a missing mean, and both can be read off
# one ratio.

# %% [markdown]
# ## Case A: it learns, but not quite the right thing
#
# A block's update, as a published NumPy implementation of Mono-Forward does it.


# %%
def update_a(x, y, W, M, lr):
    """One Mono-Forward update of one block."""
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    M = M - lr * dG.T @ a
    da = dG @ M
    dW = x.T @ (da * (z > 0))
    return W - lr * dW, M


def update_true(x, y, W, M, lr):
    """The same by the reference."""
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(equations.goodness_scores(a, M), y)
    dW, dM = equations.weight_gradient(x, z, M, dG), equations.projection_gradient(a, dG)
    return W - lr * dW, M - lr * dM


rng = np.random.default_rng(1)
x, y = rng.standard_normal((7, 5)), rng.integers(0, 3, 7)
W, M = rng.standard_normal((5, 6)), rng.standard_normal((3, 6))
gaps = []
for lr in (1e-4, 1e-3, 1e-2, 1e-1, 1.0):
    step_s, step_t = ((f(x, y, W, M, lr)[0] - W) / -lr for f in (update_a, update_true))
    gaps.append(float(np.linalg.norm(step_s - step_t) / np.linalg.norm(step_t)))
    print(f"lr {lr:g}: relative error of dW {gaps[-1]:.2e}; M right: "
          f"{np.allclose(update_a(x, y, W, M, lr)[1], update_true(x, y, W, M, lr)[1])}")  # fmt: skip
pictures.plot(
    {"error of dW": gaps}, x=[1e-4, 1e-3, 1e-2, 1e-1, 1.0], xscale="log", yscale="log", xlabel="learning rate",
    ylabel="relative error", size=(5, 2.6),
    alt="The relative error of dW grows in proportion to the learning rate.",
)  # fmt: skip

# %% [markdown]
# <!-- holds: abs(at("lr 1:", "dW") / at("lr 0.001:", "dW") - 1000) < 1 -->
# The error of $dW$ is proportional to the learning rate. How can a *gradient* depend on the learning rate?
#
# <details><summary>Answer</summary>
#
# `M` is updated before `da = dG @ M` uses it. The gradient must be taken with the $M$ of the forward pass. In training
# it is hardly visible; with a large learning rate it matters. Seen in a public NumPy port of Mono-Forward.
#
# </details>

# %% [markdown]
# ## Case B: a stable softmax


# %%
def softmax_b(G):
    """Shifted, for numerical stability."""
    e = np.exp(G + G.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


G = rng.standard_normal((4, 3))
print("equal for ordinary scores:", np.allclose(softmax_b(G), equations.softmax(G)))
with np.errstate(over="ignore", invalid="ignore"):
    for top in (30.0, 300.0, 400.0):
        print(
            f"scores [{top:g}, 0]:",
            softmax_b(np.array([[top, 0.0]])),
            " true",
            equations.softmax(np.array([[top, 0.0]])),
        )

# %% [markdown]
# <details><summary>Answer</summary>
#
# The largest score is *added*. Any shift cancels, so ordinary scores give the right result; but this one makes overflow
# more likely, not less: it fails at half of the score at which no shift at all would fail. A test with small
# numbers never finds it. Seen in a university's teaching package.
#
# </details>

# %% [markdown]
# ## Case C: a loss that stops falling
#
# A classifier is trained until its predictions are perfect. Its loss, as printed, does not go below a certain value.


# %%
def loss_c(G, y):
    """Cross-entropy of the model's output."""
    p = equations.softmax(G)
    return equations.cross_entropy(p, y)


for m in (2, 10, 100):
    perfect = np.zeros((5, m))
    perfect[np.arange(5), np.arange(5) % m] = 100.0
    print(f"{m:3} classes: loss_c {loss_c(perfect, np.arange(5) % m):.4f}",
          f" log(1 + (m - 1)/e) = {np.log(1 + (m - 1) / np.e):.4f}",
          f" true loss {abs(equations.cross_entropy(perfect, np.arange(5) % m)):.4f}")  # fmt: skip

# %% [markdown]
# <details><summary>Answer</summary>
#
# `cross_entropy` takes scores and applies the softmax itself; here it is applied twice. The model's best output is one
# 1 and zeros, and the second softmax turns that into $e/(e + m - 1)$. The number at which the loss stops gives it
# away. Seen in lightning-bolts, issue 654.
#
# </details>

# %% [markdown]
# ## Case D: a gradient with holes in the wrong places


# %%
def weight_gradient_d(x, z, M, dG):
    """Eq. (7)."""
    return x.T @ ((dG @ M) * (z > 1))


rng = np.random.default_rng(2)
x, z, M = rng.standard_normal((6, 4)), rng.standard_normal((6, 5)), rng.standard_normal((3, 5))
dG = rng.standard_normal((6, 3))
lost = []
for threshold in (-1, 0, 0.5, 1, 2):
    here = ((dG @ M) * (z > 0) != (dG @ M) * (z > 1)) & (z > threshold)
    lost.append(int(here.sum()))
print("entries of dz that differ, counted where z > -1, 0, 0.5, 1, 2:", lost)

# %% [markdown]
# <details><summary>Answer</summary>
#
# The ReLU's mask is taken at 1 and not at 0: neurons that are only weakly active learn nothing. All errors lie where
# $0 < z \le 1$. Seen in a published course.
#
# </details>

# %% [markdown]
# ## Case E: the first steps are too bold


# %%
def adam_e(parameter, gradient, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """One step of Adam."""
    t = t + 1
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    return parameter - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v


sizes = {}
for name, step in (("suspect", adam_e), ("Adam", optim.adam_step)):
    w, m, v, sizes[name] = np.zeros(1), np.zeros(1), np.zeros(1), []
    for t in range(1, 6):
        before = w
        w, m, v = step(w, np.ones(1), m, v, t, lr=1.0)
        sizes[name].append(float(abs(w - before)[0]))
    print(f"{name:8} steps 1 to 5:", np.array(sizes[name]))

# %% [markdown]
# <details><summary>Answer</summary>
#
# Its $t$ starts at 2: the bias is corrected as if there had been one more step. The first step's ratio to the true one
# is always the same number, and it fades away later: after a hundred steps nobody sees it. (The title promised steps
# that are too bold; they are too timid. Do not believe titles, nor comments.) With $t = 0$ one gets a division
# by zero. Seen in the notes of a famous course, issue 179.
#
# </details>

# %% [markdown]
# ## Case F: wrong labels that are right


# %%
def negative_labels_f(y, n_classes, rng):
    """Wrong labels for Forward-Forward: those of other samples in the batch."""
    return rng.permutation(y)


y = np.random.default_rng(3).integers(0, 10, 5000)
for name, draw in (("suspect", negative_labels_f), ("reference", rules.ff.negative_labels)):
    negative = draw(y, 10, np.random.default_rng(4))
    print(f"{name:9} share of negatives that carry the true label: {(negative == y).mean():.3f}")
print("one part in the number of classes:", 1 / 10)

# %% [markdown]
# <details><summary>Answer</summary>
#
# A permutation leaves about one label in ten right, and these samples are positive and negative at the same time. Seen
# in mpezeshki/pytorch_forward_forward, issue 8.
#
# </details>

# %% [markdown]
# ## Case G: an accuracy that is too good


# %%
def accuracy_g(predict, X, y, batch_size):
    """The mean of the batches' accuracies."""
    values = [
        (predict(X[i : i + batch_size]) == y[i : i + batch_size]).mean()
        for i in range(0, len(y), batch_size)
    ]
    return float(np.mean(values))


X, y = np.arange(103), np.zeros(103, int)
predict = lambda rows: (rows < 90).astype(int)  # noqa: E731
print(
    "rows:", len(y), " right:", int((predict(X) == y).sum()), " true accuracy:", round(13 / 103, 4)
)
for batch_size in (103, 50, 10):
    print(f"batches of {batch_size:3}: suspect {accuracy_g(predict, X, y, batch_size):.4f}",
          f" reference {accuracy_over_batches(predict, X, y, batch_size):.4f}")  # fmt: skip

# %% [markdown]
# <details><summary>Answer</summary>
#
# The last batch is smaller, but counts as much as the others. An accuracy must not depend on the batch size: add up the
# counts and divide once. Related: chainer, issue 777.
#
# </details>

# %% [markdown]
# ## The laboratory: what finds what
#
# What would have found each case? Finite differences find those that sit in a gradient: D, and C, if the loss that is
# printed is compared with the gradient that is used. They find neither B (its values are right for ordinary scores),
# nor E, F and G (there is no gradient), nor A, unless the *update* is checked and not only the formula. For those one
# needs properties: extremes, counts, invariances.


# %%
def block_loss(W, M):
    """Eqs. (5) and (6) on fixed data."""
    return equations.cross_entropy(np.maximum(x5 @ W, 0) @ M.T, y5)


def gradient_from(update):
    """The gradient that an update must have used: (old - new) / lr."""
    lr = 0.5
    return lambda W, M: tuple(
        (old - new) / lr for old, new in zip((W, M), update(x5, y5, W, M, lr), strict=True)
    )


rng = np.random.default_rng(5)
x5, y5 = rng.standard_normal((7, 5)), rng.integers(0, 3, 7)
W, M = rng.standard_normal((5, 6)), rng.standard_normal((3, 6))
print("reference:", check.gradient(block_loss, gradient_from(update_true), W, M))
print("case A   :", check.gradient(block_loss, gradient_from(update_a), W, M))

# %% [markdown]
# For single functions, this package's checker does the detective's work. It runs a catalogue of known mistakes on your
# own draws:

# %%
print(check.check("softmax", softmax_b))
print()
print(check.check("eq7", weight_gradient_d))
print()
print(check.check("adam_step", adam_e))
print()
print(check.check("negative_labels", negative_labels_f))
print()
print(check.check("accuracy_over_batches", accuracy_g))

# %% [markdown]
# ## Does it matter?
#
# Mistakes in a learning rule are treacherous, because learning repairs a lot. We train with the wrong mask of case D,
# and with no mask at all, and with a missing mean. Which of the four will have the best validation accuracy?

# %%
my_suspect = ...  # "reference", "case D", "no mask" or "mean missing"

# %%
data = load("digits")
suspects = {
    "reference": equations.weight_gradient,
    "case D: z > 1": weight_gradient_d,
    "no mask": lambda x, z, M, dG: x.T @ (dG @ M),
    "mean missing": lambda x, z, M, dG: len(x) * equations.weight_gradient(x, z, M, dG),
}
curves = {}
for name, weight_gradient in suspects.items():
    net = mlp(data.input_shape, (48,), seed=0)
    rule = rules.MonoForward(weight_gradient=weight_gradient)
    rule.start(net, data.n_classes, seed=0)
    history = Trainer(net, rule, SGD(0.1), epochs=10).fit(
        data.x_train, data.y_train, data.x_val, data.y_val
    )
    curves[name] = [epoch["val_accuracy"]["ff"] for epoch in history.epochs]
    print(f"{name:14}", np.array(curves[name]))
pictures.plot(
    curves, ylabel="validation accuracy", ylim=(0, 1.02),
    alt="Validation accuracy over the epochs with the right gradient and with three wrong "
    "ones. All of them learn; the curves do not tell which is right.",
)  # fmt: skip

# %%
best = max(curves, key=lambda name: curves[name][-1])
reveal(
    my_suspect,
    best.split(":")[0],
    "A wrong gradient leads. With a missing mean the steps are simply larger.",
)

# %% [markdown]
# <!-- holds: row("mean missing")[-1] > row("reference     ")[-1] > 0.9 > row("case D: z > 1")[-1] > 0.8 -->
# <!-- holds: row("no mask  ")[-1] > 0.9 -->
# All of them learn. Somebody who looks at accuracies alone would ship any of the four, and one of the wrong ones even
# leads. With Adam in the place of SGD the missing mean would be quite invisible: Adam takes any constant factor
# out. That is why this package's tests compare numbers, not accuracies.

# %% [markdown]
# The right forms of cases F and G, as they stand in the package:

# %%
show_source(rules.ff.negative_labels, accuracy_over_batches)

# %% [markdown]
# ## Questions
#
# 1. Why would Adam hide the missing mean?
#
# <details><summary>Answer</summary>
#
# Its step is $\hat m / \sqrt{\hat v}$: multiply all gradients by $N$, and both numerator and denominator are multiplied
# by $N$. Only a last batch of another size, and $\epsilon$, betray it.
#
# </details>
#
# 2. You suspect that a gradient *leaks* from block 2 into block 1. Which experiment shows it, and which does not?
#
# <details><summary>Answer</summary>
#
# Perturb $W_2$ or $M_2$ and compare block 1's $dW$ to the last bit: any difference is a leak. Looking at the accuracy
# does not show it, since the leak probably makes it better: it is backpropagation.
#
# </details>
#
# 3. A test compares $\|s\|$ with $\|t\|$ and passes. Name three mistakes that it cannot see.
#
# <details><summary>Answer</summary>
#
# A wrong sign, a transpose of a square matrix, samples or columns in another order. Norms are equal in all three.
#
# </details>
#
# ## Read next
#
# The catalogue of mistakes in `mfnumpy/check`, with what the numbers say for each; then [lesson
# 12](12_memory_speed.ipynb). The exercise for this lesson: [11, find the
# bug](../exercises/student/11_find_the_bug.ipynb).
