"""Grades in the form in which learning platforms take them: one row for each student, with the total and the maximum.

Canvas: the columns of its own gradebook export (https://community.canvaslms.com, "How do I import grades in the
Gradebook?"; lib/gradebook_importer.rb of canvas-lms). Moodle: the columns of its offline grading worksheet
(https://docs.moodle.org, "Offline grading worksheet"; mod/assign/feedback/offline/importgradeslib.php of moodle).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mfnumpy.course.grading.table import Row, Table, write_csv

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
"""Canvas finds a student by ID, else by SIS User ID or SIS Login ID, else by the name. Assignments follow Section."""
CANVAS_POINTS = "    Points Possible"
"""The second row holds the most that can be had; Canvas knows it by this text."""
MOODLE = (
    "Identifier",
    "Full name",
    "ID number",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)
"""Moodle needs Identifier, Grade and Last modified (grade); takes up Feedback comments if they are switched on."""


@dataclass
class Total:
    """All rows of one person."""

    rows: list[Row] = field(default_factory=list)

    @property
    def score(self) -> float | str:
        """The sum; "" while a notebook waits to be graded."""
        return "" if any(row.waits for row in self.rows) else round(sum(row.score for row in self.rows), 2)

    @property
    def comment(self) -> str:
        """The score of each notebook, in words."""
        return "; ".join(
            f"{row.plan.name}: {row.score:g} of {row.points:g}" if row.plan else "; ".join(row.remarks)
            for row in self.rows
        )


def totals(table: Table) -> list[Total]:
    """One for each person, in the table's order."""
    found: dict[Any, Total] = {}
    for row in table.rows:
        found.setdefault(row.entry.person, Total()).rows.append(row)
    return list(found.values())


def write_platforms(table: Table, out: Path, title: str = "") -> None:
    """Write canvas.csv and moodle.csv.

    table: of all that was graded.
    out: the folder.
    title: the assignment's in Canvas, as in its own export; "" for the notebook's name.
    """
    notebooks = table.notebooks
    most = sum(plan.points for plan in notebooks)
    title = title or (notebooks[0].name if len(notebooks) == 1 else "mfnumpy exercises")
    first = [CANVAS_POINTS, "", "", "", "", most]
    write_csv(out / "canvas.csv", [*CANVAS, title], [first, *map(_canvas_cells, totals(table))])
    header = _moodle_header(table)
    write_csv(out / "moodle.csv", header, (_moodle_cells(total, header, most) for total in totals(table)))


def _canvas_cells(total: Total) -> list[Any]:
    row = total.rows[0]
    listed, person = row.listed, row.entry.person
    ours = listed is not None and "Student" in listed.row
    number = listed.number if listed and ours else person.number if person.platform == "canvas" else ""
    known = [listed.sis, listed.login, listed.section] if listed and ours else ["", "", ""]
    return [row.student, number, *known, total.score]


def _moodle_header(table: Table) -> list[str]:
    """The worksheet's own columns where it came as the class list, in its own order."""
    for row in table.rows:
        if row.listed and "Identifier" in row.listed.row:
            own = list(row.listed.row)
            return own + [name for name in MOODLE if name not in own and name in ("Grade", "Last modified (grade)")]
    return list(MOODLE)


def _moodle_cells(total: Total, header: Iterable[str], most: float) -> list[Any]:
    row = total.rows[0]
    listed, person = row.listed, row.entry.person
    number = person.number if person.platform == "moodle" else ""
    cells: dict[str, Any] = {
        "Identifier": f"Participant {number}" if number else "",
        "Full name": row.student,
        "ID number": listed.sis if listed else "",
        "Email address": listed.email if listed else "",
        "Status": "Submitted for grading" if any(r.entry.file for r in total.rows) else "No submission",
        "Grade can be changed": "Yes",
        "Last modified (submission)": "-",
        "Last modified (grade)": "-",
    }
    if listed and "Identifier" in listed.row:
        cells |= listed.row
    cells |= {"Grade": total.score, "Maximum Grade": most, "Feedback comments": total.comment}
    return [cells.get(name, "") for name in header]


def write_gradebook(course: str, scores: list[list[Any]]) -> int:
    """Put scores into nbgrader's gradebook, by its own API; returns how many.

    scores: [student, name, notebook, {exercise: score}] each. For nbgrader's own commands: `nbgrader export`,
    `nbgrader formgrader`.
    """
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{Path(course).resolve() / 'gradebook.db'}") as book:
        for student, name, notebook, marks in scores:
            book.update_or_create_student(student, first_name=name)
            book.update_or_create_submission(notebook, student)
            for exercise, score in marks.items():
                grade = book.find_grade(f"check-{exercise}", notebook, notebook, student)
                grade.auto_score, grade.needs_manual_grade = score, False
        book.db.commit()
    return len(scores)
