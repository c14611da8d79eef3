"""mfnumpy check: list the exercises, print a stub, check or grade a student's file."""

from __future__ import annotations

import argparse
import json
from functools import partial
from typing import TYPE_CHECKING

from mfnumpy.errors import InvalidValueError

if TYPE_CHECKING:
    from mfnumpy.check.report import Report

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
    return _show(_reports(args), args.json)


def _reports(args: argparse.Namespace) -> list[Report]:
    from mfnumpy.check.checker import GRADING_SEED, check
    from mfnumpy.check.exercises import get
    from mfnumpy.check.isolated import run_isolated
    from mfnumpy.check.load import function_for, functions_in, load, named_in

    seed = args.seed if args.seed is not None else GRADING_SEED if args.grade else None

    def one(name: str) -> Report:
        return check(name, function_for(load(args.file), name), seed=seed, seconds=args.seconds)

    if args.what != "all":
        names = [args.what]
    elif not (names := named_in(args.file) if args.grade else list(functions_in(load(args.file)))):
        raise InvalidValueError(f"{args.file} has no function that is named as an exercise. See `mfnumpy check list`.")
    if args.grade:
        return [run_isolated(get(name), partial(one, name), args.seconds, 1024) for name in names]
    return [one(name) for name in names]


def _show(reports: list[Report], as_json: bool) -> int:
    if as_json:
        print(json.dumps([report.to_json() for report in reports], indent=1))
    else:
        print("\n\n".join(map(str, reports)))
        if len(reports) > 1:
            print(f"\n{sum(r.passed for r in reports)} of {len(reports)} passed.")
    return 0 if all(report.passed for report in reports) else 1
