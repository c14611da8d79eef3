"""Fuzz the headers of archives: each input is a list of headers to write, so that changes reach what headers say.

A header is two bytes and a body: its type, the length of the body, the body. What comes out is members with names that
lead nowhere, or FormatError with a short message; and where tarfile reads an archive too, the same bytes.
"""

from __future__ import annotations

import atheris

with atheris.instrument_imports(include=["data_utils", "mfnumpy"]):
    from data_utils import tars
    from mfnumpy.errors import FormatError

import io
import tarfile

from fuzzing import memory_file, run

LIMIT = 1 << 20
LONGEST_MESSAGE = 500
BLOCK = tarfile.BLOCKSIZE
PATH = memory_file("fuzz.tar")
TYPES = (b"0", b"x", b"g", b"L", b"5", b"0", b"x", b"g", b"K", b"S", b"1", b"2", b"3", b"6", b"7", b"\0")


def one_input(data: bytes) -> None:
    archive = bytearray()
    while len(data) > 1:
        kind, length, data = TYPES[data[0] % len(TYPES)], data[1], data[2:]
        repeat = 1 + (length // 8 if kind in b"xg" and length > 200 else 0)  # many headers, or one
        archive += header(kind, data[:length]) * repeat
        data = data[length:]
    archive += header(b"0", b"the last member") + bytes(2 * BLOCK)
    PATH.write_bytes(archive)
    try:
        read = [(member.name, member.read(LIMIT)) for member in tars.members(PATH, LIMIT)]
    except FormatError as error:
        if len(str(error)) > LONGEST_MESSAGE or not str(error).isprintable():
            raise AssertionError(f"a message of {len(str(error))} characters") from error
        return
    for name, _ in read:
        if ".." in name.split("/") or name.startswith("/"):
            raise AssertionError(name)
    compare(bytes(archive), read)


def header(kind: bytes, body: bytes) -> bytes:
    """A header with a right checksum, and its body; a member's name is the first bytes of its body."""
    info = tarfile.TarInfo(body[:20].hex() if kind == b"0" else "h")
    info.type, info.size = kind, len(body)
    return info.tobuf(tarfile.GNU_FORMAT) + body + bytes(-len(body) % BLOCK)


def compare(archive: bytes, read: list[tuple[str, bytes]]) -> None:
    """What tarfile reads as a whole must be what was read here, but for global names, which tarfile does not apply."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as other:
            expected = [(info.name, other.extractfile(info).read()) for info in other if info.isreg()]
    except (tarfile.TarError, ValueError, OverflowError, AttributeError, IndexError, RecursionError):
        return
    if len(expected) == len(read) and [data for _, data in expected] != [data for _, data in read]:
        raise AssertionError(f"{expected} is {read}")


def record(key: bytes, value: bytes) -> bytes:
    """A PAX record, with its own length before it."""
    rest = b" " + key + b"=" + value + b"\n"
    return str(len(rest) + (1 if len(rest) < 9 else 2)).encode() + rest


def piece(kind: int, body: bytes) -> bytes:
    """One header of an input."""
    return bytes([kind, len(body)]) + body


SEEDS = [
    piece(0, b"one") + piece(5, b"two"),
    piece(1, record(b"path", b"renamed") + record(b"mtime", b"1.5")) + piece(0, b"one"),
    piece(1, record(b"size", b"3")) + piece(0, b"one"),
    piece(2, record(b"comment", b"global") + record(b"size", b"2")) + piece(0, b"one"),
    piece(3, b"a/long/name" * 12) + piece(0, b"one"),
    piece(2, record(b"k", b"v" * 30) * 6) * 3 + piece(0, b"x"),
    piece(1, b"9" * 250) + piece(0, b"x"),
    piece(1, record(b"GNU.sparse.map", b"0,1")) + piece(0, b"x"),
]

if __name__ == "__main__":
    run(one_input, SEEDS, max_len=4096)
