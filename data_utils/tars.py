"""Reading an archive member by member, without ever writing one to the disk.

Nothing is extracted, so no name in the archive can lead anywhere; all the same, an archive that holds an absolute
name, a `..`, a link or a device is not the official one, and is refused as a whole.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from data_utils.streams import open_bounded
from mfnumpy.errors import FormatError

MAX_MEMBERS = 200_000
"""The IMDB archive has about 100,000; an archive of millions of empty files would only waste time and memory."""

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
    """Yield the regular files of a tar archive, whatever its compression, in the order in which they lie there.

    limit: the most unpacked bytes that the archive may hold, headers and padding included.
    Raises MissingDataError, or FormatError for a damaged, oversized or hostile archive.
    """
    with open_bounded(path, limit) as stream:
        try:
            archive = tarfile.open(fileobj=stream, mode="r|")  # type: ignore[call-overload]  # noqa: SIM115
            count = 0
            while (info := archive.next()) is not None:
                archive.members = []  # tarfile would keep every header
                count += 1
                _refuse_hostile(path.name, info, count)
                if info.isreg():
                    file = archive.extractfile(info)
                    assert file is not None
                    yield Member(str(PurePosixPath(info.name)), info.size, file, path.name)
            if count == 0:
                raise FormatError(f"{path.name}: expected a tar archive; there is nothing in it.")
        except FormatError:
            raise
        except _TAR_ERRORS as error:
            raise _damaged(path.name, error) from error


def _damaged(name: str, error: Exception) -> FormatError:
    return FormatError(f"{name}: expected a sound tar archive; it is damaged ({error}). Fetch it again.")


def _refuse_hostile(archive: str, info: tarfile.TarInfo, count: int) -> None:
    path = PurePosixPath(info.name)
    if path.is_absolute() or ".." in path.parts:
        what = "leads out of the archive"
    elif not (info.isreg() or info.isdir()) or info.issparse():
        what = "is a link, a device or another special file"
    elif count > MAX_MEMBERS:
        what = f"comes after {MAX_MEMBERS} others"
    else:
        return
    raise FormatError(f"{archive}: member {info.name[:200]!r} {what}. The official archive has none such: fetch it again.")
