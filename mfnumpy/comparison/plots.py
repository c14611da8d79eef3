"""Pictures: colours that survive colour blindness, a marker for each rule, so that they also survive grey print."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy.rules import RULES, Style
from mfnumpy.support.files import atomic_write
from mfnumpy.support.optional import require

FREE = (
    Style("#E69F00", "*"),
    Style("#56B4E9", "h", "--"),
    Style("#000000", "p", ":"),
)
"""For rules that declare no style: what Okabe and Ito's palette has left, one after the other."""


def style_of(rule: str) -> dict[str, str]:
    """The "color", "marker" and "linestyle" of a rule, by name: those that it declares, else some that are free."""
    declared = RULES[rule].style if rule in RULES else None
    if declared is not None:
        return declared._asdict()
    plain = [name for name, one in RULES.items() if one.style is None]
    return FREE[plain.index(rule) % len(FREE) if rule in plain else 0]._asdict()


def figure(width: float = 7.0, height: float = 4.2, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Any, Any]:
    """A figure that draws without a screen, and its axes. Raises MissingLibraryError without matplotlib.

    width, height: in inches.
    rows, columns: of axes; with more than one, the axes are an array of them.
    options: Matplotlib's, for `subplots`.
    """
    require("matplotlib")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    fig = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(fig)
    axes = fig.subplots(rows, columns, **options)
    for ax in np.ravel(axes):
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(True, axis="both", linewidth=0.5, alpha=0.35)
        ax.set_axisbelow(True)
    return fig, axes


def save(fig: Any, path: str | os.PathLike) -> list[Path]:
    """Write a figure as PNG and SVG, atomically, the same bytes for the same picture; return the paths."""
    path = Path(path)
    written = []
    for suffix, text in ((".png", render(fig, "png")), (".svg", render(fig, "svg"))):
        with atomic_write(path.with_suffix(suffix)) as file:
            file.write(text)
        written.append(path.with_suffix(suffix))
    return written


def render(fig: Any, kind: str) -> bytes:
    """The figure as PNG or SVG bytes, without a date or random identifiers."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "mfnumpy", "svg.fonttype": "path"}):
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        fig.savefig(buffer, format=kind, dpi=160, metadata=metadata)
    return buffer.getvalue()


def curves(runs: dict[str, list[np.ndarray]], ylabel: str, title: str, *, log: bool = False) -> Any:
    """One line for each rule over the epochs: the mean over seeds, with a band from the lowest to the highest.

    runs: rule -> one array of values for each seed; a seed that stopped earlier counts up to its last epoch.
    ylabel: what the values are.
    title: above the picture.
    log: a logarithmic axis; without it, the first epochs of a slow rule may be cut off below.
    Returns the figure.
    """
    fig, ax = figure()
    for name, values in runs.items():
        length = max(map(len, values))
        stack = np.array([np.pad(np.asarray(v, float), (0, length - len(v)), constant_values=np.nan) for v in values])
        epochs, mean = np.arange(1, length + 1), np.nanmean(stack, axis=0)
        look = style_of(name)
        ax.plot(epochs, mean, label=name, markevery=max(1, length // 8), markersize=4.5, **look)
        if len(stack) > 1:
            lowest, highest = np.nanmin(stack, axis=0), np.nanmax(stack, axis=0)
            ax.fill_between(epochs, lowest, highest, color=look["color"], alpha=0.12, lw=0)
    ax.set(xlabel="epoch", ylabel=ylabel, title=title)
    if not log:  # the first epochs of a slow rule would otherwise squeeze everything else together
        every = np.concatenate([np.ravel(v) for seeds in runs.values() for v in seeds])
        ax.set_ylim(max(every.min(), np.percentile(every, 5) - 3) - 0.5, every.max() + 0.5)
    ax.locator_params(axis="x", integer=True)
    if log:
        ax.set_yscale("log")
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    return fig


def accuracy_bars(rows: list[dict], title: str) -> Any:
    """Test accuracy of each rule and prediction mode, with its standard deviation, and each block's own as a tick."""
    fig, ax = figure(7.0, 0.42 * len(rows) + 1.5)
    for place, row in enumerate(rows):
        look = style_of(row["rule"])
        value, sd = 100 * row["test_accuracy"], 100 * (row["test_accuracy_sd"] or 0)
        ax.errorbar(value, place, xerr=sd, marker=look["marker"], color=look["color"], capsize=3, ms=7)
        ax.annotate(f"{value:.1f}", (value, place), (0, 7), textcoords="offset points", ha="center", fontsize=8)
        for i, layer in enumerate(row["layer_accuracy"]):
            ax.text(100 * layer, place + 0.12, str(i + 1), fontsize=7, ha="center", va="top", color="#555555")
    ax.set_yticks(range(len(rows)), [f"{row['rule']} ({row['prediction']})" for row in rows])
    ax.set_ylim(len(rows) - 0.4, -0.8)
    ax.set(xlabel="test accuracy in % (small figures: block 1, 2, ... alone)", title=title)
    return fig
