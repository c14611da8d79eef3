# %% [markdown]
# # 08 · Convolution by im2col, and pooling
#
# **Goal.** See a convolution as what it is, a dense layer on patches, so that Mono-Forward's equations need no change;
# and get its backward pass from a single idea, the adjoint.
#
# **Time.** 35 minutes. **Before.** Lessons [01](01_dense_relu.ipynb) and [04](04_one_block.ipynb).

# %%
import numpy as np

from data_utils import load
from mfnumpy import check, layers, measure, rules
from mfnumpy.blocks import Block
from mfnumpy.network import cnn
from mfnumpy.optim import Adam
from mfnumpy.teach import pictures, reveal, show_source
from mfnumpy.train import Trainer

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# ## Derivation
#
# Images are $(N, H, W, C)$. A kernel of height $K_H$ and width $K_W$ looks at each patch of the image and takes a
# weighted sum. If every patch is laid out as a **row** of a matrix, all these sums are one matrix product:
#
# $$z = \mathrm{im2col}(x)\, W,$$
#
# $$\mathrm{im2col}(x): (N \cdot O_H \cdot O_W,\; K_H K_W C),$$
#
# $$W: (K_H K_W C,\; F).$$
#
# $F$ is the number of feature maps. So a convolution *is* a dense layer whose samples are patches, and Eq. (7) holds as
# it stands, with the patches in the place of $x$: $dW = \mathrm{im2col}(x)^T dz$.

# %%
show_source(layers.im2col)

# %% [markdown]
# **Backward.** im2col only copies entries; it is a linear map, $\mathrm{rows} = A\,x$ with a matrix $A$ of zeros and
# ones that nobody writes down. The gradient at $x$ is therefore $A^T d\mathrm{rows}$: each entry of a row is *added*
# back to the pixel from which it was copied. Added, not assigned: a pixel is in many patches.

# %%
show_source(layers.col2im)

# %% [markdown]
# **Average pooling** is linear, too: the mean over each window. Backward, each error is shared out evenly.

# %%
show_source(layers.avgpool_forward, layers.avgpool_backward)

# %% [markdown]
# **Mono-Forward on a convolutional block.** $M$ sees the block's pooled output, flattened. The error $dG\,M$ is shared
# out over the pooling windows, passes the mask, and meets the patches:

# %%
show_source(Block.local_gradients)

# %% [markdown]
# ## By hand
#
# One image of three by four pixels with one channel, and a kernel of two by two. There are as many rows as places where
# the kernel fits. How many?

# %%
x = np.array([[3.0, 8, 1, 5], [2, 6, 9, 4], [7, 0, 10, 11]]).reshape(1, 3, 4, 1)
my_rows = ...  # a number

# %%
reveal(my_rows, len(layers.im2col(x, (2, 2))), "Two places down, three across.")

# %%
rows = layers.im2col(x, (2, 2))
kernel = np.array([[1.0], [0.0], [0.0], [-1.0]])  # upper left minus lower right
z = rows @ kernel
print("image", x.shape, "-> rows", rows.shape, "-> z", z.reshape(2, 3).shape)
pictures.equation(
    ("x", x[0, :, :, 0]), "→", ("rows", rows), ("W", kernel), "=", ("z", z),
    alt="A three by four image, its six patches as rows of four, the kernel as a column of "
    "four, and the six results.",
)  # fmt: skip

# %% [markdown]
# Follow the number 6 of the image: in how many rows does it appear? Count before you read on. `col2im` of all ones
# counts just that, the number of patches that cover each pixel:

# %%
coverage = layers.col2im(np.ones_like(rows), x.shape, (2, 2))
pictures.equation(
    ("x", x[0, :, :, 0]), "→", ("coverage", coverage[0, :, :, 0]),
    alt="How many patches cover each pixel: one at the corners, two along the edges, four "
    "inside.",
)  # fmt: skip

# %% [markdown]
# ## Check the gradient
#
# For a linear map and its transposed there is a sharper test than differences: for random $x$ and $u$,
# $\langle A x, u \rangle = \langle x, A^T u \rangle$ to rounding error.

# %%
images = np.random.default_rng(0).standard_normal((3, 6, 5, 2))
print("im2col/col2im:", check.adjoint(
    lambda x: layers.im2col(x, (3, 2), stride=(2, 1), padding=(1, 0)),
    lambda rows: layers.col2im(rows, images.shape, (3, 2), stride=(2, 1), padding=(1, 0)),
    images,
))  # fmt: skip
print("pooling      :", check.adjoint(
    lambda x: layers.avgpool_forward(x, 2), lambda dy: layers.avgpool_backward(dy, 2, images.shape), images
))  # fmt: skip


