"""Writing files so that nobody ever finds half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from mfnumpy.errors import OutputError


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


@contextmanager
def atomic_write(path: str | os.PathLike, mode: str = "wb") -> Iterator[IO[Any]]:
    """Open a temporary file beside `path`; rename it to `path` only after everything has been written.

    On any failure (a full disk, Ctrl-C) the temporary file is removed and an older `path` stays as it was.
    Raises OutputError if the file cannot be written.
    """
    path = Path(path)
    folder = make_folder(path.parent)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=folder)
    except OSError as error:
        raise OutputError(f"Cannot write to {folder}: {error.strerror or error}.") from error
    try:
        with os.fdopen(handle, mode, encoding=None if "b" in mode else "utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError) and not isinstance(error, OutputError):
            raise OutputError(f"Cannot write {path}: {error.strerror or error}.") from error
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
