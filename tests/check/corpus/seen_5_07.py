"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "mf_step",
        "The goodness is computed from z in the place of a, so Eq. (5) lacks the ReLU.",
        """
def mf_step(x, y, W, M, lr):
    N = len(y)
    z = np.dot(x, W)
    a = z * (z > 0)
    G = np.dot(z, M.T)
    p = equations.softmax(G)
    for i in range(N):
        p[i, y[i]] -= 1
    dG = p / N
    dM = np.dot(dG.T, a)
    dW = np.dot(x.T, np.dot(dG, M) * (z > 0))
    W_new = W - lr * dW
    M_new = M - lr * dM
    return W_new, M_new, a
""",
        must=(
            "G... z | z... place of a | z... instead of a | z M | pre-activ | before the relu | without the relu | "
            "relu... forward | relu... (5) | (5)... relu | goodness... relu | scores... relu | relu... goodness | "
            "relu... score | unrectified | relu... missing in Eq. (5) | relu is missing | goodness... activation | "
            "scores... activation"
        ),
    ),
    Coding(
        "mf_step",
        "W is updated first, and the gradient of M is computed with the activation of the new W.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    G = equations.goodness_scores(a, M)
    dG = equations.cross_entropy_gradient(G, y)
    # update W, Eq. (7)
    dz = (dG @ M) * (z > 0)
    W = W - lr * (x.T @ dz)
    # update M, Eq. (8)
    a_i = np.maximum(x @ W, 0)
    M = M - lr * (dG.T @ a_i)
    return W, M, a
""",
        must=(
            "new W | updated W | W... updated first | after... update of W | after W | a... recomputed | second "
            "forward | forward pass again | another forward | new a | new activ | updated... activ | old a | a... "
            "before the update | W... before | before... W | dM... after | activations... before | activation... "
            "after | activation... update | too early"
        ),
    ),
    Coding(
        "mf_step",
        "After W's update the block runs again, and M's gradient is taken with the new W's activations.",
        """
def mf_step(x, y, W, M, lr):
    relu = lambda u: np.maximum(u, 0)
    def dscores(a):
        return (equations.softmax(a @ M.T) - np.eye(M.shape[0], dtype=a.dtype)[y]) / a.shape[0]
    a0 = relu(x @ W)
    W_new = W - lr * x.T @ ((dscores(a0) @ M) * (a0 > 0))
    a1 = relu(x @ W_new)                     # forward with the updated weights
    M_new = M - lr * dscores(a1).T @ a1
    return W_new, M_new, a0
""",
        must=(
            "new W | updated W | W ... updated first | W's update | W ... first | after ... W | recomput | second "
            "forward | second time | again | old W | before the update | same forward | one forward | W already | "
            "new activ | changed W"
        ),
        must_not="sign | mask",
    ),
    Coding(
        "mf_step",
        "The gradient of M is taken with z, before the ReLU, instead of a.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    G = equations.goodness_scores(a, M)
    dG = equations.cross_entropy_gradient(G, y)
    dW = equations.weight_gradient(x, z, M, dG)
    dM = equations.projection_gradient(z, dG)
    return W - lr * dW, M - lr * dM, a
""",
        must=(
            "pre-activ | before the relu | before relu | without the relu | without relu | without its relu | z "
            "instead | dG^T z | dG.T @ z | with z | from z | uses z | of z | takes z | of a | relu is missing | "
            "relu ... Eq. (8) | Eq. (8) ... relu | nonlinear | negative z"
        ),
        must_not="new W | old M",
    ),
    Coding(
        "bp_step",
        "The ReLU is applied to the last layer's scores too, in the forward pass.",
        """
def bp_step(x, y, weights, lr):
    activations = [x]
    a = x
    for W in weights:
        a = np.maximum(0, a @ W)
        activations.append(a)
    delta = equations.softmax(a)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    grads = []
    for l in reversed(range(len(weights))):
        grads.insert(0, activations[l].T @ delta)
        delta = (delta @ weights[l].T) * (activations[l] > 0)
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "last layer | output layer | linear | scores... relu | relu... scores | relu... last | relu... output "
            "| logit | final layer | negative scores | scores... negative"
        ),
    ),
    Coding(
        "bp_step",
        "The slope of tanh, 1 - a^2, stands where ReLU's mask belongs.",
        """
def bp_step(x, y, weights, lr):
    hs = [x]
    for W in weights[:-1]:
        hs.append(np.maximum(hs[-1] @ W, 0))
    G = hs[-1] @ weights[-1]
    delta = (equations.softmax(G) - (y[:, None] == np.arange(G.shape[1]))) / len(y)
    grads = []
    for h, W in zip(hs[::-1], weights[::-1]):
        grads.insert(0, h.T @ delta)
        delta = (delta @ W.T) * (1 - h**2)
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "tanh | 1 - a | 1 - h | 1-a | slope | mask | derivative ... ReLU | ReLU's derivative | ReLU ... "
            "derivative | z > 0"
        ),
        must_not="1/N | updated",
    ),
    Coding(
        "bp_step",
        "The backward loop stops one early: the first layer is never updated.",
        """
def bp_step(x, y, weights, lr):
    L = len(weights)
    a = {0: x}
    z = {}
    for l in range(L):
        z[l + 1] = a[l] @ weights[l]
        a[l + 1] = z[l + 1] if l == L - 1 else np.maximum(z[l + 1], 0)
    W = [w.copy() for w in weights]
    delta = equations.cross_entropy_gradient(a[L], y)
    for l in range(L - 1, 0, -1):          # backwards through the layers
        W[l] = weights[l] - lr * a[l].T @ delta
        delta = (delta @ weights[l].T) * (z[l] > 0)
    return W
""",
        must=(
            "first layer | first weights | first matrix | weights[0] | layer 0 | layer 1 | lowest layer | bottom "
            "layer | unchanged | stays as | stay as | never updated | is kept | stops one | one layer too | one "
            "step too | loop | left as | nothing learned | off by one | update is missing | did ... change | left "
            "out"
        ),
        must_not="mask | last layer",
    ),
    Coding(
        "fa_step",
        "The fixed feedback matrices are learned too: they are changed in place.",
        """
def fa_step(x, y, weights, feedback, lr):
    L = len(weights)
    a = [x]
    z = []
    for l in range(L):
        z.append(a[-1] @ weights[l])
        a.append(np.maximum(z[-1], 0))
    delta = equations.cross_entropy_gradient(z[-1], y)
    new = list(weights)
    for l in range(L - 1, -1, -1):
        new[l] = weights[l] - lr * (a[l].T @ delta)
        if l > 0:
            below = (delta @ feedback[l - 1]) * (z[l - 1] > 0)
            # B learns like the weights do
            feedback[l - 1] -= lr * (a[l].T @ delta).T
            delta = below
    return new
""",
        must=(
            "fixed | B... changed | feedback... changed | changes... feedback | feedback... argument | feedback... "
            "updated | updates... feedback | feedback... modif | modif... feedback | feedback... overwrit | B... "
            "learn | feedback... learn | feedback... in place | in place"
        ),
    ),
    Coding(
        "fa_step",
        "The signs of the weights are given to the feedback (sign-symmetric feedback), so B is not the fixed matrix.",
        """
def fa_step(x, y, weights, feedback, lr):
    zs, hs = [], [x]
    for W in weights:
        zs.append(hs[-1] @ W)
        hs.append(np.maximum(zs[-1], 0))
    delta = (equations.softmax(zs[-1]) - np.eye(zs[-1].shape[1])[y]) / len(x)
    new = []
    for l in range(len(weights) - 1, -1, -1):
        new.append(weights[l] - lr * np.einsum("ni,no->io", hs[l], delta))
        if l > 0:
            B = np.abs(feedback[l - 1]) * np.sign(weights[l].T)
            delta = (delta @ B) * (zs[l - 1] > 0)
    return new[::-1]
""",
        must=(
            "signs of | sign-sym | sign of the weights | sign of W | signs from | sign(W | absolute | np.sign | "
            "abs( | takes the signs | sign ... weights | weights ... sign | sign of B | signs | as it is | uses "
            "the weights | weights ... feedback | fixed"
        ),
        must_not="1/N | mask",
    ),
    Coding(
        "fa_step",
        (
            "The last hidden layer gets its error through weights[-1].T: 'the last layer takes its true gradient' "
            "misread."
        ),
        """
def fa_step(x, y, weights, feedback, lr):
    L = len(weights)
    hs = [x]
    for l, W in enumerate(weights):
        z = hs[-1] @ W
        hs.append(z if l == L - 1 else z * (z > 0))
    deltas = [(equations.softmax(hs[-1]) - np.eye(hs[-1].shape[1])[y]) / len(y)]
    for l in range(L - 2, -1, -1):
        # the last layer uses its true gradient, everything below the random matrices
        back = weights[-1].T if l == L - 2 else feedback[l]
        deltas.insert(0, (deltas[0] @ back) * (hs[l + 1] > 0))
    return [W - lr * h.T @ d for W, h, d in zip(weights, hs, deltas)]
""",
        must=(
            "weights[-1] | last ... W | true weights | real weights | own weights | W.T | transposed weights | top "
            "hidden | last hidden | backprop | weights instead | weights ... in place | weights[l + 1] | "
            "weights[l+1] | by the weights | through the weights | feedback[-1] | last feedback | feedback ... "
            "unused"
        ),
        must_not="1/N | mask",
    ),
    Coding(
        "fa_step",
        "The last hidden layer's error comes back through the true output weights; feedback only below.",
        """
def fa_step(x, y, weights, feedback, lr):
    n = len(weights)
    h, pre = [x], []
    for i in range(n - 1):
        pre.append(h[i] @ weights[i])
        h.append(np.maximum(pre[i], 0))
    scores = h[-1] @ weights[-1]
    e = equations.cross_entropy_gradient(scores, y)
    new = [None] * n
    new[-1] = weights[-1] - lr * h[-1].T @ e
    d = e @ weights[-1].T                 # the output layer takes its true gradient
    for i in range(n - 2, -1, -1):
        d = d * (pre[i] > 0)
        new[i] = weights[i] - lr * h[i].T @ d
        if i > 0:
            d = d @ feedback[i - 1]
    return new
""",
        must=(
            "weights[-1] | true weights | own weights | backprop | W.T | W^T | transposed weights | transpose of "
            "... weights | output weights | weights of the output | last hidden | top hidden | instead of feedback "
            "| instead of the feedback | instead of B | feedback[-1] | feedback ... last | last feedback | topmost "
            "| forward weights | output layer's weights | feedback ... ignored | feedback ... unused | weights ... "
            "feedback"
        ),
        must_not="mask | softmax",
    ),
    Coding(
        "dfa_step",
        "The hidden layers take y - p as the error, and still subtract: they climb, while the output layer descends.",
        """
def dfa_step(x, y, weights, feedback, lr):
    N = x.shape[0]
    m = weights[-1].shape[1]
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    p = equations.softmax(acts[-1] @ weights[-1])
    t = equations.one_hot(y, m, p.dtype)
    error = (t - p) / N
    new = []
    for l in range(len(weights) - 1):
        delta = (error @ feedback[l]) * (acts[l + 1] > 0)
        new.append(weights[l] - lr * (acts[l].T @ delta))
    new.append(weights[-1] + lr * (acts[-1].T @ error))
    return new
""",
        must=(
            "sign | ascen | uphill | climb | minus | wrong direction | opposite | y - p | p - y | negat | reversed "
            "| wrong way"
        ),
    ),
    Coding(
        "dfa_step",
        "The labels Y are projected to the hidden layers instead of the error p - Y.",
        """
def dfa_step(x, y, weights, feedback, lr):
    N, m = len(x), weights[-1].shape[1]
    Y = np.eye(m)[y]
    zs, hs = [], [x]
    for W in weights:
        zs.append(hs[-1] @ W)
        hs.append(np.maximum(zs[-1], 0))
    p = equations.softmax(zs[-1])
    deltas = [-(Y @ B) * (z > 0) / N for z, B in zip(zs, feedback)]
    deltas.append((p - Y) / N)
    return [W - lr * np.einsum("ni,no->io", h, d) for W, h, d in zip(weights, hs, deltas)]
""",
        must=(
            "label | one-hot | onehot | target | p is missing | prediction | minus y | y instead | y alone | p - y "
            "| probabilit | softmax | without p"
        ),
        must_not="1/N | mask | weights[l",
    ),
)
