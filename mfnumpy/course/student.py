"""What the exercise notebooks themselves call."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from mfnumpy.check.checker import GRADING_SEED

SEED_VARIABLE = "MFNUMPY_GRADING_SEED"


def grading_seed() -> int:
    """The seed of the draws for grading: from the environment, where the grader puts it, else the checker's.

    Practice, `check(exercise, function)`, draws from another seed.
    """
    return int(os.environ.get(SEED_VARIABLE, GRADING_SEED))


def grade(exercise: str, function: Callable) -> None:
    """What a hidden test calls: nothing happens if the function passes on the grading draws.

    exercise: a name of the checker, or of `mfnumpy.course.extra`. Raises AssertionError with the report if it fails,
    UnknownNameError for another name.
    """
    from mfnumpy.course import extra

    if exercise in extra.EXTRA:
        report: Any = extra.check(exercise, function, seed=grading_seed())
    else:
        from mfnumpy.check import check

        report = check(exercise, function, seed=grading_seed())
    if not report.passed:
        raise AssertionError(str(report))


def is_written(function: Callable) -> bool:
    """Whether a blank has been filled in: an untouched one still raises NotImplementedError, and says so in its code.

    A line that can never be reached (after a `return`) is not in the compiled code, and does not count.
    """
    code = getattr(function, "__code__", None)
    return code is None or "NotImplementedError" not in code.co_names


def mine_or_reference(function: Callable, reference: Callable) -> Callable:
    """The student's function once it is written, until then the reference: an early blank blocks nothing later.

    function, reference: of one signature. Prints which of the two it is. A wrong function is used as it is: to see
    what a mistake does to the training is half of the exercise.
    """
    written = is_written(function)
    print(f"{function.__name__}: {'yours' if written else 'not written yet, so the reference'}")
    return function if written else reference
