"""Mistakes in free codings of dense_forward, dense_backward, relu_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_forward",
        "The bias is not added.",
        """
def dense_forward(x, W, b):
    return np.dot(x, W)
""",
        must=(
            "bias is missing | b is missing | without b | not depend on b | not change when b | bias is not | "
            "bias does not | b is not | no bias | bias was forgotten | without the bias"
        ),
    ),
    Coding(
        "dense_forward",
        "The sum over the inputs is overwritten in each turn: only the last input counts.",
        """
def dense_forward(x, W, b):
    N, D = x.shape
    H = W.shape[1]
    z = np.zeros((N, H))
    for n in range(N):
        for h in range(H):
            for d in range(D):
                z[n, h] = x[n, d] * W[d, h]
            z[n, h] += b[h]
    return z
""",
        must="last input | last feature | last column of x | last row of W | overwrit | only the last | += | last d",
        must_not="transpos | bias is missing",
    ),
    Coding(
        "dense_forward",
        "W is transposed as in PyTorch, where it is (out, in).",
        """
def dense_forward(x, W, b):
    # y = x A^T + b, as in torch.nn.Linear
    return x @ W.T + b
""",
        must="transpos | (out, in) | W.T | turned | W is the wrong way round",
    ),
    Coding(
        "dense_forward",
        "A ReLU is applied to the output.",
        """
def dense_forward(x, W, b):
    out = x.dot(W) + b
    out[out < 0] = 0
    return out
""",
        must="ReLU | negative | max(",
    ),
    Coding(
        "dense_forward",
        "The bias is subtracted.",
        """
def dense_forward(x, W, b):
    threshold = b
    return np.einsum("nd,dh->nh", x, W) - threshold
""",
        must="sign | subtract | minus | -1 x | - b",
    ),
    Coding(
        "dense_forward",
        "Only the first sample gets the bias.",
        """
def dense_forward(x, W, b):
    z = x @ W
    z[0] += b
    return z
""",
        must="first sample | sample 0 | row 0 | first row | one sample | other samples | every sample | every row",
    ),
    Coding(
        "dense_forward",
        "The bias is counted twice.",
        """
def dense_forward(x, W, b):
    X = np.hstack([x, np.ones((len(x), 1))])
    Wb = np.vstack([W, b])
    return X @ Wb + b
""",
        must="twice | 2 x | two times | factor 2 | 2.0 | b added 2",
    ),
    Coding(
        "dense_backward",
        "db is summed over the neurons in place of the samples.",
        """
def dense_backward(x, W, dz):
    return dz @ W.T, x.T @ dz, np.sum(dz, axis=1)
""",
        must="axis | over the neurons | over samples | (N,) | per sample | over n",
    ),
    Coding(
        "dense_backward",
        "db is the mean in place of the sum over the samples.",
        """
def dense_backward(x, W, dz):
    dx = np.matmul(dz, np.transpose(W))
    dW = np.matmul(np.transpose(x), dz)
    db = np.mean(dz, axis=0)
    return dx, dW, db
""",
        must="the mean | 1/N | divided by N | mean over | batch",
        must_not="transpos",
    ),
    Coding(
        "dense_backward",
        "dW is overwritten for each sample: the last sample alone counts.",
        """
def dense_backward(x, W, dz):
    dx = np.zeros_like(x)
    db = np.zeros(W.shape[1])
    for n in range(len(x)):
        dx[n] = W @ dz[n]
        dW = np.outer(x[n], dz[n])
        db += dz[n]
    return dx, dW, db
""",
        must="last sample | last row | overwrit | only the last | += | only sample",
        must_not="factor N",
    ),
    Coding(
        "dense_backward",
        "db is one number, the sum over samples and neurons.",
        """
def dense_backward(x, W, dz):
    db = np.sum(dz)
    return dz @ W.T, x.T @ dz, db
""",
        must="one number | scalar | each neuron | summed to | over both",
    ),
    Coding(
        "dense_backward",
        "db keeps a row axis: (1, H) for (H,).",
        """
def dense_backward(x, W, dz):
    db = np.sum(dz, axis=0, keepdims=True)
    dW = np.dot(x.T, dz)
    dx = np.dot(dz, W.T)
    return dx, dW, db
