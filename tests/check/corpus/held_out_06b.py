"""Held out, for measuring only: mistakes in free codings of dfa_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "dfa_step",
        "The masks are missing.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = [W - lr * i.T @ e @ B for W, i, B in zip(weights, inputs, feedback)]
    return new + [weights[-1] - lr * inputs[-1].T @ e]
""",
        must=(
            "mask is missing | masks are missing | slope is missing | without the mask | without mask | mask is "
            "not | no mask | must pass no error | not depend on z | not change when z | not masked | misses the "
            "mask"
        ),
    ),
    Coding(
        "dfa_step",
        "The output layer does not learn.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for l, B in enumerate(feedback):
        new[l] = weights[l] - lr * inputs[l].T @ ((e @ B) * (inputs[l + 1] > 0))
    return new
""",
        must="last layer | output layer | readout | not trained | weights[-1]",
    ),
    Coding(
        "dfa_step",
        "The feedback matrices are used in reversed order.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = [*weights[:-1], weights[-1] - lr * inputs[-1].T @ e]
    for l in range(len(feedback)):
        B = feedback[-1 - l]
        dz = (e @ B) * (inputs[l + 1] > 0)
        new[l] = weights[l] - lr * inputs[l].T @ dz
    return new
""",
        must="order of the feedback | revers | another layer | wrong layer | other layer | feedback ... order",
    ),
    Coding(
        "dfa_step",
        "Uphill in the hidden layers: the fixed feedback is subtracted.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = [*weights[:-1], weights[-1] - lr * inputs[-1].T @ e]
    for l, B in enumerate(feedback):
        dz = (e @ B) * (inputs[l + 1] > 0)
        new[l] = weights[l] + lr * inputs[l].T @ dz
    return new
""",
        must="sign | uphill | plus | climb",
    ),
    Coding(
        "dfa_step",
        "The error is p in place of p - y.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.softmax(inputs[-1] @ weights[-1]) / len(y)
    new = [*weights[:-1], weights[-1] - lr * inputs[-1].T @ e]
    for l, B in enumerate(feedback):
        dz = (e @ B) * (inputs[l + 1] > 0)
        new[l] = weights[l] - lr * inputs[l].T @ dz
    return new
""",
        must="label | p - y | one-hot",
    ),
    Coding(
        "dfa_step",
        "The output layer takes its error without 1/N, the hidden layers with it.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.softmax(inputs[-1] @ weights[-1]) - np.eye(weights[-1].shape[1])[y]
    new = [*weights[:-1], weights[-1] - lr * inputs[-1].T @ e]
    for l, B in enumerate(feedback):
        dz = (e / len(y) @ B) * (inputs[l + 1] > 0)
        new[l] = weights[l] - lr * inputs[l].T @ dz
    return new
""",
        must="the mean | 1/N | divided by N | batch | N x",
        also=("last layer | output layer | readout | weights[",),
        must_not="again | every layer | twice",
    ),
)
