"""Where the files of a data set are on this machine.

Looked through in this order; of 1 and 2, first the sub-folder named after the set (mnist/), then the folder itself:

    1. the folder given (data_dir, --data-dir)
    2. the folder named by the environment variable MFNUMPY_DATA_DIR
    3. the user's cache, where downloads go (MFNUMPY_CACHE_DIR, or as platformdirs places it)
    4. the folder of Debian's package dataset-fashion-mnist
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from data_utils.source import Source
from mfnumpy.errors import MissingDataError
from mfnumpy.support.optional import require

PACKED = ("", ".gz", ".xz", ".bz2")


@dataclass(frozen=True)
class Found:
    """The files of a data set, in one folder.

    files: {name: path}, with the name of the archive alone, or that of each of its members.
    """

    source: Source
    folder: Path
    files: dict[str, Path]

    @property
    def archive(self) -> Path | None:
        """The archive, if the files are still packed in one."""
        return self.files.get(self.source.archive)


def cache_folder() -> Path:
    """Return the folder for downloads and parsed arrays; it need not exist.

    Raises MissingLibraryError if platformdirs is absent and MFNUMPY_CACHE_DIR does not name the folder.
    """
    if own := os.environ.get("MFNUMPY_CACHE_DIR"):
        return Path(own)
    return Path(require("platformdirs").user_cache_path("mfnumpy"))


def download_folder(source: Source) -> Path:
    """Return the folder into which the files of a data set are downloaded; it need not exist."""
    return cache_folder() / "files" / source.name


def places(source: Source, data_dir: str | os.PathLike[str] | None = None) -> list[Path]:
    """Return the folders to be looked through, in order; not all need to exist.

    Raises MissingDataError if data_dir or MFNUMPY_DATA_DIR names a folder that does not exist (the user means
    another) or that cannot be looked into.
    """
    given = [("data_dir", data_dir), ("MFNUMPY_DATA_DIR", os.environ.get("MFNUMPY_DATA_DIR"))]
    folders: list[Path] = []
    for what, name in given:
        if not name:
            continue
        try:
            base = Path(name).expanduser()
            exists = base.is_dir()
        except (OSError, RuntimeError) as error:  # no permission, a name too long; RuntimeError: no such ~user
            raise _closed(f"{what} names {str(name)[:200]}, which", error) from error
        if not exists:
            raise MissingDataError(f"{what} names {base}, which is not a folder. Create it, or name the right one.")
        folders += [base / sub for sub in source.folders] + [base]
    folders.append(download_folder(source))
    if source.system_folder:
        folders.append(Path(source.system_folder))
    return folders


def _closed(folder: str, error: Exception) -> MissingDataError:
    reason = getattr(error, "strerror", None) or str(error).rstrip(".")
    return MissingDataError(f"{folder} cannot be looked into ({reason}). Make it readable, or name another folder.")


def _first_file(folder: Path, names: list[str]) -> Path | None:
    candidates = (folder / (name + suffix) for name in names for suffix in PACKED)
    try:
        return next((path for path in candidates if path.is_file()), None)
    except OSError as error:
        raise _closed(str(folder)[:200], error) from error


def in_folder(source: Source, folder: Path) -> Found | None:
    """Return the files of a data set in this one folder, unpacked or in the archive; None if any is missing.

    Raises MissingDataError if the folder cannot be looked into.
    """
    members = {m: _first_file(folder, [m, PurePosixPath(m).name]) for m in source.members}
    complete = {m: path for m, path in members.items() if path is not None}
    if members and len(complete) == len(members):
        return Found(source, folder, complete)
    archive = _first_file(folder, [source.archive]) if source.archive else None
    return Found(source, folder, {source.archive: archive}) if archive else None


def find(source: Source, data_dir: str | os.PathLike[str] | None = None) -> Found | None:
    """Return the files of a data set from the first folder that has all of them; None if there is none.

    Raises MissingDataError as `places` does.
    """
    return next((f for folder in places(source, data_dir) if (f := in_folder(source, folder))), None)


def advice(source: Source) -> str:
    """Return where to get the files of a data set and where to put them, for the end of an error message."""
    files = source.files
    named = ", ".join(file.name for file in files)
    address = files[0].urls[0] if len(files) == 1 else files[0].urls[0].removesuffix(files[0].name)
    return (
        f"Get {named} from {address} and put {'it' if len(files) == 1 else 'them'} into {download_folder(source)}, "
        f"or into a folder of your own, named by data_dir (--data-dir) or MFNUMPY_DATA_DIR.{source.instead}"
    )


def missing(source: Source, data_dir: str | os.PathLike[str] | None = None) -> MissingDataError:
    """Build the error for files that are nowhere on this machine, to be raised by the caller."""
    looked = ", ".join(str(folder) for folder in places(source, data_dir))
    return MissingDataError(
        f"{source.name}: {', '.join(file.name for file in source.files)} not found on this machine. "
        f"Looked in: {looked}. {advice(source)}"
    )
