"""NumPy's .npz files from strangers: each array's header is held against what is expected before anything is read."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from data_utils.streams import open_regular
from data_utils.wording import shown
from mfnumpy.errors import FormatError

MOST_MEMBERS = 100
_READ_HEADER = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def read(path: Path, shapes: Mapping[str, tuple[int, ...]], kinds: str = "u") -> dict[str, np.ndarray]:
    """Arrays of an .npz file, by name; others in it are passed over, and pickles never read.

    path: of the file.
    shapes: the shape that each array must have, by its name.
    kinds: the letters that NumPy's dtype.kind may be.
    Raises MissingDataError, or FormatError for a damaged file, one in which an array is missing, or an array of another
    shape or type.
    """
    name = shown(path)
    try:
        with open_regular(path) as raw, zipfile.ZipFile(raw) as archive:
            if len(archive.infolist()) > MOST_MEMBERS:
                raise FormatError(f"{name}: expected {', '.join(shapes)} in it; it has too many members.")
            held = {info.filename: info for info in archive.infolist()}
            if absent := [array for array in shapes if f"{array}.npy" not in held]:
                there = shown(", ".join(held), 80)
                raise FormatError(
                    f"{name}: expected the arrays {', '.join(shapes)}; {', '.join(absent)} not in {there}."
                )
            return {array: _array(name, archive, held[f"{array}.npy"], shapes[array], kinds) for array in shapes}
    except FormatError:
        raise
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise FormatError(f"{name}: expected a sound .npz file; it is damaged ({error}). Fetch it again.") from error


def _array(
    path: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, shape: tuple[int, ...], kinds: str
) -> np.ndarray:
    """One array: nothing is allocated before its header has promised the expected shape."""
    name = f"{path}, array {info.filename.removesuffix('.npy')}"
    with archive.open(info) as file:
        read_header = _READ_HEADER.get(np.lib.format.read_magic(file))
        try:
            found, fortran, dtype = read_header(file) if read_header else ((), False, np.dtype(object))
        except Exception as error:  # NumPy's parser lets through whatever Python's tokenizer and literal_eval raise
            raise FormatError(f"{name} has no readable header. Fetch the file again.") from error
        if dtype.hasobject or dtype.kind not in kinds or dtype.itemsize > 8:
            what = "Python objects, which are pickles: reading one can run any code" if dtype.hasobject else str(dtype)
            raise FormatError(f"{name}: expected numbers of kind {kinds!r}; it holds {what}.")
        if found != tuple(shape):
            raise FormatError(f"{name}: expected shape {tuple(shape)}; its header says {shown(str(found), 80)}.")
        size = math.prod(shape) * dtype.itemsize
        data = file.read(size + 1)
        if len(data) != size:
            raise FormatError(f"{name}: expected {size} bytes; it holds {'more' if len(data) > size else len(data)}.")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
