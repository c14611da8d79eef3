"""Held out, for measuring only: mistakes in free codings of adam_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "adam_step",
        "t counts from 0: the correction uses t + 1.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    t = t + 1
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    mh, vh = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * mh / (np.sqrt(vh) + epsilon), m, v
""",
        must="t + 1 | one step | from 0 | t is | off by one | step too | next t | shifted",
    ),
    Coding(
        "adam_step",
        "The epsilon stands under the root.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    mh, vh = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * mh / np.sqrt(vh + epsilon), m, v
""",
        must="under the root | inside the root | epsilon",
    ),
    Coding(
        "adam_step",
        "The root is forgotten.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = m * beta1 + gradient * (1 - beta1)
    v = v * beta2 + gradient * gradient * (1 - beta2)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return parameter - lr * m_hat / (v_hat + epsilon), m, v
""",
        must="root | sqrt",
    ),
    Coding(
        "adam_step",
        "beta1 and beta2 are exchanged.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta2, beta1, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    mh, vh = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * mh / (np.sqrt(vh) + epsilon), m, v
""",
        must="beta",
        also=("exchang | swap | other beta | beta2 in place of beta1 | beta1 in place of beta2 | beta1 and beta2",),
    ),
    Coding(
        "adam_step",
        "The roles of beta and 1 - beta are exchanged in both moments.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = (1 - beta1) * m + beta1 * gradient
    v = (1 - beta2) * v + beta2 * gradient**2
    mh, vh = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * mh / (np.sqrt(vh) + epsilon), m, v
""",
        must="1 - beta | weights ... exchanged | old value and the new | other way round | swap",
        must_not="root",
    ),
    Coding(
        "adam_step",
        "The correction lacks the power of t: 1 - beta.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    mh, vh = m / (1 - beta1), v / (1 - beta2)
    return parameter - lr * mh / (np.sqrt(vh) + epsilon), m, v
""",
        must="power | not depend on t | not change when t | t is not | 1 - beta in place",
    ),
    Coding(
        "adam_step",
        "The gradient stands in for m: RMSprop.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    v_hat = v / (1 - beta2**t)
    return parameter - lr * gradient / (np.sqrt(v_hat) + epsilon), m, v
""",
        must=(
            "RMSprop | gradient ... not the first moment | gradient in place of | gradient itself | without m | m "
            "is not used"
        ),
    ),
    Coding(
        "adam_step",
        "m and v are changed in place.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m *= beta1
    m += (1 - beta1) * gradient
    v *= beta2
    v += (1 - beta2) * gradient**2
    step = lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    return parameter - step, m, v
""",
        must="changes its argument | changes m | m is changed | modifies | changed in place",
    ),
    Coding(
        "adam_step",
        "v decays, but m adds up without 1 - beta1, as momentum does in PyTorch's SGD.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="1 - beta1 | momentum | weight 1 | weight of the",
    ),
    Coding(
        "adam_step",
        "The mean of the squared gradient over the array is averaged into v, one number for all entries.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * np.mean(gradient**2)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="one number | averaged | mean of the squared | each entry | different parameters",
    ),
    Coding(
        "adam_step",
        "AdamW's weight decay is built in.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    parameter = parameter * (1 - lr * 0.01)
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="decay | regulari | parameter itself | shrink | L2",
    ),
    Coding(
        "adam_step",
        "No bias correction, and the epsilon under the root: two mistakes.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    return parameter - lr * m / np.sqrt(v + epsilon), m, v
""",
        must="bias correction | corrected | correction | hat | 1 - beta | not depend on t | not change when t",
        also=("under the root | inside the root | epsilon",),
    ),
)
