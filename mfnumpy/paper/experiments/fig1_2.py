"""Figs. 1 and 2: memory in use over two training steps, of backpropagation and of Mono-Forward, on one axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from mfnumpy.bench import figures
from mfnumpy.comparison import plots
from mfnumpy.paper.experiments.experiment import Experiment
from mfnumpy.paper.ledger.config import Measurement
from mfnumpy.paper.runs.measurements import memory_job_of
from mfnumpy.paper.show import notes
from mfnumpy.paper.show.tables import Table
from mfnumpy.paper.show.view import View, command, signed
from mfnumpy.rules import RULES

TITLE = "Figs. 1 and 2"


def over_time(view: View) -> Any:
    """Memory in use against the share of the steps that is done: Fig. 1 is BP's line, Fig. 2 is MF's."""
    found = view.measured("fig1_2")
    if not found:
        return None
    fig, ax = plots.figure(7.0, 3.8)
    for record in found:
        points, rule = np.array(record.result["timeline"]), record.config["rule"]
        steps = points[:, 0] / points[-1, 0] * record.config["steps"]
        look = plots.style_of(rule)
        ax.plot(steps, points[:, 1] / 1e6, label=RULES[rule].title, color=look["color"], ls=look["linestyle"])
    ax.set(xlabel="training steps done", ylabel="memory in use in MB", ylim=(0, None))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    return signed(fig, f"{_net(found[0].config)}, the rules as they are written", "fig1_2", view)


def _net(config: Any) -> str:
    paper = (
        "the paper's"
        if config["batch"] == figures.OVER_TIME["paper"]
        else f"the paper's is {figures.OVER_TIME['paper']:,}"
    )
    return f"{config['depth']}x{config['width']}, batch {config['batch']:,} ({paper})"


def tables(view: View) -> list[Table]:
    """The highest point of each line, and how long its step took."""
    found = view.measured("fig1_2")
    if not found:
        return []
    rows = [[r.config["rule"], f"{max(b for _, b in r.result['timeline']) / 1e6:,.0f}"] for r in found]
    told = (
        "Bytes of arrays in use, counted by tracemalloc many times a second. Each line is drawn over its own two "
        "steps: it says how much memory a step needs, not how long it takes. While BP goes forward, memory climbs from "
        "layer to layer, since every layer's output is kept until the error comes back. MF has one layer's at a time."
    )
    title = f"{TITLE}: highest memory in use over {found[0].config['steps']} steps"
    return [Table("fig1_2", title, ["rule", "peak MB"], rows, command("fig1_2", view), [told], notes.measured(found))]


def _both(scale: str) -> list[Measurement]:
    return [memory_job_of(figures.over_time(rule, scale)) for rule in figures.RULES]


EXPERIMENT = Experiment(
    "fig1_2",
    TITLE,
    turn=12,
    measurements={scale: _both(scale) for scale in figures.OVER_TIME},
    tables=tables,
    figure=over_time,
)
