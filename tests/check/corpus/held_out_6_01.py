"""Mistakes of an eighth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "sgd_step",
        "The gradient is divided by its number of rows, as if the mean over the batch were still to be taken.",
        """
def sgd_step(parameter, gradient, lr):
    n = gradient.shape[0]
    return parameter - (lr / n) * gradient
""",
        must="divid | rows | batch | mean | len( | 1/N | 1 / N | first axis",
        must_not="sign | in place",
    ),
    Coding(
        "adam_step",
        "t is raised by 1 before use (cs231n counts from 0), so the corrections belong to the next step.",
        """
def adam_step(w, dw, m, v, t, lr, beta1, beta2, epsilon):
    t += 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw ** 2
    mb = m / (1 - beta1 ** t)
    vb = v / (1 - beta2 ** t)
    next_w = w - lr * mb / (np.sqrt(vb) + epsilon)
    return next_w, m, v
""",
        must=(
            "t + 1 | t+1 | next step | one step | one too | too large a t | counts from | count from | from 0 | "
            "from 1 | starts at | off by one | step number | power of | exponent | t is | already 1 | t = 2 | "
            "later"
        ),
        must_not="epsilon",
    ),
    Coding(
        "bias_corrected",
        "(1 - beta)**t instead of 1 - beta**t: the power stands outside of the bracket.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    m_hat = m / (1 - beta1) ** t
    v_hat = v / (1 - beta2) ** t
    return m_hat, v_hat
""",
        must=(
            "(1 - beta | (1-beta | power | bracket | parenthes | exponent | precedence | 1 - beta | beta^t | "
            "beta**t | to the t | raised"
        ),
        must_not="in place",
    ),
    Coding(
        "mf_step",
        "M_new is only another name of M, so M -= changes M before dW is computed with it.",
        """
def mf_step(x, y, W, M, lr):
    M = M.copy()
    z = x @ W
    a = np.maximum(z, 0)
    dG = equations.cross_entropy_gradient(equations.goodness_scores(a, M), y)
    M_new = M
    M_new -= lr * equations.projection_gradient(a, dG)
    W_new = W - lr * equations.weight_gradient(x, z, M, dG)
    return W_new, M_new, a
""",
        must=(
            "updated M | new M | old M | M before | M after | M...updated | before its update | before M | M as it "
            "was | M...too early | order | in place | M...already | already...M | M...first | previous M | changed "
            "M"
        ),
    ),
    Coding(
        "fa_step",
        (
            "From the output to the last hidden layer the true weights are used; only below do the feedback "
            "matrices come in."
        ),
        """
def fa_step(x, y, weights, feedback, lr):
    L = len(weights)
    a = [x]
    for W in weights[:-1]:
        a.append(np.maximum(a[-1] @ W, 0))
    e = equations.cross_entropy_gradient(a[-1] @ weights[-1], y)
    grads = [None] * L
    grads[-1] = a[-1].T @ e
    # the error of the output is known, so it needs no random matrix
    delta = (e @ weights[-1].T) * (a[-1] > 0)
    for l in range(L - 2, -1, -1):
        grads[l] = a[l].T @ delta
        if l > 0:
            delta = (delta @ feedback[l - 1]) * (a[l] > 0)
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "true weights | weights[ | W^T | W.T | transposed weights | weights' transpose | own weights | real "
            "weights | backprop | weights...instead of | instead of...feedback | feedback...instead | last "
            "feedback | feedback[-1] | topmost | top feedback | feedback...not used | last hidden | output weights "
            "| last weights | output layer's weights | weights of the layer above"
        ),
        must_not="sigmoid",
    ),
    Coding(
        "ff_step",
        (
            "The block's input is scaled to length 1 first, as the layer of the PyTorch port does; here W "
            "multiplies x itself."
        ),
        """
def ff_step(x_pos, x_neg, W, theta, lr):
    def forward(x):
        x_direction = x / (np.linalg.norm(x, axis=1, keepdims=True) + 1e-4)
        return x_direction, np.maximum(x_direction @ W, 0)

    xp, ap = forward(x_pos)
    xn, an = forward(x_neg)
    dgp = equations.positive_loss_gradient(equations.positive_goodness(ap), theta)
    dgn = equations.negative_loss_gradient(equations.negative_goodness(an), theta)
    dW = xp.T @ equations.goodness_gradient(ap, dgp) + xn.T @ equations.goodness_gradient(an, dgn)
    return W - lr * dW
""",
        must=(
            "normali | length 1 | unit length | scaled | norm of | length of | input...length | divided by its | x "
            "/ | input...scale"
        ),
        must_not="sign | half",
    ),
    Coding(
        "normalise_length",
        "The square root of the MEAN square (as in Hinton's MATLAB), not of the sum: rows get length sqrt(n).",
        """
def normalise_length(a):
    tiny = 1e-8
    return a / (tiny + np.mean(a ** 2, axis=1, keepdims=True) ** 0.5)
""",
        must=(
            "mean | sqrt(n) | root of n | rms | root mean square | sum of squares | sum of the squares | number of "
            "neurons | averag | sqrt(width"
        ),
    ),
    Coding(
        "mf_predict_ff",
        "The first layer is left out, as Hinton's Forward-Forward does; here all layers count.",
        """
def mf_predict_ff(goodness_per_layer):
    total = np.zeros_like(goodness_per_layer[-1])
    for k, G in enumerate(goodness_per_layer):
        if k == 0:        # Hinton: all but the first hidden layer
            continue
        total += G
    return total.argmax(axis=1)
""",
        must=(
            "first layer | first block | layer 1 | layer 0 | layer one | block 1 | block 0 | first one | first "
            "hidden | first array | without the first | [1:] | all but | lowest layer"
        ),
    ),
    Coding(
        "mf_predict_bp",
        "Labels are counted from 1 (MATLAB).",
        """
def mf_predict_bp(goodness_per_layer):
    G = goodness_per_layer[-1]
    labels = []
    for row in G:
        best = 1
        for c in range(2, len(row) + 1):
            if row[c - 1] > row[best - 1]:
                best = c
        labels.append(best)
    return np.array(labels)
""",
        must=(
            "from 1 | from 0 | start at 0 | start at 1 | + 1 | off by one | one too | too large by 1 | by one | by "
            "1 | 1 too | 1 larger | 1 more | 1 to m | 0 to m | next label | shifted | 1-based | one-based | "
            "zero-based | 0-based | m - 1"
        ),
    ),
    Coding(
        "damage",
        (
            "One mask of the last axis' length is broadcast over W, so whole columns go to 0 together instead of "
            "each entry on its own."
        ),
        """
def damage(W, fraction, rng):
    dead = rng.random(W.shape[-1]) < fraction
    out = W.copy()
    out[..., dead] = 0
    return out
""",
        must=(
            "column | neuron | last axis | broadcast | together | each entry | on its own | independent | own draw "
            "| same mask | one draw for | every entry | whole"
        ),
        must_not="scale",
    ),
    Coding(
        "repair",
        "All blocks from i upwards are trained, not block i alone.",
        """
def repair(net, rule, i, x, y):
    from mfnumpy.optim import SGD
    from mfnumpy.train import Trainer
    # the blocks above must get used to the new features
    later = list(range(i, len(net.blocks)))
    Trainer(net, rule, SGD(0.05), epochs=3, batch_size=16, only=later, show_progress=False).fit(x, y)
""",
        must=(
            "above | other block | blocks after | later block | upper block | next block | block i + 1 | higher | "
            "following | another block | block2 | block3 | only="
        ),
    ),
    Coding(
        "kept_by_bp",
        "Bytes are counted (4 for each float32) where numbers are asked for.",
        """
def kept_by_bp(N, d, widths):
    total = N * d
    for w in widths:
        total += N * w
    return total * 4
""",
        must=(
            "byte | 4 times | factor 4 | factor of 4 | 4 * | four times | times 4 | 4 bytes | float32 | numbers, "
            "not | by 4 | times too | times as many"
        ),
        must_not="weights are",
    ),
    Coding(
        "ticks",
        "The index of the last tick, counted from 0, is returned instead of the number of ticks.",
        """
def ticks(blocks, batches):
    done = 0
    t = 0
    while True:
        # the last block works on batch t - (blocks - 1) in tick t
        if t - (blocks - 1) >= 0:
            done += 1
        if done == batches:
            return t
        t += 1
""",
        must=(
            "one too few | one tick | one less | from 0 | off by one | - 2 | one missing | first tick | one short "
            "| index | last tick | by one | by 1 | 1 too few | 1 less | too few | blocks + batches - 1 | 1 tick"
        ),
        must_not="blocks * batches",
    ),
)
