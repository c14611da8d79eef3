"""Mistakes of a fifth, a sixth and a seventh author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_step",
        "M is updated with activations that are recomputed from the new W.",
        """
def mf_step(x, y, W, M, lr):
    a = layers.relu_forward(x @ W)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    Wnew = W - lr * equations.weight_gradient(x, x @ W, M, dG)
    # now the projection, with the better features
    a2 = layers.relu_forward(x @ Wnew)
    dG2 = equations.cross_entropy_gradient(a2 @ M.T, y)
    Mnew = M - lr * equations.projection_gradient(a2, dG2)
    return Wnew, Mnew, a
""",
        must=(
            "new W | updated W | W ... updated | W after | after W | after the update | after its update | old W | "
            "recomput | second forward | another forward | forward pass again | before the update | already "
            "updated | before W | W's update | alternat | changed W | new weights"
        ),
        must_not="pre-activ | new M",
    ),
    Coding(
        "bp_step",
        "The loop's end is one off: the first hidden layer's error is not masked by its ReLU.",
        """
def bp_step(x, y, weights, lr):
    L = len(weights)
    a = [x]
    z = []
    for l in range(L):
        z.append(a[l] @ weights[l])
        a.append(np.maximum(z[l], 0) if l < L - 1 else z[l])
    delta = equations.cross_entropy_gradient(z[L - 1], y)
    new = [None] * L
    for l in range(L - 1, -1, -1):
        new[l] = weights[l] - lr * (a[l].T @ delta)
        if l > 0:
            delta = delta @ weights[l].T
            if l > 1:
                delta = delta * (z[l - 1] > 0)
    return new
""",
        must=(
            "mask | [z > 0] | z > 0 | relu... derivative | relu... back | back... relu | slope of... relu | relu's "
            "slope | derivative of... relu"
        ),
        must_not="1/N",
    ),
    Coding(
        "bp_step",
        "The batch mean is taken at every layer: each hidden delta is divided by N again.",
        """
