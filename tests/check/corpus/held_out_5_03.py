"""Mistakes of a fifth, a sixth and a seventh author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "avgpool_backward",
        "Only the top left pixel of each window gets the gradient; the others stay 0.",
        """
def avgpool_backward(dy, size):
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * size, OW * size, C))
    for i in range(OH):
        for j in range(OW):
            dx[:, i * size, j * size, :] = dy[:, i, j, :]
    return dx
""",
        must=(
            "one pixel | one place | first pixel | single pixel | top left | top-left | upper left | corner | only "
            "one | every pixel | all pixels | every place | all places | each place | each pixel | shared out | "
            "spread | subsampl | evenly | whole window | rest of the window | one entry"
        ),
    ),
    Coding(
        "avgpool_backward",
        "The whole gradient goes to the top left pixel of each window instead of being shared evenly.",
        """
def avgpool_backward(dy, size):
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH * size, OW * size, C), dtype=dy.dtype)
    dx[:, ::size, ::size, :] = dy
    return dx
""",
        must=(
            "top left | top-left | upper left | corner | one pixel | only ... pixel | first pixel | single pixel | "
            "single place | shared | share | every pixel | all pixels | spread | evenly | max-pool | max pool | "
            "one place | each pixel | one entry"
        ),
        must_not="tile | channel",
    ),
    Coding(
        "avgpool_backward",
        "Only the first pixel of each window gets a gradient.",
        """
def avgpool_backward(dy, size):
    N, OH, OW, C = dy.shape
    dx = np.zeros((N, OH*size, OW*size, C))
    dx[:, ::size, ::size, :] = dy / (size * size)
    return dx
""",
        must=(
            "only one | one pixel | one place | single pixel | first pixel | corner | top left | top-left | upper "
            "left | rest of the window | rest of each window | other pixels | every pixel | all pixels | each "
            "pixel | every place | spread | shared out | shared among | most pixels | zeros"
        ),
        must_not="tile | transpos",
    ),
    Coding(
        "sgd_step",
        "Writes into the parameter that it was given, and returns a copy of that.",
        """
def sgd_step(parameter, gradient, lr):
    flat = parameter.reshape(-1)
    g = gradient.reshape(-1)
    for k in range(flat.size):
        flat[k] -= lr * g[k]
    return parameter.copy()
""",
        must=(
            "in place | in-place | argument | changes... parameter | changed... parameter | parameter... changed | "
            "overwrit | old parameter | old value | input... changed | given array | modif | caller | view | same "
            "memory"
        ),
    ),
    Coding(
        "sgd_step",
        "The gradient is clipped to norm 1 first.",
        """
def sgd_step(parameter, gradient, lr):
    norm = np.sqrt(np.sum(gradient**2))
    gradient = gradient * np.minimum(1.0, 1.0 / (norm + 1e-6))
    return parameter - lr * gradient
""",
        must="clip | norm | length | limit | shrink | scaled down | shrunk | capped | unit",
        must_not="sign | decay",
    ),
    Coding(
        "sgd_step",
        "An exponential average: the old parameter is shrunk by 1 - lr.",
        """
def sgd_step(parameter, gradient, lr):
    # new = (1 - alpha) * old + alpha * (-grad)
    keep = 1 - lr
    return keep * parameter + lr * (-gradient)
""",
        must=(
            "1 - lr | 1-lr | (1 - lr | decay | shrunk | shrink | old parameter | parameter ... multiplied | "
            "parameter ... scaled | parameter itself | moving average | exponential average | convex | weighted "
            "mean | lr * parameter | lr times the parameter | gradient 0 | zero gradient | smaller parameter"
        ),
        must_not="sign | in place",
    ),
    Coding(
        "adam_step",
        "m_hat and v_hat are computed before m and v are updated, so the step uses the old moments.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m_hat = m / (1 - beta1 ** t)
    v_hat = v / (1 - beta2 ** t)
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient ** 2
    parameter = parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon)
    return parameter, m, v
""",
        must=(
            "old m | old moment | old v | before... update | old... moments | m... before | moments... before | "
            "previous m | last step's | previous moment | stale | updated... after | moments... step before | "
            "order | updated first | update... first | new moments | new m | updated m | this gradient | lags"
        ),
    ),
    Coding(
        "adam_step",
        "Epsilon stands inside the square root.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * np.square(gradient)
    mhat, vhat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * mhat / np.sqrt(vhat + epsilon), m, v
""",
        must=(
            "inside | under the root | under the square | in the root | within the root | epsilon ... root | "
            "epsilon ... sqrt | eps ... root | sqrt(v_hat + | sqrt(v + | outside | after the root"
        ),
        must_not="bias | corrected",
    ),
    Coding(
        "adam_step",
        "beta * t instead of beta ** t in the correction.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m1 = beta1 * m + (1 - beta1) * gradient
    v1 = beta2 * v + (1 - beta2) * gradient * gradient
    c1 = 1 - beta1 * t
    c2 = 1 - beta2 * t
    step = lr * (m1 / c1) / (np.sqrt(np.abs(v1 / c2)) + epsilon)
    return parameter - step, m1, v1
""",
        must=(
            "power | exponent | beta1^t | beta1**t | beta1 ** t | beta^t | beta**t | beta ** t | times t | beta1 * "
            "t | beta * t | beta1 t | t-th | multiplied by t | to the t"
        ),
        must_not="epsilon | uncorrected",
    ),
    Coding(
        "bias_corrected",
        "The step is counted from 0, so t + 1 is used: one step too far.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    correct = lambda mom, beta: mom / (1 - np.power(beta, t + 1))
    return correct(m, beta1), correct(v, beta2)
""",
        must=(
            "t + 1 | t+1 | one too | step too | off by one | off-by-one | one step | counted from 0 | counts from "
            "0 | incremented | starts at 1 | next step | later step | already 1 | is 1 at"
        ),
        must_not="root | swap",
    ),
    Coding(
        "bias_corrected",
        "Multiplied with 1 - beta once more, as if m were a plain weighted sum.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    # normalise by the sum of the weights 1 + b + b^2 + ... + b^(t-1)
    w1 = sum(beta1 ** k for k in range(t))
    w2 = sum(beta2 ** k for k in range(t))
    return m / w1, v / w2
""",
        must=(
            "1 - beta | (1 - beta | 1-beta | sum of ... powers | geometric | sum of the weights | already in | "
            "once more | weights ... sum | too small by"
        ),
        must_not="t + 1 | t - 1 | in place",
    ),
    Coding(
        "mf_step",
        "M's gradient is taken with the pre-activation z instead of a.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.where(z > 0, z, 0)
    G = np.einsum("nh,ch->nc", a, M)
    dG = equations.softmax(G)
    dG[np.arange(len(y)), y] -= 1
    dG /= len(y)
    dz = np.where(z > 0, np.einsum("nc,ch->nh", dG, M), 0)
    dW = np.einsum("nd,nh->dh", x, dz)
    dM = np.einsum("nc,nh->ch", dG, z)
    return W - lr * dW, M - lr * dM, a
""",
        must=(
            "dM ... z | M ... z instead | M ... from z | M ... with z | z instead | z in place | z, not | z where "
            "a | before the ReLU | before ReLU | pre-activation | negative entries of z | relu ... missing | "
            "without ... ReLU | z for a"
        ),
        must_not="1/N | dW",
    ),
)
