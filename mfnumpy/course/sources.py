"""From an instructor's source (a Python file in the percent format) to a notebook with nbgrader's metadata.

    # %% solution="eq5"            the cell with the blank: between ### BEGIN SOLUTION and ### END SOLUTION
    # %% check="eq5" points=3      the cell that is graded: visible checks, then ### BEGIN HIDDEN TESTS
    # %% tags=["broken"]           given code with a mistake in it, which may share lines with the solution
    # %%, # %% [markdown]          everything else, which students can read and run, not change

That is all there is to know: names and points are written once, and nbgrader's own metadata is made of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mfnumpy.errors import MfnumpyError
from mfnumpy.support.optional import require

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
HIDDEN = "### BEGIN HIDDEN TESTS"


class CourseError(MfnumpyError):
    """A source, a release or a folder of submissions cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Exercise:
    """One graded cell. name: as in the source. points: what it is worth."""

    name: str
    points: float


def exercises_folder() -> Path:
    """The folder of the instructor's sources, notebooks/exercises of this checkout.

    Raises CourseError if mfnumpy is installed without its checkout.
    """
    folder = Path(__file__).resolve().parents[2] / "notebooks" / "exercises"
    if not folder.is_dir():
        raise CourseError(f"There are no exercises at {folder}. Work in a checkout of mfnumpy, installed with pip -e.")
    return folder


def source_files(folder: Path | None = None) -> list[Path]:
    """The instructor's sources in order, 00_... first. Raises CourseError if there is none."""
    found = sorted((folder or exercises_folder()).glob("[0-9]*_*.py"))
    if not found:
        raise CourseError(f"{folder} holds no exercise source such as 03_equations.py.")
    return found


def read(path: Path) -> Any:
    """The source as a notebook with nbgrader's metadata; the same file gives the same notebook.

    Raises CourseError for a name that is used twice, a check without points, or a solution without its markers.
    """
    notebook = require("jupytext", "course").read(path, fmt="py:percent")
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    used: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        name, settings = _settings(cell, number, path)
        if name in used:
            raise CourseError(f"{path.name}: there are two cells named {name!r}; each name may stand once.")
        used.add(name)
        cell["id"] = name
        tags = {"tags": cell.metadata["tags"]} if "tags" in cell.metadata else {}
        cell.metadata = {"nbgrader": {"schema_version": 3, "grade_id": name, "task": False, **settings}, **tags}
    return notebook


def exercises(notebook: Any) -> list[Exercise]:
    """The graded cells of a notebook, in order."""
    cells = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    return [Exercise(c["grade_id"].removeprefix("check-"), float(c["points"])) for c in cells if c.get("grade")]


def solution_lines(notebook: Any) -> dict[str, list[str]]:
    """The lines of each solution, by cell name, stripped."""
    lines: dict[str, list[str]] = {}
    for cell in notebook.cells:
        regions = re.findall(rf"{BEGIN}\n(.*?)\n\s*{END}", cell.source, flags=re.DOTALL)
        found = [line.strip() for region in regions for line in region.splitlines()]
        if regions:
            lines[cell.metadata["nbgrader"]["grade_id"]] = [line for line in found if line]
    return lines


def _settings(cell: Any, number: int, path: Path) -> tuple[str, dict[str, Any]]:
    solution, check = cell.metadata.get("solution"), cell.metadata.get("check")
    if solution:
        if BEGIN not in cell.source or END not in cell.source:
            raise CourseError(f"{path.name}: the solution {solution!r} needs {BEGIN} and {END}.")
        return solution, {"grade": False, "solution": True, "locked": False}
    if check:
        if "points" not in cell.metadata or HIDDEN not in cell.source:
            raise CourseError(f"{path.name}: the check of {check!r} needs points=... and {HIDDEN}.")
        points = {"points": cell.metadata["points"]}
        return f"check-{check}", {"grade": True, "solution": False, "locked": True, **points}
    if BEGIN in cell.source:
        raise CourseError(
            f'{path.name}: cell {number} holds a solution, but its first line is not # %% solution="name".'
        )
    return f"given-{number:02}", {"grade": False, "solution": False, "locked": True}