def assigning(rows):
    """A mistake: each entry assigned to its pixel, not added."""
    x = np.zeros((3, 6, 5, 2))
    patches = rows.reshape(3, 5, 4, 2, 2, 2)
    for i in range(2):
        for j in range(2):
            x[:, i : i + 5, j : j + 4] = patches[:, :, :, i, j]
    return x


print("assigned     :", check.adjoint(lambda x: layers.im2col(x, 2), assigning, images))
W = np.random.default_rng(1).standard_normal((2 * 3 * 2, 4))
print("conv2d       :", check.gradient(
    lambda x, W: layers.conv2d_forward(x, W, None, (2, 3)),
    lambda x, W, dz: layers.conv2d_backward(x, W, dz, (2, 3))[:2],
    images, W,
))  # fmt: skip

# %% [markdown]
# ## A run
#
# A small convolutional network under Mono-Forward and under backpropagation, on the same digits, now as images.

# %%
data = load("digits", layout="image")
curves, networks = {}, {}
for name in ("mf", "bp"):
    net = cnn(data.input_shape, (12, 24), seed=0)
    rule = rules.make(name)
    rule.start(net, data.n_classes, seed=0)
    history = Trainer(net, rule, Adam(lr=1e-2), epochs=8).fit(
        data.x_train, data.y_train, data.x_val, data.y_val
    )
    curves[name.upper()] = [next(iter(e["val_accuracy"].values())) for e in history.epochs]
    networks[name] = (net, rule)
print(networks["mf"][0].describe())
for name, (net, rule) in networks.items():
    result = measure.evaluate(net, rule, data.x_val, data.y_val)
    print(
        name,
        "validation accuracy",
        {k: round(v, 3) for k, v in result.accuracy.items()},
        "by block",
        np.array(result.layers),
    )
pictures.plot(
    curves, ylabel="validation accuracy", ylim=(0.5, 1.01),
    alt="Validation accuracy over the epochs of a small convolutional network under MF and "
    "under BP; both end close to one.",
)  # fmt: skip
# holds: at("mf validation accuracy", "ff") > 0.9 and at("bp validation accuracy", "readout") > 0.9

# %%
net, rule = networks["mf"]
trace = net.blocks[0].forward(data.x_val[3:4])
maps = np.concatenate([data.x_val[3, :, :, 0][None], np.moveaxis(np.maximum(trace.z, 0)[0], -1, 0)])
pictures.images(
    maps, titles=["image", *(f"map {f + 1}" for f in range(12))], columns=7,
    alt="A digit and the twelve feature maps that the first convolutional block makes of it: "
    "each brings out other parts and edges of the strokes.",
)  # fmt: skip

# %%
pictures.images(
    net.blocks[0].parameters["W"].T.reshape(-1, 3, 3), columns=12, signed=True,
    alt="The twelve learned kernels of three by three weights, red above zero and blue below.",
)  # fmt: skip

# %% [markdown]
# ## Questions
#
# 1. Over what does the sum in $dW = \mathrm{rows}^T dz$ run, and by what is it divided?
#
# <details><summary>Answer</summary>
#
# The same weight is used at every position, so the sum runs over samples *and* positions. It is divided by the number
# of samples, inside $dz$, and not by the number of positions: the loss is a mean over samples only.
#
# </details>
#
# 2. The kernel here is not flipped. Is that a convolution?
#
# <details><summary>Answer</summary>
#
# A mathematician calls it a correlation. Since the kernel is learned, it does not matter, as long as forward and
# backward agree; the adjoint test makes sure of that.
#
# </details>
#
# 3. Forward-Forward does not train convolutional networks in the paper. Why not?
#
# <details><summary>Answer</summary>
#
# The label is written over a few pixels in a corner. A kernel that is shared over the whole image looks for the same
# thing everywhere and cannot treat that corner in a special way. Mono-Forward has its label outside the image, in $M$.
#
# </details>
#
# ## Read next
#
# [Lesson 09](09_adam.ipynb), Adam. The exercise for this lesson: [08,
# convolution](../exercises/student/08_convolution.ipynb). In the source: `mfnumpy/layers/convolution.py` and
# `mfnumpy/blocks.py`.
