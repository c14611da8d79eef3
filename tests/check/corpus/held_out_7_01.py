"""Mistakes of a ninth and a tenth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq7",
        "ReLU's derivative is taken at the input x instead of at z.",
        """
def eq7(x, z, M, dG):
    relu_prime = (x > 0).astype(x.dtype)
    da = np.einsum('nc,ch->nh', dG, M)
    return np.einsum('nd,nh->dh', x * relu_prime, da)
""",
        must=(
            "x > 0 | at x | on x | negative x | relu(x | mask... x | mask of x | sign of x | slope of x | relu... "
            "input | mask... input | sign of the input | input x | instead of z | in place of z"
        ),
        must_not="transpos | sign | 1/N",
    ),
    Coding(
        "eq7",
        (
            "The chain rule is cut before W: instead of x it takes dz/dW as ones, summing dz over the batch for "
            "each feature."
        ),
        """
def eq7(x, z, M, dG):
    dz = dG.dot(M) * (z > 0)
    # sum over samples, the same for every input line
    return np.ones_like(x).T @ dz
""",
        must=(
            "x is missing | x is not used | without x | x is left out | x left out | input is missing | input is "
            "not used | without the input | input... left out | ones | x.T | x^T | dz/dW | bias | all rows... same "
            "| rows... equal | every row | same row | rows are the same | each row of dW | x is never | never uses "
            "x | depend on x | depends on x | ignores x | input x"
        ),
        must_not="relu | sign | mask",
    ),
    Coding(
        "eq8",
        (
            "A mean-field factorisation: the mean of the product is replaced by the product of the batch's sums, N "
            "<dG> <a>."
        ),
        """
def eq8(a, dG):
    N = a.shape[0]
    mean_a = a.mean(axis=0)
    mean_d = dG.mean(axis=0)
    return N * np.outer(mean_d, mean_a)
""",
        must=(
            "product of the mean | product of mean | product of the sum | product of sum | product of average | "
            "outer product of | outer | averaged before | averaged first | averages first | summed before | summed "
            "first | sums first | before the product | before they are mult | before being mult | before mult | "
            "sample by sample | each sample | per sample | rank 1 | rank one | rank-one | mean of a | mean "
            "activation | mean of the activ | mixes samples | across samples | correlation"
        ),
        must_not="sign | transpos | relu",
    ),
    Coding(
        "dense_forward",
        (
            "The ones that bring the bias stand at the end of x, the bias at the top of W, so all weights meet the "
            "input of their neighbour."
        ),
        """
def dense_forward(x, W, b):
    # bias trick of scikit-learn days: one matrix product
    x1 = np.hstack([x, np.ones((len(x), 1))])
    Wb = np.vstack([b[None, :], W])
    return x1 @ Wb
""",
        must=(
            "ones | misalign | align | shifted | off by one | offset | one row | neighbour | neighbor | column of "
            "ones | first feature | first input | first column | last column | last feature | last row | order of "
            "| stacked | augment | row of W | rows of W | b...multipl | multiplied...b | meets"
        ),
        must_not="relu | activation",
    ),
    Coding(
        "dense_forward",
        "The bias is read as a threshold and subtracted.",
        """
def dense_forward(x, W, b):
    # neuron j fires if sum_i x_i W_ij exceeds its threshold b_j
    return np.dot(x, W) - b
""",
        must=(
            "subtract | sign of b | sign of the bias | bias... sign | minus b | - b | bias... minus | negative "
            "bias | bias is negat | taken off | b... wrong sign | sign... bias | opposite sign"
        ),
        must_not="transpos | relu | sum of b",
    ),
    Coding(
        "dense_backward",
        "db is taken as the column sum of dW, as if the bias got the input x too.",
        """
def dense_backward(x, W, dz):
    dx = dz @ W.T
    dW = np.einsum('nd,nh->dh', x, dz)
    db = dW.sum(axis=0)
    return dx, dW, db
""",
        must=(
            "sum of dW | sums dW | dW.sum | db... dW | from dW | db... x | weighted by x | times x | multiplied "
            "by... x | by the input | with the input | input... in db | columns of dW | rows of dW | bias's input "
            "is 1 | bias... input | input of the bias"
        ),
        must_not="mean | 1/N | dx is wrong",
    ),
    Coding(
        "col2im",
        (
            "Pixels that several patches share receive the mean of what comes back, not the sum: each is divided "
            "by how many patches cover it."
        ),
        """
def col2im(cols, x_shape, kernel, stride, padding):
    N, H, W, C = x_shape
    KH, KW = pair("kernel", kernel, 1)
    p = padding
    OH, OW = (H + 2 * p - KH) // stride + 1, (W + 2 * p - KW) // stride + 1
    g = cols.reshape(N, OH, OW, KH, KW, C)
    out = np.zeros((N, H + 2 * p, W + 2 * p, C))
    hits = np.zeros_like(out)
    for oh in range(OH):
        for ow in range(OW):
            r, c = oh * stride, ow * stride
            out[:, r:r + KH, c:c + KW] += g[:, oh, ow]
            hits[:, r:r + KH, c:c + KW] += 1
    out /= np.maximum(hits, 1)
    return out[:, p:p + H, p:p + W]
