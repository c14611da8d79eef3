"""The judge's process: reads a submission, has its cells run in the student's process, and marks each exercise.

What it learns of the student's functions are arrays; its draws, its seed and its right answers never leave it.
"""

from __future__ import annotations

import ast
import builtins
import json
import traceback
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mfnumpy.check import Report, check
from mfnumpy.check.model import Refused
from mfnumpy.check.student.limits import OutOfTime
from mfnumpy.course.forms import ASKED, products_in_texts
from mfnumpy.course.grading.assemble import Part, assemble
from mfnumpy.course.grading.credit import share, shares
from mfnumpy.course.grading.reading import read_cells
from mfnumpy.course.grading.remote import Lost, Remote, Student
from mfnumpy.course.grading.scan import scan
from mfnumpy.course.grading.values import MessageError
from mfnumpy.course.own import load_own
from mfnumpy.course.plan import Plan, Task

LONGEST_CODE = 20_000
"""Characters of a student's cell that are kept for the feedback."""


@dataclass(frozen=True)
class Job:
    """What is to be judged.

    notebook: the file.
    plan: of the notebook, as JSON.
    seed: of the draws.
    own: files with an instructor's own exercises.
    cell_seconds: of CPU time, for one cell.
    skip: cells that had to be stopped before, with the reason.
    known: marks of an earlier attempt, by exercise.
    whole: also run what follows the last exercise.
    hidden: texts that no report may hold, such as folders of this machine.
    """

    notebook: str
    plan: str
    seed: int
    own: tuple[str, ...] = ()
    cell_seconds: float = 30.0
    skip: dict[str, str] = field(default_factory=dict)
    known: dict[str, dict] = field(default_factory=dict)
    whole: bool = False
    hidden: tuple[str, ...] = ()


def judge(job: Job, pid: int, connection: Connection, answer: Connection) -> None:
    """What the process does: sends {"value": the record of the submission} or {"error": why there is none}.

    job: what is to be judged.
    pid: of the student's process.
    connection: to that process.
    answer: where the record is sent, as JSON.
    """
    try:
        result: dict = {"value": _Judge(job, Student(connection, pid)).record()}
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        result = {"error": f"{type(error).__name__}: {error} ({Path(where.filename).name}, line {where.lineno})"[:500]}
    text = json.dumps(result)
    for path in job.hidden:
        text = text.replace(json.dumps(path)[1:-1], "...")
    answer.send_bytes(text.encode())


