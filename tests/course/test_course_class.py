"""A whole class, graded as an instructor does it: a row for everybody, cheats flagged, limits held, a kill survived.

The class has 24 members; MFNUMPY_CLASS=120 makes it 120, and 20 kills in place of 3 (`make class`).
"""

from __future__ import annotations

import contextlib
import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")

import nbformat
import psutil
from classroom import CHEATS, Maker, Student, hand_in, make_class, students

SIZE = int(os.environ.get("MFNUMPY_CLASS", "24"))
KILLS = 20 if SIZE >= 100 else 3
MOST_MEMORY = 500e6
SECRETS = ("HIDDEN", "grade(", "Traceback", "mfnumpy-grading", "site-packages", "20250116")
pytestmark = pytest.mark.timeout(1800)


@dataclass
class Graded:
    """A class and what became of it."""

    root: Path
    out: Path
    members: list[Student]
    rows: list[dict]
    memory: float
    seconds: float
    said: str


def command(course, root: Path, out: Path) -> list[str]:
    """The command that grades a class."""
    own = ["--course", str(course.root), "--out", str(out), "--cell-seconds", "20"]
    return [sys.executable, "-m", "mfnumpy.course", "grade", str(root), *own]


def rows_of(out: Path, name: str = "grades.csv") -> list[dict]:
    """A table as its reader sees it."""
    with open(out / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Watch(threading.Thread):
    """How much memory a process and all that it starts take at most, each page counted once."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.process, self.most, self.done = psutil.Process(pid), 0.0, False

    def run(self) -> None:
        while not self.done:
            total = 0
            try:
                for one in [self.process, *self.process.children(recursive=True)]:
                    with contextlib.suppress(psutil.Error):
                        total += one.memory_full_info().pss
            except psutil.Error:
                return
            self.most = max(self.most, total)
            time.sleep(0.2)


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory) -> Graded:
    """The class, graded in one go."""
    folder = tmp_path_factory.mktemp("class")
    root, out = folder / "handed in", folder / "out"
    members = list(students(Maker(course), SIZE))
    make_class(root, members)
    start = time.monotonic()
    run = subprocess.Popen(command(course, root, out), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watch = Watch(run.pid)
    watch.start()
    said, complaints = run.communicate(timeout=1500)
    watch.done = True
    assert run.returncode == 0, complaints
    return Graded(root, out, members, rows_of(out), watch.most, time.monotonic() - start, said)


def row_of(graded: Graded, member: Student, number: int) -> dict:
    """The one row of a member."""
    ids = {"canvas": str(1000 + number), "moodle": str(5000 + number), "zip": str(5000 + number)}
    wanted = ("id", ids[member.layout]) if member.layout in ids else ("student", member.name)
    found = [row for row in graded.rows if row[wanted[0]] == wanted[1]]
    assert len(found) == 1, (member.name, member.layout, found)
    return found[0]


def test_everybody_has_one_row_with_the_expected_score(graded):
    assert len(graded.rows) == len(graded.members) == SIZE
    for number, member in enumerate(graded.members):
        row = row_of(graded, member, number)
        assert row["notebook"] == member.notebook
        assert float(row["points"]) == {"03_equations": 9, "12_memory_and_speed": 8}[member.notebook]
        if member.score is not None:
            assert float(row["score"]) == member.score, (member.kind, row)
        else:
            right = CHEATS[member.kind][2]
            assert (float(row["score"]) == float(row["points"])) == right, (member.kind, row)


def test_every_cheat_is_flagged_and_nobody_else(graded):
    for number, member in enumerate(graded.members):
        assert bool(row_of(graded, member, number)["look at"]) == member.flagged, (member.kind, number)


def test_what_cannot_be_graded_says_why(graded):
    said = {member.kind: row_of(graded, member, number)["remarks"] for number, member in enumerate(graded.members)}
    for kind, says in {
        "cut_off": "cut off",
        "empty": "the file is empty",
        "web_page": "a web page",
        "many_cells": "too much memory",
        "version_3": "version 3",
    }.items():
        assert says in said[kind], (kind, said[kind])
    with_remarks = {kind for kind, says in said.items() if says}
    assert with_remarks.isdisjoint({"right", "no mask", "wrong", "half", "untouched", "no_metadata", "utf16"})


def test_other_files_are_listed_with_the_reason(graded):
    found = {row["file"]: row["reason"] for row in rows_of(graded.out, "unplaced.csv")}
    assert set(found) == {".DS_Store", "read me.txt"}
    assert all("no folder of a student" in reason for reason in found.values())


def test_a_known_mistake_is_worth_a_part_of_the_points_and_is_named(graded):
    rows = [row for row in rows_of(graded.out, "exercises.csv") if row["mistake"] == "mask_missing"]
    assert rows or not any(member.kind == "no mask" for member in graded.members)
    assert all(row["exercise"] == "eq7" and float(row["score"]) == 2 for row in rows)
    assert len(rows_of(graded.out, "exercises.csv")) == 3 * SIZE


def test_the_grader_stays_small(graded):
    """Everything together, the students' processes included."""
    assert 20e6 < graded.memory < MOST_MEMORY
    if SIZE >= 100:
        print(f"{SIZE} hand-ins in {graded.seconds:.0f} s; at most {graded.memory / 1e6:.0f} MB")
        assert graded.seconds < 240


def test_nothing_of_the_graders_machine_or_of_the_judge_is_in_a_page(graded):
    pages = list((graded.out / "feedback").rglob("*.html"))
    ungraded = sum(member.kind in ("cut_off", "empty", "web_page", "many_cells") for member in graded.members)
    assert len(pages) == SIZE - ungraded
    for path in pages:
        text = path.read_text(encoding="utf-8")
        for secret in (
            "HIDDEN",
            "grade(",
            "Traceback",
            str(graded.root),
            "mfnumpy-grading",
            "site-packages",
            "20250116",
        ):
            assert secret not in text, (path, secret)


def test_nbgraders_gradebook_has_the_same_scores(graded, course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as book:
        found = Counter(
            (s.notebooks[0].name, round(s.score, 2)) for a in book.assignments for s in a.submissions if s.notebooks
        )
    expected = Counter((row["notebook"], float(row["score"])) for row in graded.rows)
    assert all(found[key] >= count for key, count in expected.items())


@pytest.fixture(scope="module")
def twice_graded(graded, course, tmp_path_factory) -> tuple[Path, Path]:
    """A class to be stopped, and its table: the whole class at full size, else a few of it."""
    if SIZE >= 100:
        return graded.root, graded.out
    root = tmp_path_factory.mktemp("few") / "handed in"
    make_class(root, graded.members[:1] + graded.members[-5:])
    subprocess.run(command(course, root, root.parent / "out"), check=True, capture_output=True, timeout=300)
    return root, root.parent / "out"


def test_killed_at_random_moments_and_started_again_the_table_is_the_same(twice_graded, course, tmp_path):
    root, whole = twice_graded
    rng, out, seen = random.Random(SIZE), tmp_path / "out", 0
    own = Path(tempfile.mkdtemp())  # whose processes are left is asked of this grader alone; sockets need a short path
    options: dict = {"env": os.environ | {"TMPDIR": str(own)}}
    for number in [signal.SIGTERM, signal.SIGHUP, signal.SIGINT] + [signal.SIGKILL] * KILLS:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        run = subprocess.Popen(command(course, root, out), **pipes, **options)
        assert run.stdout is not None
        for _ in range(rng.randrange(1, 4) if number == signal.SIGKILL else seen + 1):
            run.stdout.readline()  # a row was graded, or read from before
        run.send_signal(number)
        said = run.communicate(timeout=120)[1]
        rows = rows_of(out)
        assert len(rows) == len(rows_of(whole))  # everybody has a row at any moment
        if number == signal.SIGKILL:
            continue
        assert run.returncode == 128 + number, said
        assert said.startswith("mfnumpy.course: Stopped;")
        assert said.count("\n") == 1
        known = sum(row["score"] != "" for row in rows)
        assert seen < known < len(rows)
        assert all("not graded yet" in row["remarks"] for row in rows if row["score"] == "")
        seen = known
    subprocess.run(command(course, root, out), check=True, capture_output=True, timeout=1500, **options)
    for name in ("grades.csv", "exercises.csv", "unplaced.csv", "canvas.csv", "moodle.csv"):
        assert rows_of(out, name) == rows_of(whole, name), name
    left = [p for p in psutil.process_iter() if _environment(p).get("TMPDIR", "").startswith(str(own))]
    assert left == []
    shutil.rmtree(own)


def _environment(process: psutil.Process) -> dict:
    try:
        return process.environ()
    except psutil.Error:
        return {}


def test_one_changed_hand_in_is_graded_again_and_no_other(course, tmp_path):
    root, out = tmp_path / "in", tmp_path / "out"
    wrong = course.solved("03_equations", eq7="def eq7(x, z, M, dG):\n    return x")
    members = [
        Student(name, "folders", "03_equations", "", nbformat.writes(notebook), None)
        for name, notebook in (("ada", course.solved("03_equations")), ("bo", wrong))
    ]
    for member in members:
        hand_in(member, 0, root, {})
    subprocess.run(command(course, root, out), check=True, capture_output=True, timeout=300)
    before = {path.name: path.stat().st_mtime_ns for path in (out / "records").iterdir()}
    assert [float(row["score"]) for row in rows_of(out)] == [9, 5]
    members[1].text = members[0].text.replace("dz = da", "dz = 1 * da")
    hand_in(members[1], 0, root, {})
    subprocess.run(command(course, root, out), check=True, capture_output=True, timeout=300)
    after = {path.name: path.stat().st_mtime_ns for path in (out / "records").iterdir()}
    assert [float(row["score"]) for row in rows_of(out)] == [9, 9]
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()
