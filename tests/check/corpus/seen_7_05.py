"""Mistakes of a ninth and a tenth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "adam_step",
        "AdaBelief: v follows the square of gradient - m, not the square of the gradient.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m_new = beta1 * m + (1 - beta1) * gradient
    surprise = gradient - m_new
    v_new = beta2 * v + (1 - beta2) * surprise ** 2
    m_hat = m_new / (1 - beta1 ** t)
    v_hat = v_new / (1 - beta2 ** t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m_new, v_new
""",
        must=(
            "AdaBelief | g - m | gradient - m | gradient minus | minus m | minus the mean | minus the first moment "
            "| minus its | m...subtract | subtract...m | subtract | difference | deviation | centred | centered | "
            "varianc | surprise | distance from m | around m | moves away | m is taken off | square of the "
            "gradient itself | raw gradient | plain gradient | uncentred | uncentered"
        ),
        must_not="epsilon | t is",
    ),
    Coding(
        "adam_step",
        (
            "TensorFlow 1's 'epsilon hat': epsilon is added to the uncorrected sqrt(v), the correction folded into "
            "the learning rate."
        ),
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * np.square(gradient)
    lr_t = lr * np.sqrt(1.0 - beta2 ** t) / (1.0 - beta1 ** t)
    return parameter - lr_t * m / (np.sqrt(v) + epsilon), m, v
""",
        must="epsilon | eps | sqrt(v) | sqrt(v_hat | uncorrected v | v before",
        also=(
            (
                "uncorrected | before the correction | before v | before it | correct | v_hat | hat | TensorFlow | "
                "folded | scaled | larger | divided by sqrt | bias | 1 - beta2 | effective | too large | too "
                "strong | relative"
            ),
        ),
        must_not="inside the root | inside the square root | inside the sqrt | moments are returned",
    ),
    Coding(
        "adam_step",
        "v is taken as a variance: (g - m)^2 instead of g^2.",
        """
def adam_step(parameter, gradient, m, v, t, lr, beta1, beta2, epsilon):
    m_new = beta1 * m + (1 - beta1) * gradient
    v_new = beta2 * v + (1 - beta2) * (gradient - m_new) ** 2
    m_hat = m_new / (1 - beta1 ** t)
    v_hat = v_new / (1 - beta2 ** t)
    return parameter - lr * m_hat / (np.sqrt(v_hat) + epsilon), m_new, v_new
""",
        must=(
            "varianc | g - m | centr | centred | centered | minus m | m is subtracted | m... subtract | "
            "subtract... m | gradient - m | deviation | uncentr | uncentered | AdaBelief | less m | mean is "
            "subtracted | difference... m"
        ),
        must_not="epsilon | bias correction is missing | sign",
    ),
    Coding(
        "bias_corrected",
        "At t = 1 the moments are returned as they are, as if the first step needed no correction.",
        """
def bias_corrected(m, v, t, beta1, beta2):
    if t <= 1:
        return m.copy(), v.copy()      # nothing accumulated yet
    m_hat = m / (1 - beta1 ** t)
    v_hat = v / (1 - beta2 ** t)
    return m_hat, v_hat
""",
        must="t = 1 | t == 1 | t=1 | first step | step 1 | t is 1 | first | t <= 1 | when t is one",
        must_not="power | same beta | multipl",
    ),
    Coding(
        "mf_step",
        (
            "Block coordinate style: W is updated first, then M's gradient comes from a second forward pass with "
            "the new W."
        ),
        """
def mf_step(x, y, W, M, lr):
    # 1. the weights
    z = np.dot(x, W)
    a = z * (z > 0)
    dG = equations.cross_entropy_gradient(equations.goodness_scores(a, M), y)
    W_new = W - lr * equations.weight_gradient(x, z, M, dG)
    # 2. the projection
    h = np.maximum(np.dot(x, W_new), 0)
    dG = equations.cross_entropy_gradient(equations.goodness_scores(h, M), y)
    M_new = M - lr * equations.projection_gradient(h, dG)
    return W_new, M_new, a
""",
        must=(
            "new W | updated W | W_new | W after | after W | W's update | update of W | after the update | after "
            "its update | updated weights | new weights | second forward | second pass | two forward | forward "
            "pass...again | forward again | recomput | computed again | alternat | coordinate | W first | W was "
            "already | W is already | old W | W before | stale | changed W"
        ),
        must_not="new M is | updated M is | M before its",
    ),
    Coding(
        "mf_step",
        "The scores are computed from the pre-activation z, before the ReLU, and not from a.",
        """
def mf_step(x, y, W, M, lr):
    z = x @ W
    a = np.maximum(z, 0)
    G = z @ M.T
    dG = equations.cross_entropy_gradient(G, y)
    dM = dG.T @ a
    dz = (dG @ M) * (z > 0)
    dW = x.T @ dz
    return W - lr * dW, M - lr * dM, a
""",
        must=(
            "pre-activ | preactiv | before the relu | before relu | without the relu | without relu | no relu | "
            "relu...missing | relu...skipped | z M | z @ M | from z | of z | z instead | z in place | z rather | "
            "uses z | z, not | linear | negative values of z | should be a M | instead of a | a M^T | a @ M.T | a, "
            "not z"
        ),
        must_not="after the update | updated M | updated W | mask",
    ),
    Coding(
        "mf_step",
        "M is held to be fixed like a feedback matrix and is returned unchanged.",
        """
def mf_step(x, y, W, M, lr):
    z = np.matmul(x, W)
    a = np.maximum(0, z)
    dG = equations.cross_entropy_gradient(a @ M.T, y)
    dW = equations.weight_gradient(x, z, M, dG)
    # the projection is random and stays as it is
    return W - lr * dW, M.copy(), a
""",
        must=(
            "M is not updated | M is never | M stays | M does not | M... unchanged | M has not | M did not | M... "
            "fixed | M... not learn | M... not change | M... not updated | old M | M as it was | update of M | Eq. "
            "(8) | M's update | projection matrix... | M must also | M must learn | M learns"
        ),
        must_not="W is wrong | M is updated before | 1/N",
    ),
    Coding(
        "mf_step",
        "The error at a is taken from the true class's row of M alone; the wrong classes' errors do not reach W.",
        """
def mf_step(x, y, W, M, lr):
    N = x.shape[0]
    z = x @ W
    a = np.maximum(z, 0)
    G = a @ M.T
    dG = equations.softmax(G)
    dG[np.arange(N), y] -= 1
    dG /= N
    dM = dG.T @ a
    # local error of the neurons: through the projection of the correct label
    da = dG[np.arange(N), y][:, None] * M[y]
    dW = x.T @ (da * (z > 0))
    return W - lr * dW, M - lr * dM, a
""",
        must=(
            "true class | correct class | label's row | M[y | row of the label | row of the true | only the label "
            "| label alone | own label | only the true | wrong classes | other classes | false classes | all "
            "classes | sum over classes | sum over the classes | remaining classes | one class"
        ),
        must_not="M is wrong | order of the update | 1/N",
    ),
    Coding(
        "bp_step",
        "The delta is divided by N again in each layer on its way down, so lower layers get 1/N^2, 1/N^3.",
        """
def bp_step(x, y, weights, lr):
    N = x.shape[0]
    acts = [x]
    for W in weights[:-1]:
        acts.append(np.maximum(acts[-1] @ W, 0))
    logits = acts[-1] @ weights[-1]
    p = equations.softmax(logits)
    p[np.arange(N), y] -= 1
    d = p
    grads = []
    for a, W in zip(acts[::-1], weights[::-1]):
        d = d / N                       # mean over the batch
        grads.insert(0, a.T @ d)
        d = (d @ W.T) * (a > 0)
    return [W - lr * g for W, g in zip(weights, grads)]
""",
        must=(
            "N again | 1/N | 1 / N | by N | N^2 | N**2 | N squared | batch size | number of samples | mean...each "
            "layer | mean...every layer | mean...again | mean...twice | mean...once | averaged again | averaged "
            "twice | again in each layer | each layer...divid | every layer...divid"
        ),
        must_not="relu | old weights",
    ),
    Coding(
        "bp_step",
        (
            "The pre-activations are stored as the layers' inputs: dW = z^T delta with z where the ReLU's output "
            "should stand."
        ),
        """
def bp_step(x, y, weights, lr):
    zs, h = [x], x
    for l, W in enumerate(weights):
        z = h @ W
        h = np.maximum(z, 0) if l < len(weights) - 1 else z
        zs.append(z)
    delta = equations.cross_entropy_gradient(zs[-1], y)
    new = [None] * len(weights)
    for l in reversed(range(len(weights))):
        new[l] = weights[l] - lr * zs[l].T @ delta
        if l > 0:
            delta = (delta @ weights[l].T) * (zs[l] > 0)
    return new
""",
        must=(
            "pre-activ | preactiv | before the relu | before relu | z instead | z in place | z^T | z.T | uses z | "
            "from z | z of | z, | without the relu | without relu | input of the layer | input of each layer | "
            "layer's input | layers' input | relu(z) | activations...should | negative...input | should "
            "be...activation | a^T | a.T | relu's output | output of the relu | relu of the"
        ),
        must_not="new weights | updated weights | last layer's relu | mask",
    ),
    Coding(
        "fa_step",
        "Sign-symmetry: the error goes back through the sign of the weights, not through the fixed feedback matrix.",
        """
def fa_step(x, y, weights, feedback, lr):
    acts, zs = [x], []
    for W in weights[:-1]:
        zs.append(acts[-1] @ W)
        acts.append(np.maximum(zs[-1], 0))
    delta = equations.cross_entropy_gradient(acts[-1] @ weights[-1], y)
    grads = [acts[-1].T @ delta]
    for l in range(len(weights) - 2, -1, -1):
        B = np.sign(weights[l + 1]).T * np.abs(feedback[l]).mean()
        delta = (delta @ B) * (zs[l] > 0)
        grads.append(acts[l].T @ delta)
    return [W - lr * g for W, g in zip(weights, grads[::-1])]
""",
        must=(
            "sign of the weights | sign of the forward | sign of W | sign of weights | signs of | sign-symm | sign "
            "symm | only the sign | feedback...used | feedback...unused | feedback...ignored | feedback matri | "
            "fixed matri | feedback[l] | fixed feedback | fixed random | B is | B has | derived from the weights | "
            "weights' transpose | weight transport | from the weights | through the weights | weights[l+1]"
        ),
        must_not="mask | relu | old weights",
    ),
    Coding(
        "fa_step",
        (
            "The hidden layers are updated first and the forward pass is run again, so the last layer's gradient "
            "belongs to the new hidden weights."
        ),
        """
def fa_step(x, y, weights, feedback, lr):
    def forward(ws):
        hs, h = [x], x
        for W in ws[:-1]:
            h = np.maximum(h @ W, 0)
            hs.append(h)
        return hs, equations.cross_entropy_gradient(h @ ws[-1], y)

    ws = [W.copy() for W in weights]
    hs, delta = forward(ws)
    for l in range(len(ws) - 2, -1, -1):
        delta = (delta @ feedback[l]) * (hs[l + 1] > 0)
        ws[l] = ws[l] - lr * hs[l].T @ delta
    hs, e = forward(ws)                   # readout: its true gradient
    ws[-1] = ws[-1] - lr * hs[-1].T @ e
    return ws
""",
        must=(
            "new hidden | updated hidden | new weights | updated weights | weights...already | already updated | "
            "after the update | after...updated | second forward | second pass | forward pass...again | forward "
            "again | forward...twice | recomput | computed again | computed anew | old weights | hidden layers "
            "first | new activations | updated activations | stale | changed hidden | weights before | before the "
            "update"
        ),
        must_not="mask | sign | transpos",
    ),
)
