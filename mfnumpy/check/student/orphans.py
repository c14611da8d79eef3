"""The end of a process, and of whatever it has started, in whatever session that hides (there: Linux).

A process whose parent has ended is given to the nearest ancestor that takes orphans. The process here is one, so that
all that the worker starts are its children in the end, and none can leave.
"""

from __future__ import annotations

import contextlib
import ctypes
import glob
import os
import signal
import sys
import time
from typing import Any

TAKES_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER of <linux/prctl.h>."""
LEAVING = 5.0
"""Seconds in which a process that has said all should have left."""
SWEEPING = 5.0
"""Seconds that are given to ending what is left; what forks faster than it is ended stays."""


def outlast() -> None:
    """Fork, and go on in the new process alone: this one ends as that one does, once nothing is left of it.

    SIGTERM ends both. Where no process takes orphans (elsewhere than on Linux) nothing happens.
    """
    if not _take_orphans():
        return
    answers: dict[int, Any] = {signal.SIGTERM: _leave, signal.SIGINT: signal.SIG_IGN, signal.SIGHUP: signal.SIG_IGN}
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, answers)  # what comes now waits until both can answer it
    before = {number: signal.signal(number, answer) for number, answer in answers.items()}
    status, worker = int(signal.SIGTERM), -1
    try:
        worker = os.fork()
        if worker == 0:  # who forks this one takes its orphans, too: the flag is not inherited
            for number, answer in before.items():
                signal.signal(number, signal.SIG_DFL if answer is None else answer)
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
            return
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        os.closerange(3, 1 << 16)  # the other end of a pipe waits for it to be closed
        status = os.waitpid(worker, 0)[1]
    except _Leave:
        pass
    finally:
        if worker:
            with contextlib.suppress(BaseException):
                _sweep()
            _end_as(status)


class _Leave(BaseException):
    """What SIGTERM raises in the process that outlasts the other."""


def _leave(number: int, frame: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Leave


def _take_orphans() -> bool:
    """Let this process be given orphans; whether that can be had."""
    if sys.platform != "linux":
        return False
    with contextlib.suppress(OSError, AttributeError):
        return ctypes.CDLL(None).prctl(TAKES_ORPHANS, 1, 0, 0, 0) == 0
    return False


def _sweep() -> None:
    """Kill all children, and those that come to be children as their parents end, until there is none."""
    until = time.monotonic() + SWEEPING
    while time.monotonic() < until:
        for child in _children():
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)


def _children() -> list[int]:
    """The processes whose parent is this one."""
    found, own = [], os.getpid()
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{name}/stat", "rb") as file:
                if int(file.read().rpartition(b")")[2].split()[1]) == own:
                    found.append(int(name))
    return found


def _end_as(status: int) -> None:
    """End as a process with this wait status has ended."""
    if os.WIFEXITED(status):
        os._exit(os.WEXITSTATUS(status))
    number = os.WTERMSIG(status)
    with contextlib.suppress(OSError, ValueError):  # SIGKILL has no other answer
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(1)


def has_ended(child: int) -> bool:
    """Whether it is a zombie, which `waitpid` would find at once; it is left to be found."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def end_all(child: int, worker: int, reader: int, at_once: bool) -> None:
    """End the worker, with the holders of its pipe, and the process that outlasts it: that one takes all else along.

    child: the one that outlasts it, or the worker itself.
    worker: the one that ran the student's function.
    reader: of its pipe.
    at_once: not after it has left by itself; it has said all then, and its exit status is wanted.
    """
    if not at_once:
        _await_end(child)
    for kill, number in ((os.kill, worker), (_kill_session, worker)):
        if worker == child or not has_ended(child):  # else its number may be another's
            with contextlib.suppress(OSError):
                kill(number, signal.SIGKILL)
    if worker != child:
        _await_end(child)
    with contextlib.suppress(OSError):
        os.kill(child, signal.SIGKILL)
    for other in _holders(os.fstat(reader)):
        with contextlib.suppress(OSError):
            os.kill(other, signal.SIGKILL)


def _await_end(child: int) -> None:
    """Wait a while for a process to end by itself."""
    until = time.monotonic() + LEAVING
    while time.monotonic() < until and not has_ended(child):
        time.sleep(0.002)


def _kill_session(leader: int, number: int) -> None:
    if os.getpgid(leader) == leader:
        os.killpg(leader, number)


def _holders(pipe: os.stat_result) -> list[int]:
    """The other processes that have this pipe open, as far as /proc tells."""
    found = []
    for place in glob.iglob("/proc/[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if os.path.samestat(os.stat(place), pipe) and (other := int(place.split("/")[2])) != os.getpid():
                found.append(other)
    return found