def bp_step(x, y, weights, lr):
    acts = [x]
    for l, W in enumerate(weights):
        z = acts[-1] @ W
        acts.append(np.maximum(z, 0) if l < len(weights) - 1 else z)
    N = x.shape[0]
    delta = (equations.softmax(acts[-1]) - np.eye(weights[-1].shape[1])[y]) / N
    new = [None] * len(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * acts[l].T @ delta
        if l:
            delta = (delta @ weights[l].T) * (acts[l] > 0) / N
    return new
""",
        must=(
            "1/N | N ... twice | more than once | each layer | every layer | again | divid ... N | batch size | "
            "once more | per layer | factor N | N times | N-fold | at every | second time | number of rows"
        ),
        must_not="updated | mask",
    ),
    Coding(
        "bp_step",
        "The ReLU mask is also put on the linear output layer.",
        """
def bp_step(x, y, weights, lr):
    zs, acts = [], [x]
    for k, W in enumerate(weights):
        z = acts[-1] @ W
        zs.append(z)
        acts.append(np.maximum(z, 0) if k < len(weights) - 1 else z)
    grad = equations.cross_entropy_gradient(acts[-1], y)
    out = []
    for k in range(len(weights) - 1, -1, -1):
        dz = layers.relu_backward(zs[k], grad)
        out.insert(0, weights[k] - lr * acts[k].T @ dz)
        grad = dz @ weights[k].T
    return out
""",
        must=(
            "last layer | output layer | output ... mask | mask ... output | output ... relu | relu ... output | "
            "relu ... last | mask ... last | is linear | linear layer | scores ... mask | mask ... scores | relu "
            "... scores | top layer | final layer | negative scores"
        ),
        must_not="first layer | new weights",
    ),
    Coding(
        "fa_step",
        "The error handed to the layer below is the unmasked one: the mask enters dW only.",
        """
def fa_step(x, y, weights, feedback, lr):
    L = len(weights)
    acts = [x]
    for l in range(L - 1):
        acts.append(np.maximum(acts[l] @ weights[l], 0))
    G = acts[L - 1] @ weights[L - 1]
    e = equations.cross_entropy_gradient(G, y)
    new = [None] * L
    new[L - 1] = weights[L - 1] - lr * (acts[L - 1].T @ e)
    for l in range(L - 2, -1, -1):
        e = e @ feedback[l]
        mask = (acts[l + 1] > 0)
        new[l] = weights[l] - lr * (acts[l].T @ (e * mask))
    return new
""",
        must=(
            "mask | slope | [z > 0] | z > 0 | relu... derivative | derivative of... relu | relu... back | back... "
            "relu | relu... error | error... relu | relu... pass"
        ),
    ),
    Coding(
        "fa_step",
        "The mask is used for the layer's own gradient only: the error handed down is unmasked.",
        """
def fa_step(x, y, weights, feedback, lr):
    L = len(weights)
    A = [x]
    for i in range(L):
        s = A[-1] @ weights[i]
        A.append(s if i == L - 1 else s * (s > 0))
    err = equations.cross_entropy_gradient(A[-1], y)
    grads = [None] * L
    grads[L - 1] = A[L - 1].T @ err
    for i in range(L - 2, -1, -1):
        err = err @ feedback[i]
        masked = np.where(A[i + 1] > 0, err, 0)
        grads[i] = A[i].T @ masked
    return [w - lr * g for w, g in zip(weights, grads)]
""",
        must="mask | relu | slope | unmasked | f'(z | nonlinear | derivative of the activation",
        must_not="transposed weights | last layer's gradient | softmax",
    ),
    Coding(
        "dfa_step",
        "The hidden layers' error lacks the 1/N; only the output layer's has it.",
        """
def dfa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    L = len(weights)
    a = [x]
    for l in range(L - 1):
        a.append(np.maximum(a[l] @ weights[l], 0))
    e = equations.softmax(a[-1] @ weights[-1])
    for i in range(N):
        e[i, y[i]] -= 1
    out = []
    for l in range(L - 1):
        d = (e @ feedback[l]) * (a[l + 1] > 0)
        out.append(weights[l] - lr * (a[l].T @ d))
    out.append(weights[L - 1] - lr * (a[L - 1].T @ e) / N)
    return out
""",
        must=(
            "1/N | 1 / N | mean over | over the batch | batch size | N times | divided by N | / N | N too | times "
            "N | factor N | averag | too large"
        ),
    ),
    Coding(
        "ff_step",
        "A copied line: the negative half's gradient multiplies x_pos in the place of x_neg.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    # positive
    a = np.maximum(x_pos @ W, 0)
    G = equations.positive_goodness(a)
    dG = equations.positive_loss_gradient(G, theta)
    da = equations.goodness_gradient(a, dG)
    dW_pos = x_pos.T @ da
    # negative
    a = np.maximum(x_neg @ W, 0)
    G = equations.negative_goodness(a)
    dG = equations.negative_loss_gradient(G, theta)
    da = equations.goodness_gradient(a, dG)
    dW_neg = x_pos.T @ da
    return W - lr * (dW_pos + dW_neg)
""",
        must=(
            "x_neg | x_pos | negative... input | input... negative | wrong input | other input | copied | "
            "positive... input | inputs... interchanged | positive data... negative | negative... positive data"
        ),
    ),
    Coding(
        "negative_labels",
        (
            "Draws among all labels, and a label that came out right is replaced by the next one, which thereby is "
            "twice as likely."
        ),
        """
def negative_labels(y, n_classes, rng):
    y_neg = rng.integers(0, n_classes, size=len(y))
    for i in range(len(y)):
        if y_neg[i] == y[i]:
            y_neg[i] = (y_neg[i] + 1) % n_classes
    return y_neg
""",
        must=(
            "y + 1 | twice as | next label | next class | label after | label above | equally | uniform | unequal "
            "| more likely | less likely | as likely | more often | too often | favour | bias"
        ),
        must_not="permut",
    ),
    Coding(
        "negative_labels",
        "Where the drawn label is the true one it is drawn again only once, so true labels remain.",
        """
def negative_labels(y, n_classes, rng):
    neg = rng.integers(0, n_classes, size=y.shape)
    bad = neg == y
    neg[bad] = rng.integers(0, n_classes, size=bad.sum())   # draw those again
    return neg
""",
        must=(
            "true label | own label | correct label | right label | true class | same label | y itself | label "
            "itself | equal to y | equals y | its label | real label | once | second draw | drawn again | redraw | "
            "still"
        ),
        must_not="neighbour | same for all",
    ),
    Coding(
        "mf_predict_ff",
        "Each layer's scores are standardised before they are added.",
        """
def mf_predict_ff(goodness_per_layer):
    total = 0
    for G in goodness_per_layer:
        zsc = (G - G.mean(axis=1, keepdims=True)) / (G.std(axis=1, keepdims=True) + 1e-12)
        total = total + zsc
    return np.argmax(total, axis=1)
""",
        must=(
            "standardis | standardiz | normalis | normaliz | scale | scaled | rescal | deviation | weigh | z-score "
            "| plain sum | as they are | raw | equal weight | size of ... scores | before ... added | before the "
            "sum | before add | magnitude"
        ),
        must_not="last layer | vote",
    ),
)
