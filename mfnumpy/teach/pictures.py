"""Pictures for the lessons: heat maps with their numbers, lines, bars, weights as images. Each has alternative text.

Colours are safe for colour blindness (Okabe and Ito's palette; red-white-blue with the numbers printed), and lines
differ by marker and dash as well, so that they survive print in black and white. No picture uses global state.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mfnumpy.backend import Array, to_host
from mfnumpy.errors import InvalidValueError
from mfnumpy.support.optional import require

figures = require("matplotlib.figure", "lessons")

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
"""Okabe and Ito's palette, most contrast first."""
MARKERS, DASHES = "os^Dv<>p", ("-", "--", "-.", ":")
DPI = 100
NUMBERS_UP_TO = 14  # a matrix with more rows or columns is shown without its numbers


@dataclass(frozen=True)
class Picture:
    """A PNG and the words that stand for it where it cannot be seen. Displays itself in a notebook."""

    png: bytes
    alt: str

    @property
    def html(self) -> str:
        """An <img> with the picture in it; unlike an image/png output, it keeps its alternative text everywhere."""
        source = "data:image/png;base64," + base64.b64encode(self.png).decode()
        style = "max-width:100%;height:auto;background:white"
        return f'<img alt="{html.escape(self.alt, quote=True)}" style="{style}" src="{source}"/>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict:
        return {"text/html": self.html, "text/plain": f"[picture: {self.alt}]"}


def new_figure(width: float, height: float) -> Any:
    """An empty white figure, in inches."""
    return figures.Figure(figsize=(width, height), facecolor="white")


def finish(figure: Any, alt: str) -> Picture:
    """Render a matplotlib figure as a small PNG; the same figure gives the same bytes.

    alt: what the picture shows, in words; must not be empty. Raises InvalidValueError if it is.
    """
    if not alt.strip():
        raise InvalidValueError("A picture needs alt=..., what it shows in words.")
    raw, small = io.BytesIO(), io.BytesIO()
    figure.savefig(raw, format="png", dpi=DPI, metadata={"Software": None})
    image = require("PIL.Image", "lessons").open(raw).convert("RGB").quantize(192, dither=0)
    image.save(small, format="png", optimize=True)
    return Picture(small.getvalue(), alt)


# -- matrices --------------------------------------------------------------------------------------------------


def as_matrix(array: Array) -> np.ndarray:
    """Any array as rows and columns: a vector as one row; of images, one row per pixel or patch."""
    array = np.asarray(to_host(array))
    return array.reshape(1, -1) if array.ndim < 2 else array.reshape(-1, array.shape[-1])


