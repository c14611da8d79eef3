"""Making the student release with nbgrader, and looking for anything in it that gives a solution away."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from mfnumpy.course import config, hints, sources
from mfnumpy.course.own import FILE, load_own, own_files
from mfnumpy.course.plan import plan_of, write_plans
from mfnumpy.course.sources import CourseError
from mfnumpy.support.files import atomic_write, make_folder
from mfnumpy.support.optional import require

TELLING = 5
FORBIDDEN = ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "grade(")


def api(root: Path) -> Any:
    """nbgrader's own API on the course directory `root`.

    nbgrader starts `alembic` by name, so the folder of this Python's programs is put on the path.
    """
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join(filter(None, [programs, os.environ.get("PATH")]))
    apps = require("nbgrader.apps", "course")
    return apps.NbGraderAPI(config=config.settings(root))


def release(root: Path, folder: Path | None = None, count_hints: bool = False) -> list[Path]:
    """Make the course directory and return the student notebooks.

    It holds source/, release/, gradebook.db and nbgrader_config.py for nbgrader, plans.json for our own grading, and in
    own/ an instructor's exercises.py, which is released beside each notebook as well.

    root: the course directory; made anew, but a folder in it that is not ours stays.
    folder: the instructor's sources; None for those of this checkout.
    count_hints: whether hints are opened by a call, which records them, in place of folds; see `hints`.
    The same sources give the same student notebooks, to the byte. Raises CourseError if nbgrader fails, or if
    anything of a solution is left in a student notebook.
    """
    nbformat = require("nbformat", "course")
    root = make_folder(root)
    for part in ("source", "release", "own"):
        shutil.rmtree(root / part, ignore_errors=True)
    (root / "gradebook.db").unlink(missing_ok=True)
    (root / "nbgrader_config.py").write_text(config.CONFIG_FILE, encoding="utf-8")
    made, plans = [], []
    load_own(own_files(folder))
    for path in own_files(folder):
        shutil.copy(path, make_folder(root / "own"))
    grader = api(root)
    for path in sources.source_files(folder):
        notebook, name = sources.read(path), path.stem
        nbformat.write(_without_partial(notebook), make_folder(root / "source" / name) / f"{name}.ipynb")
        for file in own_files(folder):
            shutil.copy(file, root / "source" / name)
        outcome = grader.generate_assignment(name)
        student = root / "release" / name / f"{name}.ipynb"
        if not outcome["success"] or not student.is_file():
            raise CourseError(f"nbgrader could not release {name}: {_last_lines(outcome)}")
        if leaks := find_leaks(notebook, nbformat.read(student, 4)):
            raise CourseError(f"{student} gives away a solution: {'; '.join(leaks)}. Change the text around it.")
        if count_hints:
            _count_hints(student)
        made.append(student)
        plans.append(plan_of(notebook, nbformat.read(student, 4), name))
    write_plans(plans, root)
    return made


def _count_hints(student: Path) -> None:
    """Move the hints of a student notebook into a file beside it."""
    nbformat = require("nbformat", "course")
    notebook = nbformat.read(student, 4)
    found = hints.take_folds(notebook)
    nbformat.write(notebook, student)
    with atomic_write(student.parent / hints.FILE, "w") as file:
        json.dump(found, file, indent=1)


def _without_partial(notebook: Any) -> Any:
    """The notebook without the shares for single mistakes, whose names would be hints."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.metadata.pop("partial", None)
    return notebook


def find_leaks(source: Any, student: Any) -> list[str]:
    """Where a student notebook holds what it must not: each as "cell: what".

    Looked for, in every cell and every output, are nbgrader's markers and what each solution line computes: the line
    without its `return` or the name that it is given to, all spaces left out, if it is more than names
    and long enough to be telling. Cells tagged "broken" are given on purpose: passed over.
    """
    lines = [line for found in sources.solution_lines(source).values() for line in found]
    squeezed_lines = {_squeeze(line) for line in lines}
    secrets = sorted(text for text in squeezed_lines if len(text) >= TELLING and not re.fullmatch(r"[\w,]+", text))
    leaks = []
    for cell in student.cells:
        if "broken" in cell.metadata.get("tags", []):
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "?")
        text = cell.source + "".join(str(output) for output in cell.get("outputs", []))
        squeezed = re.sub(r"\s", "", text)
        leaks += [f"{name}: {secret!r}" for secret in secrets if secret in squeezed]
        leaks += [f"{name}: {marker!r}" for marker in FORBIDDEN if marker in text]
    return sorted(leaks)


def _squeeze(line: str) -> str:
    """What a line computes, without spaces: "return a @ M.T" and "G = a @ M.T" both give "a@M.T"."""
    return re.sub(r"^(return\b|[\w\[\], ]+ [-+*/]?= )|\s", "", line)


def copy_students(made: list[Path], target: Path) -> list[Path]:
    """Copy the student notebooks side by side into `target`, and remove older ones there. Returns what was written.

    An instructor's exercises.py, which they import, is copied along.
    """
    make_folder(target)
    for old in target.glob("*.ipynb"):
        old.unlink()
    written = []
    for path in made:
        with atomic_write(target / path.name) as file:
            file.write(path.read_bytes())
        written.append(target / path.name)
    for path in dict.fromkeys(path.parent / FILE for path in made[:1]):
        if path.is_file():
            shutil.copy(path, target)
    counted = [path.parent / hints.FILE for path in made if (path.parent / hints.FILE).is_file()]
    if counted:  # side by side they share one file
        together = {name: texts for path in counted for name, texts in json.loads(path.read_text("utf-8")).items()}
        with atomic_write(target / hints.FILE, "w") as file:
            json.dump(together, file, indent=1)
    return written


def _last_lines(outcome: dict) -> str:
    text = outcome.get("log") or outcome.get("error") or "no message"
    return " ".join(text.strip().splitlines()[-3:])
