"""The binary version of CIFAR-10 and CIFAR-100 (never the pickles: unpickling a file can run anything).

    a record:  1 label byte (CIFAR-100: 2, coarse then fine) | 1024 red | 1024 green | 1024 blue, each 32 rows
    of 32

Source: https://www.cs.toronto.edu/~kriz/cifar.html. Read from the archive or from unpacked .bin files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np

from data_utils.found import Found
from data_utils.source import Source
from data_utils.streams import Readable, expect_end, open_bounded, read_exactly
from data_utils.tars import members
from data_utils.wording import shown
from mfnumpy.errors import FormatError

SIDE = 32
CHANNELS = 3
PIXELS = SIDE * SIDE * CHANNELS
ARCHIVE_LIMIT = 250_000_000
"""The most unpacked bytes that an archive may hold here; the official ones hold 185 MB."""

RECORDS_AT_ONCE = 500


def parse(stream: Readable, records: int, classes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(images, labels) of a binary CIFAR file, as bytes: (records, 32, 32, 3) and (records, len(classes)).

    stream: of the file.
    records: how many it must hold.
    classes: the number of classes for each label byte of a record: (10,) for CIFAR-10, (20, 100) for CIFAR-100.
    Raises FormatError if the file holds other than `records` records, or a label that is not a class.
    """
    width = len(classes) + PIXELS
    images = np.empty((records, SIDE, SIDE, CHANNELS), np.uint8)
    labels = np.empty((records, len(classes)), np.uint8)
    for start in range(0, records, RECORDS_AT_ONCE):
        count = min(RECORDS_AT_ONCE, records - start)
        data = read_exactly(stream, count * width, f"records {start} to {start + count - 1} of {records}")
        block = np.frombuffer(data, np.uint8).reshape(count, width)
        labels[start : start + count] = block[:, : len(classes)]
        planes = block[:, len(classes) :].reshape(count, CHANNELS, SIDE, SIDE)
        images[start : start + count] = planes.transpose(0, 2, 3, 1)
    expect_end(stream)
    for column, n_classes in enumerate(classes):
        check_labels(labels[:, column], n_classes, stream.name)
    return images, labels


def check_labels(labels: np.ndarray, n_classes: int, name: str) -> None:
    """Check that every label is a class. Raises FormatError.

    labels: (N,) unsigned bytes.
    n_classes: m; labels run from 0 to m - 1.
    name: of the file, for the message.
    """
    wrong = np.flatnonzero(labels >= n_classes)
    if len(wrong):
        raise FormatError(
            f"{name}: expected labels from 0 to {n_classes - 1}; record {wrong[0]} has {labels[wrong[0]]} "
            f"({len(wrong)} such). Fetch the file again."
        )


def records_of(source: Source) -> dict[str, int]:
    """How many records each member of a set holds, by its name in the archive."""
    *training, test = source.members
    return {member: source.samples[0] // len(training) for member in training} | {test: source.samples[1]}


def size_of(source: Source, member: str) -> int:
    """How many bytes an unpacked member has."""
    labels = 2 if len(source.class_names) == 100 else 1
    return records_of(source)[member] * (labels + PIXELS)


def read(found: Found, classes: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Read a whole set: x_train (N, 32, 32, 3), y_train (N, len(classes)), x_test, y_test, all bytes.

    classes: as for `parse`. Raises MissingDataError, or FormatError as `parse` and `tars.members` do; also
    for an archive in which a file is missing or comes twice.
    """
    source = found.source
    training = source.members[:-1]
    expected = records_of(source)
    parsed: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for name, stream in _open_each(found):
        if name in parsed:
            raise FormatError(f"{source.archive}: member {name!r} comes twice. Fetch the archive again.")
        parsed[name] = parse(stream, expected[name], classes)
    if absent := [m for m in source.members if m not in parsed]:
        raise FormatError(f"{shown(found.folder)}: expected {', '.join(absent)} in it; not there. Fetch it again.")
    images, labels = zip(*(parsed.pop(m) for m in training), strict=True)
    x_test, y_test = parsed[source.members[-1]]
    return {
        "x_train": np.concatenate(images),
        "y_train": np.concatenate(labels),
        "x_test": x_test,
        "y_test": y_test,
    }


def _open_each(found: Found) -> Iterator[tuple[str, Readable]]:
    """Yield (member name, open stream) for each file of the set, from the archive or from unpacked files."""
    if found.archive is not None:
        wanted = {PurePosixPath(member).name: member for member in found.source.members}
        for member in members(found.archive, ARCHIVE_LIMIT):
            if (name := wanted.get(PurePosixPath(member.name).name)) is not None:
                yield name, member
        return
    for name, path in found.files.items():
        with open_bounded(path, ARCHIVE_LIMIT) as stream:
            yield str(PurePosixPath(name)), stream
