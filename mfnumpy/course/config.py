"""nbgrader's settings for this course, in one place: for our own commands and for an instructor's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mfnumpy.support.optional import require

STUB = "raise NotImplementedError  # write your code here, in place of this line"

CONFIG_FILE = '''"""nbgrader's settings for this course; `nbgrader formgrader` and its other commands read them here."""

from mfnumpy.course.config import settings

c = get_config()  # noqa: F821
c.merge(settings("."))
'''


def settings(root: str | Path, *, cell_seconds: int = 30) -> Any:
    """A traitlets Config for the course directory `root`.

    cell_seconds: how long one cell of a submission may run when it is graded.
    """
    config = require("traitlets.config", "course").Config()
    config.CourseDirectory.root = str(Path(root).resolve())
    config.CourseDirectory.course_id = "mfnumpy"
    config.ClearSolutions.code_stub = {"python": STUB}
    config.OverwriteCells.add_missing_cells = True
    prefix = "nbgrader.preprocessors"
    config.Autograde.autograde_preprocessors = [
        "mfnumpy.course.execute.LimitedExecute",
        f"{prefix}.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        f"{prefix}.LimitOutput",
        f"{prefix}.SaveAutoGrades",
        f"{prefix}.AssignLatePenalties",
        f"{prefix}.CheckCellMetadata",
    ]
    config.ClearMetadataPreprocessor.enabled = False
    config.LimitedExecute.timeout = cell_seconds
    return config
