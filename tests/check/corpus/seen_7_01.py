"""Mistakes of a ninth and a tenth author."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq2",
        "Negative is understood of the activations: only those below 0 are squared.",
        """
def eq2(a):
    a_neg = np.where(a < 0, a, 0.0)    # the negative activations
    return np.sum(a_neg * a_neg, axis=1)
""",
        must=(
            "negative activations | negative entries | negative numbers | negative values | negative part | "
            "negative ones | below 0 | below zero | a < 0 | less than 0 | less than zero | positive activations | "
            "positive entries | positive numbers | positive values | positive part | some of the activations | "
            "only part of | relu(-a | min(a | minimum(a | under 0 | under zero | sign of the activation"
        ),
        must_not="minus sign in front | root | mean",
    ),
    Coding(
        "eq3",
        "The goodness is averaged over the batch first, and the loss taken once of that mean.",
        """
def eq3(G, theta):
    u = theta - np.mean(G)
    return float(np.logaddexp(0.0, u))
""",
        must=(
            "mean of G | mean of the goodness | mean goodness | average goodness | averaged first | "
            "average...first | mean...first | mean...before | averag...before | loss of the mean | loss of the "
            "average | mean...inside | inside the log | each sample | per sample | per-sample | mean of the losses "
            "| Jensen | order of | before the softplus | before the log"
        ),
        must_not="sign | overflow | theta - G",
    ),
    Coding(
        "eq3",
        "The hinge max(0, theta - G) in place of the softplus log(1 + exp(theta - G)).",
        """
def eq3(G, theta):
    # margin loss, safe for any size of G
    margin = theta - G
    return float(np.where(margin > 0, margin, 0.0).mean())
""",
        must=(
            "hinge | margin | softplus | log(1 | log (1 | log1p | logarithm | exponential | log and exp | ReLU | "
            "max(0 | max(theta | piecewise | linear | smooth | clipped at 0 | clipped at zero | kink | beyond "
            "theta | above theta...0 | above theta...zero | above the threshold | past the threshold"
        ),
        must_not="sign | sum over the batch",
    ),
    Coding(
        "eq3",
        "It returns the probability sigmoid(theta - G), not the log of Eq. (3).",
        """
def eq3(G, theta):
    with np.errstate(over='ignore'):
        p_miss = 1.0 / (1.0 + np.exp(G - theta))
    return float(p_miss.mean())
""",
        must=(
            "sigmoid | logistic | probab | log is missing | no log | without the log | without a log | logarithm | "
            "gradient instead | derivative instead | its derivative | slope | log... missing | missing log | "
            "softplus"
        ),
        must_not="theta is missing | mean is missing | max",
    ),
    Coding(
        "eq3",
        "theta is used as a temperature too: the argument of exp is (theta - G) / theta.",
        """
def eq3(G, theta):
    u = 1 - G / theta
    return np.logaddexp(0.0, u).mean()
""",
        must=(
            "divided by theta | divides by theta | divide by theta | / theta | /theta | division by theta | scaled "
            "by | temperature | over theta | ratio | 1 - G | scale | relative to theta | units of theta | stretch"
        ),
        must_not="sigmoid | sum instead | sign",
    ),
    Coding(
        "eq3_gradient",
        "The gradient of a hinge: a step, -1/N below the threshold and 0 above, instead of the sigmoid.",
        """
def eq3_gradient(G, theta):
    N = G.shape[0]
    active = (G < theta)
    return np.where(active, -1.0 / N, 0.0)
""",
        must=(
            "step | hinge | no sigmoid | instead of the sigmoid | instead of a sigmoid | in place of the sigmoid | "
            "in place of a sigmoid | not a sigmoid | not the sigmoid | sigmoid...missing | gradual | all or "
            "nothing | all-or-nothing | hard | 0 or | either | threshold...jump | jump | margin | logistic | "
            "indicator | binary | piecewise | smooth | constant below | perceptron | max(0"
        ),
        must_not="mean is missing | 1/N is missing",
    ),
    Coding(
        "eq3_gradient",
        "The derivative of the sigmoid, s(1 - s), in place of the derivative of the softplus, which is s itself.",
        """
def eq3_gradient(G, theta):
    s = 0.5 * (1 + np.tanh(0.5 * (theta - G)))
    return -(s * (1 - s)) / len(G)
