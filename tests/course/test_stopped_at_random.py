"""SIGTERM, SIGKILL and SIGINT at random moments of train, compare, reproduce and grade: nothing finished is lost.

MFNUMPY_STOPS=50 pytest tests/course/test_stopped_at_random.py stops them 50 times; a few by default.
"""

from __future__ import annotations

import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("nbformat", reason="grading needs the extra: pip install 'mfnumpy[course]'")
pytest.importorskip("psutil", reason="grading needs the extra: pip install 'mfnumpy[course]'")

STOPS = int(os.environ.get("MFNUMPY_STOPS", "8"))
NUMBERS = (signal.SIGTERM, signal.SIGKILL, signal.SIGINT)
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals"),
    pytest.mark.timeout(60 + 60 * STOPS),
]


class Train:
    """Its checkpoint never goes back, and its history lies beside it only when all is done."""

    def __init__(self, root: Path, course):
        self.out = root / "train"

    def command(self) -> list[str]:
        told = ["--resume"] if (self.out / "checkpoint.npz").exists() else []
        return ["mfnumpy", "train", "--hidden", "90", "70", "--epochs", "400", "--out", str(self.out), *told]

    def finished(self) -> set:
        if not (self.out / "checkpoint.npz").exists():
            return set()
        with np.load(self.out / "checkpoint.npz") as stored:
            progress = json.loads(stored["description"].tobytes())["progress"]
        return {json.dumps(epoch) for epoch in progress["epochs"]}


class Compare:
    """Each run is begun anew by a second comparison: what was told is there until then."""

    fresh = True

    def __init__(self, root: Path, course):
        self.out = root / "compare"

    def command(self) -> list[str]:
        own = ["--rules", "shallow,mf,bp", "--seeds", "2", "--epochs", "25", "--jobs", "2"]
        return ["mfnumpy", "compare", *own, "--out", str(self.out)]

    def finished(self) -> set:
        path = self.out / "results.json"
        return (
            {f"{r['rule']}, seed {r['seed']}" for r in json.loads(path.read_text())["runs"]} if path.exists() else set()
        )

    def told(self, text: str) -> set:
        return set(re.findall(r"^\[\d+/\d+\] (\S+, seed \d+): ", text, flags=re.MULTILINE))


class Reproduce:
    """Records are never changed."""

    def __init__(self, root: Path, course):
        self.out, self.ledger = root / "reproduce", root / "ledger"

    def command(self) -> list[str]:
        own = [
            "--offline",
            "--datasets",
            "digits",
            "--ledger",
            str(self.ledger),
            "--out",
            str(self.out),
        ]
        return ["mfnumpy", "reproduce", "table3", *own]

    def finished(self) -> set:
        assert not list(self.ledger.glob("claims/*")) or self.killed
        return {path.name + path.read_text() for path in self.ledger.glob("*.json") if json.loads(path.read_text())}

    killed = False


class Grade:
    """Everybody who is graded stays so."""

    def __init__(self, root: Path, course):
        import nbformat

        self.out, self.root, self.course = root / "grades", root / "handed in", course.root
        for k in range(12):
            notebook = course.solved("03_equations")
            notebook.cells[0].source += f"\n\n{k}"
            place = self.root / f"student{k}"
            place.mkdir(parents=True)
            (place / "03_equations.ipynb").write_text(nbformat.writes(notebook))

    def command(self) -> list[str]:
        return ["mfnumpy.course", "grade", str(self.root), "--course", str(self.course), "--out", str(self.out)]

    def finished(self) -> set:
        for path in self.out.glob("*.csv"):
            list(csv.reader(path.read_text().splitlines()))
        return {
            path.name + path.read_text() for path in self.out.glob("records/*.json") if json.loads(path.read_text())
        }


def unfinished(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.endswith(".part")]


def test_nothing_finished_is_lost_and_nothing_half_written_stays(tmp_path, course):
    rng, kinds = random.Random(16), [Train, Compare, Reproduce, Grade]
    works = [kind(tmp_path, course) for kind in kinds]
    before: dict = {work: set() for work in works}
    counts: dict[str, int] = {}
    for k in range(STOPS):
        work, number = works[k % 4], rng.choice(NUMBERS) if k >= 12 else NUMBERS[(k // 4 + k) % 3]
        process = subprocess.Popen(
            [sys.executable, "-m", *work.command()],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            said, code = process.communicate(timeout=rng.uniform(0.3, 7))[0], 0
        except subprocess.TimeoutExpired:
            process.send_signal(number)
            said, code = process.communicate(timeout=100)[0], -9 if number == signal.SIGKILL else 128 + number
        where = f"stop {k}, {type(work).__name__}, {number.name}:\n{said}"
        work.killed = process.returncode == -9
        assert process.returncode in (code, 0), where
        assert "Traceback" not in said, where
        found = work.finished()
        if hasattr(work, "told"):
            assert found >= work.told(said), where
        else:
            assert found >= before[work], where
        before[work] = found
        counts[f"{type(work).__name__} {process.returncode}"] = (
            counts.get(f"{type(work).__name__} {process.returncode}", 0) + 1
        )
        if process.returncode != -9:
            assert not unfinished(tmp_path) or any(w.killed for w in works if hasattr(w, "killed")), where
    for work in works:
        done = subprocess.run([sys.executable, "-m", *work.command()], capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        assert work.finished() >= (set() if hasattr(work, "told") else before[work])
    assert not unfinished(tmp_path)
    assert not [path for path in tmp_path.rglob("*.lock") if path.is_file()]
    print(f"\n{STOPS} stops: {counts}")
