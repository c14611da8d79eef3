"""A time limit on a student's function that holds in a notebook, on any thread, and on a busy machine."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from mfnumpy.support.validate import real


class OutOfTime(BaseException):
    """Raised inside the student's function when its time is up; no `except Exception` catches it."""


IN_BROWSER = sys.platform in ("emscripten", "wasi")
"""Whether this is WebAssembly: no alarms, no threads, and a clock of CPU time that stands still."""


PATIENCE = 1.0 if IN_BROWSER else 4.0
"""On a machine that is busy with other work, the wall-clock time may be so many times the CPU time allowed."""


WITHOUT_WORK = 1.5
"""Where it is known that the machine was not busy, a function that only waits may take so many times its time."""


def queued(process: int | str = "self") -> float:
    """For how many seconds a process has waited for a processor in all; 0.0 where nothing tells (not Linux)."""
    try:
        with open(f"/proc/{process}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def computed(process: int) -> float:
    """Seconds of CPU time of a process, all its threads; 0.0 where nothing tells (not Linux)."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as file:
            times = file.read().rpartition(")")[2].split()[11:13]
        return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return 0.0


_watchers: list[Callable[[float], None]] = []


def watch_by(tell: Callable[[float], None]) -> None:
    """From now on `tell` is given the seconds of each call that is limited, and 0 when it has ended."""
    _watchers[:] = [tell]


LONGEST = 3600.0
"""The most seconds that may be given to one exercise."""


def allowed(name: str, seconds: Any) -> float:
    """A student's function may have so many seconds; `name` is that of the argument, for the message.

    Raises InvalidValueError for what is not a number above 0 and at most LONGEST.
    """
    return real(name, seconds, f"above 0 and at most {LONGEST:g}", lambda value: 0 < value <= LONGEST)


class Clock:
    """How much of its time a function has used: seconds of CPU time, or a quarter of the wall-clock time."""

    def __init__(self) -> None:
        self.wall, self.computing, self.queued = time.monotonic(), time.process_time(), queued()

    def used(self) -> float:
        """Seconds of CPU time so far; waiting counts for little, since a busy machine is nobody's mistake."""
        wall = time.monotonic() - self.wall
        waiting = wall if not self.queued else queued() - self.queued  # elsewhere than on Linux nothing tells
        return max(time.process_time() - self.computing, wall / PATIENCE, (wall - waiting) / WITHOUT_WORK)


def limited(call: Callable[[], Any], seconds: float) -> Any:
    """call(), for so many seconds at most.

    On the main thread of Linux and macOS an alarm interrupts Python code; elsewhere the call runs in a thread
    that is left behind when its time is up; on WebAssembly, which has neither, the clock is read as lines are run.
    None can stop a single endless call into C: for that, grade in a process, or in a worker of the browser.
    """
    seconds = max(seconds, 0.01)
    for tell in _watchers:
        tell(seconds)
    try:
        if IN_BROWSER:
            return _with_trace(call, seconds)
        if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
            return _with_alarm(call, seconds)
        return _in_thread(call, seconds)
    finally:
        for tell in _watchers:
            tell(0.0)


def _with_alarm(call: Callable[[], Any], seconds: float) -> Any:
    def insist(frame: Any, event: str, argument: Any) -> Any:
        """A trace function that raises at the next line."""
        if event == "line":
            raise OutOfTime
        return insist

    def ring(signum: int, frame: Any) -> None:
        """What the alarm does: raise in the student's code, if its time is really up."""
        if clock.used() < seconds:
            return
        # A bare `except:` in the student's loop would swallow one exception: the next line then raises another.
        if frame is not None and frame.f_code.co_filename != __file__:
            frame.f_trace = insist
            sys.settrace(lambda *_: insist)
        raise OutOfTime

    clock = Clock()
    tracer = sys.gettrace()
    start = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    before, _ = signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)  # again and again, should one be swallowed
    try:
        try:
            return call()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.settrace(tracer)
        signal.signal(signal.SIGALRM, handler)
        if before:  # someone else's alarm was running: let it go on
            signal.setitimer(signal.ITIMER_REAL, max(before - (time.monotonic() - start), 0.01))


def _with_trace(call: Callable[[], Any], seconds: float) -> Any:
    """A bare `except:` that swallows OutOfTime ends the tracing; then only the end of the process helps."""
    clock, tracer = Clock(), sys.gettrace()

    def look(frame: Any, event: str, argument: Any) -> Any:
        """A trace function that raises at a line once the time is up."""
        if event == "line" and clock.used() >= seconds:
            raise OutOfTime
        return look

    sys.settrace(look)
    try:
        return call()
    finally:
        sys.settrace(tracer)


def _in_thread(call: Callable[[], Any], seconds: float) -> Any:
    box: dict[str, Any] = {}

    def work() -> None:
        """Call, and keep the value or the error."""
        try:
            with np.errstate(all="ignore"):
                box["value"] = call()
        except BaseException as error:
            box["error"] = error

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    clock = Clock()
    while worker.is_alive() and clock.used() < seconds:
        worker.join(0.02)
    if worker.is_alive():
        raise OutOfTime
    if "error" in box:
        raise box["error"]
    return box["value"]
