"""Mistakes of a ninth and a tenth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_backward",
        "dx goes back through the gradient dW in place of the weights W.",
        """
def dense_backward(x, W, dz):
    db = dz.sum(axis=0)
    W_grad = np.matmul(x.T, dz)
    dx = np.matmul(dz, W_grad.T)
    return dx, W_grad, db
""",
        must=(
            "dx...dW | dW...dx | dx...gradient of | dW in place | dW instead | dW^T | dW.T | gradient instead of W "
            "| through dW | through the gradient | by dW | with dW | not through W | not...through the weights | "
            "does not use W | never uses W | without W | independent of W | not depend on W | gradient of W | "
            "gradient in place | gradient, not"
        ),
        must_not="db",
    ),
    Coding(
        "dense_backward",
        "dx sums the errors of all samples: every row of dx is the same.",
        """
def dense_backward(x, W, dz):
    dW = x.T @ dz
    db = dz.sum(axis=0)
    total = dz.sum(axis=0)                # L is a sum over samples
    dx = np.ones((x.shape[0], 1)) * (W @ total)
    return dx, dW, db
""",
        must=(
            "dx... sum | dx... same | dx... all samples | dx... every sample | dx... mix | dx... other samples | "
            "dx... own | rows of dx | row of dx | summed over the batch... dx | sum over the batch... dx | summed "
            "over the samples... dx | same for every sample | same for all samples | all rows"
        ),
        must_not="dW is wrong | db is wrong | transpos",
    ),
    Coding(
        "relu_backward",
        "The slope of the softplus, sigmoid(z), in place of the step of the ReLU.",
        """
def relu_backward(z, da):
    slope = 1.0 / (1.0 + np.exp(-z))
    return da * slope
""",
        must=(
            "sigmoid | softplus | smooth | soft | step | 0 or 1 | between 0 and 1 | negative z | z < 0 | logistic "
            "| negative pre-activ | where z is negative | leak | all or nothing | hard | fraction | GELU | SiLU | "
            "partly"
        ),
        must_not="z = 0 alone | transpos",
    ),
    Coding(
        "relu_backward",
        "The mask of ReLU6, 0 < z < 6: the error of large pre-activations is cut off too.",
        """
def relu_backward(z, da):
    # clip(z, 0, 6) in the forward pass of MobileNet
    inside = np.logical_and(z > 0, z < 6.0)
    return da * inside
""",
        must=(
            "6 | ReLU6 | large z | large positive | large pre-activ | large values | upper | cap | capped | "
            "saturat | ceiling | too large | above some | above a | bound | bounded | clipped from above | high z "
            "| big z | beyond"
        ),
        must_not="z = 0 | sign of da",
    ),
    Coding(
        "relu_backward",
        "The derivative is left at z instead of cut: da is returned where z > 0, and z itself elsewhere.",
        """
def relu_backward(z, da):
    return np.where(z > 0, da, z)
""",
        must=(
            "z itself | z instead of 0 | instead of 0 | instead of zero | where z < 0 | where z <= 0 | z <= 0 | z "
            "< 0 | negative z | z is negative | below 0 | below zero | inactive | elsewhere | off neurons | must "
            "be 0 | must be zero | should be 0 | should be zero | closed | blocked | z leaks"
        ),
        must_not="sign of da | transpos | 0.5",
    ),
    Coding(
        "relu_backward",
        "ReLU is applied to the gradient itself, z is never used.",
        """
def relu_backward(z, da):
    dz = da.copy()
    dz[dz < 0] = 0
    return dz
