"""Mistakes in free codings of im2col, col2im, conv2d_forward."""

from corpus import Coding

CODINGS = (
    Coding(
        "im2col",
        "The patch is flattened channel first, as PyTorch's unfold does.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    N, H, W, C = x.shape
    OH, OW = (H - KH) // SH + 1, (W - KW) // SW + 1
    rows = []
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                patch = x[n, i * SH : i * SH + KH, j * SW : j * SW + KW, :]
                rows.append(patch.transpose(2, 0, 1).ravel())
    return np.array(rows)
""",
        must=(
            "channel first | channels first | another order | wrong order | (C, KH, KW) | order of the patch | order ("
        ),
    ),
    Coding(
        "im2col",
        "The padding is ignored.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    N, H, W, C = x.shape
    rows = []
    for n in range(N):
        for i in range(0, H - KH + 1, SH):
            for j in range(0, W - KW + 1, SW):
                rows.append(x[n, i : i + KH, j : j + KW].reshape(-1))
    return np.stack(rows)
""",
        must="padding",
    ),
    Coding(
        "im2col",
        "Padding repeats the edge in place of zeros.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)), mode="edge")
    rows = []
    for n in range(len(x)):
        for i in range(OH):
            for j in range(OW):
                rows.append(x[n, i * SH : i * SH + KH, j * SW : j * SW + KW].ravel())
    return np.array(rows)
""",
        must="edge | zero | repeat | border",
    ),
    Coding(
        "im2col",
        "Zeros are added only behind, at the bottom and the right, as TensorFlow's 'same' may do.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    x = np.pad(x, ((0, 0), (0, 2 * PH), (0, 2 * PW), (0, 0)))
    rows = []
    for n in range(len(x)):
        for i in range(OH):
            for j in range(OW):
                rows.append(x[n, i * SH : i * SH + KH, j * SW : j * SW + KW].ravel())
    return np.array(rows)
""",
        must="one side | both sides | all around | top | left",
    ),
    Coding(
        "im2col",
        "Rows are in the order (row, column, image): images vary fastest.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    rows = []
    for i in range(OH):
        for j in range(OW):
            for n in range(len(x)):
                rows.append(x[n, i * SH : i * SH + KH, j * SW : j * SW + KW].ravel())
    return np.array(rows)
""",
        must="another order | wrong order | order of the patches | images | order of the rows",
    ),
    Coding(
        "im2col",
        "Patches are columns, as in CS231n: the result is transposed.",
        """
def im2col(x, kernel, stride, padding):
    return layers.im2col(x, kernel, stride, padding).T
""",
        must="transpos | columns | turned | exchang",
    ),
    Coding(
        "col2im",
        "= for +=: a pixel that several patches share gets the last one only.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    out = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    for i in range(OH):
        for j in range(OW):
            out[:, i * SH : i * SH + KH, j * SW : j * SW + KW, :] = patches[:, i, j]
    return out[:, PH : PH + H, PW : PW + W, :]
""",
        must="overwrit | += | overlap | added | share",
    ),
    Coding(
        "col2im",
        "The padding is cut with [p:-p], which is empty for p = 0.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    out = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    for i in range(OH):
        for j in range(OW):
            out[:, i * SH : i * SH + KH, j * SW : j * SW + KW, :] += patches[:, i, j]
    return out[:, PH:-PH, PW:-PW, :]
""",
        must="-p | p = 0 | padding 0 | :-0 | padding = 0 | empty | padding of 0 | without padding",
    ),
    Coding(
        "col2im",
        "The sum is divided by the number of patches that share a pixel: an average.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    total = layers.col2im(cols, x_shape, kernel, stride, padding)
    count = layers.col2im(np.ones_like(cols), x_shape, kernel, stride, padding)
    return total / np.maximum(count, 1)
""",
        must="average | mean | divided by | number of patches | how many | count | how often",
    ),
    Coding(
        "col2im",
        "Fancy indices with += add a shared pixel once only, where np.add.at would add all.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    number = np.arange(np.prod(x_shape)).reshape(x_shape) + 1
    index = layers.im2col(number, kernel, stride, padding)
    flat = np.zeros(np.prod(x_shape) + 1)
    flat[index] += cols
    return flat[1:].reshape(x_shape)
""",
        must="overwrit | += | overlap | added | share | np.add.at",
    ),
    Coding(
        "col2im",
        "The last column of patches is left out.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    out = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    for i in range(OH):
        for j in range(OW - 1):
            out[:, i * SH : i * SH + KH, j * SW : j * SW + KW, :] += patches[:, i, j]
    return out[:, PH : PH + H, PW : PW + W, :]
""",
        must=(
            "last column | last patch | last window | rightmost | patch ... left out | window ... left out | right edge"
        ),
    ),
    Coding(
        "conv2d_forward",
        "Channels first: (N, F, OH, OW).",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    z = layers.im2col(x, kernel, stride, padding) @ W + b
    return z.reshape(len(x), OH, OW, -1).transpose(0, 3, 1, 2)
""",
        must=(
            "channels come first | channels first | channel first | (N, F, OH, OW) | NCHW | wrong order of axes | "
            "order of the axes"
        ),
    ),
    Coding(
        "conv2d_forward",
        "The rows are reshaped with the channels first, which mixes the entries.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    z = layers.im2col(x, kernel, stride, padding) @ W + b
    return z.reshape(len(x), -1, OH, OW).transpose(0, 2, 3, 1)
""",
        must="order of axes | channels first | order of the axes | reshape | wrong order | mixes | mixed",
    ),
    Coding(
        "conv2d_forward",
        "Stride and padding are exchanged in the call.",
        """
def conv2d_forward(x, W, b, kernel, padding, stride):
    cols = layers.im2col(x, kernel, stride, padding)
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    return (cols @ W + b).reshape(len(x), OH, OW, -1)
""",
        must="exchang | swap | other order | padding, stride | order of the arg",
    ),
    Coding(
        "conv2d_forward",
        "W is read as (C, KH, KW, F), as after a port from PyTorch.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    C, F = x.shape[3], W.shape[1]
    Wt = W.reshape(C, KH, KW, F).transpose(1, 2, 0, 3).reshape(-1, F)
    return layers.conv2d_forward(x, Wt, b, kernel, stride, padding)
""",
        must="channel | order | (C, KH, KW)",
    ),
    Coding(
        "conv2d_forward",
        "A ReLU is applied.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    OH, OW = layers.conv_output_size(x.shape[1], x.shape[2], kernel, stride, padding)
    z = layers.im2col(x, kernel, stride, padding) @ W + b
    return np.maximum(0, z).reshape(len(x), OH, OW, -1)
""",
        must="ReLU | negative | max(",
    ),
    Coding(
        "conv2d_forward",
        "The last input channel is left out of the sum.",
        """
def conv2d_forward(x, W, b, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SH, SW = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, Wd, C = x.shape
    OH, OW = layers.conv_output_size(H, Wd, kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    K = W.reshape(KH, KW, C, -1)
    z = np.zeros((N, OH, OW, W.shape[1]))
    for u in range(KH):
        for v in range(KW):
            for c in range(C - 1):
                part = xp[:, u : u + SH * (OH - 1) + 1 : SH, v : v + SW * (OW - 1) + 1 : SW, c]
                z += part[..., None] * K[u, v, c]
    return z + b
""",
        must="last channel | last input channel | channel ... left out | channel ... missing",
    ),
)
