"""Hints that are counted: opened by a call, whose output in the notebook says how many were.

An instructor chooses them with `release --count-hints`; otherwise the hints are folds of the notebook, which record
nothing. A student who deletes the call's cell deletes its record.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from mfnumpy.errors import unknown_name
from mfnumpy.support.optional import require
from mfnumpy.support.validate import integer

FILE = "hints.json"
"""What is released beside a notebook: the hints of each exercise."""
RECORD = "mfnumpy_hints"
"""The key of the record in the metadata of an output."""
MOST = 20
FOLD = re.compile(r"<details>\s*<summary>.*?</summary>(.*?)</details>\s*", re.DOTALL)
INSTEAD = (
    'Hints: `from mfnumpy.course import hint`, then `hint("{0}", 1)` in a cell of your own; {1} are there, counted.'
)


def hint(exercise: str, number: int = 1) -> None:
    """Show the hints of an exercise up to this number; the output records it.

    exercise: a name of the notebook, such as "eq5".
    number: 1 for the first alone, 2 for the first two, and so on.
    Raises UnknownNameError for another name, InvalidValueError for a number below 1. Prints a sentence where no
    counted hints lie beside the notebook.
    """
    number, file = integer("number", number, 1), Path(FILE)
    if not file.is_file():
        print(f"There is no {FILE} beside this notebook: its hints are folds in the text above.")
        return
    hints = json.loads(file.read_text(encoding="utf-8"))
    if exercise not in hints:
        raise unknown_name("exercise", exercise, hints)
    shown = hints[exercise][:number]
    text = "\n\n".join(f"**Hint {k} of {len(hints[exercise])}.** {one}" for k, one in enumerate(shown, 1))
    shell = require("IPython.display", "learn")
    shell.display(shell.Markdown(text), metadata={RECORD: {exercise: len(shown)}})


def take_folds(notebook: Any) -> dict[str, list[str]]:
    """Replace the folds of a student notebook by the call that opens them; the hints of each exercise."""
    found: dict[str, list[str]] = {}
    folded: list[Any] = []
    for cell in notebook.cells:
        settings = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and FOLD.search(cell.source):
            folded.append(cell)
        elif settings.get("grade") and folded:
            name = settings["grade_id"].removeprefix("check-")
            found[name] = [fold.strip() for own in folded for fold in FOLD.findall(own.source)]
            for own in folded:
                own.source = FOLD.sub("", own.source).rstrip()
            folded[-1].source += "\n\n" + INSTEAD.format(name, len(found[name]))
            folded = []
    return found


def opened(outputs: Any) -> dict[str, int]:
    """How many hints the outputs of a cell record for each exercise, whatever else is in them."""
    found: dict[str, int] = {}
    for output in outputs if isinstance(outputs, list) else []:
        metadata = output.get("metadata") if isinstance(output, dict) else None
        record = metadata.get(RECORD) if isinstance(metadata, dict) else None
        for name, number in record.items() if isinstance(record, dict) else ():
            if type(number) is int and 0 < number <= MOST:
                found[str(name)[:80]] = max(number, found.get(str(name)[:80], 0))
    return found
