"""The site's examples run, say nothing that they do not check, and stand as notebooks beside their sources."""

from __future__ import annotations

import runpy
import warnings
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from mfnumpy import rules
from mfnumpy.teach import build

EXAMPLES = build.sources(folder=Path(__file__).parents[2] / "docs" / "examples")


@pytest.mark.parametrize("source", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(source):
    before = dict(rules.RULES)
    with mpl.rc_context({"backend": "agg"}), warnings.catch_warnings():
        try:
            runpy.run_path(str(source), run_name="example")
        finally:
            plt.close("all")
            rules.RULES.clear()
            rules.RULES.update(before)


@pytest.mark.parametrize("source", EXAMPLES, ids=lambda path: path.stem)
def test_its_notebook_is_in_step_with_it(source):
    assert build.differences(source) == []


def test_each_is_on_the_page_of_examples():
    page = (EXAMPLES[0].parents[1] / "examples.md").read_text(encoding="utf-8")
    assert all(f"examples/{source.stem}.ipynb" in page for source in EXAMPLES)
    assert len(EXAMPLES) == 6
