"""Code shown from its source, and notebooks built from their text: what differs is found."""

import inspect

import pytest

pytest.importorskip("jupytext", reason="the extra 'lessons' is not installed")
pytest.importorskip("nbclient", reason="the extra 'lessons' is not installed")

import nbformat

from mfnumpy import equations
from mfnumpy.blocks import Block
from mfnumpy.errors import InvalidValueError, MissingDataError
from mfnumpy.teach import Source, build, show_source

LESSON = """# %% [markdown]
# # 99 · A lesson

# %%
import numpy as np

from mfnumpy import equations
from mfnumpy.teach import pictures, show_source

show_source(equations.projection_gradient)

# %%
import sys
import time

print(np.arange(3).sum())
sys.stdout.flush()
time.sleep(0.5)  # what is printed now comes in another message
print('more')
pictures.heats({"a": np.eye(3)}, alt="the identity")
"""


def test_source_is_the_packages_own():
    shown = show_source(equations.weight_gradient, Block.error_at_z).text
    assert inspect.getsource(equations.weight_gradient).strip() in shown
    assert "# mfnumpy/equations.py, weight_gradient" in shown
    assert "\ndef error_at_z(self" in shown, "a method is shown without its class's indentation"


def test_only_what_can_be_found_again_is_shown():
    with pytest.raises(InvalidValueError, match="function"):
        show_source(lambda x: x)
    with pytest.raises(InvalidValueError):
        show_source(3)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    source = tmp_path_factory.mktemp("lessons") / "99_lesson.py"
    source.write_text(LESSON, encoding="utf-8")
    return source, build.build(source)


def test_a_built_notebook_is_in_step_executed_and_the_same_twice(built):
    source, notebook = built
    assert build.differences(source) == []
    text = notebook.read_text(encoding="utf-8")
    assert [o.text for c in nbformat.reads(text, 4).cells for o in c.get("outputs", []) if "text" in o] == ["3\nmore\n"]
    assert 'alt=\\"the identity\\"' in text
    assert build.build(source).read_text(encoding="utf-8") == text


def test_each_way_out_of_step_is_found(built, tmp_path, monkeypatch):
    source = tmp_path / "99_lesson.py"
    source.write_text(LESSON, encoding="utf-8")
    assert "does not exist" in build.differences(source)[0]
    text = built[1].read_text(encoding="utf-8")
    source.with_suffix(".ipynb").write_text(text, encoding="utf-8")
    assert build.differences(source) == []
    source.write_text(LESSON.replace("arange(3)", "arange(4)"), encoding="utf-8")
    assert "does not hold the cells" in build.differences(source)[0]
    source.write_text(LESSON, encoding="utf-8")
    monkeypatch.setattr(Source, "text", property(lambda self: "def projection_gradient(a, dG): ..."))
    assert "has changed since" in build.differences(source)[0]


def test_the_check_fails_for_an_unexecuted_notebook(built, tmp_path):
    source = tmp_path / "99_lesson.py"
    source.write_text(LESSON, encoding="utf-8")
    nbformat.write(build.notebook_of(source), source.with_suffix(".ipynb"))
    assert any("not executed" in found for found in build.differences(source))


def test_a_lesson_that_fails_is_reported_with_its_error_and_leaves_no_notebook(tmp_path, monkeypatch, capsys):
    source = tmp_path / "98_bad.py"
    source.write_text("# %%\nraise ValueError('on purpose')\n", encoding="utf-8")
    monkeypatch.setattr(build, "sources", lambda which=(), folder=None: [source])
    assert build.main([]) == 1
    assert "on purpose" in capsys.readouterr().err
    assert not source.with_suffix(".ipynb").exists()


def test_an_unknown_lesson_is_said_to_be_unknown(tmp_path):
    with pytest.raises(MissingDataError, match="77"):
        build.sources(["77"], tmp_path)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('plot(\n    a, alt="one "\n    "two",\n)', "plot(\n    a,\n)"),
        ('plot(a, alt="x")', "plot(a)"),
        ('plot(alt="x", size=3)', "plot(size=3)"),
        ('plot(\n    a,\n    alt="ä · x",\n    b=1,\n)', "plot(\n    a,\n    b=1,\n)"),
        ('f(g(a, alt="1"), alt="2")', "f(g(a))"),
        ("x = 1", "x = 1"),
        ("not python (", "not python ("),
    ],
)
def test_a_notebook_shows_no_alternative_text_in_its_code(code, shown):
    assert build.without_alt(code) == shown
