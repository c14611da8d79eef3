"""Mistakes in free codings of dfa_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "dfa_step",
        "The mask is taken from the layer's input, of the layer below.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = [*weights[:-1], weights[-1] - lr * inputs[-1].T @ e]
    for l, B in enumerate(feedback):
        dz = (e @ B) * (inputs[l] > 0)
        new[l] = weights[l] - lr * inputs[l].T @ dz
    return new
""",
        must="layer below | mask of | layer's input | wrong layer | another layer | other layer | input of the layer",
    ),
    Coding(
        "dfa_step",
        "The error's sign alone is broadcast.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = [*weights[:-1], weights[-1] - lr * inputs[-1].T @ e]
    for l, B in enumerate(feedback):
        dz = (np.sign(e) @ B) * (inputs[l + 1] > 0)
        new[l] = weights[l] - lr * inputs[l].T @ dz
    return new
""",
        must="sign",
    ),
    Coding(
        "dfa_step",
        "The projected error replaces e in the loop: each layer starts from the layer below.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = [*weights[:-1], weights[-1] - lr * inputs[-1].T @ e]
    for l, B in enumerate(feedback):
        e = (e @ B) * (inputs[l + 1] > 0)
        new[l] = weights[l] - lr * inputs[l].T @ e
    return new
""",
        must=(
            "output error | layer below | from layer to layer | overwrit | error at the output | layer before | chain"
        ),
    ),
    Coding(
        "dfa_step",
        "The first hidden layer is skipped.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = [*weights[:-1], weights[-1] - lr * inputs[-1].T @ e]
    for l in range(1, len(feedback)):
        dz = (e @ feedback[l]) * (inputs[l + 1] > 0)
        new[l] = weights[l] - lr * inputs[l].T @ dz
    return new
""",
        must="first layer | first hidden | layer 0 | layer 1 | weights[0] is not | weights[0] does not",
    ),
    Coding(
        "dfa_step",
        (
            "The layers above the hidden one have changed already: the forward pass is repeated for each layer "
            "with the new weights."
        ),
        """
def dfa_step(x, y, weights, feedback, lr):
    new = [W.copy() for W in weights]
    for l in range(len(weights)):
        inputs = [x]
        for W in new[:-1]:
            inputs.append(np.maximum(inputs[-1] @ W, 0))
        e = equations.cross_entropy_gradient(inputs[-1] @ new[-1], y)
        if l < len(feedback):
            e = (e @ feedback[l]) * (inputs[l + 1] > 0)
        new[l] = new[l] - lr * inputs[l].T @ e
    return new
""",
        must=(
            "new weights | updated weights | old weights | after the update | forward pass ... again | repeated | "
            "already updated | forward pass"
        ),
    ),
)
