"""A fourth author's mistakes, held out, in free codings of adam_step, bias_corrected."""

from corpus import Coding

CODINGS = (
    Coding(
        "adam_step",
        "v is the running mean of m squared, not of the gradient squared.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = m + (1 - beta1) * (gradient - m)
    v = v + (1 - beta2) * (m * m - v)
    m_hat = m / (1 - beta1 ** t)
    v_hat = v / (1 - beta2 ** t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must=(
            "m in place | m squared | m ** 2 | m * m | square of m | of m | gradient squared | "
            "squared gradient | square of the gradient"
        ),
        also=("v",),
        must_not="in place",
    ),
    Coding(
        "adam_step",
        "The corrected moments are returned, and would be corrected again at the next step.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = (beta1 * m + (1 - beta1) * gradient) / (1 - beta1 ** t)
    v = (beta2 * v + (1 - beta2) * gradient ** 2) / (1 - beta2 ** t)
    parameter = parameter - lr * m / (v ** 0.5 + epsilon)
    return parameter, m, v
""",
        must="corrected | m_hat | uncorrected | returned | 1 - beta",
        must_not="in place",
    ),
    Coding(
        "adam_step",
        "The defaults of the paper are written in: the arguments beta1 and beta2 are not read.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    b1, b2 = 0.9, 0.999
    m = b1 * m + (1 - b1) * gradient
    v = b2 * v + (1 - b2) * gradient ** 2
    return parameter - lr * (m / (1 - b1 ** t)) / (np.sqrt(v / (1 - b2 ** t)) + epsilon), m, v
""",
        must="beta1 | beta2 | 0.9 | argument of | default | constant",
        must_not="in place",
    ),
    Coding(
        "bias_corrected",
        "The moments that belong to the optimiser are changed themselves.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    for moment, beta in ((m, beta1), (v, beta2)):
        np.divide(moment, 1 - beta ** t, out=moment)
    return m, v
""",
        must="in place | changed | changes | new array | copy",
        must_not="beta1 and beta2",
    ),
)
