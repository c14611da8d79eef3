"""A submission as it is graded: the student's solutions in the instructor's notebook.

Everything that is locked is taken from the instructor's notebook, whatever became of it: edited, deleted, or tagged so
as not to run. Of the student's notebook only the text of solution cells is taken, and that of cells of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from mfnumpy.course.grading.reading import Cell, names_of
from mfnumpy.course.plan import Plan

DELETED = "# This cell was deleted from the submission."


@dataclass(frozen=True)
class Part:
    """A cell to be graded.

    name: that of the instructor's cell, or "own-1" and so on.
    role: "solution", "graded", "given" or "own".
    kind: "code" or "markdown".
    source: its text.
    """

    name: str
    role: str
    kind: str
    source: str


def assemble(plan: Plan, cells: list[Cell]) -> tuple[list[Part], list[str]]:
    """The cells to be graded in order, and remarks on what was restored.

    A solution cell that occurs twice counts as it stands last; cells of their own keep their place.
    """
    names = names_of(cells, plan.given, plan.blanks)
    theirs, own = _sort(cells, names)
    parts, remarks = list(own.get("", [])), []
    for cell in plan.cells:
        found = theirs.get(cell.name)
        source = cell.source
        if cell.role == "solution":
            source = DELETED if found is None else found.source
        if found is None:
            remarks.append(f"{cell.name}: deleted" + ("" if cell.role == "solution" else ", restored"))
        elif cell.role == "solution" and found.kind != "code":
            remarks.append(f"{cell.name}: was turned into a {found.kind} cell, read as code")
        elif cell.role != "solution" and found.source.rstrip() != cell.given.rstrip():
            remarks.append(f"{cell.name}: edited, restored")
        parts += [Part(cell.name, cell.role, cell.kind, source), *own.get(cell.name, [])]
    return parts, _short(remarks, len(plan.cells))


def _sort(cells: list[Cell], names: list[str]) -> tuple[dict[str, Cell], dict[str, list[Part]]]:
    """Known cells by name; and the student's own cells, by the name of the known cell that they follow."""
    theirs: dict[str, Cell] = {}
    own: dict[str, list[Part]] = {}
    place, count = "", 0
    for name, cell in zip(names, cells, strict=True):
        if name:
            theirs[name], place = cell, name
        elif cell.kind in ("code", "markdown") and cell.source.strip():
            count += 1
            own.setdefault(place, []).append(Part(f"own-{count}", "own", cell.kind, cell.source))
    return theirs, own


def _short(remarks: list[str], cells: int) -> list[str]:
    """The same remarks, or one in place of many: if nearly all is gone, the single cells tell nothing."""
    restored = [remark for remark in remarks if remark.endswith(", restored")]
    if len(restored) <= max(4, cells // 2):
        return remarks
    return [f"{len(restored)} locked cells were edited or deleted, restored"] + [
        r for r in remarks if r not in restored
    ]
