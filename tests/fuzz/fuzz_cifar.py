"""Fuzz the CIFAR reader: first byte even, the rest is a .bin file; odd, it is an archive, packed or not."""

from __future__ import annotations

import gzip
import io

import atheris
import numpy  # noqa: F401 - before the instrumented imports: its own code is not what is fuzzed

with atheris.instrument_imports(include=["data_utils", "mfnumpy", "tarfile"]):
    import tarfile

    from data_utils import cifar, tars
    from data_utils.streams import BoundedStream, read_exactly
    from mfnumpy.errors import FormatError

from fuzzing import memory_file, run

LIMIT = 1 << 20
PATH = memory_file("fuzz.tar")
BLOCK = 512


def one_input(data: bytes) -> None:
    try:
        if data[:1] and data[0] % 2:
            archive(data[1:])
        else:
            records(data[1:])
    except FormatError:
        return


def records(data: bytes) -> None:
    images, labels = cifar.parse(BoundedStream(io.BytesIO(data), "fuzz", LIMIT), 1, (20, 100))
    if images.shape != (1, 32, 32, 3) or labels[0, 0] >= 20 or labels[0, 1] >= 100:
        raise AssertionError(f"{images.shape}, labels {labels}")


def with_right_checksums(data: bytes) -> bytes:
    """Mend the checksum of every header: else hardly any change would get past it."""
    mended = bytearray(data)
    for start in range(0, len(data) - BLOCK + 1, BLOCK):
        if data[start + 257 : start + 262] == b"ustar":
            header = mended[start : start + BLOCK]
            header[148:156] = b" " * 8
            mended[start + 148 : start + 156] = b"%06o\0 " % sum(header)
    return bytes(mended)


def archive(data: bytes) -> None:
    PATH.write_bytes(with_right_checksums(data))
    for member in tars.members(PATH, LIMIT):
        if ".." in member.name.split("/") or member.name.startswith("/"):
            raise AssertionError(member.name)
        if member.size < 5000:
            read_exactly(member, member.size, "a member")


def seeds() -> list[bytes]:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in ("cifar-10-batches-bin/data_batch_1.bin", "n" * 120):
            info = tarfile.TarInfo(name)
            info.size = 40
            tar.addfile(info, io.BytesIO(bytes(40)))
    record = bytes([3, 50]) + bytes(range(256)) * 12
    return [b"\0" + record, b"\1" + buffer.getvalue(), b"\1" + gzip.compress(buffer.getvalue())]


if __name__ == "__main__":
    run(one_input, seeds(), max_len=16_384)
