"""What a check tells: passed or not, which mistake, how the numbers show it, and where to read on.

As text, as JSON, and as HTML for notebooks, with pictures in SVG: the expected shape beside the found one, and where
it is wrong.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from html import escape

from mfnumpy.support.text import without_control

_RIGHT, _WRONG, _TODO = "#2a7a3b", "#b3261e", "#8a6d00"
_ON_DARK = {_RIGHT: "#6fcf87", _WRONG: "#ff8a80", _TODO: "#e6c34a"}
"""What text of these colours is on a dark page, where it would be hard to read."""


@dataclass(frozen=True)
class Picture:
    """What is drawn for one output.

    name: of the output.
    expected, found: its shape as it should be, and as it is.
    errors: how wrong each entry is: rows of numbers from 0 (right) to 1 (the largest error), at most 24 x 24; empty if
        shapes differ.
    """

    name: str
    expected: tuple[int, ...]
    found: tuple[int, ...]
    errors: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Report:
    """The result of `check`; its truth value is `passed`.

    exercise, title, signature: of the exercise, as they are printed.
    passed: whether the function is right.
    mistake: the identifier, "a+b" for two at once, None if passed, not recognised, or undecided between candidates.
    candidates: identifiers between which the numbers cannot decide.
    evidence: how it shows, in sentences.
    where: the entry with the largest error, e.g. "dW[2, 3]".
    lesson: where to read on.
    notes: remarks that do not fail.
    pictures: of the outputs that are wrong.
    """

    exercise: str
    title: str
    signature: str
    passed: bool
    mistake: str | None = None
    candidates: tuple[str, ...] = ()
    evidence: str = ""
    where: str = ""
    lesson: str = ""
    notes: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()

    def __bool__(self) -> bool:
        return self.passed

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The single identifiers in `mistake`."""
        return tuple(self.mistake.split("+")) if self.mistake else ()

    def __str__(self) -> str:
        verdict = "passed" if self.passed else "not written yet" if self.mistake == "not_written" else "not right yet"
        lines = [f"{self.title} ({self.exercise}): {verdict}."]
        lines += [self.evidence] if self.evidence else []
        lines += [f"Where: {self.where}."] if self.where and not self.passed else []
        lines += [f"Note: {note}" for note in self.notes]
        lines += [f"See {self.lesson}."] if self.lesson and not self.passed else []
        return without_control("\n".join(lines))

    def _repr_html_(self) -> str:
        return render(self)

    def to_json(self) -> dict:
        """The report as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> Report:
        """The report that `to_json` described."""
        known = {f.name for f in fields(cls)}
        data = {key: tuple(v) if isinstance(v, list) else v for key, v in data.items() if key in known}
        data["pictures"] = tuple(
            Picture(p["name"], tuple(p["expected"]), tuple(p["found"]), tuple(map(tuple, p["errors"])))
            for p in data["pictures"]
        )
        return cls(**data)


def render(report: Report) -> str:
    """The report as a block of HTML. Needs no script and no other file."""
    todo = report.mistake == "not_written"
    colour = _RIGHT if report.passed else _TODO if todo else _WRONG
    verdict = "passed" if report.passed else "not written yet" if todo else "not right yet"
    parts = [f'<div style="border-left:4px solid {colour};padding:0.2em 0 0.2em 0.8em">',
             f"<b>{escape(report.title)}</b> <code>{escape(report.exercise)}{escape(report.signature)}</code>: "
             f'<b style="color:light-dark({colour}, {_ON_DARK[colour]})">{verdict}</b>']  # fmt: skip
    if report.evidence:
        parts.append("".join(f"<p>{_with_code(line)}</p>" for line in report.evidence.split("\n")))
    if not report.passed:
        parts += [_picture(p) for p in report.pictures]
        parts += [f"<p>Where: <code>{escape(report.where)}</code></p>"] if report.where else []
    parts += [f"<p><i>Note: {escape(note)}</i></p>" for note in report.notes]
    if report.lesson and not report.passed:
        parts.append(f"<p>See {escape(report.lesson)}.</p>")
    return "\n".join([*parts, "</div>"])


def _with_code(line: str) -> str:
    """A sentence as HTML; what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(line))


def _picture(picture: Picture) -> str:
    if picture.expected != picture.found:
        return _shapes(picture)
    return _errors(picture) if picture.errors else ""


def _box(x: float, shape: tuple[int, ...], colour: str, title: str) -> tuple[str, float]:
    """A rectangle in the proportions of a shape; more than two axes are folded into the first two."""
    rows, columns = (*shape, 1, 1)[:2] if shape else (1, 1)
    unit = min(14.0, 110 / max(rows, columns, 1))
    w, h = max(columns * unit, 8), max(rows * unit, 8)
    text = f'<text x="{x}" y="12" font-size="11" fill="currentColor">{escape(title)} {escape(str(shape))}</text>'
    box = (
        f'<rect x="{x}" y="20" width="{w:.0f}" height="{h:.0f}" fill="{colour}" fill-opacity="0.25" stroke="{colour}"/>'
    )
    return text + box, max(w, 190.0) + 20


def _shapes(picture: Picture) -> str:
    left, width = _box(4, picture.expected, _RIGHT, f"{picture.name}: expected")
    right, more = _box(4 + width, picture.found, _WRONG, "yours")
    label = f"{picture.name}: expected shape {picture.expected}, found {picture.found}"
    return f'<svg role="img" aria-label="{escape(label)}" width="{width + more:.0f}" height="140">{left}{right}</svg>'


def _errors(picture: Picture) -> str:
    """One square for each entry, the darker the more wrong."""
    rows, columns = len(picture.errors), len(picture.errors[0])
    unit = max(4, min(16, 240 // max(rows, columns)))
    cells = [
        f'<rect x="{4 + j * unit}" y="{20 + i * unit}" width="{unit}" height="{unit}" fill="{_WRONG}" '
        f'fill-opacity="{0.15 + 0.85 * error if error else 0:.2f}" stroke="#999" stroke-width="0.5"/>'
        for i, row in enumerate(picture.errors)
        for j, error in enumerate(row)
    ]
    wrong = sum(error > 0 for row in picture.errors for error in row)
    label = f"{picture.name} {picture.expected}: {wrong} of {rows * columns} entries are wrong"
    text = f'<text x="4" y="12" font-size="11" fill="currentColor">{escape(label)}</text>'
    width, height = max(8 + columns * unit, 300), 26 + rows * unit
    return (
        f'<svg role="img" aria-label="{escape(label)}" width="{width}" height="{height}">{text}{"".join(cells)}</svg>'
    )
