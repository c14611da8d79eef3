"""A fourth author's mistakes, held out, in free codings of mf_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_step",
        "W goes uphill: the sign is right at M only.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.where(z > 0, z, 0)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dW, dM = equations.weight_gradient(x, z, M, dG), equations.projection_gradient(a, dG)
    return W + lr * dW, M - lr * dM, a
""",
        must="sign | direction | uphill | wrong way | + lr",
        also=("W",),
        must_not="mask",
    ),
    Coding(
        "mf_step",
        "M's gradient with z in place of a: the neurons that are off count, too.",
        """
def mf_step(x, y, W, M, lr):
    z = np.einsum("nd,dh->nh", x, W)
    a = np.maximum(z, 0)
    G = np.einsum("nh,mh->nm", a, M)
    dG = equations.cross_entropy_gradient(G, y)
    dM = np.einsum("nm,nh->mh", dG, z)
    dW = np.einsum("nd,nm,mh,nh->dh", x, dG, M, (z > 0).astype(float))
    return W - lr * dW, M - lr * dM, a
""",
        must="z in place | pre-activ | of z | with z | z itself | ReLU | off | negative | activation",
        also=("M",),
        must_not="sign",
    ),
    Coding(
        "mf_step",
        "Squared error in place of the cross-entropy: no softmax before the difference.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    scores = a @ M.T
    scores[np.arange(len(y)), y] -= 1
    e = scores / len(y)
    return W - lr * (x.T @ ((e @ M) * (z > 0))), M - lr * (e.T @ a), a
""",
        must="softmax | squared | cross-entropy | probabilit",
        must_not="sign",
    ),
)
