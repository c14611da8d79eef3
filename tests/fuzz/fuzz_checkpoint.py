"""Fuzz the checkpoint reader: arrays of numbers no larger than the file, or CheckpointError.

First byte even: the rest is the file. Odd: the rest is one array of an otherwise good file, so that changes get past
the zip's checksums.
"""

from __future__ import annotations

import io
import json

import atheris
import numpy as np

with atheris.instrument_imports(include=["mfnumpy", "zipfile"]):
    import zipfile

    from mfnumpy.errors import CheckpointError
    from mfnumpy.saving import checkpoint

from fuzzing import memory_file, run

PATH = memory_file("fuzz.npz")


def one_input(data: bytes) -> None:
    data = around(data[1:]) if data[:1] and data[0] % 2 else data[1:]
    PATH.write_bytes(data)
    try:
        arrays, description = checkpoint.load(PATH)
    except CheckpointError:
        return
    if not isinstance(description, dict) or any(a.dtype.kind not in "biuf" for a in arrays.values()):
        raise AssertionError(f"{description}, {[a.dtype for a in arrays.values()]}")
    if sum(a.nbytes for a in arrays.values()) > len(data):
        raise AssertionError("more bytes than the file holds")


def around(array: bytes) -> bytes:
    """A good checkpoint file, with these bytes as its array `W`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("description.npy", npy(np.frombuffer(TEXT, np.uint8)))
        archive.writestr("W.npy", array)
    return buffer.getvalue()


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


TEXT = json.dumps({"format": checkpoint.FORMAT, "step": 3}).encode()
GOOD = npy(np.ones((2, 3), np.float32))

if __name__ == "__main__":
    run(one_input, [b"\1" + GOOD, b"\0" + around(GOOD), b"\0PK\5\6" + bytes(18)], max_len=8192)
