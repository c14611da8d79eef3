"""The table: a row for everybody, and the files that are made of it. Each file is whole at any moment."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mfnumpy.course.grading.collect import Entry
from mfnumpy.course.grading.roster import Listed
from mfnumpy.course.plan import Plan
from mfnumpy.support.files import atomic_write

GRADES = ("student", "id", "email", "notebook", "score", "points", "look at", "remarks", "file")
EXERCISES = ("student", "notebook", "exercise", "title", "score", "points", "mistake", "said", "hints")
UNPLACED = ("file", "reason")
WAITING = "not graded yet: run the same command again"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet may take for the beginning of a formula."""


@dataclass
class Row:
    """One person's notebook.

    entry: what was handed in.
    plan: of the notebook; None if it is none of the course.
    listed: the person on the class list, None without one.
    record: what the judge found; None if nothing.
    why: the reason for which there is no record, "" while it waits.
    """

    entry: Entry
    plan: Plan | None
    listed: Listed | None = None
    record: dict[str, Any] | None = None
    why: str = ""

    @property
    def student(self) -> str:
        """The name, as on the class list if there is one."""
        return self.listed.name if self.listed else self.entry.person.name

    @property
    def waits(self) -> bool:
        """Whether it is still to be graded."""
        return self.record is None and not self.why

    @property
    def scores(self) -> dict[str, float]:
        """The score of each exercise."""
        marks = self.record["marks"] if self.record else {}
        return {
            task.name: float(marks.get(task.name, {}).get("score", 0.0))
            for task in (self.plan.tasks if self.plan else ())
        }

    @property
    def score(self) -> float:
        """The sum of the points."""
        return round(sum(self.scores.values()), 2)

    @property
    def points(self) -> float:
        """The most that can be had."""
        return self.plan.points if self.plan else 0.0

    @property
    def flags(self) -> list[str]:
        """What a person should look at."""
        return list(self.record["flags"]) if self.record else []

    @property
    def remarks(self) -> list[str]:
        """What else is to be said."""
        own = (
            [WAITING] if self.waits else [self.why] if self.why else list(self.record["remarks"] if self.record else [])
        )
        return [*own, *self.entry.remarks]


@dataclass
class Table:
    """All rows, and what could not be placed."""

    rows: list[Row]
    unplaced: list[tuple[str, str]] = field(default_factory=list)

    @property
    def notebooks(self) -> list[Plan]:
        """The notebooks that were handed in by anybody, in order."""
        plans = {row.plan.name: row.plan for row in self.rows if row.plan}
        return [plans[name] for name in sorted(plans)]

    def write(self, out: Path) -> None:
        """grades.csv, exercises.csv and unplaced.csv in the folder `out`."""
        write_csv(out / "grades.csv", GRADES, map(_grade_cells, self.rows))
        write_csv(out / "exercises.csv", EXERCISES, (cells for row in self.rows for cells in _exercise_cells(row)))
        write_csv(out / "unplaced.csv", UNPLACED, self.unplaced)


def _grade_cells(row: Row) -> list[Any]:
    person, listed = row.entry.person, row.listed
    number = listed.number if listed and listed.number else person.number
    file = row.entry.file.shown if row.entry.file else ""
    score = "" if row.waits else row.score
    says = ["; ".join(row.flags), "; ".join(row.remarks)]
    return [row.student, number, listed.email if listed else "", row.entry.notebook, score, row.points, *says, file]


def _exercise_cells(row: Row) -> Iterable[list[Any]]:
    if row.plan is None or row.waits:
        return
    marks = row.record["marks"] if row.record else {}
    for task in row.plan.tasks:
        mark = marks.get(task.name, {})
        spent = (row.record or {}).get("hints", {}).get(task.name, 0) or ""
        found = [row.scores[task.name], task.points, mark.get("mistake", ""), mark.get("said", ""), spent]
        yield [row.student, row.plan.name, task.name, task.title, *found]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV file, atomically; a text that a spreadsheet would take for a formula gets a leading quote.

    path: of the file.
    header: the names of the columns.
    rows: of values.
    """
    with atomic_write(path, "w") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([safe(value) for value in row] for row in rows)


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula, and that UTF-8 can hold."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return value
    value = value.encode("utf-8", "replace").decode()
    return f"'{value}" if value.startswith(FORMULA) and value != "-" else value
