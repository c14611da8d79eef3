"""Matrices as pictures: heat maps with their numbers, alone, in a grid, or in a row as an equation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mfnumpy.backend import Array
from mfnumpy.teach.drawing import WIDEST, Picture, finish, new_figure
from mfnumpy.teach.entries import as_matrix, kind

NUMBERS_UP_TO = 14  # a matrix with more rows or columns is shown without its numbers


def heat(axes: Any, array: Array, title: str = "", limit: float | None = None, digits: int = 2) -> None:
    """One matrix in colours: blue below zero, red above, white at zero; with its numbers, if it is small.

    axes: Matplotlib's, drawn on.
    array: of any shape, shown as rows and columns (`entries.as_matrix`).
    title: above it; a mask, named "[...]", is drawn in grey.
    limit: the absolute value at which the colour is full, None for the largest in the matrix.
    digits: of the numbers, after the point.
    """
    matrix = as_matrix(array).astype(float)
    limit = limit or float(np.abs(matrix).max(initial=0.0)) or 1.0
    is_mask = "[" in title and np.isin(matrix, (0, 1)).all()
    colours = (
        {"cmap": "Greys", "vmin": 0, "vmax": 2.5} if is_mask else {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
    )
    axes.imshow(matrix, aspect="auto", interpolation="nearest", **colours)
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


def equation(*parts: str | tuple[str, Array], alt: str = "", digits: int = 2, limits: Any = None) -> Picture:
    """Matrices in a row with signs between them: equation(("x", x), ("W", W), "=", ("z", z), alt=...).

    parts: (name, array), or a sign; too long a row goes on below, beginning with a sign. Names may be LaTeX without
        dollars.
    alt: the picture in words, for who cannot see it.
    digits: of the numbers, after the point.
    limits: {"value": 3, "gradient": 0.5}, where colours are full; None for the largest of each kind here.
    """
    full = dict(limits or colour_limits([part for part in parts if not isinstance(part, str)]))
    lines = _lines(parts)
    widths = [sum(inches(part)[0] + GAP for part in line) for line in lines]
    heights = [max(inches(part)[1] for part in line) + 0.62 for line in lines]
    width, height = max(widths) + GAP, sum(heights)
    figure, bottom = new_figure(width, height), height
    for line, tall in zip(lines, heights, strict=True):
        bottom -= tall
        row(figure, line, (GAP, bottom + 0.34), (width, height), digits, full)
    return finish(figure, alt)


GAP = 0.12


def _lines(parts: Sequence) -> list[list]:
    """The parts in lines that are not wider than the page, each but the first beginning with a sign."""
    lines: list[list] = [[]]
    for part, after in zip(parts, [*parts[1:], ""], strict=True):
        wide = sum(inches(p)[0] + GAP for p in (*lines[-1], part, after))
        if lines[-1] and isinstance(part, str) and wide > WIDEST:
            lines.append([])
        lines[-1].append(part)
    return lines


def colour_limits(parts: Sequence[tuple[str, Array]]) -> dict[str, float]:
    """The largest absolute value among the values and among the gradients: where their colours are full."""
    full = {"value": 0.0, "gradient": 0.0}
    for name, array in parts:
        full[kind(name)] = max(full[kind(name)], float(np.abs(as_matrix(array)).max(initial=0.0)))
    return full


def row(
    figure: Any,
    parts: Sequence,
    origin: tuple[float, float],
    size: tuple[float, float],
    digits: int = 2,
    limits: Mapping[str, float] | None = None,
) -> None:
    """The parts of an equation, drawn in one line of a figure.

    figure: Matplotlib's, drawn on.
    parts: as in `equation`, for this line.
    origin: where the line begins, (right, up) from the lower left corner in inches.
    size: of the figure, (width, height) in inches.
    digits: of the numbers, after the point.
    limits: where colours are full, by kind; None for the largest of each matrix.
    """
    sizes = [inches(part) for part in parts]
    (left, bottom), (width, height) = origin, size
    middle = bottom + max(h for _, h in sizes) / 2
    for part, (w, h) in zip(parts, sizes, strict=True):
        if isinstance(part, str):
            figure.text((left + w / 2) / width, middle / height, part, ha="center", va="center", fontsize=14)
        else:
            axes = figure.add_axes((left / width, (middle - h / 2) / height, w / width, h / height))
            heat(axes, part[1], f"${part[0]}$", (limits or {}).get(kind(part[0])), digits=digits)
        left += w + GAP


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
    alt: str = "",
    columns: int = 3,
    limit: float | None = None,
    size: tuple[float, float] = (2.3, 2.1),
) -> Picture:
    """Several matrices in a grid, each under its name (plain text or $LaTeX$).

    arrays: by name.
    alt: the picture in words, for who cannot see it.
    columns: of the grid.
    limit: where the colour is full, for all of them; None for each its own.
    size: of one panel, (width, height) in inches.
    """
    figure = new_figure(size[0] * min(columns, len(arrays)), size[1] * -(-len(arrays) // columns))
    grid = figure.subplots(-(-len(arrays) // columns), min(columns, len(arrays)), squeeze=False)
    for axes in grid.flat[len(arrays) :]:
        axes.axis("off")
    for axes, (name, array) in zip(grid.flat, arrays.items(), strict=False):
        heat(axes, array, name, limit)
    figure.tight_layout()
    return finish(figure, alt)
