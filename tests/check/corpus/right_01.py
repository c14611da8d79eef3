"""Unusual but right answers of dense_forward, dense_backward, relu_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_forward",
        "Three loops.",
        """
def dense_forward(x, W, b):
    N, D = x.shape
    H = W.shape[1]
    z = np.zeros((N, H))
    for n in range(N):
        for h in range(H):
            z[n, h] = b[h]
            for d in range(D):
                z[n, h] += x[n, d] * W[d, h]
    return z
""",
    ),
    Coding(
        "dense_forward",
        "The bias as a further row of W, with a column of ones in x.",
        """
def dense_forward(x, W, b):
    return np.hstack([x, np.ones((len(x), 1))]) @ np.vstack([W, b])
""",
    ),
    Coding(
        "dense_forward",
        "Transposed twice, in place on its own array.",
        """
def dense_forward(x, W, b):
    z = (W.T @ x.T).T
    z += b
    return z
""",
    ),
    Coding(
        "dense_backward",
        "Sums of outer products over the samples; a list is returned.",
        """
def dense_backward(x, W, dz):
    dW, db, dx = np.zeros_like(W), np.zeros(W.shape[1]), np.empty_like(x)
    for n in range(len(x)):
        dW += np.outer(x[n], dz[n])
        db += dz[n]
        dx[n] = W @ dz[n]
    return [dx, dW, db]
""",
    ),
    Coding(
        "dense_backward",
        "einsum three times.",
        """
def dense_backward(x, W, dz):
    return np.einsum("nh,dh->nd", dz, W), np.einsum("nd,nh->dh", x, dz), np.einsum("nh->h", dz)
""",
    ),
    Coding(
        "dense_backward",
        "dW and db in one product with a column of ones.",
        """
def dense_backward(x, W, dz):
    both = np.column_stack([x, np.ones(len(x))]).T @ dz
    return np.inner(dz, W), both[:-1], both[-1]
""",
    ),
    Coding(
        "relu_backward",
        "A loop over all entries.",
        """
def relu_backward(z, da):
    dz = np.zeros_like(da)
    for i in np.ndindex(*z.shape):
        if z[i] > 0:
            dz[i] = da[i]
    return dz
""",
    ),
    Coding(
        "relu_backward",
        "A copy, in which entries are set to zero.",
        """
def relu_backward(z, da):
    dz = da.copy()
    dz[np.logical_not(z > 0)] = 0
    return dz
""",
    ),
    Coding(
        "relu_backward",
        "The slope by np.heaviside.",
        """
def relu_backward(z, da):
    return np.multiply(da, np.heaviside(z, 0.0))
""",
    ),
    Coding(
        "relu_backward",
        "The mask is read off the activation.",
        """
def relu_backward(z, da):
    a = np.maximum(z, 0)
    return np.where(a == 0, 0, da)
""",
    ),
)
