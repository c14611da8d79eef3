"""Mistakes of an eighth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq8",
        (
            "Sums and means are taken over the batch before the product: the outer product of averages is not the "
            "sum of the outer products."
        ),
        """
def eq8(a, dG):
    # dG carries the 1/N already, so: sum of the errors, mean activation
    err = dG.sum(axis=0)
    act = a.mean(axis=0)
    return np.outer(err, act)
""",
        must=(
            "before the product | outer product | mean activation | average activation | averag | mean of a | "
            "mean...over the batch | each sample | own sample | sample by sample | row by row | of the same sample "
            "| same row | rank | product of the | pairing | summed...first | summed...before | mixed"
        ),
    ),
    Coding(
        "dense_forward",
        "b is added to W before the product, x (W + b), so it is multiplied by the inputs.",
        """
def dense_forward(x, W, b):
    return np.matmul(x, W + b)
""",
        must=(
            "W + b | added to W | to the weights | before the product | before the multipl | after the product | "
            "multiplied by x | multiplied by the input | sum of x | sum of the input | times the sum | "
            "bias...input | bias...times | b...times | parenthes | bracket | b...multiplied | bias...multiplied | "
            "x.sum"
        ),
        must_not="transpos | forgot",
    ),
    Coding(
        "dense_backward",
        "db keeps the batch axis, (1, H), where b is (H,).",
        """
def dense_backward(x, W, delta):
    # as in 'implementing a neural network from scratch'
    dW = (x.T).dot(delta)
    db = np.sum(delta, axis=0, keepdims=True)
    dx = delta.dot(W.T)
    return dx, dW, db
""",
        must=(
            "keepdims | (1, | batch axis | extra axis | axis...kept | keeps...axis | axis of length 1 | extra "
            "dimension | one row | flat | vector | 2-D | two-dim"
        ),
        must_not="divid",
    ),
    Coding(
        "relu_backward",
        "The error too is passed through a ReLU ('guided backpropagation'): negative gradients are lost.",
        """
def relu_backward(z, da):
    dz = np.zeros_like(da)
    keep = (z > 0) & (da > 0)
    dz[keep] = da[keep]
    return dz
""",
        must=(
            "negative gradient | negative error | negative da | negative entr | da > 0 | da < 0 | negative number "
            "| negative part | sign of da | sign of the gradient | sign of the error | guided | relu...gradient | "
            "relu...da | relu...error | positive gradient | positive da | where da | da is negative"
        ),
    ),
    Coding(
        "im2col",
        "Windows start at i, j instead of i*stride, j*stride.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    N, H, W, C = x.shape
    OH = (H - KH) // stride + 1
    OW = (W - KW) // stride + 1
    rows = []
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                rows.append(x[n, i:i + KH, j:j + KW, :].ravel())
    return np.array(rows)
""",
        must="stride | step of | steps of 1 | apart | one pixel",
        must_not="transpos | channel",
    ),
    Coding(
        "im2col",
        "The rows come in the order output row, output column, image (cs231n's layout) instead of image first.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, W, C = x.shape
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)), mode='constant')
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    cols = np.zeros((OH * OW * N, KH * KW * C))
    r = 0
    for oh in range(OH):
        for ow in range(OW):
            patch = xp[:, oh * stride:oh * stride + KH, ow * stride:ow * stride + KW, :]
            cols[r:r + N] = patch.reshape(N, -1)
            r += N
    return cols
""",
        must=(
            "order of the rows | rows...order | row order | order...image | image...first | image...last | "
            "images...outermost | images...innermost | images...interleav | image...slowest | image...fastest | "
            "order...output row | rows...permut | rows...image | outermost | innermost | order of rows"
        ),
        must_not="channel | kernel column",
    ),
    Coding(
        "col2im",
        (
            "x[index] += cols counts a pixel that occurs several times only once (np.add.at would add all): "
            "overlaps are lost."
        ),
        """
