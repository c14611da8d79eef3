"""A released course, and submissions to it, for all tests of the course."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


class Course:
    """A course directory, and the notebooks in it."""

    def __init__(self, root: Path):
        from mfnumpy.course import release

        self.root = root
        self.student_notebooks = release.release(root)
        self.names = [path.stem for path in self.student_notebooks]

    def read(self, part: str, name: str) -> Any:
        """The notebook `name` of source/ or release/."""
        import nbformat

        return nbformat.read(self.root / part / name / f"{name}.ipynb", 4)

    def solved(self, name: str, only: set[str] | None = None, **own: str) -> Any:
        """The student notebook with the instructor's solutions, or only some of them, or other code for some."""
        notebook, source = self.read("release", name), self.read("source", name)
        for cell, solution in zip(notebook.cells, source.cells, strict=True):
            grade_id = cell.metadata.nbgrader.grade_id
            if cell.metadata.nbgrader.solution and (only is None or grade_id in only):
                cell.source = own.get(grade_id, solution.source)
        return copy.deepcopy(notebook)


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The course as `make course` makes it."""
    return Course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def submit(tmp_path: Path) -> Callable[[str, str, Any], None]:
    """A function that hands a notebook in: submit(student, name, notebook or text)."""

    def put(student: str, name: str, notebook: Any) -> None:
        import nbformat

        folder = tmp_path / "submissions" / student / name
        folder.mkdir(parents=True)
        text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")

    return put
