"""Held out, for measuring only: mistakes in free codings of im2col, col2im."""

from corpus import Coding

CODINGS = (
    Coding(
        "im2col",
        "The stride is ignored.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    PH, PW = pair("padding", padding, 0)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    N, H, W, C = x.shape
    rows = [
        x[n, i : i + KH, j : j + KW].ravel() for n in range(N) for i in range(H - KH + 1) for j in range(W - KW + 1)
    ]
    return np.array(rows)
""",
        must="stride",
    ),
    Coding(
        "im2col",
        "The kernel is turned by 180 degrees, as in a true convolution.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    rows = []
    for n in range(len(x)):
        for i in range(OH):
            for j in range(OW):
                patch = x[n, i * SH : i * SH + KH, j * SW : j * SW + KW]
                rows.append(patch[::-1, ::-1].ravel())
    return np.array(rows)
""",
        must="flip | 180 | turned | revers | convolution",
    ),
    Coding(
        "im2col",
        "Only the first channel is taken.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    cols = np.zeros((N * OH * OW, KH * KW * C))
    r = 0
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                k = 0
                for u in range(KH):
                    for v in range(KW):
                        cols[r, k * C] = x[n, i * SH + u, j * SW + v, 0]
                        k += 1
                r += 1
    return cols
""",
        must="channel",
    ),
    Coding(
        "im2col",
        "The patches start at i, j in place of i * stride: overlapping patches next to each other.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    PH, PW = pair("padding", padding, 0)
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    rows = []
    for n in range(len(x)):
        for i in range(OH):
            for j in range(OW):
                rows.append(x[n, i : i + KH, j : j + KW].ravel())
    return np.array(rows)
""",
        must="stride",
    ),
    Coding(
        "im2col",
        "Height and width of the patch are exchanged: it is flattened column by column.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    rows = []
    for n in range(len(x)):
        for i in range(OH):
            for j in range(OW):
                patch = x[n, i * SH : i * SH + KH, j * SW : j * SW + KW]
                rows.append(patch.transpose(1, 0, 2).ravel())
    return np.array(rows)
""",
        must="height | another order | wrong order | order | (kernel column",
    ),
    Coding(
        "im2col",
        "The last patch of each row is missing: OW is one too small.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    N, H, W, C = x.shape
    rows = []
    for n in range(N):
        for i in range(0, H - KH, SH):
            for j in range(0, W - KW, SW):
                rows.append(x[n, i : i + KH, j : j + KW].ravel())
    return np.array(rows).reshape(-1, KH * KW * C)
""",
        must="last window | last patch | OW | output size | one too few | one too small | + 1 | last column",
    ),
    Coding(
        "col2im",
        "The padding is not cut off.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    out = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                out[n, i * SH : i * SH + KH, j * SW : j * SW + KW] += patches[n, i, j]
    return out
""",
        must="padding | padded | cut",
    ),
    Coding(
        "col2im",
        "The columns are read channel first.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    patches = cols.reshape(N, OH, OW, C, KH, KW).transpose(0, 1, 2, 4, 5, 3)
    return layers.col2im(patches.reshape(N * OH * OW, -1), x_shape, kernel, stride, padding)
""",
        must="channel | another order | wrong order",
    ),
    Coding(
        "col2im",
        "x_shape is read as (N, C, H, W), and the result is channels first.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    return layers.col2im(cols, x_shape, kernel, stride, padding).transpose(0, 3, 1, 2)
""",
        must="channel | (N, C, H, W) | (N, H, W, C) | NCHW",
    ),
    Coding(
        "col2im",
        "The stride is ignored when patches are put back.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    out = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    for i in range(OH):
        for j in range(OW):
            out[:, i : i + KH, j : j + KW, :] += patches[:, i, j]
    return out[:, PH : PH + H, PW : PW + W, :]
""",
        must="stride",
    ),
    Coding(
        "col2im",
        "The wrong end of the padding is cut: the image begins at 0.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    out = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    for i in range(OH):
        for j in range(OW):
            out[:, i * SH : i * SH + KH, j * SW : j * SW + KW, :] += patches[:, i, j]
    return out[:, :H, :W, :]
""",
        must="wrong side | wrong end | shift | top | left",
    ),
)
