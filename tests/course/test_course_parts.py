"""The course's own parts: mine or reference, plugged-in functions, assembling, tables, commands."""

from __future__ import annotations

import copy
import csv

import numpy as np
import pytest

pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")

from mfnumpy import equations, network, optim, rules
from mfnumpy.course import grade, is_written, mine_or_reference
from mfnumpy.course.__main__ import main
from mfnumpy.course.assemble import assemble
from mfnumpy.course.grading import Grade, find_submissions, write_csv
from mfnumpy.course.plug import AdamOf, ForwardForwardOf, network_of
from mfnumpy.course.sources import CourseError
from mfnumpy.course.student import SEED_VARIABLE, reference_of
from mfnumpy.errors import UnknownNameError
from mfnumpy.layers import dense_backward, dense_forward, relu_backward
from mfnumpy.train import Trainer


def untouched(a, M):
    raise NotImplementedError  # write your code here, in place of this line


def written_above_the_line(a, M):
    return a @ M.T
    raise NotImplementedError


def wrong(a, M):
    return a @ M.T * 2


def test_mine_or_reference_takes_what_is_written_right_or_wrong(capsys):
    assert not is_written(untouched)
    assert is_written(written_above_the_line)
    assert mine_or_reference(untouched, equations.goodness_scores) is equations.goodness_scores
    assert mine_or_reference(written_above_the_line, equations.goodness_scores) is written_above_the_line
    assert mine_or_reference(wrong, "eq5") is wrong
    a, M = np.ones((2, 3)), np.ones((4, 3))
    assert np.array_equal(mine_or_reference(untouched, "eq5")(a, M), a @ M.T)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "untouched: not written yet, so the reference"
    assert said[2] == "wrong: yours"
    with pytest.raises(UnknownNameError):
        reference_of("eq55")


def test_grade_is_silent_for_right_functions_and_raises_the_report_for_wrong_ones(monkeypatch):
    monkeypatch.setenv(SEED_VARIABLE, "77")
    grade("eq5", written_above_the_line)
    grade("ticks", lambda blocks, batches: blocks + batches - 1)
    with pytest.raises(AssertionError, match=r"2\.000"):
        grade("eq5", wrong)
    with pytest.raises(AssertionError, match="not written yet"):
        grade("ticks", untouched_ticks)


def untouched_ticks(blocks, batches):
    raise NotImplementedError


def test_plugged_in_functions_compute_what_the_package_computes():
    """A network, an optimiser and a rule made of the reference functions train to the package's own bytes."""
    x = np.random.default_rng(0).random((30, 12)).astype("float32")
    y = np.arange(30) % 3
    mine = network_of(
        12, [7, 5], dense_forward=dense_forward, dense_backward=dense_backward, relu_backward=relu_backward
    )
    for rule_name in ("bp", "mf"):
        nets = (network.mlp(12, (7, 5), bias=True), copy.deepcopy(mine))
        for net, optimiser in zip(nets, (optim.Adam(0.01), AdamOf(optim.adam_step, 0.01)), strict=True):
            rule = rules.make(rule_name)
            rule.start(net, 3)
            Trainer(net, rule, optimiser, epochs=3, batch_size=8, show_progress=False).fit(x, y)
        for name, expected in nets[0].parameters().items():
            np.testing.assert_allclose(nets[1].parameters()[name], expected, rtol=1e-5, atol=1e-6)
    own = ForwardForwardOf(
        equations.positive_goodness,
        equations.negative_goodness,
        equations.positive_loss_gradient,
        equations.negative_loss_gradient,
    )
    nets = (network.mlp(12, (7, 5)), network.mlp(12, (7, 5)))
    for net, rule in zip(nets, (rules.ForwardForward(), own), strict=True):
        rule.start(net, 3)
        Trainer(net, rule, optim.Adam(0.01), epochs=3, batch_size=8, show_progress=False).fit(x, y)
    for name, expected in nets[0].parameters().items():
        np.testing.assert_allclose(nets[1].parameters()[name], expected, rtol=1e-5, atol=1e-6)


def test_assembling_keeps_the_students_code_and_the_instructors_everything_else(course):
    source, given = course.read("source", "12_memory_and_speed"), course.read("release", "12_memory_and_speed")
    submitted = course.solved("12_memory_and_speed", ticks="def ticks(a, b):\n    return helper(a)")
    order = [cell.metadata.nbgrader.grade_id for cell in source.cells]
    for cell in submitted.cells:
        if cell.metadata.nbgrader.grade_id == "check-ticks":
            cell.source, cell.metadata["tags"] = "ticks = None", ["skip-execution"]
    twin = copy.deepcopy(submitted.cells[order.index("kept_by_bp")])
    twin.source = "def kept_by_bp(N, d, widths):\n    return 0"
    submitted.cells.append(twin)
    mine = copy.deepcopy(twin)
    mine.metadata, mine.source = type(twin.metadata)(), "helper = len"
    submitted.cells.insert(order.index("ticks"), mine)
    notebook, remarks = assemble(source, given, submitted)
    named = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    assert [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata] == order
    assert named["check-ticks"].source == source.cells[order.index("check-ticks")].source
    assert "tags" not in named["check-ticks"].metadata
    assert named["ticks"].source.endswith("helper(a)")
    assert named["kept_by_bp"].source.endswith("return 0")  # the last of two
    assert notebook.cells[order.index("ticks")].source == "helper = len"
    assert remarks == ["check-ticks: edited, restored"]


def test_tables_are_safe_to_open_in_a_spreadsheet(tmp_path):
    grade_ = Grade(
        "=HYPERLINK(1)", "03_equations", {"eq5": (2.0, 2.0, ""), "eq7": (0.0, 4.0, "-1 x ours\nsecond line")}
    )
    write_csv([grade_], tmp_path)
    with open(tmp_path / "exercises.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["student"] == "'=HYPERLINK(1)"
    assert rows[1]["said"] == "'-1 x ours\nsecond line"
    assert (grade_.score, grade_.points) == (2, 6)


def test_submissions_are_found_by_name_however_deep(course, tmp_path):
    for path in ("ada/03_equations.ipynb", "bo/x/y/03_equations.ipynb", "bo/x/.ipynb_checkpoints/03_equations.ipynb"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("{}")
    (tmp_path / "bo" / "99_unknown.ipynb").write_text("{}")
    found = find_submissions(tmp_path, course.root)
    assert [(student, name) for student, name, _ in found] == [("ada", "03_equations"), ("bo", "03_equations")]
    assert found[1][2] == tmp_path / "bo/x/y/03_equations.ipynb"
    for folder, message in ((tmp_path / "none", "There is no folder"), (tmp_path / "ada", "holds no <student>")):
        with pytest.raises(CourseError, match=message):
            find_submissions(folder, course.root)


def test_commands_say_what_is_wrong_in_one_line(tmp_path, capsys):
    assert main(["status"]) == 0
    assert "points in all" in capsys.readouterr().out
    assert main(["grade", str(tmp_path), "--course", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("mfnumpy.course: ")
