"""Parsed arrays, kept as .npy files in the user's cache: the second load maps them instead of parsing again.

One folder per data set and state of its files (path, size, time of change):
`parsed/mnist-1f0c.../x_train.npy`. It is written under another name and then renamed, so it is there whole or
not at all, also with two processes at once. Every file's CRC-32 is checked when it is opened; what does not
agree is thrown away and parsed anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from data_utils.find import Found, cache_folder
from mfnumpy.errors import OutputError

FORMAT = 1
"""To be raised whenever parsing changes its result: what was cached before is then passed over."""

INDEX = "index.json"
HALF = ".half-"
A_DAY = 24 * 3600

Arrays = dict[str, np.ndarray]


def entry(found: Found) -> Path:
    """Return the folder in which the parsed arrays of these files belong; it need not exist."""
    identity: list[object] = [FORMAT, found.source.name]
    for name, path in sorted(found.files.items()):
        facts = path.stat()
        identity += [name, str(path.resolve()), facts.st_size, facts.st_mtime_ns]
    key = hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:20]
    return cache_folder() / "parsed" / f"{found.source.name}-{key}"


def through(found: Found, parse: Callable[[Found], Arrays]) -> Arrays:
    """Return the arrays of these files as read-only memory maps: from the cache, or parsed and then kept there.

    Raises what `parse` raises, and OutputError if the cache cannot be written (a full disk): nothing is left
    then.
    """
    folder = entry(found)
    kept = read(folder)
    if kept is not None:
        return kept
    write(folder, parse(found))
    kept = read(folder)
    if kept is None:
        raise OutputError(f"{folder}: the arrays just written there do not read back. Is the disk sound?")
    return kept


def _crc(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            value = zlib.crc32(piece, value)
    return value


def read(folder: Path) -> Arrays | None:
    """Return the arrays of a cache folder as read-only memory maps; None if it is absent or not sound."""
    try:
        index = json.loads((folder / INDEX).read_text())
        for name, crc in index.items():
            if _crc(folder / f"{name}.npy") != crc:
                return None
        return {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in index}
    except (OSError, ValueError, AttributeError, TypeError):
        return None


def write(folder: Path, arrays: Arrays) -> None:
    """Write arrays as a cache folder, whole or not at all; one that another process wrote meanwhile is kept.

    Raises OutputError if that is not possible; nothing is left behind.
    """
    half: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        half = Path(tempfile.mkdtemp(prefix=HALF, dir=folder.parent))
        for name, array in arrays.items():
            np.save(half / f"{name}.npy", array, allow_pickle=False)
        index = {name: _crc(half / f"{name}.npy") for name in arrays}
        (half / INDEX).write_text(json.dumps(index))
        if folder.exists() and read(folder) is None:
            shutil.rmtree(folder)
        _rename(half, folder)
    except OSError as error:
        raise OutputError(
            f"The parsed arrays of {folder.name} cannot be kept in {folder.parent}: {error.strerror or error}. "
            "Make room there, or name another folder by MFNUMPY_CACHE_DIR."
        ) from error
    finally:
        if half is not None:
            shutil.rmtree(half, ignore_errors=True)


def _rename(half: Path, folder: Path) -> None:
    try:
        os.rename(half, folder)
    except OSError:
        if read(folder) is None:  # not another process's good copy: a real failure
            raise


def _sweep(parent: Path) -> None:
    """Remove half-written folders that a killed process left a day ago or earlier."""
    for left in parent.glob(f"{HALF}*"):
        with suppress(OSError):  # another process may just have finished it: then it is no longer there
            if time.time() - left.stat().st_mtime > A_DAY:
                shutil.rmtree(left, ignore_errors=True)
