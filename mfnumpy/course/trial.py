"""Trying a release before students do: every solution must have full marks, every untouched notebook none.

And both run to their end, the last cell included. What is missing is said, exercise by exercise.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mfnumpy.check import EXERCISES
from mfnumpy.course.grading.processes import Ended
from mfnumpy.course.grading.sandbox import Sandbox, prepare
from mfnumpy.course.grading.submission import grade_notebook
from mfnumpy.course.own import load_own
from mfnumpy.course.plan import Plan, read_plans
from mfnumpy.course.student import GRADING_SEED
from mfnumpy.support.optional import require
from mfnumpy.support.validate import integer

HINTS = 3


def try_all(course: Path, *, jobs: int = 2, strict: str = "") -> list[str]:
    """What is wrong with a release, one sentence each; [] if nothing is.

    course: the folder that `course release` wrote.
    jobs, strict: as in `grading.Settings`, and so are the errors.
    Raises CourseError if there is no release.
    """
    course = course.resolve()  # the processes have folders of their own
    plans = read_plans(course)
    own = tuple(str(path) for path in sorted((course / "own").glob("*.py")))
    load_own(own)
    problems = [problem for plan in plans.values() for problem in missing_parts(plan)]
    with tempfile.TemporaryDirectory(prefix="mfnumpy-sandbox-") as work:
        sandbox = prepare(strict, Path(work), own)
        with ThreadPoolExecutor(integer("jobs", jobs, 1)) as pool:
            found = list(pool.map(lambda plan: _tried(course, plan, own, sandbox), plans.values()))
    return problems + [problem for some in found for problem in some]


def missing_parts(plan: Plan) -> list[str]:
    """What an exercise lacks: an entry in the checker, mistakes that it knows, hints, a solution of its name."""
    problems = []
    solutions = {cell.name for cell in plan.cells if cell.role == "solution"}
    for task in plan.tasks:
        where = f"{plan.name}, {task.name}"
        for exercise, function in task.checks:
            if exercise not in EXERCISES:
                problems.append(f"{where}: the checker has no exercise {exercise!r}; add it with mfnumpy.check.add.")
            elif not EXERCISES[exercise].mistakes and EXERCISES[exercise].judge is None:
                problems.append(f"{where}: the checker knows no mistake in {exercise!r}.")
            if not any(f"def {function}(" in cell.source for cell in plan.cells if cell.kind == "code"):
                problems.append(f"{where}: no cell defines the function {function}.")
        if task.name not in solutions:
            problems.append(f'{where}: there is no cell solution="{task.name}".')
        if task.text.count("<summary>Hint") < HINTS:
            problems.append(f"{where}: {task.text.count('<summary>Hint')} hints of {HINTS}.")
    return problems


def _tried(course: Path, plan: Plan, own: tuple[str, ...], sandbox: Sandbox | None) -> list[str]:
    """Grade the solved and the untouched notebook."""
    nbformat = require("nbformat", "course")
    problems = []
    with tempfile.TemporaryDirectory(prefix="mfnumpy-trial-") as folder:
        for part, expected in (("source", "the solution"), ("release", "the untouched notebook")):
            notebook = nbformat.read(course / part / plan.name / f"{plan.name}.ipynb", 4)
            path = Path(folder) / f"{part}.ipynb"
            nbformat.write(_as_handed_in(notebook, plan), path)
            try:
                record = grade_notebook(path, plan, seed=GRADING_SEED, own=own, whole=True, sandbox=sandbox)
            except Ended as error:
                problems.append(f"{plan.name}: {expected} cannot be graded: {error}.")
                continue
            problems += _problems(plan, record, expected, full=part == "source")
    return problems


def _as_handed_in(notebook: Any, plan: Plan) -> Any:
    """The notebook with the cells that are locked as students have them."""
    for cell, planned in zip(notebook.cells, plan.cells, strict=True):
        if planned.role != "solution":
            cell.source = planned.given
    return notebook


def _problems(plan: Plan, record: dict[str, Any], what: str, *, full: bool) -> list[str]:
    problems = []
    for task in plan.tasks:
        mark, right = record["marks"].get(task.name, {}), task.points if full else 0.0
        if mark.get("score") != right:
            said = " ".join(mark.get("said", "it was not run").split())
            problems.append(f"{plan.name}, {task.name}: {what} has {mark.get('score')} of {task.points:g}: {said}")
    says = [*record["remarks"], *record["flags"]] if full else record["remarks"]
    return problems + [f"{plan.name}: {what}: {remark}" for remark in says]
