"""Mistakes of two authors who wrote after the last change."""

from corpus import Coding

CODINGS = (
    Coding(
        "im2col",
        "Pads with the border's own pixels (edge) instead of zeros.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, (tuple, list)) else (kernel, kernel)
    P = padding
    xp = np.pad(x, ((0, 0), (P, P), (P, P), (0, 0)), mode='edge')
    v = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(1, 2))
    v = v[:, ::stride, ::stride]                       # N, OH, OW, C, KH, KW
    N, OH, OW, C = v.shape[:4]
    return v.transpose(0, 1, 2, 4, 5, 3).reshape(N * OH * OW, KH * KW * C).copy()
""",
        must="edge | zeros | border | pad",
        must_not="order",
    ),
    Coding(
        "im2col",
        "The output columns run slower than the output rows.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, W, C = x.shape
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    rows = []
    for n in range(N):
        for j in range(OW):
            for i in range(OH):
                patch = xp[n, i * stride:i * stride + KH, j * stride:j * stride + KW, :]
                rows.append(patch.reshape(-1))
    return np.array(rows)
""",
        must=(
            "column...row | row...column | order of the rows | order of the patches | output column | transpos | "
            "outer loop | swapped | order of the windows | rows...order | patches...order | positions | OW...OH | "
            "column by column"
        ),
    ),
    Coding(
        "im2col",
        "The stride is used for the rows only; the columns go on by 1.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, W, C = x.shape
    xp = np.zeros((N, H + 2 * padding, W + 2 * padding, C), dtype=x.dtype)
    xp[:, padding:padding + H, padding:padding + W, :] = x
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    cols = np.zeros((N * OH * OW, KH * KW * C), dtype=x.dtype)
    r = 0
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                top = i * stride
                cols[r] = xp[n, top:top + KH, j:j + KW].flatten()
                r += 1
    return cols
""",
        must="stride | steps of 1 | step of 1",
    ),
    Coding(
        "col2im",
        "Cuts the whole padding off at the top and left instead of half on each side.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x_shape
    S, P = stride, padding
    Hp, Wp = H + 2 * P, W + 2 * P
    OH, OW = (Hp - KH) // S + 1, (Wp - KW) // S + 1
    c = cols.reshape(N, OH, OW, KH, KW, C)
    img = np.zeros((N, Hp, Wp, C), dtype=cols.dtype)
    for kh in range(KH):
        for kw in range(KW):
            img[:, kh:kh + S * OH:S, kw:kw + S * OW:S, :] += c[:, :, :, kh, kw, :]
    return img[:, 2 * P:, 2 * P:, :]
""",
        must="crop | padding | cut | trim | border | shift | offset | one side | both sides | each side | moved",
        must_not="order",
    ),
    Coding(
        "col2im",
        "Averages overlapping patches instead of summing them.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x_shape
    P, S = padding, stride
    OH, OW = (H + 2 * P - KH) // S + 1, (W + 2 * P - KW) // S + 1
    c = cols.reshape(N, OH, OW, KH, KW, C)
    out = np.zeros((N, H + 2 * P, W + 2 * P, C), cols.dtype)
    cnt = np.zeros_like(out)
    for i in range(OH):
        for j in range(OW):
            out[:, i*S:i*S+KH, j*S:j*S+KW] += c[:, i, j]
            cnt[:, i*S:i*S+KH, j*S:j*S+KW] += 1
    out = out / np.maximum(cnt, 1)          # several estimates of one pixel
    return out[:, P:P+H, P:P+W]
""",
        must="average | averag | mean | count | divid | how often | how many patches | number of patches | overlap",
        must_not="padding",
    ),
    Coding(
        "col2im",
        "Where patches overlap, the mean is taken and not the sum.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, W, C = x_shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    xp = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    count = np.zeros(xp.shape)
    r = 0
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                a, b = i * stride, j * stride
                xp[n, a:a + KH, b:b + KW] += cols[r].reshape(KH, KW, C)
                count[n, a:a + KH, b:b + KW] += 1
                r = r + 1
    count[count == 0] = 1
    xp = xp / count
    return xp[:, padding:padding + H, padding:padding + W]
""",
        must="averag | divi | count | mean | overlap | how many patches | how often | number of patches",
    ),
    Coding(
        "conv2d_forward",
        "Takes the mean over the patch (divides by KH KW C) instead of the sum.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    cols = layers.im2col(x, (KH, KW), stride, padding)
    N, H, Wd, C = x.shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    # weighted mean over each patch
    z = cols @ W / cols.shape[1] + b
    return z.reshape(N, OH, OW, -1)
""",
        must=(
            "mean | divid | average | averag | factor | times too small | too small | KH KW C | KH*KW*C | number "
            "of weights | scal"
        ),
        must_not="flip | pad",
    ),
    Coding(
        "conv2d_forward",
        "Puts all the padding at the top and left, none at the bottom and right.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, Wd, C = x.shape
    F = W.shape[1]
    xp = np.zeros((N, H + 2 * padding, Wd + 2 * padding, C), dtype=x.dtype)
    xp[:, 2 * padding:, 2 * padding:, :] = x
    OH = (xp.shape[1] - KH) // stride + 1
    OW = (xp.shape[2] - KW) // stride + 1
    z = np.zeros((N, OH, OW, F), dtype=x.dtype)
    for i in range(OH):
        for j in range(OW):
            patch = xp[:, i*stride:i*stride+KH, j*stride:j*stride+KW, :].reshape(N, -1)
            z[:, i, j, :] = patch @ W + b
    return z
""",
        must=(
            "both sides | one side | each side | all sides | top | left | bottom | symmetric | padding | shift | "
            "offset | corner"
        ),
        must_not="flip",
    ),
    Coding(
        "conv2d_backward",
        "dz is flattened with the image index fastest, while the rows of im2col have it slowest.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    cols = layers.im2col(x, kernel, stride, padding)
    N, OH, OW, F = dz.shape
    d = dz.transpose(1, 2, 0, 3).reshape(OH * OW * N, F)    # observations in rows
    dW = cols.T @ d
    db = d.sum(0)
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    return dx, dW, db
""",
        must=(
            "order | align | transpos | image... last | image... first | image... fastest | rows of dz | rows... "
            "match | rows... belong | other patch | wrong patch | another patch | other position | other image | "
            "flatten | reshap | permut | mixed | scrambl | paired"
        ),
        must_not="flip | kernel",
    ),
    Coding(
        "conv2d_backward",
        "db is summed over the positions, but averaged over the batch, which dz has done already.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    N, OH, OW, F = dz.shape
    cols = layers.im2col(x, kernel, stride, padding)
    d = dz.reshape(N * OH * OW, F)
    dW = cols.T @ d
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    db = np.zeros(F)
    for n in range(N):
        for f in range(F):
            db[f] += dz[n, :, :, f].sum() / N
    return dx, dW, db
""",
        must=(
            "mean...batch | averag | 1/N | divi | db...N | already | mean | batch | N times too | factor N | "
            "factor 1/N | N again"
        ),
    ),
    Coding(
        "avgpool_forward",
        "The window's sum is divided by size and not by size * size.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    y = np.zeros((N, H // size, W // size, C))
    for i in range(H // size):
        for j in range(W // size):
            window = x[:, i * size:(i + 1) * size, j * size:(j + 1) * size, :]
            y[:, i, j, :] = window.sum(axis=1).sum(axis=1) / size
    return y
""",
        must=(
            "size**2 | size ** 2 | size * size | size^2 | squared | square of | number of pixels | pixels of | "
            "pixels in | number of entries | window has | window holds | divi...size | size times too | factor "
            "size | by size | divi | side"
        ),
    ),
    Coding(
        "avgpool_backward",
        "Divides by the number of windows OH OW instead of the number of pixels in a window.",
        """
def avgpool_backward(dy, size):
    N, OH, OW, C = dy.shape
    ones = np.ones((size, size))
    # mean -> 1/n for everyone
    return np.kron(dy.transpose(0, 3, 1, 2), ones).transpose(0, 2, 3, 1) / (OH * OW)
""",
        must=(
            "divid | factor | size squared | size * size | size**2 | size^2 | size x size | number of windows | "
            "number of pixels | OH | area | scale | share | times too"
        ),
        must_not="tile | order",
    ),
    Coding(
        "avgpool_backward",
        "Each gradient goes to the first pixel of its window only, and the others get 0.",
        """
def avgpool_backward(dy, size):
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * size, OW * size, C))
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                for c in range(C):
                    dx[n, i * size, j * size, c] = dy[n, i, j, c] / size ** 2
    return dx
""",
        must=(
            "first pixel | top left | top-left | upper left | corner | one pixel | only one | single pixel | other "
            "pixels | all pixels | every pixel | each pixel | whole window | spread | rest of the window | zeros | "
            "most pixels | shared | subsampl"
        ),
    ),
)
