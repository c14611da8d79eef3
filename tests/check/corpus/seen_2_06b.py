"""Further mistakes in free codings of fa_step and dfa_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "fa_step",
        "Plain backpropagation: feedback is not used.",
        """
def fa_step(x, y, weights, feedback, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    d = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    new = [weights[-1] - lr * acts[-1].T @ d]
    for l in range(len(weights) - 2, -1, -1):
        d = d @ weights[l + 1].T * (acts[l + 1] > 0)
        new = [weights[l] - lr * acts[l].T @ d] + new
    return new
""",
        must="feedback ... not used | backpropagation | weights ... transposed",
        must_not="mask is missing",
    ),
    Coding(
        "fa_step",
        "No mask behind the feedback.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    new[-1] = weights[-1] - lr * inputs[-1].T @ dz
    for k in range(len(feedback) - 1, -1, -1):
        dz = dz.dot(feedback[k])
        new[k] = weights[k] - lr * inputs[k].T.dot(dz)
    return new
""",
        must="mask | ReLU",
        must_not="backpropagation",
    ),
    Coding(
        "fa_step",
        "The feedback matrices are transposed, though they are so already.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for layer in reversed(range(len(weights))):
        new[layer] = weights[layer] - lr * inputs[layer].T @ dz
        if layer > 0:
            dz = (dz @ feedback[layer - 1].T) * (inputs[layer] > 0)
    return new
""",
        must="transpos | turned | .T",
    ),
    Coding(
        "fa_step",
        "The readout does not learn: only the layers with feedback are updated.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = [W.copy() for W in weights]
    for i in reversed(range(len(feedback))):
        e = (e @ feedback[i]) * (inputs[i + 1] > 0)
        new[i] -= lr * inputs[i].T @ e
    return new
""",
        must="last layer | output layer | readout | last matrix | last weights | weights[-1] | layer 3",
        must_not="mask is missing",
    ),
    Coding(
        "fa_step",
        "The mask is that of the error that arrives, not of the layer.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for layer in reversed(range(len(weights))):
        new[layer] = weights[layer] - lr * inputs[layer].T @ dz
        if layer > 0:
            dz = np.maximum(dz @ feedback[layer - 1], 0)
    return new
""",
        must="mask | ReLU | sign of the error",
        must_not="feedback is not used",
    ),
    Coding(
        "dfa_step",
        "The derivative of tanh, as in the paper on DFA, in a network of ReLUs.",
        """
def dfa_step(x, y, weights, feedback, lr):
    h = [x]
    for W in weights[:-1]:
        h.append(np.maximum(h[-1] @ W, 0))
    e = equations.cross_entropy_gradient(h[-1] @ weights[-1], y)
    grads = [h[i].T @ ((e @ B) * (1 - h[i + 1] ** 2)) for i, B in enumerate(feedback)]
    grads.append(h[-1].T @ e)
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must="slope is that of | tanh",
    ),
    Coding(
        "dfa_step",
        "The last hidden layer gets the true gradient through the readout.",
        """
def dfa_step(x, y, weights, feedback, lr):
    h = [x]
    for W in weights[:-1]:
        h.append(np.maximum(h[-1] @ W, 0))
    e = equations.cross_entropy_gradient(h[-1] @ weights[-1], y)
    back = list(feedback)
    back[-1] = weights[-1].T
    new = []
    for i, B in enumerate(back):
        new.append(weights[i] - lr * h[i].T @ ((e @ B) * (h[i + 1] > 0)))
    new.append(weights[-1] - lr * h[-1].T @ e)
    return new
""",
        must="readout | weights[-1] | backpropagation | last hidden | true gradient | last ... feedback | not used",
        must_not="mask is missing",
    ),
    Coding(
        "dfa_step",
        "Without the layers' masks.",
        """
def dfa_step(x, y, weights, feedback, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1] @ W, 0))
    e = equations.cross_entropy_gradient(a[-1] @ weights[-1], y)
    deltas = [e @ B for B in feedback] + [e]
    return [W - lr * inp.T @ d for W, inp, d in zip(weights, a, deltas)]
""",
        must="mask | ReLU",
    ),
    Coding(
        "dfa_step",
        "The hidden layers climb: their sign is wrong, the readout's is right.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    new[-1] = new[-1] - lr * inputs[-1].T @ e
    for l, B in enumerate(feedback):
        dz = (-e @ B) * (inputs[l + 1] > 0)
        new[l] = new[l] - lr * inputs[l].T @ dz
    return new
""",
        must="sign | uphill | opposite | -1 | wrong direction",
        must_not="mask is missing",
    ),
    Coding(
        "dfa_step",
        "The readout is left as it was.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for i in range(len(weights) - 1):
        new[i] = weights[i] - lr * inputs[i].T @ ((e @ feedback[i]) * (inputs[i + 1] > 0))
    return new
""",
        must="last layer | output layer | readout | last matrix | last weights | weights[-1] | layer 3",
        must_not="mask is missing",
    ),
    Coding(
        "dfa_step",
        "The error is made of the labels' signs: np.sign of p - y.",
        """
def dfa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    e = np.sign(equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)) / len(y)
    new = list(weights)
    new[-1] = weights[-1] - lr * inputs[-1].T @ e
    for i, B in enumerate(feedback):
        new[i] = weights[i] - lr * inputs[i].T @ ((e @ B) * (inputs[i + 1] > 0))
    return new
""",
        must="sign of | error at the output | output error | loss | np.sign | error itself",
        must_not="mask is missing",
    ),
)
