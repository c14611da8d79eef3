"""A fourth author's mistakes, held out, in free codings of several exercises."""

from corpus import Coding

CODINGS = (
    Coding(
        "im2col",
        'The border is repeated (mode="edge") where zeros belong.',
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)), mode="edge")
    N, H, W, C = xp.shape
    return np.array([
        xp[n, r:r + KH, c:c + KW, :].flatten()
        for n in range(N) for r in range(0, H - KH + 1, SH) for c in range(0, W - KW + 1, SW)
    ])
""",
        must="edge | zeros | padding | padded | border",
        must_not="stride",
    ),
    Coding(
        "col2im",
        "Pixels that several patches share get the mean, not the sum.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    total = layers.col2im(cols, x_shape, kernel, stride, padding)
    times = layers.col2im(np.ones_like(cols), x_shape, kernel, stride, padding)
    return total / np.maximum(times, 1)
""",
        must="mean | average | divided | count | how often | sum",
        must_not="stride | padding",
    ),
    Coding(
        "col2im",
        "The last row of the kernel is never brought back.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    cols = cols.reshape(N, OH, OW, KH, KW, C)
    canvas = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    for i in range(KH - 1):
        for j in range(KW):
            canvas[:, i:i + SH * (OH - 1) + 1:SH, j:j + SW * (OW - 1) + 1:SW] += cols[:, :, :, i, j]
    return canvas[:, PH:H + PH, PW:W + PW]
""",
        must="last row | kernel's last | last place | kernel | left out | missing | range",
        must_not="padding | stride",
    ),
    Coding(
        "conv2d_forward",
        "The bias is added inside the loop over the channels, once for each.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    OH, OW = layers.conv_output_size(H, Wd, kernel, stride, padding)
    K = W.reshape(KH, KW, C, -1)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    z = np.zeros((N, OH, OW, K.shape[3]))
    for oh in range(OH):
        for ow in range(OW):
            for c in range(C):
                patch = x[:, oh * SH:oh * SH + KH, ow * SW:ow * SW + KW, c]
                z[:, oh, ow] += np.tensordot(patch, K[:, :, c], axes=2) + b
    return z
""",
        must="bias",
        must_not="bias is missing | flip",
    ),
    Coding(
        "conv2d_forward",
        "The mean over the channels, not the sum.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, Wd, C = x.shape
    OH, OW = layers.conv_output_size(H, Wd, kernel, stride, padding)
    rows = layers.im2col(x, kernel, stride, padding).reshape(N, OH, OW, KH * KW, C)
    z = np.stack([rows[..., c] @ W.reshape(KH * KW, C, -1)[:, c] for c in range(C)])
    return z.mean(axis=0) + b
""",
        must="channel | mean | divided | by C | 1/C | factor",
        must_not="bias is missing | flip | stride",
    ),
    Coding(
        "conv2d_backward",
        "In dx the later window overwrites the earlier one.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    _, OH, OW, F = dz.shape
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    dxp, dW, db = np.zeros(xp.shape), np.zeros(W.shape), dz.sum((0, 1, 2))
    for i in range(OH):
        for j in range(OW):
            rs, cs = slice(i * SH, i * SH + KH), slice(j * SW, j * SW + KW)
            dW += xp[:, rs, cs].reshape(N, -1).T @ dz[:, i, j]
            dxp[:, rs, cs] = (dz[:, i, j] @ W.T).reshape(N, KH, KW, C)
    return dxp[:, PH:PH + H, PW:PW + Wd], dW, db
""",
        must="+= | overwrit | added | sum | last window | overlap",
        also=("dx",),
        must_not="exchanged",
    ),
    Coding(
        "conv2d_backward",
        "In dW the windows are assigned, not added up: only the last place counts.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N = len(x)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    for i in range(dz.shape[1]):
        for j in range(dz.shape[2]):
            patch = xp[:, i * SH:i * SH + KH, j * SW:j * SW + KW].reshape(N, -1)
            dW = patch.T @ dz[:, i, j]
    flat = dz.reshape(-1, dz.shape[3])
    dx = layers.col2im(flat @ W.T, x.shape, kernel, stride, padding)
    return dx, dW, flat.sum(0)
""",
        must="+= | last window | last place | last patch | last position | overwrit | added | sum",
        also=("dW",),
        must_not="exchanged",
    ),
    Coding(
        "conv2d_backward",
        '"The backward pass turns the kernel by 180 degrees": here it was turned once too often.',
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    F = dz.shape[-1]
    dout = dz.reshape(-1, F)
    K = W.reshape(KH, KW, -1, F)
    rot = np.rot90(K, 2, axes=(0, 1)).reshape(-1, F)
    dx = layers.col2im(dout @ rot.T, x.shape, kernel, stride, padding)
    dW = layers.im2col(x, kernel, stride, padding).T @ dout
    return dx, dW, dout.sum(axis=0)
""",
        must="flip | turned | reversed | mirrored | 180",
        also=("dx",),
        must_not="exchanged",
    ),
    Coding(
        "avgpool_forward",
        "Floor division of the sum: everything after the point is lost.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    s = x.reshape(N, H // size, size, W // size, size, C).sum(axis=4).sum(axis=2)
    return s // size ** 2
""",
        must="floor | integer | round | // | whole number",
        must_not="max",
    ),
    Coding(
        "avgpool_forward",
        "The window moves by one pixel, the default stride of 1, and the result is cut to size.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    y = np.empty((N, H // size, W // size, C))
    for i in range(H // size):
        for j in range(W // size):
            y[:, i, j] = x[:, i:i + size, j:j + size].mean(axis=(1, 2))
    return y
""",
        must="stride | overlap | window | one pixel | move",
        must_not="max",
    ),
    Coding(
        "avgpool_backward",
        "np.tile in place of np.repeat: copies of the image side by side.",
        """
def avgpool_backward(dy, size):
    strip = np.concatenate([dy / size ** 2] * size, axis=2)
    return np.concatenate([strip] * size, axis=1)
""",
        must="tile | repeat | order | neighbour | window | side by side",
        must_not="divided",
    ),
)
