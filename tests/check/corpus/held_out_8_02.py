"""Mistakes of an eleventh and a twelfth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "relu_backward",
        "LeakyReLU's backward: slope 0.01 where z is negative or 0.",
        """
def relu_backward(z, da):
    dz = np.zeros(z.shape)
    it = np.nditer(z, flags=["multi_index"])
    for v in it:
        k = it.multi_index
        dz[k] = da[k] if v > 0 else 0.01 * da[k]
    return dz
""",
        must=(
            "leak | 0.01 | 1 % | 1% | hundredth | small slope | small part | small fraction | negative z | z < 0 | "
            "z <= 0 | z is negative | z below 0 | where z | below zero | negative side | inactive | silent"
        ),
        must_not="sign | -1",
    ),
    Coding(
        "im2col",
        "The rows are in the order output row, output column, image.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x.shape
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    rows = []
    for i in range(OH):
        for j in range(OW):
            patch = xp[:, i * stride:i * stride + KH, j * stride:j * stride + KW, :]
            rows.append(patch.reshape(N, -1))
    return np.concatenate(rows, axis=0)
""",
        must=(
            "order of ... rows | rows ... order | image ... first | image ... slowest | image ... last | image ... "
            "outer | interleav | row order | oh, ow, n | by position | images ... mixed | images ... alternate | "
            "rows ... image | rows ... permut | image ... fastest"
        ),
        must_not="flip | channel",
    ),
    Coding(
        "im2col",
        "CS231n's row order: output position first and the image fastest, instead of the image slowest.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x.shape
    p = np.pad(x, [(0, 0), (padding,) * 2, (padding,) * 2, (0, 0)], mode="constant")
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    patches = []
    for i in range(OH):
        for j in range(OW):
            top, left = i * stride, j * stride
            patches.append(p[:, top:top + KH, left:left + KW, :].reshape(N, -1))
    return np.concatenate(patches, axis=0)
""",
        must=(
            "order of the rows | order of rows | rows...order | image...order | order...image | images...first | "
            "image first | image must | image should | image, output | image, then | image changes fastest | image "
            "varies fastest | images vary | images alternate | interleav | fastest | slowest | position first | "
            "output position | rows are permuted | rows permuted | rows of...image | rows...images | one image "
            "after | image after image | image by image | all images"
        ),
        must_not="channel | kernel column",
    ),
    Coding(
        "im2col",
        (
            "Port of CS231n: a row runs channel, kernel row, kernel column instead of kernel row, kernel column, "
            "channel."
        ),
        """
def im2col(x, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, W, C = x.shape
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    cols = np.zeros((N * OH * OW, KH * KW * C))
    r = 0
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                k = 0
                for c in range(C):
                    for u in range(KH):
                        for v in range(KW):
                            cols[r, k] = xp[n, i * stride + u, j * stride + v, c]
                            k += 1
                r += 1
    return cols
""",
        must=(
            "channel...first | channel first | channels first | channel-first | channels-first | channel, kernel | "
            "channel comes | channels come | channel last | channels last | channel must | channel should | order "
            "of the columns | order within | order in a row | order of a row's | order of the numbers | order "
            "within the row | columns...order | order...channel | channel...order | channel varies | channel "
            "changes | channel is the slow | slowest | fastest | CHW | (C, KH | C, KH, KW | columns are permuted | "
            "columns permuted | columns are in"
        ),
        must_not="order output | padding is | image, output",
    ),
    Coding(
        "col2im",
        "x[idx] += with repeated indices adds only once: overlapping patches are lost (needs np.add.at).",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, W, C = x_shape
    Hp, Wp = H + 2 * padding, W + 2 * padding
    OH = (Hp - KH) // stride + 1
    OW = (Wp - KW) // stride + 1
    x = np.zeros((N, Hp, Wp, C))
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    r = stride * np.arange(OH)[:, None, None, None] + np.arange(KH)[None, None, :, None]
    c = stride * np.arange(OW)[None, :, None, None] + np.arange(KW)[None, None, None, :]
    x[:, r, c, :] += patches
    return x[:, padding:Hp - padding, padding:Wp - padding, :]
""",
        must=(
            "overlap | add.at | overwrit | last patch | last ... wins | accumul | several patches | summed | sum "
            "of | duplicate | shared | share | added up | add up | more than one patch | only one patch | += | "
            "once"
        ),
    ),
    Coding(
        "col2im",
        "Overlapping contributions are averaged instead of summed (divided by the count).",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, W, C = x_shape
    p, s = padding, stride
    OH, OW = (H + 2 * p - KH) // s + 1, (W + 2 * p - KW) // s + 1
    img = np.zeros((N, H + 2 * p, W + 2 * p, C))
    cnt = np.zeros_like(img)
    blocks = cols.reshape(N, OH, OW, KH, KW, C)
    for i in range(KH):
        for j in range(KW):
            img[:, i:i + s * OH:s, j:j + s * OW:s] += blocks[:, :, :, i, j]
            cnt[:, i:i + s * OH:s, j:j + s * OW:s] += 1
    img = img / np.maximum(cnt, 1)
    return img[:, p:p + H, p:p + W]
""",
        must=(
            "averag | mean | count | divid | number of patches | inverse | summed | sum of | undo | how many "
            "patches | add up"
        ),
        must_not="overwrit",
    ),
    Coding(
        "conv2d_forward",
        "W's rows are read in PyTorch's order (C, KH, KW), whereas they come as kernel row, kernel column, channel.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, Wd, C = x.shape
    F = W.shape[1]
    weight = W.reshape(C, KH, KW, F)             # OIHW without the O
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    z = np.zeros((N, OH, OW, F))
    for u in range(KH):
        for v in range(KW):
            piece = xp[:, u:u + stride * (OH - 1) + 1:stride, v:v + stride * (OW - 1) + 1:stride, :]
            z += np.einsum("nijc,cf->nijf", piece, weight[:, u, v, :])
    return z + b
""",
        must=(
            "channel | order of W | order of the rows | rows of W | W's rows | order...rows | (C, KH | C, KH, KW | "
            "CHW | reshap | laid out | layout | order of the weights | order of a patch"
        ),
        must_not="flip | stride is | padding is",
    ),
    Coding(
        "conv2d_backward",
        "In dx the kernel is turned by 180 degrees, though the loop scatters and needs no flip.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, Wd, C = x.shape
    _, OH, OW, F = dz.shape
    p, s = padding, stride
    K = W.reshape(KH, KW, C, F)
    Krot = K[::-1, ::-1]           # rotate 180 for the full convolution
    xp = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)))
    dxp = np.zeros_like(xp)
    dK = np.zeros_like(K)
    for i in range(KH):
        for j in range(KW):
            win = (slice(None), slice(i, i + s * OH, s), slice(j, j + s * OW, s))
            dK[i, j] = np.einsum('nhwc,nhwf->cf', xp[win], dz)
            dxp[win] += dz @ Krot[i, j].T
    dx = dxp[:, p:p + H, p:p + Wd]
    return dx, dK.reshape(W.shape), dz.sum(axis=(0, 1, 2))
