"""`load`: from a name to arrays that a trainer can use."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from data_utils import fetching, readers, registry
from data_utils import scaling as scalings
from data_utils.dataset import Dataset
from data_utils.raw import HOLD_OUT_SEED, Part, Raw, held_out_anew
from data_utils.source import Source
from data_utils.views import RowView
from mfnumpy.choices import VALIDATION
from mfnumpy.errors import InvalidValueError, unknown_name
from mfnumpy.support.seeding import stream
from mfnumpy.support.split import how_many, stratified
from mfnumpy.support.validate import integer

LAYOUTS = ("flat", "image")
DTYPES = ("float32", "float64", "uint8")


def load(
    name: str,
    *,
    data_dir: str | os.PathLike[str] | None = None,
    layout: Literal["flat", "image"] = "flat",
    dtype: str = "float32",
    validation: int | float = VALIDATION.value,
    seed: int = 0,
    hold_out: int = HOLD_OUT_SEED,
    subset: int | float | None = None,
    scaling: str | None = None,
    lazy: bool | None = None,
    download: bool = True,
    progress: bool = False,
    **options: Any,
) -> Dataset:
    """A data set by name, divided and scaled.

    name: one of `names()`.
    data_dir: a folder of official files, looked through first (see `data_utils.find`).
    layout: "flat" gives x as (N, H*W*C), "image" as (N, H, W, C). Tables and texts are flat.
    dtype: "float32", "float64", or "uint8" for the stored bytes of images (with scaling="none").
    validation: how much of the official training part becomes validation, a count (int) or a fraction (float),
        drawn by class, by `seed` alone; 0 for none.
    seed: of the validation part, and of what `subset` leaves of it and of training. The test part never depends on it.
    hold_out: the seed of the test part where there is no official one; leave it, unless the test part is to vary.
    subset: at most so many samples of each part (int), or that fraction of each (float), drawn by class.
    scaling: "unit", "standard" or "none" (see `data_utils.scaling`), fitted on x_train alone; None for the set's own.
    lazy: True keeps bytes or sparse rows and converts a batch when it is taken (`RowView`), False converts all
        now, None is the set's own (True for imdb only).
    download: fetch files that are nowhere on this machine.
    progress: show a bar meanwhile.
    options: cifar100: labels="fine" or "coarse". imdb: words=5000, weighting="tfidf", "counts" or "binary".
        transaction-synthetic: samples=20_000.

    Returns a `Dataset`. The same arguments and files give the same bytes. Raises UnknownNameError,
    InvalidValueError, MissingDataError, DownloadError, ChecksumError, FormatError, OutputError (the cache
    cannot be written) or MissingLibraryError, each with a message that says what to do.
    """
    source = registry.get(name)
    _check(source, layout, dtype, scaling)  # before anything is fetched
    raw = readers.read(source, data_dir, download=download, progress=progress, options=options)
    raw = held_out_anew(source, raw, integer("hold_out", hold_out, 0))
    how: dict[str, Any] = {"layout": layout, "dtype": dtype, "scaling": scaling, "lazy": lazy}
    return prepared(source, raw, validation=validation, seed=seed, subset=subset, **how)


def prepared(
    source: Source,
    raw: Raw,
    *,
    layout: Literal["flat", "image"] = "flat",
    dtype: str = "float32",
    validation: int | float = VALIDATION.value,
    seed: int = 0,
    subset: int | float | None = None,
    scaling: str | None = None,
    lazy: bool | None = None,
) -> Dataset:
    """A data set as it was read, divided and scaled.

    source: what is known of it.
    raw: its samples.
    layout, dtype, validation, seed, subset, scaling, lazy: as in `load`.
    Raises UnknownNameError or InvalidValueError for what does not go together.
    """
    kind = _check(source, layout, dtype, scaling)
    raw, val_rows = _divide(raw, validation, subset, seed)
    if raw.features is not None:
        raw = raw.features(raw)
    fitted = scalings.fit(kind, raw.train.x, raw.train.rows, source.largest)
    lazy = source.lazy if lazy is None else lazy
    shape = tuple(raw.train.x.shape[1:])
    input_shape = (int(np.prod(shape)),) if layout == "flat" else shape

    def part(p: Part) -> tuple[np.ndarray | RowView, np.ndarray]:
        """One part of the data, in the layout and dtype asked for."""
        view = RowView(p.x, p.rows, input_shape, fitted, np.dtype(dtype))
        return (view if lazy else view.materialise()), p.y[p.rows].astype(np.int64)

    parts = [part(p) for p in (raw.train, replace(raw.train, rows=val_rows), raw.test)]
    return _dataset(source, raw, parts, input_shape, fitted.text)


def _dataset(
    source: Source, raw: Raw, parts: list[tuple[Any, np.ndarray]], input_shape: tuple[int, ...], scaling: str
) -> Dataset:
    """The parts (training, validation, test: x, y) with what is known about them."""
    (x_train, y_train), (x_val, y_val), (x_test, y_test) = parts
    shape = tuple(raw.train.x.shape[1:])
    return Dataset(
        name=source.name,
        x_train=x_train, y_train=y_train, x_val=x_val, y_val=y_val, x_test=x_test, y_test=y_test,
        class_names=raw.class_names,
        input_shape=input_shape,
        image_shape=(shape[0], shape[1], shape[2]) if source.kind == "image" else None,
        feature_names=raw.feature_names,
        scaling=scaling,
        licence=source.licence,
        citation=source.citation,
        notes=raw.notes,
    )  # fmt: skip


def fetch(
    name: str, *, data_dir: str | os.PathLike[str] | None = None, progress: bool = False, again: bool = False
) -> tuple[Path, ...]:
    """The paths of a data set's files, none for a set without files; what is not on this machine is fetched.

    name, data_dir, progress: as in `load`, which says what is raised.
    again: do not be content with files that are here; those in the cache are kept only if their MD5 is the
        publisher's.
    """
    source = registry.get(name)
    if not source.files:
        return ()
    if again and source.downloadable:
        return tuple(fetching.fetch(source, progress=progress).files.values())
    return tuple(readers.locate(source, data_dir, download=True, progress=progress, keep=True).files.values())


def _check(source: Source, layout: str, dtype: str, scaling: str | None) -> str:
    """Refuse arguments that do not fit together; return the name of the scaling."""
    if layout not in LAYOUTS:
        raise unknown_name("layout", layout, LAYOUTS)
    if dtype not in DTYPES:
        raise unknown_name("dtype", dtype, DTYPES)
    if layout == "image" and source.kind != "image":
        raise InvalidValueError(f"{source.name} holds no images ({source.kind}): expected layout='flat'; got 'image'.")
    kind = source.scaling if scaling is None else scaling
    if dtype == "uint8" and (kind != "none" or source.kind != "image"):
        raise InvalidValueError(
            "dtype='uint8' means the stored bytes of images, so it needs an image set and scaling='none'; "
            f"got {source.name} with scaling={kind!r}."
        )
    return kind


def _divide(raw: Raw, validation: int | float, subset: int | float | None, seed: int) -> tuple[Raw, np.ndarray]:
    """Take validation out of the training part, then the subset of each part; returns (Raw, validation rows)."""
    count = how_many(validation, len(raw.train.rows), "validation")
    rest, drawn = stratified(raw.train.y[raw.train.rows], count, stream(seed, "validation part"))
    train = replace(raw.train, rows=raw.train.rows[rest])
    val = replace(raw.train, rows=raw.train.rows[drawn])
    test = raw.test
    if subset is not None:
        train = _fewer(train, subset, stream(seed, "training subset"))
        val = _fewer(val, subset, stream(seed, "validation subset"))
        test = _fewer(test, subset, stream(HOLD_OUT_SEED, "test subset"))  # the same for every seed
    return replace(raw, train=train, test=test), val.rows


def _fewer(part: Part, subset: int | float, rng: np.random.Generator) -> Part:
    """At most `subset` rows of a part (int), or that fraction of it (float), drawn by class."""
    if isinstance(subset, int | np.integer) and not isinstance(subset, bool) and subset >= 1:
        subset = min(subset, len(part.rows))
    elif not isinstance(subset, float | np.floating) or not 0 < subset < 1:
        raise InvalidValueError(f"subset must be an integer >= 1 or a fraction between 0 and 1; got {subset!r}.")
    keep = how_many(subset, len(part.rows), "subset", whole=True)
    _, drawn = stratified(part.y[part.rows], keep, rng)
    return replace(part, rows=part.rows[drawn])
