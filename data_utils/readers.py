"""Which reader belongs to which data set: files found or fetched, parsed once, then mapped from the cache."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data_utils import cache, cifar, explain, fetching, find, grey, reviews, tables, transaction
from data_utils.class_names import CIFAR100_COARSE, CIFAR100_FINE
from data_utils.found import Found
from data_utils.raw import Raw, official
from data_utils.source import Source
from data_utils.wording import shown
from mfnumpy.errors import ChecksumError, DataWarning, DownloadError, InvalidValueError, OutputError, unknown_name


def read(
    source: Source,
    data_dir: str | os.PathLike[str] | None,
    *,
    download: bool,
    progress: bool,
    options: dict[str, Any],
) -> Raw:
    """A data set as it is stored.

    source: the data set.
    data_dir, download, progress: as in `locate`.
    options: the set's own, as in `load`, which says what is raised.
    """
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


def locate(
    source: Source,
    data_dir: str | os.PathLike[str] | None,
    *,
    download: bool,
    progress: bool = False,
    keep: bool = False,
) -> Found:
    """The files of a data set; those that are nowhere on this machine are fetched.

    source: the data set.
    data_dir: a folder that is looked through first, None for none.
    download: whether fetching is allowed.
    progress: show a bar meanwhile.
    keep: what is fetched must be there for later runs too; else, where the cache cannot be written, it is kept for this
        run alone, with a warning.
    Warns where files lie in a given folder that seem to be meant and cannot be used. Raises MissingDataError,
    FormatError (a file is something else than its name says), DownloadError, ChecksumError or OutputError.
    """
    found = find.find(source, data_dir)
    if found is not None:
        explain.refuse_something_else(found)
        if data_dir and (unused := explain.lies_unused(found, data_dir)):
            warnings.warn(f"{source.name}: read from {shown(found.folder)}. {unused}", DataWarning, stacklevel=2)
        return found
    if not download or not source.downloadable:
        raise explain.missing(source, data_dir)
    have, _ = find.gather(source, data_dir)
    there = explain.lies_there(source, data_dir)
    try:
        fetched = (_fetch if keep else _fetch_anyhow)(source, have, progress)
    except (DownloadError, ChecksumError) as error:
        raise type(error)(f"{there} {error}".strip()) from error
    if there:
        warnings.warn(f"{source.name}: downloaded. {there}", DataWarning, stacklevel=2)
    return fetched


def _fetch(source: Source, have: Found, progress: bool) -> Found:
    """Fetch what is missing into the user's cache."""
    return fetching.fetch(source, have=have.files, progress=progress)


def _fetch_anyhow(source: Source, have: Found, progress: bool) -> Found:
    """Fetch what is missing into the user's cache, or where that cannot be written, into a folder for this run."""
    try:
        return _fetch(source, have, progress)
    except OutputError as error:
        try:
            folder = _folder_for_this_run() / source.name
        except OSError:
            raise error from None
        found = fetching.fetch(source, have=have.files, progress=progress, folder=folder)
        text = f"{error} What was downloaded is kept for this run alone (MFNUMPY_CACHE_DIR names another folder)."
        warnings.warn(text, DataWarning, stacklevel=3)
        return found


@functools.cache
def _folder_for_this_run() -> Path:
    """A folder that is removed when Python ends; the same each time, so that nothing is downloaded twice."""
    folder = Path(tempfile.mkdtemp(prefix="mfnumpy-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _idx(source: Source, found: Found) -> Raw:
    return official(source, cache.through(found, grey.parse))


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