""",
        must="flip | rotat | revers | mirror | turned | 180 | upside",
        must_not="db | padding",
    ),
    Coding(
        "conv2d_backward",
        "The loop over images overwrites dW: only the last image's contribution is left.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, Wd, C = x.shape
    OH, OW, F = dz.shape[1:]
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    dxp = np.zeros_like(xp)
    db = dz.sum(axis=(0, 1, 2))
    for n in range(N):
        dW = np.zeros_like(W)
        for i in range(OH):
            for j in range(OW):
                ys, xs = i * stride, j * stride
                dW += np.outer(xp[n, ys:ys + KH, xs:xs + KW].ravel(), dz[n, i, j])
                dxp[n, ys:ys + KH, xs:xs + KW] += (W @ dz[n, i, j]).reshape(KH, KW, C)
    return dxp[:, padding:padding + H, padding:padding + Wd], dW, db
""",
        must=(
            "last image | last sample | final image | final sample | one image | single image | one sample | "
            "single sample | only the last | overwrit | reset | set to zero | sum over the images | sum over "
            "images | sum over the batch | summed over | all images | every image | each image | whole batch | "
            "images...added | over the batch | other images | accumul"
        ),
        must_not="flip | transpos | stride",
    ),
    Coding(
        "avgpool_forward",
        "The sum is divided by size instead of size squared.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    y = np.zeros((N, H // size, W // size, C))
    for i in range(size):
        for j in range(size):
            y += x[:, i::size, j::size]
    return y / size
""",
        must=(
            "size ** 2 | size**2 | size squared | size^2 | size * size | size*size | divid | size times | number "
            "of pixels | factor | area | too large by | how many pixels"
        ),
        must_not="max",
    ),
    Coding(
        "avgpool_forward",
        (
            "reshape(N, H/s, W/s, s, s, C): the axes are split in the wrong order, so the windows gather numbers "
            "that lie one after the other in memory."
        ),
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    blocks = x.reshape(N, H // size, W // size, size, size, C)
    return blocks.mean(axis=(3, 4))
""",
        must=(
            "reshap | split | order of the axes | axes | wrong pixels | other pixels | which pixels | pixels of | "
            "neighbour | neighbor | in memory | run of | consecutive | one row | same row | along the row | in a "
            "row | wrong windows | window...pixels | pixels...window | gather | mixes | mixed | scrambl | belong | "
            "strip | flat"
        ),
        must_not="maximum | size^2 | sum in place",
    ),
    Coding(
        "avgpool_backward",
        (
            "np.tile (repmat) in place of np.repeat: the pooled image is laid side by side, not each entry "
            "enlarged to its window."
        ),
        """
def avgpool_backward(dy, size):
    # repmat(dy, size, size) / size^2
    return np.tile(dy, (1, size, size, 1)) / float(size * size)
""",
        must=(
            "tile | tiled | repeat | repmat | side by side | copies of the whole | copies of the image | whole "
            "image | whole dy | whole pooled | its own window | own window | enlarg | wrong window | wrong place | "
            "wrong pixel | places | position | other window | another window | window that | neighbour | neighbor "
            "| block of | each entry | each number | next to each other | pixels of its window | in its window | "
            "where it | belong | scatter"
        ),
        must_not="divid | sum | size^2",
    ),
)
