"""Further mistakes in free codings of the convolution and of the average pooling."""

from corpus import Coding

CODINGS = (
    Coding(
        "conv2d_forward",
        "The kernel is flipped, as a convolution of signals does it.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    K = W.reshape(KH, KW, x.shape[3], -1)[::-1, ::-1].reshape(W.shape)
    z = layers.im2col(x, kernel, stride, padding) @ K + b
    return z.reshape(len(x), OH, OW, -1)
""",
        must="flip | revers | turned | rotat | mirror | upside",
        must_not="bias | padding",
    ),
    Coding(
        "conv2d_forward",
        "Reshaped as if the filters came first, then transposed (channels first to last).",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    N, H, Wd, C = x.shape
    OH, OW = layers.conv_output_size(H, Wd, kernel, stride, padding)
    z = layers.im2col(x, kernel, stride, padding) @ W + b
    return z.reshape(N, -1, OH, OW).transpose(0, 2, 3, 1)
""",
        must="reshape | order | channels first | filters | (N, OH, OW, F) | transpos",
        must_not="bias is missing | padding",
    ),
    Coding(
        "conv2d_forward",
        "Channels first in the result: (N, F, OH, OW).",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    OH, OW = layers.conv_output_size(*x.shape[1:3], kernel, stride, padding)
    z = layers.im2col(x, kernel, stride, padding).dot(W) + b
    return np.moveaxis(z.reshape(x.shape[0], OH, OW, W.shape[1]), -1, 1)
""",
        must="channels first | F, OH | filter | axes | transpos | channel",
        must_not="bias is missing",
    ),
    Coding(
        "conv2d_forward",
        "No bias.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    v = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    return np.einsum("nhwcij,ijcf->nhwf", v, W.reshape(KH, KW, x.shape[3], -1))
""",
        must="bias | b does not | not change when b",
        must_not="flip",
    ),
    Coding(
        "conv2d_forward",
        "A loop that leaves the padding out of the picture: windows beyond the edge are cut.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    N, H, Wd, C = x.shape
    OH, OW = layers.conv_output_size(H, Wd, kernel, stride, padding)
    K = W.reshape(KH, KW, C, -1)
    z = np.zeros((N, OH, OW, K.shape[-1])) + b
    for oh in range(OH):
        for ow in range(OW):
            patch = x[:, oh * SH:oh * SH + KH, ow * SW:ow * SW + KW, :]
            z[:, oh, ow] += np.einsum("nijc,ijcf->nf", patch, K[:patch.shape[1], :patch.shape[2]])
    return z
""",
        must="padding | padded | shifted | border",
        must_not="bias | flip",
    ),
    Coding(
        "conv2d_backward",
        "dW is divided by the batch size once more.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    d = dz.reshape(-1, W.shape[1])
    cols = layers.im2col(x, kernel, stride, padding)
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    return dx, cols.T @ d / len(x), d.sum(axis=0)
""",
        must="dW",
        also=("1/N | by N | batch | twice | again | mean",),
        must_not="transpos",
    ),
    Coding(
        "conv2d_backward",
        "db is the sum over the images only.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    d = dz.reshape(-1, dz.shape[3])
    cols = layers.im2col(x, kernel, stride, padding)
    db = dz.sum(axis=0)
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    return dx, cols.T @ d, db
""",
        must="db",
        also=("axis | axes | pixels | places | positions | rows and columns",),
    ),
    Coding(
        "conv2d_backward",
        "db is a mean over the places, not a sum.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    flat = dz.reshape(-1, dz.shape[-1])
    dW = np.einsum("pk,pf->kf", layers.im2col(x, kernel, stride, padding), flat)
    dx = layers.col2im(flat @ W.T, x.shape, kernel, stride, padding)
    return dx, dW, dz.mean(axis=(0, 1, 2))
""",
        must="db",
        also=("mean | divided | sum",),
        must_not="transpos | mean of the bias",
    ),
    Coding(
        "conv2d_backward",
        "dW lies as PyTorch's weights do: (F, KH*KW*C).",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    dz = dz.reshape(-1, dz.shape[-1])
    dW = dz.T @ layers.im2col(x, kernel, stride, padding)
    dx = layers.col2im(dz @ W.T, x.shape, kernel, stride, padding)
    return dx, dW, dz.sum(0)
""",
        must="dW",
        also=("transpos | turned | exchanged",),
    ),
    Coding(
        "conv2d_backward",
        "The errors of the patches are not put back: dx is in rows.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    d = dz.reshape(-1, dz.shape[-1])
    return d @ W.T, layers.im2col(x, kernel, stride, padding).T @ d, d.sum(axis=0)
""",
        must="dx",
        also=("col2im | patch | put back | folded back | into images",),
    ),
    Coding(
        "conv2d_backward",
        "The images are laid out without their padding and stride: kernel and stride change places.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    d = dz.reshape(-1, dz.shape[-1])
    cols = layers.im2col(x, kernel, stride, padding)
    dcols = d @ W.T
    dx = np.zeros_like(x)
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, OH, OW, _ = dz.shape
    p = dcols.reshape(N, OH, OW, KH, KW, -1)
    for i in range(OH):
        for j in range(OW):
            for ki in range(KH):
                for kj in range(KW):
                    r, c = i * SH + ki - PH, j * SW + kj - PW
                    if 0 <= r < x.shape[1] and 0 <= c < x.shape[2]:
                        dx[:, r, c] = p[:, i, j, ki, kj]
    return dx, cols.T @ d, d.sum(axis=0)
""",
        must="dx",
        also=("+= | overwrit | add | last patch | sum",),
        must_not="padding is",
    ),
    Coding(
        "avgpool_forward",
        "Max pooling.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    N, H, W, C = x.shape
    y = np.zeros((N, H // PH, W // PW, C))
    for i in range(H // PH):
        for j in range(W // PW):
            y[:, i, j] = x[:, i * PH:(i + 1) * PH, j * PW:(j + 1) * PW].max(axis=(1, 2))
    return y
""",
        must="max | largest",
    ),
    Coding(
        "avgpool_forward",
        "The sum of the window.",
        """
def avgpool_forward(x, size):
    PH, PW = pair("size", size, 1)
    y = 0
    for i in range(PH):
        for j in range(PW):
            y = y + x[:, i::PH, j::PW]
    return y
""",
        must="sum | divided | window | PH PW | PH * PW | share",
        must_not="max",
    ),
    Coding(
        "avgpool_backward",
        "Divided by the square of the height, for a size that is thought to be one number.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    dx = np.kron(dy, np.ones((1, PH, PW, 1)))
    return dx / PH ** 2
""",
        must=(
            "square | not square | PH * PH | PH**2 | height twice | height times the height | width ... not"
            " | not the width"
        ),
        must_not="alone | tile | max",
    ),
    Coding(
        "avgpool_backward",
        "The share of a pixel is 1 / (PH + PW).",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * PH, OW * PW, C))
    for i in range(PH):
        for j in range(PW):
            dx[:, i::PH, j::PW] = dy / (PH + PW)
    return dx
""",
        must="number of pixels | PH PW | PH * PW | PH + PW | height and width ... added | sum of",
        must_not="alone | tile | max",
    ),
    Coding(
        "avgpool_backward",
        "Right share, but the window's upper row only: the loop over rows is missing.",
        """
def avgpool_backward(dy, size):
    PH, PW = pair("size", size, 1)
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * PH, OW * PW, C))
    for j in range(PW):
        dx[:, ::PH, j::PW] = dy / (PH * PW)
    return dx
""",
        must="first row | one row | row of ... window | upper row | every pixel | some pixels | left out",
        must_not="tile | divided",
    ),
)
