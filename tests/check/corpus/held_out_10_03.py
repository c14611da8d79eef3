"""Mistakes of two authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "avgpool_forward",
        "The image is reshaped so that pixels that are far apart are averaged.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    x = x.reshape(N, size, H // size, size, W // size, C)
    y = x.mean(axis=1)
    y = y.mean(axis=2)
    return y
""",
        must=(
            "reshap | neighbour | neighbor | far apart | interleav | every ... pixel | order | scattered | same "
            "window | contiguous | adjacent | strided | spread | distance | axes | axis | whole image | dilat"
        ),
    ),
    Coding(
        "avgpool_backward",
        "Tiles the whole pooled gradient size times (R's rep) instead of repeating each entry.",
        """
def avgpool_backward(dy, size):
    # every pixel of a window receives the same share
    dx = np.tile(dy, (1, size, size, 1))
    return dx / size ** 2
""",
        must=(
            "tile | tiling | repeat | own window | its window | neighbo | order | copies of | copied | copy | "
            "other window | another window | wrong window | place | position | whole gradient | whole image | "
            "wrong pixels | spread"
        ),
        must_not="divid | factor | sum",
    ),
    Coding(
        "avgpool_backward",
        "np.tile lays the pooled image side by side, where each number had to be repeated over its own window.",
        """
def avgpool_backward(dy, size):
    dx = np.tile(dy, (1, size, size, 1))
    dx = dx / (size * size)
    return dx
""",
        must=(
            "tile | repeat | neighbour | neighbor | side by side | whole image | periodic | interleav | wrong "
            "window | own window | other window | its window | scattered | spread | window | order | far apart"
        ),
    ),
    Coding(
        "sgd_step",
        "Forms a weighted average (1 - lr) parameter - lr gradient, so the parameter itself shrinks.",
        """
def sgd_step(parameter, gradient, lr):
    return (1 - lr) * parameter + lr * (-gradient)
""",
        must=(
            "decay | shrink | shrunk | (1 - lr) | 1 - lr | parameter itself | weighted average | moving | average "
            "| parameter... scaled | parameter... multipl | lr * parameter | lr... parameter | convex | pulled"
        ),
        must_not="sign",
    ),
    Coding(
        "sgd_step",
        "The copy is made anew in each pass of the loop, so only the last row is updated.",
        """
def sgd_step(parameter, gradient, lr):
    for i in range(len(parameter)):
        new = parameter.copy()
        new[i] = parameter[i] - lr * gradient[i]
    return new
""",
        must=(
            "last row | only the last | last entry | copy...loop | inside the loop | thrown away | started again | "
            "start again | other rows | all rows | every row | rows...old | rows...unchanged | rows...stay | one "
            "row | single row | most entries | part of"
        ),
    ),
    Coding(
        "adam_step",
        "Corrects v with beta1 as well instead of beta2.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m_new = beta1 * m + (1 - beta1) * gradient
    v_new = beta2 * v + (1 - beta2) * np.square(gradient)
    c = 1 - beta1 ** t
    step = (m_new / c) / (np.sqrt(v_new / c) + epsilon)
    return parameter - lr * step, m_new, v_new
""",
        must=(
            "beta1... v | v... beta1 | beta2 | v_hat | v's correction | correction of v | correction... second | "
            "same correction | second moment... correct"
        ),
        must_not="epsilon",
    ),
    Coding(
        "adam_step",
        "The second moment is made of the squared first moment, and not of the squared gradient.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m_new = beta1 * m + (1 - beta1) * gradient
    v_new = beta2 * v + (1 - beta2) * m_new ** 2
    m_hat = m_new / (1 - beta1 ** t)
    v_hat = v_new / (1 - beta2 ** t)
    p_new = parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon)
    return p_new, m_new, v_new
""",
        must=(
            "m squared | m**2 | m ** 2 | m^2 | m * m | square of m | first moment | squared gradient | square of "
            "the gradient | g**2 | gradient squared | gradient**2 | gradient ** 2 | gradient's square | squares m "
            "| v...from m | from m | gradient * gradient | momentum"
        ),
    ),
    Coding(
        "adam_step",
        "t is counted up in the step although it is 1 at the first, so the correction is one step ahead.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient ** 2
    mh = m / (1 - beta1 ** t)
    vh = v / (1 - beta2 ** t)
    parameter = parameter - lr * mh / (np.sqrt(vh) + epsilon)
    return parameter, m, v
""",
        must=(
            "t + 1 | exponent | one step | already 1 | counts from 1 | starts at 1 | starts from 1 | step number | "
            "t is | off by one | one too large | t...one too | power | next step | instead of t | beta**t"
        ),
    ),
    Coding(
        "bias_corrected",
        "Returns the square root of the corrected v, a standard deviation.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    m_hat = m / (1 - beta1 ** t)
    s_hat = np.sqrt(v / (1 - beta2 ** t))
    return m_hat, s_hat
""",
        must="root | sqrt | deviation",
        must_not="swap | power",
    ),
    Coding(
        "bias_corrected",
        "/= changes the caller's m and v.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    b1 = 1.0
    b2 = 1.0
    for k in range(t):
        b1 = b1 * beta1
        b2 = b2 * beta2
    m /= 1 - b1
    v /= 1 - b2
    return m, v
""",
        must=(
            "in place | chang...m | m...chang | overwrit | modif | copy | mutat | argument | alias | caller | /= | "
            "new array | stay as they"
        ),
    ),
    Coding(
        "bias_corrected",
        "1 - beta * t stands there in place of 1 - beta ** t.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    c1 = 1 - beta1 * t
    c2 = 1 - beta2 * t
    m_hat = m / c1
    v_hat = v / c2
    return m_hat, v_hat
""",
        must=(
            "power | beta**t | beta ** t | beta^t | beta1**t | beta1 ** t | times t | exponent | multipl | * t | "
            "product"
        ),
    ),
    Coding(
        "mf_step",
        "The goodness scores are made from z, not from a = relu(z).",
        """
def mf_step(x, y, W, M, lr):
    N = x.shape[0]
    z = x @ W
    a = np.maximum(z, 0)
    G = z @ M.T                             # scores
    p = equations.softmax(G)
    Y = np.eye(M.shape[0], dtype=G.dtype)[y]
    dG = (p - Y) / N
    dW = x.T @ ((dG @ M) * (z > 0))
    dM = dG.T @ a
    return W - lr * dW, M - lr * dM, a
""",
        must=(
            "from z | uses z | z instead | z M | z @ M | pre-activation | preactivation | before the ReLU | "
            "without the ReLU | without ReLU | linear output | before ReLU | a M | a @ M | ReLU... missing | "
            "ReLU... skipped | Eq. (5) | activation... scores | scores... activation"
        ),
        must_not="1/N",
    ),
    Coding(
        "mf_step",
        "The scores are computed from z and not from a = relu(z).",
        """
def mf_step(x, y, W, M, lr):
    N = x.shape[0]
    z = x @ W
    a = np.maximum(z, 0)
    G = z @ M.T
    p = equations.softmax(G)
    for i in range(N):
        p[i, y[i]] -= 1
    dG = p / N
    da = dG @ M
    dz = da * (z > 0)
    dW = x.T @ dz
    dM = dG.T @ a
    return W - lr * dW, M - lr * dM, a
""",
        must=(
            "z instead | z in place | uses z | from z | of z | pre-activation | before the relu | without relu | "
            "without the relu | relu...missing | relu...left out | forgot...relu | relu...scores | scores...relu | "
            "scores...a | G = a | Eq. (5) | z @ M"
        ),
    ),
)
