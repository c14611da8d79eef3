"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "col2im",
        "The padding is cut off at the wrong side: the picture's first rows and columns are the padding.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, W, C = x_shape
    OH = (H + 2*padding - KH)//stride + 1
    OW = (W + 2*padding - KW)//stride + 1
    c6 = cols.reshape(N, OH, OW, KH, KW, C)
    img = np.zeros((N, H + 2*padding, W + 2*padding, C))
    for i in range(KH):
        for j in range(KW):
            img[:, i:i+(OH-1)*stride+1:stride, j:j+(OW-1)*stride+1:stride] += c6[:, :, :, i, j]
    return img[:, :H, :W]
""",
        must="padding | crop | shifted | cut off | cut ... side | offset | border | moved | displaced",
        must_not="overlap | averag | order",
    ),
    Coding(
        "col2im",
        "Where patches overlap the mean is taken instead of the sum.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, W, C = x_shape
    OH = (H + 2*padding - KH)//stride + 1
    OW = (W + 2*padding - KW)//stride + 1
    c6 = cols.reshape(N, OH, OW, KH, KW, C)
    img = np.zeros((N, H + 2*padding, W + 2*padding, C))
    cnt = np.zeros_like(img)
    for i in range(OH):
        for j in range(OW):
            r, c = i*stride, j*stride
            img[:, r:r+KH, c:c+KW] += c6[:, i, j]
            cnt[:, r:r+KH, c:c+KW] += 1
    img = img / np.maximum(cnt, 1)
    return img[:, padding:padding+H, padding:padding+W]
""",
        must="averag | mean | count | divid | inverse | overlap | number of patches | how many patches | how often",
        must_not="overwrit | crop | order",
    ),
    Coding(
        "conv2d_forward",
        (
            "The rows of im2col are folded back as if the image were their last index, so places and images are "
            "mixed up."
        ),
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    N, H, Wd, C = x.shape
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    z = layers.im2col(x, kernel, stride, padding) @ W + b
    # as in CS231n: out.reshape(F, OH, OW, N).transpose(...)
    return z.reshape(OH, OW, N, -1).transpose(2, 0, 1, 3)
""",
        must=(
            "order... rows | rows... order | order of... image | order image | image... first | image... outermost "
            "| image... slowest | reshape | fold | mixed | interchang | N... first | scrambl | permut | between "
            "images | interleav | other image | different image | images... mix | shuffled"
        ),
    ),
    Coding(
        "conv2d_forward",
        "The rows of the product are reshaped to (N, F, OH, OW) first, so the numbers of the maps are mixed.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = np.broadcast_to(kernel, 2)
    N, H, Wd, C = x.shape
    OH, OW = (H + 2 * padding - KH) // stride + 1, (Wd + 2 * padding - KW) // stride + 1
    cols = layers.im2col(x, (int(KH), int(KW)), stride, padding)
    z = cols @ W + b
    return z.reshape(N, -1, OH, OW).transpose(0, 2, 3, 1)
""",
        must=(
            "reshape | NCHW | channels first | channel-first | channel first | maps first | order ... output | "
            "output ... order | map ... order | scrambl | transpos | layout | F, OH | mixed | rearrang | permut | "
            "order of the axes | wrong places | other place"
        ),
        must_not="flip | padding",
    ),
    Coding(
        "conv2d_forward",
        "W's rows are read in PyTorch's order, channel first.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = np.broadcast_to(kernel, 2)
    C, F = x.shape[3], W.shape[1]
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    v = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(1, 2))[:, ::stride, ::stride]
    w = W.reshape(C, KH, KW, F)
    return np.einsum("nhwcij,cijf->nhwf", v, w) + b
