"""A student's library: what passed the checker is taken from then on, and nothing else ever is."""

import inspect
import json
import linecache

import numpy as np
import pytest

from mfnumpy import equations, rules
from mfnumpy.course import mine, mine_or_reference, yours

RIGHT = """
def half():
    return np.float64(1.0) / TWO * 2

def eq7(x, z, M, dG):
    dz = (dG @ M) * (z > 0) * half()
    return equations.projection_gradient(dz, x)
"""
WRONG = "def eq7(x, z, M, dG):\n    return x.T @ (dG @ M)\n"
BLANK = "def eq7(x, z, M, dG):\n    raise NotImplementedError\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A kernel in the folder of the exercises, as `mfnumpy learn` starts it."""
    (tmp_path / ".mfnumpy.json").write_text("{}")
    (tmp_path / "exercises").mkdir()
    monkeypatch.chdir(tmp_path / "exercises")
    return tmp_path


def cell(text):
    """What a notebook's cell defines: its source can be found, as IPython makes it."""
    name = f"<cell {abs(hash(text))}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    world = {"np": np, "equations": equations, "TWO": 2.0, "__name__": "__main__"}
    exec(compile(text, name, "exec"), world)
    return world["eq7"]


def test_what_passed_is_used_in_the_next_notebook_and_one_line_says_so(folder, capsys):
    assert yours("MonoForward") == {}
    assert capsys.readouterr().out == "MonoForward computes with the package's eq5, eq6_gradient, eq7, eq8.\n"
    assert mine_or_reference(cell(RIGHT), equations.weight_gradient).__name__ == "eq7"
    assert "kept" in capsys.readouterr().out
    found = yours("MonoForward")
    told = "MonoForward computes with your eq7 and the package's eq5, eq6_gradient, eq8.\n"
    assert capsys.readouterr().out == told
    assert rules.MonoForward(**found).plugged() == ["weight_gradient"]
    rng = np.random.default_rng(0)
    x, z, M, dG = (rng.standard_normal(shape) for shape in ((7, 3), (7, 4), (2, 4), (7, 2)))
    np.testing.assert_allclose(found["weight_gradient"](x, z, M, dG), equations.weight_gradient(x, z, M, dG))


def test_a_blank_takes_what_was_kept_and_without_it_the_reference(folder, capsys):
    assert mine_or_reference(cell(BLANK), equations.weight_gradient) is equations.weight_gradient
    mine_or_reference(cell(RIGHT), equations.weight_gradient)
    capsys.readouterr()
    again = mine_or_reference(cell(BLANK), equations.weight_gradient)
    assert again is not equations.weight_gradient
    assert "kept" in capsys.readouterr().out


def test_a_wrong_function_is_used_where_it_stands_and_never_kept(folder, capsys):
    wrong = cell(WRONG)
    assert mine_or_reference(wrong, equations.weight_gradient) is wrong
    assert not (folder / "mine").exists()
    mine_or_reference(cell(RIGHT), equations.weight_gradient)
    before = (folder / "mine" / "eq7.py").read_text()
    mine_or_reference(wrong, equations.weight_gradient)
    assert (folder / "mine" / "eq7.py").read_text() == before, "a later mistake does not replace what passed"


@pytest.mark.parametrize("text", [WRONG, "def eq7(:\n", "", "import no_such_module\n", "raise SystemError('x')"])
def test_a_kept_file_that_is_not_right_is_passed_over_with_a_word(folder, capsys, text):
    (folder / "mine").mkdir()
    (folder / "mine" / "eq7.py").write_text(text)
    assert yours("MonoForward") == {}
    assert "eq7.py is not used" in capsys.readouterr().out


def test_outside_such_a_folder_nothing_is_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    mine_or_reference(cell(RIGHT), equations.weight_gradient)
    assert list(tmp_path.iterdir()) == []
    assert mine.home() is None


def test_a_folder_that_cannot_be_written_and_a_source_that_is_gone_stop_nobody(folder, monkeypatch):
    (folder / "mine").write_text("a file of mine")
    function = cell(RIGHT)
    assert mine_or_reference(function, equations.weight_gradient) is function
    (folder / "mine").unlink()
    monkeypatch.setattr(inspect, "getsource", lambda thing: (_ for _ in ()).throw(OSError("gone")))
    assert mine_or_reference(function, equations.weight_gradient) is function
    assert json.loads((folder / ".mfnumpy.json").read_text()) == {}
