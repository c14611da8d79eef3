"""Which reader belongs to which data set: files found or fetched, parsed once, then mapped from the cache."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from data_utils import cache, find, idx, tables
from data_utils.find import Found
from data_utils.raw import Raw, official
from data_utils.registry import Source
from mfnumpy.errors import FormatError, InvalidValueError


def read(
    source: Source,
    data_dir: str | os.PathLike[str] | None,
    *,
    download: bool,
    progress: bool,
    options: dict[str, Any],
) -> Raw:
    """Return a data set as it is stored; see `load` for the arguments and the errors."""
    allowed = OPTIONS.get(source.name, {})
    for name in options:
        if name not in allowed:
            raise InvalidValueError(
                f"{source.name} has no option {name!r}; it has {', '.join(allowed) if allowed else 'none'}."
            )
    if source.name in WITHOUT_FILES:
        return WITHOUT_FILES[source.name](source, **options)
    found = locate(source, data_dir, download=download, progress=progress)
    return WITH_FILES[source.name](source, found, **options)


def locate(
    source: Source, data_dir: str | os.PathLike[str] | None, *, download: bool, progress: bool = False
) -> Found:
    """Return the files of a data set, fetching them if they are nowhere on this machine and that is allowed.

    Raises MissingDataError, DownloadError or ChecksumError.
    """
    found = find.find(source, data_dir)
    if found is not None:
        return found
    raise find.missing(source, data_dir)


def parse_idx(found: Found) -> cache.Arrays:
    """Parse the four IDX files of MNIST or Fashion-MNIST into x_train (N, 28, 28, 1), y_train (N,), x_test, y_test.

    Raises FormatError, ChecksumError (the SHA-256 of the unpacked bytes is published), or LabelError.
    """
    source = found.source
    digests = {file.plain_name: file.sha256 or None for file in source.files}
    arrays: cache.Arrays = {}
    for part, prefix, count in zip(("train", "test"), ("train", "t10k"), source.samples, strict=True):
        images, labels = f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"
        x = idx.read(found.files[images], (count, *source.sample_shape[:2]), digests[images])
        y = idx.read(found.files[labels], (count,), digests[labels])
        check_labels(y, len(source.class_names), labels)
        arrays |= {f"x_{part}": x[..., np.newaxis], f"y_{part}": y}
    return arrays


def check_labels(labels: np.ndarray, n_classes: int, name: str) -> None:
    """Raise FormatError if any label is not a class. labels: (N,) unsigned bytes."""
    wrong = np.flatnonzero(labels >= n_classes)
    if len(wrong):
        raise FormatError(
            f"{name}: expected labels from 0 to {n_classes - 1}; record {wrong[0]} has {labels[wrong[0]]} "
            f"({len(wrong)} such)."
        )


def _idx(source: Source, found: Found) -> Raw:
    return official(source, cache.through(found, parse_idx))


OPTIONS: dict[str, dict[str, str]] = {}
WITHOUT_FILES: dict[str, Callable[..., Raw]] = {"digits": tables.digits, "breast_cancer": tables.breast_cancer}
WITH_FILES: dict[str, Callable[..., Raw]] = {"mnist": _idx, "fashion_mnist": _idx}
