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
import traceback
import warnings
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from mfnumpy.check.diagnose.explain import report_on
from mfnumpy.check.model import Exercise, Finding
from mfnumpy.check.report import Report
from mfnumpy.check.student import limits
from mfnumpy.check.student.call import Stop
from mfnumpy.check.student.limits import PATIENCE
from mfnumpy.check.student.orphans import end_all, has_ended, outlast
from mfnumpy.errors import BackendError, MfnumpyError
from mfnumpy.support import interrupt
from mfnumpy.support.text import text_of

START_UP = 5.0
"""Seconds that the process may need besides the student's time."""
LATEST = 1.7
"""So many times its seconds a call may take until its process is killed; before, it is stopped inside the process."""
QUEUE = 1.0
"""Seconds for which a process may stand in the queue for a processor before the system counts them."""
MOST_WRITTEN = 64 << 20
"""Bytes that a file may have which a student's function writes."""


def report_isolated(
    exercise: Exercise,
    job: Callable[[], Report],
    seconds: float,
    memory_mb: int | None,
    reading: float = 0.0,
    silent: bool = True,
) -> Report:
    """The Report that job() makes, as by `isolated`; whatever happens to its process is a Report, too.

    What the checker itself does wrong is none: it raises CheckerBug.

    exercise: what the Report is on.
    job: checks one function.
    seconds, memory_mb, reading, silent: as in `isolated`.
    """
    try:
        return Report.from_json(isolated(lambda: job().to_json(), seconds, memory_mb, reading, silent))
    except Stop as stop:
        return report_on(exercise, stop.finding)


class CheckerBug(MfnumpyError):
    """The checker itself failed: nothing is said of the function that it was to check."""


def isolated(
    job: Callable[[], Any], seconds: float, memory_mb: int | None, reading: float = 0.0, silent: bool = True
) -> Any:
    """Run job() in a forked process with limits on time and memory, and return its value, which JSON can carry.

    job: what is to be run.
    seconds: for the student's function.
    memory_mb: beyond what the process starts with; None for no limit on memory and on the size of files.
    reading: more seconds, for a job that first reads the student's file.
    silent: whether what is printed goes nowhere, and the process has a session of its own; else both are the caller's.
    Raises Stop with what became of a process that came to no end of its own, or if the job raised it; BackendError
    where processes cannot be forked; MfnumpyError if the job itself raised one; CheckerBug if it raised anything else.
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
        outlast()
        _child(job, writer, seconds + reading, memory_mb, silent)
    os.close(writer)
    try:
        text, status = _wait(child, reader, PATIENCE * (seconds + reading) + START_UP)
    finally:
        os.close(reader)
    if text:
        try:
            data = json.loads(text)
        except ValueError:
            data = {}
        if "bug" in data:
            raise CheckerBug(data["bug"])
        if "error" in data:
            raise MfnumpyError(data["error"])
        if "finding" in data:
            raise Stop(Finding(**data["finding"]))
        if "value" in data:
            return data["value"]
    raise Stop(_lost(status, seconds, memory_mb))


def _child(job: Callable[[], Any], writer: int, seconds: float, memory_mb: int | None, silent: bool) -> None:
    """In the child: set the limits, run, write the value, and leave without any clean-up of the parent's things."""
    own = os.getpid()
    try:
        for number in interrupt.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        faulthandler.disable()  # a crash of the student's is reported in words, not as a dump on our terminal
        _limit(seconds, memory_mb)
        _send(writer, own, b"p%d" % own)
        if silent:
            os.setsid()  # so that it can be ended with all that it starts
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
        limits.watch_by(lambda given: _send(writer, own, b"%f" % given))
        try:
            data = {"value": job()}
        except Stop as stop:
            data = {"finding": asdict(stop.finding)}
        except MfnumpyError as error:
            data = {"error": text_of(error)}
        except MemoryError:  # what the student's function keeps may fill the memory of all that follows
            raise
        except Exception as error:  # the student's are caught where the function is called, and its values are read
            place = traceback.extract_tb(error.__traceback__)[-1]
            says = f"{type(error).__name__}: {text_of(error)} ({os.path.basename(place.filename)}:{place.lineno})"
            data = {"bug": f"This is a bug of the checker, not of the function; please report it: {says}."}
        if not silent:
            sys.stdout.flush()
            sys.stderr.flush()
        _send(writer, own, json.dumps(data).encode())
    finally:
        os._exit(0)


