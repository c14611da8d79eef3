"""Mistakes of two authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_backward",
        "dx goes back through the pseudo-inverse of W instead of its transpose.",
        """
def dense_backward(x, W, dz):
    # invert z = x W to get back to x
    dx = dz @ np.linalg.pinv(W)
    dW = x.T @ dz
    db = dz.sum(axis=0)
    return dx, dW, db
""",
        must="inverse | pinv | invert | transpose | W.T | W^T | inversion",
        must_not="batch",
    ),
    Coding(
        "dense_backward",
        "dW uses x centred over the batch, as in least squares with an intercept.",
        """
def dense_backward(x, W, dz):
    xc = x - x.mean(0)               # the intercept takes up the mean
    dW = np.einsum('nd,nh->dh', xc, dz)
    db = dz.sum(0)
    dx = np.einsum('nh,dh->nd', dz, W)
    return dx, dW, db
""",
        must=(
            "cent | subtract | minus... mean | mean... taken off | mean... removed | mean of x | mean of the input "
            "| batch mean | covarian"
        ),
        must_not="transpos",
    ),
    Coding(
        "dense_backward",
        "db is added up in the loop over the features, so it is D times too large.",
        """
def dense_backward(x, W, dz):
    N, D = x.shape
    H = W.shape[1]
    dx = np.zeros((N, D))
    dW = np.zeros((D, H))
    db = np.zeros(H)
    for i in range(N):
        for k in range(D):
            for j in range(H):
                dx[i, k] += dz[i, j] * W[k, j]
                dW[k, j] += x[i, k] * dz[i, j]
                db[j] += dz[i, j]
    return dx, dW, db
""",
        must=(
            "D times | each feature | every feature | per feature | inner loop | innermost | too often | repeated "
            "| factor D | many times | db...times | times D | number of features | number of inputs | once for "
            "each input | times too | too large"
        ),
    ),
    Coding(
        "relu_backward",
        "The mask is made in z itself, so the caller's z is changed.",
        """
def relu_backward(z, da):
    slope = z
    slope[slope < 0] = 0
    slope[slope > 0] = 1
    dz = slope * da
    return dz
""",
        must="in place | chang... z | z...chang | overwrit | modif | copy | mutat | argument | alias | caller",
    ),
    Coding(
        "relu_backward",
        "da is multiplied by relu(z) and not by the slope 0 or 1.",
        """
def relu_backward(z, da):
    a = np.maximum(z, 0)
    dz = da * a
    return dz
""",
        must=(
            "relu(z) | maximum | activation itself | slope...1 | multipl...z | multipl...activation | 0 or 1 | "
            "derivative...1 | times z | times a | scaled by | size of z | value of the activation | relu itself | "
            "by the activation | da * a | z is a factor"
        ),
        must_not="in place",
    ),
    Coding(
        "im2col",
        "Rows run over output positions first and images last.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    N, H, W, C = x.shape
    OH, OW = (H - KH) // stride + 1, (W - KW) // stride + 1
    rows = []
    for i in range(OH):
        for j in range(OW):
            patch = x[:, i * stride:i * stride + KH, j * stride:j * stride + KW, :]
            rows.append(patch.reshape(N, -1))       # one row for each image
    return np.concatenate(rows, axis=0)
""",
        must=(
            "image... first | image... last | images... position | image... fastest | images before | position... "
            "before | order of the rows | rows... order | row order | order image | rows... image | outermost | "
            "slowest | order... rows | image axis"
        ),
        must_not="channel | kernel row | kernel column",
    ),
    Coding(
        "col2im",
        "The padded image is cut at its top left corner, so everything is shifted by the padding.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, W, C = x_shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    img = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    for i in range(OH):
        for j in range(OW):
            for k in range(KH):
                for l in range(KW):
                    img[:, i * stride + k, j * stride + l] += patches[:, i, j, k, l]
    img = img[:, :H, :W, :]
    return img
""",
        must="padding | crop | offset | shift | top left | border | margin | cut | edge | strip",
    ),
    Coding(
        "conv2d_forward",
        "The bias is added for each kernel position, KH*KW times.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, Wd, C = x.shape
    F = W.shape[1]
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    w4 = W.reshape(KH, KW, C, F)
    z = np.zeros((N, OH, OW, F))
    for i in range(OH):
        for j in range(OW):
            for k in range(KH):
                for l in range(KW):
                    z[:, i, j] += xp[:, i * stride + k, j * stride + l] @ w4[k, l] + b
    return z
""",
        must=(
            "KH*KW | KH * KW | bias...times | bias...each | bias...every | bias...only once | bias...once | "
            "bias...inside | bias...inner | b...once | b...times | b...each | bias...multipl | bias...too often | "
            "bias...repeated | bias...more than | bias...factor | kernel position | bias...too large"
        ),
    ),
    Coding(
        "conv2d_forward",
        "The rows of the result are reshaped as if the maps came before the positions.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, Wd, C = x.shape
    F = W.shape[1]
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    cols = layers.im2col(x, kernel, stride, padding)
    z = cols @ W + b
    z = z.reshape(N, F, OH, OW)
    z = z.transpose(0, 2, 3, 1)
    return z
""",
        must=(
            "reshap | scrambl | N, OH, OW, F | channel...last | channel...first | maps...last | maps...first | "
            "filter...last | filter...first | order | layout | mixed | transpos | axes | axis"
        ),
    ),
    Coding(
        "conv2d_backward",
        "db is the mean over the batch (summed over space only), dividing by N a second time.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    cols = layers.im2col(x, kernel, stride, padding)
    F = dz.shape[-1]
    d = dz.reshape(-1, F)
    dW = cols.T @ d
    db = dz.sum(axis=(1, 2)).mean(axis=0)
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    return dx, dW, db
""",
        must="mean | averag | divid | 1/N | / N | N times | over the batch | twice | second time | factor N | by N",
        must_not="flip",
    ),
    Coding(
        "conv2d_backward",
        "dz is brought to rows with the maps in front, so its rows are scrambled.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = W.shape[1]
    cols = layers.im2col(x, kernel, stride, padding)
    db = dz.sum(axis=(0, 1, 2))
    d = dz.transpose(0, 3, 1, 2).reshape(-1, F)
    dW = cols.T @ d
    dcols = d @ W.T
    dx = layers.col2im(dcols, x.shape, kernel, stride, padding)
    return dx, dW, db
""",
        must=(
            "reshap | transpos | scrambl | order | channel...first | maps...first | mixed | layout | "
            "filters...first | axes | axis"
        ),
    ),
    Coding(
        "avgpool_forward",
        "Divides the sum of the window by its side and not by the number of its pixels.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    v = x.reshape(N, H // size, size, W // size, size, C)
    return np.einsum('nhiwjc->nhwc', v) / size
""",
        must=(
            "size squared | size * size | size**2 | size ** 2 | size^2 | size times | size x size | divid | number "
            "of pixels | number of entries | area | once instead of twice | factor | too large | side of the "
            "window | both directions"
        ),
        must_not="order | max",
    ),
    Coding(
        "avgpool_forward",
        "The reshape splits H as (size, H/size), so it averages pixels far apart instead of neighbours.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    v = x.reshape(N, size, H // size, size, W // size, C)
    return v.mean(axis=(1, 3))
""",
        must=(
            "reshape | far apart | neighbo | adjacent | scatter | interleav | dilat | split | order | stride | "
            "axes | axis | not next | apart | window... wrong pixels | other pixels | own window | other windows"
        ),
        must_not="divid | squared",
    ),
)
