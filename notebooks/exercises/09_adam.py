# %% [markdown]
# # Exercises 09: Adam
#
# The paper trains everything with Adam. It is short, and several published hand-written versions have got its
# first step wrong. These exercises belong to lesson 09.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
import numpy as np
from data_utils import load
from mfnumpy import network, optim, rules, train
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference
from mfnumpy.course.plug import AdamOf

# %% [markdown]
# ## 9.1 Moments that start at zero
#
# Adam's moments $m$ and $v$ are running averages that start at 0, so at first they are too small:
#
# $$\hat m = \frac{m}{1 - \beta_1^t} \qquad \hat v = \frac{v}{1 - \beta_2^t}$$
#
# with $t = 1$ at the first step. Return both; leave $m$ and $v$ themselves as they are, they go on being
# averaged.
#
# <details><summary>Hint 1</summary>
#
# At the first step $m = (1 - \beta_1) g$. Which number makes $g$ of it again?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# After $t$ steps with the same $g$, $m$ has come to $(1 - \beta_1^t)\, g$.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `beta**t` in Python; new arrays, no `/=`.
#
# </details>


# %% solution="bias_corrected"
def bias_corrected(m, v, t, beta1, beta2):
    """m, v: one shape. t: 1 at the first step. Returns (m_hat, v_hat)."""
    ### BEGIN SOLUTION
    return m / (1 - beta1**t), v / (1 - beta2**t)
    ### END SOLUTION


# %% check="bias_corrected" points=2
check("bias_corrected", bias_corrected)
### BEGIN HIDDEN TESTS
from mfnumpy.course import grade

grade("bias_corrected", bias_corrected)
### END HIDDEN TESTS

# %% [markdown]
# ## 9.2 One step of Adam
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1) g$$
#
# $$v \leftarrow \beta_2 v + (1 - \beta_2) g^2$$
#
# $$\theta \leftarrow \theta - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon}$$
#
# Return the new parameter and the new $m$ and $v$, as new arrays.
#
# <details><summary>Hint 1</summary>
#
# Three lines and a correction. Which of the moments, old or new, corrected or not, are returned for the next
# step?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The new, uncorrected ones are returned; the corrected ones are used for the step alone. $\epsilon$ stands
# outside of the root.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Try a first step with any gradient that is not tiny: every entry must move by almost exactly the learning rate.
#
# </details>


# %% solution="adam_step"
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    """All arrays of one shape. t: 1 at the first step. Returns the new (parameter, m, v)."""
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
    ### END SOLUTION


# %% check="adam_step" points=4
check("adam_step", adam_step)
### BEGIN HIDDEN TESTS
from mfnumpy.course import grade

grade("adam_step", adam_step)
### END HIDDEN TESTS

# %% [markdown]
# ## Your Adam trains Mono-Forward
#
# Each parameter has its own $m$, $v$ and $t$: each block takes its step as soon as it can. Beside it, plain
# gradient descent with the same learning rate.

# %%
with in_one_sentence():
    step = mine_or_reference(adam_step, optim.adam_step)
    data = load("digits")
    for name, optimiser in (("your Adam", AdamOf(step, 0.003)), ("plain SGD", optim.SGD(0.003))):
        net, rule = network.mlp(64, (80, 80)), rules.MonoForward()
        rule.start(net, 10)
        trainer = train.Trainer(net, rule, optimiser, epochs=6, show_progress=False)
        epochs = trainer.fit(data.x_train, data.y_train, data.x_test, data.y_test).epochs
        print(f"{name}: " + ", ".join(f"{entry['val_accuracy']['ff']:.3f}" for entry in epochs))
