"""What the exercise notebooks themselves call."""

from __future__ import annotations

import contextlib
import dis
import os
from collections.abc import Callable, Iterator

from mfnumpy.check import GRADING_SEED, check
from mfnumpy.check.exercises import get
from mfnumpy.course import mine
from mfnumpy.errors import MfnumpyError

SEED_VARIABLE = "MFNUMPY_GRADING_SEED"


def grading_seed() -> int:
    """The seed of the draws for grading: from the environment, where the grader puts it, else the checker's.

    Practice, `check(exercise, function)`, draws from another seed.
    """
    return int(os.environ.get(SEED_VARIABLE, GRADING_SEED))


def grade(exercise: str, function: Callable) -> None:
    """What a hidden test calls: nothing happens if the function passes on the grading draws.

    exercise: a name of the checker. Raises AssertionError with the report if it fails, UnknownNameError for
    another name.
    """
    report = check(exercise, function, seed=grading_seed())
    if not report.passed:
        raise AssertionError(str(report))


class WrongFunctionError(MfnumpyError):
    """A wrong function of the student's has stopped the real network. A notebook shows the sentence alone."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return [str(self)]


@contextlib.contextmanager
def in_one_sentence() -> Iterator[None]:
    """A `with` block around the last cell: where a wrong function stops the real network, one sentence says so.

    Raises WrongFunctionError in the place of any other exception.
    """
    try:
        yield
    except Exception as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())[:200].rstrip(".")
        says = f"The network cannot go on with one of your functions ({what}); run the checks above, they say which."
        raise WrongFunctionError(says) from None


def is_written(function: Callable) -> bool:
    """Whether a blank has been filled in: an untouched one still raises NotImplementedError, and says so in its code.

    A line that can never be reached (after a `return`) is not in the compiled code, and does not count.
    """
    code = getattr(function, "__code__", None)
    return code is None or all(step.argval != "NotImplementedError" for step in dis.get_instructions(code))


def mine_or_reference(function: Callable, reference: Callable | str) -> Callable:
    """The student's function once it is written, until then the reference: an early blank blocks nothing later.

    reference: a function of the same signature, or the name of the exercise whose reference it shall be. Prints which
    of the two is used. A wrong function is used as it is: to see what a mistake does to training is half of the
    exercise. A right one is kept in the student's own library (`mine`), from which later notebooks take it. Raises
    UnknownNameError for a name that is no exercise.
    """
    name, spare = function.__name__, reference_of(reference) if isinstance(reference, str) else reference
    if is_written(function):
        kept = "; it passes the checker, so it is kept for later notebooks" if mine.keep(name, function) else ""
        print(f"{name}: yours{kept}")
        return function
    if (before := mine.kept(name)) is not None:
        print(f"{name}: not written here, so yours that was kept")
        return before
    print(f"{name}: not written yet, so the reference")
    return spare


def reference_of(exercise: str) -> Callable:
    """The right function for an exercise. Raises UnknownNameError for another name."""
    return get(exercise).reference
