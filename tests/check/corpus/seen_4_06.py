"""A fourth author's mistakes in free codings of bp_step, fa_step, dfa_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "bp_step",
        "The weights are overwritten in the list while the error still has to pass through them.",
        """
def bp_step(x, y, weights, lr):
    weights = [w.copy() for w in weights]
    acts = [x]
    for k, w in enumerate(weights):
        s = acts[-1] @ w
        acts.append(s if k == len(weights) - 1 else np.maximum(s, 0))
    delta = equations.cross_entropy_gradient(acts.pop(), y)
    for k in range(len(weights) - 1, -1, -1):
        weights[k] -= lr * acts[k].T @ delta
        if k:
            delta = (delta @ weights[k].T) * (acts[k] > 0)
    return weights
""",
        must=(
            "new weights | updated | overwritten | old weights | already | before the update | "
            "after the update | wrong order | order of"
        ),
        must_not="mask | sign",
    ),
    Coding(
        "bp_step",
        "The ReLU stands after the last layer, too.",
        """
def bp_step(x, y, weights, lr):
    hs = [x]
    for w in weights:
        hs.append(np.maximum(hs[-1] @ w, 0))
    d = equations.cross_entropy_gradient(hs[-1], y) * (hs[-1] > 0)
    out = []
    for w, h in zip(weights[::-1], hs[-2::-1]):
        out.insert(0, w - lr * h.T @ d)
        d = d @ w.T * (h > 0)
    return out
""",
        must="last layer | linear | output | scores",
        must_not="sign",
    ),
    Coding(
        "bp_step",
        "The mask is taken from the error: dz > 0.",
        """