class _Judge:
    def __init__(self, job: Job, student: Student):
        self.job, self.student = job, student
        load_own(job.own)
        self.plan = Plan.from_json(json.loads(job.plan))
        self.tasks = {f"check-{task.name}": task for task in self.plan.tasks}
        self.marks: dict[str, dict] = dict(job.known)
        self.failed: dict[str, str] = {}
        self.flags: list[str] = []
        self.remarks: list[str] = []
        self.texts: list[str] = []
        self.blank: set[tuple[str, str]] = set()

    def record(self) -> dict[str, Any]:
        """{"marks", "flags", "remarks", "code", "hints", "stopped"}; stopped: the cell that ended it, and why."""
        cells, read = read_cells(Path(self.job.notebook))
        parts, restored = assemble(self.plan, cells)
        self.remarks += [*read, *restored]
        self.flags += scan(self.plan, parts)
        self.texts = [part.source for part in parts if part.role in ("solution", "own") and part.kind == "code"]
        stopped = self._go_through(parts)
        code = {part.name: part.source[:LONGEST_CODE] for part in parts if part.role in ("solution", "own")}
        return {
            "marks": self.marks,
            "flags": list(dict.fromkeys(self.flags)),
            "remarks": self.remarks,
            "code": code,
            "hints": {
                task.name: max((c.hints.get(task.name, 0) for c in cells), default=0) for task in self.plan.tasks
            },
            "stopped": stopped,
        }

    def _go_through(self, parts: list[Part]) -> list[str]:
        graded = [k for k, part in enumerate(parts) if part.role == "graded"]
        last = len(parts) if self.job.whole or not graded else graded[-1] + 1
        for part in parts[:last]:
            if part.kind != "code":
                continue
            if part.role == "graded":
                task = self.tasks[part.name]
                if task.name not in self.marks:
                    self.marks[task.name] = self._mark(task)
                if self.student.lost:
                    return [part.name, self.student.lost]
            elif why := self._run(part):
                return [part.name, why]
        self._look_for_patches()
        return []

    def _run(self, part: Part) -> str:
        """Run a cell; why the attempt ends here, or ""."""
        if part.name in self.job.skip:
            self._note(part.name, self.job.skip[part.name])
            return ""
        try:
            done = self.student.ask({"do": "run", "source": part.source}, self.job.cell_seconds, patience=2.0)
        except OutOfTime:
            return f"stopped: it ran for more than {self.job.cell_seconds:g} seconds"
        except Lost as lost:
            return f"stopped: {lost}"
        except MessageError as error:
            return f"stopped: {error}"
        says = str(done.get("error", ""))[:500]
        if says and not (part.role == "solution" and done.get("blank")):
            self._note(part.name, says)
        return ""

    def _note(self, name: str, says: str) -> None:
        self.failed[name] = says
        self.remarks.append(f"{name}: {says}")

    def _mark(self, task: Task) -> dict[str, Any]:
        """Points and reports of one exercise."""
        reports, worth = [], []
        own = shares(task.partial)
        for exercise, name in task.checks:
            report = self._report(task, exercise, name)
            reports.append(report)
            blank = not report.passed and (exercise, name) in self.blank
            worth.append(0.0 if blank else share(report, own))
        if task.hidden:
            says = self._own_tests(task)
            reports.append(Report(task.name, task.title, "", not says, evidence=says))
            worth.append(0.0 if says else 1.0)
        part = sum(worth) / len(worth) if worth else 0.0
        said = "\n\n".join(str(report) for report in reports if not report.passed)
        return {
            "score": round(task.points * part, 2),
            "said": said[:5000],
            "mistake": "; ".join(dict.fromkeys(_mistake(report) for report in reports if not report.passed)),
            "reports": [report.to_json() for report in reports],
        }

    def _report(self, task: Task, exercise: str, name: str) -> Report:
        """The checker's report on one function; what it cannot be called for is a report as well."""

        def fails(mistake: str | None, says: str) -> Report:
            """A report of our own."""
            return Report(exercise, task.title, "", False, mistake=mistake, evidence=says)

        try:
            about = self.student.ask({"do": "find", "name": name}, self.job.cell_seconds)
            if not about.get("found"):
                why = self.failed.get(task.name, self.failed.get(name, "the cell that defines it is missing"))
                return fails("not_defined", f"There is no function {name}: {why}.")
            if not about.get("callable"):
                return fails("not_defined", f"{name} is a {about.get('type')}, and no function.")
            if not about.get("own"):
                home = f"{about.get('home')}.{about.get('called')}".strip(".")
                self.flags.append(f"{name} is {home or about.get('type')}, no function that a cell defines")
            function = Remote(self.student, name, about)
            report = check(exercise, function, seed=self.job.seed)
            self.blank.update({(exercise, name)} if function.blank else ())
            if report.passed and name in task.forms and (used := products_in_texts(name, self.texts)):
                return fails("printed_form", f"The numbers are right. It uses {', '.join(used)}; {ASKED}.")
            return report
        except OutOfTime:
            return fails("too_slow", "It had not returned in its time, on very small arrays.")
        except (Lost, Refused, MessageError) as error:
            return fails("ends_program", f"It could not be checked: {error}")

    def _own_tests(self, task: Task) -> str:
        """Run an instructor's own lines here, with the student's functions in place of their names; why they fail."""
        tree = ast.parse(task.hidden)
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        names: dict[str, Any] = {"__name__": "hidden_tests"}
        try:
            for name in sorted(used - set(vars(builtins))):
                about = self.student.ask({"do": "find", "name": name}, self.job.cell_seconds)
                if about.get("callable"):
                    names[name] = Remote(self.student, name, about)
                elif about.get("found"):
                    names[name] = self.student.ask({"do": "value", "name": name}, self.job.cell_seconds).get("value")
            exec(compile(tree, "hidden tests", "exec"), names)
        except NotImplementedError:
            return "This function is not written yet."
        except AssertionError as error:
            return str(error) or "A test of the instructor's fails."
        except (Exception, OutOfTime) as error:
            return f"A test of the instructor's stopped with {type(error).__name__}: {error}"[:500]
        return ""

    def _look_for_patches(self) -> None:
        try:
            found = self.student.ask({"do": "patched"}, self.job.cell_seconds).get("patched")
        except (OutOfTime, Lost, MessageError):
            return
        self.flags += [f"{str(name)[:100]} was replaced" for name in found or []][:20]


def _mistake(report: Report) -> str:
    return report.mistake or " or ".join(report.candidates) or "not recognised"
