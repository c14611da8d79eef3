"""Grading one notebook: a judge's process and a student's, and again without a cell that had to be stopped."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mfnumpy.course.grading.judge import Job, judge
from mfnumpy.course.grading.player import serve
from mfnumpy.course.grading.processes import Bounds, Ended, Work, receive
from mfnumpy.course.grading.sandbox import NO_BOUND, Sandbox, serve_from_sandbox
from mfnumpy.course.plan import Plan
from mfnumpy.errors import InvalidValueError

MOST_ATTEMPTS = 6
"""So many times a notebook is run: each time without one more cell that had to be stopped."""
JUDGE = Bounds(memory=1 << 30)


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    cell_seconds: of CPU time, for one cell.
    seconds: of wall-clock time, for everything.
    memory, file_size: bytes.
    Raises InvalidValueError for what is not above 0.
    """

    cell_seconds: float = 30
    seconds: float = 600
    memory: int = 4 << 30
    file_size: int = 256 << 20

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise InvalidValueError(f"{name} must be above 0; got {value}.")


def grade_notebook(
    notebook: Path,
    plan: Plan,
    *,
    seed: int,
    own: tuple[str, ...] = (),
    limits: Limits | None = None,
    whole: bool = False,
    sandbox: Sandbox | None = None,
    stop: Any = None,
) -> dict[str, Any]:
    """The record of one notebook: {"marks": {exercise: {...}}, "flags", "remarks", "code"}, and whatever went wrong.

    notebook: the file.
    plan: of the instructor's notebook.
    seed: of the draws.
    own: files with an instructor's own exercises.
    limits: what it may use; None for the defaults.
    whole: also run the cells after the last exercise.
    sandbox: where the student's cells run; None for a process with the rights of this one.
    stop: a threading.Event that ends it early, or None.
    Raises Ended if the judge's process comes to no result.
    """
    limits = limits or Limits()
    notebook, own = notebook.resolve(), tuple(str(Path(path).resolve()) for path in own)
    skip: dict[str, str] = {}
    known: dict[str, dict] = {}
    record: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="mfnumpy-grading-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        hidden = (temporary, str(Path(__file__).resolve().parents[3]), str(notebook.parent), str(Path.home()))
        for attempt in range(MOST_ATTEMPTS):
            text = json.dumps(plan.to_json())
            job = Job(str(notebook), text, seed, own, limits.cell_seconds, skip, known, whole, hidden)
            record = _attempt(job, folder / f"{attempt}", limits, sandbox, stop)
            known = record["marks"]
            if not record["stopped"]:
                return record
            name, why = record["stopped"]
            skip = skip | {name: why}
    name, why = record["stopped"]
    record["remarks"].append(f"{name}: {why}; too many cells had to be stopped, what follows was not run")
    return record


def _attempt(job: Job, folder: Path, limits: Limits, sandbox: Sandbox | None, stop: Any) -> dict[str, Any]:
    """Run the notebook once. The student's process gets one end of a pipe, the judge's the other."""
    here, there = multiprocessing.Pipe()
    reader, writer = multiprocessing.Pipe(duplex=False)
    student = _student(there, job, folder / "student", limits, sandbox)
    there.close()
    try:
        work = Work(judge, (job, student.pid, here, writer), folder / "judge", JUDGE)
        here.close()
        writer.close()
        try:
            return receive(reader, limits.seconds, stop)
        finally:
            work.end()
            reader.close()
    finally:
        student.end()


def _student(there: Any, job: Job, home: Path, limits: Limits, sandbox: Sandbox | None) -> Work:
    """The student's process, whose answers go through `there`."""
    memory = limits.memory if sandbox is None else NO_BOUND
    bounds = Bounds(memory, limits.file_size, cpu=int(limits.seconds) + 1)
    if sandbox is not None:
        return Work(serve_from_sandbox, (there, sandbox, limits.memory), home, bounds)
    for path in job.own:
        shutil.copy(path, _made(home))
    return Work(serve, (there,), home, bounds)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


__all__ = ["Ended", "Limits", "grade_notebook"]
