"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_backward",
        "dx is masked with x > 0 as if a ReLU's derivative belonged to the dense layer.",
        """
def dense_backward(x, W, dz):
    dx = np.where(x > 0, np.einsum("nh,dh->nd", dz, W), 0)
    dW = np.einsum("nd,nh->dh", x, dz)
    db = np.einsum("nh->h", dz)
    return dx, dW, db
""",
        must=(
            "mask | x > 0 | ReLU | slope | negative inputs | zeroed | where x is negative | x <= 0 | x < 0 | set to 0"
        ),
        must_not="transpos | mean",
    ),
    Coding(
        "dense_backward",
        "The loop overwrites dW: only the last sample remains.",
        """
def dense_backward(x, W, dz):
    N, D = x.shape
    H = W.shape[1]
    dW = np.zeros((D, H))
    db = np.zeros(H)
    dx = np.zeros((N, D))
    for n in range(N):
        dx[n] = W @ dz[n]
        dW = np.outer(x[n], dz[n])
        db += dz[n]
    return dx, dW, db
""",
        must=(
            "last sample | last row | only one sample | one sample | single sample | overwrit | overwritten | "
            "accumul | summed over the batch | sum over the batch | sum over the samples | sum of all samples | "
            "summed over ... samples | all samples | every sample | other samples | first sample"
        ),
        must_not="transpos | db is",
    ),
    Coding(
        "relu_backward",
        "Returns the slope alone, 1 or 0; the gradient da from above is never multiplied in.",
        """
def relu_backward(z, da):
    dz = np.zeros(z.shape)
    dz[z > 0] = 1
    return dz
""",
        must=(
            "da... missing | without da | da is... used | da... ignored | ignores da | da... left out | da... lost "
            "| depend... da | upstream | incoming | chain rule | times da | by da | da * | gradient at the "
            "activation | only the slope | only the mask | slope alone | mask alone | mask itself | slope itself | "
            "0 or 1 | 0s and 1s"
        ),
    ),
    Coding(
        "relu_backward",
        "Lets 1 % of the gradient through where z <= 0, as a leaky ReLU of another library does.",
        """
def relu_backward(z, da):
    slope = np.ones_like(z)
    slope[z <= 0] = 0.01
    return slope * da
""",
        must=(
            "leak | 0.01 | 1 % | negative slope | small slope | slope... negative | z < 0 | z <= 0 | below 0 | "
            "where z is negative | negative z | where z... 0 | blocked | closed"
        ),
    ),
    Coding(
        "relu_backward",
        "The gradient is multiplied by relu(z) itself instead of its slope 0 or 1.",
        """
def relu_backward(z, da):
    a = z.clip(min=0)
    return a * da
""",
        must=(
            "a instead | relu(z) | size of z | max(z | slope ... 1 | multiplied by z | times z | times a | "
            "multiplied by a | activation itself | z itself | derivative ... 1 | indicator | slope | factor z | "
            "scaled by z | scaled by a | 0 or 1 | 0/1 | da * z | da * a | multiplied by the act"
        ),
        must_not="at z = 0",
    ),
    Coding(
        "relu_backward",
        "da is multiplied by relu(z) instead of its slope.",
        """
def relu_backward(z, da):
    a = np.maximum(z, 0)
    return a * da
""",
        must=(
            "times z | by z | multiplied by ... a | multiplied by ... z | multiplied by relu | times a | times "
            "relu | relu(z) | size of z | slope is 1 | slope of 1 | slope 1 | value of z | activation itself | "
            "magnitude | derivative of the relu | instead of its slope | instead of the slope | instead of its "
            "derivative | 0 or 1 | scaled"
        ),
        must_not="at z = 0 | sign",
    ),
    Coding(
        "im2col",
        (
            "The image is put into the top left corner of the padded array, so all the padding is at the bottom "
            "and to the right of it."
        ),
        """
def im2col(x, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, (tuple, list)) else (kernel, kernel)
    N, H, W, C = x.shape
    big = np.zeros((N, H + 2 * padding, W + 2 * padding, C))
    for n in range(N):
        for i in range(H):
            for j in range(W):
                big[n, i, j] = x[n, i, j]
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    cols = []
    for n in range(N):
        for oh in range(OH):
            for ow in range(OW):
                patch = big[n, oh * stride:oh * stride + KH, ow * stride:ow * stride + KW]
                cols.append(patch.flatten())
    return np.array(cols)
""",
        must=(
            "one side | both sides | each side | all sides | all four | bottom | top | asymmetr | corner | left "
            "and | shifted | offset | moved | centre | center | around | displaced"
        ),
    ),
    Coding(
        "im2col",
        "Columns in the order channel, kernel row, kernel column, as sliding_window_view (and PyTorch) gives them.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = np.broadcast_to(kernel, 2)
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    v = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(1, 2))[:, ::stride, ::stride]
    return v.reshape(-1, KH * KW * x.shape[3])