def col2im(cols, x_shape, kernel, stride, padding):
    N, H, W, C = x_shape
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    x = np.zeros((N, H + 2 * padding, W + 2 * padding, C), dtype=cols.dtype)
    i = (stride * np.arange(OH))[:, None, None, None] + np.arange(KH)[None, None, :, None]
    j = (stride * np.arange(OW))[None, :, None, None] + np.arange(KW)[None, None, None, :]
    x[:, i, j, :] += cols.reshape(N, OH, OW, KH, KW, C)
    return x[:, padding:padding + H, padding:padding + W, :]
""",
        must=(
            "overlap | add.at | overwrit | overwrite | several patches | several windows | more than one | last "
            "patch | accumul | added up | only once | sum of all | sums | += | repeated | one of the patches | "
            "add...together"
        ),
        must_not="crop",
    ),
    Coding(
        "conv2d_forward",
        (
            "W.reshape(F, KH, KW, C) reads the filters from rows of W; they are its columns, so it must be "
            "transposed, not reshaped."
        ),
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    F = b.shape[0]
    C = x.shape[3]
    xp = np.pad(x, ((0, 0), (padding,) * 2, (padding,) * 2, (0, 0)))
    OH = (xp.shape[1] - KH) // stride + 1
    OW = (xp.shape[2] - KW) // stride + 1
    filters = W.reshape(F, KH, KW, C)
    z = np.empty((x.shape[0], OH, OW, F))
    for f in range(F):
        for i in range(OH):
            for j in range(OW):
                patch = xp[:, i * stride:i * stride + KH, j * stride:j * stride + KW, :]
                z[:, i, j, f] = np.sum(patch * filters[f], axis=(1, 2, 3)) + b[f]
    return z
""",
        must=(
            "reshape | transpos | columns of W | column of W | rows of W | order...W | W...order | scrambl | (F, | "
            "weights...order | layout | filter...column | filters...W | kernel...order | numbers of W | entries of "
            "W | W's | mixed up | filter...mixed"
        ),
        must_not="flip | bias",
    ),
    Coding(
        "conv2d_forward",
        (
            "The product is reshaped to (N, F, OH, OW) and then transposed, although its rows are (N, OH, OW) and "
            "F is already last: numbers are scrambled."
        ),
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    N, H, Wd, C = x.shape
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    out = layers.im2col(x, kernel, stride, padding) @ W + b
    out = out.reshape(N, -1, OH, OW)
    return out.transpose(0, 2, 3, 1)
""",
        must=(
            "reshape | scrambl | (N, F | feature map...last | F...last | channels-first | channels first | channel "
            "first | layout | NCHW | order of the axes | axes | mixed up | permut | wrong place | places | feature "
            "maps...first | shuffl | numbers...order | order...numbers"
        ),
        must_not="flip",
    ),
    Coding(
        "conv2d_backward",
        "dz is reshaped to (F, -1) instead of transposed, so dW pairs patches with other places' errors.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = dz.shape[-1]
    cols = layers.im2col(x, kernel, stride, padding)
    db = dz.sum(axis=(0, 1, 2))
    dz_r = dz.reshape(F, -1)
    dW = dz_r.dot(cols).T
    dx = layers.col2im(dz.reshape(-1, F) @ W.T, x.shape, kernel, stride, padding)
    return dx, dW, db
""",
        must=(
            "dW...reshape | reshape...dW | dz...reshape | reshape...dz | reshape | transpos | scrambl | dW...order "
            "| dW...mix | dW...patch | dW...cols | dW...place | dW...pair | pixels...order | other place"
        ),
        must_not="flip",
    ),
    Coding(
        "conv2d_backward",
        "db takes the mean over the output pixels, because the bias is shared; a shared bias collects the sum.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = dz.shape[3]
    d = dz.reshape(-1, F)
    cols = layers.im2col(x, kernel, stride, padding)
    dW = cols.T @ d
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    # every pixel shares the bias -> average over them, sum over the samples
    db = dz.mean(axis=(1, 2)).sum(axis=0)
    return dx, dW, db
""",
        must=(
            "db...mean | db...averag | db...OH | db...sum | mean...pixel | averag...pixel | mean over | OH * OW | "
            "OH*OW | OH OW | number of pixel | output pixels | output places | mean...places | db...divid | "
            "db...factor | bias...sum | bias...divid | divided by the number of"
        ),
    ),
)
