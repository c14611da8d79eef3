"""Further mistakes in free codings of overlay_label and negative_labels."""

from corpus import Coding

CODINGS = (
    Coding(
        "overlay_label",
        "The label is as strong as the brightest pixel, as in Hinton's code.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, :n_classes] *= 0.0
    out[range(x.shape[0]), y] = x.max()
    return out
""",
        must="not written as a 1 | largest | strength | brightest | value of the label | strong",
        must_not="in place | not cleared",
    ),
    Coding(
        "overlay_label",
        "The picture stays under the label: the first inputs are not cleared.",
        """
def overlay_label(x, y, n_classes):
    x = np.array(x)
    for i, label in enumerate(y):
        x[i, label] = 1
    return x
""",
        must="clear | zero | 0 at the others | old values | other places | held before | remain",
        must_not="in place",
    ),
    Coding(
        "overlay_label",
        "In place.",
        """
def overlay_label(x, y, n_classes):
    x[:, :n_classes] = np.eye(n_classes)[y]
    return x
""",
        must="in place | argument | changes | changed | copy",
    ),
    Coding(
        "overlay_label",
        "The label is put in front of the inputs: more columns.",
        """
def overlay_label(x, y, n_classes):
    return np.concatenate([np.eye(n_classes)[y], x], axis=1)
""",
        must="beside the inputs | columns | longer | concat | appended | in front | wider",
    ),
    Coding(
        "overlay_label",
        "Into the last inputs, not the first.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    out[:, -n_classes:] = (y[:, None] == np.arange(n_classes)).astype(x.dtype)
    return out
""",
        must=(
            "last inputs | last columns | first inputs | first columns | at the end | wrong place | wrong columns"
            " | end of the row"
        ),
        must_not="in place",
    ),
    Coding(
        "overlay_label",
        "One input too many is cleared.",
        """
def overlay_label(x, y, n_classes):
    out = x.copy()
    for n in range(len(y)):
        for c in range(n_classes + 1):
            out[n, c] = 1.0 if c == y[n] else 0.0
    return out
""",
        must="one ... too many | more than | beyond",
        must_not="in place",
    ),
    Coding(
        "negative_labels",
        "Any label is drawn: the own one is possible.",
        """
def negative_labels(y, n_classes, rng):
    return rng.integers(n_classes, size=y.shape)
""",
        must="own label | right label | right one | true label | same label | differ | equal",
        must_not="rng",
    ),
    Coding(
        "negative_labels",
        "The next label, always.",
        """
def negative_labels(y, n_classes, rng):
    return np.array([(label + 1) % n_classes for label in y])
""",
        must="always | next | same wrong | plus 1 | + 1",
        must_not="own label",
    ),
    Coding(
        "negative_labels",
        "A second try where the first hit the right label; the second may hit it again.",
        """
def negative_labels(y, n_classes, rng):
    wrong = rng.integers(0, n_classes, size=len(y))
    hit = wrong == y
    wrong[hit] = rng.integers(0, n_classes, size=hit.sum())
    return wrong
""",
        must="own label | right label | right one | true label | same label | differ | equal",
    ),
    Coding(
        "negative_labels",
        "integers leaves its end out: the label just below is never drawn.",
        """
def negative_labels(y, n_classes, rng):
    offset = rng.integers(1, n_classes - 1, size=len(y))
    return (y + offset) % n_classes
""",
        must="never | equally likely | left out | one of the wrong | not all | y - 1 | missing",
        must_not="own label | right label",
    ),
    Coding(
        "negative_labels",
        "One shift for the whole batch.",
        """
def negative_labels(y, n_classes, rng):
    k = rng.integers(1, n_classes)
    return (y + k) % n_classes
""",
        must=(
            "same distance | label of its own | one distance | one random | one draw | whole batch"
            " | all samples | same shift"
        ),
        must_not="own label",
    ),
)
