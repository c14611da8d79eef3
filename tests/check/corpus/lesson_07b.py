"""Mistakes in free codings of eq4_gradient, overlay_label, negative_labels, normalise_length."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq4_gradient",
        "A minus too many.",
        """
def eq4_gradient(G, theta):
    from math import tanh

    return np.array([-0.5 * (1 + tanh((g - theta) / 2)) / len(G) for g in G])
""",
        must="sign | minus | -1",
    ),
    Coding(
        "eq4_gradient",
        "Divided by the batch size twice.",
        """
def eq4_gradient(G, theta):
    N = len(G)
    return 0.5 * (1 + np.tanh((G - theta) / 2)) / N / N
""",
        must="twice | 1/N | batch | again | divided by N",
        must_not="mean over the batch is missing | mean is missing",
    ),
    Coding(
        "eq4_gradient",
        "The loss itself is returned, sample by sample.",
        """
def eq4_gradient(G, theta):
    return np.logaddexp(0, G - theta) / len(G)
""",
        must="loss itself | not its gradient | not the gradient | softplus | not the derivative",
    ),
    Coding(
        "eq4_gradient",
        "tanh in place of the sigmoid: no 1 + and no half.",
        """
def eq4_gradient(G, theta):
    return np.tanh((G - theta) / 2) / len(G)
""",
        must="tanh | sigmoid",
    ),
    Coding(
        "eq4_gradient",
        "Not divided by the batch size.",
        """
def eq4_gradient(G, theta):
    return (1 + np.tanh((G - theta) / 2)) / 2
