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


def settings(root: str | Path) -> Any:
    """A traitlets Config for the course directory `root`."""
    config = require("traitlets.config", "course").Config()
    config.CourseDirectory.root = str(Path(root).resolve())
    config.CourseDirectory.course_id = "mfnumpy"
    config.ClearSolutions.code_stub = {"python": STUB}
    config.OverwriteCells.add_missing_cells = True
    config.ExecutePreprocessor.timeout = 60
    return config
