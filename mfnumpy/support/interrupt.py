"""Ctrl-C, SIGTERM and SIGHUP: what asks a command to end, and how it ends without losing anything.

SIGTERM is what `kill`, `timeout` and a cluster's scheduler send, SIGHUP what a closed terminal or connection does.
Both do what Ctrl-C does. A signal that is ignored (nohup, a script's background job) stays ignored.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, NoReturn

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What asks a process to end; Windows has no SIGHUP."""


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP came; whoever is ready for Ctrl-C is ready for it. number: the signal's."""

    def __init__(self, number: int):
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.number = number


def exit_code(error: KeyboardInterrupt) -> int:
    """What a command that was ended so returns, as shells count: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
    return 128 + getattr(error, "number", signal.SIGINT)


def leave(code: int) -> NoReturn:
    """End the process with this exit code; after a signal at once, since all is saved.

    Threads that a signal has left in the middle of their work can make Python abort while it takes itself down.
    """
    if code > 128:
        _flush()
        for call in _before_leaving:
            call()
        os._exit(code)
    sys.exit(code)


_before_leaving: list[Callable[[], object]] = []


def before_leaving(call: Callable[[], object]) -> None:
    """What `leave` calls last where it leaves at once, and Python's own way out would have done as well."""
    _before_leaving.append(call)


def quit_when_stopped(program: str) -> None:
    """Until `stoppable` takes over, a signal ends the process at once, with one line and its exit code.

    program: the line's first word. For the time in which libraries are imported, where an exception could be caught,
    turned into another or shown as a traceback, and where there is nothing to be lost.
    """
    quitter = _Quitter(program)
    ours = (signal.SIG_DFL, signal.default_int_handler)
    answer(lambda number, handler: quitter if handler in ours else None)


@contextmanager
def stoppable() -> Iterator[None]:
    """A `with` block in which Ctrl-C raises KeyboardInterrupt, SIGTERM and SIGHUP raise Terminated, these once.

    They often come twice (a closed terminal is told by the kernel and by its shell), and the second must not disturb
    what the first has begun to save. Handlers that others have set are left alone.
    """
    once = _Once()

    def choose(number: int, handler: Any) -> Any:
        """The handler for a signal, None to leave the one that there is."""
        if handler is not signal.SIG_DFL and not isinstance(handler, _Quitter):
            return None
        return signal.default_int_handler if number == signal.SIGINT else once

    before = answer(choose)
    try:
        yield
    finally:
        restore(before)


def answer(choose: Callable[[int, Any], Any]) -> dict[int, Any]:
    """Set handlers of SIGNALS; returns those that stood there before, for `restore`.

    choose: from a signal's number and its handler to the new handler, or None. Nothing is done outside the main thread,
    where Python delivers no signals, to a signal that is ignored, nor to a handler that Python does not know.
    """
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            handler = signal.getsignal(number)
            if handler not in (None, signal.SIG_IGN) and (new := choose(number, handler)) is not None:
                before[number] = signal.signal(number, new)
    return before


def restore(before: dict[int, Any]) -> None:
    """Put handlers back that `answer` has returned."""
    for number, handler in before.items():
        signal.signal(number, handler)


class _Quitter:
    """A handler that ends the process at once."""

    def __init__(self, program: str):
        self.line = f"{program}: interrupted.\n".encode()

    def __call__(self, number: int, frame: FrameType | None) -> None:
        try:
            os.write(2, self.line)
        finally:
            os._exit(128 + number)


class _Once:
    """A handler that raises Terminated, the first time."""

    spent = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if not self.spent:
            self.spent = True
            raise Terminated(number)


class DeferredInterrupt:
    """A `with` block in which a signal of SIGNALS is only noted, in `requested`; a second Ctrl-C interrupts at once.

    At its end KeyboardInterrupt (for the others Terminated) is raised if a signal was noted and nobody has raised it,
    also in the place of an error: who catches that error and goes on would never learn of the signal.
    SIGTERM or SIGHUP that nobody handles outside of the block then ends the process, as it would have at first.
    Outside the main thread, and for signals that are ignored, it does nothing.
    """

    def __init__(self) -> None:
        self._noted: int | None = None
        self._raised = False
        self._before: dict[int, Any] = {}

    @property
    def requested(self) -> bool:
        """Whether a signal was noted."""
        return self._noted is not None

    def error(self) -> KeyboardInterrupt:
        """The exception of the signal that was noted, to be raised."""
        return KeyboardInterrupt() if self._noted in (None, signal.SIGINT) else Terminated(self._noted)

    def __enter__(self) -> DeferredInterrupt:
        self._before = answer(lambda number, handler: self._note)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        restore(self._before)
        if self._noted is None or self._raised or isinstance(error, SystemExit | GeneratorExit):
            return
        if self._noted != signal.SIGINT and self._before[self._noted] is signal.SIG_DFL:
            _flush()
            signal.raise_signal(self._noted)
        for handler in self._before.values():
            if isinstance(handler, _Once):
                handler.spent = True  # the one that was noted
        if not isinstance(error, KeyboardInterrupt):
            raise self.error() from error

    def _note(self, number: int, frame: FrameType | None) -> None:
        if not self.requested:
            self._noted = number
        elif number == signal.SIGINT:
            self._raised = True
            raise KeyboardInterrupt


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
