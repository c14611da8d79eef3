"""mfnumpy check: list, stub, one exercise, all, grading; and its exit codes."""

from __future__ import annotations

import json
import re
import sys

import numpy as np
import pytest

from mfnumpy.check import EXERCISES, check
from mfnumpy.check.student.load import named_in
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
        (["all", "--grade"], "eq8 = None\n", "no function"),
        (["eq8", "--grade", "--seconds", "inf"], RIGHT, "--seconds"),
        (["eq8", "--seconds", "nan"], RIGHT, "--seconds"),
        (["eq8", "--seconds", "0"], RIGHT, "--seconds"),
        (["eq8", "--grade", "--seconds=-3"], RIGHT, "--seconds"),
    ],
)
def test_what_cannot_be_checked_is_one_line_and_exit_code_2(student, capsys, arguments, text, says):
    file = student(text)
    assert main(["check", arguments[0], file, *arguments[1:]]) == 2
    captured = capsys.readouterr()
    assert says in captured.err
    assert captured.err.count("\n") == 1


def test_a_loop_outside_the_functions_is_ended(student, capsys, monkeypatch):
    monkeypatch.setattr("mfnumpy.check.student.load.SECONDS", 0.2)
    assert main(["check", "eq8", student(RIGHT + "while True:\n    pass\n")]) == 2
    assert "__main__" in capsys.readouterr().err


def test_grading_all_runs_no_line_of_the_file_in_its_own_process(student, capsys):
    """A file that ends its process costs the grader nothing, and is a report."""
    assert main(["check", "all", "--grade", student("import os\nos._exit(0)\n" + RIGHT)]) == 1
    out = capsys.readouterr().out
    assert "0 of 2 passed" in out
    assert out.count("ended the process") == 2


def test_a_file_that_comes_to_no_end_is_a_report_in_grading_for_each_exercise(student, capsys, monkeypatch):
    monkeypatch.setattr("mfnumpy.check.student.load.SECONDS", 0.2)
    assert main(["check", "all", "--grade", student(RIGHT + "while True:\n    pass\n")]) == 1
    out = capsys.readouterr().out
    assert "0 of 2 passed" in out
    assert out.count("__main__") == 2


@pytest.mark.parametrize("grade", [[], ["--grade"]])
@pytest.mark.parametrize(
    "content",
    [
        ("# Größe\n" + RIGHT).encode("utf-8-sig"),
        ("# -*- coding: latin-1 -*-\n# Größe\n" + RIGHT).encode("latin-1"),
        b"from my_solutions import *\n",
        ("softmax = None\n" + RIGHT).encode(),
    ],
    ids=["byte order mark", "latin-1", "import *", "a name that is no function"],
)
def test_grading_finds_the_functions_that_practice_finds(tmp_path, capsys, content, grade):
    (tmp_path / "my_solutions.py").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "student.py").write_bytes(content)
    assert main(["check", "all", str(tmp_path / "student.py"), *grade]) == 0
    assert "2 of 2 passed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content",
    [("# ß\n" + RIGHT).encode("utf-8-sig"), b"# coding: latin-1\n# \xdf\neq8 = 1\n"],
    ids=["byte order mark", "latin-1"],
)
def test_names_are_read_from_the_text_in_its_own_encoding(tmp_path, content):
    (tmp_path / "student.py").write_bytes(content)
    assert "eq8" in named_in(tmp_path / "student.py")


def test_reading_the_file_is_not_counted_as_the_functions_time(student, monkeypatch):
    """With no time for starting up, what may be used is 1 s of computing for the function, and that of reading."""
    monkeypatch.setattr("mfnumpy.check.student.process.START_UP", 0.0)
    slow = "import time\nwhile time.process_time() < 2.5:\n    pass\n" + RIGHT
    assert main(["check", "eq8", student(slow), "--grade", "--seconds", "0.5"]) == 0


def test_what_a_file_prints_while_it_is_read_stands_in_no_report(student, capfd):
    assert main(["check", "eq8", student("print('hello')\n" + RIGHT), "--json"]) == 0
    captured = capfd.readouterr()
    assert json.loads(captured.out)[0]["passed"]
    assert "hello" in captured.err


DATACLASS = """from __future__ import annotations
from dataclasses import dataclass

@dataclass
class Layer:
    width: int

"""


@pytest.mark.parametrize("grade", [[], ["--grade"]])
def test_a_file_is_a_module_like_any_other(tmp_path, grade):
    """It may define dataclasses, and import what lies beside it, also inside a function; nothing of it stays behind."""
    (tmp_path / "helpers_beside.py").write_text("def product(a, b):\n    return a.T @ b\n", encoding="utf-8")
    text = DATACLASS + "def eq8(a, dG):\n    from helpers_beside import product\n    return product(dG, a)\n"
    (tmp_path / "student.py").write_text(text, encoding="utf-8")
    path = list(sys.path)
    assert main(["check", "eq8", str(tmp_path / "student.py"), *grade]) == 0
    assert sys.path == path


def test_a_file_that_cannot_be_run_is_no_module(student):
    sys.modules.pop("student_student", None)
    assert main(["check", "eq8", student("x = 1 / 0\n")]) == 2
    assert "student_student" not in sys.modules


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
    from mfnumpy.check.exercises import draw_cases

    def inputs(seed: int) -> set:
        return {case.args[0].tobytes() for case in draw_cases(EXERCISES["eq8"], seed)}

    assert not inputs(PRACTICE_SEED) & inputs(GRADING_SEED)
    cheat = (
        "from mfnumpy.check import EXERCISES\nfrom mfnumpy.check.exercises import draw_cases\n"
        "def eq8(a, dG):\n"
        "    for case in draw_cases(EXERCISES['eq8'], 1):\n"
        "        if case.args[0].shape == a.shape and (case.args[0] == a).all():\n"
        "            return dG.T @ a\n"
        "    return 0 * dG.T @ a\n"
    )
    assert main(["check", "eq8", student(cheat)]) == 0
    assert main(["check", "eq8", student(cheat), "--grade"]) == 1


def _within_blocks(n, rng):
    return np.concatenate([i + rng.permutation(min(10, n - i)) for i in range(0, n, 10)])


def _by(order):
    def shuffle(X, y, rng):
        rows = order(len(X), rng)
        return X[rows], y[rows]

    return shuffle


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
@pytest.mark.parametrize(
    ("order", "says"),
    [
        (_within_blocks, "moves by"),
        (lambda n, rng: np.roll(_within_blocks(n, rng), n // 2), "moves by"),
        (lambda n, rng: np.r_[rng.permutation(n - 1), n - 1], "row [0-9]+ of your X"),
        (lambda n, rng: np.r_[0, 1 + rng.permutation(n - 1)], "row 0 of your X"),
    ],
)
def test_a_shuffle_that_leaves_rows_near_their_place_is_not_random(order, says, seed):
    report = check("shuffle_together", _by(order), seed=seed)
    assert report.mistake == "order_not_random"
    assert re.search(says, report.evidence)


def test_a_shuffle_may_round_to_float32():
    def rounded(X, y, rng):
        order = rng.permutation(len(X))
        return X[order].astype("float32"), y[order]

    assert check("shuffle_together", rounded).passed
