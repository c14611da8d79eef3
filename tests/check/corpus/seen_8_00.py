"""Mistakes of an eleventh and a twelfth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "The largest score of the whole batch is taken off instead of each row's own.",
        """
def softmax(scores):
    shifted = scores - np.max(scores)
    expo = np.exp(shifted)
    return expo / expo.sum(1)[:, None]
""",
        must=(
            "global | whole ... max | whole ... batch | whole array | entire | max ... row | largest ... row | own "
            "... largest | own max | underflow | all rows | one row ... another | per row | each row's"
        ),
    ),
    Coding(
        "softmax",
        "Returns log-probabilities (log_softmax) instead of probabilities: the last exp is missing.",
        """
def softmax(scores):
    # as in F.log_softmax: the numerically stable way
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
""",
        must="log | exp...missing | missing exp | exponential is missing | take exp | exponentiat",
        must_not="transpos | axis | over the batch",
    ),
    Coding(
        "softmax",
        "Online softmax in one sweep, but the running sum is never rescaled when a new maximum is found.",
        """
def softmax(scores):
    N, m = scores.shape
    p = np.zeros((N, m))
    for i in range(N):
        best, total = -np.inf, 0.0
        for c in range(m):                 # one sweep: running max, running sum
            if scores[i, c] > best:
                best = scores[i, c]
            total += np.exp(scores[i, c] - best)
        for c in range(m):
            p[i, c] = np.exp(scores[i, c] - best) / total
    return p
""",
        must=(
            "rescal | running max | running sum | running total | maximum so far | max so far | largest so far | "
            "new maximum | maximum changes | different maxim | one sweep | single sweep | one pass | single pass | "
            "same maximum | one maximum | final maximum | maximum is found first | before the maximum | order of "
            "the columns | order of the classes | earlier terms | earlier exponentials | older terms | less than 1 "
            "| below 1 | denominator | divisor | normalis | normaliz | cumulative max"
        ),
        must_not="transpos | overflow",
    ),
    Coding(
        "eq6",
        "1e-8 is added inside the log, so the loss is capped for a very wrong score.",
        """
def eq6(G, y):
    p = equations.softmax(G)
    N = len(y)
    return float(-np.log(p[np.arange(N), y] + 1e-8).mean())
""",
        must=(
            "epsilon | eps | 1e-8 | 1e-08 | capped | cap | ceiling | clip | underflow | small constant | small "
            "number | saturat | log-sum-exp | logsumexp | log sum exp | bounded | 18.4 | cannot exceed | log(p"
        ),
        must_not="sign",
    ),
    Coding(
        "eq6",
        (
            "The softmax is applied twice: probabilities are handed to a cross-entropy that takes a log-softmax of "
            "its own."
        ),
        """
def eq6(G, y):
    p = equations.softmax(G)
    # nn.CrossEntropyLoss: log_softmax + nll_loss
    z = p - p.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-logp[np.arange(len(y)), y].mean())
""",
        must=(
            "twice | two softmax | double | second softmax | softmax of the softmax | softmax of a softmax | "
            "softmax of softmax | softmax(softmax | softmax again | softmax once more | another softmax | already "
            "probabilit | probabilities...as scores | probabilities as if"
        ),
        must_not="sum in place of | mean is missing",
    ),
    Coding(
        "eq6_gradient",
        "Multiplies p - y by p (1 - p), a derivative of the softmax that is already in p - y.",
        """
def eq6_gradient(G, y):
    N, m = G.shape
    p = equations.softmax(G)
    onehot = np.zeros_like(p)
    onehot[np.arange(N), y] = 1
    dp = (p - onehot) / N
    return dp * p * (1 - p)      # chain rule through softmax
