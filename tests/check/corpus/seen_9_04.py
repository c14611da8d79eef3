"""Mistakes of two more authors, who were asked for uncommon ones."""

from corpus import Coding

CODINGS = (
    Coding(
        "conv2d_forward",
        "The image is padded by wrapping around, as in a circular convolution.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    p = padding
    xp = np.pad(x, [(0, 0), (p, p), (p, p), (0, 0)], mode="wrap")
    N, H, Wd, C = x.shape
    cols = layers.im2col(xp, kernel, stride, 0)
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    OH = (H + 2 * p - KH) // stride + 1
    OW = (Wd + 2 * p - KW) // stride + 1
    return (cols @ W + b).reshape(N, OH, OW, -1)
""",
        must=(
            "wrap | circular | periodic | zeros | zero padding | border | torus | opposite | cyclic | padded with "
            "| padding with"
        ),
        must_not="flip | bias",
    ),
    Coding(
        "conv2d_forward",
        "The bias is added once for each place of the kernel.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    N, H, Wd, C = x.shape
    OH, OW = (H - KH) // stride + 1, (Wd - KW) // stride + 1
    K = W.reshape(KH, KW, C, -1)
    z = np.zeros((N, OH, OW, K.shape[-1]))
    for i in range(KH):
        for j in range(KW):
            patch = x[:, i:i + stride * (OH - 1) + 1:stride, j:j + stride * (OW - 1) + 1:stride]
            z += patch @ K[i, j] + b
    return z
""",
        must=(
            "KH*KW | KH * KW | KH KW | kernel position | kernel place | kernel element | tap | once per | once for "
            "each | inside...loop | inside...sum | in the loop | several times | more than once | too often | "
            "times the bias | times too | multiple of b | many times | repeated | b...times | bias...times | "
            "bias...multiplied"
        ),
        must_not="flip | channel order",
    ),
    Coding(
        "conv2d_backward",
        "dx is masked where x is not positive, although this layer holds no ReLU.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = W.shape[1]
    d = dz.reshape(-1, F)
    dW = layers.im2col(x, kernel, stride, padding).T @ d
    db = d.sum(0)
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    dx = dx * (x > 0)
    return dx, dW, db
""",
        must=(
            "relu | mask | x > 0 | activation | zeroed | set to 0 | x is negative | negative x | x is positive | "
            "positive x | where x | slope"
        ),
        must_not="flip | bias",
    ),
    Coding(
        "conv2d_backward",
        "The patches are flipped for dW, as a true convolution would have it.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    C, F = x.shape[-1], dz.shape[-1]
    flat = dz.reshape(-1, F)
    cols = layers.im2col(x, kernel, stride, padding)
    flipped = cols.reshape(-1, KH, KW, C)[:, ::-1, ::-1, :].reshape(cols.shape)
    dW = flipped.T @ flat
    db = flat.sum(axis=0)
    dx = layers.col2im(flat @ W.T, x.shape, kernel, stride, padding)
    return dx, dW, db
""",
        must="flip | revers | mirror | rotat | 180 | [::-1] | ::-1 | true convolution | upside down",
        must_not="bias | averag",
    ),
    Coding(
        "avgpool_forward",
        "The sum is divided by how many numbers of the window differ from 0 or are positive, not by all.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    w = x.reshape(N, H // size, size, W // size, size, C)
    total = w.sum(axis=(2, 4))
    count = (w > 0).sum(axis=(2, 4))
    return total / np.maximum(count, 1)
""",
        must=(
            "nonzero | non-zero | count | positive | x > 0 | above 0 | size * size | size**2 | size ** 2 | size^2 "
            "| size² | number of | divid | divisor | denominator"
        ),
        must_not="maximum of | channel",
    ),
    Coding(
        "avgpool_forward",
        "The reshape has the axes in the wrong order: pixels far apart are averaged, not neighbours.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    blocks = x.reshape(N, size, H // size, size, W // size, C)
    return blocks.mean(axis=(1, 3))
""",
        must=(
            "interleav | stride | apart | neighbour | neighbor | adjacent | reshape | spread | axes | dilat | comb "
            "| distant | every OH"
        ),
        must_not="divid | channel",
    ),
    Coding(
        "avgpool_forward",
        "A running (y + pixel) / 2 gives the later pixels more weight than the first ones.",
        """
def avgpool_forward(x, size):
    y = x[:, ::size, ::size, :].copy()
    for i in range(size):
        for j in range(size):
            if i == 0 and j == 0:
                continue
            y = (y + x[:, i::size, j::size, :]) / 2
    return y
""",
        must=(
            "running | recen | weight | exponential | halv | successive | equal | unequal | geometric | / 2 | "
            "later pixel | last pixel | moving average | uneven"
        ),
        must_not="maximum | channel",
    ),
    Coding(
        "avgpool_backward",
        "The small image is tiled as a whole, where each of its pixels must be repeated.",
        """
def avgpool_backward(dy, size):
    dx = np.tile(dy, (1, size, size, 1))
    return dx / (size * size)
""",
        must=(
            "tile | tiling | repeat | whole image | interleav | copies of | neighbour | neighbor | apart | side by "
            "side | own window | its window"
        ),
        must_not="divid | channel",
    ),
    Coding(
        "avgpool_backward",
        "Only the first pixel of each window receives the gradient.",
        """
def avgpool_backward(dy, size):
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * size, OW * size, C))
    dx[:, ::size, ::size, :] = dy
    return dx
""",
        must=(
            "one pixel | single pixel | top left | top-left | corner | first pixel | every pixel | all pixels | "
            "each pixel | share | spread | strid | distribut | only one | upper left"
        ),
        must_not="tile | max",
    ),
    Coding(
        "sgd_step",
        "Only the sign of the gradient is used.",
        """
def sgd_step(parameter, gradient, lr):
    step = np.zeros_like(parameter)
    step[gradient > 0] = lr
    step[gradient < 0] = -lr
    return parameter - step
""",
        must=(
            "sign | magnitude | size of the gradient | how large | steepness | same size | equal size | lr "
            "everywhere | signsgd | rprop"
        ),
        must_not="uphill | momentum",
    ),
    Coding(
        "sgd_step",
        "The parameter also shrinks by a weight decay.",
        """
def sgd_step(parameter, gradient, lr, weight_decay=1e-2):
    decayed = parameter * (1 - lr * weight_decay)
    return decayed - lr * gradient
""",
        must=(
            "decay | l2 | regulari | shrink | shrunk | 0.01 | 1e-2 | penalty | multiple of the parameter | "
            "parameter...scaled | parameter...multiplied | parameter...smaller | towards 0 | toward 0 | towards "
            "zero"
        ),
        must_not="momentum | sign of",
    ),
    Coding(
        "sgd_step",
        "The gradient is scaled to length 1, or clipped to it.",
        """
def sgd_step(parameter, gradient, lr):
    norm = np.sqrt((gradient ** 2).sum())
    if norm > 1.0:
        gradient = gradient / norm
    return parameter - lr * gradient
""",
        must="clip | norm | length | unit | limited | rescal | too long",
        must_not="sign | momentum",
    ),
)
