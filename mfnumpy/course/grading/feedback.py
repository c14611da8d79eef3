"""The feedback page of one notebook: what the checker said of each exercise, with its picture, the code and the hints.

Nothing of a student's becomes HTML: their text stands in it escaped. The page has no script, loads nothing, and tells
the browser to allow neither. Only the instructor's own text is rendered, its formulas as MathML.
"""

from __future__ import annotations

import functools
import re
from html import escape
from typing import Any

from mfnumpy.check import Report
from mfnumpy.course.grading.table import Row
from mfnumpy.course.plan import Plan, Task
from mfnumpy.course.sources import points_text
from mfnumpy.support.optional import require

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light dark; background: light-dark(#fff, #121212); color: light-dark(#111, #e8e8e8) }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
pre { overflow-x: auto; padding: 0.6rem; border: 1px solid #8886; border-radius: 4px; white-space: pre-wrap }
section { border-top: 1px solid #8886; margin-top: 2rem } table { border-collapse: collapse }
td, th { padding: 0.2rem 1rem 0.2rem 0; text-align: left } math[display=block] { margin: 0.6rem 0 }
"""
LONGEST_REMARK = 400


def page(row: Row) -> str:
    """The whole page, of a row that was graded."""
    plan, record = row.plan, row.record
    assert plan is not None
    assert record is not None
    marks = record["marks"]
    parts = [
        f"<h1>{escape(plan.title)}</h1>",
        f"<p>{escape(row.student)}: <b>{row.score:g} of {points_text(row.points)}</b></p>",
        _overview(row, plan),
        *(
            _task(task, marks.get(task.name, {}), record["code"].get(task.name, ""), _hints(row, task))
            for task in plan.tasks
        ),
        _remarks(record["remarks"] + row.entry.remarks),
        _own_cells(record["code"], plan),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(plan.title)}: {escape(row.student)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body>\n</html>\n"
    )


def _overview(row: Row, plan: Plan) -> str:
    lines = [
        f"<tr><td>{escape(task.title)}</td><td>{row.scores[task.name]:g} of {task.points:g}</td></tr>"
        for task in plan.tasks
    ]
    return f"<table>\n<tr><th>Exercise</th><th>Points</th></tr>\n{''.join(lines)}\n</table>"


def _hints(row: Row, task: Task) -> str:
    """How many hints the notebook records as opened, "" for none."""
    number = (row.record or {}).get("hints", {}).get(task.name, 0)
    return f"<p>Hints opened: {number} of {task.text.count('<summary>Hint')}.</p>" if number else ""


def _task(task: Task, mark: dict[str, Any], code: str, spent: str) -> str:
    """One exercise: its statement if it is not right, the code, and the checker's reports; spent: the hints opened."""
    reports = [Report.from_json(report) for report in mark.get("reports", [])]
    right = bool(reports) and all(report.passed for report in reports)
    statement, hints = _split(task.text)
    score = float(mark.get("score", 0.0))
    parts = [f"<section>\n<h2>{escape(task.title)}: {score:g} of {points_text(task.points)}</h2>"]
    if not right:
        parts.append(markdown(statement))
    parts.append(f"<pre><code>{escape(code)}</code></pre>" if code else "<p>No code was handed in.</p>")
    parts += [report._repr_html_() for report in reports] or ["<p>It was not checked.</p>"]
    if 0 < score < task.points:
        parts.append("<p>The mistake is a known one; a part of the points is given for what is right.</p>")
    if not right:  # all hints are open: nothing is left to be spared
        parts += [markdown(hint.replace("<details>", "<details open>", 1)) for hint in hints]
    return "\n".join([*parts, *([spent] if spent else []), "</section>"])


def _split(text: str) -> tuple[str, list[str]]:
    """The statement of an exercise without its heading, and its hints."""
    hints = re.findall(r"<details>.*?</details>", text, flags=re.DOTALL)
    statement = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    return re.sub(r"\A## .*\n?", "", statement).strip(), hints


def _remarks(remarks: list[str]) -> str:
    if not remarks:
        return ""
    lines = "".join(f"<li>{escape(remark[:LONGEST_REMARK])}</li>" for remark in remarks)
    return f"<section>\n<h2>Remarks</h2>\n<ul>{lines}</ul>\n</section>"


def _own_cells(code: dict[str, str], plan: Plan) -> str:
    """Cells of the student's own, which were run as well."""
    own = [text for name, text in code.items() if name not in plan.given]
    if not own:
        return ""
    cells = "\n".join(f"<pre><code>{escape(text)}</code></pre>" for text in own)
    return f"<section>\n<h2>Cells of your own</h2>\n{cells}\n</section>"


def markdown(text: str) -> str:
    """The instructor's text as HTML, with formulas as MathML."""
    return _renderer().render(text)


@functools.cache
def _renderer() -> Any:
    plugin = require("mdit_py_plugins.dollarmath", "course").dollarmath_plugin
    reader = require("markdown_it", "course").MarkdownIt("commonmark").enable("table")
    return reader.use(plugin, renderer=_formula, double_inline=True)


def _formula(tex: str, options: dict) -> str:
    display = "block" if options.get("display_mode") else "inline"
    return require("latex2mathml.converter", "course").convert(tex, display=display)
