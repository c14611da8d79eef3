"""A fourth author's mistakes in free codings of adam_step, bias_corrected."""

from corpus import Coding

CODINGS = (
    Coding(
        "adam_step",
        "The trick with lr_t, without the root over 1 - beta2^t.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * np.square(gradient)
    lr_t = lr * (1.0 - beta2 ** t) / (1.0 - beta1 ** t)
    return parameter - lr_t * m / (np.sqrt(v) + epsilon), m, v
""",
        must="root | sqrt | correct | beta2 ** t | bias",
        must_not="in place",
    ),
    Coding(
        "adam_step",
        "t is raised by one inside, as in cs231n, though it is 1 at the first step already.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    t += 1
    m = beta1 * m + (1 - beta1) * gradient
    mt = m / (1 - beta1 ** t)
    v = beta2 * v + (1 - beta2) * (gradient ** 2)
    vt = v / (1 - beta2 ** t)
    parameter = parameter - lr * mt / (np.sqrt(vt) + epsilon)
    return parameter, m, v
""",
        must="t + 1 | t - 1 | power t | of t | t is | one too",
        must_not="in place",
    ),
    Coding(
        "adam_step",
        "The parameter is moved by the old moments; they are updated afterwards.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    step = (m / (1 - beta1 ** t)) / (np.sqrt(v / (1 - beta2 ** t)) + epsilon)
    new_m = beta1 * m + (1 - beta1) * gradient
    new_v = beta2 * v + (1 - beta2) * gradient * gradient
    return parameter - lr * step, new_m, new_v
""",
        must=(
            "old moments | old W | old weights | old values | before the update | before the moments | "
            "wrong order | order of | previous | after the update | after it"
        ),
        also=("parameter",),
        must_not="in place",
    ),
    Coding(
        "adam_step",
        "The moments are changed in place, as an optimiser class would.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m *= beta1
    m += (1 - beta1) * gradient
    v *= beta2
    v += (1 - beta2) * gradient ** 2
    denom = np.sqrt(v / (1 - beta2 ** t)) + epsilon
    return parameter - lr / (1 - beta1 ** t) * m / denom, m, v
""",
        must="in place | changed | changes | new array | copy",
        must_not="beta1 and beta2",
    ),
    Coding(
        "adam_step",
        "RMSprop: the step is taken with the gradient itself, m is only carried along.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient ** 2
    vhat = v / (1 - beta2 ** t)
    return parameter - lr * gradient / (np.sqrt(vhat) + epsilon), m, v
""",
        must=(
            "gradient itself | gradient in place | m is not used | without m | m_hat | RMSprop | first moment | "
            "momentum | m ... not"
        ),
        also=("parameter",),
        must_not="in place",
    ),
    Coding(
        "adam_step",
        "The old gradient's share is exchanged: (1 - beta) stands at the old moments.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = (1 - beta1) * m + beta1 * gradient
    v = (1 - beta2) * v + beta2 * gradient ** 2
    m_hat = m / (1 - beta1 ** t)
    v_hat = v / (1 - beta2 ** t)
    new = parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, m, v
""",
        must="exchanged | swapped | 1 - beta | beta1 | places",
        must_not="in place",
    ),
    Coding(
        "bias_corrected",
        "Both moments are corrected with beta1: copied line.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    correction = 1 - np.power(beta1, t)
    return m / correction, v / correction
""",
        must="beta1 | beta2",
        also=("v",),
        must_not="in place",
    ),
    Coding(
        "bias_corrected",
        "The first step is thought to need no correction.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    if t > 1:
        m, v = m / (1 - beta1 ** t), v / (1 - beta2 ** t)
    return m, v
""",
        must="t = 1 | first step | t == 1 | t - 1 | step 1",
        must_not="in place",
    ),
)