""",
        must=(
            "da > 0 | da < 0 | sign of da | relu of da | relu(da | relu to da | relu to the grad | relu... "
            "gradient | positive gradient | negative gradient | positive part of da | negative da | positive da | "
            "negative entries of da | negative parts | negative errors | mask... da | mask... gradient | z is not "
            "used | z is never | without z | ignores z | z is ignored | depend on z | depends on da | gradient "
            "itself | masked by da | da's sign | da itself | negative numbers | instead of z"
        ),
        must_not="0.5 | leaky | transpos",
    ),
    Coding(
        "im2col",
        "All of the padding goes below and to the right, twice as much, and none above and to the left.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, W, C = x.shape
    big = np.zeros((N, H + 2 * padding, W + 2 * padding, C), dtype=x.dtype)
    big[:, :H, :W, :] = x
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    cols = np.empty((N, OH, OW, KH, KW, C), dtype=x.dtype)
    for i in range(KH):
        for j in range(KW):
            cols[:, :, :, i, j] = big[:, i:i + stride * OH:stride, j:j + stride * OW:stride]
    return cols.reshape(N * OH * OW, -1)
""",
        must=(
            "bottom | below | one side | top | left | asymmetr | symmetric | both sides | each side | every side | "
            "all sides | corner | around | end only | only at the end | after the image | shifted by the padding | "
            "offset by the padding | offset of the padding | centred | centered | all four | before the image | "
            "border above"
        ),
        must_not="order | stride",
    ),
    Coding(
        "im2col",
        "The rows run through the output columns first, as MATLAB's im2col does: image, output column, output row.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    N, H, W, C = x.shape
    OH, OW = (H - KH) // stride + 1, (W - KW) // stride + 1
    cols = []
    for n in range(N):
        for ow in range(OW):             # down the first output column, then the next one
            for oh in range(OH):
                patch = x[n, oh * stride:oh * stride + KH, ow * stride:ow * stride + KW, :]
                cols.append(patch.reshape(-1))
    return np.array(cols)
""",
        must=(
            "output row...output column | output column...output row | OW...OH | OH...OW | oh...ow | ow...oh | "
            "column by column | column-major | column major | order of the rows | rows...order | order "
            "of...patches | patches...order | loops | loop order | nested | Fortran | MATLAB | columns first | "
            "column first | order image | interchang | transposed grid | swapped"
        ),
        must_not="channel first | padding",
    ),
    Coding(
        "im2col",
        "All padding is put after the image, at the bottom and right, none before it.",
        """
def im2col(x, kernel, stride, padding):
    if isinstance(kernel, int):
        kernel = (kernel, kernel)
    kh, kw = kernel
    n, h, w, c = x.shape
    big = np.zeros((n, h + 2 * padding, w + 2 * padding, c), dtype=x.dtype)
    big[:, :h, :w, :] = x
    oh = (h + 2 * padding - kh) // stride + 1
    ow = (w + 2 * padding - kw) // stride + 1
    cols = np.zeros((n, oh, ow, kh, kw, c), dtype=x.dtype)
    for i in range(kh):
        for j in range(kw):
            cols[:, :, :, i, j, :] = big[:, i:i + stride * oh:stride, j:j + stride * ow:stride, :]
    return cols.reshape(n * oh * ow, -1)
""",
        must=(
            "one side | bottom | right side | right and | at the end | after the image | top | top left | top-left "
            "| upper left | corner | left | both sides | all sides | each side | every side | around | before the "
            "image | shifted | offset | moved by"
        ),
        must_not="stride | channel first | order of the numbers",
    ),
    Coding(
        "im2col",
        "The stride is applied inside the patch as well: pixels of a patch lie stride apart, a dilation.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x.shape
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    xp_big = np.pad(xp, ((0, 0), (0, stride * KH), (0, stride * KW), (0, 0)))
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    rows = []
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                patch = xp_big[n, i * stride:i * stride + KH * stride:stride,
                               j * stride:j * stride + KW * stride:stride]
                rows.append(patch.reshape(-1))
    return np.array(rows)
""",
        must=(
            "dilat | inside the patch | inside a patch | within the patch | within a patch | stride apart | in the "
            "patch | gaps | atrous | spread | every second | every stride | skips pixels | step inside | neighbour "
            "| neighbor | contiguous | adjacent | pixels of a patch"
        ),
        must_not="channel first | transpos | padding is",
    ),
    Coding(
        "col2im",
        "Overlapping contributions are averaged instead of added, to get the image back.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    N, H, W, C = x_shape
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    out = np.zeros((N, H + 2 * padding, W + 2 * padding, C), dtype=cols.dtype)
    cnt = np.zeros_like(out)
    for i in range(OH):
        for j in range(OW):
            out[:, i * stride:i * stride + KH, j * stride:j * stride + KW] += patches[:, i, j]
            cnt[:, i * stride:i * stride + KH, j * stride:j * stride + KW] += 1
    out = out / np.maximum(cnt, 1)
    return out[:, padding:padding + H, padding:padding + W]
""",
        must=(
            "averag | mean | divided by how | divided by the number | divided by the count | count | normalis | "
            "normaliz | how often | number of patches | overlap"
        ),
        must_not="padding | last one wins | overwrit",
    ),
    Coding(
        "col2im",
        "The padding is cut off at the far side only, so the image is shifted by padding.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, H, W, C = x_shape
    Hp, Wp = H + 2 * padding, W + 2 * padding
    x = np.zeros((N, Hp, Wp, C))
    r = 0
    for n in range(N):
        for i in range(0, Hp - KH + 1, stride):
            for j in range(0, Wp - KW + 1, stride):
                x[n, i:i + KH, j:j + KW, :] += cols[r].reshape(KH, KW, C)
                r += 1
    return x[:, :H, :W, :]
""",
        must=(
            "shifted | offset | margin | border | corner | top left | top-left | padding... cut | cut... padding | "
            "padding... crop | crop | padding... removed | padding... both | padding... side | padding... taken "
            "off | padding... strip | padding... before | wrong part | top and left"
        ),
        must_not="averag | last one wins | order",
    ),
    Coding(
        "conv2d_forward",
        (
            "The rows of W are taken in the order channel, kernel row, kernel column (Caffe's), not kernel row, "
            "kernel column, channel."
        ),
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    N, H, Wd, C = x.shape
    F = W.shape[1]
    K = W.reshape(C, KH, KW, F)
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (Wd + 2 * padding - KW) // stride + 1
    z = np.zeros((N, OH, OW, F))
    for i in range(KH):
        for j in range(KW):
            part = xp[:, i:i + stride * OH:stride, j:j + stride * OW:stride]
            z += np.einsum('nhwc,cf->nhwf', part, K[:, i, j])
    return z + b
""",
        must=(
            "channel | order of W | rows of W | W's rows | weights...order | order...weights | layout | kernel "
            "row, kernel column | C, KH, KW | KH, KW, C | channels-first | Caffe | PyTorch"
        ),
        must_not="flip | bias | mirrored | rotated",
    ),
)