""",
        must="keepdims | (1, | extra axis | axis too many | axis of length 1 | (H,) | one axis",
    ),
    Coding(
        "dense_backward",
        "dW is transposed, and db is a mean: two mistakes.",
        """
def dense_backward(x, W, dz):
    dx = dz @ W.T
    dW = (x.T @ dz).T
    db = dz.mean(0)
    return dx, dW, db
""",
        must="transpos | (H, D) | turned | (out, in)",
        also=("the mean | 1/N | divided by N | mean over | batch",),
    ),
    Coding(
        "dense_backward",
        "The gradients have the wrong sign.",
        """
def dense_backward(x, W, dz):
    delta = -dz
    return delta @ W.T, x.T @ delta, delta.sum(axis=0)
""",
        must="sign | minus | -1 x | negative of | -1.000",
    ),
    Coding(
        "dense_backward",
        "dx is divided by the number of neurons.",
        """
def dense_backward(x, W, dz):
    N, H = dz.shape
    dx = np.zeros(x.shape)
    for n in range(N):
        for h in range(H):
            dx[n] += dz[n, h] * W[:, h] / H
    return dx, np.einsum("nd,nh->dh", x, dz), dz.sum(0)
""",
        must="1/H | number of neurons | H = | divided by H | mean over",
        also=("dx",),
    ),
    Coding(
        "relu_backward",
        "da is multiplied by the activation in place of the mask.",
        """
def relu_backward(z, da):
    a = np.maximum(0, z)
    return da * a
""",
        must="activation itself | by the activation | by a | times a | times z | by z | values of z | size of z",
    ),
    Coding(
        "relu_backward",
        "It is the derivative of a leaky ReLU, with slope 0.01 for negative z.",
        """
def relu_backward(z, da, alpha=0.01):
    dz = np.array(da)
    dz[z <= 0] *= alpha
    return dz
""",
        must="leak | 0.01 | a little | small slope",
    ),
    Coding(
        "relu_backward",
        "Nothing is masked: da is returned.",
        """
def relu_backward(z, da):
    grad = da.copy()
    return grad
""",
        must=(
            "mask is missing | masks are missing | slope is missing | without the mask | without mask | mask is "
            "not | no mask | must pass no error | not depend on z | not change when z | not masked | misses the "
            "mask | returns da | da is returned | z is not used"
        ),
    ),
    Coding(
        "relu_backward",
        "The caller's da is changed in place.",
        """
def relu_backward(z, da):
    da[z <= 0] = 0
    return da
""",
        must="changes da | da is changed | changed da | changes its argument | modifies | changed in place",
    ),
    Coding(
        "relu_backward",
        "The slope is returned without da.",
        """
def relu_backward(z, da):
    return np.where(z > 0, 1.0, 0.0)
""",
        must=(
            "not depend on da | not change when da | without the error | without da | da is missing | da is not | "
            "mask itself | chain rule"
        ),
    ),
    Coding(
        "relu_backward",
        "It is the derivative of a ReLU that is cut off at 1.",
        """
def relu_backward(z, da):
    return da * ((z > 0) & (z < 1))
""",
        must="above 1 | large z | upper | z > 1 | z >= 1 | z < 1 | cut | too large | largest z | clip | saturat",
    ),
    Coding(
        "relu_backward",
        "Whole samples are masked, by the sum of their z, not single entries.",
        """
def relu_backward(z, da):
    mask = (z.sum(axis=1) > 0)[:, None]
    return da * mask
""",
        must=(
            "each entry | entry by entry | whole row | whole sample | row by row | per row | per sample | whole "
            "rows | other entries | one decision"
        ),
    ),
    Coding(
        "relu_backward",
        "The threshold is the mean of z in place of 0.",
        """
def relu_backward(z, da):
    return da * (z > z.mean())
""",
        must="mean of z | mean of the | threshold | average | other entries | the mean",
    ),
    Coding(
        "relu_backward",
        "The sign of z stands in for the mask: errors at negative z come back with the sign turned.",
        """
def relu_backward(z, da):
    return da * np.sign(z)
""",
        must="sign of z | -1 | minus | z < 0 | turned round",
    ),
)
