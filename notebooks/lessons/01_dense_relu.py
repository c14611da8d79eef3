# %% [markdown]
# # 01 · A dense block: shapes, ReLU, and their gradients
#
# **Goal.** Read $z = xW$, $a = \max(z, 0)$ as arrays with shapes, derive the three gradients of a dense layer by hand,
# and trust them because you checked them.
#
# **Time.** 25 minutes. **Before.** Matrix products and partial derivatives.

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, layers
from mfnumpy.errors import ShapeError
from mfnumpy.network import mlp
from mfnumpy.teach import pictures, reveal, show_source

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# ## Derivation
#
# A batch is a matrix: one sample per **row**. A dense layer multiplies it by its weights,
#
# $$z = xW, \; x: (N, d), \; W: (d, n), \; z: (N, n).$$
#
# Column $j$ of $W$ belongs to neuron $j$. Suppose that someone hands us the gradient of the loss at the output, $dz$,
# of the shape of $z$. What are the gradients at $x$ and at $W$? Written out, with $s$ for the sample, $z_{sj} = \sum_i
# x_{si} W_{ij}$. So $W_{ij}$ acts on column $j$ of $z$, in sample $s$ with the factor $x_{si}$; and $x_{si}$ acts on
# row $s$, on neuron $j$ with the factor $W_{ij}$:
#
# $$\frac{\partial L}{\partial W_{ij}} = \sum_s x_{si}\, dz_{sj} \iff dW = x^T dz,$$
#
# $$\frac{\partial L}{\partial x_{si}} = \sum_j dz_{sj} W_{ij} \iff dx = dz\, W^T.$$

# %%
show_source(layers.dense_forward, layers.dense_parameter_gradients, layers.dense_input_gradient)

# %% [markdown]
# The gradients are two functions and not one, on purpose. Every learning rule in this package that trains a block needs
# $dW$; $dx$, the error that is handed to the block below, is needed by backpropagation, and by Feedback Alignment with
# another matrix in place of $W$. Mono-Forward never calls the last function.
#
# **ReLU.** $a = \max(z, 0)$ entry by entry, so its derivative is one where $z > 0$ and zero elsewhere:
#
# $$dz = da \odot [z > 0].$$

# %%
show_source(layers.relu_forward, layers.relu_backward)

# %% [markdown]
# Nothing is stored in the layer: what backward needs ($x$, $z$) is passed in. Hidden caches such as `self.x` go wrong
# as soon as a layer is used twice before its backward, as Forward-Forward does.

# %% [markdown]
# ## By hand
#
# Two samples, three inputs, two neurons. Compute the first row of $z = xW$ yourself, and the first row of $a$.

# %%
x = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]])
W = np.array([[1.0, 0.0], [-1.0, 2.0], [0.0, 1.0]])
my_z = ...  # the first row of z, a list of two numbers
my_a = ...  # the first row of a

# %%
z = layers.dense_forward(x, W)
reveal(my_z, z[0], "1 - 2 = -1 and 0 + 4 = 4: row 1 of x times each column of W.")

# %%
a = layers.relu_forward(z)
reveal(my_a, a[0], "The ReLU sets the negative entry to zero.")

# %%
pictures.equation(
    ("x", x), ("W", W), "=", ("z", z), "→", ("a", a),
    alt="x, two by three, times W, three by two, gives z, two by two; the ReLU sets the one "
    "negative entry to zero.",
)  # fmt: skip

# %%
da = np.array([[1.0, -1.0], [0.5, 2.0]])  # handed to us by whatever comes after
dz = layers.relu_backward(z, da)
dW, _ = layers.dense_parameter_gradients(x, dz)
pictures.equation(
    ("x^T", x.T), ("dz", dz), "=", ("dW", dW),
    alt="x transposed times dz gives dW, of the shape of W. dz is da with a zero where z was "
    "negative.",
)  # fmt: skip

# %%
dx = layers.dense_input_gradient(dz, W)
pictures.equation(
    ("dz", dz), ("W^T", W.T), "=", ("dx", dx),
    alt="dz times W transposed gives dx, of the shape of x: what backpropagation would hand "
    "to the block below.",
)  # fmt: skip

# %% [markdown]
# A gradient always has the shape of the thing that it is the gradient of. When you are lost, write down the shapes and
# see which products are possible. And when the shapes are wrong, the package says which layer expected what:

# %%
try:
    layers.dense_forward(x, W.T)
except ShapeError as error:
    print("ShapeError:", error)

# %% [markdown]
# ## Check the gradient
#
# `check.gradient` takes a function, its gradient, and arrays. For a function that returns an array it draws a random
# upstream gradient (here $da$) and compares the gradients of $\sum da \odot a$ with differences, entry by entry.

# %%
rng = np.random.default_rng(0)
x_random, W_random = rng.standard_normal((7, 5)), rng.standard_normal((5, 4))


def dense_and_relu(x, W):
    """a = max(x W, 0)."""
    return layers.relu_forward(layers.dense_forward(x, W))


