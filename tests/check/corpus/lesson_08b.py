"""Mistakes in free codings of conv2d_backward, avgpool_forward, avgpool_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "conv2d_backward",
        "db is the mean over images and places.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = dz.shape[-1]
    d = dz.reshape(-1, F)
    cols = layers.im2col(x, kernel, stride, padding)
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    return dx, cols.T @ d, d.mean(axis=0)
""",
        must="mean | average | divided | 1/",
        also=("db | bias",),
    ),
    Coding(
        "conv2d_backward",
        "db is summed over the images alone.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    dx, dW, _ = layers.conv2d_backward(x, W, dz, kernel, stride, padding)
    return dx, dW, dz.sum(axis=0)
""",
        must="wrong axis | places | over the images | axes | every place",
        also=("db | bias",),
    ),
    Coding(
        "conv2d_backward",
        "dW is divided by the number of places as well.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    N, OH, OW, F = dz.shape
    d = dz.reshape(-1, F)
    dW = layers.im2col(x, kernel, stride, padding).T @ d / (OH * OW)
    return layers.col2im(d @ W.T, x.shape, kernel, stride, padding), dW, d.sum(axis=0)
""",
        must="places | OH | averaged",
        also=("dW",),
    ),
    Coding(
        "conv2d_backward",
        "The last image is left out of dW.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    dW = np.zeros(W.shape)
    for n in range(len(x) - 1):
        dW += layers.im2col(x[n : n + 1], kernel, stride, padding).T @ dz[n].reshape(-1, dz.shape[-1])
    d = dz.reshape(-1, dz.shape[-1])
    return layers.col2im(d @ W.T, x.shape, kernel, stride, padding), dW, d.sum(axis=0)
""",
        must="last image | last sample | image ... left out | sample ... left out",
    ),
    Coding(
        "conv2d_backward",
        "dz is laid out in rows channel first: its entries are mixed.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = dz.shape[-1]
    d = dz.transpose(0, 3, 1, 2).reshape(-1, F)
    cols = layers.im2col(x, kernel, stride, padding)
    return layers.col2im(d @ W.T, x.shape, kernel, stride, padding), cols.T @ d, d.sum(axis=0)
""",
        must="channel | order of | wrong order | another order | mixes | mixed | layout | axes",
    ),
    Coding(
        "conv2d_backward",
        "All gradients have the wrong sign.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    d = -dz.reshape(-1, dz.shape[-1])
    cols = layers.im2col(x, kernel, stride, padding)
    return layers.col2im(d @ W.T, x.shape, kernel, stride, padding), cols.T @ d, d.sum(axis=0)
""",
        must="sign | minus | -1",
    ),
    Coding(
        "avgpool_forward",
        "The sum of each window: not divided by its size.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    y = np.zeros((N, H // PH, W // PW, C))
    for i in range(H // PH):
        for j in range(W // PW):
            y[:, i, j] = x[:, i * PH : (i + 1) * PH, j * PW : (j + 1) * PW].sum(axis=(1, 2))
    return y
""",
        must="sum of | divi | number of pixels | not averaged | size^2",
    ),
    Coding(
        "avgpool_forward",
        "Only the first pixel of each window is taken.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    return x[:, ::PH, ::PW, :].copy()
""",
        must="first pixel | one pixel | corner | top left | subsampl | first row | only one | upper left | stride",
    ),
    Coding(
        "avgpool_forward",
        "Images are read as (N, C, H, W): the last two axes are pooled.",
        """
def avgpool_forward(x, size):
    P = pair("size", size, 1)[0]
    N, C, H, W = x.shape
    y = np.zeros((N, C, H // P, W // P))
    for i in range(H // P):
        for j in range(W // P):
            y[:, :, i, j] = x[:, :, i * P : (i + 1) * P, j * P : (j + 1) * P].mean(axis=(2, 3))
    return y
""",
        must="channel | (N, C, H, W) | wrong ax | NCHW",
    ),
    Coding(
        "avgpool_forward",
        "Windows are not next to each other: reshape to (PH, OH) in place of (OH, PH).",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    return x.reshape(N, PH, H // PH, PW, W // PW, C).mean(axis=(1, 3))
""",
        must="order | reshape | next to | interleav | far apart | window | apart | axes",
    ),
    Coding(
        "avgpool_forward",
        "The windows are moved by one pixel in place of their own size.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    y = np.zeros((N, H // PH, W // PW, C))
    for i in range(H // PH):
        for j in range(W // PW):
            y[:, i, j] = x[:, i : i + PH, j : j + PW].mean(axis=(1, 2))
    return y
""",
        must="stride | overlap | apart | next to each other | shifted by one",
    ),
    Coding(
        "avgpool_backward",
        "Divided by the size, not by its square.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    return np.kron(dy, np.ones((1, PH, PW, 1))) / PH
""",
        must=(
            "size^2 | square of | both axes | number of pixels | one side | by the side | PH PW | PH = | area | "
            "width of the window | height of the window"
        ),
    ),
    Coding(
        "avgpool_backward",
        "The whole error goes to the first pixel of each window.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * PH, OW * PW, C))
    dx[:, ::PH, ::PW] = dy
    return dx
""",
        must="first pixel | one pixel | corner | top left | upper left | only one | other pixels",
    ),
    Coding(
        "avgpool_backward",
        "Repeated along the channels in place of the width.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    return np.repeat(np.repeat(dy, PH, axis=1), PW, axis=3) / (PH * PW)
""",
        must="channel",
    ),
    Coding(
        "avgpool_backward",
        "Divided by the number of channels too.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    N, OH, OW, C = dy.shape
    dx = np.empty((N, OH * PH, OW * PW, C))
    for i in range(OH * PH):
        for j in range(OW * PW):
            dx[:, i, j] = dy[:, i // PH, j // PW] / (PH * PW * C)
    return dx
""",
        must="channel | C",
    ),
    Coding(
        "avgpool_backward",
        "The last column of pixels stays zero.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * PH, OW * PW, C))
    for i in range(OH * PH):
        for j in range(OW * PW - 1):
            dx[:, i, j] = dy[:, i // PH, j // PW] / (PH * PW)
    return dx
""",
        must="last column | last pixel",
    ),
)
