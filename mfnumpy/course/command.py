"""The course from the command line: python -m mfnumpy.course release | try | grade FOLDER | status | guide."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from mfnumpy.course import sources
from mfnumpy.course.student import GRADING_SEED
from mfnumpy.errors import MfnumpyError
from mfnumpy.support.interrupt import exit_code, stoppable


def parser() -> argparse.ArgumentParser:
    """The command line's options."""
    top = argparse.ArgumentParser(prog="python -m mfnumpy.course", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    make = commands.add_parser("release", help="make the student notebooks from the instructor's sources")
    attempt = commands.add_parser("try", help="grade every solution (full marks?) and every untouched notebook (none?)")
    grade = commands.add_parser("grade", help="grade a folder of hand-ins, or a ZIP file of one")
    status = commands.add_parser("status", help="list notebooks, exercises and points")
    commands.add_parser("guide", help="bring what is computed in docs/instructors.md up to date")
    _grade_options(grade)
    for command in (make, attempt, grade):
        command.add_argument("--course", type=Path, default=Path("build/course"), help="nbgrader's course directory")
    for command in (make, status):
        command.add_argument("--exercises", type=Path, help="the folder of the sources (default: this checkout's)")
    for command in (attempt, grade):
        command.add_argument("--jobs", type=int, default=2, help="notebooks graded at once")
        command.add_argument("--strict", default="", metavar="wasi", help="run students' cells in this sandbox")
    make.add_argument("--count-hints", action="store_true", help="hints are opened by a call, and counted")
    make.add_argument("--students", type=Path, help="also copy the student notebooks here, side by side")
    return top


def _grade_options(grade: argparse.ArgumentParser) -> None:
    grade.add_argument("submissions", type=Path, help="the folder as a platform delivers it, or the ZIP file")
    grade.add_argument("--out", type=Path, default=Path("build/grades"), help="where tables and feedback go")
    grade.add_argument("--roster", type=Path, help="the class list: Canvas's gradebook, or Moodle's worksheet, as CSV")
    grade.add_argument("--notebook", action="append", default=[], help="a notebook that everybody should hand in")
    grade.add_argument("--title", default="", help="the assignment's name in Canvas, as in its export")
    grade.add_argument("--seed", type=int, default=GRADING_SEED, help="of the draws for grading")
    grade.add_argument("--cell-seconds", type=float, default=30, help="time limit for one cell")
    grade.add_argument("--seconds", type=float, default=600, help="time limit for one notebook")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 a solution fails, 2 bad input with one clear line, 130, 143 or 129 after a signal."""
    args = parser().parse_args(argv)
    commands = {"release": _release, "try": _try, "grade": _grade, "status": _status, "guide": _guide}
    try:
        with stoppable():
            return commands[args.command](args)
    except KeyboardInterrupt as error:
        print(f"mfnumpy.course: {str(error) or 'interrupted'}.", file=sys.stderr)
        return exit_code(error)
    except MfnumpyError as error:
        print(f"mfnumpy.course: {' '.join(str(error).split())}", file=sys.stderr)
        return getattr(error, "exit_code", 2)


def _release(args: argparse.Namespace) -> int:
    from mfnumpy.course import release

    made = release.release(args.course, args.exercises, args.count_hints)
    print(f"{len(made)} student notebooks in {args.course / 'release'}; no solution is left in them.")
    if args.students:
        release.copy_students(made, args.students)
        print(f"Copied to {args.students}.")
    return 0


def _try(args: argparse.Namespace) -> int:
    from mfnumpy.course.trial import try_all

    start = time.monotonic()
    problems = try_all(args.course, jobs=args.jobs, strict=args.strict)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        took = time.monotonic() - start
        print(f"Every solution has full marks, every untouched notebook none, and all run to their end ({took:.0f} s).")
    return 1 if problems else 0


def _grade(args: argparse.Namespace) -> int:
    from mfnumpy.course.grading import Limits, Settings, grade_all

    limits = Limits(cell_seconds=args.cell_seconds, seconds=args.seconds)
    settings = Settings(args.seed, args.jobs, limits, args.roster, tuple(args.notebook), args.title, args.strict)
    start = time.monotonic()
    table = grade_all(args.submissions, args.course, args.out, settings)
    took = time.monotonic() - start
    flagged = sum(bool(row.flags) for row in table.rows)
    unplaced = f"{len(table.unplaced)} files that could not be placed"
    print(f"{len(table.rows)} rows, {flagged} to look at, {unplaced} ({took:.0f} s).")
    print(f"In {args.out}: grades.csv, exercises.csv, unplaced.csv, canvas.csv, moodle.csv, feedback/")
    return 0


def _status(args: argparse.Namespace) -> int:
    total = 0.0
    for path in sources.source_files(args.exercises):
        found = sources.exercises(sources.read(path))
        points = sum(e.points for e in found)
        total += points
        print(f"{path.stem:<22} {points:3g} points: " + ", ".join(f"{e.name} {e.points:g}" for e in found))
    print(f"{'':<22} {total:3g} points in all")
    return 0


def _guide(args: argparse.Namespace) -> int:
    from mfnumpy.course.guide import refresh

    path = sources.exercises_folder().parents[1] / "docs" / "instructors.md"
    if not path.is_file():
        raise sources.CourseError(f"The guide is a page of a checkout, {path}; there is none here.")
    print(f"{path}: {'rewritten' if refresh(path) else 'up to date'}")
    return 0
