"""Mistakes of a fifth, a sixth and a seventh author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        (
            "The search for a row's largest score starts at 0, so a row of very negative scores has nothing taken "
            "off and underflows to 0/0."
        ),
        """
def softmax(scores):
    N, m = scores.shape
    p = np.zeros((N, m))
    for i in range(N):
        biggest = 0.0
        for c in range(m):
            if scores[i, c] > biggest:
                biggest = scores[i, c]
        total = 0.0
        for c in range(m):
            p[i, c] = np.exp(scores[i, c] - biggest)
            total += p[i, c]
        for c in range(m):
            p[i, c] /= total
    return p
""",
        must=(
            "underflow | very negative | all negative | far below 0 | scores... negative | largest... row | "
            "maximum... row | row... largest | row... maximum | maximum... start | -1000 | 0 / 0 | 0/0"
        ),
        must_not="transpos",
    ),
    Coding(
        "softmax",
        "The largest score of the whole batch is taken off, so a row far below it underflows to 0/0.",
        """
def softmax(scores):
    e = np.exp(scores - np.max(scores))
    return e / np.einsum("nm->n", e)[:, None]
""",
        must=(
            "whole batch | whole array | all rows | entire | each row's own | row's own | its own | own maximum | "
            "own largest | max ... row | largest ... row | maximum ... row | per row | underflow | global max | of "
            "the batch | other rows"
        ),
        must_not="log",
    ),
    Coding(
        "softmax",
        (
            "Each row is standardised to deviation 1 before the exponential, so the differences between scores are "
            "rescaled."
        ),
        """
def softmax(scores):
    # z-scores, so that nothing can overflow
    mu = scores.mean(axis=1, keepdims=True)
    sd = scores.std(axis=1, keepdims=True) + 1e-12
    e = np.exp((scores - mu) / sd)
    return e / e.sum(axis=1, keepdims=True)
""",
        must=(
            "standard deviation | standardis | standardiz | std | z-score | temperature | rescal | scaled | "
            "differences between | divided by ... deviation | scale of the scores | spread"
        ),
        must_not="transpos | overflow",
    ),
    Coding(
        "eq6",
        "The logarithm has base 2 (entropy in bits, as on an information theory slide).",
        """
def eq6(G, y):
    # H(y, p) = - sum_c y_c log2 p_c
    N = len(y)
    s = G - G.max(axis=1).reshape(N, 1)
    lse = np.log(np.exp(s).sum(axis=1))
    bits = 0.0
    for i in range(N):
        bits += (lse[i] - s[i, y[i]]) / np.log(2)
    return bits / N
""",
        must="log2 | base 2 | base of | base... log | bits | natural log | 1.44 | ln | 0.693 | log(2 | log 2",
    ),
    Coding(
        "eq6",
        "Binary cross-entropy of every class: the term (1 - y) log(1 - p) of the other classes is added.",
        """
def eq6(G, y):
    Y = np.eye(G.shape[1])[y]
    z = G - G.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    log1mp = np.log(np.clip(-np.expm1(logp), 1e-300, None))
    return -(Y * logp + (1 - Y) * log1mp).sum(axis=1).mean()
""",
        must=(
            "binary | 1 - y | 1-y | 1 - p | 1-p | wrong classes | other classes | second term | false classes | "
            "two-class | incorrect classes | two classes | complement | BCE"
        ),
        must_not="sign | overflow",
    ),
    Coding(
        "eq6_gradient",
        "The division by N is applied to the true class's entry only; the other classes' entries stay p.",
        """
def eq6_gradient(G, y):
    N = G.shape[0]
    dG = equations.softmax(G)
    for i in range(N):
        dG[i, y[i]] = (dG[i, y[i]] - 1) / N
    return dG
""",
        must=(
            "other class | other entr | other column | wrong class | false class | wrong label | only... true | "
            "only... label | only... correct | rest of... row | divide... every | divide... all | divide... whole "
            "| only one entry | only one column | whole row"
        ),
    ),
    Coding(
        "eq6_gradient",
        "Only the diagonal of the softmax's Jacobian: the scores of the other classes get no gradient.",
        """
