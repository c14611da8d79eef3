"""Mistakes of an eighth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        "The scores are clipped to +-50 against overflow, so large scores that differ get the same probability.",
        """
def softmax(scores):
    # avoid RuntimeWarning: overflow encountered in exp
    s = np.clip(scores, -50, 50)
    e = np.exp(s)
    return e / e.sum(axis=1, keepdims=True)
""",
        must=(
            "clip | cut off | capped | bounded | limit | saturat | large scores | large...score | largest "
            "score...off | scores...far apart | beyond | subtract...max | max...subtract | differences...lost"
        ),
        must_not="transpos | axis",
    ),
    Coding(
        "eq6",
        "log_p[:, y] takes for every row the columns of ALL labels, an N x N array, instead of each row's own label.",
        """
def eq6(G, y):
    shifted = G - np.max(G, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(log_p[:, y])
""",
        must=(
            "[:, y] | own label | own class | its label | labels of all | labels of other | all labels | every "
            "label | other rows | other samples | every pair | N x N | (N, N) | N by N | arange(N) | "
            "pair...row...label | each row...label | row...with...label"
        ),
    ),
    Coding(
        "eq6",
        (
            "The probabilities are clipped to [1e-7, 1 - 1e-7] as in Keras, so the loss of a confident mistake is "
            "capped at 16."
        ),
        """
def eq6(G, y):
    epsilon = 1e-7
    p = equations.softmax(G)
    p = np.clip(p, epsilon, 1. - epsilon)
    N = len(y)
    return float(-np.sum(np.log(p[np.arange(N), y])) / N)
""",
        must=(
            "clip | epsilon | 1e-7 | cap | bounded | limit | floor | small constant | added...log | log-sum-exp | "
            "log sum exp | saturat | largest loss | at most | tiny prob | small prob | very wrong | log of the "
            "softmax"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq6_gradient",
        "p[:, y] -= 1 takes 1 from the columns of all labels in every row, not from each row's own label.",
        """
def eq6_gradient(G, y):
    N = G.shape[0]
    dscores = equations.softmax(G)
    dscores[:, y] -= 1
    dscores /= N
    return dscores
""",
        must=(
            "[:, y] | own label | own class | its label | labels of all | labels of other | all labels | every "
            "label | other rows | other samples | arange(N) | each row...label | every row | in all rows | whole "
            "column"
        ),
    ),
    Coding(
        "eq1",
        "a a^T is summed over its rows, which mixes the samples; only its diagonal holds the squares.",
        """
def eq1(a):
    # squared length = a . a
    return np.dot(a, a.T).sum(axis=1)
""",
        must=(
            "diagonal | a a^T | a @ a.T | gram | other rows | other samples | all rows | mix | every row with | "
            "pairs of rows | cross | between rows | between samples | inner product | dot product | whole batch"
        ),
    ),
    Coding(
        "eq2",
        (
            "Only the negative activations are squared: 'negative' is taken for the sign of the activation, not "
            "for the data."
        ),
        """
def eq2(a):
    neg = np.where(a < 0, a, 0.0)
    return (neg ** 2).sum(axis=1)
""",
        must=(
            "negative activ | negative entr | negative number | below 0 | below zero | less than 0 | a < 0 | "
            "positive activ | positive entr | activations...sign | negative ones | only...negative | above 0 | "
            "min(a, 0) | minimum(a | negative part | all activations | every activation | left out"
        ),
    ),
    Coding(
        "eq3",
        "The goodness is averaged before the loss: the softplus of the mean, not the mean of the softplus.",
        """
def eq3(G, theta):
    g_pos = G.mean()
    return float(np.logaddexp(0, theta - g_pos))
""",
        must=(
            "before | of the mean | mean...first | averag...first | mean of G | mean of the goodness | mean "
            "goodness | average goodness | each sample | each row | after the log | order | jensen | inside the "
            "log"
        ),
    ),
    Coding(
        "eq3_gradient",
        (
            "The derivative of the sigmoid, s(1 - s), is used, where the derivative of the softplus is the sigmoid "
            "itself."
        ),
        """
def eq3_gradient(G, theta):
    s = equations._sigmoid(theta - G)
    return -s * (1 - s) / len(G)
""",
        must=(
            "s (1 - s) | s(1 - s) | s * (1 - s) | 1 - s | sigmoid' | derivative of the sigmoid | sigmoid's "
            "derivative | sigmoid's slope | slope of the sigmoid | derivative...twice | second derivative | "
            "differentiated twice | sigmoid itself | sigmoid(1 | sigmoid (1 | sigmoid * (1 | 1 - sigmoid | one "
            "derivative too"
        ),
    ),
    Coding(
        "eq4",
        "return stands inside the loop: only the first sample's loss comes back, divided by N.",
        """
def eq4(G, theta):
    loss = 0.0
    for g in G:
        u = g - theta
        if u > 0:
            loss += u + np.log1p(np.exp(-u))
        else:
            loss += np.log1p(np.exp(u))
        return loss / len(G)
""",
        must=(
            "first sample | first row | first loss | first goodness | only the first | return...loop | inside the "
            "loop | after the first | one sample | single sample | G[0] | other samples | rest of the batch"
        ),
        must_not="sign | last",
    ),
    Coding(
        "eq4_gradient",
        "Only samples above the threshold get a gradient; the softplus has a slope below it too.",
        """
def eq4_gradient(G, theta):
    dG = np.zeros_like(G)
    bad = G > theta
    dG[bad] = equations._sigmoid(G[bad] - theta) / G.shape[0]
    return dG
""",
        must=(
            "below theta | below the threshold | under the threshold | above theta | above the threshold | G > "
            "theta | G < theta | G <= theta | less than theta | hinge | mask | set to 0 | is 0 where | zero where "
            "| cut off | smaller than theta | goodness below | everywhere | relu"
        ),
    ),
    Coding(
        "eq4_gradient",
        "exp(u) / (1 + exp(u)) overflows to inf/inf = nan where G is far above theta.",
        """
def eq4_gradient(G, theta):
    e = np.exp(G - theta)
    return e / (1 + e) / G.shape[0]
""",
        must="overflow | nan | inf | far above | far from theta | stable | large G | large goodness | large exponent",
        must_not="sign",
    ),
    Coding(
        "eq7",
        "The ReLU's mask is taken from the error da instead of z.",
        """
def eq7(x, z, M, dG):
    delta = dG.dot(M)
    delta[delta < 0] = 0
    return x.T.dot(delta)
""",
        must=(
            "mask...z | z > 0 | pre-activation | sign of the error | sign of da | da > 0 | dG M > 0 | negative "
            "error | negative gradient | positive error | positive part | relu...error | relu...gradient | relu(da "
            "| relu of | mask...error | mask...da | mask...dG | error itself | its own sign | from the gradient"
        ),
    ),
)
