"""pytest --student FILE.py tests/check/test_student.py: the checks for the functions in a student's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfnumpy.check import check
from mfnumpy.check.student.load import beside, function_for, functions_in, load


def pytest_generate_tests(metafunc):
    if "exercise" in metafunc.fixturenames:
        file = metafunc.config.getoption("--student")
        metafunc.parametrize("exercise", list(functions_in(load(file))) if file else [])


def test_student(exercise, request):
    """One test for each function of the file that is named as an exercise."""
    file = request.config.getoption("--student")
    with beside(file):
        report = check(exercise, function_for(load(file), exercise))
    if not report.passed:
        pytest.fail(str(report), pytrace=False)


def test_option_runs_the_same_checks(pytester_like, tmp_path):
    """A file with one right and one wrong function: one test passes, one fails with the checker's words."""
    file = tmp_path / "student.py"
    file.write_text("def eq8(a, dG):\n    return dG.T @ a\n\n\ndef eq5(a, M):\n    return M @ a.T\n", encoding="utf-8")
    code, out = pytester_like("--student", str(file), str(Path(__file__)), "-k", "test_student and not option")
    assert code == 1
    assert "1 failed, 1 passed" in out
    assert "transposed" in out


@pytest.fixture
def pytester_like():
    """Run pytest in a process of its own; returns its exit code and output."""
    import subprocess
    import sys

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout

    return run
