"""mfnumpy check: list, stub, one exercise, all, grading; and its exit codes."""

from __future__ import annotations

import json

import pytest

from mfnumpy.check import EXERCISES
from mfnumpy.check.load import named_in
from mfnumpy.cli import main

RIGHT = "def eq8(a, dG):\n    return dG.T @ a\n\n\ndef my_eq5(a, M):\n    return a @ M.T\n"
WRONG = "def eq8(a, dG):\n    return a.T @ dG\n"


@pytest.fixture
def student(tmp_path):
    def write(text: str) -> str:
        file = tmp_path / "student.py"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


def test_list_shows_every_exercise_with_its_signature(capsys):
    assert main(["check", "list"]) == 0
    out = capsys.readouterr().out
    for name, exercise in EXERCISES.items():
        assert name in out
        assert exercise.signature in out


def test_stub_can_be_pasted(capsys):
    assert main(["check", "stub", "eq7"]) == 0
    assert capsys.readouterr().out.startswith("def eq7(x, z, M, dG):\n")


def test_exit_codes(student, capsys):
    assert main(["check", "eq8", student(RIGHT)]) == 0
    assert main(["check", "eq5", student(RIGHT)]) == 0
    assert main(["check", "all", student(RIGHT)]) == 0
    assert "2 of 2 passed" in capsys.readouterr().out
    assert main(["check", "eq8", student(WRONG)]) == 1
    assert "transposed" in capsys.readouterr().out
    assert main(["check", "eq8", student(WRONG), "--grade"]) == 1


@pytest.mark.parametrize(
    ("arguments", "text", "says"),
    [
        (["eq88"], RIGHT, "eq8"),
        (["eq7"], RIGHT, "no function eq7"),
        (["eq8"], "def eq8(a:\n", "line 1"),
        (["eq8"], "import sys\nsys.exit(0)\n", "SystemExit"),
        (["eq8", "--grade"], "x = 1 / 0\n", "ZeroDivisionError"),
        (["all"], "x = 1\n", "no function"),
        (["all", "--grade"], "x = 1\n", "no function"),
        (["all", "--grade"], "def eq8(a:\n", "line 1"),
        (["all", "--grade"], "def eq8(a\0", "null bytes"),
    ],
)
def test_what_cannot_be_checked_is_one_line_and_exit_code_2(student, capsys, arguments, text, says):
    file = student(text)
    assert main(["check", arguments[0], file, *arguments[1:]]) == 2
    captured = capsys.readouterr()
    assert says in captured.err
    assert captured.err.count("\n") == 1


def test_a_loop_outside_the_functions_is_ended(student, capsys, monkeypatch):
    monkeypatch.setattr("mfnumpy.check.load.SECONDS", 0.2)
    assert main(["check", "eq8", student(RIGHT + "while True:\n    pass\n")]) == 2
    assert "__main__" in capsys.readouterr().err


def test_grading_all_runs_no_line_of_the_file_in_its_own_process(student, capsys):
    """A file that ends its process costs the grader nothing, and is a report."""
    assert main(["check", "all", "--grade", student("import os\nos._exit(0)\n" + RIGHT)]) == 1
    out = capsys.readouterr().out
    assert "0 of 2 passed" in out
    assert out.count("ended the process") == 2


def test_the_names_in_a_file_are_those_of_its_own_level(student):
    text = "try:\n    from m import eq8\nexcept ImportError:\n    my_eq5 = None\n"
    text += "class A:\n    eq6 = 3\ndef f():\n    def eq7(x): ...\n    print(eq4)\n"
    assert named_in(student(text)) == ["eq5", "eq8"]


def test_missing_file(capsys):
    assert main(["check", "eq8", "no_such_file.py"]) == 2
    assert "no file" in capsys.readouterr().err


def test_json(student, capsys):
    assert main(["check", "eq8", student(WRONG), "--json"]) == 1
    (report,) = json.loads(capsys.readouterr().out)
    assert report["mistake"] == "transposed"


def test_grading_draws_other_numbers_than_practice(student, capsys):
    """A function that knows the practice draws by heart passes practice and fails grading."""
    from mfnumpy.check import GRADING_SEED, PRACTICE_SEED
    from mfnumpy.check.checker import draw_cases

    def inputs(seed: int) -> set:
        return {case.args[0].tobytes() for case in draw_cases(EXERCISES["eq8"], seed)}

    assert not inputs(PRACTICE_SEED) & inputs(GRADING_SEED)
    cheat = (
        "from mfnumpy.check import EXERCISES\nfrom mfnumpy.check.checker import draw_cases\n"
        "def eq8(a, dG):\n"
        "    for case in draw_cases(EXERCISES['eq8'], 1):\n"
        "        if case.args[0].shape == a.shape and (case.args[0] == a).all():\n"
        "            return dG.T @ a\n"
        "    return 0 * dG.T @ a\n"
    )
    assert main(["check", "eq8", student(cheat)]) == 0
    assert main(["check", "eq8", student(cheat), "--grade"]) == 1
