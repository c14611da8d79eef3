"""A few samples of a data set, to look at before training on it."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from data_utils import cache, readers, registry, reviews
from data_utils.dataset import Dataset
from data_utils.loading import load
from data_utils.source import Source
from mfnumpy.errors import InvalidValueError
from mfnumpy.support.split import apportion

IMAGES = 100
ROWS = 8
COLUMNS = 6
TEXT = 160


@dataclass(frozen=True)
class Table:
    """Samples in words.

    title: above them.
    columns: their names.
    rows: one for each sample, all as text.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def pick(labels: np.ndarray, n_classes: int, count: int) -> np.ndarray:
    """The rows of the first samples of each class, class after class.

    labels: (N,) integers.
    n_classes: m.
    count: how many in all; one of each class where this is less than m.
    """
    share = apportion(np.ones(n_classes), max(count, n_classes))
    return np.concatenate([np.flatnonzero(labels == c)[:n] for c, n in enumerate(share)])


def images(name: str, data_dir: str | os.PathLike[str] | None = None) -> tuple[np.ndarray, list[str]]:
    """(n, H, W, C) training images in [0, 1] and their class names, class after class.

    Raises InvalidValueError for a data set without images, and what `load` raises.
    """
    if registry.get(name).kind != "image":
        raise InvalidValueError(f"{name} holds no images; expected one of the image sets, see `mfnumpy data list`.")
    data = load(name, data_dir=data_dir, layout="image", scaling="unit", validation=0, lazy=True)
    rows = pick(data.y_train, data.n_classes, IMAGES)
    return data.x_train[rows], [data.class_names[label] for label in data.y_train[rows]]


def table(name: str, data_dir: str | os.PathLike[str] | None = None) -> Table:
    """A few training samples of a table or of texts, in words, with values as they are stored.

    Raises InvalidValueError for a data set of images, and what `load` raises.
    """
    source = registry.get(name)
    if source.kind == "image":
        raise InvalidValueError(f"{name} holds images; expected a table or texts.")
    if source.kind == "text":
        return _texts(source, data_dir)
    data = load(name, data_dir=data_dir, scaling="none", validation=0)
    columns = ("class", *data.feature_names[:COLUMNS], f"... {data.input_shape[0] - COLUMNS} more")
    return Table(_title(data), columns, tuple(_row(data, i) for i in pick(data.y_train, data.n_classes, ROWS)))


def _row(data: Dataset, index: int) -> tuple[str, ...]:
    values = (f"{value:.4g}" for value in data.x_train[index][:COLUMNS])
    return (data.class_names[data.y_train[index]], *values, "")


def _title(data: Dataset) -> str:
    return f"{data.name}: {ROWS} of {len(data.y_train):,} training samples"


def _texts(source: Source, data_dir: str | os.PathLike[str] | None) -> Table:
    arrays = cache.through(readers.locate(source, data_dir, download=True), reviews.parse)
    n_train = source.samples[0]
    chosen = pick(arrays["labels"][:n_train], len(source.class_names), ROWS)
    rows = (
        (source.class_names[arrays["labels"][i]], reviews.text_of(arrays, int(i))[:TEXT].replace("<br />", " ") + "...")
        for i in chosen
    )
    return Table(f"{source.name}: {ROWS} of {n_train:,} training reviews", ("class", "begins"), tuple(rows))
