"""Mistakes of a ninth and a tenth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        (
            "Online softmax: the running sum is not rescaled when a new maximum comes, so it mixes terms taken off "
            "different maxima."
        ),
        """
def softmax(scores):
    N, m = scores.shape
    p = np.empty_like(scores)
    for r in range(N):
        top, total = -np.inf, 0.0
        for k in range(m):           # one pass, as in flash attention
            top = max(top, scores[r, k])
            total = total + np.exp(scores[r, k] - top)
        for k in range(m):
            p[r, k] = np.exp(scores[r, k] - top) / total
    return p
""",
        must=(
            "rescal | running | online | stale | earlier max | old max | different max | new max | running max | "
            "partial sum | one pass | denominator | normaliser | normalizer | divisor | sum to | sums to | sum is "
            "| row sums | rows sum | maximum so far | max so far | so far | seen before | order of"
        ),
        must_not="column | batch",
    ),
    Coding(
        "softmax",
        (
            "The partition sum leaves out the class itself: exp(s_c) / sum over k != c, which are odds and do not "
            "sum to 1."
        ),
        """
def softmax(scores):
    s = scores - scores.max(axis=1, keepdims=True)
    p = np.zeros_like(s)
    for i in range(s.shape[0]):
        for c in range(s.shape[1]):
            others = 0.0
            for k in range(s.shape[1]):
                if k != c:
                    others = others + np.exp(s[i, k])
            p[i, c] = np.exp(s[i, c]) / max(others, 1e-300)
    return p
""",
        must=(
            "odds | other classes | others | own term | class itself | itself | k != c | leaves out | left out | "
            "excludes | without its own | own exp | p / (1 - p | p/(1-p | denominator | normalis | normaliz | sum "
            "to 1"
        ),
        must_not="column | sign | temperature",
    ),
    Coding(
        "eq6",
        (
            "A sigmoid cross-entropy over each class by itself (TensorFlow's sigmoid_cross_entropy_with_logits) "
            "instead of the softmax's."
        ),
        """
def eq6(G, y):
    t = np.zeros_like(G)
    t[np.arange(len(y)), y] = 1.0
    # max(x, 0) - x * t + log(1 + exp(-|x|))
    per_class = np.maximum(G, 0) - G * t + np.log1p(np.exp(-np.abs(G)))
    return float(per_class.sum(axis=1).mean())
""",
        must=(
            "sigmoid | logistic | binary | each class...own | each class...itself | each class...separate | "
            "independent | per-class | one-vs | multi-label | multilabel | classes...compete | instead of softmax "
            "| instead of the softmax | no softmax | without softmax | without the softmax | softplus | other "
            "classes"
        ),
        must_not="clip | overflow",
    ),
    Coding(
        "eq6",
        (
            "The probabilities are clipped to [1e-7, 1 - 1e-7] as in Keras, so the loss of a badly wrong sample is "
            "capped at 16.1."
        ),
        """
def eq6(G, y):
    p = equations.softmax(G)
    p = np.clip(p, 1e-7, 1.0 - 1e-7)
    return float(-np.log(p[np.arange(len(y)), y]).mean())
""",
        must=(
            "clip | epsilon | 1e-7 | 1e-07 | capped | cap | bounded | floor | saturat | upper limit | ceiling | "
            "limited | log-softmax | log softmax | logsumexp | log-sum-exp | log sum exp | large scores | extreme "
            "scores | underflow | 16.1"
        ),
        must_not="mean | sign",
    ),
    Coding(
        "eq6",
        "The logarithm of the mean probability instead of the mean of the logarithms.",
        """
def eq6(G, y):
    G = G - G.max(axis=1, keepdims=True)
    p = np.exp(G) / np.exp(G).sum(axis=1)[:, None]
    p_true = p[np.arange(len(y)), y]
    expected = p_true.mean()          # <p>
    return float(-np.log(expected))
""",
        must=(
            "log of the mean | log of mean | logarithm of the mean | log... before the mean | mean before... log | "
            "mean... before the log | average... before the log | mean probability | mean of the prob | mean of p "
            "| mean p | average probability | mean... inside the log | order of log and mean | order of mean and "
            "log | Jensen | log(mean | averaged first | averages first | log of the average"
        ),
        must_not="sign | sum instead | binary",
    ),
    Coding(
        "eq6_gradient",
        "The chain rule goes one step too far: (p - y) is multiplied by p (1 - p) again.",
        """
def eq6_gradient(G, y):
    N = G.shape[0]
    p = equations.softmax(G)
    err = p.copy()
    err[range(N), y] -= 1
    return err * p * (1 - p) / N
