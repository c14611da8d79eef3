"""Further mistakes in free codings of dense_forward, dense_backward, relu_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_forward",
        "As in PyTorch, where W is (out, in).",
        """
def dense_forward(x, W, b):
    return np.matmul(x, W.T) + b
""",
        must="transpos | W.T | turned | W is (D, H) | PyTorch | the other way round",
        must_not="bias is missing",
    ),
    Coding(
        "dense_forward",
        "The bias is added to the weights, by brackets that do not belong there.",
        """
def dense_forward(x, W, b):
    z = x @ (W + b)
    return z
""",
        must="added to W | to the weights | every row of W | sum of x | times the bias | b ... sum ... inputs | bias",
        must_not="bias is missing | twice",
    ),
    Coding(
        "dense_forward",
        "The innermost loop ends one input too early.",
        """
def dense_forward(x, W, b):
    N, D = x.shape
    H = W.shape[1]
    z = np.zeros((N, H))
    for n in range(N):
        for h in range(H):
            s = b[h]
            for d in range(D - 1):
                s += x[n, d] * W[d, h]
            z[n, h] = s
    return z
""",
        must="last input | last row of W | last column of x | one input",
        must_not="bias | sample",
    ),
    Coding(
        "dense_forward",
        "Column by column, with the bias of the first neuron everywhere.",
        """
def dense_forward(x, W, b):
    columns = [x.dot(W[:, h]) + b[0] for h in range(W.shape[1])]
    return np.stack(columns, axis=1)
""",
        must="first row of the argument b | b[0] | first ... bias | first ... b",
        must_not="bias is missing | twice",
    ),
    Coding(
        "dense_forward",
        "As Keras' Dense(activation='relu').",
        """
def dense_forward(x, W, b):
    out = np.dot(x, W)
    out += b
    return np.where(out > 0, out, 0)
""",
        must="ReLU | negative | activation | max(",
        must_not="bias",
    ),
    Coding(
        "dense_forward",
        "The bias is subtracted, as a threshold of the old neuron models.",
        """
def dense_forward(x, W, b):
    return np.einsum("nd,dh->nh", x, W) - b[None, :]
""",
        must="subtract | sign ... b | minus | - b | bias ... sign | taken off",
        must_not="transpos",
    ),
    Coding(
        "dense_backward",
        "db adds up the neurons of each sample.",
        """
def dense_backward(x, W, dz):
    dx = np.dot(dz, W.T)
    dW = np.dot(x.T, dz)
    db = np.sum(dz, axis=1)
    return dx, dW, db
""",
        must="db",
        also=("axis | over the rows | over the samples",),
        must_not="transpos",
    ),
    Coding(
        "dense_backward",
        "The mean over the batch is taken once more, in dW and db.",
        """
def dense_backward(x, W, dz):
    m = x.shape[0]
    dW = (1 / m) * np.dot(x.T, dz)
    db = (1 / m) * np.sum(dz, axis=0)
    dx = np.dot(dz, W.T)
    return dx, dW, db
""",
        must="averaged over the batch again | 1/N | by N | twice",
        also=("dW",),
        must_not="transpos",
    ),
    Coding(
        "dense_backward",
        "Inside the loop over samples dW is assigned, not added to.",
        """
def dense_backward(x, W, dz):
    N = len(x)
    dx = np.zeros_like(x)
    dW = np.zeros_like(W)
    db = np.zeros(W.shape[1])
    for i in range(N):
        dx[i] = W @ dz[i]
        dW = np.outer(x[i], dz[i])
        db += dz[i]
    return dx, dW, db
""",
        must="last sample | overwrit | += | add | only ... sample | one sample",
        also=("dW",),
        must_not="transpos",
    ),
    Coding(
        "dense_backward",
        "db has an axis too many, from keepdims.",
        """
def dense_backward(x, W, dz):
    db = np.sum(dz, axis=0, keepdims=True)
    return dz @ W.T, x.T @ dz, db
""",
        must="with length 1 | keepdims | axis too many",
        also=("db",),
    ),
    Coding(
        "dense_backward",
        "A ReLU's mask is put on dx, though this layer has none.",
        """
def dense_backward(x, W, dz):
    dW = np.einsum("nd,nh->dh", x, dz)
    db = np.einsum("nh->h", dz)
    dx = np.einsum("nh,dh->nd", dz, W)
    dx[x <= 0] = 0
    return dx, dW, db
""",
        must="mask | ReLU | rectified | where x",
        also=("dx",),
    ),
    Coding(
        "relu_backward",
        "A leaky ReLU.",
        """
def relu_backward(z, da):
    slope = np.ones_like(z)
    slope[z < 0] = 0.01
    return slope * da
""",
        must="leak | 0.01 | negative ... pass | where z is negative | z <= 0 | z < 0",
    ),
    Coding(
        "relu_backward",
        "The mask is set into the error that was passed, as CS231n does with a copy.",
        """
def relu_backward(z, da):
    dz = da
    dz[z <= 0] = 0
    return dz
""",
        must="in place | argument | changes da | da ... changed | copy",
        must_not="inverted | opposite",
    ),
    Coding(
        "relu_backward",
        "The two branches of np.where are exchanged.",
        """
def relu_backward(z, da):
    return np.where(z > 0, 0, da)
""",
        must=(
            "invert | other way | opposite | wrong side | revers | exchanged | z <= 0 | z < 0"
            " | where z is negative | not positive"
        ),
        must_not="the error's sign",
    ),
    Coding(
        "relu_backward",
        "The derivative of |z|: np.sign for a mask.",
        """
def relu_backward(z, da):
    return np.sign(z) * da
""",
        must="sign | -1 | |z| | negative",
        must_not="leak",
    ),
    Coding(
        "relu_backward",
        "The derivative of the ReLU alone; the error does not enter.",
        """
def relu_backward(z, da):
    return np.array(z > 0, dtype=float)
""",
        must=(
            "da does not | not depend on da | not change when da | da is not | error does not | mask alone"
            " | times da | without the error"
        ),
        must_not="inverted",
    ),
)
