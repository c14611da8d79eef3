"""Further mistakes in free codings of bias_corrected and adam_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "bias_corrected",
        "t is counted from 0 inside: the power is one too large.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    step = t + 1
    return m / (1 - np.power(beta1, step)), v / (1 - np.power(beta2, step))
""",
        must="t + 1 | off by one | one step | one too | from 0 | counted",
        must_not="exchanged",
    ),
    Coding(
        "bias_corrected",
        "A product stands where a power should: 1 - beta t.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    m_hat = m / (1 - beta1 * t)
    v_hat = v / (1 - beta2 * t)
    return m_hat, v_hat
""",
        must="power | beta * t | times t | beta**t | ** | product",
        must_not="exchanged | at every t",
    ),
    Coding(
        "bias_corrected",
        "The power is forgotten: right at the first step only.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    return np.divide(m, 1 - beta1), np.divide(v, 1 - beta2)
""",
        must="t does not | power | first step | not depend on t | not change when t | beta**t | t = 1",
        must_not="exchanged",
    ),
    Coding(
        "bias_corrected",
        "Multiplied instead of divided.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    c1, c2 = 1 - beta1 ** t, 1 - beta2 ** t
    return c1 * m, c2 * v
""",
        must="multipl | divid | times | smaller",
        must_not="exchanged",
    ),
    Coding(
        "bias_corrected",
        "The root of the second moment is taken here already.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    return m / (1 - beta1**t), np.sqrt(v / (1 - beta2**t))
""",
        must="root | sqrt",
        also=("v | second moment",),
    ),
    Coding(
        "bias_corrected",
        "Both moments are corrected with beta1.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    return tuple(moment / (1 - beta1**t) for moment in (m, v))
""",
        must="beta1 | beta2 | betas",
        also=("v | second | both",),
        must_not="power",
    ),
    Coding(
        "bias_corrected",
        "In place.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    m /= 1 - beta1**t
    v /= 1 - beta2**t
    return m, v
""",
        must="in place | argument | changes | changed | copy",
    ),
    Coding(
        "adam_step",
        "Epsilon inside the root.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m_t = beta1 * m + (1 - beta1) * gradient
    v_t = beta2 * v + (1 - beta2) * np.square(gradient)
    mh = m_t / (1 - beta1 ** t)
    vh = v_t / (1 - beta2 ** t)
    return parameter - lr * mh / np.sqrt(vh + epsilon), m_t, v_t
""",
        must="epsilon",
        also=("root | inside | under",),
        must_not="correct",
    ),
    Coding(
        "adam_step",
        "No bias correction: RMSprop with momentum.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = m * beta1 + gradient * (1 - beta1)
    v = v * beta2 + gradient * gradient * (1 - beta2)
    parameter = parameter - lr * m / (np.sqrt(v) + epsilon)
    return parameter, m, v
""",
        must="bias correction | correct | m_hat | m hat | 1 - beta | t does not | not change when t",
        must_not="epsilon",
    ),
    Coding(
        "adam_step",
        "The corrected moments are handed on to the next step.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = (beta1 * m + (1 - beta1) * gradient) / (1 - beta1**t)
    v = (beta2 * v + (1 - beta2) * gradient**2) / (1 - beta2**t)
    return parameter - lr * m / (np.sqrt(v) + epsilon), m, v
""",
        must="corrected",
        also=("m",),
        must_not="epsilon",
    ),
    Coding(
        "adam_step",
        "The second moment averages the gradient, not its square.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * np.abs(gradient)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="squar | g^2 | gradient**2",
        also=("v",),
        must_not="epsilon",
    ),
    Coding(
        "adam_step",
        "The root is forgotten.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * m_hat / (v_hat + epsilon), m, v
""",
        must="root",
        must_not="correct",
    ),
    Coding(
        "adam_step",
        "The step is made with the old moments; the new ones are only returned.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    new = parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon)
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    return new, m, v
""",
        must="old m | old v | old moments | before | new m | stale | moments",
        must_not="epsilon is",
    ),
    Coding(
        "adam_step",
        "beta1 and beta2 are exchanged in the moments.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta2 * m + (1 - beta2) * gradient
    v = beta1 * v + (1 - beta1) * gradient**2
    m_hat, v_hat = m / (1 - beta2**t), v / (1 - beta1**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="beta1 and beta2 | exchanged | swapped | beta2 ... m | beta1 ... v",
        must_not="epsilon",
    ),
    Coding(
        "adam_step",
        "A step of Adam with the sign of ascent.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    step = lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    return parameter + step, m, v
""",
        must="sign | uphill | ascent | + lr | opposite | plus | wrong direction",
        must_not="epsilon",
    ),
    Coding(
        "adam_step",
        "The correction is one step ahead: t + 1.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return parameter - rate * m / (np.sqrt(v) + epsilon * np.sqrt(1 - beta2**t)), m, v
""",
        must="t + 1 | one step | one too | off by one | counted",
        must_not="epsilon is",
    ),
    Coding(
        "adam_step",
        "The moments are kept in place, in the caller's arrays.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m += (1 - beta1) * (gradient - m)
    v += (1 - beta2) * (gradient**2 - v)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="in place | argument | changes | changed | copy",
    ),
)
