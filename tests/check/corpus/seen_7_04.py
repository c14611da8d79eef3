"""Mistakes of a ninth and a tenth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "conv2d_forward",
        "The bias is added inside the sum over the kernel, so it counts KH*KW times.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, Wd, C = x.shape
    F = W.shape[1]
    xp = np.pad(x, ((0, 0), (padding,) * 2, (padding,) * 2, (0, 0)))
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    w = W.reshape(KH, KW, C, F)
    z = np.zeros((N, OH, OW, F))
    for i in range(KH):
        for j in range(KW):
            z += xp[:, i:i + stride * OH:stride, j:j + stride * OW:stride] @ w[i, j] + b
    return z
""",
        must=(
            "bias... times | b... times | times the bias | times b | bias... too often | b is added... | bias is "
            "added... | bias... kernel | bias... multipl | multiple of the bias | bias... more than once | bias... "
            "repeated | bias... each | b... each | bias... inside | bias... loop | KH*KW | KH KW | multiplies the "
            "bias | bias... scaled | bias is counted | once for each kernel | times too large"
        ),
        must_not="flip | channel first | stride",
    ),
    Coding(
        "conv2d_backward",
        (
            "dx is gathered with the mirrored kernel: the transposed convolution uses W[KH-1-i, KW-1-j] where the "
            "forward pass had W[i, j]."
        ),
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, Wd, C = x.shape
    OH, OW, F = dz.shape[1:]
    p = padding
    xp = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)))
    K = W.reshape(KH, KW, C, F)
    K_rot = np.rot90(K, 2, axes=(0, 1))              # conv2d_transpose: rotate by 180 degrees
    dxp, dK = np.zeros_like(xp), np.zeros_like(K)
    for i in range(KH):
        for j in range(KW):
            sl = (slice(None), slice(i, i + stride * OH, stride), slice(j, j + stride * OW, stride))
            dK[i, j] = np.einsum('nhwc,nhwf->cf', xp[sl], dz)
            dxp[sl] += dz @ K_rot[i, j].T
    return dxp[:, p:p + H, p:p + Wd], dK.reshape(W.shape), dz.sum((0, 1, 2))
""",
        must=(
            "flip | mirror | rotat | 180 | reverse | upside | turned | rot90 | back to front | opposite order | "
            "kernel's places | KH-1-i | KH - 1 - i"
        ),
        must_not="channel | dW is | db",
    ),
    Coding(
        "conv2d_backward",
        "db is averaged over the output positions instead of summed.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = W.shape[1]
    cols = layers.im2col(x, kernel, stride, padding)
    d = dz.reshape(-1, F)
    dW = cols.T @ d
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    db = dz.mean(axis=(1, 2)).sum(axis=0)
    return dx, dW, db
""",
        must=(
            "position | pixel | OH | area | place | over the image | averaged over | averaged | mean over | "
            "mean(axis=(1 | height and width | spatial | divided by the number of output"
        ),
        also=("db | bias",),
        must_not="flip | padding",
    ),
    Coding(
        "conv2d_backward",
        "Weight sharing is read as averaging: dW is divided by the number of positions OH*OW.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    N, OH, OW, F = dz.shape
    dzf = dz.reshape(N * OH * OW, F)
    cols = layers.im2col(x, kernel, stride, padding)
    # the same weight is used at OH*OW places: take the mean of its gradients
    dW = (cols.T @ dzf) / (OH * OW)
    db = dzf.sum(axis=0)
    dcols = dzf @ W.T
    return layers.col2im(dcols, x.shape, kernel, stride, padding), dW, db
""",
        must=(
            "OH | position | pixel | place | patch | area | over the image | weight sharing | shared | output size "
            "| spatial | height and width"
        ),
        also=("dW | weight",),
        must_not="flip | bias",
    ),
    Coding(
        "avgpool_forward",
        (
            "The reshape splits each side into (size, OH) instead of (OH, size), so the mean is over pixels far "
            "apart and not over a window."
        ),
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    OH, OW = H // size, W // size
    blocks = x.reshape(N, size, OH, size, OW, C)
    return blocks.mean(axis=(1, 3))
""",
        must=(
            "neighbour | neighbor | adjacent | far apart | contiguous | spread | dilat | interleav | reshape | "
            "(OH, size | OH, size | size, OH | every OH | apart | scattered | split | distant | stride | strided | "
            "grid | next to each other | side by side | pixels of other windows | pixels from other windows | "
            "other windows | belong to"
        ),
        must_not="sum instead | max",
    ),
    Coding(
        "avgpool_forward",
        "The window's sum is divided by its side, not by its area.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    y = np.zeros((N, H // size, W // size, C), dtype=x.dtype)
    for di in range(size):
        for dj in range(size):
            y += x[:, di::size, dj::size, :]
    return y / size
""",
        must=(
            "size^2 | size**2 | size ** 2 | size * size | size*size | size squared | size² | divided by size | "
            "divides by size | divides by the side | divided by the side | by the side | its side | divided once | "
            "only once | area | factor size | size times | times size | times too large | number of pixels | one "
            "direction | divided by... size"
        ),
        must_not="channel | maximum | transpos",
    ),
    Coding(
        "avgpool_forward",
        "Decimation: each window's first pixel is kept and the others are dropped.",
        """
def avgpool_forward(x, size):
    # coarse graining, every size-th lattice site
    return x[:, ::size, ::size, :].copy()
""",
        must=(
            "first pixel | one pixel | single pixel | top left | top-left | upper left | corner | subsampl | "
            "strided | only one | without averag | no averag | decimat | ::size | every size | one number of | "
            "other pixels | one value of | one entry | first entry | first number | first value | samples the "
            "image | one of each window | all pixels | ignores... pixels | rest of the window"
        ),
        must_not="channel | maximum | divided by size",
    ),
    Coding(
        "avgpool_backward",
        (
            "The errors are tiled: the whole small image is repeated side by side, where each pixel should be "
            "repeated over its window."
        ),
        """
def avgpool_backward(dy, size):
    share = dy / float(size * size)
    return np.tile(share, (1, size, size, 1))
""",
        must=(
            "tile | tiled | tiling | np.repeat | whole image | whole pooled | side by side | copies of | copy of | "
            "next to | repeat | own window | other windows | another window | pattern | interleav | order of | its "
            "window | wrong window | wrong place | different place | spread over | np.kron | neighbour | neighbor "
            "| places"
        ),
        must_not="factor | divide",
    ),
    Coding(
        "avgpool_backward",
        "Each error is divided by the number of windows, OH*OW, rather than the number of pixels in a window.",
        """
def avgpool_backward(dy, size):
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * size, OW * size, C))
    for h in range(OH):
        for w in range(OW):
            g = dy[:, h:h + 1, w:w + 1, :] / (OH * OW)
            dx[:, h * size:(h + 1) * size, w * size:(w + 1) * size, :] += g
    return dx