""",
        must=(
            "p (1 - p) | p(1 - p) | p * (1 - p) | p(1-p) | p*(1-p) | sigmoid | derivative of ... softmax | "
            "softmax's ... derivative | extra factor | additional factor | Jacobian | squared error | already in | "
            "already contains | one derivative | chain rule"
        ),
    ),
    Coding(
        "eq6_gradient",
        "1/N divides p alone; the one-hot label is subtracted afterwards at its full size 1.",
        """
def eq6_gradient(G, y):
    N, m = G.shape
    dG = np.zeros((N, m))
    p = equations.softmax(G)
    for i in range(N):
        for c in range(m):
            dG[i, c] = p[i, c] / N
        dG[i, y[i]] -= 1.0
    return dG
""",
        must=(
            "1/N | /N | / N | one-hot | one hot | onehot | only p | p alone | p only | only the probabilit | only "
            "the softmax | probabilities alone | y is divided | y...divided | label...divided | label's 1 | the "
            "label is subtracted | before the label | precedence | parenthes | bracket | the 1 of the label | true "
            "class | label's entry | entry of the label | p / N - y | p/N - y | (p - y"
        ),
        must_not="twice | axis | exp(G",
    ),
    Coding(
        "eq1",
        "einsum 'ij,ik->i' squares the sum instead of summing the squares.",
        """
def eq1(a):
    return np.einsum('ij,ik->i', a, a)
""",
        must=(
            "square of ... sum | sum ... squared | squared after | squares the sum | squares ... sum | cross | sum "
            "first | before squar | square ... first | then squar | sum of ... squares | order"
        ),
        must_not="mean | root",
    ),
    Coding(
        "eq1",
        "Energy of physics: half the sum of squares.",
        """
def eq1(a):
    G = []
    for row in a:
        G.append(0.5 * np.dot(row, row))
    return np.array(G)
""",
        must=(
            "half | halve | 0.5 | 1/2 | factor 2 | factor of 2 | factor two | twice | double | divided by 2 | "
            "divided by two | divides by 2 | divides by two | too small by | a 2 is | two times"
        ),
        must_not="mean | root | number of neurons",
    ),
    Coding(
        "eq2",
        "The length (root of the sum of squares) instead of the sum of squares.",
        """
def eq2(a):
    return np.linalg.norm(a, axis=1)
""",
        must="root | sqrt | norm | length | Euclid",
        must_not="mean",
    ),
    Coding(
        "eq2",
        "A minus sign: the goodness of negative data is taken as negative.",
        """
def eq2(a):
    # negative pass -> minimise, so minus
    return -(a ** 2).sum(1)
""",
        must=(
            "sign | minus | -1 | negated | below 0 | less than 0 | never negative | cannot be negative | is "
            "negative | -G | opposite | same formula | same as Eq. (1)"
        ),
    ),
    Coding(
        "eq2",
        "1-based loop of MATLAB kept: it starts at 1 and leaves the first neuron out.",
        """
def eq2(a):
    N, n = a.shape
    G = np.zeros((N,))
    for i in range(0, N):
        for j in range(1, n):
            G[i] = G[i] + a[i, j] ** 2
    return G
""",
        must=(
            "first neuron | first column | first activation | first entry | first unit | first number | neuron 0 | "
            "column 0 | index 0 | from 1 | at 1 | 1-based | one-based | off by one | one neuron | one column | a "
            "neuron is left | leaves out | left out | skip | one activation | neuron...missing | column...missing "
            "| starts at the second | j = 0"
        ),
        must_not="sign | square root | root",
    ),
    Coding(
        "eq3",
        "The stable softplus is half remembered: log1p(exp(-|u|)) without max(u, 0).",
        """
def eq3(G, theta):
    u = theta - G
    return float(np.log1p(np.exp(-np.abs(u))).mean())
""",
        must=(
            "max(u | max(0 | max(theta | maximum | linear | |u | abs | absolute | symmetr | both sides | either "
            "side | grows | far below | goes to 0 | low goodness | G < theta | below theta | under theta | below "
            "the threshold | theta - G itself | distance"
        ),
        must_not="overflow",
    ),
)
