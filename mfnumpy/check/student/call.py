"""Calling a student's function: with copies, captured output and a time limit.

Whatever it does becomes one sentence.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import io
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from mfnumpy.check.model import Case, Exercise, Finding, Refused, flatten
from mfnumpy.check.student.limits import Clock, OutOfTime, limited
from mfnumpy.support.text import text_of


class Stop(Exception):
    """The check ends here with a finding."""

    def __init__(self, finding: Finding):
        super().__init__(finding.evidence)
        self.finding = finding


@contextlib.contextmanager
def of_the_student(trouble: str) -> Iterator[None]:
    """Where a student's own value is read, an exception is of its class's making: Stop, with the trouble's name.

    All else that the checker raises is a bug of the checker; memory that is full is left to be told by the process.
    """
    try:
        yield
    except (Stop, MemoryError):
        raise
    except Exception as error:
        raise Stop(
            Finding("raises", f"{trouble}: {type(error).__name__}: {text_of(error)[:200].rstrip('.')}.")
        ) from None


class _Shown(io.StringIO):
    """Keeps the first 2,000 characters that are printed, and throws the rest away."""

    def write(self, text: str) -> int:
        """Keep the beginning of what is printed."""
        if self.tell() < 2000:
            super().write(text[:2000])
        return len(text)


class Caller:
    """Calls one function for one exercise.

    exercise: names its arguments and outputs.
    function: the student's.
    seconds: of CPU time for all its calls together.
    """

    def __init__(self, exercise: Exercise, function: Callable, seconds: float):
        self.exercise, self.function, self.left, self.seconds = exercise, _readable(function), seconds, seconds
        self.printed = ""

    def __call__(self, *args: Any) -> list[np.ndarray]:
        """The arrays that the function returns, checked for type only. Raises Stop for all else."""
        return [array for _, array in self.named(*args)]

    def named(self, *args: Any) -> list[tuple[str, np.ndarray]]:
        """As a call, with the name of each output; Stop also if an argument was changed."""
        given = copy.deepcopy(args)
        value = self._run(given)
        with of_the_student("What it returned cannot be read"):
            named = self._arrays(value, args)
            changed = self._changed(args, given)
            if changed:
                raise Stop(Finding("input_changed", _CHANGED.format(changed, changed), changed))
            self.aliased = _aliased(self.exercise, given, named)
            return [(name, np.array(array)) for name, array in named]

    def changing(self, *args: Any) -> None:
        """Call with the very arguments, for a function that is meant to change them. Raises Stop as a call does."""
        if self._run(args) is None and is_empty(self.function):
            raise Stop(Finding("not_written", _NOT_WRITTEN.format(self.exercise.signature)))

    def _run(self, given: tuple) -> Any:
        shown = _Shown()
        try:
            with (
                contextlib.redirect_stdout(shown),
                contextlib.redirect_stderr(shown),
                warnings.catch_warnings(),
                np.errstate(all="ignore"),
            ):
                warnings.simplefilter("ignore")
                clock = Clock()
                try:
                    value = limited(lambda: self.function(*given), self.left)
                finally:
                    self.left -= clock.used()
            return value
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except OutOfTime:
            raise Stop(
                Finding("too_slow", f"It had not returned after {self.seconds:g} s, on very small arrays.")
            ) from None
        except Refused as refused:
            raise Stop(refused.finding) from None
        except BaseException as error:
            with of_the_student("What it raised cannot be read"):
                raise Stop(self._raised(error, given)) from None
        finally:
            self.printed = self.printed or shown.getvalue()

    def _raised(self, error: BaseException, given: tuple) -> Finding:
        if isinstance(error, NotImplementedError):
            return Finding("not_written", _NOT_WRITTEN.format(self.exercise.signature))
        if isinstance(error, SystemExit):
            return Finding("ends_program", "It calls exit() instead of returning a value.")
        shapes = ", ".join(f"{n} {_describe(a)}" for n, a in zip(self.exercise.arguments, given, strict=True))
        says = f"It raised {type(error).__name__}: {text_of(error)[:200]}{_line_of(error, self.function)}"
        says += f" Given were: {shapes}."
        words = ("matmul", "not aligned", "broadcast")
        if isinstance(error, ValueError) and any(word in text_of(error) for word in words):
            says += " The shapes do not fit: is a matrix the wrong way round, or an axis missing?"
        if isinstance(error, ZeroDivisionError) and "t" in self.exercise.arguments:
            says += " At the first step t is 1: is time counted from 0?"
        return Finding("raises", says)

    def _arrays(self, value: Any, args: tuple) -> list[tuple[str, np.ndarray]]:
        exercise, names = self.exercise, self.exercise.outputs
        if value is None and is_empty(self.function):
            raise Stop(Finding("not_written", _NOT_WRITTEN.format(exercise.signature)))
        if value is None:
            raise Stop(Finding("returns_none", "It returned None. Is the `return` missing?"))
        if len(names) > 1 and not (isinstance(value, (tuple, list)) and len(value) == len(names)):
            got = f"{len(value)} values" if isinstance(value, (tuple, list)) else f"one {type(value).__name__}"
            raise Stop(
                Finding(
                    "wrong_number_of_outputs",
                    f"Expected are {len(names)} arrays, {names}; it returned {got}.",
                )
            )
        if names == ("weights",):
            self._check_list(value, args)
        flat = flatten(value, names)
        nested = any(isinstance(v, (list, tuple)) for v in (value if len(names) > 1 else [value]))
        if nested and names != ("weights",):
            kind = type(value if len(names) == 1 else next(v for v in value if isinstance(v, (list, tuple)))).__name__
            raise Stop(
                Finding("returns_list", _returned(f"a {kind}", "one NumPy array" if len(names) == 1 else "arrays"))
            )
        return [(name, _array(name, item, exercise)) for name, item in flat]

    def _check_list(self, value: Any, args: tuple) -> None:
        expected = len(args[self.exercise.arguments.index("weights")])
        if not isinstance(value, (list, tuple)):
            raise Stop(Finding("wrong_type", _returned(f"a {type(value).__name__}", "a list of arrays")))
        if len(value) != expected:
            raise Stop(
                Finding(
                    "wrong_number_of_outputs",
                    f"Expected are {expected} weight matrices; it returned {len(value)}.",
                )
            )

    def _changed(self, before: tuple, after: tuple) -> str:
        for name, old, new in zip(self.exercise.arguments, before, after, strict=True):
            if not _equal(old, new):
                return name
        return ""


_NOT_WRITTEN = "This function is not written yet. It should be {}."
_CHANGED = "It changes its argument {} in place. The caller still needs {}: work on a copy (a new array)."


LONGEST_LIST = 8
"""So many entries of a list are shown."""


def _returned(got: str, expected: str) -> str:
    return f"It returned {got}; expected is {expected}."


def _array(name: str, item: Any, exercise: Exercise) -> np.ndarray:
    if item is None:
        raise Stop(Finding("returns_none", f"{name} is None. It should be an array.", name))
    if isinstance(item, np.matrix):
        raise Stop(
            Finding("wrong_type", f"{name} is a numpy.matrix, whose * means something else; use an array.", name)
        )
    if isinstance(item, (int, float, complex, np.ndarray, np.generic)):
        array = np.asarray(item)
    else:
        raise Stop(Finding("wrong_type", f"{name} is a {type(item).__name__}; expected is a NumPy array.", name))
    if array.dtype.kind == "c":
        raise Stop(Finding("wrong_dtype", f"{name} is complex; expected are real numbers.", name))
    if array.dtype.kind not in "fiub":
        raise Stop(Finding("wrong_dtype", f"{name} has dtype {array.dtype}; expected are numbers.", name))
    return array


def _readable(function: Callable) -> Callable:
    """The function, or a plain one that calls it if its class does not let it be looked at."""
    try:
        with contextlib.suppress(TypeError, ValueError):  # a builtin's: it has no signature
            inspect.signature(function)
        own = inspect.unwrap(function)
        for name in ("__code__", "__module__", "__name__"):
            getattr(own, name, None)
    except Exception:
        return lambda *given: function(*given)
    return function


def is_empty(function: Callable) -> bool:
    """Whether the body is nothing but a docstring, `pass` or `...`."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return (
        code is not None
        and not code.co_names
        and not (set(map(type, code.co_consts)) - {str, type(None)})
        and (len(code.co_code) <= 8)
    )


