"""Unusual but right answers of bp_step, fa_step, dfa_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "bp_step",
        "Recursion: each call returns the new weights above, and the error at its input.",
        """
def bp_step(x, y, weights, lr):
    def step(a, rest):
        W = rest[0]
        z = a @ W
        if len(rest) == 1:
            dz, above = equations.cross_entropy_gradient(z, y), []
        else:
            above, da = step(np.maximum(z, 0), rest[1:])
            dz = da * (z > 0)
        return [W - lr * a.T @ dz, *above], dz @ W.T

    return step(x, list(weights))[0]
""",
    ),
    Coding(
        "bp_step",
        "Sample by sample, the gradients added up before any update.",
        """
def bp_step(x, y, weights, lr):
    grads = [np.zeros_like(W) for W in weights]
    for row, label in zip(x, y):
        zs, a = [], [row]
        for W in weights:
            zs.append(a[-1] @ W)
            a.append(np.maximum(zs[-1], 0))
        delta = np.exp(zs[-1] - np.logaddexp.reduce(zs[-1]))
        delta[label] -= 1
        for i in range(len(weights) - 1, -1, -1):
            grads[i] += np.outer(a[i], delta) / len(x)
            if i:
                delta = (weights[i] @ delta) * (zs[i - 1] > 0)
    return [W - lr * g for W, g in zip(weights, grads)]
""",
    ),
    Coding(
        "fa_step",
        "zip over the reversed lists.",
        """
def fa_step(x, y, weights, feedback, lr):
    a = [x]
    for W in weights[:-1]:
        a.append((a[-1] @ W).clip(0))
    delta = equations.cross_entropy_gradient(a.pop() @ weights[-1], y)
    hidden = x
    for W in weights[:-1]:
        hidden = np.maximum(hidden @ W, 0)
    new = [weights[-1] - lr * hidden.T @ delta]
    for W, B, below in zip(weights[-2::-1], feedback[::-1], a[::-1]):
        delta = np.where(below @ W > 0, delta @ B, 0)
        new.insert(0, W - lr * below.T @ delta)
    return new
""",
    ),
    Coding(
        "fa_step",
        "All errors first, then all updates.",
        """
def fa_step(x, y, weights, feedback, lr):
    zs, a = [], x
    for W in weights:
        zs.append(a @ W)
        a = np.maximum(zs[-1], 0)
    errors = [equations.cross_entropy_gradient(zs[-1], y)]
    for i in range(len(feedback) - 1, -1, -1):
        errors.append(np.heaviside(zs[i], 0) * np.einsum("nk,kj->nj", errors[-1], feedback[i]))
    errors.reverse()
    inputs = [x, *(np.maximum(z, 0) for z in zs[:-1])]
    return [W - lr * np.einsum("nd,nh->dh", i, e) for W, i, e in zip(weights, inputs, errors)]
""",
    ),
    Coding(
        "dfa_step",
        "From the last layer down, with one list of feedback and an identity for the output.",
        """
def dfa_step(x, y, weights, feedback, lr):
    zs, inputs = [], [x]
    for W in weights:
        zs.append(inputs[-1] @ W)
        inputs.append(np.maximum(zs[-1], 0))
    e = equations.cross_entropy_gradient(zs[-1], y)
    masks = [*(z > 0 for z in zs[:-1]), np.ones_like(e)]
    ways = [*feedback, np.eye(e.shape[1])]
    return [W - lr * a.T @ ((e @ B) * on) for W, a, B, on in zip(weights, inputs, ways, masks)]
""",
    ),
    Coding(
        "dfa_step",
        "Outer products, sample by sample.",
        """
def dfa_step(x, y, weights, feedback, lr):
    new = [np.array(W) for W in weights]
    for row, label in zip(x, y):
        a = [row]
        for W in weights[:-1]:
            a.append(np.maximum(a[-1] @ W, 0))
        e = equations.softmax((a[-1] @ weights[-1])[None, :])[0]
        e[label] -= 1
        e /= len(x)
        new[-1] -= lr * np.outer(a[-1], e)
        for i, B in enumerate(feedback):
            new[i] -= lr * np.outer(a[i], (e @ B) * (a[i + 1] > 0))
    return new
""",
    ),
)
