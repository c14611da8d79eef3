"""Reading an archive member by member, in one pass, without ever writing one to the disk.

Nothing is extracted, so no name in the archive can lead anywhere; all the same, an archive that holds an
absolute name, a `..`, a link or a device is not the official one, and is refused as a whole.

    a member:  512 bytes of header | its bytes, padded with zeros to a multiple of 512
    before it, where names are long: members of type x, g (PAX records: "LENGTH KEY=VALUE\\n") or L (a GNU long name)

The walk is our own, over tarfile's parser of one header: tarfile's keeps what all PAX headers say, copies it for each
member, and searches it by patterns that take quadratic time.
Source: POSIX.1-2008, pax, "ustar Interchange Format" and "pax Interchange Format".
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from data_utils.streams import BoundedStream, Readable, open_bounded, read_exactly
from data_utils.wording import human_bytes, shown
from mfnumpy.errors import FormatError

BLOCK = tarfile.BLOCKSIZE
MAX_MEMBERS = 200_000
"""The IMDB archive has about 100,000; an archive of millions of empty files would only waste time and memory."""

MAX_EXTENDED = 65_536
"""The most bytes of one extended header (a long name, times, a Mac's attributes)."""

SPARE_EXTENDED = 64
EXTENDED_PER_MEMBER = 4
BYTES_PER_MEMBER = 1024
"""Bounds of all extended headers together: so many at first and more with each member; and in bytes, MAX_EXTENDED
at first. An archive packed anew has one or two of some hundred bytes for each member."""

LONGEST_NAME = 60
"""Of a member, in a message."""

_EXTENDED = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME)
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE)


@dataclass
class Member:
    """One file of an archive, to be read before the next one is asked for.

    name: as in the archive, without ./.
    size: in bytes.
    """

    name: str
    size: int
    _stream: Readable
    _left: int = field(init=False)

    def __post_init__(self) -> None:
        self._left = self.size

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end. Raises FormatError if the archive is damaged here."""
        wanted = min(size, self._left)
        data = self._stream.read(wanted)
        self._left -= len(data)
        if len(data) < wanted:
            raise _damaged(self._stream.name, f"the file ends in {shown(self.name, LONGEST_NAME)!r}")
        return data

    def skip(self) -> None:
        """Pass over what has not been read, and over the padding behind it."""
        self._left += -self.size % BLOCK
        while self._left:
            self.read(1 << 16)


def members(path: Path, limit: int) -> Iterator[Member]:
    """Yield the regular files of a tar archive, of whatever compression, in the order in which they lie there.

    limit: the most unpacked bytes that the archive may hold, headers and padding included.
    Raises MissingDataError, or FormatError for a damaged, oversized or hostile archive.
    """
    with open_bounded(path, limit) as stream:
        walk = _Walk(stream, limit)
        while (info := walk.next_header()) is not None:
            if info.isreg():
                member = Member(str(PurePosixPath(info.name)), info.size, stream)
                yield member
                member.skip()
        if not walk.count:
            raise FormatError(f"{stream.name}: expected a tar archive; there is nothing in it.")


class _Walk:
    """The headers of an archive, one after the other, each with what the extended headers before it say."""

    def __init__(self, stream: BoundedStream, limit: int) -> None:
        self.stream, self.limit, self.count = stream, limit, 0
        self._global: dict[str, str] = {}
        self._extended = self._bytes = 0

    def next_header(self) -> tarfile.TarInfo | None:
        """The next file's or folder's header; None at the end. Raises FormatError."""
        local: dict[str, str] = {}
        while (info := self._header()) is not None:
            if info.type not in _EXTENDED:
                self.count += 1
                return self._applied(info, self._global | local)
            said = self._records(info)
            if info.type == tarfile.XGLTYPE:
                self._global |= said
            else:
                local |= said
        return None

    def _header(self) -> tarfile.TarInfo | None:
        """Read 512 bytes. Raises FormatError for links, devices, sparse files and oversized extended headers."""
        block = self.stream.read(BLOCK)
        if not block.strip(b"\0") and len(block) in (0, BLOCK):
            return None
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except (tarfile.TarError, ValueError, OverflowError) as error:
            raise _damaged(self.stream.name, str(error)) from error
        if info.type not in (*_PLAIN, *_EXTENDED):
            raise _hostile(info.name, "is a link, a device or another special file")
        if info.size < 0 or (info.type in _EXTENDED and info.size > MAX_EXTENDED):
            raise _hostile(info.name, f"claims a header of {shown(str(info.size), LONGEST_NAME)} bytes")
        return info

    def _records(self, info: tarfile.TarInfo) -> dict[str, str]:
        """What an extended header says of names and sizes. Raises FormatError if there are too many of them."""
        self._extended += 1
        self._bytes += info.size
        if (
            self._extended > SPARE_EXTENDED + EXTENDED_PER_MEMBER * self.count
            or self._bytes > MAX_EXTENDED + BYTES_PER_MEMBER * self.count
        ):
            raise _hostile(
                info.name,
                f"is one of {self._extended} extended headers ({human_bytes(self._bytes)}) for {self.count} members",
            )
        body = bytes(read_exactly(self.stream, info.size, "an extended header"))
        read_exactly(self.stream, -info.size % BLOCK, "padding")
        if info.type == tarfile.GNUTYPE_LONGNAME:
            return {"path": body.split(b"\0")[0].decode("utf-8", "surrogateescape")}
        said = {key: value for key, value in self._pax(body) if key in ("path", "size") or key.startswith("GNU.sparse")}
        if any(key.startswith("GNU.sparse") for key in said):
            raise _hostile(info.name, "is a sparse file")
        return said

    def _pax(self, body: bytes) -> Iterator[tuple[str, str]]:
        """The records of a PAX header, each found by the length that it begins with."""
        body = body.rstrip(b"\0")
        start = 0
        while start < len(body):
            space = body.find(b" ", start, start + 8)
            length = body[start:space] if space > 0 else b""
            end = start + int(length) if length.isdigit() else 0
            key, equals, value = body[space + 1 : max(end - 1, 0)].partition(b"=")
            if not equals or body[end - 1 : end] != b"\n":
                raise _damaged(self.stream.name, "a PAX header is not made of records")
            yield key.decode("utf-8", "replace"), value.decode("utf-8", "surrogateescape")
            start = end

    def _applied(self, info: tarfile.TarInfo, said: dict[str, str]) -> tarfile.TarInfo:
        """The header with what its extended headers say. Raises FormatError for what no official archive holds."""
        info.name = said.get("path", info.name)
        size = said.get("size", str(info.size))
        if not size.isascii() or not size.isdigit():
            raise _damaged(self.stream.name, f"{shown(info.name, LONGEST_NAME)!r} has no number for its size")
        if len(size) > 20 or max(int(size), info.size) > self.limit:
            raise _hostile(info.name, f"claims more than the {human_bytes(self.limit)} that the archive may hold")
        info.size = int(size)
        path = PurePosixPath(info.name)
        if path.is_absolute() or ".." in path.parts:
            raise _hostile(info.name, "leads out of the archive")
        if self.count > MAX_MEMBERS:
            raise _hostile(info.name, f"comes after {MAX_MEMBERS} others")
        return info


def _damaged(name: str, reason: str) -> FormatError:
    return FormatError(f"{name}: expected a sound tar archive; it is damaged ({reason}). Fetch it again.")


def _hostile(member: str, what: str) -> FormatError:
    name = shown(member, LONGEST_NAME)
    return FormatError(f"Archive member {name!r} {what}. The official archives have none such: fetch again.")
