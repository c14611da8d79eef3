"""Are these files the published ones? Each check says what it compared, and what it could not.

The publisher's MD5 is of the packed file. Where the same content is packed anew (another gzip, or xz), that
sum says nothing, and what is inside is compared instead: SHA-256 where published, else the published counts
and means.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from data_utils import cifar, grey, readers, registry, reviews, transaction
from data_utils.found import Found
from data_utils.raw import Raw
from data_utils.scaling import mean_and_sd_of_bytes
from data_utils.source import Source
from data_utils.streams import md5
from data_utils.wording import shown
from mfnumpy.errors import ChecksumError, FormatError
from mfnumpy.support.split import counts_of

MEANS = {"cifar10": (0.49139968, 0.48215841, 0.44653091), "cifar100": (0.50707516, 0.48654887, 0.44091784)}
"""Mean of each colour over the training part, as published with many implementations."""


@dataclass(frozen=True)
class Check:
    """One comparison.

    what: was compared.
    result: "ok", "differs" (which does not condemn the file) or "not checked".
    detail: the values, in words.
    """

    what: str
    result: str
    detail: str


def verify(name: str, data_dir: str | os.PathLike[str] | None = None) -> list[Check]:
    """Check the files of a data set that are on this machine, and return what was compared.

    Always reads the files themselves, never the cache of parsed arrays. Downloads nothing.
    Raises MissingDataError if there are none, ChecksumError or FormatError at the first thing that must not be.
    """
    source = registry.get(name)
    if not source.files:
        return _without_files(source)
    found = readers.locate(source, data_dir, download=False)
    checks = [Check("files", "ok", shown(found.folder)), *_wrappers(found)]
    if name in ("mnist", "fashion_mnist"):
        return checks + _idx(found)
    if name in ("cifar10", "cifar100"):
        return checks + _cifar(found)
    return checks + (_reviews(found) if name == "imdb" else _transaction(found))


def _wrappers(found: Found) -> list[Check]:
    """Compare the packed files with the publisher's MD5, where a file of that name is there."""
    checks = []
    here = {path.name: path for path in found.files.values()}
    for remote in found.source.files:
        what = f"{remote.name}: MD5 as published"
        if not remote.md5:
            checks.append(Check(what, "not checked", "the publisher gives none"))
        elif remote.name not in here:
            names = shown(", ".join(sorted(here)))
            checks.append(Check(what, "not checked", f"not packed like that here ({names})"))
        elif md5(here[remote.name]) == remote.md5:
            checks.append(Check(what, "ok", remote.md5))
        else:
            checks.append(Check(what, "differs", "packed anew; what is inside is compared below"))
    return checks


def _idx(found: Found) -> list[Check]:
    """Shapes and the SHA-256 of the unpacked bytes: complete proof, whatever the wrapper."""
    grey.parse(found)
    facts = [(f.plain_name, f.sha256) for f in found.source.files]
    return [Check(f"{name}: SHA-256 of the unpacked bytes", "ok", digest) for name, digest in facts]


def _cifar(found: Found) -> list[Check]:
    """Record counts, labels in range, equal classes; for CIFAR-10 also the published means."""
    source = found.source
    classes = (10,) if source.name == "cifar10" else (20, 100)
    arrays = cifar.read(found, classes)
    checks = [Check("records and label range", "ok", "{:,} + {:,}".format(*source.samples))]
    for part, count in zip(("train", "test"), source.samples, strict=True):
        for column, n_classes in enumerate(classes):
            counts = counts_of(arrays[f"y_{part}"][:, column], n_classes)
            if (counts != count // n_classes).any():
                raise FormatError(
                    f"{source.name}: expected {count // n_classes:,} {part} samples of each of {n_classes} classes; "
                    f"found {counts.min():,} to {counts.max():,}. Fetch the files again."
                )
            checks.append(Check(f"{part}: {count // n_classes:,} samples of each of {n_classes} classes", "ok", ""))
    mean, _ = mean_and_sd_of_bytes(arrays["x_train"], np.arange(source.samples[0]))
    text = ", ".join(f"{m:.8f}" for m in mean / 255)
    known = MEANS[source.name]
    if not np.allclose(mean / 255, known, rtol=0, atol=5e-9):
        raise ChecksumError(f"{source.name}: expected the training part's channel means {known}; found {text}.")
    checks.append(Check("train: channel means as published", "ok", text))
    if not any(c.result == "ok" and "MD5" in c.what for c in _wrappers(found)):
        checks.append(Check("order of the records", "not checked", "only the publisher's own .tar.gz proves it"))
    return checks


def _reviews(found: Found) -> list[Check]:
    texts, _ = reviews.read_texts(found)
    total = sum(len(text) for text in texts)
    return [Check("12,500 reviews of each class in each part", "ok", f"{len(texts):,} texts, {total:,} characters")]


def _transaction(found: Found) -> list[Check]:
    y = transaction.parse(found)["y"]
    same = "ok" if len(y) == found.source.samples[0] else "differs"
    return [
        Check("every cell a finite number, every target 0 or 1", "ok", ""),
        Check(f"{found.source.samples[0]:,} rows", same, f"{len(y):,} rows"),
        Check("classes", "ok", transaction.imbalance(y)),
    ]


def _without_files(source: Source) -> list[Check]:
    """Sets that come with scikit-learn or are generated: there is no file, but the shape is known."""
    raw: Raw = readers.read(source, None, download=False, progress=False, options={})
    shape = tuple(raw.train.x.shape)
    if shape != (source.samples[0], *source.sample_shape):
        raise FormatError(f"{source.name}: expected shape {(source.samples[0], *source.sample_shape)}; got {shape}.")
    counts = counts_of(raw.train.y).tolist()
    return [Check("no files; shape", "ok", str(shape)), Check("samples per class", "ok", str(counts))]
