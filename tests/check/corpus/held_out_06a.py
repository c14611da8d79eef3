"""Held out, for measuring only: mistakes in free codings of bp_step, fa_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "bp_step",
        "The last layer has a ReLU as well.",
        """
def bp_step(x, y, weights, lr):
    a = [x]
    for W in weights:
        a.append(np.maximum(a[-1] @ W, 0))
    delta = equations.cross_entropy_gradient(a[-1], y)
    new = list(weights)
    for l in range(len(weights) - 1, -1, -1):
        delta = delta * (a[l + 1] > 0)
        new[l] = weights[l] - lr * a[l].T @ delta
        delta = delta @ weights[l].T
    return new
""",
        must="last layer | output ... ReLU | readout | ReLU ... output | ReLU ... last | output layer | scores",
        also=("ReLU | negative | linear | rectif | activation",),
    ),
    Coding(
        "bp_step",
        "Only the last layer learns.",
        """
def bp_step(x, y, weights, lr):
    h = x
    for W in weights[:-1]:
        h = np.maximum(h @ W, 0)
    dG = equations.cross_entropy_gradient(h @ weights[-1], y)
    return weights[:-1] + [weights[-1] - lr * h.T @ dG]
""",
        must="only the last | first layers | hidden layers | not trained | other layers | only the output",
    ),
    Coding(
        "bp_step",
        "The first layer does not learn: the loop stops one early.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    new = [W.copy() for W in weights]
    for l in range(len(weights) - 1, 0, -1):
        new[l] -= lr * acts[l].T @ dz
        dz = (dz @ weights[l].T) * (acts[l] > 0)
    return new
""",
        must="first layer | layer 0 | layer 1 | weights[0] is not | weights[0] does not",
    ),
    Coding(
        "bp_step",
        "Sigmoids in place of ReLUs.",
        """
def bp_step(x, y, weights, lr):
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    acts = [x]
    for W in weights[:-1]:
        acts.append(sigmoid(acts[-1] @ W))
    dz = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    new = list(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * acts[l].T @ dz
        if l > 0:
            dz = (dz @ weights[l].T) * acts[l] * (1 - acts[l])
    return new
""",
        must="sigmoid",
    ),
    Coding(
        "bp_step",
        "Steps uphill.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    scores = acts[-1] @ weights[-1]
    dz = np.eye(scores.shape[1])[y] - equations.softmax(scores)
    dz /= len(y)
    new = list(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * acts[l].T @ dz
        if l > 0:
            dz = (dz @ weights[l].T) * (acts[l] > 0)
    return new
""",
        must="sign | uphill | plus | climb",
    ),
    Coding(
        "bp_step",
        "Squared error at the output: the softmax is forgotten.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    out = acts[-1] @ weights[-1]
    dz = (out - np.eye(out.shape[1])[y]) / len(y)
    new = list(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * acts[l].T @ dz
        if l > 0:
            dz = (dz @ weights[l].T) * (acts[l] > 0)
    return new
""",
        must="softmax | squared | square | cross-entropy",
    ),
    Coding(
        "bp_step",
        (
            "The error skips layers: every hidden layer gets the output error straight through all matrices "
            "without masks between them."
        ),
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    e = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    new = list(weights)
    for l in range(len(weights)):
        dz = e
        for W in reversed(weights[l + 1 :]):
            dz = dz @ W.T
        if l < len(weights) - 1:
            dz = dz * (acts[l + 1] > 0)
        new[l] = weights[l] - lr * acts[l].T @ dz
    return new
""",
        must=(
            "mask is missing | masks are missing | slope is missing | without the mask | without mask | mask is "
            "not | no mask | must pass no error | not depend on z | not change when z | not masked | misses the "
            "mask | between"
        ),
    ),
    Coding(
        "bp_step",
        "The learning rate is halved for each layer further down.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    new = list(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * acts[l].T @ dz
        lr = lr / 2
        if l > 0:
            dz = (dz @ weights[l].T) * (acts[l] > 0)
    return new
""",
        must="half | 0.5 | each layer ... learning rate | learning rate ... layer | layer by layer | lower layers",
    ),
    Coding(
        "fa_step",
        "The feedback's index is shifted by one: feedback[layer] for feedback[layer - 1].",
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
            dz = (dz @ feedback[l]) * (inputs[l] > 0)
    return new
""",
        must=(
            "shift | by one | feedback[layer - 1] | one matrix fewer | one fewer | index of the feedback | wrong "
            "layer | another layer | neighbouring layer | next layer | other layer"
        ),
    ),
    Coding(
        "fa_step",
        "The feedback is transposed once more.",
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
            dz = (dz @ feedback[l - 1].T) * (inputs[l] > 0)
    return new
""",
        must="transpos | turned | feedback ... wrong way",
    ),
    Coding(
        "fa_step",
        "The output layer does not learn: the loop begins one layer too low.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for l in range(len(weights) - 2, -1, -1):
        dz = (dz @ feedback[l]) * (inputs[l + 1] > 0)
        new[l] = weights[l] - lr * inputs[l].T @ dz
    return new
""",
        must="last layer is not | output layer is not | output layer does | last layer does | readout | weights[-1]",
    ),
    Coding(
        "fa_step",
        "The feedback is trained as well, in place.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for l in reversed(range(len(weights))):
        dW = inputs[l].T @ dz
        new[l] = weights[l] - lr * dW
        if l > 0:
            dz = (dz @ feedback[l - 1]) * (inputs[l] > 0)
            feedback[l - 1] -= lr * dW.T
    return new
""",
        must="changes its argument | changes feedback | feedback ... fixed | is changed | modifies | changed in place",
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
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * inputs[l].T @ dz
        if l > 0:
            dz = (dz @ (weights[l].T + feedback[l - 1])) * (inputs[l] > 0)
    return new
""",
        must="feedback and weights | weights and feedback | together | both | sum | mixed",
    ),
    Coding(
        "fa_step",
        "Multiplied by the activation in place of the mask.",
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
            dz = (dz @ feedback[l - 1]) * inputs[l]
    return new
""",
        must="activation itself | by the activation | by a | times a",
    ),
)
