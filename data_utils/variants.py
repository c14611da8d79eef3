"""What a file is to someone who looks for a data set: another version of it, another set, or something else."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from data_utils import forms, idx, registry
from data_utils.contents import Content
from data_utils.source import Source
from data_utils.wording import human_bytes
from mfnumpy.errors import DataError

_CODE = "reading a pickle can run any code that its maker put in, so none is ever read here"
_AGAIN = "take the files as published"
_BINARY = "take the binary version"

VARIANTS: tuple[tuple[str, str, tuple[str, ...], str, str], ...] = (
    (
        "tar pickle", r"cifar-10-batches-py|\bdata_batch_\d$|\btest_batch$|\bbatches\.meta$", ("cifar10",),
        "CIFAR-10's Python version, which is made of pickles", f"{_CODE}; {_BINARY}",
    ),
    (
        "tar pickle", r"cifar-100-python", ("cifar100",),
        "CIFAR-100's Python version, which is made of pickles", f"{_CODE}; {_BINARY}",
    ),
    ("tar mat", r"cifar-10-batches-mat|\bdata_batch_\d\.mat$", ("cifar10",), "CIFAR-10's MATLAB version", _BINARY),
    ("tar mat", r"cifar-100-matlab", ("cifar100",), "CIFAR-100's MATLAB version", _BINARY),
    ("tar zip", r"idx\d.ubyte", ("mnist", "fashion_mnist"), "an archive of IDX files", "unpack it and name the folder"),
    (
        "csv", r"^(label,)?pixel0,", ("mnist",),
        "a table of Kaggle's Digit Recognizer, which divides the digits in another way and keeps labels back", _AGAIN,
    ),
    ("csv", r"^id,label\b", ("cifar10",), "Kaggle's list of the labels of its CIFAR-10 pictures", _AGAIN),
    (
        "csv", r"^.?review.?,.?sentiment", ("imdb",),
        "Kaggle's table of the film reviews, which does not say which of them are the training part", _AGAIN,
    ),
    ("csv", r"^ID_code,var_0", ("transaction",), "Santander's test.csv, which has no targets", "take train.csv"),
    ("csv", r"^ID_code[;\t]", ("transaction",), "a table whose columns are not divided by commas", "save it anew"),
    ("bytes", r"\.tfrecord", tuple(registry.SOURCES), "a TFRecord of TensorFlow's data sets", _AGAIN),
    ("npz", r"imdb", ("imdb",), "Keras's imdb.npz, whose arrays are pickles", f"{_CODE}; {_AGAIN}"),
)  # fmt: skip
"""Of what kinds; a pattern of what a file's name, an archive's members or a table's first line say; of which sets; what
it is and what to do."""


def variant(content: Content) -> tuple[tuple[str, ...], str, str]:
    """The sets of which a file is a known variant, what it is and what to do; ((), "", "") where it is none."""
    evidence = [f"{content.path.parent.name}/{content.path.name}", *content.names]
    if content.kind == "csv":
        evidence = [content.line]
    for kinds, pattern, sets, what, remedy in VARIANTS:
        if content.kind in kinds.split() and any(re.search(pattern, text) for text in evidence):
            return sets, what, remedy
    return (), "", ""


def whose(content: Content) -> str | None:
    """The set of which a file is the archive, or the published labels; None if that is not known."""
    for source in registry.SOURCES.values():
        if content.kind == "tar" and source.archive and forms.holds(source, content.names):
            return source.name
        digests = [file.sha256 for file in source.files if file.sha256]
        if digests and content.kind == "idx" and len(content.shape) == 1:
            try:
                if idx.digest(content.path) in digests:
                    return source.name
            except DataError:
                return None
    return None


def sentence(source: Source, content: Content) -> str:
    """Say what a file is, to someone who looks for this set, and what to do; one sentence without its full stop."""
    sets, what, remedy = variant(content)
    if sets:
        return content.sentence(what, remedy)
    if (other := whose(content)) not in (None, source.name):
        return content.sentence(f"{other}'s, not {source.name}'s", f"load it as {other}, or name another folder")
    if content.kind == "idx" and "idx" in "".join(source.members):
        return content.sentence(*_about_idx(source, content))
    if content.kind == "bytes" and forms.plain_name(content.path) in {PurePosixPath(m).name for m in source.members}:
        what = f"a file of {human_bytes(content.size)} that is not what belongs here"
        return content.sentence(what, "download it again")
    if content.kind == "bytes":
        return content.sentence(remedy=_AGAIN)
    if content.kind in ("csv", "npz"):
        return content.sentence(remedy=_AGAIN)
    return content.sentence()


def _about_idx(source: Source, content: Content) -> tuple[str, str]:
    """What an IDX file is that is not one of the set's, and what to do."""
    shapes = [shape for count in source.samples for shape in ((count, *source.sample_shape[:2]), (count,))]
    if content.shape not in shapes:
        return f"an IDX array of shape {content.shape}, which no file of {source.name} has", _AGAIN
    alike = "MNIST, Fashion-MNIST, KMNIST and EMNIST have the same shapes"
    return f"an IDX array of a right shape, but not {source.name}'s ({alike}): its SHA-256 is another", _AGAIN
