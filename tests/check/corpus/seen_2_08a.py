"""Further mistakes in free codings of im2col and col2im."""

from corpus import Coding

CODINGS = (
    Coding(
        "im2col",
        "A patch is flattened with the channel first, as in PyTorch's unfold.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    rows = []
    for n in range(N):
        for oh in range(OH):
            for ow in range(OW):
                patch = xp[n, oh * SH:oh * SH + KH, ow * SW:ow * SW + KW, :]
                rows.append(patch.transpose(2, 0, 1).ravel())
    return np.array(rows)
""",
        must="channel | order",
        must_not="stride | padding | image, ",
    ),
    Coding(
        "im2col",
        "The rows are ordered (row, column, image), as in CS231n.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    xp = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    rows = []
    for oh in range(OH):
        for ow in range(OW):
            block = xp[:, oh * SH:oh * SH + KH, ow * SW:ow * SW + KW, :]
            rows.append(block.reshape(N, -1))
    return np.concatenate(rows)
""",
        must="another order than | (image, row, column) | rows ... image | image ... last",
        must_not="channel",
    ),
    Coding(
        "im2col",
        "The stride is not used: windows start at every pixel.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (PH, PW) = pair("kernel", kernel, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    out = np.zeros((N, OH, OW, KH, KW, C))
    for i in range(OH):
        for j in range(OW):
            out[:, i, j] = x[:, i:i + KH, j:j + KW]
    return out.reshape(N * OH * OW, -1)
""",
        must="stride",
        must_not="channel",
    ),
    Coding(
        "im2col",
        "The border is repeated instead of filled with zeros.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)), mode="edge")
    cols = np.empty((N, OH, OW, KH, KW, C), x.dtype)
    for i in range(KH):
        for j in range(KW):
            cols[:, :, :, i, j] = x[:, i:i + SH * (OH - 1) + 1:SH, j:j + SW * (OW - 1) + 1:SW]
    return cols.reshape(-1, KH * KW * C)
""",
        must="padding | border | zeros | edge | padded",
        must_not="stride | channel",
    ),
    Coding(
        "im2col",
        "Vertical and horizontal stride are exchanged.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = pair("kernel", kernel, 1)
    SW, SH = pair("stride", stride, 1)
    PH, PW = pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, (SH, SW), padding)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, KH * KW * C)
""",
        must="stride",
        also=("exchanged | swapped | vertical | order | pair",),
        must_not="channel",
    ),
    Coding(
        "im2col",
        "A sliding window with the kernel's axes behind the channel: (channel, row, column).",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    x = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(x, (KH, KW), axis=(1, 2))
    view = view[:, ::SH, ::SW]
    return view.reshape(-1, KH * KW * x.shape[3])
""",
        must="channel | order",
        must_not="stride | padding | image, ",
    ),
    Coding(
        "im2col",
        "The zeros are put on after the picture only (bottom and right), twice as many.",
        """
def im2col(x, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x.shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    big = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    big[:, :H, :W] = x
    return np.array([
        big[n, SH * i:SH * i + KH, SW * j:SW * j + KW].flatten()
        for n in range(N) for i in range(OH) for j in range(OW)
    ])
""",
        must="padding | padded | zeros | border | shifted",
        must_not="stride | channel",
    ),
    Coding(
        "col2im",
        "Assigned instead of added: shared pixels keep the last patch.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    p = cols.reshape(N, OH, OW, KH, KW, C)
    x = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    for oh in range(OH):
        for ow in range(OW):
            x[:, oh * SH:oh * SH + KH, ow * SW:ow * SW + KW] = p[:, oh, ow]
    return x[:, PH:PH + H, PW:PW + W]
""",
        must="+= | overwrit | added | add | last patch | sum",
        must_not="padding | stride",
    ),
    Coding(
        "col2im",
        "The mean of the patches' entries, as one puts overlapping image tiles together.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    p = cols.reshape(N, OH, OW, KH, KW, C)
    x = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    count = np.zeros_like(x)
    for i in range(OH):
        for j in range(OW):
            x[:, i * SH:i * SH + KH, j * SW:j * SW + KW] += p[:, i, j]
            count[:, i * SH:i * SH + KH, j * SW:j * SW + KW] += 1
    x = x / np.maximum(count, 1)
    return x[:, PH:PH + H, PW:PW + W]
""",
        must="mean | averaged | number of patches | how many patches | count",
        must_not="padding is | stride is",
    ),
    Coding(
        "col2im",
        "The padding is cut off at the wrong end: the upper left corner is kept.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    x = np.zeros((N, H + 2 * PH, W + 2 * PW, C), cols.dtype)
    for i in range(KH):
        for j in range(KW):
            x[:, i:i + SH * (OH - 1) + 1:SH, j:j + SW * (OW - 1) + 1:SW] += patches[:, :, :, i, j]
    return x[:, :H, :W]
""",
        must="padding | padded | cut | shifted | border",
        must_not="stride | +=",
    ),
    Coding(
        "col2im",
        "[P:-P] with padding 0 gives nothing.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    patches = cols.reshape(N, OH, OW, KH, KW, C)
    out = np.zeros((N, H + 2 * PH, W + 2 * PW, C))
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                out[n, i * SH:i * SH + KH, j * SW:j * SW + KW] += patches[n, i, j]
    return out[:, PH:-PH, PW:-PW]
""",
        must="-0 | padding 0 | empty | padding is 0 | no padding | without padding | -P",
        must_not="stride | +=",
    ),
    Coding(
        "col2im",
        "The columns are read as (channel, row, column).",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    (KH, KW), (SH, SW), (PH, PW) = pair("kernel", kernel, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    N, H, W, C = x_shape
    OH, OW = layers.conv_output_size(H, W, kernel, stride, padding)
    patches = cols.reshape(N, OH, OW, C, KH, KW).transpose(0, 1, 2, 4, 5, 3)
    x = np.zeros((N, H + 2 * PH, W + 2 * PW, C), cols.dtype)
    for i in range(KH):
        for j in range(KW):
            x[:, i:i + SH * (OH - 1) + 1:SH, j:j + SW * (OW - 1) + 1:SW] += patches[:, :, :, i, j]
    return x[:, PH:PH + H, PW:PW + W].copy()
""",
        must="channel | order",
        must_not="stride | padding | image, ",
    ),
)
