"""Docstrings are plain text with formulas in it (da = dG M, x^T dz, G_i * 2); show them so, not as reStructuredText.

In a paragraph every character that reStructuredText would take for markup is escaped, and `name` becomes code. Lines
that explain arguments ("x, W: ...", with what they continue on) become a list. What else is indented deeper than its
paragraph (formulas, examples) becomes a literal block.
"""

from __future__ import annotations

import re
from typing import Any


def literal(line: str) -> str:
    """One line of text, with nothing in it that reStructuredText would interpret; `name` as code."""
    parts = re.split(r"(`[^`]+`)", line)
    for i, part in enumerate(parts):
        if i % 2:
            parts[i] = f"`{part}`"
        else:
            parts[i] = re.sub(r"([\\*|_`])", r"\\\1", part)
    return "".join(parts)


ARGUMENT = re.compile(r"(?!Source: |Predictions: )((?:\*{0,2}\w+, )*\*{0,2}\w+): (\S.*)")
"""A line that explains arguments. Within a sentence a line may look like one, so it must follow the end of another."""


def items(lines: list[str]) -> list[str]:
    """The docstring with the lines that explain arguments as items of a list, marked by "* "; all else as it was."""
    out: list[str] = []
    listed, before = False, ""
    for line in lines:
        found = ARGUMENT.fullmatch(line) if not before or listed or before[-1] in ".:;" else None
        if found:
            out += [] if listed or not before else [""]
            out.append(f"* `{found[1]}`: {found[2]}")
        elif listed and line.startswith("    ") and before:
            out.append(f"  {line.strip()}")
        else:
            out += [""] if listed and line.strip() else []
            out.append(line)
        listed = bool(found) or (listed and line.startswith("    ") and bool(before))
        before = line.strip()
    return out


def convert(lines: list[str]) -> list[str]:
    """The docstring as reStructuredText."""
    out: list[str] = []
    inside = False
    for line in items(lines):
        deep = line.startswith("    ") or (inside and not line.strip())
        if deep and not inside:
            out += ["", "::", ""]
        elif inside and not deep and line.strip():
            out.append("")
        inside = deep
        mark = line[:2] if line.startswith(("* ", "  ")) and not deep else ""
        out.append(line if deep else mark + literal(line[len(mark) :]))
    return out


def without_formula(lines: list[str]) -> list[str]:
    """The docstring of an equation without "Eq. (5): G = a M^T", which its page typesets right above it."""
    formula, comma, rest = lines[0].partition(", ")
    if not formula.startswith("Eq. ("):
        return lines
    return [rest[:1].upper() + rest[1:], *lines[1:]] if comma else lines[2:]


def process(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Replace the lines of one docstring in place."""
    lines[:] = convert(without_formula(lines) if name.startswith("mfnumpy.equations.") and lines else lines)


def setup(app: Any) -> dict[str, bool]:
    """Connect to autodoc."""
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
