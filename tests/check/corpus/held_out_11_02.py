"""Mistakes of two more authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_backward",
        (
            "dW multiplies the batch sum of x with the batch sum of dz (two separate batch indices, over N) "
            "instead of summing the products of each sample."
        ),
        """
def dense_backward(x, W, dz):
    N = x.shape[0]
    dx = np.einsum('nh,dh->nd', dz, W)
    dW = np.einsum('nd,kh->dh', x, dz) / N
    db = np.einsum('nh->h', dz)
    return dx, dW, db
""",
        must=(
            "dW...each sample | dW...products | dW...mean of x | dW...sum of x | dW...sums | dW...separate | "
            "product of the mean | product of mean | product of sums | product of the sum | mean of x | mean input "
            "| average input | average of x | x.mean | sample with itself | same sample | each sample | outer "
            "product | every pair | each pair | all pairs | correlat"
        ),
        must_not="db",
    ),
    Coding(
        "dense_backward",
        "dx is masked where the input is not positive: a ReLU's backward step that does not belong to this layer.",
        """
def dense_backward(x, W, dz):
    dW = x.T @ dz
    db = dz.sum(axis=0)
    dx = dz @ W.T
    dx[x <= 0] = 0
    return dx, dW, db
""",
        must=(
            "relu | mask | set to 0 | zeroed | zeros where | x <= 0 | where x | x > 0 | input is negative | "
            "negative input | positive input"
        ),
        must_not="transpos | mean",
    ),
    Coding(
        "relu_backward",
        "The gradient is multiplied by the activation relu(z) rather than by the slope 0 or 1.",
        """
def relu_backward(z, da):
    a = np.maximum(z, 0)
    dz = a * da
    return dz
