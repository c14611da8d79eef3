"""A fourth author's mistakes, held out, in free codings of eq5, eq7, eq8, sgd_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq5",
        "Cosine similarity: the rows of M are scaled to length 1.",
        """
def eq5(a, M):
    unit = M / np.linalg.norm(M, axis=1, keepdims=True)
    return a @ unit.T
""",
        must="length | norm | cosine | scaled | unit",
        must_not="transpos",
    ),
    Coding(
        "eq7",
        "The mask is a itself: the error is multiplied by relu(z), not by 0 or 1.",
        """
def eq7(x, z, M, dG):
    a = np.maximum(z, 0)
    delta = dG.dot(M) * a
    return x.T.dot(delta)
""",
        must="0 or 1 | mask | slope | relu(z) | values of | value of | a itself | times a | times z",
        must_not="sign",
    ),
    Coding(
        "eq7",
        "np.sign(z): the neurons that are off get minus the error.",
        """
def eq7(x, z, M, dG):
    return x.T @ ((dG @ M) * np.sign(z))
""",
        must="sign | minus the | off | mask | negative",
        must_not="by N",
    ),
    Coding(
        "eq8",
        "Reshaped to (m, n) in place of being turned.",
        """
def eq8(a, dG):
    dM = a.T @ dG
    return dM.reshape(dG.shape[1], a.shape[1])
""",
        must="reshape | turned | transpos | order | .T",
        must_not="sign",
    ),
    Coding(
        "sgd_step",
        "The step goes into the array that was given, by out=.",
        """
def sgd_step(parameter, gradient, lr):
    np.subtract(parameter, lr * gradient, out=parameter)
    return parameter
""",
        must="in place | changed | changes | new array | copy",
        must_not="sign",
    ),
)
