"""The exercises as they are written, and the release that is made of them."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="the course needs the extra 'course': not installed")
pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")

from mfnumpy.check import EXERCISES  # noqa: E402
from mfnumpy.course import sources  # noqa: E402
from mfnumpy.course.release import copy_students, find_leaks, release  # noqa: E402
from mfnumpy.course.sources import CourseError  # noqa: E402

ROOT = Path(__file__).parents[2]
NOTEBOOKS = {path.stem: sources.read(path) for path in sources.source_files()}


def graded(notebook) -> list[str]:
    """What the hidden tests of a notebook grade, by the checker's names."""
    text = "\n".join(cell.source for cell in notebook.cells)
    return [line.split('"')[1] for line in text.splitlines() if line.startswith('grade("')]


def test_every_exercise_of_the_checker_is_assigned():
    assigned = {name for notebook in NOTEBOOKS.values() for name in graded(notebook)}
    assert assigned == set(EXERCISES)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_notebook_has_two_to_five_exercises_with_points_and_three_hints_each(name):
    notebook = NOTEBOOKS[name]
    exercises = sources.exercises(notebook)
    assert 2 <= len(exercises) <= 5
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for number in (1, 2, 3):
        assert text.count(f"<summary>Hint {number}</summary>") == len(exercises)
    points = sum(exercise.points for exercise in exercises)
    assert f"{points:g} points." in notebook.cells[0].source
    for exercise in exercises:
        assert f"({exercise.points:g} point" in text
    assert set(sources.solution_lines(notebook)) == {exercise.name for exercise in exercises}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_last_cell_uses_what_the_student_wrote_or_the_reference(name):
    cells = [cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "code"]
    assert "mine_or_reference(" in "\n".join(cells[-2:])
    assert "BEGIN" not in cells[-1]


def test_no_solution_is_left_in_a_student_notebook_and_the_search_would_find_one(course):
    for name in course.names:
        source, student = course.read("source", name), course.read("release", name)
        assert find_leaks(source, student) == []
        assert all(not cell.get("outputs") for cell in student.cells)
        for place in ("text", "code", "output"):
            spoilt = copy.deepcopy(student)
            cell = next(c for c in spoilt.cells if c.cell_type == ("markdown" if place == "text" else "code"))
            lines = [line for found in sources.solution_lines(source).values() for line in found]
            secret = max(lines, key=len).replace(" ", "  ")  # spacing must not hide it
            if place == "output":
                cell.outputs = [nbformat.v4.new_output("stream", text=secret)]
            else:
                cell.source += f"\n{secret}"
            assert find_leaks(source, spoilt), (name, place, secret)


def test_committed_student_notebooks_are_what_the_sources_give(course, tmp_path):
    """If this fails, run `make course` and commit notebooks/exercises/student."""
    fresh = {path.name: path.read_bytes() for path in copy_students(course.student_notebooks, tmp_path)}
    committed = {path.name: path.read_bytes() for path in (ROOT / "notebooks/exercises/student").glob("*.ipynb")}
    assert set(fresh) == set(committed)
    assert [name for name in fresh if fresh[name] != committed[name]] == []


def test_a_release_that_gives_a_solution_away_is_refused(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    text = (sources.exercises_folder() / "12_memory_and_speed.py").read_text(encoding="utf-8")
    spoilt = text.replace("# Draw it: a row", "# The answer is blocks + batches - 1. Draw it: a row")
    (folder / "12_memory_and_speed.py").write_text(spoilt, encoding="utf-8")
    with pytest.raises(CourseError, match=r"gives away a solution: .*blocks\+batches-1"):
        release(tmp_path / "course", folder)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("### END SOLUTION", "", "needs ### BEGIN SOLUTION and ### END SOLUTION"),
        ('# %% solution="ticks"', "# %%", "holds a solution, but its first line is not"),
        (" points=2", "", "needs points"),
        ('check="ticks"', 'check="kept_by_mf"', "there are two cells named 'check-kept_by_mf'"),
    ],
)
def test_a_source_that_cannot_be_used_says_why(tmp_path, old, new, message):
    text = (sources.exercises_folder() / "12_memory_and_speed.py").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "12_memory_and_speed.py"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CourseError, match=message):
        sources.read(path)


def test_the_guide_shows_what_the_checker_says_and_the_points_of_every_notebook():
    """If this fails, run `python -m mfnumpy.course guide`."""
    from mfnumpy.course.guide import refreshed

    text = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    assert refreshed(text) == text
    assert refreshed(text.replace("the mean over the batch is taken twice", "something else")) == text
    for old, new in (
        (" | 9 |", " | 8 |"),
        ("03 (9)", "03 (1)"),
        ("(35 points)", "(5 points)"),
        ("120 points in", "1 points in"),
    ):
        assert old in text
        assert refreshed(text.replace(old, new)) == text, old
    points = re.findall(r"^\| \d\d[ab]? .* \| (\d+) \|$", text, flags=re.MULTILINE)
    assert points == [f"{sum(e.points for e in sources.exercises(n)):g}" for n in NOTEBOOKS.values()]
    assert f"{sum(map(int, points))} points in all" in text
