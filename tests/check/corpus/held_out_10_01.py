"""Mistakes of two authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq4",
        "Subtracts theta outside of the logarithm.",
        """
def eq4(G, theta):
    # softplus of the goodness, relative to the threshold
    return float(np.mean(np.logaddexp(0, G) - theta))
""",
        must=(
            "outside | inside | theta... after | theta... exponent | theta... exp | threshold... exponent | after "
            "the log | from the loss | from the log | theta... too late | below 0 | below zero | theta... "
            "subtracted from | negative loss | loss... negative | place of theta"
        ),
        must_not="overflow",
    ),
    Coding(
        "eq4",
        "The loss of negative data is taken as minus the loss of positive data.",
        """
def eq4(G, theta):
    # same as Eq. (3) but negative
    u = theta - G
    pos = np.maximum(u, 0) + np.log1p(np.exp(-abs(u)))
    neg = -1 * pos
    return neg.mean()
""",
        must=(
            "minus | negated | negative of Eq. (3) | negative of the positive | opposite of | sign | never "
            "negative | below 0 | -log | log(1 + exp(G - theta)) | less than 0"
        ),
    ),
    Coding(
        "eq4",
        "The return stands in the loop, so only the first sample counts.",
        """
def eq4(G, theta):
    total = 0
    for i in range(len(G)):
        u = G[i] - theta
        total += np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u)))
        return total / len(G)
""",
        must=(
            "first sample | first row | first entry | return...loop | loop...return | indent | early return | "
            "returns too early | only one sample | G[0] | first loss | single sample | other samples"
        ),
    ),
    Coding(
        "eq4_gradient",
        "Divides the margin by theta as if it were the scale of the logistic distribution.",
        """
def eq4_gradient(G, theta):
    # logistic cdf with location theta and scale theta
    u = (G - theta) / theta
    return 0.5 * (1 + np.tanh(u / 2)) / len(G)
""",
        must=(
            "divided by theta | divides by theta | / theta | dividing... theta | division by theta | theta... divi "
            "| scale | scaled | rescal | flatter | steep | slope of the sigmoid | temperature | margin | G - theta"
        ),
        must_not="1/N",
    ),
    Coding(
        "eq4_gradient",
        "Gives the gradient of Eq. (3) again: it pushes the goodness of negative data up.",
        """
def eq4_gradient(G, theta):
    # same as for the positive data
    s = 0.5 * (1 + np.tanh(0.5 * (theta - G)))
    return -s / G.size
""",
        must=(
            "Eq. (3) | eq3 | equation (3) | Eq. 3 | positive data | positive half | positive loss | theta - G | "
            "sign | raises | up instead | opposite | pushes"
        ),
        must_not="overflow",
    ),
    Coding(
        "eq4_gradient",
        "The gradient of Eq. (3) is copied and only its sign changed: the argument of the sigmoid is theta - G.",
        """
def eq4_gradient(G, theta):
    out = []
    for g in G:
        u = theta - g
        s = 0.5 * (1 + np.tanh(u / 2))
        out.append(s)
    out = np.array(out)
    return out / len(out)
""",
        must=(
            "theta - G | argument | Eq. (3) | eq3 | positive data | G - theta | swapped | exponent | 1 - sigmoid | "
            "reversed | mirrored | wrong way | complement | flipped"
        ),
    ),
    Coding(
        "eq5",
        "Centres the activations over the batch before projecting.",
        """
def eq5(a, M):
    ac = a - a.mean(axis=0)          # centre, as before a PCA projection
    return np.einsum('nj,cj->nc', ac, M)
""",
        must=(
            "cent | subtract | minus... mean | mean... taken off | mean... removed | mean of the batch | batch "
            "mean | mean activation | mean over the batch | other rows | other samples | depends on the batch | "
            "across the batch"
        ),
        must_not="transpos",
    ),
    Coding(
        "eq7",
        "The ReLU's mask is taken where da is positive, and not where z is.",
        """
def eq7(x, z, M, dG):
    da = dG @ M
    dz = np.zeros(da.shape)
    for i in range(da.shape[0]):
        for j in range(da.shape[1]):
            if da[i, j] > 0:
                dz[i, j] = da[i, j]
    return x.T @ dz
""",
        must=(
            "da > 0 | sign of da | sign of the gradient | sign of the error | mask...z | mask...da | "
            "mask...gradient | mask...error | instead of z | z decides | where z | gradient itself | relu of da | "
            "relu of the gradient | relu(da | negative gradients | negative errors | relu...applied to | own sign"
        ),
        must_not="transpos | before its update",
    ),
    Coding(
        "eq8",
        "Takes the covariance: the activations are centred over the batch first.",
        """
def eq8(a, dG):
    # cross-covariance of error and activation (the mean is in dG)
    ac = a - a.mean(axis=0, keepdims=True)
    return dG.T @ ac
""",
        must=(
            "cent | covarian | subtract | minus... mean | mean... taken off | mean... removed | mean of a | mean "
            "activation | mean of the activations | batch mean"
        ),
        must_not="transpos | sign",
    ),
    Coding(
        "eq8",
        "Sums the samples' errors and activations before the product, a product of sums.",
        """
def eq8(a, dG):
    N = a.shape[0]
    # gradient for the average sample
    return np.outer(dG.sum(axis=0), a.mean(axis=0))
""",
        must=(
            "outer | product of... sum | product of... mean | sum... before | mean... before | averag... before | "
            "average sample | mean sample | average activation | mean activation | mean of a | mean of the "
            "activations | each sample | per sample | rank | sample by sample | sums of products | summed... first "
            "| averaged first | samples... mixed | cross"
        ),
        must_not="sign",
    ),
    Coding(
        "eq8",
        "The gradient is reshaped into M's form and not transposed.",
        """
def eq8(a, dG):
    grad = a.T @ dG
    dM = grad.reshape(dG.shape[1], a.shape[1])
    return dM
""",
        must="reshap | transpos | scrambl | order of its numbers | dG.T | mixed up | rearrang",
    ),
    Coding(
        "eq8",
        "The sum of dG and the mean of a are taken over the batch before they are multiplied.",
        """
def eq8(a, dG):
    d = dG.sum(axis=0)      # (m,)
    mean_a = a.mean(axis=0) # (n,)
    dM = np.outer(d, mean_a)
    return dM
""",
        must=(
            "outer | each sample | per sample | mean of a | mean activation | average activation | averaged a | "
            "product of sums | product of the sums | before the product | before...multipl | row by row | "
            "separately | sample by sample | same sample | own activations | average...a | pair | batch is reduced "
            "| sums...first"
        ),
    ),
    Coding(
        "dense_forward",
        "The bias is added once for each input feature, D times.",
        """
def dense_forward(x, W, b):
    N = x.shape[0]
    D = W.shape[0]
    H = W.shape[1]
    z = np.zeros((N, H))
    for i in range(N):
        for j in range(H):
            for k in range(D):
                z[i, j] = z[i, j] + x[i, k] * W[k, j] + b[j]
    return z
""",
        must=(
            "D times | each feature | every feature | per feature | each input | bias...times | b...times | "
            "bias...inside | inner loop | innermost | bias...repeated | bias...only once | bias...once | b...once "
            "| D b | too often"
        ),
    ),
)
