"""A fourth author's mistakes in free codings of dense_forward, dense_backward, relu_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_forward",
        "The bias is subtracted, like a threshold.",
        """
def dense_forward(x, W, b):
    return np.einsum("nd,dh->nh", x, W) - b
""",
        must="sign | minus | subtracted | - b | twice | threshold",
        must_not="transpos",
    ),
    Coding(
        "dense_forward",
        "The loop over the inputs leaves the last one out.",
        """
def dense_forward(x, W, b):
    D = W.shape[0]
    z = np.tile(b, (len(x), 1))
    for d in range(0, D - 1):
        z += x[:, d:d + 1] * W[d:d + 1]
    return z
""",
        must=(
            "last input | last feature | last column | left out | missing | the input | inputs | its input | off by one"
        ),
        must_not="transpos",
    ),
    Coding(
        "dense_backward",
        "The weights are reshaped in place of turned: the shape fits, the numbers do not.",
        """
def dense_backward(x, W, dz):
    D, H = W.shape
    dx = np.dot(dz, W.reshape(H, D))
    dw = np.dot(x.T, dz)
    db = dz.sum(0)
    return dx, dw, db
""",
        must="reshape | turned | transpos | W.T",
        also=("dx",),
        must_not="exchanged",
    ),
    Coding(
        "dense_backward",
        "The input's sign is taken for a mask: x is treated as if it came from this layer's ReLU.",
        """
def dense_backward(x, W, dz):
    dx = (dz @ W.T) * (x > 0)
    dW = x.T @ dz
    return dx, dW, np.sum(dz, axis=0)
""",
        must="mask | ReLU | x > 0 | zero",
        also=("dx",),
        must_not="exchanged",
    ),
    Coding(
        "dense_backward",
        "Only db is the mean over the batch: 1/N twice.",
        """
def dense_backward(x, W, dz):
    N = x.shape[0]
    grad_bias = np.ones(N) @ dz / N
    grad_weight = (dz.T @ x).T
    grad_input = dz @ W.T
    return grad_input, grad_weight, grad_bias
""",
        must="mean | by N | 1/N | N times | times N | / N | divided",
        also=("db",),
        must_not="exchanged",
    ),
    Coding(
        "relu_backward",
        "da is changed in place, as in many layers on the net.",
        """
def relu_backward(z, da):
    return np.multiply(da, z > 0, out=da)
""",
        must="in place | changed | changes | the input | inputs | its input | copy",
        must_not="sign",
    ),
    Coding(
        "relu_backward",
        "A leaky ReLU's slope.",
        """
def relu_backward(z, da):
    slope = np.ones_like(z)
    slope[z <= 0] = 0.01
    return da * slope
""",
        must="leaky | 0.01 | slope | negative",
        must_not="sign",
    ),
)
