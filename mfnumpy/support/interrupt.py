"""Ctrl-C between two batches, not inside one."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class DeferredInterrupt:
    """A `with` block in which Ctrl-C is only noted, in `requested`; a second Ctrl-C interrupts at once.

    At its end KeyboardInterrupt is raised if Ctrl-C was noted and nobody has raised it, also in the place of an error:
    who catches that error and goes on would never learn of the Ctrl-C. Outside the main thread, where Python delivers
    no signals, and where SIGINT is ignored (as in a script's background job), it does nothing.
    """

    def __init__(self) -> None:
        self.requested = False
        self._raised = False
        self._before: Any = None

    def __enter__(self) -> DeferredInterrupt:
        handler = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and handler not in (None, signal.SIG_IGN):
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        if self.requested and not self._raised and (error is None or isinstance(error, Exception)):
            raise KeyboardInterrupt from error

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            self._raised = True
            raise KeyboardInterrupt
        self.requested = True
