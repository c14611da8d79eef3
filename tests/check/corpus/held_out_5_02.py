"""Mistakes of a fifth, a sixth and a seventh author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_forward",
        "The column of ones stands first, the bias row last: every weight meets the wrong feature.",
        """
def dense_forward(x, W, b):
    # design matrix with intercept
    X1 = np.hstack([np.ones((x.shape[0], 1)), x])
    Wb = np.vstack([W, b])
    return X1 @ Wb
""",
        must=(
            "column of ones | ones ... first | ones ... front | shifted | off by one | misalign | row of W | rows "
            "of W | wrong feature | other feature | neighbour | b ... last feature | bias ... last feature | bias "
            "... multiplied | b ... multiplied | b is multiplied | bias ... last column | last column of x | first "
            "row of W | moved by one | previous feature | next feature"
        ),
        must_not="transpos | relu",
    ),
    Coding(
        "dense_backward",
        "db is overwritten by each sample's dz instead of summed, so it is the last sample's.",
        """
def dense_backward(x, W, dz):
    dW = np.zeros(W.shape)
    db = np.zeros(W.shape[1])
    dx = np.zeros(x.shape)
    for i in range(x.shape[0]):
        dW += np.outer(x[i], dz[i])
        for h in range(W.shape[1]):
            db[h] = dz[i, h]
        dx[i] = W @ dz[i]
    return dx, dW, db
""",
        must=(
            "last sample | last row | overwrit | accumul | sum... rows | sum... samples | sum... batch | summed | "
            "+= | one sample | one row | single sample"
        ),
        also=("db | bias",),
    ),
    Coding(
        "dense_backward",
        "An L2 penalty (weight decay) is added to dW.",
        """
def dense_backward(x, W, dz):
    wd = 5e-4
    dx = dz @ W.T
    dW = np.tensordot(x, dz, axes=(0, 0)) + wd * W
    db = dz.sum(0)
    return dx, dW, db
""",
        must=(
            "weight decay | L2 | 5e-4 | 0.0005 | regular | decay | term ... W | proportional to W | multiple of W "
            "| penalty | share of W | W ... added | part of W | W itself"
        ),
        must_not="mean | dx ... wrong",
    ),
    Coding(
        "dense_backward",
        "dx goes back through the pseudo-inverse of W instead of its transpose.",
        """
def dense_backward(x, W, dz):
    # z = x W  =>  x = z W^+
    dx = dz @ np.linalg.pinv(W)
    dW = x.T @ dz
    db = dz.sum(axis=0)
    return dx, dW, db
""",
        must=(
            "pseudo | inverse | pinv | inverted | inverts | W.T | W^T | transpose of W | transposed W | W "
            "transposed | least squares | solve"
        ),
        must_not="db is | mean over the batch",
    ),
    Coding(
        "im2col",
        "The number of output places lacks the + 1, so the last row and column of patches are missing.",
        """
def im2col(x, kernel, stride, padding):
    if isinstance(kernel, int):
        KH = kernel
        KW = kernel
    else:
        KH, KW = kernel
    N, H, W, C = x.shape
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    OH = (H + 2 * padding - KH) // stride
    OW = (W + 2 * padding - KW) // stride
    cols = np.zeros((N * OH * OW, KH * KW * C))
    r = 0
    for n in range(N):
        for oh in range(OH):
            for ow in range(OW):
                cols[r] = xp[n, oh*stride:oh*stride+KH, ow*stride:ow*stride+KW, :].reshape(-1)
                r += 1
    return cols
