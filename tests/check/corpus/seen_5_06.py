"""Mistakes of a fifth, a sixth and a seventh author."""

from corpus import Coding

CODINGS = (
    Coding(
        "avgpool_forward",
        "The window's mean is taken over the batch and the channels too.",
        """
def avgpool_forward(x, size):
    N, H, W, C = x.shape
    y = np.empty((N, H//size, W//size, C))
    for r in range(H//size):
        for c in range(W//size):
            blk = x[:, r*size:(r+1)*size, c*size:(c+1)*size, :]
            y[:, r, c, :] = np.mean(blk)
    return y
""",
        must=(
            "batch | channel | other samples | other images | all images | all samples | each image | every image "
            "| whole block | images ... mixed | axis | axes | mean over everything | mean of everything | over all"
        ),
        must_not="size squared | reshape",
    ),
    Coding(
        "avgpool_backward",
        (
            "np.tile in the place of np.repeat: copies of the whole image stand side by side, and pixels get "
            "another window's gradient."
        ),
        """
def avgpool_backward(dy, size):
    dx = np.tile(dy, (1, size, size, 1))
    return dx / size ** 2
""",
        must=(
            "tile | tiling | repeat | side by side | wrong window | other window | another window | own window | "
            "neighbour | block of | whole image | copies of | arrange | order of... pixel | wrong pixel | wrong "
            "place | interleav | other place | places... order"
        ),
    ),
    Coding(
        "avgpool_backward",
        "np.tile instead of np.repeat: the whole gradient image is laid side by side.",
        """
def avgpool_backward(dy, size):
    return np.tile(dy, (1, size, size, 1)) / size**2
""",
        must=(
            "tile | tiled | repeat | side by side | neighbour | neighbor | whole image | whole gradient | "
            "interleav | own window | other window | wrong window | blocks | block of | each window | order"
        ),
        must_not="divid | top left",
    ),
    Coding(
        "sgd_step",
        (
            "Divides the gradient by its number of rows, as a slide's 1/m; the mean over the batch is in the "
            "gradient already."
        ),
        """
def sgd_step(parameter, gradient, lr):
    # w := w - alpha / m * sum(gradient)
    m = gradient.shape[0]
    step = lr / m * gradient
    return parameter - step
""",
        must=(
            "divid | 1/N | 1 / N | / N | 1/m | number of rows | rows of | len( | batch size | over the batch | "
            "first dimension | first axis | already... mean | mean... already | averag"
        ),
    ),
    Coding(
        "sgd_step",
        "The gradient is divided by the parameter's number of rows, as if that were the batch.",
        """
def sgd_step(parameter, gradient, lr):
    N = gradient.shape[0]
    return parameter - (lr / N) * gradient
""",
        must=(
            "divid | len( | first axis | shape[0] | number of rows | rows of | batch | 1/N | step ... too small | "
            "step ... times too | factor"
        ),
        must_not="sign | norm",
    ),
    Coding(
        "sgd_step",
        "The gradient is scaled to length 1 first.",
        """
def sgd_step(parameter, gradient, lr):
    g = gradient / np.linalg.norm(gradient)     # steepest descent direction
    return parameter - lr * g
""",
        must=(
            "norm | length | unit | direction only | size of the gradient | magnitude | normalis | normaliz | "
            "scaled | rescal | as long as | step size ... depend"
        ),
        must_not="sign | in place",
    ),
    Coding(
        "adam_step",
        "A copied line: v's correction uses beta1 in the place of beta2.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m_new = beta1 * m + (1 - beta1) * gradient
    v_new = beta2 * v + (1 - beta2) * (gradient * gradient)
    mc = m_new / (1 - beta1 ** t)
    vc = v_new / (1 - beta1 ** t)
    p = parameter - lr * mc / (np.sqrt(vc) + epsilon)
    return p, m_new, v_new
""",
        must=(
            "v... beta1 | beta1... v | v_hat... beta | v... corrected | correction of v | v's correction | wrong "
            "beta | beta1... both | beta2... correct | correct... beta2 | beta2... v | v... beta2 | beta1 in place "
            "| beta1 instead"
        ),
    ),
    Coding(
        "adam_step",
        "AMSGrad: the larger of old and new v is kept.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m_new = (1 - beta1) * gradient + beta1 * m
    v_new = np.maximum(v, (1 - beta2) * gradient**2 + beta2 * v)
    step = (m_new / (1 - beta1**t)) / (np.sqrt(v_new / (1 - beta2**t)) + epsilon)
    return parameter - lr * step, m_new, v_new
""",
        must=(
            "amsgrad | maximum | max( | max of | larger | largest | never falls | never shrink | never decreas | "
            "never gets smaller | cannot fall | does not fall | does not decrease | old v | decay ... v"
        ),
        must_not="epsilon | corrected",
    ),
    Coding(
        "adam_step",
        "The second moment is centred: (gradient - m)^2 instead of gradient^2.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * gradient
    # running variance
    v = beta2 * v + (1 - beta2) * (gradient - m) ** 2
    mh = m / (1 - beta1 ** t)
    vh = v / (1 - beta2 ** t)
    return parameter - lr * mh / (np.sqrt(vh) + epsilon), m, v
""",
        must=(
            "gradient - m | g - m | centr | centered | variance | minus m | m ... subtract | subtract ... m | "
            "AdaBelief | uncentred | uncentered | raw second | square of the gradient | squared gradient | "
            "gradient^2 | g^2 | deviation"
        ),
        must_not="epsilon | bias correction",
    ),
    Coding(
        "bias_corrected",
        (
            "The power is built by a loop that runs t - 1 times, so the exponent is one too small and the first "
            "step divides by 0."
        ),
        """
def bias_corrected(m, v, t, beta1, beta2):
    b1 = 1.0
    b2 = 1.0
    for k in range(1, t):
        b1 *= beta1
        b2 *= beta2
    return m / (1 - b1), v / (1 - b2)
""",
        must=(
            "t - 1 | t-1 | off by one | one step | exponent... one | exponent... 1 | exponent... small | "
            "exponent... low | exponent... too | wrong exponent | wrong power | smaller power | power... too | "
            "first step | one too | divides by 0 | division by 0 | divides by zero | division by zero | starts at "
            "0 | starts at 1 | t counts"
        ),
    ),
    Coding(
        "bias_corrected",
        "TensorFlow's combined step size misread: v is divided by sqrt(1 - beta2^t).",
        """
def bias_corrected(m, v, t, beta1, beta2):
    c1, c2 = 1 - beta1**t, np.sqrt(1 - beta2**t)
    return m / c1, v / c2
""",
        must="sqrt | square root | root",
        must_not="t + 1 | swap",
    ),
    Coding(
        "bias_corrected",
        "The second moment comes back as its square root.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    mhat = m / (1 - beta1 ** t)
    sd = np.sqrt(v / (1 - beta2 ** t))
    return mhat, sd
""",
        must="sqrt | square root | root | standard deviation",
        must_not="t - 1 | beta1 ... beta2",
    ),
)