""",
        must="channel | columns ... order | order ... columns | order within | order of the numbers | C, KH, KW",
        must_not="padding | stride",
    ),
    Coding(
        "im2col",
        "The border pixels are repeated (mode='edge') instead of padding with zeros.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = np.broadcast_to(kernel, 2)
    p = padding
    x = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)), mode="edge")
    v = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(1, 2))[:, ::stride, ::stride]
    return v.transpose(0, 1, 2, 4, 5, 3).reshape(-1, KH * KW * x.shape[3])
""",
        must=(
            "pad ... zero | padding ... 0 | padded ... 0 | padded ... zero | zeros | edge | border | repeat | "
            "replicat | reflect | nearest pixel | mirror"
        ),
        must_not="channel | stride",
    ),
    Coding(
        "im2col",
        "The patch is flattened in MATLAB's column-major order: channel, kernel column, kernel row.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, W, C = x.shape
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    rows = []
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                P = xp[n, i*stride:i*stride+KH, j*stride:j*stride+KW, :]
                rows.append(P.ravel(order="F"))     # P(:)
    return np.array(rows)
""",
        must=(
            "column-major | column major | Fortran | MATLAB | order of the numbers | order of ... columns | order "
            "within | order in | numbers ... order | columns ... order | order of ... patch | channel first | "
            "channel ... before | kernel column before | kernel column, kernel row | channel, | channels come "
            "first | channels first | permuted | inside a row | within a row | within each row | interchanged | "
            "swapped"
        ),
        must_not="rows in the order | padding",
    ),
    Coding(
        "col2im",
        "Cuts the padding off with p:-p, which is empty when the padding is 0.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, W, C = x_shape
    p = padding
    OH = (H + 2 * p - KH) // stride + 1
    OW = (W + 2 * p - KW) // stride + 1
    img = np.zeros((N, H + 2 * p, W + 2 * p, C))
    r = 0
    for n in range(N):
        for oh in range(OH):
            for ow in range(OW):
                patch = cols[r].reshape(KH, KW, C)
                img[n, oh*stride:oh*stride+KH, ow*stride:ow*stride+KW] += patch
                r += 1
    return img[:, p:-p, p:-p, :]
""",
        must=(
            "padding... 0 | padding 0 | without padding | empty | -0 | no padding | crop | :-p | padding is zero | "
            "cut... padding | padding... cut"
        ),
    ),
    Coding(
        "col2im",
        "The sum is divided by how many patches cover each pixel: an average, as in image reconstruction.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    N, H, W, C = x_shape
    KH, KW = np.broadcast_to(kernel, 2)
    OH, OW = (H + 2 * padding - KH) // stride + 1, (W + 2 * padding - KW) // stride + 1
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    total = np.zeros((N, H + 2 * padding, W + 2 * padding, C), dtype=cols.dtype)
    weight = np.zeros((1, H + 2 * padding, W + 2 * padding, 1), dtype=cols.dtype)
    for i in range(KH):
        for j in range(KW):
            s = np.s_[:, i:i + stride * OH:stride, j:j + stride * OW:stride]
            total[s] += patches[:, :, :, i, j]
            weight[s] += 1
    out = total / np.maximum(weight, 1)
    return out[:, padding:padding + H, padding:padding + W]
""",
        must="divid | count | averag | mean | number of patches | how many patches | normalis | normaliz",
        must_not="last patch | channel | overwrit",
    ),
    Coding(
        "col2im",
        "Fancy-indexed += keeps one patch only where several overlap; np.add.at is needed.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    N, H, W, C = x_shape
    KH, KW = np.broadcast_to(kernel, 2)
    OH, OW = (H + 2 * padding - KH) // stride + 1, (W + 2 * padding - KW) // stride + 1
    r = (stride * np.arange(OH)[:, None] + np.arange(KH))[:, None, :, None]      # (OH, 1, KH, 1)
    c = (stride * np.arange(OW)[:, None] + np.arange(KW))[None, :, None, :]      # (1, OW, 1, KW)
    x = np.zeros((N, H + 2 * padding, W + 2 * padding, C), dtype=cols.dtype)
    x[:, r, c] += cols.reshape(N, OH, OW, KH, KW, C)
    return x[:, padding:padding + H, padding:padding + W]
""",
        must=(
            "overlap | add.at | several patches | shared | share | more than one patch | last patch | last one | "
            "duplicate | accumulat | repeated ind | buffer | overwrit | added up | added together | summed | the "
            "sum"
        ),
        must_not="divid | channel",
    ),
)
