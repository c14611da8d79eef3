"""Mistakes of two more authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "softmax",
        (
            "Boltzmann weights exp(-score): the exponent has a minus, so the largest score gets the smallest "
            "probability."
        ),
        """
def softmax(scores):
    # Boltzmann: p_i = exp(-E_i) / Z
    E = scores - scores.min(axis=1, keepdims=True)
    boltz = np.exp(-E)
    Z = np.einsum('ij->i', boltz)
    return boltz / Z[:, None]
""",
        must=(
            "Boltzmann | minus | negat | sign | softmin | softmax(-scores | exp(- | -scores | reverse | opposite | "
            "upside | largest score...smallest | smallest score...largest | lowest score...largest | highest "
            "score...smallest | highest score...lowest"
        ),
        must_not="axis | overflow",
    ),
    Coding(
        "softmax",
        (
            "The largest score of the whole batch is taken off instead of each row's own, so rows far below it "
            "underflow to 0/0."
        ),
        """
def softmax(scores):
    # numerically stable version
    shifted = scores - np.max(scores)
    exp_scores = np.exp(shifted)
    return exp_scores / exp_scores.sum(axis=1, keepdims=True)
""",
        must=(
            "own ... max | row's max | row's largest | own largest | each row's | largest of the whole | max ... "
            "whole | max ... all rows | largest ... all | max ... of the batch | largest ... batch | global max | "
            "underflow | every exp ... 0 | 0/0"
        ),
        must_not="overflow | transpos",
    ),
    Coding(
        "eq6",
        (
            "The log of the mean of the exponentials stands in place of the log of their sum, so the loss is log m "
            "too small."
        ),
        """
def eq6(G, y):
    N, m = G.shape
    top = G.max(axis=1)
    # free energy: F = log < exp(G) >
    F = top + np.log(np.mean(np.exp(G - top[:, None]), axis=1))
    return float(np.mean(F - G[np.arange(N), y]))
""",
        must=(
            "log m | log(m | ln m | log of m | log of the number of classes | mean of the exp | mean...exp | "
            "average...exp | sum...exp | normalis | normaliz | sum to 1 | sum to m | number of classes | divided "
            "by m | constant | offset | too small by"
        ),
        must_not="label | overflow",
    ),
    Coding(
        "eq6",
        "The probabilities are clipped to [1e-7, 1 - 1e-7] as Keras does, so the loss is capped at about 16.",
        """
def eq6(G, y):
    eps = 1e-7
    probs = equations.softmax(G)
    probs = np.clip(probs, eps, 1.0 - eps)
    total = 0.0
    for i, label in enumerate(y):
        total += -np.log(probs[i, label])
    return float(total / len(y))
""",
        must=(
            "clip | capped | cap | epsilon | limit | bounded | 1e-7 | 1e-07 | saturat | from the scores | "
            "log-sum-exp | log sum exp | cut off | floor | ceiling | stops growing | at most 16"
        ),
        must_not="mean | sign",
    ),
    Coding(
        "eq6_gradient",
        "The Jacobian of softmax is applied to p - y once more, though p - y is already the gradient at the scores.",
        """
def eq6_gradient(G, y):
    N, m = G.shape
    p = equations.softmax(G)
    t = np.eye(m)[y]
    delta = np.eye(m)
    J = np.einsum('ni,ij->nij', p, delta) - np.einsum('ni,nj->nij', p, p)   # dp_i/dG_j
    dp = (p - t) / N
    return np.einsum('nij,ni->nj', J, dp)
""",
        must=(
            "Jacobian | twice | again | once more | second time | two times | already | derivative of softmax | "
            "derivative of the softmax | softmax's derivative | softmax's own | slope of softmax | squared error | "
            "square error | squared loss | square loss | mean square"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq6_gradient",
        (
            "p[:, y] -= 1 takes 1 off in the columns of all labels of the batch in every row, not off each row's "
            "own label."
        ),
        """
def eq6_gradient(G, y):
    n = G.shape[0]
    probs = equations.softmax(G)
    probs[:, y] -= 1
    return probs / n
