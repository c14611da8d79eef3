"""Mistakes in free codings of bp_step, fa_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "bp_step",
        "The weights are updated on the way: the error passes through the new weights.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    delta = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    weights = [W.copy() for W in weights]
    for l in range(len(weights) - 1, -1, -1):
        weights[l] -= lr * acts[l].T @ delta
        delta = (delta @ weights[l].T) * (acts[l] > 0)
    return weights
""",
        must=(
            "new weights | updated weights | old weights | after the update | already updated | weights ... "
            "forward pass | before they"
        ),
    ),
    Coding(
        "bp_step",
        "The ReLU's mask is missing on the way back.",
        """
def bp_step(x, y, weights, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1].dot(W), 0))
    delta = equations.softmax(a[-1].dot(weights[-1]))
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    grads = []
    for l in reversed(range(len(weights))):
        grads.insert(0, a[l].T.dot(delta))
        delta = delta.dot(weights[l].T)
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "mask is missing | masks are missing | slope is missing | without the mask | without mask | mask is "
            "not | no mask | must pass no error | not depend on z | not change when z | not masked | misses the "
            "mask"
        ),
    ),
    Coding(
        "bp_step",
        "The list of weights is changed in place.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    grads = [None] * len(weights)
    for l in reversed(range(len(weights))):
        grads[l] = acts[l].T @ dz
        dz = (dz @ weights[l].T) * (acts[l] > 0)
    for W, g in zip(weights, grads):
        W -= lr * g
    return weights
""",
        must="changes its argument | changes weights | is changed | modifies | changed in place",
    ),
    Coding(
        "bp_step",
        "The gradients are returned, not the new weights.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    grads = {}
    for l in reversed(range(len(weights))):
        grads[l] = acts[l].T @ dz
        if l:
            dz = (dz @ weights[l].T) * (acts[l] > 0)
    return [grads[l] for l in range(len(weights))]
""",
        must="gradient | step is returned | new weights | new parameter | change itself",
    ),
    Coding(
        "bp_step",
        "The gradients are sums over the batch, not means.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    dz = equations.softmax(acts[-1] @ weights[-1]) - np.eye(weights[-1].shape[1])[y]
    new = list(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * acts[l].T @ dz
        if l > 0:
            dz = (dz @ weights[l].T) * (acts[l] > 0)
    return new
""",
        must="the mean | 1/N | divided by N | batch | N x",
        must_not="twice | again | each sample is returned",
    ),
    Coding(
        "bp_step",
        "It is divided by N in every layer: the mean is taken twice.",
        """
def bp_step(x, y, weights, lr):
    N = len(x)
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    new = list(weights)
    for l in reversed(range(len(weights))):
        dW = acts[l].T @ dz / N
        new[l] = weights[l] - lr * dW
        if l > 0:
            dz = (dz @ weights[l].T) * (acts[l] > 0)
    return new
""",
        must="twice | 1/N | batch | again | divided by N | every layer",
        must_not="mean over the batch is missing | mean is missing",
    ),
    Coding(
        "bp_step",
        "The mask looks at the sign of the error that comes back.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    new = list(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * acts[l].T @ dz
        if l > 0:
            da = dz @ weights[l].T
            dz = da * (da > 0)
    return new
""",
        must="sign of the error | sign of da | mask ... error | da > 0 | positive errors",
    ),
    Coding(
        "bp_step",
        "The last sample of the batch is left out of all gradients.",
        """
def bp_step(x, y, weights, lr):
    new = [W.copy() for W in weights]
    N = len(x)
    for n in range(N - 1):
        acts = [x[n]]
        for W in weights[:-1]:
            acts.append(np.maximum(acts[-1] @ W, 0))
        dz = equations.softmax((acts[-1] @ weights[-1])[None])[0]
        dz[y[n]] -= 1
        for l in reversed(range(len(weights))):
            new[l] -= lr / N * np.outer(acts[l], dz)
            if l > 0:
                dz = (weights[l] @ dz) * (acts[l] > 0)
    return new
""",
        must="last sample | last row | sample ... left out",
    ),
    Coding(
        "fa_step",
        "The error goes through the turned weights: that is backpropagation, the feedback is not used.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * inputs[l].T @ dz
        if l > 0:
            dz = (dz @ weights[l].T) * (inputs[l] > 0)
    return new
""",
        must=(
            "backprop | W^T | own weights | feedback matrices are not used | not depend on feedback | not change "
            "when feedback | turned weights"
        ),
    ),
    Coding(
        "fa_step",
        "The masks are missing.",
        """
def fa_step(x, y, weights, feedback, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1] @ W, 0))
    p = equations.softmax(a[-1] @ weights[-1])
    delta = (p - np.eye(p.shape[1])[y]) / len(y)
    deltas = [delta]
    for B in reversed(feedback):
        deltas.insert(0, deltas[0] @ B)
    return [W - lr * a[l].T @ deltas[l] for l, W in enumerate(weights)]
""",
        must=(
            "mask is missing | masks are missing | slope is missing | without the mask | without mask | mask is "
            "not | no mask | must pass no error | not depend on z | not change when z | not masked | misses the "
            "mask"
        ),
    ),
    Coding(
        "fa_step",
        "The forward pass also goes through the feedback: the scores are computed with its transpose.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ feedback[-1].T, y)
    new = list(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * inputs[l].T @ dz
        if l > 0:
            dz = (dz @ feedback[l - 1]) * (inputs[l] > 0)
    return new
""",
        must="forward ... feedback | feedback ... forward | scores | readout | changes when feedback",
    ),
    Coding(
        "fa_step",
        "Not divided by the batch size.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.softmax(inputs[-1] @ weights[-1])
    for n, label in enumerate(y):
        dz[n, label] -= 1
    new = list(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * inputs[l].T @ dz
        if l > 0:
            dz = (dz @ feedback[l - 1]) * (inputs[l] > 0)
    return new
""",
        must="the mean | 1/N | divided by N | batch | N x",
        must_not="twice | again | each sample is returned",
    ),
    Coding(
        "fa_step",
        "Only the signs of the feedback are used.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * inputs[l].T @ dz
        if l > 0:
            dz = (dz @ np.sign(feedback[l - 1])) * (inputs[l] > 0)
    return new
""",
        must="sign",
    ),
)
