"""Rarer mistakes in free codings of dense_forward, dense_backward and relu_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_forward",
        "= instead of += in the innermost loop: the last input only.",
        """
def dense_forward(x, W, b):
    N, D = x.shape
    z = np.zeros((N, W.shape[1]))
    for n in range(N):
        for h in range(W.shape[1]):
            for d in range(D):
                z[n, h] = x[n, d] * W[d, h]
            z[n, h] += b[h]
    return z
""",
        must="last input | overwrit | += | only ... last | last feature | last term",
        must_not="bias",
    ),
    Coding(
        "dense_forward",
        "An integer array for the result: everything is cut to whole numbers.",
        """
def dense_forward(x, W, b):
    z = np.zeros((len(x), len(b)), dtype=int)
    for n, row in enumerate(x):
        z[n] = row @ W + b
    return z
""",
        must="integer | whole number | rounded | truncat | dtype | int",
        must_not="bias",
    ),
    Coding(
        "dense_forward",
        "The bias is added once for every input.",
        """
def dense_forward(x, W, b):
    z = 0
    for d in range(x.shape[1]):
        z = z + x[:, d:d + 1] * W[d] + b
    return z
""",
        must="bias",
        also=("times | every input | each input | once | D | 5 | 4 x | multipl",),
        must_not="bias is missing",
    ),
    Coding(
        "dense_backward",
        "Copy and paste: db is the sum of x.",
        """
def dense_backward(x, W, dz):
    dW = x.T @ dz
    dx = dz @ W.T
    db = np.sum(x, axis=0)
    return dx, dW, db
""",
        must="db",
        also=("sum of x | of x | x in place | argument x | x, not dz",),
        must_not="transpos | too few",
    ),
    Coding(
        "dense_backward",
        "dx is made with the new gradient, not with W.",
        """
def dense_backward(x, W, dz):
    dW = x.T @ dz
    return dz @ dW.T, dW, dz.sum(axis=0)
""",
        must="dx",
        also=("not change when W | with dW | times dW | new gradient | dW in place",),
        must_not="transpos",
    ),
    Coding(
        "dense_backward",
        "db is a number: the sum over everything.",
        """
def dense_backward(x, W, dz):
    grads = {"x": dz @ W.T, "W": x.T @ dz, "b": dz.sum()}
    return grads["x"], grads["W"], grads["b"]
""",
        must="db",
        also=("one number | scalar | everything",),
    ),
    Coding(
        "dense_backward",
        "dW is the mean of outer products (np.mean over the batch).",
        """
def dense_backward(x, W, dz):
    outer = x[:, :, None] * dz[:, None, :]
    return dz @ W.T, outer.mean(axis=0), dz.sum(axis=0)
""",
        must="dW",
        also=("1/N | by N | mean | averaged | batch",),
        must_not="transpos",
    ),
    Coding(
        "relu_backward",
        "Guided backpropagation: negative errors are stopped, too.",
        """
def relu_backward(z, da):
    return da * (z > 0) * (da > 0)
""",
        must="negative errors | guided | sign of the error | da > 0 | error ... positive | negative error",
        must_not="in place",
    ),
    Coding(
        "relu_backward",
        "Precedence: da * z > 0.",
        """
def relu_backward(z, da):
    return da * z > 0
""",
        must="bracket | comparison | precedence | true or false | True | bool | 0 or 1 | size of the error",
        must_not="in place | array of integers",
    ),
    Coding(
        "relu_backward",
        "The derivative of the softplus: a sigmoid.",
        """
def relu_backward(z, da):
    return da / (1 + np.exp(-z))
""",
        must="sigmoid | softplus",
        must_not="in place",
    ),
    Coding(
        "relu_backward",
        "One mask for each sample, of its first neuron.",
        """
def relu_backward(z, da):
    on = z[:, 0] > 0
    return np.where(on[:, None], da, 0)
""",
        must="first neuron | first column | column 0 | each neuron | own z | mask",
        must_not="in place | inverted",
    ),
)
