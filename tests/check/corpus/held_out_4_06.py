"""A fourth author's mistakes, held out, in free codings of bp_step, fa_step, dfa_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "bp_step",
        "The error is the softmax alone, the labels are not subtracted.",
        """
def bp_step(x, y, weights, lr):
    xs, h = [], x
    for i, W in enumerate(weights):
        xs.append(h)
        h = h @ W
        if i < len(weights) - 1:
            h = np.maximum(h, 0)
    delta = equations.softmax(h) / len(h)
    new = [None] * len(weights)
    for i in range(len(weights))[::-1]:
        new[i] = weights[i] - lr * xs[i].T @ delta
        delta = (delta @ weights[i].T) * (xs[i] > 0)
    return new
""",
        must="label | one-hot | subtract",
        must_not="mask",
    ),
    Coding(
        "bp_step",
        "The weights are not turned on the way back; where the shape does not fit, the code makes it fit.",
        """
def bp_step(x, y, weights, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = []
    for W, a in zip(reversed(weights), reversed(inputs)):
        new.append(W - lr * a.T @ dz)
        dz = (dz @ W.reshape(W.shape[1], W.shape[0])) * (a > 0)
    return new[::-1]
""",
        must="transpos | turned | .T | reshape",
        must_not="mask | sign",
    ),
    Coding(
        "fa_step",
        "Sign symmetry: the signs are those of the weights, only the sizes those of the feedback.",
        """
def fa_step(x, y, weights, feedback, lr):
    inputs = [x]
    for W in weights[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W, 0))
    dz = equations.cross_entropy_gradient(inputs[-1] @ weights[-1], y)
    new = list(weights)
    for k in reversed(range(len(weights))):
        new[k] = weights[k] - lr * inputs[k].T @ dz
        if k > 0:
            B = np.abs(feedback[k - 1]) * np.sign(weights[k].T)
            dz = dz @ B * (inputs[k] > 0)
    return new
""",
        must=(
            "sign | feedback | forward weights | weights in place | weights[l + 1] | transposed weights | "
            "signs of the weights"
        ),
        must_not="mask",
    ),
    Coding(
        "fa_step",
        "The forward pass is linear; the ReLU is in the masks alone.",
        """
def fa_step(x, y, weights, feedback, lr):
    h = [x]
    for W in weights:
        h.append(h[-1] @ W)
    delta = equations.cross_entropy_gradient(h[-1], y)
    out = [weights[-1] - lr * h[-2].T @ delta]
    for k in range(len(weights) - 2, -1, -1):
        delta = (delta @ feedback[k]) * (h[k + 1] > 0)
        out.append(weights[k] - lr * h[k].T @ delta)
    return list(reversed(out))
""",
        must="forward | ReLU | linear | activation",
        must_not="sign",
    ),
    Coding(
        "dfa_step",
        "The return slipped into the loop: only the first hidden layer and the last one learn.",
        """
def dfa_step(x, y, weights, feedback, lr):
    hs = [x]
    for W in weights[:-1]:
        hs.append(np.maximum(hs[-1] @ W, 0))
    e = equations.cross_entropy_gradient(hs[-1] @ weights[-1], y)
    new = list(weights)
    new[-1] = weights[-1] - lr * hs[-1].T @ e
    for k in range(len(feedback)):
        da = e @ feedback[k]
        new[k] = weights[k] - lr * hs[k].T @ (da * (hs[k + 1] > 0))
        return new
""",
        must=(
            "return ... loop | inside the loop | in the loop | other layers | other hidden | first hidden | "
            "first layer | hidden layer | not updated | unchanged | layer 1 | second"
        ),
        must_not="mask | sign",
    ),
    Coding(
        "dfa_step",
        "The last layer learns first, and the error is then computed anew with its new weights.",
        """
def dfa_step(x, y, weights, feedback, lr):
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    e = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    last = weights[-1] - lr * acts[-1].T @ e
    e = equations.cross_entropy_gradient(acts[-1] @ last, y)
    hidden = [
        weights[k] - lr * acts[k].T @ ((e @ feedback[k]) * (acts[k + 1] > 0)) for k in range(len(feedback))
    ]
    return hidden + [last]
""",
        must=(
            "new weights | new W | computed again | once again | second time | updated | old W | old weights | "
            "old values | anew | wrong order | order of | after the update | after it"
        ),
        must_not="mask | sign",
    ),
)
