"""Mistakes of two more authors who wrote after the last change, for measuring only."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq3_gradient",
        "The sigmoid's own derivative s(1-s) stands where the sigmoid itself belongs.",
        """
def eq3_gradient(G, theta):
    n = G.shape[0]
    u = np.clip(theta - G, -500, 500)
    s = 1.0 / (1.0 + np.exp(-u))
    d_sigmoid = s * (1.0 - s)
    return -d_sigmoid / n
""",
        must=(
            "s(1 | s (1 | s * (1 | sigmoid ... itself | derivative of the sigmoid | sigmoid's derivative | "
            "sigmoid' | derivative of sigmoid | 1 - s | 1 - sigmoid | (1 - | extra factor | slope of the sigmoid | "
            "sigmoid's slope | differentiat ... twice | second derivative"
        ),
        must_not="1/N | mean",
    ),
    Coding(
        "eq4",
        "theta is taken off after the logarithm, outside of the exponent: log(1 + exp(G)) - theta.",
        """
def eq4(G, theta):
    losses = np.logaddexp(0, G) - theta
    return losses.mean()
""",
        must=(
            "outside | after the log | outside the log | outside of | after log | inside | exponent | parenthes | "
            "bracket | - theta | minus theta | theta...subtracted | subtract...theta | threshold...subtracted | "
            "subtract...threshold | theta...taken off | below 0 | negative loss | loss...negative | less than 0 | "
            "without theta | place of theta"
        ),
        must_not="sign of | swapped",
    ),
    Coding(
        "eq4",
        (
            "Binary cross-entropy with a 1e-12 in the logarithm: the loss saturates at about 27.6 far above the "
            "threshold."
        ),
        """
def eq4(G, theta):
    # target for negative data is 0, so BCE = -log(1 - p)
    logits = np.clip(G - theta, -500, 500)
    p = 1 / (1 + np.exp(-logits))
    bce = -np.log(1 - p + 1e-12)
    return float(bce.mean())
""",
        must=(
            "saturat | epsilon | 1e-12 | capped | cap | bounded | clip | stops growing | ceiling | limit | "
            "logaddexp | softplus | far above | loses | precision | rounds to 1 | 1 - p"
        ),
        must_not="sign | theta is missing",
    ),
    Coding(
        "eq4_gradient",
        (
            "tanh of the half argument stands in place of the sigmoid: the +1 and the factor 1/2 are lost, so it "
            "runs from -1 to 1."
        ),
        """
def eq4_gradient(G, theta):
    # mean field: <s> = tanh(h/2), h = G - theta
    return np.tanh((G - theta) / 2) / G.shape[0]
""",
        must=(
            "tanh | -1 to 1 | between -1 | from -1 | 0 to 1 | between 0 and 1 | from 0 | never negative | negative "
            "below | below theta...negative | negative...below | hyperbolic | 0.5 * (1 | 2 sigmoid | 2 * sigmoid | "
            "twice the sigmoid | minus 1 | range | sigmoid...minus | sigmoid...- 1"
        ),
        must_not="batch | mean",
    ),
    Coding(
        "eq4_gradient",
        "Only samples above the threshold get a gradient, as in a hinge loss; below it is set to 0.",
        """
def eq4_gradient(G, theta):
    n = len(G)
    grad = np.zeros_like(G)
    for i in range(n):
        if G[i] > theta:   # only "too good" negatives need correcting
            grad[i] = 1 / (1 + np.exp(-(G[i] - theta)))
    return grad / n
""",
        must=(
            "hinge | below the threshold | below theta | under the threshold | G < theta | G <= theta | above "
            "theta | above the threshold | only ... theta | less than theta | smaller than theta | cut off | under "
            "theta"
        ),
        must_not="sign | overflow",
    ),
    Coding(
        "eq5",
        "The rows of M are normalised to length 1 before the projection; Eq. (5) takes M as it is.",
        """
def eq5(a, M):
    e = M / np.linalg.norm(M, axis=1, keepdims=True)   # unit vectors to project on
    return np.einsum('nj,cj->nc', a, e)
""",
        must="normalis | normaliz | unit | length | norm | cosine | scale of M | scaled | divid | rows of M...1",
        must_not="transpos",
    ),
    Coding(
        "eq5",
        "The scores are divided by sqrt(n), as in scaled dot-product attention.",
        """
