"""Held out, for measuring only: mistakes in free codings of eq3_gradient, eq4_gradient, overlay_label,
negative_labels."""

from corpus import Coding

CODINGS = (
    Coding(
        "eq3_gradient",
        "Not divided by the batch size.",
        """
def eq3_gradient(G, theta):
    u = theta - G
    s = np.where(u > 0, 1 / (1 + np.exp(-np.abs(u))), np.exp(-np.abs(u)) / (1 + np.exp(-np.abs(u))))
    return -s
""",
        must="the mean | 1/N | divided by N | batch | N x",
        must_not="twice | again | each sample is returned",
    ),
    Coding(
        "eq3_gradient",
        "The slope of the sigmoid is multiplied in: s (1 - s).",
        """
def eq3_gradient(G, theta):
    s = 0.5 * (1 + np.tanh((theta - G) / 2))
    return -s * (1 - s) / len(G)
""",
        must=(
            "s (1 - s) | slope | derivative of a sigmoid | derivative of the sigmoid | sigmoid's derivative | 1 - "
            "s | once too often | second derivative | once more | twice"
        ),
    ),
    Coding(
        "eq3_gradient",
        "The threshold is ignored.",
        """
def eq3_gradient(G, theta):
    return -0.5 * (1 - np.tanh(G / 2)) / len(G)
""",
        must=(
            "theta does not enter | threshold is ignored | theta is ignored | theta is not | threshold is not | "
            "threshold does not | not depend on theta | not change when theta | constant | without theta | fixed "
            "| theta has no"
        ),
    ),
    Coding(
        "eq3_gradient",
        "A step in place of the sigmoid: the gradient of a hinge.",
        """
def eq3_gradient(G, theta):
    return -(G < theta).astype(float) / len(G)
""",
        must="hinge | hard step | step stands | step function | 0 or 1 | kink | jump",
    ),
    Coding(
        "eq3_gradient",
        "exp overflows and gives NaN.",
        """
def eq3_gradient(G, theta):
    e = np.exp(theta - G)
    return -e / (1 + e) / len(G)
""",
        must="overflow | inf | nan | too large | not finite",
    ),
    Coding(
        "eq4_gradient",
        "It is the gradient of Eq. (3).",
        """
def eq4_gradient(G, theta):
    return -0.5 * (1 + np.tanh((theta - G) / 2)) / len(G)
""",
        must="Eq. (3) | positive data | theta - G | exchang | L_pos | other loss",
    ),
    Coding(
        "eq4_gradient",
        "1 - sigmoid in place of sigmoid.",
        """
def eq4_gradient(G, theta):
    s = 0.5 * (1 + np.tanh((G - theta) / 2))
    return (1 - s) / len(G)
""",
        must="1 - | theta - G | exchang | wrong way | reversed | opposite",
    ),
    Coding(
        "eq4_gradient",
        "The threshold is a constant 1.",
        """
def eq4_gradient(G, theta):
    threshold = 1.0
    return 0.5 * (1 + np.tanh((G - threshold) / 2)) / len(G)
""",
        must=(
            "theta does not enter | threshold is ignored | theta is ignored | theta is not | threshold is not | "
            "threshold does not | not depend on theta | not change when theta | constant | without theta | fixed "
            "| theta has no"
        ),
    ),
    Coding(
        "eq4_gradient",
        "The threshold stands outside the exponent: sigmoid(G) - theta.",
        """
def eq4_gradient(G, theta):
    return (0.5 * (1 + np.tanh(G / 2)) - theta) / len(G)
""",
        must="theta | threshold",
    ),
    Coding(
        "eq4_gradient",
        "The last entry stays 0: the loop is one too short.",
        """
def eq4_gradient(G, theta):
    dG = np.zeros_like(G)
    for n in range(len(G) - 1):
        dG[n] = 0.5 * (1 + np.tanh((G[n] - theta) / 2)) / len(G)
    return dG
""",
        must="last sample | last entry | last row | left out",
    ),
    Coding(
        "overlay_label",
        "The caller's x is changed.",
        """
def overlay_label(x, y, n_classes):
    x[:, :n_classes] = 0
    x[range(len(y)), y] = 1
    return x
""",
        must="changes its argument | changes x | x is changed | modifies | changed in place",
    ),
    Coding(
        "overlay_label",
        "out[:, y] = 1 marks the labels of the whole batch in every row.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] = 0
    out[:, y] = 1
    return out
""",
        must="every row | whole batch | all rows | each row | other samples | column | own label | mixes",
    ),
    Coding(
        "overlay_label",
        "Labels count from 1: the place is shifted by one.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] = 0
    out[np.arange(len(y)), y - 1] = 1
    return out
""",
        must="shift | off by one | from 1 | + 1 | y - 1 | begin at 1 | count from 0 | neighbour | next",
    ),
    Coding(
        "overlay_label",
        "The whole row is cleared: the picture is lost.",
        """
def overlay_label(x, y, n_classes):
    out = np.zeros_like(x)
    out[np.arange(len(x)), y] = 1
    return out
""",
        must="rest of | picture | other inputs | lost | erased | cleared | remaining",
    ),
    Coding(
        "overlay_label",
        "Too few inputs are cleared: the loop stops one early.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    for n in range(len(x)):
        for c in range(n_classes - 1):
            out[n, c] = 0
        out[n, y[n]] = 1
    return out
""",
        must="last class | n_classes - 1 | not cleared | one input | keeps its old | keep their old | last of the",
    ),
    Coding(
        "overlay_label",
        "The one-hot is added to the picture, not written over it.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] += np.eye(n_classes)[y]
    return out
""",
        must="added | what was | old values | on top",
    ),
    Coding(
        "overlay_label",
        "Ten classes are assumed, whatever n_classes says.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :10] = 0
    out[np.arange(len(y)), y] = 1
    return out
""",
        must="n_classes | 10 | number of classes | ten",
    ),
    Coding(
        "negative_labels",
        "Always the next class.",
        """
def negative_labels(y, n_classes, rng):
    return (y + 1) % n_classes
""",
        must="plus 1 | next class | always | same shift | y + 1 | not random | of its own | + 1",
    ),
    Coding(
        "negative_labels",
        "The labels are shuffled among the samples: some stay right.",
        """
def negative_labels(y, n_classes, rng):
    return rng.permutation(y)
""",
        must=(
            "right label | by chance | own label | true label | equal to y | are right | is the right | not wrong "
            "| shuffl | permut"
        ),
    ),
    Coding(
        "negative_labels",
        "high is left out: the furthest label never comes.",
        """
def negative_labels(y, n_classes, rng):
    return (y + rng.integers(1, n_classes - 1, size=len(y))) % n_classes
""",
        must="never come | some wrong labels never | left out | n_classes - 1 | every wrong label | high",
    ),
    Coding(
        "negative_labels",
        "Global randomness in place of rng.",
        """
def negative_labels(y, n_classes, rng):
    return (y + np.random.randint(1, n_classes, size=len(y))) % n_classes
""",
        must="rng | generator | np.random | seed",
    ),
    Coding(
        "negative_labels",
        "The shift begins at 0: the right label is possible.",
        """
def negative_labels(y, n_classes, rng):
    out = []
    for label in y:
        out.append((label + rng.integers(0, n_classes)) % n_classes)
    return np.array(out)
""",
        must=(
            "right label | by chance | own label | true label | equal to y | are right | is the right | not wrong "
            "| shift of 0"
        ),
    ),
    Coding(
        "negative_labels",
        "Labels count from 1: class 0 never comes, and a class n_classes does.",
        """
def negative_labels(y, n_classes, rng):
    labels = []
    for label in y:
        choices = [c for c in range(1, n_classes + 1) if c != label]
        labels.append(rng.choice(choices))
    return np.array(labels)
""",
        must="outside | not one of the classes | beyond | range | too large | n_classes | from 1 | class 0",
    ),
    Coding(
        "negative_labels",
        "The labels are floats.",
        """
def negative_labels(y, n_classes, rng):
    return np.floor(y + 1 + rng.random(len(y)) * (n_classes - 1)) % n_classes
""",
        must="float | integer | dtype",
    ),
)
