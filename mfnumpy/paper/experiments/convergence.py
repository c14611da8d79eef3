"""The paper's figures from the ledger alone, as PNG and SVG; each carries the command that made it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mfnumpy.comparison import plots
from mfnumpy.network import parse
from mfnumpy.paper.experiments import memory as memory_content
from mfnumpy.paper.show.view import Entry, View, described, signed
from mfnumpy.rules import RULES


def test_errors(entry: Entry) -> np.ndarray:
    """Test error in per cent: (seeds, epochs), in the rule's default prediction."""
    return np.array([[100 * (1 - e["test_accuracy"][e["main"]]) for e in run.history] for run in entry.runs])


def fig4(view: View) -> Any:
    """Test error over the epochs, BP and MF: the mean over seeds, and a band of one standard deviation."""
    entries = [e for e in view.entries("fig4") if e.runs]
    if not entries:
        return None
    fig, ax = plots.figure(6.0, 4.0)
    for e in entries:
        errors, style = test_errors(e), plots.style_of(e.rule)
        epochs = np.arange(1, errors.shape[1] + 1)
        mean, sd = errors.mean(axis=0), errors.std(axis=0, ddof=1 if len(errors) > 1 else 0)
        ax.plot(epochs, mean, label=f"{RULES[e.rule].title} (n = {len(errors)})", markersize=4, **style)
        ax.fill_between(epochs, mean - sd, mean + sd, color=style["color"], alpha=0.15, lw=0)
    ax.set(xlabel="epoch", ylabel="test error in %")
    ax.locator_params(axis="x", integer=True)
    ax.legend(frameon=False)
    c = entries[0].config
    return signed(fig, f"{described(c)}, Adam {c.lr:g}", "fig4", view)


def fig5(view: View) -> Any:
    """Test error over the epochs at several depths: (a) BP, (b) MF, on one scale."""
    entries = [e for e in view.entries("fig5") if e.runs]
    if not entries:
        return None
    fig, axes = plots.figure(8.0, 4.0, 1, 2, sharey=True)
    for ax, (letter, rule) in zip(axes, (("a", "bp"), ("b", "mf")), strict=True):
        own = [e for e in entries if e.rule == rule]
        for e, marker, shade in zip(own, "os^Dv", np.linspace(0.25, 0.85, 5), strict=False):
            mean = test_errors(e).mean(axis=0)
            depth = str(parse(e.config.network).depth)
            ax.plot(np.arange(1, len(mean) + 1), mean, label=depth, marker=marker, markersize=4, color=_shade(shade))
        ax.set(xlabel="epoch", title=f"({letter}) {RULES[rule].title}")
        ax.locator_params(axis="x", integer=True)
        ax.legend(title="layers", frameon=False)
    axes[0].set_ylabel("test error in %")
    axes[0].set_yscale("log")
    for axis in (axes[0].yaxis, axes[1].yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter("{x:g}")
    c = entries[0].config
    net = f"layers of {parse(c.network).width} neurons"
    return signed(fig, f"{described(c.with_(network=net))}, Adam {c.lr:g}", "fig5", view)


def _shade(share: float) -> Any:
    from matplotlib import colormaps

    return colormaps["viridis"](share)


def mean_errors(entry: Entry) -> dict[int, float]:
    """Seed -> test error in per cent, mean over all epochs: what a slow start and a high end both raise."""
    return {run.seed: float(curve.mean()) for run, curve in zip(entry.runs, test_errors(entry), strict=True)}


def last_errors(entry: Entry) -> dict[int, float]:
    """Seed -> test error in per cent after the last epoch."""
    return {run.seed: float(curve[-1]) for run, curve in zip(entry.runs, test_errors(entry), strict=True)}


FIGURES: dict[str, Callable[[View], Any]] = {
    "fig1": lambda view: memory_content.over_time("fig1", view),
    "fig2": lambda view: memory_content.over_time("fig2", view),
    "fig3": memory_content.over_depth,
    "fig4": fig4,
    "fig5": fig5,
}
"""Experiment -> its figure, or None where the ledger has nothing for it."""


def save(name: str, view: View, folder: Path) -> list[Path]:
    """Write one figure as PNG and SVG; nothing where there is nothing to show."""
    fig = FIGURES[name](view)
    return [] if fig is None else plots.save(fig, folder / name)
