"""A check in a process of its own: for grading, where a student's function may hang, exit or eat the memory.

The limits guard the grader against accidents. They are no defence against a student who attacks the grader on
purpose: for that, run the whole grader in a container.
"""

from __future__ import annotations

import faulthandler
import json
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable

from mfnumpy.check.explain import lesson_of
from mfnumpy.check.limits import PATIENCE
from mfnumpy.check.model import Exercise
from mfnumpy.check.report import Report
from mfnumpy.errors import BackendError, MfnumpyError

START_UP = 5.0
"""Seconds that the process may need besides the student's time."""


def run_isolated(
    exercise: Exercise, job: Callable[[], Report], seconds: float, memory_mb: int, reading: float = 0.0
) -> Report:
    """Run job() in a forked process with limits on time and memory, and return its Report.

    seconds: for the student's function. reading: more of them, for a job that first reads the student's file.
    Whatever happens to the process becomes a Report. Raises BackendError where processes cannot be forked,
    and MfnumpyError if the job itself raised one.
    """
    if not hasattr(os, "fork"):
        raise BackendError("Grading in a process of its own needs Linux or macOS; check without isolated=True here.")
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside idle BLAS threads: the child starts its own
        child = os.fork()
    if child == 0:
        os.close(reader)
        _child(job, writer, seconds + reading, memory_mb)
    os.close(writer)
    text, status = _wait(child, reader, PATIENCE * (seconds + reading) + START_UP)
    if text:
        try:
            data = json.loads(text)
        except ValueError:
            data = {}
        if "error" in data:
            raise MfnumpyError(data["error"])
        if "exercise" in data:
            return Report.from_json(data)
    return _lost(exercise, status, seconds, memory_mb)


def _child(job: Callable[[], Report], writer: int, seconds: float, memory_mb: int) -> None:
    """In the child: set the limits, run, write the report, and leave without any clean-up of the parent's
    things.
    """
    try:
        faulthandler.disable()  # a crash of the student's is reported in words, not as a dump on our terminal
        _limit(seconds, memory_mb)
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        try:
            data = job().to_json()
        except MfnumpyError as error:
            data = {"error": str(error)}
        except MemoryError:  # what the student's function keeps may fill the memory of all that follows
            raise
        except Exception as error:  # those of the student's function are caught where it is called
            data = {"error": f"This is a bug of the checker, not of the function: {type(error).__name__}: {error}"}
        with os.fdopen(writer, "w", encoding="utf-8") as pipe:
            json.dump(data, pipe)
    finally:
        os._exit(0)


def _limit(seconds: float, memory_mb: int) -> None:
    import resource

    cpu = int(seconds + START_UP) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # macOS: it does not hold a process to an address space anyway
        return
    resource.setrlimit(resource.RLIMIT_AS, (used + memory_mb * 2**20,) * 2)


def _wait(child: int, reader: int, seconds: float) -> tuple[str, int | None]:
    """Read until the child closes the pipe or its time is up; (text, exit status or None if it was
    stopped).
    """
    end = time.monotonic() + seconds
    parts: list[bytes] = []
    try:
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([reader], [], [], left)
            if not ready:
                break
            part = os.read(reader, 65536)
            if not part:
                return b"".join(parts).decode("utf-8", "replace"), os.waitpid(child, 0)[1]
            parts.append(part)
    finally:
        os.close(reader)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "", None


def _lost(exercise: Exercise, status: int | None, seconds: float, memory_mb: int) -> Report:
    """The report on a process that came to no end of its own."""
    if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)):
        mistake, says = "too_slow", f"It had not returned after {seconds:g} s, on very small arrays."
    elif os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        mistake, says = (
            "ends_program",
            f"It crashed the process ({name}); the memory allowed is {memory_mb} MB.",
        )
    else:
        mistake, says = "ends_program", "It ended the process in place of returning a value."
    lesson = lesson_of(exercise, mistake)
    return Report(exercise.name, exercise.title, exercise.signature, False, mistake, evidence=says, lesson=lesson)
