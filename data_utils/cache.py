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
import warnings
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from data_utils.find import cache_folder
from data_utils.found import Found
from data_utils.wording import shown
from mfnumpy.errors import DataWarning, OutputError
from mfnumpy.support.optional import version_of

FORMAT = 1
"""To be raised whenever parsing changes its result: what was cached before is then passed over."""

INDEX = "index.json"
HALF = ".half-"
A_DAY = 24 * 3600

Arrays = dict[str, np.ndarray]


def entry(found: Found) -> Path | None:
    """The folder in which the parsed arrays of these files belong; None where there is no cache."""
    cache = cache_folder()
    if cache is None:
        return None
    identity: list[object] = [FORMAT, found.source.name, found.form]
    for name, path in sorted(found.files.items()):
        identity += [name, str(path.resolve()), *_state(path)]
    return _place(cache, found.source.name, identity)


def _place(cache: Path, name: str, identity: list[object]) -> Path:
    """The folder of arrays that depend on this identity and nothing else."""
    key = hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:20]
    return cache / "parsed" / f"{name}-{key}"


def _state(path: Path) -> list[object]:
    """What changes when a file does: its size and time; of a folder those of each file in it."""
    if not path.is_dir():
        facts = path.stat()
        return [facts.st_size, facts.st_mtime_ns]
    with os.scandir(path) as entries:
        return [list(facts) for facts in sorted((e.name, e.stat().st_size, e.stat().st_mtime_ns) for e in entries)]


def through(found: Found, parse: Callable[[Found], Arrays]) -> Arrays:
    """The arrays of these files, read-only: mapped from the cache, or parsed and then kept there.

    A cache that cannot be written (no home, read-only, a full disk) costs speed and a warning: the arrays are then
    held in memory. Raises what `parse` raises.
    """
    folder = entry(found)
    if folder is None:
        return _in_memory(parse(found), "There is no home folder to keep parsed arrays in")
    kept = read(folder)
    if kept is not None:
        return kept
    arrays = parse(found)
    try:
        write(folder, arrays)
    except OutputError as error:
        return _in_memory(arrays, str(error).partition(". ")[0])
    kept = read(folder)
    return (
        _in_memory(arrays, f"{shown(folder)}: what was just written there does not read back") if kept is None else kept
    )


def of_library(name: str, distribution: str, make: Callable[[], Arrays]) -> Arrays:
    """The arrays of a data set that a library ships, read-only: mapped from the cache, or made and kept there.

    The library is then not imported at all, which takes longer than a small network's training.

    name: of the data set.
    distribution: of the library; another version of it is asked anew.
    make: what imports the library and returns the arrays.
    A cache that cannot be written costs that time each run, and no word. Raises what `make` raises.
    """
    cache, version = cache_folder(), version_of(distribution)
    if cache is None or version is None:
        return make()
    folder = _place(cache, name, [FORMAT, name, distribution, version])
    kept = read(folder)
    if kept is None:
        arrays = make()
        with suppress(OutputError):
            write(folder, arrays)
        kept = read(folder)
        return arrays if kept is None else kept
    return kept


def _in_memory(arrays: Arrays, why: str) -> Arrays:
    """The arrays as they would come from the cache, with a warning that they do not."""
    text = f"{why}: files are parsed each time. A folder for them can be named by MFNUMPY_CACHE_DIR."
    warnings.warn(text, DataWarning, stacklevel=4)
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


def _crc(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            value = zlib.crc32(piece, value)
    return value


def read(folder: Path) -> Arrays | None:
    """The arrays of a cache folder as read-only memory maps; None if it is absent or not sound."""
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
            f"The parsed arrays of {folder.name} cannot be kept in {shown(folder.parent)}: {error.strerror or error}. "
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
