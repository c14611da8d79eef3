"""The student's process: it runs cells, and calls the student's functions with what the judge sends.

Nothing of the judge is here: no draws, no seed, no right answer, no grade. What a student's code does to this process
can change what his functions return, and nothing else.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from mfnumpy.check.student.call import is_empty
from mfnumpy.course.grading.shells import NotebookShell, PlainShell, Shell
from mfnumpy.course.grading.snapshot import Snapshot
from mfnumpy.course.grading.values import MOST_BYTES, Packer, Unpacker, leaves
from mfnumpy.course.student import is_written

SHOWN = 2000
"""Characters of output that are kept of one cell or call."""


class _Shown(io.StringIO):
    """Keeps the beginning of what is written, and drops the rest as it comes."""

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        room = SHOWN - self.tell()
        if room > 0:
            super().write(str(text)[:room])
        return len(text)


class Player:
    """Answers the judge's questions, one at a time.

    talk: sends bytes to the judge and returns what comes back.
    shell: runs the cells.
    """

    def __init__(self, talk: Callable[[bytes], bytes], shell: Shell):
        self.talk, self.shell, self.names = talk, shell, shell.names
        self.before = Snapshot()

    def answer(self, data: bytes) -> bytes:
        """The answer to one question, as bytes; whatever the student's code raises is an answer, too."""
        try:
            return self._answer(data)
        except Exception as error:  # such as a result that cannot be sent
            return Packer().pack({"raised": _raised(error, None), "args": None, "printed": "", "error": ""})

    def _answer(self, data: bytes) -> bytes:
        question = Unpacker(callback=self._callback).unpack(data)
        operation = {"run": self._run, "find": self._find, "call": self._call, "value": self._value}.get(question["do"])
        if operation is None:
            return Packer().pack({"patched": self.before.changed()})
        return operation(question)

    def _run(self, question: dict) -> bytes:
        """Run one cell: {"error": one line, or "" if it ran to its end}."""
        shown = _Shown()
        with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            error = self.shell.run(question["source"])
        blank = isinstance(error, NotImplementedError)
        return Packer().pack({"error": "" if error is None else _one_line(error), "blank": blank})

    def _find(self, question: dict) -> bytes:
        """What there is under a name: whether it can be called, its arguments, and where it comes from."""
        if question["name"] not in self.names:
            return Packer().pack({"found": False})
        item = self.names[question["name"]]
        about = {"found": True, "callable": callable(item), "type": type(item).__name__}
        return Packer().pack(about | (self._about(item) if callable(item) else {}))

    def _about(self, function: Any) -> dict:
        with contextlib.suppress(Exception):
            own = inspect.unwrap(function)
            code = getattr(own, "__code__", None)
            arguments = [
                [p.name, int(p.kind), p.default is not inspect.Parameter.empty]
                for p in inspect.signature(function).parameters.values()
            ]
            return {
                "arguments": arguments,
                "written": is_written(own) and not is_empty(own),
                "home": str(getattr(function, "__module__", "")),
                "own": inspect.isfunction(function) and code is not None and _is_cell(code.co_filename),
                "called": str(getattr(function, "__qualname__", "")),
            }
        return {"arguments": None, "written": True, "home": "", "own": False, "called": ""}

    def _call(self, question: dict) -> bytes:
        """Call a function: {"value", "args"} (as they are after the call), or {"raised"}; and what it printed."""
        arguments, shared = question["args"], leaves(question["args"])
        shown = _Shown()
        try:
            with (
                contextlib.redirect_stdout(shown),
                contextlib.redirect_stderr(shown),
                warnings.catch_warnings(),
                np.errstate(all="ignore"),
            ):
                warnings.simplefilter("ignore")
                function = self.names[question["name"]]
                value = function(*arguments)
            answer: dict[str, Any] = {"value": value}
        except BaseException as error:
            answer = {"raised": _raised(error, self.names.get(question["name"]))}
        answer |= {"args": arguments, "printed": shown.getvalue()}
        return Packer(callback=lambda function: 0).pack(answer, shared=shared)

    def _value(self, question: dict) -> bytes:
        return Packer().pack({"value": self.names.get(question["name"])})

    def _callback(self, number: int) -> Callable:
        def asked(*arguments: Any) -> Any:
            """A function of the judge's that the student's function was given."""
            data = self.talk(Packer().pack({"back": number, "args": list(arguments)}))
            answer = Unpacker().unpack(data)
            if "refused" in answer:
                raise RuntimeError(answer["refused"])
            return answer["value"]

        return asked


def serve(judge: Connection) -> None:
    """What the process does: answer until the judge hangs up."""

    def talk(data: bytes) -> bytes:
        """Ask the judge in the middle of a call."""
        judge.send_bytes(data)
        return judge.recv_bytes(MOST_BYTES)

    sys.path.insert(0, os.getcwd())  # an instructor's exercises.py lies there
    player = Player(talk, NotebookShell())
    with contextlib.suppress(EOFError, OSError):
        while True:
            judge.send_bytes(player.answer(judge.recv_bytes(MOST_BYTES)))


def serve_through_the_door() -> None:
    """The same inside of the sandbox, whose one function takes bytes to the judge and returns what he says to them."""
    door = importlib.import_module("_host").call
    player = Player(door, PlainShell())
    with contextlib.suppress(OSError):
        said = b""
        while True:
            said = player.answer(door(said))


def _is_cell(filename: str) -> bool:
    """Whether code comes from a cell: IPython names each by a number."""
    return "ipython-input" in filename or "ipykernel" in filename or filename.startswith("<")


def _one_line(error: BaseException) -> str:
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text[:300]}".rstrip(": ")


def _raised(error: BaseException, function: Any) -> dict:
    """An exception as data: its name, its text, and the student's own line in which it was raised."""
    line = ""
    with contextlib.suppress(Exception):
        own = inspect.unwrap(function).__code__.co_filename
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own]
        if frames:
            line = f" (line {frames[-1].lineno}" + (f": `{frames[-1].line[:80]}`)" if frames[-1].line else ")")
    try:
        text = str(error)
    except Exception:
        text = ""
    return {"name": type(error).__name__, "text": text[:300], "line": line}
