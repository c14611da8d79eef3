"""Folders as people have them: every near-miss of a data set's files, made from small official-looking sets.

Each case is a function that fills a folder and returns what `--data-dir` names. `READ` holds those that are read
(`near_misses_read`), `NAMED` those that are named, with what the message must say (`near_misses_named_...`).
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data_helpers import PACKERS, idx_bytes

HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please log in</body></html>"
XML = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9912422\n"
PARQUET = b"PAR1" + bytes(range(200)) + b"PAR1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(80))
PICKLE = pickle.dumps({"data": [1, 2], "labels": [3]}, protocol=2)
SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c" + bytes(100)


@dataclass(frozen=True)
class Sets:
    """What each set holds: arrays of mnist and fashion_mnist, members of the archives, lines of the table."""

    mnist: dict[str, np.ndarray]
    fashion: dict[str, np.ndarray]
    cifar10: list[tuple[str, bytes]]
    cifar100: list[tuple[str, bytes]]
    imdb: list[tuple[str, bytes]]
    transaction: list[str]


Make = Callable[[Path, Sets], Path]
READ: dict[str, tuple[str, Make]] = {}
NAMED: dict[str, tuple[str, Make, tuple[str, ...]]] = {}


def read(name: str):
    """Add a case that must be read as this set."""

    def add(make: Make) -> Make:
        READ[make.__name__] = (name, make)
        return make

    return add


def named(name: str, *message: str):
    """Add a case that must be named, when this set is asked for, by a message that holds these parts."""

    def add(make: Make) -> Make:
        NAMED[make.__name__] = (name, make, message)
        return make

    return add


def write(path: Path, data: bytes) -> Path:
    """Write a file and the folders above it; returns its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path.parent


def unpack(folder: Path, members: list[tuple[str, bytes]]) -> Path:
    """Write the members of an archive below a folder; returns the folder."""
    for name, data in members:
        write(folder / name, data)
    return folder


def renamed(folder: Path, arrays: dict[str, np.ndarray], rename: Callable[[str], str], suffix: str = ".gz") -> Path:
    """Write the four IDX files under other names; returns the folder."""
    for name, array in arrays.items():
        write(folder / rename(name), PACKERS[suffix](idx_bytes(array)))
    return folder


def npz_bytes(**arrays: np.ndarray) -> bytes:
    """A compressed .npz file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def keras(arrays: dict[str, np.ndarray]) -> bytes:
    """Keras's mnist.npz."""
    x_train, y_train, x_test, y_test = arrays.values()
    return npz_bytes(x_test=x_test, x_train=x_train, y_train=y_train, y_test=y_test)


def table(arrays: dict[str, np.ndarray], part: str, header: bool = True) -> bytes:
    """Kaggle's mnist_train.csv or mnist_test.csv: the label and then the pixels of each image."""
    x, y = arrays[f"{part}-images-idx3-ubyte"], arrays[f"{part}-labels-idx1-ubyte"]
    rows = [f"{label}," + ",".join(map(str, image.ravel())) for label, image in zip(y, x, strict=True)]
    names = ["label," + ",".join(f"{i}x{j}" for i in range(1, 6) for j in range(1, 8))] if header else []
    return "\n".join([*names, *rows, ""]).encode()


def csv(lines: list[str], encoding: str = "ascii") -> bytes:
    """Santander's table in an encoding."""
    return "".join(line + "\n" for line in lines).encode(encoding)


def zip_bytes(members: list[tuple[str, bytes]]) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def python_version(root: str, names: list[str]) -> list[tuple[str, bytes]]:
    """The members of CIFAR's Python version."""
    return [(f"{root}/{name}", PICKLE) for name in names]


BATCHES = ["batches.meta", "data_batch_1", "data_batch_2", "test_batch"]
