"""Rarer mistakes in free codings of bias_corrected and adam_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "bias_corrected",
        "(1 - beta) to the power t, brackets in the wrong place.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    return m / (1 - beta1) ** t, v / (1 - beta2) ** t
""",
        must="bracket | power | (1 - beta)** | (1 - beta)^t | ** t",
        must_not="at every t | exchanged",
    ),
    Coding(
        "bias_corrected",
        "The second moment first.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return v_hat, m_hat
""",
        must="order | exchanged | swapped | places",
    ),
    Coding(
        "bias_corrected",
        "A plus in the denominator.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    return m / (1 + beta1**t), v / (1 + beta2**t)
""",
        must="sign | plus | 1 + beta | 1 +",
        must_not="exchanged",
    ),
    Coding(
        "adam_step",
        "Nesterov's look ahead: NAdam's numerator.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    ahead = beta1 * m_hat + (1 - beta1) * gradient / (1 - beta1**t)
    return parameter - lr * ahead / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="Nesterov | NAdam | look | gradient ... twice | ahead",
        must_not="epsilon | one step ahead",
    ),
    Coding(
        "adam_step",
        "The learning rate stands in the moment already, and again in the step.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * lr * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="lr | learning rate",
        also=("m",),
        must_not="epsilon",
    ),
    Coding(
        "adam_step",
        "The variance: v averages (g - m)^2, as in AdaBelief.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * (gradient - m) ** 2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must="variance | g - m | difference | minus m | gradient - m | squared gradient | taken off",
        also=("v | second moment",),
        must_not="epsilon",
    ),
)
