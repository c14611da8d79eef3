"""Processes with limits: the student's, the judge's and the reader's. None outlives what it is for."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import json
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mfnumpy.check.student.orphans import LEAVING, outlast
from mfnumpy.support.files import make_folder
from mfnumpy.support.optional import require

KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHONPATH")
PRELOADED = [
    "IPython.core.interactiveshell",
    "mfnumpy.course.grading.judge",
    "mfnumpy.course.grading.player",
    "mfnumpy.course.grading.sandbox",
]
STARTING = 60.0
"""Seconds that a process may take to begin on a busy machine."""
LONGEST_RESULT = 64 << 20
"""Bytes of JSON that are taken from a process."""


@dataclass(frozen=True)
class Bounds:
    """What a process may use.

    memory: bytes beyond those it starts with.
    file_size: bytes of the largest file that it may write.
    cpu: seconds of CPU time.
    """

    memory: int
    file_size: int = 16 << 20
    cpu: int = 3600


class Ended(Exception):
    """A process came to no result; why, in words."""


class Work:
    """A process at work in a folder of its own; `end` ends it with all that it started.

    target: the function that it runs.
    args: of the function; they are pickled.
    folder: its home, with all that it writes.
    bounds: what it may use.
    """

    def __init__(self, target: Callable, args: tuple, folder: Path, bounds: Bounds):
        self.home = make_folder(folder)
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        kept |= dict.fromkeys(("HOME", "IPYTHONDIR", "JUPYTER_DATA_DIR", "MPLCONFIGDIR", "TMPDIR"), str(self.home))
        kept |= {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "agg"}
        self.process: Any = _context().Process(target=_enter, args=(target, args, kept, bounds), daemon=False)
        self.process.start()

    @property
    def pid(self) -> int:
        """The number of the process that runs the function: on Linux the only child of the one that outlasts it."""
        psutil = require("psutil", "course")
        until = time.monotonic() + STARTING
        while sys.platform == "linux" and self.process.is_alive() and time.monotonic() < until:
            with contextlib.suppress(psutil.Error):
                if children := psutil.Process(self.process.pid).children():
                    return children[0].pid
            time.sleep(0.002)
        return self.process.pid

    def end(self) -> None:
        """Kill it and what it has started: on Linux all of that, elsewhere what session, folder or environment tell."""
        psutil = require("psutil", "course")
        self.process.terminate()  # that which outlasts it takes all else along
        self.process.join(LEAVING)
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for other in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if other.pid != os.getpid() and self._started(other):
                    other.kill()
        self.process.kill()
        self.process.join()

    def _started(self, other: Any) -> bool:
        home = str(self.home)
        return other.environ().get("TMPDIR") == home or Path(other.cwd()).is_relative_to(home)


def run(function: Callable, *args: Any, folder: Path, bounds: Bounds, seconds: float, stop: Any = None) -> Any:
    """The value of function(*args), which JSON can carry, from a process with limits.

    function, args: as `Work` takes them.
    folder: the process's home.
    bounds: what it may use.
    seconds: of wall-clock time.
    stop: a threading.Event that ends it early, or None.
    Raises Ended if there is none in time, or what came is too long.
    """
    reader, writer = multiprocessing.Pipe(duplex=False)
    work = Work(_give, (function, args, writer), folder, bounds)
    writer.close()
    try:
        return receive(reader, seconds, stop)
    finally:
        work.end()
        reader.close()


def receive(reader: Any, seconds: float, stop: Any = None) -> Any:
    """The JSON value that a process sends.

    reader: the connection from it.
    seconds: of wall-clock time.
    stop: a threading.Event that ends it early, or None.
    Raises Ended as `run` does.
    """
    end = time.monotonic() + seconds
    while not reader.poll(0.1):
        if stop is not None and stop.is_set():
            raise Ended("interrupted")
        if time.monotonic() > end:
            raise Ended(f"stopped after {seconds:g} seconds")
    try:
        answer = json.loads(reader.recv_bytes(LONGEST_RESULT))
    except (EOFError, OSError):
        raise Ended("the process ended without a result") from None
    if "error" in answer:
        raise Ended(answer["error"])
    return answer["value"]


def _give(function: Callable, args: tuple, writer: Any) -> None:
    """Call the function and send its value, or why there is none."""
    try:
        answer = json.dumps({"value": function(*args)})
    except MemoryError:
        answer = json.dumps({"error": "it takes too much memory"})
    except RecursionError:
        answer = json.dumps({"error": "it is nested too deeply"})
    except Exception as error:
        answer = json.dumps({"error": f"{type(error).__name__}: {error}"[:500]})
    writer.send_bytes(answer.encode())


def _context() -> Any:
    """Processes that start with everything imported: that takes longer than grading a notebook does."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _enter(target: Callable, args: tuple, environment: dict[str, str], bounds: Bounds) -> None:
    """In the new process: take up folder, environment and limits, fall silent, die with the grader; then work."""
    _die_with_parent()
    outlast()
    os.setsid()
    _die_with_parent()
    _close_others({item.fileno() for item in args if hasattr(item, "fileno")})
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(environment["TMPDIR"])
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    limit(resource.RLIMIT_AS, _used() + bounds.memory)
    limit(resource.RLIMIT_FSIZE, bounds.file_size)
    limit(resource.RLIMIT_CPU, bounds.cpu)
    limit(resource.RLIMIT_CORE, 0)
    target(*args)


def limit(kind: int, size: int) -> None:
    """Bound what this process may use, for good."""
    with contextlib.suppress(ValueError, OSError):  # macOS does not bound the address space
        hard = resource.getrlimit(kind)[1]
        least = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(kind, (least, least))


def _close_others(kept: set[int]) -> None:
    """Close every file but the standard ones and `kept`: one of them keeps the server of processes alive."""
    most = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 1 << 16)
    places = [2, *sorted(kept), most]
    for low, high in itertools.pairwise(places):
        os.closerange(low + 1, high)


def _used() -> int:
    """Bytes of address space that this process has now."""
    return require("psutil", "course").Process().memory_info().vms


def _die_with_parent() -> None:
    """On Linux: end when the server of processes ends, which ends with the grader."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
