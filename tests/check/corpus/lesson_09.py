"""Mistakes in free codings of adam_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "adam_step",
        "The bias correction is forgotten.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    return parameter - lr * m / (np.sqrt(v) + epsilon), m, v
""",
        must=(
            "corrections are missing | bias correction is missing | not corrected | without correction | without "
            "bias | no bias correction | without the bias | not depend on t | not change when t | both bias "
            "corrections"
        ),
    ),
    Coding(
        "adam_step",
        "The gradient is not squared in v.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * np.abs(gradient)
    return parameter - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v
""",
        must="squar",
    ),
    Coding(
        "adam_step",
        "The corrected moments are returned.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m = m / (1 - beta1**t)
    v = v / (1 - beta2**t)
    return parameter - lr * m / (np.sqrt(v) + epsilon), m, v
""",
        must="corrected | hat | correction",
        also=("return | handed | next step",),
    ),
    Coding(
        "adam_step",
        "The step uses the old moments.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    new_m = beta1 * m + (1 - beta1) * gradient
    new_v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), new_m, new_v
""",
        must=(
            "old m | old moment | moments from before | before this | before the update | previous | moments ... before"
        ),
    ),
    Coding(
        "adam_step",
        "Multiplied with t in place of the power: beta * t.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1) * t
    v_hat = v / (1 - beta2) * t
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="power | exponent | times t | multiplied by t | multiplied with t | * t",
    ),
    Coding(
        "adam_step",
        "The correction of v uses beta1.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    mh, vh = m / (1 - beta1**t), v / (1 - beta1**t)
    return parameter - lr * mh / (np.sqrt(vh) + epsilon), m, v
""",
        must="beta1 | one of the two betas | same beta",
        also=("correct | hat | both moments",),
    ),
    Coding(
        "adam_step",
        "Only m is corrected, v is not.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**t)
    return parameter - lr * m_hat / (np.sqrt(v) + epsilon), m, v
""",
        must=(
            "second moment's bias | second moment is not corrected | v is not corrected | correction of v | v's "
            "correction | beta2^t | v_hat | correction of the second"
        ),
    ),
    Coding(
        "adam_step",
        "A step uphill.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    return parameter + lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v
""",
        must="sign | uphill | plus | climb",
    ),
    Coding(
        "adam_step",
        "The betas are fixed at 0.9 and 0.999.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8):
    beta1, beta2 = 0.9, 0.999
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    return parameter - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v
""",
        must="beta",
        also=("0.9 | fixed | constant | not depend | not used | ignored",),
    ),
    Coding(
        "adam_step",
        "The moments come in the order (parameter, v, m).",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    new = parameter - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    return new, v, m
""",
        must="order | exchang | swap",
    ),
    Coding(
        "adam_step",
        "AMSGrad: the second moment is the maximum of old and new.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = np.maximum(v, beta2 * v + (1 - beta2) * gradient**2)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="maximum | AMSGrad | max | largest",
    ),
    Coding(
        "adam_step",
        "The learning rate is divided by the root of t as well.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr / np.sqrt(t) * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="root of t | sqrt(t) | depends on t | learning rate ... t | falls with t | step size ... t",
    ),
)
