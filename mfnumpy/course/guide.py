"""What is computed in the instructor's guide: the points, and what the checker says about wrong functions.

This keeps both what they are now.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np

from mfnumpy.check import check
from mfnumpy.course import sources
from mfnumpy.equations import cross_entropy_gradient
from mfnumpy.support.files import atomic_write
from mfnumpy.support.text import run_text

PAIR = re.compile(r"(```python\n(?P<code>.*?)```\n\n```text\n)(?P<said>.*?)(?=```)", flags=re.DOTALL)
ROW = re.compile(r"^\| (\d\d[ab]?) (.*) \| \d+ \|$", flags=re.MULTILINE)
NAMED = re.compile(r"\b(\d\d[ab]?) \((?:\d+)\)")
PLAN = re.compile(r"(\*\*\w+ weeks\*\*[^\n]*\()\d+( points\)[^\n]*\n\n)((?:\|[^\n]*\n)+)")


def refreshed(text: str) -> str:
    """The guide's text with each ```text block replaced by the checker's report on the ```python block above it.

    The block defines one function, named like its exercise; np and cross_entropy_gradient are there for it. Points of
    notebooks, in the table and as "03 (9)", and their sums are those of the sources.
    """

    def report(match: re.Match) -> str:
        """What the checker says to this mistake now."""
        names: dict = {"np": np, "cross_entropy_gradient": cross_entropy_gradient}
        run_text(match["code"], "instructors.md", names)
        exercise = next(node.name for node in ast.parse(match["code"]).body if isinstance(node, ast.FunctionDef))
        return f"{match[1]}{check(exercise, names[exercise])}\n"

    return with_points(PAIR.sub(report, text), points_of_notebooks())


def points_of_notebooks() -> dict[str, float]:
    """The points of each notebook, by its number: {"03": 9, "07a": 7}."""
    found = {}
    for path in sources.source_files():
        found[path.stem.partition("_")[0]] = sum(e.points for e in sources.exercises(sources.read(path)))
    return found


def with_points(text: str, points: dict[str, float]) -> str:
    """The text with the points of notebooks and their sums as they are now."""
    text = ROW.sub(lambda row: f"| {row[1]} {row[2]} | {points[row[1]]:g} |", text)
    text = NAMED.sub(lambda named: f"{named[1]} ({points[named[1]]:g})" if named[1] in points else named[0], text)

    def plan(match: re.Match) -> str:
        """A syllabus with the sum of what its table lists; "A or B" counts once, as A."""
        listed = re.sub(r" or \d\d[ab]? \(\d+\)", "", match[3])
        total = sum(points[number] for number in re.findall(r"\b(\d\d[ab]?) \(\d+\)", listed) if number in points)
        return f"{match[1]}{total or sum(points.values()):g}{match[2]}{match[3]}"

    text = PLAN.sub(plan, text)
    return re.sub(r"^\d+ points in all", f"{sum(points.values()):g} points in all", text, flags=re.MULTILINE)


def refresh(path: Path) -> bool:
    """Rewrite the guide in place; whether anything changed."""
    old = path.read_text(encoding="utf-8")
    new = refreshed(old)
    if new != old:
        with atomic_write(path, "w") as file:
            file.write(new)
    return new != old