def eq6_gradient(G, y):
    Y = (np.arange(G.shape[1]) == y[:, None]).astype(G.dtype)
    p = equations.softmax(G)
    # dL/dp = -Y/p, dp/dG = p (1 - p)
    return -Y * (1 - p) / len(y)
""",
        must=(
            "diagonal | off-diagonal | only ... true class | only ... label | only ... right class | other classes "
            "| wrong classes | false classes | incorrect classes | Jacobian | cross term | remaining classes | "
            "columns"
        ),
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "Only the diagonal of the softmax's Jacobian: the wrong classes get gradient 0.",
        """
def eq6_gradient(G, y):
    # chain rule: dL/dp * dp/dG
    N = G.shape[0]
    p = equations.softmax(G)
    Y = equations.one_hot(y, G.shape[1], G.dtype)
    dLdp = -Y / p
    dpdG = p * (1 - p)
    return dLdp * dpdG / N
""",
        must=(
            "diagonal | Jacobian | off-diagonal | other classes | wrong classes | false classes | only ... true "
            "class | only at the true | only the label | true class only | elsewhere ... 0 | every other class | "
            "classes other than"
        ),
        must_not="1/N | batch size",
    ),
    Coding(
        "eq1",
        "Sums the activations first and squares the sum, instead of summing the squares.",
        """
def eq1(a):
    G = []
    for row in a:
        s = 0.0
        for v in row:
            s += v
        G.append(s * s)
    return np.array(G)
""",
        must=(
            "square of the sum | square of a sum | squared after | squares the sum | after the sum | after summ | "
            "before... sum | cross term | sum... then squar | squared sum | summed... first | sum is squared | "
            "each... squared | (sum"
        ),
    ),
    Coding(
        "eq1",
        "An einsum with two different indices sums before it squares: (sum a)^2.",
        """
def eq1(a):
    return np.einsum("nj,nk->n", a, a)
""",
        must=(
            "square of the sum | sum ... squared | squared sum | summed before | before squaring | sum ... before "
            "| sums first | added ... before | cross | products of different | squares ... sum after | square of "
            "... sum | sum first | first sum | sum, then | square is taken after | squared after"
        ),
        must_not="mean | root",
    ),
    Coding(
        "eq2",
        "Negative goodness is read as the squares of the negative activations only.",
        """
def eq2(a):
    return np.where(a < 0, a ** 2, 0.0).sum(axis=1)
""",
        must=(
            "negative act | negative entr | negative ones | negative values | negative numbers | only ... negative "
            "| below 0 | below zero | positive act | positive entr | positive ones | a < 0 | masked | mask | left "
            "out | less than 0"
        ),
        must_not="minus",
    ),
    Coding(
        "eq2",
        "Only the negative activations are counted, 'neg' read as the negative part.",
        """
def eq2(a):
    neg = np.minimum(a, 0)
    return np.sum(neg * neg, axis=1)
""",
        must=(
            "negative activ | negative entries | negative part | negative numbers | negative values | positive "
            "activ | positive entries | positive part | positive values | positive numbers | below 0 | below zero "
            "| less than 0 | above 0 | above zero | minimum(a | min(a | of one sign | sign of the entr | all "
            "entries"
        ),
        must_not="mean | square root",
    ),
    Coding(
        "eq3",
        "Uses the hinge max(0, theta - G) in the place of log(1 + exp(theta - G)): the soft part is lost.",
        """
def eq3(G, theta):
    loss = 0.0
    for g in G:
        d = theta - g
        # log(1 + exp(d)) overflows, but it is about d for big d and 0 for small d
        if d > 0:
            loss += d
    return loss / len(G)
""",
        must=(
            "hinge | max(0 | max(theta | max( | maximum of | relu | log(1... missing | log... missing | without... "
            "log | log... left out | soft | approx | near theta | near the threshold | close to theta | smooth | "
            "kink | piecewise | linear"
        ),
    ),
)
