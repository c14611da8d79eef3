"""Writing files so that nobody ever finds half of one."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from mfnumpy.errors import OutputError
from mfnumpy.support import locks

LOCK = ".mfnumpy.lock"
"""In a folder: the file whose lock is the right to write results there."""
PART = ".part"
"""How the name of a file ends that is not yet whole."""


def make_folder(path: str | os.PathLike) -> Path:
    """Create a folder with its parents and return it. Raises OutputError if that is not possible."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"Cannot create the folder {folder}: {error.strerror or error}. Choose another one."
        ) from error
    if not os.access(folder, os.W_OK):
        raise OutputError(f"The folder {folder} is not writable. Choose another one.")
    return folder


def no_regular_file(path: str | os.PathLike) -> str | None:
    """What lies there in place of a file that can be read from its beginning to its end, in words; None for a file.

    Nothing at all is None as well: to open it says so. A device or a FIFO must be told before it is opened, since
    reading it may never end.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return None
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a FIFO"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((words for is_one, words in kinds if is_one(mode)), None)


@contextmanager
def atomic_write(
    path: str | os.PathLike, mode: str = "wb", before: Callable[[], None] | None = None
) -> Iterator[IO[Any]]:
    """Open a temporary file beside `path`; rename it to `path` only after everything has been written.

    On any failure (a full disk, Ctrl-C) the temporary file is removed and an older `path` stays as it was. What a
    killed process has left of an earlier attempt is removed as well.
    path: of the file that is wanted.
    mode: "wb" or "w", which is UTF-8.
    before: called when all is on the disk and only the renaming is left.
    Raises OutputError if the file cannot be written.
    """
    path = Path(path)
    folder = make_folder(path.parent)
    sweep(folder, f".{path.name}.")
    temporary = ""
    try:
        handle, temporary = _temporary(folder, path.name)
        with os.fdopen(handle, mode, encoding=None if "b" in mode else "utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.chmod(temporary, 0o666 & ~_umask())
            if os.name == "posix":  # still locked, so that nobody sweeps it away
                _rename(temporary, path, before)
        if os.name != "posix":  # Windows renames no open file
            _rename(temporary, path, before)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError) and not isinstance(error, OutputError):
            raise OutputError(f"Cannot write {path}: {error.strerror or error}.") from error
        raise


def _temporary(folder: Path, name: str) -> tuple[int, str]:
    """A new file in the folder, open and locked as long as it is open: so `sweep` knows that its writer is alive."""
    while True:
        handle, temporary = tempfile.mkstemp(prefix=f".{name[:100]}.", suffix=PART, dir=folder)
        locks.hold(handle)
        if os.path.exists(temporary):
            return handle, temporary
        os.close(handle)  # swept away before it was locked


def _rename(temporary: str, path: Path, before: Callable[[], None] | None) -> None:
    if before is not None:
        before()
    os.replace(temporary, path)


def sweep(folder: Path, prefix: str = ".") -> None:
    """Remove the unfinished files in a folder whose writers are dead; those of a living one are locked.

    prefix: of the names, as `atomic_write` gives them: a dot, the file's own name, a dot.
    """
    with suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.startswith(prefix) and entry.name.endswith(PART) and entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    locks.remove_unlocked(entry.path)


@contextmanager
def locked(folder: str | os.PathLike) -> Iterator[Path]:
    """A `with` block in which no other process may write its results into this folder, which is made if need be.

    A folder that is made here and is empty at the end goes again.
    Raises OutputError where another process is at work in it, or it cannot be written.
    """
    fresh, folder = not Path(folder).exists(), make_folder(folder)
    file = locks.acquire(folder / LOCK)
    if file is None:
        raise OutputError(
            f"{folder} is in use: {locks.owner(folder / LOCK)} writes its results there. Wait until it has ended, or "
            "give another folder."
        )
    try:
        sweep(folder)
        yield folder
    finally:
        locks.release(file, folder / LOCK)
        if fresh:
            with suppress(OSError):  # not empty
                folder.rmdir()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
