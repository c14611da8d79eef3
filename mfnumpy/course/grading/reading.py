"""Reading what was handed in: bounded, in whatever encoding and version, and told by its cells which notebook it is."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mfnumpy.course.hints import opened
from mfnumpy.errors import InvalidValueError
from mfnumpy.support.optional import require

MOST_BYTES = 64 << 20
"""The largest notebook that is read; the pictures of a usual one take a few MB."""
MOST_CELLS = 2000
MOST_TEXT = 4 << 20
"""Characters in all cells together."""
KINDS = ("code", "markdown", "raw")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DEFINES = re.compile(r"^def (\w+)\(", re.MULTILINE)


class UnreadableError(InvalidValueError):
    """A file that is no notebook that can be read; why, in words."""


@dataclass(frozen=True)
class Cell:
    """A cell as it was handed in.

    kind: one of KINDS.
    source: its text.
    name: nbgrader's name for it, or "".
    id: the notebook's own.
    hints: how many hints of each exercise its outputs record as opened.
    """

    kind: str
    source: str
    name: str = ""
    id: str = ""
    hints: Mapping[str, int] = field(default_factory=dict)


def read_cells(path: Path) -> tuple[list[Cell], list[str]]:
    """The cells of a notebook file, and remarks on what was unusual. Raises UnreadableError.

    To be called in a process with a bound on its memory: a few MB of JSON can take a thousand times as much.
    """
    size = path.stat().st_size
    if not size:
        raise UnreadableError("the file is empty")
    if size > MOST_BYTES:
        raise UnreadableError(f"the file has {size >> 20} MB; a notebook may have {MOST_BYTES >> 20}")
    text, remarks = _text(path.read_bytes())
    try:
        notebook = json.loads(text)
    except ValueError as error:
        start = text.lstrip()[:1].lower()
        why = "it is a web page" if start == "<" else "it was cut off, or is none" if start == "{" else "it is none"
        raise UnreadableError(f"not a notebook that can be read: {why} ({str(error).partition(':')[0]})") from None
    cells = _raw_cells(notebook, text, remarks)
    if len(cells) > MOST_CELLS:
        raise UnreadableError(f"the notebook has {len(cells)} cells; {MOST_CELLS} are read at most")
    found = [_cell(cell) for cell in cells]
    if sum(len(cell.source) for cell in found) > MOST_TEXT:
        raise UnreadableError(f"the notebook has more than {MOST_TEXT >> 20} million characters of text")
    return found, remarks


def _text(data: bytes) -> tuple[str, list[str]]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), []
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), ["the file is not in UTF-8; read as Windows-1252"]


def _raw_cells(notebook: Any, text: str, remarks: list[str]) -> list:
    if not isinstance(notebook, dict):
        raise UnreadableError("not a notebook that can be read: it is JSON, but no notebook")
    if "cells" not in notebook and "worksheets" in notebook:
        remarks.append(f"an old notebook (version {notebook.get('nbformat', '?')}), converted")
        try:
            notebook = require("nbformat", "course").reads(text, as_version=4)
        except Exception as error:
            raise UnreadableError(f"an old notebook that cannot be converted ({type(error).__name__})") from None
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise UnreadableError("not a notebook that can be read: it has no cells")
    return cells


def _cell(raw: Any) -> Cell:
    """One cell, whatever is missing or wrong in it."""
    raw = raw if isinstance(raw, dict) else {}
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    metadata = raw.get("metadata")
    settings = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = settings.get("grade_id") if isinstance(settings, dict) else None
    kind = raw.get("cell_type")
    return Cell(
        kind if kind in KINDS else "raw",
        source if isinstance(source, str) else "",
        name if isinstance(name, str) else "",
        raw["id"] if isinstance(raw.get("id"), str) else "",
        opened(raw.get("outputs")),
    )


def names_of(cells: list[Cell], given: Mapping[str, str], blanks: Mapping[str, str]) -> list[str]:
    """Which cell of the instructor's notebook each one is, by name, or "" for the student's own.

    cells: as they were handed in.
    given: the text of each cell as it was released, by name.
    blanks: the first function of each blank, by the cell's name.

    A cell is known by nbgrader's metadata, else by its id, else by its text, else (for a blank that is not found
    otherwise) by the function that it defines: some editors drop the metadata.
    """
    texts = {_bare(text): name for name, text in given.items()}
    names = []
    for cell in cells:
        known = next((name for name in (cell.name, cell.id) if name in given), "")
        names.append(known or texts.get(_bare(cell.source), ""))
    missing = {function: name for name, function in blanks.items() if name not in names}
    for k, cell in enumerate(cells):
        if not names[k] and cell.kind == "code":
            defined = [missing[f] for f in DEFINES.findall(cell.source) if f in missing]
            names[k] = defined[0] if defined else ""
    return names


def likeness(cells: list[Cell], given: Mapping[str, str], blanks: Mapping[str, str]) -> float:
    """How much of the instructor's notebook is in the cells: from 0 to 1, by names and, counting twice, by text.

    cells, given, blanks: as in `names_of`.
    """
    names = names_of(cells, given, blanks)
    known = sum(name in names for name in given)
    texts = {_bare(cell.source) for cell in cells}
    same = sum(_bare(text) in texts for name, text in given.items() if name not in blanks)
    return (known + 2 * same) / (len(given) + 2 * max(len(given) - len(blanks), 1))


LEAST_LIKENESS = 0.05


def recognise(path: str, plans: str) -> dict[str, Any]:
    """Which notebook of the course a file is: {"notebook": name or "", "why": why it is none, "sure": 0 to 1}.

    plans: a JSON file of {notebook: {"given": {...}, "blanks": {...}}}. To be called in a process with limits.
    """
    try:
        cells, _ = read_cells(Path(path))
    except UnreadableError as error:
        return {"notebook": "", "why": str(error), "sure": 0.0}
    known = json.loads(Path(plans).read_text(encoding="utf-8"))
    ranked = sorted(((likeness(cells, p["given"], p["blanks"]), name) for name, p in known.items()), reverse=True)
    best, name = ranked[0]
    if best < LEAST_LIKENESS:
        return {"notebook": "", "why": "it has no cell of a notebook of this course", "sure": best}
    return {"notebook": name, "why": "", "sure": best}


def _bare(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
