"""Rarer mistakes in free codings of im2col, col2im, conv2d_forward, conv2d_backward and avgpool_forward."""

from corpus import Coding

CODINGS = (
    Coding(
        "im2col",
        "Rows in the order (image, column, row).",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    rows = []
    for n in range(N):
        for ow in range(OW):
            for oh in range(OH):
                rows.append(xp[n, oh * SH:oh * SH + KH, ow * SW:ow * SW + KW].reshape(-1))
    return np.stack(rows)
""",
        must="another order than | order of | (image, row, column)",
        must_not="stride | padding",
    ),
    Coding(
        "im2col",
        "One patch in a column: the result is transposed.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    v = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    v = v.transpose(0, 1, 2, 4, 5, 3)
    return v.reshape(-1, KH * KW * x.shape[3]).T
""",
        must="transpos | turned | columns",
        must_not="stride | padding",
    ),
    Coding(
        "im2col",
        "The window is moved by the kernel's size, not by the stride.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (PH, PW) = pair("kernel", kernel, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    rows = [
        xp[n, i:i + KH, j:j + KW].ravel()
        for n in range(N)
        for i in range(0, H + 2 * PH - KH + 1, KH)
        for j in range(0, W + 2 * PW - KW + 1, KW)
    ]
    return np.array(rows)
""",
        must="as the stride | in place of the stride | kernel ... step | overlap",
        must_not="channel",
    ),
    Coding(
        "im2col",
        "Off by one in the ranges: the last window of each line is missing.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    rows = []
    for n in range(N):
        for i in range(0, H + 2 * PH - KH, SH):
            for j in range(0, W + 2 * PW - KW, SW):
                rows.append(xp[n, i:i + KH, j:j + KW].ravel())
    return np.array(rows)
""",
        must="last window | + 1 | one too few | last row | missing | too few | last ... patch | off by one",
        must_not="channel",
    ),
    Coding(
        "col2im",
        "The stride is forgotten: patches are put side by side by one pixel.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    (KH, KW), (PH, PW) = pair("kernel", kernel, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    p = cols.reshape(N, OH, OW, KH, KW, C)
    x = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    for i in range(OH):
        for j in range(OW):
            x[:, i:i + KH, j:j + KW] += p[:, i, j]
    return x[:, PH:PH + H, PW:PW + W]
""",
        must="stride",
        must_not="+= | overwritten",
    ),
    Coding(
        "col2im",
        "The padding stays on.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    p = cols.reshape(N, OH, OW, KH, KW, C)
    x = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    for n, i, j in np.ndindex(N, OH, OW):
        x[n, i * SH:i * SH + KH, j * SW:j * SW + KW] += p[n, i, j]
    return x
""",
        must="padding | padded | cut off",
        must_not="stride",
    ),
    Coding(
        "conv2d_forward",
        "Only the first channel of the picture is seen.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    C = x.shape[3]
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    cols = layers.im2col(x[..., :1], kernel, stride, padding)
    K = W.reshape(KH * KW, C, -1)[:, 0]
    return (cols @ K + b).reshape(len(x), OH, OW, -1)
""",
        must="channel",
        must_not="bias | order | channels first",
    ),
    Coding(
        "conv2d_forward",
        "The bias is added to the patches, before the product.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    cols = layers.im2col(x, kernel, stride, padding)
    z = cols @ (W + b)
    return z.reshape(len(x), OH, OW, -1)
""",
        must="bias | b",
        must_not="bias is missing",
    ),
    Coding(
        "conv2d_forward",
        "Height and width of the result are exchanged in the reshape.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    z = layers.im2col(x, kernel, stride, padding) @ W + b
    return z.reshape(len(x), OW, OH, -1)
""",
        must="height and width | exchanged | order | rows and columns | OW, OH | folded | swapped",
        must_not="bias",
    ),
    Coding(
        "conv2d_backward",
        "dW from pictures without padding, by a loop over windows that are cut at the edge.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    _, OH, OW, F = dz.shape
    dK = np.zeros((KH, KW, C, F))
    for i in range(OH):
        for j in range(OW):
            patch = x[:, i * SH:i * SH + KH, j * SW:j * SW + KW]
            dK[:patch.shape[1], :patch.shape[2]] += np.einsum("nabc,nf->abcf", patch, dz[:, i, j])
    flat = dz.reshape(-1, F)
    return layers.col2im(flat @ W.T, x.shape, kernel, stride, padding), dK.reshape(W.shape), flat.sum(axis=0)
""",
        must="dW",
        also=("padding | padded | border | shifted",),
    ),
    Coding(
        "conv2d_backward",
        "Gradients in the order dW, db, dx, as cs231n's affine layers never had them.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    flat = dz.reshape(-1, dz.shape[-1])
    dW = layers.im2col(x, kernel, stride, padding).T @ flat
    dx = layers.col2im(flat @ W.T, x.shape, kernel, stride, padding)
    return dW, flat.sum(axis=0), dx
""",
        must="order | exchanged | swapped | places | (dx, dW, db)",
    ),
    Coding(
        "conv2d_backward",
        "dz is flattened with the filters first, so rows and errors do not belong together.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = dz.shape[3]
    flat = dz.transpose(3, 1, 2, 0).reshape(F, -1).T
    rows = layers.im2col(x, kernel, stride, padding)
    dx = layers.col2im(flat @ W.T, x.shape, kernel, stride, padding)
    return dx, rows.T @ flat, flat.sum(axis=0)
""",
        must="order | rows | laid out | (image, row, column) | mixed",
        must_not="transposed: the values",
    ),
    Coding(
        "avgpool_forward",
        "The median of the window.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    windows = x.reshape(N, H // PH, PH, W // PW, PW, C)
    return np.median(windows, axis=(2, 4))
""",
        must="median",
        must_not="max",
    ),
    Coding(
        "avgpool_forward",
        "The mean runs over the channels, too, and is spread again.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    y = x.reshape(N, H // PH, PH, W // PW, PW, C).mean(axis=(2, 4, 5))
    return np.repeat(y[..., None], C, axis=3)
""",
        must="channel",
        must_not="max",
    ),
)
