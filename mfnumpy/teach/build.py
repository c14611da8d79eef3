"""Lessons: from the text that people edit (notebooks/lessons/NN_name.py) to the executed notebook beside it.

    python -m mfnumpy.teach.build               # write the notebooks whose source or shown code has changed
    python -m mfnumpy.teach.build --force 03    # write lesson 03 in any case
    python -m mfnumpy.teach.build --check       # fail if a notebook and its source differ; executes nothing
    python -m mfnumpy.teach.build --execute     # run every lesson in a fresh kernel and write nothing
    python -m mfnumpy.teach.build --folder docs/examples     # the same for the site's examples

The .py file is the source of truth. A notebook holds nothing that differs from one build to the next but what the
lesson itself measures (seconds): cell ids follow from the position, and there are no time stamps.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mfnumpy.errors import MfnumpyError, MissingDataError
from mfnumpy.support.files import atomic_write
from mfnumpy.support.optional import require
from mfnumpy.teach.claims import claims, false_claims, printed, without
from mfnumpy.teach.source import MIME, Source

LESSONS = Path(__file__).resolve().parents[2] / "notebooks" / "lessons"
WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
SECONDS_PER_LESSON = 300
FOLDED = {"jupyter": {"source_hidden": True}, "tags": ["remove-input"]}
"""A cell that reveals an answer does not show it in its code: folded in JupyterLab, left out on the site."""
# The last bits of a matrix product depend on the number of threads; and small matrices need only one.
ONE_THREAD = {f"{library}_THREADS": "1" for library in ("OPENBLAS_NUM", "MKL_NUM", "OMP_NUM", "VECLIB_MAXIMUM")}


class LessonError(MfnumpyError):
    """A lesson does not run, or its notebook is not what its source says."""


def sources(which: Sequence[str] = (), folder: Path = LESSONS) -> list[Path]:
    """The lessons' sources in order; `which`: only those whose file name begins so. Raises MissingDataError if none."""
    found = [p for p in sorted(folder.glob("[0-9][0-9]_*.py")) if not which or p.name.startswith(tuple(which))]
    if not found:
        raise MissingDataError(f"No lesson {' '.join(which)} in {folder}. Lessons are files NN_name.py there.")
    return found


def notebook_of(source: Path, keep: bool = False, alt: bool = False) -> Any:
    """The notebook of a lesson, not executed, with cell ids that follow from the position.

    source: the lesson's text, in the form py:percent.
    keep: leave in what sentences claim ("holds: ..."), which else stays in the source.
    alt: leave the alternative texts of pictures in the code, as it is executed.
    Remarks to the linter ("# fmt: skip") always stay in the source.
    """
    notebook = require("jupytext", "lessons").reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for k, cell in enumerate(notebook.cells):
        cell.id, cell.source = f"cell-{k:03d}", cell.source if keep else without(cell.source)
        if cell.cell_type == "code":
            cell.source = re.sub(r"  # (fmt: skip|noqa\b.*)$", "", cell.source, flags=re.MULTILINE)
            cell.source = cell.source if alt else without_alt(cell.source)
            cell.source = cell.source.strip("\n")
            cell.outputs, cell.execution_count = [], None
            cell.metadata = dict(FOLDED) if "reveal(" in cell.source else {}
    return notebook


def without_alt(code: str) -> str:
    """A cell's code without alt="...": the words are in the picture that it made, and a reader need not see them."""
    try:
        calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    except SyntaxError:
        return code
    lines = code.splitlines(keepends=True)
    starts = [sum(len(line.encode()) for line in lines[:k]) for k in range(len(lines))]
    raw, words = code.encode(), [k for call in calls for k in call.keywords if k.arg == "alt"]
    for word in sorted(words, key=lambda k: k.lineno, reverse=True):
        begin, end = (starts[row - 1] + at for row, at in ((word.lineno, word.col_offset), _end(word)))
        head, tail = raw[:begin], raw[end:].lstrip(b",")
        if head.rstrip(b" ").endswith(b"\n") and tail.lstrip(b" ").startswith(b"\n"):
            head, tail = head.rstrip(b" "), tail.lstrip(b" ")[1:]
        elif tail.startswith(b")"):
            head = head.rstrip(b" ,")
        raw = head + tail.lstrip(b" ") if head.endswith((b"(", b" ")) else head + tail
    return re.sub(r" +$", "", raw.decode(), flags=re.MULTILINE) if words else code


def _end(node: ast.keyword) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def execute(source: Path) -> Any:
    """Run a lesson in a fresh kernel; returns the notebook with its outputs.

    Raises LessonError with the cell and its error if one fails.
    """
    nbclient = require("nbclient", "lessons")
    notebook = notebook_of(source, alt=True)
    client = nbclient.NotebookClient(
        notebook,
        timeout=SECONDS_PER_LESSON,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        record_timing=False,
        store_widget_state=False,
    )
    try:
        client.execute(cwd=str(source.parent), env=os.environ | ONE_THREAD)
    except (nbclient.exceptions.CellExecutionError, nbclient.exceptions.CellTimeoutError) as error:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
        raise LessonError(f"{source.name} does not run to its end:\n{plain}") from error
    _tidy(notebook)
    return dressed(notebook, source)


def dressed(notebook: Any, source: Path) -> Any:
    """An executed notebook with the texts that a reader sees, and the hash of the code that was executed."""
    for cell, shown in zip(notebook.cells, notebook_of(source).cells, strict=True):
        cell.source, cell.metadata = shown.source, shown.metadata
    notebook.metadata = {
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
        "mfnumpy": {"code": code_of(source)},
    }
    return notebook


