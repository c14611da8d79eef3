# %% [markdown]
# # Exercises 08: convolution and pooling
#
# A convolution is a dense layer on patches. Once the patches lie in rows, everything is known from exercises 01;
# what is new is to lay them out, and to put them back. These exercises belong to lesson 08.
#
# Images are $(N, H, W, C)$. A row of `cols` is one patch, flattened in the order (kernel row, kernel column,
# channel); the rows are in the order (image, row, column). `kernel`, `stride` and `padding` are an integer or a
# pair (vertical, horizontal). Two functions are there for that:
#
# - `pair(name, value, least)` gives (vertical, horizontal) of an integer or a pair, each at least `least`; `name` is
#   for its message: `pair("stride", 2, 1)` is `(2, 2)`, and `pair("padding", (0, 1), 0)` is `(0, 1)`;
# - `layers.conv_output_size(height, width, kernel, stride=1, padding=0)` gives $(OH, OW)$.
#
# Write your code where a cell says `raise NotImplementedError`, run the check below it, and read what it says.
# The hints open one by one. What you have not written yet is replaced by the reference in the last cell, so you
# can leave a blank and come back.

# %%
import numpy as np
from data_utils import load
from IPython.display import display
from mfnumpy import equations, layers, optim
from mfnumpy.check import check
from mfnumpy.course import in_one_sentence, mine_or_reference
from mfnumpy.support import seeding
from mfnumpy.support.validate import pair

# %% [markdown]
# ## 8.1 Patches into rows
#
# $$\mathrm{cols}[(n, oh, ow), (i, j, c)]$$
#
# $$= x_{padded}[n,\; oh \cdot SH + i,\; ow \cdot SW + j,\; c]$$
#
# <details><summary>Hint 1</summary>
#
# Six indices: which of them do you want to loop over, and which can NumPy take all at once?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Loop over the place $(i, j)$ in the kernel: for one such place, the entries of *all* patches of *all* images are
# one slice of the padded images with step $SH$ and $SW$.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Make an array of shape $(N, OH, OW, KH, KW, C)$, fill it place by place, and reshape at the end. The slice
# begins at $i$, has the step $SH$, and $OH$ entries. `np.pad` adds the zeros around height and width only.
#
# </details>


# %% solution="im2col"
def im2col(x, kernel, stride, padding):
    """x: (N, H, W, C). Returns cols: (N*OH*OW, KH*KW*C)."""
    ### BEGIN SOLUTION
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    cols = np.empty((N, OH, OW, KH, KW, C), x.dtype)
    for i in range(KH):
        for j in range(KW):
            cols[:, :, :, i, j, :] = x[:, i : i + SH * OH : SH, j : j + SW * OW : SW, :][:, :OH, :OW]
    return cols.reshape(N * OH * OW, KH * KW * C)
    ### END SOLUTION


# %% check="im2col" points=3
check("im2col", im2col)

# %% [markdown]
# ## 8.2 And back
#
# The way back for errors: every entry of `cols` is *added* to the pixel from which `im2col` took it. Pixels that
# several patches share get the sum. Returned are images of `x_shape`, without the padding.
#
# <details><summary>Hint 1</summary>
#
# What is `col2im` of `cols` full of ones? Count for a pixel in the corner, and for one in the middle.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The same loop as in `im2col`, with both sides exchanged, and one sign more.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Zeros of the *padded* size; `+=` on the very slices; and at the end cut the padding off. With padding 0 a slice
# like `[0:-0]` is empty: cut with $PH$ and $PH + H$.
#
# </details>


# %% solution="col2im"
def col2im(cols, x_shape, kernel, stride, padding):
    """cols: (N*OH*OW, KH*KW*C). x_shape: (N, H, W, C). Returns x of that shape."""
    ### BEGIN SOLUTION
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    x = np.zeros((N, H + 2 * PH, W + 2 * PW, C), cols.dtype)
    for i in range(KH):
        for j in range(KW):
            x[:, i : i + SH * (OH - 1) + 1 : SH, j : j + SW * (OW - 1) + 1 : SW, :] += patches[:, :, :, i, j, :]
    return x[:, PH : PH + H, PW : PW + W, :].copy()
    ### END SOLUTION


# %% check="col2im" points=3
check("col2im", col2im)

# %% [markdown]
# From here on `to_rows` and `to_images` are your functions, or the reference as long as you have not written
# them. If the checks above still fail, use `layers.im2col` and `layers.col2im` in their place, so that one
# mistake stays one mistake.

# %%
to_rows = mine_or_reference(im2col, layers.im2col)
to_images = mine_or_reference(col2im, layers.col2im)

# %% [markdown]
# ## 8.3 Convolution, forward
#
# $z = \mathrm{im2col}(x)\, W + b$, folded back into images $(N, OH, OW, F)$. $W$ is $(KH \cdot KW \cdot C, F)$.
#
# <details><summary>Hint 1</summary>
#
# What did you do in exercise 1.1?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Rows times weights plus bias gives $(N \cdot OH \cdot OW, F)$.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The rows are in the order (image, row, column): one `reshape` makes images of them.
#
# </details>


