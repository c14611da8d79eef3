"""A fourth author's mistakes in free codings of conv2d_backward, avgpool_forward, avgpool_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "conv2d_backward",
        "A ReLU that is none of this layer's business: negative errors are set to 0.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    dz = np.where(dz > 0, dz, 0)
    rows = layers.im2col(x, kernel, stride, padding)
    flat = dz.reshape(len(rows), -1)
    return layers.col2im(flat @ W.T, x.shape, kernel, stride, padding), rows.T @ flat, flat.sum(axis=0)
""",
        must="negative | ReLU | mask | dz > 0 | below 0",
        must_not="stride | padding",
    ),
    Coding(
        "conv2d_backward",
        "dx of the padded image is cut at the wrong corner.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    flat = dz.reshape(-1, dz.shape[3])
    big = layers.col2im(flat @ W.T, (N, H + 2 * PH, Wd + 2 * PW, C), kernel, stride, 0)
    return big[:, 2 * PH:, 2 * PW:], layers.im2col(x, kernel, stride, padding).T @ flat, flat.sum(0)
""",
        must="padding | shifted | cut | top | PH",
        also=("dx",),
        must_not="exchanged",
    ),
    Coding(
        "conv2d_backward",
        "dx by a loop that forgets the stride when it puts the patches back.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    _, OH, OW, F = dz.shape
    dx = np.zeros((N, H + 2 * PH, Wd + 2 * PW, C))
    for oh in range(OH):
        for ow in range(OW):
            for f in range(F):
                dx[:, oh:oh + KH, ow:ow + KW] += W[:, f].reshape(1, KH, KW, C) * dz[:, oh, ow, f][:, None, None, None]
    d2 = dz.reshape(-1, F)
    dW = layers.im2col(x, kernel, stride, padding).T @ d2
    return dx[:, PH:PH + H, PW:PW + Wd], dW, d2.sum(0)
""",
        must="stride",
        also=("dx",),
        must_not="exchanged",
    ),
    Coding(
        "conv2d_backward",
        "db from the first image only.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    flat = dz.reshape(-1, dz.shape[-1])
    dcols = flat @ W.T
    db = dz[0].sum(axis=(0, 1))
    dW = layers.im2col(x, kernel, stride, padding).T @ flat
    return layers.col2im(dcols, x.shape, kernel, stride, padding), dW, db
""",
        must="first image | image 0 | batch | images | axis",
        also=("db",),
        must_not="exchanged",
    ),
    Coding(
        "avgpool_forward",
        "Subsampling: of each window the lower right pixel.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    return x[:, PH - 1::PH, PW - 1::PW].copy()
""",
        must=(
            "last pixel | lower right | bottom right | upper left | top left | one pixel | subsampl | corner | "
            "every second | every other"
        ),
        must_not="max",
    ),
    Coding(
        "avgpool_forward",
        "The axes of the reshape are exchanged: pixels that are far apart are averaged.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    return x.reshape(N, size, H // size, size, W // size, C).mean(axis=(1, 3))
""",
        must="window | apart | neighbour | reshape | order | axes",
        must_not="max",
    ),
    Coding(
        "avgpool_backward",
        "The error goes to one pixel of the window only.",
        """
def avgpool_backward(dy, size):
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * size, OW * size, C))
    dx[:, ::size, ::size] = dy / size ** 2
    return dx
""",
        must=(
            "one pixel | spread | upper left | top left | every pixel | corner | whole window | each pixel | "
            "first pixel"
        ),
        must_not="tile",
    ),
    Coding(
        "avgpool_backward",
        "Divided by the side, not by the area.",
        """
def avgpool_backward(dy, size):
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * size, OW * size, C))
    for i in range(OH):
        for j in range(OW):
            dx[:, i * size:(i + 1) * size, j * size:(j + 1) * size] += (dy[:, i, j] / size)[:, None, None]
    return dx
""",
        must=(
            "by size | size squared | size ** 2 | window's size | size * size | factor | area | divided | "
            "number of pixels"
        ),
        must_not="tile",
    ),
    Coding(
        "avgpool_backward",
        "Divided by all pixels of the image, as if the mean ran over the whole image.",
        """
def avgpool_backward(dy, size):
    big = dy.repeat(size, axis=1).repeat(size, axis=2)
    return big / (big.shape[1] * big.shape[2])
""",
        must=(
            "factor | divided | window | whole image | number of pixels | by size | size squared | size ** 2 | "
            "window's size | size * size"
        ),
        must_not="tile",
    ),
)
