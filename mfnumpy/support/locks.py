"""Locks on files, which the operating system releases when their process ends, however it ends."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from mfnumpy.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows; and WebAssembly, where there is no other process
    fcntl = None  # type: ignore[assignment]


def acquire(path: Path) -> IO[str] | None:
    """The file at this path, locked and signed; or None if another process holds it. Raises OutputError."""
    while True:
        try:
            file = open(path, "a+", encoding="utf-8")  # noqa: SIM115  (it stays open while the lock is held)
        except OSError as error:
            raise OutputError(f"{path} cannot be written ({error.strerror}). Whose is it?") from error
        if not try_lock(file):
            file.close()
            return None
        # The file may have been removed by its last owner between open and lock: then this lock guards nothing.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                file.truncate(0)
                file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
                file.flush()
                return file
        file.close()


def release(file: IO[str], path: Path) -> None:
    """Remove a file that `acquire` has locked, and its lock."""
    with suppress(OSError):
        path.unlink()  # while it is still locked: nobody can have taken it meanwhile
    file.close()


def owner(path: Path) -> str:
    """Who holds the file, as far as it says; for messages only."""
    with suppress(OSError, UnicodeError):
        return path.read_text(encoding="utf-8").strip()[:100] or "another process"
    return "another process"


def remove_unlocked(path: str) -> None:
    """Remove a file unless a process has it locked. Raises OSError where that cannot be told or done."""
    if fcntl is None:  # on Windows an open file is never removed
        os.unlink(path)
        return
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)
    finally:
        os.close(handle)


def hold(handle: int) -> None:
    """Lock a new file of this process as long as it is open; where there are no locks, nothing is done."""
    if fcntl is not None:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)


if sys.platform != "win32":

    def try_lock(file: IO[Any]) -> bool:
        """Lock an open file for this process if no other has; False if one has."""
        if fcntl is None:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks: better no guard than no run
            return True
        return True

else:  # it has no flock, and does not let a locked file be removed, which is as good
    import msvcrt

    def try_lock(file: IO[Any]) -> bool:
        """Lock an open file for this process if no other has; False if one has."""
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
