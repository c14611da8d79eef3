"""Reading files that may be broken or hostile: at most so many bytes, and one typed error.

    with open_bounded(path, limit=100_000_000) as stream:
        head = read_exactly(stream, 4, "the magic number")

A file is read as it lies there or unpacked on the fly (gzip, bzip2, xz, lzma: told by its first bytes, not by its
name). Nothing is written. Memory stays at the bytes asked for plus one chunk, and 128 MiB at most for an xz
dictionary: an archive whose header asks for more, or that unpacks to more than the limit, ends in
FormatError.
"""

from __future__ import annotations

import bz2
import hashlib
import lzma
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from data_utils.wording import human_bytes, shown
from mfnumpy.errors import FormatError, MissingDataError

CHUNK = 1 << 16
XZ_MEMORY = 128 << 20
"""What an xz file may ask for its dictionary; `xz -9` needs 65 MiB."""


class Readable(Protocol):
    """Something to read bytes from, with a name for messages.

    A `BoundedStream`, or a member of an archive.
    """

    @property
    def name(self) -> str:
        """What to call it in messages."""

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""


class _Gzip:
    """zlib's decompressor with the interface of bz2's and lzma's."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)  # 31: a gzip wrapper, its CRC and length checked

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """What stands behind the member."""
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        """Whether more compressed bytes are wanted first."""
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many bytes more."""
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


_UNPACKERS: dict[bytes, tuple[str, Callable[[], Any]]] = {
    b"\x1f\x8b": ("gzip", _Gzip),
    b"BZh": ("bzip2", bz2.BZ2Decompressor),
    b"\xfd7zXZ\x00": ("xz", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)),
    b"\x5d\x00\x00": ("lzma", lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=XZ_MEMORY)),
}