def _equal(old: Any, new: Any) -> bool:
    if isinstance(old, np.ndarray):
        return isinstance(new, np.ndarray) and old.shape == new.shape and np.array_equal(old, new)
    if isinstance(old, list) and any(isinstance(item, np.ndarray) for item in old):
        return isinstance(new, list) and len(old) == len(new) and all(map(_equal, old, new))
    return True


def _leaves(value: Any) -> Iterator[np.ndarray]:
    """The arrays of an argument; of lists once each, as the function may have put one into itself."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, np.ndarray):
            yield item
        elif isinstance(item, list) and id(item) not in seen:
            seen.add(id(item))
            waiting += item


def _aliased(exercise: Exercise, given: tuple, named: list) -> tuple[str, str]:
    """(output, argument) that share memory, or ("", "")."""
    for output, array in named:
        for argument, value in zip(exercise.arguments, given, strict=True):
            if any(np.shares_memory(array, leaf) for leaf in _leaves(value)):
                return output, argument
    return "", ""


def _describe(value: Any, depth: int = 0) -> str:
    """Of a list not more than a line: the function may have made it long, or put it into itself."""
    if isinstance(value, np.ndarray):
        return str(value.shape)
    if isinstance(value, list) and depth < 2:
        shown = [_describe(item, depth + 1) for item in value[:LONGEST_LIST]]
        return "[" + ", ".join(shown + ["..."] * (len(value) > LONGEST_LIST)) + "]"
    if isinstance(value, (int, float, tuple)):
        return str(value)
    return type(value).__name__


def _line_of(error: BaseException, function: Callable) -> str:
    """Where in the student's own code it happened."""
    own = inspect.unwrap(function)
    filename = getattr(getattr(own, "__code__", None), "co_filename", None)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == filename]
    if not frames:
        return "."
    text = f": `{frames[-1].line}`" if frames[-1].line else ""
    return f" (line {frames[-1].lineno}{text})."


def signature_problem(exercise: Exercise, function: Callable, case: Case) -> str:
    """Why the function cannot be called with the exercise's arguments, or "".

    exercise: names the arguments.
    function: the student's.
    case: gives values for them.
    """
    try:
        inspect.signature(function).bind(*case.args)
    except TypeError as error:
        return f"It must take the arguments {exercise.signature.split(' ->')[0]}, in this order: {error}."
    except ValueError:  # no signature to be had (a builtin): find out by calling
        pass
    return ""
