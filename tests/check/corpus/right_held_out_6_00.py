"""Right answers of an eighth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "Right: exp of G minus log-sum-exp, by a ufunc's reduce.",
        """
def softmax(scores):
    lse = np.logaddexp.reduce(scores, axis=1)
    return np.exp((scores.T - lse).T)
""",
    ),
    Coding(
        "im2col",
        "Right: a view of sliding windows, its axes put in order.",
        """
def im2col(x, kernel, stride, padding):
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    p = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    v = np.lib.stride_tricks.sliding_window_view(p, (KH, KW), axis=(1, 2))[:, ::stride, ::stride]
    v = np.moveaxis(v, 3, -1)                  # N OH OW KH KW C
    return v.reshape(-1, KH * KW * x.shape[3]).copy()
""",
    ),
    Coding(
        "col2im",
        "Right: np.add.at on a padded image, then a crop by start and length.",
        """
def col2im(cols, x_shape, kernel, stride, padding):
    N, H, W, C = x_shape
    KH, KW = (kernel, kernel) if np.isscalar(kernel) else kernel
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    x = np.zeros((N, H + 2 * padding, W + 2 * padding, C), dtype=cols.dtype)
    i = (stride * np.arange(OH))[:, None, None, None] + np.arange(KH)[None, None, :, None]
    j = (stride * np.arange(OW))[None, :, None, None] + np.arange(KW)[None, None, None, :]
    np.add.at(x, (slice(None), i, j), cols.reshape(N, OH, OW, KH, KW, C))
    return x[:, padding:padding + H, padding:padding + W].copy()
""",
    ),
    Coding(
        "kept_by_mf",
        "Right: a sliding pair over the sizes.",
        """
def kept_by_mf(N, d, widths):
    sizes = [d, *widths]
    return N * sorted(map(sum, zip(sizes, sizes[1:])))[-1]
""",
    ),
)
