"""A fourth author's mistakes, held out, in free codings of dense_forward, dense_backward, relu_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "dense_forward",
        "The sum of all biases is added to every neuron.",
        """
def dense_forward(x, W, b):
    z = x.dot(W)
    z += np.sum(b)
    return z
""",
        must="bias",
        must_not="bias is missing | transpos",
    ),
    Coding(
        "dense_backward",
        "One bias gradient for the whole layer.",
        """
def dense_backward(x, W, dz):
    db = np.ones(W.shape[1]) * dz.sum()
    return dz.dot(W.T), x.T.dot(dz), db
""",
        must="scalar | whole | all neurons | each neuron | axis | one number | shape | single",
        also=("db",),
        must_not="exchanged",
    ),
    Coding(
        "relu_backward",
        "Guided backpropagation: negative errors are dropped, too.",
        """
def relu_backward(z, da):
    return np.maximum(da, 0) * (z > 0)
""",
        must="da > 0 | guided | negative | of the error | negative error | of da",
        must_not="leaky",
    ),
)
