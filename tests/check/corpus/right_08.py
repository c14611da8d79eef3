"""Unusual but right answers of im2col, col2im, conv2d_forward, conv2d_backward, avgpool_forward, avgpool_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "im2col",
        "Patch by patch, row by row.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    N, H, W, _ = x.shape
    rows = []
    for n in range(N):
        for i in range(0, H - KH + 1, SH):
            for j in range(0, W - KW + 1, SW):
                rows.append(x[n, i : i + KH, j : j + KW].ravel())
    return np.array(rows)
""",
    ),
    Coding(
        "im2col",
        "sliding_window_view.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    x = np.pad(x, [(0, 0), (PH, PH), (PW, PW), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, KH * KW * x.shape[3])
""",
    ),
    Coding(
        "col2im",
        "Patch by patch with +=.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    out = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    rows = iter(cols)
    for n in range(N):
        for i in range(0, H + 2 * PH - KH + 1, SH):
            for j in range(0, W + 2 * PW - KW + 1, SW):
                out[n, i : i + KH, j : j + KW] += next(rows).reshape(KH, KW, C)
    return out[:, PH : PH + H, PW : PW + W]
""",
    ),
    Coding(
        "col2im",
        "Pixels are numbered, and np.bincount adds up.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    size = int(np.prod(x_shape))
    numbers = layers.im2col(1.0 + np.arange(size).reshape(x_shape), kernel, stride, padding).astype(int)
    return np.bincount(numbers.ravel(), weights=cols.ravel(), minlength=size + 1)[1:].reshape(x_shape)
""",
    ),
    Coding(
        "conv2d_forward",
        "A sum over the places of the kernel, without im2col.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    z = np.zeros((len(x), OH, OW, W.shape[1])) + b
    for k, weights in enumerate(W.reshape(KH * KW, x.shape[3], -1)):
        i, j = divmod(k, KW)
        z += x[:, i : i + SH * (OH - 1) + 1 : SH, j : j + SW * (OW - 1) + 1 : SW] @ weights
    return z
""",
    ),
    Coding(
        "conv2d_forward",
        "einsum on windows.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    return np.einsum("nhwcij,ijcf->nhwf", windows, W.reshape(KH, KW, x.shape[3], -1)) + b
""",
    ),
    Coding(
        "conv2d_backward",
        "Loops over images and places.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, width, C = x.shape
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    dx, dW, db = np.zeros_like(padded), np.zeros_like(W), np.zeros(W.shape[1])
    for n, i, j in np.ndindex(*dz.shape[:3]):
        place = (n, slice(i * SH, i * SH + KH), slice(j * SW, j * SW + KW))
        dW += np.outer(padded[place].ravel(), dz[n, i, j])
        dx[place] += (W @ dz[n, i, j]).reshape(KH, KW, C)
        db += dz[n, i, j]
    return dx[:, PH : PH + H, PW : PW + width], dW, db
""",
    ),
    Coding(
        "conv2d_backward",
        "einsum on dz as it is; tensordot for dx.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    cols = layers.im2col(x, kernel, stride, padding).reshape(*dz.shape[:3], -1)
    dcols = np.tensordot(dz, W, axes=(3, 1)).reshape(-1, W.shape[0])
    dx = layers.col2im(dcols, x.shape, kernel, stride, padding)
    return dx, np.einsum("nijk,nijf->kf", cols, dz), np.einsum("nijf->f", dz)
""",
    ),
    Coding(
        "avgpool_forward",
        "Window by window.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    y = np.empty((N, H // PH, W // PW, C))
    for i in range(H // PH):
        for j in range(W // PW):
            y[:, i, j] = np.mean(x[:, PH * i : PH * (i + 1), PW * j : PW * (j + 1)], axis=(1, 2))
    return y
""",
    ),
    Coding(
        "avgpool_forward",
        "The mean of shifted slices.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    return sum(x[:, i::PH, j::PW] for i in range(PH) for j in range(PW)) / (PH * PW)
""",
    ),
    Coding(
        "avgpool_backward",
        "kron with a window of equal shares.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    return np.kron(dy, np.full((1, PH, PW, 1), 1 / (PH * PW)))
""",
    ),
    Coding(
        "avgpool_backward",
        "Broadcast into windows, then a reshape.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    N, OH, OW, C = dy.shape
    share = np.zeros((N, OH, PH, OW, PW, C)) + dy[:, :, None, :, None, :] / PH / PW
    return share.reshape(N, OH * PH, OW * PW, C)
""",
    ),
)