def heat(axes: Any, array: Array, title: str = "", limit: float | None = None, digits: int = 2) -> None:
    """Draw one matrix: blue below zero, red above, white at zero (a mask "[...]" in grey); numbers if it is small.

    limit: the absolute value at which the colour is full; by default the largest in the matrix.
    """
    matrix = as_matrix(array).astype(float)
    limit = limit or float(np.abs(matrix).max(initial=0.0)) or 1.0
    is_mask = "[" in title and np.isin(matrix, (0, 1)).all()
    style = {"cmap": "Greys", "vmin": 0, "vmax": 2.5} if is_mask else {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
    axes.imshow(matrix, aspect="auto", interpolation="nearest", **style)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title(title, fontsize=10, pad=4)
    axes.set_xlabel(" x ".join(map(str, np.shape(array))), fontsize=8, labelpad=3, color="0.35")
    if max(matrix.shape) > NUMBERS_UP_TO:
        return
    for (i, j), value in np.ndenumerate(matrix):
        ink = "white" if abs(value) > 0.62 * limit and not is_mask else "black"
        axes.text(j, i, number(value, digits), ha="center", va="center", fontsize=7.5, color=ink)


def number(value: float, digits: int = 2) -> str:
    """A short form for a cell: "0", "3", "-0.25"."""
    if value == 0 or (float(value).is_integer() and abs(value) < 1000):
        return f"{int(value)}".replace("-", "−")
    text = f"{value:.{digits}f}"
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", "−")


def equation(*parts: str | tuple[str, Array], alt: str, digits: int = 2) -> Picture:
    """Matrices in a row with signs between them: equation(("x", x), ("W", W), "=", ("z", z), alt=...).

    parts: (name, array), or a sign. Names may be LaTeX without dollars.
    """
    sizes = [inches(part) for part in parts]
    width, height = sum(w for w, _ in sizes) + 0.12 * (len(parts) + 1), max(h for _, h in sizes) + 0.62
    figure = new_figure(width, height)
    row(figure, parts, (0.12, 0.34), (width, height), digits)
    return finish(figure, alt)


def row(figure: Any, parts: Sequence, origin: tuple[float, float], size: tuple[float, float], digits: int = 2) -> None:
    """Draw the parts of an equation from `origin` (inches from the lower left) in a figure of `size` inches."""
    sizes = [inches(part) for part in parts]
    (left, bottom), (width, height) = origin, size
    middle = bottom + max(h for _, h in sizes) / 2
    for part, (w, h) in zip(parts, sizes, strict=True):
        if isinstance(part, str):
            figure.text((left + w / 2) / width, middle / height, part, ha="center", va="center", fontsize=14)
        else:
            axes = figure.add_axes((left / width, (middle - h / 2) / height, w / width, h / height))
            heat(axes, part[1], f"${part[0]}$", digits=digits)
        left += w + 0.12


def inches(part: str | tuple[str, Array]) -> tuple[float, float]:
    """Width and height of a matrix in a row of others: its cells are large enough for their numbers, if shown."""
    if isinstance(part, str):
        return 0.14 + 0.1 * len(part), 0.3
    rows, columns = as_matrix(part[1]).shape
    if max(rows, columns) <= NUMBERS_UP_TO:
        return max(0.44 * columns, 0.5), max(0.3 * rows, 0.3)
    return min(max(0.06 * columns, 0.5), 2.4), min(max(0.06 * rows, 0.5), 2.4)


def heats(
    arrays: Mapping[str, Array],
    alt: str,
    columns: int = 4,
    limit: float | None = None,
    size: tuple[float, float] = (2.3, 2.1),
) -> Picture:
    """Several matrices in a grid, each under its name (plain text or $LaTeX$). size: of one panel, in inches."""
    figure = new_figure(size[0] * min(columns, len(arrays)), size[1] * -(-len(arrays) // columns))
    grid = figure.subplots(-(-len(arrays) // columns), min(columns, len(arrays)), squeeze=False)
    for axes in grid.flat[len(arrays) :]:
        axes.axis("off")
    for axes, (name, array) in zip(grid.flat, arrays.items(), strict=False):
        heat(axes, array, name, limit)
    figure.tight_layout()
    return finish(figure, alt)


# -- lines, bars, images ------------------------------------------------------------------------------------------


def plot(
    series: Mapping[str, Sequence[float]],
    alt: str,
    x: Sequence[float] | None = None,
    xlabel: str = "epoch",
    ylabel: str = "",
    **options: Any,
) -> Picture:
    """Lines over a common x (1, 2, ... by default), told apart by colour, marker and dash.

    options: ylim, yscale, xscale, level=(y, text) for a dotted line across, size=(width, height), markers=False.
    """
    figure = new_figure(*options.get("size", (6.4, 3.1)))
    axes = figure.subplots()
    for i, (name, given) in enumerate(series.items()):
        values = np.asarray(given, dtype=float)
        at = np.arange(1, len(values) + 1) if x is None else np.asarray(x)
        marker = MARKERS[i % len(MARKERS)] if options.get("markers", True) else ""
        style = {"color": COLOURS[i % len(COLOURS)], "linestyle": DASHES[i % len(DASHES)], "marker": marker}
        axes.plot(at, values, label=name, markersize=4, linewidth=1.6, markevery=max(1, len(values) // 12), **style)
    if "level" in options:
        axes.axhline(options["level"][0], color="0.4", linestyle=":", linewidth=1)
        place = {"xy": (0.99, options["level"][0]), "xycoords": ("axes fraction", "data")}
        axes.annotate(options["level"][1], **place, ha="right", va="bottom", fontsize=8, color="0.3")
    axes.set_yscale(options.get("yscale", "linear"))
    axes.set_xscale(options.get("xscale", "linear"))
    if "ylim" in options:
        axes.set_ylim(*options["ylim"])
    _dress(axes, xlabel, ylabel)
    if len(series) > 1:
        axes.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))
    figure.tight_layout()
    return finish(figure, alt)


def bars(
    groups: Mapping[str, Sequence[float]], labels: Sequence[Any], alt: str, ylabel: str = "", **options: Any
) -> Picture:
    """Bars side by side: one group of bars for each label, one colour and hatch for each name.

    options: ylim, size, xlabel, values=True to print each bar's height.
    """
    figure = new_figure(*options.get("size", (6.4, 3.0)))
    axes = figure.subplots()
    width = 0.8 / len(groups)
    for i, (name, values) in enumerate(groups.items()):
        at = np.arange(len(labels)) + (i - (len(groups) - 1) / 2) * width
        hatch = ("", "///", "...", "xxx")[i % 4]
        drawn = axes.bar(at, values, width, label=name, color=COLOURS[i % 8], hatch=hatch, edgecolor="white")
        if options.get("values"):
            axes.bar_label(drawn, fmt=options.get("format", "%.3g"), fontsize=7, padding=2)
    axes.set_xticks(np.arange(len(labels)), labels)
    axes.axhline(0, color="0.3", linewidth=0.8)
    if "ylim" in options:
        axes.set_ylim(*options["ylim"])
    _dress(axes, options.get("xlabel", ""), ylabel)
    if len(groups) > 1:
        axes.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))
    figure.tight_layout()
    return finish(figure, alt)


def goodness_bars(moments: Mapping[str, Array], true_class: int, alt: str, ylabel: str = "goodness") -> Picture:
    """The goodness scores of one sample at several times, one panel each; the true class is marked.

    moments: {"before training": (m,) scores, "after epoch 1": ...}.
    """
    figure = new_figure(1.75 * len(moments), 2.3)
    low = min(0.0, *(float(np.min(s)) for s in moments.values()))
    high = max(float(np.max(s)) for s in moments.values())
    panels = figure.subplots(1, len(moments), sharey=True, squeeze=False)[0]
    for axes, (when, scores) in zip(panels, moments.items(), strict=True):
        own = np.arange(len(scores)) == true_class
        for chosen, colour, hatch in ((own, COLOURS[1], "///"), (~own, COLOURS[0], "")):
            axes.bar(np.flatnonzero(chosen), np.asarray(scores)[chosen], color=colour, hatch=hatch, edgecolor="white")
        axes.set_title(when, fontsize=9)
        axes.set_xticks(range(len(scores)))
        axes.axhline(0, color="0.3", linewidth=0.8)
        axes.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
        _dress(axes, "class", ylabel if axes is panels[0] else "")
        axes.tick_params(labelsize=7)
    figure.tight_layout()
    return finish(figure, alt)


def images(pictures: Array, alt: str, titles: Sequence[str] = (), columns: int = 10, signed: bool = False) -> Picture:
    """Small images in a grid: digits (dark on light), or first-layer weights (signed: red-white-blue, 0 white).

    pictures: (K, H, W).
    """
    pictures = np.asarray(to_host(pictures), dtype=float)
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    figure = new_figure(0.86 * columns, (1.02 if titles else 0.86) * rows)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for k, (axes, picture) in enumerate(zip(grid.flat, pictures, strict=False)):
        limit = float(np.abs(picture).max()) or 1.0
        style = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit} if signed else {"cmap": "Greys"}
        axes.imshow(picture, interpolation="nearest", **style)
        if titles:
            axes.set_title(titles[k], fontsize=8, pad=2)
    figure.subplots_adjust(0.01, 0.01, 0.99, 0.86 if titles else 0.99, 0.08, 0.35 if titles else 0.08)
    return finish(figure, alt)


def _dress(axes: Any, xlabel: str, ylabel: str) -> None:
    axes.set_xlabel(xlabel, fontsize=9)
    axes.set_ylabel(ylabel, fontsize=9)
    axes.tick_params(labelsize=8)
    axes.grid(axis="y", color="0.9", linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
