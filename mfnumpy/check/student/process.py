"""Work in a process of its own: for grading, where a student's function may hang, exit or eat the memory.

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
from dataclasses import asdict
from typing import Any

from mfnumpy.check.diagnose.explain import report_on
from mfnumpy.check.model import Exercise, Finding
from mfnumpy.check.report import Report
from mfnumpy.check.student.call import Stop
from mfnumpy.check.student.limits import PATIENCE
from mfnumpy.errors import BackendError, MfnumpyError

START_UP = 5.0
"""Seconds that the process may need besides the student's time."""


def report_isolated(
    exercise: Exercise, job: Callable[[], Report], seconds: float, memory_mb: int, reading: float = 0.0
) -> Report:
    """The Report that a job makes in a process of its own; whatever happens to the process is a Report, too.

    exercise: that the report is on.
    job: makes it.
    seconds, memory_mb, reading: as in `isolated`.
    """
    try:
        return Report.from_json(isolated(lambda: job().to_json(), seconds, memory_mb, reading))
    except Stop as stop:
        return report_on(exercise, stop.finding)


def isolated(job: Callable[[], Any], seconds: float, memory_mb: int, reading: float = 0.0) -> Any:
    """The value of a job, which JSON can carry, from a forked process with limits on time and memory.

    job: called without arguments.
    seconds: of CPU time, for the student's function.
    memory_mb: what the process may use beyond what it has at the start.
    reading: more seconds, for a job that first reads the student's file.
    Raises Stop with what became of a process that came to no end of its own, or if the job raised it; BackendError
    where processes cannot be forked; MfnumpyError if the job itself raised one.
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
        if "finding" in data:
            raise Stop(Finding(**data["finding"]))
        if "value" in data:
            return data["value"]
    raise Stop(_lost(status, seconds, memory_mb))


def _child(job: Callable[[], Any], writer: int, seconds: float, memory_mb: int) -> None:
    """In the child: set the limits, run, write the value, and leave without any clean-up of the parent's things."""
    try:
        faulthandler.disable()  # a crash of the student's is reported in words, not as a dump on our terminal
        _limit(seconds, memory_mb)
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        try:
            data = {"value": job()}
        except Stop as stop:
            data = {"finding": asdict(stop.finding)}
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
    """What the child writes until it closes the pipe, and its exit status; "" and None if its time was up."""
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


def _lost(status: int | None, seconds: float, memory_mb: int) -> Finding:
    """What is to be said of a process that came to no end of its own."""
    if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)):
        return Finding("too_slow", f"It had not returned after {seconds:g} s, on very small arrays.")
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return Finding("ends_program", f"It crashed the process ({name}); the memory allowed is {memory_mb} MB.")
    return Finding("ends_program", "It ended the process in place of returning a value.")