class BoundedStream:
    """The unpacked bytes of an open file, of which at most `limit` can be read.

    raw: the open binary file.
    name: what to call it in messages.
    limit: in unpacked bytes.
    digest: also take the SHA-256 of the unpacked bytes as they pass (see `sha256`).
    """

    def __init__(self, raw: BinaryIO, name: str, limit: int, digest: bool = False) -> None:
        self.name = name
        self._raw = raw
        self._limit = limit
        self._total = 0
        self._digest = hashlib.sha256() if digest else None
        self._pending = self._from_file(CHUNK)
        known = (entry for magic, entry in _UNPACKERS.items() if self._pending.startswith(magic))
        self.kind, make = next(known, ("plain", None))
        self._make: Callable[[], Any] | None = make
        self._unpacker: Any = make() if make else None
        self._ready, self._at = b"", 0  # unpacked bytes, and how many of them have been given out

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes read so far, in hexadecimal; "" if it was not asked for."""
        return self._digest.hexdigest() if self._digest else ""

    def read(self, size: int) -> bytes:
        """The next `size` unpacked bytes, fewer only at the end of the file.

        Raises FormatError if the file is truncated or damaged, or holds more than the limit.
        """
        pieces: list[bytes] = []
        while size > 0 and (piece := self._some(size)):
            pieces.append(piece)
            size -= len(piece)
            self._total += len(piece)
            if self._total > self._limit:
                raise FormatError(
                    f"{self.name}: expected at most {human_bytes(self._limit)}; it unpacks to more. "
                    "It is not the official file: fetch it again."
                )
            if self._digest:
                self._digest.update(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _from_file(self, size: int) -> bytes:
        try:
            return self._raw.read(size)
        except OSError as error:
            raise _unreadable(self.name, error) from error

    def _take_pending(self, size: int) -> bytes:
        """Packed bytes: first those already in hand, then the file's."""
        if not self._pending:
            return self._from_file(size)
        piece, self._pending = self._pending[:size], self._pending[size:]
        return piece

    def _some(self, size: int) -> bytes:
        """At least one unpacked byte and at most `size`; b"" only at the end of the file."""
        if self._make is None:
            return self._take_pending(size)
        if self._at == len(self._ready):  # many small reads, as of headers, would each copy what is still packed
            self._ready, self._at = self._unpacked(max(size, CHUNK)), 0
        piece = self._ready[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def _unpacked(self, size: int) -> bytes:
        """At least one more unpacked byte and at most `size`; b"" only at the end of the file."""
        while True:
            if self._unpacker.eof and not self._next_member():
                return b""
            hungry = self._unpacker.needs_input
            data = self._take_pending(CHUNK) if hungry else b""
            try:
                piece = self._unpacker.decompress(data, size)
            except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
                raise FormatError(
                    f"{self.name}: expected {self.kind} data; it is damaged after "
                    f"{self._total} unpacked bytes ({error}). Fetch the file again."
                ) from error
            if piece:
                return piece
            if hungry and not data and not self._unpacker.eof:
                raise FormatError(
                    f"{self.name}: truncated: the {self.kind} data ends in the middle, after "
                    f"{self._total} unpacked bytes. Fetch the file again."
                )

    def _next_member(self) -> bool:
        """Go on behind the end of a packed member: zero padding, or one more member. False at the end."""
        self._pending = self._unpacker.unused_data + self._pending
        while not self._pending.lstrip(b"\0"):
            self._pending = self._from_file(CHUNK)
            if not self._pending:
                return False
        self._pending = self._pending.lstrip(b"\0")
        assert self._make is not None
        self._unpacker = self._make()
        return True


@contextmanager
def open_bounded(path: Path, limit: int, digest: bool = False) -> Iterator[BoundedStream]:
    """A file, open for reading at most so many unpacked bytes.

    path: of the file.
    limit: in unpacked bytes.
    digest: also take their SHA-256, see `BoundedStream`.
    Raises MissingDataError if there is none, FormatError if it is no regular file or cannot be read.
    """
    with open_regular(path) as raw:
        yield BoundedStream(raw, shown(path), limit, digest)


def md5(path: Path) -> str:
    """The MD5 of a file as it lies there, in hexadecimal.

    Raises MissingDataError if there is none, FormatError if it cannot be read.
    """
    with open_regular(path) as raw:
        try:
            return hashlib.file_digest(raw, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        except OSError as error:
            raise _unreadable(shown(path), error) from error


def _unreadable(name: str, error: OSError) -> FormatError:
    return FormatError(f"{name} cannot be read: {error.strerror or error}.")


@contextmanager
def open_regular(path: Path) -> Iterator[BufferedReader]:
    """Open a file for reading its bytes as they lie there.

    Raises MissingDataError if there is none, FormatError if it is not a regular file (a FIFO would wait for
    ever) or the system cannot open it.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FormatError(f"{shown(path)}: expected a regular file; it is a folder, a pipe or a device.")
        raw = path.open("rb")
    except FileNotFoundError as error:
        raise MissingDataError(f"{shown(path)} does not exist.") from error
    except FormatError:
        raise
    except OSError as error:
        raise FormatError(f"{shown(path)} cannot be opened: {error.strerror}.") from error
    with raw:
        yield raw


def read_exactly(stream: Readable, size: int, what: str) -> bytearray:
    """Exactly so many bytes of a stream.

    stream: to read from.
    size: how many bytes.
    what: they are, for the message.
    Memory grows with what is there, not with `size`. Raises FormatError if the file ends before.
    """
    data = bytearray()
    while len(data) < size:
        piece = stream.read(min(size - len(data), 1 << 20))
        if not piece:
            raise FormatError(
                f"{stream.name}: expected {size} bytes of {what}; the file ends after {len(data)}. "
                "It is truncated: fetch it again."
            )
        data += piece
    return data


def expect_end(stream: Readable) -> None:
    """Raise FormatError if anything follows: a file that holds more than it promises is not the official one."""
    if stream.read(1):
        raise FormatError(f"{stream.name}: expected the end of the file; more bytes follow the last record.")