""",
        must=(
            "every row | all rows | each row ... every | own label | own column | [:, y] | p[:, y] | arange | "
            "pairs | of other rows | of other samples | other samples' labels | more than one class | several "
            "classes | all labels of the batch | rows of p sum | row ... sum to 0 | sums to zero"
        ),
        must_not="sign | twice",
    ),
    Coding(
        "eq1",
        "The square of the sum over j is taken, where the sum of the squares is meant.",
        """
def eq1(a):
    # G = a_j a_k summed over the repeated letters
    return np.einsum('nj,nk->n', a, a)
""",
        must=(
            "square of the sum | sum...squared | squared sum | squares the sum | square...after | "
            "sum...before...squar | sums before | sums first | adds before | adds first | cross term | mixed term "
            "| mixed product | product of different | products of different | order | sum of squares | sum of the "
            "squares | each...squared | pairs"
        ),
        must_not="axis | mean",
    ),
    Coding(
        "eq1",
        "The goodness is the length of the row (torch.norm), the square root of the sum of squares.",
        """
def eq1(a):
    goodness = np.linalg.norm(a, ord=2, axis=1)
    return goodness
""",
        must="root | norm | length | sqrt | unsquared",
        must_not="mean | sign",
    ),
    Coding(
        "eq2",
        "A factor 1/2 is put before the sum of squares, as in a kinetic energy.",
        """
def eq2(a):
    return 0.5 * np.einsum('nj,nj->n', a, a)   # energy
""",
        must=(
            "half | 1/2 | 0.5 | factor 2 | factor of 2 | halv | twice | two times | factor of two | factor two | energy"
        ),
        must_not="negat | mean",
    ),
    Coding(
        "eq2",
        "The mean of the squares over the neurons instead of the sum, as in a known PyTorch repository.",
        """
def eq2(a):
    squared = a ** 2
    goodness = squared.mean(1)
    return goodness
""",
        must="mean | average | divided by n | divided by the number | 1/n | factor n | n times | number of neurons",
        must_not="root | sign",
    ),
    Coding(
        "eq3",
        (
            "The goodness is averaged over the batch before the softplus; the loss of the mean is not the mean of "
            "the losses."
        ),
        """
def eq3(G, theta):
    G_bar = G.mean()
    return float(np.logaddexp(0.0, theta - G_bar))
""",
        must=(
            "mean of G | mean...before | mean...first | average...before | average...first | averaged | averages | "
            "mean goodness | mean of the goodness | loss of the mean | G.mean | Jensen | each sample | per sample "
            "| every sample | each row | order | loss of each | mean of the losses"
        ),
        must_not="sign",
    ),
    Coding(
        "eq3",
        "The goodness is averaged over the batch first, and the loss taken of the mean.",
        """
def eq3(G, theta):
    avg_goodness = np.mean(G)
    loss = np.logaddexp(0.0, theta - avg_goodness)
    return float(loss)
""",
        must=(
            "loss of the mean | mean goodness | mean of G | averag ... first | mean ... before | averag ... before "
            "| averaged goodness | average goodness | loss of each | each sample | mean ... inside | mean of the "
            "losses | order ... mean | mean is taken too early"
        ),
        must_not="sign | overflow",
    ),
    Coding(
        "eq3_gradient",
        (
            "sigma (1 - sigma), the slope of the sigmoid, stands in place of the sigmoid itself: differentiated "
            "once too often."
        ),
        """
def eq3_gradient(G, theta):
    s = 0.5 * (1 + np.tanh(0.5 * (theta - G)))
    return -s * (1 - s) / len(G)
""",
        must=(
            "derivative of the sigmoid | sigmoid's derivative | slope of the sigmoid | sigmoid's slope | "
            "derivative of sigmoid | slope of sigmoid | second derivative | twice | once too | too often | once "
            "more | 1 - s | 1 - sig | (1 - | s(1 | sigmoid * | sigmoid (1 | times 1 - | differentiat | vanish | "
            "extra factor | additional factor | again"
        ),
        must_not="sign | mean",
    ),
)
