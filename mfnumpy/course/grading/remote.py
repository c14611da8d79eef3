"""The judge's side of the student's process: questions, answers, limits, and functions that are called over there."""

from __future__ import annotations

import builtins
import inspect
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from mfnumpy.check.model import Finding, Refused
from mfnumpy.check.student.limits import PATIENCE, OutOfTime
from mfnumpy.course.grading.values import MOST_BYTES, Foreign, MessageError, Packer, Unpacker, leaves, update
from mfnumpy.support.optional import require

CALL_SECONDS = 5.0
"""Seconds of CPU time for one call; PATIENCE times as many of wall-clock time."""


class Lost(Exception):
    """The student's process is no longer there, or cannot be asked any more; why, in words."""


class Student:
    """A student's process, as the judge sees it."""

    def __init__(self, connection: Connection, pid: int):
        self.connection = connection
        self.process = require("psutil", "course").Process(pid)
        self.lost = ""

    def ask(
        self,
        question: dict,
        seconds: float,
        shared: list | None = None,
        patience: float = PATIENCE,
    ) -> dict:
        """The answer to a question.

        question: of any values that `values.Packer` packs; a function in it can be called over there.
        seconds: of CPU time.
        shared: arrays in it whose memory the answer may refer to, or None.
        patience: how many times as many seconds of wall-clock time are allowed.
        Raises OutOfTime, Lost, or Refused from such a function; MessageError for an answer that cannot be read.
        """
        if self.lost:
            raise Lost(self.lost)
        functions: list[Callable] = []

        def number(function: Callable) -> int:
            """The number by which the other side calls a function."""
            functions.append(function)
            return len(functions) - 1

        refused: Refused | None = None
        end = _Deadline(self.process, seconds, patience)
        try:
            self.connection.send_bytes(Packer(number).pack(question, shared=shared))
            while True:
                answer = self._receive(end, shared)
                if "back" not in answer:
                    break
                reply, refused = _called_back(functions, answer, refused)
                self.connection.send_bytes(Packer().pack(reply))
        except OutOfTime:
            self.lost = "it was still busy"
            raise
        except MessageError:  # what comes next might be the answer to this question
            self.lost = "it sent what was not asked for"
            raise
        except (EOFError, OSError):
            self.lost = "the cell ended the Python process, or ran out of memory"
            raise Lost(self.lost) from None
        if refused is not None:
            raise refused
        return answer

    def _receive(self, end: _Deadline, shared: list | None) -> dict:
        while not self.connection.poll(0.1):
            if end.over():
                raise OutOfTime
        data = self.connection.recv_bytes(MOST_BYTES)
        answer = Unpacker(callback=lambda number: lambda *args: None).unpack(data, shared=shared)
        if not isinstance(answer, dict):
            raise MessageError("The answer of the student's process cannot be read.")
        return answer


class _Deadline:
    """Whether a process has used up its time."""

    def __init__(self, process: Any, seconds: float, patience: float):
        self.process, self.seconds, self.patience = process, seconds, patience
        self.wall, self.start = time.monotonic(), self._computing()

    def _computing(self) -> float:
        try:
            times = self.process.cpu_times()
        except Exception:
            return 0.0
        return times.user + times.system

    def over(self) -> bool:
        """Whether it has."""
        waited = time.monotonic() - self.wall
        return waited > self.patience * self.seconds or self._computing() - self.start > self.seconds


def _called_back(functions: list[Callable], answer: dict, refused: Refused | None) -> tuple[dict, Refused | None]:
    """What one of the judge's own functions returns to the student's function that calls it."""
    try:
        return {"value": functions[int(answer["back"])](*answer["args"])}, refused
    except Refused as no:
        return {"refused": no.finding.evidence}, refused or no
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"[:300]}, refused


class Remote:
    """A function of the student's that can be called as if it were here: arrays go there, arrays come back.

    student: the process that has it.
    name: of the function.
    about: what the process said of it: its arguments, and whether anything is written in it.

    blank: whether all arrays that it has returned were of one number each; None if there was none yet.

    It behaves as the function does: it raises, prints and changes its arguments in place. Raises Refused where the
    process ends.
    """

    def __init__(self, student: Student, name: str, about: dict):
        self.student, self.__name__, self.written = student, name, bool(about.get("written", True))
        self.blank: bool | None = None
        if isinstance(about.get("arguments"), list):
            self.__signature__ = _signature(about["arguments"])

    def __call__(self, *args: Any) -> Any:
        """Call the function over there."""
        arguments = list(args)
        question = {"do": "call", "name": self.__name__, "args": arguments}
        try:
            answer = self.student.ask(question, CALL_SECONDS, leaves(arguments))
        except Lost as error:
            raise Refused(Finding("ends_program", f"It ended the process in place of returning: {error}.")) from None
        if isinstance(answer.get("printed"), str):
            print(answer["printed"], end="")
        update(arguments, answer.get("args"))
        if "raised" in answer:
            raise _exception(answer["raised"])
        value = answer.get("value")
        if value is None and not self.written:
            raise NotImplementedError
        if isinstance(value, Foreign):
            raise Refused(
                Finding("wrong_type", f"It returned a {type(value).__name__}; expected are arrays or numbers.")
            )
        if (arrays := [array for array in leaves([value]) if array.size > 1]) and self.blank is not False:
            self.blank = all(map(_is_blank, arrays))
        return value


def _is_blank(array: np.ndarray) -> bool:
    """Whether all entries are one number, or not one of them is finite: nothing was computed."""
    finite = array[np.isfinite(array)]
    return finite.size == 0 or bool((finite == finite[0]).all())


def _signature(arguments: list) -> inspect.Signature | None:
    try:
        return inspect.Signature(
            [
                inspect.Parameter(name, inspect._ParameterKind(kind), default=None if has else inspect.Parameter.empty)
                for name, kind, has in arguments
            ]
        )
    except (ValueError, TypeError):
        return None


def _exception(raised: Any) -> Exception:
    """An exception of the same name and text; one of Python's own where it has that name."""
    raised = raised if isinstance(raised, dict) else {}
    name, text, line = (str(raised.get(key, "")) for key in ("name", "text", "line"))
    if name == "SystemExit":
        return Refused(Finding("ends_program", "It calls exit() in place of returning a value."))
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, (OSError, UnicodeError)):
        return kind(text[: 195 - len(line)] + line)
    return type(name[:80].replace("\0", "") or "Error", (Exception,), {})(text[: 195 - len(line)] + line)
