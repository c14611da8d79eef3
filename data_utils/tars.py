"""Reading an archive member by member, without ever writing one to the disk.

Nothing is extracted, so no name in the archive can lead anywhere; all the same, an archive that holds an
absolute name, a `..`, a link or a device is not the official one, and is refused as a whole.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from data_utils.streams import open_bounded
from data_utils.wording import human_bytes
from mfnumpy.errors import FormatError

MAX_MEMBERS = 200_000
"""The IMDB archive has about 100,000; an archive of millions of empty files would only waste time and memory."""

MAX_EXTENDED = 65_536
"""The most bytes of an extended header (a long name): tarfile would read it into memory whatever size it claims."""

_EXTENDED = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME)
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE)

# what tarfile is known to raise on damaged headers; FormatError itself is a ValueError and passes through
_TAR_ERRORS = (tarfile.TarError, ValueError, EOFError, OverflowError, IndexError, RecursionError)


@dataclass(frozen=True)
class Member:
    """One file of an archive, to be read before the next one is asked for. name: as in the archive, without ./."""

    name: str
    size: int
    _file: IO[bytes]
    _archive: str

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end. Raises FormatError if the archive is damaged here."""
        try:
            return self._file.read(size)
        except FormatError:
            raise
        except _TAR_ERRORS as error:
            raise _damaged(self._archive, error) from error


def members(path: Path, limit: int) -> Iterator[Member]:
    """Yield the regular files of a tar archive, of whatever compression, in the order in which they lie there.

    limit: the most unpacked bytes that the archive may hold, headers and padding included.
    Raises MissingDataError, or FormatError for a damaged, oversized or hostile archive.
    """
    with open_bounded(path, limit) as stream:
        try:
            archive = tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header)  # type: ignore[call-overload]  # noqa: SIM115
            count = 0
            while (info := archive.next()) is not None:
                archive.members = []  # tarfile would keep every header
                count += 1
                _refuse_hostile(info, count)
                # the second is what tarfile will skip, past the end too; PAX can make it differ from the first
                if max(info.size, archive.offset - info.offset_data) > limit:
                    raise _hostile(info.name, f"claims more than the {human_bytes(limit)} that the archive may hold")
                if info.isreg():
                    file = archive.extractfile(info)
                    assert file is not None
                    yield Member(str(PurePosixPath(info.name)), info.size, file, str(path))
            if count == 0:
                raise FormatError(f"{path}: expected a tar archive; there is nothing in it.")
        except FormatError:
            raise
        except _TAR_ERRORS as error:
            raise _damaged(str(path), error) from error


def _damaged(name: str, error: Exception) -> FormatError:
    return FormatError(f"{name}: expected a sound tar archive; it is damaged ({error}). Fetch it again.")


class _Header(tarfile.TarInfo):
    """A header that refuses, as soon as it is read, what no official archive holds."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        """Parse 512 bytes. Raises FormatError for links, devices, sparse files and oversized extended headers."""
        info = super().frombuf(buf, encoding, errors)
        if info.type not in (*_PLAIN, *_EXTENDED):
            raise _hostile(info.name, "is a link, a device or another special file")
        if info.size < 0 or (info.type in _EXTENDED and info.size > MAX_EXTENDED):
            raise _hostile(info.name, f"claims a header of {info.size} bytes")
        return info


def _hostile(member: str, what: str) -> FormatError:
    return FormatError(f"Archive member {member[:200]!r} {what}. The official archives have none such: fetch again.")


def _refuse_hostile(info: tarfile.TarInfo, count: int) -> None:
    path = PurePosixPath(info.name)
    if path.is_absolute() or ".." in path.parts:
        raise _hostile(info.name, "leads out of the archive")
    if info.issparse() or info.size < 0:
        raise _hostile(info.name, "is a sparse file")
    if count > MAX_MEMBERS:
        raise _hostile(info.name, f"comes after {MAX_MEMBERS} others")