""",
        must=(
            "activation | relu(z) | relu itself | times z | by z | times a | instead of the slope | instead of its "
            "slope | slope ... 0 or 1 | slope, | derivative | z * da | da * z | 0 or 1 | function ... instead of | "
            "factor z | max(z"
        ),
        must_not="sign | da > 0",
    ),
    Coding(
        "im2col",
        "The image is continued periodically at its edges instead of by zeros.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x.shape
    # boundary condition
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)), mode="wrap")
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    rows = []
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                rows.append(xp[n, i * stride:i * stride + KH, j * stride:j * stride + KW].reshape(-1))
    return np.array(rows)
""",
        must=(
            "wrap | periodic | circular | opposite | other side | other edge | pad...zero | zero...pad | padded "
            "with | padding with | padding...zeros | border | edge | outside the image | around | torus"
        ),
        must_not="stride | channel",
    ),
    Coding(
        "im2col",
        "All the padding goes to the bottom and the right, none to the top and the left.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    extra = 2 * padding
    xp = np.pad(x, ((0, 0), (0, extra), (0, extra), (0, 0)))
    N, H, W, C = xp.shape
    OH = (H - KH) // stride + 1
    OW = (W - KW) // stride + 1
    rows = []
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                top, left = i * stride, j * stride
                patch = xp[n, top:top + KH, left:left + KW, :]
                rows.append(patch.ravel())
    return np.array(rows)
""",
        must=(
            "bottom | one side | both sides | each side | every side | all sides | all four | end of | right and | "
            "after the image | shifted | top and left | left and top | before the image | on the left | at the top "
            "| offset"
        ),
        must_not="channel ... first | flipped",
    ),
    Coding(
        "col2im",
        (
            "Overlapping contributions are averaged (divided by how many patches cover the pixel): an inverse of "
            "im2col rather than its transpose."
        ),
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x_shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    xp = np.zeros((N, H + 2 * padding, W + 2 * padding, C), dtype=cols.dtype)
    cover = np.zeros_like(xp)
    for i in range(OH):
        for j in range(OW):
            sl = np.s_[:, i * stride:i * stride + KH, j * stride:j * stride + KW, :]
            xp[sl] += patches[:, i, j]
            cover[sl] += 1
    xp = xp / np.maximum(cover, 1)
    return xp[:, padding:padding + H, padding:padding + W, :]
""",
        must="averag | mean | divid | count | how many | number of patches | number of times | inverse | overlap",
        must_not="overwrit | padding",
    ),
    Coding(
        "col2im",
        (
            "Where patches overlap the contributions are averaged (divided by how often a pixel was used) instead "
            "of added."
        ),
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, W, C = x_shape
    Hp, Wp = H + 2 * padding, W + 2 * padding
    OH = (Hp - KH) // stride + 1
    OW = (Wp - KW) // stride + 1
    out = np.zeros((N, Hp, Wp, C))
    divisor = np.zeros((N, Hp, Wp, C))
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    for i in range(OH):
        for j in range(OW):
            r, c = i * stride, j * stride
            out[:, r:r + KH, c:c + KW, :] += patches[:, i, j]
            divisor[:, r:r + KH, c:c + KW, :] += 1
    out = out / np.maximum(divisor, 1)
    return out[:, padding:padding + H, padding:padding + W, :]
""",
        must=(
            "averag | mean | divid | overlap | count | how often | how many | number of patches | sum of | added "
            "up | normalis"
        ),
        must_not="overwrit | order",
    ),
    Coding(
        "conv2d_forward",
        (
            "W's rows are read in the order channel, kernel row, kernel column instead of kernel row, kernel "
            "column, channel."
        ),
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, Wd, C = x.shape
    F = W.shape[1]
    K = W.reshape(C, KH, KW, F)
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    z = np.zeros((N, OH, OW, F), dtype=x.dtype)
    for i in range(OH):
        for j in range(OW):
            patch = xp[:, i * stride:i * stride + KH, j * stride:j * stride + KW, :]
            z[:, i, j] = np.einsum('nklc,cklf->nf', patch, K)
    return z + b
""",
        must=(
            "channel...first | channel...before | channel...order | order...channel | rows of W | W's rows | order "
            "of W | reshape | channel, kernel | channels first | channel-first | PyTorch | order | (C, K | kernel "
            "row, kernel column, channel | channel...last"
        ),
        must_not="flip | bias",
    ),
    Coding(
        "conv2d_forward",
        "The window moves by 1 instead of by the stride; only the number of outputs knows the stride.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    x_pad = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    N, H, Wd, C = x_pad.shape
    OH = (H - KH) // stride + 1
    OW = (Wd - KW) // stride + 1
    z = np.zeros((N, OH, OW, W.shape[1]))
    for i in range(OH):
        for j in range(OW):
            window = x_pad[:, i:i + KH, j:j + KW, :]
            z[:, i, j, :] = window.reshape(N, -1) @ W + b
    return z
""",
        must="stride",
        must_not="flip | bias",
    ),
    Coding(
        "conv2d_backward",
        "db takes the mean over the output's positions instead of the sum.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    N, OH, OW, F = dz.shape
    cols = layers.im2col(x, kernel, stride, padding)
    d = dz.reshape(-1, F)
    dW = np.einsum('pk,pf->kf', cols, d)
    dx = layers.col2im(np.einsum('pf,kf->pk', d, W), x.shape, kernel, stride, padding)
    db = np.einsum('nijf->f', dz) / (OH * OW)
    return dx, dW, db
""",
        must=(
            "db...mean | db...averag | db...divid | db...position | db...pixel | db...OH | db...sum | db...small | "
            "bias...mean | bias...averag | bias...divid | bias...position | bias...pixel | bias...sum | OH*OW | OH "
            "* OW | OH OW | output positions | positions | number of pixels"
        ),
        must_not="dx | dW",
    ),
    Coding(
        "conv2d_backward",
        "dW is averaged over the output positions (divided by OH*OW) instead of summed.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, Wd, C = x.shape
    _, OH, OW, F = dz.shape
    x_pad = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    dx_pad = np.zeros_like(x_pad)
    dW = np.zeros_like(W)
    for i in range(OH):
        for j in range(OW):
            r, c = i * stride, j * stride
            window = x_pad[:, r:r + KH, c:c + KW, :].reshape(N, -1)
            delta = dz[:, i, j, :]
            dW += window.T @ delta
            dx_pad[:, r:r + KH, c:c + KW, :] += (delta @ W.T).reshape(N, KH, KW, C)
    dW = dW / (OH * OW)   # weights are shared, so take the average
    db = dz.sum(axis=(0, 1, 2))
    dx = dx_pad[:, padding:padding + H, padding:padding + Wd, :]
    return dx, dW, db
""",
        must=(
            "dW ... averag | averag ... position | mean ... position | dW ... mean | dW ... divid | divid ... OH | "
            "divid ... position | OH*OW | OH * OW | number of positions | number of output | output pixels | dW "
            "... factor | dW ... times too small | dW ... too small | dW is scaled"
        ),
        must_not="flip | stride",
    ),
    Coding(
        "avgpool_forward",
        "The sum of each window is divided by its side, not by its area size^2.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    blocks = x.reshape(N, H // size, size, W // size, size, C)
    return np.einsum('niajbc->nijc', blocks) / size
""",
        must=(
            "size^2 | size**2 | size ** 2 | size * size | size*size | size squared | size² | square of | squared | "
            "area | side | divid...size | times size | factor size | factor of size | size times | number of "
            "pixels | how many pixels | numbers in | entries in | pixels in the window | one direction | one axis"
        ),
        must_not="max | overlap",
    ),
    Coding(
        "avgpool_forward",
        "The image is reshaped with the window axis before the grid axis, so pixels far apart are averaged.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    out_h, out_w = H // size, W // size
    blocks = x.reshape(N, size, out_h, size, out_w, C)
    return blocks.mean(axis=(1, 3))
""",
        must=(
            "far apart | apart | neighbour | neighbor | adjacent | next to each other | reshape | axes | axis | "
            "every ... pixel | stride | interleav | scatter | spread | order of | swapped | mixed | wrong pixels | "
            "other windows | different windows | lie together"
        ),
        must_not="sum | max",
    ),
)
