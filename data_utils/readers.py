"""Which reader belongs to which data set: files found or fetched, parsed once, then mapped from the cache."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from data_utils import cache, cifar, fetching, find, idx, reviews, tables, transaction
from data_utils.class_names import CIFAR100_COARSE, CIFAR100_FINE
from data_utils.find import Found
from data_utils.raw import Raw, official
from data_utils.source import Source
from mfnumpy.errors import InvalidValueError, unknown_name


def read(
    source: Source,
    data_dir: str | os.PathLike[str] | None,
    *,
    download: bool,
    progress: bool,
    options: dict[str, Any],
) -> Raw:
    """Return a data set as it is stored; see `load` for the arguments and the errors."""
    allowed = OPTIONS.get(source.name, ())
    for name in options:
        if name not in allowed:
            raise InvalidValueError(
                f"{source.name} has no option {name!r}; it has {', '.join(allowed) if allowed else 'none'}."
            )
    if source.name in WITHOUT_FILES:
        return WITHOUT_FILES[source.name](source, **options)
    found = locate(source, data_dir, download=download, progress=progress)
    return WITH_FILES[source.name](source, found, **options)


def locate(source: Source, data_dir: str | os.PathLike[str] | None, *, download: bool, progress: bool = False) -> Found:
    """Return the files of a data set, fetching them if they are nowhere on this machine and that is allowed.

    Raises MissingDataError, DownloadError or ChecksumError.
    """
    found = find.find(source, data_dir)
    if found is not None:
        return found
    if not download or not source.downloadable:
        raise find.missing(source, data_dir)
    return fetching.fetch(source, progress=progress)


def parse_idx(found: Found) -> cache.Arrays:
    """Parse the four IDX files of MNIST or Fashion-MNIST: x_train (N, 28, 28, 1), y_train (N,), x_test, y_test.

    Raises FormatError, ChecksumError (the SHA-256 of the unpacked bytes is published).
    """
    source = found.source
    digests = {file.plain_name: file.sha256 or None for file in source.files}
    arrays: cache.Arrays = {}
    for part, prefix, count in zip(("train", "test"), ("train", "t10k"), source.samples, strict=True):
        images, labels = f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"
        x = idx.read(found.files[images], (count, *source.sample_shape[:2]), digests[images])
        y = idx.read(found.files[labels], (count,), digests[labels])
        cifar.check_labels(y, len(source.class_names), labels)
        arrays |= {f"x_{part}": x[..., np.newaxis], f"y_{part}": y}
    return arrays


def _idx(source: Source, found: Found) -> Raw:
    return official(source, cache.through(found, parse_idx))


def _cifar10(source: Source, found: Found) -> Raw:
    arrays = cache.through(found, lambda f: cifar.read(f, (10,)))
    return official(source, arrays | {y: arrays[y][:, 0] for y in ("y_train", "y_test")})


def _cifar100(source: Source, found: Found, labels: str = "fine") -> Raw:
    columns = {"coarse": (0, CIFAR100_COARSE), "fine": (1, CIFAR100_FINE)}
    if labels not in columns:
        raise unknown_name("label set", labels, columns)
    column, class_names = columns[labels]
    arrays = cache.through(found, lambda f: cifar.read(f, (20, 100)))
    chosen = {y: arrays[y][:, column] for y in ("y_train", "y_test")}
    return official(source, arrays | chosen, class_names=class_names)


def _transaction(source: Source, found: Found) -> Raw:
    return transaction.raw(source, cache.through(found, transaction.parse))


def _imdb(source: Source, found: Found, **options: Any) -> Raw:
    return reviews.raw(found, cache.through(found, reviews.parse), **options)


OPTIONS = {
    "cifar100": ("labels",),
    "imdb": ("words", "weighting"),
    "transaction-synthetic": ("samples",),
}
WITHOUT_FILES: dict[str, Callable[..., Raw]] = {
    "digits": tables.digits,
    "breast_cancer": tables.breast_cancer,
    "transaction-synthetic": transaction.synthetic,
}
WITH_FILES: dict[str, Callable[..., Raw]] = {
    "mnist": _idx,
    "fashion_mnist": _idx,
    "cifar10": _cifar10,
    "cifar100": _cifar100,
    "transaction": _transaction,
    "imdb": _imdb,
}
