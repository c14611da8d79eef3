"""Mistakes of an eleventh and a twelfth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "conv2d_backward",
        "db is averaged over the images: 1/N a second time.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    F = dz.shape[-1]
    d = dz.reshape(-1, F)
    cols = layers.im2col(x, kernel, stride, padding)
    dW = cols.T @ d
    db = dz.sum(axis=(1, 2)).mean(axis=0)
    dx = layers.col2im(d @ W.T, x.shape, kernel, stride, padding)
    return dx, dW, db
""",
        must=(
            "db ... mean | mean ... db | averag | 1/N | twice | N times | divid | sum ... images | sum ... batch | "
            "sum of dz | already | second time"
        ),
    ),
    Coding(
        "conv2d_backward",
        "The kernel is rotated by 180 degrees for dx although the error is scattered, which needs no rotation.",
        """
def conv2d_backward(x, W, dz, kernel, stride, padding):
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    N, H, Wd, C = x.shape
    _, OH, OW, F = dz.shape
    dW = layers.im2col(x, kernel, stride, padding).T @ dz.reshape(-1, F)
    db = dz.reshape(-1, F).sum(axis=0)
    K = W.reshape(KH, KW, C, F)
    K = K[::-1, ::-1]                            # rot90(W, 2)
    dxp = np.zeros((N, H + 2 * padding, Wd + 2 * padding, C))
    for u in range(KH):
        for v in range(KW):
            dxp[:, u:u + stride * (OH - 1) + 1:stride, v:v + stride * (OW - 1) + 1:stride] += dz @ K[u, v].T
    return dxp[:, padding:padding + H, padding:padding + Wd], dW, db
""",
        must="flip | rotat | mirror | 180 | turned | reversed | upside | backwards",
        must_not="overwrit | padding | batch",
    ),
    Coding(
        "avgpool_forward",
        "Reshaped with the window's side before OH, so pixels far apart are averaged.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    OH, OW = H // size, W // size
    return x.reshape(N, size, OH, size, OW, C).mean(axis=(1, 3))
""",
        must=(
            "neighbour | neighbor | adjacent | apart | interleav | reshape | order | axis | axes | scattered | "
            "contiguous | wrong pixels | other pixels | own window | same window | next to | strided | every ... "
            "pixel | side by side"
        ),
        must_not="divid",
    ),
    Coding(
        "avgpool_forward",
        (
            "The paper's 2x2 is written in: only the first two rows and columns of each window are averaged, "
            "whatever size is."
        ),
        """
def avgpool_forward(x, size):
    s = size
    top = x[:, 0::s, 0::s, :] + x[:, 0::s, 1 % s::s, :]
    low = x[:, 1 % s::s, 0::s, :] + x[:, 1 % s::s, 1 % s::s, :]
    return (top + low) / 4.0
""",
        must=(
            "2x2 | 2 x 2 | 2 by 2 | size 2 | size = 2 | hard-coded | hardcoded | hard coded | fixed size | "
            "whatever | always 2 | only for | four pixels | four numbers | four entries | 4 pixels | 4 numbers | "
            "two rows | two columns | first two | two by two | part of the window | part of each window | corner | "
            "top left | upper left | whole window | some pixels | all pixels | every pixel | pixels...missing | "
            "pixels...left out | pixels...ignored | rest of the window"
        ),
        must_not="maximum | overlap | channels",
    ),
    Coding(
        "sgd_step",
        "Keras' Nesterov momentum from a velocity of 0: the step becomes 1.9 lr gradient.",
        """
def sgd_step(parameter, gradient, lr):
    momentum = 0.9
    v = momentum * np.zeros_like(parameter) - lr * gradient
    return parameter + momentum * v - lr * gradient      # nesterov
""",
        must=(
            "momentum | Nesterov | velocity | 1.9 | 0.9 | twice | two steps | second step | too far | too long | "
            "too large a step | step is too large | step...too large | step...times | times too large | times too "
            "long | times lr | times as long | times as large | almost double | longer | larger | overshoot | "
            "factor | multiple | scaled"
        ),
        must_not="sign | opposite | ascent | 1/N",
    ),
    Coding(
        "sgd_step",
        "Gradient clipping to norm 1 (clip_grad_norm_) built into the step.",
        """
def sgd_step(parameter, gradient, lr):
    total = np.sqrt((gradient ** 2).sum())
    coef = min(1.0, 1.0 / (total + 1e-6))        # clip_grad_norm_(1.0)
    return parameter - lr * coef * gradient
""",
        must=(
            "clip | norm | length 1 | unit length | limit | cap | scaled down | scaled to | direction | too short "
            "| length of the gradient | length of the step | size of the gradient | large gradient | long gradient "
            "| magnitude | shrunk | shortened | bounded"
        ),
        must_not="sign | ascent | 1/N",
    ),
    Coding(
        "adam_step",
        "v is fed with the square of the new m instead of the square of the gradient.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * np.square(m)
    mh = m / (1 - np.power(beta1, t))
    vh = v / (1 - np.power(beta2, t))
    return parameter - lr * mh / (np.sqrt(vh) + epsilon), m, v
""",
        must=(
            "m ... squared | square of m | square of ... m | m instead | gradient ... squared | squared gradient | "
            "gradient^2 | gradient ** 2 | square of the gradient | g ** 2 | g^2 | m ** 2 | m^2 | first moment ... "
            "v | v ... first moment | squares of the gradient | m * m | v ... new m"
        ),
    ),
    Coding(
        "adam_step",
        "epsilon stands inside the square root.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient ** 2
    m_hat = m / (1 - beta1 ** t)
    v_hat = v / (1 - beta2 ** t)
    return parameter - lr * m_hat / np.sqrt(v_hat + epsilon), m, v
""",
        must="epsilon | eps",
        must_not="sign",
    ),
    Coding(
        "adam_step",
        "lerp with the wrong weight: m = (1 - beta1) m + beta1 g, the shares of old moment and new gradient swapped.",
        """
def lerp(a, b, w):
    return a + w * (b - a)

def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = lerp(m, gradient, beta1)                 # exp_avg.lerp_(grad, ...)
    v = beta2 * v + (1 - beta2) * gradient * gradient
    step_size = lr / (1 - beta1 ** t)
    denom = np.sqrt(v) / np.sqrt(1 - beta2 ** t) + epsilon
    return parameter - step_size * m / denom, m, v
""",
        must=(
            "swap | exchang | interchang | other way round | wrong way round | reversed | mixed up | confus | (1 - "
            "beta1) m | (1 - beta1) * m | (1 - beta1)*m | 1 - beta1...m | beta1 * g | beta1 g | beta1 times the "
            "gradient | beta1...gradient | gradient...beta1 | old moment | old m | previous moment | weight of the "
            "gradient | weights of m | beta1 and 1 - beta1 | share | lerp"
        ),
        must_not="epsilon | uncorrected | sign",
    ),
    Coding(
        "adam_step",
        "AdaBelief: the second moment gathers (gradient - m)^2 instead of gradient^2.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    diff = gradient - m
    v = beta2 * v + (1 - beta2) * diff ** 2
    m_hat = m / (1 - beta1 ** t)
    v_hat = v / (1 - beta2 ** t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v
""",
        must=(
            "AdaBelief | gradient - m | g - m | (gradient - m | (g - m | difference | deviation | variance | "
            "centred | centered | minus m | minus the mean | minus the first moment | minus the moment | subtract "
            "| squared gradient | square of the gradient | gradient's square | gradient^2 | gradient**2 | gradient "
            "** 2 | g^2 | squares of the gradient | gradient squared | gradient itself...squar | second moment | "
            "m...taken off"
        ),
        must_not="beta1 in place | swapped | epsilon | bias correction",
    ),
)
