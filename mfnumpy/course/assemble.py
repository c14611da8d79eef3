"""A submission as it is graded: the student's solutions in the instructor's notebook.

Everything that is locked is taken from the instructor's notebook, whatever became of it: edited, deleted, or tagged so
as not to run. Of the student's notebook only the text of solution cells is taken, and that of cells of their own.
"""

from __future__ import annotations

import copy
from typing import Any

DELETED = "# This cell was deleted from the submission."


def assemble(source: Any, release: Any, submitted: Any) -> tuple[Any, list[str]]:
    """The notebook to be graded, and remarks on what was restored.

    source: the instructor's notebook, with hidden tests. release: what students were given. submitted: what came back.
    A solution cell that occurs twice counts as it stands last; cells of their own keep their place.
    """
    ids = [_grade_id(cell) for cell in source.cells]
    theirs, own = _sort(submitted, set(ids))
    given = {_grade_id(cell): cell.source for cell in release.cells}
    notebook, remarks = copy.deepcopy(source), []
    cells = list(own.get("", []))
    for name, cell in zip(ids, notebook.cells, strict=True):
        found = theirs.get(name)
        if cell.metadata["nbgrader"]["solution"]:
            cell.source = DELETED if found is None else found.source
        if found is None:
            remarks.append(f"{name}: deleted" + ("" if cell.source == DELETED else ", restored"))
        elif cell.metadata["nbgrader"]["locked"] and found.source.rstrip() != given[name].rstrip():
            remarks.append(f"{name}: edited, restored")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cells += [cell, *own.get(name, [])]
    notebook.cells = cells
    return notebook, remarks


def _sort(submitted: Any, known: set[str]) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Known cells by name; and the student's own cells, by the name of the known cell that they follow."""
    theirs: dict[str, Any] = {}
    own: dict[str, list[Any]] = {}
    place = ""
    for cell in submitted.cells:
        name = _grade_id(cell)
        if name in known:
            theirs[name], place = cell, name
        elif cell.cell_type in ("code", "markdown"):
            number = sum(map(len, own.values()))
            plain = {"id": f"own-{number:03}", "cell_type": cell.cell_type, "metadata": {}, "source": cell.source}
            plain |= {"outputs": [], "execution_count": None} if cell.cell_type == "code" else {}
            own.setdefault(place, []).append(type(cell)(plain, metadata=type(cell)()))
    return theirs, own


def _grade_id(cell: Any) -> str:
    settings = cell.metadata.get("nbgrader", {})
    name = settings.get("grade_id", "") if isinstance(settings, dict) else ""
    return name if isinstance(name, str) else ""
