"""Rarer mistakes in free codings of bp_step, fa_step and dfa_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "bp_step",
        "The error is not masked by the layer's own units but by the sign of the error.",
        """
def bp_step(x, y, weights, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for i in reversed(range(len(weights))):
        new[i] = weights[i] - lr * inputs[i].T @ dz
        if i > 0:
            back = dz @ weights[i].T
            dz = back * (back > 0)
    return new
""",
        must="sign of the error | mask",
        must_not="mask is missing",
    ),
    Coding(
        "bp_step",
        "Each sample gets the label of the sample before: y[i - 1] in a loop.",
        """
def bp_step(x, y, weights, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    p = equations.softmax(inputs[-1] @ weights[-1])
    for i in range(len(y)):
        p[i, y[i - 1]] -= 1
    dz = p / len(y)
    new = list(weights)
    for i in reversed(range(len(weights))):
        new[i] = weights[i] - lr * inputs[i].T @ dz
        if i > 0:
            dz = (dz @ weights[i].T) * (inputs[i] > 0)
    return new
""",
        must="rows of the argument x | label",
        also=("sample | neighbour | shifted | rolled | other | pair | previous",),
        must_not="mask is missing",
    ),
    Coding(
        "bp_step",
        "Leaky on the way back only: 0.01 of the error passes where the neuron was off.",
        """
def bp_step(x, y, weights, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for i in reversed(range(len(weights))):
        new[i] = weights[i] - lr * inputs[i].T @ dz
        if i > 0:
            dz = (dz @ weights[i].T) * np.where(inputs[i] > 0, 1, 0.01)
    return new
""",
        must="leak | 0.01 | were off | slope",
        must_not="mask is missing",
    ),
    Coding(
        "bp_step",
        "The learning rate is halved at each layer on the way down.",
        """
def bp_step(x, y, weights, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for i in reversed(range(len(weights))):
        new[i] = weights[i] - lr * inputs[i].T @ dz
        lr = lr / 2
        if i > 0:
            dz = (dz @ weights[i].T) * (inputs[i] > 0)
    return new
""",
        must="learning rate | lr | 0.5 | half | 0.25",
        must_not="mask",
    ),
    Coding(
        "fa_step",
        "Weights and feedback are added on the way back.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for i in reversed(range(len(weights))):
        new[i] = weights[i] - lr * inputs[i].T @ dz
        if i > 0:
            dz = (dz @ (weights[i].T + feedback[i - 1])) * (inputs[i] > 0)
    return new
""",
        must="together | weights ... as well | weights and feedback | both | added | sum | backpropagation",
        must_not="mask",
    ),
    Coding(
        "fa_step",
        "The signs of the feedback only.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for i in reversed(range(len(weights))):
        new[i] = weights[i] - lr * inputs[i].T @ dz
        if i > 0:
            dz = (dz @ np.sign(feedback[i - 1])) * (inputs[i] > 0)
    return new
""",
        must="sign of | signs | np.sign",
        must_not="mask | sign of the error | wrong sign",
    ),
    Coding(
        "dfa_step",
        "Targets instead of errors are sent (as in DRTP): the one-hot labels.",
        """
def dfa_step(x, y, weights, feedback, lr):
    h = [x]
    for W in weights[:-1]:
        h.append(np.maximum(h[-1] @ W, 0))
    scores = h[-1] @ weights[-1]
    e = equations.cross_entropy_gradient(scores, y)
    t = np.eye(scores.shape[1])[y] / len(y)
    new = [weights[i] - lr * h[i].T @ ((t @ B) * (h[i + 1] > 0)) for i, B in enumerate(feedback)]
    return [*new, weights[-1] - lr * h[-1].T @ e]
""",
        must="label | target | one-hot | error",
        must_not="mask",
    ),
    Coding(
        "dfa_step",
        "The mask looks at the error that arrives, not at the layer's own z.",
        """
def dfa_step(x, y, weights, feedback, lr):
    h, zs = [x], []
    for W in weights[:-1]:
        zs.append(h[-1] @ W)
        h.append(np.maximum(zs[-1], 0))
    e = equations.cross_entropy_gradient(h[-1] @ weights[-1], y)
    new = list(weights)
    new[-1] = weights[-1] - lr * h[-1].T @ e
    for i, B in enumerate(feedback):
        back = e @ B
        new[i] = weights[i] - lr * h[i].T @ np.where(back > 0, back, 0)
    return new
""",
        must="mask | sign of the error",
        must_not="mask is missing",
    ),
    Coding(
        "dfa_step",
        "The batch's error is summed to one row before it is sent.",
        """
def dfa_step(x, y, weights, feedback, lr):
    h = [x]
    for W in weights[:-1]:
        h.append(np.maximum(h[-1] @ W, 0))
    e = equations.cross_entropy_gradient(h[-1] @ weights[-1], y)
    new = list(weights)
    new[-1] = weights[-1] - lr * h[-1].T @ e
    for i, B in enumerate(feedback):
        dz = (e.mean(axis=0) @ B) * (h[i + 1] > 0)
        new[i] = weights[i] - lr * h[i].T @ dz
    return new
""",
        must="sample | batch | mean | averaged",
        must_not="mask is missing | the mean over the batch is taken twice",
    ),
)
