"""Hints that are counted: released beside the notebook, opened by a call, told in the feedback and in the table."""

from __future__ import annotations

import json

import nbformat
import pytest

pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")
pytest.importorskip("IPython", reason="the course needs the extra 'course' (IPython): not installed")

from mfnumpy.course import hint
from mfnumpy.course.grading import Row, grade_notebook
from mfnumpy.course.grading.collect import Entry
from mfnumpy.course.grading.feedback import page
from mfnumpy.course.grading.place import Person
from mfnumpy.course.grading.table import EXERCISES, Table
from mfnumpy.course.hints import FILE, RECORD, opened, take_folds
from mfnumpy.course.plan import read_plans
from mfnumpy.errors import InvalidValueError, UnknownNameError

NAME = "03_equations"


def test_folds_are_replaced_by_the_call_that_opens_them(course):
    notebook = course.read("release", NAME)
    found = take_folds(notebook)
    assert {name: len(texts) for name, texts in found.items()} == {"eq5": 3, "eq7": 3, "eq8": 3}
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "<details>" not in text
    assert text.count("from mfnumpy.course import hint") == 3
    assert 'hint("eq7", 1)' in text
    assert "summary" not in json.dumps(found)


def test_a_hint_shows_all_up_to_its_number_and_records_it(tmp_path, monkeypatch, capsys):

    monkeypatch.chdir(tmp_path)
    hint("eq5")
    assert "folds" in capsys.readouterr().out
    (tmp_path / FILE).write_text(json.dumps({"eq5": ["one", "two", "three"]}))
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda value, metadata: shown.append((value.data, metadata)))
    for number in (1, 2, 9):
        hint("eq5", number)
    assert [metadata for _, metadata in shown] == [{RECORD: {"eq5": number}} for number in (1, 2, 3)]
    assert "one" in shown[1][0]
    assert "two" in shown[1][0]
    assert "three" not in shown[1][0]
    with pytest.raises(UnknownNameError, match="eq5"):
        hint("eq6")
    with pytest.raises(InvalidValueError, match="number"):
        hint("eq5", 0)


@pytest.mark.parametrize(
    "outputs", [None, 3, [1], [{}], [{"metadata": {RECORD: {"eq5": "x", "eq7": 10**9, "a": True}}}]]
)
def test_what_is_no_record_counts_for_nothing(outputs):
    assert opened(outputs) == {}


def test_hints_that_were_opened_stand_in_the_feedback_and_in_the_table(course, tmp_path):
    notebook = course.solved(NAME)
    for number in (2, 1):  # an earlier call counts as well
        output = nbformat.v4.new_output("display_data", {"text/plain": "x"}, metadata={RECORD: {"eq7": number}})
        cell = nbformat.v4.new_code_cell("from mfnumpy.course import hint\nhint('eq7', 2)", outputs=[output])
        notebook.cells.insert(4, cell)
    path, plan = tmp_path / "x.ipynb", read_plans(course.root)[NAME]
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    record = grade_notebook(path, plan, seed=4)
    assert record["hints"] == {"eq5": 0, "eq7": 2, "eq8": 0}
    assert record["flags"] == []
    row = Row(Entry(Person(("", "ada"), "ada"), NAME), plan, record=record)
    assert page(row).count("Hints opened: 2 of 3.") == page(row).count("Hints opened") == 1
    Table([row]).write(tmp_path)
    lines = (tmp_path / "exercises.csv").read_text(encoding="utf-8").splitlines()
    assert EXERCISES[-1] == "hints"
    assert [line.rpartition(",")[2] for line in lines] == ["hints", "", "2", ""]
