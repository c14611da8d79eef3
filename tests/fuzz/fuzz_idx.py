"""Fuzz the IDX reader, plain and packed: an array no larger than its bytes, or FormatError."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct

import atheris
import numpy as np

with atheris.instrument_imports(include=["data_utils", "mfnumpy"]):
    from data_utils import idx
    from data_utils.streams import BoundedStream
    from mfnumpy.errors import FormatError

from fuzzing import run

LIMIT = 1 << 20


def one_input(data: bytes) -> None:
    try:
        array = idx.parse(BoundedStream(io.BytesIO(data), "fuzz", LIMIT), limit=LIMIT)
    except FormatError:
        return
    if array.dtype != np.uint8 or array.nbytes > LIMIT:
        raise AssertionError(f"{array.dtype}, {array.nbytes} bytes")


GOOD = struct.pack(">I3I", 0x0803, 3, 2, 2) + bytes(range(12))

if __name__ == "__main__":
    run(one_input, [GOOD, gzip.compress(GOOD), bz2.compress(GOOD), lzma.compress(GOOD)], max_len=4096)
