"""Damage: arrays of a file that are not as they were written, told by checksums and by NaN, named by their block."""

from __future__ import annotations

import shlex
import zlib
from collections.abc import Collection, Mapping

import numpy as np

from mfnumpy.errors import DamagedError

PIECE = 1 << 20
"""Numbers that are counted at a time."""


def checksum(array: np.ndarray) -> int:
    """CRC-32 of an array's bytes, row by row, begun with its dtype and shape. array: on the host."""
    kind = f"{array.dtype.str}{tuple(array.shape)}".encode()
    return zlib.crc32(np.asarray(array, order="C").reshape(-1).view(np.uint8).data, zlib.crc32(kind))


def owner(name: str) -> str:
    """The block, or readout, that an array of a checkpoint belongs to: "optimiser/m/block2.W" -> "block2"."""
    last = name.rpartition("/")[2]
    return last.rpartition(".")[0] or last


def words(name: str, array: np.ndarray, stated: Collection[int] | None) -> str | None:
    """What is wrong with an array, in words; None where nothing is.

    name: of the array, for the words.
    array: on the host.
    stated: the checksums of what was written; None where an earlier version states none, and only NaN can be seen.
    """
    if array.dtype.kind == "f" and (lost := _not_finite(array.reshape(-1, order="A"))):
        return f"NaN or Inf in {name} ({lost:,} of {array.size:,} numbers)"
    if stated is None or (found := checksum(array)) in stated:
        return None
    if array.size and not array.any():
        return f"{name} holds nothing but zeros, which is not what was written"
    return f"{name} is not as it was written (its checksum is now {found:08x})"


def _not_finite(flat: np.ndarray) -> int:
    """How many numbers are NaN or infinite; without a second array of that length."""
    with np.errstate(invalid="ignore"):
        if not flat.size or (np.isfinite(flat.min()) and np.isfinite(flat.max())):
            return 0
    pieces = (flat[start : start + PIECE] for start in range(0, flat.size, PIECE))
    return sum(int((~np.isfinite(piece)).sum()) for piece in pieces)


def by_owner(found: Mapping[str, str]) -> dict[str, list[str]]:
    """What is wrong, by block or readout. found: array's name -> words."""
    blocks: dict[str, list[str]] = {}
    for name, what in found.items():
        blocks.setdefault(owner(name), []).append(what)
    return blocks


def error(path: object, found: Mapping[str, str], all_names: int) -> DamagedError:
    """The error for a file of which some arrays are damaged.

    path: of the file.
    found: array's name -> what is wrong with it.
    all_names: how many arrays the file should hold.
    """
    blocks = by_owner(found)
    names = list(blocks)
    whose = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    told = [what for of_one in blocks.values() for what in of_one]
    more = f"; and {len(told) - MOST} more" if len(told) > MOST else ""
    others = "No other array is in it" if len(found) == all_names else "All else in it is whole"
    return DamagedError(
        f"{path}: {whose} {'is' if len(names) == 1 else 'are'} damaged: {'; '.join(told[:MOST])}{more}. {others}. "
        f"`mfnumpy repair {shlex.quote(str(path))}` retrains what is damaged alone.",
        dict(found),
    )


MOST = 4
"""So many damaged arrays are told; a line stays a line."""
