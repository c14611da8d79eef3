"""Grading one submission, in a process of its own.

Its folder is a private course directory: a copy of gradebook.db and one submission, by "student". The worker
leaves result.json and the feedback page there, and whatever happens in it happens to no other submission.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
from pathlib import Path
from typing import Any

from mfnumpy.course.release import api
from mfnumpy.support.files import atomic_write

STUDENT = "student"


def limit(memory: int, file_size: int) -> None:
    """Bound the address space and the size of a file, in bytes, for this process and the kernel that it starts."""
    for kind, size in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, file_size), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        with contextlib.suppress(ValueError, OSError):  # macOS does not bound the address space
            resource.setrlimit(kind, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def grade_one(root: Path, assignment: str, cell_seconds: int) -> dict[str, Any]:
    """Autograde and write feedback, by nbgrader's API.

    Returns {"scores": {exercise: [score, points, what the checker said]}, "stumbled": what went wrong in cells that
    carry no points, "error": ""}.
    """
    grader = api(root, cell_seconds=cell_seconds)
    outcome = grader.autograde(assignment, STUDENT)
    if not outcome["success"]:
        return {"scores": {}, "stumbled": [], "error": (outcome.get("error") or outcome.get("log") or "")[-2000:]}
    grader.generate_feedback(assignment, STUDENT)
    said, stumbled = _what_was_said(root / "autograded" / STUDENT / assignment / f"{assignment}.ipynb")
    with grader.gradebook as book:
        grades = book.find_submission_notebook(assignment, assignment, STUDENT).grades
        scores = {g.name.removeprefix("check-"): [g.score, g.max_score, said.get(g.name, "")] for g in grades}
    return {"scores": scores, "stumbled": stumbled, "error": ""}


def _what_was_said(path: Path) -> tuple[dict[str, str], list[str]]:
    """The error of each graded cell that failed, by name (for an assertion the checker's report); and all others."""
    said, stumbled = {}, []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        errors = [o for o in cell.get("outputs", []) if o["output_type"] == "error"]
        if not errors:
            continue
        kind, text = errors[-1]["ename"], errors[-1]["evalue"]
        settings = cell["metadata"].get("nbgrader", {})
        if settings.get("grade"):
            said[settings["grade_id"]] = text if kind == "AssertionError" else f"{kind}: {text}"
        else:
            stumbled.append(f"{settings.get('grade_id', 'own cell')}: {kind}: {text.splitlines()[0] if text else ''}")
    return said, stumbled


def work(root: Path, environment: dict[str, str]) -> None:
    """What the process does: take up limits and environment, grade the submission in `root`, leave result.json."""
    os.chdir(root)
    os.environ.clear()
    os.environ.update(environment)
    log = os.open(root / "worker.log", os.O_WRONLY | os.O_CREAT)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    job = json.loads((root / "job.json").read_text(encoding="utf-8"))
    limit(job["memory"], job["file_size"])
    result = grade_one(root, job["assignment"], job["cell_seconds"])
    with atomic_write(root / "result.json", "w") as file:
        json.dump(result, file)
