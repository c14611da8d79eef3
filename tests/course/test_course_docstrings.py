"""Docstrings on the site's pages: what explains an argument is an item of a list, formulas stay as they are."""

import importlib.util
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "docs" / "_ext" / "formula_docstrings.py"


@pytest.fixture(scope="module")
def pages():
    """The extension of the site, which needs no Sphinx to be tried."""
    spec = importlib.util.spec_from_file_location("formula_docstrings", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_lines_that_explain_arguments_are_a_list_with_what_they_continue_on(pages):
    text = ["One step.", "", "x, W: (N, d) and (d, n).", "lr: eta, which", "    may decay.", "Returns dW: (d, n)."]
    assert pages.convert([*text, "More."]) == [
        "One step.",
        "",
        "* ``x, W``: (N, d) and (d, n).",
        "* ``lr``: eta, which",
        "  may decay.",
        "",
        "Returns dW: (d, n).",
        "More.",
    ]


def test_a_list_begins_after_a_sentence_and_not_inside_of_one(pages):
    assert pages.convert(["It is trained with:", "M: (m, n)."]) == ["It is trained with:", "", "* ``M``: (m, n)."]
    assert pages.convert(["It has, for each", "block: one M."]) == ["It has, for each", "block: one M."]
    assert pages.convert(["The paper's.", "Source: Hinton 2022."]) == ["The paper's.", "Source: Hinton 2022."]


def test_a_formula_is_a_literal_block_and_markup_is_escaped(pages):
    found = pages.convert(["Adam, x_hat:", "", "    m <- m * beta", "", "t: of `m`, b_1 * 2."])
    assert [line for line in found if line] == [
        r"Adam, x\_hat:",
        "::",
        "    m <- m * beta",
        r"* ``t``: of ``m``, b\_1 \* 2.",
    ]
