"""From an instructor's source (a Python file in the percent format) to a notebook with nbgrader's metadata.

    # %% solution="eq5"            the cell with the blank: between ### BEGIN SOLUTION and ### END SOLUTION
    # %% check="eq5" points=3      the cell that is graded; its call check("eq5", eq5) is repeated on other draws
    # %% tags=["broken"]           given code with a mistake in it, which may share lines with the solution
    # %%, # %% [markdown]          everything else, which students can read and run, not change

That is all there is to know: names and points are written once, and nbgrader's own metadata, the points in the headings
and the hidden tests are made of them. A check may also carry partial="mask_missing=0.75 one=0.5", the share of the
points for a named mistake, and lines of its own between ### BEGIN HIDDEN TESTS and ### END HIDDEN TESTS. A call
by_indices(eq5) before it asks for an answer without matrix products.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from mfnumpy.errors import MfnumpyError, MissingDataError
from mfnumpy.support import shipped
from mfnumpy.support.optional import require

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
HIDDEN, HIDDEN_END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
COUNTS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"]


class CourseError(MfnumpyError):
    """A source, a release or a folder of submissions cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Exercise:
    """One graded cell. name: as in the source. points: what it is worth."""

    name: str
    points: float


def exercises_folder() -> Path:
    """The folder of the instructor's sources: notebooks/exercises of a checkout, or what the wheel has brought.

    Raises CourseError if this installation has neither.
    """
    try:
        return shipped.folder("exercise_sources")
    except MissingDataError as error:
        raise CourseError(str(error)) from error


def source_files(folder: Path | None = None) -> list[Path]:
    """The instructor's sources in order, 00_... first. Raises CourseError if there is none."""
    found = sorted((folder or exercises_folder()).glob("[0-9]*_*.py"))
    if not found:
        raise CourseError(f"{folder} holds no exercise source such as 03_equations.py.")
    return found


def read(path: Path) -> Any:
    """The source as a notebook with nbgrader's metadata; the same file gives the same notebook.

    Raises CourseError for a name that is used twice, a check without points, one without a heading, or a solution
    without its markers.
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
        kept = tags | ({"partial": cell.metadata["partial"]} if "partial" in cell.metadata else {})
        cell.metadata = {"nbgrader": {"schema_version": 3, "grade_id": name, "task": False, **settings}, **kept}
        if settings["grade"]:
            cell.source = _with_hidden_tests(cell.source, name, path)
    _write_points(notebook, path)
    return notebook


def checks_of(source: str) -> list[tuple[str, str]]:
    """The calls check("eq5", eq5) in a graded cell: (exercise, name of the function) each, in order."""
    found = []
    for node in ast.walk(ast.parse(source.partition(HIDDEN)[0])):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "check" and len(node.args) == 2:
            exercise, function = node.args
            if isinstance(exercise, ast.Constant) and isinstance(function, ast.Name):
                found.append((node.lineno, str(exercise.value), function.id))
    return [(exercise, function) for _, exercise, function in sorted(found)]


def forms_of(source: str) -> list[str]:
    """The functions f of the calls by_indices(f) in a graded cell, in order."""
    calls = (node for node in ast.walk(ast.parse(source.partition(HIDDEN)[0])) if isinstance(node, ast.Call))
    named = [(c.lineno, c.args[0].id) for c in calls if ast.unparse(c.func) == "by_indices" and _is_name(c.args)]
    return [name for _, name in sorted(named)]


def _is_name(arguments: list[ast.expr]) -> TypeGuard[list[ast.Name]]:
    return len(arguments) == 1 and isinstance(arguments[0], ast.Name)


def own_tests(source: str) -> str:
    """The instructor's own lines between the markers of hidden tests, without those that are made of the checks."""
    inside = source.partition(HIDDEN)[2].partition(HIDDEN_END)[0]
    made = {GRADE, *_made_tests(source)}
    return "\n".join(line for line in inside.splitlines() if line.strip() not in made).strip()


def _made_tests(source: str) -> list[str]:
    """The lines of the hidden tests that follow from the calls of a graded cell."""
    checks = [f'grade("{exercise}", {function})' for exercise, function in checks_of(source)]
    return checks + [f"assert by_indices({function})" for function in forms_of(source)]


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


def _check_partial(text: Any, check: str, path: Path) -> None:
    """Refuse what is no list of mistake=share."""
    for part in str(text).replace(",", " ").split():
        if not re.fullmatch(r"\w+=(0?\.\d+|0|1|1\.0)", part):
            raise CourseError(f"{path.name}: partial of {check!r}: {part!r} is no mistake=share from 0 to 1.")


GRADE = "from mfnumpy.course import grade"


def _with_hidden_tests(source: str, name: str, path: Path) -> str:
    """The cell with its checks repeated on other draws, for nbgrader's own commands."""
    checks = checks_of(source)
    if not checks and HIDDEN not in source:
        raise CourseError(f'{path.name}: the graded cell {name} neither calls check("...", ...) nor has {HIDDEN}.')
    visible = source.partition(HIDDEN)[0].rstrip()
    lines = [visible, HIDDEN, GRADE, "", *_made_tests(source), own_tests(source), HIDDEN_END]
    return "\n".join(line for k, line in enumerate(lines) if line or k == 3)


def points_text(points: float) -> str:
    """ "1 point", "2 points", "2.5 points"."""
    return f"{points:g} point{'' if points == 1 else 's'}"


def _write_points(notebook: Any, path: Path) -> None:
    """Put the points where students read them: in each exercise's heading, and their sum into the first cell."""
    heading, found = None, exercises(notebook)
    points = {exercise.name: exercise.points for exercise in found}
    for cell in notebook.cells:
        settings = cell.metadata["nbgrader"]
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            heading = cell
        elif settings["grade"]:
            name = settings["grade_id"].removeprefix("check-")
            if heading is None:
                raise CourseError(f'{path.name}: the exercise {name} needs a heading "## ..." above it, of its own.')
            title, _, text = heading.source.partition("\n")
            heading.source = f"{title} ({points_text(points[name])})\n{text}".rstrip("\n")
            heading = None
    if found:
        total = sum(points.values())
        count = COUNTS[len(found)] if len(found) < len(COUNTS) else str(len(found))
        says = f"{count} exercise{'s' if len(found) > 1 else ''}, {points_text(total)}."
        notebook.cells[0].source = f"{notebook.cells[0].source.rstrip()}\n{says}"


def _settings(cell: Any, number: int, path: Path) -> tuple[str, dict[str, Any]]:
    solution, check = cell.metadata.get("solution"), cell.metadata.get("check")
    if solution:
        if BEGIN not in cell.source or END not in cell.source:
            raise CourseError(f"{path.name}: the solution {solution!r} needs {BEGIN} and {END}.")
        return solution, {"grade": False, "solution": True, "locked": False}
    if check:
        points = {"points": cell.metadata.get("points")}
        if not isinstance(points["points"], (int, float)) or not 0 < points["points"] <= 1000:
            raise CourseError(f"{path.name}: the check of {check!r} needs points=..., a number above 0.")
        _check_partial(cell.metadata.get("partial", ""), check, path)
        return f"check-{check}", {"grade": True, "solution": False, "locked": True, **points}
    if BEGIN in cell.source:
        raise CourseError(
            f'{path.name}: cell {number} holds a solution, but its first line is not # %% solution="name".'
        )
    return f"given-{number:02}", {"grade": False, "solution": False, "locked": True}
