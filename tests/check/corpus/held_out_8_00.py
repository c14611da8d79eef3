"""Mistakes of an eleventh and a twelfth author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "The scores are clipped to +-50 against overflow, so large scores become equal.",
        """
def softmax(scores):
    s = np.clip(scores, -50, 50)     # so exp does not explode
    e = np.exp(s)
    return e / np.sum(e, axis=1, keepdims=True)
""",
        must=(
            "clip | cut off | capped | bounded | saturat | truncat | limited | squash | large scores ... equal | "
            "differences ... lost | subtract ... max | largest ... subtract | largest ... off"
        ),
        must_not="transpos | axis",
    ),
    Coding(
        "eq6",
        "p[:, y] takes every label in every row (N x N) instead of each row's own label.",
        """
def eq6(G, y):
    shifted = G - G.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-logp[:, y].mean())
""",
        must=(
            "every label | N x N | (N, N) | other rows | other samples | own label | arange | fancy | all labels | "
            "combin | pairs | labels of ... batch | labels of other | each row ... label | true class"
        ),
    ),
    Coding(
        "eq6",
        "logp[:, y] picks every row with every label (an N x N table) rather than each row with its own label.",
        """
def eq6(G, y):
    N = G.shape[0]
    mx = np.max(G, 1).reshape(N, 1)
    logp = G - mx - np.log(np.sum(np.exp(G - mx), 1)).reshape(N, 1)
    picked = logp[:, y]
    return float(-picked.mean())
