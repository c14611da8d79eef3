"""mfnumpy check: list the exercises, print a stub, check or grade a student's file."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from mfnumpy.errors import InvalidValueError

if TYPE_CHECKING:
    from mfnumpy.check.report import Report

LONGEST = 3600.0
"""The most seconds that --seconds may give to one exercise."""

MEMORY_MB = 1024
"""What a student's function may take in grading."""

HELP = "check a function that you wrote, and say which mistake it is"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `mfnumpy check`."""
    parser.description = (
        "check list: the exercises. check stub EXERCISE: what to write. check EXERCISE FILE.py: check the function "
        "EXERCISE (or my_EXERCISE) in the file. check all FILE.py: every function found in it. "
        "Exit code 0: passed. 1: not right. 2: cannot be checked."
    )
    parser.add_argument("what", metavar="EXERCISE", help="an exercise, or: list, stub, all")
    parser.add_argument("file", nargs="?", metavar="FILE", help="the student's Python file (for stub: the exercise)")
    parser.add_argument("--seed", type=int, help="seed of the draws (default: one for practice, another for --grade)")
    parser.add_argument(
        "--grade",
        action="store_true",
        help="other draws than in practice, in a process of its own with limits on time and memory",
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="time for all calls of one exercise (default 5)")
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say. Returns 0 if all passed, 1 if something is wrong, 2 if it cannot be checked.

    Raises MfnumpyError for an unknown exercise, or a file that is missing or cannot be run.
    """
    from mfnumpy.check.exercises import EXERCISES, get, stub
    from mfnumpy.validate import real

    if args.what == "list":
        for exercise in EXERCISES.values():
            print(f"{exercise.name:22} {exercise.signature:75} {exercise.lesson}")
        return 0
    if args.file is None:
        raise InvalidValueError("Give a file as well: mfnumpy check EXERCISE FILE.py, or: mfnumpy check list.")
    if args.what == "stub":
        print(stub(args.file), end="")
        return 0
    if args.what != "all":
        get(args.what)
    real("--seconds", args.seconds, f"above 0 and at most {LONGEST:g}", lambda seconds: 0 < seconds <= LONGEST)
    return _show(_reports(args), args.json)


def _reports(args: argparse.Namespace) -> list[Report]:
    from mfnumpy.check.checker import GRADING_SEED, check
    from mfnumpy.check.load import beside, function_for, functions_in, load

    seed = args.seed if args.seed is not None else GRADING_SEED if args.grade else None

    def one(name: str) -> Report:
        """The report on one exercise."""
        with beside(args.file):
            return check(name, function_for(load(args.file), name), seed=seed, seconds=args.seconds)

    if args.grade:
        return _graded(args, one)
    names = [args.what] if args.what != "all" else list(functions_in(load(args.file)))
    return [one(name) for name in _some(names, args.file)]


def _graded(args: argparse.Namespace, one: Callable[[str], Report]) -> list[Report]:
    """Every line of the student's file runs in a process of its own: to be read at all, then for each exercise."""
    from mfnumpy.check.exercises import EXERCISES, get
    from mfnumpy.check.isolated import run_isolated
    from mfnumpy.check.load import SECONDS, Unfinished, functions_in, load, named_in
    from mfnumpy.check.report import Report

    def read() -> Report:
        """The names of the file's functions, as a report's candidates: only reports come back from the process."""
        try:
            return Report("all", "", "", True, candidates=tuple(functions_in(load(args.file))))
        except Unfinished as error:
            return Report("all", "", "", False, "too_slow", evidence=str(error))

    def isolated(name: str, job: Callable[[], Report]) -> Report:
        """A job in a process of its own."""
        return run_isolated(get(name), job, args.seconds, MEMORY_MB, reading=SECONDS)

    file = isolated(next(iter(EXERCISES)), read)
    found = list(file.candidates) if file.passed else named_in(args.file)
    names = _some([args.what] if args.what != "all" else found, args.file)
    if not file.passed:  # what ends or holds up the file is the same report for each exercise in it
        whose = map(get, names)
        return [replace(file, exercise=e.name, title=e.title, signature=e.signature, lesson=e.lesson) for e in whose]
    return [isolated(name, partial(one, name)) for name in names]


def _some(names: list[str], file: str) -> list[str]:
    if not names:
        raise InvalidValueError(f"{file} has no function that is named as an exercise. See `mfnumpy check list`.")
    return names


def _show(reports: list[Report], as_json: bool) -> int:
    if as_json:
        print(json.dumps([report.to_json() for report in reports], indent=1))
    else:
        print("\n\n".join(map(str, reports)))
        if len(reports) > 1:
            print(f"\n{sum(r.passed for r in reports)} of {len(reports)} passed.")
    return 0 if all(report.passed for report in reports) else 1
