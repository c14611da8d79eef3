"""Rarer mistakes in free codings of eq5, eq7, eq8 and sgd_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq5",
        "The absolute values of the scores.",
        """
def eq5(a, M):
    return np.abs(a @ M.T)
""",
        must="absolute | abs | negative | sign",
        must_not="transpos",
    ),
    Coding(
        "eq5",
        "Distances to the rows of M instead of products.",
        """
def eq5(a, M):
    diff = a[:, None, :] - M[None, :, :]
    return -(diff ** 2).sum(axis=2)
""",
        must="distance | squar | product | difference | subtract",
        must_not="transpos",
    ),
    Coding(
        "eq5",
        "The last class is left out of the loop, its column stays 0.",
        """
def eq5(a, M):
    m = M.shape[0]
    G = np.zeros((a.shape[0], m))
    for c in range(m - 1):
        G[:, c] = (a * M[c]).sum(axis=1)
    return G
""",
        must="last class | last column | last row of M | column ... 0 | column 3 | left out | G[:, 3]",
        must_not="transpos | sample",
    ),
    Coding(
        "eq7",
        "Precedence: dG @ M * z > 0 is a comparison, so dz is true or false.",
        """
def eq7(x, z, M, dG):
    dz = dG @ M * z > 0
    return x.T @ dz
""",
        must="bracket | comparison | precedence | true or false | True | 0 or 1 | boolean | size of the error",
        must_not="transpos",
    ),
    Coding(
        "eq7",
        "The mask of the inputs in place of the neurons' mask.",
        """
def eq7(x, z, M, dG):
    da = dG @ M
    return (x * (x > 0)).T @ da
""",
        must="input is rectified | input | x > 0",
        must_not="transpos",
    ),
    Coding(
        "eq7",
        "The mask is counted: each column times the number of samples with z > 0.",
        """
def eq7(x, z, M, dG):
    return (x.T @ (dG @ M)) * (z > 0).sum(axis=0)
""",
        must="counted | number of samples | mask is summed | mask ... sum | each sample | sample's own",
        must_not="transpos",
    ),
    Coding(
        "eq7",
        "The squared error of Forward-Forward: 2 a is in it.",
        """
def eq7(x, z, M, dG):
    a = np.maximum(z, 0)
    da = dG @ M * 2 * a
    return x.T @ da
""",
        must="2 a | goodness | square | 2 z | times a",
        must_not="mask is missing | transpos",
    ),
    Coding(
        "eq7",
        "Every row of M counts alike: dG is summed over the classes first.",
        """
def eq7(x, z, M, dG):
    e = dG.sum(axis=1, keepdims=True)
    da = e * M.sum(axis=0)
    return x.T @ (da * (z > 0))
""",
        must="class | summed | M | before | row of M",
        must_not="mask is missing | transpos",
    ),
    Coding(
        "eq8",
        "z-like centring: the batch mean of a is taken off.",
        """
def eq8(a, dG):
    centred = a - a.mean(axis=0)
    return dG.T @ centred
""",
        must="mean | centr | taken off",
        must_not="transpos | by N",
    ),
    Coding(
        "eq8",
        "The samples of dG run backwards, from a reversed list.",
        """
def eq8(a, dG):
    dM = 0
    for row, error in zip(a, dG[::-1]):
        dM = dM + np.outer(error, row)
    return dM
""",
        must=(
            "order of the samples | revers | backwards | other sample | pair | samples ... order | own sample | mixed"
        ),
        must_not="transpos",
    ),
    Coding(
        "sgd_step",
        "The gradient is clipped to [-1, 1] first.",
        """
def sgd_step(parameter, gradient, lr):
    return parameter - lr * np.clip(gradient, -1, 1)
""",
        must="clip | cut | limited | large ... gradient | bounded | 1",
        must_not="sign | unit",
    ),
    Coding(
        "sgd_step",
        "Brackets: lr multiplies the parameter as well.",
        """
def sgd_step(parameter, gradient, lr):
    return lr * (parameter - gradient)
""",
        must="bracket | lr ... parameter | parameter ... lr | learning rate | scaled | multipl",
        must_not="sign is",
    ),
)