""",
        must=(
            "every row | each row...own label | own label | its own | every label | all labels | labels of the "
            "other | labels of other | other samples | other rows | other row's | another row | another sample | "
            "all pairs | every pair | N x N | N by N | (N, N | [:, y | pairs | paired | pairing | arange | "
            "take_along_axis | cross product | fancy ind | label of the batch | labels of the batch | labels of "
            "the whole batch | mixes samples | mixes rows"
        ),
        must_not="sign | twice",
    ),
    Coding(
        "eq6_gradient",
        "Divided by the number of all entries N m instead of N.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    t = np.eye(G.shape[1])[y]
    return (p - t) / p.size
""",
        must="divid | N m | N*m | N * m | number of classes | 1/m | m times | too small by | factor | classes too",
        must_not="sign | axis",
    ),
    Coding(
        "eq6_gradient",
        "Stops at dL/dp = -y/(p N): the chain through the softmax down to the scores is missing.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    N = G.shape[0]
    dG = np.zeros_like(p)
    rows = np.arange(N)
    dG[rows, y] = -1.0 / (p[rows, y] * N)     # d(-log p)/dp
    return dG
""",
        must=(
            "dL/dp | dp | at p | at the probabilit | by p | with respect to p | respect to the probabilit | -y/p | "
            "-1/p | 1/p | 1 / p | - y / p | divided by p | divides by p | log p | of the log | softmax's "
            "derivative | derivative of the softmax | softmax's own derivative | Jacobian | through the softmax | "
            "chain rule | other classes | wrong classes | false classes | wrong class"
        ),
        must_not="transpos | 1/N is missing",
    ),
    Coding(
        "eq1",
        "Row sums of a a^T: products with the other samples are in it.",
        """
def eq1(a):
    gram = a @ a.T          # squares on the diagonal
    return gram.sum(axis=1)
""",
        must=(
            "other rows | other samples | Gram | pairs | a a^T | a @ a.T | between samples | each row with | dot "
            "product | other ... row | mixes | diagonal | depends on ... batch | across ... samples | across the "
            "batch | samples ... mixed | products ... rows | every other"
        ),
        must_not="root",
    ),
    Coding(
        "eq1",
        "The accumulator is not reset at each row: the goodness is a running total over the batch.",
        """
def eq1(a):
    N, n = a.shape
    G = np.zeros(N)
    s = 0.0
    for i in range(N):
        for j in range(n):
            s += a[i, j] * a[i, j]
        G[i] = s
    return G
""",
        must=(
            "running | cumul | accumul | reset | set to 0 | set to zero | set back | start at 0 | start at zero | "
            "starts at 0 | rows before | rows above | previous rows | earlier rows | previous samples | earlier "
            "samples | samples before | row before | all rows up to | carried | carries over | partial sum | first "
            "row is | only the first row | other rows"
        ),
        must_not="square root | mean in place | signed",
    ),
    Coding(
        "eq2",
        "The activations are scaled to unit length before squaring: every goodness is 1.",
        """
def eq2(a):
    # each layer of Hinton's network normalises what it gets
    length = np.sqrt((a ** 2).sum(axis=1, keepdims=True)) + 1e-8
    h = a / length
    return (h ** 2).sum(axis=1)
""",
        must=(
            "normalis | normaliz | unit length | length 1 | always 1 | all 1 | every goodness | is 1 for every | 1 "
            "for every | 1 for each | 1 for any | scaled to length | scaled to unit | constant | same for every | "
            "same for all | equal for all | equal for every | divided by its length | divided by the length | "
            "length...divided"
        ),
        must_not="sign | mean",
    ),
    Coding(
        "eq3",
        "Above 30 the softplus is set to 0 instead of its argument.",
        """
def eq3(G, theta):
    u = theta - G
    # softplus with threshold like torch
    sp = np.where(u > 30, 0.0, np.log1p(np.exp(np.minimum(u, 30))))
    return float(sp.mean())
""",
        must=(
            "0 instead | linear | large ... 0 | grows | far ... 0 | threshold 30 | 30 | drop | ignored | theta - G "
            "itself | goes to 0 | becomes 0 | vanish | zero | far below | about theta - G | far from theta"
        ),
    ),
    Coding(
        "eq3_gradient",
        "The inner derivative -1 of theta - G is lost, so the sign is wrong.",
        """
def eq3_gradient(G, theta):
    N = G.shape[0]
    dG = np.zeros(N)
    for i in range(N):
        u = theta - G[i]
        if u > 0:
            dG[i] = 1.0 / (1.0 + np.exp(-u))
        else:
            dG[i] = np.exp(u) / (1.0 + np.exp(u))
    return dG / N
""",
        must=(
            "sign | minus | -1 | opposite | by theta | wrong direction | inner derivative | chain rule | negated | "
            "never positive"
        ),
    ),
    Coding(
        "eq3_gradient",
        (
            "Port of clamp's autograd: outside the clamp (|theta - G| > 30) the gradient is set to 0, though below "
            "theta it must be -1/N."
        ),
        """
def eq3_gradient(G, theta):
    u = theta - G
    inside = (u > -30) & (u < 30)            # backward of torch.clamp(u, -30, 30)
    s = 1.0 / (1.0 + np.exp(-np.clip(u, -30, 30)))
    return -s * inside / G.shape[0]
""",
        must=(
            "clip | clamp | far below theta | far below the threshold | far below | far from theta | far from the "
            "threshold | 0 where | zero where | 0 far | zero far | vanish | no gradient | gradient is 0 | gradient "
            "is zero | gradient of 0 | gradient is lost | are 0 | are zero | becomes 0 | becomes zero | saturat | "
            "-1/N | - 1/N | large theta - G | 1000 | cut | set to 0 | set to zero | dies | dead | beyond"
        ),
        must_not="sign | positive | sum over",
    ),
    Coding(
        "eq4",
        "The probability is clipped to 1e-7, so the loss cannot exceed 16.",
        """
def eq4(G, theta):
    p = 0.5 * (1 + np.tanh((G - theta) / 2))
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return float(np.mean(-np.log(1 - p)))
""",
        must=(
            "clip | capped | cap | 1e-7 | 1e-07 | 16.1 | 16 | ceiling | bounded | saturat | epsilon | underflow | "
            "grows | linear | cut off | exceed | far from theta | far above"
        ),
    ),
    Coding(
        "eq4",
        "The mean of G is taken before the softplus instead of the mean of the losses.",
        """
def eq4(G, theta):
    g = np.mean(G)
    return float(np.logaddexp(0, g - theta))
""",
        must=(
            "mean ... before | mean ... first | averag ... before | averag ... first | mean of G | mean of the "
            "goodness | mean goodness | mean ... inside | average goodness | Jensen | each sample | order | mean "
            "of the losses | losses ... mean"
        ),
    ),
)