def code_of(source: Path) -> str:
    """A hash of everything that a lesson executes, alternative texts included."""
    cells = [cell.source for cell in notebook_of(source, alt=True).cells if cell.cell_type == "code"]
    return hashlib.sha256("\0".join(cells).encode()).hexdigest()[:16]


def _tidy(notebook: Any) -> None:
    """Drop what belongs to one run or one machine.

    That is: live widgets (their strip of pictures stays), kernel details, and where the kernel happened to cut printed
    text in two.
    """
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        whole: list[Any] = []
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
            if whole and output.output_type == "stream" and output.get("name") == whole[-1].get("name"):
                whole[-1].text += output.text
            else:
                whole.append(output)
        if cell.cell_type == "code":
            cell.outputs = whole


def differences(source: Path) -> list[str]:
    """What is out of step between a lesson's source, its notebook, and the package; empty if nothing is."""
    path = source.with_suffix(".ipynb")
    if not path.exists():
        return [f"{path.name} does not exist"]
    made = require("nbformat", "lessons").read(path, as_version=4)
    wanted = notebook_of(source)
    if [(c.cell_type, c.source) for c in made.cells] != [(c.cell_type, c.source) for c in wanted.cells]:
        return [f"{path.name} does not hold the cells of {source.name}"]
    made_of_this = made.metadata.get("mfnumpy", {}).get("code") == code_of(source)
    found = [] if made_of_this else [f"{path.name} was made of other code than that of {source.name}"]
    found += [f"{path.name}: {wrong}" for wrong in false_sentences(source, made)]
    for k, cell in enumerate(made.cells):
        if cell.cell_type == "code" and cell.execution_count is None:
            found.append(f"{path.name}, cell {k}: not executed")
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                found.append(f"{path.name}, cell {k}: {output.ename}")
            names = output.get("metadata", {}).get(MIME)
            if names and output.data["text/plain"] != _today(names):
                found.append(f"{path.name}, cell {k}: shows code of {', '.join(names)} that has changed since")
    return found


def _today(names: Sequence[str]) -> str | None:
    """The source of these functions as it is now; None if one of them is gone."""
    try:
        return Source(tuple(names)).text
    except (ImportError, AttributeError):
        return None


def false_sentences(source: Path, notebook: Any) -> list[str]:
    """What the lesson's text says of its numbers and the executed notebook does not print; see `claims`."""
    return false_claims(claims(source.read_text(encoding="utf-8")), printed(notebook.cells))


def same_results(source: Path) -> Any:
    """The lesson's notebook with its new text, if only text has changed since it was executed; else None."""
    path = source.with_suffix(".ipynb")
    made = require("nbformat", "lessons").read(path, as_version=4) if path.exists() else None
    if made is None or made.metadata.get("mfnumpy", {}).get("code") != code_of(source):
        return None
    if [cell.cell_type for cell in made.cells] != [cell.cell_type for cell in notebook_of(source).cells]:
        return None
    shown = [(o.data["text/plain"], o.metadata[MIME]) for c in made.cells for o in c.get("outputs", [])
             if MIME in o.get("metadata", {})]  # fmt: skip
    return dressed(made, source) if all(text == _today(names) for text, names in shown) else None


def build(source: Path, force: bool = False) -> Path:
    """Execute a lesson and write its notebook, atomically; where its text alone has changed, its results stay.

    force: execute it in any case. Returns the notebook's path.
    Raises LessonError if a sentence is false about what the lesson prints; then nothing is written.
    """
    path, notebook = source.with_suffix(".ipynb"), (None if force else same_results(source)) or execute(source)
    if wrong := false_sentences(source, notebook):
        said = "\n".join(wrong)
        raise LessonError(f"{source.name} says of its numbers what\n{said}\nIt prints:\n{printed(notebook.cells)}")
    text = require("nbformat", "lessons").writes(notebook, version=4)
    with atomic_write(path) as file:
        file.write(re.sub(r"\s+\Z", "", text).encode() + b"\n")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns 0, or 1 if a lesson is out of step or does not run."""
    parser = argparse.ArgumentParser(prog="python -m mfnumpy.teach.build", description="Build the lessons' notebooks.")
    parser.add_argument("lessons", nargs="*", help="numbers, e.g. 03; all by default")
    told = "another folder of sources, NN_name.py, e.g. docs/examples"
    parser.add_argument("--folder", type=Path, default=LESSONS, help=told)
    parser.add_argument("--check", action="store_true", help="fail if a notebook differs from its source; run nothing")
    parser.add_argument("--execute", action="store_true", help="run the lessons, write nothing")
    parser.add_argument("--force", action="store_true", help="write also what is in step")
    options = parser.parse_args(arguments)
    bad = 0
    for source in sources(options.lessons, options.folder):
        stale = differences(source)
        if options.check:
            print(f"{source.name}: {'; '.join(stale) or 'in step'}")
            bad += bool(stale)
            if not options.execute:
                continue
        elif not (stale or options.force or options.execute):
            print(f"{source.name}: in step")
            continue
        start = time.perf_counter()
        try:
            execute(source) if options.execute else build(source, options.force)
            print(f"{source.name}: ran in {time.perf_counter() - start:.1f} s", flush=True)
        except LessonError as error:
            print(error, file=sys.stderr)
            bad += 1
    if bad and options.check:
        print("Rebuild with: python -m mfnumpy.teach.build", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
