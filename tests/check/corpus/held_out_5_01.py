"""Mistakes of a fifth, a sixth and a seventh author, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq3",
        "The loss of the mean goodness, not the mean of the losses.",
        """
def eq3(G, theta):
    Gbar = G.mean()
    loss = np.logaddexp(0, theta - Gbar)
    return float(loss)
""",
        must=(
            "mean goodness | mean of the goodness | mean of G | average goodness | loss of the mean | mean of the "
            "losses | each sample | every sample | per sample | averaged first | mean first | mean before | before "
            "the log | mean is taken | average ... before | inside the log"
        ),
        must_not="overflow | sign",
    ),
    Coding(
        "eq4",
        "Skips samples whose exponent is large, to avoid overflow, so the largest losses are left out of the sum.",
        """
def eq4(G, theta):
    total = 0.0
    for g in G:
        u = g - theta
        if u > 30:
            continue    # exp would overflow
        total += np.log(1 + np.exp(u))
    return total / len(G)
""",
        must=(
            "large | overflow | 1000 | skip | left out | leaves out | far above | ignor | far from theta | big | "
            "huge | extreme"
        ),
    ),
    Coding(
        "eq4",
        "-log(1 - sigmoid + 1e-8): far above theta the loss stops at 18.4 instead of growing.",
        """
def eq4(G, theta):
    p = 0.5 * (1 + np.tanh(0.5 * (G - theta)))
    return -np.log(1 - p + 1e-8).mean()
""",
        must=(
            "1e-8 | epsilon | eps | saturat | 18 | constant added | small number | small constant | underflow | "
            "stable | stabil | softplus | log1p | logaddexp | flat | cap | bounded | rounds | round off | cancel | "
            "stops growing | grow | large | far from"
        ),
        must_not="sign",
    ),
    Coding(
        "eq4",
        "The hinge max(0, G - theta) instead of the softplus.",
        """
def eq4(G, theta):
    excess = G - theta
    return float(np.maximum(excess, 0).mean())
""",
        must=(
            "hinge | softplus | smooth | max(0 | maximum(0 | max( | relu | kink | log(1 | log is missing | no log "
            "| logarithm | near theta | near the threshold | close to theta | linear"
        ),
        must_not="sign | overflow",
    ),
    Coding(
        "eq4_gradient",
        (
            "Multiplies by 2 G, as if the goodness itself were squared: the derivative of Eq. (2) mixed into that "
            "of Eq. (4)."
        ),
        """
def eq4_gradient(G, theta):
    sig = 0.5 * (1 + np.tanh((G - theta) / 2))
    # dL/dG = sig, and G is a square so there comes 2 G
    dG = sig * 2 * G
    return dG / G.shape[0]
""",
        must=(
            "2 G | 2G | 2 * G | 2a | 2 a | 2 * a | twice G | factor... G | times G | by G | times... goodness | by "
            "the goodness | square | Eq. (2) | Eqs. (1) | (1) and (2) | derivative of the goodness | proportional "
            "to G"
        ),
    ),
    Coding(
        "eq5",
        "Reshapes M to (n, m) instead of transposing it, so its numbers are scrambled.",
        """
def eq5(a, M):
    m, n = M.shape
    MT = M.reshape(n, m)
    return a @ MT
""",
        must="reshape | scrambl | transpos | M.T | M^T | row by row",
    ),
    Coding(
        "eq5",
        "Scores divided by sqrt(n), as attention does.",
        """
def eq5(a, M):
    n = a.shape[1]
    return np.einsum("ni,ci->nc", a, M) / np.sqrt(n)
""",
        must=(
            "sqrt | square root | root of n | scaled | scaling | factor | attention | divided by | divide by | "
            "divided | too small by"
        ),
        must_not="transpos | axis | softmax",
    ),
    Coding(
        "eq7",
        "Uses relu(z) itself in the place of its slope, so the error is multiplied by the activation.",
        """
def eq7(x, z, M, dG):
    # dL/dG . dG/da . da/dz . dz/dW
    dG_da = M
    da_dz = np.maximum(z, 0)
    dz_dW = x
    return dz_dW.T @ ((dG @ dG_da) * da_dz)
""",
        must=(
            "relu itself | relu(z) | by a | by z | times z | times a | by the activation | activation... place of "
            "| activation... instead | value of... relu | max(z | instead of its... derivative | instead of its "
            "slope | in place of its slope | instead of 1 | instead of 0 or 1 | in place of 1 | slope... 1 | size "
            "of z | scaled by"
        ),
    ),
    Coding(
        "eq7",
        "The slope of a leaky ReLU (0.01 below 0) instead of ReLU's 0.",
        """
def eq7(x, z, M, dG):
    slope = np.where(z > 0, 1.0, 0.01)
    return x.T @ ((dG @ M) * slope)
""",
        must=(
            "leak | 0.01 | slope | negative side | z < 0 | z <= 0 | below 0 | below zero | where z is negative | "
            "inactive | negative z | small part"
        ),
        must_not="transpos | 1/N",
    ),
    Coding(
        "eq7",
        "One ReLU mask per neuron, from the batch's mean of z, instead of one per sample.",
        """
def eq7(x, z, M, dG):
    active = z.mean(axis=0) > 0       # which neurons are on
    da = dG @ M
    da[:, ~active] = 0
    return x.T @ da
""",
        must=(
            "per neuron | per sample | each sample | every sample | own mask | mean of z | mean z | average of z | "
            "batch mean | mean over the batch | whole neuron | whole column | all samples | same mask | one mask | "
            "mask for the batch | sample by sample | samples share | mean pre-activ"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq8",
        "The loop over samples ends one too early, so the last sample's contribution is missing.",
        """
def eq8(a, dG):
    N = a.shape[0]
    dM = np.zeros((dG.shape[1], a.shape[1]))
    i = 0
    while i < N - 1:
        for c in range(dG.shape[1]):
            dM[c] += dG[i, c] * a[i]
        i += 1
    return dM
""",
        must=(
            "last sample | last row | N - 1 | N-1 | sample... missing | sample... left out | row... left out | "
            "row... missing | missing... sample | off by one | one sample | one row | skips | final sample | final "
            "row"
        ),
    ),
    Coding(
        "dense_forward",
        "NTK parametrisation: x W is divided by sqrt(D).",
        """
def dense_forward(x, W, b):
    D = W.shape[0]
    return np.einsum("nd,dh->nh", x, W) / np.sqrt(D) + b
""",
        must="sqrt | square root | root of D | scale | divid | constant factor | factor",
        must_not="transpos | ReLU",
    ),
)
