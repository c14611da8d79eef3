"""Records from other ledgers: taken if they are whole, known or new, and refused where they contradict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mfnumpy.errors import InvalidValueError
from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.paper.ledger.reading import LedgerError, read


@dataclass
class Merged:
    """What came of a merge.

    new: names of the records taken.
    known: names of those that the ledger had already, with the same history.
    refused: file -> why it was not taken.
    """

    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def merge(into: Ledger, folders: Sequence[str | Path]) -> Merged:
    """Copy the records of other ledgers, byte by byte.

    A record is refused if it cannot be read, if it is another run than its file's name says, or if the ledger has that
    run with another history or result. Files here are never changed.

    Raises InvalidValueError for a folder that is none or holds no record, before anything is copied.
    """
    found = [(Path(folder), sorted(Path(folder).glob("[!.]*.json"))) for folder in folders]
    for folder, paths in found:
        if not paths:
            what = "holds no record" if folder.is_dir() else "is no folder"
            raise InvalidValueError(f"{folder} {what}. Give the folder of a ledger, with its .json files.")
    merged = Merged()
    for _, paths in found:
        for path in paths:
            _take(into, path, merged)
    return merged


def _take(into: Ledger, path: Path, merged: Merged) -> None:
    """One record, taken, known or refused."""
    target = into.folder / path.name
    try:
        record = read(path)
        if not path.stem.endswith(f"{record.key}-s{record.seed}"):
            raise LedgerError(f"{path} holds another run: {record.key}, seed {record.seed}.")
        if not target.exists():
            into.keep(path.stem, record, path.read_bytes())
            merged.new.append(path.stem)
            return
        own = read(target)
    except LedgerError as error:
        merged.refused[str(path)] = str(error)
        return
    if (own.history, own.seed) != (record.history, record.seed) or (record.history and own.result != record.result):
        merged.refused[str(path)] = f"{path} is the run {path.stem}, of which {into.folder} has another history."
    else:
        merged.known.append(path.stem)
