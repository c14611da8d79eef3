"""Student notebooks run to their end with some blanks written and others not, in every mixture.

Two mixtures of each notebook are tried here, in which each blank is written once and left once; with
MFNUMPY_MIXTURES=all in the environment every one (some minutes).
"""

from __future__ import annotations

import itertools
import os

import pytest

pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")

from mfnumpy.course import sources

ALL = os.environ.get("MFNUMPY_MIXTURES") == "all"
SOURCES = {path.stem: sources.read(path) for path in sources.source_files()}


def blanks(name: str) -> list[str]:
    return list(sources.solution_lines(SOURCES[name]))


def mixtures(name: str) -> list[tuple[bool, ...]]:
    """Which blanks are written: one truth value for each. All written, and none, is what `make course` tries."""
    n = len(blanks(name))
    every = [m for m in itertools.product((True, False), repeat=n) if 0 < sum(m) < n]
    return every if ALL else [m for m in every if all(a != b for a, b in itertools.pairwise(m))]


CASES = [(name, mixture) for name in SOURCES for mixture in mixtures(name)]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "mixture"), CASES, ids=[f"{n}-{''.join('.w'[w] for w in m)}" for n, m in CASES])
def test_a_notebook_runs_to_its_end_whatever_is_written(course, name, mixture, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    written = {blank for blank, yes in zip(blanks(name), mixture, strict=True) if yes}
    world: dict = {"__name__": "__main__"}
    for cell in course.solved(name, only=written).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, cell.metadata.nbgrader.grade_id, "exec"), world)
    said = [line.split(": ", 1) for line in capsys.readouterr().out.splitlines() if ": " in line]
    used = {first: whose for first, whose in said if first in blanks(name)}
    functions = [blank for blank in blanks(name) if blank in used]
    assert functions, "the last cell says whose functions it uses"
    for blank in functions:
        assert used[blank].startswith("yours") is (blank in written), (blank, used[blank])


def test_each_blank_is_written_once_and_left_once():
    for name in SOURCES:
        tried = list(zip(*mixtures(name), strict=True))
        assert len(tried) == len(blanks(name)) > 1
        assert all(set(one) == {True, False} for one in tried), name