def _send(writer: int, own: int, message: bytes) -> None:
    """Write a message with its length in front; not from a process that the student's function has forked off."""
    if os.getpid() == own:
        data = len(message).to_bytes(8, "big") + message
        while data:
            data = data[os.write(writer, data) :]


def _limit(seconds: float, memory_mb: int | None) -> None:
    import resource

    def bound(kind: int, size: int) -> None:
        """Bound it for good, by what is left to be had."""
        hard = resource.getrlimit(kind)[1]
        least = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(kind, (least, least))

    bound(resource.RLIMIT_CPU, int(seconds + START_UP) + 1)
    bound(resource.RLIMIT_CORE, 0)
    if memory_mb is None:
        return
    bound(resource.RLIMIT_FSIZE, MOST_WRITTEN)
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # macOS: it does not hold a process to an address space anyway
        return
    bound(resource.RLIMIT_AS, used + memory_mb * 2**20)


class _Messages:
    """What came through the pipe, cut at its lengths."""

    def __init__(self, reader: int):
        self.reader, self.bytes = reader, b""

    def read(self, seconds: float) -> tuple[list[bytes], bool]:
        """Whole messages that came within so many seconds, and whether the pipe has ended."""
        ready, _, _ = select.select([self.reader], [], [], max(seconds, 0))
        part = os.read(self.reader, 65536) if ready else b""
        self.bytes += part
        found = []
        while len(self.bytes) >= 8 and len(self.bytes) - 8 >= (size := int.from_bytes(self.bytes[:8], "big")):
            found.append(self.bytes[8 : 8 + size])
            self.bytes = self.bytes[8 + size :]
        return found, bool(ready) and not part


def _wait(child: int, reader: int, seconds: float) -> tuple[str, int | None]:
    """The value's text and the exit status of the child; "" if there came none, None if its time was up.

    child: its number, or that of the process which outlasts it.
    reader: the pipe through which it says its number, how long a call of the student's may take, and its value.
    seconds: for all together.
    However this ends, the child has ended, and whatever it started.
    """
    end, messages = time.monotonic() + seconds, _Messages(reader)
    worker, call = child, _Call(child, 0.0)
    text, over, first = "", False, True
    try:
        while not text and not over and time.monotonic() < end and not call.is_late():
            found, over = messages.read(0.05)
            for message in found:
                if first:
                    worker, first = int(message[1:]), False
                elif message[:1] == b"{":
                    text = message.decode("utf-8", "replace")
                else:
                    call = _Call(worker, float(message))
            if not over and not text and has_ended(child):  # what it forked off may hold the pipe
                over = True
    finally:
        ended = text != "" or over
        end_all(child, worker, reader, at_once=not ended)
        status = os.waitpid(child, 0)[1]
    return text, status if ended else None


class _Call:
    """A call of the student's function at work in a process. seconds: how long it may take, 0 for no call."""

    def __init__(self, child: int, seconds: float):
        self.child, self.seconds, self.begun = child, seconds, time.monotonic()
        self.queued, self.computed = limits.queued(child), limits.computed(child)

    def is_late(self) -> bool:
        """Whether it should have ended by itself, which code in C, or without the alarm, does not.

        Computing counts as it is; time in which it neither computed nor stood in the queue for a processor nearly so.
        On a machine that is busy with other work, at twice its time it has to end as well.
        """
        if not self.seconds:
            return False
        wall = time.monotonic() - self.begun
        if limits.computed(self.child) - self.computed > LATEST * self.seconds:
            return True
        waiting = limits.queued(self.child) - self.queued
        return wall - waiting > LATEST * self.seconds + QUEUE or wall > 2 * self.seconds + START_UP


def _lost(status: int | None, seconds: float, memory_mb: int | None) -> Finding:
    """What is to be said of a process that came to no end of its own."""
    if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)):
        return Finding("too_slow", f"It had not returned after {seconds:g} s, on very small arrays.")
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        allowed = "" if memory_mb is None else f"; the memory allowed is {memory_mb} MB"
        return Finding("ends_program", f"It crashed the process ({name}){allowed}.")
    return Finding("ends_program", "It ended the process instead of returning a value.")
