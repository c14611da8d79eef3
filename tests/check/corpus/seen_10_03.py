"""Mistakes of two authors who wrote after the last change."""

from corpus import Coding

CODINGS = (
    Coding(
        "sgd_step",
        "Normalises the gradient to unit length, so lr is the step's length.",
        """
def sgd_step(parameter, gradient, lr):
    # move by lr in the direction of steepest descent
    direction = -gradient / np.sqrt((gradient ** 2).sum())
    return parameter + lr * direction
""",
        must="norm | length | direction | magnitude | size of the gradient | scaled | rescal | divid | unit",
        must_not="sign",
    ),
    Coding(
        "sgd_step",
        "The gradient is divided by its number of rows, as if it still needed the mean.",
        """
def sgd_step(parameter, gradient, lr):
    n = gradient.shape[0]
    step = lr * gradient / n
    return parameter - step
""",
        must=(
            "divi | batch | shape[0] | mean...already | number of rows | len(gradient | 1/N | 1/n | too small | "
            "smaller step | first axis | averag | scaled"
        ),
    ),
    Coding(
        "adam_step",
        "v averages the squared deviation from m (a variance) instead of the squared gradient.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    # second moment: running variance around the running mean
    v = beta2 * v + (1 - beta2) * (gradient - m) ** 2
    mhat = m / (1 - beta1 ** t)
    vhat = v / (1 - beta2 ** t)
    return parameter - lr * mhat / (np.sqrt(vhat) + epsilon), m, v
""",
        must=(
            "variance | deviation | gradient - m | g - m | minus m | cent | square of the gradient | squared "
            "gradient | gradient squared | gradient**2 | gradient^2 | g^2 | adabelief | subtract | g * g | "
            "gradient * gradient"
        ),
        must_not="epsilon | bias",
    ),
    Coding(
        "bias_corrected",
        "Raises 1 - beta as a whole to the power t.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    w1, w2 = (1 - beta1), (1 - beta2)
    return m / w1 ** t, v / w2 ** t
""",
        must=(
            "power | (1 - beta | 1 - beta^t | 1 - beta**t | 1 - beta1**t | 1 - beta1^t | beta^t | beta**t | "
            "beta1**t | beta1^t | exponent | parenthes | bracket | whole | raised"
        ),
        must_not="swap",
    ),
    Coding(
        "mf_step",
        "The update of M takes the sum over the batch, only that of W the mean.",
        """
def mf_step(x, y, W, M, lr):
    N, m = len(x), len(M)
    z = x @ W
    a = np.where(z > 0, z, 0)
    E = equations.softmax(a @ M.T)
    E[np.arange(N), y] -= 1                 # residuals
    dM = np.einsum('nc,nj->cj', E, a)
    dW = np.einsum('nd,nj->dj', x, (E @ M) * (z > 0)) / N
    return W - lr * dW, M - lr * dM, a
""",
        must=(
            "M... N times | M... mean | M... 1/N | M... / N | M... sum | dM... batch | M... batch size | sum... M "
            "| mean... M | 1/N... M | N times... M | M... too large | M... divid | M... factor | N times too"
        ),
        must_not="transpos",
    ),
    Coding(
        "mf_step",
        "dW and dM are divided by N a second time; dG has it already.",
        """
def mf_step(x, y, W, M, lr):
    N = len(x)
    z = x @ W
    a = z * (z > 0)
    G = a @ M.T
    onehot = np.zeros(G.shape)
    onehot[np.arange(N), y] = 1
    dG = (equations.softmax(G) - onehot) / N
    dM = dG.T @ a / N
    dz = (dG @ M) * (z > 0)
    dW = x.T @ dz / N
    W_new = W - lr * dW
    M_new = M - lr * dM
    return W_new, M_new, a
""",
        must=(
            "twice | second time | already | 1/N | N squared | N**2 | again | N times too | divid...N | too small "
            "| divi...batch | mean...more than"
        ),
    ),
    Coding(
        "bp_step",
        "The gradients of the weights use the pre-activations z as the layers' inputs and not relu(z).",
        """
def bp_step(x, y, weights, lr):
    N = x.shape[0]
    L = len(weights)
    zs = []
    h = x
    for l in range(L):
        z = h @ weights[l]
        zs.append(z)
        h = np.maximum(z, 0)
    dz = equations.softmax(zs[-1])
    dz[np.arange(N), y] -= 1
    dz = dz / N
    new = [None] * L
    for l in reversed(range(L)):
        if l == 0:
            inp = x
        else:
            inp = zs[l - 1]
        new[l] = weights[l] - lr * (inp.T @ dz)
        if l > 0:
            dz = (dz @ weights[l].T) * (zs[l - 1] > 0)
    return new
""",
        must=(
            "pre-activation | z instead | zs | before the relu | input of the layer | layer's input | layers' "
            "input | a instead | relu(z) | activations | z in place | z.T | z as | inputs of the layers | a.T"
        ),
    ),
    Coding(
        "bp_step",
        "The last layer has a ReLU too.",
        """
def bp_step(x, y, weights, lr):
    N = len(x)
    acts = [x]
    for W in weights:
        acts.append(np.maximum(acts[-1] @ W, 0))
    p = equations.softmax(acts[-1])
    for i in range(N):
        p[i, y[i]] -= 1
    delta = p / N
    new = []
    for l in range(len(weights) - 1, -1, -1):
        delta = delta * (acts[l + 1] > 0)
        new.insert(0, weights[l] - lr * acts[l].T @ delta)
        delta = delta @ weights[l].T
    return new
""",
        must=(
            "last layer | output layer | relu...output | output...linear | relu...scores | scores...relu | "
            "relu...last | last...linear | final layer | logits | relu...top"
        ),
    ),
    Coding(
        "fa_step",
        "Only the topmost hidden layer gets its error through the feedback; below it goes through weights.T.",
        """
def fa_step(x, y, weights, feedback, lr):
    L = len(weights)
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1] @ W, 0))
    delta = equations.cross_entropy_gradient(a[-1] @ weights[-1], y)
    new = list(weights)
    new[-1] = weights[-1] - lr * a[-1].T @ delta
    back = feedback[-1]                 # the random matrix replaces the readout
    for l in range(L - 2, -1, -1):
        delta = (delta @ back) * (a[l + 1] > 0)
        new[l] = weights[l] - lr * a[l].T @ delta
        back = weights[l].T
    return new
""",
        must=(
            "weights.T | weights[l + 1].T | weights[l+1].T | W.T | W^T | own weights | transposed weights | "
            "forward weights | true weights | transpose of the weights | transpose | backpropagation | feedback... "
            "only | only... feedback | feedback... ignored | feedback[0] | lower layers | weights instead of "
            "feedback | weights... feedback | feedback... weights"
        ),
        must_not="1/N | mask",
    ),
    Coding(
        "fa_step",
        "Uses only the signs of the feedback matrices.",
        """
def fa_step(x, y, weights, feedback, lr):
    acts, masks = [x], []
    for W in weights[:-1]:
        z = acts[-1] @ W
        masks.append(z > 0)
        acts.append(z * masks[-1])
    e = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    out = [weights[-1] - lr * acts[-1].T @ e]
    for l in range(len(feedback) - 1, -1, -1):
        e = (e @ np.sign(feedback[l])) * masks[l]     # sign-symmetric feedback
        out.append(weights[l] - lr * acts[l].T @ e)
    return out[::-1]
""",
        must=(
            "sign(B) | sign of B | signs | sign of the feedback | sign(feedback | sign of feedback | feedback's "
            "sign | np.sign | magnitude | +1 | +-1 | size of the feedback | feedback... changed | feedback... "
            "replaced | sign-symm | feedback itself | feedback... scale | entries of the feedback | sign"
        ),
        must_not="weights.T | mask",
    ),
    Coding(
        "dfa_step",
        "The error of the output is averaged over the batch and the same mean error sent to each sample.",
        """
def dfa_step(x, y, weights, feedback, lr):
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1] @ W, 0))
    e = equations.cross_entropy_gradient(a[-1] @ weights[-1], y)
    new = [W.copy() for W in weights]
    new[-1] -= lr * a[-1].T @ e
    ebar = e.mean(axis=0, keepdims=True)           # the global error signal
    for l, B in enumerate(feedback):
        dl = (ebar @ B) * (a[l + 1] > 0)
        new[l] -= lr * a[l].T @ dl
    return new
""",
        must=(
            "mean error | average error | averag | mean... batch | mean of the error | mean of e | each sample | "
            "per sample | own error | same error | every sample | sample's | error... mean | batch mean | "
            "broadcast | all samples"
        ),
        must_not="transpos",
    ),
    Coding(
        "ff_step",
        "Takes one mean over the 2N rows of both halves, so the gradient is half of what it should be.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    X = np.vstack([x_pos, x_neg])
    s = np.r_[np.ones(len(x_pos)), -np.ones(len(x_neg))]     # +1 / -1 labels
    a = np.maximum(X @ W, 0)
    G = (a ** 2).sum(1)
    u = s * (theta - G)
    sig = 0.5 * (1 + np.tanh(u / 2))
    dG = -s * sig / len(X)
    dW = X.T @ (dG[:, None] * 2 * a)
    return W - lr * dW
""",
        must=(
            "2N | 2 N | 2*N | 2 * N | half | factor 2 | factor of 2 | 0.5 | twice | both halves | halved | factor "
            "two | two means | mean of each | own mean | all rows | times too small | doubl | factor 1/2"
        ),
        must_not="sign | old W",
    ),
    Coding(
        "ff_step",
        "Uses the mean of squares over the neurons as goodness, not the sum.",
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    def grad(x, sign):
        a = np.maximum(x @ W, 0)
        H = a.shape[1]
        G = np.mean(a * a, axis=1)
        p = 0.5 * (1 + np.tanh(0.5 * sign * (theta - G)))
        dG = -sign * p / len(x)
        return x.T @ (dG[:, None] * 2 * a / H)
    return W - lr * (grad(x_pos, 1) + grad(x_neg, -1))
""",
        must=(
            "mean of... square | mean square | averag | mean goodness | sum of squares | sum of the squares | sum "
            "over... neuron | mean over... neuron | number of neurons | / H | / n | divid | neurons | goodness... "
            "mean | goodness... sum | n times | width"
        ),
        must_not="sign | half | old W",
    ),
)
