"""The course from the command line: python -m mfnumpy.course release | grade FOLDER | status | guide."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mfnumpy.course import sources
from mfnumpy.course.student import GRADING_SEED
from mfnumpy.errors import MfnumpyError


def parser() -> argparse.ArgumentParser:
    """The command line's options."""
    top = argparse.ArgumentParser(prog="python -m mfnumpy.course", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    make = commands.add_parser("release", help="make the student notebooks from the instructor's sources")
    grade = commands.add_parser("grade", help="grade a folder of submissions: <student>/.../<notebook>.ipynb")
    grade.add_argument("submissions", type=Path, help="the folder, one subfolder for each student")
    grade.add_argument("--out", type=Path, default=Path("build/grades"), help="where CSV and feedback go")
    grade.add_argument("--seed", type=int, default=GRADING_SEED, help="of the draws for grading")
    grade.add_argument("--jobs", type=int, default=2, help="submissions graded at once")
    grade.add_argument("--cell-seconds", type=int, default=30, help="time limit for one cell")
    grade.add_argument("--seconds", type=int, default=600, help="time limit for one submission")
    commands.add_parser("status", help="list notebooks, exercises and points")
    commands.add_parser("guide", help="bring the checker's words in docs/instructors.md up to date")
    for command in (make, grade):
        command.add_argument("--course", type=Path, default=Path("build/course"), help="nbgrader's course directory")
    make.add_argument("--students", type=Path, help="also copy the student notebooks here, side by side")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 2 bad input with one clear line."""
    args = parser().parse_args(argv)
    try:
        {"release": _release, "grade": _grade, "status": _status, "guide": _guide}[args.command](args)
    except MfnumpyError as error:
        print(f"mfnumpy.course: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    return 0


def _release(args: argparse.Namespace) -> None:
    from mfnumpy.course import release

    made = release.release(args.course)
    print(f"{len(made)} student notebooks in {args.course / 'release'}; no solution is left in them.")
    if args.students:
        release.copy_students(made, args.students)
        print(f"Copied to {args.students}.")


def _grade(args: argparse.Namespace) -> None:
    from mfnumpy.course.grading import Limits, grade_all

    limits = Limits(cell_seconds=args.cell_seconds, seconds=args.seconds)
    options = {"limits": limits, "seed": args.seed, "jobs": args.jobs}
    grades = grade_all(args.submissions, args.course, args.out, **options)
    print(f"{len(grades)} submissions graded: {args.out}/grades.csv, exercises.csv, feedback/")


def _status(args: argparse.Namespace) -> None:
    total = 0.0
    for path in sources.source_files():
        found = sources.exercises(sources.read(path))
        points = sum(e.points for e in found)
        total += points
        print(f"{path.stem:<22} {points:3g} points: " + ", ".join(f"{e.name} {e.points:g}" for e in found))
    print(f"{'':<22} {total:3g} points in all")


def _guide(args: argparse.Namespace) -> None:
    from mfnumpy.course.guide import refresh

    path = sources.exercises_folder().parents[1] / "docs" / "instructors.md"
    print(f"{path}: {'rewritten' if refresh(path) else 'up to date'}")


if __name__ == "__main__":
    sys.exit(main())
