"""mfnumpy check: list the exercises, print a stub, check or grade a student's file."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from mfnumpy.errors import InvalidValueError, MfnumpyError

if TYPE_CHECKING:
    from mfnumpy.check.report import Report

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

    Raises MfnumpyError for an unknown exercise, a file that is missing or cannot be run, and, after the reports that
    could be made, if the checker itself failed.
    """
    from mfnumpy.check.exercises import EXERCISES, get, stub
    from mfnumpy.check.student.limits import allowed

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
    allowed("--seconds", args.seconds)
    reports, bugs = _reports(args)
    code = _show(reports, args.json)
    if bugs:
        raise MfnumpyError(" ".join(bugs))
    return code


def _reports(args: argparse.Namespace) -> tuple[list[Report], list[str]]:
    """The reports, and a sentence for each exercise on which the checker itself failed."""
    from mfnumpy.check.checker import GRADING_SEED, check
    from mfnumpy.check.student.load import beside, function_for, functions_in, load

    seed = args.seed if args.seed is not None else GRADING_SEED if args.grade else None

    def one(name: str) -> Report:
        """The report on one exercise."""
        with beside(args.file):
            return check(name, function_for(load(args.file), name), seed=seed, seconds=args.seconds)

    if args.grade or hasattr(os, "fork"):
        return _apart(args, one)
    names = [args.what] if args.what != "all" else list(functions_in(load(args.file)))
    return [one(name) for name in _some(names, args.file)], []


def _apart(args: argparse.Namespace, one: Callable[[str], Report]) -> tuple[list[Report], list[str]]:
    """As _reports, with every line of the student's file in a process of its own: to be read, then for each exercise.

    In practice too, where what it prints is shown and nothing but its time is limited: a file that ends its process is
    none that has passed.
    """
    from mfnumpy.check.diagnose.explain import report_on
    from mfnumpy.check.exercises import get
    from mfnumpy.check.model import Finding
    from mfnumpy.check.student.call import Stop
    from mfnumpy.check.student.load import SECONDS, Unfinished, functions_in, load, named_in
    from mfnumpy.check.student.process import CheckerBug, isolated, report_isolated

    def read() -> list[str]:
        """The names of the file's functions. Raises Stop if the file comes to no end."""
        try:
            return list(functions_in(load(args.file)))
        except Unfinished as error:
            if not args.grade:
                raise
            raise Stop(Finding("too_slow", str(error))) from error

    def names(found: list[str]) -> list[str]:
        """The exercises that are asked for."""
        return _some([args.what] if args.what != "all" else found, args.file)

    limits = (args.seconds, MEMORY_MB if args.grade else None, SECONDS, args.grade)
    try:
        found = isolated(read, *limits)
    except Stop as stop:  # what ends or holds up the file is the same for each exercise in it
        return [report_on(get(name), stop.finding) for name in names(named_in(args.file))], []
    reports, bugs = [], []
    for name in names(found):
        try:
            reports.append(report_isolated(get(name), partial(one, name), *limits))
        except CheckerBug as bug:  # the verdicts on the others stand
            bugs.append(f"{name} could not be checked. {bug}")
    return reports, bugs


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
