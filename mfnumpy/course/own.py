"""Exercises of an instructor's own, in a folder outside the package: their notebooks' sources and a file exercises.py.

The file defines exercises for the checker and adds them with `mfnumpy.check.add`. It is released beside the student
notebooks, which import it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path

from mfnumpy.course.sources import CourseError

FILE = "exercises.py"


def own_files(folder: Path | None) -> list[Path]:
    """The file with exercises in a folder of sources, if there is one."""
    path = folder / FILE if folder else None
    return [path.resolve()] if path is not None and path.is_file() else []


def load_own(paths: Iterable[str | Path]) -> None:
    """Run the files, so that the checker knows their exercises. Raises CourseError with the line that fails."""
    for path in map(Path, paths):
        spec = importlib.util.spec_from_file_location(f"own_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise CourseError(f"{path} is no Python file.")
        try:
            spec.loader.exec_module(importlib.util.module_from_spec(spec))
        except Exception as error:
            raise CourseError(f"{path} cannot be run: {type(error).__name__}: {error}") from error