""",
        must=(
            "mean | averag | divid | count | how many patches | number of patches | number of windows | hits | "
            "normali | overlap | share | shared | inverse of im2col | reconstruct | covered | coverage | sum"
        ),
        must_not="overwrit | last patch | crop",
    ),
    Coding(
        "col2im",
        "The rows are read in the order output row, output column, image (CS231n's), though the image comes first.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    N, H, W, C = x_shape
    KH, KW = pair("kernel", kernel, 1)
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    patches = cols.reshape(OH, OW, N, KH, KW, C).transpose(2, 0, 1, 3, 4, 5)
    xp = np.zeros((N, H + 2 * padding, W + 2 * padding, C), dtype=cols.dtype)
    for i in range(KH):
        for j in range(KW):
            xp[:, i:i + stride * OH:stride, j:j + stride * OW:stride] += patches[:, :, :, i, j]
    return xp[:, padding:padding + H, padding:padding + W]
""",
        must=(
            "image first | image last | images last | image comes | image slowest | image fastest | image varies | "
            "image index | image runs | output row, output column, image | OH, OW, N | other images | another "
            "image | wrong image | different images | between images | across images | among the images | order of "
            "the rows | rows...order | row order | mixes...images | images...mixed | images are mixed | N...OH | "
            "innermost | outermost"
        ),
        must_not="channel | mean | crop",
    ),
    Coding(
        "conv2d_forward",
        "The bias is added inside the loop over the kernel's places, so KH*KW times.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, Wd, C = x.shape
    K = W.reshape(KH, KW, C, -1)
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    z = 0.0
    for i in range(KH):
        for j in range(KW):
            rows = xp[:, i:i + stride * OH:stride, j:j + stride * OW:stride]
            z = z + rows @ K[i, j] + b       # a dense layer on each pixel
    return z
""",
        must="bias | b is | b comes | b was | b once | b...times | times b | adds b | added b",
        also=(
            (
                "times | once | KH | loop | more than | repeated | multiple | several | kernel | too often | "
                "factor | every | each | number of"
            ),
        ),
        must_not="flip | b is missing | bias is missing | no bias",
    ),
    Coding(
        "conv2d_forward",
        "W's rows are read in the order channel, kernel row, kernel column.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.ndim(kernel) == 0 else kernel
    cin = x.shape[3]
    w = W.reshape(cin, KH, KW, -1)                    # in, height, width, out
    cols = layers.im2col(x, (KH, KW), stride, padding)
    oh = (x.shape[1] + 2 * padding - KH) // stride + 1
    ow = (x.shape[2] + 2 * padding - KW) // stride + 1
    patches = cols.reshape(x.shape[0], oh, ow, KH, KW, cin)
    return np.einsum('nhwijc,cijf->nhwf', patches, w) + b
""",
        must="channel | order of W | order of the rows | rows of W | W's rows | order",
        must_not="flip | bias | padding",
    ),
    Coding(
        "conv2d_backward",
        (
            "dz is laid out channels first before it is flattened to rows, so that the rows no longer belong to "
            "the patches."
        ),
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = dz.shape[-1]
    cols = layers.im2col(x, kernel, stride, padding)
    dz_rows = dz.transpose(0, 3, 1, 2).reshape(-1, F)       # NHWC -> NCHW -> rows
    dW = cols.T @ dz_rows
    dx = layers.col2im(dz_rows @ W.T, x.shape, kernel, stride, padding)
    db = dz.sum(axis=(0, 1, 2))
    return dx, dW, db
""",
        must=(
            "channels first | channels-first | channel first | channel-first | NCHW | transpos | flatten | reshape "
            "| layout | order of dz | rows of dz | dz...order | dz...rows | dz...mixed | mixes | mixed up | "
            "scrambl | maps first | F before | feature map | feature maps | permut | belong to"
        ),
        must_not="flip | stride",
    ),
    Coding(
        "sgd_step",
        "The gradient is clipped to norm 1 before the step, as with Keras's clipnorm=1.",
        """
def sgd_step(parameter, gradient, lr):
    norm = np.sqrt(np.sum(gradient * gradient))
    if norm > 1.0:
        gradient = gradient * (1.0 / norm)
    return parameter - lr * gradient
""",
        must=(
            "clip | norm | norms | length | normali | magnitude | long gradient | large gradient | big gradient | "
            "direction | same size | size of the gradient | size of the step | rescal | unit"
        ),
        must_not="sign | in place",
    ),
    Coding(
        "sgd_step",
        "The step is relative: the parameter is multiplied by (1 - lr gradient).",
        """
def sgd_step(parameter, gradient, lr):
    return parameter * (1.0 - lr * gradient)
""",
        must=(
            "multipl | times the parameter | times parameter | by the parameter | relative | parameter * | scaled "
            "by the parameter | proportional to the parameter | product | proportional | by 1 - lr"
        ),
        must_not="sign | in place | norm",
    ),
)