""",
        must=(
            "OH*OW | OH * OW | OH OW | number of windows | windows there are | how many windows | pooled image | "
            "size*size | size * size | size^2 | size**2 | size squared | size of the output | output's size | "
            "output pixels | pixels of a window | pixels in a window | pixels in each window | pixels per window | "
            "places of the window | places in a window | size of the window | window's size | window's area | area"
        ),
        must_not="tile | order",
    ),
    Coding(
        "avgpool_backward",
        (
            "The gradient is tiled instead of repeated: the small picture is laid side by side, so windows get "
            "another window's gradient."
        ),
        """
def avgpool_backward(dy, size):
    return np.tile(dy, (1, size, size, 1)) / size ** 2
""",
        must=(
            "tile | tiling | repeat | side by side | another window | other window | wrong window | place of "
            "another | whose pixels | mosaic | copies of the whole | copies of dy | position | order | neighbour | "
            "neighbor | own window | arranged | layout | places | laid out | wrong place | wrong pixel"
        ),
        must_not="size^2 | size squared | factor",
    ),
    Coding(
        "avgpool_backward",
        "The whole share goes to one pixel of each window: dy/size^2 at the corner, 0 elsewhere.",
        """
def avgpool_backward(dy, size):
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * size, OW * size, C), dtype=dy.dtype)
    for i in range(OH):
        for j in range(OW):
            dx[:, i * size, j * size, :] = dy[:, i, j, :] / size ** 2
    return dx
""",
        must=(
            "one pixel | single pixel | first pixel | corner | top left | top-left | upper left | only one | other "
            "pixels | remaining pixels | rest of the window | all pixels | every pixel | each pixel | zero "
            "elsewhere | spread | one entry | one number | one place | whole window | most of dx | rest... 0 | "
            "rest... zero"
        ),
        must_not="tile | size squared is missing | channel",
    ),
    Coding(
        "sgd_step",
        (
            "The step is multiplicative: the parameter is scaled by 1 - lr * gradient, so the step is proportional "
            "to the parameter."
        ),
        """
def sgd_step(parameter, gradient, lr):
    decay = 1.0 - lr * gradient
    return decay * parameter
""",
        must=(
            "multiplic | proportional | times the parameter | times parameter | multiplied by the parameter | "
            "multiplied by parameter | by the parameter | by parameter | parameter * gradient | gradient * "
            "parameter | parameter times | gradient times the | is scaled by | scaled by 1 | scales the parameter "
            "| weight decay | decay | parameter...0...never | parameter of 0 | product"
        ),
        must_not="sign | clip",
    ),
    Coding(
        "sgd_step",
        "The step goes along the unit vector of the gradient: its length is lost.",
        """
def sgd_step(parameter, gradient, lr):
    # steepest descent: a step of length lr in the direction -grad L
    n_hat = gradient / (np.linalg.norm(gradient) + 1e-12)
    return parameter - lr * n_hat
""",
        must=(
            "norm | normalis | normaliz | unit vector | unit length | length of the grad | length 1 | gradient's "
            "length | direction | magnitude | size of the gradient | scaled to length | always... lr | step of "
            "length | divided by its length | divided by the length"
        ),
        must_not="sign | momentum | in place",
    ),
)
