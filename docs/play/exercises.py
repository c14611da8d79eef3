"""The course's exercises for the page: text, hints, what to write and what is checked, from the student notebooks."""

from __future__ import annotations

import json
import re
from typing import Any

from mfnumpy.course.grading.feedback import markdown
from mfnumpy.course.sources import checks_of
from mfnumpy.support import shipped

OURS = ("data_utils", "IPython", "mfnumpy.check", "mfnumpy.course")
"""Imports of a notebook that its functions do not need, or that a browser does not have."""
HINT = re.compile(r"<details><summary>Hint \d+</summary>(.*?)</details>", re.DOTALL)
GIVEN = re.compile(r"^(\w+) = mine_or_reference\(\w+, ([\w.]+)\)$", re.MULTILINE)
"""A function that a notebook takes from an earlier exercise; here it is the reference."""
POINTS = re.compile(r" \([\d.]+ points?\)$")


def lessons() -> list[dict[str, Any]]:
    """The notebooks in order, each with its exercises."""
    return [_lesson(path.stem, json.loads(path.read_text(encoding="utf-8")))
            for path in sorted(shipped.folder("exercises").glob("*.ipynb"))]  # fmt: skip


def _lesson(name: str, notebook: dict[str, Any]) -> dict[str, Any]:
    title, imports, broken, text, code, found = "", "", "", "", "", []
    for number, cell in enumerate(notebook["cells"]):
        source, settings = "".join(cell["source"]), cell["metadata"].get("nbgrader", {})
        if number == 0:
            title = source.partition("\n")[0].removeprefix("# ").removeprefix("Exercises ")
        elif cell["cell_type"] == "markdown":
            text = source
        elif settings.get("solution"):
            code = source
        elif settings.get("grade"):
            checks = [list(pair) for pair in checks_of(source)]
            found.append(
                _exercise(name, settings["grade_id"].removeprefix("check-"), text, imports, broken or code, checks)
            )
            broken = ""
        elif "broken" in cell["metadata"].get("tags", []):
            broken = _without_check(source)
        elif not imports:
            imports = _imports(source)
        else:
            imports += "".join(f"\n{name} = {reference}" for name, reference in GIVEN.findall(source))
    return {"name": name, "title": title, "exercises": found}


def _exercise(lesson: str, cell: str, text: str, imports: str, code: str, checks: list[list[str]]) -> dict[str, Any]:
    heading, _, rest = text.partition("\n")
    title = POINTS.sub("", heading.removeprefix("## "))
    number, _, words = title.partition(" ")
    return {
        "id": f"{lesson[: lesson.index('_')]}/{checks[0][1]}",
        "number": number,
        "title": words,
        "text": markdown(HINT.sub("", rest)),
        "hints": [markdown(hint.strip()) for hint in HINT.findall(rest)],
        "code": f"{imports}\n\n\n{code.strip()}\n",
        "checks": checks,
        "cell": cell,
    }


def _imports(source: str) -> str:
    lines = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
    lines = [line for line in lines if not line.split()[1].startswith(OURS)]
    return "\n".join(dict.fromkeys(["import numpy as np", *lines]))


def _without_check(source: str) -> str:
    """A given function with its mistake, under the name that the reader's has."""
    return re.sub(r"\n+check\(.*\)\s*$", "\n", source).replace("broken_", "")
