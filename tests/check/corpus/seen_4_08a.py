"""A fourth author's mistakes in free codings of im2col, col2im, conv2d_forward, conv2d_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "im2col",
        "The channel comes first in the row, as torch.nn.Unfold lays it.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    x = np.pad(x, [(0, 0), (PH, PH), (PW, PW), (0, 0)])
    win = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    n, oh, ow = win.shape[:3]
    return win.reshape(n * oh * ow, -1)
""",
        must="channel | order",
        must_not="padding | stride",
    ),
    Coding(
        "im2col",
        "All the padding on one side: at the bottom and at the right.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    big = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    big[:, :H, :W] = x
    cols = np.empty((N, OH, OW, KH * KW * C))
    for i in range(OH):
        for j in range(OW):
            cols[:, i, j] = big[:, i * SH:i * SH + KH, j * SW:j * SW + KW].reshape(N, -1)
    return cols.reshape(N * OH * OW, -1)
""",
        must="padding | side | shifted | top",
        must_not="channel",
    ),
    Coding(
        "im2col",
        "Each patch is flipped, up-down and left-right, as in a textbook's convolution.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    cols = np.zeros((N, OH, OW, KH, KW, C))
    for i in range(KH):
        for j in range(KW):
            cols[:, :, :, KH - 1 - i, KW - 1 - j] = x[:, i:i + SH * OH:SH, j:j + SW * OW:SW][:, :OH, :OW]
    return cols.reshape(-1, KH * KW * C)
""",
        must="flip | turned | reversed | mirrored | order",
        must_not="padding | stride",
    ),
    Coding(
        "col2im",
        "The padding is cut off at the bottom and the right only: the image is shifted.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    img = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    k = 0
    for n in range(N):
        for y in range(OH):
            for x in range(OW):
                img[n, y * SH:y * SH + KH, x * SW:x * SW + KW, :] += cols[k].reshape(KH, KW, C)
                k += 1
    return img[:, :H, :W, :]
""",
        must="padding | shifted | cut | top | PH",
        must_not="stride | channel",
    ),
    Coding(
        "col2im",
        "The rows are read as (channel, kernel row, kernel column), cs231n's order.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    patches = cols.reshape(N, OH, OW, C, KH, KW).transpose(0, 1, 2, 4, 5, 3)
    x = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    for i in range(OH):
        for j in range(OW):
            x[:, i * SH:i * SH + KH, j * SW:j * SW + KW] += patches[:, i, j]
    return x[:, PH:PH + H, PW:PW + W]
""",
        must="channel | order",
        must_not="stride | padding",
    ),
    Coding(
        "conv2d_forward",
        "A convolution in the sense of signal processing: the kernel is flipped.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    K = W.reshape(KH, KW, x.shape[3], W.shape[1])[::-1, ::-1]
    z = layers.im2col(x, kernel, stride, padding) @ K.reshape(W.shape)
    return z.reshape(x.shape[0], OH, OW, W.shape[1]) + b
""",
        must="flip | turned | reversed | mirrored",
        must_not="bias | stride",
    ),
    Coding(
        "conv2d_forward",
        "The stride is used for the number of windows, but the windows move by one pixel.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    (KH, KW), (PH, PW) = pair("kernel", kernel, 1), pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    OH, OW = layers.conv_output_size(H, Wd, kernel, stride, padding)
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    out = np.zeros((N, OH, OW, W.shape[1]))
    for n in range(N):
        for h in range(OH):
            for w in range(OW):
                window = padded[n, h:h + KH, w:w + KW, :]
                out[n, h, w] = window.ravel() @ W + b
    return out
""",
        must="stride",
        must_not="bias | flip",
    ),
    Coding(
        "conv2d_forward",
        "W is read as PyTorch would lay it: (channel, kernel row, kernel column).",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, Wd, C = x.shape
    OH, OW = layers.conv_output_size(H, Wd, kernel, stride, padding)
    cols = layers.im2col(x, kernel, stride, padding).reshape(-1, KH, KW, C)
    weight = W.reshape(C, KH, KW, -1)
    return (np.einsum("pijc,cijf->pf", cols, weight) + b).reshape(N, OH, OW, -1)
""",
        must="channel | order",
        must_not="bias | stride | flip",
    ),
    Coding(
        "conv2d_forward",
        "The return is one level too deep: only the first image is computed.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    N = x.shape[0]
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    z = np.zeros((N, OH, OW, len(b)))
    for i in range(N):
        z[i] = (layers.im2col(x[i:i + 1], kernel, stride, padding) @ W + b).reshape(OH, OW, -1)
        return z
""",
        must="first image | return ... loop | inside the loop | in the loop | image 0 | other images",
        must_not="bias | stride",
    ),
    Coding(
        "conv2d_backward",
        "db is the mean over all places, not the sum.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = W.shape[1]
    d = dz.reshape(-1, F)
    dW = layers.im2col(x, kernel, stride, padding).T @ d
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    return dx, dW, dz.mean(axis=(0, 1, 2))
""",
        must="mean | divided | sum | factor | number of",
        also=("db",),
        must_not="exchanged",
    ),
)
