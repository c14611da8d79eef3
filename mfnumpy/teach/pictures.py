"""Pictures for the lessons: heat maps with their numbers, lines, bars, weights as images. Each has alternative text.

Colours are safe for colour blindness (Okabe and Ito's palette; red-white-blue with the numbers printed), and lines
differ by marker and dash as well, so that they survive print in black and white. A rule has its own colour in every
picture of every lesson: `Rule.style`. Within one picture values share a scale of colour, and gradients share another.
No picture is wider than a page's text, so that its letters are never shrunk. No picture uses global state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mfnumpy.backend import Array, to_host
from mfnumpy.rules import RULES
from mfnumpy.teach.drawing import OTHER_CLASS, TRUE_CLASS, WIDEST, Picture, finish, new_figure, style
from mfnumpy.teach.matrices import equation, heats

__all__ = ["bars", "equation", "goodness_bars", "heats", "images", "plot"]


def plot(
    series: Mapping[str, Sequence[float]],
    alt: str = "",
    x: Sequence[float] | None = None,
    xlabel: str = "epoch",
    ylabel: str = "",
    **options: Any,
) -> Picture:
    """Lines over a common x, told apart by colour, marker and dash; a rule's are its own.

    series: the values of each line, by name.
    alt: the picture in words, for who cannot see it.
    x: None for 1, 2, ...
    xlabel, ylabel: of the axes.
    options: rules={name of a line: rule}, ylim, yscale, xscale, level=(y, text) for a dotted line across,
        size=(width, height), markers=False.
    """
    figure = new_figure(*options.get("size", (6.4, 3.1)))
    axes = figure.subplots()
    for i, (name, given) in enumerate(series.items()):
        values = np.asarray(given, dtype=float)
        at = np.arange(1, len(values) + 1) if x is None else np.asarray(x)
        look = style(name, i, options.get("rules", {}).get(name))
        look |= {} if options.get("markers", True) else {"marker": ""}
        axes.plot(at, values, label=name, markersize=4, linewidth=1.6, markevery=max(1, len(values) // 12), **look)
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
    groups: Mapping[str, Sequence[float]], labels: Sequence[Any], alt: str = "", ylabel: str = "", **options: Any
) -> Picture:
    """Bars side by side: one group of bars for each label, one colour and hatch for each name.

    groups: the heights over the labels, by name.
    labels: of the groups.
    alt: the picture in words, for who cannot see it.
    ylabel: of the axis.
    options: ylim, size, xlabel, values=True to print each bar's height, format of these.

    Where the names or the labels are those of rules, the bars have the rules' colours.
    """
    figure = new_figure(*options.get("size", (6.4, 3.0)))
    axes = figure.subplots()
    width = 0.8 / len(groups)
    for i, (name, values) in enumerate(groups.items()):
        at = np.arange(len(labels)) + (i - (len(groups) - 1) / 2) * width
        hatch = ("", "///", "...", "xxx")[i % 4]
        own = [str(label).lower() in RULES for label in labels]
        colours = [style(str(label), i)["color"] for label in labels] if all(own) else style(name, i)["color"]
        drawn = axes.bar(at, values, width, label=name, color=colours, hatch=hatch, edgecolor="white")
        if options.get("values"):
            axes.bar_label(drawn, fmt=options.get("format", "%.3g"), fontsize=8, padding=2)
    axes.set_xticks(np.arange(len(labels)), labels)
    axes.axhline(0, color="0.3", linewidth=0.8)
    if "ylim" in options:
        axes.set_ylim(*options["ylim"])
    _dress(axes, options.get("xlabel", ""), ylabel)
    if len(groups) > 1:
        axes.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))
    figure.tight_layout()
    return finish(figure, alt)


def goodness_bars(moments: Mapping[str, Array], true_class: int, alt: str = "", ylabel: str = "goodness") -> Picture:
    """The goodness scores of one sample at several times, one panel each; the true class is marked.

    moments: {"before training": (m,) scores, "after epoch 1": ...}.
    true_class: its index.
    alt: the picture in words, for who cannot see it.
    ylabel: of the axis.
    """
    figure = new_figure(min(1.75 * len(moments), WIDEST), 2.3)
    low = min(0.0, *(float(np.min(s)) for s in moments.values()))
    high = max(float(np.max(s)) for s in moments.values())
    panels = figure.subplots(1, len(moments), sharey=True, squeeze=False)[0]
    for axes, (when, scores) in zip(panels, moments.items(), strict=True):
        own = np.arange(len(scores)) == true_class
        for chosen, colour, hatch in ((own, TRUE_CLASS, "///"), (~own, OTHER_CLASS, "")):
            axes.bar(np.flatnonzero(chosen), np.asarray(scores)[chosen], color=colour, hatch=hatch, edgecolor="white")
        axes.set_title(when, fontsize=9)
        axes.set_xticks(range(len(scores)))
        axes.axhline(0, color="0.3", linewidth=0.8)
        axes.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
        _dress(axes, "class", ylabel if axes is panels[0] else "")
        axes.tick_params(labelsize=7)
    figure.tight_layout()
    return finish(figure, alt)


def images(
    pictures: Array, alt: str = "", titles: Sequence[str] = (), columns: int = 10, signed: bool = False
) -> Picture:
    """Small images in a grid: digits (dark on light), or first-layer weights.

    pictures: (K, H, W).
    alt: the picture in words, for who cannot see it.
    titles: one above each image, or none.
    columns: of the grid, at most.
    signed: for weights: red above zero, white at zero, blue below.
    """
    pictures = np.asarray(to_host(pictures), dtype=float)
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    side = min(0.86, WIDEST / columns)
    figure = new_figure(side * columns, (side + 0.16 if titles else side) * rows)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for k, (axes, picture) in enumerate(zip(grid.flat, pictures, strict=False)):
        limit = float(np.abs(picture).max()) or 1.0
        colours = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit} if signed else {"cmap": "Greys"}
        axes.imshow(picture, interpolation="nearest", **colours)
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
