"""A data set of one's own: a table as text (.csv) or NumPy's arrays (.npz), divided and scaled like those by name.

A .csv file has a line of names, then a line for each sample; one column holds the classes. Columns of numbers are taken
as they are, columns of words become one column of 0 and 1 for each word. A .npz file has the labels as one array, and
the samples as another of as many rows: (N, features), (N, H, W) or (N, H, W, C). The test part is a fifth, drawn by
class and the same for every seed; what is fitted is fitted on the training rows alone.
"""

from __future__ import annotations

import csv
import io
import math
import os
import zipfile
from pathlib import Path
from typing import Literal

import numpy as np

from data_utils import npz
from data_utils.dataset import Dataset
from data_utils.loading import prepared
from data_utils.raw import Raw, hold_out
from data_utils.source import Source
from data_utils.streams import open_bounded, open_regular
from data_utils.wording import shown
from mfnumpy.choices import VALIDATION
from mfnumpy.errors import FormatError, InvalidValueError, unknown_name

MOST_BYTES = 4 << 30
"""No longer table is read."""
MOST_WORDS = 100
"""A column of words with more of them than this is no feature, and more classes are no classes."""
DELIMITERS = (",", ";", "\t")


def load_own(
    path: str | os.PathLike[str],
    target: str,
    *,
    layout: Literal["flat", "image"] = "flat",
    dtype: str = "float32",
    validation: int | float = VALIDATION.value,
    seed: int = 0,
    subset: int | float | None = None,
) -> Dataset:
    """The data set in a file of one's own.

    path: of a .csv or .npz file.
    target: the column, or the array, that holds the classes.
    layout, dtype, validation, seed, subset: as in `load`.
    Raises MissingDataError, FormatError for a file that is no table of samples, naming line and column,
    UnknownNameError for a target that is not in it, InvalidValueError for one that holds no classes.
    """
    file = Path(path)
    readers = {".csv": _table, ".tsv": _table, ".npz": _arrays}
    if file.suffix.lower() not in readers:
        raise FormatError(f"{shown(file)}: expected a .csv or .npz file. Save the samples as one of these.")
    raw, source = readers[file.suffix.lower()](file, target)
    return prepared(source, raw, layout=layout, dtype=dtype, validation=validation, seed=seed, subset=subset)


def _source(path: Path, x: np.ndarray, names: tuple[str, ...]) -> Source:
    """What is known of a set of one's own."""
    image = x.ndim == 4
    return Source(
        name=path.name,
        title=path.name,
        kind="image" if image else "table",
        samples=(len(x), 0),
        sample_shape=tuple(x.shape[1:]),
        class_names=names,
        scaling="unit" if x.dtype == np.uint8 else "standard",
        largest=255.0 if x.dtype == np.uint8 else None,
        licence="your own",
        citation=path.name,
        used_for="nothing in the paper",
    )


