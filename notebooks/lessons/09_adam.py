# %% [markdown]
# # 09 · Adam
#
# **Goal.** Turn a gradient into a step as the paper does ("all networks are trained with Adam"), know what each of its
# four lines is for, and see why its clock must count *per parameter* when blocks learn on their own.
#
# **Time.** 25 minutes. **Before.** [Lesson 03](03_equations_by_hand.ipynb).

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, optim, rules
from mfnumpy.measure import gradients_of
from mfnumpy.network import mlp
from mfnumpy.optim import SGD, Adam
from mfnumpy.teach import pictures, reveal, show_source
from mfnumpy.train import Trainer

np.set_printoptions(precision=4, suppress=True)

# %% [markdown]
# ## Derivation
#
# Eqs. (7) and (8) are printed as plain gradient descent, $W \leftarrow W - \eta\, dW$. One step size for all parameters
# and all times: too small where gradients are small, too large where they are large. Adam keeps two running means for
# each single parameter, of its gradient $g$ and of $g^2$:
#
# $$m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t,$$
#
# $$v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2.$$
#
# Both start at zero, so at first they are too small. By how much? If $g$ were constant, the sum of the weights in $m_t$
# would be $(1 - \beta_1)(1 + \beta_1 + \dots + \beta_1^{t-1}) = 1 - \beta_1^t$. Dividing by it takes the bias away:
#
# $$\hat m_t = \frac{m_t}{1 - \beta_1^t}, \quad \hat v_t = \frac{v_t}{1 - \beta_2^t},$$
#
# $$w \leftarrow w - \eta\, \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}.$$
#
# The quotient has no unit: multiply all gradients by a thousand, and the step stays the same.

# %%
show_source(optim.adam_step)

# %% [markdown]
# ## By hand
#
# One parameter, a learning rate of 0.1, and a first gradient of 1000. How long is Adam's first step?

# %%
my_step = ...  # its size, a number

# %%
first = optim.adam_step(*(np.zeros(1), np.array([1000.0]), np.zeros(1), np.zeros(1)), 1, lr=0.1)
reveal(
    my_step,
    float(-first[0][0]),
    "In the first step m_hat = g and v_hat = g^2, so it is lr g / |g|, whatever g is.",
)

# %% [markdown]
# Now three steps, with gradients 1, 1 and then −1:

# %%
w, m, v = np.zeros(1), np.zeros(1), np.zeros(1)
for t, g in enumerate([1.0, 1.0, -1.0], start=1):
    before = w
    w, m, v = optim.adam_step(w, np.array([g]), m, v, t, lr=0.1)
    print(f"t = {t}: g = {g:+.0f}  m = {m[0]:+.4f}  v = {v[0]:.6f}  step = {(w - before)[0]:+.4f}")
for scale in (1e-3, 1.0, 1e3):
    first, _, _ = optim.adam_step(
        np.zeros(1), np.array([scale]), np.zeros(1), np.zeros(1), 1, lr=0.1
    )
    print(f"first step for a gradient of {scale:g}: {first[0]:+.4f}")

# %% [markdown]
# <!-- holds: all(abs(at(f"for a gradient of {g}:")) == 0.1 for g in ("0.001", "1", "1000")) -->
# Leave the correction out, and the first step is too long, by $(1 - \beta_1)/\sqrt{1 - \beta_2}$. It is a mistake that
# has been published more than once. Here is that, with its numbers:

# %%


