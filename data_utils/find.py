"""Where the files of a data set are on this machine.

Looked through in this order; of 1 and 2, first the sub-folder named after the set (mnist/), then the folder itself,
then all that lies below it, in any form that can be read (`data_utils.forms`):

    1. the folder given (data_dir, --data-dir), or the folder of the file given
    2. the folder named by the environment variable MFNUMPY_DATA_DIR
    3. the user's cache, where downloads go (MFNUMPY_CACHE_DIR, or as platformdirs places it)
    4. the folder of Debian's package dataset-fashion-mnist

A set that is whole in none of them may be whole in all of them together: what is missing is fetched, not all again.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from data_utils import forms
from data_utils.contents import Content, look
from data_utils.found import Found
from data_utils.source import Source
from data_utils.survey import survey
from data_utils.wording import shown
from mfnumpy.errors import MissingDataError, MissingLibraryError, OutputError
from mfnumpy.support.optional import require

PACKED = ("", ".gz", ".xz", ".bz2")


@dataclass(frozen=True)
class Place:
    """A folder to be looked through.

    folder: the path.
    sub_folders: looked at first.
    file: that was named in place of the folder, or None.
    deep: whether folders in it are looked through as well.
    """

    folder: Path
    sub_folders: tuple[str, ...] = ()
    file: Path | None = None
    deep: bool = True

    def exact(self) -> list[Path]:
        """The folders in which files lie under their published names."""
        return [] if self.file else [*(self.folder / sub for sub in self.sub_folders), self.folder]

    @cached_property
    def seen(self) -> list[Content]:
        """What lies here, the file that was named first."""
        if self.file:
            beside = survey(self.file.parent, depth=0)
            return [look(self.file), *(content for content in beside if content.path != self.file)]
        return survey(self.folder) if self.deep and self.folder.is_dir() else []


def cache_folder() -> Path | None:
    """The folder for downloads and parsed arrays; it need not exist. None where nothing says which it is.

    That is so without platformdirs, or for a user without a home, unless MFNUMPY_CACHE_DIR names the folder.
    """
    if own := os.environ.get("MFNUMPY_CACHE_DIR"):
        return Path(own)
    try:
        folder = Path(require("platformdirs").user_cache_path("mfnumpy"))
    except (MissingLibraryError, RuntimeError, OSError):
        return None
    return folder if folder.is_absolute() else None  # "~/.cache": this user has no home


def download_folder(source: Source) -> Path:
    """The folder into which the files of a data set are downloaded; it need not exist.

    Raises OutputError where there is no folder for downloads, MissingLibraryError where platformdirs would tell.
    """
    folder = cache_folder()
    if folder is None:
        require("platformdirs")
        raise OutputError("There is no home folder to keep downloads in: name a folder by MFNUMPY_CACHE_DIR.")
    return folder / "files" / source.name


def places(source: Source, data_dir: str | os.PathLike[str] | None = None) -> list[Path]:
    """The folders to be looked through, in order; not all need to exist. Raises as `find` does."""
    return [folder for place in where(source, data_dir) for folder in place.exact() or [place.folder]]


def where(source: Source, data_dir: str | os.PathLike[str] | None = None) -> list[Place]:
    """The places to be looked through, in order. Raises as `find` does."""
    found = [
        _given(source, what, name)
        for what, name in (("data_dir", data_dir), ("MFNUMPY_DATA_DIR", os.environ.get("MFNUMPY_DATA_DIR")))
        if name
    ]
    if cache_folder() is not None:
        found.append(Place(download_folder(source)))
    if source.system_folder:
        found.append(Place(Path(source.system_folder), deep=False))
    return found


def _given(source: Source, what: str, name: str | os.PathLike[str]) -> Place:
    """The place that a person named. Raises MissingDataError if there is none, or none that can be looked into."""
    try:
        base = Path(name).expanduser()
        if base.is_dir():
            return Place(base, source.folders)
        mode = base.stat().st_mode if base.exists() else 0
    except (OSError, RuntimeError, ValueError) as error:  # no permission, a name too long; no such ~user; a zero byte
        raise _closed(f"{what} names {shown(name)}, which", error) from error
    if stat.S_ISREG(mode):
        return Place(base.parent, file=base)
    kind = "a pipe, a socket or a device" if mode else "not a folder"
    do = "Name" if mode else "Create it, or name"
    raise MissingDataError(f"{what} names {shown(base)}, which is {kind}. {do} the right one.")


def _closed(folder: str, error: Exception) -> MissingDataError:
    reason = getattr(error, "strerror", None) or str(error).rstrip(".")
    return MissingDataError(f"{folder} cannot be looked into ({reason}). Make it readable, or name another folder.")


def _first_file(folder: Path, names: list[str]) -> Path | None:
    candidates = (folder / (name + suffix) for name in names for suffix in PACKED)
    try:
        return next((path for path in candidates if path.is_file()), None)
    except OSError as error:
        raise _closed(shown(folder), error) from error


def in_folder(source: Source, folder: Path) -> Found | None:
    """The files of a data set by their published names in this one folder, whatever is in them.

    Unpacked or in the archive; None if any is missing. Raises MissingDataError if the folder cannot be looked into.
    """
    members = {m: _first_file(folder, [m, PurePosixPath(m).name]) for m in source.members}
    complete = {m: path for m, path in members.items() if path is not None}
    if members and len(complete) == len(members):
        return Found(source, folder, complete)
    archive = _first_file(folder, [source.archive]) if source.archive else None
    return Found(source, folder, {source.archive: archive}, "archive") if archive else None


def is_sound(found: Found) -> bool:
    """Whether the files are what their names say, as far as that can be told without reading all of them."""
    form = next(form for form in forms.of(found.source) if form.name == found.form)
    picked = form.pick(found.source, [look(path) for path in found.files.values()])
    return all(part in picked for part in form.parts)


def find(source: Source, data_dir: str | os.PathLike[str] | None = None) -> Found | None:
    """The files of a data set from the first place that has all of them, or from all together; else None.

    Files under their published names are returned even if something else is in them, where nothing sound is found
    anywhere: their reader says what it is.
    Raises MissingDataError if data_dir or MFNUMPY_DATA_DIR names what does not exist (the user means another) or what
    cannot be looked into.
    """
    everywhere = where(source, data_dir)
    by_name: list[Found] = []
    for place in everywhere:
        exact = [found for folder in place.exact() if (found := in_folder(source, folder))]
        if (sound := next((found for found in exact if is_sound(found)), None)) is not None:
            return sound
        by_name += exact
        if (whole := next((found for found, absent in _forms(source, [place]) if not absent), None)) is not None:
            return whole
    together = next((found for found, absent in _forms(source, everywhere) if not absent), None)
    return together or (by_name[0] if by_name else None)


def gather(source: Source, data_dir: str | os.PathLike[str] | None = None) -> tuple[Found, tuple[str, ...]]:
    """The form of which most is there, in all places together, and which of its parts are absent; see `find`."""
    every = list(_forms(source, where(source, data_dir)))
    return max(every, key=lambda pair: len(pair[0].files) / (len(pair[0].files) + len(pair[1])))


def _forms(source: Source, everywhere: list[Place]) -> Iterator[tuple[Found, tuple[str, ...]]]:
    """Yield for each form what there is of it in these places, and which of its parts are absent."""
    seen = [content for place in everywhere for content in place.seen]
    for form in forms.of(source):
        parts = form.pick(source, seen)
        folder = next(
            (forms.root_of(form, path) for path in parts.values()), everywhere[-1].folder if everywhere else Path()
        )
        yield Found(source, folder, parts, form.name), tuple(part for part in form.parts if part not in parts)
