"""Sentences about numbers: what a lesson says of what it prints is held against it, and a false sentence is found."""

import pytest

pytest.importorskip("jupytext", reason="the extra 'lessons' is not installed")
pytest.importorskip("nbclient", reason="the extra 'lessons' is not installed")

import numpy as np
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from mfnumpy.teach import build, reveal
from mfnumpy.teach.claims import Printed, claims, false_claims, printed, unchecked, without

OUT = """ff: validation accuracy 0.951
mf: validation accuracy 0.958
last losses: {'block 1': 0.169, 'block 2': 0.095}
angle of W with B: [ 90.  -3.5
 1,200 2e-3]
after 7
"""
LESSON = """# %% [markdown]
# # 99 · A lesson

# %%
print("loss", 3 - 1)

# %% [markdown]
# The loss ends below three.
# <!-- holds: at("loss") < 3 -->
#
# So it is.

# %%
# holds: at("loss") == 2
x = 1
"""


def test_printed_numbers_are_found_by_the_words_before_them():
    text = Printed(OUT)
    assert (text.at("ff", "accuracy"), text.at("mf", "accuracy")) == (0.951, 0.958)
    assert text.at("last losses", "block 2") == 0.095
    assert text.row("angle of W with B") == [90, -3.5, 1200, 0.002], "an array may go on in the next line"
    assert text.row("after") == [7]
    assert text.at("losses: {", "block 1':") == 0.169, "a word may end with any sign"
    for words in (("nowhere",), ("mf", "ff"), ("loss",)):
        with pytest.raises(LookupError):
            text.at(*words)


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ('at("ff", "accuracy") < at("mf", "accuracy")', ""),
        ('at("ff", "accuracy") > at("mf", "accuracy")', "does not hold"),
        ('at("nothing") > 0', "does not print"),
        ("1 +", "cannot be checked"),
        ("__import__('os')", "cannot be checked"),
        ("open('/etc/passwd')", "cannot be checked"),
    ],
)
def test_a_false_sentence_and_one_that_cannot_be_checked_are_found(expression, wrong):
    found = false_claims([expression], OUT)
    assert (wrong in found[0]) if wrong else (found == [])


def test_the_builder_writes_no_notebook_with_a_false_sentence_and_none_with_the_markers(tmp_path):
    source = tmp_path / "99_lesson.py"
    source.write_text(LESSON, encoding="utf-8")
    assert claims(LESSON) == ['at("loss") < 3', 'at("loss") == 2']
    text = build.build(source).read_text(encoding="utf-8")
    assert "holds:" not in text
    assert "ends below three" in text
    assert build.differences(source) == []
    source.write_text(LESSON.replace("< 3", "> 3"), encoding="utf-8")
    assert "does not hold" in build.differences(source)[0]
    with pytest.raises(build.LessonError, match="> 3"):
        build.build(source)


def test_a_cell_keeps_its_own_text():
    assert without("a\n\n\nb") == "a\n\n\nb"
    assert without("One.\n<!-- holds: 1 < 2 -->\n\nTwo.") == "One.\n\nTwo."


def test_a_sentence_that_compares_printed_numbers_without_a_marker_is_found():
    code = new_code_cell("print(1)", outputs=[new_output("stream", text="loss 1.5\n")])
    told = new_markdown_cell("The higher block ends with the lower loss.")
    assert unchecked([code, told]) == [told.source]
    assert unchecked([code, new_markdown_cell(told.source + "\n<!-- holds: 1 -->")]) == []
    assert unchecked([new_code_cell("x = 1"), told]) == []
    assert unchecked([code, new_markdown_cell("## Rules fall apart")]) == []


def test_pictures_and_sources_are_not_taken_for_printed_numbers():
    outputs = [
        new_output("stream", text="7\n"),
        new_output("display_data", data={"text/html": "<img>", "text/plain": "8"}),
        new_output("execute_result", data={"text/plain": "9"}),
    ]
    assert printed([new_code_cell("", outputs=outputs)]) == "7\n\n9"


@pytest.mark.parametrize("source", build.sources(), ids=lambda s: s.stem)
def test_every_comparison_below_printed_numbers_in_a_lesson_is_held_against_them(source):
    import nbformat

    made = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    cells = build.notebook_of(source, keep=True).cells
    for cell, executed in zip(cells, made.cells, strict=True):
        cell.update({key: executed[key] for key in ("outputs",) if key in executed})
    assert unchecked(cells) == []


# -- write first, see later --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guess", "answer", "right"),
    [
        (3, 3.0, True),
        (2, 3.0, False),
        ("BP ", "bp", True),
        ([1, 2], np.array([1.0, 2.0]), True),
        ([1], np.array([1.0, 2.0]), False),
        ({}, 3.0, False),
        ("three", 3.0, False),
        (None, np.zeros(2), False),
    ],
)
def test_what_was_written_is_compared_and_the_answer_shown(guess, answer, right):
    shown = reveal(guess, answer, "Because <of> it.")
    page = shown._repr_mimebundle_()["text/html"]
    assert shown.right is right
    assert ("right." in page) is right
    assert "<details>" not in page
    assert "Because &lt;of&gt; it." in page


@pytest.mark.parametrize("dots", [..., "...", " "])
def test_the_answer_stays_folded_until_something_is_written(dots):
    shown = reveal(dots, 3.25, "Because.")._repr_mimebundle_()
    assert shown["text/html"].startswith("<details><summary>")
    assert "3.25" in shown["text/html"], "who reads on may open it"
    assert "3.25" not in shown["text/plain"]