""",
        must=(
            "s(1 | s (1 | s*(1 | s * (1 | (1 - s | (1-s | 1 - s | (1 - sigmoid | sigmoid's derivative | sigmoid's "
            "own derivative | derivative of the sigmoid | derivative of sigmoid | slope of the sigmoid | sigmoid's "
            "slope | twice differentiat | second derivative | differentiated twice | extra factor | vanish | far "
            "below theta...0 | logistic derivative | derivative of the logistic"
        ),
        must_not="positive | mean",
    ),
    Coding(
        "eq4",
        (
            "The loss goes through the sigmoid with an epsilon, -log(1 - s + 1e-8), so that it is capped at 18.4 "
            "for a large goodness."
        ),
        """
def eq4(G, theta):
    s = 0.5 * (1 + np.tanh((G - theta) / 2))     # probability of being positive
    loss = -np.log(1.0 - s + 1e-8)
    return float(loss.mean())
""",
        must=(
            "epsilon | 1e-8 | 1e-08 | cap | capped | saturat | bounded | 18.4 | floor | ceiling | limited | upper "
            "limit | large goodness | far above theta | log1p | softplus directly | stable | round | 1 - s | 1 - "
            "sigmoid | cancel | inside the log | added to the log"
        ),
        must_not="sign | sum over",
    ),
    Coding(
        "eq4",
        "theta is taken out of the exponent: log(1 + exp(G)) - theta.",
        """
def eq4(G, theta):
    # eq. (4): goodness measured from the threshold
    return np.mean(np.logaddexp(0, G)) - theta
""",
        must=(
            "outside | out of the exp | after the log | after the mean | exponent | inside the exp | inside the "
            "log | inside the soft | softplus(G | log(1 + exp(G) | log(1 + exp G | subtracted from the loss | "
            "theta... subtracted | subtract... theta | from the loss | shifts the loss | place of theta | theta's "
            "place | bracket | parenthes | theta... too late"
        ),
        must_not="sign of | sum instead | sigmoid",
    ),
    Coding(
        "eq4_gradient",
        "Returns each sample's share of the loss, softplus / N, instead of its derivative, the sigmoid.",
        """
def eq4_gradient(G, theta):
    u = G - theta
    per_sample = np.maximum(u, 0) + np.log(1 + np.exp(-abs(u)))
    return per_sample / G.size
""",
        must=(
            "loss itself | loss of each | value of the loss | value of Eq | loss value | the losses | per-sample "
            "loss | loss, | loss instead | returns the loss | softplus | not the derivative | no derivative | "
            "instead of its derivative | instead of the derivative | differentiat | no sigmoid | instead of the "
            "sigmoid | in place of the sigmoid | should be the sigmoid | Eq. (4) itself | log(1 | log (1 | log1p | "
            "unbounded | grows | above 1 | larger than 1"
        ),
        must_not="sign | theta - G | 1/N",
    ),
    Coding(
        "eq4_gradient",
        "A step function: 1/N where G is above theta, else 0.",
        """
def eq4_gradient(G, theta):
    grad = np.zeros(G.shape)
    grad[G > theta] = 1.0
    return grad / len(G)
""",
        must=(
            "step | hard | hinge | 0 or 1 | 0 or 1/N | all or nothing | indicator | Heaviside | smooth | threshold "
            "function | G > theta | only two values | max(0 | relu | binary | slope is either | subgradient | no "
            "sigmoid | without the sigmoid | instead of the sigmoid | instead of a sigmoid"
        ),
        must_not="N is missing | N twice",
    ),
    Coding(
        "eq4_gradient",
        "d log(1 + e^u) is taken as 1/(1 + e^u): the inner derivative e^u is forgotten.",
        """
def eq4_gradient(G, theta):
    with np.errstate(over="ignore"):
        inner = 1 + np.exp(G - theta)
    return 1 / inner / G.shape[0]
""",
        must=(
            "inner deriv | chain rule | factor exp | factor e^ | e^u | exp(G - theta | exp(u | 1 - sigmoid | 1 - s "
            "| sigmoid(theta - G | sigmoid of theta - G | theta - G | swapped | exchanged | argument... sign | "
            "sign of the arg | argument... turned | mirrored | opposite arg | negated | reversed | numerator | "
            "other way | Eq. (3) | positive data | inside of the exp | derivative of the inside | sigmoid's arg"
        ),
        must_not="N twice | 1/N is missing | sum",
    ),
)
