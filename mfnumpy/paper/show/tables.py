"""A table of text cells, and its forms: Markdown, CSV, LaTeX, and a page's. Each says which command made it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mfnumpy.errors import InvalidValueError, ShapeError
from mfnumpy.support.files import atomic_write

MISSING = "–"
SENTENCE, NARROW, WIDE = 80, 24, 48
"""Characters: a longer cell is a sentence, to be broken; a column beside it counts for so many at least, at most."""

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "±": r"$\pm$", "–": "--", "Δ": r"$\Delta$", "×": r"$\times$",
    "<": "$<$", ">": "$>$", "|": "$|$",
}  # fmt: skip
_MARKS = ((re.compile(r"\*([^*]+)\*"), r"\\emph{\1}"), (re.compile(r"`([^`]+)`"), r"\\texttt{\1}"))
"""What notes hold of Markdown, and what it is in LaTeX."""


@dataclass(frozen=True)
class Table:
    """Rows of text under named columns, with what a reader must know of them.

    name: of its files.
    title: above it.
    columns: their names.
    rows: of cells.
    command: what makes it again.
    notes: sentences below it.
    details: further ones, which a page folds away.
    first: the columns that a page shows at once; all if there are none.
    folds: title -> columns behind a fold.
    Raises InvalidValueError if two columns have the same name (a reader of the CSV would lose one) or a column that is
    shown does not exist, ShapeError if a row does not have as many cells as there are columns.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    command: str
    notes: Sequence[str] = field(default_factory=list)
    details: Sequence[str] = field(default_factory=list)
    first: Sequence[str] = ()
    folds: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(set(self.columns)) < len(self.columns):
            raise InvalidValueError(f"Table {self.name}: two columns have the same name: {', '.join(self.columns)}.")
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ShapeError(f"Table {self.name}: {len(self.columns)} columns, but a row of {len(row)}: {row}.")
        for column in (*self.first, *(c for columns in self.folds.values() for c in columns)):
            if column not in self.columns:
                raise InvalidValueError(f"Table {self.name} has no column {column!r}: {', '.join(self.columns)}.")

    def markdown(self) -> str:
        """All columns as one pipe table, with title, notes, details and command."""
        parts = [f"### {self.title}", self._pipes(self.columns), *self.notes, *self.details]
        return "\n\n".join([*parts, f"Made by `{self.command}`.\n"])

    def page(self) -> str:
        """For a page that people read: the first columns and the notes; all else behind a fold."""
        more = [part for title, columns in self.folds.items() for part in (f"*{title}*", self._pipes(columns))]
        what = "; ".join([*("more columns" for _ in self.folds), "how it was made"][-2:])
        parts = [f"### {self.title}", self._pipes(self.first or self.columns), *self.notes]
        folded = [*more, *self.details, f"Made by `{self.command}`."]
        return "\n\n".join([*parts, folded_away(what[:1].upper() + what[1:], *folded)]) + "\n"

    def _pipes(self, columns: Sequence[str]) -> str:
        """These columns as a pipe table."""
        at = [self.columns.index(name) for name in columns]
        cells = [[row[i].replace("|", r"\|") for i in at] for row in self.rows]
        return "\n".join(map(_pipes, (columns, ["---"] * len(columns), *cells)))

    def text(self) -> str:
        """For a terminal: columns side by side, title and notes. Sentences, which would break the lines, go below."""
        short = [i for i in range(len(self.columns)) if all(len(row[i]) <= SENTENCE for row in self.rows)]
        cells = [[row[i] for i in short] for row in (self.columns, *self.rows)]
        widths = [max(len(row[i]) for row in cells) for i in range(len(short))]
        lines = [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
        ]
        return "\n".join([self.title, "", *lines, "", *self.notes, *self.details, ""])

    def csv(self) -> str:
        """Comma-separated values; title, notes and command stand in comment lines before the head."""
        out = io.StringIO()
        for line in (self.title, *self.notes, *self.details, f"made by: {self.command}"):
            out.write(f"# {line}\n")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return out.getvalue()

    def latex(self) -> str:
        """A floating table; or, where cells hold sentences, one whose lines and pages break. Rules are booktabs'."""
        return "\n".join([f"% made by: {self.command}", *(self._of_text() if self._wide else self._floating()), ""])

    @property
    def _wide(self) -> bool:
        return any(len(cell) > SENTENCE for row in self.rows for cell in row)

    def _floating(self) -> list[str]:
        columns = "l" * min(2, len(self.columns)) + "r" * (len(self.columns) - 2)
        return [
            r"\begin{table}",
            r"\centering",
            rf"\begin{{tabular}}{{{columns}}}",
            *self._body(),
            r"\end{tabular}",
            rf"\caption{{{self._caption()}}}",
            rf"\label{{tab:{self.name}}}",
            r"\end{table}",
        ]

    def _of_text(self) -> list[str]:
        """Needs the package longtable. Columns share the line by their longest cells, within bounds."""
        longest = [max(len(row[i]) for row in (self.columns, *self.rows)) for i in range(len(self.columns))]
        shares = [min(max(n, NARROW), WIDE) for n in longest]
        columns = "".join(rf"p{{{0.9 * n / sum(shares):.2f}\linewidth}}" for n in shares)
        return [
            r"% in the preamble: \usepackage{booktabs,longtable}",
            rf"\begin{{longtable}}{{{columns}}}",
            rf"\caption{{{self._caption()}}}\label{{tab:{self.name}}}\\",
            *self._body(),
            r"\end{longtable}",
        ]

    def _body(self) -> list[str]:
        rows = [" & ".join(map(_escape, row)) + r" \\" for row in (self.columns, *self.rows)]
        return [r"\toprule", rows[0], r"\midrule", *rows[1:], r"\bottomrule"]

    def _caption(self) -> str:
        return " ".join(_escape(text) for text in (self.title + ".", *self.notes, *self.details))

    def save(self, folder: Path) -> list[Path]:
        """Write the three files, each atomically. Returns their paths. Raises OutputError."""
        forms = {".md": self.markdown(), ".csv": self.csv(), ".tex": self.latex()}
        for suffix, text in forms.items():
            with atomic_write(folder / f"{self.name}{suffix}", "w") as file:
                file.write(text)
        return [folder / f"{self.name}{suffix}" for suffix in forms]


def folded_away(title: str, *parts: str) -> str:
    """Markdown behind a fold: a reader sees the title, and opens it for the rest."""
    return "\n\n".join([f"<details>\n<summary>{title}</summary>", *parts, "</details>"])


def _pipes(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escape(text: str) -> str:
    escaped = "".join(_LATEX.get(character, character) for character in text)
    for mark, command in _MARKS:
        escaped = mark.sub(command, escaped)
    return escaped
