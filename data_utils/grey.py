"""MNIST and Fashion-MNIST in each of their forms: the same arrays, and the same published digests prove them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, islice
from pathlib import Path

import numpy as np

from data_utils import cifar, idx, npz
from data_utils.found import Found
from data_utils.source import Source
from data_utils.streams import open_bounded
from data_utils.text import lines_of
from data_utils.wording import shown
from mfnumpy.errors import ChecksumError, FormatError

Arrays = dict[str, np.ndarray]
PARTS = (("train", "train"), ("test", "t10k"))
"""Our name of a part, and the one in the names of the published files."""

CSV_LIMIT = 300_000_000
"""Kaggle's larger table has 110 MB; in UTF-16 it would have twice as much."""

ROWS_AT_ONCE = 2_000


def parse(found: Found) -> Arrays:
    """x_train (N, H, W, 1), y_train (N,), x_test and y_test, all bytes.

    Raises MissingDataError, FormatError, or ChecksumError: the SHA-256 of the published files is also that of these
    arrays when they are written down as IDX files.
    """
    arrays = _READERS[found.form](found)
    for part, _ in PARTS:
        cifar.check_labels(arrays[f"y_{part}"], len(found.source.class_names), f"{shown(found.folder)}, {part} labels")
    return {name: array[..., np.newaxis] if name[0] == "x" else array for name, array in arrays.items()}


def _files(source: Source) -> dict[str, tuple[str, tuple[int, ...], str]]:
    """For each array the name of its published file, its shape and its digest ("" where none is published)."""
    digests = {file.plain_name: file.sha256 for file in source.files}
    facts: dict[str, tuple[str, tuple[int, ...], str]] = {}
    for (part, prefix), count in zip(PARTS, source.samples, strict=True):
        for array, kind, shape in (
            ("x", "images-idx3", (count, *source.sample_shape[:2])),
            ("y", "labels-idx1", (count,)),
        ):
            name = f"{prefix}-{kind}-ubyte"
            facts[f"{array}_{part}"] = (name, shape, digests.get(name, ""))
    return facts


def _idx_files(found: Found) -> Arrays:
    return {
        array: idx.read(found.files[name], shape, digest or None)
        for array, (name, shape, digest) in _files(found.source).items()
    }


def _npz(found: Found) -> Arrays:
    """Keras's mnist.npz, or another with its names."""
    shapes = {array: shape for array, (_, shape, _) in _files(found.source).items()}
    arrays = npz.read(found.files["npz"], shapes, "ui")
    return _proven(found, found.files["npz"], arrays)


def _tables(found: Found) -> Arrays:
    """Two tables: a row for each image, first its label and then its pixels, row by row."""
    arrays: Arrays = {}
    for (part, _), count in zip(PARTS, found.source.samples, strict=True):
        table = _numbers(found.files[part], count, 1 + int(np.prod(found.source.sample_shape)))
        arrays[f"x_{part}"] = table[:, 1:].reshape(count, *found.source.sample_shape[:2])
        arrays[f"y_{part}"] = table[:, 0]
    return _proven(found, found.files["train"], arrays)


def _numbers(path: Path, rows: int, columns: int) -> np.ndarray:
    """The (rows, columns) bytes of a table, after its header if it has one. Raises FormatError."""
    table = np.empty((rows, columns), np.uint8)
    start = 0
    with open_bounded(path, CSV_LIMIT) as stream:
        lines = lines_of(stream, last_may_be_open=True)  # the digest tells whether the file is whole
        first = next(lines, "")
        if first[:1].isdigit():
            lines = chain([first], lines)
        while block := list(islice(lines, ROWS_AT_ONCE)):
            try:
                numbers = np.loadtxt(block, np.int64, delimiter=",", comments=None, ndmin=2, encoding=None)
            except ValueError as error:
                raise FormatError(
                    f"{shown(path)}, rows {start + 1} to {start + len(block)}: {shown(str(error))}."
                ) from error
            if (
                numbers.shape[1] != columns
                or start + len(numbers) > rows
                or not ((numbers >= 0) & (numbers < 256)).all()
            ):
                raise FormatError(
                    f"{shown(path)}: expected {rows:,} rows of a label and {columns - 1} pixels from 0 to 255; "
                    f"rows {start + 1} to {start + len(block)} are no such."
                )
            table[start : start + len(numbers)] = numbers
            start += len(numbers)
    if start != rows:
        raise FormatError(f"{shown(path)}: expected {rows:,} rows; it has {start:,}. Is the file cut off?")
    return table


def _proven(found: Found, path: Path, arrays: Arrays) -> Arrays:
    """The arrays, if they are the published ones. Raises ChecksumError."""
    for array, (name, _, digest) in _files(found.source).items():
        if digest and idx.digest_of(arrays[array]) != digest:
            raise ChecksumError(
                f"{shown(path)}: its {array} is not that of {found.source.name}: written down as {name} it has another "
                "SHA-256. Some tables hold the rows in another order: take the four IDX files as published."
            )
    return arrays


_READERS: dict[str, Callable[[Found], Arrays]] = {"files": _idx_files, "npz": _npz, "csv": _tables}