""",
        must=(
            "p (1 - p | p(1-p | p * (1 - p | p*(1-p | derivative of the softmax... | softmax derivative | "
            "softmax's deriv | softmax's slope | slope of the softmax | sigmoid's deriv | sigmoid derivative | "
            "derivative of the sigmoid | squared error | Jacobian | extra factor | mean squared | softmax... twice "
            "| derivative... twice | derivative... again | derivative... already | already... derivative"
        ),
        must_not="sign | label from 1 | axis",
    ),
    Coding(
        "eq6_gradient",
        "The chain rule is cut: it returns dL/dp = -y/p, the derivative at the probabilities and not at the scores.",
        """
def eq6_gradient(G, y):
    N, m = G.shape
    p = equations.softmax(G)
    dG = np.zeros_like(G)
    # L = -(1/N) sum_i log p_{i, y_i}  =>  dL/dp = -1/(N p)
    for i in range(N):
        dG[i, y[i]] = -1.0 / (N * p[i, y[i]])
    return dG
""",
        must=(
            "dL/dp | at p | at the prob | by p | by the prob | with respect to p | with respect to the prob | "
            "respect to p | w.r.t. p | wrt p | -y / p | y/p | 1/p | 1 / p | y / p | softmax's deriv | softmax's "
            "own deriv | derivative of softmax | derivative of the softmax | softmax's Jacobian | Jacobian | "
            "through the softmax | through softmax | chain rule | divided by p | divided by the prob"
        ),
        must_not="sign | 1/N twice | mean over",
    ),
    Coding(
        "eq6_gradient",
        "Softmax's Jacobian is taken as diagonal: only the true class gets -(1 - p)/N, the cross terms are 0.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    t = np.eye(G.shape[1])[y]
    dL_dp = -t / p / G.shape[0]
    dp_dG = p * (1 - p)
    return (dL_dp * dp_dG).astype(G.dtype)
""",
        must=(
            "diagonal | cross term | off-diag | only the true class | only the true | only the label | only at the "
            "label | true class only | other classes | wrong classes | false classes | Jacobian | dp_c/dG_k | "
            "couples | y * (p - 1 | masked by y | zero... wrong class | zero... other | label's column | p (1 - p "
            "| p(1-p | p * (1 - p"
        ),
        must_not="sign | 1/N twice | factor N",
    ),
    Coding(
        "eq1",
        "Fluctuations: the row's mean is taken off before squaring, so it is n times the variance.",
        """
def eq1(a):
    mean = np.mean(a, axis=1, keepdims=True)
    fluct = a - mean
    return np.einsum('ij,ij->i', fluct, fluct)
""",
        must=(
            "mean is taken off | mean taken off | mean is subtracted | mean... subtract | subtract... mean | "
            "subtract... average | average... subtract | varianc | centr | centred | centered | deviation | minus "
            "the mean | minus its mean | fluctuat | takes off... mean | removes... mean | mean removed | less the "
            "mean"
        ),
        must_not="sqrt | root | axis",
    ),
    Coding(
        "eq1",
        "An energy: half the sum of squares.",
        """
def eq1(a):
    G = 0.5 * (a ** 2).sum(-1)
    return G
""",
        must=(
            "half | 0.5 | factor 2 | factor of 2 | factor 1/2 | factor of 1/2 | 1/2 | twice as | two times | times 2"
        ),
        must_not="mean | root | theta",
    ),
    Coding(
        "eq2",
        (
            "The accumulator is set to 0 once, before the loop over samples, so each goodness also holds those of "
            "the rows before it."
        ),
        """
def eq2(a):
    N, n = a.shape
    G = np.zeros(N)
    g = 0.0
    for i in range(N):
        for j in range(n):
            g += a[i, j] * a[i, j]
        G[i] = g
    return G
""",
        must=(
            "cumul | running | accumul | reset | rows before | earlier rows | previous rows | earlier samples | "
            "previous samples | samples before | carried over | carries over | start...again | set...zero | "
            "set...0 | add up from row | prefix | preceding"
        ),
        must_not="sign | negat | sqrt",
    ),
    Coding(
        "eq2",
        "The activations are normalised to length 1 before the goodness is measured, so that every goodness is 1.",
        """
def eq2(a):
    length = np.sqrt((a * a).sum(axis=1, keepdims=True))
    a = a / (length + 1e-8)
    return np.sum(a * a, axis=1)
""",
        must=(
            "normali | unit length | length 1 | length one | divided by...length | divided by...norm | always 1 | "
            "constant | same for every | same for each | every row...1 | all ones | about 1 | is 1 | nearly 1 | "
            "size...lost | magnitude | norm | norms"
        ),
        must_not="sqrt of the goodness | sign | negat",
    ),
    Coding(
        "eq2",
        "Negative goodness is one over the goodness of the positive formula, since it should be small.",
        """
def eq2(a):
    # bad data must have little goodness: reciprocal of (1)
    g = (a ** 2).sum(axis=1)
    return 1.0 / (g + 1e-8)
""",
        must="reciprocal | inverse | 1 / | 1/ | one over | inverted | divided by the sum",
        must_not="root | mean | theta",
    ),
)