def _classes(where: str, values: list[str] | np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """The classes' names, numbers in their order, and each sample's class. Raises InvalidValueError."""
    found, y = np.unique(np.asarray(values), return_inverse=True)
    if found.dtype.kind == "U":
        order = sorted(range(len(found)), key=lambda i: _as_number(str(found[i])))
        rank = np.argsort(order)
        found, y = found[order], rank[y]
    counts = np.bincount(y)
    if not 2 <= len(found) <= MOST_WORDS:
        what = "so it holds no classes, but numbers or names; " if len(found) > 1 else ""
        raise InvalidValueError(
            f"{where}: expected 2 to {MOST_WORDS} classes; it has {len(found)} different values, {what}"
            "name another target."
        )
    if counts.min() < 5:
        rare = found[int(counts.argmin())]
        raise InvalidValueError(
            f"{where}: class {rare!r} has {counts.min()} samples, too few for a training, a validation and a test "
            "part. Take at least 5 of each class, or leave that class out."
        )
    return tuple(map(str, found)), y.astype(np.int64)


def _as_number(word: str) -> tuple[int, float, str]:
    """What sorts numbers before words, and both in their own order."""
    try:
        return 0, float(word), word
    except ValueError:
        return 1, 0.0, word


# -- tables -----------------------------------------------------------------------------------------------------------


def _table(path: Path, target: str) -> tuple[Raw, Source]:
    """A .csv file."""
    name = shown(path)
    with open_bounded(path, MOST_BYTES) as stream:
        blocks = []
        while block := stream.read(1 << 20):
            blocks.append(block)
    try:
        text = b"".join(blocks).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{name}: expected text in UTF-8; byte {error.start} is none. Save it as UTF-8.") from error
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    header = [word.strip() for word in next(rows, [])]
    if len(header) < 2 or len(set(header)) < len(header):
        raise FormatError(
            f"{name}: expected a first line of two or more different column names; got {shown(first, 80)}."
        )
    if target not in header:
        raise unknown_name(f"column in {name}", target, header)
    lines = []
    for number, row in enumerate(rows, 2):
        if row and len(row) != len(header):
            raise FormatError(
                f"{name}, line {number}: expected {len(header)} values; it has {len(row)}. Mend the line."
            )
        if row:
            lines.append([word.strip() for word in row])
    if not lines:
        raise FormatError(f"{name}: expected a line for each sample below the names; there is none.")
    columns = dict(zip(header, zip(*lines, strict=True), strict=True))
    names, y = _classes(f"{name}, column {target}", list(columns.pop(target)))
    parts, features = [], []
    for column, words in columns.items():
        values, called = _column(name, column, words)
        parts.append(values)
        features += called
    x = np.concatenate(parts, axis=1)
    source = _source(path, x, names)
    return hold_out(source, x, y, feature_names=tuple(features)), source


def _column(name: str, column: str, words: tuple[str, ...]) -> tuple[np.ndarray, list[str]]:
    """A column of numbers as (N, 1); one of words as (N, words) of 0 and 1. With the names of what it became."""
    if absent := [i for i, word in enumerate(words) if word.lower() in ("", "na", "nan", "null", "none", "?")]:
        raise FormatError(
            f"{name}, line {absent[0] + 2}: column {column} has no value, in {len(absent)} lines of {len(words)}. Fill "
            "the gaps, or leave out these lines or the column."
        )
    try:
        values = np.array([float(word) for word in words])
    except ValueError:
        found = sorted(set(words))
        if len(found) > MOST_WORDS:
            raise FormatError(
                f"{name}: column {column} holds words, {len(found)} different ones, of which no feature can be made. "
                "Leave it out of the file."
            ) from None
        return (np.array(words)[:, None] == np.array(found)).astype(float), [f"{column}={word}" for word in found]
    if not np.isfinite(values).all():
        line = int(np.flatnonzero(~np.isfinite(values))[0]) + 2
        raise FormatError(f"{name}, line {line}: column {column} holds {words[line - 2]}, which is no finite number.")
    return values[:, None], [column]


# -- arrays -----------------------------------------------------------------------------------------------------------


def _arrays(path: Path, target: str) -> tuple[Raw, Source]:
    """A .npz file."""
    name, shapes = shown(path), _shapes(path)
    if target not in shapes:
        raise unknown_name(f"array in {name}", target, shapes)
    if len(shapes[target]) != 1:
        raise FormatError(f"{name}: {target} must have one label per sample, shape (N,); it has {shapes[target]}.")
    n = shapes[target][0]
    others = [key for key, shape in shapes.items() if key != target and len(shape) in (2, 3, 4) and shape[0] == n]
    if len(others) != 1:
        held = ", ".join(f"{key} {shape}" for key, shape in shapes.items())
        raise FormatError(f"{name}: expected one array of {n} samples beside {target}; it holds {shown(held, 200)}.")
    arrays = npz.read(path, {key: shapes[key] for key in (others[0], target)}, "biuf")
    x, labels = arrays[others[0]], arrays[target]
    if 0 in x.shape:
        raise FormatError(f"{name}: {others[0]} is empty, {x.shape}. Save the samples in it.")
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        raise FormatError(f"{name}: {others[0]} holds NaN or Inf. Fill or drop these samples.")
    names, y = _classes(f"{name}, array {target}", labels)
    x = x if x.dtype == np.uint8 and x.ndim > 2 else x.astype(float)
    x = x[..., None] if x.ndim == 3 else x
    source = _source(path, x, names)
    return hold_out(source, x, y), source


def _shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shapes that the headers of a .npz file promise. Raises FormatError for no such file."""
    found = {}
    try:
        with open_regular(path) as raw, zipfile.ZipFile(raw) as archive:
            for info in archive.infolist()[: npz.MOST_MEMBERS]:
                with archive.open(info) as file:
                    version = np.lib.format.read_magic(file)
                    read = (
                        np.lib.format.read_array_header_1_0
                        if version == (1, 0)
                        else np.lib.format.read_array_header_2_0
                    )
                    shape = read(file)[0]
                if math.prod(shape) <= MOST_BYTES:
                    found[info.filename.removesuffix(".npy")] = tuple(int(size) for size in shape)
    except FormatError:
        raise
    except Exception as error:  # NumPy's parser lets through whatever Python's tokenizer and literal_eval raise
        raise FormatError(
            f"{shown(path)}: expected a sound .npz file; it is damaged ({error}). Save it again."
        ) from error
    return found