""",
        must=(
            "+ 1 | +1 | plus 1 | plus one | too few | OH | OW | output size | output's size | number of... patch | "
            "number of... place | last row | last patch | last window | last place | rows... missing | patches... "
            "missing | fewer"
        ),
    ),
    Coding(
        "im2col",
        "The output size counts the padding once instead of on both sides.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, W, C = x.shape
    OH = int(np.floor((H + padding - KH) / stride)) + 1
    OW = int(np.floor((W + padding - KW) / stride)) + 1
    big = np.zeros((N, H + 2*padding, W + 2*padding, C))
    big[:, padding:padding+H, padding:padding+W, :] = x
    cols = np.zeros((N, OH, OW, KH, KW, C))
    for i in range(KH):
        for j in range(KW):
            cols[:, :, :, i, j, :] = big[:, i:i+stride*OH:stride, j:j+stride*OW:stride, :][:, :OH, :OW]
    return cols.reshape(N * OH * OW, -1)
""",
        must=(
            "2 * padding | 2 padding | 2P | 2 P | both sides | one side | twice | padding once | once | too few "
            "rows | too few patches | fewer rows | fewer patches | patches ... missing | output size | OH | OW | "
            "number of patches | number of rows | last patches | padding ... size"
        ),
        must_not="order | channel",
    ),
    Coding(
        "col2im",
        "The stride multiplies the output row only; the column's start is ow, without the stride.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, W, C = x_shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    x = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    c6 = cols.reshape(N, OH, OW, KH, KW, C)
    for n in range(N):
        for oh in range(OH):
            for ow in range(OW):
                for i in range(KH):
                    for j in range(KW):
                        for c in range(C):
                            x[n, oh * stride + i, ow + j, c] += c6[n, oh, ow, i, j, c]
    return x[:, padding:padding + H, padding:padding + W]
""",
        must=(
            "stride... column | column... stride | horizontal | stride... width | width... stride | along W | one "
            "direction | both directions | second direction | stride... only | only... stride | ow * stride | "
            "sideways | ow + j | axis 2"
        ),
    ),
    Coding(
        "conv2d_forward",
        (
            "Only the lower and right border are tested; a negative index wraps round to the far side, so the "
            "padding there is not zeros."
        ),
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    N, H, Wd, C = x.shape
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    F = W.shape[1]
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    z = np.zeros((N, OH, OW, F))
    for n in range(N):
        for oh in range(OH):
            for ow in range(OW):
                acc = b.copy()
                for i in range(KH):
                    for j in range(KW):
                        r = oh * stride + i - padding
                        s = ow * stride + j - padding
                        if r < H and s < Wd:
                            k = (i * KW + j) * C
                            acc += x[n, r, s] @ W[k:k + C]
                z[n, oh, ow] = acc
    return z
""",
        must=(
            "wrap | negative ind | circular | periodic | cyclic | other side | opposite | far side | far edge | "
            "far border | padding... zero | zero... padding | padding... 0 | from the end | other end | other edge "
            "| other border"
        ),
    ),
    Coding(
        "conv2d_forward",
        "sliding_window_view puts the channel before the kernel, and the patches are flattened so.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    win = np.lib.stride_tricks.sliding_window_view(xp, (KH, KW), axis=(1, 2))
    win = win[:, ::stride, ::stride]
    N, OH, OW = win.shape[:3]
    rows = win.reshape(N * OH * OW, -1)
    return (rows @ W + b).reshape(N, OH, OW, -1)
""",
        must=(
            "channel first | channels first | channel before | channels before | channel, kernel | order of ... "
            "rows | rows of W | order of ... patch | order within | order ... flatten | numbers ... order | "
            "flattened | C, KH | sliding_window | kernel row, kernel column, channel | permuted | PyTorch"
        ),
        must_not="flipped | bias",
    ),
    Coding(
        "conv2d_backward",
        "db is averaged over the output places instead of summed.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    N, OH, OW, F = dz.shape
    rows = dz.reshape(-1, F)
    dW = layers.im2col(x, kernel, stride, padding).T @ rows
    dx = layers.col2im(rows @ W.T, x.shape, kernel, stride, padding)
    db = np.zeros(F)
    for oh in range(OH):
        for ow in range(OW):
            db += dz[:, oh, ow, :].sum(axis=0)
    db /= OH * OW
    return dx, dW, db
""",
        must=(
            "places | positions | pixels | OH*OW | OH * OW | OH OW | averag | db... mean | mean... db | db... "
            "divided | bias... mean | bias... divided"
        ),
    ),
    Coding(
        "conv2d_backward",
        "For dx the kernel is rotated by 180 degrees although col2im already puts each number back in its place.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = (int(k) for k in np.broadcast_to(kernel, 2))
    C, F = x.shape[-1], W.shape[-1]
    d = dz.reshape(-1, F)
    W180 = W.reshape(KH, KW, C, F)[::-1, ::-1].reshape(-1, F)
    dx = layers.col2im(d @ W180.T, x.shape, kernel, stride, padding)
    return dx, layers.im2col(x, kernel, stride, padding).T @ d, d.sum(0)
""",
        must="flip | rotat | revers | 180 | mirror | upside | turned",
        must_not="db | channel | mean",
    ),
    Coding(
        "conv2d_backward",
        "For dW the rows of dz are in the order image, column, row: they meet the patches of other places.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = dz.shape[3]
    cols = layers.im2col(x, kernel, stride, padding)
    D = dz.transpose(3, 0, 2, 1).reshape(F, -1)      # F x (n, w, h)
    dW = (D @ cols).T
    db = D.sum(axis=1)
    dx = layers.col2im(dz.reshape(-1, F) @ W.T, x.shape, kernel, stride, padding)
    return dx, dW, db
""",
        must=(
            "order of ... rows | rows ... order | order ... places | OW, OH | OH and OW | OW and OH | OW before | "
            "column before | columns before | height and width | width and height | width before | rows and "
            "columns | row and column | transposed image | image ... transposed | interchang | swapp | other patch "
            "| other place | wrong patch | places ... mixed | belong to"
        ),
        must_not="db is | padding",
    ),
    Coding(
        "avgpool_forward",
        "Images are taken as (N, C, H, W): width and channels are pooled.",
        """
def avgpool_forward(x, size):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // size, size, W // size, size).mean(axis=(3, 5))
""",
        must="NCHW | channel | N, C, H, W | axes | axis | H and W | height and width | rows and columns | layout",
        must_not="max-pool | largest",
    ),
)