def bp_step(x, y, weights, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1] @ W, 0))
    err = equations.cross_entropy_gradient(a[-1] @ weights[-1], y)
    grads = []
    for l in range(len(weights) - 1, -1, -1):
        grads.append(a[l].T @ err)
        err = err @ weights[l].T
        err = err * (err > 0)
    grads.reverse()
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must="mask | of the error | from the error | dz > 0 | negative | ReLU",
        must_not="sign",
    ),
    Coding(
        "bp_step",
        "The first layer never learns: the loop ends before 0.",
        """
def bp_step(x, y, weights, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = [W.copy() for W in weights]
    for layer in range(len(weights) - 1, 0, -1):
        new[layer] = weights[layer] - lr * inputs[layer].T @ dz
        dz = dz @ weights[layer].T * (inputs[layer] > 0)
    return new
""",
        must="first layer | first weights | first matri | layer 0 | weights[0] | layer 1 | not updated | unchanged",
        must_not="mask | sign",
    ),
    Coding(
        "bp_step",
        "The gradients are returned, not the weights.",
        """
def bp_step(x, y, weights, lr):
    cache = [x]
    for w in weights[:-1]:
        cache.append(np.maximum(0, cache[-1].dot(w)))
    dscores = equations.cross_entropy_gradient(cache[-1].dot(weights[-1]), y)
    grads = [None] * len(weights)
    for i in reversed(range(len(weights))):
        grads[i] = cache[i].T.dot(dscores)
        if i > 0:
            dscores = dscores.dot(weights[i].T)
            dscores[cache[i] <= 0] = 0
    return grads
""",
        must=(
            "gradient | subtract | without lr | times lr | lr is | new weights | not updated | no update | "
            "updated weights"
        ),
        must_not="mask",
    ),
    Coding(
        "bp_step",
        "The mask is forgotten, in a recursion.",
        """
def bp_step(x, y, weights, lr):
    def step(h, ws):
        W, rest = ws[0], ws[1:]
        if not rest:
            dz = equations.cross_entropy_gradient(h @ W, y)
            return [W - lr * h.T @ dz], dz @ W.T
        new, dh = step(np.maximum(h @ W, 0), rest)
        return [W - lr * h.T @ dh, *new], dh @ W.T
    return step(x, list(weights))[0]
""",
        must="mask | ReLU | z > 0 | slope",
        must_not="sign",
    ),
    Coding(
        "fa_step",
        "The feedback learns along with the weights, in place (Kolen and Pollack).",
        """
def fa_step(x, y, weights, feedback, lr):
    hs = [x]
    for W in weights[:-1]:
        hs.append(np.maximum(hs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(hs[-1] @ weights[-1], y)
    new = [None] * len(weights)
    for l in range(len(weights) - 1, -1, -1):
        g = hs[l].T @ e
        new[l] = weights[l] - lr * g
        if l:
            e = (e @ feedback[l - 1]) * (hs[l] > 0)
            feedback[l - 1] -= lr * g.T
    return new
""",
        must="feedback ... changed | fixed | in place | changes | changed | feedback ... learn",
        must_not="mask",
    ),
    Coding(
        "fa_step",
        "The last layer keeps its weights: only what has a feedback matrix learns.",
        """
def fa_step(x, y, weights, feedback, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    delta = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    new = list(weights)
    for k in range(len(feedback) - 1, -1, -1):
        delta = (delta @ feedback[k]) * (acts[k + 1] > 0)
        new[k] = weights[k] - lr * acts[k].T @ delta
    return new
""",
        must="last layer | last weights | last matri | output layer | readout | not updated | unchanged",
        must_not="mask | sign",
    ),
    Coding(
        "fa_step",
        "The error comes back through the forward weights: this is backpropagation, feedback is not read.",
        """
def fa_step(x, y, weights, feedback, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1].dot(W), 0.0))
    delta = equations.cross_entropy_gradient(acts[-1].dot(weights[-1]), y)
    result = []
    for W, a, B in zip(weights[::-1], acts[::-1], [*feedback[::-1], None]):
        result = [W - lr * a.T.dot(delta)] + result
        if B is not None:
            B = W.T
            delta = delta.dot(B) * (a > 0)
    return result
""",
        must=(
            "feedback | backpropagation | forward weights | weights in place | weights[l + 1] | "
            "transposed weights | signs of the weights"
        ),
        must_not="mask | sign",
    ),
    Coding(
        "fa_step",
        "The mask comes before the feedback matrix: it is the error that is cut, not the neuron.",
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
            dz = np.maximum(dz, 0) @ feedback[layer - 1]
    return new
""",
        must="mask | ReLU | of the error | from the error | z > 0 | slope",
        must_not="sign",
    ),
    Coding(
        "dfa_step",
        "The hidden layers get the sum over the batch, the last one the mean.",
        """
def dfa_step(x, y, weights, feedback, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    err = equations.softmax(acts[-1] @ weights[-1])
    err[np.arange(len(y)), y] -= 1
    new = [W - lr * a.T @ (err @ B * (b > 0)) for W, a, b, B in zip(weights, acts, acts[1:], feedback)]
    return new + [weights[-1] - lr * acts[-1].T @ err / len(y)]
""",
        must="by N | 1/N | N times | times N | / N | mean | sum | batch | factor",
        also=("hidden layer | first hidden | first layer | layer 0 | layer 1 | all but the last | weights[0]",),
        must_not="mask",
    ),
    Coding(
        "dfa_step",
        "Only the sign of the error is sent.",
        """
def dfa_step(x, y, weights, feedback, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    e = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    new = []
    for k, B in enumerate(feedback):
        dz = (np.sign(e) @ B) * (acts[k + 1] > 0) / len(y)
        new.append(weights[k] - lr * acts[k].T @ dz)
    new.append(weights[-1] - lr * acts[-1].T @ e)
    return new
""",
        must="sign",
        must_not="mask",
    ),
    Coding(
        "dfa_step",
        "The slope of a tanh where the network has ReLUs.",
        """
def dfa_step(x, y, weights, feedback, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1] @ W, 0))
    e = equations.cross_entropy_gradient(a[-1] @ weights[-1], y)
    deltas = [(e @ B) * (1 - h ** 2) for B, h in zip(feedback, a[1:])] + [e]
    return [W - lr * h.T @ d for W, h, d in zip(weights, a, deltas)]
""",
        must="tanh | slope | mask | ReLU | 1 - a",
        must_not="sign",
    ),
    Coding(
        "dfa_step",
        "The layers' inputs in the gradients are the pre-activations of the layer below.",
        """
def dfa_step(x, y, weights, feedback, lr):
    zs, h = [x], x
    for W in weights[:-1]:
        zs.append(h @ W)
        h = np.maximum(zs[-1], 0)
    e = equations.cross_entropy_gradient(h @ weights[-1], y)
    new = []
    for l, W in enumerate(weights):
        d = e if l == len(weights) - 1 else (e @ feedback[l]) * (zs[l + 1] > 0)
        new.append(W - lr * zs[l].T @ d)
    return new
""",
        must=(
            "z in place | pre-activ | of z | with z | z itself | ReLU | pre-activation | negative | activation | "
            "the input | inputs | its input"
        ),
        must_not="sign",
    ),
)
