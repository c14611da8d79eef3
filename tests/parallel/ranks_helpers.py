"""Commands on the ranks of MPI, in processes of their own that end with the test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import numpy as np
import pytest

MARK = "MFNUMPY_TEST_OF_RANKS"
LIMIT = 60
NET = ("--dataset", "digits", "--subset", "400", "--hidden", "24", "20", "18", "16")
RANKS = ("--parallel", "layers", "--transport", "mpi")


def mpiexec() -> str:
    pytest.importorskip("mpi4py", reason="the extra 'cluster' is not installed")
    pytest.importorskip("threadpoolctl")
    found = os.path.join(os.path.dirname(sys.executable), "mpiexec")
    if not os.path.exists(found):
        pytest.skip("no mpiexec beside this Python: the extra 'cluster' brings one")
    return found


class Run:
    """`mpiexec -n K mfnumpy ...`, or any other program; whatever is left of it at the end of the block is an error."""

    def __init__(self, ranks: int, *words: str, program: tuple[str, ...] = ("-m", "mfnumpy"), options=()):
        self.mark = uuid.uuid4().hex
        path = os.pathsep.join([os.path.dirname(__file__), *sys.path])
        self.process = subprocess.Popen(
            [mpiexec(), *options, "-n", str(ranks), sys.executable, *program, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {MARK: self.mark, "PYTHONPATH": path, "PYTHONFAULTHANDLER": "1"},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def __enter__(self):
        return self

    def __exit__(self, kind, *error):
        until, left = time.monotonic() + 5, self.left()
        while left and kind is None and time.monotonic() < until:
            time.sleep(0.1)
            left = self.left()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        if kind is None:
            assert not left, "processes are left"

    def left(self) -> dict[int, str | None]:
        """Process -> its rank, None of one that is no rank; of all that belong to this run and live."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "environ").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if f"{MARK}={self.mark}" in words:
                rank = [word.split("=")[1] for word in words if word.startswith("PMI_RANK=")]
                program = (folder / "cmdline").read_bytes().decode(errors="replace")
                found[int(folder.name)] = rank[0] if rank and "python" in program.split("\0")[0] else None
        return found

    def kill(self, rank: int, number: int) -> None:
        pids = [pid for pid, own in self.left().items() if own == str(rank)]
        assert len(pids) == 1, pids
        os.kill(pids[0], number)

    def wait_for(self, text: str) -> None:
        """Until standard output has a line that begins so."""
        for line in self.process.stdout:
            if line.startswith(text):
                return
        raise AssertionError(self.process.communicate(timeout=LIMIT)[1])

    def end(self) -> tuple[int, str, str]:
        """The exit code, and the rest of standard output and error; of a run that hangs, where each rank stands."""
        try:
            out, error = self.process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            for pid, rank in self.left().items():
                if rank is not None:
                    os.kill(pid, signal.SIGABRT)
            raise AssertionError(self.process.communicate(timeout=LIMIT)) from None
        return self.process.returncode, out, error


def on_ranks(ranks: int, *words: str, **options) -> tuple[int, str, str]:
    with Run(ranks, *words, **options) as run:
        return run.end()


def result(folder: Path):
    """What must be the same bytes: all arrays, the optimiser's times, and the history but for its seconds."""
    with np.load(folder / "checkpoint.npz") as file:
        arrays = {name: (file[name].shape, file[name].tobytes()) for name in file.files if name != "description"}
        times = json.loads(file["description"].tobytes())["times"]
    history = json.loads((folder / "history.json").read_text())
    return arrays, times, history | {"seconds": None}
