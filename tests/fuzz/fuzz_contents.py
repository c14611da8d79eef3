"""Fuzz what tells a file by its first bytes, and the readers of .npz files and of text: typed errors alone."""

from __future__ import annotations

import gzip
import io

import atheris
import numpy as np

with atheris.instrument_imports(include=["data_utils", "mfnumpy", "zipfile"]):
    import zipfile

    from data_utils import contents, npz
    from data_utils.streams import open_bounded
    from data_utils.text import lines_of
    from mfnumpy.errors import FormatError

from fuzzing import memory_file, run

LIMIT = 1 << 20
PATH = memory_file("fuzz.file")


def one_input(data: bytes) -> None:
    PATH.write_bytes(data)
    content = contents.look(PATH)
    sentence = content.sentence()
    if content.kind not in contents.KINDS or not sentence.isprintable() or len(sentence) > 500:
        raise AssertionError(sentence)
    try:
        with open_bounded(PATH, LIMIT) as stream:
            for line in lines_of(stream):
                line.encode("ascii")
    except FormatError:
        pass
    try:
        arrays = npz.read(PATH, {"x": (2, 3), "y": (2,)})
    except FormatError:
        return
    if {name: array.shape for name, array in arrays.items()} != {"x": (2, 3), "y": (2,)}:
        raise AssertionError(arrays)


def npz_bytes(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def zip_bytes(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"text")
    return buffer.getvalue()


X, Y = np.ones((2, 3), np.uint8), np.ones(2, np.uint8)
SEEDS = [
    npz_bytes(x=X, y=Y), npz_bytes(x=X.T, y=Y.astype(object)), zip_bytes("a.txt"), zip_bytes("archive/data.pkl"),
    gzip.compress(b"<!DOCTYPE html><html>"), "ID_code,target\n1,2\n".encode("utf-16"), b"\0\0\x08\3" + bytes(12),
    b"\x80\x02}q\0.", b"version https://git-lfs.github.com/spec/v1\n", b"a,b\n1,2\n",
]  # fmt: skip

if __name__ == "__main__":
    run(one_input, SEEDS, max_len=4096)
