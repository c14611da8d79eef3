"""Held out, for measuring only: mistakes in free codings of relu_backward."""

from corpus import Coding

CODINGS = (
    Coding(
        "relu_backward",
        "The mask is taken from da, not from z.",
        """
def relu_backward(z, da):
    return da * (da > 0)
""",
        must=(
            "da > 0 | sign of da | sign of the error | mask ... da | mask ... error | not depend on z | not "
            "change when z"
        ),
    ),
    Coding(
        "relu_backward",
        "The mask is inverted: errors pass where z is negative.",
        """
def relu_backward(z, da):
    dz = np.zeros(z.shape)
    for i in np.ndindex(*z.shape):
        if z[i] < 0:
            dz[i] = da[i]
    return dz
""",
        must="invert | z < 0 | z <= 0 | wrong way | other way | opposite | reversed | exactly where",
    ),
    Coding(
        "relu_backward",
        "It is the derivative of the sigmoid.",
        """
def relu_backward(z, da):
    s = 1 / (1 + np.exp(-z))
    return da * s * (1 - s)
""",
        must="sigmoid",
    ),
    Coding(
        "relu_backward",
        "The threshold is 0.5 in place of 0.",
        """
def relu_backward(z, da):
    return np.where(z > 0.5, da, 0)
""",
        must="0.5 | threshold | 0 < z | small z | positive z",
    ),
    Coding(
        "relu_backward",
        "The error itself is rectified; z is not used.",
        """
def relu_backward(z, da):
    return np.maximum(da, 0)
""",
        must=(
            "da > 0 | sign of da | sign of the error | mask ... da | mask ... error | not depend on z | not "
            "change when z | negative errors | negative da"
        ),
    ),
    Coding(
        "relu_backward",
        "The arguments are in CS231n's order (dout, cache): z and da are exchanged.",
        """
def relu_backward(dout, cache):
    x = cache
    return np.where(x > 0, dout, 0)
""",
        must="exchang | swap | other order | order of the arg | another order | z and da | da and z",
    ),
    Coding(
        "relu_backward",
        "It is the derivative of tanh.",
        """
def relu_backward(z, da):
    return da * (1 - np.tanh(z) ** 2)
""",
        must="tanh",
    ),
    Coding(
        "relu_backward",
        "The result is divided by the batch size.",
        """
def relu_backward(z, da):
    return (z > 0) * da / z.shape[0]
""",
        must="1/N | divided by N | batch | the mean",
    ),
    Coding(
        "relu_backward",
        "It is the derivative of ELU: exp(z) for negative z.",
        """
def relu_backward(z, da):
    return np.where(z > 0, da, da * np.exp(z))
""",
        must="exp | ELU | e^z",
    ),
)
