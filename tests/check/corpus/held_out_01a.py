"""Held out, for measuring only: mistakes in free codings of dense_forward, dense_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_forward",
        "One number, the sum of all biases, is added to every neuron.",
        """
def dense_forward(x, W, b):
    N, D = x.shape
    H = W.shape[1]
    z = np.zeros((N, H))
    for n in range(N):
        for h in range(H):
            z[n, h] = np.sum(x[n] * W[:, h]) + np.sum(b)
    return z
""",
        must=(
            "sum of b | sum of the bias | b.sum | all biases | one number | sums b | sum over b | same number | "
            "sum of all | entries of b"
        ),
    ),
    Coding(
        "dense_forward",
        "The loop begins at 1: the first sample stays zero.",
        """
def dense_forward(x, W, b):
    z = np.zeros((x.shape[0], W.shape[1]))
    for n in range(1, x.shape[0]):
        z[n] = x[n] @ W + b
    return z
""",
        must="sample 0 | first sample | first row | row 0 | z[0",
    ),
    Coding(
        "dense_forward",
        "The loop over the inputs stops one early: the last input is left out.",
        """
def dense_forward(x, W, b):
    D = x.shape[1]
    z = b
    for d in range(D - 1):
        z = z + x[:, d : d + 1] * W[d]
    return z
""",
        must=(
            "last input | last feature | last column of x | last row of W | input ... left out | feature ... left "
            "out | not depend on x | not change when x["
        ),
    ),
    Coding(
        "dense_forward",
        "Samples are columns, as in Andrew Ng's course: the result is transposed.",
        """
def dense_forward(x, W, b):
    return W.T @ x.T + b.reshape(-1, 1)
""",
        must="transpos | (H, N) | turned",
    ),
    Coding(
        "dense_forward",
        "The product is divided by the batch size.",
        """
def dense_forward(x, W, b):
    m = x.shape[0]
    return 1.0 / m * np.dot(x, W) + b
""",
        must="1/N | divided by N | batch | the mean",
    ),
    Coding(
        "dense_forward",
        "The bias is added to the weights, so it is multiplied by the sum of the inputs.",
        """
def dense_forward(x, W, b):
    return x @ (W + b)
""",
        must=(
            "added to W | added to the weights | W + b | sum of x | times x | multipl ... x | bias ... inside | b "
            "is multiplied | bias is multiplied | row sum | sum of the inputs"
        ),
    ),
    Coding(
        "dense_forward",
        "The data are centred in place, which also changes the caller's x.",
        """
def dense_forward(x, W, b):
    x -= x.mean(axis=0)
    return x @ W + b
""",
        must=(
            "changes x | x is changed | changed x | changes its argument | changes the argument | modifies | "
            "changed in place"
        ),
    ),
    Coding(
        "dense_backward",
        "dW and db are divided by the batch size, though dz carries the 1/N already.",
        """
def dense_backward(x, W, dz):
    m = x.shape[0]
    dW = 1 / m * np.dot(x.T, dz)
    db = 1 / m * np.sum(dz, axis=0)
    dx = np.dot(dz, W.T)
    return dx, dW, db
""",
        must="the mean | 1/N | divided by N | mean over | batch | twice",
    ),
    Coding(
        "dense_backward",
        "The three gradients are returned in another order (dW, db, dx).",
        """
def dense_backward(x, W, dz):
    dW = x.T @ dz
    db = dz.sum(0)
    dx = dz @ W.T
    return dW, db, dx
""",
        must="order | exchang | swap | dW, db, dx",
    ),
    Coding(
        "dense_backward",
        "dW is laid out (out, in) as in PyTorch: it is transposed.",
        """
def dense_backward(x, W, dz):
    grad_input = dz @ W.T
    grad_weight = dz.T @ x
    grad_bias = dz.sum(axis=0)
    return grad_input, grad_weight, grad_bias
""",
        must="transpos | (H, D) | turned | (out, in)",
    ),
    Coding(
        "dense_backward",
        "The last sample is left out of dW and db.",
        """
def dense_backward(x, W, dz):
    dW, db = np.zeros(W.shape), np.zeros(W.shape[1])
    i = 0
    while i < x.shape[0] - 1:
        dW += x[i][:, None] * dz[i][None, :]
        db += dz[i]
        i += 1
    return dz.dot(W.T), dW, db
""",
        must="last sample | last row | sample ... left out | sample ... missing | row ... left out",
    ),
    Coding(
        "dense_backward",
        "W is not transposed in dx.",
        """
def dense_backward(x, W, dz):
    dx = dz @ W
    dW = x.T @ dz
    db = dz.sum(axis=0)
    return dx, dW, db
""",
        must="transpos | W.T | turned | W is the wrong way round",
    ),
    Coding(
        "dense_backward",
        "dx is computed from z = x W in place of dz.",
        """
def dense_backward(x, W, dz):
    z = x @ W
    dx = z @ W.T
    dW = x.T @ dz
    db = dz.sum(axis=0)
    return dx, dW, db
""",
        must="dz",
        also=("dx",),
    ),
    Coding(
        "dense_backward",
        "A weight decay is added to dW.",
        """
def dense_backward(x, W, dz, reg=0.1):
    dW = x.T.dot(dz)
    dW += reg * W
    return dz.dot(W.T), dW, dz.sum(axis=0)
""",
        must="weight decay | regulari | L2 | x W | times W | depends on W | of W | W itself",
        also=("dW",),
    ),
    Coding(
        "dense_backward",
        "A ReLU mask is applied to dz, though the layer has none.",
        """
def dense_backward(x, W, dz):
    z = x @ W
    dz = dz * (z > 0)
    return dz @ W.T, x.T @ dz, dz.sum(axis=0)
""",
        must="ReLU | mask | z > 0 | x W | negative",
    ),
    Coding(
        "dense_backward",
        "dW is computed with centred inputs.",
        """
def dense_backward(x, W, dz):
    xc = x - x.mean(axis=0)
    return dz @ W.T, xc.T @ dz, dz.sum(axis=0)
""",
        must="mean of x | centred | centered | x minus | taken off | subtract",
    ),
)