""",
        must="the mean | 1/N | divided by N | batch | N x",
        must_not="twice | again | each sample is returned",
    ),
    Coding(
        "overlay_label",
        "The first inputs are not set to zero first: what was there stays.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    for n in range(len(y)):
        out[n, y[n]] = 1
    return out
""",
        must="zero | stays | stay | cleared | what was | erased | old values | were",
    ),
    Coding(
        "overlay_label",
        "The label's place gets the largest value of x, as in Hinton's PyTorch port.",
        """
def overlay_label(x, y, n_classes):
    x_ = x.copy()
    x_[:, :n_classes] *= 0.0
    x_[range(x.shape[0]), y] = x.max()
    return x_
""",
        must="x.max | largest value | maximum | as a 1 | not a 1 | not 1 | in place of 1 | other value",
    ),
    Coding(
        "overlay_label",
        "The label is put before the inputs, which makes x longer.",
        """
def overlay_label(x, y, n_classes):
    return np.hstack([np.eye(n_classes)[y], x])
""",
        must="beside | longer | wider | in front | concat | appended | more columns | too many columns",
    ),
    Coding(
        "overlay_label",
        "The label is written over the last inputs.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, -n_classes:] = np.eye(n_classes)[y]
    return out
""",
        must="last inputs | last n_classes | last columns | not the first",
    ),
    Coding(
        "overlay_label",
        "The label itself is written, as a number, not as a 1.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] = 0
    out[np.arange(len(y)), y] = y
    return out
""",
        must=(
            "label itself | label's number | value of the label | as a number | one-hot | as a 1 | not a 1 | not "
            "1 | in place of 1 | other value"
        ),
    ),
    Coding(
        "overlay_label",
        "Zeros and ones are exchanged.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] = 1
    out[np.arange(len(y)), y] = 0
    return out
""",
        must="invert | exchang | 1 - | zeros and ones | opposite | swap | other way | all but",
    ),
    Coding(
        "overlay_label",
        "The label is scaled by the mean of the row.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] = 0
    out[np.arange(len(y)), y] = np.abs(x).mean(axis=1)
    return out
""",
        must="mean of | average | as a 1 | not a 1 | not 1 | in place of 1 | other value",
    ),
    Coding(
        "negative_labels",
        "Any label is drawn: it is right by chance in one case out of n_classes.",
        """
def negative_labels(y, n_classes, rng):
    return rng.integers(0, n_classes, size=len(y))
""",
        must=(
            "right label | by chance | own label | true label | equal to y | of them are right | is the right | "
            "not wrong | are right"
        ),
    ),
    Coding(
        "negative_labels",
        "One shift is drawn for the whole batch.",
        """
def negative_labels(y, n_classes, rng):
    return (y + rng.integers(1, n_classes)) % n_classes
""",
        must="one shift | same shift | whole batch | of its own | own draw | plus | one draw | all samples",
    ),
    Coding(
        "negative_labels",
        "The modulus is forgotten: labels beyond the last class.",
        """
def negative_labels(y, n_classes, rng):
    return y + rng.integers(1, n_classes, size=y.shape)
""",
        must="modulus | circle | outside | not one of the classes | beyond | range | too large | n_classes",
    ),
    Coding(
        "negative_labels",
        "A label that was drawn right is replaced by its neighbour, which then comes more often.",
        """
def negative_labels(y, n_classes, rng):
    wrong = rng.integers(0, n_classes, size=len(y))
    return np.where(wrong == y, (wrong + 1) % n_classes, wrong)
""",
        must="more often | equally | evenly | likely | more probable | uneven | uniform | neighbour | frequen",
    ),
    Coding(
        "negative_labels",
        "Only the two neighbouring labels are drawn, not every wrong one.",
        """
def negative_labels(y, n_classes, rng):
    return (y + rng.choice([-1, 1], size=len(y))) % n_classes
""",
        must="never come | some wrong labels never | every wrong label | neighbour | not all wrong",
    ),
    Coding(
        "negative_labels",
        "The caller's y is changed in place.",
        """
def negative_labels(y, n_classes, rng):
    y += rng.integers(1, n_classes, size=len(y))
    y %= n_classes
    return y
""",
        must="changes its argument | changes y | y is changed | modifies | changed in place",
    ),
    Coding(
        "normalise_length",
        "The root is forgotten: divided by the squared length.",
        """
def normalise_length(a):
    return a / (np.sum(a**2, axis=1, keepdims=True) + 1e-8)
""",
        must="root | sqrt",
    ),
    Coding(
        "normalise_length",
        "The columns get length 1.",
        """
def normalise_length(a):
    return a / (np.linalg.norm(a, axis=0) + 1e-8)
""",
        must="column | axis | neuron",
    ),
    Coding(
        "normalise_length",
        "Standardised: mean 0 and deviation 1, as in layer normalisation.",
        """
def normalise_length(a):
    mu = a.mean(axis=1, keepdims=True)
    sd = a.std(axis=1, keepdims=True)
    return (a - mu) / (sd + 1e-8)
""",
        must="mean | standard | layer norm | deviation",
    ),
    Coding(
        "normalise_length",
        "Divided by the largest entry.",
        """
def normalise_length(a):
    return a / (np.abs(a).max(axis=1, keepdims=True) + 1e-8)
""",
        must="largest | maximum | max",
    ),
    Coding(
        "normalise_length",
        "The caller's a is changed in place.",
        """
def normalise_length(a):
    for n in range(len(a)):
        a[n] /= np.linalg.norm(a[n]) + 1e-8
    return a
""",
        must="changes its argument | changes a | a is changed | modifies | changed in place",
    ),
    Coding(
        "normalise_length",
        "Multiplied by the length in place of divided.",
        """
def normalise_length(a):
    return a * np.sqrt((a**2).sum(axis=1, keepdims=True))
""",
        must="multipl | divi | times the length",
    ),
    Coding(
        "normalise_length",
        "The last row is left out of the loop and stays zero.",
        """
def normalise_length(a):
    out = np.zeros_like(a)
    for n in range(len(a) - 1):
        out[n] = a[n] / (np.sqrt(np.dot(a[n], a[n])) + 1e-8)
    return out
""",
        must="last row | last sample",
    ),
    Coding(
        "normalise_length",
        "A softmax-like normalisation: every row adds up to 1.",
        """
def normalise_length(a):
    return a / (a.sum(axis=1, keepdims=True) + 1e-8)
""",
        must="add up | adds up | sum of | sum to | sum is | L1",
    ),
)