""",
        must="channel | rows of W | W's rows | W ... order | order of W | kernel row, kernel column",
        must_not="flip | padding | bias",
    ),
    Coding(
        "conv2d_forward",
        "The bias is added once for each place of the kernel.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, Wd, C = x.shape
    xp = np.pad(x, ((0, 0), (padding,)*2, (padding,)*2, (0, 0)))
    OH = (H + 2*padding - KH)//stride + 1
    OW = (Wd + 2*padding - KW)//stride + 1
    F = W.shape[1]
    K = W.reshape(KH, KW, C, F)
    z = np.zeros((N, OH, OW, F))
    for i in range(KH):
        for j in range(KW):
            part = xp[:, i:i+(OH-1)*stride+1:stride, j:j+(OW-1)*stride+1:stride]
            z += layers.dense_forward(part.reshape(-1, C), K[i, j], b).reshape(N, OH, OW, F)
    return z
""",
        must="bias | b is added | b ... times | adds b | added ... b | b once | b counts",
        must_not="bias is missing | bias is left out | flipped",
    ),
    Coding(
        "conv2d_backward",
        "The padded gradient is cut at [:H, :W] instead of [p:p+H, p:p+W], so dx is shifted by the padding.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, Wd, C = x.shape
    _, OH, OW, F = dz.shape
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    dxp = np.zeros_like(xp)
    dW = np.zeros_like(W)
    db = np.zeros(F)
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                h, w = i * stride, j * stride
                d = dz[n, i, j]
                patch = xp[n, h:h+KH, w:w+KW]
                dW += np.outer(patch.reshape(-1), d)
                dxp[n, h:h+KH, w:w+KW] += (W @ d).reshape(KH, KW, C)
                db += d
    return dxp[:, :H, :Wd], dW, db
""",
        must=(
            "crop | offset | shift | moved | padding... cut | cut... padding | padding... taken off | padding... "
            "removed | displaced | top | corner | both sides | one side | padding... dx | dx... padding"
        ),
        must_not="flip",
    ),
    Coding(
        "conv2d_backward",
        "dW is averaged over the output places (divided by OH*OW) instead of summed.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    N, OH, OW, F = dz.shape
    cols = layers.im2col(x, kernel, stride, padding)
    d = dz.reshape(-1, F)
    dW = np.einsum("pk,pf->kf", cols, d) / (OH * OW)
    db = d.sum(axis=0)
    dx = layers.col2im(np.einsum("pf,kf->pk", d, W), x.shape, kernel, stride, padding)
    return dx, dW, db
""",
        must=(
            "OH | places | positions | pixels | averag | mean over | dW ... mean | dW ... divid | divid ... dW | "
            "dW ... too small | patches"
        ),
        must_not="flip | db ... mean | transpos",
    ),
    Coding(
        "conv2d_backward",
        "db is summed over the places but averaged over the images.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    N, OH, OW, F = dz.shape
    d2 = dz.reshape(N * OH * OW, F)
    cols = layers.im2col(x, kernel, stride, padding)
    dW = cols.T @ d2
    dx = layers.col2im(d2 @ W.T, x.shape, kernel, stride, padding)
    per_image = dz.sum(axis=(1, 2))      # (N, F)
    db = per_image.mean(axis=0)
    return dx, dW, db
""",
        must=(
            "db ... mean | db ... averag | db ... divid | db ... 1/N | db ... N times | db ... batch | bias ... "
            "mean | bias ... averag | bias ... divid | bias ... batch | mean ... db | averag ... db | divid ... db "
            "| db ... images | N ... db"
        ),
        must_not="dx is | dW is wrong",
    ),
    Coding(
        "avgpool_forward",
        (
            "The window's start is i, j in the place of i*size, j*size, so windows overlap and cover only a corner "
            "of the image."
        ),
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    OH = H // size
    OW = W // size
    y = np.zeros((N, OH, OW, C))
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                for c in range(C):
                    s = 0.0
                    for u in range(size):
                        for v in range(size):
                            s += x[n, i + u, j + v, c]
                    y[n, i, j, c] = s / (size * size)
    return y
""",
        must=(
            "overlap | i * size | stride | step | one pixel | adjacent | start... window | window... start | "
            "window... begin | apart | corner | move | slid | next window"
        ),
    ),
    Coding(
        "avgpool_forward",
        "Divides with //, so the mean is rounded down.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    y = np.zeros((N, H // size, W // size, C))
    for i in range(H // size):
        for j in range(W // size):
            s = x[:, i*size:(i+1)*size, j*size:(j+1)*size, :].sum(axis=(1, 2))
            y[:, i, j, :] = s // (size * size)
    return y
""",
        must="integer div | // | floor | round | whole number | truncat | integer | cut off | fraction",
    ),
    Coding(
        "avgpool_forward",
        "The reshape splits the image the wrong way round: pixels far apart are averaged.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    h = H // size
    w = W // size
    blocks = x.reshape(N, size, h, size, w, C)
    return blocks.mean(axis=(1, 3))
""",
        must=(
            "reshape | far apart | interleav | neighbour | adjacent | next to each other | every ... pixel | "
            "spread | window ... axes | order of the axes | axes ... interchang | axes ... swapp | other window | "
            "other pixels | wrong pixels | pixels ... from | strided | window's own | contiguous | across the "
            "image | H/size"
        ),
        must_not="size squared | divid",
    ),
)
