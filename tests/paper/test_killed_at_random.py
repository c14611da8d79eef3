"""SIGKILL and SIGTERM at random moments, to a run, a worker or a scheduler: what is held stays, nothing is left behind.

MFNUMPY_KILLS=60 pytest -s tests/paper/test_killed_at_random.py kills 60 times and prints what it saw; a few by default.
Stops of one process alone, and of grading, are in tests/course/test_stopped_at_random.py.
"""

from __future__ import annotations

import dataclasses
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mfnumpy.paper.ledger.folder import Ledger
from mfnumpy.saving import checkpoint

psutil = pytest.importorskip("psutil", reason="needs psutil, of the extra 'course'")
pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
pytest.importorskip("joblib")

KILLS = int(os.environ.get("MFNUMPY_KILLS", "3"))
LIMIT = 120.0
"""Seconds in which a command must end, also after one of its processes was killed."""
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals"),
    pytest.mark.timeout(300 + 2 * LIMIT * KILLS),
]
NOBODY = "nobody"
"""Where the command had ended before its moment came."""
ENV = os.environ | {"PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), *filter(None, sys.path)])}


def started(words: list[str], log: Path) -> subprocess.Popen:
    with open(log, "w") as file:
        return subprocess.Popen([sys.executable, *words], stdout=file, stderr=subprocess.STDOUT, env=ENV)


def gone(processes: list, seconds: float = 30) -> list:
    """Those that still run after so long."""
    psutil.wait_procs(processes, timeout=seconds)
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def descendants(process: subprocess.Popen) -> list:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


# -- what is killed ----------------------------------------------------------------------------------------------------


class Train:
    """A run, to be resumed: its checkpoint never goes back, and its end is that of a run nobody disturbed."""

    def __init__(self, root: Path, name: str, *more: str):
        self.root, self.name, self.out = root / name, name, root / name / "run"
        self.root.mkdir()
        self.more = [word.replace("ROOT", str(self.root)) for word in more]

    def words(self) -> list[str]:
        told = ["--resume"] if (self.out / "checkpoint.npz").exists() else []
        own = ["--hidden", "90", "70", "50", "--epochs", "30", "--patience", "25", "--threads", "1", *self.more]
        return ["-m", "mfnumpy", "train", *own, "--out", str(self.out), *told]

    def held(self) -> dict[str, str]:
        path = self.out / "checkpoint.npz"
        epochs = checkpoint.load(path)[1]["progress"]["epochs"] if path.exists() else []
        return {str(number): json.dumps(epoch) for number, epoch in enumerate(epochs)}

    def ended(self) -> dict | None:
        """What must be the same at the end."""
        if not (self.out / "history.json").exists():
            return None
        history = json.loads((self.out / "history.json").read_text())
        arrays = {name: array.tobytes() for name, array in checkpoint.load(self.out / "checkpoint.npz")[0].items()}
        assert not list(self.root.glob("layers/*"))
        return {"epochs": history["epochs"], "test": history["test"], "arrays": arrays}

    def others(self) -> list:
        return []


class Sweep:
    """Records, by processes of this machine: none is ever changed, each is what one process makes."""

    def __init__(self, root: Path, name: str, *more: str):
        self.root, self.name, self.more = root / name, name, list(more)
        self.root.mkdir()

    def words(self) -> list[str]:
        own = ["table1", "--seeds", "4", "--offline", *self.more]
        places = ["--ledger", str(self.root / "ledger"), "--out", str(self.root / "out")]
        return [
            "-c",
            f"import tiny_plan; from mfnumpy.cli import main; raise SystemExit(main({['reproduce', *own, *places]!r}))",
        ]

    def held(self) -> dict[str, str]:
        paths = (self.root / "ledger").glob("*.json")
        return {path.name: path.read_text() for path in paths}

    def ended(self) -> dict | None:
        fixed = {"seconds": 0.0, "epoch_seconds": [], "finished": "", "peak_bytes": 0, "environment": {}, "code": {}}
        ledger, names = Ledger(self.root / "ledger"), sorted(self.held())
        found = {name: dataclasses.replace(ledger.find(Path(name).stem), **fixed).to_json() for name in names}
        return found if self.whole else None

    @property
    def whole(self) -> bool:
        return (self.root / "log").exists() and "runs made; the others" in (self.root / "log").read_text()

    def others(self) -> list:
        return []


class Spread(Sweep):
    """The same on a Dask cluster, whose scheduler and workers are killed as well."""

    def __init__(self, root: Path, name: str):
        super().__init__(root, name)
        self.cluster: list[subprocess.Popen] = []

    def words(self) -> list[str]:
        self.begin()
        address = json.loads((self.root / "scheduler.json").read_text())["address"]
        self.more = ["--cluster", address, "--threads", "1"]
        return super().words()

    def others(self) -> list:
        return [psutil.Process(p.pid) for p in self.cluster if p.poll() is None]

    def begin(self) -> None:
        """A scheduler and two workers, unless all three are there."""
        if len(self.others()) == 3:
            return
        self.end()
        file = self.root / "scheduler.json"
        file.unlink(missing_ok=True)
        own = ["--no-dashboard", "--scheduler-file", str(file)]
        module = ["-m", "distributed.cli.dask_scheduler"]
        self.cluster = [started([*module, *own, "--port", "0", "--host", "127.0.0.1"], self.root / "scheduler.log")]
        until(lambda: file.exists() and file.stat().st_size > 0)
        for n in range(2):
            words = ["-m", "distributed.cli.dask_worker", *own, "--nthreads", "1", "--no-nanny"]
            log = self.root / f"worker{n}.log"
            self.cluster.append(started([*words, "--local-directory", str(self.root)], log))
            until(lambda log=log: "Registered to" in log.read_text())

    def end(self) -> None:
        late = []
        for process in reversed(self.cluster):  # workers first: they take their leave of the scheduler
            process.terminate()
            late += gone([psutil.Process(process.pid)] if process.poll() is None else [], LIMIT)
            process.kill()
            process.wait()
        self.cluster = []
        assert not late, "the cluster ends when it is told to"


def until(true) -> None:
    end = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


# -- the test ----------------------------------------------------------------------------------------------------------


def whole_run(work) -> tuple[dict, float]:
    """What an undisturbed command leaves, and its seconds; the folder is as before."""
    words, begun = work.words(), time.monotonic()
    assert started(words, work.root / "log").wait(LIMIT) == 0, (work.root / "log").read_text()
    seconds = time.monotonic() - begun
    result = work.ended()
    assert result
    clear(work)
    return result, seconds


def clear(work) -> None:
    for name in ("run", "ledger", "out", "layers"):
        shutil.rmtree(work.root / name, ignore_errors=True)
    (work.root / "log").unlink(missing_ok=True)


def is_worker(child) -> bool:
    """One of loky's processes for work, not the one that cleans up behind them."""
    try:
        words = child.cmdline()
    except psutil.Error:
        return False
    return "loky" in " ".join(words) and "tracker" not in words[-1]


def victim(process: subprocess.Popen, work, rng: random.Random):
    """The command itself, one of its workers, or one process of its cluster, and which it is."""
    workers = [child for child in descendants(process) if is_worker(child)]
    kinds = ["a worker"] * bool(workers) + ["a worker", "the scheduler"] * bool(work.others())
    which = rng.choice(["the command", *kinds])
    if which == "the command":
        return psutil.Process(process.pid), which
    if not work.others():
        return rng.choice(workers), which
    return (work.others()[0] if which == "the scheduler" else rng.choice(work.others()[1:])), which


def test_what_is_held_stays_and_no_process_is_left(tmp_path):
    rng = random.Random(21)
    spread = Spread(tmp_path, "cluster")
    works = [
        Train(tmp_path, "offload", "--offload", "ROOT/layers"),
        Sweep(tmp_path, "jobs", "--jobs", "2"),
        spread,
        Train(tmp_path, "layers", "--parallel", "layers", "--engine", "reference"),
        Train(tmp_path, "train"),
    ][:KILLS]
    seen: dict[str, int] = {}
    try:
        references = {work.name: whole_run(work) for work in (Sweep(tmp_path, "alone", "--threads", "1"), *works)}
        for k in range(KILLS):
            turn, place = divmod(k, len(works))
            work, number = works[place], (signal.SIGKILL, signal.SIGTERM)[(turn + place) % 2]
            for _ in range(9):  # until it meets somebody
                which, code = one_kill(work, number, references[work.name], rng)
                if which != NOBODY:
                    break
            told = f"{work.name:<8} {number.name} to {which:<13} exit code {code:>4}, {len(work.held()):>2} held"
            print(f"{k + 1:>2} of {KILLS}: {told}", flush=True)
            seen[f"{number.name} to {which}"] = seen.get(f"{number.name} to {which}", 0) + 1
        for work in works:  # and each comes to its end, which is that of an undisturbed one
            if work.ended() is None:
                assert started(work.words(), work.root / "log").wait(LIMIT) == 0, (work.root / "log").read_text()
            assert work.ended() == references["alone" if isinstance(work, Sweep) else work.name][0]
            assert not list(work.root.rglob("*.part"))
            assert not list(work.root.glob("ledger/claims/*"))
    finally:
        spread.end()
    print(", ".join(f"{count} times {what}" for what, count in sorted(seen.items())))
    assert sum(seen.values()) == KILLS
    missed = sum(count for what, count in seen.items() if what.endswith(NOBODY))
    assert missed <= max(1, KILLS // 10), "works end before their moments, which were drawn for a slower machine"


def wait_a_while(process: subprocess.Popen, work, rng: random.Random, seconds: float) -> None:
    """Until a random moment: any one, or one right after something more is held."""
    before = len(work.held())
    if rng.random() < 0.3:
        time.sleep(rng.uniform(0, seconds))
        return
    until(lambda: process.poll() is not None or len(work.held()) > before)
    time.sleep(rng.uniform(0, 0.2 * seconds) * rng.random())


def one_kill(work, number: int, reference: tuple[dict, float], rng: random.Random) -> tuple[str, int]:
    """Kill once, at a random moment; returns what was killed, and the command's exit code."""
    if work.ended() is not None:
        assert work.ended() == reference[0]
        clear(work)
    before, words = work.held(), work.words()
    process = started(words, work.root / "log")
    try:
        wait_a_while(process, work, rng, reference[1])
        children = descendants(process)
        target, which = victim(process, work, rng) if process.poll() is None else (None, NOBODY)
        if target is not None:
            target.send_signal(number)
        code = process.wait(LIMIT)
    finally:
        process.kill()
        process.wait()
    text = (work.root / "log").read_text()
    late = gone(children)
    for child in late:
        child.kill()
    assert not late, f"left behind: {late}"
    allowed = {"the command": (-9, -15, 143, 0), "the scheduler": (0, 2), "a worker": (0, 2)}
    assert code in allowed.get(which, (0,)), text
    if code == 2:
        assert text.splitlines()[-1].startswith("mfnumpy: A worker died"), text
    assert "Traceback" not in text or code < 0 or work.others() or "distributed" in text, text
    now = work.held()
    assert all(now.get(key) == value for key, value in before.items()), "what was held has changed"
    return which, code
