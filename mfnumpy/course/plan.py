"""What the grader needs to know of one notebook: its cells, its exercises, and what a solution may use.

Made of the instructor's source once, by the release; the judge and the table read it, and nothing else of the source.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mfnumpy.course import sources
from mfnumpy.support.files import atomic_write

PLANS = "plans.json"
"""The file in the course directory that holds the plans of all notebooks."""


@dataclass(frozen=True)
class Planned:
    """A cell of the instructor's notebook.

    name: nbgrader's.
    role: "solution", "graded" or "given".
    kind: "code" or "markdown".
    source: the instructor's text.
    given: the student's, as it is released.
    """

    name: str
    role: str
    kind: str
    source: str
    given: str


@dataclass(frozen=True)
class Task:
    """A graded exercise.

    name: of its cell, without "check-".
    title: its heading.
    points: at most.
    checks: (exercise of the checker, name of the function) each.
    partial: the share of the points that a mistake leaves, "mask_missing=0.75"; "" for the usual shares.
    hidden: the instructor's own tests, run when it is graded; "" for none.
    text: its statement.
    forms: names of the functions that must be written from their indices.
    """

    name: str
    title: str
    points: float
    checks: tuple[tuple[str, str], ...]
    partial: str = ""
    hidden: str = ""
    text: str = ""
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """One notebook.

    name: of its file, without the ending.
    title: its heading.
    cells: all of them, in order.
    tasks: its graded exercises, in order.
    allowed: names of the package that its solutions use or its text mentions.
    """

    name: str
    title: str
    cells: tuple[Planned, ...]
    tasks: tuple[Task, ...]
    allowed: tuple[str, ...] = field(default=())

    @property
    def points(self) -> float:
        """The most that can be had."""
        return sum(task.points for task in self.tasks)

    @property
    def given(self) -> dict[str, str]:
        """The text of each cell as it was released, by name."""
        return {cell.name: cell.given for cell in self.cells}

    @property
    def blanks(self) -> dict[str, str]:
        """The first function that each solution cell defines, by the cell's name."""
        found = {c.name: re.findall(r"^def (\w+)\(", c.given, re.MULTILINE) for c in self.cells if c.role == "solution"}
        return {name: functions[0] for name, functions in found.items() if functions}

    def to_json(self) -> dict:
        """The plan as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> Plan:
        """The plan that `to_json` described."""
        tasks = (
            Task(**task | {"checks": tuple(map(tuple, task["checks"])), "forms": tuple(task["forms"])})
            for task in data["tasks"]
        )
        cells = tuple(Planned(**cell) for cell in data["cells"])
        return cls(data["name"], data["title"], cells, tuple(tasks), tuple(data["allowed"]))


def plan_of(source: Any, student: Any, name: str) -> Plan:
    """The plan of a notebook.

    source: the instructor's, as `sources.read` gives it.
    student: the same, as it is released.
    name: of both.
    """
    given = {cell.metadata["nbgrader"]["grade_id"]: cell.source for cell in student.cells}
    cells, tasks, text = [], [], ""
    for cell in source.cells:
        settings = cell.metadata["nbgrader"]
        role = "solution" if settings["solution"] else "graded" if settings["grade"] else "given"
        place = settings["grade_id"]
        kind = "code" if cell.cell_type == "code" else "markdown"
        cells.append(Planned(place, role, kind, cell.source, given.get(place, cell.source)))
        if kind == "markdown":
            text = cell.source if cell.source.startswith("## ") else f"{text}\n\n{cell.source}"
        if role == "graded":
            tasks.append(_task(cell, text))
    title = source.cells[0].source.partition("\n")[0].lstrip("# ").strip()
    return Plan(name, title, tuple(cells), tuple(tasks), tuple(sorted(_allowed(source))))


def _task(cell: Any, text: str) -> Task:
    settings = cell.metadata["nbgrader"]
    name = settings["grade_id"].removeprefix("check-")
    title = re.sub(r"\s*\([\d.]+ points?\)$", "", text.partition("\n")[0].lstrip("# ").strip())
    checks = tuple(sources.checks_of(cell.source))
    own = {"checks": checks, "partial": cell.metadata.get("partial", ""), "hidden": sources.own_tests(cell.source)}
    own["forms"] = tuple(sources.forms_of(cell.source))
    return Task(name, title or name, float(settings["points"]), text=text, **own)


def _allowed(source: Any) -> set[str]:
    """Dotted names and imported names in the solutions, and names in backticks in the text."""
    found: set[str] = set()
    for cell in source.cells:
        if cell.metadata["nbgrader"]["solution"]:
            found |= set(dotted_names(ast.parse(cell.source)))
        elif cell.cell_type == "markdown":
            found |= set(re.findall(r"[\w.]+", " ".join(re.findall(r"`([^`]+)`", cell.source))))
    return found


def dotted_names(tree: ast.AST) -> Iterable[str]:
    """Every name that is read, such as "equations.weight_gradient" or "pair"; of a chain the longest form."""
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Name)) and id(node) not in inner and (name := dotted(node)):
            yield name


def dotted(node: ast.AST) -> str:
    """ "a.b.c" for a chain of attributes of a name, "" for anything else."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""


def write_plans(plans: Iterable[Plan], course: Path) -> None:
    """Put the plans into the course directory."""
    with atomic_write(course / PLANS, "w") as file:
        json.dump({plan.name: plan.to_json() for plan in plans}, file, indent=1)


def read_plans(course: Path) -> dict[str, Plan]:
    """The plans of all notebooks, in order. Raises CourseError if there is no release of this version."""
    try:
        data = json.loads((course / PLANS).read_text(encoding="utf-8"))
        return {name: Plan.from_json(plan) for name, plan in sorted(data.items())}
    except (OSError, ValueError, KeyError, TypeError):
        raise sources.CourseError(f"{course} holds no release. Run: python -m mfnumpy.course release") from None
