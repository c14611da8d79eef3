"""What every picture is drawn on and with: a white figure, a PNG with words for it, and the colours."""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass
from typing import Any

from mfnumpy.comparison.plots import style_of
from mfnumpy.rules import RULES
from mfnumpy.support.optional import require

figures = require("matplotlib.figure", "lessons")

FREE = ("#444444", "#B07800", "#2A8FC4", "#7A5195")
"""For what is no rule: dark to light, and none of the rules' colours."""
TRUE_CLASS, OTHER_CLASS = "#B07800", "#888888"
MARKERS, DASHES = "os^Dv<>p", ("-", "--", "-.", ":")
DPI = 100
WIDEST = 7.0
"""Inches: 700 pixels, the width of a page's text beside the site's menu."""
IN_THE_DARK = (
    '<style>[data-jp-theme-light="false"] img.mfnumpy, body[data-theme="dark"] img.mfnumpy '
    "{filter: invert(0.92) hue-rotate(180deg)}</style>"
)
"""Pictures are drawn on white; on a dark page the white turns dark, and the hues stay."""


@dataclass(frozen=True)
class Picture:
    """A PNG and the words that stand for it where it cannot be seen. Displays itself in a notebook."""

    png: bytes
    alt: str

    @property
    def html(self) -> str:
        """An <img> with the picture in it; unlike an image/png output, it keeps its alternative text everywhere."""
        source = "data:image/png;base64," + base64.b64encode(self.png).decode()
        alt, style = html.escape(self.alt, quote=True), "max-width:100%;height:auto"
        return f'<img class="mfnumpy" alt="{alt}" style="{style}" src="{source}"/>{IN_THE_DARK}'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict:
        return {"text/html": self.html, "text/plain": f"[picture: {self.alt}]"}


def new_figure(width: float, height: float) -> Any:
    """An empty white figure, in inches."""
    return figures.Figure(figsize=(width, height), facecolor="white")


def finish(figure: Any, alt: str) -> Picture:
    """Render a matplotlib figure as a small PNG; the same figure gives the same bytes.

    alt: what the picture shows, in words. Without any, as when a student draws, its titles and labels stand for it.
    """
    alt = alt.strip() or "A picture: " + "; ".join(filter(None, map(_words, figure.axes))) + "."
    raw, small = io.BytesIO(), io.BytesIO()
    figure.savefig(raw, format="png", dpi=DPI, metadata={"Software": None})
    image = require("PIL.Image", "lessons").open(raw).convert("RGB").quantize(192, dither=0)
    image.save(small, format="png", optimize=True)
    return Picture(small.getvalue(), alt)


def _words(axes: Any) -> str:
    """A panel in words: its title, what its axes show, and the names of its lines."""
    legend = axes.get_legend()
    names = [] if legend is None else [text.get_text() for text in legend.get_texts()]
    return ", ".join(filter(None, [axes.get_title(), axes.get_ylabel(), axes.get_xlabel(), *names]))


def style(name: str, i: int, rule: str | None = None) -> dict[str, str]:
    """Colour, marker and dash of a line: those of the rule that it is named after, else the i-th of the palette.

    name: of the line; "MF" and "mf" are the rule's.
    i: its place among the lines, from 0.
    rule: where the line has another name than its rule; None for no such rule.
    """
    known = rule or name.lower()
    if known in RULES:
        return style_of(known)
    return {"color": FREE[i % len(FREE)], "linestyle": DASHES[i % len(DASHES)], "marker": MARKERS[i % len(MARKERS)]}
