"""Mistakes of an eleventh and a twelfth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq8",
        "The outer products are averaged over the batch although dG carries 1/N already.",
        """
def eq8(a, dG):
    # torch.bmm(dG.unsqueeze(2), a.unsqueeze(1)).mean(0)
    outer = dG[:, :, None] * a[:, None, :]
    return outer.mean(axis=0)
""",
        must=(
            "1/N | /N | / N | twice | mean | averag | divided by N | N times too small | already in dG | once more "
            "| again | second time | number of samples | batch size | too small by"
        ),
        must_not="transpos | mask",
    ),
    Coding(
        "dense_backward",
        "L2 regularisation is added to dW (a habit of CS231n).",
        """
def dense_backward(x, W, dz, reg=1e-2):
    dW = x.T @ dz + reg * W
    db = np.sum(dz, axis=0)
    dx = dz @ W.T
    return dx, dW, db
""",
        must=(
            "regular | weight decay | L2 | W itself | contains W | depends on W | added ... W | W ... added | "
            "decay | multiple of W | share of W | part of W | 0.01 W | proportional to W | plus ... W | penalty"
        ),
    ),
    Coding(
        "dense_backward",
        "db is the sum of all of dz (MATLAB's sum(sum(dz))), the same number for each neuron.",
        """
def dense_backward(x, W, dz):
    dx = dz @ W.T
    dW = x.T @ dz
    H = dz.shape[1]
    db = np.ones(H) * sum(sum(dz))
    return dx, dW, db
""",
        must=(
            "over the neurons | over neurons | over both | both axes | all entries | all of dz | whole dz | whole "
            "of dz | whole array | entire | everything | same number | same value | all equal | equal for all | "
            "total | each neuron | own column | its column | per neuron | axis 0 | axis=0 | over the batch | over "
            "the rows | over the samples | over hidden | all neurons | columns | of all"
        ),
        must_not="transpos | mean in place",
    ),
    Coding(
        "dense_backward",
        "dx is overwritten in the loop over the neurons: only the last neuron's contribution is left.",
        """
def dense_backward(x, W, dz):
    N, D = x.shape
    H = W.shape[1]
    dx, dW, db = np.zeros((N, D)), np.zeros((D, H)), np.zeros(H)
    for n in range(N):
        for h in range(H):
            db[h] += dz[n, h]
            for d in range(D):
                dW[d, h] += x[n, d] * dz[n, h]
                dx[n, d] = W[d, h] * dz[n, h]
    return dx, dW, db
""",
        must=(
            "last neuron | last column | last hidden | last unit | last one | only the last | final neuron | final "
            "column | overwrit | += | sum over the neurons | sum over neurons | sum over the hidden | sum over "
            "hidden | sum over h | sum over all | summed over | accumul | all neurons | every neuron | added up | "
            "add up | adds up | one neuron | single neuron | one column | all columns | over the neurons | each "
            "neuron's share"
        ),
        must_not="transpos | 1/N | bias",
    ),
    Coding(
        "relu_backward",
        "np.sign(z) as the derivative: -1 for negative z in place of 0.",
        """
def relu_backward(z, da):
    return np.multiply(da, np.sign(z))
""",
        must=(
            "sign( | sign of z | np.sign | sign function | -1 | minus 1 | minus one | negated | negative z | z < 0 "
            "| z is negative | z below 0 | where z | flipped | absolute value | |z| | abs | reversed | opposite "
            "sign | wrong sign | inactive"
        ),
        must_not="z = 0 | relu(z)",
    ),
    Coding(
        "im2col",
        "The border is padded with repeated edge pixels instead of zeros.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    p = padding
    x = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)), mode='edge')
    win = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(1, 2))[:, ::stride, ::stride]
    # N, OH, OW, C, KH, KW
    win = win.transpose(0, 1, 2, 4, 5, 3)
    return win.reshape(-1, KH * KW * x.shape[3])
""",
        must=(
            "edge | repeat | zeros | border | replicat | pad ... 0 | what ... pad | pad ... zero | margin | copies "
            "of ... pixel"
        ),
        must_not="order",
    ),
    Coding(
        "col2im",
        "Divides each pixel by how many patches it lies in (fold with normalisation), instead of the plain sum.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, W, C = x_shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    acc = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    cnt = np.zeros_like(acc)
    r = 0
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                ys, xs = i * stride, j * stride
                acc[n, ys:ys + KH, xs:xs + KW] += cols[r].reshape(KH, KW, C)
                cnt[n, ys:ys + KH, xs:xs + KW] += 1
                r += 1
    acc = acc / np.maximum(cnt, 1)       # nn.Fold needs the divisor
    return acc[:, padding:padding + H, padding:padding + W]
""",
        must=(
            "averag | mean | divid | divisor | count | overlap | number of patches | how many patches | how often "
            "| sum...place | sums | summed | added up | add up | normalis | normaliz | several patches"
        ),
        must_not="overwrit | padding is | order",
    ),
    Coding(
        "col2im",
        "The padding is cropped at the bottom and right only: the slice starts at 0 in place of at padding.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, W, C = x_shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    c6 = cols.reshape(N, OH, OW, KH, KW, C)
    out = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    for u in range(KH):
        for v in range(KW):
            out[:, u:u + stride * OH:stride, v:v + stride * OW:stride, :] += c6[:, :, :, u, v, :]
    return out[:, :H, :W, :]
""",
        must=(
            "padding | padded | border | offset | shifted | moved | displaced | crop | cut off | starts at 0 | "
            "starts at the corner | top left | upper left"
        ),
        must_not="overwrit | += | kernel column",
    ),
    Coding(
        "conv2d_forward",
        "The result's rows are reshaped as (N, F, OH, OW): the order of a channels-first library.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, Wd, C = x.shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    cols = layers.im2col(x, kernel, stride, padding)
    out = cols @ W + b
    out = out.reshape(N, -1, OH, OW)       # NCHW
    return out.transpose(0, 2, 3, 1)
""",
        must=(
            "reshap | NCHW | channels-first | channels first | order | scrambl | mixed | transpos | places ... "
            "channels | channel ... last | maps ... last | folded | numbers ... elsewhere"
        ),
        must_not="flip | bias",
    ),
    Coding(
        "conv2d_forward",
        "The bias is added inside the kernel loop, so KH*KW times.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, Wd, C = x.shape
    F = W.shape[1]
    xp = np.pad(x, [(0, 0), (padding,) * 2, (padding,) * 2, (0, 0)])
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    K = W.reshape(KH, KW, C, F)
    z = np.zeros((N, OH, OW, F))
    for i in range(KH):
        for j in range(KW):
            z += xp[:, i:i + stride * OH:stride, j:j + stride * OW:stride] @ K[i, j] + b
    return z
""",
        must=(
            "bias ... times | b ... times | KH | each place of the kernel | size of the kernel | kernel's size | "
            "bias ... often | several times | more than once | multipl ... bias | bias ... multipl | b ... multipl "
            "| too often | bias ... once | b ... once | bias ... repeated"
        ),
        must_not="missing",
    ),
    Coding(
        "conv2d_forward",
        "The window starts at pixel i, j instead of i*stride, j*stride: the stride fixes only the output's size.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, Wd, C = x.shape
    F = W.shape[1]
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    z = np.zeros((N, OH, OW, F))
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                patch = xp[n, i:i + KH, j:j + KW, :].ravel()
                for f in range(F):
                    z[n, i, j, f] = np.dot(patch, W[:, f]) + b[f]
    return z
""",
        must="stride | step 1 | one pixel | steps of one | steps of 1",
        must_not="flip | padding is missing",
    ),
)
