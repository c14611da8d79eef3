"""A fourth author's mistakes, held out, in free codings of softmax, eq6, eq6_gradient."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "One largest score for the whole batch is taken off; a row far below it becomes 0 / 0.",
        """
def softmax(scores):
    stable = scores - np.max(scores)
    numer = np.exp(stable)
    denom = numer.sum(-1)[:, None]
    return numer / denom
""",
        must=(
            "own largest | own maximum | row's largest | each row | of the row | whole batch | 0 / 0 | nan | underflow"
        ),
        must_not="axis 0",
    ),
    Coding(
        "softmax",
        "The scores are clipped against overflow, so large ones all become equal.",
        """
def softmax(scores):
    e = np.exp(np.clip(scores, -20, 20))
    return e / np.sum(e, axis=1, keepdims=True)
""",
        must="clip | cut | limited | large scores | large differences | 1000",
        must_not="axis",
    ),
    Coding(
        "eq6",
        "A small number against log 0: a sample with a probability of 0 costs 16 and not 1000.",
        """
def eq6(G, y):
    p = equations.softmax(G)
    correct_logprobs = -np.log(p[range(len(y)), y] + 1e-7)
    return np.sum(correct_logprobs) / len(y)
""",
        must=(
            "epsilon | small number | 1e-7 | log 0 | log(0) | large score | too large | large diff | "
            "large loss | large values | limited | certain | bounded"
        ),
        must_not="sign",
    ),
    Coding(
        "eq6",
        "The mean probability of the true classes is taken first, then its logarithm.",
        """
def eq6(G, y):
    p = equations.softmax(G)
    return -np.log(np.mean([p[i, c] for i, c in enumerate(y)]))
""",
        must="log of the mean | mean ... log | mean of the prob | before the log | wrong order | order of",
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "Divided by the number of classes, not by the number of samples.",
        """
def eq6_gradient(G, y):
    N, C = G.shape
    p = equations.softmax(G)
    p[np.arange(N), y] -= 1.0
    return p * (1.0 / C)
""",
        must="classes | by m | 1/m | by N | batch | shape[1] | number of samples",
        must_not="sign",
    ),
    Coding(
        "eq6_gradient",
        "Labels are taken as 1 to m: the 1 comes off one place too far left.",
        """
def eq6_gradient(G, y):
    p = equations.softmax(G)
    for n, label in enumerate(y):
        p[n, label - 1] -= 1
    return p / len(y)
""",
        must="y - 1 | shifted | neighbour | wrong class | another class | label ... one | off by one | from 1",
        must_not="sign",
    ),
)
