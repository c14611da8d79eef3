"""Exercises in an instructor's own folder: the guide's tutorial works as it is printed, and faults are told."""

from __future__ import annotations

import csv
import re
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")

import nbformat

from mfnumpy.check import EXERCISES, add, check
from mfnumpy.check.exercises import get
from mfnumpy.course.command import main
from mfnumpy.course.grading import grade_all, grade_notebook
from mfnumpy.course.plan import read_plans
from mfnumpy.course.trial import missing_parts, try_all
from mfnumpy.errors import InvalidValueError

GUIDE = Path(__file__).parents[2] / "docs" / "instructors.md"
pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def sources(tmp_path) -> Path:
    """The two files of the guide's tutorial."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, text in re.findall(r"```python\n# (\w+\.py)\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL):
        (folder / name).write_text(text, encoding="utf-8")
    assert {path.name for path in folder.iterdir()} == {"exercises.py", "20_momentum.py"}
    yield folder
    EXERCISES.pop("momentum_step", None)
    sys.modules.pop("exercises", None)


def test_the_guides_tutorial_works_as_it_is_printed(sources, tmp_path, monkeypatch):
    """Typed where the files lie, with relative names: the processes that read them have folders of their own."""
    monkeypatch.chdir(tmp_path)
    course, students = Path("course"), Path("students")
    assert main(["release", "--course", str(course), "--exercises", str(sources), "--students", str(students)]) == 0
    assert (students / "20_momentum.ipynb").is_file()
    assert (students / "exercises.py").is_file()
    text = (students / "20_momentum.ipynb").read_text(encoding="utf-8")
    assert "climbs" not in text  # the names of mistakes are hints
    assert "(3 points)" in text
    assert "One exercise, 3 points." in text
    assert try_all(course) == []

    def wrong(W, dW, v, lr, mu):
        v = mu * v + lr * dW
        return W + v, v

    assert check("momentum_step", wrong).mistake == "climbs"
    notebook = nbformat.read(students / "20_momentum.ipynb", 4)
    for cell in notebook.cells:
        if cell.metadata.nbgrader.grade_id == "momentum_step":
            cell.source = "def momentum_step(W, dW, v, lr, mu):\n    v = mu * v + lr * dW\n    return W + v, v"
    nbformat.write(notebook, "in.ipynb")
    own = (str(course / "own" / "exercises.py"),)
    record = grade_notebook(Path("in.ipynb"), read_plans(course)["20_momentum"], seed=3, own=own)
    assert record["marks"]["momentum_step"]["score"] == 2.25
    assert record["marks"]["momentum_step"]["mistake"] == "climbs"
    with zipfile.ZipFile("canvas.zip", "w") as archive:
        archive.write("in.ipynb", "lovelaceada_123_4567_Untitled.ipynb")
    told: list[str] = []
    grade_all(Path("canvas.zip"), course, Path("grades"), tell=told.append)
    (row,) = csv.DictReader(Path("grades/grades.csv").read_text(encoding="utf-8-sig").splitlines())
    assert (row["id"], row["notebook"], row["score"], row["points"]) == ("123", "20_momentum", "2.25", "3")
    assert not any("gradebook was not written" in line for line in told)
    assert "2.25 of 3 points" in next(Path("grades/feedback").glob("*/20_momentum.html")).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("return W + v, v\n    ### END", "return W - v, v\n    ### END", "the solution has 1.5 of 3"),
        ("return W + v, v\n    ### END", "return 1 / 0\n    ### END", "the solution has 0.0 of 3"),
        ('check("momentum_step", m', 'check("momentum_stop", m', "the checker has no exercise 'momentum_stop'"),
        ("<summary>Hint 3</summary>", "", "2 hints of 3"),
        ("W, v = np.array", "np.nothing\n    W, v = np.array", "has no attribute 'nothing'"),
    ],
)
def test_planted_faults_in_a_source_are_told_before_students_see_them(sources, tmp_path, old, new, says):
    path = sources / "20_momentum.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    main(["release", "--course", str(tmp_path / "course"), "--exercises", str(sources)])
    problems = try_all(tmp_path / "course")
    assert any(says in problem for problem in problems), problems


def test_no_exercise_of_ours_lacks_anything(course):
    assert [problem for plan in read_plans(course.root).values() for problem in missing_parts(plan)] == []


def test_an_exercise_that_cannot_be_added_says_why(sources, tmp_path, capsys):
    with pytest.raises(InvalidValueError, match="There is an exercise 'eq7' already"):
        add(get("eq7"))
    text = (sources / "exercises.py").read_text(encoding="utf-8")
    (sources / "exercises.py").write_text(text.replace('"Only the velocity changes.", ', ""), encoding="utf-8")
    assert main(["release", "--course", str(tmp_path / "course"), "--exercises", str(sources)]) == 2
    assert "no sentence says what is wrong in: weights_not_moved" in capsys.readouterr().err
