"""Held out, for measuring only: mistakes in free codings of conv2d_forward, conv2d_backward, avgpool_forward."""

from corpus import Coding

CODINGS = (
    Coding(
        "conv2d_forward",
        "The bias is forgotten.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    return (layers.im2col(x, kernel, stride, padding) @ W).reshape(len(x), OH, OW, -1)
""",
        must=(
            "bias is missing | b is missing | without b | not depend on b | not change when b | bias is not | "
            "bias does not | b is not | no bias | bias was forgotten | without the bias"
        ),
    ),
    Coding(
        "conv2d_forward",
        "The padding is ignored.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, 0)
    return (layers.im2col(x, kernel, stride, 0) @ W + b).reshape(x.shape[0], OH, OW, W.shape[1])
""",
        must="padding",
    ),
    Coding(
        "conv2d_forward",
        "The kernel is flipped, as in a true convolution.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    C, F = x.shape[3], W.shape[1]
    flipped = W.reshape(KH, KW, C, F)[::-1, ::-1].reshape(-1, F)
    return layers.conv2d_forward(x, flipped, b, kernel, stride, padding)
""",
        must="flip | 180 | turned | revers | convolution",
    ),
    Coding(
        "conv2d_forward",
        "= for +=: the last place of the kernel alone counts.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    OH, OW = layers.conv_output_size(H, Wd, kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    K = W.reshape(KH, KW, C, -1)
    z = np.zeros((N, OH, OW, W.shape[1]))
    for u in range(KH):
        for v in range(KW):
            z = xp[:, u : u + SH * (OH - 1) + 1 : SH, v : v + SW * (OW - 1) + 1 : SW, :] @ K[u, v]
    return z + b
""",
        must="overwrit | += | last place | only the last | one place",
    ),
    Coding(
        "conv2d_forward",
        "The bias is added for every place of the kernel.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    OH, OW = layers.conv_output_size(H, Wd, kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    K = W.reshape(KH, KW, C, -1)
    z = np.zeros((N, OH, OW, W.shape[1]))
    for u in range(KH):
        for v in range(KW):
            z += xp[:, u : u + SH * (OH - 1) + 1 : SH, v : v + SW * (OW - 1) + 1 : SW, :] @ K[u, v] + b
    return z
""",
        must="bias",
        also=("times | every place | KH | each place | kernel | more than once | factor | as many",),
    ),
    Coding(
        "conv2d_forward",
        "OH and OW are exchanged in the reshape.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    return (layers.im2col(x, kernel, stride, padding) @ W + b).reshape(len(x), OW, OH, -1)
""",
        must="exchang | swap | (OW, OH) | height and width | OH and OW",
    ),
    Coding(
        "conv2d_backward",
        "The order is (dW, db, dx).",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    rows = dz.reshape(-1, dz.shape[-1])
    dW = layers.im2col(x, kernel, stride, padding).T @ rows
    dx = layers.col2im(rows @ W.T, x.shape, kernel, stride, padding)
    return dW, rows.sum(axis=0), dx
""",
        must="order | exchang | swap | dW, db, dx",
    ),
    Coding(
        "conv2d_backward",
        "The dx of overlapping patches is overwritten, not added.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    _, OH, OW, F = dz.shape
    dxp = np.zeros((N, H + 2 * PH, Wd + 2 * PW, C))
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                patch = (W @ dz[n, i, j]).reshape(KH, KW, C)
                dxp[n, i * SH : i * SH + KH, j * SW : j * SW + KW] = patch
    d = dz.reshape(-1, F)
    dW = layers.im2col(x, kernel, stride, padding).T @ d
    return dxp[:, PH : PH + H, PW : PW + Wd], dW, d.sum(axis=0)
""",
        must="overwrit | += | overlap | added | share",
    ),
    Coding(
        "conv2d_backward",
        "dW is transposed: (F, KH*KW*C), as PyTorch has it.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    d = dz.reshape(-1, dz.shape[-1])
    dW = d.T @ layers.im2col(x, kernel, stride, padding)
    return layers.col2im(d @ W.T, x.shape, kernel, stride, padding), dW, d.sum(axis=0)
""",
        must="transpos | (F, | turned | exchang",
    ),
    Coding(
        "conv2d_backward",
        "dW holds the last image only: = for +=.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = dz.shape[-1]
    for n in range(len(x)):
        dW = layers.im2col(x[n : n + 1], kernel, stride, padding).T @ dz[n].reshape(-1, F)
    d = dz.reshape(-1, F)
    return layers.col2im(d @ W.T, x.shape, kernel, stride, padding), dW, d.sum(axis=0)
""",
        must="last image | last sample | overwrit | += | only the last",
    ),
    Coding(
        "conv2d_backward",
        "dx is computed with the kernel turned by 180 degrees.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    C, F = x.shape[3], W.shape[1]
    flipped = W.reshape(KH, KW, C, F)[::-1, ::-1].reshape(-1, F)
    d = dz.reshape(-1, F)
    dx = layers.col2im(d @ flipped.T, x.shape, kernel, stride, padding)
    return dx, layers.im2col(x, kernel, stride, padding).T @ d, d.sum(axis=0)
""",
        must="flip | 180 | turned | revers",
    ),
    Coding(
        "conv2d_backward",
        "dW is computed from images whose borders were set to zero.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    d = dz.reshape(-1, dz.shape[-1])
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    PH, PW = pair("padding", padding, 0)
    inner = x.copy()
    N, H, Wd, C = x.shape
    if PH:
        inner[:, :PH] = inner[:, H - PH :] = 0
    if PW:
        inner[:, :, :PW] = inner[:, :, Wd - PW :] = 0
    return dx, layers.im2col(inner, kernel, stride, padding).T @ d, d.sum(axis=0)
""",
        must="border | edge | rim | outer",
    ),
    Coding(
        "avgpool_forward",
        "The maximum of each window in place of the mean.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    return x.reshape(N, H // PH, PH, W // PW, PW, C).max(axis=(2, 4))
""",
        must="largest value | maximum | largest of | max pool",
    ),
    Coding(
        "avgpool_forward",
        "Divided by the size, not by its square.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    return x.reshape(N, H // PH, PH, W // PW, PW, C).sum(axis=(2, 4)) / PH
""",
        must=(
            "size^2 | square of | both axes | number of pixels | one side | by the side | window ... factor | PH "
            "PW | PH = | area | width of the window | height of the window"
        ),
    ),
    Coding(
        "avgpool_forward",
        "The channels are averaged too.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    y = np.zeros((N, H // PH, W // PW, C))
    for i in range(H // PH):
        for j in range(W // PW):
            y[:, i, j, :] = x[:, i * PH : (i + 1) * PH, j * PW : (j + 1) * PW].mean(axis=(1, 2, 3))[:, None]
    return y
""",
        must="channel",
    ),
    Coding(
        "avgpool_forward",
        "The last window of each column stays zero: the loop is one too short.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    y = np.zeros((N, H // PH, W // PW, C))
    for i in range(H // PH - 1):
        for j in range(W // PW):
            y[:, i, j] = x[:, i * PH : (i + 1) * PH, j * PW : (j + 1) * PW].mean(axis=(1, 2))
    return y
""",
        must="last row | last window",
        must_not="last column",
    ),
    Coding(
        "avgpool_forward",
        "Only the rows are pooled.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    return x.reshape(N, H // PH, PH, W, C).mean(axis=2)
""",
        must="width | one axis | both axes | only the height | only the rows | columns",
    ),
)
