"""The pictures of `mfnumpy memory`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mfnumpy.bench.memory import Series
from mfnumpy.comparison.plots import figure, save, style_of


def depth_picture(series: Sequence[Series], title: str, path: Path) -> None:
    """Peak megabytes against the number of layers, with the fitted slope in the legend. Raises OutputError.

    series: one line each.
    title: above the picture.
    path: of the picture, written as .png and .svg.
    """
    fig, axes = figure()
    for i, one in enumerate(series):
        style = style_of(one.rule) | {"linestyle": ("-", "--")[i % 2], "marker": "os^v"[i % 4]}
        label = f"{one.name}: {one.slope:.2f} MB per layer"
        axes.plot(one.depths, [peak / 1e6 for peak in one.peaks], label=label, **style)
    axes.set(xlabel="number of layers", ylabel="peak memory (MB)", title=title, ylim=(0, None))
    axes.legend(fontsize=8)
    save(fig, path)


def time_picture(timelines: dict[str, list], title: str, path: Path) -> None:
    """Megabytes in use over the course of two training steps: Figs. 1 and 2 in one. Raises OutputError.

    timelines: rule -> [(seconds, bytes), ...], from `memory.over_time`.
    title: above the picture.
    path: of the picture, written as .png and .svg.
    """
    fig, axes = figure()
    for rule, points in timelines.items():
        end = points[-1][0] if points else 1.0
        style = {"color": style_of(rule)["color"], "linestyle": style_of(rule)["linestyle"]}
        axes.plot([t / end for t, _ in points], [b / 1e6 for _, b in points], label=rule.upper(), **style)
    axes.set(xlabel="time (share of two training steps)", ylabel="memory in use (MB)", title=title, ylim=(0, None))
    axes.legend()
    save(fig, path)