# %% solution="conv2d_forward"
def conv2d_forward(x, W, b, kernel, stride, padding):
    """x: (N, H, W, C). W: (KH*KW*C, F). b: (F,). Returns z: (N, OH, OW, F)."""
    ### BEGIN SOLUTION
    size = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    return (to_rows(x, kernel, stride, padding) @ W + b).reshape(len(x), *size, -1)
    ### END SOLUTION


# %% check="conv2d_forward" points=2
check("conv2d_forward", conv2d_forward)

# %% [markdown]
# ## 8.4 Convolution, backward
#
# From $dz$, $(N, OH, OW, F)$, all three gradients: $dx$, $dW$ and $db$.
#
# <details><summary>Hint 1</summary>
#
# What did you do in exercise 1.2, and what were $x$ and $dz$ there?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Lay $dz$ out in rows, $(N \cdot OH \cdot OW, F)$. Then it is the dense layer, with `im2col(x)` for $x$.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# $dW$ and $db$ as there. The dense layer's $dx$ is an error for each *patch*: put it back into images.
#
# </details>


# %% solution="conv2d_backward"
def conv2d_backward(x, W, dz, kernel, stride, padding):
    """x: (N, H, W, C). W: (KH*KW*C, F). dz: (N, OH, OW, F). Returns (dx, dW, db)."""
    ### BEGIN SOLUTION
    rows, dz = to_rows(x, kernel, stride, padding), dz.reshape(-1, dz.shape[-1])
    dx = to_images(dz @ W.T, x.shape, kernel, stride, padding)
    return dx, rows.T @ dz, dz.sum(axis=0)
    ### END SOLUTION


# %% check="conv2d_backward" points=3
check("conv2d_backward", conv2d_backward)

# %% [markdown]
# ## 8.5 Average pooling
#
# Forward: the mean over windows of `size` pixels that do not overlap. Backward: each error is shared out evenly
# over the window that it came from. Height and width are multiples of the window's; `size` is an integer or a
# pair.
#
# <details><summary>Hint 1</summary>
#
# What share in the mean does one of the pixels have?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A reshape to $(N, OH, PH, OW, PW, C)$ gives each window two axes of its own.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Forward: the mean over the two axes of the window. Backward: `np.repeat` along height and along width, and the
# share of one pixel as a factor.
#
# </details>


# %% solution="pooling"
def avgpool_forward(x, size):
    """x: (N, H, W, C). Returns y: (N, H / PH, W / PW, C)."""
    ### BEGIN SOLUTION
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    x = x[:, : H // PH * PH, : W // PW * PW]
    return x.reshape(N, H // PH, PH, W // PW, PW, C).mean(axis=(2, 4))
    ### END SOLUTION


def avgpool_backward(dy, size):
    """dy: (N, OH, OW, C). Returns dx: (N, OH * PH, OW * PW, C)."""
    ### BEGIN SOLUTION
    PH, PW = pair("size", size, 1)
    return np.repeat(np.repeat(dy, PH, axis=1), PW, axis=2) / (PH * PW)
    ### END SOLUTION


# %% check="pooling" points=3
display(check("avgpool_forward", avgpool_forward))
display(check("avgpool_backward", avgpool_backward))

# %% [markdown]
# ## A convolutional block, trained by Mono-Forward
#
# Convolution, ReLU, pooling, all of them yours, and the projection matrix $M$ on the flattened, pooled output.
# The gradients are written out, so that every one of your functions can be seen at work.

# %%
with in_one_sentence():
    convolve = mine_or_reference(conv2d_forward, layers.conv2d_forward)
    convolve_back = mine_or_reference(conv2d_backward, layers.conv2d_backward)
    pool = mine_or_reference(avgpool_forward, layers.avgpool_forward)
    pool_back = mine_or_reference(avgpool_backward, layers.avgpool_backward)

    data, maps, n = load("digits", layout="image"), 12, 12 * 4 * 4
    rng = seeding.stream(0, "exercise 8")
    parameters = {
        "W": (rng.standard_normal((9, maps)) * np.sqrt(2 / 9)).astype("float32"),
        "b": np.zeros(maps, "float32"),
        "M": (rng.standard_normal((10, n)) / np.sqrt(n)).astype("float32"),
    }
    optimiser = optim.Adam(0.005)

    def forward(x):
        z = convolve(x, parameters["W"], parameters["b"], 3, 1, 1)
        return z, pool(np.maximum(z, 0), 2).reshape(len(x), -1)

    for epoch in range(4):
        order = seeding.stream(0, "shuffle", epoch).permutation(len(data.y_train))
        for rows in np.array_split(order, len(order) // 32):
            x, y = data.x_train[rows], data.y_train[rows]
            z, a = forward(x)
            dG = equations.cross_entropy_gradient(a @ parameters["M"].T, y)
            dz = pool_back((dG @ parameters["M"]).reshape(-1, 4, 4, maps), 2) * (z > 0)
            _, dW, db = convolve_back(x, parameters["W"], dz, 3, 1, 1)
            gradients = {"W": dW, "b": db, "M": equations.projection_gradient(a, dG)}
            for name, gradient in gradients.items():
                optimiser.update(name, parameters[name], gradient.astype("float32"))
        G = forward(data.x_test)[1] @ parameters["M"].T
        print(f"epoch {epoch + 1}: accuracy {(G.argmax(axis=1) == data.y_test).mean():.3f}")
