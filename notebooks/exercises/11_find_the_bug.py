# %% [markdown]
# # Exercises 11: find the bug
#
# Four functions as they have been published, re-created by us: they run, most of them even learn, and they are
# wrong. Let the check tell you what the numbers show, find the line, and mend it. These exercises belong to lesson 11.
#
# Each function is given with its mistake in the cell above the one where you write yours. Run its check first.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
import numpy as np
from data_utils import load
from mfnumpy import equations, network, optim, rules, train
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference


# %% tags=["broken"]
# Bug 1. "The network learns, but with every other batch size we must look for the learning rate again."
def broken_eq7(x, z, M, dG):
    N = x.shape[0]
    da = N * dG @ M
    dz = da * (z > 0)
    return x.T @ dz


check("eq7", broken_eq7)

# %% [markdown]
# ## 11.1 Equation (7), mended
#
# A batch twice as large makes steps twice as large. Mend it.
#
# <details><summary>Hint 1</summary>
#
# What does the report say about the ratio of this gradient to the right one?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The mean over the batch has to be in the gradient once. Where does $dG$ come from, and what does it carry
# already?
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# One factor too many; the rest is right.
#
# </details>


# %% solution="eq7"
def eq7(x, z, M, dG):
    """Eq. (7). x: (N, d). z: (N, n). M: (m, n). dG: (N, m). Returns dW: (d, n)."""
    ### BEGIN SOLUTION
    da = dG @ M
    dz = da * (z > 0)
    return x.T @ dz
    ### END SOLUTION


# %% check="eq7" points=2
check("eq7", eq7)


# %% tags=["broken"]
# Bug 2. "It learns at first. Then the loss grows, and grows, whatever learning rate we take."
def broken_eq6_gradient(G, y):
    p = equations.softmax(equations.softmax(G))
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


check("eq6_gradient", broken_eq6_gradient)

# %% [markdown]
# ## 11.2 The gradient of Eq. (6), mended
#
# Once a sample is certain, its gradient should vanish. Here it never does, so the scores are pushed on for ever.
# What is the largest probability that can come out of this function? Mend it.
#
# <details><summary>Hint 1</summary>
#
# With ten classes the largest probability that can come out is $e / (e + 9)$, about 0.23: as if the scores were
# never above 1.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The network returns scores. How often do they have to be made into probabilities?
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# One softmax, then the two terms of the gradient as they stand.
#
# </details>


# %% solution="eq6_gradient"
def eq6_gradient(G, y):
    """Derivative of Eq. (6). G: (N, m) scores. y: (N,) labels. Returns dG: (N, m)."""
    ### BEGIN SOLUTION
    p = equations.softmax(G)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)
    ### END SOLUTION


# %% check="eq6_gradient" points=2
check("eq6_gradient", eq6_gradient)


# %% tags=["broken"]
# Bug 3. "Adam jumps at the first step, and needs a warm-up."
def broken_adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient * gradient
    m_hat = m
    v_hat = v
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v


check("adam_step", broken_adam_step)

# %% [markdown]
# ## 11.3 Adam, mended
#
# The first step is 3.16 times the learning rate. Where does that number come from? Mend it.
#
# <details><summary>Hint 1</summary>
#
# At the first step $m = 0.1\, g$ and $v = 0.001\, g^2$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $0.1 / \sqrt{0.001} = 3.16$: both averages start at zero, and by different amounts too small.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Two variables have the right names and the wrong values. What becomes of $1 - \beta^t$ after a thousand steps?
#
# </details>


# %% solution="adam_step"
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    """All arrays of one shape. t: 1 at the first step. Returns the new (parameter, m, v)."""
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient * gradient
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
    ### END SOLUTION


# %% check="adam_step" points=3
check("adam_step", adam_step)


# %% tags=["broken"]
# Bug 4. "Forward-Forward soon tells positive from negative data, and yet its predictions are at chance."
def broken_negative_labels(y, n_classes, rng):
    return np.full(len(y), (y.max() + 1) % n_classes)


check("negative_labels", broken_negative_labels)

# %% [markdown]
# ## 11.4 Wrong labels, mended
#
# Every sample of the batch gets the same "wrong" label, and for some samples it is the right one. What did the
# network learn to recognise? Mend it.
#
# <details><summary>Hint 1</summary>
#
# If all negative samples carry the same label, the label alone gives them away: the picture need not be looked
# at.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Every wrong label equally likely, the right one never, each sample on its own draw.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Think of the labels on a circle, and of a random distance that is never a full turn. `rng.integers(low, high,
# size=...)` leaves `high` out.
#
# </details>


# %% solution="negative_labels"
def negative_labels(y, n_classes, rng):
    """y: (N,) labels. rng: a NumPy Generator. Returns (N,) integer labels, different from y everywhere."""
    ### BEGIN SOLUTION
    return (y + rng.integers(1, n_classes, size=len(y))) % n_classes
    ### END SOLUTION


# %% check="negative_labels" points=3
check("negative_labels", negative_labels)

# %% [markdown]
# ## Broken and mended, trained
#
# The first two bugs inside Mono-Forward, and your repair beside them: same network, same data, same learning
# rate.

# %%
with in_one_sentence():
    mended = {
        "weight_gradient": mine_or_reference(eq7, equations.weight_gradient),
        "loss_gradient": mine_or_reference(eq6_gradient, equations.cross_entropy_gradient),
    }
    data = load("digits")
    for name, functions in (
        ("bug 1", {"weight_gradient": broken_eq7}),
        ("bug 2", {"loss_gradient": broken_eq6_gradient}),
        ("mended", mended),
    ):
        net, rule = network.mlp(64, (80, 80)), rules.MonoForward(**functions)
        rule.start(net, 10)
        trainer = train.Trainer(net, rule, optim.SGD(0.2), epochs=5, batch_size=32, show_progress=False)
        epochs = trainer.fit(data.x_train, data.y_train, data.x_test, data.y_test).epochs
        last = epochs[-1]
        print(f"{name:<7} loss of block 2 {last['loss']['block2']:8.3f}, accuracy {last['val_accuracy']['ff']:.3f}")
