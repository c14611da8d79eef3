"""The IDX format of MNIST and Fashion-MNIST.

    2 bytes zero | 1 byte element type | 1 byte number of dimensions | each dimension, 4 bytes, big-endian | the data

Source: http://yann.lecun.com/exdb/mnist/ ("the IDX file format"). Both sets use unsigned bytes only (type
0x08).
"""

from __future__ import annotations

import hashlib
import math
import struct
from pathlib import Path

import numpy as np

from data_utils.streams import BoundedStream, expect_end, open_bounded, read_exactly
from data_utils.wording import human_bytes, shown
from mfnumpy.errors import ChecksumError, FormatError

LIMIT = 256_000_000
"""The most unpacked bytes that an IDX file may hold here; MNIST's training images are 47,040,016."""

UNSIGNED_BYTE = 0x08
MAX_DIMENSIONS = 4


def parse(stream: BoundedStream, shape: tuple[int, ...] | None = None, limit: int = LIMIT) -> np.ndarray:
    """The array of an IDX stream: unsigned bytes, in the shape that its header gives.

    stream: of the file.
    shape: the shape it must have, e.g. (60000, 28, 28); None for any within the limit.
    limit: the most bytes that the array may have.
    Raises FormatError for another magic number, type or shape, and for a header that promises more or less than the
    file holds. Nothing is allocated on the header's word alone.
    """
    zeros, kind, dimensions = struct.unpack(">HBB", read_exactly(stream, 4, "an IDX magic number"))
    if zeros != 0 or kind != UNSIGNED_BYTE or not 1 <= dimensions <= MAX_DIMENSIONS:
        raise FormatError(
            f"{stream.name}: expected an IDX file of unsigned bytes (magic 0x0000080n, n from 1 to {MAX_DIMENSIONS} "
            f"dimensions); its first bytes are 0x{zeros:04x}{kind:02x}{dimensions:02x}. Is it another kind of file?"
        )
    header = read_exactly(stream, 4 * dimensions, "IDX dimensions")
    found = struct.unpack(f">{dimensions}I", header)
    if shape is not None and found != tuple(shape):
        raise FormatError(f"{stream.name}: expected an IDX array of shape {tuple(shape)}; its header says {found}.")
    size = math.prod(found)  # Python's integers cannot overflow
    if size > limit:
        raise FormatError(
            f"{stream.name}: expected at most {human_bytes(limit)}; its header promises {human_bytes(size)} {found}."
        )
    data = read_exactly(stream, size, f"an IDX array of shape {found}")
    expect_end(stream)
    return np.frombuffer(data, dtype=np.uint8).reshape(found)


def read(path: Path, shape: tuple[int, ...] | None = None, sha256: str | None = None) -> np.ndarray:
    """The array of an IDX file, packed (.gz, .bz2, .xz) or not: unsigned bytes.

    path: of the file.
    shape: the shape it must have, None for any.
    sha256: the digest that its unpacked bytes must have, None for any.
    Raises MissingDataError, FormatError as `parse` does, or ChecksumError for well-formed bytes that are others.
    """
    with open_bounded(path, LIMIT + 4 * (1 + MAX_DIMENSIONS), digest=sha256 is not None) as stream:
        array = parse(stream, shape)
        if sha256 is not None and stream.sha256 != sha256:
            raise ChecksumError(
                f"{shown(path)}: a well-formed IDX file, but not the published one: the SHA-256 of its unpacked bytes "
                f"is {stream.sha256}, expected {sha256}. Fetch it again. (MNIST and Fashion-MNIST name their files "
                "alike: keep each in a folder of its own.)"
            )
    return array


def digest(path: Path) -> str:
    """The SHA-256 of a file's unpacked bytes, in hexadecimal. Raises as `read` does."""
    with open_bounded(path, LIMIT + 4 * (1 + MAX_DIMENSIONS), digest=True) as stream:
        while stream.read(1 << 20):
            pass
        return stream.sha256


def digest_of(array: np.ndarray) -> str:
    """The SHA-256 that an array of unsigned bytes would have as an unpacked IDX file, in hexadecimal."""
    header = struct.pack(f">HBB{array.ndim}I", 0, UNSIGNED_BYTE, array.ndim, *array.shape)
    return hashlib.sha256(header + np.ascontiguousarray(array, np.uint8).tobytes()).hexdigest()
