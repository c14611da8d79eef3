"""A fourth author's mistakes in free codings of eq5, eq7, eq8, sgd_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq5",
        "The last class is never filled in: range(m - 1).",
        """
def eq5(a, M):
    m = M.shape[0]
    G = np.zeros((a.shape[0], m))
    for c in range(m - 1):
        G[:, c] = a @ M[c]
    return G
""",
        must="last class | last column | last row of M | left out | zero",
        must_not="transpos",
    ),
    Coding(
        "eq5",
        "Squared distances to the prototypes, with a minus, in place of the inner products.",
        """
def eq5(a, M):
    diff = a[:, np.newaxis, :] - M[np.newaxis, :, :]
    return -(diff ** 2).sum(axis=2)
""",
        must="distance | square | product | inner",
        must_not="transpos",
    ),
    Coding(
        "eq7",
        "The mask is taken from the error, not from z.",
        """
def eq7(x, z, M, dG):
    da = np.einsum("nm,mh->nh", dG, M)
    dz = np.where(da > 0, da, 0)
    return np.einsum("nd,nh->dh", x, dz)
""",
        must="mask | z > 0 | of da | sign of da | of the error | from the error",
        must_not="sign",
    ),
    Coding(
        "eq7",
        "The outer product of each sample is assigned, so that only the last one is left.",
        """
def eq7(x, z, M, dG):
    dW = np.zeros((x.shape[1], z.shape[1]))
    for xi, zi, gi in zip(x, z, dG):
        dW = np.outer(xi, (gi @ M) * (zi > 0))
    return dW
""",
        must="last sample | last row | last one | += | overwritten | added up",
        must_not="sign",
    ),
    Coding(
        "eq8",
        "Only the signs of the errors are used.",
        """
def eq8(a, dG):
    direction = np.sign(dG)
    return direction.T @ a
""",
        must="sign | size of | sizes | magnitude",
        must_not="transpos",
    ),
    Coding(
        "eq8",
        "The return is inside the loop over the samples: one sample only.",
        """
def eq8(a, dG):
    dM = np.zeros((dG.shape[1], a.shape[1]))
    for n in range(len(a)):
        for c in range(dG.shape[1]):
            dM[c] += dG[n, c] * a[n]
        return dM
""",
        must="first sample | first row | return ... loop | inside the loop | in the loop | one sample",
        must_not="transpos",
    ),
    Coding(
        "sgd_step",
        "Decay that nobody asked for: the parameter itself shrinks by lr.",
        """
def sgd_step(parameter, gradient, lr):
    return (1 - lr) * parameter - lr * gradient
""",
        must="decay | shrink | times the parameter | of the parameter | lr * parameter | parameter itself | (1 - lr)",
        must_not="sign",
    ),
    Coding(
        "sgd_step",
        "A gradient scaled to length 1.",
        """
def sgd_step(parameter, gradient, lr):
    g = gradient / (np.linalg.norm(gradient) + 1e-12)
    return parameter - lr * g
""",
        must="length | norm",
        must_not="sign",
    ),
)