def dense_and_relu_backward(x, W, da):
    """dx and dW from da."""
    dz = layers.relu_backward(layers.dense_forward(x, W), da)
    return layers.dense_input_gradient(dz, W), layers.dense_parameter_gradients(x, dz)[0]


print(check.gradient(dense_and_relu, dense_and_relu_backward, x_random, W_random))

# %% [markdown]
# Such a check is only as good as its data. With one sample, or with an upstream gradient of ones, or with equal
# dimensions, many wrong formulas pass. Here is a wrong $dW$, averaged over the batch, that a batch of one cannot
# tell from the right one:

# %%


def averaged(x, W, da):
    """A mistake: dW divided by the batch size, although the mean was taken already in the loss."""
    dx, dW = dense_and_relu_backward(x, W, da)
    return dx, dW / len(x)


print("batch of one  :", check.gradient(dense_and_relu, averaged, x_random[:1], W_random))
print("batch of seven:", check.gradient(dense_and_relu, averaged, x_random, W_random))

# %% [markdown]
# ## A run
#
# What does a *random* dense block do with real images? We pass digits through one and look at the trace.

# %%
data = load("digits")
net = mlp(data.input_shape, (200,), seed=0)
trace = net.blocks[0].forward(data.x_train[:100])
print(net.describe())
print(trace)
H, width, _ = data.image_shape
pictures.images(
    data.x_train[:10].reshape(-1, H, width), titles=[str(y) for y in data.y_train[:10]],
    alt="Ten handwritten digits, eight by eight pixels, with their labels above.",
)  # fmt: skip

# %% [markdown]
# <!-- holds: 0.4 < at("variance 1/d ", "after one block") < 0.6 -->
# Why are the weights drawn with variance $2/d$? A ReLU throws half of the signal away, and the factor two makes up for
# it, so that activities neither die out nor explode as they go up. We stack random blocks and measure the
# mean square of $a$ after each, for three choices. With the variance $1/d$, half of it: by what factor do you expect
# the mean square to change in *each* block?

# %%
my_factor = ...  # a number

# %%
x0 = np.random.default_rng(1).standard_normal((500, 200))
sizes = {"variance 2/d (He)": 2.0, "variance 1/d": 1.0, "variance 4/d": 4.0}
strength = {}
for name, gain in sizes.items():
    a, values = x0, []
    for layer in range(12):
        W_layer = np.random.default_rng(layer).standard_normal((200, 200)) * np.sqrt(gain / 200)
        a = layers.relu_forward(layers.dense_forward(a, W_layer))
        values.append(float((a * a).mean()))
    strength[name] = values
    print(f"{name:18} after one block {values[0]:.3g}, after twelve {values[-1]:.3g}")

# %%
reveal(
    my_factor,
    0.5,
    "The ReLU halves the mean square, and nothing makes up for it: 0.5 to the power of 12 at the end.",
)

# %%
pictures.plot(
    strength, xlabel="block", ylabel="mean of a²", yscale="log",
    alt="Mean square activity over twelve random blocks on a logarithmic scale: level for "
    "variance 2/d, falling steadily for 1/d, rising steadily for 4/d.",
)  # fmt: skip
# holds: 0.5 < at("variance 2/d (He)", "twelve") < 2
# holds: at("variance 1/d ", "twelve") < 0.001 and at("variance 4/d ", "twelve") > 1000

# %%
pictures.heats(
    {"x (8 samples)": data.x_train[:8, :40], "z": trace.z[:8, :40], "a": trace.a[:8, :40]}, columns=3,
    alt="Heat maps of x, z and a for eight digits: x has no negative entries, z both signs, a "
    "is z with the negative entries white.",
)  # fmt: skip

# %% [markdown]
# ## Questions
#
# 1. The loss is a mean over the batch. Where, then, is the factor $1/N$ in $dW = x^T dz$?
#
# <details><summary>Answer</summary>
#
# Inside $dz$. It enters once, with the gradient of the mean loss at the scores (lesson 02), and every later product
# carries it along. Dividing again in $dW$ is one of the most common mistakes.
#
# </details>
#
# 2. What is the gradient of a bias $b$ in $z = xW + b$, and over which axis is the sum?
#
# <details><summary>Answer</summary>
#
# $b_j$ is added to column $j$ in every sample, so $db_j = \sum_n dz_{nj}$: a sum over the samples, axis 0, of shape
# $(n,)$. The paper's networks have no biases; lesson 13 says how we know.
#
# </details>
#
# 3. Is masking on $a > 0$ instead of $z > 0$ a mistake?
#
# <details><summary>Answer</summary>
#
# No. For a ReLU, $a > 0$ exactly where $z > 0$. (With another activation function it may well be one.)
#
# </details>
#
# ## Read next
#
# [Lesson 02](02_softmax_cross_entropy.ipynb), where the first $dz$ of all comes from: softmax and cross-entropy. The
# exercise for this lesson: [01, dense](../exercises/student/01_dense.ipynb). In the source: `mfnumpy/layers/dense.py`.
