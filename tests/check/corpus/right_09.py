"""Unusual but right answers of adam_step."""

from corpus import Coding

CODINGS = (
    Coding(
        "adam_step",
        "Running means as corrections: m += (1 - beta) (g - m), on copies.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m, v = m.copy(), v.copy()
    m += (1 - beta1) * (gradient - m)
    v += (1 - beta2) * (gradient**2 - v)
    step = np.divide(m, 1 - beta1**t) / (np.sqrt(np.divide(v, 1 - beta2**t)) + epsilon)
    return parameter - lr * step, m, v
""",
    ),
    Coding(
        "adam_step",
        "The corrections are put into the learning rate and the epsilon.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient * gradient
    root = np.sqrt(1 - beta2**t)
    return parameter - lr * root / (1 - beta1**t) * m / (np.sqrt(v) + epsilon * root), m, v
""",
    ),
    Coding(
        "adam_step",
        "A loop over the entries.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    new, new_m, new_v = np.empty_like(parameter), np.empty_like(m), np.empty_like(v)
    for i in np.ndindex(*parameter.shape):
        new_m[i] = beta1 * m[i] + (1 - beta1) * gradient[i]
        new_v[i] = beta2 * v[i] + (1 - beta2) * gradient[i] ** 2
        m_hat, v_hat = new_m[i] / (1 - beta1**t), new_v[i] / (1 - beta2**t)
        new[i] = parameter[i] - lr * m_hat / (v_hat**0.5 + epsilon)
    return new, new_m, new_v
""",
    ),
)
