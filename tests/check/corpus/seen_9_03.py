"""Mistakes of two more authors, who were asked for uncommon ones."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_backward",
        "dx uses the pseudo-inverse of W: it undoes the layer where the transpose is due.",
        """
def dense_backward(x, W, dz):
    db = dz.sum(axis=0)
    dW = np.einsum("nd,nh->dh", x, dz)
    dx = dz @ np.linalg.pinv(W)
    return dx, dW, db
""",
        must="pinv | pseudo | invers | transpos | W.T | undo",
        must_not="bias | batch",
    ),
    Coding(
        "dense_backward",
        "The layer's W is updated with dW before dx is taken from it.",
        """
def dense_backward(x, W, dz):
    dW = x.T @ dz
    db = dz.sum(axis=0)
    W = W - dW
    dx = dz @ W.T
    return dx, dW, db
""",
        must=(
            "updated | update...before | before...update | after...update | old W | changed W | W...changed | W - "
            "dW | after the step | overwrit | too early | original W | new W | W has moved"
        ),
        must_not="transpos | batch size",
    ),
    Coding(
        "dense_backward",
        "A weight decay term is added to dW.",
        """
def dense_backward(x, W, dz, weight_decay=0.01):
    dW = x.T @ dz + weight_decay * W
    db = dz.sum(axis=0)
    dx = dz @ W.T
    return dx, dW, db
""",
        must=(
            "weight decay | decay | regulari | l2 | 0.01 | penalty | multiple of W | W...added | adds...W | W is "
            "in | contains W | term in W | depends on W | times W"
        ),
        must_not="transpos | batch size",
    ),
    Coding(
        "relu_backward",
        "A neuron's gradient passes if any sample of the batch makes it active.",
        """
def relu_backward(z, da):
    alive = (z > 0).any(axis=0)
    return da * alive
""",
        must=(
            "any( | any sample | any row | any of | column | whole batch | across the batch | over the batch | "
            "other sample | another sample | other row | another row | each sample | per neuron | own z | dead | "
            "shared | entry by entry | each entry | elementwise | element by"
        ),
        must_not="da > 0 | leaky",
    ),
    Coding(
        "relu_backward",
        "The slope of an ELU, exp(z), for negative z.",
        """
def relu_backward(z, da):
    dz = da.copy()
    neg = z <= 0
    dz[neg] = da[neg] * np.exp(z[neg])
    return dz
""",
        must=(
            "elu | exp( | exponential | negative side | leak | below 0 | below zero | z < 0 | z <= 0 | negative z "
            "| negative pre-activation | where z is negative | passes"
        ),
        must_not="da > 0 | transpos",
    ),
    Coding(
        "relu_backward",
        "Guided backpropagation: negative gradients are cut off too.",
        """
def relu_backward(z, da):
    return np.where((z > 0) & (da > 0), da, 0.0)
""",
        must=(
            "guided | da > 0 | da...positive | positive da | negative gradient | negative da | da...negative | "
            "gradient...negative | sign of da | sign of the gradient | positive gradient | gradient...positive | "
            "gradients below"
        ),
        must_not="slope at 0 | leaky",
    ),
    Coding(
        "im2col",
        "One buffer is reused and the same array is put in the list each time: all rows are the last patch.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    N, H, W, C = xp.shape
    patch = np.zeros(KH * KW * C)
    out = []
    for n in range(N):
        for i in range(0, H - KH + 1, stride):
            for j in range(0, W - KW + 1, stride):
                patch[:] = xp[n, i:i + KH, j:j + KW].reshape(-1)
                out.append(patch)
    return np.stack(out)
""",
        must=(
            "buffer | same array | same row | same patch | same object | reference | alias | last patch | copy | "
            "copies | overwrit | all rows | every row | identical | rows are equal"
        ),
        must_not="channel | padding",
    ),
    Coding(
        "im2col",
        "All of the padding is put below and on the far side, none above and before.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x.shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    big = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    big[:, :H, :W, :] = x
    cols = np.zeros((N, OH, OW, KH, KW, C))
    for i in range(KH):
        for j in range(KW):
            cols[:, :, :, i, j, :] = big[:, i:i + stride * OH:stride, j:j + stride * OW:stride, :]
    return cols.reshape(N * OH * OW, -1)
""",
        must=(
            "one side | bottom | asymmetric | both sides | each side | all sides | all four sides | top-left | "
            "shifted | offset | symmetric | at the end | only...end | padding...before | padding...after | far "
            "side | centr | center"
        ),
        must_not="channel first | kernel row",
    ),
    Coding(
        "im2col",
        "The border is padded with copies of the edge pixels, not with zeros.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    p = padding
    x = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)), mode="edge")
    N, H, W, C = x.shape
    rows = []
    for n in range(N):
        for i in range(0, H - KH + 1, stride):
            for j in range(0, W - KW + 1, stride):
                rows.append(x[n, i:i + KH, j:j + KW, :].ravel())
    return np.array(rows)
""",
        must=(
            "edge | replicat | repeat | zeros | zero padding | border pixel | border value | constant | nearest | "
            "padded with | padding with | filled with"
        ),
        must_not="channel | stride",
    ),
    Coding(
        "col2im",
        "Overlapping pixels are averaged over the patches that hold them, not summed.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x_shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    x = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    hits = np.zeros_like(x)
    for i in range(OH):
        for j in range(OW):
            a, b = i * stride, j * stride
            x[:, a:a + KH, b:b + KW] += patches[:, i, j]
            hits[:, a:a + KH, b:b + KW] += 1
    x = x / np.maximum(hits, 1)
    return x[:, padding:padding + H, padding:padding + W]
""",
        must="averag | mean | count | divid | number of patches | normalis | normaliz | how many patches | how often",
        must_not="overwrit | channel",
    ),
    Coding(
        "col2im",
        "x[index] += with repeated indices adds only one of them; np.add.at would add all.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x_shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    rows = (np.arange(OH) * stride)[:, None] + np.arange(KH)
    columns = (np.arange(OW) * stride)[:, None] + np.arange(KW)
    r = rows[:, None, :, None]
    c = columns[None, :, None, :]
    x = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    x[:, r, c, :] += cols.reshape(N, OH, OW, KH, KW, C)
    return x[:, padding:H + padding, padding:W + padding, :]
""",
        must=(
            "add.at | duplicate | repeated ind | accumul | overwrit | last | overlap | fancy | += | only one | "
            "summed | sum of | added up | several patches"
        ),
        must_not="channel | averag",
    ),
    Coding(
        "col2im",
        "The padding is cut off at the far side only: the result starts in the padded border.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x_shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    img = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    k = 0
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                img[n, i * stride:i * stride + KH, j * stride:j * stride + KW] += cols[k].reshape(KH, KW, C)
                k += 1
    return img[:, :H, :W, :]
""",
        must=(
            "crop | padding...remov | padding...cut | padding...off | offset | shifted | top left | top-left | "
            "slice | strip | padded border | first rows | cut...padding | remov...padding | without...padding"
        ),
        must_not="channel | averag",
    ),
    Coding(
        "conv2d_forward",
        "The rows (positions, filters) are reshaped as if the filters came before the positions.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    N, H, Wd, C = x.shape
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    F = W.shape[1]
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    out = layers.im2col(x, kernel, stride, padding) @ W + b
    return out.reshape(N, F, OH, OW).transpose(0, 2, 3, 1)
""",
        must=(
            "reshape | nchw | channels first | channels-first | scrambl | memory order | transpos | filters first "
            "| filter axis | filters before | order of the numbers | rearrang | folded | order of the output"
        ),
        must_not="flip | bias",
    ),
)
