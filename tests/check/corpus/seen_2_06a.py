"""Further mistakes in free codings of bp_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "bp_step",
        "The weights of the layer above have already been updated when the error goes through them.",
        """
def bp_step(x, y, weights, lr):
    Ws = [W.copy() for W in weights]
    acts = [x]
    for W in Ws[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    delta = equations.cross_entropy_gradient(acts[-1] @ Ws[-1], y)
    for l in range(len(Ws) - 1, -1, -1):
        Ws[l] -= lr * acts[l].T @ delta
        if l > 0:
            delta = (delta @ Ws[l].T) * (acts[l] > 0)
    return Ws
""",
        must="updated | new weights | old weights | after the update | before the update | already",
        must_not="mask is missing | sign",
    ),
    Coding(
        "bp_step",
        "The mask of the ReLU is forgotten on the way back.",
        """
def bp_step(x, y, weights, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(np.clip(a[-1] @ W, 0, None))
    error = equations.cross_entropy_gradient(a[-1] @ weights[-1], y)
    new = []
    for W, below in zip(weights[::-1], a[::-1]):
        new.insert(0, W - lr * below.T @ error)
        error = error @ W.T
    return new
""",
        must="mask | ReLU",
        must_not="updated",
    ),
    Coding(
        "bp_step",
        "The caller's matrices are updated.",
        """
def bp_step(x, y, weights, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    grads = []
    for i in range(len(weights) - 1, -1, -1):
        grads.append(inputs[i].T @ dz)
        if i:
            dz = dz @ weights[i].T * (inputs[i] > 0)
    for W, g in zip(weights, reversed(grads)):
        W -= lr * g
    return weights
""",
        must="in place | argument | changes | changed | copy",
        must_not="mask is missing",
    ),
    Coding(
        "bp_step",
        "A squared error at the output instead of the softmax cross-entropy.",
        """
def bp_step(x, y, weights, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    out = inputs[-1] @ weights[-1]
    dz = (out - np.eye(out.shape[1])[y]) / len(y)
    new = list(weights)
    for i in reversed(range(len(weights))):
        new[i] = weights[i] - lr * inputs[i].T @ dz
        if i > 0:
            dz = (dz @ weights[i].T) * (inputs[i] > 0)
    return new
""",
        must="softmax | squared | output | error at the scores",
        must_not="mask is missing | sign",
    ),
    Coding(
        "bp_step",
        "A ReLU on the output layer, too.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights:
        acts.append(np.maximum(acts[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(acts[-1], y) * (acts[-1] > 0)
    new = [None] * len(weights)
    for i in range(len(weights) - 1, -1, -1):
        new[i] = weights[i] - lr * np.dot(acts[i].T, dz)
        dz = np.dot(dz, weights[i].T) * (acts[i] > 0)
    return new
""",
        must="output | last layer | scores | readout | linear",
        must_not="mask is missing",
    ),
    Coding(
        "bp_step",
        "The loop stops before the first layer, which never learns.",
        """
def bp_step(x, y, weights, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for i in range(len(weights) - 1, 0, -1):
        new[i] = weights[i] - lr * inputs[i].T @ dz
        dz = (dz @ weights[i].T) * (inputs[i] > 0)
    return new
""",
        must="layer is not trained | first layer | first matrix",
        must_not="sign",
    ),
    Coding(
        "bp_step",
        "The activation stands for the mask, from the sigmoid's a (1 - a).",
        """
def bp_step(x, y, weights, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    out = []
    for i in reversed(range(len(weights))):
        out.append(weights[i] - lr * inputs[i].T @ dz)
        dz = (dz @ weights[i].T) * inputs[i] * (1 - inputs[i])
    return out[::-1]
""",
        must="sigmoid | a (1 - a)",
    ),
    Coding(
        "bp_step",
        "The new weights come back with the last layer first.",
        """
def bp_step(x, y, weights, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = []
    for i in reversed(range(len(weights))):
        new.append(weights[i] - lr * inputs[i].T @ dz)
        dz = (dz @ weights[i].T) * (inputs[i] > 0)
    return new
""",
        must="order | revers | last layer first | backwards | turned round",
    ),
    Coding(
        "bp_step",
        "The batch mean is taken again in every weight gradient.",
        """
def bp_step(x, y, weights, lr):
    N = len(x)
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for i in reversed(range(len(weights))):
        new[i] = weights[i] - lr * (inputs[i].T @ dz) / N
        if i > 0:
            dz = (dz @ weights[i].T) * (inputs[i] > 0)
    return new
""",
        must="1/N | by N | batch | twice | again",
        must_not="sign",
    ),
)
