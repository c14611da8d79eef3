"""ZIP files that were handed in: their notebooks, bounded in number and size, written under names of our own."""

from __future__ import annotations

import calendar
import os
import shutil
import zipfile
import zlib
from pathlib import Path

from mfnumpy.course.grading.place import may_name_notebook
from mfnumpy.course.grading.reading import MOST_BYTES

MOST_FILES = 20_000
MOST_IN_ALL = 4 << 30
DEEPEST = 2
"""ZIP files in a ZIP file are opened; those in these are not."""


Found = list[tuple[list[str], str, float, str]]
"""Of each file the parts of its name in hexadecimal, where it was written, its time, and why it was not."""


def unzip(path: str, folder: str, depth: int = 0) -> Found:
    """Write the notebooks of a ZIP file into a folder; other files are only listed.

    path: of the ZIP file.
    folder: to write to.
    depth: in how many ZIP files this one lay.

    To be called in a process with limits.
    """
    found: Found = []
    try:
        with zipfile.ZipFile(path) as archive:
            _take(archive, Path(folder), depth, found)
    except _BROKEN as error:
        found.append(([b"(ZIP)".hex()], "", 0.0, f"not a ZIP file that can be read ({error})"[:200]))
    return found


_BROKEN = (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError)


def _take(archive: zipfile.ZipFile, folder: Path, depth: int, found: Found) -> None:
    members = [member for member in archive.infolist() if not member.is_dir()]
    total = 0
    for number, member in enumerate(members):
        parts = [part for part in _name(member).split(b"/") if part not in (b"", b".", b"..")] or [b"(no name)"]
        name, when, low = [part.hex() for part in parts], _time(member), parts[-1].lower()
        total += member.file_size
        if number >= MOST_FILES:
            why = f"one of {len(members):,} files in the ZIP file, of which {MOST_FILES:,} are read"
            found.append((name, "", when, why))
            return
        notebook = may_name_notebook(low.decode("latin-1"))
        if not notebook and not low.endswith(b".zip"):
            found.append((name, "", when, ""))
        elif low.endswith(b".zip") and depth >= DEEPEST:
            found.append((name, "", when, "a ZIP file in a ZIP file in a ZIP file is not opened"))
        elif member.file_size > (MOST_BYTES if notebook else MOST_IN_ALL) or total > MOST_IN_ALL:
            found.append((name, "", when, f"{member.file_size >> 20} MB when unpacked: too large"))
        else:
            found += _unpacked(archive, member, folder / f"{number:06}", depth, name)


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, depth: int, name: list[str]) -> Found:
    """One notebook, or what is in one ZIP file in this one."""
    when = _time(member)
    try:
        with archive.open(member) as source, open(target, "wb") as file:
            shutil.copyfileobj(source, file)
    except (*_BROKEN, zlib.error) as error:
        return [(name, "", when, f"cannot be unpacked ({error})"[:200])]
    if not member.filename.lower().endswith(".zip"):
        return [(name, str(target), when, "")]
    inner = target.with_suffix(".d")
    inner.mkdir()
    return [
        ([*name, *below], where, time, why) for below, where, time, why in unzip(str(target), str(inner), depth + 1)
    ]


def _name(member: zipfile.ZipInfo) -> bytes:
    """The name's own bytes: Python takes what is not marked as UTF-8 for the code page 437."""
    if member.flag_bits & 0x800:
        return member.filename.replace("\\", "/").encode("utf-8", "surrogateescape")
    return member.orig_filename.replace("\\", "/").encode("cp437", "replace")


def _time(member: zipfile.ZipInfo) -> float:
    try:
        return float(calendar.timegm((*member.date_time, 0, 0, 0)))
    except (ValueError, OverflowError):
        return 0.0


def decoded(parts: list[str]) -> tuple[str, ...]:
    """The parts of a name as on a disk, of their hexadecimal form."""
    return tuple(os.fsdecode(bytes.fromhex(part)) for part in parts)