def eq5(a, M):
    n = a.shape[1]
    scores = np.einsum("bn,cn->bc", a, M)
    return scores / np.sqrt(n)
""",
        must="sqrt | root | scaled | scaling | divided by | attention | factor | too small | normalis",
        must_not="transpos | softmax",
    ),
    Coding(
        "eq7",
        "The slope of the ReLU is replaced by its value: a multiplies instead of [z > 0].",
        """
def eq7(x, z, M, dG):
    f = np.maximum(z, 0)
    return np.einsum('nc,ch,nh,nd->dh', dG, M, f, x)
""",
        must=(
            "relu(z) instead | relu(z) in place | relu itself | value of the relu | relu's value | activation "
            "itself | multipl...by a | multipl...activation | multipl...z | times a | times z | times relu | "
            "activation...slope | slope | derivative of the relu | relu's derivative | derivative of relu | 1 "
            "where | [z > 0] | z > 0 | da/dz | step function | indicator | mask"
        ),
        must_not="transpos | missing mask | no mask",
    ),
    Coding(
        "eq7",
        (
            "The ReLU mask is applied to the finished dW per neuron (any sample active) instead of per sample "
            "before summing."
        ),
        """
def eq7(x, z, M, dG):
    da = dG @ M
    dW = x.T @ da
    active = (z > 0).any(axis=0)
    dW[:, ~active] = 0
    return dW
""",
        must=(
            "each sample | per sample | every sample | sample's own | each row | per row | each entry | "
            "elementwise | element-wise | element by element | after the sum | after summing | before the sum | "
            "before x | before the product | whole neuron | per neuron | column of dW | mask ... missing | ReLU "
            "... missing | without the ReLU | ReLU's slope | where z | z <= 0 | z > 0"
        ),
        must_not="transpos | 1/N",
    ),
    Coding(
        "eq8",
        "Instead of the activation a, its ReLU slope [a > 0] is multiplied with dG.",
        """
def eq8(a, dG):
    step = np.heaviside(a, 0.0)
    return np.einsum('nc,nj->cj', dG, step)
""",
        must=(
            "slope | mask | step | indicator | binary | zeros and ones | 0 or 1 | 0 and 1 | 1 where | a > 0 | "
            "heaviside | derivative of the relu | relu's derivative | size of the activation | magnitude | how "
            "large | sign of a | sign of the activ | ones"
        ),
        must_not="transpos | softmax",
    ),
    Coding(
        "eq8",
        (
            "The outer product of batch totals (sum of dG with mean of a) instead of the sum of each sample's "
            "outer product."
        ),
        """
def eq8(a, dG):
    a_mean = a.mean(axis=0)
    dG_total = dG.sum(axis=0)
    return np.outer(dG_total, a_mean)
""",
        must=(
            "mean ... activation | mean of a | averag ... a | mean activ | average activ | outer product | product "
            "of the sums | product of sums | product of the means | own activations | each sample | per sample | "
            "every sample | rows ... mixed | mixes | summed before | before the product | batch ... too early | "
            "rank"
        ),
        must_not="transpos | relu",
    ),
    Coding(
        "dense_forward",
        "The bias stands inside the sum over the inputs and is added D times.",
        """
def dense_forward(x, W, b):
    terms = x[:, :, None] * W[None, :, :] + b       # x_nd W_dh + b_h
    return np.einsum('ndh->nh', terms)
""",
        must=(
            "D times | times D | D * b | D b | inside the sum | within the sum | each term | every term | each "
            "input | every input | each feature | every feature | number of inputs | number of features | input "
            "features | once for | only once | multiple of b | multiple of the bias | bias...times | b...times | "
            "bias...too often | bias...too large | bias...scaled | bias...multiplied"
        ),
        must_not="missing | forgot",
    ),
    Coding(
        "dense_forward",
        "The bias is added inside the loop over the inputs, so D times.",
        """
def dense_forward(x, W, b):
    n_in = x.shape[1]
    z = np.zeros((x.shape[0], W.shape[1]))
    for k in range(n_in):
        feature = x[:, k:k + 1]
        z = z + feature * W[k] + b
    return z
""",
        must=(
            "bias ... times | b ... times | D times | D b | D * b | bias ... each input | bias ... every input | "
            "bias ... once | b ... once | bias ... each feature | bias ... multipl | more than once | too often | "
            "bias ... too large | multiple of b | inside the loop | too many times"
        ),
        must_not="transpos | bias is missing",
    ),
)
