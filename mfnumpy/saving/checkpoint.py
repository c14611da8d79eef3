"""Checkpoints: arrays and a JSON description in NumPy's own .npz format, uncompressed, without pickles.

A checkpoint may come from a stranger. So every array's header is read and held against the file's true size before
anything is allocated, pickled objects are refused, and nothing is ever extracted to disk.

Each array has a checksum in the description. So a damaged array can be told from a damaged file: the first is named,
and all others are there (`read`); of the second nothing can be trusted.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn

import numpy as np

from mfnumpy import backend
from mfnumpy.backend import Array
from mfnumpy.errors import CheckpointError, MfnumpyError
from mfnumpy.saving import damage
from mfnumpy.support import files
from mfnumpy.support.files import atomic_write

FORMAT = "mfnumpy-checkpoint-1"
PIECE = 1 << 20
"""Bytes that are read at a time."""
_DESCRIPTION = "description"
_CHECKSUMS = "checksums"
_BROKEN = (
    *(zipfile.BadZipFile, OSError, ValueError, TypeError, EOFError, NotImplementedError, RuntimeError, SyntaxError),
)
"""What zipfile and NumPy raise of a broken file."""


class _UnreadableError(ValueError):
    """An array is not what its header says, or holds no numbers; the message names it."""


class Stored(NamedTuple):
    """What a checkpoint holds.

    arrays: those that are whole, by name, on the host.
    description: JSON values.
    damaged: array's name -> what is wrong with it.
    names: of all arrays that should be there, in the order in which they were written.
    sums: the checksum of each; None of a checkpoint of an earlier version.
    """

    arrays: dict[str, np.ndarray]
    description: dict
    damaged: dict[str, str]
    names: list[str]
    sums: dict[str, int] | None


def save(
    path: str | os.PathLike,
    arrays: Mapping[str, Array] | Iterable[tuple[str, Array]],
    description: dict,
    before: Callable[[], None] | None = None,
) -> None:
    """Write arrays and a JSON description atomically: the file is the old one or the new one, never half.

    path: of the file; what is there is replaced.
    arrays: by name, of any backend; they are stored row by row. Of pairs (name, array) one at a time is at hand.
    description: JSON values, with which `load` gives the arrays back.
    before: called when all is on the disk, and only the file's name is left to be changed.
    Raises OutputError if the file cannot be written.
    """
    pairs, sums = arrays.items() if isinstance(arrays, Mapping) else arrays, {}
    with atomic_write(path, before=before) as file, zipfile.ZipFile(file, "w") as archive:
        for name, array in pairs:
            on_host = np.asarray(backend.to_host(array), order="C")
            sums[name] = damage.checksum(on_host)
            _add(archive, name, on_host)
        text = json.dumps({"format": FORMAT} | description | {_CHECKSUMS: sums}).encode()
        _add(archive, _DESCRIPTION, np.frombuffer(text, np.uint8))


def _add(archive: zipfile.ZipFile, name: str, array: np.ndarray) -> None:
    """One array, as np.savez adds it, which would want all of them at once."""
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array(member, array, allow_pickle=False)


def load(path: str | os.PathLike) -> tuple[dict[str, np.ndarray], dict]:
    """Read a checkpoint. Returns its arrays, on the host, and its description.

    Raises CheckpointError if the file is missing, truncated, hostile, or no checkpoint of mfnumpy, and its subclass
    DamagedError, naming the blocks, where the file is sound and some of its arrays are not. Needs no more memory than
    the file is long, and a PIECE.
    """
    stored = read(path)
    if stored.damaged:
        raise damage.error(path, stored.damaged, len(stored.names))
    return stored.arrays, stored.description


def read(path: str | os.PathLike) -> Stored:
    """Read a checkpoint of which some arrays may be damaged: not as they were written, not there, or not finite.

    Of a checkpoint without checksums, of an earlier version, the file's own and NaN are what can be seen.
    Raises CheckpointError as `load` does, but for DamagedError.
    """
    path = Path(path)
    if (problem := files.no_regular_file(path)) is not None:
        raise CheckpointError(f"{path} is not a readable checkpoint: it is {problem}.")
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_overlaps(path, archive.infolist())
            members = {_name(path, info): info for info in archive.infolist()}
            description = _described(path, archive, members.pop(_DESCRIPTION, None))
            sums = _sums(path, description.pop(_CHECKSUMS, None))
            stored = Stored({}, description, {}, list(members if sums is None else sums), sums)
            for name, info in members.items():
                _sort(stored, name, _array_or_reason(path, archive, info))
    except MfnumpyError:
        raise
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no checkpoint at {path}.") from error
    except _BROKEN as error:
        raise CheckpointError(f"{path} is not a readable checkpoint ({error}). It may be truncated.") from error
    for name in stored.names:
        if name not in members:
            stored.damaged[name] = f"{name} is missing"
    return stored


def _sort(stored: Stored, name: str, found: np.ndarray | str) -> None:
    """Put an array, or the reason why it cannot be read, where it belongs."""
    stated = None if stored.sums is None or name not in stored.sums else [stored.sums[name]]
    wrong = found if isinstance(found, str) else damage.words(name, found, stated)
    if wrong is None:
        assert isinstance(found, np.ndarray)
        stored.arrays[name] = found
    else:
        stored.damaged[name] = wrong


def _described(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo | None) -> dict:
    """The JSON description of a checkpoint. Raises ValueError where it cannot be read."""
    text = None if info is None else _array_or_reason(path, archive, info)
    if isinstance(text, str):
        raise ValueError(text)
    try:
        if text is None:
            raise KeyError(_DESCRIPTION)
        description = json.loads(text.tobytes(), parse_constant=_no_number)
        if description["format"] != FORMAT:
            raise ValueError(f"its format is {description['format']!r}")
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is not a checkpoint of mfnumpy ({error}).") from error
    return description


def _sums(path: Path, stated: Any) -> dict[str, int] | None:
    """The checksum of each array; None of a checkpoint that states none."""
    right = isinstance(stated, dict) and all(type(value) is int for value in stated.values())
    if stated is not None and not right:
        raise CheckpointError(f"{path} is not a checkpoint of mfnumpy (its checksums are {stated!r:.60}).")
    return stated


def _array_or_reason(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray | str:
    """One array, or why it cannot be had."""
    try:
        return _read(archive, info, path.stat().st_size)
    except _UnreadableError as error:
        return str(error)
    except _BROKEN as error:
        return f"{info.filename} cannot be read ({error})"


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"its description holds {text}")


def _refuse_overlaps(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """A thousand members that share the same bytes, or one name, would make little file much work."""
    if len({info.filename for info in members}) < len(members):
        raise CheckpointError(f"{path} is not a checkpoint of mfnumpy: it holds two arrays of one name.")
    if sum(info.file_size for info in members) > path.stat().st_size:
        raise CheckpointError(f"{path}: its arrays claim more bytes than the file holds.")


def _name(path: Path, info: zipfile.ZipInfo) -> str:
    if not info.filename.endswith(".npy") or info.compress_type != zipfile.ZIP_STORED:
        raise CheckpointError(f"{path} is not a checkpoint of mfnumpy: it holds {info.filename!r}.")
    return info.filename.removesuffix(".npy")


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> np.ndarray:
    """One array, after its header has been held against the bytes that are really there.

    archive, info: where it is.
    most: bytes of the file.
    Raises _UnreadableError for one that is refused, and what zipfile and NumPy raise of a broken one.
    """
    if info.file_size != info.compress_size or info.file_size > most:
        raise _UnreadableError(f"{info.filename} claims more bytes than the file holds")
    with archive.open(info) as file:
        version = np.lib.format.read_magic(file)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(version)
        if read_header is None:
            raise _UnreadableError(f"{info.filename} has an unknown .npy version {version}")
        try:
            shape, fortran, dtype = read_header(file)
        except Exception as error:  # NumPy's parser lets through whatever Python's tokenizer and literal_eval raise
            raise _UnreadableError(f"{info.filename} has no readable .npy header ({error})") from error
        if dtype.hasobject or dtype.kind not in "biuf":
            raise _UnreadableError(f"{info.filename} holds {dtype}, not numbers; it is refused")
        count, left = 1, info.file_size - file.tell()
        for size in shape:  # Python's integers: a product that overflows in C must not fool us
            count *= int(size)
        if any(size < 0 for size in shape) or count * dtype.itemsize != left:
            raise _UnreadableError(f"{info.filename} promises shape {shape} but holds {left} bytes")
        array = np.empty(count, dtype)
        _fill(array.view(np.uint8), file)
    return array.reshape(shape, order="F" if fortran else "C")


def _fill(target: np.ndarray, file: IO[bytes]) -> None:
    """Read bytes straight into their array, a PIECE at a time: a second copy would need as much memory again.

    Reads to the end, where zipfile compares the checksum. Raises EOFError if there are not so many.
    """
    at = 0
    while piece := file.read(PIECE):
        target[at : at + len(piece)] = np.frombuffer(piece, np.uint8)
        at += len(piece)
    if at != len(target):
        raise EOFError(f"{at} bytes in place of {len(target)}")


def check_fits(target: Mapping[str, Array], source: Mapping[str, np.ndarray], what: str) -> None:
    """Check that a checkpoint's arrays have the names, shapes and dtypes of live ones, and hold finite numbers.

    target: the live arrays, by name.
    source: the checkpoint's.
    what: they belong to, in the message: "network or rule".
    Raises CheckpointError, naming the array.
    """
    if set(target) != set(source):
        missing, extra = sorted(set(target) - set(source)), sorted(set(source) - set(target))
        raise CheckpointError(
            f"The checkpoint belongs to another {what}: missing {missing or 'nothing'}, unknown {extra or 'nothing'}."
        )
    for name, array in source.items():
        if array.shape != target[name].shape or array.dtype != target[name].dtype:
            raise CheckpointError(
                f"The checkpoint belongs to another {what}: {name} is {array.dtype} {array.shape} there, "
                f"{target[name].dtype} {tuple(target[name].shape)} here."
            )
        if not np.isfinite(array).all():
            raise CheckpointError(f"The checkpoint holds NaN or Inf in {name}.")


def put(target: Mapping[str, Array], source: Mapping[str, np.ndarray], what: str) -> None:
    """Copy a checkpoint's arrays into live ones.

    target, source, what: as in `check_fits`.
    Raises CheckpointError as `check_fits` does, before anything is changed.
    """
    check_fits(target, source, what)
    for name, array in source.items():
        target[name][...] = backend.to_device(array)
