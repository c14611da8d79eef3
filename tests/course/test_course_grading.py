"""Through nbgrader's own API: full marks, none, half; and submissions that misbehave cost nobody else a point."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")

from mfnumpy.course.grading import Grade, Limits, grade_all

NAME = "12_memory_and_speed"
FAST = Limits(cell_seconds=20, seconds=400)
pytestmark = pytest.mark.timeout(1200)  # generous: a busy machine must not fail a test of what is graded


def grades_of(tmp_path: Path, course, limits: Limits | None = None) -> dict[tuple[str, str], Grade]:
    found = grade_all(tmp_path / "submissions", course.root, tmp_path / "out", limits=limits, tell=lambda line: None)
    return {(grade.student, grade.assignment): grade for grade in found}


def test_instructor_has_full_marks_the_untouched_release_none_and_both_run_to_their_end(course, submit, tmp_path):
    for name in course.names:
        submit("instructor", name, course.solved(name))
        submit("untouched", name, course.read("release", name))
    grades = grades_of(tmp_path, course)
    for name in course.names:
        full, none = grades["instructor", name], grades["untouched", name]
        assert full.score == full.points > 0, (name, full.scores, full.remarks)
        assert none.score == 0, (name, none.scores)
        # A cell without points that raises would stand in the remarks.
        assert (full.remarks, none.remarks) == ([], []), name
        assert len(full.scores) == len(none.scores) >= 2


def test_a_half_done_half_has_half_of_the_points(course, submit, tmp_path):
    halves = {
        "13_tables": {"parameters"},
        "07a_goodness": {"goodness", "losses"},
        "11_find_the_bug": {"eq7", "adam_step"},
    }
    wholes = {"13_tables": 4, "07a_goodness": 4, "11_find_the_bug": 5}
    for name, done in halves.items():
        submit("ada", name, course.solved(name, only=done))
    grades = grades_of(tmp_path, course)
    assert {name: grades["ada", name].score for name in halves} == wholes
    assert {name: grades["ada", name].points for name in halves} == {
        "13_tables": 8,
        "07a_goodness": 7,
        "11_find_the_bug": 10,
    }


ENDLESS = """
def ticks(blocks, batches):
    while True:
        try:
            while True:
                pass
        except BaseException:  # an interrupt does not stop it
            pass
"""
FLOOD = """
def ticks(blocks, batches):
    print("x" * 100_000_000)
    return blocks + batches - 1
"""
STAND_IN = """
def ticks(blocks, batches):
    return 5

grade = check = lambda *args, **options: None
"""


def test_what_one_submission_does_costs_nobody_else_a_point(course, submit, tmp_path):
    edited = course.solved(NAME, ticks="def ticks(blocks, batches):\n    return 5")
    for cell in edited.cells:
        if cell.metadata.nbgrader.grade:
            cell.source, cell.metadata["tags"] = "pass", ["skip-execution"]
    deleted = course.solved(NAME)
    gone = {"given-01", "check-ticks", "kept_by_bp"}
    deleted.cells = [cell for cell in deleted.cells if cell.metadata.nbgrader.grade_id not in gone]
    helper = course.solved(NAME, ticks="def ticks(blocks, batches):\n    return helper(blocks, batches)")
    place = next(i for i, cell in enumerate(helper.cells) if cell.metadata.nbgrader.grade_id == "ticks")
    helper.cells.insert(place, type(deleted.cells[0])(helper.cells[1]))
    helper.cells[place].update(id="mine", metadata={}, source="def helper(a, b):\n    return a + b - 1")
    for student, notebook, expected in (
        ("good", course.solved(NAME), 8),
        ("endless", course.solved(NAME, ticks=ENDLESS), 5),
        ("exits", course.solved(NAME, kept_by_mf="import os\nos._exit(0)"), 5),
        ("exits-later", course.solved(NAME, kept_by_bp="import os\ndef kept_by_bp(*args):\n    os._exit(0)"), 6),
        ("raises", course.solved(NAME, kept_by_bp="1 / 0"), 6),
        ("edited", edited, 5),
        ("deleted", deleted, 6),
        ("flood", course.solved(NAME, ticks=FLOOD), None),
        ("stand-in", course.solved(NAME, ticks=STAND_IN), 5),
        ("helper", helper, 8),
        ("broken", "{this is no notebook", 0),
    ):
        submit(student, NAME, notebook)
        course.expected = getattr(course, "expected", {}) | {student: expected}
    grades = {student: grade for (student, _), grade in grades_of(tmp_path, course, FAST).items()}
    for student, expected in course.expected.items():
        if expected is not None:
            assert grades[student].score == expected, (student, grades[student])
    assert grades["flood"].score >= 5  # what it prints is dropped; whether it is done in time is the machine's affair
    assert "NotGraded" in grades["endless"].scores["ticks"][2]
    assert "check-ticks: edited, restored" in grades["edited"].remarks
    assert "kept_by_bp: deleted" in grades["deleted"].remarks
    pages = {path.parent.name: path for path in (tmp_path / "out" / "feedback").rglob("*.html")}
    assert set(pages) == set(grades) - {"broken"}
    assert pages["flood"].stat().st_size < 3_000_000
    assert not any('src="http' in page.read_text(encoding="utf-8") for page in pages.values())
    with open(tmp_path / "out" / "grades.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["student"]: float(row["score"]) for row in rows} == {s: g.score for s, g in grades.items()}


def test_grading_draws_other_numbers_than_practice_and_says_what_is_wrong(course, submit, tmp_path):
    missing_mean = "def eq7(x, z, M, dG):\n    return len(x) * x.T @ (dG @ M * (z > 0))"
    submit("bo", "03_equations", course.solved("03_equations", eq7=missing_mean))
    grade = grades_of(tmp_path, course)["bo", "03_equations"]
    assert grade.score == 5
    assert grade.points == 9
    assert "the mean over the batch is missing" in grade.scores["eq7"][2].lower()
