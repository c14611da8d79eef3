"""The forms in which people have a data set, and which of the files that lie somewhere make one up.

    mnist, fashion_mnist   four IDX files under any names; the .npz of Keras; two tables with a row for each image
    cifar10, cifar100      the binary version, as an archive of any name or unpacked
    imdb                   the archive under any name, or its folder
    transaction            Kaggle's table; the arrays that were fetched from OpenML

A file's content decides, and its name only where the content cannot: which of CIFAR's batches it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from data_utils import cifar, idx, npz, openml, reviews, transaction
from data_utils.contents import Content
from data_utils.source import Source
from mfnumpy.errors import DataError

Parts = dict[str, Path]
NPZ_ARRAYS = ("x_train", "y_train", "x_test", "y_test")
COPY = re.compile(r"( ?\(\d+\)| - copy( \(\d+\))?|_copy|\.copy)$")
"""What browsers and file managers add to a name that is already there."""


@dataclass(frozen=True)
class Form:
    """One form in which people have a set.

    name: "files", "npz", ...
    parts: the names of what it consists of.
    pick: (source, files that were seen) -> those that make up the set.
    """

    name: str
    parts: tuple[str, ...]
    pick: Callable[[Source, Sequence[Content]], Parts]


def plain_name(path: Path) -> str:
    """A file's name in lower case, without a packer's ending and without a browser's ` (1)`."""
    name = path.name.lower()
    stem, dot, ending = name.rpartition(".")
    if dot and ending in ("gz", "xz", "bz2", "lzma"):
        name = stem
        stem, dot, ending = name.rpartition(".")
    if not dot:
        return COPY.sub("", name)
    return COPY.sub("", stem) + dot + ending


def of(source: Source) -> tuple[Form, ...]:
    """The forms in which a data set is looked for, the published one first."""
    members, archive = Form("files", source.members, _PICKS[source.name]), Form("archive", (source.archive,), _archive)
    if source.name in ("mnist", "fashion_mnist"):
        return (members, Form("npz", ("npz",), _npz), Form("csv", ("train", "test"), _image_tables))
    if source.name in ("cifar10", "cifar100"):
        return (members, archive)
    if source.name == "imdb":
        return (archive, Form("folder", reviews.FOLDERS, _review_folders))
    return (members, Form("npz", ("npz",), _transactions_npz))


def root_of(form: Form, part: Path) -> Path:
    """The folder in which a form lies, by the path of one of its parts."""
    return part.parents[1] if form.name == "folder" else part.parent


def _idx_files(source: Source, seen: Sequence[Content]) -> Parts:
    """IDX files by the shape in their headers; labels, and images that no labels vouch for, also by their digest."""
    digests = {file.plain_name: file.sha256 for file in source.files}
    found: Parts = {}
    others = False  # there are labels, and they are another set's: so are the images, which take longer to tell
    for name in sorted(source.members, key=lambda name: "images" in name):
        count = source.samples[name.startswith("t10k")]
        images = "images" in name
        shape = (count, *source.sample_shape[:2]) if images else (count,)
        alike = [content.path for content in seen if content.kind == "idx" and content.shape == shape]
        vouched = images and len(alike) == 1 and name.replace("images-idx3", "labels-idx1") in found
        if not found and others and images:
            continue
        right = (path for path in alike if vouched or not digests[name] or _digest(path) == digests[name])
        if (path := next(right, None)) is not None:
            found[name] = path
        others |= bool(alike)
    return found


def _digest(path: Path) -> str:
    try:
        return idx.digest(path)
    except DataError:
        return ""


def _npz(source: Source, seen: Sequence[Content]) -> Parts:
    """The .npz of Keras: its labels, which are read in no time, must be the published ones."""
    digests = {file.plain_name: file.sha256 for file in source.files}
    for content in seen:
        if content.kind != "npz" or content.names[0].removesuffix(".npy") not in NPZ_ARRAYS:
            continue
        try:
            labels = npz.read(content.path, {"y_train": source.samples[:1]}, "ui")["y_train"]
        except DataError:
            continue
        if idx.digest_of(labels) == digests["train-labels-idx1-ubyte"]:
            return {"npz": content.path}
    return {}


def _image_tables(source: Source, seen: Sequence[Content]) -> Parts:
    """Two tables, label first and then each pixel, the set told by its name or its folder's."""
    found: Parts = {}
    columns = 1 + source.sample_shape[0] * source.sample_shape[1]
    for content in seen:
        near = f"{content.path.parent.name}/{content.path.name}".lower()
        if content.kind != "csv" or content.line.count(",") != columns - 1 or "mnist" not in near:
            continue
        if ("fashion" in near) != ("fashion" in source.name) or content.line.startswith("label,pixel0"):
            continue
        for part in ("train", "test"):
            if part in content.path.name.lower():
                found.setdefault(part, content.path)
    return found


def _cifar_files(source: Source, seen: Sequence[Content]) -> Parts:
    """The .bin files by their names and sizes: nothing in them tells which of the batches they are."""
    bases = {PurePosixPath(member).name: member for member in source.members}
    sizes = {member: cifar.size_of(source, member) for member in source.members}
    found: Parts = {}
    for content in seen:
        member = bases.get(plain_name(content.path))
        if member and (content.kind == "bytes" if content.packed else content.size == sizes[member]):
            found.setdefault(member, content.path)
    return found


def _archive(source: Source, seen: Sequence[Content]) -> Parts:
    """The archive by the names of its first members."""
    for content in seen:
        if content.kind == "tar" and holds(source, content.names):
            return {source.archive: content.path}
    return {}


def holds(source: Source, names: Sequence[str]) -> bool:
    """Whether an archive with such members is this set's, in the form that is read here."""
    bases = {PurePosixPath(member).name for member in source.members}
    roots = {PurePosixPath(member).parts[0] for member in source.members}
    parts = [PurePosixPath(name).parts for name in names]
    if source.name == "imdb":
        return any(
            "aclImdb" in p or "/".join(p[-3:-1] if "." in p[-1] else p[-2:]) in reviews.FOLDERS for p in parts if p
        )
    return any(roots & set(p) or (p and p[-1] in bases) for p in parts)


def _review_folders(source: Source, seen: Sequence[Content]) -> Parts:
    """The folders of reviews, told by any file in them or beside them."""
    above = dict.fromkeys(folder for content in seen for folder in content.path.parents[:3])
    found = [{name: root / name for name in reviews.FOLDERS if (root / name).is_dir()} for root in above]
    return max(found, key=len, default={})


def _transactions(source: Source, seen: Sequence[Content]) -> Parts:
    """Kaggle's table by its header."""
    table = next((content.path for content in seen if content.line.rstrip() == transaction.HEADER), None)
    return {source.members[0]: table} if table else {}


def _transactions_npz(source: Source, seen: Sequence[Content]) -> Parts:
    """The arrays that were fetched from OpenML, by the name under which they are kept."""
    kept = next((c.path for c in seen if c.kind == "npz" and plain_name(c.path) == openml.FILE), None)
    return {"npz": kept} if kept else {}


_PICKS: dict[str, Callable[[Source, Sequence[Content]], Parts]] = {
    "mnist": _idx_files,
    "fashion_mnist": _idx_files,
    "cifar10": _cifar_files,
    "cifar100": _cifar_files,
    "imdb": _archive,
    "transaction": _transactions,
}