def without_correction(parameter, gradient, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """A mistake: no bias correction."""
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    return parameter - lr * m / (np.sqrt(v) + epsilon), m, v


sizes = {}
for name, step in (("Adam", optim.adam_step), ("no bias correction", without_correction)):
    w, m, v, sizes[name] = np.zeros(1), np.zeros(1), np.zeros(1), []
    for t in range(1, 41):
        before = w
        w, m, v = step(w, np.ones(1), m, v, t, lr=1.0)
        sizes[name].append(float(abs(w - before)[0]))
print("first steps, in learning rates:", {name: round(s[0], 3) for name, s in sizes.items()})
print("(1 - beta1) / sqrt(1 - beta2) =", round((1 - 0.9) / np.sqrt(1 - 0.999), 3))
pictures.plot(
    sizes, xlabel="step", ylabel="step size / learning rate", ylim=(0, None),
    alt="Step sizes for a constant gradient: one learning rate in every step with the "
    "correction; without it they start more than three times as large, grow, and come "
    "down slowly.",
)  # fmt: skip
# holds: at("no bias correction':") > 3

# %% [markdown]
# ## Check the gradient
#
# An optimiser has no gradient of its own, but it is fed with one. We make a long, narrow valley as a test ground, with
# a gradient that we check first.

# %%
steepness = np.array([500.0, 1.0])


def valley(w):
    """A bowl, five hundred times steeper in the first direction than in the second."""
    return 0.5 * (steepness * w * w).sum()


def valley_gradient(w):
    """Its gradient."""
    return steepness * w


print(check.gradient(valley, valley_gradient, np.array([0.7, -1.3])))

# %%
paths = {}
for name, optimiser in (
    ("SGD, lr 0.003", SGD(0.003)), ("SGD, lr 0.0041", SGD(0.0041)), ("Adam, lr 0.03", Adam(0.03)),
):  # fmt: skip
    w, distances = np.array([1.0, 1.0]), []
    for _ in range(80):
        distances.append(float(np.linalg.norm(w)))
        optimiser.update("w", w, valley_gradient(w))
    paths[name] = distances
    print(f"{name:14} distance from the lowest point after 80 steps: {np.linalg.norm(w):.3g}")
pictures.plot(
    paths, xlabel="step", ylabel="distance from the lowest point", ylim=(0, 3),
    alt="Distance from the lowest point over eighty steps. SGD with the smaller rate is soon "
    "down one wall and then crawls along the valley; with a slightly larger rate it "
    "climbs out; Adam comes straight down and settles.",
)  # fmt: skip

# %% [markdown]
# <!-- holds: at("lr 0.0041", "steps:") > 2 > 1 > at("lr 0.003 ", "steps:") > at("lr 0.03 ", "steps:") -->
# Gradient descent must fit its rate to the steepest direction, and then crawls along the flat one. A little more, and
# it diverges. Adam rescales each direction by its own history.

# %% [markdown]
# ## A run
#
# Mono-Forward on digits with both optimisers, each at several learning rates.

# %%
data = load("digits")


def accuracy_with(optimiser):
    """Validation accuracy after a few epochs of MF with this optimiser."""
    net = mlp(data.input_shape, (48,), seed=0)
    rule = rules.MonoForward()
    rule.start(net, data.n_classes, seed=0)
    history = Trainer(net, rule, optimiser, epochs=4).fit(
        data.x_train, data.y_train, data.x_val, data.y_val
    )
    return history.epochs[-1]["val_accuracy"]["ff"]


rates = [1e-4, 1e-3, 1e-2, 1e-1]
table = {
    "Adam": [accuracy_with(Adam(lr)) for lr in rates],
    "SGD": [accuracy_with(SGD(lr)) for lr in rates],
}
for name, values in table.items():
    print(f"{name:4}", {lr: round(value, 3) for lr, value in zip(rates, values, strict=True)})
pictures.bars(
    table, [f"{lr:g}" for lr in rates], xlabel="learning rate", ylabel="validation accuracy", ylim=(0, 1),
    alt="Validation accuracy after four epochs for Adam and SGD at four learning rates. Adam "
    "does well at rates at which SGD has hardly begun.",
)  # fmt: skip
# holds: at("Adam {", "0.01:") > 0.9 > 0.5 > at("SGD  {", "0.01:")

# %% [markdown]
# ### The clock counts per parameter
#
# The correction needs $t$, the number of steps *of this parameter*. A local rule takes several steps per batch, one for
# each block; who counts calls instead of steps per parameter runs the clock too fast. And a block that is plugged in
# later starts at $t = 1$, as everything else would be wrong for its fresh $m$ and $v$:

# %%
net = mlp(data.input_shape, (20,), seed=0)
rule = rules.MonoForward()
rule.start(net, data.n_classes, seed=0)
adam = Adam(3e-3)
Trainer(net, rule, adam, epochs=1).fit(data.x_train, data.y_train)
net.plug(net.new_dense(15))
rule.plug(net)
Trainer(net, rule, adam, epochs=1).fit(data.x_train, data.y_train)
print("steps by parameter:", adam.t)

# %%
dW = gradients_of(net, rule, data.x_train[:64], data.y_train[:64])["block2.W"]
m, v, t = (group["block2.W"] for group in (adam.m, adam.v, adam.t))
step = (m / (1 - adam.beta1**t)) / (np.sqrt(v / (1 - adam.beta2**t)) + adam.epsilon)
print("largest / median size: gradient", round(float(np.abs(dW).max() / np.median(np.abs(dW))), 1),
      " step", round(float(np.abs(step).max() / np.median(np.abs(step))), 1))  # fmt: skip
pictures.heats(
    {"gradient dW": dW, "Adam's step / lr": step}, columns=2,
    alt="The gradient of block 2's weights and Adam's step for them. The gradient is "
    "dominated by a few entries; the step is much more even.",
)  # fmt: skip
# holds: at("median size: gradient") > 10 * at("median size: gradient", "step")

# %% [markdown]
# ## Questions
#
# 1. Why is $\epsilon$ added outside of the root, and why does it matter at all?
#
# <details><summary>Answer</summary>
#
# It keeps the quotient finite where all gradients were zero, such as for pixels that are always white. Inside the root
# it acts like $\sqrt\epsilon$, which is much larger: gradients as small as that are then damped. Both variants are in
# use; know which one you have.
#
# </details>
#
# 2. Does Adam make Mono-Forward less local?
#
# <details><summary>Answer</summary>
#
# No. Each parameter's step depends on its own gradients only.
#
# </details>
#
# 3. Adam keeps two more arrays of each parameter's size. What does this do to the memory of a network whose activations
#    are small?
#
# <details><summary>Answer</summary>
#
# Parameters, gradients, $m$ and $v$ together are four times the parameters, and they dominate. The paper's slope of
# memory per layer for MF is just that; [lesson 12](12_memory_speed.ipynb) does the sum.
#
# </details>
#
# ## Read next
#
# [Lesson 10](10_plug_and_repair.ipynb), plugging blocks in and out. The exercise for this lesson: [09,
# Adam](../exercises/student/09_adam.ipynb). The paper: Kingma and Ba 2015, *Adam: A Method for Stochastic
# Optimization*. In the source: `mfnumpy/optim.py`.
