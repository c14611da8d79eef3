"""Grading a folder of submissions: each in a process and a course directory of its own, into CSV and feedback pages."""

from __future__ import annotations

import contextlib
import csv
import json
import multiprocessing
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mfnumpy.course.assemble import assemble
from mfnumpy.course.sources import CourseError, exercises
from mfnumpy.course.student import GRADING_SEED, SEED_VARIABLE
from mfnumpy.course.worker import STUDENT, work
from mfnumpy.support.files import atomic_write, make_folder
from mfnumpy.support.optional import require

KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONPATH", "MFNUMPY_DATA_DIR")
ELSEWHERE = re.compile(r"<script[^>]*\ssrc=[\"']https?:[^>]*>\s*</script>")
"""A script that a feedback page would load from another host: nbgrader's template asks for MathJax there."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. seconds: for everything; cell_seconds: for one cell. memory, file_size: bytes."""

    cell_seconds: int = 30
    seconds: int = 600
    memory: int = 4 << 30
    file_size: int = 256 << 20


@dataclass
class Grade:
    """What one student got for one notebook. scores: {exercise: (score, points, what the checker said)}."""

    student: str
    assignment: str
    scores: dict[str, tuple[float, float, str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def score(self) -> float:
        """The sum of the points."""
        return sum(score for score, _, _ in self.scores.values())

    @property
    def points(self) -> float:
        """The most that can be had."""
        return sum(points for _, points, _ in self.scores.values())


def find_submissions(folder: Path, course: Path) -> list[tuple[str, str, Path]]:
    """(student, assignment, notebook) for everything in `folder` that can be graded.

    Each subfolder is a student; their notebooks are found by name, however deep. Raises CourseError if there is none.
    """
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. It must hold one subfolder for each student.")
    assignments = sorted(path.name for path in (course / "release").glob("*") if path.is_dir())
    if not assignments:
        raise CourseError(f"{course} holds no release. Run: python -m mfnumpy.course release")
    found = []
    for student in sorted(path for path in folder.iterdir() if path.is_dir()):
        for assignment in assignments:
            paths = [p for p in student.rglob(f"{assignment}.ipynb") if ".ipynb_checkpoints" not in p.parts]
            paths = [p for p in paths if p.is_file() and not p.is_symlink()]
            if paths:
                found.append((student.name, assignment, min(paths, key=lambda p: (len(p.parts), p))))
    if not found:
        raise CourseError(
            f"{folder} holds no <student>/.../<notebook>.ipynb named like one of: {', '.join(assignments)}."
        )
    return found


def grade_all(
    folder: Path,
    course: Path,
    out: Path,
    *,
    limits: Limits | None = None,
    seed: int = GRADING_SEED,
    jobs: int = 2,
    tell: Callable[[str], None] = print,
) -> list[Grade]:
    """Grade every submission in `folder` against the release in `course`.

    Writes out/grades.csv (a row per student and notebook), out/exercises.csv (a row per exercise, with what the checker
    said) and out/feedback/<student>/<notebook>.html. No submission can make another one fail: what goes wrong with it
    stands in its own remarks. seed: of the draws on which functions are graded. jobs: submissions graded at once.
    """
    work = find_submissions(folder, course)
    make_folder(out)

    def one(item: tuple[str, str, Path]) -> Grade:
        """Grade one student's notebook."""
        try:
            grade = _grade_one(*item, course, out / "feedback", limits or Limits(), seed)
        except Exception as error:  # an error of ours must not lose the others' grades either
            grade = _zero(item[0], item[1], course, f"not graded ({type(error).__name__}: {error})")
        remarks = "; ".join(grade.remarks)
        tell(f"{grade.student:<20} {grade.assignment:<24} {grade.score:5g} / {grade.points:g}  {remarks}")
        return grade

    with ThreadPoolExecutor(jobs) as pool:
        grades = list(pool.map(one, work))
    write_csv(grades, out)
    return grades


def write_csv(grades: list[Grade], out: Path) -> None:
    """grades.csv and exercises.csv; a field that a spreadsheet would take for a formula gets a leading quote."""
    rows = [[g.student, g.assignment, g.score, g.points, "; ".join(g.remarks)] for g in grades]
    _table(out / "grades.csv", ["student", "notebook", "score", "points", "remarks"], rows)
    rows = [[g.student, g.assignment, name, *found] for g in grades for name, found in g.scores.items()]
    _table(out / "exercises.csv", ["student", "notebook", "exercise", "score", "points", "said"], rows)


def _table(path: Path, header: list[str], rows: list[list]) -> None:
    def safe(value: Any) -> Any:
        """A cell that no spreadsheet takes for a formula."""
        return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value

    with atomic_write(path, "w") as file:
        writer = csv.writer(file)
        writer.writerows([header, *[[safe(value) for value in row] for row in rows]])


def _grade_one(
    student: str, assignment: str, path: Path, course: Path, feedback: Path, limits: Limits, seed: int
) -> Grade:
    nbformat = require("nbformat", "course")
    if path.stat().st_size > limits.file_size:
        return _zero(student, assignment, course, f"the notebook is larger than {limits.file_size >> 20} MiB")
    try:
        submitted = nbformat.read(path, 4)
        source, release = (nbformat.read(course / p / assignment / path.name, 4) for p in ("source", "release"))
        notebook, remarks = assemble(source, release, submitted)
    except Exception as error:
        return _zero(student, assignment, course, f"not a notebook that can be read ({type(error).__name__})")
    with tempfile.TemporaryDirectory(prefix="mfnumpy-grading-", ignore_cleanup_errors=True) as temporary:
        root = Path(temporary)
        shutil.copy(course / "gradebook.db", root)
        nbformat.write(notebook, make_folder(root / "submitted" / STUDENT / assignment) / f"{assignment}.ipynb")
        job = {"assignment": assignment, "cell_seconds": limits.cell_seconds}
        job |= {"memory": limits.memory, "file_size": limits.file_size}
        (root / "job.json").write_text(json.dumps(job), encoding="utf-8")
        problem = _run_worker(root, limits.seconds, seed)
        if problem or not (root / "result.json").is_file():
            return _zero(student, assignment, course, problem or "the grading process ended without a result")
        result = json.loads((root / "result.json").read_text(encoding="utf-8"))
        if result["error"]:
            return _zero(student, assignment, course, f"nbgrader: {result['error'].strip().splitlines()[-1]}")
        page = root / "feedback" / STUDENT / assignment / f"{assignment}.html"
        if page.is_file():
            text = ELSEWHERE.sub("", page.read_text(encoding="utf-8"))
            (make_folder(feedback / student) / f"{assignment}.html").write_text(text, encoding="utf-8")
        scores = {name: (float(s), float(p), said) for name, (s, p, said) in result["scores"].items()}
        return Grade(student, assignment, scores, remarks + result["stumbled"])


def _run_worker(root: Path, seconds: int, seed: int) -> str:
    """Run the worker on its folder; what went wrong, or "". Nothing that it started outlives it."""
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    home = str(make_folder(root / "home"))
    environment |= dict.fromkeys(("HOME", "IPYTHONDIR", "JUPYTER_DATA_DIR", "TMPDIR"), home)
    environment |= {SEED_VARIABLE: str(seed), "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    process = _workers().Process(target=work, args=(root, environment), daemon=False)
    process.start()
    process.join(seconds)
    late = process.is_alive()
    _end_with_children(process, home)
    if late:
        return f"stopped: grading took more than {seconds} seconds"
    return "" if process.exitcode == 0 else f"the grading process ended with code {process.exitcode}"


def _workers() -> Any:
    """Processes that start with nbgrader imported, which takes longer than grading a notebook does."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["nbgrader.apps", "nbconvert.exporters", "mfnumpy.course.execute"])
    return context


def _end_with_children(process: Any, home: str) -> None:
    """Kill a process and all that it started: kernels, and what a kernel left behind, known by its environment."""
    psutil = require("psutil", "course")
    doomed = []
    with contextlib.suppress(psutil.NoSuchProcess):
        top = psutil.Process(process.pid)
        doomed = [*top.children(recursive=True), top]
    for other in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if other.environ().get("TMPDIR") == home:
                doomed.append(other)
    for one in doomed:
        with contextlib.suppress(psutil.Error):
            one.kill()
    process.join()


def _zero(student: str, assignment: str, course: Path, why: str) -> Grade:
    nbformat = require("nbformat", "course")
    source = nbformat.read(course / "source" / assignment / f"{assignment}.ipynb", 4)
    return Grade(student, assignment, {e.name: (0.0, e.points, "") for e in exercises(source)}, [why])
